//! The list of edits is the experiment: a fork, a replay and a way back and forth give the same
//! bits as the run they come from, in every lesson and preset.

#[path = "support/lessons.rs"]
mod taught;

use contrastlab::lab::blueprint::{Blueprint, Source};
use contrastlab::lab::param::{Effect, Kind};
use contrastlab::lab::run::Run;
use taught::lessons;

/// Enough for a checkpoint on the way.
const BEFORE: u64 = 70;
const AFTER: u64 = 10;

fn go(run: &mut Run, steps: u64) {
    for _ in 0..steps {
        // A preset may diverge on purpose; then the rest of the run is that it has.
        if run.advance().is_err() {
            return;
        }
    }
}

/// All there is to see but measured times, NaN included: its debug text has every bit of a finite
/// number.
fn seen(run: &Run) -> String {
    let view = run.view().without(run.blueprint().timed);
    format!("{} {:?} {:?}", run.step(), run.diverged(), view)
}

/// A run with a change of the first live number in the middle.
fn edited(blueprint: &'static Blueprint, preset: usize) -> Run {
    let mut settings = blueprint.defaults();
    for (id, value) in blueprint.presets[preset].values {
        settings.set(id, *value);
    }
    let mut run = Run::new(blueprint, Source::Shipped, 3, settings).expect("a run");
    go(&mut run, BEFORE);
    let live = blueprint.params.iter().find(|p| {
        let number = matches!(p.kind, Kind::Real { .. } | Kind::Integer { .. });
        number && p.effect == Effect::Live
    });
    if let (Some(spec), None) = (live, run.diverged()) {
        let value = spec.nudge(run.settings().get(spec.id), 1);
        run.edit(spec.id, value, false).expect("in range");
    }
    run
}

fn everywhere(test: impl Fn(&'static Blueprint, usize)) {
    for (_, lesson) in lessons() {
        for preset in 0..lesson.presets.len() {
            test(lesson, preset);
        }
    }
}

#[test]
fn a_fork_goes_on_as_the_run_it_was_taken_from() {
    everywhere(|lesson, preset| {
        let mut run = edited(lesson, preset);
        let mut fork = run.fork();
        go(&mut run, AFTER);
        go(&mut fork, AFTER);
        assert_eq!(seen(&run), seen(&fork), "{} preset {preset}", lesson.id);
    });
}

#[test]
fn a_recipe_makes_the_same_run_again() {
    everywhere(|lesson, preset| {
        let mut run = edited(lesson, preset);
        go(&mut run, AFTER);
        let mut again = Run::replay(lesson, Source::Shipped, run.recipe().clone()).expect("a run");
        go(&mut again, BEFORE + AFTER);
        assert_eq!(seen(&run), seen(&again), "{} preset {preset}", lesson.id);
    });
}

#[test]
fn the_way_back_and_forth_ends_where_it_began() {
    everywhere(|lesson, preset| {
        let mut run = edited(lesson, preset);
        go(&mut run, AFTER);
        if run.diverged().is_some() {
            return;
        }
        let end = seen(&run);
        for step in [BEFORE + 3, BEFORE - 1, 1] {
            run.rewind(step).expect("it could be built before");
            assert!(run.step() <= step);
            while run.step() < BEFORE + AFTER {
                run.advance().expect("it did not diverge before");
            }
            assert_eq!(seen(&run), end, "{} preset {preset} through {step}", lesson.id);
        }
    });
}
