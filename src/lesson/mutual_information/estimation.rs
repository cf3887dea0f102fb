//! The experiment: a fresh batch of pairs a step, scored by the critic, read by every estimator; then
//! the critic learns from it. Beside it, a few rows among N candidates, N going round a ladder.

use super::critic::{Critic, Pairs, Room};
use super::gaussians::Gaussians;
use super::law::Law;
use super::picture;
use super::scores::Scores;
use super::track::Track;
use crate::lab::Label;
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::View;
use crate::lesson::shared::history::History;
use crate::math::rng::Rng;
use crate::objective::mutual_information::{Bound, Estimates, Row};
use std::sync::Arc;

/// The numbers of candidates of the ladder.
pub(super) const LADDER: [usize; 10] = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];
/// Rows of a visit to a rung, where there are so many.
const ROWS: usize = 16;
/// Visits to each rung until the ladder counts as filled.
const VISITS: u64 = 48;
/// Batches that count while the critic learns, and visits to a rung.
const WINDOWS: (usize, usize) = (100, 24);
/// Batches of which a curve over the steps shows the mean: enough to tell the curves apart, few enough
/// to show which of them scatter.
const DRAWN: usize = 10;
/// Rows of a batch whose strangers go into the histogram.
const SHOWN_ROWS: usize = 4;

/// The quantities of a batch.
pub(super) const INFO_NCE: usize = 0;
pub(super) const NWJ: usize = 1;
pub(super) const DV: usize = 2;
pub(super) const NCE: usize = 3;
pub(super) const PLUG_IN: usize = 4;
pub(super) const MASS: usize = 5;

/// What is known without a draw.
#[derive(Debug)]
pub(super) struct Theory {
    pub(super) law: Law,
    /// The bound by NCE on average, true critic, at each rung of the ladder.
    pub(super) nce_by_count: [f64; LADDER.len()],
}

/// Estimates in progress.
pub(super) struct Estimation {
    pub(super) settings: Settings,
    pub(super) pairs: Gaussians,
    pub(super) theory: Arc<Theory>,
    pub(super) critic: Critic,
    /// What the bound by NCE is on average, where it is known: of the true critic, with the constant
    /// that is added to all scores.
    pub(super) nce_mean: Option<f64>,
    /// All batches under these settings.
    pub(super) track: Track<6>,
    /// InfoNCE at each rung.
    pub(super) rungs: Vec<Track<1>>,
    pub(super) scores: Scores,
    /// Batch, then the four estimates as the curves show them.
    pub(super) history: History<5>,
    drawn: Track<6>,
    steps: u64,
    visits: u64,
    room: Buffers,
}

/// What a step works in.
#[derive(Default)]
struct Buffers {
    x: Vec<f64>,
    y: Vec<f64>,
    scores: Vec<f64>,
    rows: Vec<Row>,
    row: Vec<f64>,
    critic: Room,
}

impl Clone for Estimation {
    /// Without the buffers.
    fn clone(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            theory: Arc::clone(&self.theory),
            critic: self.critic.clone(),
            track: self.track.clone(),
            rungs: self.rungs.clone(),
            scores: self.scores.clone(),
            history: self.history.clone(),
            drawn: self.drawn.clone(),
            room: Buffers::default(),
            ..*self
        }
    }
}

impl Estimation {
    pub(super) fn new(settings: &Settings, rng: &mut Rng) -> Self {
        let pairs = Gaussians {
            dimension: settings.count("dimension"),
            correlation: settings.real("correlation"),
        };
        let law = Law::new(pairs);
        let nce_by_count = LADDER.map(|count| law.nce(count, 0.0));
        let critic = Critic::new(pairs, settings, rng);
        let rung = Track::new(critic.learns().then_some(WINDOWS.1));
        let mut estimation = Self {
            settings: settings.clone(),
            pairs,
            theory: Arc::new(Theory { law, nce_by_count }),
            nce_mean: None,
            track: Track::new(critic.learns().then_some(WINDOWS.0)),
            drawn: Track::new(Some(DRAWN)),
            rungs: vec![rung; LADDER.len()],
            scores: Scores::new(pairs),
            history: History::new(),
            critic,
            steps: 0,
            visits: 0,
            room: Buffers::default(),
        };
        estimation.nce_mean = estimation.find_nce_mean();
        estimation
    }

    fn find_nce_mean(&self) -> Option<f64> {
        let (offset, tilt) = self.offsets();
        let known = !self.critic.learns() && tilt == 0.0;
        known.then(|| self.theory.law.nce(self.batch(), offset))
    }

