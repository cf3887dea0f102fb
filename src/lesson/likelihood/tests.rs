use super::BLUEPRINT;
use crate::data::table::Table;
use crate::lab::blueprint::Source;
use crate::lab::param::Value;
use crate::lab::question::Trend;
use crate::lab::run::{Run, RunError};
use crate::lab::view::{Plot, View};
use crate::lesson::shared::testing::{after, claims_hold, preset, readout, run, trends};
use std::sync::Arc;

fn read(view: &View, id: &str) -> f64 {
    readout(view, id).value
}

/// The largest force of a name anywhere on the line.
fn force(view: &View, label: &str) -> f64 {
    let Plot::Lines(lines) = &view.figures[0].plot else { panic!("lines") };
    let series = lines.series.iter().find(|s| s.label == label).unwrap();
    series.y.iter().fold(0.0, |m: f64, y| m.max(y.abs()))
}

const SPRING: (&str, Value) = ("model", Value::Choice("spring"));

#[test]
fn the_forces_balance_and_the_density_is_found() {
    let (start, end) = (after(&BLUEPRINT, 7, &[], 0), after(&BLUEPRINT, 7, &[], 300));
    assert!(force(&start, "what-remains") > 0.5 * force(&start, "pushes-down"));
    // What 400 points leave to chance, and what weight decay holds back.
    assert!(force(&end, "what-remains") < 0.2 * force(&end, "pushes-down"));
    assert_eq!(force(&start, "pushes-down"), force(&end, "pushes-down"));
    assert!(read(&start, "kl") > 0.5 && read(&end, "kl") < 0.02, "{}", read(&end, "kl"));
    for view in [start, end] {
        assert!(read(&view, "identity").abs() < 1e-8, "{}", read(&view, "identity"));
        assert!((read(&view, "mass") - 1.0).abs() < 1e-6);
        // The NLL is the sum of the two terms.
        let sum = read(&view, "mean_energy") + read(&view, "log_z");
        assert!((read(&view, "nll") - sum).abs() < 1e-12);
    }
}

#[test]
fn the_spring_comes_to_rest_where_the_closed_form_says() {
    for data in ["two-bumps", "geyser-2d"] {
        for share in [1.0, 0.5] {
            let share = ("model_phase", Value::Real(share));
            let view = after(&BLUEPRINT, 7, &[SPRING, share, ("data", Value::Choice(data))], 1500);
            let a = readout(&view, "stiffness");
            assert!((a.value - a.exact.unwrap()).abs() < 1e-6, "{data} {share:?}: {a:?}");
            assert!(read(&view, "gradient_norm") < 1e-6);
        }
    }
}

#[test]
fn without_the_model_phase_it_runs_away_and_comes_back() {
    for (model, why) in [("network", "ran-away"), ("spring", "no-density")] {
        let mut run = run(&BLUEPRINT, 7, &[("model", Value::Choice(model))]);
        (0..40).for_each(|_| run.advance().unwrap());
        let before = format!("{:?}", run.view());
        run.edit("model_phase", Value::Real(0.0), false).unwrap();
        let lost = (0..1000).find_map(|_| run.advance().err());
        let Some(RunError::Diverged(_, diverged)) = lost else { panic!("{model}: {lost:?}") };
        assert_eq!(diverged.why, why);
        assert!(run.view().notes.contains(&"level-sinks"));
        assert!(run.undo());
        assert_eq!(format!("{:?}", run.view()), before);
        run.advance().unwrap();
    }
}

#[test]
fn at_nine_tenths_the_level_sinks_and_the_bumps_stay() {
    let mut run = run(&BLUEPRINT, 7, &[]);
    (0..100).for_each(|_| run.advance().unwrap());
    let before = run.view();
    run.edit("model_phase", Value::Real(0.9), false).unwrap();
    // Past a level of -10,000, which no likelihood knows of.
    (0..700).for_each(|_| run.advance().unwrap());
    let after = run.view();
    assert!(read(&before, "mean_energy").abs() < 10.0 && read(&after, "mean_energy") < -1e4);
    // The bumps are there, and not as good as they were.
    let (good, worse) = (read(&before, "kl"), read(&after, "kl"));
    assert!(good < 0.05 && worse > 0.05 && worse < 3.0, "{good} {worse}");
}

#[test]
fn the_gradient_agrees_with_differences_all_along() {
    for values in [
        &[][..],
        &[("model_phase", Value::Real(0.4))],
        &[SPRING],
        &[("data", Value::Choice("rings")), ("width", Value::Integer(8))],
    ] {
        let mut run = run(&BLUEPRINT, 3, values);
        for _ in 0..4 {
            let check = read(&run.view(), "gradient_check");
            assert!(check < 1e-6, "{values:?}: {check}");
            (0..15).for_each(|_| run.advance().unwrap());
        }
    }
}

