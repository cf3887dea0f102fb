//! Energies on a line that are linear in their parameters, `E(x) = E_0(x) + sum_k theta_k t_k(x)`:
//! exponential families, `p(x) = exp(-E(x)) / Z(theta)`, with Z and its derivatives by quadrature.
//!
//! All estimators of a density can be compared on them: `d log p / d theta = -(t - E[t])`, the
//! Fisher information is `Cov[t]`, and likelihood, noise-contrastive estimation and score matching
//! are convex problems (Barndorff-Nielsen, Information and Exponential Families, 1978).

use crate::math::quadrature::Grid;
use crate::math::rng::Rng;
use rand::RngExt as _;

/// Which energy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Family {
    /// `theta x^2 / 2`: N(0, 1/theta), theta > 0.
    Precision,
    /// `height (x^2 - 1)^2 + theta x`: a double well that theta tilts; height > 0.
    Tilt {
        /// The barrier between the wells, without the tilt.
        height: f64,
    },
    /// `theta_0 (x^2 - 1)^2 + theta_1 x`: height and tilt both unknown.
    Well,
}

/// The most parameters a family has.
pub const MOST: usize = 2;

/// Values of `t_k` or a derivative of it, and of theta; what lies beyond the family's number of
/// parameters is zero.
pub type Features = [f64; MOST];

/// What quadrature says of a member of a family.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    /// log Z.
    pub log_z: f64,
    /// The mean of t.
    pub mean: Features,
    /// The covariance of t, the Fisher information of theta.
    pub covariance: [Features; MOST],
}

/// Nodes of the quadrature: what an exact expectation costs in evaluations.
pub const NODES: usize = 2_049;
/// Beyond where the energy has risen by this much, a density is left out: e^-60 is 1e-26.
const DEEP: f64 = 60.0;

impl Family {
    /// How many parameters it has.
    #[must_use]
    pub fn parameters(self) -> usize {
        match self {
            Self::Precision | Self::Tilt { .. } => 1,
            Self::Well => 2,
        }
    }

    /// The part of the energy that has no parameter: value, first and second derivative at x.
    #[must_use]
    pub fn base(self, x: f64) -> [f64; 3] {
        match self {
            Self::Precision | Self::Well => [0.0; 3],
            Self::Tilt { height } => well(x).map(|w| height * w),
        }
    }

    /// `t_k(x)`.
    #[must_use]
    pub fn features(self, x: f64) -> Features {
        match self {
            Self::Precision => [0.5 * x * x, 0.0],
            Self::Tilt { .. } => [x, 0.0],
            Self::Well => [well(x)[0], x],
        }
    }

    /// `d t_k / dx`.
    #[must_use]
    pub fn feature_slopes(self, x: f64) -> Features {
        match self {
            Self::Precision => [x, 0.0],
            Self::Tilt { .. } => [1.0, 0.0],
            Self::Well => [well(x)[1], 1.0],
        }
    }

    /// `d^2 t_k / dx^2`.
    #[must_use]
    pub fn feature_curvatures(self, x: f64) -> Features {
        match self {
            Self::Precision => [1.0, 0.0],
            Self::Tilt { .. } => [0.0; MOST],
            Self::Well => [well(x)[2], 0.0],
        }
    }

    /// E(x).
    #[must_use]
    pub fn energy(self, theta: Features, x: f64) -> f64 {
        self.base(x)[0] + dot(theta, self.features(x))
    }

    /// dE/dx.
    #[must_use]
    pub fn slope(self, theta: Features, x: f64) -> f64 {
        self.base(x)[1] + dot(theta, self.feature_slopes(x))
    }

    /// d^2E/dx^2.
    #[must_use]
    pub fn curvature(self, theta: Features, x: f64) -> f64 {
        self.base(x)[2] + dot(theta, self.feature_curvatures(x))
    }

    /// Whether exp(-E) has an integral.
    #[must_use]
    pub fn is_normalisable(self, theta: Features) -> bool {
        theta.iter().all(|t| t.is_finite())
            && match self {
                Self::Precision | Self::Well => theta[0] > 0.0,
                Self::Tilt { height } => height > 0.0,
            }
    }

