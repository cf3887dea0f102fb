//! The task that both methods can do: which of 64 second halves belongs to this first half?
//!
//! x and y in eight dimensions, each pair of coordinates normal with correlation rho. The critic is
//! `s(x, y) = x' W y + v . y^2 + u . x^2 + c`, which holds the log of p(x, y)/(p(x) p(y)). NCE learns
//! it pair by pair against noise y' that is drawn anew for each x (the noise is p(x) p(y), and of its
//! density nothing is left in the logit but log nu: what is learned is the ratio); InfoNCE by the
//! softmax over the second halves of its batch, and learns no u and no c. Both go by Adam, from the
//! same start, and stop when they have spent the same.

use super::pairs::{Source, normal};
use crate::lab::Label;
use crate::math::rng::{Rng, stream};
use crate::model::adam::Adam;
use crate::objective::unit_rows::dot;
use crate::objective::{info_nce, nce};

/// Coordinates of a half.
pub(super) const DIMENSIONS: usize = 8;
/// Candidates of a test, its own among them.
pub(super) const CANDIDATES: usize = 64;
/// Tests' queries are asked in so many groups of candidates.
const GROUPS: usize = 8;
/// Pairs of one update of NCE.
const NCE_BATCH: usize = 64;
/// How often the accuracy is taken: when this share of the budget is spent, and twice, ...
pub(super) const LOOKS: usize = 6;
/// Scores after which a piece of training ends.
const PIECE: usize = 16_384;
/// What an update costs beside its scores, in scores.
const UPDATE: usize = 400;

const D: usize = DIMENSIONS;
/// W, v, u and c.
const PARAMETERS: usize = D * D + 2 * D + 1;

/// What is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Currency {
    Encodings,
    Pairs,
    Scores,
}

impl Currency {
    pub(super) fn from_id(id: &str) -> Self {
        match id {
            "pairs" => Self::Pairs,
            "scores" => Self::Scores,
            _ => Self::Encodings,
        }
    }

    /// The words for "accuracy at equal ..." in the table.
    pub(super) fn unit(self) -> Label {
        match self {
            Self::Encodings => "unit-encodings",
            Self::Pairs => "unit-pairs",
            Self::Scores => "unit-scores",
        }
    }

    /// The axis.
    pub(super) fn axis(self) -> Label {
        match self {
            Self::Encodings => "encodings",
            Self::Pairs => "pairs-seen",
            Self::Scores => "scores",
        }
    }
}

/// Which method, and its number of negatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// So many draws of noise a pair.
    Nce(usize),
    /// Batches of so many pairs.
    InfoNce(usize),
}

/// What has been spent, counted where it is spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spent {
    /// Halves of pairs and of noise that went through an encoder, each once.
    pub(super) encodings: usize,
    /// Pairs that belong together.
    pub(super) pairs: usize,
    /// Scores s(x, y).
    pub(super) scores: usize,
}

impl Spent {
    pub(super) fn of(self, currency: Currency) -> usize {
        match currency {
            Currency::Encodings => self.encodings,
            Currency::Pairs => self.pairs,
            Currency::Scores => self.scores,
        }
    }
}

/// The critic's numbers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Critic(Vec<f64>);

impl Critic {
    fn new() -> Self {
        Self(vec![0.0; PARAMETERS])
    }

    /// The log of the ratio itself.
    pub(super) fn best(source: Source) -> Self {
        let [a, w, _] = source.density();
        let mut values = vec![0.0; PARAMETERS];
        (0..D).for_each(|k| values[k * D + k] = w);
        values[D * D..D * D + 2 * D].fill(-0.5 * (a - 1.0));
        values[D * D + 2 * D] = 0.5 * D as f64 * a.ln();
        Self(values)
    }

    /// `x' W`.
    fn projected(&self, x: &[f64]) -> [f64; D] {
        let mut out = [0.0; D];
        for (x, row) in x.iter().zip(self.0.chunks_exact(D)) {
            out.iter_mut().zip(row).for_each(|(o, w)| *o += x * w);
        }
        out
    }

    fn of_squares(&self, from: usize, z: &[f64]) -> f64 {
        z.iter().zip(&self.0[from..]).map(|(z, v)| v * z * z).sum()
    }

    /// `v . y^2`.
    fn of_second(&self, y: &[f64]) -> f64 {
        self.of_squares(D * D, y)
    }

    /// `u . x^2 + c`.
    fn of_first(&self, x: &[f64]) -> f64 {
        self.of_squares(D * D + D, x) + self.0[PARAMETERS - 1]
    }
}

/// Rows of x and rows of y that belong to them.
fn draw(source: Source, count: usize, rng: &mut Rng) -> (Vec<f64>, Vec<f64>) {
    let pairs = source.pairs(count * D, rng);
    (pairs.x, pairs.y)
}

