//! Against what is known without the lesson's code: even points, the true ratio, collapse.

use super::claims::{found, moved_by_constants};
use super::ranking::{gap, log_ratio, marginal, trained};
use super::{BLUEPRINT, even};
use crate::lab::param::Value;
use crate::lab::question::Trend;
use crate::lab::view::{Plot, View};
use crate::lesson::shared::testing::{Set, after, claims_hold, go, preset, readout, run, trends};

fn value(view: &View, id: &str) -> f64 {
    readout(view, id).value
}

fn real(id: &'static str, x: f64) -> (&'static str, Value) {
    (id, Value::Real(x))
}

fn whole(id: &'static str, n: i64) -> (&'static str, Value) {
    (id, Value::Integer(n))
}

const ENCODER: (&str, Value) = ("learned", Value::Choice("encoder"));

#[test]
fn points_spread_evenly_and_no_lower() {
    // Few and many, cold and hot, circle and sphere: on the way down the loss ends at that of even
    // points and never passes it.
    let sphere = ("space", Value::Choice("sphere"));
    let cases: [(Set<'_>, f64); 6] = [
        (&[whole("batch", 2), real("temperature", 0.5)], 1e-9),
        (&[whole("batch", 3), real("temperature", 0.5)], 1e-9),
        (&[whole("batch", 6), real("temperature", 0.2)], 1e-6),
        (&[whole("batch", 12)], 1e-3),
        (&[whole("batch", 4), real("temperature", 0.5), sphere], 1e-9),
        (&[whole("batch", 5), real("temperature", 3.0)], 1e-3),
    ];
    for (set, near) in cases {
        for seed in 1..4 {
            let set = [set, &[real("learning_rate", 0.2)]].concat();
            let mut run = run(&BLUEPRINT, seed, &set);
            for _ in 0..8 {
                go(&mut run, 250);
                let loss = readout(&run.view(), "loss").clone();
                assert!(loss.value > loss.exact.unwrap() - 1e-12, "{set:?}: {loss:?}");
            }
            let view = run.view();
            let loss = readout(&view, "loss");
            assert!(loss.value < loss.exact.unwrap() + near, "{set:?} {seed}: {loss:?}");
            assert!(value(&view, "alignment") < near, "{set:?}");
        }
    }
}

#[test]
fn the_loss_is_that_of_the_matrix_shown() {
    // A row of the view's own matrix, once more by hand: probabilities at tau = .1 and .01.
    for temperature in [0.1, 0.01] {
        let view = after(&BLUEPRINT, 3, &[real("temperature", temperature)], 0);
        let Plot::Matrix(matrix) = &view.figures[2].plot else { panic!("a matrix") };
        let n = matrix.width;
        let mut loss = 0.0;
        for (i, row) in matrix.values.chunks(n).enumerate() {
            let sum: f64 = row.iter().map(|s| ((s - row[i]) / temperature).exp()).sum();
            loss += sum.ln() / n as f64;
        }
        assert!((value(&view, "loss") - loss).abs() < 1e-9, "{loss}");
        let others: f64 = matrix.values[1..n].iter().map(|s| (s / temperature).exp()).sum();
        let own = (matrix.values[0] / temperature).exp();
        assert!((value(&view, "pull") - others / (others + own)).abs() < 1e-12);
    }
}

#[test]
fn the_encoder_comes_close_to_the_true_ratio() {
    let set = [ENCODER, ("learn_temperature", Value::Switch(true))];
    let (start, end) = (after(&BLUEPRINT, 5, &set, 0), after(&BLUEPRINT, 5, &set, 800));
    let loss = readout(&end, "loss");
    assert!(loss.value > loss.exact.unwrap() - 3.0 * loss.error.unwrap(), "{loss:?}");
    assert!(loss.value < loss.exact.unwrap() + 0.15, "{loss:?}");
    let (before, now) = (readout(&start, "recall"), readout(&end, "recall"));
    assert!(before.value < 0.3 && now.value > now.exact.unwrap() - 0.06, "{before:?} {now:?}");
    assert!(now.value < now.exact.unwrap() + 3.0 * now.error.unwrap(), "{now:?}");
    // 1/kappa, and a little more for what the encoder does not see.
    let temperature = readout(&end, "temperature");
    assert_eq!(temperature.exact, Some(0.02));
    assert!((0.015..0.03).contains(&temperature.value), "{temperature:?}");
    let uniformity = readout(&end, "uniformity");
    assert!((uniformity.value - uniformity.exact.unwrap()).abs() < 0.15, "{uniformity:?}");
}

#[test]
fn a_bilinear_critic_finds_the_turn_that_a_cosine_cannot() {
    let (cosine, bilinear) = (preset(&BLUEPRINT, "turned"), preset(&BLUEPRINT, "bilinear-critic"));
    let of = |set| after(&BLUEPRINT, 2, set, 400);
    let (cosine, bilinear) = (of(cosine), of(bilinear));
    assert!(value(&bilinear, "recall") > 0.5, "{:?}", bilinear.readouts);
    // The best a cosine can do is to give in: everything in one point, with all the pushes there.
    assert!(value(&cosine, "recall") < 0.15, "{:?}", cosine.readouts);
    assert!(value(&cosine, "uniformity") > -0.1, "{:?}", cosine.readouts);
    assert!((value(&cosine, "loss") - value(&cosine, "chance")).abs() < 0.1);
    assert!(value(&bilinear, "parameters") == value(&cosine, "parameters") + 4.0);
}

#[test]
fn without_pushes_everything_becomes_one_point() {
    let view = after(&BLUEPRINT, 4, preset(&BLUEPRINT, "collapse"), 600);
    assert!(value(&view, "alignment") < 0.05, "{:?}", view.readouts);
    assert!(value(&view, "uniformity") > -0.1, "{:?}", view.readouts);
    assert!((value(&view, "loss") - value(&view, "chance")).abs() < 0.3, "{:?}", view.readouts);
    assert!(view.notes.contains(&"without-push"));
    // With them, a start at one point is left behind.
    let set = preset(&BLUEPRINT, "from-one-point");
    let (start, end) = (after(&BLUEPRINT, 4, set, 0), after(&BLUEPRINT, 4, set, 1_000));
    assert!((value(&start, "loss") - 16f64.ln()).abs() < 1e-3, "{:?}", start.readouts);
    assert!(value(&end, "uniformity") < -1.2, "{:?}", end.readouts);
}

#[test]
fn one_pair_has_nothing_to_learn_from() {
    let (start, end) = (
        after(&BLUEPRINT, 1, &[whole("batch", 1)], 0),
        after(&BLUEPRINT, 1, &[whole("batch", 1)], 50),
    );
    assert_eq!(value(&end, "loss"), 0.0);
    assert!((value(&end, "alignment") - value(&start, "alignment")).abs() < 1e-12);
    assert!(value(&end, "hardest").is_nan() && end.notes.contains(&"one-pair"));
    assert_eq!(even::loss(2, 1, 0.1), Some(0.0));
    let two = after(&BLUEPRINT, 1, &[whole("batch", 2)], 1);
    assert_eq!(value(&two, "hardest"), 1.0);
}

#[test]
fn a_row_constant_is_seen_by_columns_alone() {
    let lifted = [real("row_constant", 100.0)];
    let view = after(&BLUEPRINT, 1, &lifted, 30);
    assert!(value(&view, "invariance") < 1e-12, "{:?}", view.readouts);
    assert_eq!(readout(&view, "invariance").exact, Some(0.0));
    let both = [real("row_constant", 100.0), ("symmetric", Value::Switch(true))];
    let view = after(&BLUEPRINT, 1, &both, 30);
    assert!(value(&view, "invariance") > 1.0 && view.notes.contains(&"columns-see-it"));
}

#[test]
fn the_simulator_answers_the_questions() {
    assert_eq!(
        trends(&BLUEPRINT, 7),
        [
            ("colder", Trend::Rises),
            ("lifted", Trend::Stays),
            ("euclid", Trend::Stays),
            ("trained", Trend::Rises),
        ]
    );
}

#[test]
fn the_claims_hold() {
    claims_hold(&BLUEPRINT);
}

#[test]
fn the_claims_could_fail() {
    // Columns are not rows; a ratio to other negatives is another ratio; an encoder that has not
    // learned does not find its pairs.
    assert!(moved_by_constants().1 > 1e-12);
    assert!(gap(&trained(&marginal()), &log_ratio(&[0.25; 4])) > 1e-5);
    let slow = [ENCODER, real("learning_rate", 1e-4), real("temperature", 10.0)];
    assert!(found(&slow, 8).recall.0 < 0.5);
}
