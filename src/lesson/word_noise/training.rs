//! The experiment: a language model learned from one batch a step, and beside it a twin that learns
//! by the full softmax and has made as many multiply-adds.

use super::neighbours::Neighbours;
use super::picture;
use crate::data::unigram::Unigram;
use crate::data::vocabulary::LimitedText;
use crate::data::words::Corpus;
use crate::lab::Label;
use crate::lab::blueprint::Source;
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::View;
use crate::lesson::shared::history::History;
use crate::math::rng::{Rng, stream};
use crate::math::statistics::mean_and_error;
use crate::model::log_bilinear::{LogBilinear, Sizes};
use crate::objective::language_model::evaluation::{deviation, evaluate, perplexity};
use crate::objective::language_model::{Objective, Report, Trainer, Update, operations};
use rand::Rng as _;
use std::sync::Arc;

/// Updates from one look at the held-out words to the next, past the first few.
const EVERY: u64 = 20;
/// The first few: a curve over a logarithmic axis has its beginning there.
const EARLY: [u64; 4] = [1, 2, 5, 10];
/// Looks from one list of neighbours to the next: faster than that nobody reads.
const LIST_EVERY: u64 = 3;
/// Multiply-adds of a look, which fewer words keep it to, but not fewer than these.
const LOOK_BUDGET: usize = 60_000_000;
const FEWEST_LOOKED_AT: usize = 300;
const MOST_LOOKED_AT: usize = 1_500;
/// A mean of -log p beyond this is a model that is lost: guessing among 3,000 words costs 8.
const LOST: f64 = 30.0;

/// What the last look at the held-out words saw.
#[derive(Clone, Debug)]
pub(super) struct Look {
    /// Value and one standard error of each.
    pub(super) perplexity: (f64, f64),
    pub(super) twin: (f64, f64),
    pub(super) log_z_mean: (f64, f64),
    pub(super) log_z_spread: (f64, f64),
    /// log Z of each context.
    pub(super) log_z: Vec<f64>,
}

/// A training in progress.
#[derive(Clone)]
pub(super) struct Training {
    pub(super) settings: Settings,
    pub(super) corpus: Arc<Corpus>,
    pub(super) text: Arc<LimitedText>,
    noise: Arc<Unigram>,
    /// The held-out words that are looked at, always the same.
    pub(super) places: Arc<Vec<usize>>,
    /// What the unigram distribution reaches on them.
    pub(super) unigram: f64,
    pub(super) trainer: Trainer,
    /// What the full softmax makes of the same number of multiply-adds; none where it is the method.
    twin: Option<Trainer>,
    twin_rng: Rng,
    twin_moved: bool,
    /// Multiply-adds so far.
    pub(super) spent: u64,
    twin_spent: u64,
    pub(super) updates: u64,
    /// Words learned from so far, each time they were.
    pub(super) met: u64,
    pub(super) latest: Option<Report>,
    pub(super) look: Arc<Look>,
    pub(super) lowest: f64,
    /// Multiply-adds, perplexity, the twin's.
    pub(super) history: History<3>,
    pub(super) neighbours: Arc<Neighbours>,
}

impl Training {
    pub(super) fn new(settings: &Settings, source: &Source, rng: &mut Rng) -> Self {
        let corpus = match source {
            Source::Text(corpus) => Arc::clone(corpus),
            _ => Arc::clone(Corpus::alice()),
        };
        let text = LimitedText::new(&corpus, settings.count("vocabulary"));
        let sizes = Sizes {
            vocabulary: text.size,
            dimension: settings.count("dimension"),
            context: settings.count("context"),
        };
        let places = places(&text, sizes);
        let model = LogBilinear::new(sizes, rng);
        let twin = (settings.choice("method") != "softmax").then(|| Trainer::new(model.clone()));
        let twin_rng = stream(rng.next_u64(), 0);
        let mut training = Self {
            settings: settings.clone(),
            noise: Arc::new(noise(&text, settings.real("alpha"))),
            unigram: unigram_perplexity(&text, &places),
            corpus,
            text: Arc::new(text),
            places: Arc::new(places),
            trainer: Trainer::new(model),
            twin,
            twin_rng,
            twin_moved: true,
            spent: 0,
            twin_spent: 0,
            updates: 0,
            met: 0,
            latest: None,
            look: Arc::new(Look {
                perplexity: (f64::NAN, f64::NAN),
                twin: (f64::NAN, f64::NAN),
                log_z_mean: (f64::NAN, f64::NAN),
                log_z_spread: (f64::NAN, f64::NAN),
                log_z: Vec::new(),
            }),
            lowest: f64::INFINITY,
            history: History::new(),
            neighbours: Arc::default(),
        };
        // At the start all words score nearly alike: there is nothing to be lost yet.
        let _ = training.look();
        training.list();
        training
    }

