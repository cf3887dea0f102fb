//! The experiment: chains walk, and when they have taken their k steps the model is updated,
//! `theta -= Adam(mean dE(data) - mean dE(negatives))`. No gradient goes through the chains.

use super::picture;
use super::probe::{Found, GROUP, Method, Probe, cost, mean, node_shares};
use super::problem::{Problem, SHOWN};
use crate::lab::Label;
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::View;
use crate::lesson::shared::alignment::Estimate;
use crate::lesson::shared::history::History;
use crate::math::rng::{Rng, stream};
use crate::math::statistics::auroc;
use crate::model::adam::Adam;
use crate::model::fused_mlp::{Engine, FusedMlp};
use crate::objective::partition::log_partition;
use crate::sampler::fused_langevin::{Rule, walk};
use crate::sampler::replay_buffer::ReplayBuffer;
use rand::Rng as _;
use std::sync::Arc;

/// Multiplications and additions that chains may cost in one step of the lab, and a probe's.
const BUDGET: usize = 100_000_000;
const PROBE_BUDGET: usize = 40_000_000;
/// Updates from one look at the whole model to the next.
const EVERY: u64 = 5;
/// Updates from the end of one probe to the start of the next.
const REST: u64 = 10;
/// Adam's decoupled decay: chains that are cut short do not hold an energy that has grown too sharp
/// for their step, and this does.
const WEIGHT_DECAY: f64 = 0.2;
/// An energy beyond this is a model that is lost.
const LOST: f64 = 1e6;

/// What the last update saw.
#[derive(Clone, Copy, Debug)]
pub(super) struct Latest {
    pub(super) data: Estimate,
    pub(super) negatives: Estimate,
    /// Negatives less data.
    pub(super) gap: Estimate,
    /// Chains that began afresh.
    pub(super) restarted: Option<usize>,
}

/// What the last look at the whole model saw.
#[derive(Clone, Debug)]
pub(super) struct Look {
    /// Energies of training, held-out and outlying points, [`SHOWN`] each.
    pub(super) shown: Vec<f32>,
    /// Energies at the nodes of the plane's grid.
    pub(super) nodes: Vec<f32>,
    /// NLL of the held-out points in the data's own units.
    pub(super) nll: Estimate,
    /// The model's mass where no data are near.
    pub(super) stray: f64,
    /// How far log Z moves when every second node is left out.
    pub(super) coarse: f64,
    /// Outliers over held-out points, held-out over training points.
    pub(super) auroc: [(f64, f64); 2],
}

/// A training in progress.
pub(super) struct Training {
    pub(super) settings: Settings,
    pub(super) problem: Arc<Problem>,
    theta: Vec<f64>,
    model: FusedMlp,
    adam: Adam,
    /// Threads and buffers; a copy makes its own on its first step.
    engine: Option<Engine>,
    buffer: ReplayBuffer,
    batch: Vec<f32>,
    pub(super) negatives: Vec<f32>,
    /// Steps the chains of the update under way have taken; none, when none is.
    pub(super) walked: Option<usize>,
    restarted: usize,
    /// Where outliers are drawn from.
    seed: u64,
    shown: Arc<Vec<f32>>,
    pub(super) baseline: (f64, f64),
    pub(super) updates: u64,
    pub(super) latest: Option<Latest>,
    pub(super) look: Arc<Look>,
    pub(super) history: History<3>,
    probe: Option<Probe>,
    probe_ended: u64,
    pub(super) found: Arc<Found>,
}

