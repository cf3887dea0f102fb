//! A queue of keys: three learners from the same start, by how they come by their negatives. One has
//! the other pairs of a small batch; one has the same small batch and a queue of keys from an encoder
//! that follows its own; one has a large batch. All are judged by the same held-out pairs, among 512
//! candidates freshly embedded, and the keys in the queue by how far they are from what their encoder
//! would make of the same inputs now.
//!
//! Pairs are two noisy views of a Gaussian thing, so that their mutual information is known:
//! `I = -(d/2) log(1 - rho^2)` with `rho = 1/(1 + s^2)`. It bounds `log N - loss` from above.

use super::picture::{estimate, from_zero, lines, number, points, shown, table};
use crate::lab::Label;
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::{Axis, Cell, Figure, Progress, Readout, Role, Series, View};
use crate::lesson::shared::history::History;
use crate::math::lanes::Lanes;
use crate::math::rng::{Rng, stream};
use crate::math::statistics::mean_and_variance;
use crate::math::vector_math;
use crate::model::adam::Adam;
use crate::model::encoder::{Encoder, Passes};
use crate::objective::fused_pairs::{Batches, FusedPairs};
use crate::objective::logit_tile::Sides;
use crate::objective::moco_queue::{Queue, follow, loss};
use crate::objective::unit_rows::{normalise, pull_back_f32};
use rand::Rng as _;
use std::sync::Arc;

/// Pairs of a small batch, and of a large one.
pub(super) const SMALL: usize = 4;
pub(super) const LARGE: usize = 256;
/// Pairs held out: among so many candidates a view has to find its own.
pub(super) const HELD: usize = 512;
/// Numbers of a thing, and of an embedding.
const SIZES: [usize; 3] = [16, 64, 16];
const INPUTS: usize = SIZES[0];
const OUTPUTS: usize = SIZES[2];
/// s: how far a view is from the thing.
const VIEW_NOISE: f32 = 0.7;
const TEMPERATURE: f32 = 0.1;
/// Of Adam.
const RATE: f64 = 2e-3;
/// Steps between evaluations.
const EVERY: u64 = 8;

/// The mutual information of two views, in nats.
pub(super) fn information() -> f64 {
    let s = f64::from(VIEW_NOISE);
    let rho = 1.0 / (1.0 + s * s);
    -0.5 * INPUTS as f64 * (1.0 - rho * rho).ln()
}

/// Two views of so many things, row after row.
type Views = (Vec<f32>, Vec<f32>);

fn views(count: usize, rng: &mut Rng) -> Views {
    let mut lanes = Lanes::new(rng.next_u64(), 0);
    let mut normals = || {
        let mut all = vec![0.0; count * INPUTS];
        lanes.normal(&mut all);
        all
    };
    let (things, mut a, mut b) = (normals(), normals(), normals());
    for view in [&mut a, &mut b] {
        view.iter_mut().zip(&things).for_each(|(v, t)| *v = t + VIEW_NOISE * *v);
    }
    (a, b)
}

/// What held-out pairs say of an encoder, each with its standard error.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged {
    /// `log 512 - loss`, in nats.
    pub(super) bound: (f64, f64),
    /// Share of views whose own partner is the nearest of all candidates.
    pub(super) recall: (f64, f64),
}

const UNJUDGED: Judged = Judged { bound: (f64::NAN, f64::NAN), recall: (f64::NAN, f64::NAN) };

/// Rows of length one.
fn embedded(
    passes: &mut Passes,
    encoder: &Encoder,
    input: &[f32],
    lengths: &mut Vec<f32>,
) -> Vec<f32> {
    let mut z = passes.forward(encoder, input).to_vec();
    normalise(&mut z, OUTPUTS, lengths);
    z
}

