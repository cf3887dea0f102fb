//! A multilayer perceptron as an energy: f(x) = w . h_L, h_l = silu(W_l h_{l-1} + b_l), h_0 = x,
//! with silu(z) = z / (1 + e^-z) (Elfwing, Uchibe and Doya, Neural Networks 107, 2018).
//!
//! It has no output bias: a constant added to an energy changes no probability, so no data could
//! ever teach it. Weights start as He, Zhang, Ren and Sun have it (Delving deep into rectifiers,
//! ICCV 2015): normal with variance 2 / fan-in. The first layer's biases put the bends of its
//! units over the data (here: |x| < 2.5, for standardised x), and the last layer starts small, so
//! that the energy starts almost flat.
//!
//! Points are rows of a batch, one after the other; inside, a batch is a matrix with a column a
//! point. Nothing is allocated after [`Workspace::new`].

pub mod jet;

use crate::math::gemm::{Layout, gemm};
use crate::math::rng::Rng;
use crate::math::vector_math::silu_with_derivative;
use rand::RngExt as _;
use rand_distr::{Distribution, StandardNormal};

/// A multilayer perceptron with one output.
#[derive(Clone, Debug, PartialEq)]
pub struct Mlp {
    layers: Vec<Layer>,
    parameters: Vec<f64>,
}

/// One affine map: `outputs` by `inputs` weights, column after column, then `outputs` biases (none
/// in the last layer).
#[derive(Clone, Copy, Debug, PartialEq)]
struct Layer {
    inputs: usize,
    outputs: usize,
    start: usize,
}

impl Layer {
    fn weight(self) -> (std::ops::Range<usize>, Layout) {
        let end = self.start + self.inputs * self.outputs;
        (self.start..end, Layout::by_columns(self.outputs, self.inputs))
    }

    fn bias(self) -> std::ops::Range<usize> {
        let start = self.start + self.inputs * self.outputs;
        start..start + self.outputs
    }
}

/// What a forward and a backward pass over a batch need, allocated once.
#[derive(Clone, Debug)]
pub struct Workspace {
    batch: usize,
    /// The units' values, a matrix a hidden layer.
    active: Vec<Vec<f64>>,
    /// Their slopes, and after the backward pass the derivatives with respect to their inputs.
    slope: Vec<Vec<f64>>,
    /// A layer's sums on the way forward, derivatives on the way back.
    scratch: Vec<f64>,
}

impl Workspace {
    /// For batches of this many points through this model.
    #[must_use]
    pub fn new(model: &Mlp, batch: usize) -> Self {
        let matrices =
            || model.hidden().iter().map(|l| vec![0.0; l.outputs * batch]).collect::<Vec<_>>();
        let widest = model.layers.iter().map(|l| l.inputs.max(l.outputs)).max().unwrap_or(1);
        Self { batch, active: matrices(), slope: matrices(), scratch: vec![0.0; widest * batch] }
    }

    /// One for no points at all, which takes no memory.
    #[must_use]
    pub fn none() -> Self {
        Self { batch: 0, active: Vec::new(), slope: Vec::new(), scratch: Vec::new() }
    }

    /// How many points it is for.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.batch
    }
}

impl Mlp {
    /// A fresh one: `inputs` numbers in, `depth` hidden layers of `width` units, one number out.
    ///
    /// # Panics
    /// If there is no input, no hidden layer or no unit.
    #[must_use]
    pub fn new(inputs: usize, width: usize, depth: usize, rng: &mut Rng) -> Self {
        assert!(inputs > 0 && width > 0 && depth > 0, "a perceptron needs inputs and hidden units");
        let mut layers = Vec::with_capacity(depth + 1);
        let (mut from, mut start) = (inputs, 0);
        for _ in 0..depth {
            layers.push(Layer { inputs: from, outputs: width, start });
            start += (from + 1) * width;
            from = width;
        }
        layers.push(Layer { inputs: from, outputs: 1, start });
        let mut model = Self { layers, parameters: vec![0.0; start + from] };
        model.initialise(rng);
        model
    }

