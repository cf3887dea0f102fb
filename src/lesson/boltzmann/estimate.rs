//! What the walkers alone say about log Z and the thermodynamic quantities.
//!
//! log Z from samples of p: for any normalised reference density r that is positive only where p
//! is, `1/Z = <r(x) exp(E(x)/T)>` (Gelfand and Dey, Bayesian model choice: asymptotics and exact
//! calculations, Journal of the Royal Statistical Society B 56, 1994). A reference within the
//! region of high density keeps the weights bounded (Robert and Wraith, Computational methods for
//! Bayesian model choice, 2009). Ours is flat over the cells of a grid whose centres lie low: its
//! volume is a count of cells, so it is normalised exactly.

use crate::math::quadrature::Grid;
use crate::math::statistics::correlated_mean;
use crate::model::energy::Energy;
use crate::model::thermodynamics::on_grid;

/// What is averaged over the walkers at each step: `u = E - lowest`, `u^2`, the weight of
/// [`Reference`], the first coordinate, and the share of accepted proposals.
pub(super) type Averages = [f64; 5];

/// The flat reference density.
#[derive(Debug)]
pub(super) struct Reference {
    cells: Vec<Grid>,
    inside: Vec<bool>,
    volume: f64,
    /// Energies are counted from here.
    pub(super) lowest: f64,
}

/// Cells a side, and how many T above the lowest cell still count: near the smallest variance for
/// a Gaussian in one and in two dimensions.
const CELLS: [usize; 2] = [1024, 96];
const DEPTH: [f64; 2] = [1.2, 1.6];

impl Reference {
    /// Over the box of `axes`.
    pub(super) fn new(energy: &dyn Energy, axes: &[Grid], temperature: f64) -> Self {
        let kind = axes.len() - 1;
        let count = CELLS[kind];
        let centres: Vec<Grid> = axes
            .iter()
            .map(|a| {
                let half = 0.5 * (a.high - a.low) / count as f64;
                Grid::new(a.low + half, a.high - half, count)
            })
            .collect();
        let values = on_grid(energy, &centres);
        let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
        let inside: Vec<bool> =
            values.iter().map(|e| e - lowest <= DEPTH[kind] * temperature).collect();
        let cell: f64 = centres.iter().map(Grid::spacing).product();
        let volume = inside.iter().filter(|i| **i).count() as f64 * cell;
        Self { cells: centres, inside, volume, lowest }
    }

    /// The mean over points of `r(x) exp((E(x) - lowest)/T)`, whose expectation is
    /// `exp(-lowest/T)/Z`. `boosts` holds `exp((E - lowest)/T)` of each point.
    pub(super) fn mean_weight(&self, points: &[f64], boosts: &[f64]) -> f64 {
        let count = boosts.len();
        let mut sum = 0.0;
        for (i, boost) in boosts.iter().enumerate() {
            let mut at = 0;
            let mut within = true;
            for (axis, grid) in self.cells.iter().enumerate().rev() {
                let cell = ((points[axis * count + i] - grid.low) / grid.spacing() + 0.5).floor();
                within &= cell >= 0.0 && cell < grid.count as f64;
                at = at * grid.count + if within { cell as usize } else { 0 };
            }
            if within && self.inside[at] {
                sum += boost;
            }
        }
        sum / (count as f64 * self.volume)
    }
}

/// A number from the walkers and its standard error (NaN while unknown).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Estimate {
    pub(super) value: f64,
    pub(super) error: f64,
}

/// All of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimates {
    pub(super) log_z: Estimate,
    pub(super) mean_energy: Estimate,
    pub(super) heat_capacity: Estimate,
    pub(super) entropy: Estimate,
    pub(super) free_energy: Estimate,
    pub(super) acceptance: Estimate,
    pub(super) mean_x: Estimate,
    /// The integrated autocorrelation time of one walker's energy, in blocks: the variance of the
    /// mean that was found over that of as many independent walkers (Geyer 1992).
    pub(super) time: f64,
}

impl Estimates {
    /// From block means of equal weight. The error of a function of several means is that of its
    /// linearisation around them (the delta method), as a correlated series of its own.
    pub(super) fn new(blocks: &[Averages], walkers: usize, lowest: f64, temperature: f64) -> Self {
        let n = blocks.len() as f64;
        let mean = |j: usize| blocks.iter().map(|b| b[j]).sum::<f64>() / n;
        let (u, square, weight) = (mean(0), mean(1), mean(2));
        let mut series = Vec::with_capacity(blocks.len());
        let mut estimate = |value: f64, influence: &dyn Fn(&Averages) -> f64| {
            series.clear();
            series.extend(blocks.iter().map(influence));
            Estimate { value, error: correlated_mean(&series).error }
        };
        let t = temperature;
        let log_z = if weight > 0.0 { -weight.ln() - lowest / t } else { f64::NAN };
        let log_z = estimate(log_z, &|b| -b[2] / weight);
        let mean_energy = estimate(lowest + u, &|b| b[0]);
        Self {
            log_z,
            mean_energy,
            heat_capacity: estimate((square - u * u) / (t * t), &|b| {
                (b[1] - 2.0 * u * b[0]) / (t * t)
            }),
            entropy: estimate((lowest + u) / t + log_z.value, &|b| b[0] / t - b[2] / weight),
            free_energy: Estimate { value: -t * log_z.value, error: t * log_z.error },
            acceptance: estimate(mean(4), &|b| b[4]),
            mean_x: estimate(mean(3), &|b| b[3]),
            time: mean_energy.error.powi(2) * n * walkers as f64 / (square - u * u),
        }
    }
}
