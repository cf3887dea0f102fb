//! The best that any classifier of data and noise can do, and what it costs not to see everything.
//!
//! With G(x) = log p_d(x) - log(nu p_n(x)), the optimal logit, all of it is an expectation over the
//! data alone: the noise's part of the loss is `nu E_n[softplus(G)] = E_d[e^-G softplus(G)]`, and the
//! share told right is `(nu + E_d[(1 - e^-G)^+]) / (1 + nu)`.

use crate::math::logistic::softplus;

/// log p_n below which the noise does not cover a datum: p_n is zero in single precision.
pub(super) const UNCOVERED: f64 = -87.0;

/// What no classifier beats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Best {
    /// The least loss, in nats a datum.
    pub(super) loss: f64,
    /// The largest share of points told right (Bayes).
    pub(super) accuracy: f64,
}

impl Best {
    /// By quadrature over nodes of (mass, log p_d, log p_n), at `ratio` noise points a datum each of
    /// which weighs `noise_weight` in the loss.
    pub(super) fn new(
        nodes: impl Iterator<Item = (f64, f64, f64)>,
        ratio: f64,
        noise_weight: f64,
    ) -> Self {
        let (mut loss, mut surely_data, mut total) = (0.0, 0.0, 0.0);
        for (mass, log_data, log_noise) in nodes {
            let apart = log_data - log_noise;
            let g = apart - (ratio * noise_weight).ln();
            loss += mass * (softplus(-g) + of_noise(g));
            surely_data += mass * (1.0 - (ratio.ln() - apart).exp()).max(0.0);
            total += mass;
        }
        Self { loss: loss / total, accuracy: (ratio + surely_data / total) / (1.0 + ratio) }
    }
}

/// `e^-g softplus(g)`, the noise's part of the loss by unit of data, without overflow.
fn of_noise(g: f64) -> f64 {
    if g > 700.0 {
        0.0
    } else if g < -30.0 {
        1.0 - 0.5 * g.exp()
    } else {
        (-g).exp() * softplus(g)
    }
}

#[cfg(test)]
mod tests {
    use super::{Best, of_noise};

    #[test]
    fn the_tails_meet_the_formula() {
        for g in [-30.0_f64, -29.999, 699.0] {
            let there = of_noise(g);
            let before = of_noise(g - 1e-3);
            assert!((there - before).abs() < 1e-3 && there.is_finite());
        }
        assert_eq!(of_noise(f64::INFINITY), 0.0);
    }

    #[test]
    fn what_cannot_be_told_apart_costs_two_logs_and_what_can_costs_nothing() {
        let alike = Best::new([(0.5, -1.0, -1.0), (0.5, -2.0, -2.0)].into_iter(), 1.0, 1.0);
        assert!((alike.loss - 4f64.ln()).abs() < 1e-15 && (alike.accuracy - 0.5).abs() < 1e-15);
        let apart = Best::new([(1.0, -1.0, f64::NEG_INFINITY)].into_iter(), 3.0, 1.0);
        assert_eq!((apart.loss, apart.accuracy), (0.0, 1.0));
        // Three times as much noise as data, alike: noise is the better guess.
        let more = Best::new([(1.0, -1.0, -1.0)].into_iter(), 3.0, 1.0);
        assert_eq!(more.accuracy, 0.75);
        // Averaged, it is the loss at a ratio of 1.
        let averaged = Best::new([(1.0, -1.0, -1.0)].into_iter(), 3.0, 1.0 / 3.0);
        assert!((averaged.loss - 4f64.ln()).abs() < 1e-15);
    }
}
