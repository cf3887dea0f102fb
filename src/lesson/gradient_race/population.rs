//! What each method's gradient is in the mean, where its minimum lies, and how far a minimiser
//! scatters: expectations under the truth, by quadrature.
//!
//! A minimiser of a mean of terms with gradients psi has N Cov = A^-1 V A^-1, where A is the mean
//! of the terms' curvature and V the covariance of psi, both at the limit (van der Vaart,
//! Asymptotic Statistics, 1998, theorem 5.21).

use super::method::Method;
use super::setup::{FAMILY, Setup};
use crate::math::logistic::sigmoid;
use crate::math::quadrature::Grid;
use crate::model::exponential::Features;
use crate::objective::asymptotic;
use crate::objective::score_matching::line;
use nalgebra::{DMatrix, Matrix2, Vector2};

/// Of the nodes of a density, one in so many: what is smooth needs no more.
const EVERY: usize = 4;
/// Nodes over a Gaussian and how many deviations they reach.
const GAUSSIAN: (usize, f64) = (257, 8.0);
/// Nodes over the noise of NCE and how far they reach.
const NOISE: (usize, f64) = (4_001, 12.0);
/// E v^4 of v ~ N(0, 1), which a slice on a line adds to the scatter.
const FOURTH_MOMENT: f64 = 3.0;

/// The truth's density as masses at nodes, all of them or one in so many.
fn masses(setup: &Setup, every: usize) -> Vec<(f64, f64)> {
    let grid = FAMILY.grid(setup.truth);
    let step = grid.spacing() * every as f64;
    let mass = |x: f64| step * (-FAMILY.energy(setup.truth, x) - setup.log_z[0]).exp();
    grid.nodes().into_iter().step_by(every).map(|x| (x, mass(x))).collect()
}

/// N(0, 1) as masses at nodes.
fn gaussian() -> Vec<(f64, f64)> {
    let grid = Grid::new(-GAUSSIAN.1, GAUSSIAN.1, GAUSSIAN.0);
    let density = |z: f64| (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
    grid.nodes().into_iter().map(|z| (z, grid.spacing() * density(z))).collect()
}

fn sum(terms: impl Iterator<Item = (f64, Features)>) -> Features {
    terms.fold([0.0; 2], |s, (w, g)| [s[0] + w * g[0], s[1] + w * g[1]])
}

/// The likelihood's gradient by theta over the truth, E_truth\[t\] - E_theta\[t\].
pub(super) fn likelihood(setup: &Setup, theta: Features) -> Features {
    let (data, model) = (FAMILY.moments(setup.truth).mean, FAMILY.moments(theta).mean);
    [data[0] - model[0], data[1] - model[1]]
}

/// The gradient by theta of a method's own objective in the mean; of NCE at this c.
pub(super) fn gradient(setup: &Setup, method: Method, theta: Features, c: f64) -> Features {
    match method {
        Method::Exact | Method::CdUla | Method::CdMala | Method::Pcd => likelihood(setup, theta),
        Method::Implicit | Method::Sliced => {
            let terms = masses(setup, 1);
            sum(terms.into_iter().map(|(x, w)| (w, line::implicit(FAMILY, theta, x))))
        }
        Method::Denoising => over_gaussian(setup, setup.sigma, |x, z| {
            line::denoising(FAMILY, theta, x + setup.sigma * z, z / setup.sigma)
        }),
        Method::Cnce => over_gaussian(setup, setup.epsilon, |x, z| {
            let (by, features, _) = pair(setup, theta, x, z);
            features.map(|f| 2.0 * by * f)
        }),
        Method::Nce => {
            let ratio = setup.ratio as f64;
            let share = |x: f64| {
                // The chance of a point to be noise.
                let logit = c - FAMILY.energy(theta, x);
                sigmoid(ratio.ln() + setup.noise.log_density(&[x]) - logit)
            };
            let data = masses(setup, 1).into_iter().map(|(x, w)| (w * share(x), x));
            let grid = Grid::new(-NOISE.1, NOISE.1, NOISE.0);
            let noise = grid.nodes().into_iter().map(|x| {
                let mass = grid.spacing() * setup.noise.log_density(&[x]).exp();
                (-ratio * mass * (1.0 - share(x)), x)
            });
            sum(data.chain(noise).map(|(w, x)| (w, FAMILY.features(x))))
        }
    }
}

/// A mean over a datum and a Gaussian of its own, as wide as `width`.
fn over_gaussian(setup: &Setup, width: f64, term: impl Fn(f64, f64) -> Features) -> Features {
    debug_assert!(width > 0.0);
    let gaussian = gaussian();
    let term = &term;
    let terms = masses(setup, EVERY).into_iter().flat_map(|(x, w)| {
        gaussian.iter().map(move |(z, mass)| (w * mass, term(x, *z))).collect::<Vec<_>>()
    });
    sum(terms)
}

/// Of a pair of conditional NCE, a datum and x + epsilon z: the loss's derivative by the logit,
/// the logit's derivatives by theta, and the loss's second derivative by the logit.
fn pair(setup: &Setup, theta: Features, x: f64, z: f64) -> (f64, Features, f64) {
    let y = x + setup.epsilon * z;
    let p = sigmoid(FAMILY.energy(theta, x) - FAMILY.energy(theta, y));
    let (here, there) = (FAMILY.features(x), FAMILY.features(y));
    (-p, [there[0] - here[0], there[1] - here[1]], p * (1.0 - p))
}

/// What is known of a method's minimiser on many data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Limit {
    /// Where it goes: the truth, but for what is learned from noised data.
    pub(super) at: Features,
    /// N times its covariance.
    pub(super) covariance: [Features; 2],
}

