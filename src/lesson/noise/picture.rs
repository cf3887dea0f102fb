//! What a study looks like: figures, readouts, remarks.

use super::design::Method;
use super::study::{Cell, Study};
use super::theory::{Curve, EPS_RANGE, MOST_RATIO, WIDTH_RANGE};
use crate::lab::Label;
use crate::lab::view::{Axis, Figure, Lines, Plot, Readout, Role, Series, View};
use crate::lesson::shared::scatter::{BINS, Scatter};
use std::f64::consts::TAU;

/// N Var from here on is drawn: below is no estimator.
const LEAST: f64 = 1.0;
/// And up to the first of these that leaves room above the formula, so that the axis moves with the
/// settings and not with the fits.
const MOST: [f64; 2] = [100.0, 1000.0];
/// The ends of an axis.
type Ends = (f64, f64);
/// Points of a density's curve.
const DRAWN: usize = 241;
/// A share of the data that the noise does not cover, worth a remark.
const REMARKABLE: f64 = 1e-6;

pub(super) fn view(study: &Study) -> View {
    View {
        figures: vec![variance(study), place(study), amount(study), estimates(study)],
        readouts: readouts(study),
        notes: notes(study),
        progress: None,
    }
}

fn is_conditional(study: &Study) -> bool {
    matches!(here(study).design.method, Method::Conditional(_))
}

fn here(study: &Study) -> &Cell {
    &study.cells[0]
}

fn estimate(id: Label, (value, error): (f64, f64)) -> Readout {
    if error.is_finite() { Readout::estimate(id, value, error) } else { Readout::plain(id, value) }
}

fn against(readout: Readout, exact: f64) -> Readout {
    if exact.is_finite() { readout.against(exact) } else { readout }
}

fn readouts(study: &Study) -> Vec<Readout> {
    let (cell, theory) = (here(study), &*study.theory);
    let last = cell.last();
    let mut all = vec![against(estimate("nvar", last.n_variance()), theory.here.0)];
    if !is_conditional(study) {
        all.push(against(estimate("nvar_c", last.n_variance_c()), theory.here.1));
    }
    all.push(Readout::plain("floor", study.problem.floor));
    all.push(estimate("bias", last.bias(cell.design.points)).against(0.0));
    all.push(Readout::plain("best_width", theory.best_width.0));
    all.push(Readout::plain("best_nvar", theory.best_width.1));
    if theory.best_ratio.is_finite() {
        all.push(Readout::plain("best_ratio", theory.best_ratio));
    }
    let lifted = Readout::plain("lifted", study.lifted);
    all.push(if is_conditional(study) { lifted.against(0.0) } else { lifted });
    if !is_conditional(study) {
        all.push(Readout::plain("uncovered", theory.uncovered));
    }
    all.push(Readout::plain("cost", cell.design.evaluations() as f64));
    all.push(Readout::plain("fitted", last.fits as f64));
    all.push(Readout::plain("failed", last.failed as f64));
    all
}

fn notes(study: &Study) -> Vec<Label> {
    let mut notes = Vec::new();
    if study.theory.uncovered > REMARKABLE {
        notes.push("noise-does-not-cover");
    }
    if here(study).last().failed > 0 {
        notes.push("fits-failed");
    }
    if !study.theory.here.0.is_finite() {
        notes.push("nothing-to-learn");
    }
    notes
}

fn most(study: &Study) -> f64 {
    if study.theory.here.0 < 0.8 * MOST[0] { MOST[0] } else { MOST[1] }
}

fn n_var_axis(study: &Study) -> Axis {
    Axis::of("nvar-axis").logarithmic().within(LEAST, most(study))
}

/// Where the axis of the amount ends: about twice the larger of N Var here and at the curve's start,
/// rounded up to 1, 2 or 5 times a power of ten; it moves with the settings and not with the fits.
fn most_by_amount(study: &Study) -> f64 {
    let theory = &*study.theory;
    let first = theory.by_ratio.1.first().copied().unwrap_or(theory.first_round);
    let known = [theory.here.0, first].into_iter().filter(|v| v.is_finite());
    let should = 2.0 * known.fold(study.problem.floor, f64::max);
    let decade = 10f64.powf(should.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|k| k * decade);
    steps.into_iter().find(|top| *top >= should).unwrap_or(10.0 * decade)
}

fn amount_axis(study: &Study) -> Axis {
    Axis::of("nvar-axis").within(0.0, most_by_amount(study))
}

fn inside(value: f64, (least, most): Ends) -> bool {
    value >= least && value <= most
}

