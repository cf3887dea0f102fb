//! One device: what the losses take as the batch doubles. Each loss is worked out with its gradients
//! over the whole matrix of logits, in chunks, and by the fused engine of the lab, on one thread.
//!
//! A visit to a loss at an N makes room, works once without a watch (the first touch of memory costs
//! time of its own), then some times with one, and gives the room back. Visits go round, so that a
//! disturbance of the machine does not fall on one loss alone.

use super::formula::{MIB, giga_operations, round_up, square};
use super::picture::{decades, lines, number, points, shown, table};
use super::rows::pairs;
use super::stopwatch::Times;
use crate::lab::Label;
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::{Axis, Cell as TableCell, Figure, Progress, Readout, Role, Series, View};
use crate::math::rng::Rng;
use crate::objective::chunked_pairs::ChunkedPairs;
use crate::objective::fused_pairs::{Batches, FusedPairs};
use std::sync::Arc;

/// Numbers of a row.
pub(super) const DIMENSION: usize = 64;
/// The smallest batch.
const LEAST: usize = 64;
/// Where the losses stand: the temperature .07 of CLIP, the start of SigLIP.
pub(super) const CLIP_SCALE: f32 = 1.0 / 0.07;
pub(super) const SIGLIP: (f32, f32) = (10.0, -10.0);
/// Calls of a visit that are timed, at least; one more is not.
const TIMED: usize = 4;
/// Pairs of a step, at most 16 calls: at N = 512 a step is one call, at 2,048 too, the longest there
/// is.
const PAIRS: usize = 1 << 18;

/// How a loss is worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Softmax,
    Sigmoid,
    SoftmaxChunked,
    SigmoidChunked,
    /// The softmax by the fused engine.
    Fused,
}

pub(super) const ALL: [Method; 5] = [
    Method::Softmax,
    Method::Sigmoid,
    Method::SoftmaxChunked,
    Method::SigmoidChunked,
    Method::Fused,
];

impl Method {
    fn label(self) -> Label {
        ["softmax", "sigmoid", "softmax-chunked", "sigmoid-chunked", "fused"][self as usize]
    }

    fn readout(self) -> Label {
        ["ms-softmax", "ms-sigmoid", "ms-chunked-softmax", "ms-chunked", "ms-fused"][self as usize]
    }

    fn role(self) -> Role {
        [Role::Positive, Role::Negative, Role::Model, Role::Estimate, Role::Data][self as usize]
    }

    /// By what its times are moved along the axis of N, lest one mark covers another: five of them
    /// around each N, with a gap before the next, which is at 2 N.
    fn aside(self) -> f64 {
        2f64.powf(0.17 * (self as usize as f64 - 2.0))
    }

    fn is_whole(self) -> bool {
        matches!(self, Self::Softmax | Self::Sigmoid)
    }

    fn is_softmax(self) -> bool {
        !matches!(self, Self::Sigmoid | Self::SigmoidChunked)
    }

    /// Products of N x N x d. The fused engine keeps the exponentials of a batch that is small.
    pub(super) fn products(self, n: usize) -> usize {
        let again = self == Self::SoftmaxChunked || self == Self::Fused && n > 1_024;
        if again { 4 } else { 3 }
    }
}

/// Room for one loss.
pub(super) struct Room {
    pairs: ChunkedPairs,
    fused: FusedPairs,
    by_a: Vec<f32>,
    by_b: Vec<f32>,
}

impl Room {
    pub(super) fn new(n: usize) -> Self {
        let by = || vec![0.0; n * DIMENSION];
        let (by_a, by_b) = (by(), by());
        Self { pairs: ChunkedPairs::default(), fused: FusedPairs::new(1), by_a, by_b }
    }

    /// The loss of the first n pairs, with gradients.
    pub(super) fn work(
        &mut self,
        method: Method,
        rows: &(Vec<f32>, Vec<f32>),
        n: usize,
        chunk: usize,
    ) -> f64 {
        let end = n * DIMENSION;
        let (by_a, by_b) = (&mut self.by_a[..], &mut self.by_b[..]);
        let batches =
            &mut Batches { dimension: DIMENSION, a: &rows.0[..end], b: &rows.1[..end], by_a, by_b };
        match method {
            Method::Softmax => self.pairs.clip(batches, CLIP_SCALE, n),
            Method::Sigmoid => self.pairs.siglip(batches, SIGLIP, n),
            Method::SoftmaxChunked => self.pairs.clip(batches, CLIP_SCALE, chunk),
            Method::SigmoidChunked => self.pairs.siglip(batches, SIGLIP, chunk),
            Method::Fused => self.fused.clip(batches, CLIP_SCALE).loss,
        }
    }

    /// The same losses by the fused engine, softmax and sigmoid: for comparison.
    fn exact(&mut self, rows: &(Vec<f32>, Vec<f32>), n: usize) -> [f64; 2] {
        let softmax = self.work(Method::Fused, rows, n, n);
        let end = n * DIMENSION;
        let (by_a, by_b) = (&mut self.by_a[..], &mut self.by_b[..]);
        let (a, b) = (&rows.0[..end], &rows.1[..end]);
        let batches = &mut Batches { dimension: DIMENSION, a, b, by_a, by_b };
        [softmax, self.fused.siglip(batches, SIGLIP.0, SIGLIP.1).loss]
    }

