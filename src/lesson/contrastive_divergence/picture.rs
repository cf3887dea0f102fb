//! What a training looks like: figures, readouts, remarks.

use super::probe::{Found, mean};
use super::problem::{Plane, SHOWN};
use super::training::Training;
use crate::data::digits::PIXELS;
use crate::lab::Label;
use crate::lab::view::{
    Axis, Dots, Field, Figure, Images, Lines, Plot, Progress, Readout, Role, Series, View,
};
use crate::lesson::shared::alignment::Estimate;
use crate::lesson::shared::pictures::{energy_histograms, rounded, thumbnail};

/// How far the map reaches, in standard deviations of the data: the box goes on to 4, where there
/// is nothing to see.
const REACH: f64 = 2.8;
/// Nats above the lowest energy that are shown: what lies higher has no probability to speak of.
const DEPTH: f64 = 10.0;
/// Dots of a kind.
const DOTS: usize = 160;
/// Digits of the data, and negatives after each: a small panel has room for few.
const DATA_IMAGES: usize = 4;
const NEGATIVES_EACH: usize = 3;
/// A log Z this far off when every second node is left out: with all nodes it is far closer, but
/// no longer sure.
const COARSE: f64 = 0.3;
/// Mass where there are no data that is worth a remark.
const STRAY: f64 = 0.2;

pub(super) fn view(training: &Training) -> View {
    let model = match &training.problem.plane {
        Some(plane) => field(training, plane),
        None => images(training),
    };
    let length = match training.problem.plane {
        Some(_) => alignment(training),
        None => chain_energies(&training.found),
    };
    let figures = [("model", model), ("length", length), ("progress", progress(training))];
    let mut figures: Vec<Figure> =
        figures.into_iter().map(|(id, plot)| Figure { id, plot }).collect();
    figures.push(Figure { id: "energies", plot: energies(training) });
    let steps = training.settings.count("steps");
    let share = |walked: usize| Progress {
        label: "walking",
        done: (walked as f64 / steps.max(1) as f64).min(1.0),
    };
    View {
        figures,
        readouts: readouts(training),
        notes: notes(training),
        progress: training.walked.map(share),
    }
}

fn shown(id: Label, e: Estimate) -> Readout {
    let error = e.error.is_finite().then_some(e.error);
    Readout { id, value: e.value, error, exact: None }
}

fn readouts(training: &Training) -> Vec<Readout> {
    let mut all = Vec::new();
    let none = Estimate { value: f64::NAN, error: f64::NAN };
    if let Some(plane) = &training.problem.plane {
        all.push(shown("nll", training.look.nll));
        all.extend(plane.toy.entropy().map(|h| Readout::plain("floor", h)));
        all.push(Readout::plain("stray_mass", training.look.stray));
        if !training.is_exact() {
            let own = training.found.own;
            all.push(shown("cosine", own.map_or(none, |o| o.cosine)).against(1.0));
            all.push(shown("norm_ratio", own.map_or(none, |o| o.ratio)).against(1.0));
        }
    }
    let latest = training.latest;
    all.push(shown("energy_gap", latest.map_or(none, |l| l.gap)));
    all.push(shown("energy_data", latest.map_or(none, |l| l.data)));
    all.push(shown("energy_negatives", latest.map_or(none, |l| l.negatives)));
    if training.problem.plane.is_none() {
        let area = |id, (value, error): (f64, f64)| shown(id, Estimate { value, error });
        all.push(area("auroc_outliers", training.look.auroc[0]));
        all.push(area("auroc_baseline", training.baseline));
        all.push(area("auroc_held_out", training.look.auroc[1]));
    }
    if let Some(restarted) = latest.and_then(|l| l.restarted) {
        all.push(Readout::plain("restarted", restarted as f64));
    }
    all.push(Readout::plain("updates", training.updates as f64));
    all
}

