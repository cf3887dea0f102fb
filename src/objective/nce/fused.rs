//! Noise-contrastive estimation of a perceptron's energy in single precision, training flat out:
//! the loss, its gradient and a step of Adam ([`super`] has the formulas and the paper).
//!
//! A block of 64 points goes through the perceptron once. From its energies come the logits
//! `G = c - E - log nu - log p_n` and from those the weights of the way back, while everything is in
//! the cache: a datum weighs `sigmoid(-G)/N` on dE/dtheta, a noise point `-sigmoid(G)/N`, and
//! dloss/dc is minus the sum of the weights.
//!
//! How a lesson uses it: [`Trainer::step`] draws its noise itself, from N(0, s^2 I), inside the
//! pass; [`Trainer::step_against`] takes noise points of any kind with their log densities (those
//! of `data::noise::Noise::log_density`, of a fitted Gaussian, of yesterday's model). Both give the
//! [`Loss`] before the step. [`Trainer::model`] and [`Trainer::log_scale`] are the energy and c, to
//! be read by an [`Engine`]; [`Trainer::logits`] is what the classifier said of the last batch. A
//! `Trainer` is `Clone`: a copy goes on with the same numbers.

mod pass;

use super::{Loss, Mistakes};
use crate::math::lanes::Lanes;
use crate::math::phases::in_phases;
use crate::math::simd::{Level, dispatch};
use crate::model::adam::Adam;
use crate::model::fused_mlp::engine::Prepared;
use crate::model::fused_mlp::product::BLOCK;
use crate::model::fused_mlp::sums::pieces;
use crate::model::fused_mlp::{Engine, FusedMlp};
use pass::{Found, Noise, Piece, Rule, Seat, Share, Step};
use std::sync::{PoisonError, RwLock};

/// In how many places the gradient of a step is summed at most, before those are added up: so many
/// threads can share the work, and more of them would only mean more to add up.
const SHARES: usize = 8;

/// How a perceptron's energy is trained against noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// How many noise points a step of [`Trainer::step`] draws: nu times the data of a batch.
    pub draws: usize,
    /// The standard deviation of that noise, a coordinate.
    pub deviation: f32,
    /// Adam's step size, for the energy and for c.
    pub rate: f64,
    /// What is done wrong on purpose.
    pub mistakes: Mistakes,
}

impl Settings {
    /// Workload W5 of the measurements of speed: 5,120 draws from N(0, 4 I), which are ten for each
    /// of 512 data, and Adam at 0.001.
    #[must_use]
    pub fn workload() -> Self {
        Self { draws: 5_120, deviation: 2.0, rate: 1e-3, mistakes: Mistakes::default() }
    }
}

/// Multiplications and additions of a step on so many points, data and noise together, each counted
/// as one operation: the products forward, back to the first layer, and one for each weight. Adam,
/// SiLU, the sigmoid and the noise are not counted.
#[must_use]
pub fn operations(model: &FusedMlp, points: usize) -> f64 {
    let (d, h) = (model.inputs() as f64, model.width() as f64);
    2.0 * h * points as f64 * (3.0 * h + 2.0 * d + 2.0)
}

/// How many times SiLU and its derivative are taken in a step.
#[must_use]
pub fn activations(model: &FusedMlp, points: usize) -> f64 {
    2.0 * model.width() as f64 * points as f64
}

/// A perceptron in training against noise. The same seed and the same data give the same numbers,
/// whatever the number of threads and the set of instructions.
#[derive(Clone, Debug)]
pub struct Trainer {
    model: FusedMlp,
    log_scale: f64,
    settings: Settings,
    engine: Engine,
    adam: Adam<f32>,
    adam_of_scale: Adam<f64>,
    /// A stream of noise for each share of the points.
    lanes: Vec<Lanes>,
    seed: u64,
    /// The data and after them the noise.
    points: Vec<f32>,
    /// `-log nu - log p_n` of each point, then its logit.
    logits: Vec<f32>,
    weights: Vec<f32>,
    gradient: Vec<f32>,
    /// The parameters after the step that is being made.
    next: Vec<f32>,
    /// Room for the terms of sums.
    terms: Vec<f64>,
}

impl Trainer {
    /// With this energy and c = 0, on so many threads.
    #[must_use]
    pub fn new(model: FusedMlp, settings: Settings, threads: usize, seed: u64) -> Self {
        Self::at(Level::best(), model, settings, threads, seed)
    }

    /// The same with these instructions: for tests and measurements.
    #[must_use]
    pub fn at(
        level: Level,
        model: FusedMlp,
        settings: Settings,
        threads: usize,
        seed: u64,
    ) -> Self {
        let parameters = model.parameters().len();
        Self {
            log_scale: 0.0,
            settings,
            engine: Engine::at(level, &model, threads),
            adam: Adam::new(parameters),
            adam_of_scale: Adam::new(1),
            lanes: (0..SHARES as u64).map(|share| Lanes::new(seed, share)).collect(),
            seed,
            points: Vec::new(),
            logits: Vec::new(),
            weights: Vec::new(),
            gradient: vec![0.0; parameters],
            next: vec![0.0; parameters],
            terms: Vec::new(),
            model,
        }
    }

    /// The energy as it is now.
    #[must_use]
    pub fn model(&self) -> &FusedMlp {
        &self.model
    }

    /// c as it is now: it comes to be -log Z.
    #[must_use]
    pub fn log_scale(&self) -> f64 {
        self.log_scale
    }

