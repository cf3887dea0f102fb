//! The experiment: a batch of pairs, scores of all with all, a step down InfoNCE.

use super::critic::{Similarity, Slopes, contrast, retrieval};
use super::even;
use super::held_out::HeldOut;
use super::learner::{Body, Learner, Seen};
use super::picture;
use super::world::{Pairs, World};
use crate::lab::Label;
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::View;
use crate::lesson::shared::history::History;
use crate::lesson::shared::recent::Recent;
use crate::math::all_pairs::Pace;
use crate::math::rng::Rng;
use crate::objective::alignment_uniformity::{alignment, uniformity};
use crate::objective::unit_rows::UnitRows;
use std::sync::Arc;

/// Steps from one look at the held-out pairs to the next.
const EVERY: u64 = 10;
/// Held-out pairs, in rounds of sixteen.
const ROUNDS: usize = 64;

/// What a batch says, in nats, shares and squared lengths.
#[derive(Clone, Copy, Debug)]
pub(super) struct Batch {
    pub(super) loss: f64,
    /// What the loss is held against: that of the true ratio on the same pairs, or of even points.
    pub(super) reference: f64,
    pub(super) accuracy: f64,
    pub(super) alignment: f64,
    pub(super) uniformity: f64,
    /// The share of the push that the hardest negative takes, mean over the rows.
    pub(super) hardest: f64,
}

/// Pairs that are met, whose scores are known.
pub(super) struct Scene {
    pub(super) seen: Seen,
    /// N by N: similarities, then divided by the temperature and with the row constant.
    pub(super) similarities: Vec<f64>,
    pub(super) scores: Vec<f64>,
    pub(super) count: usize,
}

/// A training in progress.
pub(super) struct Training {
    pub(super) settings: Settings,
    pub(super) world: World,
    pub(super) learner: Learner,
    held_out: Option<Arc<HeldOut>>,
    /// Mean and error of the share found among held-out pairs.
    pub(super) recall: Option<(f64, f64)>,
    /// The hidden directions of the batch.
    pub(super) pairs: Pairs,
    pub(super) recent: Recent<Batch>,
    /// Steps, loss, its reference, uniformity.
    pub(super) history: History<4>,
    pub(super) steps: u64,
    slopes: Slopes,
    room: Vec<f64>,
}

impl Training {
    pub(super) fn new(settings: &Settings, rng: &mut Rng) -> Self {
        let dimension = if settings.choice("space") == "circle" { 2 } else { 3 };
        let world = World::new(dimension, settings.real("kappa"), settings.real("turn"));
        let mut learner = Learner::new(settings, &world, rng);
        let mut pairs = Pairs::default();
        let held_out = match learner.body {
            Body::Points => None,
            Body::Network(_) => Some(Arc::new(HeldOut::new(&world, ROUNDS, rng))),
        };
        if held_out.is_some() {
            world.draw(settings.count("batch"), rng, &mut pairs);
            pairs.sort(dimension);
            learner.embed(&world, &pairs, rng);
        }
        let mut training = Self {
            settings: settings.clone(),
            world,
            learner,
            held_out,
            recall: None,
            pairs,
            recent: Recent::default(),
            history: History::new(),
            steps: 0,
            slopes: Slopes::default(),
            room: Vec::new(),
        };
        training.look();
        if let Some(batch) = training.scene().and_then(|scene| training.batch(&scene)) {
            training.take(batch);
        }
        training
    }

    /// Whether the points themselves are learned: the same pairs at every step.
    pub(super) fn is_points(&self) -> bool {
        matches!(self.learner.body, Body::Points)
    }

    pub(super) fn symmetric(&self) -> bool {
        self.settings.switch("symmetric")
    }

    pub(super) fn temperature(&self) -> f64 {
        1.0 / self.learner.scale()
    }

    /// The share that the true ratio finds among the held-out pairs.
    pub(super) fn best_recall(&self) -> Option<f64> {
        self.held_out.as_ref().map(|h| h.best)
    }

    /// The query whose row is looked at.
    pub(super) fn anchor(&self, count: usize) -> usize {
        (self.settings.count("anchor").max(1) - 1) % count
    }

    fn look(&mut self) {
        self.recall = self.held_out.as_ref().and_then(|h| h.recall(&self.learner));
    }

    /// Scores of the pairs as they stand; none where a vector has no direction.
    pub(super) fn scene(&self) -> Option<Scene> {
        let raw = &self.learner.raw;
        let count = raw.u.len() / self.world.dimension;
        let seen = self.learner.seen(raw).ok()?;
        let mut similarities = Vec::with_capacity(count * count);
        self.learner.critic.similarities(seen.u(raw), seen.v(raw), &mut similarities);
        let scale = self.learner.scale();
        let mut scores: Vec<f64> = similarities.iter().map(|s| scale * s).collect();
        let (anchor, lift) = (self.anchor(count), self.settings.real("row_constant"));
        scores[anchor * count..][..count].iter_mut().for_each(|s| *s += lift);
        Some(Scene { seen, similarities, scores, count })
    }

