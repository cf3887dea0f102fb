//! Score matching: fit the score, the gradient of the log-density, and the partition function
//! falls away. For E(x) = f(x) + stiffness |x|^2/2 with a perceptron f, the score of the model is
//! s(x) = -grad E(x), and no sample of the model is ever drawn.
//!
//! | method | a point's term | learns the score of |
//! |---|---|---|
//! | implicit | `|grad E|^2/2 - lap E` | p |
//! | sliced | mean over v of `(v . grad E)^2/2 - v' H v` | p |
//! | denoising | `|grad E(x + e) - e/sigma^2|^2/2` | p_sigma = p * N(0, sigma^2 I) |
//!
//! Hyvarinen, Estimation of non-normalized statistical models by score matching, JMLR 6, 2005.
//! Vincent, A connection between score matching and denoising autoencoders, Neural Computation 23,
//! 2011. Song, Garg, Shi and Ermon, Sliced score matching, UAI 2019. All three have the mean
//! `half the Fisher divergence + a constant of the data`, up to which they are the same objective.

pub mod line;
pub mod terms;

use crate::model::mlp::Mlp;
use crate::model::mlp::jet::Jet;

/// What the energy has beside the network: `stiffness |x|^2/2`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bowl {
    /// 1 over the square of the bowl's width.
    pub stiffness: f64,
}

/// Buffers of an objective over batches of one size, made on first use.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    jet: Jet,
    directions: Vec<f64>,
    by_slopes: Vec<f64>,
    by_curvatures: Vec<f64>,
}

impl Workspace {
    fn fit(&mut self, model: &Mlp, batch: usize, directions: usize, curved: bool) {
        if !self.jet.fits(batch, directions, curved) {
            self.jet = Jet::new(model, batch, directions, curved);
            self.directions.resize(batch * directions * model.inputs(), 0.0);
            self.by_slopes.resize(batch * directions, 0.0);
            self.by_curvatures.resize(if curved { batch } else { 0 }, 0.0);
        }
    }

    /// The axes as directions of every point.
    fn along_axes(&mut self, inputs: usize) {
        let block = self.directions.len() / inputs;
        self.directions.fill(0.0);
        for (axis, part) in self.directions.chunks_exact_mut(block).enumerate() {
            part.iter_mut().skip(axis).step_by(inputs).for_each(|v| *v = 1.0);
        }
    }
}

/// Energies and gradients of a batch (batch by inputs, one point after the other).
///
/// # Panics
/// If the lengths do not fit.
pub fn energy_and_gradient(
    model: &Mlp,
    bowl: Bowl,
    points: &[f64],
    work: &mut Workspace,
    energies: &mut [f64],
    gradients: &mut [f64],
) {
    let inputs = model.inputs();
    let batch = energies.len();
    assert!(points.len() == batch * inputs && gradients.len() == points.len());
    work.fit(model, batch, inputs, false);
    work.along_axes(inputs);
    model.forward_jet(points, &work.directions, &mut work.jet);
    energies.copy_from_slice(work.jet.values());
    for (energy, x) in energies.iter_mut().zip(points.chunks_exact(inputs)) {
        *energy += 0.5 * bowl.stiffness * x.iter().map(|x| x * x).sum::<f64>();
    }
    for axis in 0..inputs {
        let slopes = work.jet.slopes(axis);
        let to = gradients.iter_mut().skip(axis).step_by(inputs);
        let at = points.iter().skip(axis).step_by(inputs);
        for ((g, x), slope) in to.zip(at).zip(slopes) {
            *g = slope + bowl.stiffness * x;
        }
    }
}
