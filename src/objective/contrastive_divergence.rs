//! Contrastive divergence: the gradient of the log-likelihood with the model's own samples replaced
//! by those of a few steps of a chain, `loss = mean E(data) - mean E(negatives)`, the negatives
//! held fixed.
//!
//! Hinton, Training products of experts by minimizing contrastive divergence, Neural Computation
//! 14, 2002. Chains that go on from one update to the next: Tieleman, Training restricted Boltzmann
//! machines using approximations to the likelihood gradient, ICML 2008. A buffer of them, of which
//! a few begin anew: Du and Mordatch, Implicit generation and modeling with energy-based models,
//! NeurIPS 2019.

use crate::math::lanes::Lanes;
use crate::math::rng::stream;
use crate::math::simd::{Kernel, Lanes16, dispatch};
use crate::model::adam::Adam;
use crate::model::fused_mlp::block::{Net, Workspace};
use crate::model::fused_mlp::engine::{Desk, Prepared, SHARE, points_of_a_thread, spread, total};
use crate::model::fused_mlp::product::BLOCK;
use crate::model::fused_mlp::sums::Sums;
use crate::model::fused_mlp::{Engine, FusedMlp};
use crate::sampler::fused_langevin::{Rule, walk_block};

/// How a perceptron's energy is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// How many chains the buffer keeps.
    pub buffer: usize,
    /// How many of them move in a step.
    pub chains: usize,
    /// The share of those that begin anew, uniformly in a box.
    pub restarts: f32,
    /// Each coordinate of the box runs from minus this to plus this.
    pub reach: f32,
    /// How they move.
    pub rule: Rule,
    /// Adam's step size.
    pub rate: f64,
}

impl Settings {
    /// Workload W4 of the measurements of speed: 512 chains out of 10,000, 5 % of them anew, 20
    /// steps of the unadjusted Langevin algorithm of size 0.01, Adam at 0.001.
    #[must_use]
    pub fn workload() -> Self {
        let step = 0.01;
        Self {
            buffer: 10_000,
            chains: 512,
            restarts: 0.05,
            reach: 3.0,
            rule: Rule { step, noise: (2.0 * step).sqrt(), steps: 20, bound: f32::INFINITY },
            rate: 1e-3,
        }
    }
}

/// Multiplications and additions of a step, each counted as one operation: two for a weight and a
/// point in each product. A Langevin step has the products forward and those back to the point, the
/// gradient has them forward, back to the first layer, and one for each weight; Adam and SiLU are
/// not counted.
#[must_use]
pub fn operations(model: &FusedMlp, settings: &Settings, batch: usize) -> f64 {
    let (d, h) = (model.inputs() as f64, model.width() as f64);
    let walked = settings.chains as f64 * settings.rule.steps as f64;
    let differentiated = (settings.chains + batch) as f64;
    2.0 * h * (walked * (2.0 * h + 2.0 * d + 1.0) + differentiated * (3.0 * h + 2.0 * d + 2.0))
}

/// How many times SiLU and its derivative are taken in a step.
#[must_use]
pub fn activations(model: &FusedMlp, settings: &Settings, batch: usize) -> f64 {
    let walked = settings.chains * settings.rule.steps;
    2.0 * model.width() as f64 * (walked + settings.chains + batch) as f64
}

/// A perceptron in training, with its buffer of chains. The same seed and the same data give the
/// same numbers, whatever the number of threads.
#[derive(Debug)]
pub struct Trainer {
    model: FusedMlp,
    settings: Settings,
    engine: Engine,
    adam: Adam<f32>,
    buffer: Vec<f32>,
    /// The chains that move and after them the data.
    points: Vec<f32>,
    weights: Vec<f32>,
    energies: Vec<f32>,
    gradient: Vec<f32>,
    /// Which chains of the buffer move.
    chosen: Vec<usize>,
    /// Draws for the choice, the restarts and where they begin.
    draws: Vec<f32>,
    lanes: Lanes,
    seed: u64,
    steps: u64,
}

