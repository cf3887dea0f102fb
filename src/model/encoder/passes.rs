//! Many points forward through an encoder, and a gradient back.

use super::Encoder;
use crate::math::gemm::{Layout, gemm};

/// The threads and buffers of passes, and what the last forward pass left for the way back. What
/// comes out does not depend on how many threads there are.
#[derive(Debug)]
pub struct Passes {
    threads: usize,
    rows: usize,
    input: Vec<f32>,
    /// After each layer: rows of its outputs.
    layers: Vec<Vec<f32>>,
    /// dL/dz of a layer, and of the one before it.
    delta: Vec<f32>,
    before: Vec<f32>,
}

/// A copy has the threads and nothing else: no layer until its next forward pass.
impl Clone for Passes {
    fn clone(&self) -> Self {
        Self::new(self.threads)
    }
}

impl Passes {
    /// On so many threads, at least one.
    #[must_use]
    pub fn new(threads: usize) -> Self {
        Self {
            threads: threads.max(1),
            rows: 0,
            input: Vec::new(),
            layers: Vec::new(),
            delta: Vec::new(),
            before: Vec::new(),
        }
    }

    /// Rows of `inputs` numbers become rows of `outputs`. Keeps what the way back needs.
    ///
    /// # Panics
    /// If `input` does not divide into rows.
    pub fn forward(&mut self, encoder: &Encoder, input: &[f32]) -> &[f32] {
        let sizes = encoder.sizes();
        assert!(input.len().is_multiple_of(sizes[0]), "whole rows");
        self.rows = input.len() / sizes[0];
        self.input.clear();
        self.input.extend_from_slice(input);
        self.layers.resize(encoder.layers(), Vec::new());
        let mut from = &self.input;
        for (layer, to) in self.layers.iter_mut().enumerate() {
            let (m, k, n) = (self.rows, sizes[layer], sizes[layer + 1]);
            let (weights, rest) = encoder.parameters[encoder.offset(layer)..].split_at(k * n);
            to.clear();
            for _ in 0..m {
                to.extend_from_slice(&rest[..n]);
            }
            let by = Layout::by_rows;
            gemm(1.0, (from, by(m, k)), (weights, by(k, n)), 1.0, (to, by(m, n)));
            if layer + 1 < encoder.layers() {
                to.iter_mut().filter(|v| **v < 0.0).for_each(|v| *v = 0.0);
            }
            from = to;
        }
        from
    }

    /// What layer `index` made of the input of the last forward pass, rows of its outputs; the last
    /// layer is what came out.
    ///
    /// # Panics
    /// If there was no forward pass through so many layers.
    #[must_use]
    pub fn layer(&self, index: usize) -> &[f32] {
        &self.layers[index]
    }

    /// From dL/doutput, as long as what the last forward pass gave, to dL/dparameters; what stood
    /// in `gradient` is forgotten.
    ///
    /// # Panics
    /// If the lengths are not those of the last forward pass and of the parameters.
    pub fn backward(&mut self, encoder: &Encoder, by_output: &[f32], gradient: &mut [f32]) {
        let sizes = encoder.sizes();
        assert_eq!(by_output.len(), self.rows * encoder.outputs(), "as many rows as went forward");
        assert_eq!(gradient.len(), encoder.parameters.len());
        self.delta.clear();
        self.delta.extend_from_slice(by_output);
        for layer in (0..encoder.layers()).rev() {
            let (m, k, n) = (self.rows, sizes[layer], sizes[layer + 1]);
            let from = if layer == 0 { &self.input } else { &self.layers[layer - 1] };
            let (by_weights, rest) = gradient[encoder.offset(layer)..].split_at_mut(k * n);
            let (by, delta) = (Layout::by_rows, (&self.delta[..], Layout::by_rows(m, n)));
            gemm(1.0, (from, by(m, k).transposed()), delta, 0.0, (by_weights, by(k, n)));
            rest[..n].fill(0.0);
            for row in self.delta.chunks_exact(n) {
                rest.iter_mut().zip(row).for_each(|(to, v)| *to += v);
            }
            if layer == 0 {
                return;
            }
            let weights = &encoder.parameters[encoder.offset(layer)..][..k * n];
            self.before.resize(m * k, 0.0);
            let to = (&mut self.before[..], by(m, k));
            gemm(1.0, delta, (weights, by(k, n).transposed()), 0.0, to);
            for (v, unit) in self.before.iter_mut().zip(from) {
                *v = if *unit > 0.0 { *v } else { 0.0 };
            }
            std::mem::swap(&mut self.delta, &mut self.before);
        }
    }
}
