//! Short runs over batches or temperatures ([`crate::lesson::shared::sweep`]). The pictures, the labels and the held-out part stay; start, batches
//! and views are new.

use super::exam::Marks;
use super::look::Estimate;
use crate::lab::param::Settings;
use crate::lesson::shared::sweep;
use crate::math::rng::{Rng, stream};
use crate::math::statistics::mean_and_error;

/// Runs of each value.
pub(super) const SEEDS: usize = 5;
const BATCHES: [f64; 5] = [16.0, 32.0, 64.0, 128.0, 256.0];
const TEMPERATURES: [f64; 6] = [0.05, 0.1, 0.2, 0.5, 1.0, 2.0];
/// The batch that sees as many pictures in either way of comparing.
const SAME: f64 = 64.0;

/// The sweep as it stands.
#[derive(Clone, Debug)]
pub(super) struct Sweep {
    over_batches: bool,
    equal_pictures: bool,
    steps: f64,
    pub(super) runs: sweep::Sweep<Marks>,
    seed: u64,
    pub(super) rng: Rng,
}

impl Sweep {
    /// The sweep that the mode asks for, if it asks for one.
    pub(super) fn new(settings: &Settings, pictures: usize, seed: u64) -> Option<Self> {
        let over_batches = match settings.choice("mode") {
            "batch" => true,
            "temperature" => false,
            _ => return None,
        };
        let mut values = if over_batches { BATCHES.to_vec() } else { TEMPERATURES.to_vec() };
        if over_batches {
            // A small table of one's own may not fill a batch.
            values.retain(|b| *b == BATCHES[0] || *b <= pictures as f64);
        }
        Some(Self {
            over_batches,
            equal_pictures: over_batches && settings.choice("equal") == "pictures",
            steps: settings.count("run_length") as f64,
            runs: sweep::Sweep::new(&values, SEEDS),
            seed,
            rng: stream(seed, 0),
        })
    }

    fn value(&self) -> f64 {
        self.runs.values()[self.runs.at_hand().0]
    }

    /// The batch and the temperature of the run at hand.
    pub(super) fn at_hand(&self, settings: &Settings) -> (usize, f64) {
        if self.over_batches {
            (self.value() as usize, settings.real("temperature"))
        } else {
            (settings.count("batch"), self.value())
        }
    }

    /// Updates of the run at hand.
    pub(super) fn length(&self) -> u64 {
        let share = if self.equal_pictures { SAME / self.value() } else { 1.0 };
        (self.steps * share).round().max(1.0) as u64
    }

    /// Takes the outcome of the run at hand and goes on to the next.
    pub(super) fn take(&mut self, marks: Marks) {
        self.runs.take(marks);
        self.rng = stream(self.seed, self.runs.done() as u64);
    }

    /// How much better the largest value does than the smallest, seed by seed; none before two
    /// seeds are through.
    pub(super) fn gain(&self, of: fn(&Marks) -> f64) -> Option<Estimate> {
        let last = self.runs.values().len() - 1;
        let pairs = self.runs.outcomes(0).iter().zip(self.runs.outcomes(last));
        let differences: Vec<f64> = pairs.map(|(a, b)| of(b) - of(a)).collect();
        (differences.len() > 1).then(|| mean_and_error(&differences))
    }
}
