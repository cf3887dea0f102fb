//! How fast a piece of work is done, and how fast this machine could do it at best.
//!
//! The best is what the work needs of each [`Resource`] over the rate at which the machine provides
//! it, one after the other: `sum_i amount_i / rate_i`. Both are measured in the same run, because
//! absolute figures drift from machine to machine and from hour to hour.

mod peak;

use std::hint::black_box;
use std::time::{Duration, Instant};

/// What a piece of work uses up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Floating-point operations in single precision; a fused multiply-add is two.
    Flop,
    /// The same in double precision.
    FlopDouble,
    /// Exponentials in single precision.
    Exp,
    /// SiLU with its derivative in single precision.
    Silu,
    /// The same in double precision.
    SiluDouble,
    /// Random words of 32 bits.
    Random,
}

impl Resource {
    /// All of them.
    pub const ALL: &[Self] =
        &[Self::Flop, Self::FlopDouble, Self::Exp, Self::Silu, Self::SiluDouble, Self::Random];

    /// A name that never changes.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Flop => "flop",
            Self::FlopDouble => "flop_double",
            Self::Exp => "exp",
            Self::Silu => "silu",
            Self::SiluDouble => "silu_double",
            Self::Random => "random",
        }
    }

    /// Whether it counts as arithmetic, as opposed to a function that is priced as a whole.
    #[must_use]
    pub fn is_flop(self) -> bool {
        matches!(self, Self::Flop | Self::FlopDouble)
    }
}

/// Amounts of resources.
pub type Work = &'static [(Resource, f64)];

/// How much of each resource this machine provides a second.
#[derive(Clone, Debug)]
pub struct Machine {
    rates: Vec<(Resource, f64)>,
}

impl Machine {
    /// Measured on so many threads at once: some tenths of a second.
    #[must_use]
    pub fn measured(threads: usize) -> Self {
        let together = |resource: &Resource| {
            let rates = std::thread::scope(|scope| {
                let workers: Vec<_> =
                    (1..threads).map(|_| scope.spawn(|| peak::rate(*resource))).collect();
                let own = peak::rate(*resource);
                // A thread that failed has provided nothing.
                workers.into_iter().fold(own, |sum, w| sum + w.join().unwrap_or(0.0))
            });
            (*resource, rates)
        };
        Self { rates: Resource::ALL.iter().map(together).collect() }
    }

    /// The rate of a resource, a second.
    #[must_use]
    pub fn rate(&self, resource: Resource) -> f64 {
        self.rates.iter().find(|(r, _)| *r == resource).map_or(f64::NAN, |(_, rate)| *rate)
    }

    /// The rates, in a fixed order.
    #[must_use]
    pub fn rates(&self) -> &[(Resource, f64)] {
        &self.rates
    }

    /// The seconds that the work takes at best; none where nothing is counted.
    #[must_use]
    pub fn limit(&self, work: Work) -> Option<f64> {
        (!work.is_empty())
            .then(|| work.iter().map(|(resource, amount)| amount / self.rate(*resource)).sum())
    }
}

/// Seconds of one call, over samples of several calls each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    /// Half of the samples were faster.
    pub median: f64,
    /// A quarter was faster.
    pub low: f64,
    /// Three quarters were faster.
    pub high: f64,
    /// What the first call returned: a number that tells whether it did its work.
    pub first: f64,
    /// What the last call returned.
    pub last: f64,
    /// How many calls there were.
    pub calls: u64,
}

/// Samples that the quartiles are taken over.
const SAMPLES: usize = 15;

/// Calls the work again and again for about as long as `budget`; a fifth of it goes before the
/// clock counts.
pub fn time(work: &mut dyn FnMut() -> f64, budget: Duration) -> Timing {
    let begin = Instant::now();
    let first = black_box(work());
    let mut last = first;
    let mut calls = 1;
    while begin.elapsed() < budget / 5 {
        last = black_box(work());
        calls += 1;
    }
    let each = begin.elapsed().as_secs_f64() / calls as f64;
    let sample = budget.as_secs_f64() * 0.8 / SAMPLES as f64;
    let repeats = ((sample / each) as u64).max(1);
    let mut seconds = [0.0; SAMPLES];
    for s in &mut seconds {
        let begin = Instant::now();
        for _ in 0..repeats {
            last = black_box(work());
        }
        *s = begin.elapsed().as_secs_f64() / repeats as f64;
        calls += repeats;
    }
    seconds.sort_unstable_by(f64::total_cmp);
    let [low, median, high] = [1, 2, 3].map(|quarter| seconds[quarter * SAMPLES / 4]);
    Timing { median, low, high, first, last, calls }
}

#[cfg(test)]
mod tests {
    use super::{Machine, Resource, time};
    use std::time::Duration;

    #[test]
    fn a_sleep_takes_as_long_as_it_says() {
        let mut calls = 0;
        let mut sleep = || {
            std::thread::sleep(Duration::from_millis(2));
            calls += 1;
            f64::from(calls)
        };
        let timing = time(&mut sleep, Duration::from_millis(60));
        // A sleep may be late, by much on a busy machine, and is never early.
        assert!(timing.median >= 2e-3, "{timing:?}");
        assert!(timing.low <= timing.median && timing.median <= timing.high, "{timing:?}");
        assert_eq!((timing.first, timing.last), (1.0, f64::from(calls)));
        assert_eq!(timing.calls, calls as u64);
        assert!(calls >= 16);
    }

    #[test]
    fn the_limit_is_amounts_over_rates() {
        let machine = Machine { rates: vec![(Resource::Flop, 4e9), (Resource::Exp, 1e9)] };
        let limit = machine.limit(&[(Resource::Flop, 8e6), (Resource::Exp, 3e6)]);
        assert!((limit.unwrap() - 5e-3).abs() < 1e-12);
        assert_eq!(machine.limit(&[]), None);
        assert!(machine.limit(&[(Resource::Random, 1.0)]).unwrap().is_nan());
    }

    #[test]
    fn a_machine_has_every_rate() {
        let machine = Machine::measured(1);
        for resource in Resource::ALL {
            let rate = machine.rate(*resource);
            assert!(rate.is_finite() && rate > 1e5, "{resource:?}: {rate}");
        }
    }
}
