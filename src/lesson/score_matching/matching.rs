//! The experiment: an energy fitted by score matching, and samples from it once it is asked for.
//!
//! In standardised units E(x) = f(x) + |x|^2/(2 B^2), f a perceptron. Every step takes a fresh batch
//! of the target, so nothing is learned by heart. With the switch on, training rests and particles
//! follow the learned score.

use super::measure::Measures;
use super::picture;
use super::samples::Samples;
use super::target::{Reference, Target};
use crate::lab::Label;
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::View;
use crate::lesson::shared::history::History;
use crate::math::rng::{Rng, stream};
use crate::model::adam::Adam;
use crate::model::mlp::Mlp;
use crate::objective::score_matching::terms::{Method, score_matching};
use crate::objective::score_matching::{Bowl, Workspace};
use rand::Rng as _;
use rand::RngExt as _;
use rand_distr::{Distribution, StandardNormal};
use std::sync::Arc;

/// 1/B^2 with the bowl's width B at three deviations of the data.
pub(super) const BOWL: Bowl = Bowl { stiffness: 1.0 / 9.0 };
/// Steps between two entries of the history: an entry is a quadrature.
const EVERY: u64 = 10;
/// Points that are never trained on.
const HELD_OUT: usize = 512;
/// An objective beyond this is a fit that is lost.
const LOST: f64 = 1e12;

/// A batch with what its method adds to it at random.
#[derive(Clone, Debug, Default)]
pub(super) struct Batch {
    points: Vec<f64>,
    /// Directions or noise.
    random: Vec<f64>,
}

impl Batch {
    /// Fresh points, and the random numbers of the method.
    pub(super) fn draw(
        &mut self,
        target: &Target,
        settings: &Settings,
        count: usize,
        rng: &mut Rng,
    ) {
        let numbers = count * target.dimensions();
        self.points.resize(numbers, 0.0);
        target.mixture.sample(&mut self.points, rng);
        let (wanted, scale) = match settings.choice("method") {
            "sliced" => (numbers * settings.count("projections"), 1.0),
            "denoising" => (numbers, settings.real("sigma") / target.scale),
            _ => (0, 0.0),
        };
        self.random.resize(wanted, 0.0);
        let sliced = settings.choice("method") == "sliced";
        for r in &mut self.random {
            // Signs slice with less variance than normals (Hutchinson 1990).
            *r = if sliced {
                if rng.random::<bool>() { 1.0 } else { -1.0 }
            } else {
                let normal: f64 = StandardNormal.sample(rng);
                scale * normal
            };
        }
    }

    /// The objective here; `terms` decides how many points there are.
    pub(super) fn objective(
        &self,
        model: &Mlp,
        (settings, scale): (&Settings, f64),
        work: &mut Workspace,
        terms: &mut [f64],
        gradient: Option<&mut [f64]>,
    ) -> f64 {
        let method = match settings.choice("method") {
            "sliced" => Method::Sliced(&self.random),
            "denoising" => {
                Method::Denoising { noise: &self.random, sigma: settings.real("sigma") / scale }
            }
            _ => Method::Implicit,
        };
        score_matching(model, BOWL, method, &self.points, work, terms, gradient)
    }
}

/// A fit in progress.
pub(super) struct Matching {
    pub(super) settings: Settings,
    pub(super) target: Arc<Target>,
    /// The density that the method learns, where it is not that of the data.
    pub(super) noised: Option<Arc<Reference>>,
    pub(super) model: Mlp,
    adam: Adam,
    /// Of the held-out points: the same through the whole run.
    pub(super) held_out_seed: u64,
    pub(super) sampling: Option<Samples>,
    sampling_seed: u64,
    /// Moves that a sampler has made in the model, ever.
    pub(super) drawn: u64,
    pub(super) step: u64,
    /// Step, half Fisher divergence to what is learned, and KL.
    pub(super) history: History<3>,
    batch: Batch,
    work: Workspace,
    terms: Vec<f64>,
    gradient: Vec<f64>,
}

