//! The experiment: an energy trained down the exact gradient, data phase less model phase, with
//! the model phase scaled by s. What is minimised is E_data[E] + s log Z; at s = 1 it is the NLL.

use super::figures::Forces;
use super::form::{Form, Room};
use super::ground::{Ground, Known};
use super::harmonic::Harmonic;
use crate::lab::Label;
use crate::lab::blueprint::{Source, Unusable};
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::View;
use crate::lesson::shared::history::History;
use crate::lesson::shared::sample::Sample;
use crate::math::rng::{Rng, stream};
use crate::model::adam::Adam;
use crate::model::mlp::Mlp;
use crate::objective::likelihood::{Likelihood, held_out};
use crate::objective::partition::log_partition;
use rand::Rng as _;
use std::sync::Arc;

/// Energies beyond this are lost.
const LOST: f64 = 1e9;
/// A mean energy of the data below minus the first has run away where the NLL is beyond the second:
/// the level is free, and a density that is still that of the data is not lost with it.
const FAR: (f64, f64) = (1e4, 1e3);
/// So deep, a difference of energies has no digits left.
const BOTTOMLESS: f64 = 1e12;
/// How far the weights are nudged for a difference.
const NUDGE: f64 = 1e-5;
/// The stream of signs that choose a direction for a difference.
const SIGNS: u64 = 0x51_67_6e_73;

/// A fit in progress. What it shows belongs to the parameters as they are.
pub(super) struct Fit {
    pub(super) ground: Arc<Ground>,
    pub(super) form: Form,
    adam: Adam,
    room: Room,
    gradient: Vec<f64>,
    /// E at the nodes of the grid.
    pub(super) node_energies: Vec<f64>,
    /// E_data[dE] and E_model[dE].
    pub(super) data_phase: Vec<f64>,
    pub(super) model_phase: Vec<f64>,
    learning_rate: f64,
    weight_decay: f64,
    /// s.
    pub(super) share: f64,
    pub(super) step: u64,
    /// Step, NLL of the training data, held out, expected, mean energy of the data, log Z: in
    /// standardised units.
    pub(super) history: History<6>,
    pub(super) now: Likelihood,
    pub(super) held_out: (f64, f64),
    /// KL(truth, model) on the box.
    pub(super) kl: f64,
    /// Range of the map of what is left of the forces; it moves in steps.
    pub(super) map_reach: f64,
}

impl Fit {
    pub(super) fn new(
        settings: &Settings,
        source: &Source,
        rng: &mut Rng,
    ) -> Result<Self, Unusable> {
        let ground = Ground::new(Sample::new(settings, source, rng)?);
        let d = ground.sample.dimensions;
        let form = if settings.choice("model") == "spring" {
            Form::Spring(Harmonic::new(d))
        } else {
            let (width, layers) = (settings.count("width"), settings.count("layers"));
            Form::Network(Mlp::new(d, width.max(1), layers.max(1), rng))
        };
        let count = form.parameters().len();
        let mut fit = Self {
            adam: Adam::new(count),
            room: Room::default(),
            gradient: vec![0.0; count],
            node_energies: vec![0.0; ground.nodes.bowl.len()],
            data_phase: vec![0.0; count],
            model_phase: vec![0.0; count],
            learning_rate: settings.real("learning_rate"),
            weight_decay: settings.real("weight_decay"),
            share: settings.real("model_phase"),
            step: 0,
            history: History::new(),
            now: Likelihood::default(),
            held_out: (f64::NAN, f64::NAN),
            kl: f64::NAN,
            map_reach: 1.0,
            ground: Arc::new(ground),
            form,
        };
        fit.evaluate();
        fit.record();
        Ok(fit)
    }

    /// All there is to know of the parameters as they are.
    fn evaluate(&mut self) {
        let ground = &*self.ground;
        let phases = (&mut self.data_phase[..], &mut self.model_phase[..]);
        self.now = self.form.evaluate(ground, &mut self.room, &mut self.node_energies, phases);
        self.held_out = held_out(&self.form.energies(&ground.held_out), self.now.log_z);
        self.kl = ground.known.as_ref().map_or(f64::NAN, |known| {
            let energies = self.form.energies(&known.place);
            let ratio = known.truth.log_density.iter().zip(&energies);
            known.truth.mean(ratio.map(|(log_p, e)| log_p + e + self.now.log_z))
        });
        if self.ground.sample.dimensions > 1 {
            let forces = Forces::of(&self.ground, self.share, &self.density());
            self.map_reach = forces.map_reach(self.map_reach);
        }
    }

