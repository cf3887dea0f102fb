//! Metropolis on the line in single precision, a billion steps a second: for traces, histograms
//! and first passages that need more steps than the double-precision chains of [`super::metropolis`]
//! can take.
//!
//! `y = x + width xi` is accepted when `E(y)/T - E(x)/T < e` with `e` exponential of mean 1. Since
//! `e = -log u`, that is `u < exp(-(E(y) - E(x))/T)`, the rule of Metropolis, Rosenbluth,
//! Rosenbluth, Teller and Teller (Journal of Chemical Physics 21, 1953), with the logarithm off the
//! path from one step to the next, and without a branch. The proposal is symmetric, so the
//! stationary distribution is `exp(-E/T)/Z` whatever the width; energies carry an error of some
//! 1e-7 times their largest term.

// The dispatch between instruction sets calls a checked function through an unsafe block.
#![allow(unsafe_code)]
// It also repeats our `pub` inside a module of its own.
#![allow(unreachable_pub)]

#[cfg(test)]
mod tests;

use crate::math::lanes::Lanes;
use crate::math::lanes::generator::{Generator, WIDTH, exponential, normal_pair, signed_unit};
use crate::model::energy::Quartic;
use multiversion::multiversion;

/// How a proposal is drawn round the present place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Proposal {
    /// Uniform up to so far on either side.
    Uniform(f32),
    /// Normal with this standard deviation.
    Normal(f32),
}

/// Chains of a block: they share a generator, whose normals come in pairs.
const CHAINS: usize = 2 * WIDTH;

/// Many chains side by side. The path of a chain depends on the seed and its index, not on how
/// many there are, nor on how the steps are cut into calls.
#[derive(Clone, Debug)]
pub struct LaneChains {
    /// The last block is filled up; what is beyond the count is never shown.
    positions: Vec<[f32; CHAINS]>,
    generators: Vec<Generator>,
    count: usize,
}

impl LaneChains {
    /// `count` chains that all start at `start`.
    #[must_use]
    pub fn new(start: f32, count: usize, seed: u64) -> Self {
        let blocks = count.div_ceil(CHAINS);
        Self {
            positions: vec![[start; CHAINS]; blocks],
            generators: (0..blocks as u64).map(|i| Generator::new(seed, i)).collect(),
            count,
        }
    }

    /// Where the chains are.
    #[must_use]
    pub fn positions(&self) -> &[f32] {
        &self.positions.as_flattened()[..self.count]
    }

    /// Lets every chain take so many steps at a temperature; returns how many proposals of all of
    /// them were accepted. A place of infinite or undefined energy is never accepted.
    pub fn advance(
        &mut self,
        energy: &Quartic,
        temperature: f64,
        proposal: Proposal,
        steps: usize,
    ) -> u64 {
        let scaled = scaled(energy, temperature);
        let Self { positions, generators, count } = self;
        match proposal {
            Proposal::Uniform(half) => {
                advance_uniform(positions, generators, *count, &scaled, half, steps)
            }
            Proposal::Normal(sd) => {
                advance_normal(positions, generators, *count, &scaled, sd, steps)
            }
        }
    }
}

/// One chain whose every place is kept.
#[derive(Clone, Debug)]
pub struct Trace {
    position: f32,
    proposals: Lanes,
    thresholds: Lanes,
}

/// Steps whose random numbers are drawn at once.
const AHEAD: usize = 256;

impl Trace {
    /// A chain at `start`. Its path does not depend on how it is cut into calls.
    #[must_use]
    pub fn new(start: f32, seed: u64) -> Self {
        Self { position: start, proposals: Lanes::new(seed, 0), thresholds: Lanes::new(seed, 1) }
    }

    /// Takes `out.len()` steps and writes where each of them ended; returns how many proposals
    /// were accepted.
    pub fn walk(
        &mut self,
        energy: &Quartic,
        temperature: f64,
        proposal: Proposal,
        out: &mut [f32],
    ) -> u64 {
        let scaled = scaled(energy, temperature);
        let (mut moves, mut thresholds) = ([0.0; AHEAD], [0.0; AHEAD]);
        let mut accepted = 0;
        for out in out.chunks_mut(AHEAD) {
            let (moves, thresholds) = (&mut moves[..out.len()], &mut thresholds[..out.len()]);
            match proposal {
                Proposal::Uniform(half) => {
                    self.proposals.uniform(moves);
                    // The uniforms are multiples of 2^-24: shifted by half of one they are
                    // symmetric.
                    let shift = half * (1.0 / 16_777_216.0 - 1.0);
                    moves.iter_mut().for_each(|m| *m = m.mul_add(2.0 * half, shift));
                }
                Proposal::Normal(sd) => {
                    self.proposals.normal(moves);
                    moves.iter_mut().for_each(|m| *m *= sd);
                }
            }
            self.thresholds.exponential(thresholds);
            accepted += u64::from(walk(&mut self.position, &scaled, moves, thresholds, out));
        }
        accepted
    }
}

