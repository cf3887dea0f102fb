//! 2.6 Noise for pictures: an energy of handwritten digits by noise-contrastive estimation, with
//! noises of a known density and with mere rules for making negatives, and what the energy comes
//! to see by what it was shown.
//!
//! Gutmann and Hyvarinen, JMLR 13, 2012 (the method; section 5.3 has it on patches of images);
//! Rhodes, Xu and Gutmann, Telescoping density-ratio estimation, NeurIPS 2020 (a noise too far from
//! the data is told apart before anything is learned).

mod claims;
mod ground;
mod picture;
#[cfg(test)]
mod tests;
mod training;
mod walkers;

use crate::lab::Label;
use crate::lab::blueprint::{Blueprint, Preset, Takes};
use crate::lab::param::{Effect, Kind, ParamSpec, Scale, Settings, Value, always};
use crate::lab::question::Question;

const NOISES: &[Label] = &["gaussian", "independent", "uniform", "mixture", "shuffled", "others"];
const DIGITS: &[Label] = &["all", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const FOREIGN: &[Label] = &["uniform", "shuffled", "independent", "gaussian", "mirrored", "others"];

/// Whether the noise is more than a rule.
fn has_value(settings: &Settings) -> bool {
    crate::data::pixels::Kind::from_id(settings.choice("noise"))
        .is_some_and(crate::data::pixels::Kind::has_density)
}

static PARAMS: [ParamSpec; 11] = [
    ParamSpec {
        id: "noise",
        symbol: "",
        kind: Kind::Choice(NOISES),
        default: Value::Choice("gaussian"),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "digit",
        symbol: "",
        kind: Kind::Choice(DIGITS),
        default: Value::Choice("all"),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "foreign",
        symbol: "",
        kind: Kind::Choice(FOREIGN),
        default: Value::Choice("mirrored"),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "value",
        symbol: "",
        kind: Kind::Switch,
        default: Value::Switch(true),
        effect: Effect::Restart,
        applies: has_value,
    },
    ParamSpec {
        id: "ratio",
        symbol: "ν",
        kind: Kind::Integer { min: 1, max: 20, scale: Scale::Log },
        default: Value::Integer(5),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "chain_steps",
        symbol: "k",
        kind: Kind::Integer { min: 1, max: 2_000, scale: Scale::Log },
        default: Value::Integer(100),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "step_size",
        symbol: "η",
        kind: Kind::Real { min: 1e-4, max: 0.1, scale: Scale::Log },
        default: Value::Real(0.01),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "learning_rate",
        symbol: "α",
        kind: Kind::Real { min: 1e-5, max: 0.03, scale: Scale::Log },
        default: Value::Real(0.003),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "batch",
        symbol: "N",
        kind: Kind::Integer { min: 16, max: 256, scale: Scale::Log },
        default: Value::Integer(128),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "width",
        symbol: "H",
        kind: Kind::Integer { min: 4, max: 128, scale: Scale::Log },
        default: Value::Integer(64),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "jitter",
        symbol: "s",
        kind: Kind::Real { min: 0.1, max: 1.0, scale: Scale::Linear(0.1) },
        default: Value::Real(0.2),
        effect: Effect::Restart,
        applies: always,
    },
];

static PRESETS: [Preset; 6] = [
    Preset { id: "pixels-alone", values: &[("noise", Value::Choice("independent"))] },
    Preset { id: "too-easy", values: &[("noise", Value::Choice("uniform"))] },
    Preset { id: "half-and-half", values: &[("noise", Value::Choice("mixture"))] },
    Preset { id: "rule-alone", values: &[("noise", Value::Choice("shuffled"))] },
    Preset {
        id: "threes",
        values: &[("noise", Value::Choice("others")), ("digit", Value::Choice("3"))],
    },
    Preset { id: "long-walk", values: &[("chain_steps", Value::Integer(2_000))] },
];

static QUESTIONS: [Question; 3] = [
    Question {
        id: "better-noise",
        setup: &[("noise", Value::Choice("uniform"))],
        change: &[("noise", Value::Choice("gaussian"))],
        readout: "auroc_mirrored",
        steps: 300,
    },
    Question {
        id: "nearer-noise",
        setup: &[("digit", Value::Choice("3"))],
        change: &[("noise", Value::Choice("others"))],
        readout: "auroc_gaussian",
        steps: 300,
    },
    Question {
        id: "longer-walk",
        setup: &[],
        change: &[("chain_steps", Value::Integer(2_000))],
        readout: "chain_gap",
        steps: 600,
    },
];

/// The lesson.
pub static BLUEPRINT: Blueprint = Blueprint {
    id: "image-noise",
    number: (2, 6),
    params: &PARAMS,
    presets: &PRESETS,
    readouts: &[
        "auroc_uniform",
        "auroc_shuffled",
        "auroc_independent",
        "auroc_gaussian",
        "auroc_mirrored",
        "auroc_others",
        "auroc_baseline",
        "auroc_held_out",
        "energy_gap",
        "chain_gap",
        "loss",
        "accuracy",
        "c",
        "updates",
    ],
    layout: &[&["ranked", "auroc"], &["generated", "energies"]],
    pace: 60.0,
    questions: &QUESTIONS,
    claims: claims::CLAIMS,
    timed: &[],
    takes: Takes::Nothing,
    data_param: None,
    build: |settings, _, rng| Ok(Box::new(training::Training::new(settings, rng)?)),
};
