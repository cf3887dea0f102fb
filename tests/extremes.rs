//! Every parameter at both ends of its range, alone and in bad company: figures stay finite or the
//! run says calmly that it diverged and why, and a change can be taken back.

#[path = "support/extremes.rs"]
mod support;

#[path = "support/lessons.rs"]
mod taught;

use contrastlab::lab::blueprint::Source;
use contrastlab::lab::param::{Effect, Settings, Value};
use contrastlab::lab::run::{Run, RunError};
use contrastlab::lesson::LESSONS;
use contrastlab::math::rng::stream;
use contrastlab::text::{Lang, lesson};
use rand::RngExt as _;
use support::{ends, infinite};
use taught::lessons;

/// Steps a case takes.
const STEPS: u64 = 4;
/// Combinations of ends tried a lesson.
const COMBINATIONS: usize = 24;

/// Steps a run on; a divergence has to be worded.
fn go(run: &mut Run, steps: u64, case: &str) {
    for _ in 0..steps {
        match run.advance() {
            Ok(()) => {}
            Err(RunError::Diverged(_, why)) => {
                let labels = &lesson::of(run.blueprint().id, Lang::Ko).front.labels;
                assert!(labels.contains_key(why.why), "{case}: no words for '{}'", why.why);
                return;
            }
            Err(other) => panic!("{case}: {other}"),
        }
    }
}

fn tried(settings: Settings, lesson: usize, case: &str) {
    let mut run = Run::new(LESSONS[lesson], Source::Shipped, 7, settings)
        .unwrap_or_else(|e| panic!("{case}: {e}"));
    go(&mut run, STEPS, case);
    if let Some(what) = infinite(&run.view()) {
        panic!("{case}: {what} is infinite");
    }
}

#[test]
fn one_parameter_at_its_end() {
    for (index, lesson) in lessons() {
        for spec in lesson.params {
            for value in ends(spec) {
                let mut settings = lesson.defaults();
                settings.set(spec.id, value);
                tried(settings, index, &format!("{} {}={value}", lesson.id, spec.id));
            }
        }
    }
}

#[test]
fn all_parameters_at_their_ends() {
    for (index, lesson) in lessons() {
        let mut rng = stream(11, index as u64);
        for _ in 0..COMBINATIONS {
            let mut settings = lesson.defaults();
            for spec in lesson.params {
                let ends = ends(spec);
                settings.set(spec.id, ends[rng.random_range(0..ends.len())]);
            }
            let values: Vec<String> =
                settings.iter().map(|(spec, value)| format!("{}={value}", spec.id)).collect();
            tried(settings, index, &format!("{} {}", lesson.id, values.join(" ")));
        }
    }
}

#[test]
fn a_live_change_to_an_end_can_be_taken_back() {
    for (_, lesson) in lessons() {
        for spec in lesson.params.iter().filter(|p| p.effect == Effect::Live) {
            for value in ends(spec) {
                let case = format!("{} {}={value}", lesson.id, spec.id);
                let mut run =
                    Run::new(lesson, Source::Shipped, 7, lesson.defaults()).expect("a run");
                go(&mut run, 2, &case);
                let before = (
                    run.settings().get(spec.id),
                    format!("{:?}", run.view().without(lesson.timed)),
                );
                if before.0 == value {
                    continue;
                }
                run.edit(spec.id, value, false).expect("in range");
                go(&mut run, STEPS, &case);
                assert!(infinite(&run.view()).is_none(), "{case}: {:?}", infinite(&run.view()));
                assert!(run.undo(), "{case}");
                let after: (Value, String) = (
                    run.settings().get(spec.id),
                    format!("{:?}", run.view().without(lesson.timed)),
                );
                assert_eq!(before, after, "{case}");
            }
        }
    }
}
