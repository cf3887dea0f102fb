//! The pairs that both methods are given, and what is exactly so of them.
//!
//! x and y are standard normal with correlation rho. The model is `s(x, y) = w x y - a (x^2 +
//! y^2)/2 + c`. As a log density it is right at `w = rho/(1 - rho^2)`, `a = 1/(1 - rho^2)`,
//! `c = -log Z = -log(2 pi) - log(1 - rho^2)/2`; as the log of the ratio p(x, y)/(p(x) p(y)) with
//! the same w, an a that is smaller by 1 and a c without the log(2 pi).

use crate::math::rng::Rng;
use rand::RngExt as _;
use rand_distr::StandardNormal;
use std::f64::consts::TAU;

/// Values of a, w and c.
pub(super) type Parameters = [f64; 3];

/// What the pairs are drawn from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    pub(super) correlation: f64,
}

/// Pairs: the first halves and the second.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairs {
    pub(super) x: Vec<f64>,
    pub(super) y: Vec<f64>,
}

pub(super) fn normal(rng: &mut Rng) -> f64 {
    rng.sample(StandardNormal)
}

impl Source {
    /// Pairs that belong together.
    pub(super) fn pairs(self, count: usize, rng: &mut Rng) -> Pairs {
        let x: Vec<f64> = (0..count).map(|_| normal(rng)).collect();
        let rest = self.rest().sqrt();
        let y = x.iter().map(|x| self.correlation * x + rest * normal(rng)).collect();
        Pairs { x, y }
    }

    /// What is left of the variance of y once x is known.
    fn rest(self) -> f64 {
        1.0 - self.correlation * self.correlation
    }

    /// a, w and c of the log density.
    pub(super) fn density(self) -> Parameters {
        let rest = self.rest();
        [1.0 / rest, self.correlation / rest, -TAU.ln() - 0.5 * rest.ln()]
    }

    /// How far a model is off the log density: the root of the mean square over the pairs, in nats.
    /// Of the features -(x^2 + y^2)/2, x y and 1 the mean products are polynomials in rho.
    pub(super) fn off_density(self, at: Parameters) -> f64 {
        let truth = self.density();
        let [a, w, c] = [0, 1, 2].map(|k| at[k] - truth[k]);
        let r = self.correlation;
        let squares = a * a * (2.0 + r * r) + w * w * (1.0 + 2.0 * r * r) + c * c;
        let products = -3.0 * r * a * w - a * c + r * w * c;
        (squares + 2.0 * products).max(0.0).sqrt()
    }

    /// How far a model is off the log of the ratio once the best constant has been added to each
    /// row: the root of the mean square over all x and all y, in nats. The term of x^2 is such a
    /// constant.
    pub(super) fn off_ratio(self, at: Parameters) -> f64 {
        let truth = self.density();
        let (a, w) = (at[0] - (truth[0] - 1.0), at[1] - truth[1]);
        (w * w + 0.5 * a * a).sqrt()
    }

    /// The least that N times the mean square error of w can be: that of maximum likelihood, and
    /// that of InfoNCE with batches without end. Both are `(1 + rho^2)/(1 - rho^2)^2`, from the
    /// information about a and w that a pair has, given x or not.
    pub(super) fn floor(self) -> f64 {
        (1.0 + self.correlation * self.correlation) / (self.rest() * self.rest())
    }
}

/// log p_n of the noise of NCE: x and y standard normal and independent.
pub(super) fn log_noise(x: f64, y: f64) -> f64 {
    -TAU.ln() - 0.5 * (x * x + y * y)
}
