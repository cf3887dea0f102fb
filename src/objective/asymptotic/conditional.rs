//! N Cov of theta under conditional NCE with y = x + eps n, n ~ N(0, 1), and kappa noised points a
//! datum: an estimating equation of one independent term a datum,
//! `u(x) = (1/kappa) sum_j sigmoid(-G(x, y_j)) (t(y_j) - t(x))`, so that `N Cov -> A^-1 B A^-1` with
//! `A = E[sigmoid(G) sigmoid(-G) d d']`, `d = t(y) - t(x)`, and
//! `B = Cov E[v | x] + (1/kappa) E Cov[v | x]` for one noised point's v. Both by quadrature over x
//! and n.
//!
//! The loss: Ceylan and Gutmann, Conditional noise-contrastive estimation of unnormalised models,
//! ICML 2018. The sandwich: Huber, The behavior of maximum likelihood estimates under nonstandard
//! conditions, 1967.

use crate::math::logistic::sigmoid;
use crate::math::quadrature::Grid;
use crate::model::exponential::{Family, Features, MOST};
use nalgebra::{DMatrix, SMatrix, SVector};

/// Nodes along x, over all of the density.
const PLACES: usize = 513;
/// The noise beyond this many deviations is left out: 1e-14 of it.
const REACH: f64 = 8.0;
/// Nodes along n at most.
const MOST_NOISED: usize = 801;

/// The integrals at one eps, from which every kappa follows.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditional {
    parameters: usize,
    curvature: SMatrix<f64, MOST, MOST>,
    /// Of the mean over n, between data.
    between: SMatrix<f64, MOST, MOST>,
    /// Of one noised point, in all.
    total: SMatrix<f64, MOST, MOST>,
}

/// Calls `each(x, weight, d, sigmoid(-G))` for all pairs of nodes; at the end of an x, `done(x)`.
fn pairs(
    family: Family,
    theta: Features,
    eps: f64,
    mut each: impl FnMut(f64, SVector<f64, MOST>, f64),
    mut done: impl FnMut(f64, f64),
) {
    let whole = family.grid(theta);
    let places = Grid::new(whole.low, whole.high, PLACES);
    let log_z = family.moments(theta).log_z;
    // What a density does on the line happens over a twentieth of its grid or less.
    let fine = 0.1 * (whole.high - whole.low) / 22.0 / eps;
    let count = (2.0 * REACH / fine.min(0.2)).ceil().min(MOST_NOISED as f64 - 1.0) as usize + 1;
    let noised = Grid::new(-REACH, REACH, count);
    let weights: Vec<(f64, f64)> = noised
        .nodes()
        .into_iter()
        .map(|n| (n, noised.spacing() * (-0.5 * n * n).exp() / std::f64::consts::TAU.sqrt()))
        .collect();
    for x in places.nodes() {
        let (at_x, energy) = (family.features(x), family.energy(theta, x));
        let mass = places.spacing() * (-energy - log_z).exp();
        if mass > 1e-20 {
            for (n, weight) in &weights {
                let y = x + eps * n;
                let t = family.features(y);
                let d = SVector::from_fn(|i, _| t[i] - at_x[i]);
                each(*weight, d, sigmoid(energy - family.energy(theta, y)));
            }
        }
        done(x, mass);
    }
}

impl Conditional {
    /// The integrals at a noise of deviation `eps` around each datum.
    ///
    /// # Panics
    /// If theta has no density.
    #[must_use]
    pub fn new(family: Family, theta: Features, eps: f64) -> Self {
        type Square = SMatrix<f64, MOST, MOST>;
        let inner = std::cell::RefCell::new((Square::zeros(), SVector::zeros(), Square::zeros()));
        let (mut curvature, mut between, mut total) =
            (Square::zeros(), Square::zeros(), Square::zeros());
        pairs(
            family,
            theta,
            eps,
            |weight, d, wrong| {
                let (bent, mean, square) = &mut *inner.borrow_mut();
                let outer = d * d.transpose();
                *bent += outer * (weight * wrong * (1.0 - wrong));
                *mean += d * (weight * wrong);
                *square += outer * (weight * wrong * wrong);
            },
            |_, mass| {
                let (bent, mean, square) = inner.take();
                curvature += bent * mass;
                between += mean * mean.transpose() * mass;
                total += square * mass;
            },
        );
        Self { parameters: family.parameters(), curvature, between, total }
    }

