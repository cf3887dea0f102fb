use super::{BLUEPRINT, DATA, Fit};
use crate::data::table::Table;
use crate::lab::blueprint::Source;
use crate::lab::experiment::Experiment;
use crate::lab::param::{Kind, Value};
use crate::lab::question::Trend;
use crate::lab::run::{Run, RunError};
use crate::lab::view::{Plot, View};
use crate::lesson::shared::testing::{after, claims_hold, run, trends};
use crate::math::rng::stream;
use std::sync::Arc;

fn read(view: &View, id: &str) -> f64 {
    view.readouts.iter().find(|r| r.id == id).map_or(f64::NAN, |r| r.value)
}

fn is_finite(view: &View) -> bool {
    view.readouts.iter().all(|r| r.value.is_finite() || r.id == "gradient_norm")
        && view.figures.iter().all(|f| match &f.plot {
            Plot::Lines(l) => {
                l.series.iter().all(|s| s.y.iter().chain(&s.x).all(|v| v.is_finite()))
            }
            Plot::Field(f) => f.values.iter().all(|v| v.is_finite()),
            _ => true,
        })
}

#[test]
fn the_energy_finds_a_known_density() {
    let values = [("data", Value::Choice("two-bumps")), ("points", Value::Integer(2000))];
    let view = after(&BLUEPRINT, 7, &values, 600);
    let held = view.readouts.iter().find(|r| r.id == "nll_held_out").unwrap();
    let excess = held.value - read(&view, "floor");
    assert!(excess < 3.0 * held.error.unwrap() + 0.02, "excess {excess}");
    let Plot::Lines(lines) = &view.figures[1].plot else { panic!("lines") };
    let curve = |label| lines.series.iter().find(|s| s.label == label).unwrap();
    let (truth, model) = (curve("truth"), curve("model-density"));
    let step = truth.x[1] - truth.x[0];
    let distance: f64 = truth.y.iter().zip(&model.y).map(|(t, m)| (t - m).abs() * step).sum();
    assert!(0.5 * distance < 0.06, "total variation {}", 0.5 * distance);
}

#[test]
fn the_geyser_is_fitted_within_seconds_and_its_mass_is_one() {
    let start = after(&BLUEPRINT, 7, &[], 0);
    let view = after(&BLUEPRINT, 7, &[], 300);
    assert!(read(&view, "nll") < read(&start, "nll") - 0.15);
    assert!(read(&view, "nll_held_out") < read(&view, "nll_kernel") + 0.1);
    for view in [start, view] {
        assert!((read(&view, "mass") - 1.0).abs() < 1e-6, "{}", read(&view, "mass"));
        assert!(view.notes.is_empty() || view.notes == ["mass-at-edge"], "{:?}", view.notes);
    }
}

#[test]
fn in_the_plane_too() {
    for data in ["geyser-2d", "moons"] {
        let start = after(&BLUEPRINT, 7, &[("data", Value::Choice(data))], 0);
        let view = after(&BLUEPRINT, 7, &[("data", Value::Choice(data))], 150);
        assert!(read(&view, "nll") < read(&start, "nll") - 0.5);
        assert!((read(&view, "mass") - 1.0).abs() < 1e-3);
        let Plot::Field(field) = &view.figures[0].plot else { panic!("a field") };
        assert_eq!(field.values.len() % field.columns, 0);
        assert!(!field.dots[0].points.is_empty());
    }
}

