//! A perceptron with two hidden layers as an energy, in single precision, for training flat out:
//! `E(x) = w3 . silu(W2 silu(W1 x + b1) + b2) + bowl |x|^2 / 2`, with `silu(z) = z / (1 + e^-z)`
//! (Elfwing, Uchibe and Doya, Neural Networks 107, 2018).
//!
//! The bowl keeps `exp(-E)` integrable where the network is flat. There is no output bias: no data
//! could teach it. Points are rows, one after the other.

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

    /// Energy of one point; where they are given, `slope` gets dE/dx and `gradient` gets
    /// `weight` dE/dtheta added.
    fn one(
        &self,
        x: &[f32],
        slope: Option<&mut [f32]>,
        gradient: Option<(f32, &mut [f32])>,
    ) -> f32 {
        let (d, h) = (self.inputs, self.width);
        let (w1, rest) = self.parameters.split_at(d * h);
        let (b1, rest) = rest.split_at(h);
        let (w2, rest) = rest.split_at(h * h);
        let (b2, w3) = rest.split_at(h);
        let silu = |z: f32| {
            let s = 1.0 / (1.0 + (-z).exp());
            (z * s, s * (1.0 + z * (1.0 - s)))
        };
        let layer = |from: &[f32], w: &[f32], b: &[f32]| -> (Vec<f32>, Vec<f32>) {
            (0..h)
                .map(|j| {
                    let dot: f32 = from.iter().enumerate().map(|(i, v)| v * w[i * h + j]).sum();
                    silu(b[j] + dot)
                })
                .unzip()
        };
        let (a1, s1) = layer(x, w1, b1);
        let (a2, s2) = layer(&a1, w2, b2);
        let energy: f32 = a2.iter().zip(w3).map(|(a, w)| a * w).sum();
        let bowl = 0.5 * self.bowl * x.iter().map(|v| v * v).sum::<f32>();
        let d2: Vec<f32> = s2.iter().zip(w3).map(|(s, w)| s * w).collect();
        let d1: Vec<f32> = (0..h)
            .map(|i| s1[i] * d2.iter().zip(&w2[i * h..]).map(|(d, w)| d * w).sum::<f32>())
            .collect();
        if let Some(slope) = slope {
            for (i, (slope, x)) in slope.iter_mut().zip(x).enumerate() {
                let net: f32 = d1.iter().zip(&w1[i * h..]).map(|(d, w)| d * w).sum();
                *slope = net + self.bowl * x;
            }
        }
        if let Some((weight, gradient)) = gradient {
            let (g1, rest) = gradient.split_at_mut(d * h);
            let (gb1, rest) = rest.split_at_mut(h);
            let (g2, rest) = rest.split_at_mut(h * h);
            let (gb2, g3) = rest.split_at_mut(h);
            for j in 0..h {
                g3[j] += weight * a2[j];
                gb2[j] += weight * d2[j];
                gb1[j] += weight * d1[j];
                x.iter().enumerate().for_each(|(i, v)| g1[i * h + j] += weight * v * d1[j]);
                a1.iter().enumerate().for_each(|(i, v)| g2[i * h + j] += weight * v * d2[j]);
            }
        }
        energy + bowl
    }
}

/// The threads and buffers that passes over many points need. What comes out does not depend on
/// how many threads there are.
#[derive(Debug)]
pub struct Engine {
    threads: usize,
}

impl Engine {
    /// For this model, on so many threads (at least one).
    #[must_use]
    pub fn new(_model: &FusedMlp, threads: usize) -> Self {
        Self { threads: threads.max(1) }
    }

    /// How many threads it uses at most.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// The energy of each point; `points` is `energies.len()` rows of `inputs`.
    pub fn energies(&mut self, model: &FusedMlp, points: &[f32], energies: &mut [f32]) {
        for (x, e) in points.chunks_exact(model.inputs).zip(energies) {
            *e = model.one(x, None, None);
        }
    }

    /// The energy of each point, and dE/dx in rows as the points are.
    pub fn slopes(
        &mut self,
        model: &FusedMlp,
        points: &[f32],
        energies: &mut [f32],
        slopes: &mut [f32],
    ) {
        let d = model.inputs;
        for ((x, e), s) in points.chunks_exact(d).zip(energies).zip(slopes.chunks_exact_mut(d)) {
            *e = model.one(x, Some(s), None);
        }
    }

    /// The energy of each point, and in `gradient` `sum_i weights_i dE(x_i)/dtheta`.
    pub fn gradient(
        &mut self,
        model: &FusedMlp,
        points: &[f32],
        weights: &[f32],
        energies: &mut [f32],
        gradient: &mut [f32],
    ) {
        gradient.fill(0.0);
        for ((x, w), e) in points.chunks_exact(model.inputs).zip(weights).zip(energies) {
            *e = model.one(x, None, Some((*w, gradient)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Engine, FusedMlp};
    use crate::math::rng::stream;

    #[test]
    fn slopes_and_gradients_are_the_finite_differences() {
        for (inputs, width) in [(1, 3), (2, 16), (5, 8)] {
            let mut model = FusedMlp::new(inputs, width, 0.3, &mut stream(1, 0));
            // A last layer of ordinary size, so that differences stand out of the rounding.
            let last = model.parameters().len() - width;
            model.parameters_mut()[last..].iter_mut().for_each(|w| *w *= 10.0);
            let n = 7;
            let mut points: Vec<f32> = (0..n * inputs).map(|i| (3.0 * i as f32).sin()).collect();
            let weights: Vec<f32> = (0..n).map(|i| 0.5 - 0.2 * i as f32).collect();
            let mut engine = Engine::new(&model, 1);
            let (mut e, mut slopes) = (vec![0.0; n], vec![0.0; n * inputs]);
            let mut gradient = vec![0.0; model.parameters().len()];
            engine.slopes(&model, &points, &mut e, &mut slopes);
            engine.gradient(&model, &points, &weights, &mut e, &mut gradient);
            let mut value = |model: &FusedMlp, points: &[f32]| -> f64 {
                engine.energies(model, points, &mut e);
                e.iter().zip(&weights).map(|(e, w)| f64::from(e * w)).sum()
            };
            let h = 1e-2;
            for (i, g) in gradient.iter().enumerate() {
                let at = model.parameters()[i];
                model.parameters_mut()[i] = at + h;
                let above = value(&model, &points);
                model.parameters_mut()[i] = at - h;
                let below = value(&model, &points);
                model.parameters_mut()[i] = at;
                let difference = (above - below) / f64::from(2.0 * h);
                assert!((difference - f64::from(*g)).abs() < 2e-3, "theta {i}");
            }
            for i in 0..points.len() {
                let at = points[i];
                points[i] = at + h;
                let above = value(&model, &points);
                points[i] = at - h;
                let below = value(&model, &points);
                points[i] = at;
                let difference = (above - below) / f64::from(2.0 * h);
                let slope = f64::from(weights[i / inputs] * slopes[i]);
                assert!((difference - slope).abs() < 2e-3, "x {i}: {difference} {slope}");
            }
        }
    }
}
