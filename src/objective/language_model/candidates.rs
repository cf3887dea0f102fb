//! The losses that look at the word and k drawn ones: value and derivatives by the scores.

use super::Objective;
use crate::math::log_sum_exp::log_sum_exp;
use crate::math::vector_math::{sigmoid, softplus};

/// Room for the work on one datum.
#[derive(Clone, Debug, Default)]
pub struct Desk {
    logits: Vec<f64>,
    values: Vec<f64>,
}

/// The loss of one datum, in nats. `scores` has the word's first, then those of the k drawn words,
/// and is replaced by its derivatives; `log_q` has the noise's log density of each.
pub fn loss(objective: Objective, scores: &mut [f64], log_q: &[f64], desk: &mut Desk) -> f64 {
    let k = scores.len() - 1;
    let log_k = (k as f64).ln();
    let Desk { logits, values } = desk;
    logits.clear();
    logits.extend(scores.iter().zip(log_q).map(|(s, q)| match objective {
        Objective::Nce => s - log_k - q,
        Objective::Ranking => s - q,
        Objective::Softmax | Objective::NegativeSampling => *s,
    }));
    if objective == Objective::Ranking {
        let log_z = log_sum_exp(logits);
        for (by, g) in scores.iter_mut().zip(&*logits) {
            *by = (g - log_z).exp();
        }
        scores[0] -= 1.0;
        return log_z - logits[0];
    }
    // -log sigmoid(G) of the word, -log sigmoid(-G) of each drawn one.
    sigmoid(logits, scores);
    scores[0] -= 1.0;
    logits[0] = -logits[0];
    values.resize(logits.len(), 0.0);
    softplus(logits, values);
    values.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::{Desk, Objective, loss};

    const LOG_Q: [f64; 4] = [-2.0, -0.5, -1.2, -3.0];

    fn at(objective: Objective, scores: &[f64]) -> f64 {
        loss(objective, &mut scores.to_vec(), &LOG_Q, &mut Desk::default())
    }

    #[test]
    fn values_are_those_of_the_formulas() {
        // numpy: s = [-1., .5, -2., 3.], q as above, k = 3, np.logaddexp(0, .) and
        // scipy.special.logsumexp.
        let s = [-1.0, 0.5, -2.0, 3.0];
        for (objective, expected) in [
            (Objective::Nce, NCE),
            (Objective::Ranking, RANKING),
            (Objective::NegativeSampling, NEGATIVE),
        ] {
            assert!((at(objective, &s) - expected).abs() < 1e-12, "{objective:?}");
        }
    }

    #[test]
    fn derivatives_are_those_of_finite_differences() {
        let s = [0.3, -1.0, 2.0, 0.1];
        let h = 1e-6;
        for objective in [Objective::Nce, Objective::Ranking, Objective::NegativeSampling] {
            let mut by = s;
            loss(objective, &mut by, &LOG_Q, &mut Desk::default());
            for i in 0..4 {
                let moved = |by: f64| {
                    let mut s = s;
                    s[i] += by;
                    at(objective, &s)
                };
                let numeric = (moved(h) - moved(-h)) / (2.0 * h);
                assert!((numeric - by[i]).abs() < 1e-8, "{objective:?} {i}");
            }
        }
    }

    #[test]
    fn a_number_added_to_all_scores_is_seen_by_nce_and_not_by_ranking() {
        let (s, shifted) = ([0.3, -1.0, 2.0, 0.1], [1.3, 0.0, 3.0, 1.1]);
        let gap = |objective| (at(objective, &s) - at(objective, &shifted)).abs();
        assert!(gap(Objective::Ranking) < 1e-12 && gap(Objective::Nce) > 0.1);
    }

    const NCE: f64 = 6.437_088_348_108_0;
    const RANKING: f64 = 5.014_484_263_904_7;
    const NEGATIVE: f64 = 5.462_854_034_315_0;
}
