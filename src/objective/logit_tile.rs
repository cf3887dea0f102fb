//! A tile of the matrix of logits in single precision, and what the losses of CLIP and SigLIP do to
//! it, with nothing but a matrix product and an exponential over slices: for counting what a batch
//! costs, and for devices that each hold a piece. [`super::fused_pairs`] is the fast way.
//!
//! Rows have length one, so that `|a_i . b_j| <= 1` and the largest logit is the scale: a fixed shift
//! takes the place of the running maximum that an online softmax needs in general (Milakov and
//! Gimelshein, Online normalizer calculation for softmax, 2018).

use crate::math::gemm::{Layout, gemm};
use crate::math::vector_math;

/// Sums are taken in so many lanes.
const LANES: usize = 16;

/// Rows of two sides, one after the other, of so many numbers each.
#[derive(Clone, Copy, Debug)]
pub struct Sides<'a> {
    /// Numbers of a row.
    pub dimension: usize,
    /// The rows of the tile.
    pub a: &'a [f32],
    /// Its columns.
    pub b: &'a [f32],
}

impl Sides<'_> {
    /// How many rows and columns the tile has.
    #[must_use]
    pub fn shape(&self) -> (usize, usize) {
        (self.a.len() / self.dimension, self.b.len() / self.dimension)
    }

    /// `tile_ij = scale a_i . b_j`, row after row: 2 n m d operations.
    pub fn logits(&self, scale: f32, tile: &mut [f32]) {
        let ((n, m), d) = (self.shape(), self.dimension);
        let columns = Layout::by_rows(m, d).transposed();
        gemm(
            scale,
            (self.a, Layout::by_rows(n, d)),
            (self.b, columns),
            0.0,
            (tile, Layout::by_rows(n, m)),
        );
    }

    /// Adds `sum_j w_ij b_j` to the rows of `by_a`: 2 n m d operations.
    pub fn pull_a(&self, weights: &[f32], by_a: &mut [f32]) {
        let ((n, m), d) = (self.shape(), self.dimension);
        let (weights, b) = ((weights, Layout::by_rows(n, m)), (self.b, Layout::by_rows(m, d)));
        gemm(1.0, weights, b, 1.0, (by_a, Layout::by_rows(n, d)));
    }

    /// Adds `sum_i w_ij a_i` to the rows of `by_b`: 2 n m d operations.
    pub fn pull_b(&self, weights: &[f32], by_b: &mut [f32]) {
        let ((n, m), d) = (self.shape(), self.dimension);
        let weights = (weights, Layout::by_rows(n, m).transposed());
        let a = (self.a, Layout::by_rows(n, d));
        gemm(1.0, weights, a, 1.0, (by_b, Layout::by_rows(m, d)));
    }

    /// What the pairs that belong together add, where both sides have them in the same order: turns
    /// weighted sums into derivatives, `factor (sum - own)`, and hands back `sum_i a_i . b_i`.
    pub fn close(&self, factor: f32, by_a: &mut [f32], by_b: &mut [f32]) -> f64 {
        let rows = self.a.iter().zip(self.b).zip(by_a.iter_mut().zip(by_b));
        let mut cosines = 0.0;
        for ((a, b), (by_a, by_b)) in rows {
            *by_a = factor * (*by_a - b);
            *by_b = factor * (*by_b - a);
            cosines += f64::from(a * b);
        }
        cosines
    }
}

/// In place, `tile_ij = e^(tile_ij - shift)`; their sums are added to those of rows and columns.
/// `line` is room for a row.
pub fn exponentials(
    tile: &mut [f32],
    shift: f32,
    rows: &mut [f64],
    columns: &mut [f64],
    line: &mut Vec<f32>,
) {
    let width = columns.len();
    line.resize(width, 0.0);
    for (row, sum) in tile.chunks_exact_mut(width.max(1)).zip(rows) {
        line.iter_mut().zip(&*row).for_each(|(to, l)| *to = l - shift);
        vector_math::exp_f32(line, row);
        *sum += lanes_sum(row);
        columns.iter_mut().zip(&*row).for_each(|(sum, e)| *sum += f64::from(*e));
    }
}

