use super::BLUEPRINT;
use super::sweep::SIZES;
use crate::lab::param::Value;
use crate::lab::question::Trend;
use crate::lab::view::{Plot, Role, View};
use crate::lesson::shared::testing::{after, claims_hold, go, off, preset, readout, run, trends};
use crate::math::statistics::mean_and_variance;

fn read(view: &View, id: &str) -> f64 {
    readout(view, id).value
}

#[test]
fn both_find_halves_far_above_chance_and_least_squares() {
    let view = after(&BLUEPRINT, 1, &[], 300);
    assert!((read(&view, "chance-5") - 5.0 / 296.0).abs() < 1e-12);
    for id in ["clip-recall-5", "siglip-recall-5"] {
        assert!(read(&view, id) > read(&view, "regression-5") + 0.15, "{id}: {}", read(&view, id));
    }
    assert!(read(&view, "clip-scale") > 10.0 && view.notes.is_empty(), "{:?}", view.notes);
}

#[test]
fn with_nothing_to_learn_losses_and_logits_are_those_of_theory() {
    let set = [("matched", Value::Switch(false)), ("batch", Value::Integer(32))];
    let view = after(&BLUEPRINT, 2, &set, 400);
    let offset = readout(&view, "siglip-offset");
    assert!((offset.value - offset.exact.expect("exact")).abs() < 0.1, "{offset:?}");
    for id in ["clip-loss", "siglip-loss"] {
        let loss = readout(&view, id);
        let above = loss.value - loss.exact.expect("exact");
        assert!((-0.1..0.1).contains(&above), "{loss:?}");
    }
    // The encoders turned all vectors alike: b has hardly moved, and has no exact value beside it.
    let bias = readout(&view, "siglip-bias");
    assert!(bias.value < -9.0 && bias.exact.is_none(), "{bias:?}");
    assert!(read(&view, "clip-recall-5") < 0.06);
    assert_eq!(view.notes, ["nothing-to-learn"]);
}

#[test]
fn with_held_encoders_the_bias_walks_to_its_exact_value() {
    let view = after(&BLUEPRINT, 3, preset(&BLUEPRINT, "no-information"), 1_600);
    let bias = readout(&view, "siglip-bias");
    assert!((bias.value - bias.exact.expect("exact")).abs() < 0.5, "{bias:?}");
    assert!(read(&view, "siglip-scale") < 3.0);
}

/// Scales as they multiply, not their logarithms, on an axis that grows where they do.
#[test]
fn scales_and_bias_are_drawn_in_logits() {
    let path = |set: &[_], steps| {
        let view = after(&BLUEPRINT, 1, set, steps);
        let Plot::Lines(lines) = &view.figures[2].plot else { panic!("lines") };
        let labels: Vec<_> = lines.series.iter().map(|s| s.label).collect();
        let (low, high) = lines.y.range.expect("a range");
        assert!(lines.series.iter().flat_map(|s| &s.y).all(|y| (low..=high).contains(y)));
        (labels, (low, high), lines.series[0].y.clone())
    };
    let (labels, ends, clip) = path(&[], 20);
    assert_eq!((labels, ends), (vec!["scale-clip", "scale-siglip", "bias-siglip"], (-12.0, 20.0)));
    assert!((clip[0] - 10.0).abs() < 1e-9, "{clip:?}");
    let (_, ends, _) = path(&[("scale", Value::Real(60.0))], 3);
    assert_eq!(ends, (-12.0, 100.0));
    let (labels, ends, goal) = path(preset(&BLUEPRINT, "no-information"), 20);
    assert_eq!((labels, ends), (vec!["blind-logit", "mean-logit", "bias-siglip"], (-12.0, 2.0)));
    assert!((goal[0] + 63_f64.ln()).abs() < 1e-12);
}

