//! How far an estimate lies from the truth when there are many data: N times its covariance, for
//! the estimators of an exponential family on a line whose member is the truth. By quadrature.
//!
//! * Likelihood: the inverse of the Fisher information, the least there can be (Cramer and Rao).
//! * NCE: `I^-1 - (1 + 1/nu) I^-1 m m' I^-1` with `g = grad log p_m` by theta and c,
//!   `P = nu p_n / (p_d + nu p_n)`, `I = int g g' P p_d`, `m = int g P p_d` (Gutmann and Hyvarinen,
//!   JMLR 13, 2012, theorem 3).
//! * Score matching: `A^-1 V A^-1` with `A = E[t' t'^T]` and V the covariance of `E' t' - t''`
//!   (Hyvarinen, JMLR 6, 2005; Forbes and Lauritzen, Linear estimating equations for exponential
//!   families with application to Gaussian linear concentration models, 2015).
//! * Conditional NCE: [`conditional`]. Many noises against one truth: [`truth`].

pub mod conditional;
pub mod truth;

use crate::data::noise::Noise;
use crate::model::exponential::{Family, Features};
use nalgebra::DMatrix;

/// N Cov of theta under maximum likelihood: parameters by parameters. `None` where the information
/// is singular.
#[must_use]
pub fn likelihood(family: Family, theta: Features) -> Option<DMatrix<f64>> {
    let k = family.parameters();
    let covariance = family.moments(theta).covariance;
    DMatrix::from_fn(k, k, |i, j| covariance[i][j]).try_inverse()
}

/// The truth's density as masses at the nodes of a grid.
fn masses(family: Family, theta: Features) -> Vec<(f64, f64)> {
    let grid = family.grid(theta);
    let log_z = family.moments(theta).log_z;
    let mass = |x: f64| grid.spacing() * (-family.energy(theta, x) - log_z).exp();
    grid.nodes().into_iter().map(|x| (x, mass(x))).collect()
}

/// N Cov of (theta, c) under NCE with `ratio` noise points a datum, N counting the data:
/// parameters + 1 by parameters + 1. `None` where the noise sees too little for an answer.
#[must_use]
pub fn nce(family: Family, theta: Features, ratio: f64, noise: &Noise) -> Option<DMatrix<f64>> {
    truth::Truth::new(family, theta).nce(ratio, noise)
}

/// N Cov of theta under score matching: parameters by parameters. `None` where it is singular.
#[must_use]
pub fn score_matching(family: Family, theta: Features) -> Option<DMatrix<f64>> {
    let k = family.parameters();
    let mut a = DMatrix::<f64>::zeros(k, k);
    let mut v = DMatrix::<f64>::zeros(k, k);
    for (x, mass) in masses(family, theta) {
        let (slopes, curvatures) = (family.feature_slopes(x), family.feature_curvatures(x));
        let slope = family.slope(theta, x);
        let by_theta = DMatrix::from_fn(k, 1, |i, _| slope * slopes[i] - curvatures[i]);
        let slopes = DMatrix::from_fn(k, 1, |i, _| slopes[i]);
        a += &slopes * slopes.transpose() * mass;
        v += &by_theta * by_theta.transpose() * mass;
    }
    let inverse = a.try_inverse()?;
    Some(&inverse * v * &inverse)
}

#[cfg(test)]
mod tests {
    use super::{likelihood, nce, score_matching};
    use crate::data::noise::{Noise, Shape};
    use crate::model::exponential::Family;

    const GAUSSIAN: [f64; 2] = [1.0, 0.0];

    fn gaussian_noise(ratio: f64, variance: f64) -> nalgebra::DMatrix<f64> {
        let noise = Noise::new(Shape::Gaussian, &[0.0], &[variance.sqrt()]);
        nce(Family::Precision, GAUSSIAN, ratio, &noise).expect("a covariance")
    }

    #[test]
    fn the_gaussian_s_precision_has_its_closed_form() {
        for (ratio, theta, c) in [
            (1.0, 4.0, 1.0),
            (2.0, 3.0, 0.75),
            (5.0, 2.4, 0.6),
            (10.0, 2.2, 0.55),
            (100.0, 2.02, 0.505),
        ] {
            let covariance = gaussian_noise(ratio, 1.0);
            assert!((covariance[(0, 0)] - theta).abs() < 1e-9, "{ratio}: {covariance}");
            assert!((covariance[(1, 1)] - c).abs() < 1e-9, "{ratio}: {covariance}");
        }
        let floor = likelihood(Family::Precision, GAUSSIAN).expect("information");
        assert!((floor[(0, 0)] - 2.0).abs() < 1e-10);
    }

    #[test]
    fn noise_like_the_data_is_not_the_best_noise() {
        // scipy.optimize.minimize_scalar over the variance of a centred Gaussian: 2.777, N Var 2.963;
        // noise N(0, 1/4): 47.9.
        assert!((gaussian_noise(1.0, 2.777)[(0, 0)] - 2.963).abs() < 5e-4);
        assert!((gaussian_noise(1.0, 0.25)[(0, 0)] - 47.9).abs() < 0.05);
        for variance in [1.0, 2.0, 2.6, 2.95, 4.0] {
            let there = gaussian_noise(1.0, variance)[(0, 0)];
            assert!(there > gaussian_noise(1.0, 2.777)[(0, 0)], "{variance}: {there}");
        }
    }

    #[test]
    fn the_tilt_of_a_double_well_has_its_table() {
        // numpy on 20,001 nodes, the same formulas: N Var of the tilt a = .5 where height and tilt
        // are estimated together; noise N(0, 1.44).
        let noise = Noise::new(Shape::Gaussian, &[0.0], &[1.2]);
        for (height, mle, sm, by_ratio) in TABLE {
            let (family, theta) = (Family::Well, [height, 0.5]);
            let at = |m: Option<nalgebra::DMatrix<f64>>| m.expect("a covariance")[(1, 1)];
            assert!((at(likelihood(family, theta)) / mle - 1.0).abs() < 1e-5, "{height}");
            assert!((at(score_matching(family, theta)) / sm - 1.0).abs() < 1e-5, "{height}");
            for (ratio, expected) in [1.0, 10.0, 100.0].into_iter().zip(by_ratio) {
                let found = at(nce(family, theta, ratio, &noise));
                assert!((found / expected - 1.0).abs() < 1e-5, "{height} {ratio}: {found}");
            }
        }
    }

    const TABLE: [(f64, f64, f64, [f64; 3]); 3] = [
        (0.5, 1.320_414, 3.944_140, [2.907_006, 1.495_904, 1.338_318]),
        (2.0, 1.394_558, 12.680_049, [3.750_469, 1.655_956, 1.421_296]),
        (6.0, 1.309_808, 44.337_807, [4.816_264, 1.719_010, 1.352_340]),
    ];
}