fn notes(training: &Training) -> Vec<Label> {
    let mut notes = Vec::new();
    if training.problem.plane.is_none() && training.settings.choice("method") == "exact" {
        notes.push("no-grid");
    }
    if training.look.coarse > COARSE {
        notes.push("grid-too-coarse");
    }
    if training.updates > 50 && training.look.stray > STRAY {
        notes.push("unseen-mass");
    }
    if training.settings.real("noise") == 0.0 && !training.is_exact() {
        notes.push("no-noise");
    }
    notes
}

/// The nodes of an axis that the map shows.
fn mapped(plane: &Plane) -> std::ops::Range<usize> {
    let beyond = (0..plane.axis.count).take_while(|i| plane.axis.node(*i) < -REACH).count();
    beyond..plane.axis.count - beyond
}

/// An axis of the plane in the data's own units.
fn own_axis(plane: &Plane, axis: usize) -> Axis {
    let nodes = mapped(plane);
    let own = |index| plane.own(axis, plane.axis.node(index));
    Axis::of(["x1", "x2"][axis]).within(own(nodes.start), own(nodes.end - 1))
}

fn field(training: &Training, plane: &Plane) -> Plot {
    let shown = mapped(plane);
    let rows = training.look.nodes.chunks_exact(plane.axis.count);
    let rows = rows.skip(shown.start).take(shown.len());
    let values: Vec<f64> =
        rows.flat_map(|row| &row[shown.clone()]).map(|e| f64::from(*e)).collect();
    let low = values.iter().copied().fold(f64::INFINITY, f64::min).floor();
    let dots = |label, role, rows: &[f32]| {
        let places = rows.chunks_exact(2).take(DOTS);
        let own = |p: &[f32]| (plane.own(0, f64::from(p[0])), plane.own(1, f64::from(p[1])));
        Dots { label, role, points: places.map(own).collect() }
    };
    let mut groups = vec![dots("data", Role::Data, &training.problem.train)];
    if !training.is_exact() {
        groups.push(dots("negatives", Role::Negative, &training.negatives));
    }
    Plot::Field(Field {
        x: own_axis(plane, 0),
        y: own_axis(plane, 1),
        value: Axis::of("energy").within(low, low + DEPTH),
        low_is_bright: true,
        columns: shown.len(),
        values,
        dots: groups,
        arrows: Vec::new(),
    })
}

fn images(training: &Training) -> Plot {
    let image = |role, mark: &str, pixels: &[f32]| thumbnail(role, mark.to_owned(), pixels);
    let mut negatives = training.negatives.chunks_exact(PIXELS);
    let mut images = Vec::with_capacity(DATA_IMAGES * (1 + NEGATIVES_EACH));
    for datum in training.problem.train.chunks_exact(PIXELS).take(DATA_IMAGES) {
        images.push(image(Role::Data, "x+", datum));
        let next = negatives.by_ref().take(NEGATIVES_EACH);
        images.extend(next.map(|x| image(Role::Negative, "x-", x)));
    }
    Plot::Images(Images { width: 8, height: 8, images })
}

/// Columns of k, value and error.
type Columns = (Vec<f64>, Vec<f64>, Vec<f64>);

fn columns(points: impl Iterator<Item = (usize, Estimate)>) -> Columns {
    let (mut k, mut value, mut error) = (Vec::new(), Vec::new(), Vec::new());
    for (at, e) in points.filter(|(_, e)| e.value.is_finite() && e.error.is_finite()) {
        k.push(at as f64);
        value.push(e.value);
        error.push(e.error);
    }
    (k, value, error)
}

fn points(label: Label, role: Role, (x, y, spread): Columns) -> Series {
    Series { spread, ..Series::points(label, role, x, y) }
}

