//! The losses of CLIP and SigLIP with their gradients, in single precision, for training flat out:
//! what [`super::clip`] and [`super::siglip`] say, of rows that already have length one.
//!
//! Sixty-four rows of `a` lie side by side; against a share of `b` they give a tile of logits that is
//! weighed as it leaves the registers and multiplied back at once: 384 N^2 operations at d = 64. The
//! weights of CLIP need the sums of all exponentials first: while these are few (`KEPT`) they are
//! kept, beyond that computed anew, so that nothing is in memory but what is handed in, some numbers
//! a row, and a few tiles a thread. Both losses pull alike,
//! `dL/da_i = (scale/N) (sum_j w_ij b_j - b_i)`: CLIP with `w_ij = e^(l_ij) (1/R_i + 1/C_j)/2`, R and
//! C the sums over rows and columns, SigLIP with `w_ij = sigmoid(l_ij)`.
//!
//! Shares go round as [`crate::math::all_pairs`] says: the same bits on any number of threads, and
//! with any set of instructions.

mod close;
mod desk;
pub(super) mod double;
pub(super) mod weights;

use super::nt_xent::views::{ViewDesk, Views};
use crate::math::all_pairs::{Pace, all_pairs};
use crate::math::simd::{Kernel, Lanes16, Level, Line, dispatch};
use crate::model::fused_mlp::product::{BLOCK, Row, ZEROS};
use close::Close;
use desk::Desk;
use double::{clip_in_double, nt_xent_in_double};
use std::sync::{Mutex, PoisonError};
use weights::{Exponentials, Recomputed, Sigmoids, weigh_kept};

/// Up to so many rows the exponentials of CLIP are kept: 4 MiB.
const KEPT: usize = 1_024;

/// Blocks of 64 rows in a share, at most: the more, the less time goes into packing; a tile of weights
/// of 64 by 512 still lies in the second cache.
const MOST_BLOCKS: usize = 8;

/// Operations below which a thread of its own does not pay: some 0.1 ms.
const WORTH_A_THREAD: usize = 10_000_000;

/// Beyond it an exponential of a logit, or a sum of them, could leave single precision: CLIP is then
/// computed in double precision, several times slower.
pub const LARGEST_SCALE: f32 = 75.0;

/// A loss and its derivatives by numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Found {
    /// In nats.
    pub loss: f64,
    /// By the scale, which is 1/temperature.
    pub scale: f64,
    /// By the bias; zero where there is none.
    pub bias: f64,
}

impl Found {
    /// The derivative by the temperature, at this one.
    #[must_use]
    pub fn by_temperature(&self, temperature: f64) -> f64 {
        -self.scale / (temperature * temperature)
    }
}

/// Two batches of as many unit rows, row after row, and where the gradients by them go.
#[derive(Debug)]
pub struct Batches<'a> {
    /// Numbers of a row.
    pub dimension: usize,
    /// The rows of one batch.
    pub a: &'a [f32],
    /// Those of the other.
    pub b: &'a [f32],
    /// Derivatives by the rows of `a`; what stood there is forgotten.
    pub by_a: &'a mut [f32],
    /// Derivatives by the rows of `b`.
    pub by_b: &'a mut [f32],
}

/// The threads and buffers that the losses need.
#[derive(Debug)]
pub struct FusedPairs {
    threads: usize,
    level: Level,
    desks: Vec<Desk>,
    /// Sums over rows, a lane a row; sums over columns, still to be added across.
    sums: (Vec<[f64; BLOCK]>, Vec<Line>),
    /// One over twice those.
    halves: (Vec<Row>, Vec<f32>),
    kept: Vec<Row>,
    views: Views,
    view_desks: Vec<ViewDesk>,
}

/// What belongs to a share of the rows.
struct RowShare<'a> {
    a: &'a [f32],
    by_a: &'a mut [f32],
    sums: &'a mut [[f64; BLOCK]],
    kept: &'a mut [Row],
    /// Of SigLIP: the loss, the weights.
    totals: [f64; 2],
}

/// What belongs to a share of the columns.
struct ColumnShare<'a> {
    b: &'a [f32],
    by_b: &'a mut [f32],
    sums: &'a mut [Line],
}

