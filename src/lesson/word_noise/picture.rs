//! What a training looks like: figures, readouts, remarks.

use super::training::Training;
use crate::lab::Label;
use crate::lab::view::{Axis, Figure, Lines, Plot, Readout, Role, Series, View};
use crate::math::statistics::histogram;
use crate::objective::language_model::Objective;

const BINS: usize = 40;
/// Held-out words below which the error bars are too wide to compare anything.
const FEW: usize = 200;
/// How far above its lowest the perplexity may rise before it is worth a remark.
const BY_HEART: f64 = 1.1;
/// The smallest and the largest vocabulary of the figure of costs.
const VOCABULARIES: (f64, f64) = (50.0, 3_000.0);

pub(super) fn view(training: &Training) -> View {
    let figures = [
        ("progress", progress(training)),
        ("normaliser", normaliser(training)),
        ("neighbours", training.neighbours.table()),
        ("cost", cost(training)),
    ];
    View {
        figures: figures.into_iter().map(|(id, plot)| Figure { id, plot }).collect(),
        readouts: readouts(training),
        notes: notes(training),
        progress: None,
    }
}

fn estimate(id: Label, (value, error): (f64, f64)) -> Readout {
    Readout { id, value, error: error.is_finite().then_some(error), exact: None }
}

fn readouts(training: &Training) -> Vec<Readout> {
    let look = &training.look;
    let method = training.objective();
    let none = (f64::NAN, f64::NAN);
    let mut all = vec![
        estimate("perplexity", look.perplexity),
        Readout::plain("perplexity_unigram", training.unigram),
    ];
    if method != Objective::Softmax {
        all.push(estimate("perplexity_twin", look.twin));
    }
    let passes = training.met as f64 / training.text.training.len() as f64;
    all.extend([
        estimate("log_z_mean", look.log_z_mean),
        estimate("log_z_spread", look.log_z_spread),
        estimate("loss", training.latest.map_or(none, |l| l.loss)),
        Readout::plain("operations", training.cost(method, training.text.size) as f64),
        Readout::plain("passes", passes),
        Readout::plain("updates", training.updates as f64),
        Readout::plain("words", training.text.size as f64),
        Readout::plain("unknown", training.text.unknown_share()),
    ]);
    all
}

fn notes(training: &Training) -> Vec<Label> {
    let mut notes = Vec::new();
    if training.corpus.cut_from().is_some() {
        notes.push("text-cut");
    }
    notes.extend(training.neighbours.note());
    if training.settings.count("vocabulary") > training.text.size {
        notes.push("all-words");
    }
    if training.places.len() < FEW {
        notes.push("short-text");
    }
    // The perplexity of negative sampling rises for another reason: its scores are not log p.
    let is_likelihood = training.objective() != Objective::NegativeSampling;
    if is_likelihood && training.look.perplexity.0 > BY_HEART * training.lowest {
        notes.push("by-heart");
    }
    notes
}

/// The next of 1, 2, 5, 10, 20, ... so that an axis stays where it is for long.
fn rounded_up(x: f64) -> f64 {
    let decade = 10f64.powf(x.max(1e-300).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * decade).find(|v| *v >= x).unwrap_or(x)
}

fn rounded_down(x: f64) -> f64 {
    1.0 / rounded_up(1.0 / x.max(1e-300))
}

fn progress(training: &Training) -> Plot {
    let [spent, own, twin] = [0, 1, 2].map(|i| training.history.column(i));
    let first = rounded_down(training.cost(training.objective(), training.text.size) as f64);
    let first = spent.first().map_or(first, |s| first.min(rounded_down(*s)));
    let last = rounded_up(training.spent as f64).max(100.0 * first);
    let shown = || own.iter().chain(&twin).copied().filter(|p| p.is_finite());
    let low = rounded_down(0.9 * shown().fold(training.unigram, f64::min));
    let high = rounded_up(shown().fold(training.text.size as f64, f64::max));
    let mut series =
        vec![Series::line("unigram", Role::Noise, vec![first, last], vec![training.unigram; 2])];
    if training.objective() != Objective::Softmax {
        series.push(Series::line("softmax-line", Role::Exact, spent.clone(), twin));
    }
    series.push(Series::line(name(training.objective()), Role::Model, spent, own));
    Plot::Lines(Lines {
        x: Axis::of("multiply-adds").logarithmic().within(first, last),
        y: Axis::of("held-out-perplexity").logarithmic().within(low, high),
        series,
    })
}

fn name(objective: Objective) -> Label {
    match objective {
        Objective::Softmax => "softmax-line",
        Objective::Nce => "nce-line",
        Objective::Ranking => "ranking-line",
        Objective::NegativeSampling => "negative-line",
    }
}

fn normaliser(training: &Training) -> Plot {
    let log_z = &training.look.log_z;
    let ((mean, _), (spread, _)) = (training.look.log_z_mean, training.look.log_z_spread);
    let far = mean.abs() + 4.0 * if spread.is_finite() { spread } else { 0.0 };
    let reach = rounded_up(far.clamp(1.01, 1e6));
    let (counts, _) = histogram(log_z, -reach, reach, BINS);
    let share = 1.0 / log_z.len().max(1) as f64;
    let heights: Vec<f64> = counts.iter().map(|c| *c as f64 * share).collect();
    let top = rounded_up(heights.iter().copied().fold(0.1, f64::max));
    let width = 2.0 * reach / BINS as f64;
    let edges = (0..=BINS).map(|i| -reach + width * i as f64).collect();
    Plot::Lines(Lines {
        x: Axis::of("log-z").within(-reach, reach),
        y: Axis::of("share-of-contexts").within(0.0, top),
        series: vec![
            Series::histogram("contexts", Role::Model, edges, heights),
            Series::line("z-is-one", Role::Exact, vec![0.0; 2], vec![0.0, top]),
        ],
    })
}

/// Multiply-adds of one update against the vocabulary: exact, for every size.
fn cost(training: &Training) -> Plot {
    let sampled = match training.objective() {
        Objective::Softmax => Objective::Nce,
        sampled => sampled,
    };
    let (low, high) = VOCABULARIES;
    let sizes: Vec<f64> = (0..=40).map(|i| low * (high / low).powf(f64::from(i) / 40.0)).collect();
    let of = |objective| -> Vec<f64> {
        sizes.iter().map(|v| training.cost(objective, v.round() as usize) as f64).collect()
    };
    let (softmax, drawn) = (of(Objective::Softmax), of(sampled));
    let now = training.cost(training.objective(), training.text.size) as f64;
    let both = || softmax.iter().chain(&drawn).copied();
    let bottom = 10f64.powf(both().fold(f64::INFINITY, f64::min).log10().floor());
    let top = 10f64.powf(both().fold(0.0, f64::max).log10().ceil());
    Plot::Lines(Lines {
        x: Axis::of("vocabulary-size").logarithmic().within(low, high),
        y: Axis::of("per-update").logarithmic().within(bottom, top),
        series: vec![
            Series::line("softmax-line", Role::Exact, sizes.clone(), softmax),
            Series::line(name(sampled), Role::Model, sizes, drawn),
            Series::points("now", Role::Data, vec![training.text.size as f64], vec![now]),
        ],
    })
}
