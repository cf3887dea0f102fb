//! The losses of CLIP and SigLIP with their gradients the plain way, chunk by chunk: a square of
//! `chunk x chunk` logits is all that is in memory. With a chunk as large as the batch this is what a
//! training script does that writes `a @ b.T`: the whole matrix.
//!
//! A pair of chunks of the sigmoid loss is done when it has been seen: 6 N^2 d operations and N^2
//! exponentials, chunked or not. The softmax needs the sums of whole rows and columns first. With the
//! whole matrix in memory these are the same 6 N^2 d; in chunks the logits are made twice, once for
//! the sums and once for the gradients: 8 N^2 d, 2 N^2 exponentials.
//!
//! The sums over chunks are the online softmax of Milakov and Gimelshein (2018) and of Rabe and
//! Staats, Self-attention does not need O(n^2) memory (2021); the chunks of the sigmoid are those of
//! Zhai, Mustafa, Kolesnikov and Beyer (ICCV 2023). One thread.

use super::fused_pairs::Batches;
use super::logit_tile::{Sides, exponentials, sigmoids, weigh};

/// Room for one square of logits and for sums.
#[derive(Clone, Debug, Default)]
pub struct ChunkedPairs {
    tile: Vec<f32>,
    line: Vec<f32>,
    rows: Vec<f64>,
    columns: Vec<f64>,
    /// 1/(2 R), 1/(2 C).
    halves: (Vec<f32>, Vec<f32>),
}

impl ChunkedPairs {
    /// Bytes that are kept between calls: what the loss needs beside rows and gradients.
    #[must_use]
    pub fn memory(&self) -> usize {
        let single = [&self.tile, &self.line, &self.halves.0, &self.halves.1];
        let double = [&self.rows, &self.columns];
        let numbers = |all: &[&Vec<f32>]| all.iter().map(|v| 4 * v.capacity()).sum::<usize>();
        numbers(&single) + double.iter().map(|v| 8 * v.capacity()).sum::<usize>()
    }

    /// Bytes of logits among them.
    #[must_use]
    pub fn logits(&self) -> usize {
        size_of::<f32>() * self.tile.capacity()
    }

    /// The loss of CLIP at a scale above zero and no larger than 40, beyond which single precision
    /// could lose a row.
    ///
    /// # Panics
    /// If the lengths do not fit together.
    pub fn clip(&mut self, batches: &mut Batches<'_>, scale: f32, chunk: usize) -> f64 {
        assert!(scale > 0.0 && scale <= 40.0, "a scale of single precision: {scale}");
        let (n, chunk) = self.begin(batches, chunk);
        self.rows.clear();
        self.rows.resize(n, 0.0);
        self.columns.clear();
        self.columns.resize(n, 0.0);
        let whole = chunk >= n;
        each_pair(batches, chunk, |sides, (r, c), _, _| {
            let (height, width) = sides.shape();
            let tile = &mut self.tile[..height * width];
            sides.logits(scale, tile);
            let rows = &mut self.rows[r..r + height];
            exponentials(tile, scale, rows, &mut self.columns[c..c + width], &mut self.line);
        });
        let half = |sums: &[f64], to: &mut Vec<f32>| {
            to.clear();
            to.extend(sums.iter().map(|sum| (0.5 / sum) as f32));
            sums.iter().map(|sum| sum.ln() + f64::from(scale)).sum::<f64>()
        };
        let logs = half(&self.rows, &mut self.halves.0) + half(&self.columns, &mut self.halves.1);
        each_pair(batches, chunk, |sides, (r, c), by_a, by_b| {
            let (height, width) = sides.shape();
            let tile = &mut self.tile[..height * width];
            if !whole {
                sides.logits(scale, tile);
                // The sums are known; these go nowhere.
                let spare = (&mut self.rows[r..r + height], &mut self.columns[c..c + width]);
                exponentials(tile, scale, spare.0, spare.1, &mut self.line);
            }
            weigh(tile, &self.halves.0[r..r + height], &self.halves.1[c..c + width]);
            sides.pull_a(tile, by_a);
            sides.pull_b(tile, by_b);
        });
        let cosines = close(batches, scale / n.max(1) as f32);
        (0.5 * logs - f64::from(scale) * cosines) / n.max(1) as f64
    }

    /// The loss of SigLIP at a scale above zero and a bias.
    ///
    /// # Panics
    /// If the lengths do not fit together.
    pub fn siglip(
        &mut self,
        batches: &mut Batches<'_>,
        (scale, bias): (f32, f32),
        chunk: usize,
    ) -> f64 {
        let (n, chunk) = self.begin(batches, chunk);
        let mut total = 0.0;
        each_pair(batches, chunk, |sides, _, by_a, by_b| {
            let (height, width) = sides.shape();
            let tile = &mut self.tile[..height * width];
            sides.logits(scale, tile);
            total += sigmoids(tile, width, bias, &mut self.line);
            sides.pull_a(tile, by_a);
            sides.pull_b(tile, by_b);
        });
        let cosines = close(batches, scale / n.max(1) as f32);
        // softplus(-l) = softplus(l) - l for the pairs that belong together.
        let together = f64::from(scale) * cosines + f64::from(bias) * n as f64;
        (total - together) / n.max(1) as f64
    }