    fn record(&mut self) {
        let now = self.now;
        let step = self.step as f64;
        self.history.push([step, now.nll, self.held_out.0, self.kl, now.mean_energy, now.log_z]);
    }

    /// The expected NLL under the truth by the other quadrature, in standardised units.
    pub(super) fn expected(&self) -> Option<f64> {
        let known: &Known = self.ground.known_again.as_ref()?;
        let energies = self.form.energies(&known.place);
        Some(known.truth.mean(energies.iter().map(|e| e + self.now.log_z)))
    }

    /// The mass on the box by the grid that did not make Z.
    pub(super) fn mass(&self) -> f64 {
        let energies = self.form.energies(&self.ground.check);
        (log_partition(&energies, self.ground.sample.check.weights()) - self.now.log_z).exp()
    }

    /// The density at the nodes in standardised units.
    pub(super) fn density(&self) -> Vec<f64> {
        self.node_energies.iter().map(|e| (-e - self.now.log_z).exp()).collect()
    }

    /// Length of the gradient that the next step follows.
    pub(super) fn gradient_norm(&self) -> f64 {
        let both = self.data_phase.iter().zip(&self.model_phase);
        both.map(|(d, m)| (d - self.share * m).powi(2)).sum::<f64>().sqrt()
    }

    /// The phases against a central difference of what is minimised, along a direction in which
    /// every parameter goes up or down by chance: over all directions its mean square is that of
    /// the whole gradient's error. As a share of the longer phase, for the gradient is their
    /// difference and goes to zero.
    pub(super) fn gradient_check(&self) -> f64 {
        let mut signs = stream(SIGNS, self.step);
        let direction: Vec<f64> = (0..self.gradient.len())
            .map(|_| if signs.next_u64() >> 63 == 1 { 1.0 } else { -1.0 })
            .collect();
        let along = |h: f64| {
            let mut moved = self.form.clone();
            moved.parameters_mut().iter_mut().zip(&direction).for_each(|(p, v)| *p += h * v);
            moved.objective(&self.ground, self.share)
        };
        let difference = (along(NUDGE) - along(-NUDGE)) / (2.0 * NUDGE);
        let phases = self.data_phase.iter().zip(&self.model_phase);
        let slope: f64 = phases.zip(&direction).map(|((d, m), v)| (d - self.share * m) * v).sum();
        let scale = norm(&self.data_phase).max(self.share * norm(&self.model_phase));
        let error = (difference - slope).abs() / scale;
        if error.is_finite() { error } else { f64::NAN }
    }

    /// Whether the numbers are still those of a fit.
    pub(super) fn kept(&self) -> Result<(), Diverged> {
        let Likelihood { nll, mean_energy, .. } = self.now;
        let ran = mean_energy < -FAR.0 && nll > FAR.1 || mean_energy < -BOTTOMLESS;
        if self.share < 1.0 && ran {
            return Err(Diverged { why: "ran-away" });
        }
        let fine = nll.abs() < LOST && self.gradient_norm().is_finite();
        if fine { Ok(()) } else { Err(Diverged { why: "energy-lost" }) }
    }
}

/// The length of a vector.
pub(super) fn norm(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

impl Clone for Fit {
    fn clone(&self) -> Self {
        Self {
            ground: Arc::clone(&self.ground),
            form: self.form.clone(),
            adam: self.adam.clone(),
            room: Room::default(),
            gradient: self.gradient.clone(),
            node_energies: self.node_energies.clone(),
            data_phase: self.data_phase.clone(),
            model_phase: self.model_phase.clone(),
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
            ("model_phase", Value::Real(v)) => self.share = v,
            _ => {}
        }
    }

    fn step(&mut self, _: &mut Rng) -> Result<(), Diverged> {
        let phases = self.data_phase.iter().zip(&self.model_phase);
        for (to, (d, m)) in self.gradient.iter_mut().zip(phases) {
            *to = d - self.share * m;
        }
        let before = match &self.form {
            Form::Spring(spring) => Some(spring.clone()),
            Form::Network(_) => None,
        };
        let decay = if before.is_some() { 0.0 } else { self.weight_decay };
        self.adam.step(self.form.parameters_mut(), &self.gradient, self.learning_rate, decay);
        if let (Form::Spring(spring), Some(before)) = (&mut self.form, before)
            && (spring.stiffness() <= 0.0 || spring.stiffness().is_nan())
        {
            // There is nothing to see on the other side: the last density stays.
            *spring = before;
            return Err(Diverged { why: "no-density" });
        }
        self.step += 1;
        self.evaluate();
        self.kept()?;
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
