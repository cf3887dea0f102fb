use super::BLUEPRINT;
use super::fits::Fits;
use super::method::{ALL, Method};
use super::population::{gradient, likelihood, limit};
use super::probe::Probe;
use super::race::Part;
use super::setup::{FAMILY, Setup};
use crate::lab::param::Value;
use crate::lab::question::Trend;
use crate::lab::view::Plot;
use crate::lesson::shared::testing::{Set, after, answers, claims_hold, off, readout, run};
use crate::math::rng::stream;

/// The setup of some settings, from a fixed seed.
pub(super) fn setup(set: Set<'_>) -> Setup {
    setup_of(5, set)
}

fn setup_of(seed: u64, set: Set<'_>) -> Setup {
    let mut settings = BLUEPRINT.defaults();
    for (id, value) in set {
        settings.set(id, *value);
    }
    Setup::new(&settings, &mut stream(seed, 0))
}

#[test]
fn own_gradients_are_those_of_another_program() {
    // numpy: sums over 2,401 nodes (NCE 28,001); over the noise of conditional NCE 2,001 nodes, of
    // denoising, a polynomial, Gauss-Hermite of 80.
    let setup = setup(&[("sigma", Value::Real(0.2))]);
    let c = -setup.log_z[1];
    assert!((c + 0.781_534_895).abs() < 1e-8);
    for (method, expected) in [
        (Method::CdUla, [-0.152_338_18, -0.799_749_73]),
        (Method::Nce, [-0.071_135_05, -0.326_448_46]),
        (Method::Cnce, [-0.118_828_92, -0.216_541_2]),
        (Method::Implicit, [-3.101_683_08, -0.75]),
        (Method::Denoising, [1.166_509_06, -0.943_354_51]),
    ] {
        let found = gradient(&setup, method, setup.start, c);
        for (f, e) in found.iter().zip(expected) {
            assert!((f - e).abs() < 2e-7, "{method:?}: {found:?}");
        }
    }
}

#[test]
fn limits_are_those_of_another_program() {
    // numpy, with the same nodes: denoising at sigma = .2 and conditional NCE at kappa = 2.
    let setup = setup(&[("sigma", Value::Real(0.2)), ("nu", Value::Integer(2))]);
    let of = |method| limit(&setup, method).expect("a limit");
    let near = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-6;
    let dsm = of(Method::Denoising);
    assert!(near(dsm.at[0], 0.904_149_66) && near(dsm.at[1], 0.400_858_83), "{dsm:?}");
    assert!(near(dsm.covariance[0][0], 2.303_837_12), "{dsm:?}");
    assert!(near(dsm.covariance[1][1], 19.452_435_76), "{dsm:?}");
    let cnce = of(Method::Cnce);
    assert!(near(cnce.covariance[0][0], 20.768_339_63), "{cnce:?}");
    assert!(near(cnce.covariance[1][1], 7.012_447_17), "{cnce:?}");
    assert_eq!(limit(&setup, Method::Pcd), None);
}

#[test]
fn the_likelihood_s_gradient_is_the_slope_of_its_loss() {
    let setup = setup(&[]);
    let mean = FAMILY.moments(setup.truth).mean;
    let loss =
        |theta: [f64; 2]| theta[0] * mean[0] + theta[1] * mean[1] + FAMILY.moments(theta).log_z;
    let found = likelihood(&setup, setup.start);
    for k in 0..2 {
        let at = |by: f64| {
            let mut theta = setup.start;
            theta[k] += by;
            loss(theta)
        };
        let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert!((slope - found[k]).abs() < 1e-8, "{k}: {slope} against {}", found[k]);
    }
}

#[test]
fn answers_are_unbiased_and_their_error_bars_honest() {
    // Biases of PCD, NCE, CNCE and score matching in errors, over seeds.
    let mut z = Vec::new();
    for seed in 0..24 {
        let setup = setup_of(seed, &[("steps", Value::Integer(3))]);
        let mut rng = stream(seed, 1);
        let mut probe = Probe::new(&setup, &mut rng);
        (0..25).for_each(|_| probe.step(&setup, &mut rng));
        for method in ALL.into_iter().skip(3) {
            let bias = probe.answer(method).expect("an answer").bias;
            z.push(bias.value / bias.error);
        }
    }
    let n = z.len() as f64;
    let within = |k: f64| z.iter().filter(|z| z.abs() < k).count() as f64 / n;
    assert!((0.56..0.80).contains(&within(1.0)), "{}", within(1.0));
    assert!(within(3.0) > 0.97, "{}", within(3.0));
}

#[test]
fn errors_fall_with_the_budget_where_there_is_no_bias() {
    let setup = setup(&[("steps", Value::Integer(1))]);
    let mut rng = stream(5, 1);
    let mut probe = Probe::new(&setup, &mut rng);
    (0..160).for_each(|_| probe.step(&setup, &mut rng));
    let errors = |method| probe.answer(method).expect("an answer").errors;
    let nce = errors(Method::Nce);
    for pair in nce.windows(2).take(4) {
        let ratio = pair[0].1.value / pair[1].1.value;
        let slack = 4.0 * ratio * (pair[1].1.error / pair[1].1.value).hypot(0.1);
        assert!((ratio - 4.0).abs() < slack.min(3.0), "{nce:?}");
    }
    // CD-1: what is left is the square of a bias of .96.
    let (_, last) = *errors(Method::CdUla).last().expect("a rung");
    assert!((last.value - 0.94).abs() < 0.06, "{last:?}");
}

