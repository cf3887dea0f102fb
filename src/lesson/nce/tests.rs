//! The lesson as a learner and a script meet it: through runs.

use super::BLUEPRINT;
use super::claims::{formula, off_by, scatter};
use crate::data::table::Table;
use crate::lab::Label;
use crate::lab::blueprint::Source;
use crate::lab::param::Value;
use crate::lab::question::Trend;
use crate::lab::run::Run;
use crate::lab::view::{Plot, View};
use crate::lesson::shared::testing::{Set, after, answers, claims_hold, off, readout, run};
use crate::objective::nce::Mistakes;
use std::sync::Arc;

const TEN: (Label, Value) = ("ratio", Value::Real(10.0));

const fn on(id: Label) -> (Label, Value) {
    (id, Value::Switch(true))
}

fn value(view: &View, id: &str) -> f64 {
    readout(view, id).value
}

/// The heights of a curve of a figure.
fn curve(view: &View, figure: &str, label: &str) -> Vec<f64> {
    let figure = view.figures.iter().find(|f| f.id == figure).unwrap();
    let Plot::Lines(lines) = &figure.plot else { panic!("curves") };
    lines.series.iter().find(|s| s.label == label).unwrap().y.clone()
}

#[test]
fn c_comes_out_as_minus_log_z() {
    for data in ["gaussian", "tilted-well"] {
        let view = after(&BLUEPRINT, 3, &[("data", Value::Choice(data)), TEN], 1_500);
        for id in ["c", "theta", "mass"] {
            let r = readout(&view, id);
            assert!(off(&view, id).abs() < 4.0 && r.error.unwrap() < 0.01, "{data} {r:?}");
        }
        let best = curve(&view, "classifier", "best");
        let learned = curve(&view, "classifier", "learned");
        let gap = best.iter().zip(&learned).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(gap < 0.15, "{data}: {gap}");
    }
    // log Z: log sqrt(2 pi), and of the well log 1.56483134576 by scipy.
    let exact = |data| readout(&after(&BLUEPRINT, 3, &[("data", data)], 1), "c").exact.unwrap();
    assert!((exact(Value::Choice("gaussian")) + 0.918_938_533_2).abs() < 1e-9);
    assert!((exact(Value::Choice("tilted-well")) + 0.447_778_051_9).abs() < 1e-8);
}

#[test]
fn error_bars_are_honest() {
    let sets: [Set<'_>; 3] = [
        &[("batch", Value::Integer(64))],
        &[("batch", Value::Integer(32)), ("ratio", Value::Real(5.0)), ("width", Value::Real(1.0))],
        &[("batch", Value::Integer(64)), ("data", Value::Choice("tilted-well"))],
    ];
    let mut z = Vec::new();
    for set in sets {
        for seed in 0..40 {
            let view = after(&BLUEPRINT, seed, set, 900);
            z.extend(["c", "theta", "mass"].map(|id| off(&view, id)));
        }
    }
    let share = |k: f64| z.iter().filter(|z| z.abs() < k).count() as f64 / z.len() as f64;
    let mean = z.iter().sum::<f64>() / z.len() as f64;
    // Of 360, which are 120 independent triples, 68 +- 4 % lie within one error.
    assert!((0.56..0.80).contains(&share(1.0)), "{} {}", share(1.0), share(3.0));
    assert!(share(3.0) > 0.97 && mean.abs() < 0.35, "{} {mean}", share(3.0));
}

#[test]
fn the_mass_has_an_honest_error_where_its_first_order_cancels() {
    // With noise like the data c follows -log Z of whatever theta there is.
    let sets: [Set<'_>; 2] = [
        &[("width", Value::Real(1.0)), ("batch", Value::Integer(64))],
        &[("width", Value::Real(1.0)), ("batch", Value::Integer(256))],
    ];
    let mut z = Vec::new();
    for set in sets {
        for seed in 0..20 {
            let view = after(&BLUEPRINT, seed, set, 800);
            // A run that still drifts has no bar.
            if readout(&view, "mass").error.is_some() {
                z.push(off(&view, "mass"));
            }
        }
    }
    let share = |k: f64| z.iter().filter(|z| z.abs() < k).count() as f64 / z.len() as f64;
    // Of nearly 40, 68 +- 8 % within one error.
    assert!(z.len() > 35 && (0.48..0.92).contains(&share(1.0)) && share(3.0) > 0.92, "{z:?}");
    // And no bar that would hold anything: the mass is known to a thousandth.
    let view = after(&BLUEPRINT, 1, sets[1], 800);
    assert!(readout(&view, "mass").error.unwrap() < 2e-3, "{view:?}");
}

