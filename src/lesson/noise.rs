//! 2.3 Which noise: small data sets by the hundred, each estimated exactly by noise-contrastive
//! estimation, and how far the estimates scatter against the asymptotic formula, for noise of any
//! width, shift, shape and amount; for conditional NCE, whose noise is the data's own; and for a
//! noise that follows the model.
//!
//! Gutmann and Hyvarinen, JMLR 13, 2012; Ceylan and Gutmann, ICML 2018; Chehab, Gramfort and
//! Hyvarinen, The optimal noise in noise-contrastive learning is not what you think, UAI 2022.

mod claims;
mod design;
mod picture;
mod problem;
mod study;
#[cfg(test)]
mod tests;
mod theory;

use crate::data::noise::Shape;
use crate::lab::blueprint::{Blueprint, Preset, Takes};
use crate::lab::param::{Effect, Kind, ParamSpec, Scale, Settings, Value, always};
use crate::lab::question::Question;
use design::MOST_ROUNDS;
use theory::{EPS_RANGE, MOST_RATIO, WIDTH_RANGE};

fn is_conditional(settings: &Settings) -> bool {
    settings.choice("method") == "conditional"
}

fn has_outside_noise(settings: &Settings) -> bool {
    !is_conditional(settings)
}

fn adapts(settings: &Settings) -> bool {
    settings.choice("method") == "adaptive"
}

fn is_well(settings: &Settings) -> bool {
    settings.choice("data") == "well"
}

/// The plan of the lesson.
pub static BLUEPRINT: Blueprint = Blueprint {
    id: "noise",
    number: (2, 3),
    params: &PARAMS,
    presets: &PRESETS,
    readouts: &[
        "nvar",
        "nvar_c",
        "floor",
        "bias",
        "best_width",
        "best_nvar",
        "best_ratio",
        "lifted",
        "uncovered",
        "cost",
        "fitted",
        "failed",
    ],
    layout: &[&["variance", "place"], &["amount", "estimates"]],
    pace: 100.0,
    questions: &QUESTIONS,
    claims: claims::CLAIMS,
    timed: &[],
    takes: Takes::Nothing,
    data_param: None,
    build: |settings, _, rng| Ok(Box::new(study::Study::new(settings, rng))),
};

static PARAMS: [ParamSpec; 12] = [
    ParamSpec {
        id: "method",
        symbol: "",
        kind: Kind::Choice(&["nce", "conditional", "adaptive"]),
        default: Value::Choice("nce"),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "width",
        symbol: "s",
        kind: Kind::Real { min: WIDTH_RANGE.0, max: WIDTH_RANGE.1, scale: Scale::Log },
        default: Value::Real(1.0),
        effect: Effect::Live,
        applies: has_outside_noise,
    },
    ParamSpec {
        id: "shift",
        symbol: "m",
        kind: Kind::Real { min: -4.0, max: 4.0, scale: Scale::Linear(0.25) },
        default: Value::Real(0.0),
        effect: Effect::Live,
        applies: has_outside_noise,
    },
    ParamSpec {
        id: "ratio",
        symbol: "ν",
        kind: Kind::Integer { min: 1, max: MOST_RATIO as i64, scale: Scale::Log },
        default: Value::Integer(1),
        effect: Effect::Live,
        applies: has_outside_noise,
    },
    ParamSpec {
        id: "shape",
        symbol: "",
        kind: Kind::Choice(&Shape::IDS),
        default: Value::Choice("gaussian"),
        effect: Effect::Live,
        applies: has_outside_noise,
    },
    ParamSpec {
        id: "eps",
        symbol: "ε",
        kind: Kind::Real { min: EPS_RANGE.0, max: EPS_RANGE.1, scale: Scale::Log },
        default: Value::Real(1.0),
        effect: Effect::Live,
        applies: is_conditional,
    },
    ParamSpec {
        id: "kappa",
        symbol: "κ",
        kind: Kind::Integer { min: 1, max: MOST_RATIO as i64, scale: Scale::Log },
        default: Value::Integer(1),
        effect: Effect::Live,
        applies: is_conditional,
    },
    ParamSpec {
        id: "rounds",
        symbol: "R",
        kind: Kind::Integer { min: 1, max: MOST_ROUNDS as i64 - 1, scale: Scale::Linear(1.0) },
        default: Value::Integer(3),
        effect: Effect::Live,
        applies: adapts,
    },
    ParamSpec {
        id: "data",
        symbol: "D",
        kind: Kind::Choice(&["gaussian", "well"]),
        default: Value::Choice("gaussian"),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "barrier",
        symbol: "h",
        kind: Kind::Real { min: 0.2, max: 8.0, scale: Scale::Log },
        default: Value::Real(2.0),
        effect: Effect::Restart,
        applies: is_well,
    },
    ParamSpec {
        id: "points",
        symbol: "N",
        kind: Kind::Integer { min: 50, max: 1_000, scale: Scale::Log },
        default: Value::Integer(500),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "fits",
        symbol: "",
        kind: Kind::Integer { min: 1, max: 64, scale: Scale::Log },
        default: Value::Integer(8),
        effect: Effect::Live,
        applies: always,
    },
];

static PRESETS: [Preset; 7] = [
    Preset { id: "too-narrow", values: &[("width", Value::Real(0.5))] },
    Preset { id: "far-too-wide", values: &[("width", Value::Real(8.0))] },
    Preset { id: "best", values: &[("width", Value::Real(1.67))] },
    Preset { id: "beside", values: &[("shift", Value::Real(2.0))] },
    Preset {
        id: "uncovering",
        values: &[("shape", Value::Choice("uniform")), ("width", Value::Real(0.5))],
    },
    Preset { id: "data-plus-noise", values: &[("method", Value::Choice("conditional"))] },
    Preset {
        id: "yesterdays-model",
        values: &[
            ("method", Value::Choice("adaptive")),
            ("data", Value::Choice("well")),
            ("width", Value::Real(4.0)),
        ],
    },
];

static QUESTIONS: [Question; 2] = [
    Question {
        id: "unlike-the-data",
        setup: &[("points", Value::Integer(300)), ("fits", Value::Integer(16))],
        change: &[("width", Value::Real(1.67))],
        readout: "nvar",
        steps: 300,
    },
    Question {
        id: "smaller-steps",
        setup: &[("method", Value::Choice("conditional"))],
        change: &[("eps", Value::Real(0.3))],
        readout: "nvar",
        steps: 120,
    },
];
