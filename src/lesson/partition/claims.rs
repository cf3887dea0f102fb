//! Claim 8 of the post: drawing the negative samples is too costly. What is hard is the expectation
//! that they stand for: a grid has it exactly and without a sample, at G^d points.

use super::BLUEPRINT;
use super::lattice::{self, Lattice};
use super::race::{RATE, UNIVERSE};
use super::target::Target;
use crate::lab::blueprint::Source;
use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
use crate::lab::param::Value;
use crate::lab::run::Run;
use crate::math::quadrature::Grid;
use crate::model::coupled_well::CoupledWell;
use crate::model::energy::Energy as _;
use crate::objective::partition::BoxGrid;

pub(super) const CLAIMS: &[Claim] =
    &[Claim { number: 8, verdict: Verdict::Loose, measure: the_expectation_is_hard }];

const NODES: usize = 12;

/// The error of the finest grid of [`NODES`] nodes an axis, and how many points it has.
fn by_grid(dimension: i64) -> (f64, f64) {
    let mut settings = BLUEPRINT.defaults();
    settings.set("dimension", Value::Integer(dimension));
    let target = Target::of(&settings);
    let mut lattice = Lattice::new(&target.reach, NODES);
    while !lattice.is_done() {
        lattice.advance(&target, 1 << 16);
    }
    match lattice.finished() {
        [.., before, last] => {
            let points = (last.evaluations - before.evaluations) as f64;
            ((last.log_z - target.log_z).abs(), points)
        }
        _ => (f64::NAN, f64::NAN),
    }
}

/// In the plane: the model's expectation of dE/dh = (x_1^2 - 1)^2, summed over a grid, against the
/// slope of the exact -log Z.
fn gradient_error() -> f64 {
    let (barrier, coupling) = (2.0, 1.0);
    let well = CoupledWell::new(2, barrier, coupling);
    let grid = BoxGrid::new(&[Grid::new(-3.0, 3.0, 60), Grid::new(-6.0, 6.0, 60)]);
    // The energy wants its points coordinate by coordinate.
    let axis = |axis: usize| grid.points().chunks(2).map(move |p| p[axis]);
    let places: Vec<f64> = axis(0).chain(axis(1)).collect();
    let mut values = vec![0.0; grid.weights().len()];
    well.value(&places, &mut values);
    let mass: Vec<f64> = values.iter().map(|e| (-e).exp()).collect();
    let pull: Vec<f64> = mass.iter().zip(axis(0)).map(|(p, x)| p * (x * x - 1.0).powi(2)).collect();
    let on_grid = grid.integrate(&pull) / grid.integrate(&mass);
    let h = 1e-4;
    let log_z = |barrier| CoupledWell::new(2, barrier, coupling).log_z();
    let exact = -(log_z(barrier + h) - log_z(barrier - h)) / (2.0 * h);
    (on_grid - exact).abs()
}

/// The effective draws of plain sampling in 64 dimensions, and the error of the annealed one with
/// its own error bar.
fn in_many_dimensions() -> (f64, f64, f64) {
    let mut settings = BLUEPRINT.defaults();
    settings.set("dimension", Value::Integer(64));
    settings.set("temperatures", Value::Integer(1_000));
    settings.set("step_size", Value::Real(0.12));
    // There is nothing for the grid to do here: it is refused.
    let nothing = (f64::NAN, f64::NAN, f64::NAN);
    let Ok(mut run) = Run::new(&BLUEPRINT, Source::Shipped, 8, settings) else { return nothing };
    for _ in 0..250 {
        if run.advance().is_err() {
            return nothing;
        }
    }
    let view = run.view();
    let readout = |id: &str| view.readouts.iter().find(|r| r.id == id);
    let effective = readout("ess").map_or(f64::NAN, |r| r.value);
    let annealed = readout("log_z_ais");
    let miss = annealed.map_or(f64::NAN, |r| (r.value - r.exact.unwrap_or(f64::NAN)).abs());
    let bar = annealed.and_then(|r| r.error).unwrap_or(f64::NAN);
    (effective, miss, bar)
}

fn the_expectation_is_hard() -> Vec<Measurement> {
    let at_most = |what, measured, bound| {
        let expected = Expected::AtMost(bound);
        Measurement { what, measured, expected }
    };
    let (plane, few) = by_grid(2);
    let (five, many) = by_grid(5);
    let ages = (lattice::points(NODES, 64) / RATE / UNIVERSE).log10();
    let growth = Expected::Near { value: 1_728.0, tolerance: 0.0 };
    let (effective, miss, bar) = in_many_dimensions();
    vec![
        at_most("grid-plane", plane, 1e-2),
        at_most("grid-five", five, 1e-2),
        Measurement { what: "grid-growth", measured: many / few, expected: growth },
        at_most("grid-expectation", gradient_error(), 1e-7),
        Measurement { what: "grid-ages", measured: ages, expected: Expected::AtLeast(0.0) },
        at_most("plain-effective", effective, 10.0),
        at_most("annealed-error", miss, 0.5),
        at_most("annealed-bars", miss / bar, 4.0),
    ]
}
