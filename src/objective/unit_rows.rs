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

    /// The same where rows may have no direction: those become zero, and so does what comes back
    /// through them.
    ///
    /// # Panics
    /// If `rows` does not divide into vectors of `dimension`.
    #[must_use]
    pub fn or_zero(mut rows: Vec<f64>, dimension: usize) -> Self {
        assert!(dimension > 0 && rows.len().is_multiple_of(dimension), "whole rows");
        let mut lengths = Vec::with_capacity(rows.len() / dimension);
        for x in rows.chunks_exact_mut(dimension) {
            let length = dot(x, x).sqrt();
            let none = length < f64::from(SHORTEST_SINGLE);
            x.iter_mut().for_each(|v| *v = if none { 0.0 } else { *v / length });
            lengths.push(if none { f64::INFINITY } else { length });
        }
        Self { dimension, rows, lengths }
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

/// Shorter rows have no direction in single precision.
pub const SHORTEST_SINGLE: f32 = 1e-12;

/// Divides rows in single precision by their lengths, which go into `lengths`; rows shorter than
/// 1e-12 become zero and stay so. What is not finite makes its row so.
///
/// # Panics
/// If `rows` does not divide into vectors of `dimension`.
pub fn normalise(rows: &mut [f32], dimension: usize, lengths: &mut Vec<f32>) {
    assert!(dimension > 0 && rows.len().is_multiple_of(dimension), "whole rows");
    lengths.clear();
    for x in rows.chunks_exact_mut(dimension) {
        // In double precision no square of a single one overflows or vanishes.
        let square: f64 = x.iter().map(|v| f64::from(*v) * f64::from(*v)).sum();
        let length = square.sqrt();
        let none = length < f64::from(SHORTEST_SINGLE);
        let over = if none { 0.0 } else { 1.0 / length };
        x.iter_mut().for_each(|v| *v = (f64::from(*v) * over) as f32);
        lengths.push(if none { 0.0 } else { length as f32 });
    }
}

/// Turns derivatives by rows of [`normalise`] into derivatives by the rows as they were given; zero
/// for a row that had no direction.
///
/// # Panics
/// If the lengths do not fit together.
pub fn pull_back_f32(units: &[f32], lengths: &[f32], dimension: usize, gradient: &mut [f32]) {
    assert_eq!((units.len(), gradient.len()), (lengths.len() * dimension, units.len()));
    let rows = units.chunks_exact(dimension).zip(lengths);
    for ((u, length), g) in rows.zip(gradient.chunks_exact_mut(dimension)) {
        let along: f32 = u.iter().zip(&*g).map(|(u, g)| u * g).sum();
        let over = if *length == 0.0 { 0.0 } else { 1.0 / length };
        for (g, u) in g.iter_mut().zip(u) {
            *g = (*g - along * u) * over;
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
    use super::{NoDirection, UnitRows, dot, normalise, pull_back_f32};

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

    #[test]
    fn single_precision_does_the_same() {
        let x = [0.3, -1.2, 2.0, 5e12, 1e11, -4e12, 3e-11, 4e-11, 0.0];
        let unit = UnitRows::new(x.to_vec(), 3).unwrap();
        let mut gradient = vec![1.0, 0.5, -2.0, 0.2, 0.9, 3.0, 1.0, 1.0, 1.0];
        let mut narrow: Vec<f32> = gradient.iter().map(|v| *v as f32).collect();
        let (mut rows, mut lengths) = (x.map(|v| v as f32), vec![7.0]);
        normalise(&mut rows, 3, &mut lengths);
        pull_back_f32(&rows, &lengths, 3, &mut narrow);
        unit.pull_back(&mut gradient);
        for i in 0..9 {
            assert!((f64::from(rows[i]) - unit.rows()[i]).abs() < 1e-7, "{i}: {rows:?}");
            let (g, exact, length) = (f64::from(narrow[i]), gradient[i], f64::from(lengths[i / 3]));
            assert!((g - exact).abs() * length < 1e-6, "{i}: {g} for {exact}");
        }
    }

    #[test]
    fn rows_without_a_direction_stay_zero_and_nothing_comes_back_through_them() {
        let (mut rows, mut lengths) = ([3e-13_f32, -4e-13, 3.0, 4.0], Vec::new());
        normalise(&mut rows, 2, &mut lengths);
        assert_eq!((rows, &lengths[..]), ([0.0, 0.0, 0.6, 0.8], &[0.0, 5.0][..]));
        let mut gradient = [1.0, 2.0, 4.0, -3.0];
        pull_back_f32(&rows, &lengths, 2, &mut gradient);
        let expected = [0.0, 0.0, 0.8, -0.6];
        assert!(gradient.iter().zip(expected).all(|(g, e): (&f32, f32)| (g - e).abs() < 1e-6));
        let units = UnitRows::or_zero(vec![3e-13, -4e-13, 3.0, 4.0], 2);
        assert_eq!(units.rows(), [0.0, 0.0, 0.6, 0.8]);
        let mut gradient = [1.0, 2.0, 4.0, -3.0];
        units.pull_back(&mut gradient);
        assert!(gradient.iter().zip([0.0, 0.0, 0.8, -0.6]).all(|(g, e)| (g - e).abs() < 1e-15));
        let mut bad = [f32::NAN, 1.0, 1.0, 0.0];
        normalise(&mut bad, 2, &mut lengths);
        assert!(bad[1].is_nan() && bad[2..] == [1.0, 0.0]);
    }
}
