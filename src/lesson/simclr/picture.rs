//! What a run looks like: figures, readouts, remarks.

use super::exam::{Marks, Share};
use super::look::Estimate;
use super::training::{Training, VIEWS_EVERY};
use crate::lab::Label;
use crate::lab::view::{
    Axis, Dots, Figure, Image, Images, Lines, Plot, Progress, Readout, Role, Scatter, Series, View,
};
use crate::lesson::shared::pictures::rounded;
use crate::objective::alignment_uniformity::perfect_uniformity;

/// Below this much variance the embeddings are one point.
const COLLAPSED: f64 = 0.02;

pub(super) fn view(training: &Training) -> View {
    let (id, accuracy) = match &training.sweep {
        None => ("accuracy", accuracy(training)),
        Some(_) => ("sweep", sweep(training)),
    };
    let figures = [
        ("views", views(training)),
        ("plane", plane(training)),
        ("geometry", geometry(training)),
        (id, accuracy),
    ];
    let progress = training.sweep.as_ref().filter(|s| !s.runs.finished());
    View {
        figures: figures.into_iter().map(|(id, plot)| Figure { id, plot }).collect(),
        readouts: readouts(training),
        notes: notes(training),
        progress: progress
            .map(|s| Progress { label: "short-runs", done: s.runs.share(training.part()) }),
    }
}

/// The mark that the learner chose to see.
fn chosen(training: &Training) -> fn(&Marks) -> Share {
    if training.settings.choice("score") == "knn" { |m| m.knn } else { |m| m.probe }
}

fn number(id: Label, (value, error): Estimate) -> Readout {
    Readout { error: error.is_finite().then_some(error), ..Readout::plain(id, value) }
}

fn readouts(training: &Training) -> Vec<Readout> {
    let look = &training.look;
    let (batch, _) = training.at_hand();
    let none = (f64::NAN, f64::NAN);
    let mark = |marks: Option<Marks>, of: fn(&Marks) -> Share| marks.map_or(none, |m| of(&m));
    let newest = training.exams.last().map(|(_, marks)| *marks);
    let dimension = training.learner.encoder.outputs();
    // What is perfect is of no use to embeddings that are all one, and with as many digits as their
    // tiny errors have it would take the room of the names.
    let uniformity = match number("uniformity", look.uniformity) {
        alone if look.spread.0 < COLLAPSED => alone,
        spread => spread.against(perfect_uniformity(dimension)),
    };
    let mut all = Vec::with_capacity(16);
    if training.sweep.is_none() {
        all.push(number("probe", mark(newest, |m| m.probe)));
    }
    all.push(number("raw-probe", mark(training.pixels, |m| m.probe)));
    all.push(number("random-probe", mark(training.random, |m| m.probe)));
    if training.sweep.is_none() {
        all.push(number("knn", mark(newest, |m| m.knn)));
    }
    all.extend([
        number("raw-knn", mark(training.pixels, |m| m.knn)),
        number("random-knn", mark(training.random, |m| m.knn)),
        number("loss", training.loss),
        Readout::plain("collapsed-loss", (2.0 * batch as f64 - 1.0).ln()),
        number("alignment", look.alignment),
        uniformity,
        number("spread", look.spread),
        Readout::plain("rank", look.rank),
        number("false-negatives", training.twins.mean())
            .against(training.ground.expected_twins(batch)),
    ]);
    if let Some(sweep) = &training.sweep {
        let of: fn(&Marks) -> f64 =
            if training.settings.choice("score") == "knn" { |m| m.knn.0 } else { |m| m.probe.0 };
        all.push(number("gain", sweep.gain(of).unwrap_or(none)));
        all.push(Readout::plain("runs", sweep.runs.done() as f64));
    }
    all.push(Readout::plain("updates", training.learner.updates as f64));
    all
}

fn notes(training: &Training) -> Vec<Label> {
    let settings = &training.settings;
    let (batch, _) = training.at_hand();
    let mut notes = Vec::new();
    if training.look.spread.0 < COLLAPSED {
        notes.push("collapsed");
    }
    if training.sweep.is_none() && settings.count("batch") > batch {
        notes.push("batch-cut");
    }
    if batch == 1 {
        notes.push("batch-of-one");
    }
    let strengths = super::ground::augmentation(settings);
    if strengths == crate::data::torus::Augmentation::default() {
        notes.push("same-views");
    }
    notes
}

/// Up to three columns of a class's name, under a small picture.
fn caption(name: &str) -> String {
    name.chars().take(3).collect()
}

/// A picture and two views of it. The pictures take turns: three at a time can be seen in grey even
/// in a small panel.
fn views(training: &Training) -> Plot {
    let ground = &training.ground;
    let side = ground.train.side();
    let three = 3 * ground.area();
    let count = (training.shown.len() / three).max(1);
    let turn = (training.learner.updates / VIEWS_EVERY) as usize % count;
    let name = caption(&ground.classes[ground.train_labels[turn]]);
    let image = |(i, pixels): (usize, &[f32])| {
        let name = &name;
        let (role, caption) = match i {
            0 => (Role::Data, name.clone()),
            view => (Role::Positive, format!("{name}{}", ["a", "b"][view - 1])),
        };
        let pixels = pixels.iter().map(|p| p.clamp(0.0, 1.0)).collect();
        Image { pixels, caption, role }
    };
    let shown = training.shown.chunks_exact(three).nth(turn).unwrap_or_default();
    let images = shown.chunks_exact(ground.area()).enumerate().map(image).collect();
    Plot::Images(Images { width: side, height: side, images })
}

