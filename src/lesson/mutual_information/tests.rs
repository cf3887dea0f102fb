//! The lesson as a learner and a script meet it.

use super::claims::{USUAL, trained};
use super::{BLUEPRINT, TEN_NATS};
use crate::lab::param::Value;
use crate::lab::question::Trend;
use crate::lesson::shared::testing::{after, claims_hold, go, off, preset, readout, run, trends};
use crate::objective::mutual_information::Bound;

const fn critic(kind: &'static str) -> (&'static str, Value) {
    ("critic", Value::Choice(kind))
}

#[test]
fn the_true_critic_gives_what_numpy_gives() {
    // numpy, N = 2/8/64/256, d = 20, rho = .5: .5882, 1.5686, 2.4432, 2.6999, errors .0006 to .004.
    for (batch, steps, exact) in
        [(2, 8_000, 0.5882), (8, 3_000, 1.5686), (64, 700, 2.4432), (256, 60, 2.6999)]
    {
        let view = after(&BLUEPRINT, 3, &[("batch", Value::Integer(batch))], steps);
        let found = readout(&view, "info-nce");
        let error = found.error.expect("an error bar");
        assert!((found.value - exact).abs() < 3.5 * error.hypot(0.003), "{batch}: {found:?}");
        assert!(error < 0.02, "{batch}: {error}");
        assert!(found.value < f64::from(batch as u32).ln());
        // Unbiased, and the error bar is the exact one.
        assert!(off(&view, "nwj").abs() < 3.5 && off(&view, "plug-in").abs() < 3.5, "{view:?}");
    }
}

#[test]
fn the_bound_by_nce_is_its_quadrature() {
    for (set, exact) in [
        // scipy, in law.rs.
        (&[][..], 1.485_266_3),
        (&[("offset", Value::Real(1.0))][..], 1.068_003_5),
        (&[("correlation", Value::Real(TEN_NATS))][..], 3.895_193_2),
    ] {
        let view = after(&BLUEPRINT, 5, set, 400);
        let found = readout(&view, "nce");
        let error = found.error.expect("an error bar");
        assert!((found.value - exact).abs() < 3.5 * error, "{set:?}: {found:?}");
        // It stands beside the estimate.
        assert!((found.exact.expect("its mean") - exact).abs() < 1e-6, "{set:?}: {found:?}");
    }
}

#[test]
fn error_bars_are_honest() {
    let runs = 150;
    let far: Vec<[f64; 2]> = (0..runs)
        .map(|seed| {
            let set = [("dimension", Value::Integer(4)), ("batch", Value::Integer(16))];
            let view = after(&BLUEPRINT, seed, &set, 25);
            [off(&view, "nwj"), off(&view, "plug-in")]
        })
        .collect();
    for k in 0..2 {
        let within =
            |limit: f64| far.iter().filter(|z| z[k].abs() < limit).count() as f64 / runs as f64;
        // 68 +- 4 % of 150.
        assert!((0.57..0.80).contains(&within(1.0)), "{k}: {}", within(1.0));
        assert!(within(3.0) > 0.97, "{k}: {}", within(3.0));
    }
}

#[test]
fn the_deviation_of_nwj_is_that_of_its_formula_where_the_tail_is_light() {
    let set = [("dimension", Value::Integer(4)), ("batch", Value::Integer(16))];
    let view = after(&BLUEPRINT, 2, &set, 1_500);
    assert!(off(&view, "sd-nwj").abs() < 4.0, "{:?}", readout(&view, "sd-nwj"));
    // In the heavy tail the batches show far less than there is, and it is said.
    let view = after(&BLUEPRINT, 2, &[("correlation", Value::Real(TEN_NATS))], 100);
    let deviation = readout(&view, "sd-nwj");
    assert!((deviation.exact.expect("a formula") - 346.894).abs() < 0.01, "{deviation:?}");
    assert!(deviation.value < 100.0 && view.notes.contains(&"nwj-blind"));
    assert!(off(&view, "nwj").abs() < 3.0);
}

