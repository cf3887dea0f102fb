//! An encoder in training: each update draws a batch, makes two views of each picture, and takes
//! one step of Adam on NT-Xent, or on alignment alone where the negatives are off:
//! `-(1/tau) mean cos(z_i, z_i')`, which one point for all answers best.

use super::ground::{Ground, augmentation};
use crate::lab::experiment::Diverged;
use crate::lab::param::Settings;
use crate::math::rng::Rng;
use crate::model::adam::Adam;
use crate::model::encoder::{Encoder, Passes};
use crate::objective::fused_pairs::FusedPairs;
use crate::objective::unit_rows::{normalise, pull_back_f32};
use rand::RngExt as _;

/// Features of a picture: what the probes see.
const FEATURES: usize = 64;

/// Threads and buffers; a copy makes its own when it needs them.
pub(super) struct Workshop {
    pub(super) passes: Passes,
    pairs: FusedPairs,
    order: Vec<usize>,
    /// The views of a batch, first ones before second ones.
    pub(super) views: Vec<f32>,
    units: Vec<f32>,
    lengths: Vec<f32>,
    by: Vec<f32>,
    gradient: Vec<f32>,
    counts: Vec<usize>,
}

impl Workshop {
    pub(super) fn new(threads: usize) -> Self {
        Self {
            passes: Passes::new(threads),
            pairs: FusedPairs::new(threads),
            order: Vec::new(),
            views: Vec::new(),
            units: Vec::new(),
            lengths: Vec::new(),
            by: Vec::new(),
            gradient: Vec::new(),
            counts: Vec::new(),
        }
    }
}

/// What an update saw.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// NT-Xent of the batch, before the step.
    pub(super) loss: f64,
    /// Pictures of an image's own class beside it, averaged over the batch.
    pub(super) twins: f64,
}

/// An encoder with its projector, and what its training keeps.
#[derive(Clone)]
pub(super) struct Learner {
    pub(super) encoder: Encoder,
    adam: Adam<f32>,
    pub(super) updates: u64,
}

impl Learner {
    pub(super) fn new(settings: &Settings, ground: &Ground, rng: &mut Rng) -> Self {
        let sizes = [ground.area(), settings.count("width"), FEATURES, settings.count("dimension")];
        let encoder = Encoder::new(&sizes, rng);
        Self { adam: Adam::new(encoder.parameters().len()), encoder, updates: 0 }
    }

    /// One step on a batch of `n` pictures drawn without putting back.
    pub(super) fn update(
        &mut self,
        n: usize,
        temperature: f64,
        settings: &Settings,
        ground: &Ground,
        shop: &mut Workshop,
        rng: &mut Rng,
    ) -> Result<Seen, Diverged> {
        let n = n.clamp(1, ground.train.count());
        let twins = draw(n, settings, ground, shop, rng);
        let Workshop { passes, pairs, views, units, lengths, by, gradient, .. } = shop;
        let d = self.encoder.outputs();
        units.clear();
        units.extend_from_slice(passes.forward(&self.encoder, views));
        normalise(units, d, lengths);
        by.resize(units.len(), 0.0);
        let tau = temperature as f32;
        let loss = pairs.nt_xent(d, units, tau, by).loss;
        if !settings.switch("negatives") {
            let factor = -1.0 / (n as f32 * tau);
            let (first, second) = units.split_at(n * d);
            let others = second.iter().chain(first);
            by.iter_mut().zip(others).for_each(|(b, u)| *b = factor * u);
        }
        pull_back_f32(units, lengths, d, by);
        gradient.resize(self.encoder.parameters().len(), 0.0);
        passes.backward(&self.encoder, by, gradient);
        if !loss.is_finite() || gradient.iter().any(|g| !g.is_finite()) {
            return Err(Diverged { why: "encoder-lost" });
        }
        let rate = settings.real("learning_rate");
        self.adam.step(self.encoder.parameters_mut(), gradient, rate, 0.0);
        self.updates += 1;
        Ok(Seen { loss, twins })
    }
}

/// Draws a batch and its views; how many twins an image has in it.
fn draw(n: usize, settings: &Settings, ground: &Ground, shop: &mut Workshop, rng: &mut Rng) -> f64 {
    let (all, area) = (ground.train.count(), ground.area());
    if shop.order.len() != all {
        shop.order = (0..all).collect();
    }
    // The first n places of a shuffle; the swaps are taken back below, so that what is drawn
    // depends on the random numbers alone.
    let swaps: Vec<usize> = (0..n).map(|i| rng.random_range(i..all)).collect();
    swaps.iter().enumerate().for_each(|(i, j)| shop.order.swap(i, *j));
    let by = augmentation(settings);
    shop.views.resize(2 * n * area, 0.0);
    let (first, second) = shop.views.split_at_mut(n * area);
    for views in [first, second] {
        for (view, index) in views.chunks_exact_mut(area).zip(&shop.order) {
            ground.train.view(*index, &by, rng, view);
        }
    }
    shop.counts.clear();
    shop.counts.resize(ground.classes.len(), 0);
    shop.order[..n].iter().for_each(|i| shop.counts[ground.train_labels[*i]] += 1);
    let pairs: usize = shop.counts.iter().map(|c| c * c.saturating_sub(1)).sum();
    swaps.iter().enumerate().rev().for_each(|(i, j)| shop.order.swap(i, *j));
    pairs as f64 / n as f64
}
