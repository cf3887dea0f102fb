//! Integrals over a box by the trapezoidal rule, which converges faster than any power of the
//! spacing where the integrand and its derivatives vanish at the ends (Trefethen and Weideman,
//! The exponentially convergent trapezoidal rule, SIAM Review 56, 2014): just the case of a
//! density whose grid reaches into its tails. What jumps in between is cut up: [`pieces`].

pub mod pieces;

/// Evenly spaced nodes on an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// The first node.
    pub low: f64,
    /// The last node.
    pub high: f64,
    /// How many nodes, at least two.
    pub count: usize,
}

impl Grid {
    /// `count` nodes from `low` to `high`, both included.
    ///
    /// # Panics
    /// If there are fewer than two nodes or the interval is empty: a mistake of the caller's.
    #[must_use]
    pub fn new(low: f64, high: f64, count: usize) -> Self {
        assert!(count >= 2 && low < high, "a grid needs two nodes and an interval");
        Self { low, high, count }
    }

    /// The distance between two neighbours.
    #[must_use]
    pub fn spacing(&self) -> f64 {
        (self.high - self.low) / (self.count - 1) as f64
    }

    /// The node of an index below [`Grid::count`].
    #[must_use]
    pub fn node(&self, index: usize) -> f64 {
        self.low + self.spacing() * index as f64
    }

    /// All nodes, in order.
    #[must_use]
    pub fn nodes(&self) -> Vec<f64> {
        (0..self.count).map(|i| self.node(i)).collect()
    }

    /// The trapezoidal weight of a node: the spacing, halved at the two ends.
    #[must_use]
    pub fn weight(&self, index: usize) -> f64 {
        if index == 0 || index + 1 == self.count { 0.5 * self.spacing() } else { self.spacing() }
    }

    /// The integral of the values at the nodes.
    #[must_use]
    pub fn integrate(&self, values: &[f64]) -> f64 {
        debug_assert_eq!(values.len(), self.count);
        let inner: f64 = values.iter().sum();
        let ends = values.first().unwrap_or(&0.0) + values.last().unwrap_or(&0.0);
        (inner - 0.5 * ends) * self.spacing()
    }
}

#[cfg(test)]
mod tests {
    use super::Grid;

    #[test]
    fn the_gaussian_integrates_to_machine_precision() {
        let grid = Grid::new(-12.0, 12.0, 97);
        let values: Vec<f64> = grid.nodes().iter().map(|x| (-0.5 * x * x).exp()).collect();
        let exact = (2.0 * std::f64::consts::PI).sqrt();
        assert!((grid.integrate(&values) - exact).abs() < 1e-13);
    }

    #[test]
    fn weights_and_integrate_agree() {
        let grid = Grid::new(0.0, 1.0, 11);
        let values: Vec<f64> = grid.nodes().iter().map(|x| x * x).collect();
        let by_weights: f64 = values.iter().enumerate().map(|(i, v)| v * grid.weight(i)).sum();
        assert!((grid.integrate(&values) - by_weights).abs() < 1e-15);
    }
}
