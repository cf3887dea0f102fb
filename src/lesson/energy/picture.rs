//! What a fit looks like: figures, readouts, remarks.

use super::fit::Fit;
use crate::data::toy::Toy;
use crate::lab::Label;
use crate::lab::view::{Axis, Dots, Field, Figure, Lines, Plot, Readout, Role, Series, View};
use crate::lesson::shared::drawing::{dots, histogram, own_axis, own_nodes};
use crate::lesson::shared::sample::Sample;

/// How many nats above the lowest energy are shown: what lies higher has no probability to speak of.
const DEPTH: f64 = 12.0;
/// A mass this far from one, or this much at the edge of the box, is worth a remark.
const REMARKABLE: f64 = 1e-3;
/// A mass this far from one, and no likelihood is shown.
const FICTION: f64 = 1e-2;

pub(super) fn view(fit: &Fit) -> View {
    let sample = &*fit.sample;
    let density = fit.density(0.0);
    let mass = fit.mass();
    let figures = if sample.dimensions == 1 {
        vec![energy_line(fit), density_line(fit, &density), progress(fit)]
    } else {
        vec![energy_plane(fit), density_plane(fit, &density), progress(fit)]
    };
    View {
        figures,
        readouts: readouts(fit, mass),
        notes: notes(fit, &density, mass),
        progress: None,
    }
}

fn readouts(fit: &Fit, mass: f64) -> Vec<Readout> {
    let sample = &*fit.sample;
    let shift = sample.log_scale();
    let (held_out, error) = fit.held_out;
    // A network that bends faster than the grid sees makes Z, and all that rests on it, a fiction.
    let shift = if (mass - 1.0).abs() > FICTION { f64::NAN } else { shift };
    let mut all = vec![
        Readout::plain("nll", fit.now.nll + shift),
        Readout::estimate("nll_held_out", held_out + shift, error),
    ];
    all.extend(sample.toy.and_then(Toy::entropy).map(|h| Readout::plain("floor", h)));
    all.extend([
        Readout::plain("nll_kernel", sample.kernel_nll),
        Readout::plain("log_z", fit.now.log_z + shift),
        Readout::plain("mass", mass).against(1.0),
        Readout::plain("gradient_norm", fit.gradient_norm),
        Readout::plain("max_density_change", fit.density_change(-fit.offset)).against(0.0),
    ]);
    all
}

fn notes(fit: &Fit, density: &[f64], mass: f64) -> Vec<Label> {
    let mut notes = Vec::new();
    if (mass - 1.0).abs() > REMARKABLE {
        notes.push("grid-too-coarse");
    }
    if fit.sample.grid.edge_mass(density) > REMARKABLE {
        notes.push("mass-at-edge");
    }
    if fit.sample.thinned {
        notes.push("rows-left-out");
    }
    notes
}

/// The range of energies shown. It moves by whole nats only, and an offset widens it rather than
/// moving it along, so that one sees the curve go up.
fn energy_range(fit: &Fit) -> (f64, f64) {
    let lowest = fit.node_energies().iter().copied().fold(f64::INFINITY, f64::min) - fit.offset;
    let low = (lowest - 1.0).floor();
    (low + fit.offset.min(0.0), low + DEPTH + fit.offset.max(0.0))
}

fn energy_line(fit: &Fit) -> Figure {
    let sample = &*fit.sample;
    let (low, high) = energy_range(fit);
    let nodes = own_nodes(sample);
    let rug: Vec<f64> = sample.train.iter().map(|x| sample.own(0, *x)).collect();
    let floor = vec![low + 0.02 * (high - low); rug.len()];
    let mut series = vec![Series::points("data", Role::Data, rug, floor)];
    if fit.offset != 0.0 {
        let plain = fit.node_energies().iter().map(|e| e - fit.offset).collect();
        series.push(Series::line("energy-plain", Role::Estimate, nodes.clone(), plain));
    }
    series.push(Series::line("model-energy", Role::Model, nodes, fit.node_energies().to_vec()));
    let y = Axis::of("energy-nats").within(low, high);
    Figure { id: "energy", plot: Plot::Lines(Lines { x: own_axis(sample, 0), y, series }) }
}

