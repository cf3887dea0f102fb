//! What a training looks like: the matrix, a row of it, the course, readouts, remarks.

use super::circle;
use super::critic::Similarity;
use super::even;
use super::learner::TEMPERATURES;
use super::training::{Batch, Scene, Training};
use crate::lab::Label;
use crate::lab::view::{Axis, Figure, Lines, Matrix, Plot, Readout, Role, Series, View};
use crate::lesson::shared::pictures::rounded;
use crate::math::log_sum_exp::log_sum_exp;

/// Nodes of the curve of the softmax.
const NODES: usize = 161;
/// Steps that the course shows at least.
const SHORTEST: f64 = 100.0;

pub(super) fn view(training: &Training) -> View {
    let Some(scene) = training.scene() else {
        return View { notes: vec!["no-direction"], ..View::default() };
    };
    let figures = [
        ("forces", circle::plot(training, &scene)),
        ("row", row(training, &scene)),
        ("matrix", matrix(training, &scene)),
        ("course", course(training, scene.count)),
    ];
    View {
        figures: figures.into_iter().map(|(id, plot)| Figure { id, plot }).collect(),
        readouts: readouts(training, &scene),
        notes: notes(training, scene.count),
        progress: None,
    }
}

/// The range of similarities: fixed for vectors of length one, else growing in steps.
fn range(training: &Training, scene: &Scene) -> (f64, f64) {
    let similarity = training.learner.critic.similarity;
    let largest = scene.similarities.iter().fold(0.0, |m: f64, s| m.max(s.abs()));
    let on_circle = training.is_points() || similarity.of_units();
    let top = match similarity {
        Similarity::Euclidean if on_circle => 4.0,
        Similarity::Cosine => 1.0,
        Similarity::Dot if on_circle => 1.0,
        _ => rounded(largest.max(1.0)),
    };
    (-top, if similarity == Similarity::Euclidean { 0.0 } else { top })
}

fn matrix(training: &Training, scene: &Scene) -> Plot {
    let (low, _) = range(training, scene);
    Plot::Matrix(Matrix {
        rows: "queries",
        columns: "candidates",
        value: Axis::of("similarity").within(low, -low),
        width: scene.count,
        values: scene.similarities.clone(),
    })
}

fn row(training: &Training, scene: &Scene) -> Plot {
    let (anchor, count, scale) =
        (training.anchor(scene.count), scene.count, training.learner.scale());
    let similarities = &scene.similarities[anchor * count..][..count];
    let scores: Vec<f64> = similarities.iter().map(|s| scale * s).collect();
    let sum = log_sum_exp(&scores);
    let probability = |s: f64| (scale * s - sum).exp();
    let (low, high) = range(training, scene);
    // The curve ends where a probability would be more than one.
    let node = |i: usize| low + (high - low) * i as f64 / (NODES - 1) as f64;
    let nodes: Vec<f64> = (0..NODES).map(node).filter(|s| scale * s <= sum).collect();
    let heights = nodes.iter().map(|s| probability(*s)).collect();
    let mut others = similarities.to_vec();
    let own = others.remove(anchor);
    let pushed = others.iter().map(|s| probability(*s)).collect();
    Plot::Lines(Lines {
        x: Axis::of("similarity").within(low, high),
        y: Axis::of("probability").within(0.0, 1.0),
        series: vec![
            Series::line("softmax", Role::Model, nodes, heights),
            Series::points("negatives", Role::Negative, others, pushed),
            Series::points("own", Role::Positive, vec![own], vec![probability(own)]),
        ],
    })
}

/// Where the axis of the course ends, in steps: between -2.5 and 3.5 ticks two apart fit, and beyond
/// that five should be a tick too, for one tick alone would be no scale.
fn course_ends(bottom: f64, top: f64) -> (f64, f64) {
    let up = |value: f64| 0.5 * (2.0 * value).ceil();
    let high = up(top);
    (-up(-bottom), if high > 3.5 { high.max(5.0) } else { high })
}

