//! What the Boltzmann distribution `p(x) = exp(-E(x)/T)/Z` implies, exactly, by quadrature in one
//! and two dimensions: Z, mean energy, heat capacity, entropy, free energy, density.
//! Units: Boltzmann's constant is 1, so T is an energy and entropy a pure number (in nats).

use super::energy::Energy;
use crate::math::quadrature::Grid;
use crate::math::vector_math::{exp_affine_sum, sum};

/// An energy at the nodes of a grid that reaches into the tails of its distribution.
#[derive(Clone, Debug)]
pub struct Landscape {
    /// The axes: one or two.
    pub axes: Vec<Grid>,
    /// The energy at the nodes, the first axis running fastest.
    pub energy: Vec<f64>,
    /// The lowest of them.
    pub lowest: f64,
}

/// The exact quantities at one temperature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thermodynamics {
    /// The temperature, an energy.
    pub temperature: f64,
    /// `log Z`, of `Z = integral of exp(-E/T)`.
    pub log_z: f64,
    /// `<E>`.
    pub mean_energy: f64,
    /// `<E^2> - <E>^2`.
    pub energy_variance: f64,
    /// `S = <E>/T + log Z`; [`Landscape::entropy`] has it from the density itself.
    pub entropy: f64,
    /// `-T log Z`.
    pub free_energy: f64,
}

impl Thermodynamics {
    /// `C = Var(E)/T^2`, the slope of the mean energy against the temperature.
    #[must_use]
    pub fn heat_capacity(&self) -> f64 {
        self.energy_variance / (self.temperature * self.temperature)
    }
}

/// What lies above `lowest + DEPTH * T` weighs less than 1e-17 of the peak.
const DEPTH: f64 = 40.0;
/// Nodes a side, by dimension.
const NODES: [usize; 2] = [2048, 192];
/// How often a box is widened at most.
const WIDENINGS: usize = 200;

impl Landscape {
    /// The energy on a grid wide enough for temperatures up to `hottest`: the box grows from
    /// `start` (low and high of each axis) until the energy on its border is 40 T above the lowest.
    ///
    /// # Panics
    /// If the energy has neither one nor two dimensions, or `start` as many axes: a mistake of
    /// the caller's.
    #[must_use]
    pub fn new(energy: &dyn Energy, start: &[(f64, f64)], hottest: f64) -> Self {
        let dimension = energy.dimension();
        assert!((1..=2).contains(&dimension) && start.len() == dimension);
        let mut sides = start.to_vec();
        for _ in 0..WIDENINGS {
            if !widen(energy, &mut sides, hottest) {
                break;
            }
        }
        let nodes = NODES[dimension - 1];
        let axes: Vec<Grid> = sides.iter().map(|s| Grid::new(s.0, s.1, nodes)).collect();
        let values = on_grid(energy, &axes);
        let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
        Self { axes, energy: values, lowest }
    }

    /// The volume of a cell around a node.
    #[must_use]
    pub fn cell(&self) -> f64 {
        self.axes.iter().map(Grid::spacing).product()
    }

    /// The density at the nodes; its trapezoidal sum is 1.
    #[must_use]
    pub fn density(&self, temperature: f64) -> Vec<f64> {
        let mut density = self.energy.clone();
        let total = self.weights(temperature, &mut density) * self.cell();
        for p in &mut density {
            *p /= total;
        }
        density
    }

    /// The density of the first coordinate at the nodes of the first axis.
    #[must_use]
    pub fn marginal(&self, temperature: f64) -> Vec<f64> {
        let density = self.density(temperature);
        let Some(second) = self.axes.get(1) else { return density };
        let mut marginal = vec![0.0; self.axes[0].count];
        for row in density.chunks(marginal.len()) {
            for (m, p) in marginal.iter_mut().zip(row) {
                *m += p * second.spacing();
            }
        }
        marginal
    }

