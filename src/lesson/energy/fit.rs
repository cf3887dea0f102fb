//! The experiment: an energy trained by exact maximum likelihood.
//!
//! In standardised units E(x) = f(x) + |x|^2 / (2 B^2) + offset, f a perceptron and the second term
//! a wide bowl that keeps the density from piling up where there are no data. The density
//! is exp(-E)/Z on the box of the grid and zero outside. Everything that is shown is in the data's
//! own units.

use crate::lab::Label;
use crate::lab::blueprint::{Source, Unusable};
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::View;
use crate::lesson::shared::bowl::{bowl, energies};
use crate::lesson::shared::history::History;
use crate::lesson::shared::sample::Sample;
use crate::math::rng::Rng;
use crate::model::adam::Adam;
use crate::model::mlp::{Mlp, Workspace};
use crate::objective::likelihood::{Likelihood, held_out, likelihood};
use crate::objective::partition::{BoxGrid, log_partition};
use std::sync::Arc;

/// An NLL beyond this is a fit that is lost.
const LOST: f64 = 1e9;

/// A fit in progress. What it shows belongs to the parameters as they are: each step ends with a
/// forward pass, and the next one's backward pass starts from it.
pub(super) struct Fit {
    pub(super) sample: Arc<Sample>,
    pub(super) model: Mlp,
    adam: Adam,
    /// Empty in a copy until its first step: copies are kept by the dozen, and the next forward
    /// pass makes it again, bit for bit.
    work: Workspace,
    /// Train, held out, nodes: one batch.
    points: Arc<Vec<f64>>,
    bowl: Arc<Vec<f64>>,
    /// E at each point of the batch, offset included.
    energies: Vec<f64>,
    by_energy: Vec<f64>,
    gradient: Vec<f64>,
    pub(super) learning_rate: f64,
    pub(super) weight_decay: f64,
    pub(super) offset: f64,
    pub(super) step: u64,
    pub(super) history: History<3>,
    pub(super) now: Likelihood,
    pub(super) held_out: (f64, f64),
    pub(super) gradient_norm: f64,
}

impl Fit {
    pub(super) fn new(
        settings: &Settings,
        source: &Source,
        rng: &mut Rng,
    ) -> Result<Self, Unusable> {
        let sample = Arc::new(Sample::new(settings, source, rng)?);
        let d = sample.dimensions;
        let width = settings.count("width").max(1);
        let layers = settings.count("layers").max(1);
        let model = Mlp::new(d, width, layers, rng);
        let points = [&sample.train[..], &sample.held_out, sample.grid.points()].concat();
        let bowl = bowl(&points, d);
        let batch = bowl.len();
        let mut fit = Self {
            adam: Adam::new(model.parameters().len()),
            work: Workspace::new(&model, batch),
            energies: vec![0.0; batch],
            by_energy: vec![0.0; batch],
            gradient: vec![0.0; model.parameters().len()],
            points: Arc::new(points),
            bowl: Arc::new(bowl),
            sample,
            model,
            learning_rate: settings.real("learning_rate"),
            weight_decay: settings.real("weight_decay"),
            offset: settings.real("offset"),
            step: 0,
            history: History::new(),
            now: Likelihood::default(),
            held_out: (f64::NAN, f64::NAN),
            gradient_norm: f64::NAN,
        };
        fit.evaluate();
        fit.record();
        Ok(fit)
    }

    /// Where the train, the held-out and the node energies end in the batch.
    fn parts(&self) -> (usize, usize) {
        let d = self.sample.dimensions;
        let train = self.sample.train.len() / d;
        (train, train + self.sample.held_out.len() / d)
    }

    pub(super) fn node_energies(&self) -> &[f64] {
        &self.energies[self.parts().1..]
    }

