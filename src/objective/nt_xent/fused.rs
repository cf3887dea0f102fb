//! SimCLR in single precision, training flat out: an encoder, rows divided by their lengths, NT-Xent
//! ([`super`] has the formula and the paper), all the way back, and a step of Adam.
//!
//! How a lesson uses it: [`Trainer::step`] takes the views of a batch, the first ones of all data and
//! after them the second, and gives the loss before the step. [`Trainer::encoder`] is what is
//! trained; [`Trainer::units`] are the rows of length one that the loss saw. A copy goes on with the
//! same numbers.
//!
//! Everything happens in phases on the same threads ([`crate::math::phases`]), block by block of 64
//! rows that stay side by side from the input to the loss and back.

use super::views::{ViewDesk, Views};
use crate::math::phases::{in_phases, read, write};
use crate::math::simd::{Kernel, Lanes16, Level, dispatch};
use crate::model::adam::{Adam, Move};
use crate::model::encoder::Encoder;
use crate::model::encoder::block::{self, BackDesk, Kept, Net, Rows, Sums, pieces, turn_layer};
use crate::model::encoder::passes::blocks_of_a_share;
use crate::model::fused_mlp::product::{BLOCK, Row, ZEROS, to_lanes};
use crate::objective::fused_pairs::double::nt_xent_in_double;
use crate::objective::fused_pairs::{Found, LARGEST_SCALE};
use crate::objective::unit_rows::SHORTEST_SINGLE;
use std::sync::RwLock;

/// How an encoder is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// What the cosines are divided by, above zero.
    pub temperature: f32,
    /// Adam's step size.
    pub rate: f64,
    /// Its decoupled weight decay.
    pub decay: f64,
}

impl Settings {
    /// Workload W2 of the measurements of speed: temperature .5, and Adam at 0.001.
    #[must_use]
    pub fn workload() -> Self {
        Self { temperature: 0.5, rate: 1e-3, decay: 0.0 }
    }
}

/// Multiplications and additions of a step on so many views, each counted as one operation: the
/// encoder's, the cosines of all views with all, and one product for both terms of the gradient. That
/// the cosines are symmetric, so that half of them would do, is not counted.
#[must_use]
pub fn operations(sizes: &[usize], views: usize) -> f64 {
    let d = sizes[sizes.len() - 1] as f64;
    let n = views as f64;
    block::operations(sizes, views) + 4.0 * n * n * d
}

/// How many exponentials a step takes.
#[must_use]
pub fn exponentials(views: usize) -> f64 {
    (views * views) as f64
}

/// Operations below which a thread of its own does not pay: some 0.2 ms.
const WORTH_A_THREAD: f64 = 2e7;

/// An encoder in training. The same encoder and the same views give the same numbers, whatever the
/// number of threads and the set of instructions.
#[derive(Debug)]
pub struct Trainer {
    encoder: Encoder,
    settings: Settings,
    adam: Adam<f32>,
    threads: usize,
    level: Level,
    gradient: Vec<f32>,
    /// The parameters after the step that is being made.
    next: Vec<f32>,
    turned: Vec<RwLock<Vec<f32>>>,
    blocks: Vec<RwLock<Block>>,
    views: Views,
    desks: Vec<Desk>,
    sums: Vec<RwLock<Sums>>,
}

/// A copy has no views until its next step.
impl Clone for Trainer {
    fn clone(&self) -> Self {
        let copy = Self::at(self.level, self.encoder.clone(), self.settings, self.threads);
        Self { adam: self.adam.clone(), gradient: self.gradient.clone(), ..copy }
    }
}

/// A block of views on its way forward.
#[derive(Debug)]
struct Block {
    kept: Kept,
    units: Vec<Row>,
    /// One over the length of each row that came out.
    over: Row,
}

/// What a thread has for itself.
#[derive(Debug, Default)]
struct Desk {
    back: BackDesk,
    views: ViewDesk,
}

impl Trainer {
    /// With this encoder, on so many threads.
    #[must_use]
    pub fn new(encoder: Encoder, settings: Settings, threads: usize) -> Self {
        Self::at(Level::best(), encoder, settings, threads)
    }

    /// The same with these instructions: for tests and measurements.
    #[must_use]
    pub fn at(level: Level, encoder: Encoder, settings: Settings, threads: usize) -> Self {
        let parameters = encoder.parameters().len();
        Self {
            settings,
            adam: Adam::new(parameters),
            threads: threads.max(1),
            level,
            gradient: vec![0.0; parameters],
            next: vec![0.0; parameters],
            turned: Vec::new(),
            blocks: Vec::new(),
            views: Views::default(),
            desks: Vec::new(),
            sums: Vec::new(),
            encoder,
        }
    }