    /// All exact quantities at a temperature. `scratch` is overwritten and keeps its memory.
    #[must_use]
    pub fn at(&self, temperature: f64, scratch: &mut Vec<f64>) -> Thermodynamics {
        scratch.clone_from(&self.energy);
        let total = self.weights(temperature, scratch);
        // The border weighs nothing, so the trapezoidal rule is the plain sum.
        let log_z = (total * self.cell()).ln() - self.lowest / temperature;
        let mut first = 0.0;
        let mut second = 0.0;
        for (w, e) in scratch.iter().zip(&self.energy) {
            let above = e - self.lowest;
            first += w * above;
            second += w * above * above;
        }
        let above = first / total;
        let energy_variance = second / total - above * above;
        Thermodynamics {
            temperature,
            log_z,
            mean_energy: self.lowest + above,
            energy_variance,
            entropy: above / temperature + (total * self.cell()).ln(),
            free_energy: -temperature * log_z,
        }
    }

    /// `S = -integral of p log p`, from the density alone. `scratch` is overwritten.
    #[must_use]
    pub fn entropy(&self, temperature: f64, scratch: &mut Vec<f64>) -> f64 {
        scratch.clone_from(&self.energy);
        let scale = 1.0 / (self.weights(temperature, scratch) * self.cell());
        for w in scratch.iter_mut() {
            let p = *w * scale;
            *w = if p > 0.0 { p * p.ln() } else { 0.0 };
        }
        -sum(scratch) * self.cell()
    }

    /// Turns energies into `exp(-(E - lowest)/T)`; returns their sum.
    fn weights(&self, temperature: f64, values: &mut [f64]) -> f64 {
        exp_affine_sum(values, -1.0 / temperature, self.lowest / temperature)
    }
}

/// The energy at every node, the first axis running fastest.
#[must_use]
pub fn on_grid(energy: &dyn Energy, axes: &[Grid]) -> Vec<f64> {
    let mut points = axes[0].nodes();
    if let Some(second) = axes.get(1) {
        let across = points.len();
        points = points.repeat(second.count);
        points.extend((0..second.count).flat_map(|j| std::iter::repeat_n(second.node(j), across)));
    }
    let mut values = vec![0.0; axes.iter().map(|a| a.count).product()];
    energy.value(&points, &mut values);
    values
}

/// Moves out each side on which the energy is too low; whether any was.
fn widen(energy: &dyn Energy, sides: &mut [(f64, f64)], hottest: f64) -> bool {
    let count = if sides.len() == 1 { 257 } else { 65 };
    let axes: Vec<Grid> = sides.iter().map(|s| Grid::new(s.0, s.1, count)).collect();
    let values = on_grid(energy, &axes);
    let enough = values.iter().copied().fold(f64::INFINITY, f64::min) + DEPTH * hottest;
    let mut widened = false;
    for (axis, side) in sides.iter_mut().enumerate() {
        let step = 0.08 * (side.1 - side.0);
        let low_border = |end: usize| {
            let is_border = |i: usize| if axis == 0 { i % count == end } else { i / count == end };
            values.iter().enumerate().any(|(i, v)| is_border(i) && *v < enough)
        };
        if low_border(0) {
            side.0 -= step;
            widened = true;
        }
        if low_border(count - 1) {
            side.1 += step;
            widened = true;
        }
    }
    widened
}

#[cfg(test)]
mod tests {
    use super::{Landscape, Thermodynamics};
    use crate::math::quadrature::Grid;
    use crate::model::energy::{Energy, MullerBrown, Quartic};

    fn at(energy: &Quartic, temperature: f64) -> (Landscape, Thermodynamics) {
        let landscape = Landscape::new(energy, &[(-1.2, 1.2)], temperature);
        let exact = landscape.at(temperature, &mut Vec::new());
        (landscape, exact)
    }

    #[test]
    fn z_of_the_double_well_is_its_bessel_form() {
        // mpmath: (pi/2) e^-u (besseli(-1/4, u) + besseli(1/4, u)), u = h/2.
        for (h, z) in [(1.0, 1.973_732_150_09), (2.0, 1.410_914_703_20)] {
            let (landscape, exact) = at(&Quartic::double_well(h, 0.0), 1.0);
            assert!((exact.log_z.exp() - z).abs() < 1e-11, "h = {h}: {}", exact.log_z.exp());
            let grid = landscape.axes[0];
            let density = landscape.density(1.0);
            assert!((grid.integrate(&density) - 1.0).abs() < 1e-13);
        }
    }