    pub(super) fn objective(&self) -> Objective {
        match self.settings.choice("method") {
            "softmax" => Objective::Softmax,
            "ranking" => Objective::Ranking,
            "negative-sampling" => Objective::NegativeSampling,
            _ => Objective::Nce,
        }
    }

    fn update(&self, objective: Objective) -> Update {
        Update {
            objective,
            negatives: self.settings.count("negatives").max(1),
            batch: self.settings.count("batch").max(1),
            rate: self.settings.real("learning_rate") as f32,
            decay: self.settings.real("decay") as f32,
        }
    }

    /// Multiply-adds of one update by an objective with a vocabulary of this size.
    pub(super) fn cost(&self, objective: Objective, vocabulary: usize) -> u64 {
        let sizes = Sizes { vocabulary, ..self.trainer.model.sizes() };
        let update = self.update(objective);
        update.batch as u64 * operations(sizes, objective, update.negatives)
    }

    /// Lets the twin catch up, as far as whole updates go.
    fn step_twin(&mut self) {
        let cost = self.cost(Objective::Softmax, self.text.size);
        let update = self.update(Objective::Softmax);
        let Some(twin) = &mut self.twin else { return };
        while self.twin_spent + cost <= self.spent {
            let report = twin.step(&self.text.training, &self.noise, update, &mut self.twin_rng);
            self.twin_spent += report.operations;
            self.twin_moved = true;
        }
    }

    /// Looks at the held-out words.
    fn look(&mut self) -> Result<(), Diverged> {
        let found = evaluate(&self.trainer.model, &self.text.held_out, &self.places);
        let own = perplexity(&found.nll);
        if !is_whole(own) {
            return Err(Diverged { why: "scores-lost" });
        }
        let twin = match &self.twin {
            Some(twin) if self.twin_moved => {
                let found = evaluate(&twin.model, &self.text.held_out, &self.places);
                let twin = perplexity(&found.nll);
                if is_whole(twin) { twin } else { (f64::NAN, f64::NAN) }
            }
            _ => self.look.twin,
        };
        self.twin_moved = false;
        self.look = Arc::new(Look {
            perplexity: own,
            twin,
            log_z_mean: mean_and_error(&found.log_z),
            log_z_spread: deviation(&found.log_z),
            log_z: found.log_z,
        });
        self.lowest = self.lowest.min(own.0);
        Ok(())
    }

    /// Lists the neighbours of the word that was typed.
    fn list(&mut self) {
        let word = self.settings.word("word");
        let model = &self.trainer.model;
        self.neighbours = Arc::new(Neighbours::of(word.as_str(), &self.corpus, &self.text, model));
    }
}

fn is_whole(perplexity: (f64, f64)) -> bool {
    perplexity.0.is_finite() && perplexity.0.ln() < LOST
}

/// Held-out words with a whole context before them, spread evenly over the part.
fn places(text: &LimitedText, sizes: Sizes) -> Vec<usize> {
    let there = text.held_out.len().saturating_sub(sizes.context);
    let affordable = LOOK_BUDGET / (sizes.vocabulary * (sizes.dimension + 1));
    let count = affordable.clamp(FEWEST_LOOKED_AT, MOST_LOOKED_AT).min(there);
    (0..count).map(|i| sizes.context + i * there / count).collect()
}

/// The text has two words at least and every word was counted: there is always a noise.
fn noise(text: &LimitedText, alpha: f64) -> Unigram {
    Unigram::new(&text.counts, alpha).unwrap_or_else(|| unreachable!("a text has words"))
}

fn unigram_perplexity(text: &LimitedText, places: &[usize]) -> f64 {
    let log_q = noise(text, 1.0);
    let nll: Vec<f64> = places.iter().map(|p| -log_q.log_q()[text.held_out[*p] as usize]).collect();
    perplexity(&nll).0
}

impl Experiment for Training {
    fn set(&mut self, param: Label, value: Value) {
        self.settings.set(param, value);
        match param {
            "alpha" => {
                self.noise = Arc::new(noise(&self.text, self.settings.real("alpha")));
            }
            "word" => self.list(),
            _ => {}
        }
    }

    fn step(&mut self, rng: &mut Rng) -> Result<(), Diverged> {
        let update = self.update(self.objective());
        let report = self.trainer.step(&self.text.training, &self.noise, update, rng);
        if !report.loss.0.is_finite() {
            return Err(Diverged { why: "scores-lost" });
        }
        self.latest = Some(report);
        self.spent += report.operations;
        self.updates += 1;
        self.met += update.batch as u64;
        self.step_twin();
        if self.updates.is_multiple_of(EVERY) || EARLY.contains(&self.updates) {
            self.look()?;
            self.history.push([self.spent as f64, self.look.perplexity.0, self.look.twin.0]);
            if self.updates.is_multiple_of(LIST_EVERY * EVERY) {
                self.list();
            }
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
