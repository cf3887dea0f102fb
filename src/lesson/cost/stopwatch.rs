//! Repetitions of a time and their median. A median, because an interruption makes a time longer and
//! nothing makes it shorter; its error bar is half the distance between the quartiles, which says how
//! much one repetition differs from the next.

use crate::lesson::shared::recent::Recent;
use crate::math::statistics::quantile;
use std::time::Instant;

/// The last so many are kept.
const KEPT: usize = 48;

/// Times of one piece of work, in milliseconds.
#[derive(Clone, Debug, Default)]
pub(super) struct Times {
    recent: Recent<f64, KEPT>,
}

impl Times {
    /// Works, and keeps the time it took.
    pub(super) fn take<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.recent.push(1e3 * start.elapsed().as_secs_f64());
        result
    }

    /// The median and half the distance of the quartiles; NaN where there are too few.
    pub(super) fn median(&self) -> (f64, f64) {
        let mut sorted = self.recent.entries().to_vec();
        if sorted.len() < 3 {
            return (f64::NAN, f64::NAN);
        }
        sorted.sort_by(f64::total_cmp);
        let [low, middle, high] = [0.25, 0.5, 0.75].map(|p| quantile(&sorted, p));
        (middle, 0.5 * (high - low))
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, Times};
    use std::thread::sleep;
    use std::time::Duration;

    #[test]
    fn a_pause_is_measured_and_old_times_are_forgotten() {
        let mut times = Times::default();
        assert!(times.median().0.is_nan());
        (0..3).for_each(|_| times.take(|| sleep(Duration::from_millis(4))));
        assert!((3.9..40.0).contains(&times.median().0), "{times:?}");
        (0..KEPT + 3).for_each(|_| times.take(|| ()));
        assert!(times.median().0 < 1.0 && times.recent.entries().len() == KEPT);
    }
}
