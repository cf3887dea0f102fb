use super::BLUEPRINT;
use super::follower::{HELD, information};
use crate::lab::param::Value;
use crate::lab::question::Trend;
use crate::lab::view::{Plot, View};
use crate::lesson::shared::testing::{after, claims_hold, off, preset, readout, trends};

fn part(name: &'static str) -> (&'static str, Value) {
    ("part", Value::Choice(name))
}

fn is_exact(view: &View, id: &str, tolerance: f64) {
    let r = readout(view, id);
    let exact = r.exact.expect("an exact value");
    assert!((r.value - exact).abs() <= tolerance, "{r:?}");
}

#[test]
fn what_one_device_allocates_is_the_formula_and_all_find_the_same_loss() {
    let set = [("largest", Value::Integer(256)), ("memory", Value::Real(0.25))];
    let view = after(&BLUEPRINT, 3, &set, 30);
    assert_eq!(readout(&view, "n").value, 256.0);
    is_exact(&view, "logits-bytes", 1e-12);
    is_exact(&view, "tile-bytes", 1e-12);
    is_exact(&view, "loss-difference", 3e-6);
    assert!(readout(&view, "work-bytes").value > 4.0 * 64.0 * 64.0 / 1_048_576.0);
    // Three products of 256 x 256 x 64.
    assert!((readout(&view, "flops").value - 0.025_165_824).abs() < 1e-12);
    for id in ["ms-softmax", "ms-sigmoid", "ms-chunked", "ms-chunked-softmax", "ms-fused"] {
        let time = readout(&view, id);
        assert!(time.value > 1e-3 && time.error.is_some_and(|e| e >= 0.0), "{time:?}");
    }
    assert!(view.progress.is_none() && view.notes.is_empty());
}

#[test]
fn beyond_the_memory_allowed_only_chunks_go_on() {
    let view = after(&BLUEPRINT, 3, &[("largest", Value::Integer(512))], 60);
    assert_eq!(view.notes, ["does-not-fit"]);
    let takes = view.figures.iter().find(|f| f.id == "takes").expect("a figure");
    let Plot::Lines(lines) = &takes.plot else { panic!("curves") };
    let most = |label: &str| {
        let series = lines.series.iter().find(|s| s.label == label).expect("a series");
        series.x.iter().copied().fold(0.0, f64::max)
    };
    assert_eq!((most("whole"), most("chunked")), (256.0, 512.0));
}

#[test]
fn no_loss_stands_before_another_in_the_figures() {
    let view = after(&BLUEPRINT, 3, &[("largest", Value::Integer(256))], 30);
    let points = |id: &str, labels: &[&str]| -> Vec<(f64, f64)> {
        let figure = view.figures.iter().find(|f| f.id == id).expect("a figure");
        let Plot::Lines(lines) = &figure.plot else { panic!("curves") };
        let ends = lines.x.range.expect("a range");
        let series = lines.series.iter().filter(|s| labels.contains(&s.label));
        let all: Vec<(f64, f64)> =
            series.flat_map(|s| s.x.iter().copied().zip(s.y.iter().copied())).collect();
        assert!(all.iter().all(|(x, _)| (ends.0..=ends.1).contains(x)), "{all:?}");
        all
    };
    // Times: side by side around their N, in the order of the legend, whatever they are.
    let labels = ["softmax", "sigmoid", "softmax-chunked", "sigmoid-chunked", "fused"];
    let mut x: Vec<f64> = points("time", &labels).into_iter().map(|p| p.0).collect();
    assert_eq!(x.len(), 15);
    x.sort_by(f64::total_cmp);
    assert!(x.windows(2).all(|w| w[1] / w[0] > 1.1), "{x:?}");
    // Bytes: apart wherever a chunk is not the whole.
    let all = points("takes", &["whole", "chunked", "fused"]);
    let beyond: Vec<(f64, f64)> = all.into_iter().filter(|(n, _)| *n > 64.0).collect();
    for (i, a) in beyond.iter().enumerate() {
        for b in &beyond[..i] {
            assert!(a.0 != b.0 || (a.1 / b.1).ln().abs() > 0.3, "{a:?} {b:?}");
        }
    }
}

