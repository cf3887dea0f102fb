//! Runs of a lesson as a learner or a script meets them: for tests.

use crate::lab::Label;
use crate::lab::blueprint::{Blueprint, Source};
use crate::lab::param::Value;
use crate::lab::question::{Outcome, Trend};
use crate::lab::run::Run;
use crate::lab::view::{Readout, View};

/// Settings on top of the defaults.
pub(in crate::lesson) type Set<'a> = &'a [(Label, Value)];

/// A run at its start.
pub(in crate::lesson) fn run(blueprint: &'static Blueprint, seed: u64, set: Set<'_>) -> Run {
    let mut settings = blueprint.defaults();
    for (id, value) in set {
        settings.set(id, *value);
    }
    Run::new(blueprint, Source::Shipped, seed, settings).expect("a run")
}

/// What there is to see after so many steps.
pub(in crate::lesson) fn after(
    blueprint: &'static Blueprint,
    seed: u64,
    set: Set<'_>,
    steps: usize,
) -> View {
    let mut run = run(blueprint, seed, set);
    go(&mut run, steps);
    run.view()
}

/// So many steps on.
pub(in crate::lesson) fn go(run: &mut Run, steps: usize) {
    for _ in 0..steps {
        run.advance().expect("a step");
    }
}

/// What a preset sets.
pub(in crate::lesson) fn preset(blueprint: &'static Blueprint, id: &str) -> Set<'static> {
    let preset = blueprint.presets.iter().find(|p| p.id == id);
    preset.unwrap_or_else(|| panic!("no preset {id}")).values
}

/// A readout of a view.
pub(in crate::lesson) fn readout<'a>(view: &'a View, id: &str) -> &'a Readout {
    view.readouts.iter().find(|r| r.id == id).unwrap_or_else(|| panic!("no readout {id}"))
}

/// How many of its standard errors a readout is off its exact value.
pub(in crate::lesson) fn off(view: &View, id: &str) -> f64 {
    let r = readout(view, id);
    (r.value - r.exact.expect("an exact value")) / r.error.expect("an error bar")
}

/// The simulator's answer to each question, by its id.
pub(in crate::lesson) fn answers(
    blueprint: &'static Blueprint,
    seed: u64,
) -> Vec<(Label, Outcome)> {
    let asked = blueprint.questions.iter();
    asked.map(|q| (q.id, q.ask(blueprint, seed).expect("an answer"))).collect()
}

/// The same without the figures.
pub(in crate::lesson) fn trends(blueprint: &'static Blueprint, seed: u64) -> Vec<(Label, Trend)> {
    answers(blueprint, seed).into_iter().map(|(id, outcome)| (id, outcome.trend)).collect()
}

/// Every claim of a lesson holds, number by number.
pub(in crate::lesson) fn claims_hold(blueprint: &'static Blueprint) {
    assert!(!blueprint.claims.is_empty());
    for claim in blueprint.claims {
        let measured = (claim.measure)();
        assert!(!measured.is_empty(), "claim {} measures nothing", claim.number);
        for m in measured {
            assert!(m.holds(), "claim {}: {m:?}", claim.number);
        }
    }
}
