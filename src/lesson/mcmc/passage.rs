//! How long walkers take from one well to another.
//!
//! A passage begins when a walker enters a well it comes to from another one and ends when it
//! enters the next: time spent over passages completed. Walkers on their way when one looks have
//! spent time too and are not left out, or slow passages would be missed and the mean too short.

use super::target::Target;
use crate::sampler::chains::Chains;

/// Nowhere yet.
const NONE: u8 = u8::MAX;

/// The state of every walker.
#[derive(Clone, Debug)]
pub(super) struct Passages {
    /// The well it was in last.
    last: Vec<u8>,
    /// Steps it has spent on passages that count, and how many it has completed.
    spent: Vec<u32>,
    done: Vec<u32>,
}

impl Passages {
    /// From where the walkers are now.
    pub(super) fn new(target: &Target, chains: &Chains) -> Self {
        let n = if target.has_wells() { chains.count() } else { 0 };
        let mut passages = Self { last: vec![NONE; n], spent: vec![0; n], done: vec![0; n] };
        for i in 0..n {
            if let Some(well) = well(target, chains, i) {
                passages.last[i] = well;
            }
        }
        passages
    }

    /// Takes in where the walkers are after one more step.
    pub(super) fn push(&mut self, target: &Target, chains: &Chains) {
        for (i, last) in self.last.iter_mut().enumerate() {
            let counts = *last != NONE && target.counts_from(*last);
            self.spent[i] = self.spent[i].saturating_add(u32::from(counts));
            if let Some(now) = well(target, chains, i)
                && now != *last
            {
                self.done[i] += u32::from(counts);
                *last = now;
            }
        }
    }

    /// Steps a passage takes on average, and the standard error: that of a ratio of two means over
    /// independent walkers (Cochran, Sampling Techniques, 1977, ch. 6), or with few walkers that of
    /// exponential times. NaN before the first passage.
    pub(super) fn mean(&self) -> (f64, f64) {
        let done: f64 = self.done.iter().map(|k| f64::from(*k)).sum();
        if done == 0.0 {
            return (f64::NAN, f64::NAN);
        }
        let mean = self.spent.iter().map(|s| f64::from(*s)).sum::<f64>() / done;
        let n = self.last.len() as f64;
        let off = |(s, k): (&u32, &u32)| (f64::from(*s) - mean * f64::from(*k)).powi(2);
        let squares: f64 = self.spent.iter().zip(&self.done).map(off).sum();
        let error = if self.last.len() >= super::track::ENOUGH {
            (squares * n / (n - 1.0)).sqrt() / done
        } else {
            mean / done.sqrt()
        };
        (mean, error)
    }

    /// Whether anybody has completed one.
    pub(super) fn any(&self) -> bool {
        self.done.iter().any(|k| *k > 0)
    }
}

fn well(target: &Target, chains: &Chains, i: usize) -> Option<u8> {
    let y = if chains.dimension() == 2 { chains.coordinate(1)[i] } else { 0.0 };
    target.well(chains.coordinate(0)[i], y)
}
