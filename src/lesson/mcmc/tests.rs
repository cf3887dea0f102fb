//! The lesson as a learner and a script meet it: through runs.

use super::BLUEPRINT;
use crate::lab::param::Value;
use crate::lab::question::Trend;
use crate::lab::run::RunError;
use crate::lab::view::{Cell, Plot};
use crate::lesson::shared::testing::{
    self, Set, after, claims_hold, go, off, readout, run, trends,
};

fn gaussian(
    sampler: &'static str,
    step_size: f64,
    leapfrog_steps: i64,
) -> Vec<(&'static str, Value)> {
    vec![
        ("target", Value::Choice("gaussian")),
        ("sampler", Value::Choice(sampler)),
        ("step_size", Value::Real(step_size)),
        ("leapfrog_steps", Value::Integer(leapfrog_steps)),
    ]
}

#[test]
fn acceptance_and_bias_on_the_gaussian_are_those_of_theory() {
    for (sampler, step, paths, acceptance) in [
        ("mala", 0.1, 1, 0.992_883),
        ("mala", 0.5, 1, 0.920_833),
        ("mala", 1.0, 1, 0.783_653),
        ("mala", 2.0, 1, 0.5),
        ("hmc", 0.5, 5, 0.988_150),
        ("hmc", 1.5, 3, 0.760_231),
        ("metropolis", 0.5, 1, 0.704_833),
    ] {
        let mut run = run(&BLUEPRINT, 3, &gaussian(sampler, step, paths));
        go(&mut run, 300);
        let view = run.view();
        assert!((readout(&view, "acceptance").exact.unwrap() - acceptance).abs() < 1e-6);
        assert!(off(&view, "acceptance").abs() < 4.0, "{sampler} {step}: {view:?}");
        assert!(readout(&view, "acceptance").error.unwrap() < 0.004);
        assert!(off(&view, "bias_second_moment").abs() < 4.0, "{sampler} {step}");
    }
    for (step, bias) in [(0.1, 0.052_632), (0.5, 1.0 / 3.0), (1.0, 1.0)] {
        let mut run = run(&BLUEPRINT, 4, &gaussian("ula", step, 1));
        go(&mut run, 2_000);
        let view = run.view();
        let r = readout(&view, "bias_second_moment");
        assert!((r.exact.unwrap() - bias).abs() < 1e-6);
        assert!(off(&view, "bias_second_moment").abs() < 4.0, "{step}: {r:?}");
        assert!(off(&view, "tau").abs() < 4.0, "{step}: {:?}", readout(&view, "tau"));
        assert_eq!(
            readout(&view, "ess_per_evaluation").exact.map(f64::recip),
            readout(&view, "tau").exact
        );
    }
    // At eta = 2 nothing holds ULA any more.
    let mut far = run(&BLUEPRINT, 4, &gaussian("ula", 2.0, 1));
    assert!(readout(&far.view(), "bias_second_moment").exact.is_none());
    go(&mut far, 200);
    assert!(readout(&far.view(), "bias_second_moment").value > 20.0);
}

