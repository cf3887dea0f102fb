//! What is learned. Either the points themselves: each goes the way that pull and pushes together
//! want, by the learning rate, and stays on the circle or the sphere. Or an encoder, which sees eight
//! numbers a view. The hidden direction is a linear function of them, so that one layer is enough;
//! it is learned or stays as it was drawn. Or a projector: a linear layer over random features that
//! are frozen. Beside it the matrix of a bilinear critic and the temperature, where they are asked for.

use super::critic::{Critic, Similarity, Slopes};
use super::world::{INPUTS, Pairs, World};
use crate::lab::Label;
use crate::lab::param::Settings;
use crate::math::rng::Rng;
use crate::model::adam::Adam;
use crate::model::encoder::{Encoder, Passes};
use crate::objective::unit_rows::{NoDirection, UnitRows};
use rand::RngExt as _;
use rand_distr::StandardNormal;

/// Random features, rectified, that a projector stands on.
pub(super) const WIDTH: usize = 64;
/// How far apart the directions of a start at one point are.
const NARROW: f64 = 1e-3;
/// The least and the largest temperature that is learned.
pub(super) const TEMPERATURES: (f64, f64) = (0.01, 10.0);

/// What the parameter `learned` offers.
pub(super) const LEARNED: [Label; 4] = ["points", "encoder", "projector", "frozen"];

/// An encoder and how much of it moves.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) encoder: Encoder,
    adam: Adam<f32>,
    /// The parameters from here on are learned.
    first: usize,
    passes: Passes,
    gradient: Vec<f32>,
    inputs: Vec<f32>,
}

impl Clone for Network {
    /// Without the buffers.
    fn clone(&self) -> Self {
        Self {
            encoder: self.encoder.clone(),
            adam: self.adam.clone(),
            first: self.first,
            passes: Passes::new(1),
            gradient: Vec::new(),
            inputs: Vec::new(),
        }
    }
}

/// Who has the vectors.
#[derive(Clone, Debug)]
pub(super) enum Body {
    /// The vectors are the parameters.
    Points,
    Network(Box<Network>),
}

/// Everything that moves.
#[derive(Clone, Debug)]
pub(super) struct Learner {
    pub(super) body: Body,
    pub(super) critic: Critic,
    /// log(1/temperature) and its moments.
    log_scale: f64,
    scale_adam: Adam,
    weights_adam: Adam,
    /// The vectors that are compared, as they come: row by row, queries and candidates.
    pub(super) raw: Pairs,
    dimension: usize,
}

/// Vectors as the critic sees them, with the way back to how they came.
pub(super) struct Seen {
    units: Option<(UnitRows, UnitRows)>,
}

impl Seen {
    pub(super) fn u<'a>(&'a self, raw: &'a Pairs) -> &'a [f64] {
        self.units.as_ref().map_or(&raw.u, |(u, _)| u.rows())
    }

    pub(super) fn v<'a>(&'a self, raw: &'a Pairs) -> &'a [f64] {
        self.units.as_ref().map_or(&raw.v, |(_, v)| v.rows())
    }
}

impl Learner {
    pub(super) fn new(settings: &Settings, world: &World, rng: &mut Rng) -> Self {
        let d = world.dimension;
        let narrow = settings.choice("start") == "one-point";
        let mut raw = Pairs::default();
        let body = if settings.choice("learned") == "points" {
            world.draw(settings.count("batch"), rng, &mut raw);
            raw.sort(d);
            if narrow {
                gather(&mut raw.u, d, rng);
                gather(&mut raw.v, d, rng);
            }
            Body::Points
        } else {
            let learned = settings.choice("learned");
            let projector = learned == "projector";
            let sizes: &[usize] = if projector { &[INPUTS, WIDTH, d] } else { &[INPUTS, d] };
            let mut encoder = Encoder::new(sizes, rng);
            let all = encoder.parameters().len();
            let last = all - (sizes[sizes.len() - 2] + 1) * d;
            if narrow {
                let (weights, biases) =
                    encoder.parameters_mut()[last..].split_at_mut(all - last - d);
                weights.iter_mut().for_each(|w| *w *= NARROW as f32);
                biases[0] = 1.0;
            }
            let first = if learned == "frozen" { all } else { last };
            Body::Network(Box::new(Network {
                encoder,
                adam: Adam::new(all - first),
                first,
                passes: Passes::new(1),
                gradient: Vec::new(),
                inputs: Vec::new(),
            }))
        };
        let similarity = Similarity::from_id(settings.choice("similarity"));
        Self {
            body,
            critic: Critic::new(similarity, d),
            log_scale: -settings.real("temperature").ln(),
            scale_adam: Adam::new(1),
            weights_adam: Adam::new(d * d),
            raw,
            dimension: d,
        }
    }

    /// What scores are multiplied with.
    pub(super) fn scale(&self) -> f64 {
        self.log_scale.exp()
    }

    /// The learner turned a knob of its own.
    pub(super) fn set_temperature(&mut self, temperature: f64) {
        self.log_scale = -temperature.ln();
        self.scale_adam = Adam::new(1);
    }

    /// How many numbers are learned.
    pub(super) fn parameters(&self, settings: &Settings) -> usize {
        let body = match &self.body {
            Body::Points => self.raw.u.len() + self.raw.v.len(),
            Body::Network(network) => network.encoder.parameters().len() - network.first,
        };
        let bilinear = self.critic.similarity == Similarity::Bilinear;
        body + if bilinear { self.critic.weights.len() } else { 0 }
            + usize::from(settings.switch("learn_temperature"))
    }

