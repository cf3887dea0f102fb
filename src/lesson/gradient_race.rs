//! 2.2 The gradient race: one model of two parameters, its exact gradient by quadrature, and eight
//! ways to do without: short and persistent Markov chains, noise-contrastive estimation, score
//! matching, at the same number of evaluations.
//!
//! Hinton, Neural Computation 14, 2002; Tieleman, ICML 2008; Gutmann and Hyvarinen, JMLR 13, 2012;
//! Ceylan and Gutmann, ICML 2018; Hyvarinen, JMLR 6, 2005; Vincent, Neural Computation 23, 2011;
//! Song, Garg, Shi and Ermon, UAI 2019.

mod claims;
mod clock;
mod contest;
mod fits;
mod gradient;
mod method;
mod picture;
mod population;
mod probe;
mod race;
mod setup;
#[cfg(test)]
mod tests;

use crate::lab::blueprint::{Blueprint, Preset, Takes};
use crate::lab::param::{Effect, Kind, ParamSpec, Scale, Settings, Value, always};
use crate::lab::question::Question;

fn chooses_cnce(settings: &Settings) -> bool {
    settings.choice("contrast") == "cnce"
}

fn chooses_denoising(settings: &Settings) -> bool {
    settings.choice("match") == "denoising"
}

static PARAMS: [ParamSpec; 15] = [
    ParamSpec {
        id: "steps",
        symbol: "k",
        kind: Kind::Integer { min: 1, max: 1_000, scale: Scale::Log },
        default: Value::Integer(10),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "nu",
        symbol: "ν",
        kind: Kind::Integer { min: 1, max: 100, scale: Scale::Log },
        default: Value::Integer(1),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "height",
        symbol: "h",
        kind: Kind::Real { min: 0.05, max: 50.0, scale: Scale::Log },
        default: Value::Real(2.0),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "chain",
        symbol: "",
        kind: Kind::Choice(&["cd-ula", "cd-mala", "pcd"]),
        default: Value::Choice("cd-ula"),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "contrast",
        symbol: "",
        kind: Kind::Choice(&["nce", "cnce"]),
        default: Value::Choice("nce"),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "match",
        symbol: "",
        kind: Kind::Choice(&["implicit", "denoising", "sliced"]),
        default: Value::Choice("implicit"),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "part",
        symbol: "",
        kind: Kind::Choice(&["tilt", "height", "both"]),
        default: Value::Choice("tilt"),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "against",
        symbol: "",
        kind: Kind::Choice(&["evaluations", "seconds"]),
        default: Value::Choice("evaluations"),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "step_size",
        symbol: "η",
        kind: Kind::Real { min: 1e-4, max: 1.0, scale: Scale::Log },
        default: Value::Real(0.02),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "epsilon",
        symbol: "ε",
        kind: Kind::Real { min: 0.05, max: 5.0, scale: Scale::Log },
        default: Value::Real(1.0),
        effect: Effect::Restart,
        applies: chooses_cnce,
    },
    ParamSpec {
        id: "sigma",
        symbol: "σ",
        kind: Kind::Real { min: 0.05, max: 3.0, scale: Scale::Log },
        default: Value::Real(0.2),
        effect: Effect::Restart,
        applies: chooses_denoising,
    },
    ParamSpec {
        id: "points",
        symbol: "N",
        kind: Kind::Integer { min: 50, max: 5_000, scale: Scale::Log },
        default: Value::Integer(500),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "budget",
        symbol: "B",
        kind: Kind::Integer { min: 50, max: 1_000, scale: Scale::Log },
        default: Value::Integer(400),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "learning_rate",
        symbol: "α",
        kind: Kind::Real { min: 1e-4, max: 1.0, scale: Scale::Log },
        default: Value::Real(0.05),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "distance",
        symbol: "δ",
        kind: Kind::Real { min: 0.1, max: 3.0, scale: Scale::Log },
        default: Value::Real(1.0),
        effect: Effect::Restart,
        applies: always,
    },
];

static PRESETS: [Preset; 6] = [
    Preset { id: "one-step", values: &[("steps", Value::Integer(1))] },
    Preset {
        id: "long-chains",
        values: &[("steps", Value::Integer(100)), ("chain", Value::Choice("cd-mala"))],
    },
    Preset {
        id: "persistent",
        values: &[("chain", Value::Choice("pcd")), ("step_size", Value::Real(0.05))],
    },
    Preset { id: "much-noise", values: &[("nu", Value::Integer(10))] },
    Preset { id: "high-barrier", values: &[("height", Value::Real(6.0))] },
    Preset {
        id: "noised",
        values: &[
            ("contrast", Value::Choice("cnce")),
            ("match", Value::Choice("denoising")),
            ("sigma", Value::Real(0.3)),
        ],
    },
];

static QUESTIONS: [Question; 2] = [
    Question {
        id: "longer",
        setup: &[("steps", Value::Integer(1))],
        change: &[("steps", Value::Integer(30))],
        readout: "cosine_chain",
        steps: 60,
    },
    Question {
        id: "higher",
        setup: &[],
        change: &[("height", Value::Real(6.0))],
        readout: "nvar_sm",
        steps: 60,
    },
];

/// The lesson.
pub static BLUEPRINT: Blueprint = Blueprint {
    id: "gradient-race",
    number: (2, 2),
    params: &PARAMS,
    presets: &PRESETS,
    readouts: &[
        "cosine_chain",
        "cosine_nce",
        "cosine_sm",
        "bias_chain",
        "bias_nce",
        "bias_sm",
        "error_exact",
        "error_chain",
        "error_nce",
        "error_sm",
        "floor",
        "nvar_mle",
        "nvar_nce",
        "nvar_sm",
        "time_exact",
        "time_chain",
        "time_nce",
        "time_sm",
        "fits",
        "evaluations",
    ],
    layout: &[&["race", "race-time", "gradient"], &["minimisers", "methods"]],
    pace: 60.0,
    questions: &QUESTIONS,
    claims: claims::CLAIMS,
    timed: &["time_exact", "time_chain", "time_nce", "time_sm", "race-time"],
    takes: Takes::Nothing,
    data_param: None,
    build: |settings, _, rng| Ok(Box::new(contest::Contest::new(settings, rng))),
};
