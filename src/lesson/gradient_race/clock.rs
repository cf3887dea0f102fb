//! What the methods take in time: measured around each gradient of the race, and so different from
//! run to run. Evaluations are counted for a price that no machine changes; this is what they cost
//! here.

use super::method::{METHODS, Method};
use crate::lesson::shared::alignment::Estimate;
use crate::math::statistics::{BatchMeans, mean_and_variance};
use std::time::Duration;

/// Blocks of rounds below which a spread says nothing.
const FEWEST: usize = 8;

/// Time and evaluations of one round, by method.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Round([(Duration, u64); METHODS]);

impl Round {
    /// A gradient was made.
    pub(super) fn add(&mut self, method: Method, took: Duration, evaluations: usize) {
        let (time, count) = &mut self.0[method.index()];
        *time += took;
        *count += evaluations as u64;
    }
}

/// Times so far.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    /// Seconds in all.
    total: [f64; METHODS],
    /// Nanoseconds an evaluation, round by round.
    each: Vec<BatchMeans<1>>,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self { total: [0.0; METHODS], each: vec![BatchMeans::default(); METHODS] }
    }

    /// A round is over.
    pub(super) fn push(&mut self, round: &Round) {
        let methods = self.total.iter_mut().zip(&mut self.each).zip(round.0);
        for ((total, each), (time, evaluations)) in methods.filter(|(_, (_, n))| *n > 0) {
            *total += time.as_secs_f64();
            each.push([1e9 * time.as_secs_f64() / evaluations as f64]);
        }
    }

    /// Seconds of every method so far.
    pub(super) fn total(&self) -> [f64; METHODS] {
        self.total
    }

    /// Nanoseconds an evaluation: the mean over the later half of the rounds, when caches and
    /// branch predictors have settled, and its standard error from block to block.
    pub(super) fn each(&self, method: Method) -> Estimate {
        let blocks: Vec<f64> = self.each[method.index()].settled().iter().map(|b| b[0]).collect();
        if blocks.len() < FEWEST {
            return Estimate { value: f64::NAN, error: f64::NAN };
        }
        let (value, variance) = mean_and_variance(&blocks);
        Estimate { value, error: (variance / blocks.len() as f64).sqrt() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, Round};
    use crate::lesson::gradient_race::method::Method;
    use std::time::Duration;

    #[test]
    fn a_mean_has_the_error_of_its_rounds_and_waiting_is_no_time() {
        let mut clock = Clock::new();
        for round in 0..40 {
            let mut made = Round::default();
            // 100 evaluations in two gradients, 8 or 12 ns each in turn.
            for _ in 0..2 {
                made.add(Method::Nce, Duration::from_nanos(400 + 200 * (round % 2)), 50);
            }
            clock.push(&made);
        }
        let found = clock.each(Method::Nce);
        assert!((found.value - 10.0).abs() < 1e-9, "{found:?}");
        // The deviation of 20 values of 8 and 12, over the root of 20.
        assert!((found.error - (80.0_f64 / 19.0 / 20.0).sqrt()).abs() < 1e-9, "{found:?}");
        assert!((clock.total()[Method::Nce.index()] - 40.0 * 1e-6).abs() < 1e-12);
        assert!(clock.each(Method::Exact).value.is_nan());
        assert_eq!(clock.total()[Method::Exact.index()], 0.0);
    }
}