    /// The encoder as it is now.
    #[must_use]
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// The settings, to be changed between steps.
    pub fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    /// The gradient of the last step, by the parameters before it.
    #[must_use]
    pub fn gradient(&self) -> &[f32] {
        &self.gradient
    }

    /// The rows of length one that the last step's loss saw, as the views went in: from the parameters
    /// before the step. None before the first step.
    #[must_use]
    pub fn units(&self) -> Vec<f32> {
        (0..self.blocks.len()).flat_map(|b| read(self.views.side(b)).rows().to_vec()).collect()
    }

    /// One step on the views of a batch, rows one after the other: the first views of all data, and
    /// after them the second in the same order. Gives the loss before the step.
    ///
    /// # Panics
    /// If `views` does not divide into two views of so many rows.
    pub fn step(&mut self, views: &[f32]) -> Found {
        let (d, n) = (self.encoder.outputs(), self.encoder.inputs());
        assert!(views.len().is_multiple_of(2 * n), "two views of everything");
        let count = views.len() / n;
        let single = 1.0 / self.settings.temperature <= LARGEST_SCALE;
        let threads = self.prepare(count);
        let (layers, blocks) = (self.encoder.layers(), self.blocks.len());
        let share = blocks_of_a_share(blocks);
        let shares = blocks.div_ceil(share);
        let rows = || pieces(self.encoder.sizes());
        let (lengths, now) = (rows().map(|rows| rows.length), self.encoder.parameters());
        let of_adam = (self.settings.rate, self.settings.decay);
        let moves = self.adam.moves(of_adam, lengths, now, &mut self.next, &mut self.gradient);
        let parts: Vec<_> = rows().zip(moves).map(RwLock::new).collect();
        let step = Step {
            net: Net::new(&self.encoder, &self.turned),
            encoder: &self.encoder,
            points: views,
            blocks: &self.blocks,
            views: &self.views,
            sums: &self.sums[..shares],
            share,
            turned: &self.turned,
            parts: &parts,
            given: None,
        };
        let (level, desks) = (self.level, &mut self.desks[..threads]);
        let work = |step: Step<'_, '_>, desk: &mut Desk, phase: usize, piece: usize| {
            dispatch(level, Piece { step, desk, phase, piece });
        };
        let [tiles, inverses, _] = self.views.pieces();
        let mut found = Found::default();
        if single {
            let phases = [layers, blocks, tiles, inverses, shares, parts.len()];
            in_phases(desks, &phases, |desk, phase, piece| work(step, desk, phase, piece));
            found = self.views.found();
        } else {
            in_phases(desks, &[layers, blocks], |desk, phase, piece| {
                work(step, desk, phase, piece);
            });
            let units: Vec<f32> =
                (0..blocks).flat_map(|b| read(self.views.side(b)).rows().to_vec()).collect();
            let mut by = vec![0.0; units.len()];
            let temperature = self.settings.temperature;
            if count > 0 {
                found = nt_xent_in_double(d, &units, temperature, &mut by, threads);
            }
            let step = Step { given: Some(&by), ..step };
            let phases = [0, 0, 0, 0, shares, parts.len()];
            in_phases(desks, &phases, |desk, phase, piece| work(step, desk, phase, piece));
        }
        drop(parts);
        self.encoder.swap_parameters(&mut self.next);
        found
    }

    /// Makes room for so many views; gives how many threads are worth their while.
    fn prepare(&mut self, count: usize) -> usize {
        let sizes = self.encoder.sizes();
        let (d, blocks) = (self.encoder.outputs(), count.div_ceil(BLOCK));
        self.turned.resize_with(self.encoder.layers(), RwLock::default);
        self.blocks.resize_with(blocks, || {
            RwLock::new(Block { kept: Kept::default(), units: vec![ZEROS; d], over: ZEROS })
        });
        self.blocks.iter().for_each(|block| write(block).kept.prepare(sizes));
        self.views.prepare(count, d, self.settings.temperature);
        let shares = blocks.div_ceil(blocks_of_a_share(blocks));
        self.sums.resize_with(shares.max(self.sums.len()), RwLock::default);
        self.sums.iter().for_each(|sums| write(sums).prepare(sizes));
        let worth = (operations(sizes, count) / WORTH_A_THREAD) as usize;
        let threads = worth.clamp(1, self.threads);
        self.desks.resize_with(threads.max(self.desks.len()), Desk::default);
        for desk in &mut self.desks {
            desk.back.prepare(sizes);
            desk.views.prepare(d);
        }
        threads
    }
}

