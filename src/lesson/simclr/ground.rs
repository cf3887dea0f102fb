//! What is learned from and what it is judged on: pictures on the torus, a fifth of them held out,
//! and a few labels that only the judges see.

use crate::data::pictures::Pictures;
use crate::data::torus::{Augmentation, Torus};
use crate::lab::blueprint::Source;
use crate::lab::param::Settings;
use crate::math::rng::Rng;
use rand::RngExt as _;
use std::sync::Arc;

/// Of all pictures one in so many is held out.
const EVERY: usize = 5;
/// Choices of the labelled pictures.
pub(super) const DRAWS: usize = 4;

/// Pictures, labels, and which labels the linear probe gets. It never changes and is shared.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) classes: Vec<String>,
    pub(super) train: Torus,
    pub(super) held_out: Torus,
    pub(super) train_labels: Vec<usize>,
    pub(super) held_out_labels: Vec<usize>,
    /// All pictures where they stand: those trained on, then those held out.
    pub(super) pixels: Vec<f32>,
    /// Places in the training pictures of those whose label is told, a few of each class.
    pub(super) draws: Vec<Vec<usize>>,
}

impl Ground {
    pub(super) fn new(settings: &Settings, source: &Source, rng: &mut Rng) -> Self {
        let all: &Arc<Pictures> = match source {
            Source::Pictures(own) => own,
            _ => Pictures::digits(),
        };
        let (train, held_out) = all.split(EVERY, rng);
        let wander = settings.count("wander");
        let mut torus = |of: &[usize]| {
            let pixels = of.iter().flat_map(|i| all.picture(*i)).copied().collect();
            Torus::new(pixels, all.side, wander, rng)
        };
        let (on_train, on_held_out) = (torus(&train), torus(&held_out));
        let labels = |of: &[usize]| of.iter().map(|i| all.labels[*i]).collect::<Vec<_>>();
        let train_labels = labels(&train);
        let area = on_train.area();
        let mut pixels = vec![0.0; (train.len() + held_out.len()) * area];
        let (first, rest) = pixels.split_at_mut(train.len() * area);
        for (torus, rows) in [(&on_train, first), (&on_held_out, rest)] {
            rows.chunks_exact_mut(area).enumerate().for_each(|(i, row)| torus.original(i, row));
        }
        let each = settings.count("labels");
        let draws = (0..DRAWS).map(|_| few(&train_labels, all.classes.len(), each, rng)).collect();
        Self {
            classes: all.classes.clone(),
            held_out_labels: labels(&held_out),
            train: on_train,
            held_out: on_held_out,
            train_labels,
            pixels,
            draws,
        }
    }

    /// Pixels of a picture on the torus.
    pub(super) fn area(&self) -> usize {
        self.train.area()
    }

    /// How many pictures of its own class an image of a batch of `n` has beside itself, on average:
    /// the batch is drawn without putting back, so every pair is as likely as any other.
    pub(super) fn expected_twins(&self, n: usize) -> f64 {
        let all = self.train_labels.len() as f64;
        let mut counts = vec![0.0; self.classes.len()];
        self.train_labels.iter().for_each(|l| counts[*l] += 1.0);
        let pairs: f64 = counts.iter().map(|c| c * (c - 1.0)).sum();
        (n as f64 - 1.0) * pairs / (all * (all - 1.0)).max(1.0)
    }
}

/// The strengths that the settings name.
pub(super) fn augmentation(settings: &Settings) -> Augmentation {
    Augmentation {
        roll: settings.count("roll"),
        rotation: settings.real("rotation"),
        erase: settings.count("erase"),
        jitter: settings.real("jitter"),
    }
}

/// Up to `each` places of every class, at random.
fn few(labels: &[usize], classes: usize, each: usize, rng: &mut Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    for i in 0..order.len() {
        let j = rng.random_range(i..order.len());
        order.swap(i, j);
    }
    let mut seen = vec![0; classes];
    order.retain(|i| {
        seen[labels[*i]] += 1;
        seen[labels[*i]] <= each
    });
    order
}
