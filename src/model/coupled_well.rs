//! A double well in the first coordinate and a chain of springs behind it, in any dimension:
//!
//! `E(x) = h (x_1^2 - 1)^2 + sum_{i >= 2} x_i^2 / 2 + (c / 2) sum_{i >= 2} (x_i - x_{i-1})^2`.
//!
//! Given `x_1` the rest is Gaussian, with the tridiagonal precision `A = I + c L`. Eliminating it
//! from the far end (the Schur complement, one pivot `D_i` a coordinate) leaves a well in `x_1`
//! alone, and a quadrature on the line does the rest:
//!
//! `Z = (2 pi)^((d-1)/2) prod_i D_i^(-1/2) int exp(-h (x^2 - 1)^2 - (c - c^2 / D_2) x^2 / 2) dx`.

use super::energy::Energy;
use crate::math::quadrature::Grid;
use std::f64::consts::TAU;

/// The energy of the module's header.
#[derive(Clone, Debug, PartialEq)]
pub struct CoupledWell {
    dimension: usize,
    barrier: f64,
    coupling: f64,
    /// D_2 to D_d: the pivots of A, eliminated from the last coordinate on.
    pivots: Vec<f64>,
}

/// Nodes of the quadrature over the first coordinate.
const NODES: usize = 4_001;

/// The first coordinate is integrated to where the well alone is this high.
const HEIGHT: f64 = 40.0;

impl CoupledWell {
    /// Of `dimension` coordinates, with a barrier of height `barrier > 0` and springs of stiffness
    /// `coupling >= 0` between neighbours.
    #[must_use]
    pub fn new(dimension: usize, barrier: f64, coupling: f64) -> Self {
        debug_assert!(dimension > 0 && barrier > 0.0 && coupling >= 0.0);
        let mut pivots = vec![0.0; dimension - 1];
        let mut behind = f64::INFINITY;
        for (from_end, pivot) in pivots.iter_mut().rev().enumerate() {
            // The last coordinate has one neighbour, every other one two.
            let springs = if from_end == 0 { 1.0 } else { 2.0 };
            *pivot = 1.0 + springs * coupling - coupling * coupling / behind;
            behind = *pivot;
        }
        Self { dimension, barrier, coupling, pivots }
    }

    /// `exp(-V)` on a grid, where `V` is what is left of the energy when all other coordinates are
    /// integrated out, but for a constant.
    fn first_coordinate(&self) -> (Grid, Vec<f64>) {
        let end = reach(self.barrier, HEIGHT);
        let grid = Grid::new(-end, end, NODES);
        let stiffness =
            self.pivots.first().map_or(0.0, |d| self.coupling - self.coupling * self.coupling / d);
        let values = grid.nodes().into_iter().map(|x| {
            let square = x * x;
            (-self.barrier * (square - 1.0).powi(2) - 0.5 * stiffness * square).exp()
        });
        (grid, values.collect())
    }

    /// log Z, exact to the quadrature's fourteen digits.
    #[must_use]
    pub fn log_z(&self) -> f64 {
        let (grid, values) = self.first_coordinate();
        let gaussian: f64 = self.pivots.iter().map(|d| 0.5 * (TAU / d).ln()).sum();
        grid.integrate(&values).ln() + gaussian
    }

    /// The variance of each coordinate. Integrating from the far end makes the chain a Markov one,
    /// `x_i | x_{i-1} ~ N(c x_{i-1} / D_i, 1 / D_i)`.
    #[must_use]
    pub fn variances(&self) -> Vec<f64> {
        let (grid, values) = self.first_coordinate();
        let squares: Vec<f64> = grid.nodes().iter().zip(&values).map(|(x, v)| x * x * v).collect();
        let mut variance = grid.integrate(&squares) / grid.integrate(&values);
        let mut all = vec![variance];
        for d in &self.pivots {
            variance = (self.coupling / d).powi(2) * variance + 1.0 / d;
            all.push(variance);
        }
        all
    }

    /// How far from zero the first coordinate gets before the well is `height` high.
    #[must_use]
    pub fn reach(&self, height: f64) -> f64 {
        reach(self.barrier, height)
    }

    /// Whether the weights `exp(-E)/q` of draws from `q = N(0, width^2 I)` have a variance: the
    /// quadratic form `2 A - I / width^2` has to be positive definite (the quartic wins by itself).
    #[must_use]
    pub fn weights_have_variance(&self, width: f64) -> bool {
        let mut behind = f64::INFINITY;
        let count = self.pivots.len();
        (0..count).rev().all(|i| {
            let springs = if i + 1 == count { 1.0 } else { 2.0 };
            let off = 2.0 * self.coupling;
            let pivot = 2.0 + springs * off - 1.0 / (width * width) - off * off / behind;
            behind = pivot;
            pivot > 0.0
        })
    }
}

fn reach(barrier: f64, height: f64) -> f64 {
    (1.0 + (height / barrier).sqrt()).sqrt()
}

