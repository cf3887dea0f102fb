//! Gradient caching against gradient accumulation: a small encoder learns to tell pairs apart, and
//! every batch of it is worked out whole, cached in k chunks, and accumulated over k chunks. Losses,
//! gradients, bytes of activations and times stand side by side.

use super::bench::CLIP_SCALE;
use super::formula::{MIB, SINGLE};
use super::picture::{decades, from_zero, lines, number, points, shown, table};
use super::stopwatch::Times;
use crate::lab::Label;
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::{Axis, BarSeries, Bars, Cell, Figure, Plot, Readout, Role, Series, View};
use crate::math::lanes::Lanes;
use crate::math::rng::Rng;
use crate::math::statistics::mean_and_error;
use crate::model::adam::Adam;
use crate::model::encoder::{Encoder, Passes};
use crate::objective::fused_pairs::{Batches, FusedPairs};
use crate::objective::gradient_cache::{Tower, embed, pull_back};
use crate::objective::unit_rows::{normalise, pull_back_f32};
use rand::Rng as _;

/// The encoder of both views.
pub(super) const SIZES: [usize; 4] = [32, 64, 64, 16];
const INPUTS: usize = SIZES[0];
const OUTPUTS: usize = SIZES[3];
/// How far two views of a thing differ.
const VIEW_NOISE: f32 = 0.7;
/// Of Adam.
const RATE: f64 = 1e-3;
/// Numbers of chunks that are tried, whatever the settings.
pub(super) const CHUNKS: [usize; 4] = [1, 2, 4, 8];
/// Batches that a mean is over.
const WINDOW: usize = 32;
/// Below it a gradient is rounding and has no length to compare with.
const NO_GRADIENT: f64 = 1e-5;
/// Where the axis of differences begins.
const LEAST_OFF: f64 = 1e-9;

/// Two views of a batch of things, row after row.
pub(super) struct Views {
    first: Vec<f32>,
    second: Vec<f32>,
}

impl Views {
    /// Of fresh things, or, collapsed, the same view of the same thing over and over.
    pub(super) fn draw(pairs: usize, collapsed: bool, rng: &mut Rng) -> Self {
        let mut lanes = Lanes::new(rng.next_u64(), 0);
        let mut things = vec![0.0; pairs * INPUTS];
        lanes.normal(&mut things);
        if collapsed {
            let one = things[..INPUTS].to_vec();
            things = one.repeat(pairs);
            return Self { first: things.clone(), second: things };
        }
        let mut view = || {
            let mut noise = vec![0.0; pairs * INPUTS];
            lanes.normal(&mut noise);
            noise.iter_mut().zip(&things).for_each(|(n, t)| *n = t + VIEW_NOISE * *n);
            noise
        };
        Self { first: view(), second: view() }
    }

    fn pairs(&self) -> usize {
        self.first.len() / INPUTS
    }

    /// So many pairs from one on.
    fn part(&self, from: usize, pairs: usize) -> Self {
        let of = |all: &[f32]| all[from * INPUTS..(from + pairs) * INPUTS].to_vec();
        Self { first: of(&self.first), second: of(&self.second) }
    }
}

/// A loss, its gradient, and the most bytes of activations that were kept for it.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub(super) loss: f64,
    pub(super) gradient: Vec<f32>,
    pub(super) kept: usize,
}

/// Buffers of an encoder at work.
pub(super) struct Desk {
    passes: Passes,
    pairs: FusedPairs,
    part: Vec<f32>,
}

impl Desk {
    pub(super) fn new(encoder: &Encoder) -> Self {
        let part = vec![0.0; encoder.parameters().len()];
        Self { passes: Passes::new(1), pairs: FusedPairs::new(1), part }
    }

    /// Both views embedded, chunk by chunk, the loss over all of them, and the gradient pulled back
    /// chunk by chunk: with one chunk, what is done without caching but for the second forward pass.
    pub(super) fn cached(&mut self, encoder: &Encoder, views: &Views, chunks: usize) -> Found {
        let pairs = views.pairs();
        let chunk = pairs.div_ceil(chunks.max(1)).max(1);
        let tower = &mut Tower { encoder, passes: &mut self.passes };
        let mut z = [vec![0.0; pairs * OUTPUTS], vec![0.0; pairs * OUTPUTS]];
        embed(tower, &views.first, chunk, &mut z[0]);
        embed(tower, &views.second, chunk, &mut z[1]);
        let (loss, by) = contrast(&mut self.pairs, z);
        let mut gradient = vec![0.0; encoder.parameters().len()];
        let mut kept = 0;
        for (input, by) in [&views.first, &views.second].into_iter().zip(&by) {
            let sums = (&mut gradient[..], &mut self.part[..]);
            kept = kept.max(pull_back(tower, input, by, chunk, sums));
        }
        Found { loss, gradient, kept }
    }

