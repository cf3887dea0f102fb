//! Losses over all pairs of rows of two batches, tile by tile: the matrix of similarities is never
//! whole in memory. Of N rows of d numbers, a pass needs a few tiles a thread and what it hands back.
//!
//! Row and column log-sum-exps are kept as a running maximum and the sum shifted by it (Milakov and
//! Gimelshein, Online normalizer calculation for softmax, 2018); gradients are made in a second pass
//! that computes each tile anew, as in gradient caching (Gao et al. 2021) and FlashAttention
//! (Dao et al. 2022). Tiles go round as [`crate::math::all_pairs`] says, so the same bits come out on
//! any number of threads.

use super::unit_rows::UnitRows;
use crate::math::all_pairs::{Pace, all_pairs};
use crate::math::gemm::{Layout, gemm};
use crate::math::vector_math;

/// Rows and columns of a tile.
pub const TILE: usize = 256;

/// A loss and its derivatives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contrast {
    /// In nats.
    pub loss: f64,
    /// By the rows of the first batch, as they were given: before they were divided by their lengths.
    pub a: Vec<f64>,
    /// By those of the second.
    pub b: Vec<f64>,
    /// By what the cosines are multiplied with, 1/temperature.
    pub scale: f64,
    /// By what is added to the logits; zero where nothing is.
    pub bias: f64,
}

impl Contrast {
    /// The derivative by the temperature, at this one.
    #[must_use]
    pub fn by_temperature(&self, temperature: f64) -> f64 {
        -self.scale / (temperature * temperature)
    }
}

/// How many tiles a pass over so many rows has, for [`Pace::done`].
#[must_use]
pub fn tiles(rows: usize) -> usize {
    rows.div_ceil(TILE) * rows.div_ceil(TILE)
}

/// Two batches of as many rows; a batch with itself for losses within one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pairs<'a> {
    a: &'a UnitRows,
    b: &'a UnitRows,
    pace: &'a Pace,
}

/// The log-sum-exps of a matrix of logits.
#[derive(Debug)]
pub(super) struct LogSums {
    pub(super) rows: Vec<f64>,
    pub(super) columns: Vec<f64>,
}

/// A row of a tile on its way from cosines to derivatives by them.
pub(super) struct Segment<'a> {
    /// Which row.
    pub(super) row: usize,
    /// The column of the first cosine.
    pub(super) first: usize,
    /// Cosines that are to become derivatives.
    pub(super) cosines: &'a mut [f64],
    /// Room for as many numbers.
    pub(super) x: &'a mut [f64],
    /// Room for as many numbers.
    pub(super) y: &'a mut [f64],
}

impl Segment<'_> {
    /// Where in the segment this column is, if it is there.
    pub(super) fn at(&self, column: usize) -> Option<usize> {
        (self.first..self.first + self.cosines.len()).contains(&column).then(|| column - self.first)
    }
}

/// Sums over all pairs: of the loss, and of its derivative by the bias. That by the scale is
/// `sum_i u_i . dL/du_i / scale`, since the scale lengthens every row of `a` alike.
pub(super) type Totals = [f64; 2];

struct Desk {
    tile: Vec<f64>,
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Desk {
    fn new() -> Self {
        Self { tile: vec![0.0; TILE * TILE], x: vec![0.0; TILE], y: vec![0.0; TILE] }
    }
}

/// A running maximum for each of some rows or columns, and the sum shifted by it.
struct Online<'a> {
    largest: Vec<f64>,
    sum: &'a mut [f64],
}

impl<'a> Online<'a> {
    fn over(sums: &'a mut [f64]) -> Vec<Self> {
        sums.chunks_mut(TILE)
            .map(|sum| Self { largest: vec![f64::NEG_INFINITY; sum.len()], sum })
            .collect()
    }

    /// Makes sure that the maximum is at least this.
    fn raise(&mut self, i: usize, to: f64) {
        if to > self.largest[i] {
            self.sum[i] *= (self.largest[i] - to).exp();
            self.largest[i] = to;
        }
    }

    fn finish(self) {
        for (sum, largest) in self.sum.iter_mut().zip(self.largest) {
            *sum = largest + sum.ln();
        }
    }
}

impl<'a> Pairs<'a> {
    /// # Panics
    /// If the batches do not have the same shape.
    pub(super) fn new(a: &'a UnitRows, b: &'a UnitRows, pace: &'a Pace) -> Self {
        assert_eq!((a.count(), a.dimension()), (b.count(), b.dimension()), "the same shape");
        Self { a, b, pace }
    }

