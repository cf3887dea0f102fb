//! The last so many of something, and what they say together: means and their errors.

use crate::math::statistics::mean_and_error;

/// With fewer there is no error bar.
const FEWEST: usize = 8;

/// The last `MOST` entries, batches as a rule.
#[derive(Clone, Debug)]
pub(in crate::lesson) struct Recent<T, const MOST: usize = 64> {
    entries: Vec<T>,
    next: usize,
}

impl<T, const MOST: usize> Default for Recent<T, MOST> {
    fn default() -> Self {
        Self { entries: Vec::new(), next: 0 }
    }
}

impl<T, const MOST: usize> Recent<T, MOST> {
    /// Takes one in, and forgets the oldest where it would be one too many.
    pub(in crate::lesson) fn push(&mut self, entry: T) {
        if self.entries.len() < MOST {
            self.entries.push(entry);
        } else {
            self.entries[self.next] = entry;
        }
        self.next = (self.next + 1) % MOST;
    }

    /// The newest.
    pub(in crate::lesson) fn last(&self) -> Option<&T> {
        self.entries.get((self.next + MOST - 1) % MOST)
    }

    /// All of them, in no order.
    pub(in crate::lesson) fn entries(&self) -> &[T] {
        &self.entries
    }

    /// Mean and standard error of a number of theirs, entries being independent: NaN where there is
    /// none, and no error before there are eight.
    pub(in crate::lesson) fn mean(&self, of: impl Fn(&T) -> f64) -> (f64, f64) {
        let values: Vec<f64> = self.entries.iter().map(of).collect();
        if values.is_empty() {
            return (f64::NAN, f64::NAN);
        }
        let (mean, error) = mean_and_error(&values);
        // Entries that all agree differ in rounding.
        let error = if error < 1e-12 * mean.abs() { 0.0 } else { error };
        (mean, if values.len() >= FEWEST { error } else { f64::NAN })
    }
}

#[cfg(test)]
mod tests {
    use super::Recent;

    #[test]
    fn the_oldest_is_forgotten_and_few_have_no_error() {
        let mut recent = Recent::<f64, 10>::default();
        assert!(recent.last().is_none() && recent.mean(|x| *x).0.is_nan());
        for x in 0..7 {
            recent.push(f64::from(x));
        }
        assert!(recent.mean(|x| *x).0 == 3.0 && recent.mean(|x| *x).1.is_nan());
        for x in 7..25 {
            recent.push(f64::from(x));
            assert_eq!(recent.last(), Some(&f64::from(x)));
        }
        // 15 to 24: mean 19.5, variance 110/12, error sqrt(11/12).
        let (mean, error) = recent.mean(|x| *x);
        assert!(mean == 19.5 && (error - (11.0_f64 / 12.0).sqrt()).abs() < 1e-12, "{mean} {error}");
        assert_eq!(recent.entries().len(), 10);
        let mut alike = Recent::<f64>::default();
        (0..20).for_each(|_| alike.push(0.1));
        assert_eq!(alike.mean(|x| *x).1, 0.0);
    }
}