#[test]
fn the_held_out_error_bar_is_honest() {
    let seeds = 40;
    let mut within = [0, 0];
    for seed in 0..seeds {
        let mut run = run(&BLUEPRINT, seed, &[SPRING]);
        (0..100).for_each(|_| run.advance().unwrap());
        let view = run.view();
        let held = readout(&view, "nll_held_out");
        let z = (held.value - held.exact.unwrap()).abs() / held.error.unwrap();
        within[0] += usize::from(z < 1.0);
        within[1] += usize::from(z < 3.0);
    }
    // 68 % of 40 is 27; three standard deviations of that count are 9.
    assert!((18..=36).contains(&within[0]), "{within:?}");
    assert!(within[1] >= 38, "{within:?}");
}

#[test]
fn of_a_fit_that_is_lost_the_entropy_stays() {
    let mut run = run(&BLUEPRINT, 7, &[("model_phase", Value::Real(0.0))]);
    assert!((0..1000).any(|_| run.advance().is_err()));
    let view = run.view();
    assert!(readout(&view, "entropy").exact.is_some());
    assert!(readout(&view, "nll_held_out").exact.is_none());
}

#[test]
fn learned_by_heart_is_not_the_truth() {
    let [early, late] =
        [30, 400].map(|steps| after(&BLUEPRINT, 7, preset(&BLUEPRINT, "by-heart"), steps));
    assert!(read(&early, "nll") < read(&early, "entropy"));
    assert!(read(&late, "nll") < read(&early, "nll"));
    assert!(read(&late, "kl") > read(&early, "kl") + 1.0);
    // The page promises that Z stays exact, and all that rests on it.
    assert!((read(&late, "mass") - 1.0).abs() < 1e-6 && late.notes.is_empty(), "{:?}", late.notes);
}

#[test]
fn in_the_plane_the_forces_are_a_signed_map() {
    let view = after(&BLUEPRINT, 7, preset(&BLUEPRINT, "plane"), 60);
    let Plot::Field(field) = &view.figures[0].plot else { panic!("a field") };
    let (low, high) = field.value.range.unwrap();
    assert!(low == -high && !field.low_is_bright);
    // The range moves in steps of two and what is left fills it.
    let most = field.values.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    assert!(high.log2().fract() == 0.0 && most <= high && most >= 0.4 * high, "{most} {high}");
    let ends = |f: fn(f64, f64) -> f64| field.values.iter().copied().fold(0.0, f);
    assert!(ends(f64::min) < 0.0 && ends(f64::max) > 0.0);
    let start = after(&BLUEPRINT, 7, preset(&BLUEPRINT, "plane"), 0);
    assert!(read(&view, "kl") < 0.5 * read(&start, "kl"));
    assert!(read(&view, "identity").abs() < 1e-4);
}

#[test]
fn real_data_have_no_entropy_that_is_known() {
    let shipped = after(&BLUEPRINT, 7, &[("data", Value::Choice("geyser-waiting"))], 60);
    let column = |k: usize| (0..60).map(|i| ((i * k) % 101) as f64).collect::<Vec<f64>>();
    let names = vec!["one".to_owned(), "two".to_owned()];
    let columns = vec![column(37), column(23)];
    let table = Table { name: "own.csv".to_owned(), names, columns, ..Table::default() };
    let source = Source::Table(Arc::new(table));
    let mut own = Run::new(&BLUEPRINT, source, 7, BLUEPRINT.defaults()).unwrap();
    (0..5).for_each(|_| own.advance().unwrap());
    for view in [shipped, own.view()] {
        let ids: Vec<_> = view.readouts.iter().map(|r| r.id).collect();
        assert!(ids.contains(&"nll_kernel") && !ids.contains(&"kl") && !ids.contains(&"entropy"));
        assert!(readout(&view, "nll_held_out").exact.is_none());
        assert!(view.readouts.iter().all(|r| r.value.is_finite()), "{:?}", view.readouts);
    }
}

#[test]
fn the_simulator_answers_the_questions() {
    for seed in [1, 7] {
        let found = trends(&BLUEPRINT, seed);
        for expected in [
            ("only-push-down", Trend::Rises),
            ("half-a-phase", Trend::Falls),
            ("more-points", Trend::Falls),
        ] {
            assert!(found.contains(&expected), "seed {seed}: {found:?}");
        }
    }
}

#[test]
fn the_claims_hold() {
    claims_hold(&BLUEPRINT);
}