#[test]
fn minimisers_scatter_as_the_formulas_say() {
    let setup = setup(&[]);
    let mut fits = Fits::new(&setup);
    fits.take(&setup, 300);
    for method in super::fits::FITTED {
        for part in [Part::Tilt, Part::Height, Part::Both] {
            let found = fits.variance(method, part);
            let exact = fits.asymptotic(method, part).expect("a limit");
            assert!(found.error < 0.2 * exact, "{method:?} {part:?}: {found:?} {exact}");
            // A height has a long tail to the right where data are few.
            let slack = 4.0 * found.error + 0.15 * exact;
            assert!((found.value - exact).abs() < slack, "{method:?} {part:?}: {found:?} {exact}");
        }
    }
}

#[test]
fn the_race_ends_where_the_objectives_have_their_minima() {
    let setup = setup(&[("budget", Value::Integer(1_000)), ("points", Value::Integer(100))]);
    let mut race = super::race::Race::new(&setup);
    let mut rng = stream(5, 2);
    (0..600).for_each(|_| race.step(&setup, &mut rng));
    for method in [Method::Exact, Method::Nce, Method::Cnce, Method::Implicit] {
        for lane in 0..3 {
            let end = race.place(method, lane);
            let minimum =
                super::fits::fit(&setup, method, lane as u64, setup.points).expect("a minimum");
            for k in 0..2 {
                let slack = 0.05 * (1.0 + minimum[k].abs());
                assert!((end[k] - minimum[k]).abs() < slack, "{method:?}: {end:?} {minimum:?}");
            }
        }
    }
}

#[test]
fn chains_that_run_away_drop_out_and_the_others_go_on() {
    let set = [("height", Value::Real(20.0)), ("step_size", Value::Real(1.0))];
    let view = after(&BLUEPRINT, 1, &set, 20);
    assert!(view.notes.contains(&"chains-lost"));
    assert!(readout(&view, "error_chain").value.is_nan());
    for id in ["error_exact", "error_nce", "error_sm", "cosine_nce"] {
        assert!(readout(&view, id).value.is_finite(), "{id}");
    }
}

#[test]
fn readouts_have_their_exact_values_and_views_do_not_change_the_run() {
    let mut run = run(&BLUEPRINT, 3, &[]);
    (0..30).for_each(|_| run.advance().expect("a step"));
    let before = run.view();
    for id in ["cosine_nce", "cosine_sm", "bias_nce", "bias_sm", "nvar_mle", "nvar_nce", "nvar_sm"]
    {
        assert!(off(&before, id).abs() < 4.0, "{id}: {:?}", readout(&before, id));
    }
    run.edit("chain", Value::Choice("pcd"), false).expect("a choice");
    let after = run.view();
    assert_eq!(readout(&before, "error_exact"), readout(&after, "error_exact"));
    assert_ne!(readout(&before, "error_chain"), readout(&after, "error_chain"));
}

#[test]
fn times_are_measured_for_every_method_and_named_as_such() {
    // The exact gradient costs 2,549 evaluations, 400 a step: 120 steps are 18 of them.
    let mut run = run(&BLUEPRINT, 3, &[]);
    (0..120).for_each(|_| run.advance().expect("a step"));
    let view = run.view();
    for id in ["time_exact", "time_chain", "time_nce", "time_sm"] {
        let time = readout(&view, id);
        // An evaluation takes more than a tenth of a nanosecond and less than a tenth of a
        // millisecond, on any machine.
        assert!((0.1..1e5).contains(&time.value) && time.error.is_some(), "{time:?}");
        assert!(BLUEPRINT.timed.contains(&id));
    }
    run.edit("against", Value::Choice("seconds"), false).expect("a choice");
    let view = run.view();
    assert!(view.figures.iter().any(|f| f.id == "race-time"));
    assert!(view.figures.iter().all(|f| f.id != "race"));
    let Plot::Lines(lines) = &view.figures[0].plot else { panic!("curves") };
    for series in &lines.series {
        assert!(series.x.len() >= 2 && series.x.is_sorted(), "{series:?}");
    }
    // The choice of the axis changes nothing else.
    run.edit("against", Value::Choice("evaluations"), false).expect("a choice");
    assert!(run.view().figures.iter().any(|f| f.id == "race"));
}

#[test]
fn the_simulator_answers_the_questions() {
    let trends: Vec<_> = answers(&BLUEPRINT, 1).into_iter().map(|(id, o)| (id, o.trend)).collect();
    assert_eq!(trends, [("longer", Trend::Rises), ("higher", Trend::Rises)]);
}

#[test]
fn the_claims_hold() {
    claims_hold(&BLUEPRINT);
}
