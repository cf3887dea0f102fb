//! 1.2 The Boltzmann distribution: `p(x) = exp(-E(x)/T)/Z`. A cloud of walkers relaxes in a
//! landscape; log Z, mean energy, heat capacity and entropy from the walkers alone, with error
//! bars, beside their exact values.

mod claims;
mod estimate;
mod exact;
mod figures;
mod potential;
#[cfg(test)]
mod tests;
mod walkers;

use crate::lab::blueprint::{Blueprint, Preset, Takes};
use crate::lab::param::{Effect, Kind, ParamSpec, Scale, Settings, Value, always};
use crate::lab::question::Question;

fn has_barrier(settings: &Settings) -> bool {
    matches!(settings.choice("potential"), "double-well" | "tilted")
}

fn has_tilt(settings: &Settings) -> bool {
    settings.choice("potential") == "tilted"
}

/// The lesson.
pub static BLUEPRINT: Blueprint = Blueprint {
    id: "boltzmann",
    number: (1, 2),
    params: &[
        ParamSpec {
            id: "temperature",
            symbol: "T",
            kind: Kind::Real { min: 0.05, max: 10.0, scale: Scale::Log },
            default: Value::Real(1.0),
            effect: Effect::Live,
            applies: always,
        },
        ParamSpec {
            id: "potential",
            symbol: "E",
            kind: Kind::Choice(&["double-well", "tilted", "harmonic", "quartic", "muller-brown"]),
            default: Value::Choice("double-well"),
            effect: Effect::Restart,
            applies: always,
        },
        ParamSpec {
            id: "barrier",
            symbol: "h",
            kind: Kind::Real { min: 0.1, max: 20.0, scale: Scale::Log },
            default: Value::Real(2.0),
            effect: Effect::Live,
            applies: has_barrier,
        },
        ParamSpec {
            id: "tilt",
            symbol: "a",
            kind: Kind::Real { min: -3.0, max: 3.0, scale: Scale::Linear(0.1) },
            default: Value::Real(0.5),
            effect: Effect::Live,
            applies: has_tilt,
        },
        ParamSpec {
            id: "sampler",
            symbol: "",
            kind: Kind::Choice(&["metropolis", "langevin", "mala"]),
            default: Value::Choice("metropolis"),
            effect: Effect::Live,
            applies: always,
        },
        ParamSpec {
            id: "step_size",
            symbol: "η",
            kind: Kind::Real { min: 1e-4, max: 10.0, scale: Scale::Log },
            default: Value::Real(0.02),
            effect: Effect::Live,
            applies: always,
        },
        ParamSpec {
            id: "chains",
            symbol: "N",
            kind: Kind::Integer { min: 1, max: 10_000, scale: Scale::Log },
            default: Value::Integer(1_000),
            effect: Effect::Live,
            applies: always,
        },
    ],
    presets: &[
        Preset {
            id: "frozen",
            values: &[
                ("potential", Value::Choice("tilted")),
                ("tilt", Value::Real(-0.5)),
                ("temperature", Value::Real(0.1)),
            ],
        },
        Preset { id: "hot", values: &[("temperature", Value::Real(6.0))] },
        Preset {
            id: "coarse-step",
            values: &[
                ("potential", Value::Choice("harmonic")),
                ("sampler", Value::Choice("langevin")),
                ("step_size", Value::Real(1.0)),
            ],
        },
        Preset {
            id: "step-too-far",
            values: &[("sampler", Value::Choice("langevin")), ("step_size", Value::Real(0.06))],
        },
        Preset {
            id: "muller-brown",
            values: &[
                ("potential", Value::Choice("muller-brown")),
                ("step_size", Value::Real(0.01)),
            ],
        },
    ],
    readouts: &[
        "log_z",
        "mean_energy",
        "heat_capacity",
        "entropy",
        "free_energy",
        "acceptance",
        "tau",
        "r_hat",
        "identity",
    ],
    layout: &[&["landscape", "density"], &["relaxation", "thermodynamics"]],
    pace: 120.0,
    questions: &[
        Question {
            id: "warmer",
            setup: &[],
            change: &[("temperature", Value::Real(2.0))],
            readout: "mean_energy",
            steps: 400,
        },
        Question {
            id: "longer-steps",
            setup: &[],
            change: &[("step_size", Value::Real(0.5))],
            readout: "acceptance",
            steps: 200,
        },
    ],
    claims: claims::CLAIMS,
    timed: &[],
    takes: Takes::Nothing,
    data_param: None,
    build: |settings, _, rng| Ok(Box::new(walkers::Walkers::new(settings, rng))),
};
