//! 1.1 What an energy is: a perceptron trained live as an energy, by exact maximum likelihood, on
//! data on a line or in the plane.
//!
//! LeCun, Chopra, Hadsell, Ranzato and Huang, A tutorial on energy-based learning, 2006.

mod fit;
mod picture;

use crate::lab::blueprint::{Blueprint, Preset, Source, Takes, Unusable};
use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
use crate::lab::experiment::Experiment;
use crate::lab::param::{Effect, Kind, ParamSpec, Scale, Settings, Value, always};
use crate::lab::question::Question;
use crate::lesson::shared::sample::{DATA, is_toy};
use crate::math::rng::{Rng, stream};
use fit::Fit;

/// The plan of the lesson.
pub static BLUEPRINT: Blueprint = Blueprint {
    id: "energy",
    number: (1, 1),
    params: &PARAMS,
    presets: &PRESETS,
    readouts: &[
        "nll",
        "nll_held_out",
        "floor",
        "nll_kernel",
        "log_z",
        "mass",
        "gradient_norm",
        "max_density_change",
    ],
    layout: &[&["energy"], &["density", "progress"]],
    pace: 60.0,
    questions: &QUESTIONS,
    claims: &CLAIMS,
    timed: &[],
    takes: Takes::Columns(2),
    data_param: Some("data"),
    build,
};

static PARAMS: [ParamSpec; 7] = [
    ParamSpec {
        id: "learning_rate",
        symbol: "α",
        kind: Kind::Real { min: 1e-5, max: 1.0, scale: Scale::Log },
        default: Value::Real(0.01),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "offset",
        symbol: "c",
        kind: Kind::Real { min: -20.0, max: 20.0, scale: Scale::Linear(1.0) },
        default: Value::Real(0.0),
        effect: Effect::Live,
        applies: always,
    },
    ParamSpec {
        id: "data",
        symbol: "D",
        kind: Kind::Choice(DATA),
        default: Value::Choice("geyser-waiting"),
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
    ParamSpec {
        id: "weight_decay",
        symbol: "λ",
        kind: Kind::Real { min: 0.0, max: 10.0, scale: Scale::Log },
        default: Value::Real(1.0),
        effect: Effect::Live,
        applies: always,
    },
];

static PRESETS: [Preset; 5] = [
    Preset { id: "geyser", values: &[] },
    Preset { id: "plane", values: &[("data", Value::Choice("geyser-2d"))] },
    Preset {
        id: "overfit",
        values: &[
            ("data", Value::Choice("two-bumps")),
            ("points", Value::Integer(25)),
            ("width", Value::Integer(64)),
            ("layers", Value::Integer(3)),
            ("weight_decay", Value::Real(0.0)),
        ],
    },
    Preset {
        id: "too-fast",
        values: &[("learning_rate", Value::Real(1.0)), ("weight_decay", Value::Real(0.0))],
    },
    Preset { id: "too-stiff", values: &[("weight_decay", Value::Real(8.0))] },
];

static QUESTIONS: [Question; 2] = [
    Question {
        id: "lift",
        setup: &[],
        change: &[("offset", Value::Real(7.0))],
        readout: "nll",
        steps: 120,
    },
    Question {
        id: "few-points",
        setup: &[
            ("data", Value::Choice("two-bumps")),
            ("points", Value::Integer(1000)),
            ("width", Value::Integer(64)),
            ("weight_decay", Value::Real(0.0)),
        ],
        change: &[("points", Value::Integer(25))],
        readout: "nll",
        steps: 600,
    },
];

static CLAIMS: [Claim; 1] =
    [Claim { number: 1, verdict: Verdict::Loose, measure: only_differences }];

fn build(
    settings: &Settings,
    source: &Source,
    rng: &mut Rng,
) -> Result<Box<dyn Experiment>, Unusable> {
    Ok(Box::new(Fit::new(settings, source, rng)?))
}

/// Claim 1: after a training, the data do lie lower than the rest; and 7 more everywhere, so that
/// they lie "high", changes neither the density nor the NLL.
fn only_differences() -> Vec<Measurement> {
    let mut rng = stream(1, 1);
    let mut gap = f64::NAN;
    let mut density_change = f64::NAN;
    let mut nll_change = f64::NAN;
    let mut lift = f64::NAN;
    if let Ok(mut fit) = Fit::new(&BLUEPRINT.defaults(), &Source::Shipped, &mut rng)
        && (0..300).all(|_| fit.step(&mut rng).is_ok())
    {
        let nodes = fit.node_energies();
        gap = nodes.iter().sum::<f64>() / nodes.len() as f64 - fit.now.mean_energy;
        density_change = fit.density_change(7.0);
        let before = fit.now;
        fit.set("offset", Value::Real(7.0));
        nll_change = fit.now.nll - before.nll;
        lift = fit.now.mean_energy - before.mean_energy;
    }
    vec![
        Measurement { what: "energy-gap", measured: gap, expected: Expected::AtLeast(1.0) },
        Measurement {
            what: "energy-lift",
            measured: lift,
            expected: Expected::Near { value: 7.0, tolerance: 1e-9 },
        },
        Measurement {
            what: "density-change",
            measured: density_change,
            expected: Expected::AtMost(1e-12),
        },
        Measurement {
            what: "nll-change",
            measured: nll_change,
            expected: Expected::Near { value: 0.0, tolerance: 1e-12 },
        },
    ]
}

#[cfg(test)]
mod tests;