    #[test]
    fn moments_are_those_of_scipy() {
        let (landscape, exact) = at(&Quartic::double_well(2.0, 0.5), 1.0);
        assert!((exact.log_z.exp() - 1.564_831_345_76).abs() < 1e-11);
        let grid = landscape.axes[0];
        let density = landscape.density(1.0);
        let mean: Vec<f64> = density.iter().enumerate().map(|(i, p)| p * grid.node(i)).collect();
        assert!((grid.integrate(&mean) + 0.402_821_902_1).abs() < 1e-10);
        // h, T, <E>, Var E by mpmath's quad, 30 digits.
        for (h, t, mean, variance) in [
            (2.0, 1.0, 0.5457276956433315, 0.4018643691378138),
            (8.0, 0.25, 0.12656661543371472, 0.032061719185800704),
            (2.0, 10.0, 2.2801500762107914, 18.41271654448542),
            (0.1, 10.0, 2.233250112734147, 23.318420072587806),
        ] {
            let (_, exact) = at(&Quartic::double_well(h, 0.0), t);
            assert!((exact.mean_energy - mean).abs() < 1e-11, "{h} {t}: {}", exact.mean_energy);
            let off = (exact.energy_variance - variance).abs();
            assert!(off < 1e-10 * (1.0 + variance), "{h} {t}: {}", exact.energy_variance);
        }
    }

    #[test]
    fn the_gaussian_has_the_textbook_values() {
        for t in [0.01, 0.5, 20.0] {
            let (landscape, exact) = at(&Quartic::harmonic(3.0), t);
            let sd = (t / 3.0).sqrt();
            let log_z = (sd * (2.0 * std::f64::consts::PI).sqrt()).ln();
            assert!((exact.log_z - log_z).abs() < 1e-12, "T = {t}");
            assert!((exact.mean_energy - 0.5 * t).abs() < 1e-12 * (1.0 + t));
            assert!((exact.heat_capacity() - 0.5).abs() < 1e-11);
            assert!((exact.entropy - (log_z + 0.5)).abs() < 1e-12);
            let entropy = landscape.entropy(t, &mut Vec::new());
            assert!((entropy - (log_z + 0.5)).abs() < 1e-12);
        }
    }

    #[test]
    fn free_energy_is_energy_less_temperature_times_entropy() {
        for t in [0.05, 1.0, 10.0] {
            let (landscape, exact) = at(&Quartic::double_well(2.0, 0.5), t);
            let entropy = landscape.entropy(t, &mut Vec::new());
            let off = exact.free_energy - (exact.mean_energy - t * entropy);
            assert!(off.abs() < 1e-11 * (1.0 + t), "T = {t}: {off}");
        }
    }

    #[test]
    fn muller_brown_in_the_plane() {
        let energy = MullerBrown { scale: 0.05 };
        // T, log Z, <E> by numpy: Gauss-Legendre, 120 x 120 panels of 20 x 20 nodes.
        for (t, log_z, mean) in [
            (0.1, 68.72688255708734, -7.233923255212733),
            (1.0, 5.366133242308795, -5.670681348402097),
            (10.0, 2.4987987902232898, 2.329087734242255),
        ] {
            let landscape = Landscape::new(&energy, &[(-1.0, 1.0), (-0.3, 1.8)], t);
            let exact = landscape.at(t, &mut Vec::new());
            assert!((exact.log_z - log_z).abs() < 1e-7, "T = {t}: {}", exact.log_z);
            assert!((exact.mean_energy - mean).abs() < 1e-6, "T = {t}: {}", exact.mean_energy);
            let marginal = landscape.marginal(t);
            let mass: f64 = landscape.axes[0].integrate(&marginal);
            assert!((mass - 1.0).abs() < 1e-10);
        }
    }

    #[test]
    fn the_grid_runs_along_the_first_axis_first() {
        let axes = [Grid::new(0.0, 1.0, 2), Grid::new(5.0, 7.0, 3)];
        let energy = MullerBrown { scale: 1.0 };
        let values = super::on_grid(&energy, &axes);
        let mut alone = [0.0];
        energy.value(&[1.0, 6.0], &mut alone);
        assert_eq!(values[3], alone[0]);
    }
}
