//! What the last batches said: mean and error of the loss and of the share told right.

use crate::math::statistics::mean_and_variance;

/// How many batches count.
const MOST: usize = 64;
/// With fewer there is no error bar.
const FEWEST: usize = 8;

/// Losses and accuracies of the last batches.
#[derive(Clone, Debug, Default)]
pub(super) struct Recent {
    batches: Vec<[f64; 2]>,
    next: usize,
}

impl Recent {
    pub(super) fn push(&mut self, loss: f64, accuracy: f64) {
        let entry = [loss, accuracy];
        if self.batches.len() < MOST {
            self.batches.push(entry);
        } else {
            self.batches[self.next] = entry;
        }
        self.next = (self.next + 1) % MOST;
    }

    /// Mean and standard error of the loss.
    pub(super) fn loss(&self) -> (f64, f64) {
        self.column(0)
    }

    /// Mean and standard error of the accuracy.
    pub(super) fn accuracy(&self) -> (f64, f64) {
        self.column(1)
    }

    /// Batches are independent of each other, so their spread is the error of their mean.
    fn column(&self, index: usize) -> (f64, f64) {
        let values: Vec<f64> = self.batches.iter().map(|b| b[index]).collect();
        if values.is_empty() {
            return (f64::NAN, f64::NAN);
        }
        let (mean, variance) = mean_and_variance(&values);
        let error = (variance / values.len() as f64).sqrt();
        // Batches that all agree differ in rounding.
        let error = if error < 1e-12 * mean.abs() { 0.0 } else { error };
        (mean, if values.len() >= FEWEST { error } else { f64::NAN })
    }
}
