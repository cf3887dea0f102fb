//! The claims of the post that this lesson tests. 18 (InfoNCE extends NCE), 19 (a non-parametric
//! softmax), 20 (distance only, nothing to learn), 22 (pull and push instead of a binary loss), 23
//! (known from SimCLR).

use super::BLUEPRINT;
use super::ranking::{gap, log_ratio, marginal, trained};
use crate::lab::Label;
use crate::lab::blueprint::Source;
use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
use crate::lab::param::Value;
use crate::lab::run::Run;
use crate::lab::view::Readout;
use crate::math::all_pairs::Pace;
use crate::math::parallel::{cores, in_order};
use crate::math::rng::stream;
use crate::math::statistics::mean_and_error;
use crate::objective::unit_rows::UnitRows;
use crate::objective::{info_nce, nt_xent};
use rand::RngExt as _;
use rand_distr::StandardNormal;

pub(super) const CLAIMS: &[Claim] = &[
    Claim { number: 18, verdict: Verdict::Loose, measure: it_ranks_by_a_density_ratio },
    Claim { number: 19, verdict: Verdict::Loose, measure: parameters_counted },
    Claim { number: 20, verdict: Verdict::Wrong, measure: much_is_learned },
    Claim { number: 22, verdict: Verdict::Loose, measure: negatives_weigh_by_hardness },
    Claim { number: 23, verdict: Verdict::Right, measure: two_losses_at_one_point },
];

/// Runs of [`much_is_learned`], more of them where an encoder learns, for one in twelve gets stuck; and
/// their length.
const SEEDS: usize = 8;
const MANY: usize = 24;
const STEPS: usize = 500;

pub(super) fn at_least(what: Label, measured: f64, bound: f64) -> Measurement {
    Measurement { what, measured, expected: Expected::AtLeast(bound) }
}

fn at_most(what: Label, measured: f64, bound: f64) -> Measurement {
    Measurement { what, measured, expected: Expected::AtMost(bound) }
}

/// The readouts of a run after so many steps; empty where it cannot go on.
fn after(seed: u64, set: &[(Label, Value)], steps: usize) -> Vec<Readout> {
    let mut settings = BLUEPRINT.defaults();
    for (id, value) in set {
        settings.set(id, *value);
    }
    let Ok(mut run) = Run::new(&BLUEPRINT, Source::Shipped, seed, settings) else {
        return Vec::new();
    };
    for _ in 0..steps {
        if run.advance().is_err() {
            return Vec::new();
        }
    }
    run.view().readouts
}

fn value(readouts: &[Readout], id: &str) -> f64 {
    readouts.iter().find(|r| r.id == id).map_or(f64::NAN, |r| r.value)
}

/// How far loss and slopes move when a number is added to each row of random scores, and to each
/// column.
pub(super) fn moved_by_constants() -> (f64, f64) {
    const SIDE: usize = 32;
    let mut rng = stream(18, 0);
    let mut gaussian = |n: usize| -> Vec<f64> {
        (0..n).map(|_| 3.0 * rng.sample::<f64, _>(StandardNormal)).collect()
    };
    let (scores, added) = (gaussian(SIDE * SIDE), gaussian(SIDE));
    let of = |constant: &dyn Fn(usize) -> f64| {
        let mut moved: Vec<f64> = scores.iter().enumerate().map(|(k, s)| s + constant(k)).collect();
        let loss = info_nce::loss(&mut moved, SIDE);
        (loss, moved)
    };
    let (loss, slopes) = of(&|_| 0.0);
    let far = |(other, others): (f64, Vec<f64>)| {
        let gaps = slopes.iter().zip(&others).map(|(a, b)| (a - b).abs());
        gaps.fold((other - loss).abs(), f64::max)
    };
    (far(of(&|k| added[k / SIDE])), far(of(&|k| added[k % SIDE])))
}

fn it_ranks_by_a_density_ratio() -> Vec<Measurement> {
    let (rows, columns) = moved_by_constants();
    let (own, even) = (marginal(), [0.25; 4]);
    vec![
        at_most("moved-by-rows", rows, 1e-12),
        at_least("moved-by-columns", columns, 0.1),
        at_most("gap-to-ratio", gap(&trained(&own), &log_ratio(&own)), 1e-5),
        // Other negatives, another ratio.
        at_most("gap-to-other-ratio", gap(&trained(&even), &log_ratio(&even)), 1e-5),
        at_least("gap-between-ratios", gap(&log_ratio(&own), &log_ratio(&even)), 0.1),
    ]
}

/// How many numbers a run learns.
fn parameters(learned: Label, similarity: Label, batch: i64) -> f64 {
    let set = [
        ("learned", Value::Choice(learned)),
        ("similarity", Value::Choice(similarity)),
        ("batch", Value::Integer(batch)),
    ];
    value(&after(1, &set, 0), "parameters")
}

