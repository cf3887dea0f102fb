//! A step of [`super::Trainer`] in two phases on the same threads: the passes over the points, a share
//! of them at a time, and then the parameters, some rows at a time.
//!
//! A share's sums are its own, and a row of the gradient adds the shares up in their order: which
//! thread did what cannot be seen in the numbers.

use crate::math::lanes::Lanes;
use crate::math::phases::{read, write};
use crate::math::simd::{Kernel, Lanes16, Line, sigmoid};
use crate::math::vector_math::{softplus, sum};
use crate::model::adam::Move;
use crate::model::fused_mlp::FusedMlp;
use crate::model::fused_mlp::block::{Net, Workspace};
use crate::model::fused_mlp::engine::Desk;
use crate::model::fused_mlp::product::{BLOCK, GROUPS};
use crate::model::fused_mlp::sums::{Rows, Sums};
use std::ops::AddAssign;
use std::sync::RwLock;

/// N(0, deviation^2 I) as the pass needs it: `-log nu - log p_n(x) = offset + curve |x|^2`.
#[derive(Clone, Copy)]
pub(super) struct Noise {
    pub(super) deviation: f32,
    pub(super) offset: f32,
    pub(super) curve: f32,
}

/// What is the same for all points of a step.
#[derive(Clone, Copy)]
pub(super) struct Rule {
    /// How many of the points are data.
    pub(super) data: usize,
    /// What the rest is drawn from, if it is not given.
    pub(super) noise: Option<Noise>,
    pub(super) log_scale: f32,
    /// What a datum weighs in the loss, and a noise point.
    pub(super) of_datum: f32,
    pub(super) of_noise: f32,
}

/// Points whose gradients are summed in one place, and what is theirs.
pub(super) struct Share<'a> {
    pub(super) sums: &'a mut Sums,
    pub(super) lanes: &'a mut Lanes,
    pub(super) points: &'a mut [f32],
    pub(super) logits: &'a mut [f32],
    pub(super) weights: &'a mut [f32],
    /// Room for the terms of sums, two for each point.
    pub(super) terms: &'a mut [f64],
    /// The number of the first point.
    pub(super) first: usize,
    pub(super) found: Found,
}

/// Sums over points.
#[derive(Clone, Copy, Default)]
pub(super) struct Found {
    /// softplus(-G) over data, softplus(G) over noise.
    pub(super) data: f64,
    pub(super) noise: f64,
    /// How many are on the right side of one half.
    pub(super) right: usize,
    /// The weights on dE/dtheta: minus dloss/dc.
    pub(super) weights: f64,
}

impl AddAssign for Found {
    fn add_assign(&mut self, other: Self) {
        self.data += other.data;
        self.noise += other.noise;
        self.right += other.right;
        self.weights += other.weights;
    }
}

/// Some rows of the parameters and what moves them.
pub(super) type Moved<'a> = (Rows, Move<'a, f32>);

/// A thread's desk in a step.
pub(super) struct Seat<'a> {
    pub(super) desk: &'a mut Desk,
    /// Whether the desk has the matrices of this step turned.
    pub(super) turned: bool,
}

/// All that a step has in common.
#[derive(Clone, Copy)]
pub(super) struct Step<'a, 'p> {
    pub(super) model: &'a FusedMlp,
    pub(super) rule: Rule,
    pub(super) shares: &'a [RwLock<Share<'p>>],
    pub(super) moves: &'a [RwLock<Moved<'p>>],
}

/// A piece of a step.
pub(super) struct Piece<'a, 'p, 'd, 's> {
    pub(super) step: Step<'a, 'p>,
    pub(super) seat: &'s mut Seat<'d>,
    pub(super) phase: usize,
    pub(super) piece: usize,
}

impl Kernel for Piece<'_, '_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        let Self { step, seat, phase, piece } = self;
        if phase == 0 {
            step.pass::<S>(seat, piece);
        } else {
            step.advance::<S>(piece);
        }
    }
}

