//! 2.5 Noise for words: a log-bilinear language model learned with the sum over all words and
//! without it, and what negative sampling estimates instead.
//!
//! Mnih and Teh, A fast and simple algorithm for training neural probabilistic language models,
//! ICML 2012; Mikolov et al., NeurIPS 2013 (negative sampling); Ma and Collins, EMNLP 2018
//! (ranking); Dyer, Notes on noise contrastive estimation and negative sampling, 2014.

mod claims;
mod neighbours;
mod picture;
#[cfg(test)]
mod tests;
mod training;

use crate::lab::blueprint::{Blueprint, Preset, Takes};
use crate::lab::param::{Effect, Kind, ParamSpec, Scale, Settings, Value, Word, always};
use crate::lab::question::Question;

/// The largest vocabulary: all of Alice's and some more.
const MOST_WORDS: i64 = 3_000;

fn draws_noise(settings: &Settings) -> bool {
    settings.choice("method") != "softmax"
}

static PARAMS: [ParamSpec; 10] = [
    ParamSpec {
        id: "method",
        symbol: "",
        kind: Kind::Choice(&["nce", "softmax", "ranking", "negative-sampling"]),
        default: Value::Choice("nce"),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "negatives",
        symbol: "k",
        kind: Kind::Integer { min: 1, max: 1_000, scale: Scale::Log },
        default: Value::Integer(10),
        effect: Effect::Live,
        applies: draws_noise,
    },
    ParamSpec {
        id: "alpha",
        symbol: "α",
        kind: Kind::Real { min: 0.0, max: 1.0, scale: Scale::Linear(0.05) },
        default: Value::Real(0.75),
        effect: Effect::Live,
        applies: draws_noise,
    },
    ParamSpec {
        id: "vocabulary",
        symbol: "V",
        kind: Kind::Integer { min: 50, max: MOST_WORDS, scale: Scale::Log },
        default: Value::Integer(1_000),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "word",
        symbol: "w",
        kind: Kind::Word,
        default: Value::Word(Word::fixed(neighbours::FIRST_WORD)),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "context",
        symbol: "n",
        kind: Kind::Integer { min: 1, max: 4, scale: Scale::Linear(1.0) },
        default: Value::Integer(2),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "dimension",
        symbol: "d",
        kind: Kind::Integer { min: 8, max: 64, scale: Scale::Linear(8.0) },
        default: Value::Integer(24),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "batch",
        symbol: "B",
        kind: Kind::Integer { min: 16, max: 256, scale: Scale::Log },
        default: Value::Integer(100),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "learning_rate",
        symbol: "λ",
        kind: Kind::Real { min: 1e-3, max: 2.0, scale: Scale::Log },
        default: Value::Real(0.1),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "decay",
        symbol: "δ",
        kind: Kind::Real { min: 0.0, max: 0.1, scale: Scale::Linear(0.005) },
        default: Value::Real(0.01),
        effect: Effect::Live,
        applies: always,
    },
];

static PRESETS: [Preset; 6] = [
    Preset { id: "full-softmax", values: &[("method", Value::Choice("softmax"))] },
    Preset { id: "word2vec", values: &[("method", Value::Choice("negative-sampling"))] },
    Preset { id: "one-of-many", values: &[("method", Value::Choice("ranking"))] },
    Preset { id: "uniform-noise", values: &[("alpha", Value::Real(0.0))] },
    Preset { id: "single-noise", values: &[("negatives", Value::Integer(1))] },
    Preset { id: "whole-book", values: &[("vocabulary", Value::Integer(2_674))] },
];

static QUESTIONS: [Question; 2] = [
    Question {
        id: "forget-noise",
        setup: &[],
        change: &[("method", Value::Choice("negative-sampling"))],
        readout: "perplexity",
        steps: 300,
    },
    Question {
        id: "free-normaliser",
        setup: &[],
        change: &[("method", Value::Choice("softmax"))],
        readout: "log_z_spread",
        steps: 300,
    },
];

/// The lesson.
pub static BLUEPRINT: Blueprint = Blueprint {
    id: "word-noise",
    number: (2, 5),
    params: &PARAMS,
    presets: &PRESETS,
    readouts: &[
        "perplexity",
        "perplexity_unigram",
        "perplexity_twin",
        "log_z_mean",
        "log_z_spread",
        "loss",
        "operations",
        "passes",
        "updates",
        "words",
        "unknown",
    ],
    layout: &[&["progress", "normaliser"], &["neighbours", "cost"]],
    pace: 60.0,
    questions: &QUESTIONS,
    claims: claims::CLAIMS,
    timed: &[],
    takes: Takes::Text,
    data_param: None,
    build: |settings, source, rng| Ok(Box::new(training::Training::new(settings, source, rng))),
};
