//! The law of the log density ratio r of correlated Gaussians, and what it makes exact.
//!
//! Over pairs that belong together, `r = I + rho h n` with n standard normal and h, independent of it,
//! the length of a standard normal vector in d dimensions: the sum of d products of two normals is
//! normal given one factor of each. Over pairs that do not, the density is `e^-r` times that.

use super::gaussians::Gaussians;
use crate::math::logistic::softplus;
use std::f64::consts::TAU;

/// Nodes of h have a logarithmic weight within so much of the largest.
const DEPTH: f64 = 38.0;
/// The nodes of n reach so far, at this distance.
const REACH: f64 = 9.0;
const STEP: f64 = 0.1;

/// The law of r.
#[derive(Clone, Debug)]
pub(super) struct Law {
    information: f64,
    correlation: f64,
    /// Values of h and their weights, which sum to 1.
    lengths: Vec<(f64, f64)>,
}

impl Law {
    pub(super) fn new(pairs: Gaussians) -> Self {
        let d = pairs.dimension as f64;
        // The trapezoidal rule in log h, whose density e^(d u - e^(2u)/2) is smooth and dies out on
        // both sides, from the peak outwards; its width is 1/sqrt(2 d).
        let peak = 0.5 * d.ln();
        let step = 0.3 / (2.0 * d).sqrt();
        let log_weight = |u: f64| d * (u - peak) - 0.5 * d * ((2.0 * (u - peak)).exp() - 1.0);
        let mut lengths = Vec::new();
        for (side, first) in [(-1.0, 0), (1.0, 1)] {
            for k in first.. {
                let u = peak + side * step * f64::from(k);
                if log_weight(u) < -DEPTH {
                    break;
                }
                lengths.push((u.exp(), log_weight(u).exp()));
            }
        }
        let total: f64 = lengths.iter().map(|(_, w)| w).sum();
        lengths.iter_mut().for_each(|(_, w)| *w /= total);
        Self { information: pairs.information(), correlation: pairs.correlation, lengths }
    }

    /// The densities of r over pairs that belong together and over those that do not; NaN where r does
    /// not vary.
    pub(super) fn densities(&self, r: f64) -> (f64, f64) {
        if self.correlation == 0.0 {
            return (f64::NAN, f64::NAN);
        }
        let z = (r - self.information) / self.correlation;
        let normal = |h: f64| (-0.5 * (z / h).powi(2)).exp() / (h * TAU.sqrt());
        let sum: f64 = self.lengths.iter().map(|(h, w)| w * normal(*h)).sum();
        let together = sum / self.correlation;
        // One factor may overflow where the other vanishes.
        (together, if together > 0.0 { (together.ln() - r).exp() } else { 0.0 })
    }

    /// What the bound by noise-contrastive estimation is on average, with the critic r + c and
    /// `batch - 1` negatives a positive: `log K - E_p[softplus(-t) + e^(c - t) softplus(t)]`,
    /// t the logit `r + c - log K`.
    pub(super) fn nce(&self, batch: usize, offset: f64) -> f64 {
        let log_k = ((batch - 1) as f64).ln();
        let loss = |t: f64| {
            let ratio = if t < -30.0 { 1.0 } else { (-t).exp() * softplus(t) };
            softplus(-t) + offset.exp() * ratio
        };
        let half = (REACH / STEP) as i32;
        let mut total = 0.0;
        for i in -half..=half {
            let n = STEP * f64::from(i);
            let weight = STEP * (-0.5 * n * n).exp() / TAU.sqrt();
            for (h, w) in &self.lengths {
                let r = self.information + self.correlation * h * n;
                total += weight * w * loss(r + offset - log_k);
            }
        }
        log_k - total
    }
}

#[cfg(test)]
mod tests {
    use super::Law;
    use crate::lesson::mutual_information::gaussians::Gaussians;

    fn law(dimension: usize, correlation: f64) -> Law {
        Law::new(Gaussians { dimension, correlation })
    }

    #[test]
    fn the_bound_by_nce_is_that_of_scipy() {
        // scipy.integrate.quad over the variance-gamma density |z|^nu K_nu(|z|), nu = (d - 1)/2.
        let saturated = (1.0 - (-1f64).exp()).sqrt();
        for (dimension, correlation, batch, offset, exact) in [
            (20, 0.5, 64, 0.0, 1.485_266_300_122_505_7),
            (20, 0.5, 2, 0.0, -0.500_736_588_947_418_7),
            (1, 0.5, 8, 0.0, -0.943_439_515_869_300_5),
            (2, 0.9, 64, 0.0, 0.578_306_650_278_414_7),
            (20, saturated, 64, 0.0, 3.895_193_156_136_536_5),
            (20, 0.5, 64, 1.0, 1.068_003_529_564_757),
            (64, 0.99, 64, 0.0, 4.143_134_726_391_533),
        ] {
            let found = law(dimension, correlation).nce(batch, offset);
            assert!((found - exact).abs() < 1e-8, "{dimension} {correlation}: {found} {exact}");
        }
    }

    #[test]
    fn both_densities_have_mass_one() {
        for (dimension, correlation) in [(2, 0.5), (20, 0.5), (64, 0.3)] {
            let law = law(dimension, correlation);
            let step = 0.01;
            let sums = (-6_000..6_000).map(|i| law.densities(step * (f64::from(i) + 0.5)));
            let (p, q) = sums.fold((0.0, 0.0), |s, d| (s.0 + step * d.0, s.1 + step * d.1));
            assert!((p - 1.0).abs() < 1e-4 && (q - 1.0).abs() < 1e-4, "{dimension}: {p} {q}");
        }
        assert!(law(3, 0.0).densities(0.0).0.is_nan());
    }

    #[test]
    fn a_density_is_that_of_scipy() {
        // d = 20, rho = .5: |z|^9.5 K_9.5(|z|)/(sqrt(pi) 2^9.5 Gamma(10))/rho at r = 2, e^-2 times it.
        let (p, q) = law(20, 0.5).densities(2.0);
        assert!((p - DENSITY).abs() < 1e-10 && (q - DENSITY * (-2f64).exp()).abs() < 1e-10, "{p}");
    }

    const DENSITY: f64 = 0.169_522_061_311_168;
}
