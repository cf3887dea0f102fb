//! 4.3 The post's table, NCE against InfoNCE, filled from runs: one model and the same pairs for
//! both, what each needs, sees, costs and reaches; and the verdicts on the thirty claims.
//!
//! Gutmann and Hyvarinen, JMLR 13, 2012 (NCE); van den Oord, Li and Vinyals, arXiv:1807.03748, 2018
//! (InfoNCE); Ma and Collins, Noise contrastive estimation and negative sampling for conditional
//! models: consistency and statistical efficiency, EMNLP 2018 (binary against ranking).

mod claims;
mod comparison;
mod fits;
mod pairs;
mod picture;
mod ranking;
mod row;
mod study;
#[cfg(test)]
mod tests;
mod verdicts;

use crate::lab::blueprint::{Blueprint, Preset, Takes};
use crate::lab::param::{Effect, Kind, ParamSpec, Scale, Value, always};
use crate::lab::question::Question;

static PARAMS: [ParamSpec; 9] = [
    ParamSpec {
        id: "row",
        symbol: "",
        kind: Kind::Choice(&[
            "all",
            "none",
            "noise",
            "estimated",
            "parameters",
            "cost",
            "dependence",
            "accuracy",
            "memory",
        ]),
        default: Value::Choice("all"),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "nu",
        symbol: "ν",
        kind: Kind::Integer { min: 1, max: 16, scale: Scale::Log },
        default: Value::Integer(1),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "batch",
        symbol: "N",
        kind: Kind::Integer { min: 2, max: 256, scale: Scale::Log },
        default: Value::Integer(64),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "correlation",
        symbol: "ρ",
        kind: Kind::Real { min: 0.1, max: 0.95, scale: Scale::Linear(0.05) },
        default: Value::Real(0.7),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "pairs",
        symbol: "n",
        kind: Kind::Integer { min: 64, max: 1_024, scale: Scale::Log },
        default: Value::Integer(512),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "currency",
        symbol: "",
        kind: Kind::Choice(&["encodings", "pairs", "scores"]),
        default: Value::Choice("encodings"),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "budget",
        symbol: "B",
        kind: Kind::Integer { min: 1_000, max: 100_000, scale: Scale::Log },
        default: Value::Integer(10_000),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "learning_rate",
        symbol: "α",
        kind: Kind::Real { min: 1e-3, max: 1.0, scale: Scale::Log },
        default: Value::Real(0.03),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "seeds",
        symbol: "",
        kind: Kind::Integer { min: 4, max: 100, scale: Scale::Log },
        default: Value::Integer(16),
        effect: Effect::Restart,
        applies: always,
    },
];

static PRESETS: [Preset; 5] = [
    Preset { id: "empty", values: &[("row", Value::Choice("none"))] },
    Preset {
        id: "by-scores",
        values: &[("row", Value::Choice("accuracy")), ("currency", Value::Choice("scores"))],
    },
    Preset {
        id: "small-batches",
        values: &[("row", Value::Choice("accuracy")), ("batch", Value::Integer(2))],
    },
    Preset { id: "much-noise", values: &[("nu", Value::Integer(16))] },
    Preset { id: "close-pairs", values: &[("correlation", Value::Real(0.9))] },
];

static QUESTIONS: [Question; 3] = [
    Question {
        id: "more-pairs",
        setup: &[("row", Value::Choice("estimated")), ("pairs", Value::Integer(256))],
        change: &[("pairs", Value::Integer(1_024))],
        readout: "estimated_infonce",
        steps: 200,
    },
    Question {
        id: "by-scores",
        setup: &[("row", Value::Choice("accuracy"))],
        change: &[("currency", Value::Choice("scores"))],
        readout: "accuracy_infonce",
        steps: 400,
    },
    Question {
        id: "more-noise",
        setup: &[("row", Value::Choice("accuracy"))],
        change: &[("nu", Value::Integer(8))],
        readout: "accuracy_nce",
        steps: 400,
    },
];

/// The lesson.
pub static BLUEPRINT: Blueprint = Blueprint {
    id: "compare",
    number: (4, 3),
    params: &PARAMS,
    presets: &PRESETS,
    readouts: &[
        "noise_nce",
        "noise_infonce",
        "estimated_nce",
        "estimated_infonce",
        "parameters_nce",
        "parameters_infonce",
        "cost_nce",
        "cost_infonce",
        "batch_nce",
        "batch_infonce",
        "accuracy_nce",
        "accuracy_infonce",
        "memory_nce",
        "memory_infonce",
        "c_nce",
        "ratio_infonce",
        "split_nce",
        "split_infonce",
        "filled",
    ],
    layout: &[&["post"], &["detail", "claims"]],
    pace: 60.0,
    questions: &QUESTIONS,
    claims: claims::CLAIMS,
    timed: &[],
    takes: Takes::Nothing,
    data_param: None,
    build: |settings, _, rng| Ok(Box::new(comparison::Comparison::new(settings, rng))),
};