/// All that a step has in common.
#[derive(Clone, Copy)]
struct Step<'a, 'p> {
    net: Net<'a>,
    encoder: &'a Encoder,
    points: &'a [f32],
    blocks: &'a [RwLock<Block>],
    views: &'a Views,
    sums: &'a [RwLock<Sums>],
    /// How many blocks are summed in one place.
    share: usize,
    turned: &'a [RwLock<Vec<f32>>],
    /// Some rows of the parameters each, and what moves them.
    parts: &'a [RwLock<(Rows, Move<'p, f32>)>],
    /// dL/du, where the views do not work it out.
    given: Option<&'a [f32]>,
}

/// A piece of a step.
struct Piece<'a, 'p, 'd> {
    step: Step<'a, 'p>,
    desk: &'d mut Desk,
    phase: usize,
    piece: usize,
}

impl Kernel for Piece<'_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        let Self { step, desk, phase, piece } = self;
        match phase {
            0 => turn_layer::<S>(step.encoder, piece, &mut write(&step.turned[piece])),
            1 => step.forward::<S>(piece),
            2 => step.views.sum::<S>(&mut desk.views, piece),
            3 => step.views.invert(piece),
            4 => step.backward::<S>(desk, piece),
            _ => step.advance::<S>(piece),
        }
    }
}

impl Step<'_, '_> {
    /// A block through the encoder, its rows divided by their lengths.
    #[inline(always)]
    fn forward<S: Lanes16>(&self, piece: usize) {
        let inputs = self.encoder.inputs();
        let first = piece * BLOCK * inputs;
        let end = self.points.len().min(first + BLOCK * inputs);
        let Block { kept, units, over } = &mut *write(&self.blocks[piece]);
        kept.forward::<S>(self.net, &self.points[first..end]);
        let out = kept.layer(self.encoder.layers());
        let mut squares = ZEROS;
        for (group, squares) in squares.iter_mut().take(kept.groups()).enumerate() {
            let mut sum = S::splat(0.0);
            for row in out {
                let z = S::load(&row[group]);
                sum = z.mul_add(z, sum);
            }
            sum.store(squares);
        }
        for (squares, over) in squares.iter().zip(&mut *over) {
            for (square, over) in squares.0.iter().zip(&mut over.0) {
                let length = square.sqrt();
                // Too long to be squared is as bad as not a number: it must not pass for zero.
                let finite = if length.is_finite() { 1.0 / length } else { f32::NAN };
                *over = if length < SHORTEST_SINGLE { 0.0 } else { finite };
            }
        }
        for group in 0..kept.groups() {
            let over = S::load(&over[group]);
            for (unit, row) in units.iter_mut().zip(out) {
                S::load(&row[group]).times(over).store(&mut unit[group]);
            }
        }
        write(self.views.side(piece)).take_lanes::<S>(units);
    }

    /// The blocks of a share: from the loss back to the parameters.
    #[inline(always)]
    fn backward<S: Lanes16>(&self, desk: &mut Desk, piece: usize) {
        let sums = &mut *write(&self.sums[piece]);
        sums.clear();
        let first = piece * self.share;
        let d = self.encoder.outputs();
        for block in first..self.blocks.len().min(first + self.share) {
            match self.given {
                Some(by) => {
                    let by = &by[block * BLOCK * d..];
                    let by = &by[..by.len().min(BLOCK * d)];
                    to_lanes::<S>(by, d, &mut desk.views.by[..d]);
                }
                None => self.views.pull::<S>(&mut desk.views, block),
            }
            let Block { kept, units, over } = &*read(&self.blocks[block]);
            for group in 0..kept.groups() {
                let over = S::load(&over[group]);
                let mut along = S::splat(0.0);
                for (by, unit) in desk.views.by.iter().zip(units) {
                    along = S::load(&by[group]).mul_add(S::load(&unit[group]), along);
                }
                let less = S::splat(0.0).minus(along);
                let rows = desk.views.by.iter().zip(units).zip(&mut desk.back.delta);
                for ((by, unit), delta) in rows {
                    let slope = S::load(&unit[group]).mul_add(less, S::load(&by[group]));
                    slope.times(over).store(&mut delta[group]);
                }
            }
            desk.back.backward::<S>(self.net, kept, sums);
        }
    }

    /// Some of the parameters: the gradient that the shares make, and a step of Adam.
    #[inline(always)]
    fn advance<S: Lanes16>(&self, piece: usize) {
        let (rows, part) = &mut *write(&self.parts[piece]);
        rows.total::<S>(self.sums, rows.outputs(self.encoder.sizes()), part.gradient);
        part.advance();
    }
}

#[cfg(test)]
mod tests;
