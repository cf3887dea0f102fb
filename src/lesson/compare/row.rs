//! The rows of the table: what is asked of both methods.

use crate::lab::Label;

/// A question that both methods are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    Noise,
    Estimated,
    Parameters,
    Cost,
    Batch,
    Accuracy,
    Memory,
}

impl Row {
    /// In the order of the table.
    pub(super) const ALL: [Self; 7] = [
        Self::Noise,
        Self::Estimated,
        Self::Parameters,
        Self::Cost,
        Self::Batch,
        Self::Accuracy,
        Self::Memory,
    ];

    /// Its option of the parameter `row`.
    pub(super) fn id(self) -> Label {
        match self {
            Self::Noise => "noise",
            Self::Estimated => "estimated",
            Self::Parameters => "parameters",
            Self::Cost => "cost",
            Self::Batch => "dependence",
            Self::Accuracy => "accuracy",
            Self::Memory => "memory",
        }
    }

    /// Its name in the table.
    pub(super) fn name(self) -> Label {
        match self {
            Self::Noise => "row-noise",
            Self::Estimated => "row-estimated",
            Self::Parameters => "row-parameters",
            Self::Cost => "row-cost",
            Self::Batch => "row-batch",
            Self::Accuracy => "row-accuracy",
            Self::Memory => "row-memory",
        }
    }

    /// The readouts of NCE and of InfoNCE.
    pub(super) fn readouts(self) -> [Label; 2] {
        match self {
            Self::Noise => ["noise_nce", "noise_infonce"],
            Self::Estimated => ["estimated_nce", "estimated_infonce"],
            Self::Parameters => ["parameters_nce", "parameters_infonce"],
            Self::Cost => ["cost_nce", "cost_infonce"],
            Self::Batch => ["batch_nce", "batch_infonce"],
            Self::Accuracy => ["accuracy_nce", "accuracy_infonce"],
            Self::Memory => ["memory_nce", "memory_infonce"],
        }
    }

    /// The lesson in which the question is looked at closely.
    pub(super) fn lesson(self) -> Label {
        match self {
            Self::Noise => "noise",
            Self::Estimated => "nce",
            Self::Parameters => "classifier-head",
            Self::Cost => "word-noise",
            Self::Batch => "mutual-information",
            Self::Accuracy => "simclr",
            Self::Memory => "cost",
        }
    }

    pub(super) fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|row| row.id() == id)
    }

    pub(super) fn place(self) -> usize {
        self as usize
    }
}