#[test]
fn what_is_added_by_hand_moves_each_estimate_as_it_should() {
    let (c, g) = (0.5, 0.5);
    let plain = after(&BLUEPRINT, 8, &[], 300);
    let set = [("offset", Value::Real(c)), ("row_offset", Value::Real(g))];
    let view = after(&BLUEPRINT, 8, &set, 300);
    let value = |id| readout(&view, id).value;
    assert!((value("info-nce") - readout(&plain, "info-nce").value).abs() < 1e-10);
    let information = USUAL.information();
    let mass = (c + 0.5 * g * g).exp();
    for (id, exact) in [
        ("plug-in", information + c),
        ("nwj", 1.0 + information + c - mass),
        ("dv", information - 0.5 * g * g),
        ("mass", mass),
    ] {
        let error = readout(&view, id).error.expect("an error bar");
        // DV lies above by half of the variance of the mass, some .06.
        let room = 4.0 * error + if id == "dv" { 0.1 } else { 0.0 };
        assert!((value(id) - exact).abs() < room, "{id}: {} against {exact}", value(id));
        // Beside each estimate stands its own mean, where that is known, and never I in its place.
        let shown = readout(&view, id).exact;
        assert!(shown.map_or(id == "dv", |e| (e - exact).abs() < 1e-12), "{id}: {shown:?}");
    }
    // Where a tilt comes to a heavy tail, the batches' own scatter is no error bar.
    let set = [("correlation", Value::Real(0.9)), ("row_offset", Value::Real(g))];
    let heavy = after(&BLUEPRINT, 8, &set, 20);
    for id in ["nwj", "mass"] {
        assert!(readout(&heavy, id).error.is_none(), "{id}: {:?}", readout(&heavy, id));
    }
    assert!(readout(&view, "nce").exact.is_none() && readout(&view, "info-nce").exact.is_none());
    assert_eq!(readout(&view, "mass").exact, Some(mass));
}

#[test]
fn saturation_is_seen_at_every_rung_and_told() {
    let view = after(&BLUEPRINT, 4, preset(&BLUEPRINT, "saturated"), 100);
    let found = readout(&view, "info-nce");
    // numpy: 4.1220 +- .0007; log 64 = 4.1589.
    assert!((found.value - 4.122).abs() < 0.02 && found.value < 64f64.ln(), "{found:?}");
    assert!(view.notes.contains(&"beyond-ceiling"));
    assert!(!after(&BLUEPRINT, 4, &[], 5).notes.contains(&"beyond-ceiling"));
}

#[test]
fn independent_vectors_have_nothing_in_common() {
    let view = after(&BLUEPRINT, 4, preset(&BLUEPRINT, "no-information"), 20);
    for id in ["information", "info-nce", "nwj", "dv", "plug-in"] {
        assert!(readout(&view, id).value.abs() < 1e-12, "{id}");
    }
    assert!(view.notes.contains(&"independent"));
}

#[test]
fn a_plug_in_of_donsker_and_varadhan_is_no_bound() {
    let set = [("batch", Value::Integer(8))];
    let view = after(&BLUEPRINT, 4, &set, 1_000);
    let found = readout(&view, "dv");
    let above = (found.value - readout(&view, "information").value) / found.error.expect("a bar");
    assert!(above > 10.0 && view.notes.contains(&"dv-above"), "{found:?}");
}

#[test]
fn critics_that_learn_come_near_the_true_one() {
    // (critic, trained by, read by, at least)
    for (kind, train, id, least, steps) in [
        ("quadratic", "info-nce", "info-nce", 2.35, 1_500),
        ("quadratic", "nwj", "nwj", 2.5, 2_500),
        ("quadratic", "nce", "nce", 1.3, 2_500),
        ("quadratic", "dv", "dv", 2.6, 1_500),
        // No term in |y|^2, so the ratio is out of reach.
        ("bilinear", "info-nce", "info-nce", 1.9, 1_500),
        ("encoders", "info-nce", "info-nce", 1.5, 500),
    ] {
        let view = after(&BLUEPRINT, 6, &[critic(kind), ("train", Value::Choice(train))], steps);
        let found = readout(&view, id);
        assert!(found.value > least, "{kind} by {train}: {found:?}");
        if id == "info-nce" {
            assert!(found.value < 2.5, "{kind} by {train}: {found:?}");
        }
    }
}

#[test]
fn only_the_ranking_leaves_a_row_open() {
    let ranked = trained(USUAL, Bound::InfoNce, 16, 1);
    assert!(ranked[1].abs() < 1e-3 && ranked[3].abs() < 1e-3, "{ranked:?}");
    let exact = USUAL.log_ratio();
    assert!((ranked[0] - exact[0]).abs() < 0.03, "{ranked:?}");
}

#[test]
fn a_live_change_begins_the_means_anew_and_keeps_the_ladder() {
    let mut run = run(&BLUEPRINT, 7, &[]);
    go(&mut run, 30);
    let rungs = |view: &crate::lab::view::View| format!("{:?}", view.figures[1]);
    let before = run.view();
    run.edit("offset", Value::Real(0.5), false).expect("in range");
    assert_eq!(readout(&run.view(), "batches").value, 0.0);
    assert_eq!(rungs(&before), rungs(&run.view()));
    run.edit("batch", Value::Integer(32), false).expect("in range");
    go(&mut run, 5);
    assert_eq!(readout(&run.view(), "batches").value, 5.0);
}

#[test]
fn the_simulator_answers_the_questions() {
    for seed in [7, 8] {
        assert_eq!(
            trends(&BLUEPRINT, seed),
            [
                ("more-candidates", Trend::Rises),
                ("more-dimensions", Trend::Rises),
                ("a-shift", Trend::Stays)
            ]
        );
    }
}

#[test]
fn the_claims_hold() {
    claims_hold(&BLUEPRINT);
}