/// How a tile is weighed.
#[derive(Clone, Copy)]
enum Weigh<'a> {
    /// CLIP, with 1/(2 R) and 1/(2 C).
    Softmax { factor: f32, rows: &'a [Row], columns: &'a [f32], kept: bool },
    /// SigLIP.
    Sigmoid { scale: f32, bias: f32 },
}

impl FusedPairs {
    /// On so many threads, at least one.
    #[must_use]
    pub fn new(threads: usize) -> Self {
        Self::at(Level::best(), threads)
    }

    /// The same with these instructions: for tests and measurements.
    #[must_use]
    pub fn at(level: Level, threads: usize) -> Self {
        Self {
            threads: threads.max(1),
            level,
            desks: Vec::new(),
            sums: Default::default(),
            halves: Default::default(),
            kept: Vec::new(),
            views: Views::default(),
            view_desks: Vec::new(),
        }
    }

    /// Bytes of memory that are kept between calls, all threads together.
    #[must_use]
    pub fn memory(&self) -> usize {
        let sums = size_of_val(&self.sums.0[..]) + size_of_val(&self.sums.1[..]);
        let halves = size_of_val(&self.halves.0[..]) + size_of_val(&self.halves.1[..]);
        let desks: usize = self.desks.iter().map(Desk::memory).sum();
        let views: usize = self.view_desks.iter().map(ViewDesk::memory).sum();
        sums + halves + size_of_val(&self.kept[..]) + desks + views + self.views.memory()
    }

    /// The loss of CLIP at a scale above zero.
    ///
    /// # Panics
    /// If the lengths do not fit together.
    pub fn clip(&mut self, batches: &mut Batches<'_>, scale: f32) -> Found {
        let count = batches.count();
        if scale > LARGEST_SCALE {
            return clip_in_double(batches, scale, self.threads);
        }
        let (share, kept) = (share_of(count), count <= KEPT);
        let blocks = count.div_ceil(BLOCK);
        self.kept.resize(if kept { blocks * count } else { 0 }, ZEROS);
        let factor = scale * std::f32::consts::LOG2_E;
        self.pass(batches, share, &|level, desk, _, row, (c, column)| {
            dispatch(level, Sum { desk, factor, count, first: c * share, row, column });
        });
        let (rows, columns) = (&self.sums.0, &self.sums.1);
        // The logarithm of a product of four is that of their sum: each is below e^90.
        let (mut logs, mut four) = (0.0, 1.0);
        self.halves.0.resize(blocks, ZEROS);
        self.halves.1.clear();
        for (block, (sums, halves)) in rows.iter().zip(&mut self.halves.0).enumerate() {
            for (lane, sum) in sums.iter().enumerate() {
                let there = block * BLOCK + lane < count;
                halves[lane / 16].0[lane % 16] = if there { (0.5 / sum) as f32 } else { 0.0 };
                four *= if there { *sum } else { 1.0 };
                if lane % 4 == 3 {
                    logs += f64::ln(std::mem::replace(&mut four, 1.0));
                }
            }
        }
        for lines in columns.chunks(4) {
            for line in lines {
                let sum: f64 = line.0.iter().map(|v| f64::from(*v)).sum();
                four *= sum;
                self.halves.1.push((0.5 / sum) as f32);
            }
            logs += f64::ln(std::mem::replace(&mut four, 1.0));
        }
        let halves = std::mem::take(&mut self.halves);
        let weigh = Weigh::Softmax { factor, rows: &halves.0, columns: &halves.1, kept };
        self.pull(batches, share, weigh);
        self.halves = halves;
        let [cosines, along] = dispatch(self.level, Close { batches, scale });
        let (n, scale) = (count.max(1) as f64, f64::from(scale));
        Found { loss: (0.5 * logs - scale * cosines) / n, scale: along / scale, bias: 0.0 }
    }

