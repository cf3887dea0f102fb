//! 4.2 What a batch costs: the softmax and the sigmoid loss over the whole matrix of logits and in
//! chunks, their bytes and their time measured as the batch doubles; the same over D devices that are
//! threads; gradient caching against accumulation; a queue of keys; and what noise costs NCE.
//!
//! Radford et al. (CLIP), ICML 2021; Zhai et al. (SigLIP), ICCV 2023; Gao, Zhang, Han and Callan
//! (gradient caching), RepL4NLP 2021; He et al. (MoCo), CVPR 2020; Gutmann and Hyvarinen, JMLR 13,
//! 2012; Milakov and Gimelshein (online softmax), 2018; Rabe and Staats, 2021.

mod bench;
mod caching;
mod claims;
mod follower;
mod formula;
mod picture;
mod ratio;
mod ring;
mod rows;
mod stopwatch;
#[cfg(test)]
mod tests;

use crate::lab::blueprint::{Blueprint, Preset, Takes};
use crate::lab::param::{Effect, Kind, ParamSpec, Scale, Settings, Value};
use crate::lab::question::Question;

/// Whether the knob belongs to the part that is open.
macro_rules! of_part {
    ($name:ident, $part:literal) => {
        fn $name(settings: &Settings) -> bool {
            settings.choice("part") == $part
        }
    };
}

of_part!(on_one_device, "one-device");
of_part!(on_devices, "devices");
of_part!(cached, "caching");
of_part!(queued, "queue");
of_part!(contrasted, "nce");

/// The plan of the lesson.
pub static BLUEPRINT: Blueprint = Blueprint {
    id: "cost",
    number: (4, 2),
    params: &PARAMS,
    presets: &PRESETS,
    readouts: &[
        "n",
        "logits-bytes",
        "tile-bytes",
        "work-bytes",
        "flops",
        "ms-softmax",
        "ms-sigmoid",
        "ms-chunked",
        "ms-chunked-softmax",
        "ms-fused",
        "loss-difference",
        "all-bytes",
        "device-bytes",
        "received-bytes",
        "returned-bytes",
        "counted-bytes",
        "full-loss",
        "accumulation-loss",
        "cache-difference",
        "accumulation-difference",
        "kept-bytes",
        "ms-full",
        "ms-cached",
        "queue-bound",
        "batch-bound",
        "large-bound",
        "recall",
        "recall-batch",
        "recall-large",
        "queue-drift",
        "embedded",
        "nvar",
        "evaluations",
        "equal-error",
    ],
    layout: &[&["takes", "time"], &["gives", "ledger"]],
    pace: 60.0,
    questions: &QUESTIONS,
    claims: claims::CLAIMS,
    timed: &[
        "time",
        "ms-softmax",
        "ms-sigmoid",
        "ms-chunked",
        "ms-chunked-softmax",
        "ms-fused",
        "ms-full",
        "ms-cached",
    ],
    takes: Takes::Nothing,
    data_param: None,
    build: |settings, _, rng| {
        Ok(match settings.choice("part") {
            "devices" => Box::new(ring::Devices::new(settings, rng)),
            "caching" => Box::new(caching::Caching::new(settings, rng)),
            "queue" => Box::new(follower::Momentum::new(settings, rng)),
            "nce" => Box::new(ratio::Contrast::new(settings)),
            _ => Box::new(bench::Bench::new(settings, rng)),
        })
    },
};

const fn knob(
    id: &'static str,
    symbol: &'static str,
    (min, max): (i64, i64),
    default: i64,
    applies: fn(&Settings) -> bool,
) -> ParamSpec {
    ParamSpec {
        id,
        symbol,
        kind: Kind::Integer { min, max, scale: Scale::Log },
        default: Value::Integer(default),
        effect: Effect::Restart,
        applies,
    }
}

static PARAMS: [ParamSpec; 14] = [
    ParamSpec {
        id: "part",
        symbol: "",
        kind: Kind::Choice(&["one-device", "devices", "caching", "queue", "nce"]),
        default: Value::Choice("one-device"),
        effect: Effect::Restart,
        applies: crate::lab::param::always,
    },
    ParamSpec {
        id: "memory",
        symbol: "M",
        kind: Kind::Real { min: 0.25, max: 16.0, scale: Scale::Log },
        default: Value::Real(0.25),
        effect: Effect::Restart,
        applies: on_one_device,
    },
    knob("largest", "", (128, 2_048), 512, on_one_device),
    knob("chunk", "c", (16, 512), 64, on_one_device),
    ParamSpec {
        id: "loss",
        symbol: "",
        kind: Kind::Choice(&["clip", "siglip"]),
        default: Value::Choice("siglip"),
        effect: Effect::Restart,
        applies: on_devices,
    },
    knob("batch", "N", (64, 32_768), 32_768, on_devices),
    knob("devices", "D", (1, 64), 8, on_devices),
    knob("width", "d", (16, 2_048), 768, on_devices),
    knob("pairs", "N", (16, 256), 64, cached),
    ParamSpec {
        id: "chunks",
        symbol: "k",
        kind: Kind::Integer { min: 1, max: 8, scale: Scale::Linear(1.0) },
        default: Value::Integer(4),
        effect: Effect::Restart,
        applies: cached,
    },
    ParamSpec {
        id: "collapsed",
        symbol: "",
        kind: Kind::Switch,
        default: Value::Switch(false),
        effect: Effect::Restart,
        applies: cached,
    },
    knob("queue", "K", (16, 1_024), 64, queued),
    ParamSpec {
        id: "follow",
        symbol: "1-m",
        kind: Kind::Real { min: 0.001, max: 1.0, scale: Scale::Log },
        default: Value::Real(0.02),
        effect: Effect::Live,
        applies: queued,
    },
    knob("ratio", "ν", (1, 100), 10, contrasted),
];

static PRESETS: [Preset; 7] = [
    Preset {
        id: "on-this-machine",
        values: &[("memory", Value::Real(16.0)), ("largest", Value::Integer(2_048))],
    },
    Preset {
        id: "clip-on-64",
        values: &[
            ("part", Value::Choice("devices")),
            ("loss", Value::Choice("clip")),
            ("devices", Value::Integer(64)),
        ],
    },
    Preset {
        id: "siglip-on-64",
        values: &[("part", Value::Choice("devices")), ("devices", Value::Integer(64))],
    },
    Preset { id: "cached", values: &[("part", Value::Choice("caching"))] },
    Preset {
        id: "accumulated",
        values: &[("part", Value::Choice("caching")), ("collapsed", Value::Switch(true))],
    },
    Preset { id: "queue", values: &[("part", Value::Choice("queue"))] },
    Preset { id: "nce-negatives", values: &[("part", Value::Choice("nce"))] },
];

static QUESTIONS: [Question; 3] = [
    Question {
        id: "twice-the-batch",
        setup: &[
            ("memory", Value::Real(8.0)),
            ("largest", Value::Integer(256)),
            ("chunk", Value::Integer(64)),
        ],
        change: &[("largest", Value::Integer(512))],
        readout: "tile-bytes",
        steps: 60,
    },
    Question {
        id: "more-devices",
        setup: &[("part", Value::Choice("devices"))],
        change: &[("devices", Value::Integer(64))],
        readout: "received-bytes",
        steps: 1,
    },
    Question {
        id: "four-chunks",
        setup: &[
            ("part", Value::Choice("caching")),
            ("collapsed", Value::Switch(true)),
            ("chunks", Value::Integer(1)),
        ],
        change: &[("chunks", Value::Integer(4))],
        readout: "accumulation-loss",
        steps: 4,
    },
];