    /// Both views at once, all activations kept, no second forward pass.
    pub(super) fn whole(&mut self, encoder: &Encoder, views: &Views) -> Found {
        let both = [&views.first[..], &views.second].concat();
        let z = self.passes.forward(encoder, &both);
        let (first, second) = z.split_at(z.len() / 2);
        let (loss, by) = contrast(&mut self.pairs, [first.to_vec(), second.to_vec()]);
        let kept = (0..encoder.layers()).map(|i| size_of_val(self.passes.layer(i))).sum();
        let mut gradient = vec![0.0; encoder.parameters().len()];
        self.passes.backward(encoder, &by.concat(), &mut gradient);
        Found { loss, gradient, kept }
    }

    /// The mean over chunks of the loss and the gradient of each by itself.
    pub(super) fn accumulated(&mut self, encoder: &Encoder, views: &Views, chunks: usize) -> Found {
        let pairs = views.pairs();
        let chunk = pairs.div_ceil(chunks.max(1)).max(1);
        let mut all = Found { gradient: vec![0.0; encoder.parameters().len()], ..Found::default() };
        for from in (0..pairs).step_by(chunk) {
            let views = views.part(from, chunk.min(pairs - from));
            let share = views.pairs() as f64 / pairs as f64;
            let found = self.whole(encoder, &views);
            all.loss += share * found.loss;
            all.kept = all.kept.max(found.kept);
            let sums = all.gradient.iter_mut().zip(&found.gradient);
            sums.for_each(|(sum, g)| *sum += share as f32 * g);
        }
        all
    }
}

/// The loss of CLIP of two batches of embeddings, and its derivatives by them.
fn contrast(engine: &mut FusedPairs, mut z: [Vec<f32>; 2]) -> (f64, [Vec<f32>; 2]) {
    let mut lengths = [Vec::new(), Vec::new()];
    for (z, lengths) in z.iter_mut().zip(&mut lengths) {
        normalise(z, OUTPUTS, lengths);
    }
    let mut by = [vec![0.0; z[0].len()], vec![0.0; z[1].len()]];
    let [by_a, by_b] = &mut by;
    let batches = &mut Batches { dimension: OUTPUTS, a: &z[0], b: &z[1], by_a, by_b };
    let loss = engine.clip(batches, CLIP_SCALE).loss;
    for ((z, lengths), by) in z.iter().zip(&lengths).zip(&mut by) {
        pull_back_f32(z, lengths, OUTPUTS, by);
    }
    (loss, by)
}

/// How far a gradient is from the whole one, as a share of its length; NaN where that has none.
pub(super) fn apart(found: &[f32], whole: &[f32]) -> f64 {
    let square = |v: f64| v * v;
    let length: f64 = whole.iter().map(|g| square(f64::from(*g))).sum::<f64>().sqrt();
    let off = found.iter().zip(whole).map(|(f, w)| square(f64::from(*f) - f64::from(*w)));
    if length > NO_GRADIENT { off.sum::<f64>().sqrt() / length } else { f64::NAN }
}

/// No lower than the axis of differences begins, where there is a value.
fn on_axis(off: f64) -> f64 {
    if off < LEAST_OFF { LEAST_OFF } else { off }
}

/// The last values of something, one a batch.
#[derive(Clone, Debug, Default)]
struct Window {
    all: Vec<f64>,
    next: usize,
}

impl Window {
    fn push(&mut self, value: f64) {
        if !value.is_finite() {
            return;
        }
        if self.all.len() < WINDOW {
            self.all.push(value);
        } else {
            self.all[self.next] = value;
        }
        self.next = (self.next + 1) % WINDOW;
    }

    /// The mean, and its standard error: batches are drawn anew each time.
    fn mean(&self) -> (f64, f64) {
        if self.all.len() < 2 {
            return (self.all.first().copied().unwrap_or(f64::NAN), f64::NAN);
        }
        mean_and_error(&self.all)
    }

