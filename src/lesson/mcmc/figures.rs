//! The four figures of the lesson. A sampler has the same look in all of them.

use super::exact::Exact;
use super::method::Method;
use super::target::Target;
use super::track::{Estimates, Track};
use crate::lab::Label;
use crate::lab::view::{Axis, Cell, Dots, Field, Figure, Lines, Plot, Role, Series, Table};
use crate::model::energy::Energy as _;

/// Walkers that are drawn one by one: more only blur.
const DRAWN: usize = 200;

/// The target, and the walkers of the chosen sampler in it.
pub(super) fn landscape(target: &Target, exact: &Exact, track: &Track) -> Figure {
    let chains = &track.chains;
    let drawn = chains.count().min(DRAWN);
    let (low, top) = exact.heights;
    let x = exact.shown[0];
    let plot = if target.dimension() == 1 {
        Plot::Lines(Lines {
            x: Axis::of("x").within(x.low, x.high),
            y: Axis::of("energy").within(low - 0.04 * (top - low), top),
            series: vec![
                Series::line("target-energy", Role::Model, x.nodes(), exact.shown_energy.clone()),
                Series::points(
                    track.method.id(),
                    track.method.role(),
                    chains.coordinate(0)[..drawn].to_vec(),
                    apart(&chains.energy()[..drawn], 0.4 * (top - low)),
                ),
            ],
        })
    } else {
        let y = exact.shown[1];
        let places = chains.coordinate(0).iter().zip(chains.coordinate(1));
        // The two coordinates of the funnel have names of their own.
        let (across, up) = if target.id == "funnel" { ("v", "x") } else { ("x1", "x2") };
        Plot::Field(Field {
            x: Axis::of(across).within(x.low, x.high),
            y: Axis::of(up).within(y.low, y.high),
            value: Axis::of("energy").within(low, top),
            low_is_bright: true,
            columns: x.count,
            values: exact.shown_energy.clone(),
            dots: vec![Dots {
                label: track.method.id(),
                role: track.method.role(),
                points: places.take(drawn).map(|(x, y)| (*x, *y)).collect(),
            }],
            arrows: Vec::new(),
        })
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

/// The first coordinate of all walkers over the later part of the run, against the exact density.
pub(super) fn density(exact: &Exact, track: &Track) -> Figure {
    let x = exact.shown[0];
    let (edges, heights) = track.histogram.density();
    let peak = exact.density.iter().copied().fold(0.0, f64::max);
    let across = if exact.shown.len() == 1 { "x" } else { "x1" };
    Figure {
        id: "density",
        plot: Plot::Lines(Lines {
            x: Axis::of(across).within(x.low, x.high),
            y: Axis::of("p").within(0.0, 1.6 * peak),
            series: vec![
                Series::histogram(track.method.id(), track.method.role(), edges, heights),
                Series::line("exact", Role::Exact, x.nodes(), exact.density.clone()),
            ],
        }),
    }
}

/// The autocorrelation of x_1 of every sampler against what it costs, in evaluations.
pub(super) fn memory(tracks: &[Track]) -> Figure {
    let series: Vec<Series> = tracks
        .iter()
        .filter(|t| t.escaped.is_none())
        .map(|track| {
            let curve = track.memory.curve();
            let x = curve.iter().map(|(lag, _)| *lag as f64 * track.cost).collect();
            let y = curve.iter().map(|(_, rho)| *rho).collect();
            // Five names have to fit above the curves.
            Series::line(short_name(track.method), track.method.role(), x, y)
        })
        .collect();
    let lowest = series.iter().flat_map(|s| &s.y).copied().fold(0.0, f64::min);
    // Where a walker swings from side to side the axis makes room, in one step.
    let low = if lowest < -0.3 { -1.05 } else { -0.3 };
    Figure {
        id: "memory",
        plot: Plot::Lines(Lines {
            x: Axis::of("evaluations").within(1.0, 1e4).logarithmic(),
            y: Axis::of("autocorrelation").within(low, 1.05),
            series,
        }),
    }
}

/// The last steps of the first walker under the chosen sampler and under another one that is given
/// the same random numbers.
pub(super) fn trace(exact: &Exact, track: &Track, partner: &Track) -> Figure {
    let x = exact.shown[0];
    let line = |track: &Track| {
        let past: Vec<f64> = track.memory.past(0).iter().map(|v| v + exact.mean).collect();
        let from = 1.0 - past.len() as f64;
        let times = (0..past.len()).map(|t| from + t as f64).collect();
        Series::line(track.method.id(), track.method.role(), times, past)
    };
    Figure {
        id: "memory",
        plot: Plot::Lines(Lines {
            x: Axis::of("steps-ago").within(-255.0, 0.0),
            y: Axis::of("x-walker").within(x.low, x.high),
            series: vec![line(partner), line(track)],
        }),
    }
}

/// Every sampler in figures: as many as the narrowest panel has room for, each in a width of its own
/// that its digits never leave, so that nothing moves while the numbers do.
pub(super) fn table(exact: &Exact, tracks: &[Track], all: &[Estimates]) -> Figure {
    let row = |(track, e): (&Track, &Estimates)| {
        let name = Cell::Label(short_name(track.method));
        if track.escaped.is_some() {
            let blank = || Cell::Text(String::new());
            return vec![name, Cell::Label("escaped-at"), blank(), blank(), blank()];
        }
        let bound = if e.early { "<" } else { "" };
        let worth = 1_000.0 * e.ess.value;
        vec![
            name,
            cell(e.acceptance.value, "", 3),
            cell(e.second.value - exact.second, "", 3),
            cell(worth, bound, if worth < 10.0 { 2 } else { 1 }),
            cell(e.r_hat, "", 2),
        ]
    };
    Figure {
        id: "table",
        plot: Plot::Table(Table {
            columns: vec![
                "sampler",
                "acceptance-column",
                "bias-column",
                "ess-column",
                "r-hat-column",
            ],
            rows: tracks.iter().zip(all).map(row).collect(),
            leads: Vec::new(),
        }),
    }
}

/// Columns of a number in the table.
const WIDE: usize = 6;

/// A number of so many decimals at the right edge of its column, of fewer where they do not fit.
fn cell(value: f64, bound: &str, decimals: usize) -> Cell {
    let fitting = (0..=decimals).rev().map(|d| format!("{bound}{value:.d$}"));
    let text = match fitting.into_iter().find(|text| text.len() <= WIDE) {
        _ if value.is_nan() => "-".to_owned(),
        Some(text) => text,
        None => format!("{bound}{value:.0e}"),
    };
    Cell::Text(format!("{text:>WIDE$}"))
}

/// A name of few letters, for legends and the table.
fn short_name(method: Method) -> Label {
    match method {
        Method::Metropolis => "random-walk",
        method => method.id(),
    }
}
