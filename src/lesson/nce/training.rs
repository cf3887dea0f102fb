//! The experiment: data and fresh noise, a logit for each, a step down the loss of NCE.
//!
//! `G = -E + c - log nu - log p_n`, all but where a mistake is made on purpose. A batch of data and
//! its nu times as many draws of noise may be more than one step of the lab can carry; then they are
//! gathered over several, and the parameters move when all are in.

use super::best::Best;
use super::family::FamilyLearner;
use super::network::NetworkLearner;
use super::picture;
use super::problem::Problem;
use crate::data::noise::Noise;
use crate::lab::Label;
use crate::lab::blueprint::{Source, Unusable};
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::View;
use crate::lesson::shared::history::History;
use crate::lesson::shared::recent::Recent;
use crate::math::rng::Rng;
use crate::objective::asymptotic;
use crate::objective::nce::{self, Mistakes};
use std::sync::Arc;

/// Points of a closed form that one step of the lab carries.
const POINTS: usize = 16_384;
/// Multiplications and additions of a network that one step of the lab carries.
const BUDGET: usize = 60_000_000;
/// Updates of a network from one look at the whole model to the next.
const EVERY: u64 = 4;
/// Updates from one set of noise dots in the plane to the next, and how many there are.
const DOTS_EVERY: u64 = 40;
const DOTS: usize = 160;
/// Cells of the histograms on a line.
pub(super) const CELLS: usize = 40;
/// What a histogram keeps from one update to the next: some fifty batches count.
const KEEP: f64 = 0.98;

/// Who learns.
#[derive(Clone, Debug)]
pub(super) enum Learner {
    Family(Box<FamilyLearner>),
    Network(Box<NetworkLearner>),
}

/// What is known before anything is trained, under the settings as they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) best: Option<Best>,
    pub(super) uncovered: f64,
    /// N Var of theta by the formula; none where a mistake is made.
    pub(super) n_var: Option<f64>,
}

/// A batch under way.
#[derive(Clone, Copy, Debug)]
struct Pending {
    data: usize,
    noise: usize,
    loss: f64,
    right: f64,
}

/// Where data (0) and noise (1) fell lately.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    pub(super) cells: [Vec<f64>; 2],
    /// With those that fell beyond the ends.
    pub(super) totals: [f64; 2],
}

/// A training in progress.
pub(super) struct Training {
    pub(super) settings: Settings,
    pub(super) problem: Arc<Problem>,
    pub(super) noise: Noise,
    pub(super) known: Known,
    pub(super) learner: Learner,
    pub(super) updates: u64,
    pending: Option<Pending>,
    /// Loss and accuracy of the last batches.
    pub(super) recent: Recent<[f64; 2]>,
    pub(super) tally: Tally,
    /// Noise in the plane, standardised.
    pub(super) dots: Vec<f64>,
    /// Updates, c, what it is held against.
    pub(super) history: History<3>,
    points: Vec<f64>,
    logits: Vec<f64>,
}

impl Training {
    pub(super) fn new(
        settings: &Settings,
        source: &Source,
        rng: &mut Rng,
    ) -> Result<Self, Unusable> {
        let problem = Arc::new(Problem::new(settings, source, rng)?);
        let learner = match &*problem {
            Problem::Line(line) => Learner::Family(Box::new(FamilyLearner::new(line))),
            Problem::Cloud(cloud) => Learner::Network(Box::new(NetworkLearner::new(cloud, rng))),
        };
        let mut training = Self {
            settings: settings.clone(),
            noise: problem.noise(settings),
            known: Known { best: None, uncovered: 0.0, n_var: None },
            learner,
            updates: 0,
            pending: None,
            recent: Recent::default(),
            tally: Tally { cells: [vec![0.0; CELLS], vec![0.0; CELLS]], totals: [0.0; 2] },
            dots: Vec::new(),
            history: History::new(),
            points: Vec::new(),
            logits: Vec::new(),
            problem,
        };
        training.know();
        Ok(training)
    }