impl Trainer {
    /// A fresh perceptron and a buffer of points spread over the box.
    ///
    /// # Panics
    /// If there is no chain in the buffer.
    #[must_use]
    pub fn new(
        (inputs, width): (usize, usize),
        bowl: f32,
        settings: Settings,
        threads: usize,
        seed: u64,
    ) -> Self {
        assert!(settings.buffer > 0, "a buffer needs chains");
        let mut rng = stream(seed, 0);
        let model = FusedMlp::new(inputs, width, bowl, &mut rng);
        let mut lanes = Lanes::new(seed, 1);
        let mut buffer = vec![0.0; settings.buffer * inputs];
        lanes.uniform(&mut buffer);
        buffer.iter_mut().for_each(|x| *x = settings.reach * (2.0 * *x - 1.0));
        Self {
            engine: Engine::new(&model, threads),
            adam: Adam::new(model.parameters().len()),
            gradient: vec![0.0; model.parameters().len()],
            draws: vec![0.0; settings.chains * (2 + inputs)],
            chosen: vec![0; settings.chains],
            points: Vec::new(),
            weights: Vec::new(),
            energies: Vec::new(),
            model,
            settings,
            buffer,
            lanes,
            seed,
            steps: 0,
        }
    }

    /// The energy as it is now.
    #[must_use]
    pub fn model(&self) -> &FusedMlp {
        &self.model
    }

    /// The chains, rows one after the other.
    #[must_use]
    pub fn buffer(&self) -> &[f32] {
        &self.buffer
    }

    /// One step on a batch of data, rows one after the other: some chains walk, then the energy is
    /// moved down at the data and up where the chains are. Gives the loss before the step.
    pub fn step(&mut self, data: &[f32]) -> f64 {
        let chains = self.settings.chains;
        self.steps += 1;
        self.draw(data);
        let d = self.model.inputs();
        let (negatives, data) = self.points.split_at_mut(chains * d);
        let (negative_weights, weights) = self.weights.split_at(chains);
        let (negative_energies, energies) = self.energies.split_at_mut(chains);
        let rule = self.settings.rule;
        // A stream of seeds of its own: those of the walk must not meet that of the choice.
        let seed = self.seed.wrapping_add(self.steps.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let most = chains.max(weights.len());
        let shares = most.div_ceil(SHARE).max(1);
        let passes = rule.steps.saturating_mul(2).saturating_add(6);
        let Prepared { desks, sums, level } =
            self.engine.prepare(&self.model, most, passes, shares);
        let of_a_thread = points_of_a_thread(most, desks.len(), SHARE);
        let model = &self.model;
        // Where one side has less, its threads get nothing of it.
        let walked = negatives
            .chunks_mut(of_a_thread * d)
            .zip(negative_weights.chunks(of_a_thread))
            .zip(negative_energies.chunks_mut(of_a_thread))
            .map(|((points, weights), energies)| Negatives { points, weights, energies })
            .chain(std::iter::repeat_with(Default::default));
        let given = data
            .chunks(of_a_thread * d)
            .zip(weights.chunks(of_a_thread))
            .zip(energies.chunks_mut(of_a_thread))
            .map(|((points, weights), energies)| Positives { points, weights, energies })
            .chain(std::iter::repeat_with(Default::default));
        let jobs = desks
            .iter_mut()
            .zip(sums.chunks_mut(of_a_thread / SHARE))
            .zip(walked)
            .zip(given)
            .enumerate()
            .map(|(i, (((desk, sums), negatives), positives))| {
                let first = (i * of_a_thread / BLOCK) as u64;
                Part { model, desk, sums, negatives, positives, rule, seed, first }
            });
        spread(jobs, |job| dispatch(level, job));
        total(level, sums, &mut self.gradient);
        for (at, x) in self.chosen.iter().zip(self.points.chunks_exact(d)) {
            self.buffer[at * d..][..d].copy_from_slice(x);
        }
        let parameters = self.model.parameters_mut();
        self.adam.step(parameters, &self.gradient, self.settings.rate, 0.0);
        self.energies.iter().zip(&self.weights).map(|(e, w)| f64::from(*e) * f64::from(*w)).sum()
    }

    /// Chooses the chains, lets some begin anew, and puts the data after them.
    fn draw(&mut self, data: &[f32]) {
        let Settings { buffer, chains, restarts, reach, .. } = self.settings;
        let d = self.model.inputs();
        let batch = data.len() / d;
        self.points.resize((chains + batch) * d, 0.0);
        self.weights.clear();
        self.weights.resize(chains, -1.0 / chains as f32);
        self.weights.resize(chains + batch, 1.0 / batch as f32);
        self.energies.resize(chains + batch, 0.0);
        self.lanes.uniform(&mut self.draws);
        let (negatives, positives) = self.points.split_at_mut(chains * d);
        positives.copy_from_slice(&data[..batch * d]);
        let chosen = self.chosen.iter_mut().zip(negatives.chunks_exact_mut(d));
        for ((at, x), u) in chosen.zip(self.draws.chunks_exact(2 + d)) {
            *at = ((u[0] * buffer as f32) as usize).min(buffer - 1);
            if u[1] < restarts {
                x.iter_mut().zip(&u[2..]).for_each(|(x, u)| *x = reach * (2.0 * u - 1.0));
            } else {
                x.copy_from_slice(&self.buffer[*at * d..][..d]);
            }
        }
    }
}

/// Chains of a thread, and their weights in the gradient.
#[derive(Default)]
struct Negatives<'a> {
    points: &'a mut [f32],
    weights: &'a [f32],
    energies: &'a mut [f32],
}

