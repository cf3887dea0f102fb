//! A perceptron with two hidden layers as an energy, in single precision, for training flat out:
//! `E(x) = w3 . silu(W2 silu(W1 x + b1) + b2) + bowl |x|^2 / 2`, with `silu(z) = z / (1 + e^-z)`
//! (Elfwing, Uchibe and Doya, Neural Networks 107, 2018).
//!
//! The bowl keeps `exp(-E)` integrable where the network is flat. There is no output bias: no data
//! could teach it. Points are rows, one after the other.
//!
//! [`block`] has the passes over sixty-four points at a time, [`engine`] spreads many points over
//! blocks and threads.

pub mod block;
pub mod engine;
mod layers;
pub mod product;
pub mod sums;

pub use engine::Engine;

use crate::math::rng::Rng;
use rand::RngExt as _;
use rand_distr::StandardNormal;

/// The energy and its parameters: `W1` (inputs rows of `width`), `b1`, `W2` (`width` rows of
/// `width`, a row an input), `b2`, `w3`.
#[derive(Clone, Debug, PartialEq)]
pub struct FusedMlp {
    inputs: usize,
    width: usize,
    bowl: f32,
    parameters: Vec<f32>,
}

impl FusedMlp {
    /// A fresh one, with weights as in He, Zhang, Ren and Sun (Delving deep into rectifiers, ICCV
    /// 2015), the first layer's bends spread over standardised data, and the last layer small.
    ///
    /// # Panics
    /// If there is no input or no unit.
    #[must_use]
    pub fn new(inputs: usize, width: usize, bowl: f32, rng: &mut Rng) -> Self {
        assert!(inputs > 0 && width > 0, "a perceptron needs inputs and hidden units");
        let mut parameters = Vec::with_capacity(inputs * width + width * width + 3 * width);
        let mut normal = |deviation: f32| deviation * rng.sample::<f32, _>(StandardNormal);
        let first = (2.0 / inputs as f32).sqrt();
        parameters.extend((0..inputs * width).map(|_| normal(first)));
        for unit in 0..width {
            let bias = (0..inputs).map(|i| parameters[i * width + unit] * 1.5 * normal(1.0)).sum();
            parameters.push(bias);
        }
        let second = (2.0 / width as f32).sqrt();
        parameters.extend((0..width * width).map(|_| normal(second)));
        parameters.extend((0..width).map(|_| 0.0));
        parameters.extend((0..width).map(|_| normal(0.1 * second)));
        Self { inputs, width, bowl, parameters }
    }

    /// How many numbers a point has.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// How many units a hidden layer has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The parameters, in the order of the type's description.
    #[must_use]
    pub fn parameters(&self) -> &[f32] {
        &self.parameters
    }

    /// The same, to be changed.
    pub fn parameters_mut(&mut self) -> &mut [f32] {
        &mut self.parameters
    }

    /// Takes others in their place, and gives those it had.
    ///
    /// # Panics
    /// If there are not as many.
    pub fn swap_parameters(&mut self, other: &mut Vec<f32>) {
        assert_eq!(self.parameters.len(), other.len());
        std::mem::swap(&mut self.parameters, other);
    }
}

#[cfg(test)]
pub(crate) mod reference;
#[cfg(test)]
mod tests;
