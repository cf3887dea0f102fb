//! Vectors as rows, divided by their lengths, and the way back of a gradient through the division:
//! with `u = x/|x|`, `dL/dx = (dL/du - u (u . dL/du))/|x|`. What would only lengthen x is gone.

/// Rows of length one.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitRows {
    dimension: usize,
    rows: Vec<f64>,
    lengths: Vec<f64>,
}

/// A row that has no direction: its length is zero, or so small that dividing by it says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoDirection {
    /// Which row, from 0.
    pub row: usize,
}

/// Squares of shorter vectors are subnormal or zero.
const SHORTEST: f64 = 1e-150;

impl UnitRows {
    /// Of vectors of so many finite numbers each, one after the other.
    ///
    /// # Errors
    /// [`NoDirection`] at the first row of no length: its cosine with anything is undefined.
    ///
    /// # Panics
    /// If `rows` does not divide into vectors of `dimension`.
    pub fn new(mut rows: Vec<f64>, dimension: usize) -> Result<Self, NoDirection> {
        assert!(dimension > 0 && rows.len().is_multiple_of(dimension), "whole rows");
        let mut lengths = Vec::with_capacity(rows.len() / dimension);
        for (row, x) in rows.chunks_exact_mut(dimension).enumerate() {
            // The largest comes out first, so that squares neither overflow nor vanish.
            let largest = x.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
            if largest < SHORTEST {
                return Err(NoDirection { row });
            }
            let sum: f64 = x.iter().map(|v| (v / largest) * (v / largest)).sum();
            let root = sum.sqrt();
            for v in x.iter_mut() {
                *v = *v / largest / root;
            }
            lengths.push(largest * root);
        }
        Ok(Self { dimension, rows, lengths })
    }

    /// How many rows.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lengths.len()
    }

    /// How many numbers a row has.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// The rows, one after the other.
    #[must_use]
    pub fn rows(&self) -> &[f64] {
        &self.rows
    }

    /// One row.
    #[must_use]
    pub fn row(&self, i: usize) -> &[f64] {
        &self.rows[i * self.dimension..][..self.dimension]
    }

    /// The rows of both, `self` first.
    ///
    /// # Panics
    /// If the dimensions differ.
    #[must_use]
    pub fn followed_by(&self, other: &Self) -> Self {
        assert_eq!(self.dimension, other.dimension);
        Self {
            dimension: self.dimension,
            rows: [&self.rows[..], &other.rows].concat(),
            lengths: [&self.lengths[..], &other.lengths].concat(),
        }
    }

    /// Turns derivatives by the unit rows into derivatives by the rows as they were given.
    pub fn pull_back(&self, gradient: &mut [f64]) {
        let rows = self.rows.chunks_exact(self.dimension).zip(&self.lengths);
        for ((u, length), g) in rows.zip(gradient.chunks_exact_mut(self.dimension)) {
            let along = dot(u, g);
            for (g, u) in g.iter_mut().zip(u) {
                *g = (*g - along * u) / length;
            }
        }
    }
}

/// The inner product.
#[must_use]
pub fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::{NoDirection, UnitRows, dot};

    #[test]
    fn rows_are_of_length_one_however_long_they_were() {
        for size in [1e-140, 1e-9, 1.0, 1e200, 3e307] {
            let unit = UnitRows::new(vec![3.0 * size, -4.0 * size, 0.0], 3).unwrap();
            for (u, exact) in unit.rows().iter().zip([0.6, -0.8, 0.0]) {
                assert!((u - exact).abs() < 1e-15, "{size}: {u}");
            }
        }
        assert_eq!(UnitRows::new(vec![1.0, 0.0, 0.0, 0.0], 2), Err(NoDirection { row: 1 }));
    }

    #[test]
    fn the_way_back_is_that_of_finite_differences() {
        let (x, weights) = (vec![0.3, -1.2, 2.0, 5.0, 0.1, -0.4], [1.0, 0.5, -2.0, 0.2, 0.9, 3.0]);
        let value = |x: &[f64]| dot(UnitRows::new(x.to_vec(), 3).unwrap().rows(), &weights);
        let mut gradient = weights;
        UnitRows::new(x.clone(), 3).unwrap().pull_back(&mut gradient);
        for i in 0..6 {
            let at = |h: f64| {
                let mut moved = x.clone();
                moved[i] += h;
                value(&moved)
            };
            let slope = (at(1e-6) - at(-1e-6)) / 2e-6;
            assert!((slope - gradient[i]).abs() < 1e-8, "{i}: {slope} against {}", gradient[i]);
        }
    }
}
