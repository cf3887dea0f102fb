//! The course of measurements that are made again and again on fresh draws: mean and deviation of
//! each quantity, with their errors. Of a critic that stays, all of them count; of one that learns,
//! the latest.

use crate::lesson::shared::powers::Powers;
use std::collections::VecDeque;

/// Measurements of `N` quantities at a time.
#[derive(Clone, Debug)]
pub(super) struct Track<const N: usize> {
    /// Where the first measurement lay: powers are taken from there.
    origin: [f64; N],
    powers: [Powers; N],
    count: u64,
    /// The latest, where only those count.
    recent: VecDeque<[f64; N]>,
    window: Option<usize>,
}

/// Value and standard error; NaN where there is none.
pub(super) type Known = (f64, f64);

impl<const N: usize> Track<N> {
    /// Nothing yet. With a window only so many of the latest measurements count.
    pub(super) fn new(window: Option<usize>) -> Self {
        let recent = VecDeque::with_capacity(window.unwrap_or(0));
        Self { origin: [0.0; N], powers: [Powers::default(); N], count: 0, recent, window }
    }

    pub(super) fn push(&mut self, values: [f64; N]) {
        if let Some(window) = self.window {
            if self.recent.len() == window {
                self.recent.pop_front();
            }
            self.recent.push_back(values);
            return;
        }
        if self.count == 0 {
            self.origin = values;
        }
        self.count += 1;
        for ((powers, v), origin) in self.powers.iter_mut().zip(values).zip(self.origin) {
            powers.push(v - origin);
        }
    }

    /// How many measurements count.
    pub(super) fn count(&self) -> u64 {
        self.count + self.recent.len() as u64
    }

    fn of(&self, k: usize) -> (f64, Powers, f64) {
        let Some(first) = self.recent.front() else {
            return (self.origin[k], self.powers[k], self.count as f64);
        };
        let mut powers = Powers::default();
        self.recent.iter().for_each(|v| powers.push(v[k] - first[k]));
        (first[k], powers, self.recent.len() as f64)
    }

    /// The mean of quantity k.
    pub(super) fn mean(&self, k: usize) -> Known {
        let (origin, powers, n) = self.of(k);
        let (mean, error) = powers.mean(n);
        (finite(origin + mean), finite(error))
    }

    /// Its standard deviation.
    pub(super) fn deviation(&self, k: usize) -> Known {
        let (_, powers, n) = self.of(k);
        let (variance, error) = powers.variance(n);
        let deviation = variance.sqrt();
        (finite(deviation), finite(0.5 * error / deviation))
    }
}

fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::Track;

    #[test]
    fn a_window_forgets_and_the_whole_does_not() {
        let (mut all, mut latest) = (Track::<2>::new(None), Track::<2>::new(Some(20)));
        assert!(all.mean(0).0.is_nan() && latest.deviation(1).0.is_nan());
        for i in 0..60 {
            // 1e6 up: the powers are taken from the first value, or nothing would be left of them.
            let value = [1e6 + f64::from(i % 4) * 1e-3, f64::from(i)];
            all.push(value);
            latest.push(value);
        }
        assert_eq!((all.count(), latest.count()), (60, 20));
        assert!((all.mean(1).0 - 29.5).abs() < 1e-12 && (latest.mean(1).0 - 49.5).abs() < 1e-12);
        // numpy: std([0, 1, 2, 3] * 15, ddof=1) * 1e-3.
        assert!((all.deviation(0).0 - 1.127_469e-3).abs() < 1e-9, "{:?}", all.deviation(0));
        assert!((latest.mean(0).0 - 1e6 - 1.5e-3).abs() < 1e-9);
    }
}
