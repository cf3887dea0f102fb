//! Adagrad with one rate a row: h += mean(g^2), theta -= rate g / (sqrt(h) + eps), in the rows that
//! have a gradient and nowhere else. A word's row moves only when the word is met, so that a step
//! costs what was met and not what there is; a rare word, met seldom, keeps its large steps.
//!
//! Duchi, Hazan and Singer, Adaptive subgradient methods for online learning and stochastic
//! optimization, JMLR 12, 2011, has a rate for every entry. The entries of a word's vector are met
//! together and are much alike, so that one rate serves them: a root and a quotient a row, and a
//! third less memory to go through. A bias is another matter and has a rate of its own.
//!
//! The decay is decoupled (Loshchilov and Hutter, ICLR 2019) and acts on the rows that are met:
//! theta -= rate decay theta. A bias is left out of it, for a smaller bias is no simpler model.

use crate::math::dot::dot;
use crate::math::simd::{Kernel, Lanes16, Level, dispatch};

/// Keeps the division finite.
const EPSILON: f32 = 1e-8;

/// A table of parameters, row after row, with the sums of mean squared gradients.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    width: usize,
    /// Entries of a row that decay, from its start.
    decaying: usize,
    /// The parameters.
    pub values: Vec<f32>,
    /// Of every row: of what decays, and of the rest.
    squares: Vec<[f32; 2]>,
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
        let squares = vec![[0.0; 2]; values.len() / width];
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
            let values = rows.values[at..at + width].split_at_mut(decaying);
            let sums = gradients.sums[at..at + width].split_at_mut(decaying);
            let [vector, rest] = &mut rows.squares[row as usize];
            move_part(values.0, sums.0, vector, rate, keep);
            move_part(values.1, sums.1, rest, rate, 1.0);
        }
    }
}

/// Moves entries that share a rate, and clears their gradients.
#[inline(always)]
fn move_part(values: &mut [f32], sums: &mut [f32], square: &mut f32, rate: f32, keep: f32) {
    if values.is_empty() {
        return;
    }
    *square += dot(sums, sums) / sums.len() as f32;
    let scale = rate / (square.sqrt() + EPSILON);
    for (value, g) in values.iter_mut().zip(sums) {
        *value = keep * *value - scale * *g;
        *g = 0.0;
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
        // Rows of two entries that decay and one that does not.
        let mut rows = Rows::new((1..=9_u8).map(f32::from).collect(), 3, 2);
        let mut gradients = RowGradients::new(3, 3);
        let (mut expected, mut vector, mut rest) = ([4.0_f32, 5.0, 6.0], 0.0_f32, 0.0_f32);
        for g in [[3.0_f32, -0.5, 2.0], [4.0, 0.0, -1.0]] {
            let half: Vec<f32> = g.iter().map(|v| 0.5 * v).collect();
            for _ in 0..2 {
                gradients.row(1).iter_mut().zip(&half).for_each(|(sum, g)| *sum += g);
            }
            assert_eq!(gradients.met(), 1);
            rows.step(&mut gradients, 0.1, 0.2);
            vector += 0.5 * (g[0] * g[0] + g[1] * g[1]);
            rest += g[2] * g[2];
            for i in 0..3 {
                let (keep, square) = if i < 2 { (0.98, vector) } else { (1.0, rest) };
                expected[i] = keep * expected[i] - 0.1 * g[i] / (square.sqrt() + 1e-8);
            }
        }
        assert_eq!(rows.row(0), [1.0, 2.0, 3.0]);
        assert_eq!(rows.row(2), [7.0, 8.0, 9.0]);
        for (a, b) in rows.row(1).iter().zip(expected) {
            assert!((a - b).abs() < 1e-6, "{:?} {expected:?}", rows.row(1));
        }
        assert!(gradients.met() == 0 && gradients.all().iter().all(|g| *g == 0.0));
        assert_eq!(gradients.met(), 3);
    }

    #[test]
    fn the_first_step_is_as_long_as_the_rate_in_the_mean_square() {
        let mut rows = Rows::new(vec![0.0; 8], 4, 0);
        let mut gradients = RowGradients::new(2, 4);
        gradients.row(1).copy_from_slice(&[1.0, -20.0, 3.0, 0.5]);
        rows.step(&mut gradients, 0.1, 0.0);
        let mean = rows.row(1).iter().map(|v| v * v).sum::<f32>() / 4.0;
        assert!((mean.sqrt() - 0.1).abs() < 1e-6, "{:?}", rows.row(1));
    }
}