    /// Bytes that were allocated beside rows and gradients, and those of logits among them.
    pub(super) fn bytes(&self, method: Method) -> (usize, usize) {
        match method {
            Method::Fused => (self.fused.memory(), 0),
            _ => (self.pairs.memory(), self.pairs.logits()),
        }
    }
}

/// One loss at one N.
#[derive(Clone, Debug)]
struct Visited {
    method: Method,
    n: usize,
    /// Bytes of room, of logits among it; zero before the first visit.
    bytes: (usize, usize),
    /// Relative difference of the loss from that of the fused engine.
    off: f64,
    times: Times,
}

/// The measurement in progress.
pub(super) struct Bench {
    memory: f64,
    chunk: usize,
    rungs: Vec<usize>,
    rows: Arc<(Vec<f32>, Vec<f32>)>,
    places: Vec<Visited>,
    exact: Vec<[f64; 2]>,
    /// The place being visited, the calls made there, full rounds made.
    at: usize,
    calls: usize,
    rounds: usize,
    room: Option<Room>,
}

impl Clone for Bench {
    /// Without the room: it is made anew where it is needed, and what comes out does not depend on it.
    fn clone(&self) -> Self {
        Self {
            rungs: self.rungs.clone(),
            rows: Arc::clone(&self.rows),
            places: self.places.clone(),
            exact: self.exact.clone(),
            room: None,
            ..*self
        }
    }
}

impl Bench {
    pub(super) fn new(settings: &Settings, rng: &mut Rng) -> Self {
        let largest = settings.count("largest").max(LEAST);
        let memory = settings.real("memory");
        let rungs: Vec<usize> = std::iter::successors(Some(LEAST), |n| Some(2 * n))
            .take_while(|n| *n <= largest)
            .collect();
        let most = rungs.last().copied().unwrap_or(LEAST);
        let place = |n: usize, method: Method| Visited {
            method,
            n,
            bytes: (0, 0),
            off: f64::NAN,
            times: Times::default(),
        };
        let fits = |n: usize, method: Method| !method.is_whole() || square(n) <= memory;
        let places = rungs
            .iter()
            .flat_map(|n| ALL.into_iter().filter(|m| fits(*n, *m)).map(|m| place(*n, m)))
            .collect();
        Self {
            memory,
            chunk: settings.count("chunk").max(1),
            rows: Arc::new(pairs(most, DIMENSION, rng)),
            places,
            exact: vec![[f64::NAN; 2]; rungs.len()],
            rungs,
            at: 0,
            calls: 0,
            rounds: 0,
            room: None,
        }
    }

    /// The largest N at which the whole matrix fits: there all can be compared.
    fn common(&self) -> usize {
        let mut whole = self.rungs.iter().copied().filter(|n| square(*n) <= self.memory);
        whole.next_back().unwrap_or(LEAST)
    }

    fn of(&self, method: Method) -> impl Iterator<Item = &Visited> {
        self.places.iter().filter(move |p| p.method == method)
    }

    fn here(&self, method: Method) -> Option<&Visited> {
        self.of(method).find(|p| p.n == self.common())
    }
}

impl Experiment for Bench {
    fn set(&mut self, _: Label, _: Value) {}

    fn step(&mut self, _: &mut Rng) -> Result<(), Diverged> {
        let (method, n) = (self.places[self.at].method, self.places[self.at].n);
        let step = (PAIRS / (n * n)).clamp(1, 4 * TIMED);
        let visit = step.max(1 + TIMED);
        let room = self.room.get_or_insert_with(|| Room::new(n));
        let place = &mut self.places[self.at];
        for call in self.calls..(self.calls + step).min(visit) {
            if call > 0 {
                let rows = &self.rows;
                place.times.take(|| room.work(method, rows, n, self.chunk));
                continue;
            }
            let loss = room.work(method, &self.rows, n, self.chunk);
            place.bytes = room.bytes(method);
            let rung = self.rungs.iter().position(|r| *r == n).unwrap_or(0);
            if self.exact[rung][0].is_nan() {
                self.exact[rung] = room.exact(&self.rows, n);
            }
            place.off = (loss / self.exact[rung][usize::from(!method.is_softmax())] - 1.0).abs();
        }
        self.calls += step;
        if self.calls >= visit {
            self.calls = 0;
            self.room = None;
            self.at = (self.at + 1) % self.places.len();
            self.rounds += usize::from(self.at == 0);
        }
        Ok(())
    }

    fn view(&self) -> View {
        let done = self.at as f64 / self.places.len() as f64;
        View {
            figures: vec![self.takes(), self.time(), self.gives(), self.ledger()],
            readouts: self.readouts(),
            notes: if square(self.rungs[self.rungs.len() - 1]) > self.memory {
                vec!["does-not-fit"]
            } else {
                Vec::new()
            },
            progress: (self.rounds == 0).then_some(Progress { label: "measuring", done }),
        }
    }

    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}