    fn most(&self) -> f64 {
        self.all.iter().copied().fold(f64::NAN, f64::max)
    }
}

/// What was found with one number of chunks.
#[derive(Clone, Debug, Default)]
struct Split {
    chunks: usize,
    loss: Window,
    cached_loss: Window,
    cached_off: Window,
    accumulated_off: Window,
    kept: usize,
    time: Times,
}

/// Training in progress.
#[derive(Clone)]
pub(super) struct Caching {
    pairs: usize,
    chunks: usize,
    collapsed: bool,
    encoder: Encoder,
    adam: Adam<f32>,
    whole: Window,
    whole_kept: usize,
    whole_time: Times,
    splits: Vec<Split>,
}

impl Caching {
    pub(super) fn new(settings: &Settings, rng: &mut Rng) -> Self {
        let encoder = Encoder::new(&SIZES, rng);
        let chunks = settings.count("chunks").max(1);
        let mut all: Vec<usize> = CHUNKS.to_vec();
        all.push(chunks);
        all.sort_unstable();
        all.dedup();
        Self {
            pairs: settings.count("pairs"),
            chunks,
            collapsed: settings.switch("collapsed"),
            adam: Adam::new(encoder.parameters().len()),
            encoder,
            whole: Window::default(),
            whole_kept: 0,
            whole_time: Times::default(),
            splits: all.into_iter().map(|chunks| Split { chunks, ..Split::default() }).collect(),
        }
    }

    fn here(&self) -> &Split {
        let there = self.splits.iter().find(|s| s.chunks == self.chunks);
        there.unwrap_or(&self.splits[0])
    }

    /// Pairs of a chunk.
    fn chunk(&self, chunks: usize) -> usize {
        self.pairs.div_ceil(chunks)
    }
}

impl Experiment for Caching {
    fn set(&mut self, _: Label, _: Value) {}

    fn step(&mut self, rng: &mut Rng) -> Result<(), Diverged> {
        let views = Views::draw(self.pairs, self.collapsed, rng);
        let mut desk = Desk::new(&self.encoder);
        // The first call warms up.
        let _ = desk.whole(&self.encoder, &views);
        let whole = self.whole_time.take(|| desk.whole(&self.encoder, &views));
        self.whole.push(whole.loss);
        self.whole_kept = whole.kept;
        let mut step = Vec::new();
        for split in &mut self.splits {
            let cached = split.time.take(|| desk.cached(&self.encoder, &views, split.chunks));
            let accumulated = desk.accumulated(&self.encoder, &views, split.chunks);
            split.loss.push(accumulated.loss);
            split.cached_loss.push(cached.loss);
            // A collapsed batch has no gradient, only its rounding.
            if !self.collapsed {
                split.cached_off.push(apart(&cached.gradient, &whole.gradient));
                split.accumulated_off.push(apart(&accumulated.gradient, &whole.gradient));
            }
            split.kept = cached.kept;
            if split.chunks == self.chunks {
                step = cached.gradient;
            }
        }
        if !self.collapsed {
            self.adam.step(self.encoder.parameters_mut(), &step, RATE, 0.0);
        }
        let finite = self.encoder.parameters().iter().all(|p| p.is_finite());
        if finite && whole.loss.is_finite() { Ok(()) } else { Err(Diverged { why: "lost" }) }
    }

    fn view(&self) -> View {
        let notes = if self.collapsed { vec!["no-gradient"] } else { Vec::new() };
        View {
            figures: vec![self.takes(), self.time(), self.gives(), self.ledger()],
            readouts: self.readouts(),
            notes,
            progress: None,
        }
    }

    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}

impl Caching {
    fn readouts(&self) -> Vec<Readout> {
        let here = self.here();
        let log = |pairs: usize| (pairs as f64).ln();
        let collapsed = |readout: Readout, pairs: usize| {
            if self.collapsed { readout.against(log(pairs)) } else { readout }
        };
        let even = self.pairs.is_multiple_of(self.chunks);
        let loss = shown("accumulation-loss", here.loss.mean());
        let kept = if here.kept > 0 { here.kept as f64 / MIB * 1024.0 } else { f64::NAN };
        vec![
            collapsed(shown("full-loss", self.whole.mean()), self.pairs),
            if even { collapsed(loss, self.chunk(self.chunks)) } else { loss },
            Readout::plain("cache-difference", here.cached_off.most()).against(0.0),
            shown("accumulation-difference", here.accumulated_off.mean()),
            Readout::plain("kept-bytes", kept).against(self.activations(self.chunk(self.chunks))),
            shown("ms-full", self.whole_time.median()),
            shown("ms-cached", here.time.median()),
        ]
    }