impl Training {
    pub(super) fn new(settings: &Settings, rng: &mut Rng) -> Self {
        let problem = Arc::new(Problem::new(settings, rng));
        let model = FusedMlp::new(problem.inputs, settings.count("width"), problem.bowl, rng);
        let rows = settings.count("buffer").max(settings.count("chains"));
        let mut buffer = ReplayBuffer::new(problem.inputs, Vec::new());
        buffer.resize(rows, rng, |rng, row| problem.batch(rng, row));
        let mut training = Self {
            settings: settings.clone(),
            theta: model.parameters().iter().map(|p| f64::from(*p)).collect(),
            adam: Adam::new(model.parameters().len()),
            engine: None,
            buffer,
            batch: Vec::new(),
            negatives: Vec::new(),
            walked: None,
            restarted: 0,
            seed: rng.next_u64(),
            shown: Arc::default(),
            baseline: (f64::NAN, f64::NAN),
            updates: 0,
            latest: None,
            look: Arc::new(Look {
                shown: Vec::new(),
                nodes: Vec::new(),
                nll: Estimate { value: f64::NAN, error: f64::NAN },
                stray: f64::NAN,
                coarse: 0.0,
                auroc: [(f64::NAN, f64::NAN); 2],
            }),
            history: History::new(),
            probe: None,
            probe_ended: 0,
            found: Arc::default(),
            model,
            problem,
        };
        training.choose_shown();
        training.with_engine(|training, engine| {
            training.look(engine);
            training.record();
        });
        training
    }

    /// Lends the engine out: made when it is first needed.
    fn with_engine<T>(&mut self, work: impl FnOnce(&mut Self, &mut Engine) -> T) -> T {
        let mut engine = self.engine.take().unwrap_or_else(|| Engine::new(&self.model, 1));
        let done = work(self, &mut engine);
        self.engine = Some(engine);
        done
    }

    fn choose_shown(&mut self) {
        let shown = self.problem.shown(self.settings.choice("outliers"), &mut stream(self.seed, 0));
        if self.problem.plane.is_none() {
            self.baseline = self.problem.baseline(&shown);
        }
        self.shown = Arc::new(shown);
    }

    /// Whether the gradient is the exact one: in the plane only.
    pub(super) fn is_exact(&self) -> bool {
        self.settings.choice("method") == "exact" && self.problem.plane.is_some()
    }

    pub(super) fn is_persistent(&self) -> bool {
        self.settings.choice("method") != "cd" && !self.is_exact()
    }

    fn method(&self) -> Method {
        let eta = self.settings.real("step_size");
        let rule = Rule {
            step: eta as f32,
            noise: (self.settings.real("noise") * (2.0 * eta).sqrt()) as f32,
            steps: 1,
            bound: self.problem.bound,
        };
        Method {
            persistent: self.is_persistent(),
            restarts: self.settings.real("restarts"),
            steps: self.settings.count("steps"),
            rule,
        }
    }

    /// Draws the data of an update and where its chains start.
    fn begin(&mut self, rng: &mut Rng) {
        let problem = &self.problem;
        self.batch.resize(self.settings.count("chains") * problem.inputs, 0.0);
        problem.batch(rng, &mut self.batch);
        self.restarted = 0;
        self.negatives.clear();
        if self.is_persistent() {
            let restarts = self.settings.real("restarts");
            self.negatives.resize(self.batch.len(), 0.0);
            let fresh = |rng: &mut Rng, row: &mut [f32]| self.problem.noise(rng, row);
            self.restarted = self.buffer.draw(restarts, rng, &mut self.negatives, fresh);
        } else if !self.is_exact() {
            self.negatives.extend_from_slice(&self.batch);
        }
        self.walked = Some(0);
    }

    /// Lets the chains walk as far as one step of the lab allows; whether they have arrived.
    fn walk(&mut self, engine: &mut Engine, rng: &mut Rng) -> bool {
        let method = self.method();
        let walked = self.walked.unwrap_or(0);
        let left = method.steps.saturating_sub(walked);
        if left == 0 || self.is_exact() {
            return true;
        }
        let chains = self.negatives.len() / self.problem.inputs;
        let steps = (BUDGET / (cost(&self.model) * chains)).clamp(1, left);
        let rule = Rule { steps, ..method.rule };
        walk(engine, &self.model, &mut self.negatives, rule, rng.next_u64());
        self.walked = Some(walked + steps);
        steps == left
    }