/// The share of queries whose own candidate has the highest score, on a test of this seed.
fn recall(critic: &Critic, source: Source, seed: u64) -> f64 {
    let rng = &mut stream(seed, TEST);
    let mut right = 0;
    for _ in 0..GROUPS {
        let (x, y) = draw(source, CANDIDATES, rng);
        let constants: Vec<f64> = y.chunks_exact(D).map(|y| critic.of_second(y)).collect();
        for (own, x) in x.chunks_exact(D).enumerate() {
            let along = critic.projected(x);
            let score = |j: usize| dot(&along, &y[j * D..(j + 1) * D]) + constants[j];
            let mine = score(own);
            right += usize::from((0..CANDIDATES).all(|j| j == own || score(j) < mine));
        }
    }
    right as f64 / (GROUPS * CANDIDATES) as f64
}

/// The same of the log of the ratio itself: no critic does better, but by chance.
pub(super) fn recall_of_best(source: Source, seed: u64) -> f64 {
    recall(&Critic::best(source), source, seed)
}

/// The stream of a seed that its test is drawn from.
const TEST: u64 = 1;
/// That of the training.
const TRAINING: u64 = 2;

/// One training in progress.
#[derive(Clone, Debug)]
pub(super) struct Training {
    method: Method,
    source: Source,
    seed: u64,
    critic: Critic,
    adam: Adam,
    rng: Rng,
    spent: Spent,
    /// Accuracies so far.
    pub(super) looks: Vec<f64>,
}

/// What a training may spend, of what, and how fast it learns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) currency: Currency,
    pub(super) budget: usize,
    pub(super) rate: f64,
}

impl Plan {
    /// What is spent when the accuracy is taken for the k-th time.
    pub(super) fn look(self, k: usize) -> usize {
        (self.budget >> (LOOKS - 1 - k)).max(1)
    }
}

impl Training {
    pub(super) fn new(method: Method, source: Source, seed: u64) -> Self {
        Self {
            method,
            source,
            seed,
            critic: Critic::new(),
            adam: Adam::new(PARAMETERS),
            rng: stream(seed, TRAINING),
            spent: Spent::default(),
            looks: Vec::new(),
        }
    }

    /// A piece of the training; how many scores were computed, and whether it is done. None where
    /// the critic left the finite.
    pub(super) fn advance(&mut self, plan: Plan) -> Option<(usize, bool)> {
        let mut work = 0;
        while self.looks.len() < LOOKS && work < PIECE {
            let next = self.price();
            while self.looks.len() < LOOKS {
                let after = self.spent.plus(next).of(plan.currency);
                if after <= plan.look(self.looks.len()) {
                    break;
                }
                // The next update would go beyond the mark.
                self.looks.push(recall(&self.critic, self.source, self.seed));
                work += GROUPS * CANDIDATES * CANDIDATES;
            }
            if self.looks.len() < LOOKS {
                self.update(plan.rate)?;
                work += next.scores + UPDATE;
            }
        }
        Some((work, self.looks.len() == LOOKS))
    }

    /// What one update spends.
    pub(super) fn price(&self) -> Spent {
        match self.method {
            Method::Nce(ratio) => Spent {
                encodings: NCE_BATCH * (2 + ratio),
                pairs: NCE_BATCH,
                scores: NCE_BATCH * (1 + ratio),
            },
            Method::InfoNce(batch) => {
                Spent { encodings: 2 * batch, pairs: batch, scores: batch * batch }
            }
        }
    }

    fn update(&mut self, rate: f64) -> Option<()> {
        let batch = Batch::draw(self.method, self.source, &mut self.rng);
        let (gradient, spent) = batch.slope(&self.critic);
        self.spent = self.spent.plus(spent);
        self.adam.step(&mut self.critic.0, &gradient, rate, 0.0);
        self.critic.0.iter().all(|v| v.is_finite()).then_some(())
    }
}

impl Spent {
    fn plus(self, other: Self) -> Self {
        Self {
            encodings: self.encodings + other.encodings,
            pairs: self.pairs + other.pairs,
            scores: self.scores + other.scores,
        }
    }
}

/// Pairs, and for NCE the noise beside them: row by row.
struct Batch {
    x: Vec<f64>,
    y: Vec<f64>,
    /// For NCE: draws a pair, and the draws.
    noise: Option<(usize, Vec<f64>)>,
}

impl Batch {
    fn draw(method: Method, source: Source, rng: &mut Rng) -> Self {
        let count = match method {
            Method::Nce(_) => NCE_BATCH,
            Method::InfoNce(batch) => batch,
        };
        let (x, y) = draw(source, count, rng);
        let noise = match method {
            Method::Nce(ratio) => {
                Some((ratio, (0..count * ratio * D).map(|_| normal(rng)).collect()))
            }
            Method::InfoNce(_) => None,
        };
        Self { x, y, noise }
    }

    /// The slope of the loss by the critic's numbers, and what it took.
    fn slope(&self, critic: &Critic) -> (Vec<f64>, Spent) {
        match &self.noise {
            Some((ratio, noise)) => self.by_nce(critic, *ratio, noise),
            None => self.by_info_nce(critic),
        }
    }

