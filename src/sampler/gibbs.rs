//! Gibbs sampling: draw each coordinate in turn from its distribution given the others (Geman and
//! Geman 1984). Where that distribution has a name it is drawn exactly. Where it has none, its
//! energy is evaluated at [`CELLS`] places and a cell is drawn, then a place in the cell (griddy
//! Gibbs; Ritter and Tanner, Journal of the American Statistical Association 87, 1992); because the
//! density is not flat within a cell, a Metropolis test decides, which makes it exact (Tierney,
//! Annals of Statistics 22, 1994): with `w(x)` the density at the middle of the cell of x, a draw y
//! replaces x with probability `min(1, p(y) w(x)/(p(x) w(y)))`.

use super::chains::Chains;
use crate::math::rng::Rng;
use crate::model::conditional::{Conditional, Conditionals};
use rand::RngExt as _;
use rand_distr::StandardNormal;

/// The places at which a conditional distribution without a name is evaluated.
pub const CELLS: usize = 64;

/// The most coordinates there may be.
const MOST: usize = 4;

/// How many evaluations of the density a draw counts for: one where the conditional is known.
#[must_use]
pub fn evaluations(conditional: &Conditional) -> usize {
    match conditional {
        Conditional::Normal { .. } | Conditional::Mixture { .. } => 1,
        Conditional::Within { .. } => CELLS + 1,
    }
}

/// Every coordinate of every chain, once, with the chains' own random numbers; returns how many of
/// the `dimension * count` draws were accepted.
///
/// # Panics
/// With more than four coordinates: a mistake of the caller's.
pub fn step(chains: &mut Chains, model: &dyn Conditionals) -> usize {
    let count = chains.count();
    let dimension = chains.dimension;
    assert!(dimension <= MOST);
    let Chains { positions, energy, rngs, .. } = &mut *chains;
    let mut accepted = 0;
    let mut grid = Cells::default();
    for (i, rng) in rngs.iter_mut().enumerate() {
        let mut point = [0.0; MOST];
        let point = &mut point[..dimension];
        for (axis, x) in point.iter_mut().enumerate() {
            *x = positions[axis * count + i];
        }
        for axis in 0..dimension {
            accepted += usize::from(match model.conditional(axis, point) {
                Conditional::Normal { mean, sd } => {
                    point[axis] = mean + sd * rng.sample::<f64, _>(StandardNormal);
                    true
                }
                Conditional::Mixture { weights, means, sd } => {
                    let part = choose(&weights, rng);
                    point[axis] = means[part] + sd * rng.sample::<f64, _>(StandardNormal);
                    true
                }
                Conditional::Within { low, high } => {
                    grid.draw(model, point, axis, (low, high), rng)
                }
            });
        }
        for (axis, x) in point.iter().enumerate() {
            positions[axis * count + i] = *x;
        }
        energy[i] = f64::NAN;
    }
    model.value(positions, energy);
    accepted
}

/// An index, as often as its weight says.
fn choose(weights: &[f64], rng: &mut Rng) -> usize {
    let total: f64 = weights.iter().sum();
    let mut left = rng.random::<f64>() * total;
    let reached = weights.iter().position(|w| {
        left -= w;
        left < 0.0
    });
    // Rounding may leave a rest behind the last.
    reached.unwrap_or(weights.len() - 1)
}

/// The energy along one axis.
struct Cells {
    points: [f64; MOST * CELLS],
    energy: [f64; CELLS],
    weights: [f64; CELLS],
}

impl Default for Cells {
    fn default() -> Self {
        Self { points: [0.0; MOST * CELLS], energy: [0.0; CELLS], weights: [0.0; CELLS] }
    }
}

impl Cells {
    /// Draws one coordinate of a point anew; whether the draw was accepted.
    fn draw(
        &mut self,
        model: &dyn Conditionals,
        point: &mut [f64],
        axis: usize,
        (low, high): (f64, f64),
        rng: &mut Rng,
    ) -> bool {
        let width = (high - low) / CELLS as f64;
        let points = &mut self.points[..point.len() * CELLS];
        for (a, row) in points.chunks_mut(CELLS).enumerate() {
            row.fill(point[a]);
        }
        for (c, x) in points[axis * CELLS..(axis + 1) * CELLS].iter_mut().enumerate() {
            *x = low + width * (c as f64 + 0.5);
        }
        model.value(points, &mut self.energy);
        let lowest = self.energy.iter().copied().fold(f64::INFINITY, f64::min);
        for (w, e) in self.weights.iter_mut().zip(&self.energy) {
            // A floor keeps every place of the interval within reach.
            *w = (lowest - e).exp().max(1e-12);
        }
        let to = choose(&self.weights, rng);
        let proposal = low + width * (to as f64 + rng.random::<f64>());
        let uniform = rng.random::<f64>();
        let at = (point[axis] - low) / width;
        if !(at >= 0.0 && at < CELLS as f64) {
            return false;
        }
        let from = at as usize;
        let mut ends = [0.0; 2 * MOST];
        let ends = &mut ends[..2 * point.len()];
        for (a, pair) in ends.chunks_mut(2).enumerate() {
            pair.fill(point[a]);
        }
        ends[2 * axis + 1] = proposal;
        let mut energy = [0.0; 2];
        model.value(ends, &mut energy);
        let alpha = (energy[0] - energy[1]).exp() * self.weights[from] / self.weights[to];
        let accepted = uniform < alpha;
        if accepted {
            point[axis] = proposal;
        }
        accepted
    }
}

