//! An encoder: a perceptron in single precision, `h_(l+1) = relu(h_l W_l + b_l)` with ReLU between
//! layers and none after the last. Points are rows, one after the other.
//!
//! [`Passes`] takes many points through it and back.

pub mod block;
pub mod passes;

pub use passes::Passes;

use crate::math::rng::Rng;
use rand::RngExt as _;
use rand_distr::StandardNormal;

/// The sizes of the layers and the parameters: layer by layer the weights (`inputs` rows of
/// `outputs`, a row an input), then the biases.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoder {
    sizes: Vec<usize>,
    parameters: Vec<f32>,
}

impl Encoder {
    /// A fresh one, with weights as in He, Zhang, Ren and Sun (Delving deep into rectifiers, ICCV
    /// 2015), `N(0, 2/inputs)`; `N(0, 1/inputs)` in the last layer, which no ReLU follows. Biases
    /// are zero.
    ///
    /// # Panics
    /// If there are not two sizes at least, or one of them is zero.
    #[must_use]
    pub fn new(sizes: &[usize], rng: &mut Rng) -> Self {
        assert!(sizes.len() > 1 && sizes.iter().all(|s| *s > 0), "an encoder has a layer");
        let mut parameters = Vec::with_capacity(count(sizes));
        for (layer, pair) in sizes.windows(2).enumerate() {
            let gain = if layer + 2 == sizes.len() { 1.0 } else { 2.0 };
            let deviation = (gain / pair[0] as f32).sqrt();
            let normals = (0..pair[0] * pair[1]).map(|_| rng.sample::<f32, _>(StandardNormal));
            parameters.extend(normals.map(|v| deviation * v));
            parameters.resize(parameters.len() + pair[1], 0.0);
        }
        Self { sizes: sizes.to_vec(), parameters }
    }

    /// How many numbers go in, and come out of each layer.
    #[must_use]
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// How many layers.
    #[must_use]
    pub fn layers(&self) -> usize {
        self.sizes.len() - 1
    }

    /// How many numbers a point has.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.sizes[0]
    }

    /// How many numbers come out.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.sizes[self.layers()]
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

    /// Takes other parameters, and gives back its own in their place.
    ///
    /// # Panics
    /// If there are not as many.
    pub fn swap_parameters(&mut self, other: &mut Vec<f32>) {
        assert_eq!(self.parameters.len(), other.len());
        std::mem::swap(&mut self.parameters, other);
    }

    /// Where the parameters of a layer begin.
    fn offset(&self, layer: usize) -> usize {
        count(&self.sizes[..=layer])
    }
}

/// How many parameters an encoder of these sizes has.
fn count(sizes: &[usize]) -> usize {
    sizes.windows(2).map(|pair| (pair[0] + 1) * pair[1]).sum()
}

#[cfg(test)]
mod tests;