#[test]
fn values_lie_within_their_own_error_bars() {
    let chains = |n| ("chains", Value::Integer(n));
    let target = |id| ("target", Value::Choice(id));
    let sampler = |id| ("sampler", Value::Choice(id));
    let step = |v| ("step_size", Value::Real(v));
    let leapfrog = |n| ("leapfrog_steps", Value::Integer(n));
    let cases: [(Set<'_>, usize, &[&str]); 6] = [
        (
            &[target("gaussian"), sampler("mala"), step(0.5), chains(40)],
            300,
            &["acceptance", "bias_second_moment"],
        ),
        (
            &[target("gaussian"), sampler("ula"), step(0.5), chains(40)],
            900,
            &["tau", "ess_per_evaluation", "bias_second_moment"],
        ),
        (
            &[target("gaussian"), sampler("hmc"), step(1.5), leapfrog(3), chains(40)],
            300,
            &["acceptance", "bias_second_moment"],
        ),
        (
            &[target("gaussian"), sampler("mala"), step(0.5), chains(3)],
            1_500,
            &["acceptance", "bias_second_moment"],
        ),
        (&[target("banana"), sampler("gibbs"), chains(30)], 120, &["bias_second_moment"]),
        (
            &[target("double-well"), sampler("metropolis"), step(0.2), chains(40)],
            700,
            &["bias_second_moment"],
        ),
    ];
    for (set, steps, ids) in cases {
        let runs = 40;
        let mut z = vec![Vec::new(); ids.len()];
        for seed in 0..runs {
            let mut run = run(&BLUEPRINT, 100 + seed, set);
            go(&mut run, steps);
            let view = run.view();
            for (z, id) in z.iter_mut().zip(ids) {
                z.push(off(&view, id));
            }
        }
        for (z, id) in z.iter().zip(ids) {
            let within = |k: f64| z.iter().filter(|z| z.abs() < k).count();
            println!("{set:?} {id}: {} {} {}", within(0.5), within(1.0), within(3.0));
            // Of 40, 27 +- 3 lie within one error, and 15 +- 3 within half of one.
            assert!((19..=36).contains(&within(1.0)), "{set:?} {id}: {}", within(1.0));
            assert!(within(3.0) >= 38, "{set:?} {id}: {z:?}");
            assert!(within(0.5) <= 26, "{set:?} {id}: {}", within(0.5));
        }
    }
}

#[test]
fn an_autocorrelation_time_has_an_error_bar_only_once_it_can_be_told() {
    // ULA at .1: the time is 1.9/.1 = 19 steps, and 50 of them are a window of 950.
    let (mut z, mut early) = (Vec::new(), Vec::new());
    for seed in 0..12 {
        let mut run = run(&BLUEPRINT, 300 + seed, &gaussian("ula", 0.1, 1));
        go(&mut run, 60);
        let view = run.view();
        let (tau, ess) = (readout(&view, "tau"), readout(&view, "ess_per_evaluation"));
        assert!(tau.error.is_none() && ess.error.is_none(), "{tau:?}");
        early.push(tau.value);
        assert!(view.notes.contains(&"too-early"));
        go(&mut run, 1_940);
        let view = run.view();
        assert!(!view.notes.contains(&"too-early"));
        z.push(off(&view, "tau"));
    }
    assert!(early.iter().sum::<f64>() / 12.0 < 17.0, "{early:?}");
    assert!(z.iter().all(|z| z.abs() < 3.5), "{z:?}");
    assert!((4..=11).contains(&z.iter().filter(|z| z.abs() < 1.0).count()), "{z:?}");
}

#[test]
fn passages_take_as_long_as_theory_says() {
    for (id, step, steps) in [("double-well", 0.003, 6_000), ("tilted", 0.004, 6_000)] {
        let set = [
            ("target", Value::Choice(id)),
            ("sampler", Value::Choice("mala")),
            ("step_size", Value::Real(step)),
            ("leapfrog_steps", Value::Integer(1)),
            ("chains", Value::Integer(60)),
        ];
        let mut run = run(&BLUEPRINT, 6, &set);
        go(&mut run, steps);
        let view = run.view();
        let r = readout(&view, "first_passage");
        let (exact, error) = (r.exact.unwrap(), r.error.unwrap());
        assert!(error < 0.15 * exact, "{id}: {r:?}");
        // A walker is looked at once a step and is late by about .6 sqrt(2 eta) at either line.
        assert!((r.value / exact - 1.02).abs() < 3.0 * error / exact + 0.03, "{id}: {r:?}");
    }
}

#[test]
fn samplers_share_their_random_numbers() {
    // HMC with one leapfrog step of 2 is MALA at eta = 2: the rows are the same but for rounding.
    let mut one = run(&BLUEPRINT, 3, &gaussian("hmc", 2.0, 1));
    go(&mut one, 60);
    let view = one.view();
    let Plot::Table(table) = &view.figures[3].plot else { panic!() };
    let value = |row: usize, column: usize| match &table.rows[row][column] {
        Cell::Text(number) => number.trim_start_matches([' ', '<']).parse::<f64>().unwrap(),
        other => panic!("{other:?}"),
    };
    for column in 1..5 {
        let (mala, hmc) = (value(2, column), value(3, column));
        assert!((mala - hmc).abs() < 1e-6 * (1.0 + mala.abs()), "{column}: {mala} {hmc}");
    }
    // Which sampler is looked at changes nothing about any of them.
    let mut other = run(&BLUEPRINT, 3, &gaussian("mala", 2.0, 1));
    go(&mut other, 60);
    assert_eq!(format!("{:?}", other.view().figures[3]), format!("{:?}", view.figures[3]));
    other.edit("sampler", Value::Choice("hmc"), false).unwrap();
    assert_eq!(format!("{:?}", other.view()), format!("{view:?}"));
}

#[test]
fn an_escape_is_told_in_its_row_and_ends_the_run_only_where_it_is_looked_at() {
    let mut run = run(&BLUEPRINT, 3, &[("step_size", Value::Real(0.3))]);
    go(&mut run, 100);
    let view = run.view();
    let Plot::Table(table) = &view.figures[3].plot else { panic!() };
    assert_eq!(table.rows[1][1], Cell::Label("escaped-at"));
    assert!(view.notes.contains(&"ula-escaped"), "{:?}", view.notes);
    assert!(readout(&view, "acceptance").value > 0.2);
    run.edit("sampler", Value::Choice("ula"), false).unwrap();
    match run.advance() {
        Err(RunError::Diverged(_, why)) => assert_eq!(why.why, "step-too-large"),
        other => panic!("{other:?}"),
    }
    // A smaller step puts it back to where it began.
    run.edit("step_size", Value::Real(0.01), false).unwrap();
    go(&mut run, 50);
    assert!(readout(&run.view(), "bias_second_moment").value.abs() < 1.0);
}

#[test]
fn walkers_that_stand_still_say_nothing_and_say_so() {
    // Two walkers, one in each well, and paths so unstable that none is accepted.
    let stuck = [
        ("sampler", Value::Choice("hmc")),
        ("step_size", Value::Real(10.0)),
        ("chains", Value::Integer(2)),
        ("barrier", Value::Real(12.0)),
    ];
    let mut run = run(&BLUEPRINT, 3, &stuck);
    go(&mut run, 300);
    let view = run.view();
    assert_eq!(readout(&view, "acceptance").value, 0.0);
    assert_eq!(readout(&view, "r_hat").value, 100.0);
    assert!(readout(&view, "ess_per_evaluation").value.is_nan());
    assert!(readout(&view, "first_passage").value.is_nan());
    assert!(view.notes.contains(&"hardly-accepted") && view.notes.contains(&"no-passage"));
    // One walker has nobody to differ from.
    let mut one = self::run(&BLUEPRINT, 3, &[("chains", Value::Integer(1))]);
    go(&mut one, 300);
    assert!(readout(&one.view(), "r_hat").value.is_nan());
}

#[test]
fn presets_show_what_they_promise() {
    let preset =
        |id: &str, steps: usize| after(&BLUEPRINT, 2, testing::preset(&BLUEPRINT, id), steps);
    let closed = preset("accepts-all", 300);
    assert!(readout(&closed, "acceptance").value > 0.9999);
    assert!(readout(&closed, "r_hat").value > 10.0);
    assert!(readout(&closed, "ess_per_evaluation").value < 0.002);
    assert!(closed.notes.contains(&"path-closes"), "{:?}", closed.notes);
    for steps in [500, 4_000] {
        let fooled = preset("fooled", steps);
        assert!(readout(&fooled, "r_hat").value < 1.06, "{:?}", readout(&fooled, "r_hat"));
        assert!(readout(&fooled, "first_passage").value.is_nan());
        assert!(fooled.notes.contains(&"agree-and-wrong"), "{:?}", fooled.notes);
    }
    // Along a thin ring a path leads far where a random walk does not.
    let adapted = preset("each-its-best", 900);
    assert!(off(&adapted, "bias_second_moment").abs() < 4.0);
    let Plot::Table(table) = &adapted.figures[3].plot else { panic!() };
    let worth = |row: usize| match &table.rows[row][3] {
        Cell::Text(number) => number.trim_start_matches([' ', '<']).parse::<f64>().unwrap(),
        other => panic!("{other:?}"),
    };
    assert!(worth(3) > 2.0 * worth(0) && worth(3) > 2.0 * worth(2), "{table:?}");
    let funnel = preset("funnel", 600);
    let neck = readout(&funnel, "bias_second_moment");
    assert!(neck.value < -2.0 * neck.error.unwrap(), "{neck:?}");
    let far = BLUEPRINT.presets.iter().find(|p| p.id == "step-too-far").unwrap();
    let mut far = run(&BLUEPRINT, 2, far.values);
    assert!((0..400).any(|_| far.advance().is_err()));
    let healed = {
        let mut set = gaussian("hmc", 1.0, 3);
        set.push(("jitter", Value::Real(0.3)));
        let mut run = run(&BLUEPRINT, 2, &set);
        go(&mut run, 300);
        run.view()
    };
    assert!(readout(&healed, "r_hat").value < 1.05);
    assert!(off(&healed, "acceptance").abs() < 4.0, "{healed:?}");
}

#[test]
fn the_simulator_answers_the_questions() {
    assert_eq!(
        trends(&BLUEPRINT, 1),
        [
            ("longer-steps", Trend::Falls),
            ("higher-barrier", Trend::Rises),
            ("longer-path", Trend::Rises)
        ]
    );
}

#[test]
fn the_claim_holds() {
    claims_hold(&BLUEPRINT);
}
