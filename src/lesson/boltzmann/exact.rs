//! What is known exactly about a landscape at a temperature, and where it is worth looking at.

use super::estimate::Reference;
use super::potential::Potential;
use crate::math::quadrature::Grid;
use crate::model::energy::Energy as _;
use crate::model::thermodynamics::{Landscape, Thermodynamics, on_grid};

/// Everything that changes only with the landscape and the temperature.
#[derive(Debug)]
pub(super) struct Exact {
    /// At the present temperature.
    pub(super) here: Thermodynamics,
    /// `F - (<E> - T S)` with `S = -integral of p log p`: zero but for rounding.
    pub(super) identity: f64,
    /// The mean of the first coordinate.
    pub(super) mean_x: f64,
    /// The same quantities from a quarter of the temperature to twice it.
    pub(super) curve: Vec<Thermodynamics>,
    /// What log Z is measured against.
    pub(super) reference: Reference,
    /// The part of each axis that is shown.
    pub(super) shown: Vec<Grid>,
    /// The energy there, the first axis running fastest.
    pub(super) shown_energy: Vec<f64>,
    /// The lowest energy, and the highest that is shown.
    pub(super) heights: (f64, f64),
    /// The density of the first coordinate on the first shown axis.
    pub(super) density: Vec<f64>,
}

/// Points a curve has; and columns and rows of the heatmap.
const LINE: usize = 181;
const PLANE: [usize; 2] = [72, 56];

impl Exact {
    pub(super) fn new(potential: &Potential, temperature: f64) -> Self {
        let mut scratch = Vec::new();
        let landscape = Landscape::new(potential, potential.wells(), 2.0 * temperature);
        let here = landscape.at(temperature, &mut scratch);
        let entropy = landscape.entropy(temperature, &mut scratch);
        // In the plane every point of the curve costs a quadrature over the plane.
        let curve: Vec<Thermodynamics> = (4..=32)
            .step_by(potential.dimension())
            .map(|k| landscape.at(temperature * f64::from(k) / 16.0, &mut scratch))
            .collect();
        let across = landscape.axes[0];
        let marginal = landscape.marginal(temperature);
        let weighted: Vec<f64> =
            marginal.iter().enumerate().map(|(i, p)| p * across.node(i)).collect();
        let top = top(potential, landscape.lowest, temperature);
        let count = |axis| if potential.dimension() == 1 { LINE } else { PLANE[axis] };
        let shown: Vec<Grid> = (0..landscape.axes.len())
            .map(|axis| below(&landscape, axis, top, count(axis)))
            .collect();
        let shown_energy = on_grid(potential, &shown);
        let density = match potential {
            Potential::Line(_) => {
                shown_energy.iter().map(|e| (-e / temperature - here.log_z).exp()).collect()
            }
            Potential::Plane(_) => {
                shown[0].nodes().iter().map(|x| between(&across, &marginal, *x)).collect()
            }
        };
        Self {
            here,
            identity: here.free_energy - (here.mean_energy - temperature * entropy),
            mean_x: across.integrate(&weighted),
            curve,
            reference: Reference::new(potential, &landscape.axes, temperature),
            shown,
            shown_energy,
            heights: (landscape.lowest, top),
            density,
        }
    }
}

/// The highest energy worth showing: well above the barriers and above what the walkers reach.
fn top(potential: &Potential, lowest: f64, temperature: f64) -> f64 {
    let barrier = match potential {
        Potential::Line(_) => 1.5 * (potential.energy_at(&[0.0]) - lowest),
        Potential::Plane(_) => 8.0,
    };
    lowest + barrier.max(8.0 * temperature)
}

/// The smallest interval of an axis outside of which the energy is nowhere below `top`.
fn below(landscape: &Landscape, axis: usize, top: f64, count: usize) -> Grid {
    let grid = landscape.axes[axis];
    let across = landscape.axes[0].count;
    let (mut low, mut high) = (grid.count - 1, 0);
    for (i, e) in landscape.energy.iter().enumerate() {
        if *e <= top {
            let at = if axis == 0 { i % across } else { i / across };
            low = low.min(at);
            high = high.max(at);
        }
    }
    // One node further on either side: never empty.
    let low = grid.node(low.saturating_sub(1));
    let high = grid.node((high + 1).min(grid.count - 1));
    Grid::new(low, high, count)
}

/// Linear interpolation; zero outside.
fn between(grid: &Grid, values: &[f64], x: f64) -> f64 {
    let at = (x - grid.low) / grid.spacing();
    if at < 0.0 || at > (grid.count - 1) as f64 {
        return 0.0;
    }
    let i = (at as usize).min(grid.count - 2);
    let part = at - i as f64;
    values[i] * (1.0 - part) + values[i + 1] * part
}
