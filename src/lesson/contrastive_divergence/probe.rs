//! What chains of this length do to the gradient, asked of a frozen copy of the model while the
//! training goes on.
//!
//! In the plane groups of chains from the data are stopped after k = 1, 3, 10, 30, 100 steps, and
//! each time their gradient, mean dE(x_0) less mean dE(x_k), is held against the exact one,
//! E_data\[dE\] less E_model\[dE\] by the grid. A second lane does the same with the chains of the
//! method as it is set. Of digits it finds how the energy of chains from the data and of chains
//! from noise goes with k: where chains have forgotten their start, the two agree.

use super::problem::Problem;
use crate::lesson::shared::alignment::{Alignment, Estimate, alignment};
use crate::math::rng::Rng;
use crate::model::fused_mlp::{Engine, FusedMlp};
use crate::objective::partition::log_partition;
use crate::sampler::fused_langevin::{Rule, walk};
use crate::sampler::replay_buffer::ReplayBuffer;
use rand::Rng as _;

/// Where the chains of the plane are stopped.
const STOPS: [usize; 5] = [1, 3, 10, 30, 100];
/// And those of digits.
const DIGIT_STOPS: [usize; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 256];
/// Independent groups, and chains in each.
const GROUPS: usize = 8;
pub(super) const GROUP: usize = 512;
/// Chains of digits, a start.
const DIGIT_CHAINS: usize = 64;

/// How the chains of the method move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Method {
    /// Whether chains go on from the buffer; else they start at the data.
    pub(super) persistent: bool,
    /// The share of them that starts afresh.
    pub(super) restarts: f64,
    /// k.
    pub(super) steps: usize,
    /// One step.
    pub(super) rule: Rule,
}

/// What a probe has found.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// By number of steps from the data.
    pub(super) sweep: Vec<(usize, Alignment)>,
    /// Of the method's own chains.
    pub(super) own: Option<Alignment>,
    /// The energy of chains above that of the data, by number of steps: from the data, from noise.
    pub(super) energies: [Vec<(usize, Estimate)>; 2],
}

impl Found {
    /// Whether nothing is known.
    pub(super) fn is_empty(&self) -> bool {
        self.sweep.is_empty() && self.energies[0].is_empty()
    }
}

#[derive(Clone, Debug)]
struct Lane {
    points: Vec<f32>,
    /// Whether the gradient is that of the chains against their own starts.
    paired: bool,
    done: usize,
    stops: Vec<usize>,
}

/// A probe under way.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    model: FusedMlp,
    rule: Rule,
    /// Chains a group.
    group: usize,
    /// `E_data[dE]` over all training points; empty for digits.
    data_phase: Vec<f32>,
    /// That less `E_model[dE]`.
    exact: Vec<f32>,
    starts: Vec<f32>,
    start_energy: f64,
    lanes: Vec<Lane>,
    found: Found,
}

/// Multiplications and additions of one step of one chain.
pub(super) fn cost(model: &FusedMlp) -> usize {
    4 * model.width() * (model.width() + model.inputs())
}

