//! The four figures of the lesson.

use super::estimate::Estimates;
use super::exact::Exact;
use super::potential::Potential;
use crate::lab::view::{Axis, Dots, Field, Figure, Lines, Plot, Role, Series};
use crate::math::statistics::{BatchMeans, histogram};
use crate::model::thermodynamics::Thermodynamics;
use crate::sampler::chains::Chains;

/// Walkers that are drawn one by one: more only blur.
const DRAWN: usize = 200;
const BINS: usize = 45;

/// The energy, and walkers on it.
pub(super) fn landscape(potential: &Potential, exact: &Exact, chains: &Chains) -> Figure {
    let drawn = chains.count().min(DRAWN);
    let (low, top) = exact.heights;
    let x = exact.shown[0];
    let plot = match potential {
        Potential::Line(_) => Plot::Lines(Lines {
            x: Axis::of("x").within(x.low, x.high),
            y: Axis::of("energy").within(low - 0.04 * (top - low), top),
            series: vec![
                Series::line("energy", Role::Model, x.nodes(), exact.shown_energy.clone()),
                Series::points(
                    "walkers-apart",
                    Role::Estimate,
                    chains.coordinate(0)[..drawn].to_vec(),
                    apart(&chains.energy()[..drawn], 0.4 * (top - low)),
                ),
            ],
        }),
        Potential::Plane(_) => {
            let y = exact.shown[1];
            let places = chains.coordinate(0).iter().zip(chains.coordinate(1));
            Plot::Field(Field {
                x: Axis::of("x").within(x.low, x.high),
                y: Axis::of("y").within(y.low, y.high),
                value: Axis::of("energy").within(low, top),
                low_is_bright: true,
                columns: x.count,
                values: exact.shown_energy.clone(),
                dots: vec![Dots {
                    label: "walkers",
                    role: Role::Estimate,
                    points: places.take(drawn).map(|(x, y)| (*x, *y)).collect(),
                }],
                arrows: Vec::new(),
            })
        }
    };
    Figure { id: "landscape", plot }
}

/// Each walker at a height of its own above the curve, always the same: on the curve itself a
/// crowd and a single walker look alike.
fn apart(energy: &[f64], room: f64) -> Vec<f64> {
    // Multiples of the golden ratio fall evenly and never in rows.
    let lane = |i: usize| (i as f64 * 0.618_033_988_749_895).fract();
    energy.iter().enumerate().map(|(i, e)| e + room * lane(i)).collect()
}

/// All walkers as a histogram against the exact density; in the plane, of x alone.
pub(super) fn density(exact: &Exact, chains: &Chains) -> Figure {
    let x = exact.shown[0];
    let (counts, _) = histogram(chains.coordinate(0), x.low, x.high, BINS);
    let width = (x.high - x.low) / BINS as f64;
    let scale = 1.0 / (chains.count() as f64 * width);
    let edges = (0..=BINS).map(|i| x.low + width * i as f64).collect();
    let heights = counts.iter().map(|c| *c as f64 * scale).collect();
    // The cloud begins as one spike: keep the density in sight beside it.
    let peak = exact.density.iter().copied().fold(0.0, f64::max);
    Figure {
        id: "density",
        plot: Plot::Lines(Lines {
            x: Axis::of("x").within(x.low, x.high),
            y: Axis::of("p").within(0.0, 1.6 * peak),
            series: vec![
                Series::histogram("walkers", Role::Estimate, edges, heights),
                Series::line("exact", Role::Exact, x.nodes(), exact.density.clone()),
            ],
        }),
    }
}

/// The mean energy of the cloud since the last change, and what is made of its later half.
pub(super) fn relaxation(exact: &Exact, averages: &BatchMeans<5>, estimates: &Estimates) -> Figure {
    let blocks = averages.blocks();
    let length = averages.length() as f64;
    let lowest = exact.reference.lowest;
    let time = |i: usize| (i as f64 + 0.5) * length + 0.5;
    let times: Vec<f64> = (0..blocks.len()).map(time).collect();
    let energies = blocks.iter().map(|b| b[0] + lowest).collect();
    let end = (blocks.len() as f64 * length).max(1.0);
    let known = exact.here.mean_energy;
    let mut series = vec![
        Series::line("walkers", Role::Estimate, times, energies),
        Series::line("exact", Role::Exact, vec![0.0, end], vec![known; 2]),
    ];
    let mean = estimates.mean_energy;
    if mean.error.is_finite() {
        let from = time(blocks.len() - averages.settled().len());
        let band = Series::band(
            "time-average",
            Role::Model,
            vec![from, end],
            vec![mean.value; 2],
            vec![mean.error; 2],
        );
        series.insert(0, band);
    }
    Figure {
        id: "relaxation",
        plot: Plot::Lines(Lines {
            x: Axis::of("steps").within(0.0, end),
            y: Axis::of("energy"),
            series,
        }),
    }
}

/// F, <E> and T S against the temperature, and the walkers' values at the present one.
pub(super) fn thermodynamics(exact: &Exact, estimates: &Estimates) -> Figure {
    let curve = |label, role, value: fn(&Thermodynamics) -> f64| {
        let x = exact.curve.iter().map(|c| c.temperature).collect();
        Series::line(label, role, x, exact.curve.iter().map(value).collect())
    };
    let t = exact.here.temperature;
    let mut points = Series::points("walkers", Role::Estimate, Vec::new(), Vec::new());
    for (value, error) in [
        (estimates.free_energy.value, estimates.free_energy.error),
        (estimates.mean_energy.value, estimates.mean_energy.error),
        (t * estimates.entropy.value, t * estimates.entropy.error),
    ] {
        if value.is_finite() {
            points.x.push(t);
            points.y.push(value);
            points.spread.push(if error.is_finite() { error } else { 0.0 });
        }
    }
    Figure {
        id: "thermodynamics",
        plot: Plot::Lines(Lines {
            x: Axis::of("temperature"),
            y: Axis::of("energy"),
            series: vec![
                // Three exact curves need three looks; heat is what noise carries.
                curve("free-energy", Role::Exact, |c| c.free_energy),
                curve("mean-energy", Role::Model, |c| c.mean_energy),
                curve("heat", Role::Noise, |c| c.temperature * c.entropy),
                points,
            ],
        }),
    }
}