    /// Energies, likelihood and the derivatives by the energies, of the parameters as they are.
    fn evaluate(&mut self) {
        let (train, held) = self.parts();
        if self.work.batch() != self.energies.len() {
            self.work = Workspace::new(&self.model, self.energies.len());
        }
        self.model.forward(&self.points, &mut self.work, &mut self.energies);
        for (e, b) in self.energies.iter_mut().zip(self.bowl.iter()) {
            *e += b + self.offset;
        }
        self.by_energy[train..held].fill(0.0);
        let (by_data, by_nodes) = self.by_energy.split_at_mut(held);
        self.now = likelihood(
            &self.energies[..train],
            &self.energies[held..],
            self.sample.grid.weights(),
            &mut by_data[..train],
            by_nodes,
        );
        self.held_out = held_out(&self.energies[train..held], self.now.log_z);
    }

    fn record(&mut self) {
        let shift = self.sample.log_scale();
        self.history.push([self.step as f64, self.now.nll + shift, self.held_out.0 + shift]);
    }

    /// The energies at the nodes of another grid over the same box.
    fn energies_on(&self, grid: &BoxGrid) -> Vec<f64> {
        let mut added = bowl(grid.points(), self.sample.dimensions);
        added.iter_mut().for_each(|b| *b += self.offset);
        energies(&self.model, grid.points(), &added)
    }

    /// The total mass by the quadrature that did not make Z.
    pub(super) fn mass(&self) -> f64 {
        let energies = self.energies_on(&self.sample.check);
        (log_partition(&energies, self.sample.check.weights()) - self.now.log_z).exp()
    }

    /// The density at the nodes in standardised units, from energies that were lifted by `more`.
    pub(super) fn density(&self, more: f64) -> Vec<f64> {
        let energies: Vec<f64> = self.node_energies().iter().map(|e| e + more).collect();
        let log_z = log_partition(&energies, self.sample.grid.weights());
        energies.iter().map(|e| (-e - log_z).exp()).collect()
    }

    /// How much the density changes anywhere, as a share of its peak, when a constant is added.
    pub(super) fn density_change(&self, more: f64) -> f64 {
        let (before, after) = (self.density(0.0), self.density(more));
        let peak = before.iter().copied().fold(0.0, f64::max);
        before.iter().zip(&after).fold(0.0, |m: f64, (a, b)| m.max((a - b).abs())) / peak
    }

    fn finite(&self) -> Result<(), Diverged> {
        let fine = self.now.nll.abs() < LOST && self.gradient_norm.is_finite();
        if fine { Ok(()) } else { Err(Diverged { why: "energy-lost" }) }
    }
}

impl Clone for Fit {
    fn clone(&self) -> Self {
        Self {
            sample: Arc::clone(&self.sample),
            model: self.model.clone(),
            adam: self.adam.clone(),
            work: Workspace::none(),
            points: Arc::clone(&self.points),
            bowl: Arc::clone(&self.bowl),
            energies: self.energies.clone(),
            by_energy: self.by_energy.clone(),
            gradient: self.gradient.clone(),
            history: self.history.clone(),
            ..*self
        }
    }
}

impl Experiment for Fit {
    fn set(&mut self, param: Label, value: Value) {
        match (param, value) {
            ("learning_rate", Value::Real(v)) => self.learning_rate = v,
            ("weight_decay", Value::Real(v)) => self.weight_decay = v,
            ("offset", Value::Real(v)) => {
                self.offset = v;
                self.evaluate();
            }
            _ => {}
        }
    }

    fn step(&mut self, _: &mut Rng) -> Result<(), Diverged> {
        if self.work.batch() == 0 {
            self.evaluate();
        }
        let (points, by) = (&self.points, &self.by_energy);
        self.model.backward(points, &mut self.work, by, &mut self.gradient, None);
        self.gradient_norm = self.gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
        self.finite()?;
        let (rate, decay) = (self.learning_rate, self.weight_decay);
        self.adam.step(self.model.parameters_mut(), &self.gradient, rate, decay);
        self.step += 1;
        self.evaluate();
        self.finite()?;
        self.record();
        Ok(())
    }

    fn view(&self) -> View {
        super::picture::view(self)
    }

    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}
