//! 2.1 Noise-contrastive estimation: an unnormalised model and a number c learn to tell data from
//! noise, and c comes out as -log Z. Closed forms on a line, an energy of a network on toy sets, the
//! geyser and the learner's own columns; the three classic mistakes as switches.
//!
//! Gutmann and Hyvarinen, Noise-contrastive estimation of unnormalized statistical models, JMLR 13,
//! 2012.

mod average;
mod best;
mod claims;
mod closed_form;
mod family;
mod network;
mod picture;
mod plane;
mod problem;
#[cfg(test)]
mod tests;
mod training;

use crate::data::noise::Shape;
use crate::lab::Label;
use crate::lab::blueprint::{Blueprint, Preset, Takes};
use crate::lab::param::{Effect, Kind, ParamSpec, Scale, Settings, Value, always};
use crate::lab::question::Question;

const DATA: &[Label] = &[
    "gaussian",
    "tilted-well",
    "two-bumps",
    "skewed",
    "eight-gaussians",
    "moons",
    "rings",
    "pinwheel",
    "geyser-waiting",
    "geyser-2d",
];

/// Whether the set is drawn once and kept, so that its size can be chosen.
fn is_kept(settings: &Settings) -> bool {
    let choice = settings.choice("data");
    !matches!(choice, "gaussian" | "tilted-well") && !choice.starts_with("geyser")
}

/// The plan of the lesson.
pub static BLUEPRINT: Blueprint = Blueprint {
    id: "nce",
    number: (2, 1),
    params: &PARAMS,
    presets: &PRESETS,
    readouts: &["c", "theta", "mass", "loss", "accuracy", "n_var", "nll", "uncovered", "data_seen"],
    layout: &[&["classifier", "density"], &["samples", "course"]],
    pace: 120.0,
    questions: &QUESTIONS,
    claims: claims::CLAIMS,
    timed: &[],
    takes: Takes::Columns(2),
    data_param: Some("data"),
    build: |settings, source, rng| Ok(Box::new(training::Training::new(settings, source, rng)?)),
};

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

static PARAMS: [ParamSpec; 11] = [
    ParamSpec {
        id: "ratio",
        symbol: "ν",
        kind: Kind::Real { min: 0.1, max: 100.0, scale: Scale::Log },
        default: Value::Real(1.0),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "width",
        symbol: "s",
        kind: Kind::Real { min: 0.05, max: 20.0, scale: Scale::Log },
        default: Value::Real(2.0),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "shift",
        symbol: "m",
        kind: Kind::Real { min: -5.0, max: 5.0, scale: Scale::Linear(0.25) },
        default: Value::Real(0.0),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "noise",
        symbol: "",
        kind: Kind::Choice(&Shape::IDS),
        default: Value::Choice("gaussian"),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "data",
        symbol: "D",
        kind: Kind::Choice(DATA),
        default: Value::Choice("gaussian"),
        effect: Effect::Restart,
        applies: always,
    },
    switch("averaged"),
    switch("no_log_ratio"),
    switch("no_noise_density"),
    ParamSpec {
        id: "batch",
        symbol: "N",
        kind: Kind::Integer { min: 16, max: 4_096, scale: Scale::Log },
        default: Value::Integer(256),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "learning_rate",
        symbol: "α",
        kind: Kind::Real { min: 1e-5, max: 1.0, scale: Scale::Log },
        default: Value::Real(0.01),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "points",
        symbol: "P",
        kind: Kind::Integer { min: 20, max: 2_000, scale: Scale::Log },
        default: Value::Integer(1_000),
        effect: Effect::Restart,
        applies: is_kept,
    },
];

const TEN: (Label, Value) = ("ratio", Value::Real(10.0));
/// For networks, whose c sways with the noise of the batches.
const CALM: (Label, Value) = ("learning_rate", Value::Real(0.005));

static PRESETS: [Preset; 10] = [
    Preset { id: "noise-like-data", values: &[("width", Value::Real(1.0))] },
    Preset { id: "narrow-noise", values: &[("width", Value::Real(0.5))] },
    Preset { id: "much-noise", values: &[TEN] },
    Preset { id: "noise-averaged", values: &[TEN, ("averaged", Value::Switch(true))] },
    Preset { id: "ratio-forgotten", values: &[TEN, ("no_log_ratio", Value::Switch(true))] },
    Preset { id: "density-forgotten", values: &[("no_noise_density", Value::Switch(true))] },
    Preset {
        id: "not-covered",
        values: &[
            ("data", Value::Choice("tilted-well")),
            ("noise", Value::Choice("uniform")),
            ("width", Value::Real(0.6)),
        ],
    },
    Preset { id: "well", values: &[("data", Value::Choice("tilted-well")), TEN] },
    Preset { id: "two-moons", values: &[("data", Value::Choice("moons")), TEN, CALM] },
    Preset { id: "geyser", values: &[("data", Value::Choice("geyser-2d")), TEN, CALM] },
];

static QUESTIONS: [Question; 3] = [
    Question {
        id: "no-log",
        setup: &[TEN],
        change: &[("no_log_ratio", Value::Switch(true))],
        readout: "c",
        steps: 2_000,
    },
    Question {
        id: "like-the-data",
        setup: &[],
        change: &[("width", Value::Real(1.0))],
        readout: "accuracy",
        steps: 500,
    },
    Question {
        id: "narrow",
        setup: &[],
        change: &[("width", Value::Real(0.5))],
        readout: "n_var",
        steps: 900,
    },
];
