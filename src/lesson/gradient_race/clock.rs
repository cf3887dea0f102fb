//! What the methods take in time: measured around each gradient of the race, and so different from
//! run to run. Evaluations are counted for a price that no machine changes; this is what they cost
//! here.

use super::method::{METHODS, Method};
use crate::lesson::shared::alignment::Estimate;
use crate::math::statistics::{BatchMeans, quantile};
use std::f64::consts::PI;
use std::time::Duration;

/// The distance of a normal law's quartiles, in deviations.
const QUARTILES: f64 = 1.349;
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

    /// Nanoseconds an evaluation: the median of blocks of the later half of the rounds, when caches
    /// and branch predictors have settled; what the machine did in between moves a mean and not a
    /// median. Its standard error is that of a normal scatter as wide as the blocks' quartiles.
    pub(super) fn each(&self, method: Method) -> Estimate {
        let settled = self.each[method.index()].settled();
        let mut blocks: Vec<f64> = settled.iter().map(|b| b[0]).collect();
        if blocks.len() < FEWEST {
            return Estimate { value: f64::NAN, error: f64::NAN };
        }
        blocks.sort_by(f64::total_cmp);
        let deviation = (quantile(&blocks, 0.75) - quantile(&blocks, 0.25)) / QUARTILES;
        let error = (0.5 * PI / blocks.len() as f64).sqrt() * deviation;
        Estimate { value: quantile(&blocks, 0.5), error }
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, Round};
    use crate::lesson::gradient_race::method::Method;
    use std::time::Duration;

    #[test]
    fn a_median_has_the_error_of_its_rounds_and_one_long_pause_does_not_move_it() {
        let mut clock = Clock::new();
        for round in 0..40 {
            let mut made = Round::default();
            // 100 evaluations in two gradients, 8 or 12 ns each in turn.
            let pause = if round == 33 { 1_000_000 } else { 0 };
            for _ in 0..2 {
                let took = Duration::from_nanos(400 + 200 * (round % 2) + pause);
                made.add(Method::Nce, took, 50);
            }
            clock.push(&made);
        }
        let found = clock.each(Method::Nce);
        assert!((found.value - 10.0).abs() < 1e-9, "{found:?}");
        // Of 20 values of 8 and 12 the quartiles lie 4 apart.
        let exact = 4.0 / 1.349 * (0.5 * std::f64::consts::PI / 20.0).sqrt();
        assert!((found.error - exact).abs() < 1e-9, "{found:?}");
        // All the time counts in the sum.
        assert!((clock.total()[Method::Nce.index()] - 2.04e-3).abs() < 1e-12);
        assert!(clock.each(Method::Exact).value.is_nan());
        assert_eq!(clock.total()[Method::Exact.index()], 0.0);
    }
}