impl Energy for CoupledWell {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn value(&self, points: &[f64], value: &mut [f64]) {
        let count = value.len();
        for (value, x) in value.iter_mut().zip(&points[..count]) {
            let above = x * x - 1.0;
            *value = self.barrier * above * above;
        }
        for axis in 1..self.dimension {
            let before = &points[(axis - 1) * count..axis * count];
            let here = &points[axis * count..(axis + 1) * count];
            for ((value, x), y) in value.iter_mut().zip(here).zip(before) {
                let stretch = x - y;
                *value += 0.5 * (x * x + self.coupling * stretch * stretch);
            }
        }
    }

    fn value_and_gradient(&self, points: &[f64], value: &mut [f64], gradient: &mut [f64]) {
        let count = value.len();
        for i in 0..count {
            let above = points[i] * points[i] - 1.0;
            value[i] = self.barrier * above * above;
            gradient[i] = 4.0 * self.barrier * points[i] * above;
        }
        for axis in 1..self.dimension {
            let (before, here) = points[(axis - 1) * count..(axis + 1) * count].split_at(count);
            let (slope_before, slope) =
                gradient[(axis - 1) * count..(axis + 1) * count].split_at_mut(count);
            for i in 0..count {
                let stretch = here[i] - before[i];
                let pull = self.coupling * stretch;
                value[i] += 0.5 * (here[i] * here[i] + pull * stretch);
                slope_before[i] -= pull;
                slope[i] = here[i] + pull;
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::CoupledWell;
    use crate::model::energy::Energy;

    /// Gradients against central differences, at `count` points spread over -1.5 to 1.5.
    pub(crate) fn gradients_are_slopes(energy: &dyn Energy) {
        let (d, count) = (energy.dimension(), 7);
        let points: Vec<f64> =
            (0..d * count).map(|i| 3.0 * (i as f64 * 0.618).fract() - 1.5).collect();
        let (mut value, mut gradient) = (vec![0.0; count], vec![0.0; d * count]);
        energy.value_and_gradient(&points, &mut value, &mut gradient);
        let at = |points: &[f64]| {
            let mut value = vec![0.0; count];
            energy.value(points, &mut value);
            value
        };
        for (a, b) in value.iter().zip(at(&points)) {
            assert!((a - b).abs() <= 1e-13 * (1.0 + b.abs()));
        }
        let h = 1e-5;
        for axis in 0..d {
            let moved = |by: f64| {
                let mut points = points.clone();
                points[axis * count..(axis + 1) * count].iter_mut().for_each(|x| *x += by);
                at(&points)
            };
            for (i, (up, down)) in moved(h).iter().zip(moved(-h)).enumerate() {
                let (slope, g) = ((up - down) / (2.0 * h), gradient[axis * count + i]);
                assert!((slope - g).abs() < 1e-6 * (1.0 + g.abs()), "axis {axis}: {g} {slope}");
            }
        }
    }

    #[test]
    fn gradients() {
        for d in [1, 2, 5, 64] {
            gradients_are_slopes(&CoupledWell::new(d, 2.0, 1.5));
        }
    }

    #[test]
    fn log_z_is_what_other_programs_find() {
        // science: Z of 2 (x^2 - 1)^2 and of the same plus y^2/2.
        assert!((CoupledWell::new(1, 2.0, 3.0).log_z().exp() - 1.410_914_703_20).abs() < 1e-10);
        assert!((CoupledWell::new(2, 2.0, 0.0).log_z().exp() - 3.536_638_69).abs() < 1e-8);
        // mpmath with the dense matrix: determinant, inverse and quad at 30 digits; the first also by
        // scipy's tplquad. (d, h, c), log Z, the variances of the first and the last coordinate.
        for ((d, h, c), log_z, first, last) in [
            (
                (3, 2.0, 1.5),
                0.846_840_983_204_287_8,
                0.757_933_130_378_955_3,
                0.580_013_094_235_896,
            ),
            ((8, 2.0, 1.0), 3.318_550_588_375_691, 0.776_428_383_548_974, 0.618_034_873_497_403),
            ((64, 5.0, 4.0), -2.007_042_945_694_33, 0.851_132_669_522_187, 0.390_388_203_202_208),
        ] {
            let well = CoupledWell::new(d, h, c);
            assert!((well.log_z() - log_z).abs() < 1e-12, "{d}: {}", well.log_z());
            let variances = well.variances();
            assert!((variances[0] - first).abs() < 1e-12 && variances.len() == d);
            assert!((variances[d - 1] - last).abs() < 1e-12, "{d}: {}", variances[d - 1]);
        }
    }

    #[test]
    fn the_variance_of_weights_ends_where_theory_says() {
        // Two coordinates: A = 1 + c, so 2 (1 + c) > 1/width^2.
        let well = CoupledWell::new(2, 2.0, 1.0);
        assert!(well.weights_have_variance(0.51) && !well.weights_have_variance(0.49));
        // Uncoupled, any dimension: 2 > 1/width^2.
        let well = CoupledWell::new(30, 2.0, 0.0);
        assert!(well.weights_have_variance(0.71) && !well.weights_have_variance(0.70));
        assert!(CoupledWell::new(1, 2.0, 0.0).weights_have_variance(0.1));
    }
}
