//! What a fit looks like: figures, readouts, remarks.

use super::matching::Matching;
use super::measure::{HeldOut, Measures};
use super::target::Reference;
use crate::lab::Label;
use crate::lab::view::{
    Arrows, Axis, BarSeries, Bars, Dots, Field, Figure, Lines, Mark, Plot, Progress, Readout, Role,
    Series, View,
};
use crate::math::statistics::histogram;

/// Arrows along each axis of the plane.
const ARROWS: [usize; 2] = [13, 6];
/// Bins of the particles' histogram.
const BINS: usize = 40;
/// A density below this share of its peak has no visible score.
const FAINT: f64 = 2e-3;
/// Mass at the edge of the grid that is worth a remark.
const REMARKABLE: f64 = 1e-2;
/// A weight this far off, with slopes this much alike, is what score matching cannot see.
const BLIND: (f64, f64) = (0.1, 0.97);
/// The lowest value of the divergences that is drawn.
const FLOOR: f64 = 1e-5;

pub(super) fn view(fit: &Matching) -> View {
    let measures = Measures::new(fit);
    let figures = if fit.target.dimensions() == 1 {
        vec![score_line(fit, &measures), density_line(fit, &measures)]
    } else {
        vec![learned_plane(fit, &measures), true_plane(fit)]
    };
    let progress = fit.sampling.as_ref().filter(|s| s.cooled() < 1.0);
    View {
        figures: figures.into_iter().chain([course(fit), weights(fit, &measures)]).collect(),
        readouts: readouts(fit, &measures),
        notes: notes(fit, &measures),
        progress: progress.map(|s| Progress { label: "annealing", done: s.cooled() }),
    }
}

fn readouts(fit: &Matching, measures: &Measures) -> Vec<Readout> {
    let held_out = HeldOut::new(fit, measures);
    let mut all = vec![
        Readout::estimate("objective", held_out.value, held_out.error).against(held_out.exact),
        Readout::plain("fisher", measures.fisher),
    ];
    all.extend(measures.fisher_noised.map(|f| Readout::plain("fisher_sigma", f)));
    all.extend([
        Readout::plain("kl", measures.kl),
        Readout::plain("cosine", measures.cosine).against(1.0),
        Readout::plain("weight_left", measures.masses[0]).against(fit.target.masses[0]),
    ]);
    if let Some(samples) = &fit.sampling {
        let (share, error) = samples.share(|x| hump_of(fit, x) == 0);
        all.push(Readout::estimate("weight_sampled", share, error));
    }
    all.push(Readout::plain("model_samples", fit.drawn as f64));
    all.push(Readout::plain("gradient_check", held_out.gradient_check).against(0.0));
    all
}

/// The hump whose region a standardised point lies in.
fn hump_of(fit: &Matching, x: &[f64]) -> usize {
    fit.target.mixture.log_density_and_score(x, &mut [0.0; 2][..x.len()]).1
}

fn notes(fit: &Matching, measures: &Measures) -> Vec<Label> {
    let mut notes = Vec::new();
    let target = &*fit.target;
    let model: Vec<f64> = measures.log_model.iter().map(|l| l.exp()).collect();
    if fit.sampling.is_some() {
        notes.push("training-rests");
    }
    if fit.step > 0 && target.reference.grid.edge_mass(&model) > REMARKABLE {
        notes.push("mass-at-edge");
    }
    let off = measures.masses.iter().zip(&target.masses).any(|(a, b)| (a - b).abs() > BLIND.0);
    if off && measures.cosine > BLIND.1 {
        notes.push("blind-to-weights");
    }
    notes
}

fn own_axis(fit: &Matching, axis: usize, label: Label) -> Axis {
    let grid = fit.target.reference.grid.axes()[axis];
    Axis::of(label).within(fit.target.own(axis, grid.low), fit.target.own(axis, grid.high))
}

/// The nodes of a line in the data's own units.
fn own_nodes(fit: &Matching, reference: &Reference) -> Vec<f64> {
    reference.grid.points().iter().map(|x| fit.target.own(0, *x)).collect()
}

fn peak(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, f64::max)
}

