//! 1.6 Contrastive divergence: an energy trained with chains that are cut short, beside the exact
//! gradient on toy sets in the plane, and on handwritten digits, where there is none.
//!
//! Hinton, Training products of experts by minimizing contrastive divergence, Neural Computation
//! 14, 2002; Tieleman, ICML 2008 (persistent chains); Du and Mordatch, NeurIPS 2019 (replay).

mod claims;
mod picture;
mod probe;
mod problem;
#[cfg(test)]
mod tests;
mod training;

use crate::lab::Label;
use crate::lab::blueprint::{Blueprint, Preset, Takes};
use crate::lab::param::{Effect, Kind, ParamSpec, Scale, Settings, Value, always};
use crate::lab::question::Question;

const DATA: &[Label] = &["eight-gaussians", "moons", "rings", "pinwheel", "checkerboard", "digits"];

fn of_digits(settings: &Settings) -> bool {
    settings.choice("data") == "digits"
}

fn walks(settings: &Settings) -> bool {
    settings.choice("method") != "exact" || of_digits(settings)
}

fn persists(settings: &Settings) -> bool {
    walks(settings) && settings.choice("method") != "cd"
}

static PARAMS: [ParamSpec; 11] = [
    ParamSpec {
        id: "steps",
        symbol: "k",
        kind: Kind::Integer { min: 1, max: 1_000, scale: Scale::Log },
        default: Value::Integer(10),
        effect: Effect::Live,
        applies: walks,
    },
    ParamSpec {
        id: "method",
        symbol: "",
        kind: Kind::Choice(&["cd", "pcd", "exact"]),
        default: Value::Choice("cd"),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "data",
        symbol: "D",
        kind: Kind::Choice(DATA),
        default: Value::Choice("eight-gaussians"),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "step_size",
        symbol: "η",
        kind: Kind::Real { min: 1e-4, max: 1.0, scale: Scale::Log },
        default: Value::Real(0.01),
        effect: Effect::Live,
        applies: walks,
    },
    ParamSpec {
        id: "noise",
        symbol: "s",
        kind: Kind::Real { min: 0.0, max: 2.0, scale: Scale::Linear(0.1) },
        default: Value::Real(1.0),
        effect: Effect::Live,
        applies: walks,
    },
    ParamSpec {
        id: "restarts",
        symbol: "r",
        kind: Kind::Real { min: 0.0, max: 1.0, scale: Scale::Linear(0.05) },
        default: Value::Real(0.05),
        effect: Effect::Live,
        applies: persists,
    },
    ParamSpec {
        id: "buffer",
        symbol: "B",
        kind: Kind::Integer { min: 16, max: 4_000, scale: Scale::Log },
        default: Value::Integer(1_000),
        effect: Effect::Live,
        applies: persists,
    },
    ParamSpec {
        id: "chains",
        symbol: "N",
        kind: Kind::Integer { min: 16, max: 512, scale: Scale::Log },
        default: Value::Integer(120),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "learning_rate",
        symbol: "α",
        kind: Kind::Real { min: 1e-5, max: 0.1, scale: Scale::Log },
        default: Value::Real(0.003),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "width",
        symbol: "H",
        kind: Kind::Integer { min: 4, max: 128, scale: Scale::Log },
        default: Value::Integer(32),
        effect: Effect::Restart,
        applies: always,
    },
    ParamSpec {
        id: "outliers",
        symbol: "O",
        kind: Kind::Choice(&["mirrored", "shuffled", "uniform"]),
        default: Value::Choice("mirrored"),
        effect: Effect::Live,
        applies: of_digits,
    },
];

static PRESETS: [Preset; 6] = [
    Preset { id: "one-step", values: &[("steps", Value::Integer(1))] },
    Preset { id: "persistent", values: &[("method", Value::Choice("pcd"))] },
    Preset { id: "reference", values: &[("method", Value::Choice("exact"))] },
    Preset {
        id: "short-run",
        values: &[("method", Value::Choice("pcd")), ("restarts", Value::Real(1.0))],
    },
    Preset { id: "cold", values: &[("noise", Value::Real(0.0))] },
    Preset { id: "digits", values: DIGITS },
];

const DIGITS: &[(Label, Value)] = &[
    ("data", Value::Choice("digits")),
    ("method", Value::Choice("pcd")),
    ("steps", Value::Integer(20)),
    ("width", Value::Integer(128)),
    ("learning_rate", Value::Real(0.001)),
];

static QUESTIONS: [Question; 2] = [
    Question {
        id: "longer",
        setup: &[("steps", Value::Integer(1))],
        change: &[("steps", Value::Integer(30))],
        readout: "norm_ratio",
        steps: 120,
    },
    Question {
        id: "noise-starts",
        setup: &[("method", Value::Choice("pcd"))],
        change: &[("restarts", Value::Real(1.0))],
        readout: "nll",
        steps: 400,
    },
];

/// The lesson.
pub static BLUEPRINT: Blueprint = Blueprint {
    id: "contrastive-divergence",
    number: (1, 6),
    params: &PARAMS,
    presets: &PRESETS,
    readouts: &[
        "nll",
        "floor",
        "stray_mass",
        "cosine",
        "norm_ratio",
        "energy_gap",
        "energy_data",
        "energy_negatives",
        "auroc_outliers",
        "auroc_baseline",
        "auroc_held_out",
        "restarted",
        "updates",
    ],
    layout: &[&["model", "length"], &["progress", "energies"]],
    pace: 60.0,
    questions: &QUESTIONS,
    claims: claims::CLAIMS,
    timed: &[],
    takes: Takes::Nothing,
    data_param: None,
    build: |settings, _, rng| Ok(Box::new(training::Training::new(settings, rng))),
};