    /// The vectors of these views; an encoder keeps what the way back needs.
    pub(super) fn embed(&mut self, world: &World, pairs: &Pairs, rng: &mut Rng) {
        if let Body::Network(network) = &mut self.body {
            network.inputs.clear();
            world.show(&pairs.u, rng, &mut network.inputs);
            world.show(&pairs.v, rng, &mut network.inputs);
            let out = network.passes.forward(&network.encoder, &network.inputs);
            let (u, v) = out.split_at(pairs.u.len());
            let fill = |to: &mut Vec<f64>, from: &[f32]| {
                to.clear();
                to.extend(from.iter().map(|x| f64::from(*x)));
            };
            fill(&mut self.raw.u, u);
            fill(&mut self.raw.v, v);
        }
    }

    /// Of pairs of inputs that were kept, queries first.
    pub(super) fn embed_kept(&self, inputs: &[f32], passes: &mut Passes) -> Option<Pairs> {
        let Body::Network(network) = &self.body else { return None };
        let out = passes.forward(&network.encoder, inputs);
        let wide: Vec<f64> = out.iter().map(|x| f64::from(*x)).collect();
        let (u, v) = wide.split_at(wide.len() / 2);
        Some(Pairs { u: u.to_vec(), v: v.to_vec() })
    }

    /// The vectors as the critic sees them.
    ///
    /// # Errors
    /// [`NoDirection`] where one has no length, and lengths are divided by.
    pub(super) fn seen(&self, raw: &Pairs) -> Result<Seen, NoDirection> {
        let units = |rows: &[f64]| UnitRows::new(rows.to_vec(), self.dimension);
        let units = if self.critic.similarity.of_units() {
            Some((units(&raw.u)?, units(&raw.v)?))
        } else {
            None
        };
        Ok(Seen { units })
    }

    /// One step down; `by` are the loss's derivatives by the scores, the similarities times the scale.
    pub(super) fn update(
        &mut self,
        seen: &Seen,
        similarities: &[f64],
        by: &mut [f64],
        settings: &Settings,
        slopes: &mut Slopes,
    ) {
        let (rate, scale) = (settings.real("learning_rate"), self.scale());
        let (u, v) = (seen.u(&self.raw), seen.v(&self.raw));
        let learns_scale = settings.switch("learn_temperature");
        let by_log_scale = scale * by.iter().zip(similarities).map(|(g, s)| g * s).sum::<f64>();
        by.iter_mut().for_each(|g| *g *= scale);
        self.critic.pull_back(u, v, by, slopes);
        if self.critic.similarity == Similarity::Bilinear {
            self.weights_adam.step(&mut self.critic.weights, &slopes.weights, rate, 0.0);
        }
        if let Some((u, v)) = &seen.units {
            u.pull_back(&mut slopes.u);
            v.pull_back(&mut slopes.v);
        }
        match &mut self.body {
            Body::Points => {
                // Pull and pushes as the arrows show them: freed of what the mean over the batch
                // and the temperature make of their strength.
                let count = self.raw.u.len() / self.dimension;
                let step = rate * count as f64 / (scale * self.critic.similarity.steepness());
                walk(&mut self.raw.u, &slopes.u, self.dimension, step);
                walk(&mut self.raw.v, &slopes.v, self.dimension, step);
            }
            Body::Network(network) => network.update(slopes, rate),
        }
        if learns_scale {
            let mut log_scale = [self.log_scale];
            self.scale_adam.step(&mut log_scale, &[by_log_scale], rate, 0.0);
            let (least, most) = TEMPERATURES;
            self.log_scale = log_scale[0].clamp(-most.ln(), -least.ln());
        }
    }
}

impl Network {
    fn update(&mut self, slopes: &Slopes, rate: f64) {
        let all = self.encoder.parameters().len();
        if self.first == all {
            return;
        }
        let by_output: Vec<f32> = slopes.u.iter().chain(&slopes.v).map(|g| *g as f32).collect();
        self.gradient.resize(all, 0.0);
        self.passes.backward(&self.encoder, &by_output, &mut self.gradient);
        let learned = &mut self.encoder.parameters_mut()[self.first..];
        self.adam.step(learned, &self.gradient[self.first..], rate, 0.0);
    }
}

/// Moves each row against its slope along the circle or the sphere.
fn walk(rows: &mut [f64], slopes: &[f64], dimension: usize, step: f64) {
    for (x, g) in rows.chunks_exact_mut(dimension).zip(slopes.chunks_exact(dimension)) {
        let along: f64 = x.iter().zip(g).map(|(x, g)| x * g).sum();
        for (x, g) in x.iter_mut().zip(g) {
            *x -= step * (g - along * *x);
        }
        let length = x.iter().map(|x| x * x).sum::<f64>().sqrt();
        x.iter_mut().for_each(|x| *x /= length);
    }
}

/// Puts all directions next to the first axis.
fn gather(rows: &mut [f64], dimension: usize, rng: &mut Rng) {
    for x in rows.chunks_exact_mut(dimension) {
        x.fill_with(|| NARROW * rng.sample::<f64, _>(StandardNormal));
        x[0] = 1.0;
        let length = x.iter().map(|x| x * x).sum::<f64>().sqrt();
        x.iter_mut().for_each(|x| *x /= length);
    }
}
