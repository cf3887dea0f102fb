//! Masses on a grid as a density that can be looked at: each is spread by a Gaussian,
//! p(x) = sum_j m_j N(x; x_j, h^2 I). Data and model blurred alike can be compared point by point:
//! what is left between them is not the blur's doing.

use crate::math::quadrature::Grid;
use crate::objective::partition::BoxGrid;
use std::f64::consts::TAU;

/// How many standard deviations of the Gaussian count.
const REACH: f64 = 6.0;

/// A Gaussian blur over the nodes of a box.
#[derive(Clone, Debug)]
pub(in crate::lesson) struct Blur {
    /// An axis each: the Gaussian at 0, 1, 2, ... spacings.
    kernels: Vec<Vec<f64>>,
    counts: Vec<usize>,
}

impl Blur {
    /// Of this standard deviation in the grid's units, or one and a half spacings where that is
    /// more: a narrower one would show the nodes.
    pub(in crate::lesson) fn new(grid: &BoxGrid, bandwidth: f64) -> Self {
        let kernel = |axis: &Grid| {
            let h = bandwidth.max(1.5 * axis.spacing());
            let reach = (REACH * h / axis.spacing()).ceil() as usize;
            let at = |i: usize| axis.spacing() * i as f64 / h;
            let height = 1.0 / (h * TAU.sqrt());
            let last = reach.min(axis.count - 1);
            (0..=last).map(|i| height * (-0.5 * at(i) * at(i)).exp()).collect()
        };
        Self {
            kernels: grid.axes().iter().map(kernel).collect(),
            counts: grid.axes().iter().map(|a| a.count).collect(),
        }
    }

    /// The density at the nodes of masses at the nodes.
    pub(in crate::lesson) fn density(&self, masses: &[f64]) -> Vec<f64> {
        let mut values = masses.to_vec();
        let mut stride = 1;
        for (kernel, count) in self.kernels.iter().zip(&self.counts) {
            values = along(&values, kernel, *count, stride);
            stride *= count;
        }
        values
    }
}

/// The convolution along one axis, whose neighbours are `stride` apart.
fn along(values: &[f64], kernel: &[f64], count: usize, stride: usize) -> Vec<f64> {
    let mut blurred = vec![0.0; values.len()];
    for (index, to) in blurred.iter_mut().enumerate() {
        let i = index / stride % count;
        let first = index - i * stride;
        let (from, end) = (i.saturating_sub(kernel.len() - 1), (i + kernel.len()).min(count));
        *to = (from..end).map(|j| values[first + j * stride] * kernel[i.abs_diff(j)]).sum();
    }
    blurred
}

/// Points, one after the other and all of equal mass, given to the nodes around each in proportion
/// to their nearness. The masses add up to one.
pub(in crate::lesson) fn deposit(points: &[f64], grid: &BoxGrid) -> Vec<f64> {
    let axes = grid.axes();
    let d = axes.len();
    let mut masses = vec![0.0; axes.iter().map(|a| a.count).product()];
    let share = d as f64 / points.len() as f64;
    for point in points.chunks_exact(d) {
        for corner in 0..1usize << d {
            let (mut index, mut stride, mut mass) = (0, 1, share);
            for (k, (axis, x)) in axes.iter().zip(point).enumerate() {
                let at = ((x - axis.low) / axis.spacing()).clamp(0.0, (axis.count - 1) as f64);
                let below = (at as usize).min(axis.count - 2);
                let part = at - below as f64;
                let upper = corner >> k & 1;
                mass *= if upper == 1 { part } else { 1.0 - part };
                index += stride * (below + upper);
                stride *= axis.count;
            }
            masses[index] += mass;
        }
    }
    masses
}

#[cfg(test)]
mod tests {
    use super::{Blur, deposit};
    use crate::math::quadrature::Grid;
    use crate::objective::partition::BoxGrid;

    #[test]
    fn one_point_becomes_a_gaussian_of_mass_one() {
        let plane = BoxGrid::new(&[Grid::new(-4.0, 4.0, 41), Grid::new(-5.0, 5.0, 61)]);
        let masses = deposit(&[0.2, -0.5], &plane);
        let density = Blur::new(&plane, 0.6).density(&masses);
        assert!((plane.integrate(&density) - 1.0).abs() < 1e-6);
        // A node on the first axis, and on the second: exactly N(0; 0, .36) twice.
        let at = 21 + 27 * 41;
        assert!((plane.points()[2 * at] - 0.2).abs() < 1e-12);
        assert!((density[at] - 1.0 / (std::f64::consts::TAU * 0.36)).abs() < 1e-9);
    }

    #[test]
    fn masses_and_their_mean_are_kept_between_nodes() {
        let line = BoxGrid::new(&[Grid::new(0.0, 10.0, 11)]);
        let masses = deposit(&[2.25, 7.5, 10.0, 0.0], &line);
        let mean: f64 = masses.iter().zip(line.points()).map(|(m, x)| m * x).sum();
        assert!((masses.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        assert!((mean - 4.9375).abs() < 1e-12);
    }
}
