//! The scores of the latest batches in two histograms: of pairs that belong together and of pairs
//! that do not.

use super::gaussians::Gaussians;

/// Bins of a histogram.
pub(super) const BINS: usize = 48;
/// What a batch leaves of those before it.
const KEEP: f64 = 0.98;

/// Both histograms.
#[derive(Clone, Debug)]
pub(super) struct Scores {
    /// The ends of the axis: where the true log ratio of either kind of pair lies.
    pub(super) ends: (f64, f64),
    /// Together, then apart.
    counts: [[f64; BINS]; 2],
    totals: [f64; 2],
}

impl Scores {
    pub(super) fn new(pairs: Gaussians) -> Self {
        let (mean, deviation) = pairs.apart();
        let d = pairs.dimension as f64;
        let low = mean - 2.5 * deviation;
        let high = pairs.information() + pairs.correlation * (3.0 * d.sqrt() + 2.0);
        // Room for a constant added by hand, and for scores that are all equal.
        Self { ends: (low - 1.0, high + 1.0), counts: [[0.0; BINS]; 2], totals: [0.0; 2] }
    }

    /// A new batch is coming.
    pub(super) fn fade(&mut self) {
        self.counts.iter_mut().flatten().for_each(|n| *n *= KEEP);
        self.totals.iter_mut().for_each(|n| *n *= KEEP);
    }

    /// Takes a score of a pair that belongs together, and those of its x with others; of `others`
    /// the entry `own` is left out.
    pub(super) fn count(&mut self, together: f64, others: &[f64], own: usize) {
        self.add(0, together);
        for (j, score) in others.iter().enumerate() {
            if j != own {
                self.add(1, *score);
            }
        }
    }

    fn add(&mut self, kind: usize, score: f64) {
        let (low, high) = self.ends;
        self.totals[kind] += 1.0;
        let at = (score - low) / (high - low) * BINS as f64;
        if at >= 0.0 && at < BINS as f64 {
            self.counts[kind][at as usize] += 1.0;
        }
    }

    pub(super) fn edges(&self) -> Vec<f64> {
        (0..=BINS).map(|i| self.edge(i as f64)).collect()
    }

    pub(super) fn middles(&self) -> Vec<f64> {
        (0..BINS).map(|i| self.edge(i as f64 + 0.5)).collect()
    }

    fn edge(&self, i: f64) -> f64 {
        let (low, high) = self.ends;
        low + (high - low) * i / BINS as f64
    }

    /// The height of each bin, of the pairs together and of those apart; what lies beyond the ends
    /// counts as there.
    pub(super) fn densities(&self) -> [Vec<f64>; 2] {
        let (low, high) = self.ends;
        let width = (high - low) / BINS as f64;
        [0, 1].map(|kind| {
            let scale = 1.0 / (self.totals[kind].max(1.0) * width);
            self.counts[kind].iter().map(|n| n * scale).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{BINS, Scores};
    use crate::lesson::mutual_information::gaussians::Gaussians;

    #[test]
    fn what_is_inside_is_counted_once_and_the_own_candidate_is_no_stranger() {
        let mut scores = Scores::new(Gaussians { dimension: 4, correlation: 0.5 });
        let (low, high) = scores.ends;
        scores.count(0.1, &[0.1, -0.2, 1e9, f64::NAN], 0);
        let sums = scores.densities().map(|d| d.iter().sum::<f64>() * (high - low) / BINS as f64);
        assert!((sums[0] - 1.0).abs() < 1e-12 && (sums[1] - 1.0 / 3.0).abs() < 1e-12, "{sums:?}");
        assert_eq!((scores.edges().len(), scores.middles().len()), (BINS + 1, BINS));
    }
}
