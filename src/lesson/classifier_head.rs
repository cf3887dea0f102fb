//! 2.4 The classifier's head: noise-contrastive estimation has one extra number and no layer of its
//! own. The same energy is trained with its fixed form, under a free logistic unit, and under heads
//! of several layers; what each learns as a density, as an energy and as a classifier.
//!
//! Gutmann and Hyvarinen, JMLR 13, 2012; Guo, Pleiss, Sun and Weinberger, On calibration of modern
//! neural networks, ICML 2017 (a free slope is a temperature).

mod claims;
mod judge;
mod picture;
mod problem;
mod sweep;
#[cfg(test)]
mod tests;
mod training;
mod variant;

use crate::lab::blueprint::{Blueprint, Preset, Takes};
use crate::lab::param::{Effect, Kind, ParamSpec, Scale, Settings, Value, always};
use crate::lab::question::Question;
use crate::lesson::shared::sample::DATA;
use variant::Variant;

fn in_the_plane(settings: &Settings) -> bool {
    const PLANE: [&str; 6] =
        ["geyser-2d", "eight-gaussians", "moons", "rings", "pinwheel", "checkerboard"];
    PLANE.contains(&settings.choice("data"))
}

/// The plan of the lesson.
pub static BLUEPRINT: Blueprint = Blueprint {
    id: "classifier-head",
    number: (2, 4),
    params: &PARAMS,
    presets: &PRESETS,
    readouts: &picture::READOUTS,
    layout: &[&["density", "sizes"], &["calibration", "losses"]],
    pace: 60.0,
    questions: &QUESTIONS,
    claims: claims::CLAIMS,
    timed: &[],
    takes: Takes::Columns(2),
    data_param: Some("data"),
    build: |settings, source, rng| Ok(Box::new(training::Training::new(settings, source, rng)?)),
};

static PARAMS: [ParamSpec; 11] = [
    ParamSpec {
        id: "show",
        symbol: "",
        kind: Kind::Choice(&["energy", "implied"]),
        default: Value::Choice("energy"),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "points",
        symbol: "N",
        kind: Kind::Integer { min: 10, max: 1_500, scale: Scale::Log },
        default: Value::Integer(200),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "head_layers",
        symbol: "L",
        kind: Kind::Integer { min: 1, max: 3, scale: Scale::Linear(1.0) },
        default: Value::Integer(2),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "head_width",
        symbol: "W",
        kind: Kind::Integer { min: 1, max: 64, scale: Scale::Log },
        default: Value::Integer(16),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "data",
        symbol: "D",
        kind: Kind::Choice(DATA),
        default: Value::Choice("two-bumps"),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "noise",
        symbol: "s",
        kind: Kind::Real { min: 0.5, max: 5.0, scale: Scale::Linear(0.25) },
        default: Value::Real(2.0),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "nu",
        symbol: "ν",
        kind: Kind::Real { min: 0.1, max: 10.0, scale: Scale::Log },
        default: Value::Real(1.0),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "width",
        symbol: "H",
        kind: Kind::Integer { min: 1, max: 64, scale: Scale::Log },
        default: Value::Integer(32),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "learning_rate",
        symbol: "α",
        kind: Kind::Real { min: 1e-5, max: 0.1, scale: Scale::Log },
        default: Value::Real(0.005),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "field",
        symbol: "",
        kind: Kind::Choice(&Variant::IDS),
        default: Value::Choice("fixed"),
        effect: Effect::Live,
        applies: in_the_plane,
    },
    ParamSpec {
        id: "sweep",
        symbol: "",
        kind: Kind::Switch,
        default: Value::Switch(true),
        effect: Effect::Live,
        applies: always,
    },
];

static PRESETS: [Preset; 5] = [
    Preset { id: "few-data", values: &[("points", Value::Integer(30))] },
    Preset {
        id: "near-noise",
        values: &[("noise", Value::Real(1.0)), ("points", Value::Integer(1_000))],
    },
    Preset {
        id: "wide-noise",
        values: &[("noise", Value::Real(4.0)), ("points", Value::Integer(1_000))],
    },
    Preset {
        id: "large-head",
        values: &[("head_layers", Value::Integer(3)), ("head_width", Value::Integer(64))],
    },
    Preset {
        id: "moons",
        values: &[
            ("data", Value::Choice("moons")),
            ("points", Value::Integer(1_000)),
            ("field", Value::Choice("logistic")),
        ],
    },
];

/// The sweep would only take time.
const ALONE: (&str, Value) = ("sweep", Value::Switch(false));

static QUESTIONS: [Question; 3] = [
    Question {
        id: "fewer-data",
        setup: &[ALONE, ("points", Value::Integer(1_000))],
        change: &[("points", Value::Integer(30))],
        readout: "gap_fixed",
        steps: 600,
    },
    Question {
        id: "wider-noise",
        setup: &[ALONE, ("points", Value::Integer(1_000)), ("noise", Value::Real(1.0))],
        change: &[("noise", Value::Real(4.0))],
        readout: "nll_logistic",
        steps: 600,
    },
    Question {
        id: "larger-head",
        setup: &[
            ALONE,
            ("points", Value::Integer(1_000)),
            ("head_layers", Value::Integer(1)),
            ("head_width", Value::Integer(4)),
        ],
        change: &[("head_layers", Value::Integer(3)), ("head_width", Value::Integer(32))],
        readout: "nll_head",
        steps: 600,
    },
];