    pub(super) fn mistakes(&self) -> Mistakes {
        Mistakes {
            averaged: self.settings.switch("averaged"),
            no_log_ratio: self.settings.switch("no_log_ratio"),
            no_noise_density: self.settings.switch("no_noise_density"),
        }
    }

    pub(super) fn batch(&self) -> usize {
        self.settings.count("batch").max(1)
    }

    fn noise_count(&self) -> usize {
        (self.settings.real("ratio") * self.batch() as f64).round().max(1.0) as usize
    }

    /// nu as whole numbers of points make it.
    pub(super) fn ratio(&self) -> f64 {
        self.noise_count() as f64 / self.batch() as f64
    }

    /// Works out what the settings decide.
    fn know(&mut self) {
        self.noise = self.problem.noise(&self.settings);
        let (ratio, mistakes) = (self.ratio(), self.mistakes());
        let n_var = match &*self.problem {
            Problem::Line(line) if mistakes == Mistakes::default() => {
                asymptotic::nce(line.family, line.theta, ratio, &self.noise).map(|c| c[(0, 0)])
            }
            _ => None,
        };
        self.known = Known {
            best: self.problem.best(&self.settings, ratio, mistakes.noise_weight(ratio)),
            uncovered: self.problem.uncovered(&self.settings),
            // A number that quadrature loses in rounding is none.
            n_var: n_var.filter(|v| *v > 0.0 && *v < 1e9),
        };
    }

    /// Forgets what a batch under way has gathered.
    fn drop_pending(&mut self) {
        self.pending = None;
        match &mut self.learner {
            Learner::Family(learner) => learner.clear(),
            Learner::Network(learner) => learner.clear(),
        }
    }

    /// How much of the batch under way is in, where there is one.
    pub(super) fn gathered(&self) -> Option<f64> {
        let left = self.pending.map(|p| p.data + p.noise)?;
        Some(1.0 - left as f64 / (self.batch() + self.noise_count()) as f64)
    }

    /// Takes so many points of one kind into the batch.
    fn gather(&mut self, is_data: bool, count: usize, rng: &mut Rng, pending: &mut Pending) {
        let d = self.problem.dimensions();
        self.points.resize(count * d, 0.0);
        if is_data {
            self.problem.fill(&mut self.points, rng);
        } else {
            self.noise.fill(&mut self.points, rng);
        }
        self.count(is_data);
        self.logits.resize(count, 0.0);
        let c = match &mut self.learner {
            Learner::Family(learner) => {
                let terms = self.logits.iter_mut().zip(&self.points);
                terms.for_each(|(e, x)| *e = learner.energy(*x));
                learner.at[1]
            }
            Learner::Network(learner) => {
                learner.energies(&self.points, &mut self.logits);
                learner.c
            }
        };
        let (ratio, mistakes) = (self.ratio(), self.mistakes());
        for (g, x) in self.logits.iter_mut().zip(self.points.chunks_exact(d)) {
            *g = c - *g + mistakes.offset(ratio, self.noise.log_density(x));
        }
        let weight = mistakes.noise_weight(ratio);
        let (data, noise) = self.logits.split_at_mut(if is_data { count } else { 0 });
        let loss = nce::loss(data, noise, weight);
        pending.right += loss.accuracy * count as f64;
        if is_data {
            // The loss is a mean over the data of this call, and the batch may have more of them.
            pending.loss += loss.data * count as f64;
            self.logits.iter_mut().for_each(|by| *by *= count as f64);
        } else {
            pending.loss += loss.noise;
        }
        match &mut self.learner {
            Learner::Family(learner) => {
                let weight = if is_data { 1.0 } else { weight };
                learner.gather(is_data, &self.points, &self.logits, weight);
            }
            Learner::Network(learner) => learner.gather(&self.logits),
        }
    }