    /// KiB of activations of so many inputs: the outputs of all layers.
    fn activations(&self, rows: usize) -> f64 {
        let numbers: usize = SIZES[1..].iter().sum();
        SINGLE * (rows * numbers) as f64 / 1024.0
    }

    fn chunk_axis(&self) -> Axis {
        Axis::of("chunks-axis").logarithmic().within(0.9, 9.0)
    }

    /// KiB of activations kept, against the number of chunks.
    fn takes(&self) -> Figure {
        let x: Vec<f64> = (1..=8).map(f64::from).collect();
        let y = (1..=8).map(|k| self.activations(self.chunk(k))).collect();
        let whole = self.activations(2 * self.pairs);
        let there = self.splits.iter().filter(|s| s.kept > 0);
        let found: Vec<_> =
            there.map(|s| (s.chunks as f64, (s.kept as f64 / 1024.0, f64::NAN))).collect();
        let series = vec![
            Series::line("whole-batch", Role::Noise, vec![1.0, 8.0], vec![whole; 2]),
            Series::line("formula", Role::Exact, x, y),
            points("with-cache", Role::Estimate, &found),
        ];
        lines("takes", self.chunk_axis(), from_zero("kib-axis", 1.1 * whole), series)
    }

    /// Milliseconds of a batch with its gradient.
    fn time(&self) -> Figure {
        let times = [self.whole_time.median(), self.here().time.median()];
        let most = times.iter().map(|t| t.0).filter(|t| t.is_finite()).fold(0.01, f64::max);
        let series = vec![BarSeries {
            label: "measured",
            role: Role::Estimate,
            values: times.iter().map(|t| t.0).collect(),
            errors: times.iter().map(|t| t.1).collect(),
        }];
        let value = from_zero("ms-axis", 1.4 * most);
        let categories = vec!["whole-batch", "with-cache"];
        Figure { id: "time", plot: Plot::Bars(Bars { value, categories, series }) }
    }

    /// The difference of the gradients from the whole one; of a collapsed batch, which has none, the
    /// losses.
    fn gives(&self) -> Figure {
        let all = |f: &dyn Fn(&Split) -> (f64, f64)| -> Vec<_> {
            self.splits.iter().map(|s| (s.chunks as f64, f(s))).collect()
        };
        if self.collapsed {
            let x: Vec<f64> = (1..=8).map(f64::from).collect();
            let y = x.iter().map(|k| (self.pairs as f64 / k).ln()).collect();
            let series = vec![
                Series::line("log-formula", Role::Exact, x, y),
                points("with-cache", Role::Estimate, &all(&|s| (s.cached_loss.mean().0, f64::NAN))),
                points("summed", Role::Negative, &all(&|s| (s.loss.mean().0, f64::NAN))),
            ];
            let y = from_zero("nats-axis", 1.2 * (self.pairs as f64).ln());
            return lines("gives", self.chunk_axis(), y, series);
        }
        let series = vec![
            Series::line("rounding", Role::Exact, vec![1.0, 8.0], vec![6e-8; 2]),
            points(
                "with-cache",
                Role::Estimate,
                &all(&|s| (on_axis(s.cached_off.most()), f64::NAN)),
            ),
            points(
                "summed",
                Role::Negative,
                &all(&|s| (on_axis(s.accumulated_off.mean().0), f64::NAN)),
            ),
        ];
        lines("gives", self.chunk_axis(), decades("difference-axis", LEAST_OFF, 10.0), series)
    }

    fn ledger(&self) -> Figure {
        let rows = self.splits.iter().map(|split| {
            vec![
                number(split.chunks as f64),
                number(split.cached_loss.mean().0),
                number(split.loss.mean().0),
                number(self.chunk(split.chunks) as f64 - 1.0),
                number(split.kept as f64 / 1024.0),
            ]
        });
        let rows: Vec<Vec<Cell>> = rows.collect();
        let columns =
            vec!["chunks-axis", "loss-cached", "loss-accumulated", "negatives-column", "kib-axis"];
        table(columns, rows)
    }
}
