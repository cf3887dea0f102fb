//! 1.5 What sampling costs: Metropolis, ULA, MALA, HMC and Gibbs on one target with the same random
//! numbers. How often they accept, how far off they are, how fast they forget, and what one
//! independent sample costs in evaluations of the density.

mod claims;
mod closed_form;
mod exact;
mod figures;
mod method;
mod passage;
mod race;
mod recent;
mod target;
#[cfg(test)]
mod tests;
mod track;

use crate::lab::blueprint::{Blueprint, Preset, Takes};
use crate::lab::param::{Effect, Kind, ParamSpec, Scale, Settings, Value, always};
use crate::lab::question::Question;

fn has_barrier(settings: &Settings) -> bool {
    matches!(settings.choice("target"), "double-well" | "tilted")
}

/// The lesson.
pub static BLUEPRINT: Blueprint = Blueprint {
    id: "mcmc",
    number: (1, 5),
    params: &[
        ParamSpec {
            id: "sampler",
            symbol: "",
            kind: Kind::Choice(&["metropolis", "ula", "mala", "hmc", "gibbs"]),
            default: Value::Choice("mala"),
            effect: Effect::Live,
            applies: always,
        },
        ParamSpec {
            id: "target",
            symbol: "E",
            kind: Kind::Choice(&[
                "gaussian",
                "double-well",
                "tilted",
                "eight-gaussians",
                "funnel",
                "banana",
                "donut",
                "rings",
                "muller-brown",
            ]),
            default: Value::Choice("double-well"),
            effect: Effect::Restart,
            applies: always,
        },
        ParamSpec {
            id: "step_size",
            symbol: "η",
            kind: Kind::Real { min: race::STEPS.0, max: race::STEPS.1, scale: Scale::Log },
            default: Value::Real(0.03),
            effect: Effect::Live,
            applies: always,
        },
        ParamSpec {
            id: "leapfrog_steps",
            symbol: "L",
            kind: Kind::Integer { min: 1, max: 100, scale: Scale::Log },
            default: Value::Integer(10),
            effect: Effect::Live,
            applies: always,
        },
        ParamSpec {
            id: "adapt",
            symbol: "",
            kind: Kind::Switch,
            default: Value::Switch(false),
            effect: Effect::Live,
            applies: always,
        },
        ParamSpec {
            id: "barrier",
            symbol: "h",
            kind: Kind::Real { min: 0.5, max: 12.0, scale: Scale::Log },
            default: Value::Real(2.0),
            effect: Effect::Live,
            applies: has_barrier,
        },
        ParamSpec {
            id: "jitter",
            symbol: "j",
            kind: Kind::Real { min: 0.0, max: 0.9, scale: Scale::Linear(0.1) },
            default: Value::Real(0.0),
            effect: Effect::Live,
            applies: always,
        },
        ParamSpec {
            id: "chains",
            symbol: "N",
            kind: Kind::Integer { min: 1, max: 1_000, scale: Scale::Log },
            default: Value::Integer(200),
            effect: Effect::Restart,
            applies: always,
        },
        ParamSpec {
            id: "start",
            symbol: "",
            kind: Kind::Choice(&["apart", "together"]),
            default: Value::Choice("apart"),
            effect: Effect::Restart,
            applies: always,
        },
        ParamSpec {
            id: "watch",
            symbol: "",
            kind: Kind::Choice(&["autocorrelation", "trace"]),
            default: Value::Choice("autocorrelation"),
            effect: Effect::Live,
            applies: always,
        },
    ],
    presets: &[
        Preset {
            id: "biased",
            values: &[
                ("target", Value::Choice("gaussian")),
                ("sampler", Value::Choice("ula")),
                ("step_size", Value::Real(1.0)),
            ],
        },
        Preset {
            id: "accepts-all",
            values: &[
                ("target", Value::Choice("gaussian")),
                ("sampler", Value::Choice("hmc")),
                ("step_size", Value::Real(1.0)),
                ("leapfrog_steps", Value::Integer(3)),
            ],
        },
        Preset {
            id: "each-its-best",
            values: &[
                ("target", Value::Choice("donut")),
                ("sampler", Value::Choice("hmc")),
                ("step_size", Value::Real(0.1)),
                ("leapfrog_steps", Value::Integer(20)),
                ("adapt", Value::Switch(true)),
            ],
        },
        Preset {
            id: "high-barrier",
            values: &[("barrier", Value::Real(6.0)), ("watch", Value::Choice("trace"))],
        },
        Preset {
            id: "fooled",
            // A crossing takes one walker 8 million steps: R-hat stays fooled for as long as anybody
            // watches.
            values: &[
                ("barrier", Value::Real(12.0)),
                ("start", Value::Choice("together")),
                ("step_size", Value::Real(0.002)),
                ("chains", Value::Integer(60)),
            ],
        },
        Preset {
            id: "funnel",
            values: &[
                ("target", Value::Choice("funnel")),
                ("sampler", Value::Choice("hmc")),
                ("step_size", Value::Real(0.3)),
            ],
        },
        Preset {
            id: "step-too-far",
            values: &[("sampler", Value::Choice("ula")), ("step_size", Value::Real(0.08))],
        },
    ],
    readouts: &[
        "acceptance",
        "ess_per_evaluation",
        "tau",
        "r_hat",
        "bias_second_moment",
        "first_passage",
        "step_used",
    ],
    layout: &[&["landscape", "density"], &["memory", "table"]],
    pace: 60.0,
    questions: &[
        Question {
            id: "longer-steps",
            setup: &[("target", Value::Choice("gaussian")), ("step_size", Value::Real(0.5))],
            change: &[("step_size", Value::Real(2.0))],
            readout: "acceptance",
            steps: 200,
        },
        Question {
            id: "higher-barrier",
            setup: &[],
            change: &[("barrier", Value::Real(4.0))],
            readout: "first_passage",
            steps: 1_000,
        },
        Question {
            id: "longer-path",
            setup: &[
                ("target", Value::Choice("gaussian")),
                ("sampler", Value::Choice("hmc")),
                ("step_size", Value::Real(0.3)),
                ("leapfrog_steps", Value::Integer(1)),
            ],
            change: &[("leapfrog_steps", Value::Integer(5))],
            readout: "ess_per_evaluation",
            // Enough for an error bar on the slower of the two.
            steps: 4_000,
        },
    ],
    claims: claims::CLAIMS,
    timed: &[],
    takes: Takes::Nothing,
    data_param: None,
    build: |settings, _, rng| Ok(Box::new(race::Race::new(settings, rng))),
};