impl Bench {
    fn readouts(&self) -> Vec<Readout> {
        let n = self.common();
        let bytes = |method: Method| {
            let there = self.here(method).filter(|p| p.bytes.0 > 0);
            there.map_or((f64::NAN, f64::NAN), |p| (p.bytes.0 as f64 / MIB, p.bytes.1 as f64 / MIB))
        };
        let chunk = self.chunk.min(n);
        let mut all = vec![
            Readout::plain("n", n as f64),
            Readout::plain("logits-bytes", bytes(Method::Softmax).1).against(square(n)),
            Readout::plain("tile-bytes", bytes(Method::SigmoidChunked).1).against(square(chunk)),
            Readout::plain("work-bytes", bytes(Method::SoftmaxChunked).0),
            Readout::plain("flops", giga_operations(n, DIMENSION, Method::Softmax.products(n))),
        ];
        for method in ALL {
            let time = self.here(method).map_or((f64::NAN, f64::NAN), |p| p.times.median());
            all.push(shown(method.readout(), time));
        }
        let off = self.places.iter().map(|p| p.off).filter(|v| v.is_finite()).fold(0.0, f64::max);
        all.push(Readout::plain("loss-difference", off).against(0.0));
        all
    }

    fn batch_axis(&self) -> Axis {
        let most = self.rungs[self.rungs.len() - 1] as f64;
        let (left, right) = (Method::Softmax.aside(), Method::Fused.aside());
        Axis::of("batch-axis").logarithmic().within(0.9 * left * LEAST as f64, 1.1 * right * most)
    }

    /// MiB that were allocated, and the formula of the whole matrix.
    fn takes(&self) -> Figure {
        let n: Vec<f64> = self.rungs.iter().map(|n| *n as f64).collect();
        let formula = self.rungs.iter().map(|n| square(*n)).collect();
        let ends = vec![n[0], n[n.len() - 1]];
        let measured = |method: Method| -> Vec<_> {
            let there = self.of(method).filter(|p| p.bytes.0 > 0);
            there.map(|p| (p.n as f64, (p.bytes.0 as f64 / MIB, f64::NAN))).collect()
        };
        let series = vec![
            Series::line("limit", Role::Noise, ends, vec![self.memory; 2]),
            Series::line("whole-formula", Role::Exact, n, formula),
            points("whole", Role::Positive, &measured(Method::Softmax)),
            points("chunked", Role::Estimate, &measured(Method::SigmoidChunked)),
            points("fused", Role::Data, &measured(Method::Fused)),
        ];
        let y = decades(
            "mib-axis",
            0.01,
            2.0 * self.memory.max(square(self.rungs[self.rungs.len() - 1])),
        );
        lines("takes", self.batch_axis(), y, series)
    }

    /// Nanoseconds a pair of the N x N: level where the time grows as N^2.
    fn time(&self) -> Figure {
        let mut most: f64 = 1.0;
        let series = ALL
            .into_iter()
            .map(|method| {
                let per_pair = |p: &Visited| {
                    let (time, spread) = p.times.median();
                    let scale = 1e6 / (p.n * p.n) as f64;
                    (method.aside() * p.n as f64, (time * scale, spread * scale))
                };
                let all: Vec<_> = self.of(method).map(per_pair).collect();
                let there = all.iter().map(|(_, (t, _))| *t).filter(|t| t.is_finite());
                most = there.fold(most, f64::max);
                points(method.label(), method.role(), &all)
            })
            .collect();
        let y = Axis::of("ns-axis").within(0.0, round_up(1.05 * most));
        lines("time", self.batch_axis(), y, series)
    }

    /// How far the losses are from those of another program.
    fn gives(&self) -> Figure {
        let off = |whole: bool| -> Vec<_> {
            let there = self.places.iter().filter(|p| p.method.is_whole() == whole);
            let there = there.filter(|p| p.method != Method::Fused && p.off.is_finite());
            there.map(|p| (p.n as f64, (p.off.max(1e-9), f64::NAN))).collect()
        };
        let most = self.rungs[self.rungs.len() - 1] as f64;
        let series = vec![
            Series::line("rounding", Role::Exact, vec![LEAST as f64, most], vec![6e-8; 2]),
            points("whole", Role::Positive, &off(true)),
            points("chunked", Role::Estimate, &off(false)),
        ];
        let y = Axis::of("difference-axis").logarithmic().within(1e-9, 1e-4);
        lines("gives", self.batch_axis(), y, series)
    }

    fn ledger(&self) -> Figure {
        let n = self.common();
        let rows = ALL.into_iter().map(|method| {
            let bytes = self.here(method).map_or(0, |p| p.bytes.0);
            let bytes = if bytes > 0 { bytes as f64 / MIB } else { f64::NAN };
            let exponentials = method.products(n) - 2;
            vec![
                TableCell::Label(method.label()),
                number(bytes),
                number(giga_operations(n, DIMENSION, method.products(n))),
                number((exponentials * n * n) as f64 / 1e6),
            ]
        });
        table(vec!["method", "mib", "gflop", "exponentials"], rows.collect())
    }
}