    /// An even grid over all that a member's density is made of.
    ///
    /// # Panics
    /// If it is not normalisable.
    #[must_use]
    pub fn grid(self, theta: Features) -> Grid {
        assert!(self.is_normalisable(theta), "no density without an integral");
        // The lowest point on a coarse scan whose width doubles until both ends are high enough.
        let mut reach = 0.125;
        loop {
            let nodes = Grid::new(-reach, reach, 401).nodes();
            let energies: Vec<f64> = nodes.iter().map(|x| self.energy(theta, *x)).collect();
            let lowest = energies.iter().copied().fold(f64::INFINITY, f64::min);
            let deep = |e: &f64| e - lowest < DEEP;
            let first = energies.iter().position(deep).unwrap_or(0);
            let last = energies.iter().rposition(deep).unwrap_or(400);
            if first > 0 && last < 400 {
                return Grid::new(nodes[first - 1], nodes[last + 1], NODES);
            }
            reach *= 2.0;
        }
    }

    /// log Z, mean and covariance of t by quadrature.
    ///
    /// # Panics
    /// If it is not normalisable.
    #[must_use]
    pub fn moments(self, theta: Features) -> Moments {
        let grid = self.grid(theta);
        let nodes = grid.nodes();
        let energies: Vec<f64> = nodes.iter().map(|x| self.energy(theta, *x)).collect();
        let lowest = energies.iter().copied().fold(f64::INFINITY, f64::min);
        let weights: Vec<f64> = energies.iter().map(|e| (lowest - e).exp()).collect();
        let mass: f64 = weights.iter().sum();
        let mut mean = [0.0; MOST];
        for (x, w) in nodes.iter().zip(&weights) {
            let t = self.features(*x);
            mean.iter_mut().zip(t).for_each(|(m, t)| *m += w * t / mass);
        }
        let mut covariance = [[0.0; MOST]; MOST];
        for (x, w) in nodes.iter().zip(&weights) {
            let t = self.features(*x);
            for (j, row) in covariance.iter_mut().enumerate() {
                for (k, c) in row.iter_mut().enumerate() {
                    *c += w * (t[j] - mean[j]) * (t[k] - mean[k]) / mass;
                }
            }
        }
        Moments { log_z: (mass * grid.spacing()).ln() - lowest, mean, covariance }
    }

    /// Independent exact draws of a member.
    ///
    /// # Panics
    /// If it is not normalisable.
    #[must_use]
    pub fn draws(self, theta: Features) -> Draws {
        let grid = self.grid(theta);
        let nodes = grid.nodes();
        let energies: Vec<f64> = nodes.iter().map(|x| self.energy(theta, *x)).collect();
        let lowest = energies.iter().copied().fold(f64::INFINITY, f64::min);
        let mut reached = vec![0.0; nodes.len()];
        for i in 1..nodes.len() {
            let mass = (lowest - energies[i - 1]).exp() + (lowest - energies[i]).exp();
            reached[i] = reached[i - 1] + mass;
        }
        Draws { grid, reached }
    }
}

/// Draws from a density on a line by inverting its distribution function, which is taken to be
/// linear between two of 2,049 nodes.
#[derive(Clone, Debug)]
pub struct Draws {
    grid: Grid,
    reached: Vec<f64>,
}

impl Draws {
    /// One draw.
    pub fn draw(&self, rng: &mut Rng) -> f64 {
        let at = rng.random::<f64>() * self.reached[self.reached.len() - 1];
        let right = self.reached.partition_point(|r| *r <= at).clamp(1, self.reached.len() - 1);
        let (low, high) = (self.reached[right - 1], self.reached[right]);
        let share = if high > low { (at - low) / (high - low) } else { 0.5 };
        self.grid.node(right - 1) + share * self.grid.spacing()
    }

    /// So many draws.
    #[must_use]
    pub fn sample(&self, count: usize, rng: &mut Rng) -> Vec<f64> {
        (0..count).map(|_| self.draw(rng)).collect()
    }
}

