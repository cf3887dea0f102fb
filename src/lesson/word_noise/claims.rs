//! Claim 30 of the post: that with explicit noise one chooses beforehand how negatives are drawn.
//! What it leaves out: NCE also needs the value of the noise's density, and without it learns
//! something else.

use super::BLUEPRINT;
use super::training::Training;
use crate::data::unigram::Unigram;
use crate::lab::blueprint::Source;
use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
use crate::lab::experiment::Experiment as _;
use crate::lab::param::Value;
use crate::math::log_sum_exp::log_sum_exp;
use crate::math::rng::stream;
use crate::objective::nce::newton::{Row, minimise};

pub(super) const CLAIMS: &[Claim] =
    &[Claim { number: 30, verdict: Verdict::Loose, measure: noise_and_its_density }];

/// Five words without a context, and how often each comes.
const COUNTS: [u64; 5] = [50, 25, 15, 7, 3];
const DRAWN: f64 = 5.0;
/// What a sum of five terms may be wrong by.
const ROUNDING: f64 = 1e-12;
/// Updates of the trainings that are compared.
const UPDATES: u64 = 300;

fn noise_and_its_density() -> Vec<Measurement> {
    // All of the first part: scipy.optimize.minimize on the five scores, and a softmax of them.
    let mut measured: Vec<Measurement> = [
        ("negative-power", 0.75, false, 0.179_892_1),
        ("negative-uniform", 0.0, false, 0.0),
        ("nce-power", 0.75, true, 0.0),
        ("nce-uniform", 0.0, true, 0.0),
    ]
    .into_iter()
    .map(|(what, alpha, density, expected)| {
        let found = divergence(&optimal_shares(alpha, density));
        Measurement::near(what, found, expected, 1e-6)
    })
    .collect();
    let common = optimal_shares(0.75, false)[0];
    measured.push(Measurement::near("negative-commonest", common, 0.271_179_6, 1e-6));
    // scipy.optimize.minimize on the sums over both contexts and both words.
    measured.push(Measurement::near("theta-binary", binary(), 0.513_224_0, 1e-6));
    measured.push(Measurement::near("theta-ranking", ranking(), 1.0, 1e-6));
    let ratio = trained("negative-sampling", 1_000).0 / trained("nce", 1_000).0;
    measured.push(Measurement {
        what: "perplexity-ratio",
        measured: ratio,
        expected: Expected::AtLeast(1.5),
    });
    let cost = |method| trained(method, 2_674).1 / trained(method, 100).1;
    measured.push(Measurement::near("cost-nce", cost("nce"), 1.0, 1e-12));
    measured.push(Measurement {
        what: "cost-softmax",
        measured: cost("softmax"),
        expected: Expected::AtLeast(20.0),
    });
    measured
}

fn shares() -> [f64; 5] {
    COUNTS.map(|n| n as f64 / 100.0)
}

/// The softmax of the scores at the optimum: NCE with the noise's density, negative sampling
/// without. A score of its own each, so that every word is a problem of one unknown.
fn optimal_shares(alpha: f64, with_density: bool) -> Vec<f64> {
    let Some(noise) = Unigram::new(&COUNTS, alpha) else { return Vec::new() };
    let scores: Vec<f64> = shares()
        .iter()
        .zip(noise.log_q())
        .map(|(p, log_q)| {
            let offset = if with_density { -DRAWN.ln() - log_q } else { 0.0 };
            let row = |is_data, weight| Row { is_data, weight, offset, features: [1.0, 0.0, 0.0] };
            let rows = [row(true, *p), row(false, DRAWN * log_q.exp())];
            minimise(&rows, 1, [0.0; 3]).at[0]
        })
        .collect();
    let log_z = log_sum_exp(&scores);
    scores.iter().map(|s| (s - log_z).exp()).collect()
}

/// KL(p, found) in nats.
fn divergence(found: &[f64]) -> f64 {
    let sum: f64 = shares().iter().zip(found).map(|(p, m)| p * (p / m).ln()).sum();
    // A KL is never negative: what is below 0 by less than rounding is 0.
    if (-ROUNDING..0.0).contains(&sum) { 0.0 } else { sum }
}

/// Two contexts, equally likely, and two words. The score is theta f, with f = 0 for the first word
/// and 1 or 3 for the second; the truth is theta = 1, where log Z is 1.313 in one context and 3.049
/// in the other.
const FEATURES: [[f64; 2]; 2] = [[0.0, 1.0], [0.0, 3.0]];

fn truth(features: [f64; 2]) -> [f64; 2] {
    let log_z = log_sum_exp(&features);
    features.map(|f| (f - log_z).exp())
}

/// theta by binary NCE with one c for both contexts, one draw a datum from a fair coin.
fn binary() -> f64 {
    let row = |is_data, weight, f| Row {
        is_data,
        weight,
        offset: -0.5_f64.ln(),
        features: [f, 1.0, 0.0],
    };
    let rows: Vec<Row> = FEATURES
        .iter()
        .flat_map(|features| features.iter().zip(truth(*features)))
        .flat_map(|(f, p)| [row(true, p, *f), row(false, 0.5, *f)])
        .collect();
    minimise(&rows, 2, [0.0; 3]).at[0]
}

/// theta by ranking the word against one draw: only differences within a context count.
fn ranking() -> f64 {
    let mut rows = Vec::new();
    for features in FEATURES {
        for (f, p) in features.iter().zip(truth(features)) {
            rows.extend(features.map(|g| Row {
                is_data: true,
                weight: 0.5 * p,
                offset: 0.0,
                features: [f - g, 0.0, 0.0],
            }));
        }
    }
    minimise(&rows, 1, [0.0; 3]).at[0]
}

/// Perplexity on the held-out words after a training, and the multiply-adds of an update as they
/// were counted.
fn trained(method: &'static str, vocabulary: i64) -> (f64, f64) {
    let mut settings = BLUEPRINT.defaults();
    settings.set("method", Value::Choice(method));
    settings.set("vocabulary", Value::Integer(vocabulary));
    let mut rng = stream(30, 0);
    let mut training = Training::new(&settings, &Source::Shipped, &mut rng);
    // Where only the cost is asked for, a few updates are enough.
    let updates = if vocabulary == 1_000 { UPDATES } else { 3 };
    for _ in 0..updates {
        if training.step(&mut rng).is_err() {
            return (f64::NAN, f64::NAN);
        }
    }
    (training.look.perplexity.0, training.spent as f64 / updates as f64)
}