    /// The gradient from the data and the negatives, and a step down it.
    fn update(&mut self, engine: &mut Engine) -> Result<(), Diverged> {
        let d = self.problem.inputs;
        let n = self.batch.len() / d;
        let share = 1.0 / n as f32;
        let mut points = self.batch.clone();
        let mut weights = vec![share; n];
        match &self.problem.plane {
            Some(plane) if self.is_exact() => {
                let mut nodes = vec![0.0; plane.weights.len()];
                engine.energies(&self.model, &plane.nodes, &mut nodes);
                points.extend(&plane.nodes);
                weights.extend(node_shares(&nodes, &plane.weights).iter().map(|p| -p));
            }
            _ => {
                points.extend(&self.negatives);
                weights.resize(2 * n, -share);
            }
        }
        let mut energies = vec![0.0; weights.len()];
        let mut gradient = vec![0.0; self.theta.len()];
        engine.gradient(&self.model, &points, &weights, &mut energies, &mut gradient);
        let latest = self.energies(&energies, &weights);
        let whole = latest.data.value.abs() < LOST && latest.negatives.value.abs() < LOST;
        if !whole || gradient.iter().any(|g| !g.is_finite()) {
            return Err(Diverged { why: "energy-lost" });
        }
        self.latest = Some(latest);
        let gradient: Vec<f64> = gradient.iter().map(|g| f64::from(*g)).collect();
        let rate = self.settings.real("learning_rate");
        self.adam.step(&mut self.theta, &gradient, rate, WEIGHT_DECAY);
        for (p, theta) in self.model.parameters_mut().iter_mut().zip(&self.theta) {
            *p = *theta as f32;
        }
        if self.is_persistent() {
            self.buffer.put_back(&self.negatives);
        }
        self.walked = None;
        self.updates += 1;
        Ok(())
    }

    fn energies(&self, energies: &[f32], weights: &[f32]) -> Latest {
        let n = self.batch.len() / self.problem.inputs;
        let (data, others) = energies.split_at(n);
        let at_data = mean(data);
        let restarted = self.is_persistent().then_some(self.restarted);
        if self.is_exact() {
            // The model's own expectation, to the grid's error.
            let pairs = others.iter().zip(&weights[n..]);
            let value = -pairs.map(|(e, w)| f64::from(*e) * f64::from(*w)).sum::<f64>();
            let negatives = Estimate { value, error: 0.0 };
            let gap = Estimate { value: value - at_data.value, error: at_data.error };
            return Latest { data: at_data, negatives, gap, restarted };
        }
        let negatives = mean(others);
        let gap = if self.is_persistent() {
            let error = negatives.error.hypot(at_data.error);
            Estimate { value: negatives.value - at_data.value, error }
        } else {
            // Each chain against its own start.
            let steps: Vec<f32> = others.iter().zip(data).map(|(b, a)| b - a).collect();
            mean(&steps)
        };
        Latest { data: at_data, negatives, gap, restarted }
    }

    /// Looks at the whole model as it is.
    fn look(&mut self, engine: &mut Engine) {
        let d = self.problem.inputs;
        let mut shown = vec![0.0; 3 * SHOWN];
        engine.energies(&self.model, &self.shown, &mut shown);
        let mut look = Look { shown, ..(*self.look).clone() };
        if let Some(plane) = &self.problem.plane {
            let mut nodes = vec![0.0; plane.weights.len()];
            engine.energies(&self.model, &plane.nodes, &mut nodes);
            let wide: Vec<f64> = nodes.iter().map(|e| f64::from(*e)).collect();
            let log_z = log_partition(&wide, &plane.weights);
            let mut held_out = vec![0.0; self.problem.held_out.len() / d];
            engine.energies(&self.model, &self.problem.held_out, &mut held_out);
            look.nll = mean(&held_out);
            look.nll.value += log_z + plane.log_scale();
            let shares = node_shares(&nodes, &plane.weights);
            let stray = shares.iter().zip(&plane.astray).filter(|(_, astray)| **astray);
            look.stray = stray.map(|(share, _)| f64::from(*share)).sum();
            look.coarse =
                (log_z - every_second(&wide, plane.axis.count, plane.axis.spacing())).abs();
            look.nodes = nodes;
        } else {
            let wide: Vec<f64> = look.shown.iter().map(|e| f64::from(*e)).collect();
            let (train, rest) = wide.split_at(SHOWN);
            let (held_out, outliers) = rest.split_at(SHOWN);
            look.auroc = [auroc(held_out, outliers), auroc(train, held_out)];
        }
        self.look = Arc::new(look);
    }

