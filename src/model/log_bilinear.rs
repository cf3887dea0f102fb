//! The log-bilinear language model: the words before predict a vector, and a word scores by how
//! well its own vector agrees.
//!
//! `h = sum_i c_i * r(w_i)` over the n words before, entry by entry, and `s(w) = q(w) . h + b(w)`.
//! The words before have vectors r, the word to come has vectors q, and c_i weighs each entry by
//! how far back its word stands: a diagonal matrix, where the first model had a full one.
//! `p(w | context) = exp(s(w)) / Z(context)`, `Z(context) = sum_w exp(s(w))`.
//!
//! Mnih and Hinton, Three new graphical models for statistical language modelling, ICML 2007; with
//! diagonal weights, Mnih and Kavukcuoglu, Learning word embeddings efficiently with
//! noise-contrastive estimation, NeurIPS 2013.

use super::adagrad::Rows;
use crate::math::dot::dot;
use crate::math::gemm::{Layout, gemm};
use crate::math::rng::Rng;
use rand::RngExt as _;
use rand_distr::StandardNormal;

/// The spread of the vectors at the start: small beside what they grow to.
const SPREAD: f32 = 0.1;

/// Sizes of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Words: V.
    pub vocabulary: usize,
    /// Entries of a vector: d.
    pub dimension: usize,
    /// Words before that are seen: n.
    pub context: usize,
}

/// The parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct LogBilinear {
    sizes: Sizes,
    /// r: a row of d a word.
    pub before: Rows,
    /// c: a row of d a place, the nearest word first.
    pub places: Rows,
    /// q and, as the last entry of a row of d + 1, b.
    pub next: Rows,
}

impl LogBilinear {
    /// Small random vectors, and biases of -log V: Z is 1 at the start, or nearly.
    #[must_use]
    pub fn new(sizes: Sizes, rng: &mut Rng) -> Self {
        let Sizes { vocabulary, dimension, context } = sizes;
        let mut small = |_| SPREAD * rng.sample::<f32, _>(StandardNormal);
        let before = (0..vocabulary * dimension).map(&mut small).collect();
        let mut next: Vec<f32> = (0..vocabulary * (dimension + 1)).map(&mut small).collect();
        let bias = -(vocabulary as f32).ln();
        next.chunks_exact_mut(dimension + 1).for_each(|row| row[dimension] = bias);
        Self {
            sizes,
            before: Rows::new(before, dimension, dimension),
            places: Rows::new(vec![1.0 / context as f32; context * dimension], dimension, 0),
            next: Rows::new(next, dimension + 1, dimension),
        }
    }

    /// V, d and n.
    #[must_use]
    pub fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// Writes h after these n words, the nearest first, and a 1 after its d entries: what a row of
    /// [`LogBilinear::next`] is multiplied by.
    pub fn predict(&self, context: impl Iterator<Item = u32>, h: &mut [f32]) {
        let d = self.sizes.dimension;
        h[..d].fill(0.0);
        h[d] = 1.0;
        for (place, word) in context.enumerate() {
            let weights = self.places.row(place as u32);
            for ((h, c), r) in h.iter_mut().zip(weights).zip(self.before.row(word)) {
                *h += c * r;
            }
        }
    }

    /// The score s of one word.
    #[must_use]
    pub fn score(&self, word: u32, h: &[f32]) -> f32 {
        dot(self.next.row(word), h)
    }

    /// The scores of all words after each of `rows` predicted vectors: a row of V each.
    pub fn scores(&self, h: &[f32], rows: usize, scores: &mut [f32]) {
        let Sizes { vocabulary, dimension, .. } = self.sizes;
        let width = dimension + 1;
        gemm(
            1.0,
            (h, Layout::by_rows(rows, width)),
            (&self.next.values, Layout::by_rows(vocabulary, width).transposed()),
            0.0,
            (scores, Layout::by_rows(rows, vocabulary)),
        );
    }