    pub(super) fn batch(&self) -> usize {
        self.settings.count("batch")
    }

    /// The error that is made on purpose: the constant and the factor of a row's first coordinate.
    pub(super) fn offsets(&self) -> (f64, f64) {
        if self.critic.learns() {
            return (0.0, 0.0);
        }
        (self.settings.real("offset"), self.settings.real("row_offset"))
    }

    /// What share of the ladder's first round of visits is done.
    pub(super) fn filled(&self) -> f64 {
        (self.visits as f64 / (VISITS * LADDER.len() as u64) as f64).min(1.0)
    }

    fn bound(&self) -> Bound {
        match self.settings.choice("train") {
            "nwj" => Bound::Nwj,
            "dv" => Bound::DonskerVaradhan,
            "nce" => Bound::Nce,
            _ => Bound::InfoNce,
        }
    }

    /// Draws `count` pairs and scores the first `rows` x with every y.
    fn score(&mut self, count: usize, rows: usize, rng: &mut Rng) {
        let d = self.pairs.dimension;
        let room = &mut self.room;
        room.x.resize(rows * d, 0.0);
        room.y.resize(count * d, 0.0);
        self.pairs.draw(&mut room.x, &mut room.y[..rows * d], rng);
        // The other candidates: y of pairs whose x nobody asks for.
        self.pairs.draw_alone(&mut room.y[rows * d..], rng);
        let pairs = Pairs { dimension: d, x: &room.x, y: &room.y };
        self.critic.score(&pairs, &mut room.scores, &mut room.critic);
        room.rows.clear();
        for (i, scores) in room.scores.chunks_exact(count).enumerate() {
            room.rows.push(Row::of(scores, i, &mut room.row));
        }
    }

    /// A visit to the next rung of the ladder.
    fn visit(&mut self, rng: &mut Rng) {
        let at = (self.visits % LADDER.len() as u64) as usize;
        self.visits += 1;
        self.score(LADDER[at], LADDER[at].min(ROWS), rng);
        self.rungs[at].push([Estimates::of(&self.room.rows).info_nce]);
    }
}

impl Experiment for Estimation {
    fn set(&mut self, param: Label, value: Value) {
        self.settings.set(param, value);
        if let Critic::True { form, tilt } = &mut self.critic {
            form[3] = self.pairs.information() + self.settings.real("offset");
            *tilt = self.settings.real("row_offset");
        }
        let learns = self.critic.learns();
        let meant = match param {
            "batch" => true,
            "offset" | "row_offset" => !learns,
            _ => false,
        };
        if meant {
            self.track = Track::new(learns.then_some(WINDOWS.0));
            self.drawn = Track::new(Some(DRAWN));
            self.nce_mean = self.find_nce_mean();
        }
        // InfoNCE by N does not depend on any of these; the histogram does on the scores.
        if meant && param != "batch" {
            self.scores = Scores::new(self.pairs);
        }
    }

    fn step(&mut self, rng: &mut Rng) -> Result<(), Diverged> {
        let batch = self.batch();
        self.score(batch, batch, rng);
        let found = Estimates::of(&self.room.rows);
        let mass = found.log_mass.exp();
        let Estimates { info_nce, nwj, donsker_varadhan: dv, nce, plug_in, .. } = found;
        let values = [info_nce, nwj, dv, nce, plug_in, mass];
        self.track.push(values);
        self.drawn.push(values);
        self.steps += 1;
        let step = self.steps as f64;
        let curves = [INFO_NCE, NWJ, DV, NCE].map(|k| self.drawn.mean(k).0);
        self.history.push([step, curves[0], curves[1], curves[2], curves[3]]);
        self.scores.fade();
        for (i, scores) in self.room.scores.chunks_exact(batch).enumerate() {
            let strangers = if i < SHOWN_ROWS { scores } else { &[] };
            self.scores.count(scores[i], strangers, i);
        }
        if self.critic.learns() {
            let (bound, rate) = (self.bound(), self.settings.real("learning_rate"));
            let room = &mut self.room;
            bound.descent(&mut room.scores, &room.rows, &mut room.row);
            let pairs = Pairs { dimension: self.pairs.dimension, x: &room.x, y: &room.y };
            if !self.critic.learn(&pairs, &room.scores, rate, &mut room.critic) {
                return Err(Diverged { why: "critic-lost" });
            }
        }
        self.visit(rng);
        Ok(())
    }

    fn view(&self) -> View {
        picture::view(self)
    }

    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}
