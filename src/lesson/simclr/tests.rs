use super::BLUEPRINT;
use super::exam::{Exam, Marks, Subject};
use super::ground::Ground;
use super::learner::{Learner, Workshop};
use crate::data::pictures::Pictures;
use crate::lab::Label;
use crate::lab::blueprint::Source;
use crate::lab::param::{Settings, Value};
use crate::lab::question::Trend;
use crate::lab::run::Run;
use crate::lab::view::{Plot, View};
use crate::lesson::shared::testing::{after, claims_hold, go, readout, run, trends};
use crate::math::rng::stream;
use crate::model::encoder::Passes;
use std::fmt::Write as _;
use std::sync::Arc;

fn settings(set: &[(Label, Value)]) -> Settings {
    let mut settings = BLUEPRINT.defaults();
    set.iter().for_each(|(id, value)| settings.set(id, *value));
    settings
}

fn read(view: &View, id: &str) -> f64 {
    readout(view, id).value
}

const SMALL: [(Label, Value); 2] = [("width", Value::Integer(8)), ("batch", Value::Integer(16))];

/// A whole exam, in pieces of this many multiplications.
fn marks(ground: &Ground, subject: Subject, budget: f64) -> Marks {
    let mut exam = Exam::new(subject, ground);
    let mut passes = Passes::new(1);
    (0..1_000_000)
        .find_map(|_| exam.advance(ground, &mut passes, 1, budget))
        .expect("an exam has an end")
}

#[test]
fn raw_pixels_get_the_marks_that_numpy_gives_them() {
    // numpy over three placements of its own: probe .23, 1-NN .88, the same to .03 by seed.
    let ground = Ground::new(&settings(&[]), &Source::Shipped, &mut stream(1, 0));
    let whole = marks(&ground, Subject::Pixels, f64::INFINITY);
    assert!((whole.probe.0 - 0.23).abs() < 0.04, "{whole:?}");
    assert!((whole.knn.0 - 0.875).abs() < 0.04, "{whole:?}");
    assert!((0.01..0.04).contains(&whole.probe.1) && (0.01..0.03).contains(&whole.knn.1));
    // In how many pieces does not matter.
    assert_eq!(whole, marks(&ground, Subject::Pixels, 3e6));
}

#[test]
fn twins_are_counted_as_expected_and_the_error_is_honest() {
    let mut far = 0;
    for seed in 0..20 {
        let set = [SMALL[0], ("batch", Value::Integer(32))];
        let view = after(&BLUEPRINT, seed, &set, 25);
        let twins = readout(&view, "false-negatives");
        let (exact, error) = (twins.exact.expect("exact"), twins.error.expect("an error"));
        assert!((exact - 3.1).abs() < 0.05, "{exact}");
        let off = (twins.value - exact) / error;
        assert!(off.abs() < 5.0, "{off}");
        far += usize::from(off.abs() > 1.0);
    }
    // 32 % of 20 on average.
    assert!((2..=13).contains(&far), "{far}");
}

#[test]
fn what_is_drawn_depends_on_the_random_numbers_alone() {
    let settings = settings(&SMALL);
    let ground = Ground::new(&settings, &Source::Shipped, &mut stream(1, 0));
    let fresh = Learner::new(&settings, &ground, &mut stream(2, 0));
    let mut used = Workshop::new(2);
    let mut other = fresh.clone();
    for seed in 0..3 {
        other
            .update(16, 0.2, &settings, &ground, &mut used, &mut stream(seed, 1))
            .expect("an update");
    }
    let once = |shop: &mut Workshop| {
        let mut learner = fresh.clone();
        let mut rng = stream(9, 0);
        learner.update(16, 0.2, &settings, &ground, shop, &mut rng).expect("an update");
        learner.encoder
    };
    assert_eq!(once(&mut used), once(&mut Workshop::new(1)));
}

#[test]
fn without_negatives_all_becomes_one_point_and_it_is_said() {
    let set = [SMALL[1], ("negatives", Value::Switch(false)), ("width", Value::Integer(32))];
    let view = after(&BLUEPRINT, 3, &set, 300);
    assert!(view.notes.contains(&"collapsed"), "{:?}", view.readouts);
    assert!((read(&view, "loss") - read(&view, "collapsed-loss")).abs() < 0.02);
    assert!((read(&view, "collapsed-loss") - 31f64.ln()).abs() < 1e-12);
    assert!(read(&view, "uniformity").abs() < 0.05 && read(&view, "alignment") < 0.02);
    let held = after(&BLUEPRINT, 3, &[SMALL[1]], 100);
    assert!(!held.notes.contains(&"collapsed"));
    assert!(read(&held, "spread") > 20.0 * read(&view, "spread"), "{:?}", held.readouts);
}

#[test]
fn a_batch_of_one_and_a_batch_beyond_the_data_are_said() {
    let view = after(&BLUEPRINT, 1, &[SMALL[0], ("batch", Value::Integer(1))], 12);
    assert!(view.notes.contains(&"batch-of-one"));
    assert!(read(&view, "loss").abs() < 1e-6, "{}", read(&view, "loss"));
    let still: [(Label, Value); 4] = [
        ("roll", Value::Integer(0)),
        ("rotation", Value::Real(0.0)),
        ("erase", Value::Integer(0)),
        ("jitter", Value::Real(0.0)),
    ];
    let view = after(&BLUEPRINT, 1, &[&SMALL[..], &still].concat(), 10);
    assert!(view.notes.contains(&"same-views") && read(&view, "alignment") < 1e-9);
}

