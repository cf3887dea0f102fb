//! Claims 21 and 23, tested.

use super::BLUEPRINT;
use super::training::Training;
use crate::data::pictures::Pictures;
use crate::data::torus::Torus;
use crate::lab::Label;
use crate::lab::blueprint::Source;
use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
use crate::lab::experiment::Experiment as _;
use crate::lab::param::Value;
use crate::math::rng::stream;

/// Updates of the runs that are judged, and of one that collapses.
const UPDATES: usize = 650;
const UNTIL_COLLAPSE: usize = 300;
/// Batches in which twins are counted.
const BATCHES: usize = 400;

pub(super) static CLAIMS: &[Claim] = &[
    Claim { number: 21, verdict: Verdict::Loose, measure: two_views },
    Claim { number: 23, verdict: Verdict::Right, measure: collapse },
];

/// The readouts of these ids after so many updates.
fn trained<const K: usize>(set: &[(Label, Value)], updates: usize, ids: [Label; K]) -> [f64; K] {
    let mut settings = BLUEPRINT.defaults();
    set.iter().for_each(|(id, value)| settings.set(id, *value));
    let mut rng = stream(21, 0);
    let mut training = Training::new(&settings, &Source::Shipped, &mut rng);
    if !(0..updates).all(|_| training.step(&mut rng).is_ok()) {
        return [f64::NAN; K];
    }
    let readouts = training.view().readouts;
    ids.map(|id| readouts.iter().find(|r| r.id == id).map_or(f64::NAN, |r| r.value))
}

/// The share of digits of which the first, and of which the second view is not the digit itself.
fn changed() -> [f64; 2] {
    let digits = Pictures::digits();
    let mut rng = stream(21, 1);
    let torus = Torus::new(digits.pixels.clone(), digits.side, 2, &mut rng);
    let by = super::ground::augmentation(&BLUEPRINT.defaults());
    let (mut original, mut view) = (vec![0.0; torus.area()], vec![0.0; torus.area()]);
    let mut counts = [0.0; 2];
    for i in 0..torus.count() {
        torus.original(i, &mut original);
        for count in &mut counts {
            torus.view(i, &by, &mut rng, &mut view);
            *count += f64::from(u8::from(view != original));
        }
    }
    counts.map(|c| c / torus.count() as f64)
}

/// Both views are changed, some negatives are of the same class, and what is learned stands beside
/// what needs no learning.
fn two_views() -> Vec<Measurement> {
    let at_least =
        |what, measured, bound| Measurement { what, measured, expected: Expected::AtLeast(bound) };
    let at_most =
        |what, measured, bound| Measurement { what, measured, expected: Expected::AtMost(bound) };
    let [first, second] = changed();
    let small = [("batch", Value::Integer(64)), ("width", Value::Integer(8))];
    let [twins] = trained(&small, BATCHES, ["false-negatives"]);
    let batch = |n| [("batch", Value::Integer(n))];
    let [few, few_knn] = trained(&batch(16), UPDATES, ["probe", "knn"]);
    let ids = ["probe", "raw-probe", "random-probe", "knn", "raw-knn"];
    let [many, raw, random, knn, raw_knn] = trained(&batch(256), UPDATES, ids);
    vec![
        at_least("first-changed", first, 0.95),
        at_least("second-changed", second, 0.95),
        Measurement::near("twins-of-64", twins, 6.3, 0.2),
        at_most("probe-16-256", few - many, -0.1),
        at_most("probe-16-pixels", few - raw, 0.1),
        at_least("probe-above-pixels", many - raw, 0.1),
        at_least("probe-above-random", many - random, 0.1),
        at_least("pixels-above-knn", raw_knn - knn, 0.05),
        at_least("pixels-above-knn-16", raw_knn - few_knn, 0.1),
    ]
}

/// Without negatives all views become one point, which NT-Xent charges log(2N - 1) for.
fn collapse() -> Vec<Measurement> {
    let set = [("negatives", Value::Switch(false)), ("batch", Value::Integer(64))];
    let [loss, spread] = trained(&set, UNTIL_COLLAPSE, ["loss", "spread"]);
    vec![
        Measurement::near("loss-collapsed", loss, 127f64.ln(), 0.01),
        Measurement::near("spread-collapsed", spread, 0.0, 0.01),
    ]
}