fn alignment(training: &Training) -> Plot {
    let found = &training.found;
    let last = (training.settings.count("steps") as f64).max(100.0);
    let (low, high) = (0.8, 1.25 * last);
    let cosine = columns(found.sweep.iter().map(|(k, a)| (*k, a.cosine)));
    let ratio = columns(found.sweep.iter().map(|(k, a)| (*k, a.ratio)));
    let bottom = cosine.1.iter().copied().fold(0.0, f64::min);
    let top = ratio.1.iter().copied().fold(1.0, f64::max);
    let mut series = vec![
        Series::line("exact", Role::Exact, vec![low, high], vec![1.0; 2]),
        points("length-ratio", Role::Estimate, ratio),
        points("cosine-sweep", Role::Data, cosine),
    ];
    if let Some(own) = found.own.filter(|_| training.is_persistent()) {
        let k = training.settings.count("steps");
        let own = columns(std::iter::once((k, own.cosine)));
        series.push(points("cosine-own", Role::Model, own));
    }
    Plot::Lines(Lines {
        x: Axis::of("chain-steps").logarithmic().within(low, high),
        y: Axis::of("share-of-exact")
            .within((2.0 * bottom).floor() / 2.0, (2.0 * top).ceil() / 2.0 + 0.1),
        series,
    })
}

fn chain_energies(found: &Found) -> Plot {
    let [data, noise] = [0, 1].map(|i| columns(found.energies[i].iter().copied()));
    // Noise lies far above at first; what matters is whether the two meet.
    let farthest = noise.1.iter().skip(4).chain(&data.1).fold(1.0, |m: f64, e| m.max(e.abs()));
    let top = rounded(farthest.min(1e6));
    let last = data.0.last().copied().unwrap_or(100.0);
    Plot::Lines(Lines {
        x: Axis::of("chain-steps").logarithmic().within(0.9, 1.1 * last),
        y: Axis::of("energy-above-data").within(-0.5 * top, top),
        series: vec![
            Series::line("data-level", Role::Exact, vec![0.9, 1.1 * last], vec![0.0; 2]),
            points("from-noise", Role::Noise, noise),
            points("from-data", Role::Negative, data),
        ],
    })
}

fn progress(training: &Training) -> Plot {
    let updates: Vec<f64> = training.history.column(0).iter().map(|s| s + 1.0).collect();
    let (first, second) = (training.history.column(1), training.history.column(2));
    let last = updates.last().copied().unwrap_or(1.0).max(10.0);
    let x = Axis::of("updates").logarithmic().within(1.0, last);
    let line = |label, role, value: f64| Series::line(label, role, vec![1.0, last], vec![value; 2]);
    let Some(plane) = &training.problem.plane else {
        return Plot::Lines(Lines {
            x,
            y: Axis::of("area").within(0.3, 1.05),
            series: vec![
                line("baseline", Role::Noise, training.baseline.0),
                Series::line("held-out-area", Role::Data, updates.clone(), second),
                Series::line("outlier-area", Role::Model, updates, first),
            ],
        });
    };
    let mut series = vec![Series::line("held-out-nll", Role::Model, updates, first.clone())];
    let floor = plane.toy.entropy();
    series.extend(floor.map(|floor| line("floor", Role::Exact, floor)));
    // The start stays in sight; a model that runs away is followed by half nats for a while.
    let finite = || first.iter().copied().filter(|v| v.is_finite()).chain(floor);
    let start = first.first().copied().filter(|v| v.is_finite()).unwrap_or(0.0);
    let low = finite().fold(start, f64::min);
    let high = finite().fold(start, f64::max).min(start + 6.0);
    let halves = |v: f64| 2.0 * v;
    let y = Axis::of("nll-nats")
        .within(halves(low - 0.1).floor() / 2.0, halves(high + 0.1).ceil() / 2.0);
    Plot::Lines(Lines { x, y, series })
}

/// The energies of three kinds of points, counted from the mean of the training points.
fn energies(training: &Training) -> Plot {
    let shown = &training.look.shown;
    let zero = mean(&shown[..SHOWN.min(shown.len())]).value;
    let labels = [("trained-on", Role::Data), ("held-out", Role::Model), ("outliers", Role::Noise)];
    let kinds = labels.iter().zip(shown.chunks(SHOWN)).map(|((label, role), e)| (*label, *role, e));
    energy_histograms(&kinds.collect::<Vec<_>>(), zero, ("energy-above-data", "share"))
}