/// The coefficients of `E/T`.
fn scaled(energy: &Quartic, temperature: f64) -> [f32; 5] {
    energy.coefficients().map(|c| (c / temperature) as f32)
}

/// Short chains of operations (Estrin's scheme): a step cannot begin before the last has ended.
#[inline(always)]
fn quartic(c: &[f32; 5], x: f32) -> f32 {
    let square = x * x;
    let low = c[1].mul_add(x, c[0]);
    let high = c[4].mul_add(square, c[3].mul_add(x, c[2]));
    high.mul_add(square, low)
}

#[inline(always)]
fn advance_body<const NORMAL: bool>(
    positions: &mut [[f32; CHAINS]],
    generators: &mut [Generator],
    count: usize,
    energy: &[f32; 5],
    width: f32,
    steps: usize,
) -> u64 {
    let (mut left, mut total) = (count, 0);
    for (positions, generator) in positions.iter_mut().zip(generators) {
        let shown = left.min(CHAINS);
        left -= shown;
        let mut to_go = steps;
        while to_go > 0 {
            // A lane counts in 32 bits.
            let part = to_go.min(1 << 30);
            let accepted = advance_block::<NORMAL>(positions, generator, energy, width, part);
            total += accepted[..shown].iter().map(|n| u64::from(*n)).sum::<u64>();
            to_go -= part;
        }
    }
    total
}

#[inline(always)]
fn advance_block<const NORMAL: bool>(
    positions: &mut [f32; CHAINS],
    generator: &mut Generator,
    energy: &[f32; 5],
    width: f32,
    steps: usize,
) -> [u32; CHAINS] {
    // Copies of their own stay in registers.
    let (mut x, mut own, energy) = (*positions, generator.clone(), *energy);
    let mut here = [0.0; CHAINS];
    for i in 0..CHAINS {
        here[i] = quartic(&energy, x[i]);
    }
    let mut accepted = [0; CHAINS];
    for _ in 0..steps {
        let (a, b) = (own.words(), own.words());
        let (c, d) = (own.words(), own.words());
        let (mut moves, mut thresholds) = ([0.0; CHAINS], [0.0; CHAINS]);
        for i in 0..WIDTH {
            (moves[i], moves[i + WIDTH]) = if NORMAL {
                normal_pair(a[i], b[i])
            } else {
                (signed_unit(a[i]), signed_unit(b[i]))
            };
            thresholds[i] = exponential(c[i]);
            thresholds[i + WIDTH] = exponential(d[i]);
        }
        for i in 0..CHAINS {
            let proposed = moves[i].mul_add(width, x[i]);
            let there = quartic(&energy, proposed);
            let yes = there < here[i] + thresholds[i];
            x[i] = if yes { proposed } else { x[i] };
            here[i] = if yes { there } else { here[i] };
            accepted[i] += u32::from(yes);
        }
    }
    *positions = x;
    *generator = own;
    accepted
}

#[inline(always)]
fn walk_body(
    position: &mut f32,
    energy: &[f32; 5],
    moves: &[f32],
    thresholds: &[f32],
    out: &mut [f32],
) -> u32 {
    let (mut x, energy) = (*position, *energy);
    let mut here = quartic(&energy, x);
    let mut accepted = 0;
    for ((by, threshold), out) in moves.iter().zip(thresholds).zip(out) {
        let proposed = x + by;
        let there = quartic(&energy, proposed);
        let yes = there < here + threshold;
        x = if yes { proposed } else { x };
        here = if yes { there } else { here };
        accepted += u32::from(yes);
        *out = x;
    }
    *position = x;
    accepted
}

/// Gives a body to each instruction set, chosen at run time.
macro_rules! dispatched {
    ($($name:ident = $body:expr, ($($arg:ident: $type:ty),*) -> $result:ty;)*) => {
        $(
            #[multiversion(targets(
                "x86_64+avx512f+avx512dq+avx512vl+fma",
                "x86_64+avx2+fma",
                "aarch64+neon"
            ))]
            fn $name($($arg: $type),*) -> $result {
                $body($($arg),*)
            }
        )*
    };
}

dispatched! {
    advance_uniform = advance_body::<false>, (
        positions: &mut [[f32; CHAINS]],
        generators: &mut [Generator],
        count: usize,
        energy: &[f32; 5],
        width: f32,
        steps: usize
    ) -> u64;

    advance_normal = advance_body::<true>, (
        positions: &mut [[f32; CHAINS]],
        generators: &mut [Generator],
        count: usize,
        energy: &[f32; 5],
        width: f32,
        steps: usize
    ) -> u64;

    walk = walk_body, (
        position: &mut f32,
        energy: &[f32; 5],
        moves: &[f32],
        thresholds: &[f32],
        out: &mut [f32]
    ) -> u32;
}
