//! A row of scores, summed once for all the bounds.

use crate::math::logistic::softplus;
use crate::math::vector_math;

/// What the bounds need of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// The score of the query with its own candidate.
    pub own: f64,
    /// `log sum e^f` over all candidates.
    pub log_all: f64,
    /// `log sum e^f` over the others.
    pub log_others: f64,
    /// `sum softplus(f - log K)` over the K others.
    pub noise_loss: f64,
    /// How many others.
    pub others: usize,
}

impl Row {
    /// Of a row of scores with its own candidate in column `own`. `room` is overwritten.
    ///
    /// # Panics
    /// If the row has no such column.
    #[must_use]
    pub fn of(scores: &[f64], own: usize, room: &mut Vec<f64>) -> Self {
        let count = scores.len();
        room.clear();
        room.extend_from_slice(scores);
        room.resize(2 * count, 0.0);
        let (others, out) = room.split_at_mut(count);
        let mine = others[own];
        // What weighs nothing in a sum of exponentials and of softplus alike.
        others[own] = f64::NEG_INFINITY;
        let log_k = ((count - 1) as f64).ln();
        let largest = others.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        others.iter_mut().for_each(|s| *s -= log_k);
        vector_math::softplus(others, out);
        let noise_loss = vector_math::sum(out);
        let log_others = if largest.is_finite() {
            // The scores lie log K lower by now.
            largest + vector_math::exp_affine_sum(others, 1.0, log_k - largest).ln()
        } else {
            largest
        };
        let log_all = mine + softplus(log_others - mine);
        Self { own: mine, log_all, log_others, noise_loss, others: count - 1 }
    }

    /// The loss of telling the own candidate from the others, in nats a positive.
    pub(super) fn nce_loss(&self) -> f64 {
        softplus((self.others as f64).ln() - self.own) + self.noise_loss
    }
}

/// In place, `e^(f + shift)`.
pub(super) fn exponentials(scores: &mut [f64], shift: f64) {
    vector_math::exp_affine_sum(scores, 1.0, shift);
}

/// In place, `share sigmoid(f + shift)`.
pub(super) fn sigmoids(scores: &mut [f64], shift: f64, share: f64, room: &mut Vec<f64>) {
    room.clear();
    room.extend(scores.iter().map(|s| s + shift));
    vector_math::sigmoid(room, scores);
    vector_math::scale(scores, share);
}
