//! The lesson as a learner and a script meet it: through runs.

use super::BLUEPRINT;
use crate::lab::blueprint::Source;
use crate::lab::param::{Kind, Value};
use crate::lab::question::Trend;
use crate::lab::run::{Run, RunError};
use crate::lab::view::{Plot, View};
use crate::lesson::shared::testing::{Set, claims_hold, go, readout, run, trends};

#[test]
fn the_defaults_have_the_exact_values() {
    let view =
        run(&BLUEPRINT, 1, &[("barrier", Value::Real(2.0)), ("temperature", Value::Real(1.0))])
            .view();
    // log of the Bessel form, and mpmath's quad (30 digits).
    let exact = |id| readout(&view, id).exact.unwrap();
    assert!((exact("log_z") - 1.410_914_703_20_f64.ln()).abs() < 1e-10);
    assert!((exact("log_z") - 0.344_238_219_729_608_93).abs() < 1e-12);
    assert!((exact("mean_energy") - 0.545_727_695_643_331_5).abs() < 1e-10);
    assert!((exact("heat_capacity") - 0.401_864_369_137_813_8).abs() < 1e-10);
    assert!(readout(&view, "identity").value.abs() < 1e-12);
}

#[test]
fn sampled_values_lie_within_their_own_error_bars() {
    // (settings, steps): one far from the default each.
    let cases: [(Set<'_>, usize); 4] = [
        (&[("chains", Value::Integer(60))], 600),
        (&[("chains", Value::Integer(2)), ("step_size", Value::Real(0.3))], 3_000),
        (
            &[
                ("potential", Value::Choice("tilted")),
                ("sampler", Value::Choice("mala")),
                ("chains", Value::Integer(60)),
                ("temperature", Value::Real(2.0)),
            ],
            800,
        ),
        (
            &[
                ("potential", Value::Choice("muller-brown")),
                ("temperature", Value::Real(3.0)),
                ("step_size", Value::Real(0.02)),
                ("chains", Value::Integer(40)),
            ],
            3_000,
        ),
    ];
    let mut all = Vec::new();
    for (set, steps) in cases {
        let ids = ["log_z", "mean_energy", "heat_capacity", "entropy", "free_energy"];
        let mut z: Vec<Vec<f64>> = vec![Vec::new(); ids.len()];
        for seed in 0..40 {
            let mut run = run(&BLUEPRINT, seed, set);
            go(&mut run, steps);
            let view = run.view();
            for (z, id) in z.iter_mut().zip(ids) {
                let r = readout(&view, id);
                let error = r.error.unwrap_or_else(|| panic!("{set:?}: {id} has no error bar"));
                assert!(error < 0.3 * (1.0 + r.value.abs()), "{set:?}: {id} {r:?}");
                z.push((r.value - r.exact.unwrap()) / error);
            }
        }
        for (z, id) in z.iter().zip(ids) {
            let within = |k: f64| z.iter().filter(|z| z.abs() < k).count();
            // Of 40, 27 +- 3 lie within one error.
            assert!(within(1.0) >= 19, "{set:?}: {id}: {} within 1", within(1.0));
            assert!(within(3.0) >= 38, "{set:?}: {id}: {} within 3: {z:?}", within(3.0));
            // And the bars are not just long: some values must miss by more than half of one.
            assert!(within(0.5) <= 30, "{set:?}: {id}: {} within 0.5", within(0.5));
            all.extend_from_slice(z);
        }
    }
    let share = |k: f64| all.iter().filter(|z| z.abs() < k).count() as f64 / all.len() as f64;
    println!("within 1: {}, within 2: {}, within 3: {}", share(1.0), share(2.0), share(3.0));
    assert!((0.6..0.76).contains(&share(1.0)), "{}", share(1.0));
    assert!(share(3.0) > 0.98, "{}", share(3.0));
}

#[test]
fn ula_is_off_by_its_step_and_mala_is_not() {
    let set = |sampler| {
        [
            ("potential", Value::Choice("harmonic")),
            ("sampler", Value::Choice(sampler)),
            ("step_size", Value::Real(0.5)),
        ]
    };
    // <E> = v/2 with v = 1/(1 - eta/2) = 4/3 unadjusted, and 1 adjusted.
    for (sampler, exact) in [("langevin", 2.0 / 3.0), ("mala", 0.5)] {
        let mut run = run(&BLUEPRINT, 5, &set(sampler));
        go(&mut run, 300);
        let view = run.view();
        let r = readout(&view, "mean_energy");
        assert!((r.value - exact).abs() < 4.0 * r.error.unwrap(), "{sampler}: {r:?}");
        assert_eq!(view.notes.contains(&"biased-step"), sampler == "langevin");
    }
}

#[test]
fn every_extreme_is_finite_or_a_clear_divergence() {
    let mut tried = 0;
    for potential in ["double-well", "tilted", "harmonic", "quartic", "muller-brown"] {
        for sampler in ["metropolis", "langevin", "mala"] {
            let base =
                [("potential", Value::Choice(potential)), ("sampler", Value::Choice(sampler))];
            for spec in BLUEPRINT.params {
                let ends = match spec.kind {
                    Kind::Real { min, max, .. } => [Value::Real(min), Value::Real(max)],
                    Kind::Integer { min, .. } => [Value::Integer(min), Value::Integer(50)],
                    _ => continue,
                };
                for end in ends {
                    let mut run =
                        run(&BLUEPRINT, 3, &[base[0], base[1], ("chains", Value::Integer(20))]);
                    run.edit(spec.id, end, false).unwrap();
                    for _ in 0..60 {
                        match run.advance() {
                            Ok(()) => {}
                            Err(RunError::Diverged(_, why)) => {
                                assert_eq!((sampler, why.why), ("langevin", "step-too-large"));
                                break;
                            }
                            Err(other) => panic!("{other}"),
                        }
                    }
                    look_at(&run.view());
                    tried += 1;
                }
            }
        }
    }
    assert_eq!(tried, 5 * 3 * 5 * 2);
}

/// Exact values and what is drawn are finite; every figure has its place.
fn look_at(view: &View) {
    for r in &view.readouts {
        assert!(BLUEPRINT.readouts.contains(&r.id), "{}", r.id);
        assert!(r.exact.is_none_or(f64::is_finite), "{r:?}");
        assert!(r.error.is_none_or(|e| e >= 0.0), "{r:?}");
    }
    assert_eq!(view.readouts.len(), BLUEPRINT.readouts.len());
    let placed: Vec<&str> = BLUEPRINT.layout.concat();
    for figure in &view.figures {
        assert!(placed.contains(&figure.id));
        match &figure.plot {
            Plot::Lines(lines) => {
                for s in &lines.series {
                    assert!(s.x.iter().chain(&s.y).chain(&s.spread).all(|v| v.is_finite()));
                }
            }
            Plot::Field(field) => assert!(field.values.iter().all(|v| v.is_finite())),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(view.figures.len(), placed.len());
}

#[test]
fn the_defaults_replay_and_live_edits_keep_the_walkers() {
    let mut one = run(&BLUEPRINT, 7, &[]);
    go(&mut one, 50);
    let before = one.view();
    one.edit("temperature", Value::Real(2.0), false).unwrap();
    // The cloud is where it was; what was averaged at the old temperature is forgotten.
    let Plot::Lines(cold) = &before.figures[1].plot else { panic!() };
    let after = one.view();
    let Plot::Lines(hot) = &after.figures[1].plot else { panic!() };
    let total = |lines: &crate::lab::view::Lines| {
        let h = &lines.series[0];
        h.y.iter().sum::<f64>() * (h.x[1] - h.x[0])
    };
    assert!((total(cold) - 1.0).abs() < 0.01 && (total(hot) - 1.0).abs() < 0.01);
    assert!(readout(&after, "mean_energy").value.is_nan());
    go(&mut one, 20);
    one.edit("chains", Value::Integer(1_200), false).unwrap();
    go(&mut one, 20);
    one.edit("chains", Value::Integer(10), false).unwrap();
    go(&mut one, 20);
    let mut again = Run::replay(&BLUEPRINT, Source::Shipped, one.recipe().clone()).unwrap();
    go(&mut again, 110);
    assert_eq!(format!("{:?}", one.view()), format!("{:?}", again.view()));
}

#[test]
fn the_simulator_answers_the_questions() {
    let expected = [("warmer", Trend::Rises), ("longer-steps", Trend::Falls)];
    assert_eq!(trends(&BLUEPRINT, 1), expected);
}

#[test]
fn presets_show_what_they_promise() {
    let preset = |id: &str| {
        let preset = BLUEPRINT.presets.iter().find(|p| p.id == id).unwrap();
        run(&BLUEPRINT, 2, preset.values)
    };
    let mut frozen = preset("frozen");
    go(&mut frozen, 300);
    assert!(frozen.view().notes.contains(&"one-place"), "{:?}", frozen.view().notes);
    let mut far = preset("step-too-far");
    assert!((0..500).any(|_| far.advance().is_err()));
    let mut hot = preset("hot");
    go(&mut hot, 200);
    assert!(hot.view().notes.is_empty(), "{:?}", hot.view().notes);
    let mut plane = preset("muller-brown");
    go(&mut plane, 300);
    look_at(&plane.view());
    let mut coarse = preset("coarse-step");
    go(&mut coarse, 200);
    // The variance doubles at eta = 1, and with it the energy.
    assert!((readout(&coarse.view(), "mean_energy").value - 1.0).abs() < 0.1);
}

#[test]
fn the_claims_hold() {
    claims_hold(&BLUEPRINT);
}
