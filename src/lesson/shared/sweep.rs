//! Short runs over the values of one parameter, with several seeds: all values with one seed, then all
//! with the next, so that a curve stands early and its error bars shrink. What the runs are is the
//! lesson's own.

use crate::math::statistics::mean_and_error;
use std::sync::Arc;

/// The runs as they stand. A copy shares what has come out.
#[derive(Clone, Debug)]
pub(in crate::lesson) struct Sweep<T> {
    values: Arc<[f64]>,
    seeds: usize,
    /// By value, then by seed.
    outcomes: Arc<Vec<Vec<T>>>,
    done: usize,
}

impl<T: Clone> Sweep<T> {
    /// None done yet, of so many seeds at each of the values.
    ///
    /// # Panics
    /// If there is no value.
    pub(in crate::lesson) fn new(values: &[f64], seeds: usize) -> Self {
        assert!(!values.is_empty(), "a sweep goes over values");
        let outcomes = Arc::new(vec![Vec::with_capacity(seeds); values.len()]);
        Self { values: values.into(), seeds, outcomes, done: 0 }
    }

    /// What it goes over.
    pub(in crate::lesson) fn values(&self) -> &[f64] {
        &self.values
    }

    /// How many runs are done.
    pub(in crate::lesson) fn done(&self) -> usize {
        self.done
    }

    /// Whether every run is done.
    pub(in crate::lesson) fn finished(&self) -> bool {
        self.done == self.values.len() * self.seeds
    }

    /// The share that is done, `part` of the run at hand.
    pub(in crate::lesson) fn share(&self, part: f64) -> f64 {
        (self.done as f64 + part) / (self.values.len() * self.seeds) as f64
    }

    /// The place of the run at hand among the values, and among the seeds.
    pub(in crate::lesson) fn at_hand(&self) -> (usize, usize) {
        (self.done % self.values.len(), self.done / self.values.len())
    }

    /// Takes the outcome of the run at hand and goes on to the next.
    pub(in crate::lesson) fn take(&mut self, outcome: T) {
        let (value, _) = self.at_hand();
        Arc::make_mut(&mut self.outcomes)[value].push(outcome);
        self.done += 1;
    }

    /// What came out at a value, seed by seed.
    pub(in crate::lesson) fn outcomes(&self, value: usize) -> &[T] {
        &self.outcomes[value]
    }

    /// At each value that has an outcome: the value, the mean over seeds of a number of theirs and its
    /// standard error, 0 while there is but one. A number that is not finite is that of a run that was
    /// lost, and does not count.
    pub(in crate::lesson) fn means(&self, of: impl Fn(&T) -> f64) -> Vec<(f64, f64, f64)> {
        let point = |(value, outcomes): (&f64, &Vec<T>)| {
            let numbers: Vec<f64> = outcomes.iter().map(&of).filter(|x| x.is_finite()).collect();
            let (mean, error) = mean_and_error(&numbers);
            let error = if numbers.len() < 2 { 0.0 } else { error };
            (!numbers.is_empty()).then_some((*value, mean, error))
        };
        self.values.iter().zip(&*self.outcomes).filter_map(point).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Sweep;

    #[test]
    fn every_value_is_run_with_one_seed_before_the_next() {
        let mut sweep = Sweep::new(&[2.0, 8.0], 3);
        let mut order = Vec::new();
        while !sweep.finished() {
            order.push(sweep.at_hand());
            let (value, seed) = sweep.at_hand();
            // The second run of the second value is lost.
            let lost = (value, seed) == (1, 1);
            sweep.take(if lost { f64::NAN } else { (10 * value + seed) as f64 });
            assert_eq!(sweep.done(), order.len());
            if sweep.done() == 1 {
                assert_eq!(sweep.means(|x| *x), [(2.0, 0.0, 0.0)]);
                assert_eq!(sweep.share(0.5), 0.25);
            }
        }
        assert_eq!(order, [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (1, 2)]);
        assert_eq!(sweep.outcomes(0), [0.0, 1.0, 2.0]);
        // 0, 1, 2: mean 1, error 1/sqrt(3); 10, 12: mean 11, error sqrt(2)/sqrt(2).
        let means = sweep.means(|x| *x);
        assert_eq!((means[0].0, means[0].1, means[1].1), (2.0, 1.0, 11.0));
        assert!((means[0].2 - 1.0 / 3f64.sqrt()).abs() < 1e-12 && (means[1].2 - 1.0).abs() < 1e-12);
    }
}