fn score_line(fit: &Matching, measures: &Measures) -> Figure {
    let (reference, scale) = (&fit.target.reference, fit.target.scale);
    // Where the data are: beyond, the true score runs off to either side and nobody looks.
    let top = peak(&reference.density);
    let seen = reference.density.iter().zip(&reference.scores).filter(|(p, _)| **p > FAINT * top);
    let most = seen.fold(0.0, |m: f64, (_, s)| m.max(s.abs())) / scale;
    let nodes = own_nodes(fit, reference);
    let own = |values: &[f64], sign: f64| values.iter().map(|s| sign * s / scale).collect();
    let mut series = Vec::new();
    if let Some(noised) = &fit.noised {
        let line = (own_nodes(fit, noised), own(&noised.scores, 1.0));
        series.push(Series::line("noised-score", Role::Noise, line.0, line.1));
    }
    let exact = own(&reference.scores, 1.0);
    series.push(Series::line("true-score", Role::Exact, nodes.clone(), exact));
    series.push(Series::line("learned-score", Role::Model, nodes, own(&measures.gradients, -1.0)));
    let y = Axis::of("score").within(-most, most);
    Figure { id: "scores", plot: Plot::Lines(Lines { x: own_axis(fit, 0, "x"), y, series }) }
}

fn density_line(fit: &Matching, measures: &Measures) -> Figure {
    let (target, reference) = (&*fit.target, &fit.target.reference);
    let scale = target.scale;
    let own = |values: &[f64]| values.iter().map(|p| p / scale).collect::<Vec<f64>>();
    let x = own_axis(fit, 0, "x");
    let mut series = Vec::new();
    if let (Some(samples), Some((low, high))) = (&fit.sampling, x.range) {
        let places: Vec<f64> =
            samples.chains.coordinate(0).iter().map(|z| target.own(0, *z)).collect();
        let (counts, _) = histogram(&places, low, high, BINS);
        let width = (high - low) / BINS as f64;
        let share = 1.0 / (places.len() as f64 * width);
        let edges = (0..=BINS).map(|i| low + width * i as f64).collect();
        let heights = counts.iter().map(|c| *c as f64 * share).collect();
        series.push(Series::histogram("particles", Role::Estimate, edges, heights));
    }
    if let Some(noised) = &fit.noised {
        let line = (own_nodes(fit, noised), own(&noised.density));
        series.push(Series::line("noised-density", Role::Noise, line.0, line.1));
    }
    let nodes = own_nodes(fit, reference);
    let model: Vec<f64> = measures.log_model.iter().map(|l| l.exp() / scale).collect();
    let tallest = peak(&model);
    series.push(Series::line("true-density", Role::Exact, nodes.clone(), own(&reference.density)));
    series.push(Series::line("learned-density", Role::Model, nodes, model));
    // One step up for a bump that has taken the other's weight, so that the axis rests.
    let true_peak = peak(&reference.density) / scale;
    let room = if tallest > 1.5 * true_peak { 2.2 } else { 1.6 };
    let y = Axis::of("p").within(0.0, room * true_peak);
    Figure { id: "density", plot: Plot::Lines(Lines { x, y, series }) }
}

/// The arrows of a vector field at some of a grid's nodes. A terminal draws a direction, and a dot
/// where there is none to speak of: two cells are the longest.
fn arrows(fit: &Matching, label: Label, role: Role, values: &[f64], sign: f64) -> Arrows {
    let reference = &fit.target.reference;
    let axes = reference.grid.axes();
    let top = peak(&reference.density);
    let step = [0, 1].map(|k| (axes[k].high - axes[k].low) / ARROWS[k] as f64);
    let usual = (reference.information / 2.0).sqrt();
    let mut arrows = Vec::with_capacity(ARROWS[0] * ARROWS[1]);
    for row in 0..ARROWS[1] {
        for column in 0..ARROWS[0] {
            let part = |i: usize, k: usize| (i as f64 + 0.5) / ARROWS[k] as f64;
            let index = |i: usize, k: usize| {
                ((part(i, k) * axes[k].count as f64) as usize).min(axes[k].count - 1)
            };
            let node = index(row, 1) * axes[0].count + index(column, 0);
            if reference.density[node] < 1e-9 * top {
                continue;
            }
            let at = &reference.grid.points()[2 * node..2 * node + 2];
            let v = &values[2 * node..2 * node + 2];
            // Directions everywhere, and lengths that shrink only near the score's zeros.
            let length = v[0].hypot(v[1]) + 0.3 * usual;
            let along = |k: usize| sign * v[k] / length * step[k.min(1)] * fit.target.scale;
            arrows.push((fit.target.own(0, at[0]), fit.target.own(1, at[1]), along(0), along(1)));
        }
    }
    Arrows { label, role, arrows }
}

