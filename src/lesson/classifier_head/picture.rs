//! What the four fits look like: figures, readouts, remarks.

use super::judge::{Judgement, Mean};
use super::training::Training;
use super::variant::Variant;
use crate::data::toy::Toy;
use crate::lab::Label;
use crate::lab::view::{
    Axis, Field, Figure, Lines, Mark, Plot, Progress, Readout, Role, Series, View,
};
use crate::lesson::shared::drawing::{dots, histogram, own_axis, own_nodes};

/// Mass at the edge of the grid that is worth a remark.
const REMARKABLE: f64 = 1e-2;
/// How deep below the peak the calibration figure reaches, in nats.
const DEPTH: f64 = 5.0;
/// A noise of this much less density than the data somewhere is too narrow.
const FAINT: f64 = -7.0;

/// Which of the two densities is shown: 0 for that of the energy, 1 for that of the classifier.
fn shown(run: &Training) -> usize {
    usize::from(run.settings.choice("show") == "implied")
}

fn log_density(look: &Judgement, which: usize) -> &[f64] {
    if which == 0 { &look.log_energy } else { &look.log_implied }
}

pub(super) fn view(run: &Training) -> View {
    let density =
        if run.problem.sample.dimensions == 1 { density_line(run) } else { density_plane(run) };
    let done = run.sweep.done();
    View {
        figures: vec![density, sizes(run), calibration(run), losses(run)],
        readouts: readouts(run),
        notes: notes(run),
        progress: (done < 1.0 && run.settings.switch("sweep"))
            .then_some(Progress { label: "sweep-runs", done }),
    }
}

const NLL: [Label; 4] = ["nll_fixed", "nll_logistic", "nll_head", "nll_late"];
const IMPLIED: [Label; 4] = ["", "implied_logistic", "implied_head", "implied_late"];
const SLOPE: [Label; 4] = ["slope_fixed", "slope_logistic", "slope_head", "slope_late"];
const ACCURACY: [Label; 4] =
    ["accuracy_fixed", "accuracy_logistic", "accuracy_head", "accuracy_late"];
const GAP: [Label; 4] = ["gap_fixed", "gap_logistic", "gap_head", "gap_late"];
const PARAMETERS: [Label; 4] =
    ["parameters_fixed", "parameters_logistic", "parameters_head", "parameters_late"];

/// Every readout, in the order they are shown: a small pane has room for the first few, so those
/// are of the two that differ most.
pub(super) const READOUTS: [Label; 24] = [
    NLL[0],
    NLL[2],
    IMPLIED[2],
    SLOPE[0],
    SLOPE[2],
    PARAMETERS[0],
    PARAMETERS[2],
    NLL[1],
    NLL[3],
    IMPLIED[1],
    IMPLIED[3],
    SLOPE[1],
    SLOPE[3],
    ACCURACY[0],
    ACCURACY[1],
    ACCURACY[2],
    ACCURACY[3],
    GAP[0],
    GAP[1],
    GAP[2],
    GAP[3],
    PARAMETERS[1],
    PARAMETERS[3],
    "mass_fixed",
];

fn entropy(run: &Training) -> Option<f64> {
    run.problem.sample.toy.and_then(Toy::entropy)
}

fn readouts(run: &Training) -> Vec<Readout> {
    let problem = &*run.problem;
    let shift = problem.sample.log_scale();
    let entropy = entropy(run);
    let number = |id, mean: Mean, exact: Option<f64>| Readout {
        id,
        value: mean.value,
        error: (mean.error > 0.0).then_some(mean.error),
        exact,
    };
    let own = |mean: Mean| Mean { value: mean.value + shift, ..mean };
    let mut all = Vec::with_capacity(READOUTS.len());
    let looks = || run.look.iter().enumerate();
    all.extend(looks().map(|(v, look)| number(NLL[v], own(look.nll_energy), entropy)));
    all.extend(looks().skip(1).map(|(v, look)| number(IMPLIED[v], own(look.nll_implied), entropy)));
    all.extend(looks().filter_map(|(v, look)| {
        let slope = look.slope?;
        Some(Readout::plain(SLOPE[v], slope).against(1.0))
    }));
    let best = problem.best.as_ref().map(|b| b.accuracy(problem.ratio));
    all.extend(looks().map(|(v, look)| number(ACCURACY[v], look.accuracy, best)));
    all.extend(looks().map(|(v, look)| number(GAP[v], look.gap, None)));
    let exact = run.fit(Variant::Fixed).energy.parameters().len() + 1;
    for (v, fit) in run.live.fits.iter().enumerate() {
        let count = Readout::plain(PARAMETERS[v], fit.parameters() as f64);
        all.push(if v == 0 { count.against(exact as f64) } else { count });
    }
    if let Some(look) = run.look.first() {
        all.push(Readout::plain("mass_fixed", look.mass).against(1.0));
    }
    all.sort_by_key(|r| READOUTS.iter().position(|id| *id == r.id));
    all
}

