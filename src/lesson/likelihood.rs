//! 1.4 What the gradient of the likelihood does: an energy trained by the exact gradient, its two
//! phases in sight, and a knob that takes the model phase away.
//!
//! Hinton, Training products of experts by minimizing contrastive divergence, Neural Computation
//! 14, 2002 (the two phases); LeCun, Chopra, Hadsell, Ranzato and Huang, A tutorial on energy-based
//! learning, 2006.

mod claims;
mod figures;
mod fit;
mod form;
mod ground;
mod harmonic;
mod picture;
#[cfg(test)]
mod tests;

use crate::lab::blueprint::{Blueprint, Preset, Takes};
use crate::lab::param::{Effect, Kind, ParamSpec, Scale, Settings, Value, always};
use crate::lab::question::Question;
use crate::lesson::shared::sample::{DATA, is_toy};

/// The plan of the lesson.
pub static BLUEPRINT: Blueprint = Blueprint {
    id: "likelihood",
    number: (1, 4),
    params: &PARAMS,
    presets: &PRESETS,
    readouts: &[
        "nll",
        "nll_held_out",
        "nll_expected",
        "kl",
        "entropy",
        "identity",
        "nll_kernel",
        "mean_energy",
        "log_z",
        "data_phase",
        "model_phase_norm",
        "gradient_norm",
        "gradient_check",
        "stiffness",
        "mass",
    ],
    layout: &[&["forces", "energy"], &["terms", "progress"]],
    pace: 60.0,
    questions: &QUESTIONS,
    claims: claims::CLAIMS,
    timed: &[],
    takes: Takes::Columns(2),
    data_param: Some("data"),
    build: |settings, source, rng| Ok(Box::new(fit::Fit::new(settings, source, rng)?)),
};

fn is_network(settings: &Settings) -> bool {
    settings.choice("model") == "network"
}

static PARAMS: [ParamSpec; 8] = [
    ParamSpec {
        id: "model_phase",
        symbol: "s",
        kind: Kind::Real { min: 0.0, max: 1.0, scale: Scale::Linear(0.1) },
        default: Value::Real(1.0),
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
        id: "model",
        symbol: "E",
        kind: Kind::Choice(&["network", "spring"]),
        default: Value::Choice("network"),
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
        id: "points",
        symbol: "N",
        kind: Kind::Integer { min: 10, max: 2000, scale: Scale::Log },
        default: Value::Integer(500),
        effect: Effect::Restart,
        applies: is_toy,
    },
    ParamSpec {
        id: "width",
        symbol: "H",
        kind: Kind::Integer { min: 1, max: 64, scale: Scale::Log },
        default: Value::Integer(32),
        effect: Effect::Restart,
        applies: is_network,
    },
    ParamSpec {
        id: "layers",
        symbol: "L",
        kind: Kind::Integer { min: 1, max: 3, scale: Scale::Linear(1.0) },
        default: Value::Integer(2),
        effect: Effect::Restart,
        applies: is_network,
    },
    ParamSpec {
        id: "weight_decay",
        symbol: "λ",
        kind: Kind::Real { min: 0.0, max: 10.0, scale: Scale::Log },
        default: Value::Real(0.3),
        effect: Effect::Live,
        applies: is_network,
    },
];

static PRESETS: [Preset; 6] = [
    Preset { id: "balance", values: &[] },
    Preset { id: "data-phase-alone", values: &[("model_phase", Value::Real(0.0))] },
    Preset { id: "spring", values: &[("model", Value::Choice("spring"))] },
    Preset {
        id: "spring-alone",
        values: &[
            ("model", Value::Choice("spring")),
            ("model_phase", Value::Real(0.0)),
            ("learning_rate", Value::Real(0.002)),
        ],
    },
    Preset { id: "plane", values: &[("data", Value::Choice("moons"))] },
    Preset {
        id: "by-heart",
        // Less decay, or more units, bends the energy faster than the grid sees: Z would not be exact.
        values: &[("points", Value::Integer(25)), ("weight_decay", Value::Real(0.2))],
    },
];

static QUESTIONS: [Question; 3] = [
    Question {
        id: "only-push-down",
        setup: &[],
        change: &[("model_phase", Value::Real(0.0))],
        readout: "nll",
        steps: 30,
    },
    Question {
        id: "half-a-phase",
        setup: &[("model", Value::Choice("spring"))],
        change: &[("model_phase", Value::Real(0.5))],
        readout: "stiffness",
        steps: 600,
    },
    Question {
        id: "more-points",
        setup: &[("points", Value::Integer(30))],
        change: &[("points", Value::Integer(1000))],
        readout: "kl",
        steps: 300,
    },
];