    /// The loss of SigLIP at a scale above zero and a bias.
    ///
    /// # Panics
    /// If the lengths do not fit together.
    pub fn siglip(&mut self, batches: &mut Batches<'_>, scale: f32, bias: f32) -> Found {
        let count = batches.count();
        self.kept.clear();
        let weigh = Weigh::Sigmoid { scale, bias };
        let [losses, weights] = self.pull(batches, share_of(count), weigh);
        let [cosines, along] = dispatch(self.level, Close { batches, scale });
        let (n, scale, bias) = (count.max(1) as f64, f64::from(scale), f64::from(bias));
        // softplus(-l) = softplus(l) - l for the pairs that belong together.
        let together = scale * cosines + bias * count as f64;
        let by_bias = (weights - count as f64) / n;
        Found { loss: (losses - together) / n, scale: along / scale, bias: by_bias }
    }

    /// The loss of SimCLR ([`super::nt_xent`]) of 2N unit rows, the first views of all data and after
    /// them the second, and its derivatives by them; what stood in `by` is forgotten. A row of zeros
    /// has cosine zero with all.
    ///
    /// # Panics
    /// If the lengths do not fit together, or the number of rows is odd.
    pub fn nt_xent(
        &mut self,
        dimension: usize,
        units: &[f32],
        temperature: f32,
        by: &mut [f32],
    ) -> Found {
        assert!(dimension > 0 && units.len().is_multiple_of(2 * dimension), "two views of all");
        assert_eq!(units.len(), by.len(), "as many derivatives as numbers");
        if 1.0 / temperature > LARGEST_SCALE {
            return nt_xent_in_double(dimension, units, temperature, by, self.threads);
        }
        self.views.prepare(units.len() / dimension, dimension, temperature);
        let threads = self.views.worth(self.threads);
        while self.view_desks.len() < threads {
            self.view_desks.push(ViewDesk::default());
        }
        let desks = &mut self.view_desks[..threads];
        desks.iter_mut().for_each(|desk| desk.prepare(dimension));
        self.views.work(self.level, desks, units, by)
    }

    fn pull(&mut self, batches: &mut Batches<'_>, share: usize, weigh: Weigh<'_>) -> [f64; 2] {
        let count = batches.count();
        batches.by_a.fill(0.0);
        batches.by_b.fill(0.0);
        self.pass(batches, share, &|level, desk, r, row, (c, column)| {
            let first = (r * share / BLOCK, c * share);
            dispatch(level, Pull { desk, weigh, count, first, row, column });
        })
    }

    /// Does the work on all pairs of shares.
    fn pass(
        &mut self,
        batches: &mut Batches<'_>,
        share: usize,
        work: &(
             impl Fn(Level, &mut Desk, usize, &mut RowShare<'_>, (usize, &mut ColumnShare<'_>)) + Sync
         ),
    ) -> [f64; 2] {
        let (count, d, level) = (batches.count(), batches.dimension, self.level);
        let blocks = count.div_ceil(BLOCK);
        let worth = 6 * count * count * d / WORTH_A_THREAD;
        let threads = self.threads.min(worth).max(1);
        while self.desks.len() < threads {
            self.desks.push(Desk::new());
        }
        self.desks.iter_mut().for_each(|desk| desk.prepare(d, share.min(count)));
        let (sums, lines) = &mut self.sums;
        sums.clear();
        sums.resize(blocks, [0.0; BLOCK]);
        lines.clear();
        lines.resize(count, Line::ZERO);
        let mut kept = self.kept.chunks_mut((share / BLOCK * count).max(1));
        let mut rows: Vec<RowShare<'_>> = batches
            .a
            .chunks(share * d)
            .zip(batches.by_a.chunks_mut(share * d))
            .zip(sums.chunks_mut(share / BLOCK))
            .map(|((a, by_a), sums)| {
                let kept = kept.next().unwrap_or_default();
                RowShare { a, by_a, sums, kept, totals: [0.0; 2] }
            })
            .collect();
        let mut columns: Vec<ColumnShare<'_>> = batches
            .b
            .chunks(share * d)
            .zip(batches.by_b.chunks_mut(share * d))
            .zip(lines.chunks_mut(share))
            .map(|((b, by_b), sums)| ColumnShare { b, by_b, sums })
            .collect();
        let desks = Mutex::new(self.desks.iter_mut().collect::<Vec<_>>());
        let desk = || desks.lock().unwrap_or_else(PoisonError::into_inner).pop();
        all_pairs(&mut rows, &mut columns, &Pace::new(threads), desk, |desk, (r, row), column| {
            if let Some(desk) = desk {
                work(level, desk, r, row, column);
            }
        });
        rows.iter().fold([0.0; 2], |all, row| [all[0] + row.totals[0], all[1] + row.totals[1]])
    }
}

