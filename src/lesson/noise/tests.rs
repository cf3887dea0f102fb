//! The lesson as a learner and a script meet it.

use super::BLUEPRINT;
use super::claims::scatter;
use super::design::{Design, Method, Outside};
use super::problem::Problem;
use super::theory::Theory;
use crate::data::noise::Shape;
use crate::lab::blueprint::Source;
use crate::lab::param::Value;
use crate::lab::question::Trend;
use crate::lab::run::Run;
use crate::lesson::shared::testing::{after, answers, claims_hold, off, readout, run};

const CONDITIONAL: (&str, Value) = ("method", Value::Choice("conditional"));
const ADAPTIVE: (&str, Value) = ("method", Value::Choice("adaptive"));

#[test]
fn n_var_is_that_of_the_formula_for_every_method() {
    // (settings, how many errors plus how much of itself it may be off: few data scatter more)
    for set in [
        &[][..],
        &[("width", Value::Real(2.0)), ("shift", Value::Real(1.0)), ("ratio", Value::Integer(4))],
        &[("shape", Value::Choice("laplace")), ("width", Value::Real(1.5))],
        &[CONDITIONAL],
        &[ADAPTIVE, ("width", Value::Real(2.5)), ("rounds", Value::Integer(2))],
    ] {
        let view = after(&BLUEPRINT, 5, set, 120);
        let n_var = readout(&view, "nvar");
        let exact = n_var.exact.expect("a formula");
        let room = 3.5 * n_var.error.expect("an error bar") + 0.06 * exact;
        assert!((n_var.value - exact).abs() < room, "{set:?}: {n_var:?}");
        assert!(n_var.error.expect("an error bar") < 0.1 * exact, "{set:?}: {n_var:?}");
        assert!(readout(&view, "fitted").value >= 300.0);
        assert!(readout(&view, "failed").value == 0.0);
        // A bias of order 1/N is there; it is small beside one fit's scatter.
        let bias = readout(&view, "bias");
        assert!(bias.value.abs() < 0.3 * (exact / 500.0).sqrt(), "{set:?}: {bias:?}");
    }
}

#[test]
fn error_bars_of_n_var_are_honest() {
    // 120 small runs; their mean stands for what fits of this size scatter by.
    let found: Vec<(f64, f64)> = (0..120)
        .map(|seed| {
            let view = after(&BLUEPRINT, seed, &[("points", Value::Integer(100))], 15);
            let n_var = readout(&view, "nvar");
            (n_var.value, n_var.error.expect("an error bar"))
        })
        .collect();
    let mean = found.iter().map(|f| f.0).sum::<f64>() / 120.0;
    let within = |k: f64| {
        let inside = found.iter().filter(|(v, e)| (v - mean).abs() < k * e);
        inside.count() as f64 / 120.0
    };
    // Of 120, 82 +- 5 lie within one error.
    assert!((0.56..0.80).contains(&within(1.0)), "{}", within(1.0));
    assert!(within(3.0) > 0.94, "{}", within(3.0));
}

#[test]
fn the_tilt_of_a_double_well_scatters_as_its_table_says() {
    // numpy on 20,001 nodes: N Var of the tilt at h = 2, noise N(0, 1.44).
    let noise = Outside { shape: Shape::Gaussian, width: 1.2, shift: 0.0 };
    for (ratio, fits, expected) in [(1, 900, 3.750_469), (10, 700, 1.655_956)] {
        let design = Design { method: Method::Nce(noise), ratio, points: 400 };
        let found = scatter(&Problem::well(2.0), design, fits, 23);
        let measured = found.n_variance().0;
        assert!((measured / expected - 1.0).abs() < 0.12, "{ratio}: {measured}");
        assert_eq!(found.failed, 0);
    }
}

#[test]
fn the_best_noise_is_wider_than_the_data_and_the_best_ratio_is_finite() {
    let view = after(&BLUEPRINT, 1, &[], 1);
    // scipy.optimize.minimize_scalar: variance 2.777, N Var 2.963.
    assert!((readout(&view, "best_width").value.powi(2) - 2.777).abs() < 0.01);
    assert!((readout(&view, "best_nvar").value - 2.963).abs() < 0.001);
    // (1 + nu)^2 / nu is least at 1.
    assert_eq!(readout(&view, "best_ratio").value, 1.0);
    // Conditional NCE at a small eps lives on many noised points a datum. Its N Var is A + B / kappa,
    // 406 and 27.2 by the numpy sandwich at kappa = 1 and 16, eps = .1: B / A = 207, and
    // (1 + kappa) (A + B / kappa) is least at sqrt(207) = 14.4, very flat there.
    let small = [CONDITIONAL, ("eps", Value::Real(0.1))];
    let kappa = readout(&after(&BLUEPRINT, 1, &small, 1), "best_ratio").value;
    assert!((13.0..=16.0).contains(&kappa), "{kappa}");
}

