//! Plain importance sampling of a partition function: draw `x` from a density `q` that can be
//! normalised, and average the weights, `Z = E_q[exp(-E(x)) / q(x)]` (Kahn and Marshall, Journal
//! of the Operations Research Society of America 1, 1953).
//!
//! The weights' effective sample size is `(sum w)^2 / sum w^2` (Kong, A note on importance sampling
//! using standardized weights, 1992), and the standard error of log Z, by the delta method,
//! `sqrt(1/ESS - 1/n)`. Both believe that the draws have seen the large weights.

use crate::math::rng::Rng;
use rand::RngExt as _;
use rand_distr::StandardNormal;

/// The density `q = N(0, width^2 I)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Proposal {
    /// How many coordinates a point has.
    pub dimension: usize,
    /// The standard deviation of each.
    pub width: f64,
}

impl Proposal {
    /// Fills in draws, coordinate by coordinate.
    pub fn draw(&self, rng: &mut Rng, points: &mut [f64]) {
        for x in points {
            *x = self.width * rng.sample::<f64, _>(StandardNormal);
        }
    }

    /// `|x|^2 / (2 width^2)` of each point: the energy of q.
    pub fn energy(&self, points: &[f64], value: &mut [f64]) {
        let count = value.len();
        value.fill(0.0);
        for axis in 0..self.dimension {
            for (sum, x) in value.iter_mut().zip(&points[axis * count..]) {
                *sum += x * x;
            }
        }
        let scale = 0.5 / (self.width * self.width);
        for v in value {
            *v *= scale;
        }
    }

    /// The logarithm of q's own partition function, `d log(width sqrt(2 pi))`.
    #[must_use]
    pub fn log_z(&self) -> f64 {
        self.dimension as f64 * (self.width.ln() + 0.5 * std::f64::consts::TAU.ln())
    }
}

/// What is kept of a stream of weights: enough for log Z, its error and the effective sample size,
/// whatever the weights' size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    count: u64,
    /// The largest logarithm so far.
    largest: f64,
    /// Of the weights over the largest one.
    sum: f64,
    squares: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self { count: 0, largest: f64::NEG_INFINITY, sum: 0.0, squares: 0.0 }
    }
}

impl Weights {
    /// Takes one more weight by its logarithm. What is not a weight (NaN, plus infinity) counts as
    /// none: an energy that overflowed.
    pub fn push(&mut self, log_weight: f64) {
        self.count += 1;
        if !log_weight.is_finite() {
            return;
        }
        if log_weight > self.largest {
            let shrink = (self.largest - log_weight).exp();
            self.sum = self.sum * shrink + 1.0;
            self.squares = self.squares * shrink * shrink + 1.0;
            self.largest = log_weight;
        } else {
            let weight = (log_weight - self.largest).exp();
            self.sum += weight;
            self.squares += weight * weight;
        }
    }

    /// Takes in the weights of another stream.
    #[must_use]
    pub fn with(self, other: &Self) -> Self {
        let largest = self.largest.max(other.largest);
        if largest == f64::NEG_INFINITY {
            return Self { count: self.count + other.count, ..self };
        }
        let (a, b) = ((self.largest - largest).exp(), (other.largest - largest).exp());
        Self {
            count: self.count + other.count,
            largest,
            sum: self.sum * a + other.sum * b,
            squares: self.squares * a * a + other.squares * b * b,
        }
    }

    /// How many there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The logarithm of their mean; NaN while there is none above zero.
    #[must_use]
    pub fn log_mean(&self) -> f64 {
        if self.sum > 0.0 { self.largest + (self.sum / self.count as f64).ln() } else { f64::NAN }
    }

    /// `(sum w)^2 / sum w^2`, between 1 and the count; zero while there is none above zero.
    #[must_use]
    pub fn effective(&self) -> f64 {
        if self.sum > 0.0 { self.sum * self.sum / self.squares } else { 0.0 }
    }

    /// One standard error of [`Weights::log_mean`], with Bessel's correction; NaN below two.
    #[must_use]
    pub fn error(&self) -> f64 {
        let n = self.count as f64;
        if self.count < 2 || self.sum <= 0.0 {
            return f64::NAN;
        }
        ((1.0 / self.effective() - 1.0 / n).max(0.0) * n / (n - 1.0)).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::{Proposal, Weights};
    use crate::math::rng::stream;
    use crate::math::statistics::mean_and_variance;
    use crate::model::energy::{Energy, Quartic};

    #[test]
    fn moments_of_a_few_weights() {
        let weights = [3.0, 0.5, 2.0, 2.0, 7.0, 0.1];
        let mut all = Weights::default();
        let (mut a, mut b) = (Weights::default(), Weights::default());
        for (i, w) in weights.iter().enumerate() {
            // Far from where exp is finite.
            let log_weight = f64::ln(*w) - 2_000.0;
            all.push(log_weight);
            if i % 2 == 0 { a.push(log_weight) } else { b.push(log_weight) }
        }
        let (mean, variance) = mean_and_variance(&weights);
        let sum: f64 = weights.iter().sum();
        let squares: f64 = weights.iter().map(|w| w * w).sum();
        let merged = a.with(&b);
        for w in [all, merged] {
            assert_eq!(w.count(), 6);
            assert!((w.log_mean() + 2_000.0 - mean.ln()).abs() < 1e-12);
            assert!((w.effective() - sum * sum / squares).abs() < 1e-12);
            assert!((w.error() - (variance / 6.0).sqrt() / mean).abs() < 1e-12);
        }
    }

    #[test]
    fn no_weight_is_no_number() {
        let mut weights = Weights::default();
        weights.push(f64::NEG_INFINITY);
        weights.push(f64::NAN);
        assert!(weights.log_mean().is_nan() && weights.error().is_nan());
        assert_eq!((weights.effective(), weights.count()), (0.0, 2));
        let merged = weights.with(&Weights::default());
        assert!(merged.log_mean().is_nan() && merged.count() == 2);
        weights.push(0.0);
        assert!((weights.log_mean() + 3f64.ln()).abs() < 1e-15);
    }

    #[test]
    fn the_error_of_log_z_is_honest_where_the_weights_are_tame() {
        // N(0, 0.7^2) from N(0, 1): Z = 0.7 sqrt(2 pi).
        let energy = Quartic::gaussian(0.0, 0.7);
        let proposal = Proposal { dimension: 1, width: 1.0 };
        let exact = 0.7f64.ln() + 0.5 * std::f64::consts::TAU.ln();
        let runs = 800;
        let z: Vec<f64> = (0..runs)
            .map(|seed| {
                let mut rng = stream(seed, 0);
                let (mut x, mut e, mut q) = ([0.0; 300], [0.0; 300], [0.0; 300]);
                proposal.draw(&mut rng, &mut x);
                energy.value(&x, &mut e);
                proposal.energy(&x, &mut q);
                let mut weights = Weights::default();
                e.iter().zip(&q).for_each(|(e, q)| weights.push(q + proposal.log_z() - e));
                (weights.log_mean() - exact) / weights.error()
            })
            .collect();
        let within = |k: f64| z.iter().filter(|z| z.abs() < k).count() as f64 / runs as f64;
        // Binomial errors of 800: 0.016 and 0.0018.
        assert!((within(1.0) - 0.683).abs() < 0.05, "{}", within(1.0));
        assert!(within(3.0) > 0.989, "{}", within(3.0));
    }
}