fn parameters_counted() -> Vec<Measurement> {
    let encoder = parameters("encoder", "cosine", 16);
    let more_pairs = parameters("encoder", "cosine", 64) - encoder;
    let with_w = parameters("encoder", "bilinear", 16) - encoder;
    let table = parameters("points", "cosine", 64) - parameters("points", "cosine", 16);
    vec![
        // 8 x 2 weights and 2 biases.
        Measurement::near("parameters-encoder", encoder, 18.0, 0.0),
        Measurement::near("parameters-more-pairs", more_pairs, 0.0, 0.0),
        // 48 more pairs of two vectors of two numbers.
        Measurement::near("parameters-table", table, 192.0, 0.0),
        Measurement::near("parameters-w", with_w, 4.0, 0.0),
    ]
}

/// Over the seeds, after training under these settings: mean and error of the recall and of the
/// temperature, and the mean of the best recall.
pub(super) struct Found {
    pub(super) recall: (f64, f64),
    pub(super) temperature: (f64, f64),
    pub(super) best: f64,
}

pub(super) fn found(set: &[(Label, Value)], seeds: usize) -> Found {
    let runs = in_order(seeds, cores(2), |seed| {
        let readouts = after(seed as u64, set, STEPS);
        let recall = readouts.iter().find(|r| r.id == "recall");
        let (recall, best) =
            recall.map_or((f64::NAN, f64::NAN), |r| (r.value, r.exact.unwrap_or(f64::NAN)));
        [recall, value(&readouts, "temperature"), best]
    });
    let of = |k: usize| {
        let values: Vec<f64> = runs.iter().map(|run| run[k]).collect();
        mean_and_error(&values)
    };
    Found { recall: of(0), temperature: of(1), best: of(2).0 }
}

fn much_is_learned() -> Vec<Measurement> {
    let of = |learned: Label, kappa: f64, seeds: usize| {
        let scale = ("learn_temperature", Value::Switch(learned != "frozen"));
        found(&[("learned", Value::Choice(learned)), scale, ("kappa", Value::Real(kappa))], seeds)
    };
    let [frozen, projector] = ["frozen", "projector"].map(|id| of(id, 50.0, SEEDS));
    let (encoder, wide) = (of("encoder", 50.0, MANY), of("encoder", 5.0, SEEDS));
    let gap = encoder.recall.0 - frozen.recall.0;
    vec![
        at_most("recall-frozen", frozen.recall.0, 0.2),
        at_least("recall-projector", projector.recall.0, 0.25),
        // 24 seeds: .57 to .63 but for two that fold the circle onto an arc, near .4; .59 on average,
        // and .62 by the true ratio.
        Measurement::near("recall-encoder", encoder.recall.0, encoder.best, 0.06),
        at_least("recall-gap", gap / encoder.recall.1.hypot(frozen.recall.1), 10.0),
        // Both begin at .1, five times 1/kappa and half of it. Where partners are close, what of the
        // nuisances is left widens them by a sixth, and the two that fold end at half of 1/kappa:
        // 1.11 on average, and 1.01, with errors of .04 and .02.
        Measurement::near("temperature-learned", 50.0 * encoder.temperature.0, 1.0, 0.25),
        Measurement::near("temperature-wide", 5.0 * wide.temperature.0, 1.0, 0.1),
    ]
}

fn negatives_weigh_by_hardness() -> Vec<Measurement> {
    let weights = |temperature: f64| {
        let mut weights = [0.9, 0.5, 0.1, -0.3];
        info_nce::hardness(&mut weights, temperature);
        weights
    };
    let (cold, warm) = (weights(0.1), weights(1.0));
    // numpy: exp(s/tau) over its sum.
    vec![
        Measurement::near("weight-cold-first", cold[0], 0.981_684, 1e-6),
        Measurement::near("weight-cold-last", cold[3], 0.000_006, 1e-6),
        Measurement::near("weight-warm-first", warm[0], 0.413_079, 1e-6),
        Measurement::near("weight-warm-last", warm[3], 0.124_417, 1e-6),
        Measurement::near("pull-is-push", pull_less_push(), 0.0, 1e-12),
    ]
}

/// The largest sum of a row of slopes: the pull less all pushes.
fn pull_less_push() -> f64 {
    let mut rng = stream(22, 0);
    let mut scores: Vec<f64> = (0..256).map(|_| rng.sample(StandardNormal)).collect();
    info_nce::loss(&mut scores, 16);
    scores.chunks_exact(16).map(|row| row.iter().sum::<f64>().abs()).fold(0.0, f64::max)
}

fn two_losses_at_one_point() -> Vec<Measurement> {
    let point = UnitRows::new([0.6, 0.8].repeat(16), 2);
    let of = |loss: fn(&UnitRows, &UnitRows) -> f64| {
        point.as_ref().map_or(f64::NAN, |rows| loss(rows, rows))
    };
    let one_sided = of(|a, b| info_nce::of_rows(a, b, 0.1, &Pace::new(1)).loss);
    let simclr = of(|a, b| nt_xent::of_rows(a, b, 0.1, &Pace::new(1)).loss);
    vec![
        Measurement::near("collapsed-info-nce", one_sided, 16f64.ln(), 1e-12),
        Measurement::near("collapsed-nt-xent", simclr, 31f64.ln(), 1e-12),
    ]
}