#[cfg(test)]
mod tests {
    use super::{CELLS, evaluations, step};
    use crate::math::statistics::mean_and_variance;
    use crate::model::conditional::Conditionals as _;
    use crate::model::energy::Energy;
    use crate::model::plane::Plane;
    use crate::model::thermodynamics::Landscape;
    use crate::sampler::chains::Chains;

    /// The mean over chains of a time average, and its error.
    fn average(energy: Plane, start: [f64; 2], f: fn(f64, f64) -> f64) -> (f64, f64) {
        let count = 150;
        let points = start.iter().flat_map(|x| vec![*x; count]).collect();
        let mut chains = Chains::at(&energy, points, 11);
        let mut sums = vec![0.0; count];
        let steps = 250;
        for t in 0..steps + 100 {
            step(&mut chains, &energy);
            if t >= 100 {
                for (i, sum) in sums.iter_mut().enumerate() {
                    let (x, y) = (chains.coordinate(0)[i], chains.coordinate(1)[i]);
                    *sum += f(x, y) / f64::from(steps);
                }
            }
        }
        let (mean, variance) = mean_and_variance(&sums);
        (mean, (variance / count as f64).sqrt())
    }

    #[test]
    fn second_moments_are_exact() {
        // Eight Gaussians: R^2/2 + s^2. Banana: x_1/2 is N(0, 1). Funnel: v is N(0, 9).
        let square = |x: f64, _: f64| x * x;
        for (energy, start, exact) in [
            (Plane::EightGaussians, [2.0, 0.0], 2.04),
            (Plane::Banana, [1.0, 0.0], 4.0),
            (Plane::Funnel, [0.0, 0.5], 9.0),
        ] {
            let (mean, error) = average(energy, start, square);
            assert!((mean - exact).abs() < 4.0 * error, "{energy:?}: {mean} +- {error}");
            assert!(error < 0.1 * exact, "{energy:?}: {error}");
        }
        // Where both conditionals are drawn on the grid: by symmetry half of <r^2>, by quadrature.
        let landscape = Landscape::new(&Plane::Donut, &[(-3.0, 3.0), (-3.0, 3.0)], 1.0);
        let marginal = landscape.marginal(1.0);
        let axis = landscape.axes[0];
        let squares: Vec<f64> =
            marginal.iter().enumerate().map(|(i, p)| p * axis.node(i).powi(2)).collect();
        let exact = axis.integrate(&squares);
        let (mean, error) = average(Plane::Donut, [2.6, 0.0], square);
        assert!((mean - exact).abs() < 4.0 * error, "donut: {mean} +- {error}, {exact}");
        assert!(error < 0.1, "{error}");
    }

    #[test]
    fn the_width_of_a_shell_is_right_although_cells_are_as_wide() {
        let (mean, error) = average(Plane::Donut, [2.6, 0.0], |x, y| (x.hypot(y) - 2.6).powi(2));
        // scipy.integrate.quad over the radius.
        assert!((mean - 0.016_500_0).abs() < 4.0 * error, "{mean} +- {error}");
        assert!(error < 0.001);
    }

    #[test]
    fn the_energy_is_kept_up_and_the_cost_is_counted() {
        let energy = Plane::Rings;
        let mut chains = Chains::at(&energy, vec![1.0, 2.5, 0.0, 0.1], 2);
        let accepted: usize = (0..50).map(|_| step(&mut chains, &energy)).sum();
        assert!(accepted > 100 && accepted < 200, "{accepted}");
        let mut value = [0.0; 2];
        energy.value(chains.positions(), &mut value);
        assert_eq!(chains.energy(), value);
        assert_eq!(evaluations(&energy.conditional(0, &[1.0, 0.0])), CELLS + 1);
        assert_eq!(evaluations(&Plane::Banana.conditional(1, &[1.0, 0.0])), 1);
    }
}
