//! The four figures of the lesson.

use super::account::{Mark, REPLICAS};
use super::lattice::{self, Finished};
use super::race::{RATE, UNIVERSE};
use crate::lab::view::{Axis, Figure, Lines, Plot, Role, Series};
use crate::math::statistics::{histogram, quantile};

/// Errors are drawn from here up; what is smaller lies on the edge.
const SMALLEST_ERROR: f64 = 1e-6;
const LARGEST_ERROR: f64 = 100.0;
const BINS: usize = 40;

/// The next of 1, 2, 5, 10, ... times a power of ten that is no less.
fn round_up(value: f64) -> f64 {
    let decade = 10f64.powf(value.max(1e-12).log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|m| m * decade);
    steps.into_iter().find(|s| *s >= value * (1.0 - 1e-9)).unwrap_or(10.0 * decade)
}

fn decade_up(value: f64) -> f64 {
    10f64.powf(value.max(1.0).log10().ceil())
}

/// Evaluations, from `least` to the power of ten that holds them all.
fn evaluations(least: f64, most: impl Iterator<Item = f64>) -> Axis {
    let most = most.fold(100.0 * least, f64::max);
    Axis::of("evaluations").logarithmic().within(least, decade_up(most))
}

/// log Z against the evaluations spent, with error bars, around the exact value.
pub(super) fn estimates(
    exact: f64,
    grids: &[Finished],
    plain: &[Mark],
    annealed: &[Mark],
) -> Figure {
    let spent = plain.iter().chain(annealed).map(|m| m.evaluations);
    let x = evaluations(1e3, spent.chain(grids.iter().map(|g| g.evaluations as f64)));
    // The later halves are in sight; what came before may begin outside.
    let late = |marks: &[Mark]| {
        let late = &marks[marks.len() / 2..];
        late.iter().map(|m| (m.log_z - exact).abs()).filter(|v| v.is_finite()).fold(0.0, f64::max)
    };
    let half = round_up(1.2 * late(plain).max(late(annealed)).max(0.02));
    let inside = |v: f64| (v - exact).abs() <= half;
    let course = |marks: &[Mark]| -> [Vec<f64>; 3] {
        let marks: Vec<&Mark> = marks.iter().filter(|m| inside(m.log_z)).collect();
        let error = |m: &&Mark| if m.error.is_finite() { m.error.min(half) } else { 0.0 };
        [
            marks.iter().map(|m| m.evaluations).collect(),
            marks.iter().map(|m| m.log_z).collect(),
            marks.iter().map(error).collect(),
        ]
    };
    let [times, values, bars] = course(plain);
    // One band is read easily, two are not: the other method has bars.
    let plain = Series { spread: bars, ..Series::points("plain", Role::Noise, times, values) };
    let [times, values, bars] = course(annealed);
    let seen: Vec<&Finished> = grids.iter().filter(|g| inside(g.log_z)).collect();
    let range = x.range.unwrap_or((1.0, 10.0));
    Figure {
        id: "estimates",
        plot: Plot::Lines(Lines {
            x,
            y: Axis::of("log-z").within(exact - half, exact + half),
            series: vec![
                Series::band("annealed", Role::Estimate, times, values, bars),
                plain,
                Series::points(
                    "grid",
                    Role::Model,
                    seen.iter().map(|g| g.evaluations as f64).collect(),
                    seen.iter().map(|g| g.log_z).collect(),
                ),
                Series::line("exact", Role::Exact, vec![range.0, range.1], vec![exact; 2]),
            ],
        }),
    }
}