/// Data of a thread.
#[derive(Default)]
struct Positives<'a> {
    points: &'a [f32],
    weights: &'a [f32],
    energies: &'a mut [f32],
}

/// What a thread does in a step. It walks a block and takes its gradient while it is in the cache,
/// then that of its data: threads are started once a step and wait for nobody in between.
struct Part<'a> {
    model: &'a FusedMlp,
    desk: &'a mut Desk,
    sums: &'a mut [Sums],
    negatives: Negatives<'a>,
    positives: Positives<'a>,
    rule: Rule,
    seed: u64,
    /// The number of the first block of chains.
    first: u64,
}

impl Kernel for Part<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        let Desk { transposed, workspace } = self.desk;
        let net = Net::new::<S>(self.model, transposed);
        self.sums.iter_mut().for_each(Sums::clear);
        let blocks = self.negatives.points.chunks_mut(BLOCK * net.inputs);
        let blocks = blocks.zip(self.negatives.weights.chunks(BLOCK));
        let blocks = blocks.zip(self.negatives.energies.chunks_mut(BLOCK));
        for (i, ((points, weights), energies)) in blocks.enumerate() {
            let mut lanes = Lanes::new(self.seed, self.first + i as u64);
            walk_block::<S>(workspace, net, points, self.rule, &mut lanes);
            let sums = &mut self.sums[i * BLOCK / SHARE];
            gradient_block::<S>(workspace, net, weights, energies, sums);
        }
        let blocks = self.positives.points.chunks(BLOCK * net.inputs);
        let blocks = blocks.zip(self.positives.weights.chunks(BLOCK));
        let blocks = blocks.zip(self.positives.energies.chunks_mut(BLOCK));
        for (i, ((points, weights), energies)) in blocks.enumerate() {
            workspace.load(points);
            let sums = &mut self.sums[i * BLOCK / SHARE];
            gradient_block::<S>(workspace, net, weights, energies, sums);
        }
    }
}

/// The gradient at the points that the workspace holds.
#[inline(always)]
fn gradient_block<S: Lanes16>(
    workspace: &mut Workspace,
    net: Net<'_>,
    weights: &[f32],
    energies: &mut [f32],
    sums: &mut Sums,
) {
    workspace.weigh(weights);
    workspace.gradient::<S>(net, sums);
    workspace.unload_energies(energies);
}

#[cfg(test)]
mod tests;