/// Of the likelihood and of the methods that have an objective; `None` for chains, and where the
/// covariance is singular to double precision.
pub(super) fn limit(setup: &Setup, method: Method) -> Option<Limit> {
    let truth = setup.truth;
    let of = |m: Option<DMatrix<f64>>, scale: f64| {
        let m = m?;
        let covariance = std::array::from_fn(|i| std::array::from_fn(|j| scale * m[(i, j)]));
        Some(Limit { at: truth, covariance })
    };
    match method {
        Method::Exact => of(asymptotic::likelihood(FAMILY, truth), 1.0),
        Method::Nce => of(asymptotic::nce(FAMILY, truth, setup.ratio as f64, &setup.noise), 1.0),
        Method::Implicit => of(asymptotic::score_matching(FAMILY, truth), 1.0),
        Method::Sliced => of(asymptotic::score_matching(FAMILY, truth), FOURTH_MOMENT),
        Method::Denoising => denoising(setup),
        Method::Cnce => conditional(setup),
        Method::CdUla | Method::CdMala | Method::Pcd => None,
    }
}

fn denoising(setup: &Setup) -> Option<Limit> {
    let (data, gaussian) = (masses(setup, EVERY), gaussian());
    let mut mean = line::Quadratic::default();
    let each = |f: &mut dyn FnMut(f64, f64, f64)| {
        for (x, w) in &data {
            for (z, mass) in &gaussian {
                f(x + setup.sigma * z, z / setup.sigma, w * mass);
            }
        }
    };
    each(&mut |noised, score, w| mean.add_denoising(FAMILY, noised, score, w));
    let at = mean.minimum(FAMILY)?;
    let (mut a, mut v) = (Matrix2::zeros(), Matrix2::zeros());
    each(&mut |noised, score, w| {
        let by = Vector2::from(FAMILY.feature_slopes(noised));
        let psi = Vector2::from(line::denoising(FAMILY, at, noised, score));
        a += by * by.transpose() * w;
        v += psi * psi.transpose() * w;
    });
    sandwich(at, a, v)
}

fn conditional(setup: &Setup) -> Option<Limit> {
    let gaussian = gaussian();
    let ratio = setup.ratio as f64;
    let (mut a, mut v) = (Matrix2::zeros(), Matrix2::zeros());
    for (x, w) in masses(setup, EVERY) {
        let (mut squares, mut mean) = (Matrix2::zeros(), Vector2::zeros());
        for (z, mass) in &gaussian {
            let (by, features, twice) = pair(setup, setup.truth, x, *z);
            let f = Vector2::from(features);
            squares += f * f.transpose() * (by * by * mass);
            mean += f * (by * mass);
            a += f * f.transpose() * (twice * mass * w);
        }
        // The pairs of one datum share it.
        v += (squares / ratio + mean * mean.transpose() * (1.0 - 1.0 / ratio)) * w;
    }
    sandwich(setup.truth, a, v)
}

fn sandwich(at: Features, a: Matrix2<f64>, v: Matrix2<f64>) -> Option<Limit> {
    let inverse = a.try_inverse()?;
    let c = inverse * v * inverse;
    let covariance = std::array::from_fn(|i| std::array::from_fn(|j| c[(i, j)]));
    c.iter().all(|v| v.is_finite()).then_some(Limit { at, covariance })
}