fn plane(training: &Training) -> Plot {
    let (look, ground) = (&training.look, &training.ground);
    let classes = ground.classes.len();
    let first = training.settings.count("highlight") % classes;
    let kinds: [(Label, Role); 3] =
        [("class-k", Role::Positive), ("class-k1", Role::Negative), ("class-k2", Role::Estimate)];
    let place = |label: usize| (label + classes - first) % classes;
    let of = |wanted: &dyn Fn(usize) -> bool| {
        let each = look.points.iter().zip(&ground.held_out_labels);
        each.filter(|(_, label)| wanted(place(**label))).map(|(p, _)| *p).collect::<Vec<_>>()
    };
    let rest = of(&|place| place >= kinds.len());
    let mut groups = vec![Dots { label: "the-rest", role: Role::Noise, points: rest }];
    for (i, (label, role)) in kinds.into_iter().enumerate().take(classes) {
        groups.push(Dots { label, role, points: of(&|place| place == i) });
    }
    let axis = |label| Axis::of(label).within(-1.0, 1.0);
    Plot::Scatter(Scatter { x: axis("axis-1"), y: axis("axis-2"), groups, equal: true })
}

fn geometry(training: &Training) -> Plot {
    let point = |label, role, x, y| Series::points(label, role, vec![x], vec![y]);
    let perfect = perfect_uniformity(training.learner.encoder.outputs());
    let (x, y) = (training.path.column(1), training.path.column(2));
    let look = &training.look;
    let series = vec![
        Series::line("path", Role::Model, x, y),
        point("collapse", Role::Negative, 0.0, 0.0),
        point("now", Role::Model, look.alignment.0, look.uniformity.0),
        point("perfect", Role::Exact, 0.0, perfect),
    ];
    let most = 1.5f64.max(rounded(training.origin.0.max(look.alignment.0)));
    Plot::Lines(Lines {
        x: Axis::of("alignment-axis").within(-0.05, most),
        y: Axis::of("uniformity-axis").within(-4.1, 0.2),
        series,
    })
}

/// The baselines as level lines.
fn baselines(training: &Training, (from, to): (f64, f64)) -> Vec<Series> {
    let of = chosen(training);
    let level = |label, role, marks: Option<Marks>| {
        let y = marks.map(|m| of(&m).0)?;
        Some(Series::line(label, role, vec![from, to], vec![y, y]))
    };
    let both = [
        level("raw-pixels", Role::Data, training.pixels),
        level("random-encoder", Role::Noise, training.random),
    ];
    both.into_iter().flatten().collect()
}

/// The axis of a share: tenths around all there is to see. It moves in steps, and no line lies flat
/// because another share might be 0 or 1.
fn share_axis(series: &[Series]) -> Axis {
    let all = || series.iter().flat_map(|s| &s.y).copied().filter(|y| y.is_finite());
    let (least, most) = (all().fold(1.0, f64::min), all().fold(0.0, f64::max));
    let axis = Axis::of("held-out-right");
    if least > most {
        return axis.within(0.1, 0.5);
    }
    let low = ((10.0 * (least - 0.06)).floor() / 10.0).clamp(0.0, 0.6);
    let high = ((10.0 * (most + 0.03)).ceil() / 10.0).clamp(low + 0.4, 1.0);
    axis.within(low, high)
}

fn accuracy(training: &Training) -> Plot {
    let of = chosen(training);
    let end = rounded((training.learner.updates as f64).max(200.0));
    let mut series = baselines(training, (0.0, end));
    let x: Vec<f64> = training.exams.iter().map(|(update, _)| *update as f64).collect();
    let marks = || training.exams.iter().map(|(_, marks)| of(marks));
    let (y, spread) = (marks().map(|m| m.0).collect(), marks().map(|m| m.1).collect());
    series.push(Series::band("learned", Role::Model, x, y, spread));
    let y = share_axis(&series);
    Plot::Lines(Lines { x: Axis::of("updates").within(0.0, end), y, series })
}

fn sweep(training: &Training) -> Plot {
    let Some(sweep) = &training.sweep else { return accuracy(training) };
    let of: fn(&Marks) -> f64 =
        if training.settings.choice("score") == "knn" { |m| m.knn.0 } else { |m| m.probe.0 };
    let means = sweep.runs.means(of);
    let values = sweep.runs.values();
    let ends = (values[0] / 1.2, values[values.len() - 1] * 1.2);
    let mut series = baselines(training, ends);
    let column =
        |i: usize| -> Vec<f64> { means.iter().map(|(x, y, error)| [*x, *y, *error][i]).collect() };
    let points = Series::points("over-seeds", Role::Model, column(0), column(1));
    series.push(Series { spread: column(2), ..points });
    let y = share_axis(&series);
    let across =
        if training.settings.choice("mode") == "batch" { "batch-axis" } else { "temperature-axis" };
    Plot::Lines(Lines { x: Axis::of(across).logarithmic().within(ends.0, ends.1), y, series })
}