#[test]
fn devices_count_what_the_table_says() {
    // By hand: 4 N^2 / D or / D^2 bytes, and (D - 1)/D of 96 MiB a side.
    for (name, held, received) in [("clip-on-64", 64.0, 189.0), ("siglip-on-64", 1.0, 94.5)] {
        let view = after(&BLUEPRINT, 3, preset(&BLUEPRINT, name), 3);
        assert_eq!(readout(&view, "all-bytes").value, 4_096.0);
        assert_eq!(readout(&view, "device-bytes").value, held);
        assert_eq!(readout(&view, "received-bytes").value, received);
        is_exact(&view, "counted-bytes", 1e-9);
        is_exact(&view, "loss-difference", 1e-6);
    }
}

#[test]
fn a_cached_gradient_is_the_whole_one_and_an_accumulated_one_is_not() {
    for pairs in [16, 50] {
        let set =
            [part("caching"), ("pairs", Value::Integer(pairs)), ("chunks", Value::Integer(3))];
        let view = after(&BLUEPRINT, 3, &set, 12);
        is_exact(&view, "cache-difference", 1e-6);
        is_exact(&view, "kept-bytes", 1e-9);
        assert!(readout(&view, "accumulation-difference").value > 0.05);
        let [whole, parts] = ["full-loss", "accumulation-loss"].map(|id| readout(&view, id).value);
        assert!(parts < whole - 0.1, "{parts} {whole}");
    }
}

#[test]
fn collapsed_losses_are_logarithms() {
    let view = after(&BLUEPRINT, 3, preset(&BLUEPRINT, "accumulated"), 4);
    // log 64 and log 16.
    assert!((readout(&view, "full-loss").value - 4.158_883_083).abs() < 1e-5);
    assert!((readout(&view, "accumulation-loss").value - 2.772_588_722).abs() < 1e-5);
    assert!(readout(&view, "cache-difference").value.is_nan());
}

#[test]
fn what_noise_costs_is_the_formula() {
    let view = after(&BLUEPRINT, 3, &[part("nce"), ("ratio", Value::Integer(4))], 120);
    assert!(off(&view, "nvar").abs() < 3.5 && off(&view, "equal-error").abs() < 3.5, "{view:?}");
    assert_eq!(readout(&view, "evaluations").value, 1_500.0);
}

#[test]
fn a_queue_is_judged_like_the_others_and_its_keys_age() {
    let view = after(&BLUEPRINT, 3, &[part("queue")], 200);
    // numpy: -8 log(1 - 1/1.49^2).
    assert!((information() - 4.788_955).abs() < 1e-4, "{}", information());
    for id in ["queue-bound", "batch-bound", "large-bound"] {
        let bound = readout(&view, id);
        let error = bound.error.expect("an error bar");
        assert!(bound.value > 0.5 && bound.value < information() + 3.0 * error, "{bound:?}");
        assert!(error > 0.01 && error < 0.2 && bound.value < (HELD as f64).ln());
    }
    let takes = view.figures.iter().find(|f| f.id == "takes").expect("a figure");
    let Plot::Lines(lines) = &takes.plot else { panic!("curves") };
    let keys = lines.series.iter().find(|s| s.label == "keys").expect("keys");
    assert_eq!(keys.x.len(), 16, "64 keys of batches of 4");
    assert!(keys.y[15] > keys.y[0], "{:?}", keys.y);
}

#[test]
fn the_simulator_answers_the_questions() {
    let expected = [
        ("twice-the-batch", Trend::Stays),
        ("more-devices", Trend::Rises),
        ("four-chunks", Trend::Falls),
    ];
    assert_eq!(trends(&BLUEPRINT, 7), expected);
}

#[test]
fn the_claims_hold() {
    claims_hold(&BLUEPRINT);
}
