//! Claims 18 and 29 of the post: that InfoNCE extends NCE, and that it needs large batches.

use super::critic::{Critic, Pairs, Room};
use super::gaussians::{Form, Gaussians};
use super::{BLUEPRINT, TEN_NATS};
use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
use crate::lab::param::Value;
use crate::math::parallel::{cores, in_order};
use crate::math::rng::{Rng, stream};
use crate::objective::mutual_information::{Bound, Estimates, Row};

pub(super) const CLAIMS: &[Claim] = &[
    Claim { number: 18, verdict: Verdict::Loose, measure: it_is_a_ranking_of_ratios },
    Claim { number: 29, verdict: Verdict::Loose, measure: what_the_batch_limits },
];

/// d = 20, rho = .5: I = 2.876821.
pub(super) const USUAL: Gaussians = Gaussians { dimension: 20, correlation: 0.5 };
const TEN: Gaussians = Gaussians { dimension: 20, correlation: TEN_NATS };

/// A critic of the lesson.
fn critic(kind: &'static str, pairs: Gaussians) -> Critic {
    let mut settings = BLUEPRINT.defaults();
    settings.set("critic", Value::Choice(kind));
    Critic::new(pairs, &settings, &mut stream(0, 0))
}

/// Batches of pairs and what they are scored in.
#[derive(Default)]
struct Bench {
    x: Vec<f64>,
    y: Vec<f64>,
    scores: Vec<f64>,
    rows: Vec<Row>,
    row: Vec<f64>,
    room: Room,
}

impl Bench {
    fn score(&mut self, pairs: Gaussians, critic: &mut Critic, batch: usize, rng: &mut Rng) {
        let d = pairs.dimension;
        self.x.resize(batch * d, 0.0);
        self.y.resize(batch * d, 0.0);
        pairs.draw(&mut self.x, &mut self.y, rng);
        let both = Pairs { dimension: d, x: &self.x, y: &self.y };
        critic.score(&both, &mut self.scores, &mut self.room);
        self.rows.clear();
        for (i, scores) in self.scores.chunks_exact(batch).enumerate() {
            self.rows.push(Row::of(scores, i, &mut self.row));
        }
    }

    fn learn(&mut self, pairs: Gaussians, critic: &mut Critic, bound: Bound, rate: f64) {
        bound.descent(&mut self.scores, &self.rows, &mut self.row);
        let both = Pairs { dimension: pairs.dimension, x: &self.x, y: &self.y };
        critic.learn(&both, &self.scores, rate, &mut self.room);
    }
}

/// InfoNCE of a critic on average over `batches` batches.
pub(super) fn info_nce(
    pairs: Gaussians,
    critic: &Critic,
    batch: usize,
    batches: usize,
    seed: u64,
) -> f64 {
    const PIECES: usize = 16;
    let sums = in_order(PIECES, cores(usize::MAX), |piece| {
        let (mut bench, mut critic) = (Bench::default(), critic.clone());
        let rng = &mut stream(seed, piece as u64);
        let share = batches.div_ceil(PIECES);
        let one = |_| {
            bench.score(pairs, &mut critic, batch, rng);
            Estimates::of(&bench.rows).info_nce
        };
        (0..share).map(one).sum::<f64>() / share as f64
    });
    sums.iter().sum::<f64>() / PIECES as f64
}

/// The quadratic critic after training: the mean of its parameters over the later half of the steps.
pub(super) fn trained(pairs: Gaussians, bound: Bound, batch: usize, seed: u64) -> Form {
    const STEPS: usize = 4_000;
    let (mut bench, mut critic) = (Bench::default(), critic("quadratic", pairs));
    let rng = &mut stream(seed, 0);
    let mut mean = [0.0; 4];
    for step in 0..STEPS {
        bench.score(pairs, &mut critic, batch, rng);
        bench.learn(pairs, &mut critic, bound, 3e-3);
        if let (Critic::Quadratic(learner), true) = (&critic, step >= STEPS / 2) {
            for (sum, p) in mean.iter_mut().zip(&learner.parameters) {
                *sum += p / (STEPS / 2) as f64;
            }
        }
    }
    mean
}

/// InfoNCE learns the log ratio up to what depends on the row alone; NCE learns all of it.
fn it_is_a_ranking_of_ratios() -> Vec<Measurement> {
    let rng = &mut stream(180, 0);
    let (mut bench, mut plain) = (Bench::default(), critic("true", USUAL));
    bench.score(USUAL, &mut plain, 64, rng);
    let before = Estimates::of(&bench.rows);
    for (i, scores) in bench.scores.chunks_exact_mut(64).enumerate() {
        let more = bench.x[20 * i] * 3.0;
        scores.iter_mut().for_each(|s| *s += more);
        bench.rows[i] = Row::of(scores, i, &mut bench.row);
    }
    let after = Estimates::of(&bench.rows);
    let [w, a, b, c] = USUAL.log_ratio();
    let ranked = trained(USUAL, Bound::InfoNce, 64, 181);
    let classified = trained(USUAL, Bound::Nce, 64, 182);
    vec![
        Measurement::near("row-info-nce", after.info_nce - before.info_nce, 0.0, 1e-12),
        Measurement {
            what: "row-nce",
            measured: before.nce - after.nce,
            expected: Expected::AtLeast(0.1),
        },
        Measurement::near("ranked-w", ranked[0], w, 0.02),
        Measurement::near("ranked-b", ranked[2], b, 0.02),
        // Where they began, but for rounding: the loss does not see them.
        Measurement::near("ranked-a", ranked[1], 0.0, 1e-3),
        Measurement::near("ranked-c", ranked[3], 0.0, 1e-3),
        Measurement::near("classified-w", classified[0], w, 0.03),
        Measurement::near("classified-a", classified[1], a, 0.03),
        Measurement::near("classified-c", classified[3], c, 0.3),
    ]
}

/// As a measure of information InfoNCE is bounded by its batch; what a critic learns is not.
fn what_the_batch_limits() -> Vec<Measurement> {
    let plain = critic("true", USUAL);
    // numpy, 200,000 to 800 batches, each within .004: .5882, 1.5686, 2.4432, 2.6999.
    let mut all: Vec<Measurement> = [
        ("true-2", 2, 24_000, 0.590),
        ("true-8", 8, 12_000, 1.574),
        ("true-64", 64, 2_000, 2.440),
        ("true-256", 256, 320, 2.702),
    ]
    .into_iter()
    .map(|(what, batch, batches, exact)| {
        let found = info_nce(USUAL, &plain, batch, batches, 290);
        Measurement::near(what, found, exact, 0.015)
    })
    .collect();
    let ten = critic("true", TEN);
    let saturated = info_nce(TEN, &ten, 64, 200, 291);
    all.push(Measurement {
        what: "saturated-64",
        measured: saturated,
        expected: Expected::AtMost(64f64.ln()),
    });
    all.push(Measurement::near("saturated-64-least", saturated, 4.122, 0.02));
    // A critic that met 7 strangers a row, read with 255.
    let [w, a, b, c] = trained(USUAL, Bound::InfoNce, 8, 292);
    let small = Critic::True { form: [w, a, b, c], tilt: 0.0 };
    let gap = info_nce(USUAL, &plain, 256, 160, 293) - info_nce(USUAL, &small, 256, 160, 293);
    all.push(Measurement::near("small-batch-critic", gap, 0.0, 0.03));
    all
}