fn course(training: &Training, count: usize) -> Plot {
    let [steps, loss, reference, uniformity] = [0, 1, 2, 3].map(|i| training.history.column(i));
    let chance = (count as f64).ln();
    let end = rounded((training.steps as f64).max(SHORTEST));
    let finite =
        |values: &[f64]| -> Vec<f64> { values.iter().copied().filter(|v| v.is_finite()).collect() };
    let top = finite(&loss).into_iter().fold(chance.max(1.0), f64::max);
    let bottom = finite(&uniformity).into_iter().fold(-2.0, f64::min);
    let (low, high) = course_ends(bottom, top);
    let mut series = vec![
        Series::line("chance", Role::Noise, vec![0.0, end], vec![chance; 2]),
        Series::line("uniform", Role::Negative, steps.clone(), uniformity),
        Series::line("loss", Role::Model, steps.clone(), loss),
    ];
    if reference.iter().any(|r| r.is_finite()) {
        let label = if training.is_points() { "even" } else { "true-ratio" };
        series.push(Series::line(label, Role::Exact, steps, reference));
    }
    Plot::Lines(Lines {
        x: Axis::of("steps").within(0.0, end),
        y: Axis::of("nats").within(low, high),
        series,
    })
}

/// A number of the batch: as it is where the pairs stay the same, else the mean of the last batches.
fn of_batches(training: &Training, id: Label, of: fn(&Batch) -> f64) -> Readout {
    if training.is_points() {
        return Readout::plain(id, training.recent.last().map_or(f64::NAN, of));
    }
    let (value, error) = training.recent.mean(of);
    Readout { id, value, error: error.is_finite().then_some(error), exact: None }
}

fn against(mut readout: Readout, exact: Option<f64>) -> Readout {
    readout.exact = exact.filter(|e| e.is_finite());
    readout
}

fn readouts(training: &Training, scene: &Scene) -> Vec<Readout> {
    let (count, d) = (scene.count, training.world.dimension);
    let anchor = training.anchor(count);
    let reference = of_batches(training, "loss", |b| b.reference).value;
    let mut all = vec![
        against(of_batches(training, "loss", |b| b.loss), Some(reference)),
        Readout::plain("chance", (count as f64).ln()),
        of_batches(training, "accuracy", |b| b.accuracy),
    ];
    if let Some((value, error)) = training.recall {
        let recall = Readout::estimate("recall", value, error);
        all.push(against(recall, training.best_recall()));
    }
    let even = if training.is_points() {
        even::uniformity(d, count)
    } else {
        Some(even::random_uniformity(d))
    };
    let row = &scene.scores[anchor * count..][..count];
    // 1 - p of the own candidate, without losing digits where p is close to one.
    let others: Vec<f64> =
        row.iter().enumerate().filter(|(j, _)| *j != anchor).map(|(_, s)| *s).collect();
    let pull = if count > 1 { (log_sum_exp(&others) - log_sum_exp(row)).exp() } else { 0.0 };
    let invariance = Readout::plain("invariance", training.invariance(scene));
    all.extend([
        of_batches(training, "alignment", |b| b.alignment),
        against(of_batches(training, "uniformity", |b| b.uniformity), even),
        of_batches(training, "hardest", |b| b.hardest),
        Readout::plain("pull", pull),
        against(Readout::plain("temperature", training.temperature()), best_temperature(training)),
        against(invariance, (!training.symmetric()).then_some(0.0)),
        Readout::plain("parameters", training.parameters() as f64),
    ]);
    all
}

/// The temperature at which a cosine of the hidden directions is the true log ratio.
fn best_temperature(training: &Training) -> Option<f64> {
    let learned = training.settings.switch("learn_temperature")
        && training.settings.choice("learned") == "encoder"
        && training.learner.critic.similarity == Similarity::Cosine
        && training.settings.real("turn") == 0.0;
    let (least, most) = TEMPERATURES;
    learned.then(|| (1.0 / training.world.kappa).clamp(least, most))
}

fn notes(training: &Training, count: usize) -> Vec<Label> {
    let mut notes = Vec::new();
    if count == 1 {
        notes.push("one-pair");
    }
    if training.settings.switch("no_push") {
        notes.push("without-push");
    }
    if training.symmetric() && training.settings.real("row_constant") != 0.0 {
        notes.push("columns-see-it");
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::course_ends;

    #[test]
    fn the_course_has_room_and_more_than_one_tick() {
        // Circle and sphere, few pairs and many, a calm start and a wild one.
        for (bottom, top) in
            [(-2.0, 1.0), (-2.0, 2.77), (-2.44, 3.18), (-2.44, 4.16), (-2.6, 4.9), (-2.0, 13.2)]
        {
            let (low, high) = course_ends(bottom, top);
            assert!(low <= bottom && high >= top && high < top + 2.0, "{low} {high}");
            // Ticks lie 2 apart where three of them fit, else 5.
            let step = if high - low <= 6.0 { 2.0 } else { 5.0 };
            let ticks = (high / step).floor() - (low / step).ceil() + 1.0;
            assert!(ticks >= 2.0, "{low} {high}: {ticks}");
        }
    }
}
