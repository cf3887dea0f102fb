//! A learner whose energy is a network over a bowl, E(x) = f(x) + |x|^2 / (2 B^2) in standardised
//! units, and c beside it: a parameter of its own with a faster rate.

use super::problem::Cloud;
use crate::lesson::shared::bowl::BOWL;
use crate::math::rng::Rng;
use crate::math::statistics::mean_and_error;
use crate::model::adam::Adam;
use crate::model::fused_mlp::{Engine, FusedMlp};
use crate::objective::partition::log_partition;
use std::sync::Arc;

/// Units of each hidden layer.
pub(super) const WIDTH: usize = 32;
/// c moves this many times faster than a weight: it has a way of some nats to go.
const FASTER: f64 = 3.0;
/// An energy beyond this is a model that is lost.
const LOST: f64 = 1e6;

/// The whole model at one moment.
#[derive(Clone, Debug)]
pub(super) struct Look {
    /// E at the nodes of the grid.
    pub(super) nodes: Vec<f64>,
    pub(super) log_z: f64,
    pub(super) c: f64,
    /// Mean E of the held-out points and the standard error of the mean.
    pub(super) held_out: (f64, f64),
}

/// The learner.
#[derive(Debug)]
pub(super) struct NetworkLearner {
    model: FusedMlp,
    adam: Adam<f32>,
    pub(super) c: f64,
    c_adam: Adam<f64>,
    pub(super) look: Arc<Look>,
    /// The gradient of the batch under way: by the weights and by c.
    gradient: Vec<f32>,
    by_c: f64,
    /// Threads and buffers; a copy makes its own.
    engine: Option<Engine>,
    desk: Desk,
}

#[derive(Debug, Default)]
struct Desk {
    points: Vec<f32>,
    energies: Vec<f32>,
    weights: Vec<f32>,
    gradient: Vec<f32>,
}

impl NetworkLearner {
    pub(super) fn new(cloud: &Cloud, rng: &mut Rng) -> Self {
        let bowl = (1.0 / (BOWL * BOWL)) as f32;
        let model = FusedMlp::new(cloud.sample.dimensions, WIDTH, bowl, rng);
        let weights = model.parameters().len();
        let look =
            Look { nodes: Vec::new(), log_z: f64::NAN, c: 0.0, held_out: (f64::NAN, f64::NAN) };
        let mut learner = Self {
            adam: Adam::new(weights),
            c: 0.0,
            c_adam: Adam::new(1),
            look: Arc::new(look),
            gradient: vec![0.0; weights],
            by_c: 0.0,
            engine: None,
            desk: Desk::default(),
            model,
        };
        learner.look(cloud);
        learner
    }

    /// Multiplications and additions that a point costs, passes forward and back.
    pub(super) fn cost(&self) -> usize {
        16 * WIDTH * (WIDTH + self.model.inputs())
    }

    fn engine(&mut self) -> Engine {
        self.engine.take().unwrap_or_else(|| Engine::new(&self.model, 1))
    }

    /// E of points one after the other.
    pub(super) fn energies(&mut self, points: &[f64], energies: &mut [f64]) {
        let mut engine = self.engine();
        let desk = &mut self.desk;
        desk.points.clear();
        desk.points.extend(points.iter().map(|x| *x as f32));
        desk.energies.resize(energies.len(), 0.0);
        engine.energies(&self.model, &desk.points, &mut desk.energies);
        energies.iter_mut().zip(&desk.energies).for_each(|(e, f)| *e = f64::from(*f));
        self.engine = Some(engine);
    }

    /// Forgets a batch that is under way.
    pub(super) fn clear(&mut self) {
        self.gradient.clear();
        self.gradient.resize(self.model.parameters().len(), 0.0);
        self.by_c = 0.0;
    }

    /// Takes in the points whose energies were asked for last, with the derivatives of their terms
    /// by their logits.
    pub(super) fn gather(&mut self, by_logit: &[f64]) {
        let mut engine = self.engine();
        let Desk { points, energies, weights, gradient } = &mut self.desk;
        weights.clear();
        weights.extend(by_logit.iter().map(|by| -*by as f32));
        gradient.resize(self.model.parameters().len(), 0.0);
        engine.gradient(&self.model, points, weights, energies, gradient);
        self.gradient.iter_mut().zip(gradient).for_each(|(sum, g)| *sum += *g);
        self.by_c += by_logit.iter().sum::<f64>();
        self.engine = Some(engine);
    }

    /// One step with what was gathered from `batch` data, at this learning rate.
    pub(super) fn update(&mut self, rate: f64, batch: usize) {
        let share = 1.0 / batch.max(1) as f64;
        self.gradient.iter_mut().for_each(|g| *g *= share as f32);
        self.adam.step(self.model.parameters_mut(), &self.gradient, rate, 0.0);
        let mut c = [self.c];
        self.c_adam.step(&mut c, &[self.by_c * share], FASTER * rate, 0.0);
        self.c = c[0];
        self.clear();
    }

    /// Looks at the whole model as it is.
    pub(super) fn look(&mut self, cloud: &Cloud) {
        let mut engine = self.engine();
        let mut energies = |points: &[f32]| -> Vec<f64> {
            let mut found = vec![0.0; points.len() / self.model.inputs()];
            engine.energies(&self.model, points, &mut found);
            found.iter().map(|e| f64::from(*e)).collect()
        };
        let nodes = energies(&cloud.nodes);
        let held_out = energies(&cloud.held_out);
        self.engine = Some(engine);
        self.look = Arc::new(Look {
            log_z: log_partition(&nodes, cloud.sample.grid.weights()),
            nodes,
            c: self.c,
            held_out: mean_and_error(&held_out),
        });
    }

    /// Whether the energies are still of this world.
    pub(super) fn is_sane(&self) -> bool {
        let fine = |v: f64| v.abs() < LOST;
        fine(self.c)
            && self.desk.energies.iter().all(|e| fine(f64::from(*e)))
            && self.gradient.iter().all(|g| g.is_finite())
    }
}

impl Clone for NetworkLearner {
    /// Without threads and buffers.
    fn clone(&self) -> Self {
        Self {
            model: self.model.clone(),
            adam: self.adam.clone(),
            c_adam: self.c_adam.clone(),
            look: Arc::clone(&self.look),
            gradient: self.gradient.clone(),
            engine: None,
            desk: Desk::default(),
            ..*self
        }
    }
}
