//! Claim 9 of the post, the race's part: which methods estimate the likelihood's gradient, which
//! estimate one of their own, and how the minimisers scatter.

use super::BLUEPRINT;
use super::fits::{Fits, fit};
use super::method::Method;
use super::probe::Probe;
use super::race::Part;
use super::setup::Setup;
use crate::lab::Label;
use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
use crate::lab::param::Value;
use crate::math::parallel::{cores, in_order};
use crate::math::rng::stream;
use crate::math::statistics::mean_and_variance;

pub(super) const CLAIMS: &[Claim] =
    &[Claim { number: 9, verdict: Verdict::Loose, measure: which_gradient }];

/// Steps of the questioning.
const STEPS: usize = 200;
/// Standard errors that a measurement may be off.
const ERRORS: f64 = 4.0;
/// What the table of N Var is reproduced within.
const WITHIN: f64 = 0.12;
/// Threads of the fits.
const THREADS: usize = 2;

fn setup(set: &[(Label, Value)]) -> Setup {
    let mut settings = BLUEPRINT.defaults();
    for (id, value) in set {
        settings.set(id, *value);
    }
    Setup::new(&settings, &mut stream(9, 2))
}

fn asked(setup: &Setup) -> Probe {
    let mut rng = stream(9, 3);
    let mut probe = Probe::new(setup, &mut rng);
    (0..STEPS).for_each(|_| probe.step(setup, &mut rng));
    probe
}

fn which_gradient() -> Vec<Measurement> {
    let mut measured = Vec::new();
    // The chains' steps as matrices on 2,401 nodes, in numpy: the cosine of ULA's and the share of
    // MALA's after k steps, by the sums over the nodes.
    for (steps, share, cosine) in [(1, 0.030_745, Some(0.388_173)), (100, 0.793_257, None)] {
        let probe = asked(&setup(&[("steps", Value::Integer(steps))]));
        if let (Some(expected), Some(a)) = (cosine, probe.answer(Method::CdUla)) {
            let slack = ERRORS * a.cosine.error;
            measured.push(Measurement::near("chain-cosine-1", a.cosine.value, expected, slack));
        }
        if let Some(a) = probe.answer(Method::CdMala) {
            let what = if steps == 1 { "chain-share-1" } else { "chain-share-100" };
            let slack = ERRORS * a.bias.error;
            measured.push(Measurement::near(what, 1.0 + a.bias.value, share, slack));
        }
        if steps > 1 {
            continue;
        }
        // The objectives' own gradients by sums over 28,001 and 2,401 nodes, in numpy.
        let nce = probe.exact_cosine(Method::Nce);
        let sm = probe.exact_cosine(Method::Implicit);
        measured.push(Measurement::near("nce-cosine", nce, 0.999_653_53, 1e-6));
        measured.push(Measurement::near("sm-cosine", sm, 0.412_755_88, 1e-6));
        for (what, method) in [("nce-bias", Method::Nce), ("sm-bias", Method::Implicit)] {
            if let Some(a) = probe.answer(method) {
                let slack = ERRORS * a.bias.error;
                measured.push(Measurement::near(what, a.bias.value, 0.0, slack));
            }
        }
    }
    measured.extend(table());
    measured
}

/// h, and N Var of the tilt by likelihood, implicit score matching, and NCE at nu = 1, 10, 100 with
/// noise N(0, 1.44): numpy on 20,001 nodes.
pub(super) const TABLE: [(f64, [f64; 5]); 3] = [
    (0.5, [1.320, 3.944, 2.907, 1.496, 1.338]),
    (2.0, [1.395, 12.68, 3.751, 1.656, 1.421]),
    (6.0, [1.310, 44.34, 4.816, 1.719, 1.352]),
];

/// How far the fits' variances are from the table at most, over its three heights.
fn table() -> Vec<Measurement> {
    let names = ["table-mle", "table-sm", "table-nce-1", "table-nce-10", "table-nce-100"];
    let mut worst = [0.0_f64; 5];
    for (height, expected) in TABLE {
        let found = variances(height);
        for (worst, (found, expected)) in worst.iter_mut().zip(found.iter().zip(expected)) {
            let off = (found / expected - 1.0).abs();
            // NaN is no miss that max would keep.
            *worst = if off.is_nan() { f64::NAN } else { worst.max(off) };
        }
    }
    let measure =
        |(what, measured)| Measurement { what, measured, expected: Expected::AtMost(WITHIN) };
    names.into_iter().zip(worst).map(measure).collect()
}

/// The variances of the table at one height, by fits.
pub(super) fn variances(height: f64) -> [f64; 5] {
    let of = |ratio: i64| setup(&[("height", Value::Real(height)), ("nu", Value::Integer(ratio))]);
    let one = of(1);
    let exact = Fits::new(&one).asymptotic(Method::Exact, Part::Tilt).unwrap_or(f64::NAN);
    let direct = |method, sets| 500.0 * spread(&tilts(&one, method, sets, 500));
    // Much noise is dear. An estimate close to the likelihood's scatters with it, data set by data
    // set: the ratio of the two variances needs few of them, and the likelihood's own is known.
    let beside = |ratio, sets, size| {
        let setup = of(ratio);
        let by = |method| spread(&tilts(&setup, method, sets, size));
        exact * by(Method::Nce) / by(Method::Exact)
    };
    [
        direct(Method::Exact, 1_200),
        direct(Method::Implicit, 2_400),
        direct(Method::Nce, 1_200),
        beside(10, 480, 400),
        beside(100, 160, 200),
    ]
}

/// The tilts of a method's minimisers; without those that have none.
fn tilts(setup: &Setup, method: Method, sets: usize, size: usize) -> Vec<f64> {
    let found = in_order(sets, cores(THREADS), |set| fit(setup, method, set as u64, size));
    found.into_iter().flatten().map(|at| at[1]).collect()
}

fn spread(values: &[f64]) -> f64 {
    mean_and_variance(values).1
}
