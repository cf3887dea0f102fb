//! The experiment: each step draws N pairs and takes one step of Adam on the loss of CLIP and one on
//! that of SigLIP, for two sets of towers that began alike; every few steps both are tried on
//! held-out pairs. Where the sweep is on, a step goes to it instead, until it is done.

use super::baseline::Baseline;
use super::ground::{Draw, Ground};
use super::picture;
use super::retrieval::{Look, look};
use super::sweep::Sweep;
use super::towers::{Learning, Loss, Towers, Workshop, encoders};
use crate::lab::Label;
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::View;
use crate::lesson::shared::history::History;
use crate::math::rng::Rng;
use crate::math::statistics::mean_and_error;
use rand::Rng as _;
use std::sync::Arc;

/// Updates from one look at the held-out pairs to the next.
const EVERY: u64 = 10;
/// Updates from one set of pictures to the next: what keeps changing cannot be looked at.
const PICTURES_EVERY: u64 = 50;

/// What the last look saw.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// Of CLIP and of SigLIP.
    pub(super) looks: [Look; 2],
    /// Losses over the updates since the look before, with errors.
    pub(super) losses: [(f64, f64); 2],
}

/// A count of something a batch, over all batches so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Tally {
    fn push(&mut self, value: f64) {
        self.count += 1.0;
        self.sum += value;
        self.squares += value * value;
    }

    /// The mean and its standard error, once there are two.
    pub(super) fn mean(&self) -> Option<(f64, f64)> {
        let mean = self.sum / self.count;
        let variance = (self.squares - self.count * mean * mean) / (self.count - 1.0);
        (self.count > 1.0).then(|| (mean, (variance.max(0.0) / self.count).sqrt()))
    }
}

/// A training in progress.
pub(super) struct Training {
    pub(super) settings: Settings,
    pub(super) ground: Arc<Ground>,
    pub(super) baseline: Arc<Baseline>,
    order: Vec<u16>,
    /// By CLIP and by SigLIP.
    pub(super) towers: [Towers; 2],
    workshop: Option<Workshop>,
    losses: [Vec<f64>; 2],
    pub(super) seen: Arc<Seen>,
    /// For each picture shown what CLIP and what SigLIP found, a little older than `seen`.
    pub(super) found: Arc<[Vec<(usize, usize)>; 2]>,
    /// Update; share found and its error, by CLIP and by SigLIP.
    pub(super) course: History<5>,
    /// Update; t' of both, b, the mean logit of pairs that do not belong together.
    pub(super) path: History<5>,
    pub(super) false_negatives: Tally,
    pub(super) updates: u64,
    pub(super) sweep: Sweep,
    sweep_seed: u64,
}

/// -log(N - 1): the logit of a pair of which nothing is known.
pub(super) fn blind_logit(batch: usize) -> f64 {
    // Adding 0 takes the sign of a zero away.
    -(batch.max(2) as f64 - 1.0).ln() + 0.0
}

fn start_of_bias(settings: &Settings) -> f64 {
    match settings.choice("bias") {
        "balanced" => blind_logit(settings.count("batch")),
        "zero" => 0.0,
        _ => -10.0,
    }
}

impl Training {
    pub(super) fn new(settings: &Settings, rng: &mut Rng) -> Self {
        let ground = Ground::new(settings.choice("pairs"), rng);
        let sweep_seed = rng.next_u64();
        let shape = (settings.count("width"), settings.count("dimension"));
        let start = encoders(ground.widths, shape, rng);
        let (scale, bias) = (settings.real("scale"), start_of_bias(settings));
        let towers = [Loss::Clip, Loss::Siglip].map(|loss| Towers::new(loss, &start, scale, bias));
        let mut shop = Workshop::new();
        let looks = towers.each_ref().map(|t| look(&ground, t, &mut shop));
        let found = looks.each_ref().map(|l| l.found.clone());
        let mut training = Self {
            settings: settings.clone(),
            baseline: Arc::new(Baseline::new(&ground)),
            order: ground.order(),
            ground: Arc::new(ground),
            towers,
            workshop: Some(shop),
            losses: Default::default(),
            seen: Arc::new(Seen { looks, losses: [(f64::NAN, f64::NAN); 2] }),
            found: Arc::new(found),
            course: History::new(),
            path: History::new(),
            false_negatives: Tally::default(),
            updates: 0,
            sweep: Sweep::new(sweep_seed),
            sweep_seed,
        };
        training.note();
        training.walk();
        training
    }