    /// The settings, to be changed between steps.
    pub fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    /// The seed its noise comes from.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The points of the last step, rows one after the other: the data, then the noise.
    #[must_use]
    pub fn points(&self) -> &[f32] {
        &self.points
    }

    /// The logits of those points, from the parameters before the step.
    #[must_use]
    pub fn logits(&self) -> &[f32] {
        &self.logits
    }

    /// One step on a batch of data, rows one after the other, against fresh noise. Gives the loss
    /// before the step.
    pub fn step(&mut self, data: &[f32]) -> Loss {
        let d = self.model.inputs();
        let Settings { draws, deviation, mistakes, .. } = self.settings;
        let count = data.len() / d;
        self.points.resize((count + draws) * d, 0.0);
        self.points[..count * d].copy_from_slice(&data[..count * d]);
        self.logits.resize(count + draws, 0.0);
        let ratio = draws as f64 / count.max(1) as f64;
        let variance = f64::from(deviation) * f64::from(deviation);
        // log p_n at the centre, a coordinate.
        let highest = -0.5 * (std::f64::consts::TAU * variance).ln();
        let curve = if mistakes.no_noise_density { 0.0 } else { 0.5 / variance };
        let noise = Noise {
            deviation,
            offset: mistakes.offset(ratio, d as f64 * highest) as f32,
            curve: curve as f32,
        };
        self.learn(count, ratio, Some(noise))
    }

    /// One step on a batch of data against noise that is given, both as rows one after the other;
    /// `log_densities` are those of the noise at the data and then at the noise points. Minus
    /// infinity among them is a place where the noise never falls: it costs nothing at a datum, and
    /// pulls at nothing. Gives the loss before the step.
    ///
    /// # Panics
    /// If there is not one log density for each point.
    pub fn step_against(&mut self, data: &[f32], noise: &[f32], log_densities: &[f64]) -> Loss {
        let d = self.model.inputs();
        let (count, draws) = (data.len() / d, noise.len() / d);
        assert_eq!(log_densities.len(), count + draws, "each point has a log density");
        self.points.clear();
        self.points.extend_from_slice(&data[..count * d]);
        self.points.extend_from_slice(&noise[..draws * d]);
        let ratio = draws as f64 / count.max(1) as f64;
        let mistakes = self.settings.mistakes;
        let offset = mistakes.offset(ratio, 0.0);
        self.logits.clear();
        if mistakes.no_noise_density {
            self.logits.resize(count + draws, offset as f32);
        } else {
            self.logits.extend(log_densities.iter().map(|log| (offset - log) as f32));
        }
        self.learn(count, ratio, None)
    }

    /// The pass over all points, and Adam's step. `data` of the points are data.
    fn learn(&mut self, data: usize, ratio: f64, noise: Option<Noise>) -> Loss {
        let d = self.model.inputs();
        let points = self.logits.len();
        self.weights.resize(points, 0.0);
        self.terms.resize(2 * points, 0.0);
        let scale = 1.0 / data.max(1) as f64;
        let noise_weight = self.settings.mistakes.noise_weight(ratio);
        let rule = Rule {
            data,
            noise,
            log_scale: self.log_scale as f32,
            of_datum: scale as f32,
            of_noise: (scale * noise_weight) as f32,
        };
        let size = BLOCK * points.div_ceil(BLOCK * SHARES).max(1);
        let Prepared { desks, sums, level } =
            self.engine.prepare(&self.model, points, 3, points.div_ceil(size));
        let shares: Vec<_> = sums
            .iter_mut()
            .zip(&mut self.lanes)
            .zip(self.points.chunks_mut(size * d))
            .zip(self.logits.chunks_mut(size))
            .zip(self.weights.chunks_mut(size))
            .zip(self.terms.chunks_mut(2 * size))
            .enumerate()
            .map(|(i, (((((sums, lanes), points), logits), weights), terms))| {
                let (first, found) = (i * size, Found::default());
                RwLock::new(Share { sums, lanes, points, logits, weights, terms, first, found })
            })
            .collect();
        let rate = self.settings.rate;
        let rows = || pieces(d, self.model.width());
        let (lengths, now) = (rows().map(|rows| rows.length), self.model.parameters());
        let moves = self.adam.moves((rate, 0.0), lengths, now, &mut self.next, &mut self.gradient);
        let moves: Vec<_> = rows().zip(moves).map(RwLock::new).collect();
        let step = Step { model: &self.model, rule, shares: &shares, moves: &moves };
        let mut desks: Vec<_> = desks.iter_mut().map(|desk| Seat { desk, turned: false }).collect();
        in_phases(&mut desks, &[shares.len(), moves.len()], |seat, phase, piece| {
            dispatch(level, Piece { step, seat, phase, piece });
        });
        drop(moves);
        let mut found = Found::default();
        for share in shares {
            found += share.into_inner().unwrap_or_else(PoisonError::into_inner).found;
        }
        self.model.swap_parameters(&mut self.next);
        let log_scale = std::slice::from_mut(&mut self.log_scale);
        self.adam_of_scale.step(log_scale, &[-found.weights], rate, 0.0);
        Loss {
            data: scale * found.data,
            noise: scale * noise_weight * found.noise,
            accuracy: found.right as f64 / points.max(1) as f64,
        }
    }
}

#[cfg(test)]
mod tests;
