//! 3.2 Mutual information: correlated Gaussians, whose information is known, read by InfoNCE and by
//! three other estimators with the true and with a learned critic; what each is off by and how far it
//! scatters, as the batch, the dimension and the information change; and the ceiling at log N.
//!
//! The estimators and their papers are in [`crate::objective::mutual_information`]. The experiment
//! follows Poole and others, On variational bounds of mutual information, ICML 2019, and Song and
//! Ermon, Understanding the limitations of variational mutual information estimators, ICLR 2020.

mod claims;
mod critic;
mod encoders;
mod estimation;
mod gaussians;
mod law;
mod picture;
mod scores;
#[cfg(test)]
mod tests;
mod track;

use crate::lab::blueprint::{Blueprint, Preset, Takes};
use crate::lab::param::{Effect, Kind, ParamSpec, Scale, Settings, Value, always};
use crate::lab::question::Question;
use critic::CRITICS;

fn learns(settings: &Settings) -> bool {
    settings.choice("critic") != "true"
}

fn is_true(settings: &Settings) -> bool {
    !learns(settings)
}

/// With d = 20: 1 - rho^2 = e^-1, so that I = 10.
const TEN_NATS: f64 = 0.795_060_097_620_650_1;
/// The same as one would type it: I = 9.998.
const NEARLY_TEN: f64 = 0.795;

/// The plan of the lesson.
pub static BLUEPRINT: Blueprint = Blueprint {
    id: "mutual-information",
    number: (3, 2),
    params: &PARAMS,
    presets: &PRESETS,
    readouts: &[
        "information",
        "ceiling",
        "info-nce",
        "nwj",
        "dv",
        "nce",
        "plug-in",
        "mass",
        "sd-info-nce",
        "sd-nwj",
        "sd-dv",
        "sd-nce",
        "batches",
    ],
    layout: &[&["course", "against-n"], &["spread", "scores"]],
    pace: 60.0,
    questions: &QUESTIONS,
    claims: claims::CLAIMS,
    timed: &[],
    takes: Takes::Nothing,
    data_param: None,
    build: |settings, _, rng| Ok(Box::new(estimation::Estimation::new(settings, rng))),
};

static PARAMS: [ParamSpec; 8] = [
    ParamSpec {
        id: "correlation",
        symbol: "ρ",
        kind: Kind::Real { min: 0.0, max: 0.99, scale: Scale::Linear(0.05) },
        default: Value::Real(0.5),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "dimension",
        symbol: "d",
        kind: Kind::Integer { min: 1, max: 64, scale: Scale::Log },
        default: Value::Integer(20),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "batch",
        symbol: "N",
        kind: Kind::Integer { min: 2, max: 1_024, scale: Scale::Log },
        default: Value::Integer(64),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "critic",
        symbol: "f",
        kind: Kind::Choice(&CRITICS),
        default: Value::Choice("true"),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "train",
        symbol: "",
        kind: Kind::Choice(&["info-nce", "nwj", "dv", "nce"]),
        default: Value::Choice("info-nce"),
        effect: Effect::Live,
        applies: learns,
    },
    ParamSpec {
        id: "learning_rate",
        symbol: "η",
        kind: Kind::Real { min: 1e-4, max: 0.1, scale: Scale::Log },
        default: Value::Real(3e-3),
        effect: Effect::Live,
        applies: learns,
    },
    ParamSpec {
        id: "offset",
        symbol: "c",
        kind: Kind::Real { min: -3.0, max: 3.0, scale: Scale::Linear(0.25) },
        default: Value::Real(0.0),
        effect: Effect::Live,
        applies: is_true,
    },
    ParamSpec {
        id: "row_offset",
        symbol: "g",
        kind: Kind::Real { min: -2.0, max: 2.0, scale: Scale::Linear(0.25) },
        default: Value::Real(0.0),
        effect: Effect::Live,
        applies: is_true,
    },
];

static PRESETS: [Preset; 7] = [
    Preset { id: "within-reach", values: &[] },
    Preset { id: "saturated", values: &[("correlation", Value::Real(NEARLY_TEN))] },
    Preset {
        id: "large-batch",
        values: &[("correlation", Value::Real(NEARLY_TEN)), ("batch", Value::Integer(1_024))],
    },
    Preset {
        id: "learned-critic",
        values: &[("critic", Value::Choice("encoders")), ("batch", Value::Integer(128))],
    },
    Preset {
        id: "unstable",
        values: &[
            ("correlation", Value::Real(NEARLY_TEN)),
            ("critic", Value::Choice("quadratic")),
            ("train", Value::Choice("nwj")),
        ],
    },
    Preset { id: "wrong-normaliser", values: &[("offset", Value::Real(1.0))] },
    Preset { id: "no-information", values: &[("correlation", Value::Real(0.0))] },
];

static QUESTIONS: [Question; 3] = [
    Question {
        id: "more-candidates",
        setup: &[("correlation", Value::Real(NEARLY_TEN)), ("batch", Value::Integer(8))],
        change: &[("batch", Value::Integer(64))],
        readout: "info-nce",
        steps: 100,
    },
    Question {
        id: "more-dimensions",
        setup: &[
            ("correlation", Value::Real(0.3)),
            ("dimension", Value::Integer(10)),
            ("batch", Value::Integer(16)),
        ],
        change: &[("dimension", Value::Integer(40))],
        readout: "sd-nwj",
        steps: 400,
    },
    Question {
        id: "a-shift",
        setup: &[],
        change: &[("offset", Value::Real(1.0)), ("row_offset", Value::Real(1.0))],
        readout: "info-nce",
        steps: 100,
    },
];
