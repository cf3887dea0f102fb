//! Learning which word comes next, with and without the sum over all words.
//!
//! A model gives scores s(w) in a context; k words are drawn from a noise q that knows no context.
//!
//! - Full softmax: `log Z - s(w)`, the likelihood itself; every word is met at every datum, O(V).
//! - NCE (Gutmann and Hyvarinen 2012; for language, Mnih and Teh, ICML 2012): logits
//!   `s - log(k q)` with 1 in place of Z, `softplus(-G(w)) + sum_j softplus(G(w_j))`, O(k). Its
//!   optimum is `s = log p`, the normaliser included.
//! - Ranking NCE (Ma and Collins, EMNLP 2018): a softmax of `s - log q` over the word and the k
//!   drawn. Its optimum is `s = log p` and any number a context, which it cannot see.
//! - Negative sampling (Mikolov et al., NeurIPS 2013): NCE without `log(k q)`. Its optimum is
//!   `s = log p - log(k q)`: something else (Goldberg and Levy 2014; Dyer 2014).

pub mod candidates;
pub mod evaluation;
pub mod full_softmax;
mod trainer;

pub use trainer::{Report, Trainer, Update};

/// What is minimised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// The likelihood, with the sum over all words.
    Softmax,
    /// The word told from k drawn ones, one at a time.
    Nce,
    /// The word found among k drawn ones.
    Ranking,
    /// NCE that forgets how likely the noise is.
    NegativeSampling,
}

/// Multiply-adds of one datum: of the scores, of their gradients and of the context's. What the
/// step of Adagrad costs is not among them.
#[must_use]
pub fn operations(sizes: crate::model::log_bilinear::Sizes, objective: Objective, k: usize) -> u64 {
    let scored = match objective {
        Objective::Softmax => sizes.vocabulary,
        _ => k + 1,
    };
    (3 * sizes.context * sizes.dimension + 3 * scored * (sizes.dimension + 1)) as u64
}