pub(super) fn judge(passes: &mut Passes, encoder: &Encoder, held: &Views) -> Judged {
    let lengths = &mut Vec::new();
    let a = embedded(passes, encoder, &held.0, lengths);
    let b = embedded(passes, encoder, &held.1, lengths);
    let sides = Sides { dimension: OUTPUTS, a: &a, b: &b };
    let n = sides.shape().0;
    let mut tile = vec![0.0; n * n];
    sides.logits(1.0 / TEMPERATURE, &mut tile);
    let (mut line, mut hits, mut mean) = (vec![0.0; n], 0, 0.0);
    // A pair counts by its own loss and by what its candidate takes from the others.
    let mut counts = vec![0.0; n];
    for (i, row) in tile.chunks_exact(n).enumerate() {
        let own = row[i];
        hits += usize::from(row.iter().enumerate().all(|(j, l)| j == i || *l < own));
        let shifted: Vec<f32> = row.iter().map(|l| l - 1.0 / TEMPERATURE).collect();
        vector_math::exp_f32(&shifted, &mut line);
        let sum: f64 = line.iter().map(|e| f64::from(*e)).sum();
        let loss = sum.ln() - f64::from(own - 1.0 / TEMPERATURE);
        mean += loss / n as f64;
        counts[i] += loss;
        counts.iter_mut().zip(&line).for_each(|(c, e)| *c += f64::from(*e) / sum);
    }
    let count = n as f64;
    let share = hits as f64 / count;
    Judged {
        bound: (count.ln() - mean, (mean_and_variance(&counts).1 / count).sqrt()),
        recall: (share, (share * (1.0 - share) / count).sqrt()),
    }
}

/// An encoder that learns.
#[derive(Clone)]
struct Learner {
    encoder: Encoder,
    adam: Adam<f32>,
}

impl Learner {
    fn new(encoder: &Encoder) -> Self {
        Self { encoder: encoder.clone(), adam: Adam::new(encoder.parameters().len()) }
    }

    /// A step on the loss within a batch.
    fn step(&mut self, desk: &mut Desk, views: &Views) {
        let both = [&views.0[..], &views.1].concat();
        let mut lengths = Vec::new();
        let z = embedded(&mut desk.passes, &self.encoder, &both, &mut lengths);
        let (a, b) = z.split_at(z.len() / 2);
        let mut by = vec![0.0; z.len()];
        let (by_a, by_b) = by.split_at_mut(z.len() / 2);
        let batches = &mut Batches { dimension: OUTPUTS, a, b, by_a, by_b };
        desk.pairs.clip(batches, 1.0 / TEMPERATURE);
        pull_back_f32(&z, &lengths, OUTPUTS, &mut by);
        self.follow(desk, &by);
    }

    /// Pulls a gradient by the embeddings back and goes down it.
    fn follow(&mut self, desk: &mut Desk, by: &[f32]) {
        desk.gradient.resize(self.encoder.parameters().len(), 0.0);
        desk.passes.backward(&self.encoder, by, &mut desk.gradient);
        self.adam.step(self.encoder.parameters_mut(), &desk.gradient, RATE, 0.0);
    }
}

/// Buffers; a copy needs none of what is in them.
struct Desk {
    passes: Passes,
    pairs: FusedPairs,
    gradient: Vec<f32>,
    logits: Vec<f32>,
}

impl Desk {
    fn new() -> Self {
        let (passes, pairs) = (Passes::new(1), FusedPairs::new(1));
        Self { passes, pairs, gradient: Vec::new(), logits: Vec::new() }
    }
}

impl Clone for Desk {
    fn clone(&self) -> Self {
        Self::new()
    }
}

/// Training in progress.
#[derive(Clone)]
pub(super) struct Momentum {
    capacity: usize,
    /// 1 - m.
    share: f32,
    queued: Learner,
    keys: Encoder,
    queue: Queue,
    /// The inputs of the keys that wait, in their places.
    inputs: Vec<f32>,
    small: Learner,
    large: Learner,
    held: Arc<Views>,
    judged: [Judged; 3],
    /// Step and the three bounds.
    course: History<4>,
    /// Age in steps, and the mean distance of keys of that age from what they would be now.
    drift: Vec<(f64, f64)>,
    step: u64,
    desk: Desk,
}

impl Momentum {
    pub(super) fn new(settings: &Settings, rng: &mut Rng) -> Self {
        let start = Encoder::new(&SIZES, rng);
        let capacity = settings.count("queue").max(SMALL);
        let mut made = Self {
            capacity,
            share: settings.real("follow") as f32,
            queued: Learner::new(&start),
            queue: Queue::new(capacity, OUTPUTS),
            inputs: vec![0.0; capacity * INPUTS],
            small: Learner::new(&start),
            large: Learner::new(&start),
            keys: start,
            held: Arc::new(views(HELD, rng)),
            judged: [UNJUDGED; 3],
            course: History::new(),
            drift: Vec::new(),
            step: 0,
            desk: Desk::new(),
        };
        made.judge();
        made
    }

