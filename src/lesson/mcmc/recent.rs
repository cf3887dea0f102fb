//! A histogram over the later part of a run: the window of
//! [`crate::sampler::diagnostics::ChainMoments`], from the last power of two but one.

/// How many bins there are.
pub(super) const BINS: usize = 45;

/// Counts of the window before the last power of two, and since.
#[derive(Clone, Debug)]
pub(super) struct Recent {
    low: f64,
    high: f64,
    steps: u64,
    before: Counts,
    now: Counts,
}

#[derive(Clone, Copy, Debug)]
struct Counts {
    all: u64,
    bins: [u64; BINS],
}

const NOTHING: Counts = Counts { all: 0, bins: [0; BINS] };

impl Recent {
    /// Nothing seen yet between `low` and `high`.
    pub(super) fn new(low: f64, high: f64) -> Self {
        Self { low, high, steps: 0, before: NOTHING, now: NOTHING }
    }

    /// Takes the values after one more step.
    pub(super) fn push(&mut self, values: &[f64]) {
        if self.steps.is_power_of_two() {
            self.before = self.now;
            self.now = NOTHING;
        }
        self.steps += 1;
        let scale = BINS as f64 / (self.high - self.low);
        for v in values {
            // Outside and NaN fall into no bin.
            let at = (v - self.low) * scale;
            if at >= 0.0 && at < BINS as f64 {
                self.now.bins[at as usize] += 1;
            }
        }
        self.now.all += values.len() as u64;
    }

    /// The edges of the bins and the density in each.
    pub(super) fn density(&self) -> (Vec<f64>, Vec<f64>) {
        let width = (self.high - self.low) / BINS as f64;
        let edges = (0..=BINS).map(|i| self.low + width * i as f64).collect();
        let all = (self.before.all + self.now.all).max(1) as f64;
        let pairs = self.before.bins.iter().zip(&self.now.bins);
        (edges, pairs.map(|(a, b)| (a + b) as f64 / (all * width)).collect())
    }
}