impl Probe {
    /// Of the model as it is, with so many chains a group in the plane.
    pub(super) fn new(
        problem: &Problem,
        model: &FusedMlp,
        method: Method,
        group: usize,
        buffer: &ReplayBuffer,
        engine: &mut Engine,
        rng: &mut Rng,
    ) -> Self {
        let d = problem.inputs;
        let in_plane = problem.plane.is_some();
        let chains = if in_plane { GROUPS * group } else { DIGIT_CHAINS };
        let mut starts = vec![0.0; chains * d];
        problem.batch(rng, &mut starts);
        let mut second = vec![0.0; chains * d];
        if !in_plane {
            second.chunks_exact_mut(d).for_each(|row| problem.noise(rng, row));
        } else if method.persistent {
            // As the method draws, but nothing goes back: this is a look, not a step. A buffer
            // smaller than the probe is drawn from several times.
            let mut buffer = buffer.clone();
            let most = buffer.len() * d;
            for part in second.chunks_mut(most) {
                buffer.draw(method.restarts, rng, part, |rng, row| problem.noise(rng, row));
            }
        } else {
            second.copy_from_slice(&starts);
        }
        let (stops, own) = match in_plane {
            true => (STOPS.to_vec(), vec![method.steps]),
            false => (DIGIT_STOPS.to_vec(), DIGIT_STOPS.to_vec()),
        };
        let lanes = vec![
            Lane { points: starts.clone(), paired: true, done: 0, stops },
            Lane { points: second, paired: !method.persistent, done: 0, stops: own },
        ];
        let mut probe = Self {
            model: model.clone(),
            rule: method.rule,
            group,
            data_phase: Vec::new(),
            exact: Vec::new(),
            starts,
            start_energy: 0.0,
            lanes,
            found: Found::default(),
        };
        probe.exact_gradient(problem, engine);
        if !in_plane {
            let mut energies = vec![0.0; DIGIT_CHAINS];
            engine.energies(model, &probe.starts, &mut energies);
            probe.start_energy = mean(&energies).value;
        }
        probe
    }

    /// Leaves out what comes after so many steps.
    pub(super) fn until(mut self, steps: usize) -> Self {
        self.lanes.iter_mut().for_each(|lane| lane.stops.retain(|stop| *stop <= steps));
        self
    }

    fn exact_gradient(&mut self, problem: &Problem, engine: &mut Engine) {
        let Some(plane) = &problem.plane else { return };
        let size = self.model.parameters().len();
        let n = problem.count();
        self.data_phase = vec![0.0; size];
        let share = vec![1.0 / n as f32; n];
        let mut energies = vec![0.0; n];
        engine.gradient(&self.model, &problem.train, &share, &mut energies, &mut self.data_phase);
        let mut nodes = vec![0.0; plane.weights.len()];
        engine.energies(&self.model, &plane.nodes, &mut nodes);
        let shares = node_shares(&nodes, &plane.weights);
        self.exact = vec![0.0; size];
        engine.gradient(&self.model, &plane.nodes, &shares, &mut nodes, &mut self.exact);
        for (model_phase, data_phase) in self.exact.iter_mut().zip(&self.data_phase) {
            *model_phase = data_phase - *model_phase;
        }
    }

    /// Goes on by about so many multiplications; when all is found, hands it over.
    pub(super) fn advance(
        &mut self,
        engine: &mut Engine,
        mut budget: usize,
        rng: &mut Rng,
    ) -> Option<Found> {
        let cost = cost(&self.model);
        for index in 0..self.lanes.len() {
            loop {
                let lane = &mut self.lanes[index];
                let Some(stop) = lane.stops.first().copied() else { break };
                let chains = lane.points.len() / self.model.inputs();
                if lane.done < stop {
                    let steps = (budget / (cost * chains)).clamp(1, stop - lane.done);
                    let rule = Rule { steps, ..self.rule };
                    walk(engine, &self.model, &mut lane.points, rule, rng.next_u64());
                    lane.done += steps;
                    budget = budget.saturating_sub(steps * cost * chains);
                }
                if lane.done == stop {
                    self.measure(index, stop, engine);
                    self.lanes[index].stops.remove(0);
                }
                if budget < cost * chains {
                    return None;
                }
            }
        }
        Some(std::mem::take(&mut self.found))
    }

    fn measure(&mut self, index: usize, steps: usize, engine: &mut Engine) {
        if self.exact.is_empty() {
            let mut energies = vec![0.0; DIGIT_CHAINS];
            engine.energies(&self.model, &self.lanes[index].points, &mut energies);
            let mut energy = mean(&energies);
            energy.value -= self.start_energy;
            self.found.energies[index].push((steps, energy));
            return;
        }
        let found = self.against_exact(index, engine);
        if index == 0 {
            self.found.sweep.push((steps, found));
        } else {
            self.found.own = Some(found);
        }
    }

