//! The five samplers of the lesson.

use super::target::Target;
use crate::lab::Label;
use crate::lab::view::Role;
use crate::model::conditional::Conditionals as _;
use crate::model::energy::Energy as _;
use crate::sampler::gibbs;

/// A sampler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Metropolis,
    Ula,
    Mala,
    Hmc,
    Gibbs,
}

impl Method {
    /// All of them, in the order of the table.
    pub(super) const ALL: [Self; 5] =
        [Self::Metropolis, Self::Ula, Self::Mala, Self::Hmc, Self::Gibbs];

    /// Its id as an option of the parameter `sampler`, and the label of its name.
    pub(super) fn id(self) -> Label {
        match self {
            Self::Metropolis => "metropolis",
            Self::Ula => "ula",
            Self::Mala => "mala",
            Self::Hmc => "hmc",
            Self::Gibbs => "gibbs",
        }
    }

    /// Its place among them; the first for what is none of them.
    pub(super) fn index(id: Label) -> usize {
        Self::ALL.iter().position(|m| m.id() == id).unwrap_or(0)
    }

    /// One look for each, the same in every figure.
    pub(super) fn role(self) -> Role {
        match self {
            Self::Metropolis => Role::Noise,
            Self::Ula => Role::Negative,
            Self::Mala => Role::Estimate,
            Self::Hmc => Role::Positive,
            Self::Gibbs => Role::Data,
        }
    }

    /// Evaluations of the density a step and walker. An energy, a gradient or both at one point
    /// count as one.
    pub(super) fn cost(self, target: &Target, leapfrog_steps: usize) -> f64 {
        let evaluations = match self {
            Self::Metropolis | Self::Ula | Self::Mala => 1,
            Self::Hmc => leapfrog_steps,
            Self::Gibbs => {
                let point = &target.starts()[0][..target.dimension()];
                (0..point.len()).map(|a| gibbs::evaluations(&target.conditional(a, point))).sum()
            }
        };
        evaluations as f64
    }

    /// The acceptance that adaptation aims for; `None` where there is no step to adapt.
    ///
    /// Metropolis .44 on a line and .35 in the plane (Gelman, Roberts and Gilks 1996), MALA .574
    /// (Roberts and Rosenthal 1998), HMC .651 (Beskos et al. 2013): each the best of its kind where
    /// theory can tell.
    pub(super) fn wanted(self, dimension: usize) -> Option<f64> {
        match self {
            Self::Metropolis => Some(if dimension == 1 { 0.44 } else { 0.35 }),
            Self::Mala => Some(0.574),
            Self::Hmc => Some(0.651),
            Self::Ula | Self::Gibbs => None,
        }
    }
}
