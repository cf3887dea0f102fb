//! What is estimated: a member of an exponential family on a line, its exact draws, and the most
//! that any estimator can know.

use crate::lab::param::Settings;
use crate::model::exponential::{Draws, Family, Features};
use crate::objective::asymptotic;
use crate::objective::asymptotic::truth::Truth;

/// The tilt of the double well.
const TILT: f64 = 0.5;

/// A truth to be found.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) family: Family,
    pub(super) theta: Features,
    /// Which of theta is watched: lambda of the Gaussian, the tilt of the well.
    pub(super) watched: usize,
    pub(super) log_z: f64,
    pub(super) draws: Draws,
    pub(super) truth: Truth,
    /// N Var of the watched parameter under maximum likelihood: Cramer and Rao's bound.
    pub(super) floor: f64,
    /// What of the line is drawn.
    pub(super) shown: f64,
}

impl Problem {
    pub(super) fn new(family: Family, theta: Features) -> Self {
        let watched = family.parameters() - 1;
        let covariance = asymptotic::likelihood(family, theta);
        Self {
            family,
            theta,
            watched,
            log_z: family.moments(theta).log_z,
            draws: family.draws(theta),
            truth: Truth::new(family, theta),
            floor: covariance.map_or(f64::NAN, |c| c[(watched, watched)]),
            shown: if family == Family::Precision { 6.0 } else { 3.0 },
        }
    }

    /// N(0, 1), of which lambda is to be found.
    pub(super) fn gaussian() -> Self {
        Self::new(Family::Precision, [1.0, 0.0])
    }

    /// `h (x^2 - 1)^2 + x/2`, of which h and the tilt are to be found.
    pub(super) fn well(height: f64) -> Self {
        Self::new(Family::Well, [height, TILT])
    }

    pub(super) fn of(settings: &Settings) -> Self {
        match settings.choice("data") {
            "gaussian" => Self::gaussian(),
            _ => Self::well(settings.real("barrier")),
        }
    }

    /// log p_d(x).
    pub(super) fn log_density(&self, x: f64) -> f64 {
        -self.family.energy(self.theta, x) - self.log_z
    }
}