#[test]
fn a_conditional_loss_does_not_see_a_lift_of_the_energy() {
    let conditional = after(&BLUEPRINT, 3, &[CONDITIONAL], 1);
    assert!(readout(&conditional, "lifted").value.abs() < 1e-12);
    assert!(conditional.readouts.iter().all(|r| r.id != "nvar_c"));
    assert!(readout(&after(&BLUEPRINT, 3, &[], 1), "lifted").value > 0.1);
}

#[test]
fn noise_that_does_not_cover_the_data_is_told() {
    let set = [("shape", Value::Choice("uniform")), ("width", Value::Real(0.5))];
    let view = after(&BLUEPRINT, 3, &set, 20);
    assert!(view.notes.contains(&"noise-does-not-cover"));
    // 2 (1 - Phi(.5 sqrt 3)) by scipy.stats.norm.
    let share = readout(&view, "uncovered").value;
    assert!((share - 0.386_476_231).abs() < 1e-8, "{share}");
    let n_var = readout(&view, "nvar").exact.expect("a formula");
    // scipy.integrate.quad between the edges.
    assert!((n_var / 221.586_914 - 1.0).abs() < 1e-6, "{n_var}");
    let covered = after(&BLUEPRINT, 3, &[], 1);
    assert!(covered.notes.is_empty());
    assert!(readout(&covered, "uncovered").value.is_sign_positive());
}

#[test]
fn data_and_noise_that_never_meet_give_no_estimate_and_it_is_said() {
    let set =
        [("shift", Value::Real(4.0)), ("width", Value::Real(0.1)), ("points", Value::Integer(50))];
    let view = after(&BLUEPRINT, 3, &set, 20);
    assert!(readout(&view, "failed").value > 0.0, "{:?}", view.readouts);
    assert!(view.notes.contains(&"fits-failed"));
}

#[test]
fn an_adaptive_noise_forgets_where_it_began() {
    let rounds = |width: f64| {
        let noise = Outside { shape: Shape::Gaussian, width, shift: 0.0 };
        let design = Design { method: Method::Adaptive(noise, 3), ratio: 1, points: 500 };
        scatter(&Problem::gaussian(), design, 700, 29).n_variance().0
    };
    let (narrow, wide) = (rounds(0.8), rounds(6.0));
    // 4, that of noise equal to the data; the first rounds have 7.6 and 3.9.
    assert!(
        (narrow / 4.0 - 1.0).abs() < 0.15 && (wide / 4.0 - 1.0).abs() < 0.15,
        "{narrow} {wide}"
    );
    let problem = Problem::gaussian();
    let noise = Outside { shape: Shape::Gaussian, width: 6.0, shift: 0.0 };
    let design = Design { method: Method::Adaptive(noise, 3), ratio: 1, points: 500 };
    let theory = Theory::new(&problem, &design, 1, None);
    assert!((theory.here.0 - 4.0).abs() < 1e-6 && (theory.first_round - 3.926).abs() < 1e-3);
}

#[test]
fn the_simulator_answers_the_questions() {
    let trends: Vec<_> = answers(&BLUEPRINT, 7).iter().map(|(id, o)| (*id, o.trend)).collect();
    assert_eq!(trends, [("unlike-the-data", Trend::Falls), ("smaller-steps", Trend::Rises)]);
}

#[test]
fn the_claims_hold() {
    claims_hold(&BLUEPRINT);
}

#[test]
fn what_was_measured_under_the_same_design_is_kept_and_the_rest_is_not() {
    let mut run = run(&BLUEPRINT, 7, &[]);
    for _ in 0..30 {
        run.advance().expect("a step");
    }
    let fitted = |run: &Run| readout(&run.view(), "fitted").value;
    let before = fitted(&run);
    // No rung of the ladder.
    run.edit("width", Value::Real(1.5), false).expect("in range");
    assert_eq!(fitted(&run), 0.0);
    // A rung of the ladder: measured before.
    run.edit("width", Value::Real(2.2), false).expect("in range");
    assert!(fitted(&run) > 0.0);
    run.edit("width", Value::Real(1.0), false).expect("in range");
    assert_eq!(fitted(&run), before);
    run.edit("points", Value::Integer(400), false).expect("in range");
    assert_eq!(fitted(&run), 0.0);
    let mut again = Run::replay(&BLUEPRINT, Source::Shipped, run.recipe().clone()).expect("a run");
    for _ in 0..30 {
        again.advance().expect("a step");
    }
    assert_eq!(format!("{:?}", run.view()), format!("{:?}", again.view()));
}

#[test]
fn readouts_come_out_within_their_errors_where_the_law_is_exact() {
    // c and lambda at nu = 1, noise equal to the data: 1 and 4.
    let view = after(&BLUEPRINT, 11, &[("points", Value::Integer(1_000))], 150);
    assert!(off(&view, "nvar").abs() < 3.5 && off(&view, "nvar_c").abs() < 3.5, "{view:?}");
    assert!((readout(&view, "nvar_c").exact.expect("a formula") - 1.0).abs() < 1e-6);
}
