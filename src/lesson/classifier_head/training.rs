//! The experiment: four classifiers of data and noise that share an energy's start, their data and
//! every batch, and beside them the sweep over training sets.

use super::judge::Judgement;
use super::picture;
use super::problem::{BATCH, Points, Problem};
use super::sweep::{LAYERS, Quartet, Sweep};
use super::variant::{Buffers, Fit, Variant};
use crate::lab::Label;
use crate::lab::blueprint::{Source, Unusable};
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::View;
use crate::lesson::shared::history::History;
use crate::math::parallel::{cores, in_order};
use crate::math::rng::Rng;
use rand::Rng as _;
use std::sync::Arc;

/// Updates between two looks at the fits: a look is a pass over the whole grid.
const EVERY: u64 = 8;
/// Multiplications of four fits that the sweep may take a step: a few milliseconds of one core.
const SWEEP_BUDGET: f64 = 10e6;
/// Updates of the sweep a step at most.
const MOST: usize = 16;
/// The variants as two threads take them, two each: one with layers, one without. It undoes itself.
const TURNS: [usize; 4] = [0, 2, 1, 3];

/// A run.
#[derive(Clone)]
pub(super) struct Training {
    pub(super) settings: Settings,
    pub(super) problem: Arc<Problem>,
    pub(super) live: Quartet,
    pub(super) sweep: Sweep,
    /// Of each variant.
    pub(super) look: Arc<Vec<Judgement>>,
    /// The step and the held-out loss of each variant.
    pub(super) history: History<5>,
    pub(super) step: u64,
    sweep_seed: u64,
}

impl Training {
    pub(super) fn new(
        settings: &Settings,
        source: &Source,
        rng: &mut Rng,
    ) -> Result<Self, Unusable> {
        let problem = Problem::new(settings, source, rng)?;
        let sweep_seed = rng.next_u64();
        let train = problem.train(settings.count("points"));
        let live = Quartet::new(settings, &problem, train, rng);
        let mut training = Self {
            settings: settings.clone(),
            sweep: Sweep::new(settings, &problem, sweep_seed),
            problem: Arc::new(problem),
            live,
            look: Arc::default(),
            history: History::new(),
            step: 0,
            sweep_seed,
        };
        training.look();
        Ok(training)
    }

    /// Judges the fits as they are.
    fn look(&mut self) {
        let (live, problem) = (&self.live, &*self.problem);
        let looks = in_order(Variant::ALL.len(), cores(2), |v| {
            Judgement::new(&live.fits[v], problem, &live.train)
        });
        let mut entry = [self.step as f64, 0.0, 0.0, 0.0, 0.0];
        entry.iter_mut().skip(1).zip(&looks).for_each(|(to, look)| *to = look.loss.value);
        self.history.push(entry);
        self.look = Arc::new(looks);
    }

    /// Updates of the sweep a step.
    fn pace(&self) -> usize {
        let of = |name| self.settings.count(name);
        let (h, w) = (of("width"), of("head_width"));
        let energy = h * (self.problem.sample.dimensions + (LAYERS - 1) * h + 1);
        let head = w * (2 + (of("head_layers").max(1) - 1) * w);
        let points = BATCH as f64 * (1.0 + self.problem.ratio);
        let update = points * 3.0 * (4 * energy + 2 * head) as f64;
        ((SWEEP_BUDGET / update) as usize).clamp(1, MOST)
    }

    pub(super) fn fit(&self, variant: Variant) -> &Fit {
        &self.live.fits[variant as usize]
    }
}

/// A fit after these batches; `None` if it was lost.
pub(super) fn after(fit: &Fit, batches: &[Points], rate: f64, work: &mut Buffers) -> Option<Fit> {
    let mut fit = fit.clone();
    batches.iter().all(|batch| fit.update(batch, rate, work)).then_some(fit)
}

impl Experiment for Training {
    fn set(&mut self, param: Label, value: Value) {
        self.settings.set(param, value);
        if param == "learning_rate" {
            // What the sweep found at another rate says nothing about this one.
            self.sweep = Sweep::new(&self.settings, &self.problem, self.sweep_seed);
        }
    }

    fn step(&mut self, rng: &mut Rng) -> Result<(), Diverged> {
        let problem = Arc::clone(&self.problem);
        let rate = self.settings.real("learning_rate");
        let batch = [problem.batch(&self.live.train, rng)];
        let pace = if self.settings.switch("sweep") { self.pace() } else { 0 };
        let batches = self.sweep.batches(&problem, pace);
        let (live, current) = (&self.live, &self.sweep.current);
        let mut pieces = in_order(TURNS.len(), cores(2), |turn| {
            let v = TURNS[turn];
            let mut work = Buffers::default();
            let live = after(&live.fits[v], &batch, rate, &mut work);
            let current = current.as_ref().filter(|_| !batches.is_empty());
            (live, current.map(|c| after(&c.fits[v], &batches, rate, &mut work)))
        });
        pieces.swap(1, 2);
        let mut swept = Vec::with_capacity(pieces.len());
        for (to, (live, of_sweep)) in self.live.fits.iter_mut().zip(pieces) {
            *to = live.ok_or(Diverged { why: "training-lost" })?;
            swept.extend(of_sweep);
        }
        if !swept.is_empty() {
            self.sweep.take(swept, batches.len(), &self.settings, &problem);
        }
        self.step += 1;
        if self.step.is_multiple_of(EVERY) {
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