fn notes(run: &Training) -> Vec<Label> {
    let problem = &*run.problem;
    let grid = &problem.sample.grid;
    let mut notes = Vec::new();
    let at_edge = |log: &[f64]| {
        let density: Vec<f64> = log.iter().map(|l| l.exp()).collect();
        grid.edge_mass(&density) > REMARKABLE
    };
    if run.look.iter().any(|look| at_edge(log_density(look, shown(run)))) {
        notes.push("mass-at-edge");
    }
    // log p_n of the training points, against that at the noise's own centre.
    let centre = problem.noise.log_density(&vec![0.0; problem.noise.dimensions()]);
    let faint = |offset: &f64| -offset - problem.ratio.ln() - centre < FAINT;
    if run.live.train.offset.iter().any(faint) {
        notes.push("noise-too-narrow");
    }
    if run.live.train.count() < run.settings.count("points") {
        notes.push("fewer-points");
    }
    if problem.sample.thinned {
        notes.push("rows-left-out");
    }
    notes
}

fn density_line(run: &Training) -> Figure {
    let sample = &run.problem.sample;
    let nodes = own_nodes(sample);
    let scale = sample.scale[0];
    let peak = |v: &[f64]| v.iter().copied().fold(0.0, f64::max);
    let mut series = Vec::new();
    let (reference, label) = if sample.exact_density.is_empty() {
        let (edges, heights) = histogram(sample);
        series.push(Series::histogram("histogram", Role::Data, edges, heights));
        (&sample.kernel_density, "kernel")
    } else {
        (&sample.exact_density, "truth")
    };
    // The fixed form last, so that it lies on top of the others.
    for (variant, look) in Variant::ALL.iter().zip(&*run.look).rev() {
        let density = log_density(look, shown(run)).iter().map(|l| l.exp() / scale).collect();
        series.push(Series::line(variant.id(), variant.role(), nodes.clone(), density));
    }
    series.push(Series::line(label, Role::Exact, nodes, reference.clone()));
    let y = Axis::of("density-per-unit").within(0.0, 1.5 * peak(reference));
    Figure { id: "density", plot: Plot::Lines(Lines { x: own_axis(sample, 0), y, series }) }
}

fn density_plane(run: &Training) -> Figure {
    let sample = &run.problem.sample;
    let chosen = run.settings.choice("field");
    let at = Variant::ALL.iter().position(|v| v.id() == chosen).unwrap_or(0);
    let log = run.look.get(at).map_or(&[][..], |look| log_density(look, shown(run)));
    let area = sample.scale[0] * sample.scale[1];
    let values: Vec<f64> = log.iter().map(|l| l.exp() / area).collect();
    let top = values.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    Figure {
        id: "density",
        plot: Plot::Field(Field {
            x: own_axis(sample, 0),
            y: own_axis(sample, 1),
            value: Axis::of("density-per-unit").within(0.0, top),
            low_is_bright: false,
            columns: sample.grid.axes()[0].count,
            values,
            dots: dots(sample),
            arrows: Vec::new(),
        }),
    }
}

/// The end of an axis that should reach `value` and rest most of the time.
fn rung(value: f64) -> f64 {
    [0.25, 0.5, 1.0, 2.0, 4.0].into_iter().find(|r| *r >= value).unwrap_or(8.0)
}

