//! Data on a line whose density has a closed form up to quadrature, and a model of one unknown that
//! contains it: N(0, 1) with an unknown precision, and a tilted double well with an unknown tilt.

use crate::math::rng::Rng;
use crate::model::exponential::{Draws, Family, Features};

/// The truth and what is known of it.
#[derive(Clone, Debug)]
pub(super) struct ClosedForm {
    pub(super) family: Family,
    /// The true parameter.
    pub(super) theta: Features,
    /// Where a training starts.
    pub(super) start: f64,
    pub(super) log_z: f64,
    pub(super) mean: f64,
    pub(super) deviation: f64,
    draws: Draws,
}

impl ClosedForm {
    /// Of a choice of the parameter `data`.
    pub(super) fn from_id(id: &str) -> Option<Self> {
        match id {
            "gaussian" => Some(Self::new(Family::Precision, 1.0, 0.25, Some((0.0, 1.0)))),
            "tilted-well" => Some(Self::new(Family::Tilt { height: 2.0 }, 0.5, -0.5, None)),
            _ => None,
        }
    }

    /// Without a mean and a deviation given, t(x) = x and they are its own.
    fn new(family: Family, theta: f64, start: f64, spread: Option<(f64, f64)>) -> Self {
        let theta = [theta, 0.0];
        let moments = family.moments(theta);
        let (mean, deviation) =
            spread.unwrap_or((moments.mean[0], moments.covariance[0][0].sqrt()));
        let draws = family.draws(theta);
        Self { family, theta, start, log_z: moments.log_z, mean, deviation, draws }
    }

    /// log p_d(x).
    pub(super) fn log_density(&self, x: f64) -> f64 {
        -self.family.energy(self.theta, x) - self.log_z
    }

    /// Fills `points` with fresh draws.
    pub(super) fn fill(&self, points: &mut [f64], rng: &mut Rng) {
        points.iter_mut().for_each(|x| *x = self.draws.draw(rng));
    }

    /// log Z of a member; NaN where exp(-E) has no integral.
    pub(super) fn log_z_at(&self, theta: f64) -> f64 {
        let theta = [theta, 0.0];
        if self.family.is_normalisable(theta) && theta[0].abs() < 1e6 {
            self.family.moments(theta).log_z
        } else {
            f64::NAN
        }
    }
}