    fn initialise(&mut self, rng: &mut Rng) {
        let last = self.layers.len() - 1;
        for (index, layer) in self.layers.clone().into_iter().enumerate() {
            let deviation = (2.0 / layer.inputs as f64).sqrt();
            let scale = if index == last { 0.1 * deviation } else { deviation };
            for w in &mut self.parameters[layer.weight().0] {
                let normal: f64 = StandardNormal.sample(rng);
                *w = scale * normal;
            }
            if index == 0 {
                for unit in 0..layer.outputs {
                    // The bend lies where W x + b = 0: through a point over the data.
                    let mut bias = 0.0;
                    for input in 0..layer.inputs {
                        let at = 5.0 * rng.random::<f64>() - 2.5;
                        bias -= self.parameters[layer.start + input * layer.outputs + unit] * at;
                    }
                    self.parameters[layer.bias().start + unit] = bias;
                }
            }
        }
    }

    fn hidden(&self) -> &[Layer] {
        &self.layers[..self.layers.len() - 1]
    }

    /// How many numbers a point has.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.layers[0].inputs
    }

    /// The parameters, layer after layer.
    #[must_use]
    pub fn parameters(&self) -> &[f64] {
        &self.parameters
    }

    /// The same, to be changed.
    pub fn parameters_mut(&mut self) -> &mut [f64] {
        &mut self.parameters
    }

    /// The energies of a batch of points; the workspace keeps what [`Mlp::backward`] needs.
    ///
    /// # Panics
    /// If the lengths do not fit: `points` is batch by inputs, `energies` a number a point.
    pub fn forward(&self, points: &[f64], work: &mut Workspace, energies: &mut [f64]) {
        let batch = work.batch;
        assert!(points.len() == batch * self.inputs() && energies.len() == batch);
        for (index, layer) in self.layers.iter().enumerate() {
            let (before, after) = work.active.split_at_mut(index);
            let from = before.last().map_or(points, Vec::as_slice);
            let (weight, shape) = layer.weight();
            let from = (from, Layout::by_columns(layer.inputs, batch));
            let weight = (&self.parameters[weight], shape);
            let Some(to) = after.first_mut() else {
                gemm(1.0, weight, from, 0.0, (energies, Layout::by_columns(1, batch)));
                return;
            };
            let sums = &mut work.scratch[..layer.outputs * batch];
            for column in sums.chunks_exact_mut(layer.outputs) {
                column.copy_from_slice(&self.parameters[layer.bias()]);
            }
            gemm(1.0, weight, from, 1.0, (sums, Layout::by_columns(layer.outputs, batch)));
            silu_with_derivative(sums, to, &mut work.slope[index]);
        }
    }

    /// From dL/dE of each point of the last [`Mlp::forward`] to dL/dtheta, and to dL/dx where an
    /// `input_gradient` (batch by inputs) is given. It uses the workspace up: one forward pass, one
    /// backward pass.
    ///
    /// # Panics
    /// If the lengths do not fit.
    pub fn backward(
        &self,
        points: &[f64],
        work: &mut Workspace,
        by_energy: &[f64],
        gradient: &mut [f64],
        input_gradient: Option<&mut [f64]>,
    ) {
        let batch = work.batch;
        assert!(points.len() == batch * self.inputs() && by_energy.len() == batch);
        assert!(gradient.len() == self.parameters.len());
        for (index, layer) in self.layers.iter().enumerate().rev() {
            let delta_at = Layout::by_columns(layer.outputs, batch);
            let (before, rest) = work.slope.split_at_mut(index);
            let delta = rest.first().map_or(by_energy, Vec::as_slice);
            let from = if index == 0 { points } else { &work.active[index - 1] };
            let (weight, shape) = layer.weight();
            gemm(
                1.0,
                (delta, delta_at),
                (from, Layout::by_columns(layer.inputs, batch).transposed()),
                0.0,
                (&mut gradient[weight.clone()], shape),
            );
            if index + 1 < self.layers.len() {
                let sums = &mut gradient[layer.bias()];
                sums.fill(0.0);
                for column in delta.chunks_exact(layer.outputs) {
                    sums.iter_mut().zip(column).for_each(|(s, d)| *s += d);
                }
            }
            let weight = (&self.parameters[weight], shape.transposed());
            let to_at = Layout::by_columns(layer.inputs, batch);
            if let Some(slope) = before.last_mut() {
                let back = &mut work.scratch[..layer.inputs * batch];
                gemm(1.0, weight, (delta, delta_at), 0.0, (back, to_at));
                slope.iter_mut().zip(back).for_each(|(s, b)| *s *= *b);
            } else if let Some(to) = input_gradient {
                gemm(1.0, weight, (delta, delta_at), 0.0, (to, to_at));
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Mlp, Workspace};
    use crate::math::rng::stream;

    /// Two inputs, two layers of three, parameters and points by fixed formulas.
    fn small() -> (Mlp, Vec<f64>) {
        let mut model = Mlp::new(2, 3, 2, &mut stream(1, 0));
        for (i, p) in model.parameters_mut().iter_mut().enumerate() {
            *p = ((i * i + 3) as f64).sin();
        }
        (model, (0..8).map(|i| (2.0 * f64::from(i) + 0.5).cos()).collect())
    }

    #[test]
    fn the_forward_pass_is_what_numpy_says() {
        let (model, points) = small();
        let mut energies = [0.0; 4];
        model.forward(&points, &mut Workspace::new(&model, 4), &mut energies);
        let expected =
            [-0.5052348349446879, -0.36634893724817624, -0.6559236579755172, -0.46883236240952475];
        for (e, n) in energies.iter().zip(expected) {
            assert!((e - n).abs() < 1e-13, "{energies:?}");
        }
    }

    fn gradient_is_right(inputs: usize, width: usize, depth: usize) {
        let mut model = Mlp::new(inputs, width, depth, &mut stream(2, 0));
        let batch = 5;
        let mut points: Vec<f64> =
            (0..batch * inputs).map(|i| (3.0 * i as f64 + 1.0).sin()).collect();
        let weights: Vec<f64> = (0..batch).map(|i| 0.3 - 0.2 * i as f64).collect();
        let mut work = Workspace::new(&model, batch);
        let mut energies = vec![0.0; batch];
        let mut value = |model: &Mlp, points: &[f64]| {
            model.forward(points, &mut work, &mut energies);
            energies.iter().zip(&weights).map(|(e, w)| e * w).sum::<f64>()
        };
        let mut by_theta = vec![0.0; model.parameters().len()];
        let mut by_x = vec![0.0; points.len()];
        let mut own = Workspace::new(&model, batch);
        model.forward(&points, &mut own, &mut vec![0.0; batch]);
        model.backward(&points, &mut own, &weights, &mut by_theta, Some(&mut by_x));
        let scale = by_theta.iter().chain(&by_x).fold(0.0, |m: f64, g| m.max(g.abs()));
        let h = 1e-5;
        for (i, g) in by_theta.iter().enumerate() {
            let at = model.parameters()[i];
            model.parameters_mut()[i] = at + h;
            let above = value(&model, &points);
            model.parameters_mut()[i] = at - h;
            let below = value(&model, &points);
            model.parameters_mut()[i] = at;
            assert!(((above - below) / (2.0 * h) - g).abs() < 1e-8 * scale.max(1.0), "theta {i}");
        }
        for (i, g) in by_x.iter().enumerate() {
            let at = points[i];
            points[i] = at + h;
            let above = value(&model, &points);
            points[i] = at - h;
            let below = value(&model, &points);
            points[i] = at;
            assert!(((above - below) / (2.0 * h) - g).abs() < 1e-8 * scale.max(1.0), "x {i}");
        }
    }

    #[test]
    fn gradients_are_the_finite_differences() {
        for (inputs, width, depth) in [(1, 1, 1), (1, 7, 2), (2, 5, 1), (2, 16, 3)] {
            gradient_is_right(inputs, width, depth);
        }
    }

    #[test]
    fn far_out_it_stays_finite() {
        let model = Mlp::new(1, 4, 2, &mut stream(1, 0));
        let mut energies = [0.0; 2];
        let mut work = Workspace::new(&model, 2);
        model.forward(&[1e6, -1e6], &mut work, &mut energies);
        assert!(energies.iter().chain(&work.slope[0]).all(|e| e.is_finite()), "{energies:?}");
    }
}