    /// What the pairs say; none where a number is not finite.
    fn batch(&self, scene: &Scene) -> Option<Batch> {
        let count = scene.count;
        let mut scores = scene.scores.clone();
        let loss = contrast(&mut scores, count, self.symmetric(), &mut Vec::new());
        if !loss.is_finite() {
            return None;
        }
        let raw = &self.learner.raw;
        let directions = |rows: &[f64]| UnitRows::new(rows.to_vec(), self.world.dimension).ok();
        let (u, v) = (directions(&raw.u)?, directions(&raw.v)?);
        Some(Batch {
            loss,
            reference: self.reference(count).unwrap_or(f64::NAN),
            accuracy: retrieval(&scene.scores, count),
            alignment: alignment(&u, &v).loss,
            uniformity: uniformity(&u, &Pace::new(1)).map_or(f64::NAN, |found| found.loss),
            hardest: hardest(&scene.scores, count),
        })
    }

    /// What the loss is held against.
    fn reference(&self, count: usize) -> Option<f64> {
        let similarity = self.learner.critic.similarity;
        if self.is_points() {
            let temperature = self.temperature() / similarity.steepness();
            return even::loss(self.world.dimension, count, temperature)
                .filter(|_| similarity != Similarity::Bilinear);
        }
        let mut scores = Vec::with_capacity(count * count);
        self.world.log_ratios(&self.pairs.u, &self.pairs.v, &mut scores);
        Some(contrast(&mut scores, count, self.symmetric(), &mut Vec::new()))
    }

    fn take(&mut self, batch: Batch) {
        self.recent.push(batch);
        let Batch { loss, reference, uniformity, .. } = batch;
        self.history.push([self.steps as f64, loss, reference, uniformity]);
    }

    /// How far loss and derivatives move when the anchor's row is lifted: by the row constant, or by
    /// ten where there is none.
    pub(super) fn invariance(&self, scene: &Scene) -> f64 {
        let (count, lift) = (scene.count, self.settings.real("row_constant"));
        let mut lifted = scene.scores.clone();
        let mut plain = scene.scores.clone();
        let row = self.anchor(count) * count..(self.anchor(count) + 1) * count;
        if lift == 0.0 {
            lifted[row].iter_mut().for_each(|s| *s += 10.0);
        } else {
            plain[row].iter_mut().for_each(|s| *s -= lift);
        }
        let mut room = Vec::new();
        let before = contrast(&mut plain, count, self.symmetric(), &mut room);
        let after = contrast(&mut lifted, count, self.symmetric(), &mut room);
        let slopes = plain.iter().zip(&lifted).map(|(a, b)| (a - b).abs());
        slopes.fold((after - before).abs(), f64::max)
    }

    /// How many numbers are learned.
    pub(super) fn parameters(&self) -> usize {
        self.learner.parameters(&self.settings)
    }
}

/// The share of a row's push that its hardest negative takes: `max_j p_ij / (1 - p_ii)`, mean over
/// the rows; NaN where there is no negative.
fn hardest(scores: &[f64], count: usize) -> f64 {
    if count < 2 {
        return f64::NAN;
    }
    let rows = scores.chunks_exact(count).enumerate();
    let shares = rows.map(|(i, row)| {
        let others = || row.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, s)| *s);
        let top = others().fold(f64::NEG_INFINITY, f64::max);
        1.0 / others().map(|s| (s - top).exp()).sum::<f64>()
    });
    shares.sum::<f64>() / count as f64
}

impl Clone for Training {
    /// Without the buffers.
    fn clone(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            world: self.world.clone(),
            learner: self.learner.clone(),
            held_out: self.held_out.clone(),
            pairs: self.pairs.clone(),
            recent: self.recent.clone(),
            history: self.history.clone(),
            slopes: Slopes::default(),
            room: Vec::new(),
            ..*self
        }
    }
}

impl Experiment for Training {
    fn set(&mut self, param: Label, value: Value) {
        self.settings.set(param, value);
        match param {
            "temperature" => self.learner.set_temperature(self.settings.real("temperature")),
            "learn_temperature" if !self.settings.switch("learn_temperature") => {
                self.learner.set_temperature(self.settings.real("temperature"));
            }
            "similarity" => {
                self.learner.critic.similarity =
                    Similarity::from_id(self.settings.choice("similarity"));
                self.look();
            }
            _ => {}
        }
        // What was averaged belongs to other settings.
        if !matches!(param, "anchor" | "learning_rate") {
            self.recent = Recent::default();
            if let Some(batch) = self.scene().and_then(|scene| self.batch(&scene)) {
                self.recent.push(batch);
            }
        }
    }

    fn step(&mut self, rng: &mut Rng) -> Result<(), Diverged> {
        if !self.is_points() {
            self.world.draw(self.settings.count("batch"), rng, &mut self.pairs);
            self.pairs.sort(self.world.dimension);
            self.learner.embed(&self.world, &self.pairs, rng);
        }
        let scene = self.scene().ok_or(Diverged { why: "no-direction" })?;
        let batch = self.batch(&scene).ok_or(Diverged { why: "scores-lost" })?;
        self.steps += 1;
        self.take(batch);
        let (count, symmetric) = (scene.count, self.symmetric());
        let mut by = scene.scores;
        if self.settings.switch("no_push") {
            // Only the own candidate pulls, as hard as it would alone.
            by.fill(0.0);
            by.iter_mut().step_by(count + 1).for_each(|g| *g = -1.0 / count as f64);
        } else {
            contrast(&mut by, count, symmetric, &mut self.room);
        }
        let (seen, similarities) = (&scene.seen, &scene.similarities);
        self.learner.update(seen, similarities, &mut by, &self.settings, &mut self.slopes);
        if self.steps.is_multiple_of(EVERY) {
            self.look();
        }
        Ok(())
    }

    fn view(&self) -> View {
        picture::view(self)
    }

    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}