    fn inverse(&self) -> Option<DMatrix<f64>> {
        let k = self.parameters;
        DMatrix::from_fn(k, k, |i, j| self.curvature[(i, j)]).try_inverse()
    }

    /// N Cov of theta with `kappa` noised points a datum: parameters by parameters. `None` where
    /// the noise is too small to tell anything.
    #[must_use]
    pub fn covariance(&self, kappa: f64) -> Option<DMatrix<f64>> {
        let k = self.parameters;
        let within = self.total - self.between;
        let spread = DMatrix::from_fn(k, k, |i, j| self.between[(i, j)] + within[(i, j)] / kappa);
        let inverse = self.inverse()?;
        let covariance = &inverse * spread * &inverse;
        covariance.iter().all(|v| v.is_finite()).then_some(covariance)
    }

    /// Where along x (of the data) one parameter is learned: places, and a density that integrates
    /// to 1 over the parameter's entry of A^-1.
    #[must_use]
    pub fn information(
        &self,
        (family, theta): (Family, Features),
        eps: f64,
        parameter: usize,
    ) -> Option<(Vec<f64>, Vec<f64>)> {
        let inverse = self.inverse()?;
        let own = inverse[(parameter, parameter)];
        let direction: Vec<f64> =
            (0..self.parameters).map(|j| inverse[(parameter, j)] / own).collect();
        let inner = std::cell::Cell::new(0.0);
        let (mut places, mut density) = (Vec::with_capacity(PLACES), Vec::with_capacity(PLACES));
        pairs(
            family,
            theta,
            eps,
            |weight, d, wrong| {
                let r: f64 = direction.iter().zip(d.iter()).map(|(a, b)| a * b).sum();
                inner.set(inner.get() + weight * wrong * (1.0 - wrong) * r * r);
            },
            |x, mass| {
                places.push(x);
                density.push(inner.take() * mass);
            },
        );
        let spacing = places[1] - places[0];
        density.iter_mut().for_each(|v| *v /= spacing);
        density.iter().all(|v| v.is_finite()).then_some((places, density))
    }
}

#[cfg(test)]
mod tests {
    use super::Conditional;
    use crate::model::exponential::Family;

    #[test]
    fn n_cov_is_that_of_another_program() {
        // numpy, 2,001 nodes of x by 2,001 of n, the same sandwich.
        for (eps, kappa, expected) in [
            (0.1, 1.0, 405.943_526),
            (0.5, 1.0, 21.348_026),
            (1.0, 1.0, 9.054_546),
            (1.0, 16.0, 2.458_420),
            (2.0, 1.0, 6.576_436),
            (3.0, 4.0, 3.335_888),
        ] {
            let found = Conditional::new(Family::Precision, [1.0, 0.0], eps);
            let found = found.covariance(kappa).expect("a covariance")[(0, 0)];
            assert!((found / expected - 1.0).abs() < 1e-6, "{eps} {kappa}: {found}");
        }
        for (eps, height, tilt) in [(0.5, 31.459_227, 34.721_872), (1.0, 30.900_301, 12.510_323)] {
            let found = Conditional::new(Family::Well, [2.0, 0.5], eps);
            let found = found.covariance(1.0).expect("a covariance");
            assert!((found[(0, 0)] / height - 1.0).abs() < 1e-6, "{eps}: {found}");
            assert!((found[(1, 1)] / tilt - 1.0).abs() < 1e-6, "{eps}: {found}");
        }
    }

    #[test]
    fn small_noise_costs_four_over_its_square_and_many_draws_pay_it_back() {
        // At eps -> 0: 4/eps^2 at kappa = 1; score matching's, here likelihood's 2, at kappa endless.
        let found = Conditional::new(Family::Precision, [1.0, 0.0], 0.05);
        let at = |kappa| found.covariance(kappa).expect("a covariance")[(0, 0)];
        assert!((at(1.0) / (4.0 / 0.05_f64.powi(2)) - 1.0).abs() < 0.01, "{}", at(1.0));
        assert!((at(1e9) - 2.0).abs() < 0.01, "{}", at(1e9));
    }

    #[test]
    fn what_is_learned_along_x_adds_up_to_the_curvature() {
        let (family, theta) = (Family::Precision, [1.0, 0.0]);
        let found = Conditional::new(family, theta, 1.0);
        let (places, density) = found.information((family, theta), 1.0, 0).expect("a density");
        let total: f64 = density.iter().sum::<f64>() * (places[1] - places[0]);
        assert!((total / found.curvature[(0, 0)] - 1.0).abs() < 1e-10);
    }
}