    /// The cosines of a block of rows with a block of columns, and how many columns it has.
    fn cosines(&self, r: usize, c: usize, tile: &mut [f64]) -> usize {
        let d = self.a.dimension();
        let block = |rows: &'a UnitRows, i: usize| {
            let from = &rows.rows()[i * TILE * d..];
            &from[..from.len().min(TILE * d)]
        };
        let (a, b) = (block(self.a, r), block(self.b, c));
        let (m, n) = (a.len() / d, b.len() / d);
        let turned = Layout::by_rows(n, d).transposed();
        gemm(1.0, (a, Layout::by_rows(m, d)), (b, turned), 0.0, (tile, Layout::by_rows(m, n)));
        n
    }

    /// The log-sum-exps of `scale cos` over every row, and over every column where they are wanted;
    /// without the diagonal if it is masked.
    pub(super) fn log_sums(&self, scale: f64, masked: bool, columns: bool) -> LogSums {
        let count = self.a.count();
        let (mut row_sums, mut column_sums) = (vec![0.0; count], vec![0.0; count]);
        let mut by_row = Online::over(&mut row_sums);
        let mut by_column = Online::over(&mut column_sums);
        all_pairs(
            &mut by_row,
            &mut by_column,
            self.pace,
            Desk::new,
            |desk, (r, row), (c, column)| {
                let n = self.cosines(r, c, &mut desk.tile);
                let m = row.sum.len();
                let tile = &mut desk.tile[..m * n];
                for (i, logits) in tile.chunks_exact_mut(n).enumerate() {
                    vector_math::scale(logits, scale);
                    if masked && r == c {
                        logits[i] = f64::NEG_INFINITY;
                    }
                    let mut largest = f64::NEG_INFINITY;
                    for (j, l) in logits.iter().enumerate() {
                        largest = largest.max(*l);
                        desk.x[j] = if i == 0 { *l } else { desk.x[j].max(*l) };
                    }
                    row.raise(i, largest);
                }
                for j in 0..n {
                    column.raise(j, desk.x[j]);
                }
                for (i, logits) in tile.chunks_exact(n).enumerate() {
                    let (x, y) = (&mut desk.x[..n], &mut desk.y[..n]);
                    let shift = row.largest[i];
                    if shift > f64::NEG_INFINITY {
                        x.iter_mut().zip(logits).for_each(|(x, l)| *x = l - shift);
                        vector_math::exp(x, y);
                        row.sum[i] += vector_math::sum(y);
                    }
                    if !columns {
                        continue;
                    }
                    let shifts = &column.largest[..];
                    for ((x, l), shift) in x.iter_mut().zip(logits).zip(shifts) {
                        *x = if *l > f64::NEG_INFINITY { l - shift } else { *l };
                    }
                    vector_math::exp(x, y);
                    column.sum.iter_mut().zip(&*y).for_each(|(sum, y)| *sum += y);
                }
            },
        );
        by_row.into_iter().for_each(Online::finish);
        by_column.into_iter().for_each(Online::finish);
        LogSums { rows: row_sums, columns: column_sums }
    }

    /// The derivatives by the unit rows of `a` and of `b`, from `weigh`, which replaces cosines by
    /// derivatives by them and hands back its part of the totals. Of a batch with itself the second
    /// is what the columns add and may be left out.
    pub(super) fn pull(
        &self,
        columns: bool,
        weigh: impl Fn(Segment<'_>) -> Totals + Sync,
    ) -> (Vec<f64>, Vec<f64>, Totals) {
        let d = self.a.dimension();
        let mut by_a = vec![0.0; self.a.rows().len()];
        let mut by_b = vec![0.0; if columns { by_a.len() } else { 0 }];
        let mut rows: Vec<_> = by_a.chunks_mut(TILE * d).map(|g| (g, [0.0; 2])).collect();
        let mut blocks: Vec<&mut [f64]> = by_b.chunks_mut(TILE * d).collect();
        blocks.resize_with(rows.len(), Default::default);
        all_pairs(&mut rows, &mut blocks, self.pace, Desk::new, |desk, (r, row), (c, by_b)| {
            let n = self.cosines(r, c, &mut desk.tile);
            let (by_a, totals) = row;
            let m = by_a.len() / d;
            let tile = &mut desk.tile[..m * n];
            for (i, cosines) in tile.chunks_exact_mut(n).enumerate() {
                let part = weigh(Segment {
                    row: r * TILE + i,
                    first: c * TILE,
                    cosines,
                    x: &mut desk.x[..n],
                    y: &mut desk.y[..n],
                });
                totals.iter_mut().zip(part).for_each(|(t, p)| *t += p);
            }
            let (weights, by_rows) = (Layout::by_rows(m, n), Layout::by_rows);
            let b = &self.b.rows()[c * TILE * d..][..n * d];
            gemm(1.0, (tile, weights), (b, by_rows(n, d)), 1.0, (by_a, by_rows(m, d)));
            if columns {
                let a = &self.a.rows()[r * TILE * d..][..m * d];
                let turned = (&*tile, weights.transposed());
                gemm(1.0, turned, (a, by_rows(m, d)), 1.0, (by_b, by_rows(n, d)));
            }
        });
        let mut totals = [0.0; 2];
        for (_, part) in rows {
            totals.iter_mut().zip(part).for_each(|(t, p)| *t += p);
        }
        (by_a, by_b, totals)
    }
}

