//! InfoNCE: which of N candidates belongs to this query? The cross-entropy of a softmax over scores,
//! `loss = -(1/N) sum_i log(e^(s_ii)/sum_j e^(s_ij))`, row i's own candidate in column i. Anything
//! added to a whole row of scores cancels: only a density ratio can be learned, and the loss says no
//! more than log N of it. With vectors, `s_ij = cos(a_i, b_j)/temperature`.
//!
//! van den Oord, Li and Vinyals, Representation learning with contrastive predictive coding,
//! arXiv:1807.03748, 2018 (the loss and its bound); Ma and Collins, EMNLP 2018 (ranking NCE); Wang
//! and Liu, Understanding the behaviour of contrastive loss, CVPR 2021 (what a negative weighs).

use super::tiles::{Contrast, Pairs};
use super::unit_rows::{UnitRows, dot};
use crate::math::all_pairs::Pace;
use crate::math::log_sum_exp::log_sum_exp;
use crate::math::vector_math;

/// The loss from a square of scores, rows one after the other, which are replaced by its
/// derivatives by them: `(softmax - 1 at the diagonal)/N`. Scores may be of any kind.
///
/// # Panics
/// If there are not `count * count` scores.
pub fn loss(scores: &mut [f64], count: usize) -> f64 {
    assert_eq!(scores.len(), count * count, "a square");
    let share = 1.0 / count.max(1) as f64;
    let mut total = 0.0;
    for (i, row) in scores.chunks_exact_mut(count.max(1)).enumerate() {
        let sum = log_sum_exp(row);
        total += share * (sum - row[i]);
        row.iter_mut().for_each(|s| *s = share * (*s - sum).exp());
        row[i] -= share;
    }
    total
}

/// How a query's push is shared out among its negatives: `e^(s_j/temperature)` over their sum, in
/// place of the similarities. The harder (the nearer) a negative, the more it is pushed.
pub fn hardness(similarities: &mut [f64], temperature: f64) {
    similarities.iter_mut().for_each(|s| *s /= temperature);
    let sum = log_sum_exp(similarities);
    similarities.iter_mut().for_each(|s| *s = (*s - sum).exp());
}

/// One-sided InfoNCE of the cosines of `a` (queries) with `b` (candidates). A single row has no
/// negatives and costs nothing.
///
/// # Panics
/// If the batches do not have the same shape.
#[must_use]
pub fn of_rows(a: &UnitRows, b: &UnitRows, temperature: f64, pace: &Pace) -> Contrast {
    let (pairs, scale) = (Pairs::new(a, b, pace), 1.0 / temperature);
    let sums = pairs.log_sums(scale, false, false).rows;
    let share = 1.0 / a.count().max(1) as f64;
    let (mut by_a, mut by_b, [loss, _]) = pairs.pull(true, |s| {
        s.x.iter_mut().zip(&*s.cosines).for_each(|(x, c)| *x = scale * c - sums[s.row]);
        vector_math::exp(s.x, s.y);
        let mut loss = 0.0;
        if let Some(own) = s.at(s.row) {
            loss = share * (sums[s.row] - scale * s.cosines[own]);
            s.y[own] -= 1.0;
        }
        s.cosines.iter_mut().zip(&*s.y).for_each(|(c, p)| *c = share * scale * p);
        [loss, 0.0]
    });
    let by_scale = dot(a.rows(), &by_a) / scale;
    a.pull_back(&mut by_a);
    b.pull_back(&mut by_b);
    Contrast { loss, a: by_a, b: by_b, scale: by_scale, bias: 0.0 }
}

#[cfg(test)]
mod tests {
    use super::{hardness, loss, of_rows};
    use crate::math::all_pairs::Pace;
    use crate::objective::tiles::testing::{
        FIXED, gaussian_rows, holds_to_dense, slopes_agree, units,
    };

    #[test]
    fn derivatives_by_scores_are_those_of_finite_differences() {
        let scores = [0.4, -1.1, 3.0, 0.0, 2.0, -0.7, 1.5, 0.3, -2.0];
        let mut by = scores;
        loss(&mut by, 3);
        for i in 0..9 {
            let at = |h: f64| {
                let mut moved = scores;
                moved[i] += h;
                loss(&mut moved, 3)
            };
            assert!(((at(1e-6) - at(-1e-6)) / 2e-6 - by[i]).abs() < 1e-9);
        }
    }

    #[test]
    fn what_is_added_to_a_row_cancels_and_equal_scores_cost_log_n() {
        let scores = [0.4, -1.1, 3.0, 0.7];
        let mut shifted = scores;
        shifted[2..].iter_mut().for_each(|s| *s += 40.0);
        assert!((loss(&mut scores.to_vec(), 2) - loss(&mut shifted, 2)).abs() < 1e-13);
        assert!((loss(&mut [1.7; 64], 8) - 8f64.ln()).abs() < 1e-14);
        assert_eq!(loss(&mut [5.0], 1), 0.0);
    }

    #[test]
    fn a_hard_negative_weighs_what_the_literature_says() {
        // numpy: exp(s/tau) over its sum.
        for (temperature, expected) in [
            (0.1, [0.981_684, 0.017_980, 0.000_329, 0.000_006]),
            (1.0, [0.413_079, 0.276_895, 0.185_608, 0.124_417]),
        ] {
            let mut weights = [0.9, 0.5, 0.1, -0.3];
            hardness(&mut weights, temperature);
            for (w, e) in weights.iter().zip(expected) {
                assert!((w - e).abs() < 1e-6, "{w} against {e}");
            }
        }
    }

    #[test]
    fn tiles_give_what_the_whole_matrix_gives() {
        holds_to_dense(
            |a, b, pace| of_rows(a, b, 0.2, pace),
            |cosines, n| {
                let mut scores: Vec<f64> = cosines.iter().map(|c| c / 0.2).collect();
                loss(&mut scores, n)
            },
        );
    }

    #[test]
    fn slopes_are_those_of_finite_differences() {
        slopes_agree(
            |a, b, [temperature, _]| {
                let found = of_rows(a, b, temperature, &Pace::new(1));
                let by = [found.by_temperature(temperature), 0.0];
                (found, by)
            },
            [0.3, 0.0],
        );
    }

    #[test]
    fn random_directions_cost_a_little_more_than_log_n() {
        // log N + 1/(2 d tau^2) for large d; N = 1,024, d = 256, tau = .5.
        let (n, d, temperature) = (1_024, 256, 0.5);
        let of = |seed| units(&gaussian_rows(seed, n, d), d);
        let found = of_rows(&of(1), &of(2), temperature, &Pace::new(1)).loss;
        let expected = (n as f64).ln() + 1.0 / (2.0 * d as f64 * temperature * temperature);
        assert!((found - expected).abs() < 0.012, "{found} against {expected}");
    }

    #[test]
    fn one_row_costs_nothing_and_pulls_at_nothing() {
        let (a, b) = (units(&FIXED[0][..3], 3), units(&FIXED[1][..3], 3));
        let found = of_rows(&a, &b, 0.07, &Pace::new(2));
        assert!(found.loss.abs() < 1e-15 && found.scale.abs() < 1e-15, "{found:?}");
        assert!(found.a.iter().chain(&found.b).all(|g| g.abs() < 1e-14), "{found:?}");
    }
}