    /// Whether steps go to the sweep.
    pub(super) fn sweeping(&self) -> bool {
        self.settings.switch("sweep") && !self.sweep.finished()
    }

    /// The mean logit of held-out pairs that do not belong together, by SigLIP.
    pub(super) fn mean_logit(&self) -> f64 {
        self.towers[1].scale() * self.seen.looks[1].apart + self.towers[1].bias()
    }

    fn note(&mut self) {
        let [clip, siglip] = self.seen.looks.each_ref().map(Look::main);
        self.course.push([self.updates as f64, clip.0, clip.1, siglip.0, siglip.1]);
    }

    fn walk(&mut self) {
        let [clip, siglip] = &self.towers;
        let logs = [clip.scale().ln(), siglip.scale().ln()];
        self.path.push([self.updates as f64, logs[0], logs[1], siglip.bias(), self.mean_logit()]);
    }

    fn update(&mut self, shop: &mut Workshop, rng: &mut Rng) -> Result<(), Diverged> {
        let settings = &self.settings;
        let how = Draw { count: settings.count("batch"), matched: settings.switch("matched") };
        self.ground.draw(how, &mut self.order, rng, &mut shop.batch);
        if self.ground.captions.is_some() {
            self.false_negatives.push(self.ground.false_negatives(&shop.batch));
        }
        let learning = Learning {
            rate: settings.real("learning_rate"),
            encoders: settings.switch("encoders"),
            scale: settings.switch("learn_scale"),
            bias: settings.switch("learn_bias"),
        };
        for (towers, losses) in self.towers.iter_mut().zip(&mut self.losses) {
            losses.push(towers.update(shop, learning).ok_or(Diverged { why: "towers-lost" })?);
        }
        self.updates += 1;
        Ok(())
    }

    fn look(&mut self, shop: &mut Workshop) {
        let losses = self.losses.each_ref().map(|all| mean_and_error(all));
        let looks = self.towers.each_ref().map(|t| look(&self.ground, t, shop));
        if self.updates.is_multiple_of(PICTURES_EVERY) {
            self.found = Arc::new(looks.each_ref().map(|l| l.found.clone()));
        }
        self.seen = Arc::new(Seen { looks, losses });
        self.losses.iter_mut().for_each(Vec::clear);
        self.note();
    }
}

impl Clone for Training {
    fn clone(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            ground: Arc::clone(&self.ground),
            baseline: Arc::clone(&self.baseline),
            order: self.order.clone(),
            towers: self.towers.clone(),
            workshop: None,
            losses: self.losses.clone(),
            seen: Arc::clone(&self.seen),
            found: Arc::clone(&self.found),
            course: self.course.clone(),
            path: self.path.clone(),
            sweep: self.sweep.clone(),
            ..*self
        }
    }
}

impl Experiment for Training {
    fn set(&mut self, param: Label, value: Value) {
        self.settings.set(param, value);
        if param == "learning_rate" {
            // What the sweep found at another rate says nothing about this one.
            self.sweep = Sweep::new(self.sweep_seed);
        }
    }

    fn step(&mut self, rng: &mut Rng) -> Result<(), Diverged> {
        let mut shop = self.workshop.take().unwrap_or_else(Workshop::new);
        if self.sweeping() {
            self.sweep.advance(&self.settings, &mut shop);
        } else {
            self.update(&mut shop, rng)?;
            if self.updates.is_multiple_of(EVERY) {
                self.look(&mut shop);
            }
            self.walk();
        }
        self.workshop = Some(shop);
        Ok(())
    }

    fn view(&self) -> View {
        picture::view(self)
    }

    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}