fn plane(fit: &Matching, id: Label, values: &[f64], (dots, arrows): (Vec<Dots>, Arrows)) -> Figure {
    let reference = &fit.target.reference;
    let square = fit.target.scale * fit.target.scale;
    let top = 1.2 * peak(&reference.density) / square;
    Figure {
        id,
        plot: Plot::Field(Field {
            x: own_axis(fit, 0, "x1"),
            y: own_axis(fit, 1, "x2"),
            value: Axis::of("p").within(0.0, top),
            low_is_bright: false,
            columns: reference.grid.axes()[0].count,
            values: values.iter().map(|p| p / square).collect(),
            dots,
            arrows: vec![arrows],
        }),
    }
}

fn learned_plane(fit: &Matching, measures: &Measures) -> Figure {
    let values: Vec<f64> = measures.log_model.iter().map(|l| l.exp()).collect();
    let arrows = arrows(fit, "learned-score", Role::Model, &measures.gradients, -1.0);
    let dots = fit.sampling.as_ref().map(|samples| Dots {
        label: "particles",
        role: Role::Estimate,
        points: samples
            .points()
            .iter()
            .map(|z| (fit.target.own(0, z[0]), fit.target.own(1, z[1])))
            .collect(),
    });
    plane(fit, "scores", &values, (dots.into_iter().collect(), arrows))
}

fn true_plane(fit: &Matching) -> Figure {
    let reference = &fit.target.reference;
    let arrows = arrows(fit, "true-score", Role::Exact, &reference.scores, 1.0);
    plane(fit, "density", &reference.density, (Vec::new(), arrows))
}

fn course(fit: &Matching) -> Figure {
    let steps: Vec<f64> = fit.history.column(0).iter().map(|s| s + 1.0).collect();
    let last = steps.last().copied().unwrap_or(1.0).max(10.0);
    let drawn = |column: usize| -> Vec<f64> {
        fit.history.column(column).iter().map(|v| v.max(FLOOR)).collect()
    };
    let (fisher, kl) = (drawn(1), drawn(2));
    // Whole decades: the axis rests most of the time.
    let low = fisher.iter().chain(&kl).copied().fold(0.1, f64::min).log10().floor();
    let high = fisher.iter().chain(&kl).copied().fold(1.0, f64::max).log10().ceil();
    let fisher_label = if fit.noised.is_some() { "fisher_sigma" } else { "fisher" };
    let lines = Lines {
        x: Axis::of("steps").logarithmic().within(1.0, last),
        y: Axis::of("nats").logarithmic().within(10f64.powf(low), 10f64.powf(high)),
        series: vec![
            Series::line(fisher_label, Role::Model, steps.clone(), fisher),
            Series::line("kl", Role::Estimate, steps, kl),
        ],
    };
    Figure { id: "course", plot: Plot::Lines(lines) }
}

const HUMPS: [Label; 3] = ["hump-1", "hump-2", "hump-3"];

/// Bars of a few humps; of many, a point each, for which a small panel has room.
fn weights(fit: &Matching, measures: &Measures) -> Figure {
    let count = fit.target.masses.len();
    let mut sets = vec![
        ("true-weight", Role::Exact, fit.target.masses.clone(), Vec::new()),
        ("learned-weight", Role::Model, measures.masses.clone(), Vec::new()),
    ];
    if let Some(samples) = &fit.sampling {
        let (shares, errors) = (0..count).map(|h| samples.share(|x| hump_of(fit, x) == h)).unzip();
        sets.push(("particles", Role::Estimate, shares, errors));
    }
    let plot = if count <= HUMPS.len() {
        let bars = |(label, role, values, errors)| BarSeries { label, role, values, errors };
        Plot::Bars(Bars {
            value: Axis::of("weight-axis").within(0.0, 1.0),
            categories: HUMPS[..count].to_vec(),
            series: sets.into_iter().map(bars).collect(),
        })
    } else {
        let number: Vec<f64> = (1..=count).map(|h| h as f64).collect();
        let points = |(label, role, values, spread)| Series {
            spread,
            // The truth as a line, so that points on it do not hide it.
            mark: if role == Role::Exact { Mark::Line } else { Mark::Points },
            ..Series::line(label, role, number.clone(), values)
        };
        Plot::Lines(Lines {
            x: Axis::of("hump-number").within(0.5, count as f64 + 0.5),
            y: Axis::of("weight-axis").within(0.0, 3.0 / count as f64),
            series: sets.into_iter().map(points).collect(),
        })
    };
    Figure { id: "weights", plot }
}
