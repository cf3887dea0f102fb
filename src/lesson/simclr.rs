//! 3.3 SimCLR: two views of each digit, one encoder, and every other picture of the batch as a
//! negative; what it learns, beside raw pixels and an encoder that learned nothing.
//!
//! Chen, Kornblith, Norouzi and Hinton, A simple framework for contrastive learning of visual
//! representations, ICML 2020; Wang and Isola, Understanding contrastive representation learning
//! through alignment and uniformity on the hypersphere, ICML 2020; Chuang, Robinson, Lin, Torralba
//! and Jegelka, Debiased contrastive learning, NeurIPS 2020 (false negatives).

mod claims;
mod exam;
mod ground;
mod learner;
mod look;
mod picture;
mod sweep;
#[cfg(test)]
mod tests;
mod training;

use crate::lab::blueprint::{Blueprint, Preset, Takes};
use crate::lab::param::{Effect, Kind, ParamSpec, Scale, Settings, Value, always};
use crate::lab::question::Question;

fn training_live(settings: &Settings) -> bool {
    settings.choice("mode") == "train"
}

fn sweeping(settings: &Settings) -> bool {
    !training_live(settings)
}

fn over_batches(settings: &Settings) -> bool {
    settings.choice("mode") == "batch"
}

fn batch_is_free(settings: &Settings) -> bool {
    !over_batches(settings)
}

fn temperature_is_free(settings: &Settings) -> bool {
    settings.choice("mode") != "temperature"
}

const fn param(
    id: &'static str,
    symbol: &'static str,
    (kind, default): (Kind, Value),
    effect: Effect,
    applies: fn(&Settings) -> bool,
) -> ParamSpec {
    ParamSpec { id, symbol, kind, default, effect, applies }
}

const fn whole(min: i64, max: i64, scale: Scale, default: i64) -> (Kind, Value) {
    (Kind::Integer { min, max, scale }, Value::Integer(default))
}

const fn real(min: f64, max: f64, scale: Scale, default: f64) -> (Kind, Value) {
    (Kind::Real { min, max, scale }, Value::Real(default))
}

const fn choice(options: &'static [&'static str]) -> (Kind, Value) {
    (Kind::Choice(options), Value::Choice(options[0]))
}

use Effect::{Live, Restart};
use Scale::{Linear, Log};

static PARAMS: [ParamSpec; 18] = [
    param("mode", "", choice(&["train", "batch", "temperature"]), Restart, always),
    param("batch", "N", whole(1, 512, Log, 128), Live, batch_is_free),
    param("temperature", "τ", real(0.02, 10.0, Log, 0.2), Live, temperature_is_free),
    param("negatives", "", (Kind::Switch, Value::Switch(true)), Live, always),
    param("roll", "r", whole(0, 6, Linear(1.0), 3), Live, always),
    param("rotation", "θ", real(0.0, 45.0, Linear(5.0), 10.0), Live, always),
    param("erase", "e", whole(0, 8, Linear(1.0), 2), Live, always),
    param("jitter", "j", real(0.0, 1.0, Linear(0.1), 0.2), Live, always),
    param("learning_rate", "α", real(1e-4, 0.1, Log, 0.003), Live, always),
    param("equal", "", choice(&["steps", "pictures"]), Restart, over_batches),
    param("run_length", "T", whole(20, 2_000, Log, 600), Restart, sweeping),
    param("score", "", choice(&["probe", "knn"]), Live, always),
    param("labels", "m", whole(1, 50, Log, 10), Restart, always),
    param("neighbours", "k", whole(1, 50, Log, 1), Live, always),
    param("highlight", "c", whole(0, 9, Linear(1.0), 0), Live, always),
    param("wander", "w", whole(0, 6, Linear(1.0), 2), Restart, always),
    param("width", "H", whole(8, 256, Log, 128), Restart, always),
    param("dimension", "d", whole(2, 64, Log, 32), Restart, always),
];

static PRESETS: [Preset; 7] = [
    Preset { id: "large-batch", values: &[("batch", Value::Integer(512))] },
    Preset { id: "small-batch", values: &[("batch", Value::Integer(16))] },
    Preset {
        id: "no-negatives",
        values: &[("negatives", Value::Switch(false)), ("batch", Value::Integer(64))],
    },
    Preset { id: "no-roll", values: &[("roll", Value::Integer(0))] },
    Preset { id: "anywhere", values: &[("wander", Value::Integer(6))] },
    Preset { id: "batches", values: &[("mode", Value::Choice("batch"))] },
    Preset { id: "temperatures", values: &[("mode", Value::Choice("temperature"))] },
];

static QUESTIONS: [Question; 3] = [
    Question {
        id: "more-company",
        setup: &[("batch", Value::Integer(16))],
        change: &[("batch", Value::Integer(256))],
        readout: "probe",
        steps: 600,
    },
    Question {
        id: "no-roll",
        setup: &[],
        change: &[("roll", Value::Integer(0))],
        readout: "probe",
        steps: 600,
    },
    Question {
        id: "nobody-pushes",
        setup: &[],
        change: &[("negatives", Value::Switch(false))],
        readout: "spread",
        steps: 200,
    },
];

/// The lesson.
pub static BLUEPRINT: Blueprint = Blueprint {
    id: "simclr",
    number: (3, 3),
    params: &PARAMS,
    presets: &PRESETS,
    readouts: &[
        "probe",
        "raw-probe",
        "random-probe",
        "knn",
        "raw-knn",
        "random-knn",
        "loss",
        "collapsed-loss",
        "alignment",
        "uniformity",
        "spread",
        "rank",
        "false-negatives",
        "gain",
        "runs",
        "updates",
    ],
    layout: &[&["views", "plane"], &["geometry", "accuracy", "sweep"]],
    pace: 60.0,
    questions: &QUESTIONS,
    claims: claims::CLAIMS,
    timed: &[],
    takes: Takes::Pictures,
    data_param: None,
    build: |settings, source, rng| Ok(Box::new(training::Training::new(settings, source, rng))),
};
