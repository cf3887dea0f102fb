//! The perceptron by its formula, a point at a time and in double precision: what the kernels are
//! held against.

use super::FusedMlp;

/// A model's parameters in double precision.
pub(crate) struct Reference {
    inputs: usize,
    width: usize,
    bowl: f64,
    pub(crate) parameters: Vec<f64>,
}

impl Reference {
    pub(crate) fn new(model: &FusedMlp) -> Self {
        Self {
            inputs: model.inputs,
            width: model.width,
            bowl: f64::from(model.bowl),
            parameters: model.parameters.iter().map(|v| f64::from(*v)).collect(),
        }
    }

    /// The energy of a point and dE/dx; `weight` dE/dtheta is added to the gradient.
    pub(crate) fn pass(&self, x: &[f64], weight: f64, gradient: &mut [f64]) -> (f64, Vec<f64>) {
        let (d, h) = (self.inputs, self.width);
        let (w1, rest) = self.parameters.split_at(d * h);
        let (b1, rest) = rest.split_at(h);
        let (w2, rest) = rest.split_at(h * h);
        let (b2, w3) = rest.split_at(h);
        let silu = |z: f64| {
            let s = 1.0 / (1.0 + (-z).exp());
            (z * s, s * (1.0 + z * (1.0 - s)))
        };
        let layer = |from: &[f64], w: &[f64], b: &[f64]| -> (Vec<f64>, Vec<f64>) {
            (0..h)
                .map(|j| {
                    let dot: f64 = from.iter().enumerate().map(|(i, v)| v * w[i * h + j]).sum();
                    silu(b[j] + dot)
                })
                .unzip()
        };
        let (a1, s1) = layer(x, w1, b1);
        let (a2, s2) = layer(&a1, w2, b2);
        let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        let energy = dot(&a2, w3) + 0.5 * self.bowl * dot(x, x);
        let d2: Vec<f64> = s2.iter().zip(w3).map(|(s, w)| s * w).collect();
        let d1: Vec<f64> = (0..h).map(|i| s1[i] * dot(&d2, &w2[i * h..])).collect();
        let slope = (0..d).map(|i| dot(&d1, &w1[i * h..]) + self.bowl * x[i]).collect();
        let ones = [1.0];
        let mut terms = gradient.iter_mut();
        for (from, to) in [(x, &d1), (&ones, &d1), (&a1, &d2), (&ones, &d2), (&ones, &a2)] {
            for from in from {
                // The zip stops at the shorter one, before it takes a term too many.
                for (to, term) in to.iter().zip(&mut terms) {
                    *term += weight * from * to;
                }
            }
        }
        (energy, slope)
    }
}
