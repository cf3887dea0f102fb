//! The four figures: the two forces, the energy, the two terms of the NLL, and the NLL on its way
//! down to the entropy.

use super::fit::Fit;
use super::form::Form;
use super::ground::Ground;
use super::harmonic::Harmonic;
use crate::data::toy::Toy;
use crate::lab::view::{Axis, Field, Figure, Lines, Plot, Role, Series};
use crate::lesson::shared::drawing::{dots, own_axis, own_nodes};
use std::f64::consts::TAU;

/// How many nats above the lowest energy are shown: what lies higher has no probability to speak of.
const DEPTH: f64 = 12.0;
/// The energies shown move by this many nats at a time.
const NOTCH: f64 = 2.0;
/// Points of the curves over the stiffness.
const CURVE: usize = 120;

fn largest(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, f64::max)
}

fn lowest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

/// The force with which each phase moves the energy at a place: the data push down with their
/// density, the model pulls up with s times its own. Both are blurred alike, for the data are single
/// points; what is left between them is not the blur's doing. In the data's own units.
pub(super) struct Forces {
    down: Vec<f64>,
    up: Vec<f64>,
    left: Vec<f64>,
}

impl Forces {
    pub(super) fn of(ground: &Ground, share: f64, density: &[f64]) -> Self {
        let sample = &ground.sample;
        let weights = sample.grid.weights();
        let masses: Vec<f64> = density.iter().zip(weights).map(|(p, w)| p * w).collect();
        let volume: f64 = sample.scale.iter().product();
        let own = |v: &[f64], by: f64| v.iter().map(|p| by * p / volume).collect::<Vec<f64>>();
        let down = own(&ground.data_density, -1.0);
        let up = own(&ground.blur.density(&masses), share);
        let left = down.iter().zip(&up).map(|(d, u)| d + u).collect();
        Self { down, up, left }
    }

    /// The range of a map of what is left: a power of two that follows it down and up, and stays
    /// where it was while what is left fills it between two fifths and the whole.
    pub(super) fn map_reach(&self, before: f64) -> f64 {
        let most = self.left.iter().fold(0.0, |m: f64, f| m.max(f.abs()));
        let fits = most <= before && most >= 0.4 * before;
        if fits || !most.is_finite() || most <= f64::MIN_POSITIVE {
            return before;
        }
        most.log2().ceil().exp2()
    }
}

pub(super) fn forces(fit: &Fit, density: &[f64]) -> Figure {
    let sample = &fit.ground.sample;
    let Forces { down, up, left } = Forces::of(&fit.ground, fit.share, density);
    let plot = if sample.dimensions == 1 {
        // The data's force never changes: it sets the scale. A model gone wild may reach beyond it.
        let data = -lowest(&down);
        let wild = largest(&up) / data;
        let reach = 1.2 * data * if wild < 1.2 { 1.0 } else { wild.log2().ceil().min(2.0).exp2() };
        let x = own_nodes(sample);
        Plot::Lines(Lines {
            x: own_axis(sample, 0),
            y: Axis::of("force").within(-reach, reach),
            series: vec![
                Series::line("pulls-up", Role::Model, x.clone(), up),
                Series::line("pushes-down", Role::Data, x.clone(), down),
                Series::line("what-remains", Role::Estimate, x, left),
            ],
        })
    } else {
        Plot::Field(Field {
            x: own_axis(sample, 0),
            y: own_axis(sample, 1),
            value: Axis::of("up-less-down").within(-fit.map_reach, fit.map_reach),
            low_is_bright: false,
            columns: sample.grid.axes()[0].count,
            values: left,
            dots: Vec::new(),
            arrows: Vec::new(),
        })
    };
    Figure { id: "forces", plot }
}

/// The energies shown where the model phase is not whole and the level sinks: from above zero
/// down, the lower end in steps of two, so that one sees the curve fall.
fn falling(lowest: f64) -> (f64, f64) {
    (-DEPTH * (-lowest / DEPTH).max(0.5).log2().ceil().exp2(), DEPTH.max(lowest + DEPTH))
}