/// Pictures of `side` by `side`: a bar that stands or lies, bright or dim.
fn bars(side: usize, count: usize) -> Pictures {
    let mut text = String::new();
    for i in 0..count {
        let (kind, at) = (i % 2, 1 + i / 2 % (side - 2));
        text.push_str(["stands", "lies"][kind]);
        for pixel in 0..side * side {
            let on = [pixel % side, pixel / side][kind] == at;
            write!(text, ",{}", if on { 200 + i % 50 } else { 0 }).expect("a string");
        }
        text.push('\n');
    }
    Pictures::parse("bars.csv", text.as_bytes()).expect("pictures")
}

#[test]
fn pictures_of_ones_own_of_any_size_are_learned_from() {
    for (side, count) in [(4, 20), (12, 60), (32, 24)] {
        let source = Source::Pictures(Arc::new(bars(side, count)));
        let cut = settings(&[SMALL[0], ("batch", Value::Integer(64))]);
        let mut over = Run::new(&BLUEPRINT, source.clone(), 5, cut).expect("a run");
        go(&mut over, 2);
        assert!(over.view().notes.contains(&"batch-cut"), "{side}");
        let mut run = Run::new(&BLUEPRINT, source, 5, settings(&SMALL)).expect("a run");
        go(&mut run, 60);
        let view = run.view();
        let Plot::Images(views) = &view.figures[0].plot else { panic!("images") };
        assert_eq!((views.width, views.images.len()), (side + 4, 3));
        assert!(read(&view, "raw-knn") > 0.3 && read(&view, "loss").is_finite());
        assert!(!view.notes.contains(&"batch-cut"), "{side}");
    }
}

#[test]
fn a_sweep_fills_point_by_point_and_ends() {
    let set = [
        SMALL[0],
        ("mode", Value::Choice("temperature")),
        ("batch", Value::Integer(8)),
        ("run_length", Value::Integer(20)),
        ("labels", Value::Integer(2)),
    ];
    let mut run = run(&BLUEPRINT, 4, &set);
    let mut shares = Vec::new();
    let mut steps = 0;
    while let Some(progress) = run.view().progress {
        shares.push(progress.done);
        go(&mut run, 10);
        steps += 10;
        assert!(steps < 5_000, "{progress:?}");
    }
    assert!(shares.is_sorted() && shares.len() > 5);
    let view = run.view();
    assert_eq!(read(&view, "runs"), 30.0);
    assert!(readout(&view, "gain").error.is_some_and(f64::is_finite));
    let sweep = view.figures.iter().find(|f| f.id == "sweep").expect("the sweep");
    let Plot::Lines(lines) = &sweep.plot else { panic!("lines") };
    let points = lines.series.last().expect("points");
    assert_eq!(points.x, [0.05, 0.1, 0.2, 0.5, 1.0, 2.0]);
    assert!(points.y.iter().chain(&points.spread).all(|v| (0.0..1.0).contains(v)));
    // The two baselines as lines.
    assert_eq!(lines.series.iter().filter(|s| s.x.len() == 2).count(), 2);
    // An exam's end is the end of nothing else: the run stands still.
    let done = format!("{:?}", run.view());
    go(&mut run, 3);
    assert_eq!(format!("{:?}", run.view()), done);
}

#[test]
fn the_curve_begins_with_the_random_encoder_on_an_axis_of_tenths() {
    let set = [SMALL[0], SMALL[1], ("labels", Value::Integer(1))];
    let view = after(&BLUEPRINT, 4, &set, 45);
    let accuracy = view.figures.iter().find(|f| f.id == "accuracy").expect("the accuracy");
    let Plot::Lines(lines) = &accuracy.plot else { panic!("lines") };
    let learned = lines.series.last().expect("the curve");
    assert_eq!((learned.x[0], learned.y[0]), (0.0, read(&view, "random-probe")));
    let (low, high) = lines.y.range.expect("a range");
    assert!(low >= 0.0 && high <= 1.0 && high - low > 0.399, "{low} {high}");
    for end in [low, high] {
        assert!((10.0 * end - (10.0 * end).round()).abs() < 1e-9, "{end}");
    }
    let all = || lines.series.iter().flat_map(|s| &s.y);
    assert!(all().all(|y| (low..=high).contains(y)), "{low} {high}");
}

#[test]
fn another_k_is_judged_anew() {
    let set = [SMALL[0], SMALL[1], ("labels", Value::Integer(1))];
    let mut run = run(&BLUEPRINT, 4, &set);
    go(&mut run, 60);
    let before = read(&run.view(), "raw-knn");
    run.edit("neighbours", Value::Integer(50), false).expect("in range");
    go(&mut run, 60);
    assert!(read(&run.view(), "raw-knn") < before - 0.05, "{before}");
    // And the curve has one beginning still.
    run.edit("score", Value::Choice("knn"), false).expect("a choice");
    let view = run.view();
    let Plot::Lines(lines) = &view.figures[3].plot else { panic!("lines") };
    let learned = lines.series.last().expect("the curve");
    assert_eq!(learned.x.iter().filter(|x| **x == 0.0).count(), 1);
    assert_eq!(learned.y[0], read(&view, "random-knn"));
}

#[test]
fn the_simulator_answers_the_questions() {
    let expected = [
        ("more-company", Trend::Rises),
        ("no-roll", Trend::Falls),
        ("nobody-pushes", Trend::Falls),
    ];
    assert_eq!(trends(&BLUEPRINT, 1), expected);
}

#[test]
fn the_claims_hold() {
    claims_hold(&BLUEPRINT);
}
