//! Many points forward through an encoder, and a gradient back: blocks of them, spread over threads.
//!
//! A block's numbers do not depend on its neighbours, and gradients are summed over fixed shares of
//! the blocks in a fixed order: neither the number of threads nor the set of instructions changes a
//! bit.

use super::Encoder;
use super::block::{BackDesk, Kept, Net, Sums, pieces, turn_layer};
use crate::math::phases::{in_phases, read, write};
use crate::math::simd::{Kernel, Lanes16, Level, dispatch};
use crate::model::fused_mlp::product::{BLOCK, from_lanes, to_lanes};
use std::sync::RwLock;

/// In how many places a gradient is summed at most, before those are added up: so many threads can
/// share the work, and more of them would only mean more to add up.
pub const SHARES: usize = 4;

/// Multiplications and additions below which a thread of its own does not pay: some 0.1 ms.
const WORTH_A_THREAD: usize = 10_000_000;

/// The threads and buffers of passes, and what the last forward pass left for the way back. What
/// comes out does not depend on how many threads there are.
#[derive(Debug)]
pub struct Passes {
    threads: usize,
    level: Level,
    rows: usize,
    turned: Vec<RwLock<Vec<f32>>>,
    blocks: Vec<RwLock<Kept>>,
    /// After each layer: rows of its outputs.
    layers: Vec<Vec<f32>>,
    desks: Vec<BackDesk>,
    sums: Vec<RwLock<Sums>>,
}

/// A copy has the threads and nothing else: no layer until its next forward pass.
impl Clone for Passes {
    fn clone(&self) -> Self {
        Self::at(self.level, self.threads)
    }
}

/// How many blocks of so many are summed in one place.
#[must_use]
pub fn blocks_of_a_share(blocks: usize) -> usize {
    blocks.div_ceil(SHARES).max(1)
}