fn density_line(fit: &Fit, density: &[f64]) -> Figure {
    let sample = &*fit.sample;
    let nodes = own_nodes(sample);
    let (edges, heights) = histogram(sample);
    let scale = sample.scale[0];
    let model: Vec<f64> = density.iter().map(|p| p / scale).collect();
    let tallest = |v: &[f64]| v.iter().copied().fold(0.0, f64::max);
    let top = 1.1 * tallest(&heights).max(tallest(&sample.kernel_density));
    // A model gone wild may reach far above: then it sets the scale, up to three times the data.
    let top = top.max(1.05 * tallest(&model).min(3.0 * top));
    let kernel = sample.kernel_density.clone();
    let mut series = vec![
        Series::histogram("histogram", Role::Data, edges, heights),
        Series::line("model-density", Role::Model, nodes.clone(), model),
        Series::line("kernel", Role::Estimate, nodes.clone(), kernel),
    ];
    if !sample.exact_density.is_empty() {
        let exact = sample.exact_density.clone();
        series.push(Series::line("truth", Role::Exact, nodes, exact));
    }
    let y = Axis::of("density-per-unit").within(0.0, top);
    Figure { id: "density", plot: Plot::Lines(Lines { x: own_axis(sample, 0), y, series }) }
}

fn field(sample: &Sample, id: Label, value: Axis, values: Vec<f64>, dots: Vec<Dots>) -> Figure {
    let (x, y) = (own_axis(sample, 0), own_axis(sample, 1));
    let columns = sample.grid.axes()[0].count;
    let low_is_bright = id == "energy";
    let field = Field { x, y, value, low_is_bright, columns, values, dots, arrows: vec![] };
    Figure { id, plot: Plot::Field(field) }
}

fn energy_plane(fit: &Fit) -> Figure {
    let sample = &*fit.sample;
    let lowest = fit.node_energies().iter().copied().fold(f64::INFINITY, f64::min) - fit.offset;
    let low = lowest.floor() + fit.offset;
    let value = Axis::of("energy-nats").within(low, low + DEPTH);
    field(sample, "energy", value, fit.node_energies().to_vec(), dots(sample))
}

fn density_plane(fit: &Fit, density: &[f64]) -> Figure {
    let sample = &*fit.sample;
    let scale = sample.scale[0] * sample.scale[1];
    let values: Vec<f64> = density.iter().map(|p| p / scale).collect();
    let top = values.iter().copied().fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let value = Axis::of("density-per-unit").within(0.0, top);
    field(sample, "density", value, values, Vec::new())
}

fn progress(fit: &Fit) -> Figure {
    let sample = &*fit.sample;
    let steps: Vec<f64> = fit.history.column(0).iter().map(|s| s + 1.0).collect();
    let (train, held) = (fit.history.column(1), fit.history.column(2));
    let (reference, label, role) = match sample.toy.and_then(Toy::entropy) {
        Some(floor) => (floor, "floor-line", Role::Exact),
        None => (sample.kernel_nll, "kernel-line", Role::Estimate),
    };
    // The start is high and soon past; what matters is how the curves settle.
    let both = || train.iter().chain(&held).copied().chain([reference]);
    let low = both().fold(f64::INFINITY, f64::min);
    let start = train.first().copied().unwrap_or(reference);
    let high = start.max(held.last().copied().unwrap_or(start).min(start + 2.0)).max(reference);
    let margin = 0.05 * (high - low).max(0.1);
    let last = steps.last().copied().unwrap_or(1.0).max(10.0);
    let lines = Lines {
        x: Axis::of("steps").logarithmic().within(1.0, last),
        y: Axis::of("nll-nats").within(low - margin, high + margin),
        series: vec![
            Series::line(label, role, vec![1.0, last], vec![reference; 2]),
            Series::line("train-line", Role::Data, steps.clone(), train),
            Series::line("held-out-line", Role::Model, steps, held),
        ],
    };
    Figure { id: "progress", plot: Plot::Lines(lines) }
}