    /// Puts the points into the histograms of a line, or keeps some for the plane.
    fn count(&mut self, is_data: bool) {
        let kind = usize::from(!is_data);
        if self.problem.dimensions() > 1 {
            if !is_data && (self.dots.is_empty() || self.updates.is_multiple_of(DOTS_EVERY)) {
                self.dots.clear();
                self.dots.extend(self.points.iter().take(2 * DOTS));
            }
            return;
        }
        let (low, high) = self.problem.interval();
        let scale = CELLS as f64 / (high - low);
        for x in &self.points {
            let at = (x - low) * scale;
            if at >= 0.0 && at < CELLS as f64 {
                self.tally.cells[kind][at as usize] += 1.0;
            }
        }
        self.tally.totals[kind] += self.points.len() as f64;
    }

    /// All points are in: the parameters move.
    fn update(&mut self, pending: Pending) -> Result<(), Diverged> {
        let (batch, rate) = (self.batch(), self.settings.real("learning_rate"));
        let loss = pending.loss / batch as f64;
        let accuracy = pending.right / (batch + self.noise_count()) as f64;
        if !loss.is_finite() {
            return Err(Diverged { why: "nce-lost" });
        }
        self.recent.push([loss, accuracy]);
        self.updates += 1;
        let step = self.updates as f64;
        let sane = match &mut self.learner {
            Learner::Family(learner) => {
                learner.update(rate);
                let exact = match &*self.problem {
                    Problem::Line(line) => -line.log_z,
                    Problem::Cloud(_) => f64::NAN,
                };
                self.history.push([step, learner.at[1], exact]);
                learner.is_sane()
            }
            Learner::Network(learner) => {
                learner.update(rate, batch);
                let looks = self.updates.is_multiple_of(EVERY) || self.updates < EVERY;
                if let (true, Problem::Cloud(cloud)) = (looks, &*self.problem) {
                    learner.look(cloud);
                    let look = &learner.look;
                    self.history.push([step, look.c, -look.log_z]);
                }
                learner.is_sane() && learner.look.log_z.is_finite()
            }
        };
        for kind in 0..2 {
            self.tally.totals[kind] *= KEEP;
            self.tally.cells[kind].iter_mut().for_each(|n| *n *= KEEP);
        }
        if sane { Ok(()) } else { Err(Diverged { why: "nce-lost" }) }
    }
}

impl Clone for Training {
    /// Without the buffers.
    fn clone(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            problem: Arc::clone(&self.problem),
            noise: self.noise.clone(),
            learner: self.learner.clone(),
            recent: self.recent.clone(),
            tally: self.tally.clone(),
            dots: self.dots.clone(),
            history: self.history.clone(),
            points: Vec::new(),
            logits: Vec::new(),
            ..*self
        }
    }
}

impl Experiment for Training {
    fn set(&mut self, param: Label, value: Value) {
        self.settings.set(param, value);
        // What was averaged belongs to other settings; the parameters go on from where they are.
        if let Learner::Family(learner) = &mut self.learner {
            learner.average = super::average::Average::default();
        }
        if param == "learning_rate" {
            return;
        }
        self.drop_pending();
        self.recent = Recent::default();
        if matches!(param, "noise" | "width" | "shift") {
            self.tally.totals[1] = 0.0;
            self.tally.cells[1].fill(0.0);
            self.dots.clear();
        }
        self.know();
    }

    fn step(&mut self, rng: &mut Rng) -> Result<(), Diverged> {
        let mut room = match &self.learner {
            Learner::Family(_) => POINTS,
            Learner::Network(learner) => BUDGET / learner.cost(),
        };
        let (data, noise) = (self.batch(), self.noise_count());
        let fresh = Pending { data, noise, loss: 0.0, right: 0.0 };
        let mut pending = self.pending.take().unwrap_or(fresh);
        while room > 0 && pending.data + pending.noise > 0 {
            let is_data = pending.data > 0;
            let left = if is_data { &mut pending.data } else { &mut pending.noise };
            let count = room.min(*left);
            *left -= count;
            room -= count;
            self.gather(is_data, count, rng, &mut pending);
        }
        if pending.data + pending.noise > 0 {
            self.pending = Some(pending);
            return Ok(());
        }
        self.update(pending)
    }

    fn view(&self) -> View {
        picture::view(self)
    }

    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}
