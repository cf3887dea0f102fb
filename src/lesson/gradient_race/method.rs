//! Who takes part, and what a point costs each of them.
//!
//! The price is counted in evaluations of the model: one for E (its derivative by theta comes with
//! it), one for a slope, one for a curvature, each at one point. The noise's own density is not
//! the model's and is not counted, nor are random numbers.

use super::setup::Setup;
use crate::lab::Label;
use crate::lab::view::Role;
use crate::model::exponential::NODES;

/// A way to get at a gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// All data, and the model's mean by quadrature.
    Exact,
    /// Contrastive divergence with unadjusted Langevin steps.
    CdUla,
    /// Contrastive divergence with Metropolis-adjusted Langevin steps.
    CdMala,
    /// Persistent chains with adjusted steps.
    Pcd,
    /// Noise-contrastive estimation.
    Nce,
    /// Conditional noise-contrastive estimation: noise around each datum.
    Cnce,
    /// Implicit score matching.
    Implicit,
    /// Denoising score matching.
    Denoising,
    /// Sliced score matching.
    Sliced,
}

/// How many there are.
pub(super) const METHODS: usize = 9;

/// All of them.
pub(super) const ALL: [Method; METHODS] = [
    Method::Exact,
    Method::CdUla,
    Method::CdMala,
    Method::Pcd,
    Method::Nce,
    Method::Cnce,
    Method::Implicit,
    Method::Denoising,
    Method::Sliced,
];

/// The same in the order of the table, which may have room for the first few only: one of each
/// road, then the others.
pub(super) const LISTED: [Method; METHODS] = [
    Method::Exact,
    Method::CdUla,
    Method::Nce,
    Method::Implicit,
    Method::CdMala,
    Method::Pcd,
    Method::Cnce,
    Method::Denoising,
    Method::Sliced,
];

/// What the gradient is the gradient of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Road {
    /// The likelihood, by quadrature.
    Exact,
    /// The likelihood, by samples of the model.
    Chains,
    /// A classification.
    Contrast,
    /// A distance of slopes.
    Scores,
}

impl Method {
    /// Its place in [`ALL`].
    pub(super) fn index(self) -> usize {
        self as usize
    }

    /// Its id: a label, and the option of a choice.
    pub(super) fn id(self) -> Label {
        match self {
            Self::Exact => "exact",
            Self::CdUla => "cd-ula",
            Self::CdMala => "cd-mala",
            Self::Pcd => "pcd",
            Self::Nce => "nce",
            Self::Cnce => "cnce",
            Self::Implicit => "implicit",
            Self::Denoising => "denoising",
            Self::Sliced => "sliced",
        }
    }

    /// Its name in a crowded legend.
    pub(super) fn short(self) -> Label {
        match self {
            Self::CdUla | Self::CdMala => "cd",
            other => other.id(),
        }
    }

    /// The method of an id; the exact gradient for what is none.
    pub(super) fn from_id(id: &str) -> Self {
        ALL.into_iter().find(|m| m.id() == id).unwrap_or(Self::Exact)
    }

    /// What it does.
    pub(super) fn road(self) -> Road {
        match self {
            Self::Exact => Road::Exact,
            Self::CdUla | Self::CdMala | Self::Pcd => Road::Chains,
            Self::Nce | Self::Cnce => Road::Contrast,
            Self::Implicit | Self::Denoising | Self::Sliced => Road::Scores,
        }
    }

    /// Evaluations a datum; of the exact gradient, evaluations a gradient.
    pub(super) fn price(self, setup: &Setup) -> usize {
        match self {
            Self::Exact => setup.points + NODES,
            // E at both ends and a slope a step.
            Self::CdUla => setup.steps + 2,
            // E and its slope at the start and at every proposal.
            Self::CdMala => 2 * setup.steps + 2,
            // The same, and E at a datum that is not the start.
            Self::Pcd => 2 * setup.steps + 3,
            Self::Nce | Self::Cnce => 1 + setup.ratio,
            Self::Implicit | Self::Sliced => 2,
            Self::Denoising => 1,
        }
    }
}

impl Road {
    /// How it is drawn.
    pub(super) fn role(self) -> Role {
        match self {
            Self::Exact => Role::Exact,
            Self::Chains => Role::Model,
            Self::Contrast => Role::Positive,
            Self::Scores => Role::Estimate,
        }
    }
}
