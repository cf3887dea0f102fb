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

#[cfg(test)]
mod tests {
    use super::{Embed, Tower, embed, pull_back};
    use crate::math::rng::stream;
    use crate::model::encoder::{Encoder, Passes};
    use crate::objective::fused_pairs::{Batches, FusedPairs};

    /// Rows of waves, so that no two are alike.
    fn rows(count: usize, width: usize, phase: f32) -> Vec<f32> {
        (0..count * width).map(|i| (0.37 * i as f32 + phase).sin()).collect()
    }

    #[test]
    fn chunks_of_any_size_add_up_to_the_whole_gradient() {
        let (n, encoder) = (21, Encoder::new(&[6, 16, 8], &mut stream(5, 0)));
        let (x, y) = (rows(n, 6, 0.0), rows(n, 6, 0.5));
        let mut passes = Passes::new(1);
        let mut gradient_in = |chunk: usize| {
            let tower = &mut Tower { encoder: &encoder, passes: &mut passes };
            let (mut a, mut b) = (vec![0.0; n * 8], vec![0.0; n * 8]);
            embed(tower, &x, chunk, &mut a);
            embed(tower, &y, chunk, &mut b);
            let (mut by_a, mut by_b) = (a.clone(), b.clone());
            let (a, b, by_a, by_b) = (&a[..], &b[..], &mut by_a[..], &mut by_b[..]);
            let batches = &mut Batches { dimension: 8, a, b, by_a, by_b };
            // Any loss over all pairs will do; here the embeddings keep their lengths.
            let loss = FusedPairs::new(1).siglip(batches, 1.0, -1.0).loss;
            let mut sum = vec![0.0; encoder.parameters().len()];
            let mut part = sum.clone();
            let first = pull_back(tower, &x, batches.by_a, chunk, (&mut sum, &mut part));
            let second = pull_back(tower, &y, batches.by_b, chunk, (&mut sum, &mut part));
            assert_eq!(first, second);
            (loss, sum, first)
        };
        let (loss, whole, kept) = gradient_in(n);
        // 21 rows of 16 and of 8 numbers of four bytes.
        assert_eq!(kept, 21 * 24 * 4);
        let length = whole.iter().map(|g| g * g).sum::<f32>().sqrt();
        assert!(length > 1e-3);
        for chunk in [1, 4, 7, 20, 100] {
            let (chunked, gradient, kept) = gradient_in(chunk);
            assert!((chunked - loss).abs() < 1e-6 * loss, "{chunk}: {chunked} {loss}");
            assert_eq!(kept, chunk.min(n) * 24 * 4);
            let off = gradient.iter().zip(&whole).map(|(g, w)| (g - w) * (g - w)).sum::<f32>();
            assert!(off.sqrt() < 1e-6 * length, "{chunk}: {off}");
        }
        assert_eq!(Tower { encoder: &encoder, passes: &mut passes }.widths(), (6, 8));
    }

    #[test]
    fn the_gradient_is_that_of_finite_differences() {
        let (n, mut encoder) = (9, Encoder::new(&[4, 5, 3], &mut stream(6, 0)));
        let x = rows(n, 4, 0.2);
        let weights = rows(n, 3, 1.0);
        let mut passes = Passes::new(1);
        let mut value = |encoder: &Encoder| {
            let mut z = vec![0.0; n * 3];
            embed(&mut Tower { encoder, passes: &mut passes }, &x, 4, &mut z);
            z.iter().zip(&weights).map(|(z, w)| f64::from(z * w)).sum::<f64>()
        };
        let at: Vec<f64> = (0..encoder.parameters().len())
            .map(|i| {
                let moved = |encoder: &mut Encoder, h: f32| encoder.parameters_mut()[i] += h;
                moved(&mut encoder, 1e-2);
                let up = value(&encoder);
                moved(&mut encoder, -2e-2);
                let down = value(&encoder);
                moved(&mut encoder, 1e-2);
                (up - down) / 2e-2
            })
            .collect();
        let mut passes = Passes::new(1);
        let mut gradient = vec![0.0; at.len()];
        let mut part = gradient.clone();
        let tower = &mut Tower { encoder: &encoder, passes: &mut passes };
        pull_back(tower, &x, &weights, 4, (&mut gradient, &mut part));
        let off: f64 = gradient.iter().zip(&at).map(|(g, a)| (f64::from(*g) - a).abs()).sum();
        let all: f64 = at.iter().map(|a| a.abs()).sum();
        // A ReLU may turn within the step.
        assert!(off < 0.02 * all, "{off} of {all}");
    }
}