/// The energy, over the data, beside that of the true density where it is known.
pub(super) fn energy(fit: &Fit) -> Figure {
    let sample = &fit.ground.sample;
    let deepest = lowest(&fit.node_energies);
    // Of a fit that is lost there may be no energy left to show.
    let deepest = if deepest.is_finite() { deepest } else { 0.0 };
    let low = NOTCH * ((deepest - 0.5) / NOTCH).floor();
    let high = low + DEPTH;
    let plot = if sample.dimensions == 1 {
        let (low, high) = if fit.share < 1.0 { falling(low) } else { (low, high) };
        let nodes = own_nodes(sample);
        let rug: Vec<f64> = sample.train.iter().map(|x| sample.own(0, *x)).collect();
        let floor = vec![low + 0.02 * (high - low); rug.len()];
        let mut series = vec![
            Series::points("data", Role::Data, rug, floor),
            Series::line("model-energy", Role::Model, nodes.clone(), fit.node_energies.clone()),
        ];
        // The true density's energy is known but for a constant: the model's log Z gives it.
        let own = fit.now.log_z + sample.log_scale();
        let above = |p: &f64| if *p > 0.0 { -p.ln() - own } else { f64::NAN };
        if sample.exact_density.is_empty() {
            let kernel = sample.kernel_density.iter().map(above).collect();
            series.push(Series::line("kernel-energy", Role::Estimate, nodes, kernel));
        } else {
            let truth = sample.exact_density.iter().map(above).collect();
            series.push(Series::line("true-energy", Role::Exact, nodes, truth));
        }
        let y = Axis::of("energy-nats").within(low, high);
        Plot::Lines(Lines { x: own_axis(sample, 0), y, series })
    } else {
        Plot::Field(Field {
            x: own_axis(sample, 0),
            y: own_axis(sample, 1),
            value: Axis::of("energy-nats").within(low, high),
            low_is_bright: true,
            columns: sample.grid.axes()[0].count,
            values: fit.node_energies.clone(),
            dots: dots(sample),
            arrows: Vec::new(),
        })
    };
    Figure { id: "energy", plot }
}

/// E_data[E], log Z and their sum: over the steps for a network, over the stiffness for a spring.
pub(super) fn terms(fit: &Fit) -> Figure {
    let plot = match &fit.form {
        Form::Network(_) => terms_over_steps(fit),
        Form::Spring(spring) => terms_over_stiffness(fit, spring),
    };
    Figure { id: "terms", plot }
}

/// The steps so far, counted from one for the logarithm, and the last.
fn steps(fit: &Fit) -> (Vec<f64>, f64) {
    let steps: Vec<f64> = fit.history.column(0).iter().map(|s| s + 1.0).collect();
    let last = steps.last().copied().unwrap_or(1.0).max(10.0);
    (steps, last)
}

fn terms_over_steps(fit: &Fit) -> Plot {
    let shift = fit.ground.sample.log_scale();
    let (steps, last) = steps(fit);
    let mean_energy = fit.history.column(4);
    let log_z: Vec<f64> = fit.history.column(5).iter().map(|z| z + shift).collect();
    let nll: Vec<f64> = fit.history.column(1).iter().map(|l| l + shift).collect();
    let all = || mean_energy.iter().chain(&log_z).chain(&nll).copied();
    let low = NOTCH * (all().fold(0.0, f64::min) / NOTCH).floor();
    let high = NOTCH * (all().fold(0.0, f64::max) / NOTCH).ceil();
    Plot::Lines(Lines {
        x: Axis::of("steps").logarithmic().within(1.0, last),
        y: Axis::of("nats").within(low, high),
        series: vec![
            Series::line("mean-energy", Role::Data, steps.clone(), mean_energy),
            Series::line("log-z", Role::Model, steps.clone(), log_z),
            Series::line("nll-line", Role::Estimate, steps, nll),
        ],
    })
}