#[test]
fn captions_name_digits_in_both_languages() {
    for (language, seed) in [("english", 1), ("korean", 2)] {
        let view = after(&BLUEPRINT, seed, &[("pairs", Value::Choice(language))], 200);
        for id in ["clip-zero-shot", "siglip-zero-shot"] {
            assert!(read(&view, id) > 0.9, "{language} {id}: {}", read(&view, id));
        }
        assert!(off(&view, "false-negatives").abs() < 4.0);
        let Plot::Images(images) = &view.figures[3].plot else { panic!("images") };
        assert_eq!(images.images.len(), 10);
        let right = images.images.iter().filter(|i| i.role == Role::Positive);
        assert!(right.clone().count() >= 8 && right.clone().all(|i| !i.caption.starts_with('x')));
        let Plot::Matrix(matrix) = &view.figures[1].plot else { panic!("a matrix") };
        assert_eq!((matrix.width, matrix.values.len()), (10, 100));
        let best = |i: usize| {
            (0..10).max_by(|a, b| matrix.values[10 * i + a].total_cmp(&matrix.values[10 * i + b]))
        };
        assert!((0..10).filter(|i| best(*i) == Some(*i)).count() >= 8);
    }
}

#[test]
fn a_bias_of_zero_turns_the_sides_apart() {
    let view = after(&BLUEPRINT, 1, preset(&BLUEPRINT, "bias-zero"), 50);
    assert!(read(&view, "siglip-cosine") < -0.3 && view.notes.contains(&"run-apart"));
    let usual = after(&BLUEPRINT, 1, &[("batch", Value::Integer(128))], 50);
    assert!(read(&usual, "siglip-cosine") > -0.2);
}

/// Over seeds recall scatters about as much as its error says, and somewhat more: the training is
/// another one each time.
#[test]
fn the_error_of_recall_is_honest() {
    let set = [("width", Value::Integer(32)), ("batch", Value::Integer(32))];
    let (mut values, mut said) = (Vec::new(), 0.0);
    for seed in 0..12 {
        let view = after(&BLUEPRINT, seed, &set, 100);
        let recall = readout(&view, "siglip-recall-5");
        values.push(recall.value);
        said += recall.error.expect("an error") / 12.0;
    }
    let ratio = mean_and_variance(&values).1.sqrt() / said;
    assert!((0.6..1.8).contains(&ratio), "{ratio}");
}

#[test]
fn the_sweep_shows_one_run_after_the_other_and_the_training_waits() {
    let set = [
        ("sweep", Value::Switch(true)),
        ("width", Value::Integer(32)),
        ("dimension", Value::Integer(16)),
    ];
    let mut run = run(&BLUEPRINT, 1, &set);
    let swept = |view: &View| {
        let Plot::Lines(lines) = &view.figures[0].plot else { panic!("lines") };
        let of = |label| lines.series.iter().find(|s| s.label == label).expect("a series").clone();
        (of("clip"), of("siglip-from-zero"))
    };
    go(&mut run, 50);
    let view = run.view();
    let half = view.progress.expect("progress").done;
    assert!((half - 0.5 / 16.0).abs() < 1e-12, "{half}");
    assert!(swept(&view).0.x.is_empty() && read(&view, "updates") == 0.0);
    go(&mut run, 50);
    let (clip, zero) = swept(&run.view());
    assert!(clip.x.len() == 1 && zero.x.len() == 1 && clip.x[0] < zero.x[0]);
    assert!(((clip.x[0] * zero.x[0]).sqrt() - SIZES[0] as f64) < 1e-9);
    assert!(clip.y[0] > 0.06 && clip.y[0] < 1.0, "{}", clip.y[0]);
    run.edit("sweep", Value::Switch(false), false).expect("an edit");
    go(&mut run, 3);
    assert!(run.view().progress.is_none() && read(&run.view(), "updates") == 3.0);
}

#[test]
fn the_simulator_answers_the_questions() {
    assert_eq!(
        trends(&BLUEPRINT, 1),
        [
            ("larger-batch", Trend::Rises),
            ("zero-bias", Trend::Falls),
            ("no-information", Trend::Rises)
        ]
    );
}

#[test]
fn the_claims_hold() {
    claims_hold(&BLUEPRINT);
}
