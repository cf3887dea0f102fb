//! Annealed importance sampling (Neal, Statistics and Computing 11, 2001): walk from a density `q`
//! that can be drawn from to the target `exp(-E)/Z` over densities in between,
//! `p_k ~ q^(1 - beta_k) exp(-beta_k E)` with `0 = beta_0 < ... < beta_K = 1`. A particle's weight
//!
//! `log w = sum_k (beta_k - beta_(k-1)) (-E(x_(k-1)) - log q(x_(k-1)))`,
//!
//! where `x_k` comes from `x_(k-1)` by moves that leave `p_k` alone, has the mean Z: exactly, for
//! any number of temperatures and any moves. With `K = 1` it is plain importance sampling.
//!
//! The moves are random-walk Metropolis or MALA (see [`super::metropolis`], [`super::langevin`]).
//! Here each particle keeps E and its gradient apart from beta, so that a new temperature costs no
//! evaluation and a move exactly one.

use super::importance::Proposal;
use crate::math::rng::Rng;
use crate::model::energy::Energy;
use rand::RngExt as _;
use rand_distr::StandardNormal;

/// How a particle moves between two temperatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// `y = x + sqrt(2 eta) xi`, accepted with `min(1, p(y)/p(x))`.
    Metropolis,
    /// The same with a drift of `eta` down the gradient, and its correction.
    Mala,
}

/// The way from q to the target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Schedule {
    /// Where particles begin.
    pub proposal: Proposal,
    /// K, at least one.
    pub temperatures: usize,
    /// Moves at each temperature.
    pub moves: usize,
    /// Their kind.
    pub kind: Move,
    /// Their step size eta.
    pub step_size: f64,
}

impl Schedule {
    /// `beta_k = (k/K)^2`: finer where the particles are still all over q.
    #[must_use]
    pub fn beta(&self, k: usize) -> f64 {
        (k as f64 / self.temperatures as f64).powi(2)
    }

    /// Evaluations of the density a particle costs at one move: a gradient counts as another one.
    fn price(&self) -> u64 {
        match self.kind {
            Move::Metropolis => 1,
            Move::Mala => 2,
        }
    }
}

/// A number of particles on their way, and the buffers they need.
#[derive(Debug)]
pub struct Annealing {
    schedule: Schedule,
    count: usize,
    /// The temperature whose moves are next; `temperatures` when the particles have arrived.
    level: usize,
    /// Moves made at it.
    moved: usize,
    positions: Vec<f64>,
    energy: Vec<f64>,
    gradient: Vec<f64>,
    /// The energy of q.
    base: Vec<f64>,
    log_weights: Vec<f64>,
    scratch: Scratch,
}

#[derive(Debug, Default)]
struct Scratch {
    positions: Vec<f64>,
    energy: Vec<f64>,
    gradient: Vec<f64>,
    base: Vec<f64>,
    ratio: Vec<f64>,
}

impl Clone for Annealing {
    /// Without the buffers, which the next move makes again.
    fn clone(&self) -> Self {
        Self {
            positions: self.positions.clone(),
            energy: self.energy.clone(),
            gradient: self.gradient.clone(),
            base: self.base.clone(),
            log_weights: self.log_weights.clone(),
            scratch: Scratch::default(),
            ..*self
        }
    }
}

/// What one call of [`Annealing::advance`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Advance {
    /// Density evaluations it cost.
    pub evaluations: u64,
    /// Moves that were proposed.
    pub proposed: u64,
    /// Moves that were accepted.
    pub accepted: u64,
}

impl Annealing {
    /// `count` particles that have yet to set out.
    #[must_use]
    pub fn new(schedule: Schedule, count: usize) -> Self {
        let size = count * schedule.proposal.dimension;
        Self {
            schedule,
            count,
            level: 0,
            moved: 0,
            positions: vec![0.0; size],
            energy: vec![0.0; count],
            gradient: vec![0.0; size],
            base: vec![0.0; count],
            log_weights: vec![0.0; count],
            scratch: Scratch::default(),
        }
    }

    /// The log weights of all particles, once they have arrived.
    #[must_use]
    pub fn arrived(&self) -> Option<&[f64]> {
        (self.level == self.schedule.temperatures).then_some(&self.log_weights)
    }

    /// Where the particles are, coordinate by coordinate.
    #[must_use]
    pub fn positions(&self) -> &[f64] {
        &self.positions
    }

    /// Sets out again after an arrival, or makes one move of every particle.
    pub fn advance(&mut self, target: &dyn Energy, rng: &mut Rng) -> Advance {
        if self.level == 0 || self.level == self.schedule.temperatures {
            return self.set_out(target, rng);
        }
        let advance =
            if self.schedule.moves > 0 { self.make_move(target, rng) } else { Advance::default() };
        self.moved += 1;
        if self.moved >= self.schedule.moves {
            self.cool();
        }
        advance
    }