fn lanes_sum(row: &[f32]) -> f64 {
    let mut lanes = [0.0_f32; LANES];
    let parts = row.chunks_exact(LANES);
    let rest: f32 = parts.remainder().iter().sum();
    for part in parts {
        lanes.iter_mut().zip(part).for_each(|(sum, v)| *sum += v);
    }
    lanes.iter().map(|v| f64::from(*v)).sum::<f64>() + f64::from(rest)
}

/// From exponentials to the weights of CLIP, `w_ij = e_ij (1/R_i + 1/C_j)/2`.
pub fn weigh(tile: &mut [f32], rows: &[f32], columns: &[f32]) {
    for (row, half) in tile.chunks_exact_mut(columns.len().max(1)).zip(rows) {
        row.iter_mut().zip(columns).for_each(|(e, c)| *e *= half + c);
    }
}

/// In place, `tile_ij = sigmoid(tile_ij + bias)`; hands back `sum_ij softplus(tile_ij + bias)`, as if
/// no pair belonged together. Rows are `width` long; `line` is room for two of them.
pub fn sigmoids(tile: &mut [f32], width: usize, bias: f32, line: &mut Vec<f32>) -> f64 {
    line.resize(2 * width, 0.0);
    let (x, t) = line.split_at_mut(width);
    let mut total = 0.0;
    for row in tile.chunks_exact_mut(width.max(1)) {
        let mut positive = [0.0_f32; LANES];
        for (part, x) in row.chunks_mut(LANES).zip(x.chunks_mut(LANES)) {
            for ((l, x), sum) in part.iter_mut().zip(x).zip(&mut positive) {
                *l += bias;
                *x = -l.abs();
                *sum += l.max(0.0);
            }
        }
        vector_math::exp_f32(x, t);
        total += positive.iter().map(|v| f64::from(*v)).sum::<f64>();
        total += logs_of_one_plus(t);
        for (l, t) in row.iter_mut().zip(&*t) {
            let over = 1.0 / (1.0 + t);
            *l = if *l >= 0.0 { over } else { t * over };
        }
    }
    total
}

/// `sum_j log(1 + t_j)` for t in 0 to 1. Factors are at most two, so that a thousand of them can be
/// multiplied before a logarithm is taken.
fn logs_of_one_plus(t: &[f32]) -> f64 {
    let mut total = 0.0;
    for part in t.chunks(512 * LANES) {
        let mut products = [1.0_f64; LANES];
        for t in part.chunks(LANES) {
            products.iter_mut().zip(t).for_each(|(p, t)| *p *= 1.0 + f64::from(*t));
        }
        total += products.iter().map(|p| p.ln()).sum::<f64>();
    }
    total
}

#[cfg(test)]
mod tests {
    use super::{exponentials, sigmoids};
    use crate::math::logistic::{sigmoid, softplus};

    #[test]
    fn exponentials_and_sigmoids_are_those_of_double_precision() {
        let width = 37;
        let logits: Vec<f32> = (0..3 * width).map(|i| (i as f32 * 0.77).sin() * 14.0).collect();
        let (mut tile, mut line) = (logits.clone(), Vec::new());
        let (mut rows, mut columns) = (vec![0.0; 3], vec![0.0; width]);
        exponentials(&mut tile, 14.0, &mut rows, &mut columns, &mut line);
        let exact = |i: usize, j: usize| (f64::from(logits[i * width + j]) - 14.0).exp();
        for (i, found) in rows.iter().enumerate() {
            let sum: f64 = (0..width).map(|j| exact(i, j)).sum();
            assert!((found / sum - 1.0).abs() < 1e-6, "{i}: {found} {sum}");
        }
        for (j, found) in columns.iter().enumerate() {
            let sum: f64 = (0..3).map(|i| exact(i, j)).sum();
            assert!((found / sum - 1.0).abs() < 1e-6, "{j}: {found} {sum}");
        }
        let mut tile = logits.clone();
        let total = sigmoids(&mut tile, width, -3.0, &mut line);
        let shifted: Vec<f64> = logits.iter().map(|l| f64::from(l - 3.0)).collect();
        let sum: f64 = shifted.iter().map(|l| softplus(*l)).sum();
        assert!((total / sum - 1.0).abs() < 1e-6, "{total} {sum}");
        for (s, l) in tile.iter().zip(&shifted) {
            assert!((f64::from(*s) / sigmoid(*l) - 1.0).abs() < 1e-6, "{l}: {s}");
        }
    }
}
