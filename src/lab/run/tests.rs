use super::*;
use crate::lab::blueprint::Takes;
use crate::lab::param::{Kind, ParamSpec, Scale, always};
use crate::lab::view::Readout;
use rand::RngExt as _;

/// A random walk whose width is live and whose start restarts it.
#[derive(Clone)]
struct Walk {
    at: f64,
    width: f64,
}

impl Experiment for Walk {
    fn set(&mut self, param: Label, value: Value) {
        if let ("width", Value::Real(v)) = (param, value) {
            self.width = v;
        }
    }
    fn step(&mut self, rng: &mut Rng) -> Result<(), Diverged> {
        if self.width == 666.0 {
            panic!("the beast");
        }
        self.at += self.width * (rng.random::<f64>() - 0.5);
        if self.at.abs() > 1e6 { Err(Diverged { why: "too-far" }) } else { Ok(()) }
    }
    fn view(&self) -> View {
        View { readouts: vec![Readout::plain("at", self.at)], ..View::default() }
    }
    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}

const REAL: Kind = Kind::Real { min: 0.0, max: 1e9, scale: Scale::Log };

pub(crate) static WALK: Blueprint = Blueprint {
    id: "walk",
    number: (1, 1),
    params: &[
        ParamSpec {
            id: "width",
            symbol: "w",
            kind: REAL,
            default: Value::Real(1.0),
            effect: Effect::Live,
            applies: always,
        },
        ParamSpec {
            id: "start",
            symbol: "x",
            kind: REAL,
            default: Value::Real(0.0),
            effect: Effect::Restart,
            applies: always,
        },
    ],
    presets: &[],
    readouts: &["at"],
    layout: &[],
    pace: 60.0,
    questions: &[],
    claims: &[],
    timed: &[],
    takes: Takes::Nothing,
    data_param: None,
    build: |settings, _, _| {
        Ok(Box::new(Walk { at: settings.real("start"), width: settings.real("width") }))
    },
};

fn at(run: &Run) -> u64 {
    run.view().readouts[0].value.to_bits()
}

fn go(run: &mut Run, steps: u64) {
    for _ in 0..steps {
        run.advance().unwrap();
    }
}

fn fresh() -> Run {
    Run::new(&WALK, Source::Shipped, 7, WALK.defaults()).unwrap()
}

#[test]
fn a_recipe_replays_bit_for_bit() {
    let mut run = fresh();
    go(&mut run, 100);
    run.edit("width", Value::Real(3.0), false).unwrap();
    go(&mut run, 50);
    run.edit("width", Value::Real(0.5), false).unwrap();
    go(&mut run, 50);
    let mut again = Run::replay(&WALK, Source::Shipped, run.recipe().clone()).unwrap();
    go(&mut again, 200);
    assert_eq!(at(&run), at(&again));
    assert_eq!(again.settings().real("width"), 0.5);
}

#[test]
fn going_back_and_forth_again_lands_on_the_same_bits() {
    let mut run = fresh();
    go(&mut run, 300);
    run.edit("width", Value::Real(2.0), false).unwrap();
    go(&mut run, 5_000);
    let end = at(&run);
    for target in [5_299, 301, 300, 299, 17, 0] {
        run.rewind(target).unwrap();
        assert!(run.step() <= target);
        let missing = 5_300 - run.step();
        go(&mut run, missing);
        assert_eq!(at(&run), end, "through step {target}");
    }
}

#[test]
fn undo_restores_the_moment_before_the_edit() {
    let mut run = fresh();
    go(&mut run, 100);
    let before = at(&run);
    run.edit("width", Value::Real(2.0), false).unwrap();
    go(&mut run, 40);
    run.edit("start", Value::Real(5.0), false).unwrap();
    assert_eq!(run.step(), 0);
    go(&mut run, 7);
    assert!(run.undo());
    assert_eq!((run.step(), run.settings().real("start")), (140, 0.0));
    assert!(run.undo());
    assert_eq!((run.step(), at(&run)), (100, before));
    assert!(!run.undo());
    go(&mut run, 100);
    let mut straight = fresh();
    go(&mut straight, 200);
    assert_eq!(at(&run), at(&straight));
}

#[test]
fn merged_edits_are_one_undo() {
    let mut run = fresh();
    go(&mut run, 10);
    run.edit("width", Value::Real(2.0), false).unwrap();
    run.edit("width", Value::Real(3.0), true).unwrap();
    go(&mut run, 10);
    run.edit("width", Value::Real(4.0), true).unwrap();
    assert!(run.undo());
    assert_eq!((run.step(), run.settings().real("width")), (10, 1.0));
}

#[test]
fn an_edit_after_going_back_replaces_the_future() {
    let mut run = fresh();
    go(&mut run, 100);
    run.edit("width", Value::Real(2.0), false).unwrap();
    go(&mut run, 100);
    run.rewind(50).unwrap();
    while run.step() < 50 {
        run.advance().unwrap();
    }
    run.edit("width", Value::Real(9.0), false).unwrap();
    assert_eq!(run.recipe().edits.len(), 1);
    go(&mut run, 100);
    assert_eq!(run.settings().real("width"), 9.0);
}

#[test]
fn divergence_stops_the_run_and_undo_brings_it_back() {
    let mut run = fresh();
    go(&mut run, 10);
    run.edit("width", Value::Real(1e9), false).unwrap();
    let error = (0..50).find_map(|_| run.advance().err()).expect("it diverges");
    let RunError::Diverged(step, why) = error else { panic!("{error}") };
    assert_eq!((why.why, run.diverged().unwrap().0), ("too-far", step));
    assert!(run.advance().is_err());
    assert!(run.undo());
    go(&mut run, 10);
}

#[test]
fn a_refused_edit_changes_nothing() {
    let mut run = fresh();
    go(&mut run, 10);
    assert!(matches!(
        run.edit("width", Value::Real(-1.0), false),
        Err(RunError::Refused("width", _))
    ));
    assert_eq!((run.step(), run.undo_depth()), (10, 0));
}