#[test]
fn a_mass_without_an_end_is_no_number() {
    // Without p_n and with noise like the data theta is 0 give or take its error.
    for seed in 0..6 {
        let set = [on("no_noise_density"), ("width", Value::Real(1.0))];
        let view = after(&BLUEPRINT, seed, &set, 1_200);
        assert!(value(&view, "mass").is_nan() && view.notes.contains(&"no-density"), "{view:?}");
    }
}

#[test]
fn the_scatter_is_that_of_the_formula() {
    // numpy, the formula on 40,001 nodes: 2.9953 at width 2, 47.925 at 1/2, 2.1219 at nu = 10.
    for (set, exact) in [
        (("width", Value::Real(2.0)), 2.995_3),
        (("width", Value::Real(0.5)), 47.925),
        (TEN, 2.121_9),
    ] {
        let view = after(&BLUEPRINT, 4, &[set], 900);
        let r = readout(&view, "n_var");
        assert!((r.exact.unwrap() / exact - 1.0).abs() < 1e-3, "{r:?}");
        assert!((r.value / exact - 1.0).abs() < 0.25, "{r:?}");
        assert!(off(&view, "n_var").abs() < 5.0, "{r:?}");
    }
}

#[test]
fn each_mistake_leads_where_the_page_says() {
    let (log_ten, c) = (10f64.ln(), -0.918_938_533);
    let cases: [(Set<'_>, f64, f64); 4] = [
        (&[TEN, on("averaged")], c + log_ten, 1.0),
        (&[TEN, on("no_log_ratio")], c - log_ten, 1.0),
        (&[TEN, on("averaged"), on("no_log_ratio")], c, 1.0),
        // The ratio of N(0, 1) to N(0, 4): theta = 1 - 1/4, c = log 2.
        (&[on("no_noise_density")], 2f64.ln(), 0.75),
    ];
    for (set, c, theta) in cases {
        let view = after(&BLUEPRINT, 6, set, 2_000);
        let found = readout(&view, "c");
        assert!((found.value - c).abs() < 0.03, "{set:?}: {found:?}");
        // An error bar is given once there is no drift, and is honest then.
        let error = found.error.unwrap_or(1.0);
        assert!((found.value - c).abs() < 5.0 * error, "{set:?}: {found:?}");
        assert!((value(&view, "theta") - theta).abs() < 0.06, "{set:?}: {view:?}");
        // Nothing to compare N Var with.
        assert!(readout(&view, "n_var").exact.is_none());
        // The loss rests on its floor all the same.
        let loss = readout(&view, "loss");
        assert!((loss.value - loss.exact.unwrap()).abs() < 5.0 * loss.error.unwrap() + 0.01);
    }
    // Noise narrower than the data and no p_n: not even a density.
    let view = after(&BLUEPRINT, 6, &[on("no_noise_density"), ("width", Value::Real(0.7))], 1_200);
    assert!(value(&view, "theta") < 0.0 && value(&view, "mass").is_nan());
    assert!(view.notes.contains(&"no-density"));
}

#[test]
fn floors_are_those_of_another_quadrature() {
    // scipy.integrate.quad of both terms, and of max(p_d, nu p_n) / (1 + nu).
    let cases: [(Set<'_>, f64, f64); 4] = [
        (&[], 1.200_827_597_8, 0.661_337_284_5),
        (&[TEN], 3.056_148_561_2, 0.909_090_909_1),
        (&[("width", Value::Real(1.0))], 1.386_294_361_1, 0.5),
        (&[TEN, on("averaged")], 1.200_827_597_8, 0.909_090_909_1),
    ];
    for (set, loss, accuracy) in cases {
        let view = after(&BLUEPRINT, 1, set, 1);
        let exact = |id| readout(&view, id).exact.unwrap();
        assert!((exact("loss") - loss).abs() < 1e-7, "{set:?} {}", exact("loss"));
        assert!((exact("accuracy") - accuracy).abs() < 1e-5, "{set:?} {}", exact("accuracy"));
    }
}

#[test]
fn a_network_learns_the_density_and_its_normaliser() {
    let set = [("data", Value::Choice("two-bumps"))];
    let (start, end) = (after(&BLUEPRINT, 5, &set, 1), after(&BLUEPRINT, 5, &set, 800));
    assert!((value(&start, "mass") - 1.0).abs() > 0.5, "{}", value(&start, "mass"));
    assert!((value(&end, "mass") - 1.0).abs() < 0.2, "{}", value(&end, "mass"));
    // Beyond the entropy by little.
    let nll = |view: &View| value(view, "nll") - readout(view, "nll").exact.unwrap();
    assert!(nll(&start) > 0.3 && nll(&end) < 0.12, "{} {}", nll(&start), nll(&end));
    let plane = [("data", Value::Choice("moons")), TEN];
    let (start, end) = (after(&BLUEPRINT, 5, &plane, 1), after(&BLUEPRINT, 5, &plane, 300));
    assert!(nll(&end) < nll(&start) - 0.3, "{} {}", nll(&start), nll(&end));
    let loss = readout(&end, "loss");
    assert!(loss.value > loss.exact.unwrap() - 4.0 * loss.error.unwrap(), "{loss:?}");
}

#[test]
fn noise_that_does_not_cover_the_data_is_named() {
    let covered = after(&BLUEPRINT, 2, &[], 2);
    assert!(value(&covered, "uncovered") < 1e-6 && covered.notes.is_empty());
    // scipy: P(|x| > sqrt(3)/2) and, of a Gaussian noise of width 1/20, P(|x| > .66737), where
    // log p_n = -87.
    let uniform = [("noise", Value::Choice("uniform")), ("width", Value::Real(0.5))];
    let narrow = [("width", Value::Real(0.05))];
    for (set, share) in [(&uniform[..], 0.386_476_230_8), (&narrow[..], 0.504_535_2)] {
        let view = after(&BLUEPRINT, 2, set, 2);
        assert!((value(&view, "uncovered") - share).abs() < 1e-6, "{set:?}: {view:?}");
        assert!(view.notes.contains(&"noise-uncovered"));
    }
    let network = [("data", Value::Choice("moons")), ("width", Value::Real(0.05))];
    assert!(value(&after(&BLUEPRINT, 2, &network, 2), "uncovered") > 0.5);
}

#[test]
fn a_batch_too_large_for_a_step_is_gathered_over_several() {
    let set = [("batch", Value::Integer(4_096)), TEN];
    let mut run = run(&BLUEPRINT, 1, &set);
    let mut shares = Vec::new();
    for _ in 0..3 {
        run.advance().unwrap();
        shares.push(run.view().progress.map(|p| p.done));
    }
    // 4,096 x 11 points, 16,384 at a time.
    assert!(shares[0].is_some_and(|s| (s - 0.3636).abs() < 1e-3), "{shares:?}");
    assert!(shares[1].is_some() && shares[2].is_none(), "{shares:?}");
    // A change of the noise begins the batch again.
    run.advance().unwrap();
    run.edit("width", Value::Real(1.0), false).unwrap();
    assert!(run.view().progress.is_none());
}

#[test]
fn own_columns_take_the_place_of_the_closed_form() {
    let column: Vec<f64> = (0..60).map(|i| f64::from(i % 7) + 0.01 * f64::from(i)).collect();
    let table = Table {
        name: "a.csv".into(),
        names: vec!["a".into()],
        columns: vec![column],
        thinned_from: None,
    };
    let source = Source::Table(Arc::new(table));
    let mut run = Run::new(&BLUEPRINT, source, 1, BLUEPRINT.defaults()).unwrap();
    run.advance().unwrap();
    let view = run.view();
    assert!(view.readouts.iter().all(|r| r.id != "theta"));
    assert!(readout(&view, "loss").exact.is_none() && value(&view, "mass") > 0.0);
    let short = Table {
        name: "b.csv".into(),
        names: vec!["b".into()],
        columns: vec![vec![1.0]],
        thinned_from: None,
    };
    let source = Source::Table(Arc::new(short));
    assert!(Run::new(&BLUEPRINT, source, 1, BLUEPRINT.defaults()).is_err());
}

#[test]
fn the_simulator_answers_the_questions() {
    let trends: Vec<(Label, Trend)> =
        answers(&BLUEPRINT, 7).into_iter().map(|(id, o)| (id, o.trend)).collect();
    assert_eq!(
        trends,
        [("no-log", Trend::Falls), ("like-the-data", Trend::Falls), ("narrow", Trend::Rises)]
    );
}

#[test]
fn the_claims_hold() {
    claims_hold(&BLUEPRINT);
}

#[test]
fn another_noise_or_no_mistake_would_not_give_the_claims_figures() {
    assert!((scatter(1.0) - formula(0.5)).abs() > 0.15 * formula(0.5));
    assert_eq!(off_by(Mistakes::default()), 0.0);
}
