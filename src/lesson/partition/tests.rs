//! The lesson as a learner and a script meet it: through runs.

use super::BLUEPRINT;
use crate::lab::param::Value;
use crate::lab::question::Trend;
use crate::lesson::shared::testing::{after, claims_hold, off, preset, readout, run, trends};
use crate::math::statistics::mean_and_variance;

#[test]
fn the_exact_values_are_those_of_other_programs() {
    let exact = |set: &[(&'static str, Value)]| {
        readout(&run(&BLUEPRINT, 1, set).view(), "log_z_ais").exact.unwrap()
    };
    // mpmath with the dense matrix, see model::coupled_well.
    let eight = exact(&[("dimension", Value::Integer(8))]);
    assert!((eight - 3.318_550_588_375_691).abs() < 1e-12, "{eight}");
    // science: Z of the double well and of the same with a spring beside it.
    let one = exact(&[("dimension", Value::Integer(1))]);
    assert!((one.exp() - 1.410_914_703_20).abs() < 1e-10);
    let two = exact(&[("dimension", Value::Integer(2)), ("coupling", Value::Real(0.0))]);
    assert!((two.exp() - 3.536_638_69).abs() < 1e-8);
    // 3 (2 pi)^(d/2).
    let funnel = exact(&[("dimension", Value::Integer(9)), ("energy", Value::Choice("funnel"))]);
    assert!((funnel - (3f64.ln() + 4.5 * std::f64::consts::TAU.ln())).abs() < 1e-12);
}

#[test]
fn all_three_find_log_z_in_the_plane() {
    let view = after(&BLUEPRINT, 3, preset(&BLUEPRINT, "plane"), 12);
    assert!(view.progress.is_none(), "the grid is done");
    for (id, tolerance) in [("log_z_grid", 1e-4), ("log_z_is", 0.05), ("log_z_ais", 0.2)] {
        let r = readout(&view, id);
        let off = (r.value - r.exact.unwrap()).abs();
        assert!(off < tolerance && off < 4.0 * r.error.unwrap() + 1e-4, "{r:?}");
    }
    assert!(view.notes.is_empty(), "{:?}", view.notes);
}

#[test]
fn sampled_values_lie_within_their_own_error_bars() {
    // Where the effective sample size is not small. (settings, steps, readout)
    type Case = (&'static [(&'static str, Value)], usize, &'static str);
    let cases: [Case; 3] = [
        (&[("dimension", Value::Integer(2))], 2, "log_z_is"),
        (&[("dimension", Value::Integer(3)), ("nodes", Value::Integer(3))], 15, "log_z_ais"),
        (
            &[
                ("dimension", Value::Integer(8)),
                ("nodes", Value::Integer(2)),
                ("temperatures", Value::Integer(150)),
                ("move", Value::Choice("metropolis")),
                ("step_size", Value::Real(0.1)),
                ("particles", Value::Integer(20)),
            ],
            15,
            "log_z_ais",
        ),
    ];
    let mut all = Vec::new();
    for (set, steps, id) in cases {
        let z: Vec<f64> =
            (0..60).map(|seed| off(&after(&BLUEPRINT, seed, set, steps), id)).collect();
        let within = |k: f64| z.iter().filter(|z| z.abs() < k).count();
        // Of 60, 41 +- 3.6 lie within one error and 23 +- 3.8 within half of one.
        assert!((30..=52).contains(&within(1.0)), "{set:?}: {} within 1", within(1.0));
        assert!(within(3.0) >= 57, "{set:?}: {} within 3: {z:?}", within(3.0));
        assert!(within(0.5) <= 36, "{set:?}: {} within 0.5", within(0.5));
        all.extend(z);
    }
    let share = |k: f64| all.iter().filter(|z| z.abs() < k).count() as f64 / all.len() as f64;
    println!("within 1: {}, within 3: {}", share(1.0), share(3.0));
    assert!((0.58..0.78).contains(&share(1.0)), "{}", share(1.0));
    assert!(share(3.0) > 0.97, "{}", share(3.0));
}

#[test]
fn the_logarithm_of_the_estimate_is_low_by_half_its_variance() {
    // Pooled over 200 seeds of sixteen tries, each of 512 draws in six dimensions. With a variance
    // near 0.06 the bias is known to about a seventh of itself.
    let set = [("dimension", Value::Integer(6)), ("nodes", Value::Integer(2))];
    let seeds = 200;
    let (mut biases, mut square) = (Vec::new(), 0.0);
    for seed in 0..seeds {
        let view = after(&BLUEPRINT, seed, &set, 2);
        biases.push(readout(&view, "bias_is").value);
        square += readout(&view, "error_is").value.powi(2) / seeds as f64;
    }
    let (bias, variance) = mean_and_variance(&biases);
    let error = (variance / seeds as f64).sqrt();
    let predicted = -0.5 * (square - bias * bias);
    println!("bias {bias} +- {error}, minus half the variance {predicted}");
    assert!(bias < -4.0 * error, "{bias} +- {error}");
    assert!((bias / predicted - 1.0).abs() < 0.5, "{bias} +- {error}, {predicted}");
}

#[test]
fn each_method_spends_the_same() {
    for set in
        [preset(&BLUEPRINT, "plane"), preset(&BLUEPRINT, "collapse"), preset(&BLUEPRINT, "funnel")]
    {
        let view = after(&BLUEPRINT, 2, set, 40);
        assert_eq!(readout(&view, "evaluations").value, 40.0 * 4096.0);
    }
}

#[test]
fn a_race_without_temperatures_is_a_draw() {
    // K = 1: both are plain importance sampling and differ by chance alone.
    let set = [("dimension", Value::Integer(4)), ("temperatures", Value::Integer(1))];
    let view = after(&BLUEPRINT, 4, &set, 20);
    let (a, b) = (readout(&view, "ess").value, readout(&view, "ess_ais").value);
    assert!((a / b - 1.0).abs() < 0.15, "{a} {b}");
    assert!(readout(&view, "acceptance").value.is_nan());
}

#[test]
fn the_simulator_answers_the_questions() {
    let expected = [("more-dimensions", Trend::Falls), ("more-temperatures", Trend::Falls)];
    for seed in 1..=3 {
        assert_eq!(trends(&BLUEPRINT, seed), expected, "seed {seed}");
    }
}

#[test]
fn presets_show_what_they_promise() {
    let view = after(&BLUEPRINT, 2, preset(&BLUEPRINT, "grid-ends"), 30);
    assert!(view.notes.contains(&"grid-refused"), "{:?}", view.notes);
    // 12^10 = 6.19e10.
    assert_eq!(readout(&view, "grid_points").value, 61_917_364_224.0);

    let view = after(&BLUEPRINT, 2, preset(&BLUEPRINT, "collapse"), 150);
    assert!(view.notes.contains(&"few-draws"), "{:?}", view.notes);
    assert!(!view.notes.contains(&"few-particles"), "{:?}", view.notes);
    assert!(readout(&view, "error_is").value > 2.0 * readout(&view, "error_ais").value);

    let view = after(&BLUEPRINT, 2, preset(&BLUEPRINT, "sixty-four"), 2);
    assert!(view.notes.contains(&"grid-universe"), "{:?}", view.notes);
    assert!(readout(&view, "log_z_grid").value.is_nan());

    for id in ["too-narrow", "funnel"] {
        let view = after(&BLUEPRINT, 2, preset(&BLUEPRINT, id), 10);
        assert!(view.notes.contains(&"no-variance"), "{id}: {:?}", view.notes);
    }
}

#[test]
fn the_claim_holds() {
    claims_hold(&BLUEPRINT);
}