    fn judge(&mut self) {
        let learners = [&self.queued, &self.small, &self.large];
        let judged = learners.map(|l| judge(&mut self.desk.passes, &l.encoder, &self.held));
        self.judged = judged;
        let [a, b, c] = judged.map(|j| j.bound.0);
        self.course.push([self.step as f64, a, b, c]);
        self.drift = self.measure_drift();
    }

    /// A step of the learner with the queue.
    fn contrast(&mut self, views: &Views) {
        let desk = &mut self.desk;
        let mut lengths = Vec::new();
        let keys = embedded(&mut desk.passes, &self.keys, &views.1, &mut lengths);
        let q = embedded(&mut desk.passes, &self.queued.encoder, &views.0, &mut lengths);
        let mut by = vec![0.0; q.len()];
        let sides = Sides { dimension: OUTPUTS, a: &q, b: &keys };
        loss(sides, self.queue.keys(), TEMPERATURE, &mut desk.logits, &mut by);
        pull_back_f32(&q, &lengths, OUTPUTS, &mut by);
        self.queued.follow(desk, &by);
        follow(self.keys.parameters_mut(), self.queued.encoder.parameters(), self.share);
        let inputs = &mut self.inputs;
        self.queue.push(&keys, self.step, |from, to| {
            let key = &views.1[from * INPUTS..][..INPUTS];
            inputs[to * INPUTS..][..INPUTS].copy_from_slice(key);
        });
    }

    fn measure_drift(&mut self) -> Vec<(f64, f64)> {
        let count = self.queue.len();
        if count == 0 {
            return Vec::new();
        }
        let now = embedded(
            &mut self.desk.passes,
            &self.keys,
            &self.inputs[..count * INPUTS],
            &mut Vec::new(),
        );
        let mut by_age = std::collections::BTreeMap::new();
        let rows = now.chunks_exact(OUTPUTS).zip(self.queue.keys().chunks_exact(OUTPUTS));
        for ((now, then), born) in rows.zip(self.queue.born()) {
            let square: f32 = now.iter().zip(then).map(|(a, b)| (a - b) * (a - b)).sum();
            let all = by_age.entry(self.step - born).or_insert((0.0, 0.0));
            *all = (all.0 + 1.0, all.1 + f64::from(square).sqrt());
        }
        by_age.into_iter().map(|(age, (n, sum))| (age as f64, sum / n)).collect()
    }
}

impl Experiment for Momentum {
    fn set(&mut self, param: Label, value: Value) {
        if let ("follow", Value::Real(share)) = (param, value) {
            self.share = share as f32;
        }
    }

    fn step(&mut self, rng: &mut Rng) -> Result<(), Diverged> {
        let (few, many) = (views(SMALL, rng), views(LARGE, rng));
        self.step += 1;
        self.contrast(&few);
        self.small.step(&mut self.desk, &few);
        self.large.step(&mut self.desk, &many);
        if self.step.is_multiple_of(EVERY) {
            self.judge();
        }
        let fine = self.judged.iter().all(|j| j.bound.0.is_finite());
        if fine { Ok(()) } else { Err(Diverged { why: "lost" }) }
    }

    fn view(&self) -> View {
        let filled = self.queue.len() as f64 / self.capacity as f64;
        View {
            figures: vec![self.takes(), self.gives(), self.ledger()],
            readouts: self.readouts(),
            notes: Vec::new(),
            progress: (filled < 1.0).then_some(Progress { label: "filling", done: filled }),
        }
    }

    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}

impl Momentum {
    fn readouts(&self) -> Vec<Readout> {
        let ids = ["queue-bound", "batch-bound", "large-bound"];
        let mut all: Vec<Readout> =
            ids.into_iter().zip(self.judged).map(|(id, j)| shown(id, j.bound)).collect();
        let ids = ["recall", "recall-batch", "recall-large"];
        all.extend(ids.into_iter().zip(self.judged).map(|(id, j)| shown(id, j.recall)));
        let oldest = self.drift.last().map_or(f64::NAN, |d| d.1);
        all.push(Readout::plain("queue-drift", oldest));
        all.push(Readout::plain("embedded", 2.0 * SMALL as f64));
        all
    }

