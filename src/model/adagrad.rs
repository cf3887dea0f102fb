//! Adagrad by rows: h += g^2, theta -= rate g / (sqrt(h) + eps), entry by entry, in the rows that
//! have a gradient and nowhere else. A word's row moves only when the word is met, so that a step
//! costs what was met and not what there is; a rare word, met seldom, keeps its large steps.
//!
//! Duchi, Hazan and Singer, Adaptive subgradient methods for online learning and stochastic
//! optimization, JMLR 12, 2011. The decay is decoupled (Loshchilov and Hutter, ICLR 2019) and acts
//! on the rows that are met: theta -= rate decay theta. A bias is left out of it, for a smaller bias is
//! no simpler model.

use crate::math::simd::{Kernel, Lanes16, Level, dispatch};

/// Keeps the division finite.
const EPSILON: f32 = 1e-8;

/// A table of parameters, row after row, with the sums of squared gradients.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    width: usize,
    /// Entries of a row that decay, from its start.
    decaying: usize,
    /// The parameters.
    pub values: Vec<f32>,
    squares: Vec<f32>,
}

/// Gradients of some rows of a table.
#[derive(Clone, Debug)]
pub struct RowGradients {
    width: usize,
    sums: Vec<f32>,
    met: Vec<u32>,
    is_met: Vec<bool>,
}

impl Rows {
    /// A table from its entries, row after row, of which the first `decaying` of each decay.
    #[must_use]
    pub fn new(values: Vec<f32>, width: usize, decaying: usize) -> Self {
        let squares = vec![0.0; values.len()];
        Self { width, decaying, values, squares }
    }

    /// Entries of a row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// A row.
    #[inline(always)]
    #[must_use]
    pub fn row(&self, index: u32) -> &[f32] {
        &self.values[index as usize * self.width..][..self.width]
    }

    /// One step down the gradients, which are zeros afterwards.
    pub fn step(&mut self, gradients: &mut RowGradients, rate: f32, decay: f32) {
        // Past zero the decay would overshoot and grow.
        let keep = (1.0 - rate * decay).max(0.0);
        dispatch(Level::best(), Step { rows: self, gradients, rate, keep });
    }
}

/// A step once its factors are known. The loops are plain: the compiler lays them out for each set
/// of instructions.
struct Step<'a> {
    rows: &'a mut Rows,
    gradients: &'a mut RowGradients,
    rate: f32,
    keep: f32,
}

impl Kernel for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        let Self { rows, gradients, rate, keep } = self;
        let (width, decaying) = (rows.width, rows.decaying);
        for row in gradients.met.drain(..) {
            let at = row as usize * width;
            gradients.is_met[row as usize] = false;
            let values = &mut rows.values[at..at + width];
            for value in &mut values[..decaying] {
                *value *= keep;
            }
            let squares = &mut rows.squares[at..at + width];
            let sums = &mut gradients.sums[at..at + width];
            for ((value, square), g) in values.iter_mut().zip(squares).zip(sums) {
                *square += *g * *g;
                *value -= rate * *g / (square.sqrt() + EPSILON);
                *g = 0.0;
            }
        }
    }
}

impl RowGradients {
    /// Zeros for a table of so many rows.
    #[must_use]
    pub fn new(rows: usize, width: usize) -> Self {
        Self {
            width,
            sums: vec![0.0; rows * width],
            met: Vec::with_capacity(rows),
            is_met: vec![false; rows],
        }
    }

    /// The sum of a row, to be added to.
    #[inline(always)]
    pub fn row(&mut self, index: u32) -> &mut [f32] {
        if !self.is_met[index as usize] {
            self.is_met[index as usize] = true;
            self.met.push(index);
        }
        &mut self.sums[index as usize * self.width..][..self.width]
    }

    /// The sums of all rows at once: all of them count as met.
    pub fn all(&mut self) -> &mut [f32] {
        for index in 0..self.is_met.len() {
            if !self.is_met[index] {
                self.is_met[index] = true;
                self.met.push(index as u32);
            }
        }
        &mut self.sums
    }

    /// How many rows have been met since the last step.
    #[must_use]
    pub fn met(&self) -> usize {
        self.met.len()
    }
}

#[cfg(test)]
mod tests {
    use super::{RowGradients, Rows};

    #[test]
    fn a_step_is_that_of_the_formula_in_the_rows_that_are_met() {
        let mut rows = Rows::new(vec![1.0, -2.0, 3.0, 4.0, 5.0, 6.0], 2, 1);
        let mut gradients = RowGradients::new(3, 2);
        let twice = [[3.0_f32, -0.5], [4.0, 0.0]];
        let (mut expected, mut squares) = ([3.0_f32, 4.0], [0.0_f32; 2]);
        for g in twice {
            let half: Vec<f32> = g.iter().map(|v| 0.5 * v).collect();
            for _ in 0..2 {
                gradients.row(1).iter_mut().zip(&half).for_each(|(sum, g)| *sum += g);
            }
            assert_eq!(gradients.met(), 1);
            rows.step(&mut gradients, 0.1, 0.2);
            for i in 0..2 {
                squares[i] += g[i] * g[i];
                let keep = [0.98, 1.0][i];
                expected[i] = keep * expected[i] - 0.1 * g[i] / (squares[i].sqrt() + 1e-8);
            }
        }
        assert_eq!(rows.row(0), [1.0, -2.0]);
        assert_eq!(rows.row(2), [5.0, 6.0]);
        for (a, b) in rows.row(1).iter().zip(expected) {
            assert!((a - b).abs() < 1e-6, "{:?} {expected:?}", rows.row(1));
        }
        assert!(gradients.met() == 0 && gradients.all().iter().all(|g| *g == 0.0));
        assert_eq!(gradients.met(), 3);
    }
}