/// What the tests of several losses need.
#[cfg(test)]
pub(super) mod testing {
    use super::{Contrast, TILE};
    use crate::math::all_pairs::Pace;
    use crate::math::rng::stream;
    use crate::objective::unit_rows::{UnitRows, dot};
    use rand::RngExt as _;
    use rand_distr::StandardNormal;

    /// The matrices that reference values are given for.
    pub(crate) const FIXED: [[f64; 12]; 2] = [
        [1.0, 2.0, 2.0, 2.0, -1.0, 2.0, -2.0, 2.0, 1.0, 0.0, 3.0, -4.0],
        [2.0, 2.0, 1.0, 1.0, -2.0, 2.0, -1.0, 2.0, 2.0, 1.0, 4.0, -3.0],
    ];

    pub(crate) fn units(rows: &[f64], dimension: usize) -> UnitRows {
        UnitRows::new(rows.to_vec(), dimension).unwrap()
    }

    pub(crate) fn gaussian_rows(seed: u64, count: usize, dimension: usize) -> Vec<f64> {
        let mut rng = stream(seed, 0);
        (0..count * dimension).map(|_| rng.sample(StandardNormal)).collect()
    }

    /// A loss against the same from a matrix of cosines, on one tile and on several that do not come
    /// out even; and the same bits on any number of threads.
    pub(crate) fn holds_to_dense(
        tiled: impl Fn(&UnitRows, &UnitRows, &Pace) -> Contrast,
        dense: impl Fn(&[f64], usize) -> f64,
    ) {
        for n in [2, 7, TILE, 2 * TILE + 31] {
            let d = 6;
            let of = |seed| units(&gaussian_rows(seed, n, d), d);
            let (a, b) = (of(1), of(2));
            let cosines: Vec<f64> = (0..n * n).map(|k| dot(a.row(k / n), b.row(k % n))).collect();
            let (found, expected) = (tiled(&a, &b, &Pace::new(1)), dense(&cosines, n));
            assert!((found.loss / expected - 1.0).abs() < 1e-12, "{n}: {} {expected}", found.loss);
            for threads in [2, 3] {
                assert_eq!(tiled(&a, &b, &Pace::new(threads)), found, "{n} on {threads}");
            }
        }
    }

    /// All slopes of a loss against finite differences: by both batches as they were given, rows of
    /// different lengths, and by its two parameters.
    pub(crate) fn slopes_agree(
        loss: impl Fn(&UnitRows, &UnitRows, [f64; 2]) -> (Contrast, [f64; 2]),
        at: [f64; 2],
    ) {
        let (n, d, h) = (5, 3, 1e-5);
        let mut all: Vec<f64> = gaussian_rows(3, 2 * n, d);
        all.chunks_exact_mut(d).enumerate().for_each(|(i, row)| {
            row.iter_mut().for_each(|v| *v *= 0.5 + i as f64 * 0.3);
        });
        all.extend(at);
        let whole = |x: &[f64]| {
            let (a, b, p) = (&x[..n * d], &x[n * d..2 * n * d], &x[2 * n * d..]);
            loss(&units(a, d), &units(b, d), [p[0], p[1]])
        };
        let (found, by) = whole(&all);
        let slopes = found.a.iter().chain(&found.b).chain(&by);
        for (i, slope) in slopes.enumerate() {
            let moved = |h: f64| {
                let mut x = all.clone();
                x[i] += h;
                whole(&x).0.loss
            };
            // Zero is a place where a parameter that does not exist cannot be moved.
            let finite = (moved(h) - moved(-h)) / (2.0 * h);
            assert!((finite - slope).abs() < 1e-8, "{i}: {finite} against {slope}");
        }
        assert!(found.a.iter().any(|g| g.abs() > 1e-3), "some slope");
    }
}
