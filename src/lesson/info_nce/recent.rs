//! What the last batches said: means and their errors.

use super::training::Batch;
use crate::math::statistics::mean_and_variance;

/// How many batches count.
const MOST: usize = 64;
/// With fewer there is no error bar.
const FEWEST: usize = 8;

/// The last batches.
#[derive(Clone, Debug, Default)]
pub(super) struct Recent {
    batches: Vec<Batch>,
    next: usize,
}

impl Recent {
    pub(super) fn push(&mut self, batch: &Batch) {
        if self.batches.len() < MOST {
            self.batches.push(*batch);
        } else {
            self.batches[self.next] = *batch;
        }
        self.next = (self.next + 1) % MOST;
    }

    /// The newest.
    pub(super) fn last(&self) -> Option<&Batch> {
        self.batches.get((self.next + MOST - 1) % MOST)
    }

    /// Mean and standard error of a number, batches being independent.
    pub(super) fn mean(&self, of: impl Fn(&Batch) -> f64) -> (f64, f64) {
        let values: Vec<f64> = self.batches.iter().map(of).collect();
        let (mean, variance) = mean_and_variance(&values);
        let error = (variance / values.len() as f64).sqrt();
        (mean, if values.len() >= FEWEST { error } else { f64::NAN })
    }
}
