//! What a training looks like: figures, readouts, remarks.

use super::retrieval::{Share, chance};
use super::sweep::{SIZES, VARIANTS};
use super::training::{Training, blind_logit};
use crate::data::halves::join;
use crate::lab::Label;
use crate::lab::view::{
    Axis, Figure, Image, Images, Lines, Matrix, Plot, Progress, Readout, Role, Series, View,
};
use crate::lesson::shared::pictures::{rounded, thumbnail};
use crate::objective::clip::CAP;

/// Every readout, in the order they are shown: a small pane has room for the first few.
pub(super) const READOUTS: [Label; 22] = [
    "clip-zero-shot",
    "siglip-zero-shot",
    "clip-recall-5",
    "siglip-recall-5",
    "siglip-bias",
    "siglip-offset",
    "clip-scale",
    "siglip-scale",
    "clip-loss",
    "siglip-loss",
    "false-negatives",
    "clip-recall-1",
    "siglip-recall-1",
    "chance-1",
    "chance-5",
    "regression-1",
    "regression-5",
    "class-means",
    "class-probe",
    "clip-cosine",
    "siglip-cosine",
    "updates",
];

/// Colours and marks of the three variants of the sweep, by [`VARIANTS`].
const SWEPT: [(Label, Role); VARIANTS.len()] =
    [("clip", Role::Model), ("siglip", Role::Estimate), ("siglip-from-zero", Role::Negative)];

/// Below this mean cosine of what does not belong together, the two sides have run apart.
const APART: f64 = -0.3;
/// Where the axis of t and b begins and ends at the least.
const PATH: (f64, f64) = (-12.0, 20.0);
/// Where that of b alone ends at the least.
const BLIND_TOP: f64 = 2.0;

pub(super) fn view(training: &Training) -> View {
    let recall = if training.settings.switch("sweep") { swept(training) } else { course(training) };
    let figures = [
        ("recall", recall),
        ("logits", logits(training)),
        ("path", path(training)),
        ("pairs", pairs(training)),
    ];
    View {
        figures: figures.into_iter().map(|(id, plot)| Figure { id, plot }).collect(),
        readouts: readouts(training),
        notes: notes(training),
        progress: training
            .sweeping()
            .then(|| Progress { label: "sweep-runs", done: training.sweep.share() }),
    }
}

/// The training whose matrix and pairs are shown.
fn shown(training: &Training) -> usize {
    usize::from(training.settings.choice("show") == "siglip")
}

fn readouts(training: &Training) -> Vec<Readout> {
    let number = |id, (value, error): Share| Readout {
        error: error.is_finite().then_some(error),
        ..Readout::plain(id, value)
    };
    let [clip, siglip] = &training.seen.looks;
    let batch = training.settings.count("batch");
    let blind = !training.settings.switch("matched");
    let mut all = vec![
        number("clip-recall-1", clip.recall_1),
        number("siglip-recall-1", siglip.recall_1),
        number("clip-recall-5", clip.recall_5),
        number("siglip-recall-5", siglip.recall_5),
        Readout::plain("chance-1", chance(&training.ground, 1)),
        Readout::plain("chance-5", chance(&training.ground, 5)),
        Readout::plain("clip-scale", training.towers[0].scale()),
        Readout::plain("siglip-scale", training.towers[1].scale()),
        Readout::plain("clip-cosine", clip.apart),
        Readout::plain("siglip-cosine", siglip.apart),
        Readout::plain("updates", training.updates as f64),
    ];
    // With nothing to learn the best losses and logits are known.
    let n = batch as f64;
    let known = |readout: Readout, exact: f64, there: bool| {
        if there { readout.against(exact) } else { readout }
    };
    let floors = [n.ln(), n.ln() + (n - 1.0) * (n / (n - 1.0)).ln()];
    for ((id, loss), floor) in
        ["clip-loss", "siglip-loss"].into_iter().zip(training.seen.losses).zip(floors)
    {
        all.push(known(number(id, loss), floor, blind));
    }
    let exact = blind_logit(batch);
    let bias = Readout::plain("siglip-bias", training.towers[1].bias());
    all.push(known(bias, exact, blind && !training.settings.switch("encoders")));
    all.push(known(Readout::plain("siglip-offset", training.mean_logit()), exact, blind));
    let zero_shot = [("clip-zero-shot", clip.zero_shot), ("siglip-zero-shot", siglip.zero_shot)];
    all.extend(zero_shot.into_iter().filter_map(|(id, share)| share.map(|s| number(id, s))));
    if let Some([one, five]) = training.baseline.recalls {
        all.extend([number("regression-1", one), number("regression-5", five)]);
    }
    if let Some([means, probe]) = training.baseline.classes {
        all.extend([number("class-means", means), number("class-probe", probe)]);
    }
    if training.ground.captions.is_some() {
        let expected = training.ground.expected_false_negatives(batch);
        let counted = training.false_negatives.mean();
        all.push(
            number("false-negatives", counted.unwrap_or((f64::NAN, f64::NAN))).against(expected),
        );
    }
    all.sort_by_key(|r| READOUTS.iter().position(|id| *id == r.id));
    all
}

fn notes(training: &Training) -> Vec<Label> {
    let mut notes = Vec::new();
    if !training.settings.switch("matched") {
        notes.push("nothing-to-learn");
    }
    if training.seen.looks[1].apart < APART {
        notes.push("run-apart");
    }
    if training.towers.iter().any(|t| t.scale() > 0.999 * CAP) {
        notes.push("at-the-cap");
    }
    if training.settings.switch("sweep") && training.sweep.finished() {
        notes.push("sweep-done");
    }
    notes
}