    fn set_out(&mut self, target: &dyn Energy, rng: &mut Rng) -> Advance {
        let proposal = self.schedule.proposal;
        proposal.draw(rng, &mut self.positions);
        proposal.energy(&self.positions, &mut self.base);
        let gradients = self.schedule.kind == Move::Mala && self.schedule.temperatures > 1;
        if gradients {
            target.value_and_gradient(&self.positions, &mut self.energy, &mut self.gradient);
        } else {
            target.value(&self.positions, &mut self.energy);
        }
        self.log_weights.fill(proposal.log_z());
        self.level = 0;
        self.cool();
        let price = if gradients { 2 } else { 1 };
        Advance { evaluations: price * self.count as u64, ..Advance::default() }
    }

    /// On to the next temperature: the weights take their share. log q's constant, which every
    /// share has a part of, is in them from the start.
    fn cool(&mut self) {
        let step = self.schedule.beta(self.level + 1) - self.schedule.beta(self.level);
        for ((w, e), q) in self.log_weights.iter_mut().zip(&self.energy).zip(&self.base) {
            *w += step * (q - e);
        }
        self.level += 1;
        self.moved = 0;
    }

    fn make_move(&mut self, target: &dyn Energy, rng: &mut Rng) -> Advance {
        let Schedule { proposal, kind, step_size: eta, .. } = self.schedule;
        let beta = self.schedule.beta(self.level);
        let (count, size) = (self.count, self.positions.len());
        let scratch = &mut self.scratch;
        scratch.positions.resize(size, 0.0);
        for buffer in [&mut scratch.energy, &mut scratch.base, &mut scratch.ratio] {
            buffer.resize(count, 0.0);
        }
        let noise = (2.0 * eta).sqrt();
        for x in &mut scratch.positions {
            *x = noise * rng.sample::<f64, _>(StandardNormal);
        }
        // The slope of E_beta = beta E + (1 - beta) |x|^2 / (2 width^2).
        let spring = (1.0 - beta) / (proposal.width * proposal.width);
        let slope = |gradient: f64, x: f64| beta * gradient + spring * x;
        match kind {
            Move::Metropolis => {
                scratch.positions.iter_mut().zip(&self.positions).for_each(|(y, x)| *y += x);
                target.value(&scratch.positions, &mut scratch.energy);
                scratch.ratio.fill(0.0);
            }
            Move::Mala => {
                let here = self.positions.iter().zip(&self.gradient);
                for (y, (x, g)) in scratch.positions.iter_mut().zip(here) {
                    *y += x - eta * slope(*g, *x);
                }
                scratch.gradient.resize(size, 0.0);
                target.value_and_gradient(
                    &scratch.positions,
                    &mut scratch.energy,
                    &mut scratch.gradient,
                );
                scratch.ratio.fill(0.0);
                for axis in 0..proposal.dimension {
                    for i in 0..count {
                        let at = axis * count + i;
                        let (x, y) = (self.positions[at], scratch.positions[at]);
                        let back = x - y + eta * slope(scratch.gradient[at], y);
                        let forth = y - x + eta * slope(self.gradient[at], x);
                        scratch.ratio[i] += forth * forth - back * back;
                    }
                }
                scratch.ratio.iter_mut().for_each(|r| *r /= 4.0 * eta);
            }
        }
        proposal.energy(&scratch.positions, &mut scratch.base);
        let mut accepted = 0;
        for i in 0..count {
            let rise = beta * (scratch.energy[i] - self.energy[i])
                + (1.0 - beta) * (scratch.base[i] - self.base[i]);
            // False for NaN: nothing broken is ever accepted.
            if rng.random::<f64>() < (scratch.ratio[i] - rise).exp()
                && scratch.energy[i].is_finite()
            {
                accepted += 1;
                self.energy[i] = scratch.energy[i];
                self.base[i] = scratch.base[i];
                for at in (i..size).step_by(count) {
                    self.positions[at] = scratch.positions[at];
                    if kind == Move::Mala {
                        self.gradient[at] = scratch.gradient[at];
                    }
                }
            }
        }
        Advance {
            evaluations: self.schedule.price() * count as u64,
            proposed: count as u64,
            accepted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Annealing, Move, Schedule};
    use crate::math::rng::stream;
    use crate::math::statistics::mean_and_variance;
    use crate::model::coupled_well::CoupledWell;
    use crate::model::energy::{Energy, Quartic};
    use crate::sampler::importance::{Proposal, Weights};

    fn schedule(dimension: usize, temperatures: usize, kind: Move) -> Schedule {
        let proposal = Proposal { dimension, width: 1.5 };
        Schedule { proposal, temperatures, moves: 1, kind, step_size: 0.1 }
    }

    fn weights(target: &dyn Energy, schedule: Schedule, count: usize, seed: u64) -> Vec<f64> {
        let mut rng = stream(seed, 0);
        let mut annealing = Annealing::new(schedule, count);
        loop {
            annealing.advance(target, &mut rng);
            if let Some(log_weights) = annealing.arrived() {
                return log_weights.to_vec();
            }
        }
    }

    #[test]
    fn the_mean_weight_is_z_however_few_temperatures_there_are() {
        let gaussian = Quartic::gaussian(0.4, 0.5);
        let well = CoupledWell::new(2, 2.0, 0.0);
        let z_gaussian = 0.5 * std::f64::consts::TAU.sqrt();
        // science: 3.53663869 for 2 (x^2 - 1)^2 + y^2/2.
        let cases: [(&dyn Energy, f64); 2] = [(&gaussian, z_gaussian), (&well, 3.536_638_69)];
        for (target, exact) in cases {
            for kind in [Move::Metropolis, Move::Mala] {
                for temperatures in [1, 2, 5, 20] {
                    let schedule = schedule(target.dimension(), temperatures, kind);
                    let log_weights = weights(target, schedule, 20_000, 3);
                    let w: Vec<f64> = log_weights.iter().map(|w| w.exp()).collect();
                    let (mean, variance) = mean_and_variance(&w);
                    let error = (variance / w.len() as f64).sqrt();
                    let case = format!("{kind:?}, K = {temperatures}: {mean} +- {error}, {exact}");
                    assert!((mean - exact).abs() < 4.0 * error, "{case}");
                    assert!(error < 0.015 * exact, "{case}");
                }
            }
        }
    }

    #[test]
    fn the_end_of_the_way_is_the_target() {
        let well = CoupledWell::new(3, 2.0, 1.0);
        let mut rng = stream(5, 0);
        for kind in [Move::Metropolis, Move::Mala] {
            let mut annealing = Annealing::new(schedule(3, 60, kind), 4_000);
            while annealing.arrived().is_none() {
                annealing.advance(&well, &mut rng);
            }
            let log_weights = annealing.arrived().unwrap_or_default();
            let mut all = Weights::default();
            log_weights.iter().for_each(|w| all.push(*w));
            assert!((all.log_mean() - well.log_z()).abs() < 4.0 * all.error());
            // Weighted, the second moments are those of the target.
            let largest = log_weights.iter().copied().fold(f64::MIN, f64::max);
            let w: Vec<f64> = log_weights.iter().map(|v| (v - largest).exp()).collect();
            let total: f64 = w.iter().sum();
            for (axis, exact) in well.variances().iter().enumerate() {
                let x = &annealing.positions()[axis * 4_000..(axis + 1) * 4_000];
                let square: f64 = x.iter().zip(&w).map(|(x, w)| w * x * x).sum::<f64>() / total;
                let room = 5.0 * exact * (2.0 / all.effective()).sqrt();
                assert!((square - exact).abs() < room, "{kind:?} {axis}: {square} {exact}");
            }
        }
    }

    #[test]
    fn one_temperature_is_plain_importance_sampling() {
        let well = CoupledWell::new(4, 2.0, 1.0);
        let schedule = schedule(4, 1, Move::Mala);
        let annealed = weights(&well, schedule, 50, 8);
        let (mut x, mut e, mut q) = ([0.0; 200], [0.0; 50], [0.0; 50]);
        schedule.proposal.draw(&mut stream(8, 0), &mut x);
        well.value(&x, &mut e);
        schedule.proposal.energy(&x, &mut q);
        for i in 0..50 {
            assert!((annealed[i] - (schedule.proposal.log_z() + q[i] - e[i])).abs() < 1e-12);
        }
    }

    #[test]
    fn evaluations_are_counted() {
        let well = CoupledWell::new(2, 2.0, 1.0);
        for (kind, price) in [(Move::Metropolis, 1), (Move::Mala, 2)] {
            let mut annealing = Annealing::new(Schedule { moves: 3, ..schedule(2, 5, kind) }, 10);
            let mut rng = stream(1, 0);
            let (mut evaluations, mut proposed) = (0, 0);
            while annealing.arrived().is_none() {
                let advance = annealing.advance(&well, &mut rng);
                evaluations += advance.evaluations;
                proposed += advance.proposed;
            }
            // At the start, and three moves at each of the four temperatures in between.
            assert_eq!((evaluations, proposed), (10 * price * 13, 120));
        }
    }

    #[test]
    fn a_step_too_long_is_refused_and_nothing_breaks() {
        let well = CoupledWell::new(2, 20.0, 10.0);
        for kind in [Move::Metropolis, Move::Mala] {
            let schedule = Schedule { step_size: 1e150, ..schedule(2, 4, kind) };
            let w = weights(&well, schedule, 30, 2);
            assert!(w.iter().all(|w| w.is_finite()));
        }
    }
}
