//! Samples from a learned score by annealed Langevin dynamics: x' = x + eta s(x) + sqrt(2 eta T) xi,
//! where the temperature T falls geometrically to 1, and s is at hand without Z.
//!
//! Annealing the temperature of one energy is the oldest way (Kirkpatrick, Gelatt and Vecchi,
//! Science 220, 1983). Song and Ermon (Generative modeling by estimating gradients of the data
//! distribution, NeurIPS 2019) anneal the noise instead, with a network that knows the score at
//! every noise level; one energy at one level is all that this lesson trains.

use super::matching::BOWL;
use crate::lab::experiment::Diverged;
use crate::lab::param::Settings;
use crate::model::energy::Energy;
use crate::model::mlp::Mlp;
use crate::objective::score_matching::{Workspace, energy_and_gradient};
use crate::sampler::chains::Chains;
use crate::sampler::langevin;
use std::cell::RefCell;

/// How many particles there are.
pub(super) const PARTICLES: usize = 300;
/// Steps until the temperature is 1.
const COOLING: u32 = 600;

/// Particles on their way.
#[derive(Clone, Debug)]
pub(super) struct Samples {
    pub(super) chains: Chains,
    /// Steps taken.
    age: u32,
    start: f64,
}

impl Samples {
    /// All particles at the centre of the data.
    pub(super) fn new(model: &Mlp, settings: &Settings, seed: u64) -> Self {
        let mut work = Workspace::default();
        let energy = Learned::new(model, &mut work);
        let start = vec![0.0; model.inputs()];
        Self {
            chains: Chains::new(&energy, &start, PARTICLES, seed),
            age: 0,
            start: settings.real("start_temperature"),
        }
    }

    /// The temperature of the next step.
    pub(super) fn temperature(&self) -> f64 {
        self.start.powf(1.0 - self.cooled())
    }

    /// The share of the schedule that is behind.
    pub(super) fn cooled(&self) -> f64 {
        f64::from(self.age.min(COOLING)) / f64::from(COOLING)
    }

    /// One step of every particle; how many samples of the model that cost.
    pub(super) fn step(
        &mut self,
        model: &Mlp,
        settings: &Settings,
        work: &mut Workspace,
    ) -> Result<u64, Diverged> {
        let (temperature, eta) = (self.temperature(), settings.real("step_size"));
        let energy = Learned::new(model, work);
        langevin::unadjusted(&mut self.chains, &energy, temperature, eta)
            .map_err(|_| Diverged { why: "particles-escaped" })?;
        self.age = self.age.saturating_add(1);
        Ok(self.chains.count() as u64)
    }

    /// The share of the particles whose position is such, and its standard error: particles are
    /// independent of each other.
    pub(super) fn share(&self, inside: impl Fn(&[f64]) -> bool) -> (f64, f64) {
        let n = self.chains.count() as f64;
        let count = self.points().iter().filter(|p| inside(p)).count() as f64;
        let share = count / n;
        // With one more on either side, no share is ever certain (Agresti and Coull 1998).
        let safe = (count + 1.0) / (n + 2.0);
        (share, (safe * (1.0 - safe) / n).sqrt())
    }

    /// Where the particles are.
    pub(super) fn points(&self) -> Vec<Vec<f64>> {
        let d = self.chains.dimension();
        (0..self.chains.count())
            .map(|i| (0..d).map(|axis| self.chains.coordinate(axis)[i]).collect())
            .collect()
    }
}

/// The learned energy as the samplers know energies: coordinate by coordinate.
struct Learned<'a> {
    model: &'a Mlp,
    room: RefCell<Room<'a>>,
}

struct Room<'a> {
    work: &'a mut Workspace,
    points: Vec<f64>,
    gradients: Vec<f64>,
}

impl<'a> Learned<'a> {
    fn new(model: &'a Mlp, work: &'a mut Workspace) -> Self {
        let room = Room { work, points: Vec::new(), gradients: Vec::new() };
        Self { model, room: RefCell::new(room) }
    }

    fn evaluate(&self, points: &[f64], value: &mut [f64], gradient: Option<&mut [f64]>) {
        let room = &mut *self.room.borrow_mut();
        let (n, d) = (value.len(), self.model.inputs());
        room.points.resize(n * d, 0.0);
        room.gradients.resize(n * d, 0.0);
        for axis in 0..d {
            let to = room.points.iter_mut().skip(axis).step_by(d);
            to.zip(&points[axis * n..]).for_each(|(to, x)| *to = *x);
        }
        let Room { work, points, gradients } = room;
        energy_and_gradient(self.model, BOWL, points, work, value, gradients);
        if let Some(gradient) = gradient {
            for axis in 0..d {
                let from = gradients.iter().skip(axis).step_by(d);
                gradient[axis * n..].iter_mut().zip(from).for_each(|(to, g)| *to = *g);
            }
        }
    }
}

impl Energy for Learned<'_> {
    fn dimension(&self) -> usize {
        self.model.inputs()
    }

    fn value(&self, points: &[f64], value: &mut [f64]) {
        self.evaluate(points, value, None);
    }

    fn value_and_gradient(&self, points: &[f64], value: &mut [f64], gradient: &mut [f64]) {
        self.evaluate(points, value, Some(gradient));
    }
}