#[test]
fn every_extreme_is_finite_or_says_why_not() {
    let mut tried = 0;
    let mut cases: Vec<Vec<(&'static str, Value)>> =
        DATA.iter().map(|d| vec![("data", Value::Choice(d))]).collect();
    for spec in BLUEPRINT.params {
        let (low, high) = match spec.kind {
            Kind::Real { min, max, .. } => (Value::Real(min), Value::Real(max)),
            Kind::Integer { min, max, .. } => (Value::Integer(min), Value::Integer(max)),
            _ => continue,
        };
        for value in [low, high] {
            cases.push(vec![(spec.id, value)]);
            cases.push(vec![("data", Value::Choice("uniform")), (spec.id, value)]);
            cases.push(vec![("learning_rate", Value::Real(1.0)), (spec.id, value)]);
        }
    }
    for case in &cases {
        let mut run = run(&BLUEPRINT, 7, case);
        for _ in 0..25 {
            match run.advance() {
                Ok(()) => {}
                Err(RunError::Diverged(_, why)) => assert_eq!(why.why, "energy-lost"),
                Err(other) => panic!("{case:?}: {other}"),
            }
        }
        assert!(run.diverged().is_some() || is_finite(&run.view()), "{case:?}");
        tried += 1;
    }
    assert_eq!(tried, DATA.len() + 3 * 2 * 6);
}

#[test]
fn a_constant_in_the_energy_moves_nothing_but_the_energy() {
    let mut run = run(&BLUEPRINT, 7, &[]);
    for _ in 0..50 {
        run.advance().unwrap();
    }
    let before = run.view();
    run.edit("offset", Value::Real(7.0), false).unwrap();
    let after = run.view();
    assert!((read(&before, "nll") - read(&after, "nll")).abs() < 1e-12);
    assert!((read(&before, "log_z") - read(&after, "log_z") - 7.0).abs() < 1e-12);
    assert!(read(&after, "max_density_change") < 1e-12);
}

#[test]
fn claims_hold_and_questions_have_their_answers() {
    claims_hold(&BLUEPRINT);
    for seed in [1, 7] {
        let trends: Vec<Trend> = trends(&BLUEPRINT, seed).iter().map(|(_, t)| *t).collect();
        assert_eq!(trends, [Trend::Stays, Trend::Falls], "seed {seed}");
    }
}

#[test]
fn a_fork_goes_on_as_the_original_does() {
    let mut rng = stream(1, 0);
    let mut fit = Fit::new(&BLUEPRINT.defaults(), &Source::Shipped, &mut rng).unwrap();
    for _ in 0..5 {
        fit.step(&mut rng).unwrap();
    }
    let mut copy = fit.fork();
    fit.step(&mut rng).unwrap();
    copy.step(&mut rng).unwrap();
    assert_eq!(fit.view(), copy.view());
}

#[test]
fn the_learners_own_columns_replace_the_data() {
    let column = |n: usize| (0..n).map(|i| ((i * 37) % 101) as f64).collect::<Vec<f64>>();
    let build = |columns: Vec<Vec<f64>>| {
        let names = columns.iter().map(|_| "height".to_owned()).collect();
        let table = Table { name: "own.csv".to_owned(), names, columns, ..Table::default() };
        Run::new(&BLUEPRINT, Source::Table(Arc::new(table)), 7, BLUEPRINT.defaults())
    };
    let line = build(vec![column(60)]).unwrap().view();
    assert!(matches!(&line.figures[0].plot, Plot::Lines(l) if l.x.label == "own"));
    let plane = build(vec![column(60), column(60)]).unwrap().view();
    assert!(matches!(&plane.figures[0].plot, Plot::Field(f) if f.x.label == "own-x"));
    let large = build(vec![column(5000)]).unwrap().view();
    assert!(large.notes.contains(&"rows-left-out"));
    let why = |r: Result<Run, RunError>| match r {
        Err(RunError::Unusable(u)) => u.why,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was built"),
    };
    assert_eq!(why(build(vec![column(5)])), "too-few-rows");
    assert_eq!(why(build(vec![[1e300, -1e300].repeat(20)])), "no-spread");
    assert_eq!(why(build(vec![column(20), column(20), column(20)])), "one-or-two-columns");
    // One datum far from all others: the box grows, the grid thins, nothing breaks.
    let mut outlier = column(60);
    outlier.push(1e6);
    let mut far = build(vec![outlier]).unwrap();
    for _ in 0..20 {
        far.advance().unwrap();
    }
    assert!(is_finite(&far.view()));
}
