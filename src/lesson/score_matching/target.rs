//! What a fit is held against: a mixture in closed form, standardised, and its density and score at
//! the nodes of a grid.

use crate::data::mixture::Mixture;
use crate::data::toy::Toy;
use crate::lab::param::Settings;
use crate::math::quadrature::Grid;
use crate::objective::partition::BoxGrid;

/// Nodes on a line, and an axis of the plane: at most .9 of the narrowest deviation apart, where
/// the trapezoidal rule is exact to 1e-9 on a Gaussian.
const NODES: [usize; 2] = [320, 44];
/// How far the grid reaches, in deviations of the outermost part.
const REACH: f64 = 5.0;

/// A density, its score and the regions of its humps at the nodes of a grid around it.
#[derive(Debug)]
pub(super) struct Reference {
    pub(super) grid: BoxGrid,
    pub(super) density: Vec<f64>,
    /// Node after node.
    pub(super) scores: Vec<f64>,
    /// The hump each node most probably belongs to.
    pub(super) humps: Vec<usize>,
    /// E of the squared score.
    pub(super) information: f64,
}

impl Reference {
    pub(super) fn new(mixture: &Mixture) -> Self {
        let d = mixture.dimensions();
        let axes: Vec<Grid> = (0..d)
            .map(|axis| {
                let (low, high) = mixture.interval(axis, REACH);
                Grid::new(low, high, NODES[d - 1])
            })
            .collect();
        let grid = BoxGrid::new(&axes);
        let count = grid.weights().len();
        let mut scores = vec![0.0; count * d];
        let mut density = Vec::with_capacity(count);
        let mut humps = Vec::with_capacity(count);
        for (point, score) in grid.points().chunks_exact(d).zip(scores.chunks_exact_mut(d)) {
            let (log, hump) = mixture.log_density_and_score(point, score);
            density.push(log.exp());
            humps.push(hump);
        }
        let mut reference = Self { grid, density, scores, humps, information: 0.0 };
        reference.information =
            reference.expectation(|i| reference.score(i).iter().map(|s| s * s).sum());
        reference
    }

    pub(super) fn dimensions(&self) -> usize {
        self.grid.axes().len()
    }

    pub(super) fn score(&self, node: usize) -> &[f64] {
        let d = self.dimensions();
        &self.scores[node * d..(node + 1) * d]
    }

    /// The mean over the density of a function of the node's index.
    pub(super) fn expectation(&self, f: impl Fn(usize) -> f64) -> f64 {
        let terms = self.grid.weights().iter().zip(&self.density).enumerate();
        terms.map(|(i, (w, p))| w * p * f(i)).sum()
    }

    /// Half the Fisher divergence, E |s - score|^2 / 2, of a model with these energy gradients.
    pub(super) fn fisher(&self, gradients: &[f64]) -> f64 {
        let d = self.dimensions();
        self.expectation(|i| {
            let pairs = self.score(i).iter().zip(&gradients[i * d..(i + 1) * d]);
            0.5 * pairs.map(|(s, g)| (s + g).powi(2)).sum::<f64>()
        })
    }

    /// The cosine of the learned and the true score: E[s . t] / sqrt(E|s|^2 E|t|^2).
    pub(super) fn cosine(&self, gradients: &[f64]) -> f64 {
        let d = self.dimensions();
        let own = |i: usize| &gradients[i * d..(i + 1) * d];
        let product = self
            .expectation(|i| -self.score(i).iter().zip(own(i)).map(|(s, g)| s * g).sum::<f64>());
        let square = self.expectation(|i| own(i).iter().map(|g| g * g).sum());
        product / (square * self.information).sqrt()
    }

    /// KL(p, model) for the model's log-density at the nodes.
    pub(super) fn kl(&self, log_model: &[f64]) -> f64 {
        self.expectation(|i| {
            if self.density[i] > 0.0 { self.density[i].ln() - log_model[i] } else { 0.0 }
        })
    }

    /// The mass of each hump's region under a density given at the nodes.
    pub(super) fn masses(&self, density: &[f64], humps: usize) -> Vec<f64> {
        let mut masses = vec![0.0; humps];
        for ((w, p), hump) in self.grid.weights().iter().zip(density).zip(&self.humps) {
            masses[*hump] += w * p;
        }
        masses
    }
}

/// The mixture of the settings, in standardised units, and everything exact about it.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) mixture: Mixture,
    pub(super) centre: Vec<f64>,
    pub(super) scale: f64,
    pub(super) reference: Reference,
    /// The true mass of each hump's region.
    pub(super) masses: Vec<f64>,
}

/// The mixture of the settings in its own units.
pub(super) fn mixture(settings: &Settings) -> Mixture {
    Toy::from_id(settings.choice("data"))
        .and_then(Toy::mixture)
        .unwrap_or_else(|| Mixture::far_apart(settings.real("weight"), settings.real("distance")))
}

impl Target {
    pub(super) fn new(settings: &Settings) -> Self {
        let (mixture, centre, scale) = mixture(settings).standardised();
        let reference = Reference::new(&mixture);
        let masses = reference.masses(&reference.density, mixture.humps());
        Self { mixture, centre, scale, reference, masses }
    }

    pub(super) fn dimensions(&self) -> usize {
        self.mixture.dimensions()
    }

    /// A standardised coordinate in the data's own units.
    pub(super) fn own(&self, axis: usize, x: f64) -> f64 {
        self.centre[axis] + self.scale * x
    }
}
