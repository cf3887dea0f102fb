//! Gradient caching: the gradient of a loss over a whole batch, with the memory of a chunk. A
//! contrastive loss is not a sum over the batch, but it sees the encoder through the embeddings alone:
//! `dL/dtheta = sum_i (dL/dz_i) (dz_i/dtheta)`. So (1) embed chunk by chunk and keep nothing but the
//! embeddings, (2) take the loss and its gradient by all embeddings at once, (3) embed each chunk
//! again, now keeping its activations, and pull its part of that gradient back. The chunks add up to
//! the full gradient, at the price of a second forward pass.
//!
//! Gradient accumulation, by contrast, takes the loss chunk by chunk: a loss over fewer negatives, and
//! another gradient.
//!
//! Gao, Zhang, Han and Callan, Scaling deep contrastive learning batch size under memory limited
//! setup, RepL4NLP 2021.

use crate::model::encoder::{Encoder, Passes};

/// What turns rows of inputs into rows of embeddings, and gradients by these into gradients by its
/// parameters.
pub trait Embed {
    /// Numbers of an input, and of an embedding.
    fn widths(&self) -> (usize, usize);
    /// Embeds rows, keeping what [`Embed::backward`] needs.
    fn forward(&mut self, input: &[f32]) -> &[f32];
    /// Of the rows embedded last: sets the gradient by the parameters.
    fn backward(&mut self, by_output: &[f32], gradient: &mut [f32]);
    /// Bytes of activations that the last forward pass keeps.
    fn kept(&self) -> usize;
}

/// An encoder at work.
#[derive(Debug)]
pub struct Tower<'a> {
    /// The encoder.
    pub encoder: &'a Encoder,
    /// Its buffers.
    pub passes: &'a mut Passes,
}

impl Embed for Tower<'_> {
    fn widths(&self) -> (usize, usize) {
        let sizes = self.encoder.sizes();
        (sizes.first().copied().unwrap_or(0), sizes.last().copied().unwrap_or(0))
    }

    fn forward(&mut self, input: &[f32]) -> &[f32] {
        self.passes.forward(self.encoder, input)
    }

    fn backward(&mut self, by_output: &[f32], gradient: &mut [f32]) {
        self.passes.backward(self.encoder, by_output, gradient);
    }

    fn kept(&self) -> usize {
        let layers = self.encoder.sizes().len().saturating_sub(1);
        (0..layers).map(|i| size_of_val(self.passes.layer(i))).sum()
    }
}

/// Step 1: embeds the rows of a batch `chunk` rows at a time.
///
/// # Panics
/// If `output` has not as many rows as `input`, or `chunk` is zero.
pub fn embed<E: Embed>(encoder: &mut E, input: &[f32], chunk: usize, output: &mut [f32]) {
    let (wide, narrow) = encoder.widths();
    assert_eq!(input.len() / wide, output.len() / narrow, "a row for each row");
    let chunks = input.chunks(chunk * wide).zip(output.chunks_mut(chunk * narrow));
    for (rows, out) in chunks {
        out.copy_from_slice(encoder.forward(rows));
    }
}

/// Step 3: adds to `gradient` what the rows of a batch make of the gradient by their embeddings,
/// `chunk` rows at a time. `part` is room for as many numbers. Hands back the most bytes of
/// activations there were at once.
///
/// # Panics
/// If the lengths do not fit together, or `chunk` is zero.
pub fn pull_back<E: Embed>(
    encoder: &mut E,
    input: &[f32],
    by_output: &[f32],
    chunk: usize,
    (gradient, part): (&mut [f32], &mut [f32]),
) -> usize {
    let (wide, narrow) = encoder.widths();
    assert_eq!(input.len() / wide, by_output.len() / narrow, "a row for each row");
    let mut most = 0;
    for (rows, by) in input.chunks(chunk * wide).zip(by_output.chunks(chunk * narrow)) {
        let _ = encoder.forward(rows);
        most = most.max(encoder.kept());
        encoder.backward(by, part);
        gradient.iter_mut().zip(&*part).for_each(|(sum, g)| *sum += g);
    }
    most
}
