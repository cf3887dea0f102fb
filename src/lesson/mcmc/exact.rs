//! What is known exactly about a target.

use super::target::Target;
use crate::math::quadrature::Grid;
use crate::model::energy::Energy as _;
use crate::model::thermodynamics::{Landscape, on_grid};
use std::f64::consts::TAU;

/// Everything that changes only with the target.
#[derive(Debug)]
pub(super) struct Exact {
    /// `E[x_1]` and `E[x_1^2]`.
    pub(super) mean: f64,
    pub(super) second: f64,
    /// The part of each axis that is shown.
    pub(super) shown: Vec<Grid>,
    /// The energy there, the first axis running fastest.
    pub(super) shown_energy: Vec<f64>,
    /// The lowest and the highest energy of the picture.
    pub(super) heights: (f64, f64),
    /// The density of the first coordinate on the first shown axis.
    pub(super) density: Vec<f64>,
    /// The mean time to go from -1 to 1 in the double well, times the step size, in the limit of
    /// small steps.
    pub(super) passage: Option<f64>,
}

/// Points a curve has; and columns and rows of the heatmap.
const LINE: usize = 181;
const PLANE: [usize; 2] = [72, 56];
/// How high above the lowest place the picture reaches in the plane.
const RELIEF: f64 = 9.0;

impl Exact {
    pub(super) fn new(target: &Target) -> Self {
        let sides = target.shown();
        let count = |axis: usize| if sides.len() == 1 { LINE } else { PLANE[axis] };
        let grid = |(axis, side): (usize, &(f64, f64))| Grid::new(side.0, side.1, count(axis));
        let shown: Vec<Grid> = sides.iter().enumerate().map(grid).collect();
        let shown_energy = on_grid(target, &shown);
        let lowest = shown_energy.iter().copied().fold(f64::INFINITY, f64::min);
        let top = lowest + if sides.len() == 1 { hill(target, lowest) } else { RELIEF };
        let mut exact = Self {
            mean: 0.0,
            second: 0.0,
            density: Vec::new(),
            passage: None,
            heights: (lowest, top),
            shown,
            shown_energy,
        };
        match target.id {
            // v ~ N(0, 9) and x_1/2 ~ N(0, 1): the tails of these two ask for huge grids.
            "funnel" => exact.normal(9.0),
            "banana" => exact.normal(4.0),
            _ => exact.by_quadrature(target),
        }
        exact
    }

    /// The first coordinate is normal.
    fn normal(&mut self, variance: f64) {
        self.second = variance;
        let density = |x: f64| (-0.5 * x * x / variance).exp() / (TAU * variance).sqrt();
        self.density = self.shown[0].nodes().into_iter().map(density).collect();
    }

    fn by_quadrature(&mut self, target: &Target) {
        let landscape = Landscape::new(target, target.shown(), 1.0);
        let axis = landscape.axes[0];
        let marginal = landscape.marginal(1.0);
        let moment = |power: i32| {
            let terms = marginal.iter().enumerate().map(|(i, p)| p * axis.node(i).powi(power));
            axis.integrate(&terms.collect::<Vec<f64>>())
        };
        self.mean = moment(1);
        self.second = moment(2);
        self.density =
            self.shown[0].nodes().iter().map(|x| between(&axis, &marginal, *x)).collect();
        if matches!(target.id, "double-well" | "tilted") {
            self.passage = Some(passage(&landscape));
        }
    }
}

/// How high the picture of a line reaches: above its hill and above where walkers are found.
fn hill(target: &Target, lowest: f64) -> f64 {
    let mut middle = [0.0];
    target.value(&[0.0], &mut middle);
    (1.5 * (middle[0] - lowest)).max(8.0)
}

/// The mean first passage time from -1 to 1 of `dx = -E'(x) dt + sqrt(2) dW`, the limit of
/// Langevin and of random-walk Metropolis steps with `t = eta` a step (Gardiner, Handbook of
/// Stochastic Methods, 1985, section 5.2.7):
/// `integral from -1 to 1 of exp(E(y)) [integral from -infinity to y of exp(-E(z)) dz] dy`.
fn passage(landscape: &Landscape) -> f64 {
    let axis = landscape.axes[0];
    let (mut below, mut total, mut last) = (0.0, 0.0, f64::NAN);
    let mut inner = Vec::with_capacity(axis.count);
    for e in &landscape.energy {
        let weight = (landscape.lowest - e).exp();
        if last.is_finite() {
            below += 0.5 * axis.spacing() * (weight + last);
        }
        last = weight;
        // exp(E(y)) times the integral; exp overflows nowhere near the wells.
        inner.push(below / weight.max(f64::MIN_POSITIVE));
    }
    // Even steps from -1 to 1 that do not depend on where the nodes lie.
    let steps = 2_000;
    for k in 0..=steps {
        let share = if k == 0 || k == steps { 0.5 } else { 1.0 };
        let y = -1.0 + 2.0 * f64::from(k) / f64::from(steps);
        total += share * between(&axis, &inner, y);
    }
    total * 2.0 / f64::from(steps)
}

/// Linear interpolation; zero outside.
fn between(grid: &Grid, values: &[f64], x: f64) -> f64 {
    let at = (x - grid.low) / grid.spacing();
    if at < 0.0 || at > (grid.count - 1) as f64 {
        return 0.0;
    }
    let i = (at as usize).min(grid.count - 2);
    let part = at - i as f64;
    values[i] * (1.0 - part) + values[i + 1] * part
}

#[cfg(test)]
mod tests {
    use super::Exact;
    use crate::lesson::mcmc::target::Target;

    #[test]
    fn moments_and_passage_times_are_those_of_scipy() {
        let exact = |id, barrier| Exact::new(&Target::named(id, barrier));
        assert!((exact("gaussian", 1.0).second - 1.0).abs() < 1e-10);
        assert!((exact("double-well", 2.0).second - 0.852_136_152).abs() < 1e-9);
        assert!((exact("tilted", 2.0).mean + 0.402_821_902_1).abs() < 1e-9);
        assert!((exact("eight-gaussians", 1.0).second - 2.04).abs() < 1e-9);
        assert!((exact("donut", 1.0).second - DONUT).abs() < 1e-5);
        assert!((exact("rings", 1.0).second - RINGS).abs() < 1e-3);
        for (id, barrier, time) in PASSAGE {
            let off = exact(id, barrier).passage.unwrap() / time - 1.0;
            assert!(off.abs() < 1e-4, "{id} {barrier}: {off}");
        }
    }

    // scipy: half of <r^2> by quad; the passage by quad of quad, 1e-10.
    const DONUT: f64 = 3.404_7;
    const RINGS: f64 = 1.832_500_26;
    const PASSAGE: [(&str, f64, f64); 4] = [
        ("double-well", 2.0, 5.129_285_033_592),
        ("double-well", 6.0, 80.907_247_556_163),
        ("double-well", 8.0, 437.504_351_398_349),
        ("tilted", 2.0, 8.238_595_678_703),
    ];
}
