//! Claims 15 and 16: small fits over several seeds, with and without a head.

use super::BLUEPRINT;
use super::judge::Judgement;
use super::problem::{Best, Problem};
use super::sweep::Quartet;
use super::variant::{Buffers, Variant};
use crate::lab::blueprint::Source;
use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
use crate::lab::param::Value;
use crate::math::parallel::{cores, in_order};
use crate::math::rng::stream;
use crate::math::statistics::mean_and_variance;

pub(super) const CLAIMS: &[Claim] = &[
    Claim { number: 15, verdict: Verdict::Wrong, measure: no_layer },
    Claim { number: 16, verdict: Verdict::Loose, measure: what_a_head_does },
];

/// Hidden units of the energies here.
pub(super) const WIDTH: usize = 16;
/// Updates a fit gets.
const UPDATES: usize = 600;
/// Noise points a datum.
const RATIO: f64 = 1.0;
/// Training sets, each with an energy of its own.
const SEEDS: usize = 3;

/// A setting of the experiment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    pub(super) points: usize,
    pub(super) noise: f64,
    /// Hidden layers and their width.
    pub(super) head: (i64, i64),
}

pub(super) const USUAL: Case = Case { points: 1_000, noise: 2.0, head: (2, 16) };

/// One trained classifier beside the best there is.
pub(super) struct Found {
    pub(super) parameters: usize,
    pub(super) judgement: Judgement,
    pub(super) best: Best,
}

impl Found {
    /// NLL of exp(-E)/Z above the entropy of the data.
    pub(super) fn excess(&self) -> f64 {
        self.judgement.nll_energy.value - self.best.entropy
    }

    /// Loss on fresh points above that of the best classifier.
    pub(super) fn excess_loss(&self) -> f64 {
        self.judgement.loss.value - self.best.loss(RATIO)
    }

    /// Slope of log p by -E.
    pub(super) fn slope(&self) -> f64 {
        self.judgement.slope.unwrap_or(f64::NAN)
    }
}

/// Trains one variant under one seed. The seed decides the data, the start and the batches, so
/// that variants can be compared pair by pair.
pub(super) fn trained(variant: Variant, case: Case, seed: u64) -> Option<Found> {
    let mut settings = BLUEPRINT.defaults();
    settings.set("noise", Value::Real(case.noise));
    settings.set("nu", Value::Real(RATIO));
    settings.set("width", Value::Integer(WIDTH as i64));
    settings.set("head_layers", Value::Integer(case.head.0));
    settings.set("head_width", Value::Integer(case.head.1));
    let rng = &mut stream(15, seed);
    let problem = Problem::new(&settings, &Source::Shipped, rng).ok()?;
    let train = problem.another(case.points, rng);
    let quartet = Quartet::new(&settings, &problem, train, &mut stream(16, seed));
    let mut fit = quartet.fits[variant as usize].clone();
    let rate = settings.real("learning_rate");
    let mut work = Buffers::default();
    for _ in 0..UPDATES {
        let batch = problem.batch(&quartet.train, rng);
        if !fit.update(&batch, rate, &mut work) {
            return None;
        }
    }
    Some(Found {
        parameters: fit.parameters(),
        judgement: Judgement::new(&fit, &problem, &quartet.train),
        best: problem.best.clone()?,
    })
}

/// The same over all seeds; those that were lost are missing.
pub(super) fn all(variant: Variant, case: Case) -> Vec<Found> {
    let fits = in_order(SEEDS, cores(2), |seed| trained(variant, case, seed as u64));
    fits.into_iter().flatten().collect()
}

fn mean(found: &[Found], of: impl Fn(&Found) -> f64) -> f64 {
    mean_and_variance(&found.iter().map(of).collect::<Vec<f64>>()).0
}

fn near_nothing(what: &'static str, measured: f64, tolerance: f64) -> Measurement {
    Measurement::near(what, measured, 0.0, tolerance)
}

fn no_layer() -> Vec<Measurement> {
    let fixed = all(Variant::Fixed, USUAL);
    // Weights and biases of an energy of the line with two hidden layers, and no output bias.
    let theta = (WIDTH + WIDTH) + (WIDTH * WIDTH + WIDTH) + WIDTH;
    let extra = mean(&fixed, |f| f.parameters as f64) - theta as f64;
    let short = mean(&fixed, |f| f.judgement.accuracy.value - f.best.accuracy(RATIO));
    vec![
        Measurement::near("extra-parameters", extra, 1.0, 0.0),
        near_nothing("fixed-excess-loss", mean(&fixed, Found::excess_loss), 0.02),
        near_nothing("fixed-short-accuracy", short, 0.01),
        near_nothing("fixed-excess-nll", mean(&fixed, Found::excess), 0.03),
    ]
}

fn what_a_head_does() -> Vec<Measurement> {
    let few = Case { points: 30, ..USUAL };
    let headed = |head| all(Variant::Head, Case { head, ..USUAL });
    let at_least =
        |what, measured, bound| Measurement { what, measured, expected: Expected::AtLeast(bound) };
    let fixed = all(Variant::Fixed, USUAL);
    let head = headed((2, 16));
    let logistic = all(Variant::Logistic, Case { noise: 1.0, ..USUAL });
    let (fixed_few, head_few) = (all(Variant::Fixed, few), all(Variant::Head, few));
    let gap = |found: &[Found]| mean(found, |f| f.judgement.gap.value);
    let loss = |found: &[Found]| mean(found, Found::excess_loss);
    let excess = |found: &[Found]| mean(found, Found::excess);
    vec![
        near_nothing("nll-fixed", excess(&fixed), 0.03),
        at_least("nll-logistic-near", excess(&logistic), 0.06),
        at_least("nll-head-small", excess(&headed((1, 4))), 0.03),
        at_least("nll-head-middle", excess(&head), 0.1),
        at_least("nll-head-large", excess(&headed((3, 32))), 0.15),
        Measurement::near("slope-fixed-mean", mean(&fixed, Found::slope), 1.0, 0.12),
        at_least("slope-head-factor", mean(&head, |f| f.slope().ln().abs()).exp(), 1.5),
        near_nothing("loss-head-less-fixed", loss(&head) - loss(&fixed), 0.015),
        Measurement {
            what: "gap-few-fixed",
            measured: gap(&fixed_few),
            expected: Expected::AtMost(0.35),
        },
        at_least("gap-few-head", gap(&head_few), 0.5),
        near_nothing("nll-few-difference", excess(&head_few) - excess(&fixed_few), 0.15),
    ]
}