/// With b at its best for each a. Without the model phase only the straight line is left.
fn terms_over_stiffness(fit: &Fit, spring: &Harmonic) -> Plot {
    let moments = &fit.ground.moments;
    let d = moments.mean.len() as f64;
    let a = spring.stiffness();
    let last = 3.0 * (a / 2.7).max(1.0).log2().ceil().exp2();
    let x: Vec<f64> = (0..=CURVE).map(|i| last * (i as f64 + 0.05) / CURVE as f64).collect();
    // At b = -a m the linear terms are -a |m|^2 and +a |m|^2 / 2.
    let m2: f64 = moments.mean.iter().map(|m| m * m).sum();
    let down: Vec<f64> = x.iter().map(|a| a * (0.5 * moments.square - m2)).collect();
    // In the data's own units, as the readouts are.
    let shift = fit.ground.sample.log_scale();
    let log_z = |a: &f64| 0.5 * d * (TAU / a).ln() + 0.5 * a * m2 + shift;
    let up: Vec<f64> = x.iter().map(|a| fit.share * log_z(a)).collect();
    let sum: Vec<f64> = down.iter().zip(&up).map(|(d, u)| d + u).collect();
    let here = fit.now.mean_energy + fit.share * (fit.now.log_z + shift);
    let best = moments.best_stiffness(fit.share);
    let (low, top) = (shift.min(0.0), 2.5 * d + shift.max(0.0));
    let mut series = vec![
        Series::line("data-term", Role::Data, x.clone(), down),
        Series::line("model-term", Role::Model, x.clone(), up),
        Series::line("objective", Role::Estimate, x, sum),
    ];
    if best < last {
        series.push(Series::line("best", Role::Exact, vec![best; 2], vec![low, top]));
    }
    series.push(Series::points("now", Role::Positive, vec![a], vec![here.clamp(low, top)]));
    Plot::Lines(Lines {
        x: Axis::of("stiffness").within(0.0, last),
        y: Axis::of("nats").within(low, top),
        series,
    })
}

/// The NLL against the steps, and what it cannot fall below: the gap between them is the KL
/// divergence.
pub(super) fn progress(fit: &Fit) -> Figure {
    let sample = &fit.ground.sample;
    let shift = sample.log_scale();
    let (steps, last) = steps(fit);
    let train: Vec<f64> = fit.history.column(1).iter().map(|l| l + shift).collect();
    let (reference, label, role, other, other_label) =
        match (sample.toy.and_then(Toy::entropy), &fit.ground.known) {
            (Some(entropy), Some(_)) => {
                let expected = fit.history.column(3).iter().map(|kl| kl + entropy).collect();
                (entropy, "entropy-line", Role::Exact, expected, "expected-line")
            }
            _ => {
                let held: Vec<f64> = fit.history.column(2).iter().map(|l| l + shift).collect();
                (sample.kernel_nll, "kernel-line", Role::Estimate, held, "held-out-line")
            }
        };
    // The start is high and soon past; what matters is how the curves settle.
    let low = lowest(&train).min(lowest(&other)).min(reference);
    let start = train.first().copied().unwrap_or(reference);
    let end = other.last().copied().unwrap_or(start);
    let high = start.max(end.min(start + 2.0)).max(reference);
    let margin = 0.05 * (high - low).max(0.1);
    let lines = Lines {
        x: Axis::of("steps").logarithmic().within(1.0, last),
        y: Axis::of("nats").within(low - margin, high + margin),
        series: vec![
            Series::line(label, role, vec![1.0, last], vec![reference; 2]),
            Series::line("train-line", Role::Data, steps.clone(), train),
            Series::line(other_label, Role::Model, steps, other),
        ],
    };
    Figure { id: "progress", plot: Plot::Lines(lines) }
}
