//! How good a fit is: everything by quadrature but the objective, which is a mean over points that
//! were never trained on.

use super::matching::{BOWL, Matching};
use super::target::Reference;
use crate::math::statistics::mean_and_variance;
use crate::model::mlp::Mlp;
use crate::objective::partition::log_partition;
use crate::objective::score_matching::{Workspace, energy_and_gradient};

/// Nodes at a time: they stay in the cache.
const BLOCK: usize = 128;
/// How far the parameters move for the finite difference, as a length.
const NUDGE: f64 = 1e-5;

/// What is measured on the grids, in the data's own units.
#[derive(Clone, Debug)]
pub(super) struct Measures {
    /// At the nodes of the data's grid, in standardised units: log of the learned density,
    /// normalised on the grid, and grad E.
    pub(super) log_model: Vec<f64>,
    pub(super) gradients: Vec<f64>,
    /// Half the Fisher divergence to the density of the data.
    pub(super) fisher: f64,
    /// The same to the density with noise, where that is what is learned.
    pub(super) fisher_noised: Option<f64>,
    /// KL from the density of the data to the model.
    pub(super) kl: f64,
    pub(super) cosine: f64,
    /// The learned mass of each hump's region.
    pub(super) masses: Vec<f64>,
}

impl Measures {
    pub(super) fn new(fit: &Matching) -> Self {
        let target = &*fit.target;
        let per_square = 1.0 / (target.scale * target.scale);
        let reference = &target.reference;
        let (energies, gradients) = at_nodes(&fit.model, reference);
        let log_z = log_partition(&energies, reference.grid.weights());
        let log_model: Vec<f64> = energies.iter().map(|e| -e - log_z).collect();
        let model: Vec<f64> = log_model.iter().map(|l| l.exp()).collect();
        let fisher_noised = fit
            .noised
            .as_ref()
            .map(|noised| per_square * noised.fisher(&at_nodes(&fit.model, noised).1));
        Self {
            fisher: per_square * reference.fisher(&gradients),
            fisher_noised,
            kl: reference.kl(&log_model),
            cosine: reference.cosine(&gradients),
            masses: reference.masses(&model, target.masses.len()),
            log_model,
            gradients,
        }
    }

    /// To what the method learns.
    pub(super) fn learned_fisher(&self) -> f64 {
        self.fisher_noised.unwrap_or(self.fisher)
    }
}

/// Energies and their gradients at the nodes of a reference.
fn at_nodes(model: &Mlp, reference: &Reference) -> (Vec<f64>, Vec<f64>) {
    let d = reference.dimensions();
    let points = reference.grid.points();
    let mut energies = vec![0.0; points.len() / d];
    let mut gradients = vec![0.0; points.len()];
    let mut work = Workspace::default();
    let blocks = points.chunks(BLOCK * d).zip(gradients.chunks_mut(BLOCK * d));
    for ((points, gradients), energies) in blocks.zip(energies.chunks_mut(BLOCK)) {
        energy_and_gradient(model, BOWL, points, &mut work, energies, gradients);
    }
    (energies, gradients)
}

/// The objective on held-out points.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeldOut {
    /// Its mean and one standard error, in the data's own units.
    pub(super) value: f64,
    pub(super) error: f64,
    /// What it is in expectation, by quadrature.
    pub(super) exact: f64,
    /// The relative difference of the slope along the gradient by the way back and by a finite
    /// difference.
    pub(super) gradient_check: f64,
}

impl HeldOut {
    pub(super) fn new(fit: &Matching, measures: &Measures) -> Self {
        let target = &*fit.target;
        let per_square = 1.0 / (target.scale * target.scale);
        let (batch, count) = fit.held_out();
        let mut work = Workspace::default();
        let mut terms = vec![0.0; count];
        let mut gradient = vec![0.0; fit.model.parameters().len()];
        let by = (&fit.settings, target.scale);
        batch.objective(&fit.model, by, &mut work, &mut terms, Some(&mut gradient));
        let (mean, variance) = mean_and_variance(&terms);
        let length = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
        let mut moved = fit.model.clone();
        let [above, below] = [NUDGE, -NUDGE].map(|by_much| {
            let parameters = moved.parameters_mut().iter_mut().zip(fit.model.parameters());
            for ((to, from), g) in parameters.zip(&gradient) {
                *to = from + by_much * g / length;
            }
            batch.objective(&moved, by, &mut work, &mut terms, None)
        });
        let slope = (above - below) / (2.0 * NUDGE);
        let d = target.dimensions() as f64;
        let information =
            fit.noised.as_ref().map_or(target.reference.information, |n| n.information);
        let noise =
            if fit.noised.is_some() { 0.5 * d / fit.settings.real("sigma").powi(2) } else { 0.0 };
        Self {
            value: per_square * mean,
            error: per_square * (variance / count as f64).sqrt(),
            exact: measures.learned_fisher() - 0.5 * per_square * information + noise,
            gradient_check: (slope - length).abs() / length,
        }
    }
}