    /// The cosine between the vectors q of two words; 0 where one has no length.
    #[must_use]
    pub fn cosine(&self, a: u32, b: u32) -> f64 {
        let d = self.sizes.dimension;
        let (a, b) = (&self.next.row(a)[..d], &self.next.row(b)[..d]);
        let length = f64::from(dot(a, a)).sqrt() * f64::from(dot(b, b)).sqrt();
        if length > 0.0 { f64::from(dot(a, b)) / length } else { 0.0 }
    }

    /// The `count` words whose vectors q point most nearly where that of `word` does, the nearest
    /// first, each with its cosine. `word` itself is not among them, nor `without`.
    #[must_use]
    pub fn nearest(&self, word: u32, without: Option<u32>, count: usize) -> Vec<(u32, f64)> {
        let others =
            (0..self.sizes.vocabulary as u32).filter(|w| *w != word && Some(*w) != without);
        let mut all: Vec<(u32, f64)> = others.map(|w| (w, self.cosine(word, w))).collect();
        let by_cosine = |a: &(u32, f64), b: &(u32, f64)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if count < all.len() {
            all.select_nth_unstable_by(count, by_cosine);
            all.truncate(count);
        }
        all.sort_by(by_cosine);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::{LogBilinear, Sizes};
    use crate::math::rng::stream;

    const SIZES: Sizes = Sizes { vocabulary: 7, dimension: 5, context: 2 };

    #[test]
    fn scores_are_those_of_the_formula() {
        let model = LogBilinear::new(SIZES, &mut stream(3, 0));
        let mut h = vec![0.0; 12];
        model.predict([4, 1].into_iter(), &mut h[..6]);
        model.predict([0, 0].into_iter(), &mut h[6..]);
        let mut all = vec![0.0; 14];
        model.scores(&h, 2, &mut all);
        for (at, context) in [[4_u32, 1], [0, 0]].iter().enumerate() {
            for w in 0..7_u32 {
                let mut by_hand = f64::from(model.next.row(w)[5]);
                for k in 0..5 {
                    let part = |place: u32| {
                        let c = f64::from(model.places.row(place)[k]);
                        c * f64::from(model.before.row(context[place as usize])[k])
                    };
                    by_hand += f64::from(model.next.row(w)[k]) * (part(0) + part(1));
                }
                for score in [all[7 * at + w as usize], model.score(w, &h[6 * at..6 * at + 6])] {
                    assert!((f64::from(score) - by_hand).abs() < 1e-6, "{score} {by_hand}");
                }
            }
        }
    }

    #[test]
    fn z_is_nearly_one_at_the_start() {
        let sizes = Sizes { vocabulary: 1_000, dimension: 24, context: 2 };
        let model = LogBilinear::new(sizes, &mut stream(3, 0));
        let (mut h, mut scores) = (vec![0.0; 25], vec![0.0; 1_000]);
        model.predict([17, 400].into_iter(), &mut h);
        model.scores(&h, 1, &mut scores);
        let z: f32 = scores.iter().map(|s| s.exp()).sum();
        assert!((z - 1.0).abs() < 0.02, "{z}");
    }

    #[test]
    fn the_nearest_words_are_those_of_a_full_search() {
        let sizes = Sizes { vocabulary: 60, dimension: 9, context: 1 };
        let model = LogBilinear::new(sizes, &mut stream(4, 0));
        let mut all: Vec<(f64, u32)> =
            (0..60).filter(|w| *w != 7 && *w != 59).map(|w| (-model.cosine(7, w), w)).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let found = model.nearest(7, Some(59), 6);
        let expected: Vec<(u32, f64)> = all[..6].iter().map(|(c, w)| (*w, -c)).collect();
        assert_eq!(found, expected);
        assert!((model.cosine(7, 7) - 1.0).abs() < 1e-6);
        assert_eq!(model.nearest(7, None, 500).len(), 59);
    }
}