impl Batches<'_> {
    fn count(&self) -> usize {
        let length = self.a.len();
        assert!(self.dimension > 0 && length.is_multiple_of(self.dimension), "whole rows");
        let all = [self.b.len(), self.by_a.len(), self.by_b.len()];
        assert_eq!(all, [length; 3], "batches and gradients have one shape");
        length / self.dimension
    }
}

/// How many rows a share has: a multiple of a block, and two shares at least for two threads.
fn share_of(count: usize) -> usize {
    BLOCK * (count / (2 * BLOCK)).clamp(1, MOST_BLOCKS)
}

/// The sums of exponentials of a pair of shares.
struct Sum<'a, 'r, 'c> {
    desk: &'a mut Desk,
    factor: f32,
    count: usize,
    first: usize,
    row: &'a mut RowShare<'r>,
    column: &'a mut ColumnShare<'c>,
}

impl Kernel for Sum<'_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        let Self { desk, factor, count, first, row, column } = self;
        let d = desk.dimension();
        for (p, a) in row.a.chunks(BLOCK * d).enumerate() {
            desk.load(a);
            desk.turn::<S>();
            let kept = if row.kept.is_empty() {
                &mut []
            } else {
                &mut row.kept[p * count + first..][..column.sums.len()]
            };
            let mut rows = ZEROS;
            let columns = &mut *column.sums;
            let mask = desk.mask;
            desk.cosines::<S, _>(
                column.b,
                &mut Exponentials { factor, mask, rows: &mut rows, columns, kept, own: false },
            );
            let lanes = rows.iter().flat_map(|line| line.0);
            row.sums[p].iter_mut().zip(lanes).for_each(|(sum, v)| *sum += f64::from(v));
        }
    }
}

/// The gradients of a pair of shares.
struct Pull<'a, 'r, 'c> {
    desk: &'a mut Desk,
    weigh: Weigh<'a>,
    count: usize,
    /// The first block of rows, the first column.
    first: (usize, usize),
    row: &'a mut RowShare<'r>,
    column: &'a mut ColumnShare<'c>,
}

impl Kernel for Pull<'_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        let Self { desk, weigh, count, first, row, column } = self;
        let (d, n) = (desk.dimension(), column.sums.len());
        desk.load_columns::<S>(column.b);
        let blocks = row.a.chunks(BLOCK * d).zip(row.by_a.chunks_mut(BLOCK * d));
        for (p, (a, by_a)) in blocks.enumerate() {
            desk.load(a);
            let mut tile = std::mem::take(&mut desk.tile);
            match weigh {
                Weigh::Softmax { rows, columns, kept: true, .. } => {
                    let kept = &row.kept[p * count + first.1..][..n];
                    let halves = (&rows[first.0 + p], &columns[first.1..][..n]);
                    weigh_kept::<S>(kept, halves, &mut tile);
                }
                Weigh::Softmax { factor, rows, columns, kept: false } => {
                    desk.turn::<S>();
                    let halves = (&rows[first.0 + p], &columns[first.1..][..n]);
                    let out = &mut tile[..];
                    desk.cosines::<S, _>(column.b, &mut Recomputed { factor, halves, out });
                }
                Weigh::Sigmoid { scale, bias } => {
                    desk.turn::<S>();
                    let (mut losses, mut weights) = (ZEROS, ZEROS);
                    desk.cosines::<S, _>(
                        column.b,
                        &mut Sigmoids {
                            scale,
                            bias,
                            losses: &mut losses,
                            weights: &mut weights,
                            out: &mut tile,
                        },
                    );
                    for (i, _) in a.chunks_exact(d).enumerate() {
                        row.totals[0] += f64::from(losses[i / 16].0[i % 16]);
                        row.totals[1] += f64::from(weights[i / 16].0[i % 16]);
                    }
                }
            }
            desk.tile = tile;
            desk.pull::<S>(n, by_a);
        }
        desk.unload::<S>(column.by_b);
    }
}

#[cfg(test)]
mod tests;