/// What of a curve lies within the axis; gaps elsewhere.
fn kept((x, y): &Curve, ends: Ends) -> Curve {
    (x.clone(), y.iter().map(|v| if inside(*v, ends) { *v } else { f64::NAN }).collect())
}

/// Measured points with their error bars, as far as they are on the axis.
fn measured(points: impl Iterator<Item = (f64, (f64, f64))>, ends: Ends) -> Series {
    let mut all: Vec<(f64, f64, f64)> = points
        .filter(|(_, (value, error))| inside(*value, ends) && error.is_finite())
        .map(|(x, (value, error))| (x, value, error))
        .collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    Series {
        spread: all.iter().map(|p| p.2).collect(),
        ..Series::points(
            "measured",
            Role::Estimate,
            all.iter().map(|p| p.0).collect(),
            all.iter().map(|p| p.1).collect(),
        )
    }
}

fn floor(study: &Study, low: f64, high: f64) -> Series {
    Series::line("floor", Role::Model, vec![low, high], vec![study.problem.floor; 2])
}

/// N Var against the width of the noise, or against eps.
fn variance(study: &Study) -> Figure {
    let (theory, design) = (&*study.theory, here(study).design);
    let (label, (low, high)) = match design.method {
        Method::Conditional(_) => ("eps-axis", EPS_RANGE),
        Method::Adaptive(..) => ("start-axis", WIDTH_RANGE),
        Method::Nce(_) => ("width-axis", WIDTH_RANGE),
    };
    let width = |cell: &Cell| match cell.design.method {
        Method::Conditional(eps) => eps,
        Method::Nce(noise) | Method::Adaptive(noise, _) => noise.width,
    };
    let ends = (LEAST, most(study));
    let (x, y) = kept(&theory.by_width, ends);
    let mut series = vec![floor(study, low, high)];
    if let Method::Adaptive(..) = design.method {
        series.push(Series::line("first-round", Role::Noise, x, y));
        let copied = vec![theory.here.0; 2];
        series.push(Series::line("copied-noise", Role::Exact, vec![low, high], copied));
    } else {
        series.push(Series::line("formula", Role::Exact, x, y));
        let (at, value) = theory.best_width;
        if inside(value, ends) {
            series.push(Series::points("best", Role::Positive, vec![at], vec![value]));
        }
    }
    let same = |cell: &&Cell| cell.design.ratio == design.ratio;
    let cells = study.cells.iter().filter(same);
    series.push(measured(cells.map(|cell| (width(cell), cell.last().n_variance())), ends));
    let x = Axis::of(label).logarithmic().within(low, high);
    Figure { id: "variance", plot: Plot::Lines(Lines { x, y: n_var_axis(study), series }) }
}

/// The data's density, the noise's, and where theta is learned.
fn place(study: &Study) -> Figure {
    let (problem, design) = (&*study.problem, here(study).design);
    let shown = problem.shown;
    let step = 2.0 * shown / (DRAWN - 1) as f64;
    let places: Vec<f64> = (0..DRAWN).map(|i| -shown + step * i as f64).collect();
    let data: Vec<f64> = places.iter().map(|x| problem.log_density(*x).exp()).collect();
    let peak = data.iter().copied().fold(0.0, f64::max);
    let top = 1.5 * peak;
    let noise: Vec<f64> = match design.method {
        Method::Nce(outside) => {
            let noise = outside.noise();
            places.iter().map(|x| noise.log_density(&[*x]).exp()).collect()
        }
        Method::Adaptive(..) => data.clone(),
        Method::Conditional(eps) => blurred(study, eps, &places),
    };
    let noise = noise.into_iter().map(|p| if p <= top { p } else { f64::NAN }).collect();
    let mut series = vec![
        Series::line("data", Role::Data, places.clone(), data),
        Series::line("noise", Role::Noise, places, noise),
    ];
    if let Some((x, density)) = &study.theory.information {
        let most = density.iter().copied().fold(0.0, f64::max);
        if most > 0.0 {
            let scale = 0.9 * peak / most;
            let near = x.iter().zip(density).filter(|(x, _)| x.abs() <= shown);
            let (x, y) = near.map(|(x, d)| (*x, scale * d)).unzip();
            series.push(Series::line("learned-here", Role::Estimate, x, y));
        }
    }
    let x = Axis::of("x").within(-shown, shown);
    Figure {
        id: "place",
        plot: Plot::Lines(Lines { x, y: Axis::of("p").within(0.0, top), series }),
    }
}