impl Step<'_, '_> {
    /// The points of a share: their logits and weights, and what those make of the gradient.
    #[inline(always)]
    fn pass<S: Lanes16>(&self, seat: &mut Seat<'_>, piece: usize) {
        let Desk { transposed, workspace } = &mut *seat.desk;
        if !seat.turned {
            Net::turn::<S>(self.model, transposed);
            seat.turned = true;
        }
        let net = Net::turned(self.model, transposed);
        let share = &mut *write(&self.shares[piece]);
        let d = net.inputs;
        share.sums.clear();
        let data = self.rule.data.saturating_sub(share.first).min(share.logits.len());
        let blocks = share.points.chunks_mut(BLOCK * d);
        let blocks =
            blocks.zip(share.logits.chunks_mut(BLOCK)).zip(share.weights.chunks_mut(BLOCK));
        for (i, ((points, logits), weights)) in blocks.enumerate() {
            let data = data.saturating_sub(i * BLOCK).min(logits.len());
            if let Some(noise) = self.rule.noise {
                draw(noise, share.lanes, d, data, points, logits);
            }
            workspace.load(points);
            workspace.forward::<S>(net);
            weigh::<S>(workspace, self.rule, data, logits, weights);
            workspace.weigh(weights);
            workspace.backward::<S>(net, share.sums);
        }
        share.found = found(share.logits, share.weights, data, share.terms);
    }

    /// Some rows of the parameters: the gradient that the shares make, and a step of Adam.
    #[inline(always)]
    fn advance<S: Lanes16>(&self, piece: usize) {
        let (rows, part) = &mut *write(&self.moves[piece]);
        part.gradient.fill(0.0);
        for share in self.shares {
            rows.add::<S>(read(share).sums, part.gradient);
        }
        part.advance();
    }
}

/// The sums over points, the first `data` of which are data; `terms` is room for two numbers a point.
fn found(logits: &[f32], weights: &[f32], data: usize, terms: &mut [f64]) -> Found {
    let (of_data, of_noise) = logits.split_at(data);
    let right = of_data.iter().filter(|g| **g > 0.0).count()
        + of_noise.iter().filter(|g| **g <= 0.0).count();
    let (signed, terms) = terms.split_at_mut(logits.len());
    for (z, g) in signed[..data].iter_mut().zip(of_data) {
        *z = -f64::from(*g);
    }
    for (z, g) in signed[data..].iter_mut().zip(of_noise) {
        *z = f64::from(*g);
    }
    softplus(signed, terms);
    let (of_data, of_noise) = terms.split_at(data);
    for (z, weight) in signed.iter_mut().zip(weights) {
        *z = f64::from(*weight);
    }
    Found { data: sum(of_data), noise: sum(of_noise), right, weights: sum(signed) }
}

/// Draws all points of a block but the first `data`, and finds what goes into the logits of all.
#[inline(always)]
fn draw(
    noise: Noise,
    lanes: &mut Lanes,
    d: usize,
    data: usize,
    points: &mut [f32],
    offsets: &mut [f32],
) {
    let drawn = &mut points[data * d..];
    lanes.normal(drawn);
    for x in drawn {
        *x *= noise.deviation;
    }
    for (offset, point) in offsets.iter_mut().zip(points.chunks_exact(d)) {
        let mut square = 0.0;
        for x in point {
            square = x.mul_add(*x, square);
        }
        *offset = square.mul_add(noise.curve, noise.offset);
    }
}

/// From the energies of a block the logits (in place of what they have beside c - E) and the
/// weights; the first `data` points are data.
#[inline(always)]
fn weigh<S: Lanes16>(
    workspace: &Workspace,
    rule: Rule,
    data: usize,
    logits: &mut [f32],
    weights: &mut [f32],
) {
    let n = logits.len();
    let mut energies = [0.0; BLOCK];
    workspace.unload_energies(&mut energies[..n]);
    // How wrong a point is, as a logit: -G of a datum, G of a noise point.
    let mut wrong = [Line::ZERO; GROUPS];
    for (p, (logit, energy)) in logits.iter_mut().zip(&energies).enumerate() {
        *logit += rule.log_scale - energy;
        wrong[p / 16].0[p % 16] = if p < data { -*logit } else { *logit };
    }
    for line in &mut wrong {
        sigmoid(S::load(line)).store(line);
    }
    for (p, weight) in weights.iter_mut().enumerate() {
        let scale = if p < data { rule.of_datum } else { -rule.of_noise };
        *weight = scale * wrong[p / 16].0[p % 16];
    }
}
