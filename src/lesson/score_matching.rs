//! 1.7 Score matching: an energy is fitted through its slope alone. Implicit, sliced and denoising
//! score matching on targets whose score has a closed form; what each learns, what none of them
//! sees, and samples from the learned score.
//!
//! Hyvarinen, JMLR 6, 2005; Vincent, Neural Computation 23, 2011; Song, Garg, Shi and Ermon, UAI
//! 2019; Song and Ermon, NeurIPS 2019.

mod claims;
mod matching;
mod measure;
mod picture;
mod samples;
mod target;
#[cfg(test)]
mod tests;

use crate::lab::blueprint::{Blueprint, Preset, Takes};
use crate::lab::param::{Effect, Kind, ParamSpec, Scale, Settings, Value, always};
use crate::lab::question::Question;
use matching::Matching;

fn denoises(settings: &Settings) -> bool {
    settings.choice("method") == "denoising"
}

fn slices(settings: &Settings) -> bool {
    settings.choice("method") == "sliced"
}

fn is_far(settings: &Settings) -> bool {
    settings.choice("data") == "far-modes"
}

fn samples(settings: &Settings) -> bool {
    settings.switch("sample")
}

/// The plan of the lesson.
pub static BLUEPRINT: Blueprint = Blueprint {
    id: "score-matching",
    number: (1, 7),
    params: &PARAMS,
    presets: &PRESETS,
    readouts: &[
        "objective",
        "fisher",
        "fisher_sigma",
        "kl",
        "cosine",
        "weight_left",
        "weight_sampled",
        "model_samples",
        "gradient_check",
    ],
    layout: &[&["scores", "density"], &["course", "weights"]],
    pace: 60.0,
    questions: &QUESTIONS,
    claims: claims::CLAIMS,
    timed: &[],
    takes: Takes::Nothing,
    data_param: None,
    build: |settings, _, rng| Ok(Box::new(Matching::new(settings, rng))),
};

static PARAMS: [ParamSpec; 13] = [
    ParamSpec {
        id: "method",
        symbol: "",
        kind: Kind::Choice(&["implicit", "sliced", "denoising"]),
        default: Value::Choice("implicit"),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "sigma",
        symbol: "σ",
        kind: Kind::Real { min: 0.02, max: 3.0, scale: Scale::Log },
        default: Value::Real(0.3),
        effect: Effect::Live,
        applies: denoises,
    },
    ParamSpec {
        id: "data",
        symbol: "D",
        kind: Kind::Choice(&["two-bumps", "three-bumps", "far-modes", "eight-gaussians", "moons"]),
        default: Value::Choice("two-bumps"),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "sample",
        symbol: "",
        kind: Kind::Switch,
        default: Value::Switch(false),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "learning_rate",
        symbol: "α",
        kind: Kind::Real { min: 1e-5, max: 1.0, scale: Scale::Log },
        default: Value::Real(0.005),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "batch",
        symbol: "N",
        kind: Kind::Integer { min: 1, max: 512, scale: Scale::Log },
        default: Value::Integer(200),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "projections",
        symbol: "M",
        kind: Kind::Integer { min: 1, max: 8, scale: Scale::Linear(1.0) },
        default: Value::Integer(1),
        effect: Effect::Live,
        applies: slices,
    },
    ParamSpec {
        id: "weight",
        symbol: "w",
        kind: Kind::Real { min: 0.05, max: 0.95, scale: Scale::Linear(0.05) },
        default: Value::Real(0.9),
        effect: Effect::Restart,
        applies: is_far,
    },
    ParamSpec {
        id: "distance",
        symbol: "a",
        kind: Kind::Real { min: 1.0, max: 8.0, scale: Scale::Linear(0.5) },
        default: Value::Real(4.0),
        effect: Effect::Restart,
        applies: is_far,
    },
    ParamSpec {
        id: "start_temperature",
        symbol: "T",
        kind: Kind::Real { min: 1.0, max: 100.0, scale: Scale::Log },
        default: Value::Real(10.0),
        effect: Effect::Live,
        applies: samples,
    },
    ParamSpec {
        id: "step_size",
        symbol: "η",
        kind: Kind::Real { min: 1e-4, max: 1.0, scale: Scale::Log },
        default: Value::Real(0.01),
        effect: Effect::Live,
        applies: samples,
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
        id: "layers",
        symbol: "L",
        kind: Kind::Integer { min: 1, max: 3, scale: Scale::Linear(1.0) },
        default: Value::Integer(2),
        effect: Effect::Restart,
        applies: always,
    },
];

static PRESETS: [Preset; 5] = [
    Preset {
        id: "arrows",
        values: &[
            ("data", Value::Choice("eight-gaussians")),
            ("method", Value::Choice("denoising")),
            ("sigma", Value::Real(0.15)),
        ],
    },
    Preset {
        id: "sliced-moons",
        values: &[("data", Value::Choice("moons")), ("method", Value::Choice("sliced"))],
    },
    Preset {
        id: "too-much-noise",
        values: &[("method", Value::Choice("denoising")), ("sigma", Value::Real(1.0))],
    },
    Preset {
        id: "too-little-noise",
        values: &[("method", Value::Choice("denoising")), ("sigma", Value::Real(0.03))],
    },
    Preset {
        id: "blind",
        values: &[
            ("data", Value::Choice("far-modes")),
            ("weight", Value::Real(0.5)),
            ("distance", Value::Real(6.0)),
        ],
    },
];

static QUESTIONS: [Question; 3] = [
    Question {
        id: "more-noise",
        setup: &[("method", Value::Choice("denoising")), ("sigma", Value::Real(0.1))],
        change: &[("sigma", Value::Real(1.0))],
        readout: "fisher",
        steps: 600,
    },
    Question {
        id: "further-apart",
        setup: &[
            ("data", Value::Choice("far-modes")),
            ("weight", Value::Real(0.5)),
            ("distance", Value::Real(2.0)),
        ],
        change: &[("distance", Value::Real(6.0))],
        readout: "kl",
        steps: 600,
    },
    Question {
        id: "no-samples",
        setup: &[("batch", Value::Integer(50))],
        change: &[("batch", Value::Integer(200))],
        readout: "model_samples",
        steps: 100,
    },
];