    fn record(&mut self) {
        let look = &self.look;
        let values = match self.problem.plane {
            Some(_) => [look.nll.value, look.stray],
            None => [look.auroc[0].0, look.auroc[1].0],
        };
        self.history.push([self.updates as f64, values[0], values[1]]);
    }

    /// Asks the model as it is at once, with groups of so many chains and up to so many steps.
    pub(super) fn ask_at_once(&mut self, group: usize, steps: usize, rng: &mut Rng) -> Found {
        self.with_engine(|training, engine| {
            let method = training.method();
            let (problem, model) = (&training.problem, &training.model);
            let buffer = &training.buffer;
            let probe = Probe::new(problem, model, method, group, buffer, engine, rng);
            let mut probe = probe.until(steps);
            loop {
                if let Some(found) = probe.advance(engine, usize::MAX, rng) {
                    return found;
                }
            }
        })
    }

    /// Lets a probe go on, or begins one.
    fn ask(&mut self, engine: &mut Engine, rng: &mut Rng) {
        if let Some(probe) = &mut self.probe {
            if let Some(found) = probe.advance(engine, PROBE_BUDGET, rng) {
                self.found = Arc::new(found);
                self.probe = None;
                self.probe_ended = self.updates;
            }
        } else if self.updates >= self.probe_ended + REST || self.found.is_empty() {
            let method = self.method();
            let (problem, model) = (&self.problem, &self.model);
            self.probe = Some(Probe::new(problem, model, method, GROUP, &self.buffer, engine, rng));
        }
    }
}

/// log Z by every second node of an even grid of the plane.
fn every_second(energies: &[f64], count: usize, spacing: f64) -> f64 {
    let kept: Vec<f64> = energies
        .chunks_exact(count)
        .step_by(2)
        .flat_map(|row| row.iter().step_by(2).copied())
        .collect();
    log_partition(&kept, &vec![4.0 * spacing * spacing; kept.len()])
}

impl Clone for Training {
    fn clone(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            problem: Arc::clone(&self.problem),
            theta: self.theta.clone(),
            model: self.model.clone(),
            adam: self.adam.clone(),
            engine: None,
            buffer: self.buffer.clone(),
            batch: self.batch.clone(),
            negatives: self.negatives.clone(),
            shown: Arc::clone(&self.shown),
            look: Arc::clone(&self.look),
            history: self.history.clone(),
            probe: self.probe.clone(),
            found: Arc::clone(&self.found),
            ..*self
        }
    }
}

impl Experiment for Training {
    fn set(&mut self, param: Label, value: Value) {
        self.settings.set(param, value);
        match param {
            "learning_rate" => return,
            "outliers" => {
                self.choose_shown();
                self.with_engine(Self::look);
                self.history = History::new();
                self.record();
                return;
            }
            "steps" if self.walked.is_some() => {}
            _ => self.walked = None,
        }
        if matches!(param, "buffer" | "chains") {
            let rows = self.settings.count("buffer").max(self.settings.count("chains"));
            let problem = Arc::clone(&self.problem);
            let mut rng = stream(self.seed, 1 + self.updates);
            self.buffer.resize(rows, &mut rng, |rng, row| problem.batch(rng, row));
        }
        // What a probe found under other settings says nothing about these.
        self.probe = None;
        self.found = Arc::default();
    }

    fn step(&mut self, rng: &mut Rng) -> Result<(), Diverged> {
        self.with_engine(|training, engine| {
            if training.walked.is_none() {
                training.begin(rng);
            }
            if training.walk(engine, rng) {
                training.update(engine)?;
                if training.updates.is_multiple_of(EVERY) {
                    training.look(engine);
                    training.record();
                }
            }
            training.ask(engine, rng);
            Ok(())
        })
    }

    fn view(&self) -> View {
        picture::view(self)
    }

    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}
