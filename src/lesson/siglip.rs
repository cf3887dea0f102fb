//! 4.1 CLIP and SigLIP: two encoders learn to put what belongs together side by side, by a softmax
//! over the batch and by a sigmoid a pair, from one start and on the same batches; how well each
//! finds held-out pairs, and what the scale and the bias do.
//!
//! Radford et al., Learning transferable visual models from natural language supervision, ICML 2021;
//! Zhai, Mustafa, Kolesnikov and Beyer, Sigmoid loss for language image pre-training, ICCV 2023.

mod baseline;
mod claims;
mod ground;
mod joint;
mod picture;
mod retrieval;
mod sweep;
#[cfg(test)]
mod tests;
mod towers;
mod training;

use crate::lab::Label;
use crate::lab::blueprint::{Blueprint, Preset, Takes};
use crate::lab::param::{Effect, Kind, ParamSpec, Scale, Settings, Value, always};
use crate::lab::question::Question;

const PAIRS: &[Label] = &["halves", "english", "korean"];
const BIASES: &[Label] = &["minus-ten", "balanced", "zero"];
const SHOWN: &[Label] = &["clip", "siglip"];

/// Whether the training is of one batch size.
fn one_training(settings: &Settings) -> bool {
    !settings.switch("sweep")
}

static PARAMS: [ParamSpec; 13] = [
    ParamSpec {
        id: "pairs",
        symbol: "",
        kind: Kind::Choice(PAIRS),
        default: Value::Choice("halves"),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "batch",
        symbol: "N",
        kind: Kind::Integer { min: 2, max: 512, scale: Scale::Log },
        default: Value::Integer(64),
        effect: Effect::Restart,
        applies: one_training,
    },
    ParamSpec {
        id: "bias",
        symbol: "b",
        kind: Kind::Choice(BIASES),
        default: Value::Choice("minus-ten"),
        effect: Effect::Restart,
        applies: one_training,
    },
    ParamSpec {
        id: "learn_bias",
        symbol: "",
        kind: Kind::Switch,
        default: Value::Switch(true),
        effect: Effect::Live,
        applies: one_training,
    },
    ParamSpec {
        id: "scale",
        symbol: "t",
        kind: Kind::Real { min: 1.0, max: 100.0, scale: Scale::Log },
        default: Value::Real(10.0),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "learn_scale",
        symbol: "",
        kind: Kind::Switch,
        default: Value::Switch(true),
        effect: Effect::Live,
        applies: one_training,
    },
    ParamSpec {
        id: "matched",
        symbol: "",
        kind: Kind::Switch,
        default: Value::Switch(true),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "encoders",
        symbol: "",
        kind: Kind::Switch,
        default: Value::Switch(true),
        effect: Effect::Live,
        applies: one_training,
    },
    ParamSpec {
        id: "show",
        symbol: "",
        kind: Kind::Choice(SHOWN),
        default: Value::Choice("siglip"),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "sweep",
        symbol: "",
        kind: Kind::Switch,
        default: Value::Switch(false),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "learning_rate",
        symbol: "α",
        kind: Kind::Real { min: 1e-5, max: 0.03, scale: Scale::Log },
        default: Value::Real(0.001),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "width",
        symbol: "H",
        kind: Kind::Integer { min: 8, max: 256, scale: Scale::Log },
        default: Value::Integer(128),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "dimension",
        symbol: "d",
        kind: Kind::Integer { min: 2, max: 64, scale: Scale::Log },
        default: Value::Integer(32),
        effect: Effect::Restart,
        applies: always,
    },
];

static PRESETS: [Preset; 8] = [
    Preset { id: "halves", values: &[] },
    Preset { id: "captions", values: &[("pairs", Value::Choice("english"))] },
    Preset { id: "korean-captions", values: &[("pairs", Value::Choice("korean"))] },
    Preset {
        id: "no-information",
        values: &[("matched", Value::Switch(false)), ("encoders", Value::Switch(false))],
    },
    Preset {
        id: "bias-zero",
        values: &[("bias", Value::Choice("zero")), ("batch", Value::Integer(128))],
    },
    Preset { id: "small-batch", values: &[("batch", Value::Integer(4))] },
    Preset { id: "large-batch", values: &[("batch", Value::Integer(512))] },
    Preset { id: "batch-sizes", values: &[("sweep", Value::Switch(true))] },
];

static QUESTIONS: [Question; 3] = [
    Question {
        id: "larger-batch",
        setup: &[("batch", Value::Integer(4))],
        change: &[("batch", Value::Integer(64))],
        readout: "siglip-recall-5",
        steps: 400,
    },
    Question {
        id: "zero-bias",
        setup: &[("batch", Value::Integer(128))],
        change: &[("bias", Value::Choice("zero"))],
        readout: "siglip-recall-5",
        steps: 400,
    },
    Question {
        id: "no-information",
        setup: &[("matched", Value::Switch(false)), ("encoders", Value::Switch(false))],
        change: &[("batch", Value::Integer(8))],
        readout: "siglip-bias",
        steps: 1_000,
    },
];

/// The lesson.
pub static BLUEPRINT: Blueprint = Blueprint {
    id: "siglip",
    number: (4, 1),
    params: &PARAMS,
    presets: &PRESETS,
    readouts: &picture::READOUTS,
    layout: &[&["recall", "logits"], &["path", "pairs"]],
    pace: 60.0,
    questions: &QUESTIONS,
    claims: claims::CLAIMS,
    timed: &[],
    takes: Takes::Nothing,
    data_param: None,
    build: |settings, _, rng| Ok(Box::new(training::Training::new(settings, rng))),
};
