//! What a representation is worth, piece by piece so that no step is long: the features of all
//! pictures, k-nearest neighbours over all training pictures, and a linear probe on a few labels a
//! class, for several choices of those.

use super::ground::{DRAWS, Ground};
use crate::math::statistics::mean_and_variance;
use crate::model::encoder::{Encoder, Passes};
use crate::model::linear_probe::LinearProbe;
use crate::model::nearest_neighbours::Neighbours;
use crate::objective::unit_rows::normalise;
use std::sync::Arc;

/// Steps of the probe: the accuracy has long come to rest.
const STEPS: usize = 200;
/// Rows at a time.
const ROWS: usize = 128;
/// The layer the features are taken from: the last before the projector.
const LAYER: usize = 1;

/// What is judged.
#[derive(Clone, Debug)]
pub(super) enum Subject {
    /// The pixels as they are.
    Pixels,
    /// The features of an encoder.
    Features(Arc<Encoder>),
}

/// Share of held-out pictures put right, with one standard error.
pub(super) type Share = (f64, f64);

/// What came out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Marks {
    pub(super) probe: Share,
    pub(super) knn: Share,
}

/// Features of all pictures, those trained on first; and the same at length one.
#[derive(Debug)]
struct Features {
    width: usize,
    rows: Vec<f32>,
    units: Vec<f32>,
}

#[derive(Clone, Debug)]
enum Stage {
    Encode(Vec<f32>),
    Neighbours(Arc<Features>),
    Probe(Arc<Features>, Box<LinearProbe>),
}

/// An exam on its way.
#[derive(Clone, Debug)]
pub(super) struct Exam {
    subject: Subject,
    stage: Stage,
    /// Held-out pictures put right by their neighbours, as far as they have been looked at.
    near: Vec<bool>,
    /// Of each choice of labels so far: how many were put right; and of each held-out picture how
    /// many times it was.
    shares: Vec<f64>,
    times: Vec<u8>,
}

impl Exam {
    pub(super) fn new(subject: Subject, ground: &Ground) -> Self {
        let stage = match &subject {
            Subject::Pixels => Stage::Neighbours(features(ground.pixels.clone(), ground.area())),
            Subject::Features(_) => Stage::Encode(Vec::new()),
        };
        let times = vec![0; ground.held_out_labels.len()];
        Self { subject, stage, near: Vec::new(), shares: Vec::new(), times }
    }

    /// Goes on for about so many multiplications; the marks once all is done.
    pub(super) fn advance(
        &mut self,
        ground: &Ground,
        passes: &mut Passes,
        k: usize,
        budget: f64,
    ) -> Option<Marks> {
        let mut left = budget;
        let train = ground.train_labels.len();
        loop {
            match &mut self.stage {
                Stage::Encode(done) => {
                    let Subject::Features(encoder) = &self.subject else { return None };
                    let (area, width) = (ground.area(), encoder.sizes()[LAYER + 1]);
                    let from = done.len() / width;
                    let all = ground.pixels.len() / area;
                    if from == all {
                        self.stage = Stage::Neighbours(features(std::mem::take(done), width));
                        continue;
                    }
                    let to = (from + ROWS).min(all);
                    passes.forward(encoder, &ground.pixels[from * area..to * area]);
                    done.extend_from_slice(passes.layer(LAYER));
                    left -= ((to - from) * encoder.parameters().len()) as f64;
                }
                Stage::Neighbours(features) => {
                    let (width, from) = (features.width, self.near.len());
                    let all = ground.held_out_labels.len();
                    if from == all {
                        let features = Arc::clone(features);
                        let probe = Box::new(probe(ground, &features, 0));
                        self.stage = Stage::Probe(features, probe);
                        continue;
                    }
                    let to = (from + ROWS / 4).min(all);
                    let known = Neighbours {
                        units: &features.units[..train * width],
                        labels: &ground.train_labels,
                        classes: ground.classes.len(),
                        dimension: width,
                    };
                    let rows = &features.units[(train + from) * width..(train + to) * width];
                    let truth = &ground.held_out_labels[from..to];
                    let said = known.classify(rows, k);
                    self.near.extend(said.iter().zip(truth).map(|(said, truth)| said == truth));
                    left -= ((to - from) * train * width) as f64;
                }
                Stage::Probe(features, now) => {
                    let cost = now.cost();
                    let steps = ((left / cost) as usize).clamp(1, STEPS - now.taken());
                    now.step(steps);
                    left -= steps as f64 * cost;
                    if now.taken() == STEPS {
                        let said = now.classify(&features.rows[train * features.width..]);
                        let right = said.iter().zip(&ground.held_out_labels).map(|(s, t)| s == t);
                        let mut sum = 0;
                        for (right, times) in right.zip(&mut self.times) {
                            *times += u8::from(right);
                            sum += usize::from(right);
                        }
                        self.shares.push(sum as f64 / self.times.len().max(1) as f64);
                        if self.shares.len() == DRAWS {
                            return Some(self.marks());
                        }
                        let next = probe(ground, features, self.shares.len());
                        **now = next;
                    }
                }
            }
            if left <= 0.0 {
                return None;
            }
        }
    }

    /// The error of the probe holds for other held-out pictures and for other labels.
    fn marks(&self) -> Marks {
        let n = self.near.len().max(1) as f64;
        let (mean, over_draws) = mean_and_variance(&self.shares);
        let share = |times: &u8| f64::from(*times) / DRAWS as f64;
        let each: Vec<f64> = self.times.iter().map(share).collect();
        let over_pictures = mean_and_variance(&each).1;
        let probe = (over_draws / DRAWS as f64 + over_pictures / n).sqrt();
        let near = self.near.iter().filter(|r| **r).count() as f64 / n;
        Marks { probe: (mean, probe), knn: (near, binomial(near, n)) }
    }
}

/// The standard error of a share of `n`; half a case is added to either side, so that 0 and 1 have
/// one too.
fn binomial(share: f64, n: f64) -> f64 {
    let sure = (share * n + 0.5) / (n + 1.0);
    (sure * (1.0 - sure) / n).sqrt()
}

fn features(rows: Vec<f32>, width: usize) -> Arc<Features> {
    let mut units = rows.clone();
    normalise(&mut units, width, &mut Vec::new());
    Arc::new(Features { width, rows, units })
}

fn probe(ground: &Ground, features: &Features, draw: usize) -> LinearProbe {
    let told = &ground.draws[draw];
    let width = features.width;
    let rows: Vec<f32> =
        told.iter().flat_map(|i| &features.rows[i * width..(i + 1) * width]).copied().collect();
    let labels = told.iter().map(|i| ground.train_labels[*i]).collect();
    LinearProbe::new(&rows, labels, ground.classes.len())
}