/// The density of data plus noise of deviation eps: what the noised points look like.
fn blurred(study: &Study, eps: f64, places: &[f64]) -> Vec<f64> {
    // Every eighth node is fine enough for a drawing, but for a kernel that is finer still.
    let nodes = study.problem.truth.nodes();
    let stride = if eps < 0.2 { 1 } else { 8 };
    let kept: Vec<_> = nodes.iter().step_by(stride).filter(|n| n.mass > 1e-9).collect();
    let scale = stride as f64 / (eps * TAU.sqrt());
    let kernel = |x: f64| {
        let terms = kept.iter().map(|n| n.mass * (-0.5 * ((x - n.x) / eps).powi(2)).exp());
        scale * terms.sum::<f64>()
    };
    places.iter().map(|x| kernel(*x)).collect()
}

/// N Var against the ratio, and what it is at equal cost; of an adaptive noise, round by round.
fn amount(study: &Study) -> Figure {
    let (theory, cell) = (&*study.theory, here(study));
    if let Method::Adaptive(..) = cell.design.method {
        return rounds(study, cell);
    }
    let (last, ends) = (MOST_RATIO as f64, (0.0, most_by_amount(study)));
    let (ratios, values) = kept(&theory.by_ratio, ends);
    let costs = ratios.iter().zip(&values).map(|(nu, v)| (1.0 + nu) * v).collect();
    let (cost_x, cost_y) = kept(&(ratios.clone(), costs), ends);
    let same = |other: &&Cell| {
        let design = cell.design.with_ratio(other.design.ratio);
        other.design == design
    };
    let cells = study.cells.iter().filter(same);
    let series = vec![
        floor(study, 1.0, last),
        Series::line("equal-cost", Role::Negative, cost_x, cost_y),
        Series::line("formula", Role::Exact, ratios, values),
        measured(cells.map(|cell| (cell.design.ratio as f64, cell.last().n_variance())), ends),
    ];
    let label = if is_conditional(study) { "kappa-axis" } else { "ratio-axis" };
    let x = Axis::of(label).logarithmic().within(1.0, last);
    Figure { id: "amount", plot: Plot::Lines(Lines { x, y: amount_axis(study), series }) }
}

fn rounds(study: &Study, cell: &Cell) -> Figure {
    let (theory, count) = (&*study.theory, cell.rounds.len());
    let last = (count - 1) as f64;
    let x: Vec<f64> = (0..count).map(|r| r as f64).collect();
    let of = |r: usize| if r == 0 { theory.first_round } else { theory.here.0 };
    let ends = (0.0, most_by_amount(study));
    let y = kept(&(x.clone(), (0..count).map(of).collect()), ends).1;
    let points = cell.rounds.iter().enumerate().map(|(r, s)| (r as f64, s.n_variance()));
    let series = vec![
        floor(study, 0.0, last),
        Series::line("formula", Role::Exact, x, y),
        measured(points, ends),
    ];
    let x = Axis::of("rounds-axis").within(-0.3, last + 0.3);
    Figure { id: "amount", plot: Plot::Lines(Lines { x, y: amount_axis(study), series }) }
}

/// All estimates of the present settings, and the normal law they should follow.
fn estimates(study: &Study) -> Figure {
    let (problem, cell) = (&*study.problem, here(study));
    let last: &Scatter = cell.last();
    let root = (cell.design.points as f64).sqrt();
    let truth = problem.theta[problem.watched];
    let reach = last.reach / root;
    let width = 2.0 * reach / BINS as f64;
    let edges = (0..=BINS).map(|i| truth - reach + width * i as f64).collect();
    let scale = 1.0 / (last.fits.max(1) as f64 * width);
    let heights = last.counts.iter().map(|c| f64::from(*c) * scale).collect();
    let mut series = vec![Series::histogram("fitted", Role::Estimate, edges, heights)];
    let deviation = study.theory.here.0.sqrt() / root;
    // Of the normal law, whose reach is four deviations; without one the histogram's own.
    let mut top = 2.5 / reach;
    if deviation.is_finite() {
        let normal =
            |x: f64| (-0.5 * ((x - truth) / deviation).powi(2)).exp() / (deviation * TAU.sqrt());
        let step = 2.0 * reach / 120.0;
        let places: Vec<f64> = (0..=120).map(|i| truth - reach + step * f64::from(i)).collect();
        let heights = places.iter().map(|x| normal(*x)).collect();
        series.push(Series::line("formula", Role::Exact, places, heights));
        top = 1.6 * normal(truth);
    }
    let x = Axis::of(if problem.watched == 0 { "precision-axis" } else { "tilt-axis" });
    let x = x.within(truth - reach, truth + reach);
    let y = Axis::of("p").within(0.0, top);
    Figure { id: "estimates", plot: Plot::Lines(Lines { x, y, series }) }
}