    fn against_exact(&self, index: usize, engine: &mut Engine) -> Alignment {
        let lane = &self.lanes[index];
        let size = self.exact.len();
        let length = self.group * self.model.inputs();
        let share = 1.0 / self.group as f32;
        let mut groups = vec![0.0; GROUPS * size];
        let mut weights = vec![-share; 2 * self.group];
        weights[self.group..].fill(share);
        let mut energies = vec![0.0; 2 * self.group];
        let parts = lane.points.chunks_exact(length).zip(self.starts.chunks_exact(length));
        for (gradient, (points, starts)) in groups.chunks_exact_mut(size).zip(parts) {
            if lane.paired {
                let both = [points, starts].concat();
                engine.gradient(&self.model, &both, &weights, &mut energies, gradient);
            } else {
                let (weights, energies) = (&weights[..self.group], &mut energies[..self.group]);
                engine.gradient(&self.model, points, weights, energies, gradient);
                gradient.iter_mut().zip(&self.data_phase).for_each(|(g, d)| *g += d);
            }
        }
        alignment(&groups, &self.exact)
    }
}

/// The model's probability of each node's cell, from the energies there.
pub(super) fn node_shares(energies: &[f32], weights: &[f64]) -> Vec<f32> {
    let energies: Vec<f64> = energies.iter().map(|e| f64::from(*e)).collect();
    let log_z = log_partition(&energies, weights);
    energies.iter().zip(weights).map(|(e, w)| (w * (-e - log_z).exp()) as f32).collect()
}

/// Mean and standard error of independent energies.
pub(super) fn mean(values: &[f32]) -> Estimate {
    let values: Vec<f64> = values.iter().map(|v| f64::from(*v)).collect();
    let (value, error) = crate::math::statistics::mean_and_error(&values);
    Estimate { value, error }
}

#[cfg(test)]
mod tests {
    use super::{Method, Probe};
    use crate::lab::param::Value;
    use crate::lesson::contrastive_divergence::{BLUEPRINT, problem::Problem};
    use crate::math::rng::stream;
    use crate::model::fused_mlp::{Engine, FusedMlp};
    use crate::objective::partition::log_partition;
    use crate::sampler::fused_langevin::Rule;
    use crate::sampler::replay_buffer::ReplayBuffer;

    #[test]
    fn the_exact_gradient_is_that_of_the_likelihood() {
        let mut settings = BLUEPRINT.defaults();
        settings.set("data", Value::Choice("moons"));
        let mut rng = stream(3, 0);
        let problem = Problem::new(&settings, &mut rng);
        let plane = problem.plane.as_ref().unwrap();
        let mut model = FusedMlp::new(2, 6, problem.bowl, &mut rng);
        let last = model.parameters().len() - 6;
        model.parameters_mut()[last..].iter_mut().for_each(|w| *w *= 10.0);
        let mut engine = Engine::new(&model, 1);
        let rule = Rule { step: 0.01, noise: 0.1, steps: 1, bound: 4.0 };
        let method = Method { persistent: false, restarts: 0.0, steps: 1, rule };
        let buffer = ReplayBuffer::new(2, Vec::new());
        let probe = Probe::new(&problem, &model, method, 8, &buffer, &mut engine, &mut rng);
        let mut nll = |model: &FusedMlp| {
            let mut data = vec![0.0; problem.count()];
            engine.energies(model, &problem.train, &mut data);
            let mut nodes = vec![0.0; plane.weights.len()];
            engine.energies(model, &plane.nodes, &mut nodes);
            let nodes: Vec<f64> = nodes.iter().map(|e| f64::from(*e)).collect();
            let mean = data.iter().map(|e| f64::from(*e)).sum::<f64>() / data.len() as f64;
            mean + log_partition(&nodes, &plane.weights)
        };
        let h = 1e-2;
        for (i, g) in probe.exact.iter().enumerate() {
            let at = model.parameters()[i];
            model.parameters_mut()[i] = at + h;
            let above = nll(&model);
            model.parameters_mut()[i] = at - h;
            let below = nll(&model);
            model.parameters_mut()[i] = at;
            let difference = (above - below) / f64::from(2.0 * h);
            assert!((difference - f64::from(*g)).abs() < 2e-3, "{i}: {difference} against {g}");
        }
    }
}
