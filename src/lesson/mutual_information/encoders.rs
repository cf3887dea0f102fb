//! The separable critic: two networks, one for x and one for y, whose outputs meet in an inner
//! product, `f(x, y) = g(x).h(y)/sqrt(m) + c`. N rows and N columns cost 2 N passes, not N^2.

use super::critic::Pairs;
use crate::math::gemm::{Layout, gemm};
use crate::math::rng::Rng;
use crate::model::adam::Adam;
use crate::model::encoder::{Encoder, Passes};

/// Units of a hidden layer.
const WIDTH: usize = 64;
/// Numbers an encoder gives: m.
const OUT: usize = 32;

/// One of the networks.
#[derive(Debug)]
struct Side {
    encoder: Encoder,
    adam: Adam<f32>,
    passes: Passes,
    input: Vec<f32>,
    output: Vec<f64>,
    by_output: Vec<f64>,
    gradient: Vec<f32>,
}

/// Both networks and c.
#[derive(Debug)]
pub(super) struct Encoders {
    sides: [Side; 2],
    constant: [f64; 1],
    adam: Adam<f64>,
}

impl Side {
    fn new(encoder: Encoder, adam: Adam<f32>) -> Self {
        let gradient = vec![0.0; encoder.parameters().len()];
        let passes = Passes::new(1);
        let (input, output, by_output) = (Vec::new(), Vec::new(), Vec::new());
        Self { encoder, adam, passes, input, output, by_output, gradient }
    }

    fn forward(&mut self, points: &[f64]) {
        self.input.clear();
        self.input.extend(points.iter().map(|v| *v as f32));
        let output = self.passes.forward(&self.encoder, &self.input);
        self.output.clear();
        self.output.extend(output.iter().map(|v| f64::from(*v)));
    }

    fn learn(&mut self, rate: f64) -> bool {
        self.input.clear();
        self.input.extend(self.by_output.iter().map(|v| *v as f32));
        self.passes.backward(&self.encoder, &self.input, &mut self.gradient);
        self.adam.step(self.encoder.parameters_mut(), &self.gradient, rate, 0.0);
        self.encoder.parameters().iter().all(|p| p.is_finite())
    }
}

impl Clone for Side {
    /// Without the buffers.
    fn clone(&self) -> Self {
        Self::new(self.encoder.clone(), self.adam.clone())
    }
}

impl Clone for Encoders {
    fn clone(&self) -> Self {
        Self { sides: self.sides.clone(), constant: self.constant, adam: self.adam.clone() }
    }
}

impl Encoders {
    pub(super) fn new(dimension: usize, rng: &mut Rng) -> Self {
        let sides = [(); 2].map(|()| {
            let encoder = Encoder::new(&[dimension, WIDTH, WIDTH, OUT], rng);
            let adam = Adam::new(encoder.parameters().len());
            Side::new(encoder, adam)
        });
        Self { sides, constant: [0.0], adam: Adam::new(1) }
    }

    pub(super) fn score(&mut self, pairs: &Pairs<'_>, scores: &mut [f64]) {
        let [g, h] = &mut self.sides;
        g.forward(pairs.x);
        h.forward(pairs.y);
        scores.fill(self.constant[0]);
        gemm(
            scale(),
            (&g.output, Layout::by_rows(pairs.rows(), OUT)),
            (&h.output, Layout::by_rows(pairs.columns(), OUT).transposed()),
            1.0,
            (scores, Layout::by_rows(pairs.rows(), pairs.columns())),
        );
    }

    /// Down the derivatives by the square of scores that came out last.
    pub(super) fn learn(&mut self, by: &[f64], rate: f64) -> bool {
        let [g, h] = &mut self.sides;
        let count = g.output.len() / OUT;
        let (square, rows) = (Layout::by_rows(count, count), Layout::by_rows(count, OUT));
        g.by_output.resize(count * OUT, 0.0);
        h.by_output.resize(count * OUT, 0.0);
        gemm(scale(), (by, square), (&h.output, rows), 0.0, (&mut g.by_output, rows));
        let turned = square.transposed();
        gemm(scale(), (by, turned), (&g.output, rows), 0.0, (&mut h.by_output, rows));
        let sum = by.iter().sum();
        self.adam.step(&mut self.constant, &[sum], rate, 0.0);
        let sane = self.constant[0].is_finite();
        g.learn(rate) & h.learn(rate) & sane
    }
}

fn scale() -> f64 {
    1.0 / (OUT as f64).sqrt()
}