    fn by_nce(&self, critic: &Critic, ratio: usize, noise: &[f64]) -> (Vec<f64>, Spent) {
        let log_ratio = (ratio as f64).ln();
        let (mut data, mut drawn) = (Vec::new(), Vec::new());
        let rows = self.x.chunks_exact(D).zip(self.y.chunks_exact(D));
        for ((x, y), noise) in rows.zip(noise.chunks_exact(ratio * D)) {
            let along = critic.projected(x);
            let first = critic.of_first(x) - log_ratio;
            let score = |y: &[f64]| dot(&along, y) + critic.of_second(y) + first;
            data.push(score(y));
            drawn.extend(noise.chunks_exact(D).map(score));
        }
        let spent = Spent {
            encodings: (self.x.len() + self.y.len() + noise.len()) / D,
            pairs: data.len(),
            scores: data.len() + drawn.len(),
        };
        nce::loss(&mut data, &mut drawn, 1.0);
        let mut gradient = vec![0.0; PARAMETERS];
        for (i, x) in self.x.chunks_exact(D).enumerate() {
            let (mut pulled, mut all) = ([0.0; D], 0.0);
            let own = std::iter::once((&self.y[i * D..(i + 1) * D], data[i]));
            let of_noise =
                (i * ratio..(i + 1) * ratio).map(|j| (&noise[j * D..(j + 1) * D], drawn[j]));
            for (y, by) in own.chain(of_noise) {
                all += by;
                pull(&mut gradient, &mut pulled, y, by);
            }
            by_first(&mut gradient, x, &pulled);
            for (k, x) in x.iter().enumerate() {
                gradient[D * D + D + k] += all * x * x;
            }
            gradient[PARAMETERS - 1] += all;
        }
        (gradient, spent)
    }

    fn by_info_nce(&self, critic: &Critic) -> (Vec<f64>, Spent) {
        let (x, y, count) = (&self.x, &self.y, self.x.len() / D);
        let constants: Vec<f64> = y.chunks_exact(D).map(|y| critic.of_second(y)).collect();
        let mut scores = Vec::with_capacity(count * count);
        for x in x.chunks_exact(D) {
            let along = critic.projected(x);
            scores.extend(y.chunks_exact(D).zip(&constants).map(|(y, c)| dot(&along, y) + c));
        }
        let spent =
            Spent { encodings: (x.len() + y.len()) / D, pairs: count, scores: scores.len() };
        info_nce::loss(&mut scores, count);
        let mut gradient = vec![0.0; PARAMETERS];
        for (x, by) in x.chunks_exact(D).zip(scores.chunks_exact(count)) {
            let mut pulled = [0.0; D];
            for (y, by) in y.chunks_exact(D).zip(by) {
                pull(&mut gradient, &mut pulled, y, *by);
            }
            by_first(&mut gradient, x, &pulled);
        }
        // By u and c the slope is 0: whatever all scores of a row share cancels in its softmax.
        (gradient, spent)
    }

    /// So many of its pairs, with their noise.
    fn part(&self, from: usize, to: usize) -> Self {
        let cut = |rows: &[f64], per: usize| rows[from * per * D..to * per * D].to_vec();
        let noise = self.noise.as_ref().map(|(ratio, noise)| (*ratio, cut(noise, *ratio)));
        Self { x: cut(&self.x, 1), y: cut(&self.y, 1), noise }
    }
}

/// What a score's derivative does by v, and to what x is pulled by.
fn pull(gradient: &mut [f64], pulled: &mut [f64; D], y: &[f64], by: f64) {
    for (k, y) in y.iter().enumerate() {
        pulled[k] += by * y;
        gradient[D * D + k] += by * y * y;
    }
}

/// The slope by W of one x and what all its y pull at.
fn by_first(gradient: &mut [f64], x: &[f64], pulled: &[f64; D]) {
    for (x, row) in x.iter().zip(gradient.chunks_exact_mut(D)) {
        row.iter_mut().zip(pulled).for_each(|(g, p)| *g += x * p);
    }
}

/// What one update spends, counted as it is made.
pub(super) fn counted(method: Method, source: Source) -> Spent {
    let batch = Batch::draw(method, source, &mut stream(0, TRAINING));
    batch.slope(&Critic::new()).1
}

/// How far the mean of the slopes of two halves of a batch is from the slope of the whole batch,
/// relative to it: 0 where the loss is a sum over its points.
pub(super) fn split_error(method: Method, source: Source, seed: u64) -> f64 {
    let batch = Batch::draw(method, source, &mut stream(seed, TRAINING));
    let mut critic = Critic::best(source);
    // Somewhere on the way to the best.
    critic.0.iter_mut().for_each(|v| *v *= 0.5);
    let count = batch.x.len() / D;
    let half = (count / 2).max(1);
    let whole = batch.slope(&critic).0;
    let parts = [batch.part(0, half), batch.part(half, (2 * half).min(count))];
    let [first, second] = parts.map(|part| part.slope(&critic).0);
    let length = |v: &mut dyn Iterator<Item = f64>| v.map(|v| v * v).sum::<f64>().sqrt();
    let off = &mut whole.iter().zip(first.iter().zip(&second)).map(|(w, (a, b))| w - 0.5 * (a + b));
    length(off) / length(&mut whole.iter().copied())
}
