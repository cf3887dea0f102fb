//! A perceptron over a wide bowl: E(x) = f(x) + |x|^2 / (2 B^2) in standardised units. The bowl keeps
//! the density from piling up where there are no data.

use crate::model::mlp::{Mlp, Workspace};

/// The bowl's width B in standard deviations of the data.
pub(in crate::lesson) const BOWL: f64 = 3.0;

/// Points at a time where a batch is not needed whole: they stay in the cache.
const BLOCK: usize = 128;

/// |x|^2 / (2 B^2) of points one after the other.
pub(in crate::lesson) fn bowl(points: &[f64], dimensions: usize) -> Vec<f64> {
    let scale = 0.5 / (BOWL * BOWL);
    points.chunks_exact(dimensions).map(|x| scale * x.iter().map(|v| v * v).sum::<f64>()).collect()
}

/// f(x) of points one after the other, plus a number a point.
pub(in crate::lesson) fn energies(model: &Mlp, points: &[f64], added: &[f64]) -> Vec<f64> {
    let d = model.inputs();
    let mut energies = vec![0.0; added.len()];
    let mut work = Workspace::new(model, BLOCK.min(added.len()));
    for (points, energies) in points.chunks(BLOCK * d).zip(energies.chunks_mut(BLOCK)) {
        if energies.len() != work.batch() {
            work = Workspace::new(model, energies.len());
        }
        model.forward(points, &mut work, energies);
    }
    energies.iter_mut().zip(added).for_each(|(e, more)| *e += more);
    energies
}