impl Matching {
    pub(super) fn new(settings: &Settings, rng: &mut Rng) -> Self {
        let target = Arc::new(Target::new(settings));
        let model = Mlp::new(
            target.dimensions(),
            settings.count("width").max(1),
            settings.count("layers").max(1),
            rng,
        );
        let mut fit = Self {
            adam: Adam::new(model.parameters().len()),
            gradient: vec![0.0; model.parameters().len()],
            settings: settings.clone(),
            noised: noised(settings, &target),
            target,
            model,
            held_out_seed: rng.next_u64(),
            sampling: None,
            sampling_seed: rng.next_u64(),
            drawn: 0,
            step: 0,
            history: History::new(),
            batch: Batch::default(),
            work: Workspace::default(),
            terms: Vec::new(),
        };
        fit.record();
        if settings.switch("sample") {
            fit.begin_sampling();
        }
        fit
    }

    fn begin_sampling(&mut self) {
        self.sampling = Some(Samples::new(&self.model, &self.settings, self.sampling_seed));
    }

    fn record(&mut self) {
        let measures = Measures::new(self);
        self.history.push([self.step as f64, measures.learned_fisher(), measures.kl]);
    }

    /// Points never trained on, and what the method adds to them.
    pub(super) fn held_out(&self) -> (Batch, usize) {
        let mut batch = Batch::default();
        let rng = &mut stream(self.held_out_seed, 1);
        batch.draw(&self.target, &self.settings, HELD_OUT, rng);
        (batch, HELD_OUT)
    }

    fn train(&mut self, rng: &mut Rng) -> Result<(), Diverged> {
        let count = self.settings.count("batch").max(1);
        self.batch.draw(&self.target, &self.settings, count, rng);
        self.terms.resize(count, 0.0);
        self.gradient.resize(self.model.parameters().len(), 0.0);
        let objective = self.batch.objective(
            &self.model,
            (&self.settings, self.target.scale),
            &mut self.work,
            &mut self.terms,
            Some(&mut self.gradient),
        );
        let fine = objective.abs() < LOST && self.gradient.iter().all(|g| g.is_finite());
        if !fine {
            return Err(Diverged { why: "score-lost" });
        }
        let rate = self.settings.real("learning_rate");
        self.adam.step(self.model.parameters_mut(), &self.gradient, rate, 0.0);
        self.step += 1;
        if self.step.is_multiple_of(EVERY) {
            self.record();
        }
        Ok(())
    }
}

/// What denoising learns instead of the data's density.
fn noised(settings: &Settings, target: &Target) -> Option<Arc<Reference>> {
    (settings.choice("method") == "denoising").then(|| {
        let sigma = settings.real("sigma") / target.scale;
        Arc::new(Reference::new(&target.mixture.with_noise(sigma)))
    })
}

impl Clone for Matching {
    /// Without the buffers, which the next step makes again.
    fn clone(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            target: Arc::clone(&self.target),
            noised: self.noised.clone(),
            model: self.model.clone(),
            adam: self.adam.clone(),
            sampling: self.sampling.clone(),
            history: self.history.clone(),
            batch: Batch::default(),
            work: Workspace::default(),
            terms: Vec::new(),
            gradient: Vec::new(),
            ..*self
        }
    }
}

impl Experiment for Matching {
    fn set(&mut self, param: Label, value: Value) {
        self.settings.set(param, value);
        match (param, value) {
            ("sigma", _) => self.noised = noised(&self.settings, &self.target),
            ("sample", Value::Switch(false)) => self.sampling = None,
            // A new schedule begins from the start.
            ("sample", _) => self.begin_sampling(),
            ("start_temperature", _) if self.sampling.is_some() => self.begin_sampling(),
            _ => {}
        }
    }

    fn step(&mut self, rng: &mut Rng) -> Result<(), Diverged> {
        match &mut self.sampling {
            Some(samples) => {
                self.drawn += samples.step(&self.model, &self.settings, &mut self.work)?;
                Ok(())
            }
            None => self.train(rng),
        }
    }

    fn view(&self) -> View {
        picture::view(self)
    }

    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}