/// `(x^2 - 1)^2` and its two derivatives.
fn well(x: f64) -> [f64; 3] {
    let inner = x * x - 1.0;
    [inner * inner, 4.0 * x * inner, 12.0 * x * x - 4.0]
}

/// The inner product of features, or of theta with them.
#[must_use]
pub fn dot(a: Features, b: Features) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

#[cfg(test)]
mod tests {
    use super::Family;
    use crate::math::rng::stream;

    #[test]
    fn partition_functions_are_those_of_the_closed_forms() {
        // Double well h = 2: its Bessel form by mpmath; tilted by 1/2: scipy.integrate.quad.
        for (family, theta, z, mean) in [
            (Family::Tilt { height: 2.0 }, [0.0, 0.0], 1.410_914_703_20, 0.0),
            (Family::Tilt { height: 2.0 }, [0.5, 0.0], 1.564_831_345_76, -0.402_821_902_1),
            (Family::Precision, [4.0, 0.0], (std::f64::consts::TAU / 4.0).sqrt(), 0.125),
        ] {
            let moments = family.moments(theta);
            assert!((moments.log_z.exp() - z).abs() < 1e-10, "{family:?}: {moments:?}");
            assert!((moments.mean[0] - mean).abs() < 1e-9, "{family:?}: {moments:?}");
        }
        let both = Family::Well.moments([2.0, 0.5]);
        assert!((both.log_z.exp() - 1.564_831_345_76).abs() < 1e-10);
        // N(0, 1/lambda): the variance of x^2/2 is 1/(2 lambda^2).
        let gaussian = Family::Precision.moments([4.0, 0.0]);
        assert!((gaussian.covariance[0][0] - 1.0 / 32.0).abs() < 1e-12);
    }

    #[test]
    fn derivatives_agree_with_finite_differences() {
        let h = 1e-5;
        for (family, theta) in [
            (Family::Precision, [1.7, 0.0]),
            (Family::Tilt { height: 2.0 }, [0.5, 0.0]),
            (Family::Well, [1.3, -0.4]),
        ] {
            for x in [-1.6, -0.3, 0.0, 0.9, 2.2] {
                let e = |x| family.energy(theta, x);
                let s = |x| family.slope(theta, x);
                let slope = (e(x + h) - e(x - h)) / (2.0 * h);
                let curvature = (s(x + h) - s(x - h)) / (2.0 * h);
                assert!((family.slope(theta, x) - slope).abs() < 1e-7 * (1.0 + slope.abs()));
                assert!((family.curvature(theta, x) - curvature).abs() < 1e-6);
            }
            let moments = family.moments(theta);
            for k in 0..family.parameters() {
                let log_z = |by: f64| {
                    let mut moved = theta;
                    moved[k] += by;
                    family.moments(moved).log_z
                };
                let slope = (log_z(h) - log_z(-h)) / (2.0 * h);
                assert!((slope + moments.mean[k]).abs() < 1e-7, "{family:?} {k}");
            }
        }
    }

    #[test]
    fn draws_have_the_moments_of_the_density() {
        let family = Family::Tilt { height: 2.0 };
        let draws = family.draws([0.5, 0.0]).sample(100_000, &mut stream(7, 3));
        let left = draws.iter().filter(|x| **x < 0.0).count() as f64 / 1e5;
        // P(x < 0) by quadrature with scipy: .7041859106; four standard errors of a share.
        assert!((left - 0.704_185_910_6).abs() < 4.0 * (0.704 * 0.296 / 1e5_f64).sqrt());
    }

    #[test]
    fn extreme_members_have_finite_moments() {
        for (family, theta) in [
            (Family::Precision, [1e-6, 0.0]),
            (Family::Precision, [1e9, 0.0]),
            (Family::Tilt { height: 1e-3 }, [-50.0, 0.0]),
            (Family::Tilt { height: 1e3 }, [100.0, 0.0]),
        ] {
            let m = family.moments(theta);
            assert!(m.log_z.is_finite() && m.covariance[0][0] > 0.0, "{family:?} {m:?}");
        }
    }
}