    /// How stale keys are, by their age.
    fn takes(&self) -> Figure {
        let oldest = (self.capacity as f64 / SMALL as f64).ceil() + EVERY as f64;
        let all: Vec<_> = self.drift.iter().map(|(age, d)| (*age, (*d, f64::NAN))).collect();
        let series = vec![
            Series::line("unrelated", Role::Exact, vec![0.0, oldest], vec![2f64.sqrt(); 2]),
            points("keys", Role::Negative, &all),
        ];
        let x = Axis::of("age-axis").within(0.0, oldest);
        // Keys of the last step are off by a thousandth, the oldest may be strangers.
        lines("takes", x, Axis::of("drift-axis").logarithmic().within(1e-4, 2.0), series)
    }

    /// What held-out pairs say, over the steps.
    fn gives(&self) -> Figure {
        let x = self.course.column(0);
        let most = x.last().copied().unwrap_or(0.0);
        let end = [200.0, 500.0, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5]
            .into_iter()
            .find(|e| *e >= most)
            .unwrap_or(most);
        let line =
            |label, role, column| Series::line(label, role, x.clone(), self.course.column(column));
        let series = vec![
            Series::line("information", Role::Exact, vec![0.0, end], vec![information(); 2]),
            line("large-batch", Role::Data, 3),
            line("small-batch", Role::Negative, 2),
            line("with-queue", Role::Model, 1),
        ];
        let x = Axis::of("steps-axis").within(0.0, end);
        lines("gives", x, from_zero("bound-axis", information()), series)
    }

    fn ledger(&self) -> Figure {
        let names = ["with-queue", "small-batch", "large-batch"];
        let negatives = [self.queue.len(), SMALL - 1, LARGE - 1];
        // Rows that a gradient goes through; a queue's keys have none.
        let rows = [SMALL, 2 * SMALL, 2 * LARGE];
        let all = (0..3).map(|i| {
            vec![
                Cell::Label(names[i]),
                number(negatives[i] as f64),
                number(rows[i] as f64),
                estimate(self.judged[i].bound),
                estimate(self.judged[i].recall),
            ]
        });
        let columns =
            vec!["learner", "negatives-column", "pulled-column", "bound-axis", "recall-column"];
        table(columns, all.collect())
    }
}

/// Learners with a queue and with a small batch, trained so long from each seed: by how many nats the
/// held-out bound of the first is above that of the second, and the drift of the oldest keys; means.
pub(super) fn trained(seeds: &[u64], capacity: usize, steps: usize) -> (f64, f64) {
    let mut settings = super::BLUEPRINT.defaults();
    settings.set("queue", Value::Integer(capacity as i64));
    let (mut gain, mut drift) = (0.0, 0.0);
    for seed in seeds {
        let rng = &mut stream(*seed, 29);
        let mut run = Momentum::new(&settings, rng);
        for _ in 0..steps {
            let few = views(SMALL, rng);
            run.step += 1;
            run.contrast(&few);
            run.small.step(&mut run.desk, &few);
        }
        run.judge();
        gain += run.judged[0].bound.0 - run.judged[1].bound.0;
        drift += run.drift.last().map_or(f64::NAN, |d| d.1);
    }
    (gain / seeds.len() as f64, drift / seeds.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::{HELD, SIZES, judge, views};
    use crate::math::rng::stream;
    use crate::model::encoder::{Encoder, Passes};

    #[test]
    fn error_bars_of_held_out_pairs_are_honest() {
        let encoder = Encoder::new(&SIZES, &mut stream(4, 0));
        let mut passes = Passes::new(1);
        let all: Vec<_> = (1..=80)
            .map(|seed| judge(&mut passes, &encoder, &views(HELD, &mut stream(4, seed))))
            .collect();
        for what in [0, 1] {
            let of = all.iter().map(|j| if what == 0 { j.bound } else { j.recall });
            let of: Vec<(f64, f64)> = of.collect();
            let mean = of.iter().map(|v| v.0).sum::<f64>() / 80.0;
            let within =
                |k: f64| of.iter().filter(|(v, e)| (v - mean).abs() < k * e).count() as f64 / 80.0;
            // Of 80, 55 +- 4 lie within one error.
            assert!((0.52..0.84).contains(&within(1.0)), "{what}: {}", within(1.0));
            assert!(within(3.0) > 0.96, "{what}: {}", within(3.0));
        }
    }
}