/// The error against the evaluations, both in logarithms: of each grid, and of the typical replica
/// of either sampling; and what plain importance sampling believes its error to be.
pub(super) fn errors(exact: f64, grids: &[Finished], plain: &[Mark], annealed: &[Mark]) -> Figure {
    let share = REPLICAS as f64;
    let spent = plain.iter().chain(annealed).map(|m| m.evaluations / share);
    let x = evaluations(1e2, spent.chain(grids.iter().map(|g| g.evaluations as f64)));
    let shown = |v: f64| if v.is_nan() { v } else { v.clamp(SMALLEST_ERROR, LARGEST_ERROR) };
    let course = |label, role, marks: &[Mark], value: fn(&Mark) -> f64| {
        let x = marks.iter().map(|m| m.evaluations / share).collect();
        Series::line(label, role, x, marks.iter().map(|m| shown(value(m))).collect())
    };
    // Whole decades around what the samplers and the grids do.
    let typical = plain.iter().chain(annealed).map(|m| m.typical);
    let missed = typical.chain(grids.iter().map(|g| (g.log_z - exact).abs()));
    let (low, high) = missed
        .filter(|v| v.is_finite())
        .map(shown)
        .fold((0.1, 1.0), |(a, b), v| (f64::min(a, v), f64::max(b, v)));
    let y = Axis::of("error").logarithmic();
    let y = y.within(10f64.powf(low.log10().floor()), decade_up(high));
    let grid = Series::points(
        "grid",
        Role::Model,
        grids.iter().map(|g| g.evaluations as f64).collect(),
        grids.iter().map(|g| shown((g.log_z - exact).abs())).collect(),
    );
    Figure {
        id: "errors",
        plot: Plot::Lines(Lines {
            x,
            y,
            series: vec![
                course("plain-claims", Role::Data, plain, |m| m.claimed),
                course("plain", Role::Noise, plain, |m| m.typical),
                course("annealed", Role::Estimate, annealed, |m| m.typical),
                grid,
            ],
        }),
    }
}

/// Histograms of `log w - log Z`, each over its tallest bin: zero is a perfect weight.
pub(super) fn weights(exact: f64, plain: &[f64], annealed: &[f64]) -> Figure {
    let centred = |weights: &[f64]| -> Vec<f64> {
        let mut all: Vec<f64> =
            weights.iter().map(|w| w - exact).filter(|w| w.is_finite()).collect();
        all.sort_by(f64::total_cmp);
        all
    };
    let (plain, annealed) = (centred(plain), centred(annealed));
    // The better half of both and as much again, in steps; the long tail of light weights is cut.
    let middle = [&plain, &annealed].map(|w| quantile(w, 0.5)).into_iter().fold(-1.0, f64::min);
    let highest = [&plain, &annealed].map(|w| quantile(w, 0.999)).into_iter().fold(0.5, f64::max);
    let low = -round_up(-2.0 * middle);
    let high = round_up(highest.max(-0.1 * low));
    let draw = |label, role, weights: &[f64]| {
        let (counts, _) = histogram(weights, low, high, BINS);
        let tallest = counts.iter().copied().max().unwrap_or(0).max(1) as f64;
        let width = (high - low) / BINS as f64;
        let edges = (0..=BINS).map(|i| low + width * i as f64).collect();
        Series::histogram(label, role, edges, counts.iter().map(|c| *c as f64 / tallest).collect())
    };
    Figure {
        id: "weights",
        plot: Plot::Lines(Lines {
            x: Axis::of("log-weight").within(low, high),
            y: Axis::of("share").within(0.0, 1.1),
            series: vec![
                draw("plain", Role::Noise, &plain),
                draw("annealed", Role::Estimate, &annealed),
                Series::line("perfect", Role::Exact, vec![0.0; 2], vec![0.0, 1.1]),
            ],
        }),
    }
}

/// How many points a grid needs, by the dimension; where the budget ends, and the time.
pub(super) fn curse(nodes: usize, dimension: usize) -> Figure {
    let most = [8, 16, 32, 64].into_iter().find(|m| *m >= 2 * dimension).unwrap_or(64);
    let all: Vec<usize> = (1..=most).collect();
    let needed: Vec<f64> = all.iter().map(|d| lattice::points(nodes, *d)).collect();
    let top = decade_up(needed[most - 1].max(10.0 * UNIVERSE * RATE));
    let ends = vec![1.0, most as f64];
    Figure {
        id: "curse",
        plot: Plot::Lines(Lines {
            x: Axis::of("dimension").within(1.0, most as f64),
            y: Axis::of("points").logarithmic().within(1.0, top),
            series: vec![
                Series::line(
                    "needed",
                    Role::Model,
                    all.iter().map(|d| *d as f64).collect(),
                    needed,
                ),
                Series::line("budget", Role::Data, ends.clone(), vec![lattice::BUDGET; 2]),
                Series::line("universe", Role::Negative, ends, vec![UNIVERSE * RATE; 2]),
                Series::points(
                    "here",
                    Role::Estimate,
                    vec![dimension as f64],
                    vec![lattice::points(nodes, dimension)],
                ),
            ],
        }),
    }
}