    /// The number of rows, and the chunk that will be used.
    fn begin(&mut self, batches: &mut Batches<'_>, chunk: usize) -> (usize, usize) {
        let lengths = [batches.b.len(), batches.by_a.len(), batches.by_b.len()];
        assert_eq!(lengths, [batches.a.len(); 3], "batches and gradients have one shape");
        let n = batches.a.len() / batches.dimension;
        let chunk = chunk.clamp(1, n.max(1));
        batches.by_a.fill(0.0);
        batches.by_b.fill(0.0);
        self.tile.resize(chunk * chunk, 0.0);
        (n, chunk)
    }
}

/// `work(sides, (first row, first column), by_a, by_b)` for every pair of chunks.
fn each_pair(
    batches: &mut Batches<'_>,
    chunk: usize,
    mut work: impl FnMut(Sides<'_>, (usize, usize), &mut [f32], &mut [f32]),
) {
    let dimension = batches.dimension;
    let step = chunk * dimension;
    let rows = batches.a.chunks(step).zip(batches.by_a.chunks_mut(step));
    for (r, (a, by_a)) in rows.enumerate() {
        let columns = batches.b.chunks(step).zip(batches.by_b.chunks_mut(step));
        for (c, (b, by_b)) in columns.enumerate() {
            work(Sides { dimension, a, b }, (r * chunk, c * chunk), by_a, by_b);
        }
    }
}

fn close(batches: &mut Batches<'_>, factor: f32) -> f64 {
    let sides = Sides { dimension: batches.dimension, a: batches.a, b: batches.b };
    sides.close(factor, batches.by_a, batches.by_b)
}

#[cfg(test)]
mod tests {
    use super::ChunkedPairs;
    use crate::math::all_pairs::Pace;
    use crate::objective::fused_pairs::Batches;
    use crate::objective::tiles::Contrast;
    use crate::objective::tiles::testing::{gaussian_rows, units};
    use crate::objective::{clip, siglip};

    const SCALE: f32 = 1.0 / 0.07;

    #[test]
    fn every_chunk_gives_the_loss_in_double_precision() {
        let (n, d) = (75, 24);
        let wide = [units(&gaussian_rows(1, n, d), d), units(&gaussian_rows(2, n, d), d)];
        let [a, b] = [0, 1].map(|i| wide[i].rows().iter().map(|v| *v as f32).collect::<Vec<_>>());
        let pace = Pace::new(1);
        let softmax = clip::of_units(&wide[0], &wide[1], f64::from(SCALE), &pace);
        let sigmoid = siglip::of_units(&wide[0], &wide[1], (10.0, -10.0), &pace);
        let mut pairs = ChunkedPairs::default();
        for chunk in [75, 100, 16, 25, 1] {
            let (mut by_a, mut by_b) = (vec![f32::NAN; n * d], vec![f32::NAN; n * d]);
            let mut check = |exact: &Contrast, softmax: bool| {
                let (by_a, by_b) = (&mut by_a[..], &mut by_b[..]);
                let batches = &mut Batches { dimension: d, a: &a, b: &b, by_a, by_b };
                let found = if softmax {
                    pairs.clip(batches, SCALE, chunk)
                } else {
                    pairs.siglip(batches, (10.0, -10.0), chunk)
                };
                assert!((found / exact.loss - 1.0).abs() < 1e-6, "{chunk}: {found} {}", exact.loss);
                for (found, exact) in [(&*batches.by_a, &exact.a), (&*batches.by_b, &exact.b)] {
                    for (f, e) in found.iter().zip(exact) {
                        assert!((f64::from(*f) - e).abs() < 2e-7, "{chunk}: {f} {e}");
                    }
                }
            };
            check(&softmax, true);
            check(&sigmoid, false);
        }
    }

    #[test]
    fn memory_is_that_of_the_chunk() {
        let (n, d) = (256, 4);
        let rows: Vec<f32> =
            units(&gaussian_rows(1, n, d), d).rows().iter().map(|v| *v as f32).collect();
        let (mut by_a, mut by_b) = (rows.clone(), rows.clone());
        let mut memory = |chunk: usize| {
            let mut pairs = ChunkedPairs::default();
            let (by_a, by_b) = (&mut by_a[..], &mut by_b[..]);
            pairs.clip(&mut Batches { dimension: d, a: &rows, b: &rows, by_a, by_b }, 1.0, chunk);
            pairs.memory()
        };
        let sums = 2 * n * (8 + 4);
        assert_eq!(memory(n), 4 * n * n + sums + 4 * n);
        assert_eq!(memory(32), 4 * 32 * 32 + sums + 4 * 32);
    }
}
