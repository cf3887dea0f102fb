//! The lesson as a learner and a script meet it: through runs.

use super::BLUEPRINT;
use crate::lab::blueprint::Source;
use crate::lab::param::Value;
use crate::lab::question::Trend;
use crate::lab::run::Run;
use crate::lab::view::{Plot, View};
use crate::lesson::shared::testing::{after, go, off, readout, run, trends};

type Setting = (&'static str, Value);

fn value(view: &View, id: &str) -> f64 {
    readout(view, id).value
}

const DENOISING: Setting = ("method", Value::Choice("denoising"));
const FAR: Setting = ("data", Value::Choice("far-modes"));

#[test]
fn every_method_finds_the_score_it_is_after() {
    // Half of E|s|^2, the divergence of a flat energy, is 1.6 for the two bumps.
    for method in ["implicit", "sliced"] {
        let view = after(&BLUEPRINT, 3, &[("method", Value::Choice(method))], 500);
        assert!(value(&view, "fisher") < 0.06, "{method}: {}", value(&view, "fisher"));
        assert!(value(&view, "cosine") > 0.97 && value(&view, "kl") < 0.05, "{method}");
        assert!(view.readouts.iter().all(|r| r.id != "fisher_sigma"));
    }
    // Denoising finds that of p_sigma, and is as far from p as p_sigma is: 1.22 by scipy's quad of
    // p (s - s_sigma)^2 / 2 at sigma = 1.
    let view = after(&BLUEPRINT, 3, &[DENOISING, ("sigma", Value::Real(1.0))], 500);
    assert!(value(&view, "fisher_sigma") < 0.01, "{}", value(&view, "fisher_sigma"));
    assert!((value(&view, "fisher") - APART).abs() < 0.1, "{}", value(&view, "fisher"));
}

/// scipy.integrate.quad of p (s - s_sigma)^2 / 2 for the two bumps at sigma = 1.
const APART: f64 = 1.240_003_1;

#[test]
fn the_arrows_of_the_plane_turn_to_the_true_ones() {
    for (data, sigma, steps) in [("eight-gaussians", 0.15, 300), ("moons", 0.1, 300)] {
        let set = [DENOISING, ("data", Value::Choice(data)), ("sigma", Value::Real(sigma))];
        let (start, end) = (after(&BLUEPRINT, 2, &set, 0), after(&BLUEPRINT, 2, &set, steps));
        assert!(value(&start, "cosine") < 0.5, "{data}: {}", value(&start, "cosine"));
        assert!(value(&end, "cosine") > 0.8, "{data}: {}", value(&end, "cosine"));
        for figure in &end.figures[..2] {
            let Plot::Field(field) = &figure.plot else { panic!("a field") };
            assert!(field.arrows[0].arrows.len() > 20 && field.dots.is_empty());
        }
    }
}

#[test]
fn the_objective_lies_within_its_error_bars_of_its_expectation() {
    let sets: [&[Setting]; 3] = [
        &[],
        &[("method", Value::Choice("sliced")), ("data", Value::Choice("moons"))],
        &[DENOISING],
    ];
    let mut z = Vec::new();
    for set in sets {
        for seed in 0..40 {
            z.push(off(&after(&BLUEPRINT, seed, set, 30), "objective"));
        }
    }
    let share = |k: f64| z.iter().filter(|z| z.abs() < k).count() as f64 / z.len() as f64;
    // Of 120, 82 +- 5 lie within one error.
    assert!((0.55..0.81).contains(&share(1.0)), "{}", share(1.0));
    assert!(share(3.0) > 0.97 && share(0.5) < 0.53, "{} {}", share(3.0), share(0.5));
    let mean = z.iter().sum::<f64>() / z.len() as f64;
    assert!(mean.abs() < 0.35, "{mean}");
}

/// Of a sampling: the cooling, and as many again at T = 1.
const STEPS: usize = 1_200;

#[test]
fn training_draws_nothing_and_a_particles_move_counts() {
    let mut run = run(&BLUEPRINT, 5, &[("width", Value::Integer(16))]);
    go(&mut run, 300);
    assert_eq!(value(&run.view(), "model_samples"), 0.0);
    run.edit("sample", Value::Switch(true), false).unwrap();
    let before = run.view();
    go(&mut run, STEPS);
    let view = run.view();
    assert_eq!(value(&view, "model_samples"), STEPS as f64 * 300.0);
    // Training rests.
    assert_eq!(value(&view, "fisher"), value(&before, "fisher"));
    assert!(before.progress.is_some() && view.progress.is_none());
    // Particles are where the learned density says, but for the step's bias.
    let (sampled, learned) = (readout(&view, "weight_sampled"), value(&view, "weight_left"));
    let error = sampled.error.unwrap();
    assert!((sampled.value - learned).abs() < 4.0 * error + 0.02, "{sampled:?} {learned}");
    run.edit("sample", Value::Switch(false), false).unwrap();
    go(&mut run, 50);
    assert_ne!(value(&run.view(), "fisher"), value(&before, "fisher"));
    assert_eq!(value(&run.view(), "model_samples"), STEPS as f64 * 300.0);
}

#[test]
fn without_annealing_particles_stay_where_they_began() {
    // From the centre of .9/.1 at +-4, which lies in the left bump's basin.
    let set = [FAR, ("sample", Value::Switch(false)), ("distance", Value::Real(3.0))];
    let share = |temperature: f64| {
        let mut run = run(&BLUEPRINT, 4, &set);
        go(&mut run, 300);
        run.edit("start_temperature", Value::Real(temperature), false).unwrap();
        run.edit("sample", Value::Switch(true), false).unwrap();
        go(&mut run, 60);
        value(&run.view(), "weight_sampled")
    };
    assert!(share(1.0) > 0.99, "{}", share(1.0));
    assert!(share(100.0) < 0.95, "{}", share(100.0));
}

#[test]
fn far_bumps_get_a_weight_by_chance_though_the_slopes_are_right() {
    let set = [FAR, ("weight", Value::Real(0.5)), ("distance", Value::Real(6.0))];
    let mut off = 0.0_f64;
    for seed in 1..4 {
        let view = after(&BLUEPRINT, seed, &set, 400);
        assert!(value(&view, "fisher") < 0.05, "{}", value(&view, "fisher"));
        off = off.max((value(&view, "weight_left") - 0.5).abs());
    }
    assert!(off > 0.2, "{off}");
    // Side by side, the same training gets the weight right.
    let near = after(
        &BLUEPRINT,
        1,
        &[FAR, ("weight", Value::Real(0.5)), ("distance", Value::Real(1.5))],
        400,
    );
    assert!((value(&near, "weight_left") - 0.5).abs() < 0.06, "{near:?}");
}

#[test]
fn the_simulator_answers_the_questions() {
    for seed in [1, 7] {
        assert_eq!(
            trends(&BLUEPRINT, seed),
            [
                ("more-noise", Trend::Rises),
                ("further-apart", Trend::Rises),
                ("no-samples", Trend::Stays)
            ]
        );
    }
}

#[test]
fn the_claims_hold_and_a_wrong_figure_would_not() {
    for claim in BLUEPRINT.claims {
        let measured = (claim.measure)();
        assert_eq!(measured.len(), 8);
        for m in measured {
            assert!(m.holds(), "claim {}: {m:?}", claim.number);
        }
    }
    // What an untrained energy or another noise would have given.
    assert!(value(&after(&BLUEPRINT, 9, &[], 0), "fisher") > 0.1);
    assert!((super::claims::denoising_variance(1.0) - 6.25).abs() > 0.15 * 6.25);
}

#[test]
fn a_live_change_keeps_the_network_and_a_fork_goes_on_alike() {
    let mut one = run(&BLUEPRINT, 7, &[DENOISING]);
    go(&mut one, 40);
    let before = value(&one.view(), "kl");
    one.edit("sigma", Value::Real(1.0), false).unwrap();
    assert_eq!(value(&one.view(), "kl"), before);
    go(&mut one, 15);
    one.edit("sample", Value::Switch(true), false).unwrap();
    go(&mut one, 15);
    let mut again = Run::replay(&BLUEPRINT, Source::Shipped, one.recipe().clone()).unwrap();
    go(&mut again, 70);
    assert_eq!(format!("{:?}", one.view()), format!("{:?}", again.view()));
}
