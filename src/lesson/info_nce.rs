//! 3.1 InfoNCE: which of N candidates is mine? Points of a circle or a sphere, or an encoder that has
//! to find hidden directions, under the softmax over similarities: pull, pushes and what the
//! temperature does to them, a row constant that nobody notices, the critics side by side.
//!
//! van den Oord, Li and Vinyals, Representation learning with contrastive predictive coding,
//! arXiv:1807.03748, 2018; Wang and Isola, ICML 2020; Wang and Liu, CVPR 2021.

mod circle;
mod claims;
mod critic;
mod even;
mod held_out;
mod learner;
mod picture;
mod ranking;
#[cfg(test)]
mod tests;
mod training;
mod world;

use crate::lab::Label;
use crate::lab::blueprint::{Blueprint, Preset, Takes};
use crate::lab::param::{Effect, Kind, ParamSpec, Scale, Settings, Value, always};
use crate::lab::question::Question;
use critic::Similarity;
use learner::{LEARNED, TEMPERATURES};

/// The plan of the lesson.
pub static BLUEPRINT: Blueprint = Blueprint {
    id: "info-nce",
    number: (3, 1),
    params: &PARAMS,
    presets: &PRESETS,
    readouts: &[
        "loss",
        "chance",
        "accuracy",
        "recall",
        "alignment",
        "uniformity",
        "hardest",
        "pull",
        "temperature",
        "invariance",
        "parameters",
    ],
    layout: &[&["forces", "row"], &["matrix", "course"]],
    pace: 40.0,
    questions: &QUESTIONS,
    claims: claims::CLAIMS,
    timed: &[],
    takes: Takes::Nothing,
    data_param: None,
    build: |settings, _, rng| Ok(Box::new(training::Training::new(settings, rng))),
};

/// Whether there is an encoder, fresh pairs at every step, and pairs held out.
fn has_encoder(settings: &Settings) -> bool {
    settings.choice("learned") != "points"
}

const fn switch(id: Label) -> ParamSpec {
    ParamSpec {
        id,
        symbol: "",
        kind: Kind::Switch,
        default: Value::Switch(false),
        effect: Effect::Live,
        applies: always,
    }
}

const fn choice(id: Label, options: &'static [Label], effect: Effect) -> ParamSpec {
    ParamSpec {
        id,
        symbol: "",
        kind: Kind::Choice(options),
        default: Value::Choice(options[0]),
        effect,
        applies: always,
    }
}

static PARAMS: [ParamSpec; 14] = [
    ParamSpec {
        id: "temperature",
        symbol: "τ",
        kind: Kind::Real { min: TEMPERATURES.0, max: TEMPERATURES.1, scale: Scale::Log },
        default: Value::Real(0.1),
        effect: Effect::Live,
        applies: always,
    },
    choice("similarity", &Similarity::IDS, Effect::Live),
    choice("learned", &LEARNED, Effect::Restart),
    choice("space", &["circle", "sphere"], Effect::Restart),
    ParamSpec {
        id: "batch",
        symbol: "N",
        kind: Kind::Integer { min: 1, max: 64, scale: Scale::Log },
        default: Value::Integer(16),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "anchor",
        symbol: "i",
        kind: Kind::Integer { min: 1, max: 64, scale: Scale::Linear(1.0) },
        default: Value::Integer(1),
        effect: Effect::Live,
        applies: always,
    },
    switch("symmetric"),
    ParamSpec {
        id: "row_constant",
        symbol: "g",
        kind: Kind::Real { min: -100.0, max: 100.0, scale: Scale::Linear(5.0) },
        default: Value::Real(0.0),
        effect: Effect::Live,
        applies: always,
    },
    switch("learn_temperature"),
    ParamSpec {
        id: "learning_rate",
        symbol: "α",
        kind: Kind::Real { min: 1e-4, max: 1.0, scale: Scale::Log },
        default: Value::Real(0.05),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "kappa",
        symbol: "κ",
        kind: Kind::Real { min: 1.0, max: 1_000.0, scale: Scale::Log },
        default: Value::Real(50.0),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "turn",
        symbol: "φ",
        kind: Kind::Real { min: 0.0, max: 180.0, scale: Scale::Linear(15.0) },
        default: Value::Real(0.0),
        effect: Effect::Restart,
        applies: has_encoder,
    },
    choice("start", &["spread", "one-point"], Effect::Restart),
    switch("no_push"),
];

const TRAINED: (Label, Value) = ("learned", Value::Choice("encoder"));
const FROZEN: (Label, Value) = ("learned", Value::Choice("frozen"));
const BILINEAR: (Label, Value) = ("similarity", Value::Choice("bilinear"));
const TURNED: (Label, Value) = ("turn", Value::Real(90.0));

static PRESETS: [Preset; 9] = [
    Preset {
        id: "sphere",
        values: &[("space", Value::Choice("sphere")), ("batch", Value::Integer(24))],
    },
    Preset { id: "cold", values: &[("temperature", Value::Real(0.02))] },
    Preset { id: "hot", values: &[("temperature", Value::Real(5.0))] },
    Preset { id: "from-one-point", values: &[("start", Value::Choice("one-point"))] },
    Preset { id: "encoder", values: &[TRAINED, ("learn_temperature", Value::Switch(true))] },
    Preset { id: "frozen", values: &[FROZEN] },
    Preset {
        id: "collapse",
        values: &[("learned", Value::Choice("projector")), ("no_push", Value::Switch(true))],
    },
    Preset { id: "turned", values: &[TRAINED, TURNED] },
    Preset { id: "bilinear-critic", values: &[TRAINED, TURNED, BILINEAR] },
];

static QUESTIONS: [Question; 4] = [
    Question {
        id: "colder",
        setup: &[],
        change: &[("temperature", Value::Real(0.01))],
        readout: "hardest",
        steps: 1,
    },
    Question {
        id: "lifted",
        setup: &[],
        change: &[("row_constant", Value::Real(50.0))],
        readout: "loss",
        steps: 100,
    },
    Question {
        id: "euclid",
        setup: &[],
        change: &[("similarity", Value::Choice("euclidean")), ("temperature", Value::Real(0.2))],
        readout: "loss",
        steps: 100,
    },
    Question { id: "trained", setup: &[FROZEN], change: &[TRAINED], readout: "recall", steps: 300 },
];