fn sizes(run: &Training) -> Figure {
    let sample = &run.problem.sample;
    let shift = sample.log_scale();
    let means = Variant::ALL.map(|v| run.sweep.means(v, shown(run)));
    let (floor, label) = entropy(run).map_or((sample.kernel_nll, "kernel-line"), |h| (h, "floor"));
    let most = run.sweep.runs.values().last().copied().unwrap_or(1_000.0);
    let ends = (20.0, 1.5 * most);
    let highest = means.iter().flatten().map(|(_, m, _)| m + shift - floor).fold(0.0, f64::max);
    // What lies higher is drawn at the edge: the differences that matter are smaller.
    let (low, top) = (floor - 0.1, floor + rung(highest).min(1.0));
    let mut series = vec![Series::line(label, Role::Exact, vec![ends.0, ends.1], vec![floor; 2])];
    for (v, variant) in Variant::ALL.iter().enumerate().rev() {
        // Side by side, or their bars would hide each other.
        let aside = 1.06f64.powf(v as f64 - 1.5);
        series.push(Series {
            label: variant.id(),
            role: variant.role(),
            mark: Mark::Points,
            x: means[v].iter().map(|(n, _, _)| n * aside).collect(),
            y: means[v].iter().map(|(_, m, _)| (m + shift).min(top)).collect(),
            spread: means[v].iter().map(|(_, _, e)| *e).collect(),
        });
    }
    let lines = Lines {
        x: Axis::of("training-points").logarithmic().within(ends.0, ends.1),
        y: Axis::of("nll-nats").within(low, top),
        series,
    };
    Figure { id: "sizes", plot: Plot::Lines(lines) }
}

/// In standardised units: an affine change of the data moves both axes alike.
fn calibration(run: &Training) -> Figure {
    let known = run.problem.best.is_some();
    let reference = &run.problem.held.log_density;
    let peak = if known {
        reference.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    } else {
        // Of a Gaussian with the data's covariance, and some more.
        1.0 - 0.9 * run.problem.sample.dimensions as f64
    };
    let top = (2.0 * (peak + 0.5)).ceil() / 2.0;
    let bottom = top - DEPTH;
    let mut series =
        vec![Series::line("diagonal", Role::Exact, vec![bottom, top], vec![bottom, top])];
    for (variant, look) in Variant::ALL.iter().zip(&*run.look).rev() {
        let inside = |v: f64| (bottom..=top).contains(&v);
        let points = look.calibration.iter().filter(|(x, y)| inside(*x) && inside(*y));
        let (x, y) = points.copied().unzip();
        series.push(Series::line(variant.id(), variant.role(), x, y));
    }
    let y = Axis::of(if known { "log-p" } else { "log-implied" });
    let lines =
        Lines { x: Axis::of("log-energy").within(bottom, top), y: y.within(bottom, top), series };
    Figure { id: "calibration", plot: Plot::Lines(lines) }
}

fn losses(run: &Training) -> Figure {
    let steps: Vec<f64> = run.history.column(0).iter().map(|s| s + 1.0).collect();
    let last = steps.last().copied().unwrap_or(1.0).max(10.0);
    let columns: Vec<Vec<f64>> = (1..=4).map(|c| run.history.column(c)).collect();
    let lowest = columns.iter().flatten().copied().fold(f64::INFINITY, f64::min);
    let floor = run.problem.best.as_ref().map(|b| b.loss(run.problem.ratio));
    let base = floor.unwrap_or(lowest).min(lowest);
    let highest = columns.iter().filter_map(|c| c.last()).copied().fold(base, f64::max);
    let low = (20.0 * base).floor() / 20.0 - 0.05;
    let high = low + rung(highest - low + 0.1);
    let mut series: Vec<Series> = floor
        .map(|f| Series::line("best-loss", Role::Exact, vec![1.0, last], vec![f; 2]))
        .into_iter()
        .collect();
    for (variant, y) in Variant::ALL.iter().zip(columns).rev() {
        let y = y.iter().map(|v| v.min(high)).collect();
        series.push(Series::line(variant.id(), variant.role(), steps.clone(), y));
    }
    let lines = Lines {
        x: Axis::of("steps").logarithmic().within(1.0, last),
        y: Axis::of("bce-nats").within(low, high),
        series,
    };
    Figure { id: "losses", plot: Plot::Lines(lines) }
}
