//! 1.3 Why Z is hard: the partition function of an energy in d dimensions by a grid, by plain and
//! by annealed importance sampling, each with the same number of density evaluations, beside the
//! exact value.

mod account;
mod claims;
mod figures;
mod lattice;
mod race;
mod target;
#[cfg(test)]
mod tests;

use crate::lab::blueprint::{Blueprint, Preset, Takes};
use crate::lab::param::{Effect, Kind, ParamSpec, Scale, Settings, Value, always};
use crate::lab::question::Question;

fn is_well(settings: &Settings) -> bool {
    settings.choice("energy") == "well"
}

fn has_springs(settings: &Settings) -> bool {
    is_well(settings) && settings.count("dimension") > 1
}

fn moves_at_all(settings: &Settings) -> bool {
    settings.count("temperatures") > 1
}

/// The lesson.
pub static BLUEPRINT: Blueprint = Blueprint {
    id: "partition",
    number: (1, 3),
    params: &[
        ParamSpec {
            id: "dimension",
            symbol: "d",
            kind: Kind::Integer { min: 1, max: 64, scale: Scale::Log },
            default: Value::Integer(5),
            effect: Effect::Restart,
            applies: always,
        },
        ParamSpec {
            id: "energy",
            symbol: "E",
            kind: Kind::Choice(&["well", "funnel"]),
            default: Value::Choice("well"),
            effect: Effect::Restart,
            applies: always,
        },
        ParamSpec {
            id: "barrier",
            symbol: "h",
            kind: Kind::Real { min: 0.1, max: 20.0, scale: Scale::Log },
            default: Value::Real(2.0),
            effect: Effect::Restart,
            applies: is_well,
        },
        ParamSpec {
            id: "coupling",
            symbol: "c",
            kind: Kind::Real { min: 0.0, max: 10.0, scale: Scale::Linear(0.25) },
            default: Value::Real(1.0),
            effect: Effect::Restart,
            applies: has_springs,
        },
        ParamSpec {
            id: "nodes",
            symbol: "G",
            kind: Kind::Integer { min: 2, max: 200, scale: Scale::Log },
            default: Value::Integer(12),
            effect: Effect::Restart,
            applies: always,
        },
        ParamSpec {
            id: "width",
            symbol: "s",
            kind: Kind::Real { min: 0.1, max: 10.0, scale: Scale::Log },
            default: Value::Real(1.5),
            effect: Effect::Restart,
            applies: always,
        },
        ParamSpec {
            id: "temperatures",
            symbol: "K",
            kind: Kind::Integer { min: 1, max: 4_000, scale: Scale::Log },
            default: Value::Integer(60),
            effect: Effect::Restart,
            applies: always,
        },
        ParamSpec {
            id: "moves",
            symbol: "M",
            kind: Kind::Integer { min: 1, max: 20, scale: Scale::Log },
            default: Value::Integer(1),
            effect: Effect::Restart,
            applies: moves_at_all,
        },
        ParamSpec {
            id: "move",
            symbol: "",
            kind: Kind::Choice(&["mala", "metropolis"]),
            default: Value::Choice("mala"),
            effect: Effect::Restart,
            applies: moves_at_all,
        },
        ParamSpec {
            id: "step_size",
            symbol: "η",
            kind: Kind::Real { min: 1e-4, max: 10.0, scale: Scale::Log },
            default: Value::Real(0.2),
            effect: Effect::Restart,
            applies: moves_at_all,
        },
        ParamSpec {
            id: "particles",
            symbol: "N",
            kind: Kind::Integer { min: 1, max: 1_000, scale: Scale::Log },
            default: Value::Integer(50),
            effect: Effect::Restart,
            applies: always,
        },
    ],
    presets: &[
        Preset {
            id: "plane",
            values: &[("dimension", Value::Integer(2)), ("nodes", Value::Integer(40))],
        },
        Preset { id: "grid-ends", values: &[("dimension", Value::Integer(10))] },
        Preset {
            id: "collapse",
            values: &[("dimension", Value::Integer(24)), ("temperatures", Value::Integer(250))],
        },
        Preset {
            id: "sixty-four",
            values: &[
                ("dimension", Value::Integer(64)),
                ("temperatures", Value::Integer(1_000)),
                ("step_size", Value::Real(0.12)),
            ],
        },
        Preset {
            id: "too-narrow",
            values: &[("width", Value::Real(0.5)), ("coupling", Value::Real(0.0))],
        },
        Preset {
            id: "funnel",
            values: &[
                ("energy", Value::Choice("funnel")),
                ("width", Value::Real(3.0)),
                ("temperatures", Value::Integer(250)),
            ],
        },
    ],
    readouts: &[
        "log_z_grid",
        "log_z_is",
        "log_z_ais",
        "ess",
        "ess_ais",
        "error_is",
        "error_ais",
        "bias_is",
        "acceptance",
        "evaluations",
        "grid_points",
        "grid_time",
    ],
    layout: &[&["estimates", "errors"], &["weights", "curse"]],
    pace: 60.0,
    questions: &[
        Question {
            id: "more-dimensions",
            setup: &[("dimension", Value::Integer(2))],
            change: &[("dimension", Value::Integer(16))],
            readout: "ess",
            steps: 60,
        },
        Question {
            id: "more-temperatures",
            setup: &[("dimension", Value::Integer(24)), ("temperatures", Value::Integer(4))],
            change: &[("temperatures", Value::Integer(250))],
            readout: "error_ais",
            steps: 150,
        },
    ],
    claims: claims::CLAIMS,
    timed: &[],
    takes: Takes::Nothing,
    data_param: None,
    build: |settings, _, rng| Ok(Box::new(race::Race::new(settings, rng))),
};