/// What the share in the recall figure is.
fn measure(training: &Training) -> Label {
    if training.ground.captions.is_some() { "zero-shot-share" } else { "recall-5-share" }
}

/// Lines that do not move: chance, and what can be had without towers.
fn baselines(training: &Training, across: (f64, f64)) -> Vec<Series> {
    let captions = training.ground.captions.is_some();
    let chance = if captions { 0.1 } else { chance(&training.ground, 5) };
    let baseline = &training.baseline;
    let other = match (baseline.recalls, baseline.classes) {
        (Some([_, five]), _) => ("regression-line", five.0),
        (_, Some([means, _])) => ("means-line", means.0),
        _ => ("regression-line", f64::NAN),
    };
    let level =
        |label, role, y: f64| Series::line(label, role, vec![across.0, across.1], vec![y, y]);
    vec![level("chance", Role::Noise, chance), level(other.0, Role::Data, other.1)]
}

/// The right end of an axis of updates: it moves in steps.
fn end(updates: u64) -> f64 {
    rounded((updates as f64).max(100.0))
}

fn course(training: &Training) -> Plot {
    let course = &training.course;
    let end = end(training.updates);
    let mut series = baselines(training, (0.0, end));
    let band = |label, role, at: usize| {
        let of = |column| course.column(column);
        Series::band(label, role, of(0), of(at), of(at + 1))
    };
    series.push(band("clip", Role::Model, 1));
    series.push(band("siglip", Role::Estimate, 3));
    let (x, y) =
        (Axis::of("update").within(0.0, end), Axis::of(measure(training)).within(0.0, 1.0));
    Plot::Lines(Lines { x, y, series })
}

fn swept(training: &Training) -> Plot {
    let ends = (0.75 * SIZES[0] as f64, 1.33 * SIZES[SIZES.len() - 1] as f64);
    let mut series = baselines(training, ends);
    for (variant, (label, role)) in SWEPT.into_iter().enumerate().rev() {
        let means = training.sweep.means(variant);
        let column = |of: fn(&(f64, f64, f64)) -> f64| means.iter().map(of).collect::<Vec<f64>>();
        // Side by side, or their bars would hide each other.
        let aside = 1.12_f64.powf(variant as f64 - 1.0);
        let x = means.iter().map(|m| m.0 * aside).collect();
        let points = Series::points(label, role, x, column(|m| m.1));
        series.push(Series { spread: column(|m| m.2), ..points });
    }
    let x = Axis::of("batch-size").within(ends.0, ends.1).logarithmic();
    Plot::Lines(Lines { x, y: Axis::of(measure(training)).within(0.0, 1.0), series })
}

/// The scales and the bias in the unit they share: t is what a cosine of one adds to a logit, b what
/// every pair adds. Where there is nothing to learn, the bias beside what is known of it.
fn path(training: &Training) -> Plot {
    let path = &training.path;
    let end = end(training.updates);
    let blind = !training.settings.switch("matched");
    let line = |label, role, y| Series::line(label, role, path.column(0), y);
    let scale = |at| path.column(at).into_iter().map(f64::exp).collect::<Vec<f64>>();
    let bias = line("bias-siglip", Role::Estimate, path.column(3));
    let (label, top, series) = if blind {
        let goal = blind_logit(training.settings.count("batch"));
        let level = Series::line("blind-logit", Role::Exact, vec![0.0, end], vec![goal; 2]);
        let mean = line("mean-logit", Role::Negative, path.column(4));
        ("logit", BLIND_TOP, vec![level, mean, bias])
    } else {
        let clip = line("scale-clip", Role::Model, scale(1));
        let siglip = line("scale-siglip", Role::Data, scale(2));
        ("path-value", PATH.1, vec![clip, siglip, bias])
    };
    let y = Axis::of(label);
    let (low, high) = around(&series, (PATH.0, top));
    Plot::Lines(Lines { x: Axis::of("update").within(0.0, end), y: y.within(low, high), series })
}

/// An axis that holds all of these, at least from one end to the other: it grows in steps.
fn around(series: &[Series], (low, high): (f64, f64)) -> (f64, f64) {
    let all = || series.iter().flat_map(|s| &s.y).copied().filter(|y| y.is_finite());
    let (least, most) = (all().fold(low, f64::min), all().fold(high, f64::max));
    (
        if least < low { -rounded(-least) } else { low },
        if most > high { rounded(most) } else { high },
    )
}

fn logits(training: &Training) -> Plot {
    let values = training.seen.looks[shown(training)].logits.clone();
    let most = values.iter().map(|v| v.abs()).fold(1.0, f64::max);
    let captions = training.ground.captions.is_some();
    let (rows, columns) =
        if captions { ("pictures", "captions") } else { ("left-halves", "right-halves") };
    let width = if captions { 10 } else { training.ground.shown.len() };
    let end = 5.0 * (most / 5.0).ceil();
    let value = Axis::of("logit").within(-end, end);
    Plot::Matrix(Matrix { rows, columns, value, width, values })
}

fn pairs(training: &Training) -> Plot {
    let ground = &training.ground;
    let image = |(picture, (rank, first)): (&usize, &(usize, usize))| -> Image {
        let right = *rank == 0;
        let role = if right { Role::Positive } else { Role::Negative };
        match &ground.captions {
            None => {
                let pixels = join(ground.picture(*picture), ground.half(ground.test[*first]));
                thumbnail(role, format!("#{}", rank + 1), &pixels)
            }
            Some(_) => {
                let caption = if right { first.to_string() } else { format!("x{first}") };
                thumbnail(role, caption, ground.picture(*picture))
            }
        }
    };
    let found = &training.found[shown(training)];
    let images = ground.shown.iter().zip(found).map(image).collect();
    Plot::Images(Images { width: 8, height: 8, images })
}