impl Passes {
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
            rows: 0,
            turned: Vec::new(),
            blocks: Vec::new(),
            layers: Vec::new(),
            desks: Vec::new(),
            sums: Vec::new(),
        }
    }

    /// How many threads are worth their while for so many products with the weights.
    fn worth(&self, encoder: &Encoder, products: usize) -> usize {
        let work = 2 * products * self.rows * encoder.parameters.len();
        (work / WORTH_A_THREAD).clamp(1, self.threads)
    }

    /// Rows of `inputs` numbers become rows of `outputs`. Keeps what the way back needs.
    ///
    /// # Panics
    /// If `input` does not divide into rows.
    pub fn forward(&mut self, encoder: &Encoder, input: &[f32]) -> &[f32] {
        let (sizes, level) = (encoder.sizes(), self.level);
        assert!(input.len().is_multiple_of(sizes[0]), "whole rows");
        self.rows = input.len() / sizes[0];
        self.turned.resize_with(encoder.layers(), RwLock::default);
        for (layer, to) in self.turned.iter().enumerate() {
            dispatch(level, Turn { encoder, layer, to: &mut write(to) });
        }
        let blocks = self.rows.div_ceil(BLOCK);
        let mut desks = vec![(); self.worth(encoder, 1)];
        self.blocks.resize_with(blocks, RwLock::default);
        self.blocks.iter().for_each(|kept| write(kept).prepare(sizes));
        self.layers.resize(encoder.layers(), Vec::new());
        let mut parts: Vec<RwLock<Vec<&mut [f32]>>> = Vec::new();
        parts.resize_with(blocks, RwLock::default);
        for (rows, outputs) in self.layers.iter_mut().zip(&sizes[1..]) {
            rows.resize(self.rows * outputs, 0.0);
            for (part, rows) in parts.iter().zip(rows.chunks_mut(BLOCK * outputs)) {
                write(part).push(rows);
            }
        }
        let (net, all) = (Net::new(encoder, &self.turned), &self.blocks);
        let points: Vec<&[f32]> = input.chunks(BLOCK * sizes[0]).collect();
        in_phases(&mut desks, &[blocks], |(), _, block| {
            let (kept, out) = (&mut *write(&all[block]), &mut *write(&parts[block]));
            dispatch(level, Forward { net, kept, points: points[block], out });
        });
        drop(parts);
        &self.layers[encoder.layers() - 1]
    }

    /// What layer `index` made of the input of the last forward pass, rows of its outputs; the last
    /// layer is what came out.
    ///
    /// # Panics
    /// If there was no forward pass through so many layers.
    #[must_use]
    pub fn layer(&self, index: usize) -> &[f32] {
        &self.layers[index]
    }

    /// From dL/doutput, as long as what the last forward pass gave, to dL/dparameters; what stood
    /// in `gradient` is forgotten. The encoder must be that of the forward pass.
    ///
    /// # Panics
    /// If the lengths are not those of the last forward pass and of the parameters.
    pub fn backward(&mut self, encoder: &Encoder, by_output: &[f32], gradient: &mut [f32]) {
        let (sizes, level, outputs) = (encoder.sizes(), self.level, encoder.outputs());
        assert_eq!(by_output.len(), self.rows * outputs, "as many rows as went forward");
        assert_eq!(gradient.len(), encoder.parameters.len());
        let share = blocks_of_a_share(self.blocks.len());
        let shares = self.blocks.len().div_ceil(share);
        self.sums.resize_with(shares.max(self.sums.len()), RwLock::default);
        let threads = self.worth(encoder, 2);
        self.desks.resize_with(threads.max(self.desks.len()), BackDesk::default);
        self.desks.iter_mut().for_each(|desk| desk.prepare(sizes));
        let mut rest = gradient;
        let mut parts = Vec::new();
        for rows in pieces(sizes) {
            let (part, after) = rest.split_at_mut(rows.length);
            parts.push((rows, RwLock::new(part)));
            rest = after;
        }
        let (net, blocks) = (Net::new(encoder, &self.turned), &self.blocks);
        let sums = &self.sums[..shares];
        let phases = [shares, parts.len()];
        in_phases(&mut self.desks[..threads], &phases, |desk, phase, piece| {
            if phase == 0 {
                let sums = &mut *write(&sums[piece]);
                sums.prepare(sizes);
                sums.clear();
                let blocks = blocks.iter().skip(piece * share).take(share);
                let slopes = by_output.chunks(BLOCK * outputs).skip(piece * share);
                for (kept, by_output) in blocks.zip(slopes) {
                    let kept = &*read(kept);
                    dispatch(level, Backward { net, desk, kept, by_output, outputs, sums });
                }
            } else {
                let (rows, gradient) = &parts[piece];
                let gradient = &mut **write(gradient);
                let outputs = rows.outputs(sizes);
                dispatch(level, Total { rows: *rows, shares: sums, outputs, gradient });
            }
        });
    }
}

struct Turn<'a> {
    encoder: &'a Encoder,
    layer: usize,
    to: &'a mut Vec<f32>,
}

impl Kernel for Turn<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        turn_layer::<S>(self.encoder, self.layer, self.to);
    }
}

struct Forward<'a, 'b> {
    net: Net<'a>,
    kept: &'a mut Kept,
    points: &'a [f32],
    out: &'a mut [&'b mut [f32]],
}

impl Kernel for Forward<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        self.kept.forward::<S>(self.net, self.points);
        for (layer, out) in self.out.iter_mut().enumerate() {
            from_lanes::<S>(self.kept.layer(layer + 1), out);
        }
    }
}

struct Backward<'a> {
    net: Net<'a>,
    desk: &'a mut BackDesk,
    kept: &'a Kept,
    by_output: &'a [f32],
    outputs: usize,
    sums: &'a mut Sums,
}

impl Kernel for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        to_lanes::<S>(self.by_output, self.outputs, &mut self.desk.delta[..self.outputs]);
        self.desk.backward::<S>(self.net, self.kept, self.sums);
    }
}

struct Total<'a> {
    rows: super::block::Rows,
    shares: &'a [RwLock<Sums>],
    outputs: usize,
    gradient: &'a mut [f32],
}

impl Kernel for Total<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        self.rows.total::<S>(self.shares, self.outputs, self.gradient);
    }
}
