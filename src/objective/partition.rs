//! The partition function on a box by quadrature: Z = sum_j w_j exp(-E(x_j)) over an even grid of
//! one or two dimensions.
//!
//! Weights are those of the trapezoidal rule with Gregory's correction at the two ends, (3/8, 7/6,
//! 23/24) of the spacing (Press et al., Numerical Recipes, 3rd ed., eq. 4.1.14): of fourth order
//! where a density does not vanish at the edge, and as good as the trapezoidal rule where it does.

use crate::math::quadrature::Grid;

/// An even grid over a box, with quadrature weights.
#[derive(Clone, Debug, PartialEq)]
pub struct BoxGrid {
    axes: Vec<Grid>,
    points: Vec<f64>,
    weights: Vec<f64>,
}

/// The weights of the first three nodes in units of the spacing; the last three mirror them.
const ENDS: [f64; 3] = [3.0 / 8.0, 7.0 / 6.0, 23.0 / 24.0];

fn weight(grid: &Grid, index: usize) -> f64 {
    let from_end = index.min(grid.count - 1 - index);
    ENDS.get(from_end).copied().unwrap_or(1.0) * grid.spacing()
}

impl BoxGrid {
    /// The grid of one axis a dimension.
    ///
    /// # Panics
    /// If there is no axis or one has fewer than six nodes.
    #[must_use]
    pub fn new(axes: &[Grid]) -> Self {
        assert!(!axes.is_empty() && axes.iter().all(|a| a.count >= 6), "too few nodes");
        let mut points = vec![Vec::new()];
        let mut weights = vec![1.0];
        // The first axis runs fastest: the outermost loop is over the last one.
        for axis in axes.iter().rev() {
            let mut longer = Vec::with_capacity(points.len() * axis.count);
            let mut products = Vec::with_capacity(points.len() * axis.count);
            for (rest, product) in points.iter().zip(&weights) {
                for index in 0..axis.count {
                    let mut point: Vec<f64> = Vec::with_capacity(axes.len());
                    point.push(axis.node(index));
                    point.extend(rest);
                    longer.push(point);
                    products.push(product * weight(axis, index));
                }
            }
            points = longer;
            weights = products;
        }
        Self { axes: axes.to_vec(), points: points.concat(), weights }
    }

    /// Its axes.
    #[must_use]
    pub fn axes(&self) -> &[Grid] {
        &self.axes
    }

    /// The nodes, one after the other, the first axis fastest: nodes by dimensions numbers.
    #[must_use]
    pub fn points(&self) -> &[f64] {
        &self.points
    }

    /// The quadrature weight of each node.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The integral of a function by its values at the nodes.
    #[must_use]
    pub fn integrate(&self, values: &[f64]) -> f64 {
        debug_assert_eq!(values.len(), self.weights.len());
        values.iter().zip(&self.weights).map(|(v, w)| v * w).sum()
    }

    /// Of a density by its values at the nodes: the mass within three nodes of the edge, which
    /// tells whether the box was too small.
    #[must_use]
    pub fn edge_mass(&self, density: &[f64]) -> f64 {
        let mut mass = 0.0;
        for (index, (p, w)) in density.iter().zip(&self.weights).enumerate() {
            let mut rest = index;
            let mut at_edge = false;
            for axis in &self.axes {
                let i = rest % axis.count;
                rest /= axis.count;
                at_edge |= i < 3 || i + 3 >= axis.count;
            }
            if at_edge {
                mass += p * w;
            }
        }
        mass
    }
}

/// log Z = log sum_j w_j exp(-E_j), shifted by the largest exponent so that it never overflows.
/// NaN if an energy is.
#[must_use]
pub fn log_partition(energies: &[f64], weights: &[f64]) -> f64 {
    debug_assert_eq!(energies.len(), weights.len());
    if energies.iter().any(|e| e.is_nan()) {
        return f64::NAN;
    }
    let lowest = energies.iter().copied().fold(f64::INFINITY, f64::min);
    let sum: f64 = energies.iter().zip(weights).map(|(e, w)| w * (lowest - e).exp()).sum();
    sum.ln() - lowest
}

#[cfg(test)]
mod tests {
    use super::{BoxGrid, log_partition};
    use crate::math::quadrature::Grid;

    #[test]
    fn the_double_well_has_the_z_of_its_bessel_form() {
        // science: Z of 2 (x^2 - 1)^2 by (pi b / 2) e^-u [I_-1/4(u) + I_1/4(u)], u = 1 (mpmath).
        let grid = BoxGrid::new(&[Grid::new(-3.0, 3.0, 256)]);
        let well = |x: f64| 2.0 * (x * x - 1.0).powi(2);
        let energies: Vec<f64> = grid.points().iter().map(|x| well(*x)).collect();
        assert!((log_partition(&energies, grid.weights()).exp() - 1.41091470320).abs() < 1e-10);
        let plane = BoxGrid::new(&[Grid::new(-3.0, 3.0, 64), Grid::new(-7.0, 7.0, 48)]);
        let energies: Vec<f64> =
            plane.points().chunks(2).map(|x| well(x[0]) + 0.5 * x[1] * x[1]).collect();
        assert!((log_partition(&energies, plane.weights()).exp() - 3.53663869).abs() < 1e-8);
    }

    #[test]
    fn the_ends_are_of_fourth_order() {
        let error = |n| {
            let grid = BoxGrid::new(&[Grid::new(0.0, 1.0, n)]);
            let values: Vec<f64> = grid.points().iter().map(|x| x.exp()).collect();
            (grid.integrate(&values) - (1f64.exp() - 1.0)).abs()
        };
        let order = (error(33) / error(65)).log2();
        assert!(order > 3.7, "order {order}");
    }

    #[test]
    fn a_constant_moves_log_z_by_itself_and_huge_energies_do_not_overflow() {
        let weights = [0.5, 1.0, 0.5];
        let plain = log_partition(&[1.0, 2.0, 3.0], &weights);
        assert!(
            (log_partition(&[1001.0, 1002.0, 1003.0], &weights) - (plain - 1000.0)).abs() < 1e-12
        );
        assert!(
            (log_partition(&[-999.0, -998.0, -997.0], &weights) - (plain + 1000.0)).abs() < 1e-12
        );
        assert!(log_partition(&[f64::NAN, 0.0, 0.0], &weights).is_nan());
    }

    #[test]
    fn the_first_axis_runs_fastest_and_the_edge_is_the_rim() {
        let grid = BoxGrid::new(&[Grid::new(0.0, 7.0, 8), Grid::new(10.0, 19.0, 10)]);
        assert_eq!(&grid.points()[..4], &[0.0, 10.0, 1.0, 10.0]);
        assert!((grid.integrate(&[1.0; 80]) - 63.0).abs() < 1e-12);
        let inside = 2.0 * 4.0;
        assert!((grid.edge_mass(&[1.0; 80]) - (63.0 - inside)).abs() < 1e-12);
    }
}
