//! Pairs of Gaussian vectors whose coordinates are correlated one by one: all that is known of them.
//!
//! With x and e standard normal in d dimensions and `y = rho x + sqrt(1 - rho^2) e`, the mutual
//! information is `I = -(d/2) log(1 - rho^2)` and the log density ratio
//! `r(x, y) = I + (rho x.y - rho^2 (|x|^2 + |y|^2)/2)/(1 - rho^2)`.

use crate::math::rng::Rng;
use rand::RngExt as _;
use rand_distr::StandardNormal;

/// A critic of the form `w x.y + a |x|^2 + b |y|^2 + c`, in this order: the log density ratio is one.
pub(super) type Form = [f64; 4];

/// The distribution of the pairs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gaussians {
    pub(super) dimension: usize,
    pub(super) correlation: f64,
}

impl Gaussians {
    /// I, in nats.
    pub(super) fn information(self) -> f64 {
        -0.5 * self.dimension as f64 * (-self.correlation * self.correlation).ln_1p()
    }

    /// The log density ratio.
    pub(super) fn log_ratio(self) -> Form {
        let rho = self.correlation;
        let rest = 1.0 - rho * rho;
        let own = -0.5 * rho * rho / rest;
        [rho / rest, own, own, self.information()]
    }

    /// Fills x and y with as many pairs as they have room for, row after row.
    pub(super) fn draw(self, x: &mut [f64], y: &mut [f64], rng: &mut Rng) {
        let rho = self.correlation;
        let rest = (1.0 - rho * rho).sqrt();
        for (x, y) in x.iter_mut().zip(y) {
            *x = rng.sample(StandardNormal);
            *y = rho * *x + rest * rng.sample::<f64, _>(StandardNormal);
        }
    }

    /// Fills y with vectors that belong to no x.
    pub(super) fn draw_alone(self, y: &mut [f64], rng: &mut Rng) {
        y.iter_mut().for_each(|y| *y = rng.sample(StandardNormal));
    }

    /// The standard deviation of the mean of `e^(r + c)` over the n (n - 1) pairs of a batch that do
    /// not belong together. A sum of this kind is degenerate, `E[e^r | x] = 1`, so what counts is a pair
    /// with itself and with its mirror image: `(tr K^2 - 1 + tr K^4 - 1)/(n (n - 1))`, where K is
    /// Mehler's kernel, with eigenvalues rho^k in each coordinate.
    pub(super) fn mass_deviation(self, batch: usize, offset: f64) -> f64 {
        let (d, n) = (self.dimension as f64, batch as f64);
        let trace = |power: i32| (-d * (-self.correlation.powi(power)).ln_1p()).exp_m1();
        offset.exp() * ((trace(2) + trace(4)) / (n * (n - 1.0))).sqrt()
    }

    /// The standard deviation of the mean of r over n pairs that belong together:
    /// under the joint distribution r - I is rho times a sum of d products of two standard normals.
    pub(super) fn plug_in_deviation(self, batch: usize) -> f64 {
        self.correlation * (self.dimension as f64 / batch as f64).sqrt()
    }

    /// The standard deviation of NWJ with the critic r + c from one batch; its two parts do not
    /// correlate.
    pub(super) fn nwj_deviation(self, batch: usize, offset: f64) -> f64 {
        self.plug_in_deviation(batch).hypot(self.mass_deviation(batch, offset))
    }

    /// Mean and standard deviation of r over pairs that do not belong together.
    pub(super) fn apart(self) -> (f64, f64) {
        let (d, [w, own, ..]) = (self.dimension as f64, self.log_ratio());
        (self.information() + 2.0 * d * own, (d * (w * w + 4.0 * own * own)).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::Gaussians;

    #[test]
    fn constants_are_those_of_closed_forms() {
        let pairs = Gaussians { dimension: 20, correlation: 0.5 };
        // mpmath: -10 log(3/4).
        assert!((pairs.information() - 2.876_820_724_517_809).abs() < 1e-13);
        // numpy: the formula; 200,000 batches gave .19621 and .23144 at (1, .5, 8) and (4, .3, 8).
        for (dimension, correlation, batch, exact) in [
            (1, 0.5, 8, 0.195_940_953_204_931_45),
            (4, 0.3, 8, 0.231_891_488_371_381_13),
            (20, 0.5, 64, 0.395_903_014_423_450_8),
        ] {
            let found = Gaussians { dimension, correlation }.nwj_deviation(batch, 0.0);
            assert!((found - exact).abs() < 1e-12, "{found} against {exact}");
        }
        let alone = Gaussians { dimension: 9, correlation: 0.0 };
        assert_eq!((alone.information(), alone.nwj_deviation(8, 0.3)), (0.0, 0.0));
    }
}
