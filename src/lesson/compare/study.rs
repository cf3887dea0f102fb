//! The measurement of one row: unit after unit, each a sample of the same numbers, so that the mean
//! has an error bar and whatever is shown is whole.

use super::fits::{Fit, info_nce, nce, rows, sight_of_info_nce, sight_of_nce};
use super::pairs::{Pairs, Source};
use super::ranking::{
    Currency, LOOKS, Method, Plan, Training, counted, recall_of_best, split_error,
};
use super::row::Row;
use crate::lab::param::Settings;
use crate::lesson::shared::alignment::Estimate;
use crate::math::rng::stream;
use crate::math::statistics::mean_and_error;
use crate::objective::nce::Mistakes;

/// Batches of the row of batches, as far as there are so many pairs.
pub(super) const BATCHES: [usize; 4] = [2, 8, 64, 256];
/// Numbers of candidates of the row of costs, the own one among them.
pub(super) const CHOICES: [usize; 8] = [2, 4, 8, 16, 32, 64, 128, 256];
/// Data sets of the row of batches, where the others have one: a mean square needs many.
const FITS: usize = 8;

/// What is measured with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setup {
    pub(super) source: Source,
    pub(super) pairs: usize,
    pub(super) ratio: usize,
    pub(super) batch: usize,
    pub(super) seeds: usize,
    pub(super) plan: Plan,
    /// What all draws come from.
    pub(super) base: u64,
}

impl Setup {
    pub(super) fn new(settings: &Settings, base: u64) -> Self {
        Self {
            source: Source { correlation: settings.real("correlation") },
            pairs: settings.count("pairs").max(2),
            ratio: settings.count("nu").max(1),
            batch: settings.count("batch").max(2),
            seeds: settings.count("seeds").max(2),
            plan: Plan {
                currency: Currency::from_id(settings.choice("currency")),
                budget: settings.count("budget").max(1),
                rate: settings.real("learning_rate"),
            },
            base,
        }
    }

    /// A seed of its own for the unit of a row.
    fn seed(&self, row: Row, unit: usize) -> u64 {
        self.base.wrapping_add(((row.place() as u64) << 32) | unit as u64)
    }

    pub(super) fn batch_size(&self, place: usize) -> usize {
        BATCHES[place].min(self.pairs)
    }

    /// Whether a method can pay for an update before the accuracy is taken for the first time.
    pub(super) fn affords(&self, method: Method) -> bool {
        let training = Training::new(method, self.source, 0);
        training.price().of(self.plan.currency) <= self.plan.look(0)
    }

    /// The methods as the settings have them.
    pub(super) fn methods(&self) -> [Method; 2] {
        [Method::Nce(self.ratio), Method::InfoNce(self.batch)]
    }
}

/// A row in progress.
#[derive(Clone, Debug)]
pub(super) struct Study {
    pub(super) row: Row,
    /// Finished units, each with the same numbers in the same order.
    pub(super) samples: Vec<Vec<f64>>,
    /// What there is of the unit at hand.
    partial: Vec<f64>,
    training: Option<Box<Training>>,
    /// Fits without a minimum.
    pub(super) lost: usize,
}

impl Study {
    pub(super) fn new(row: Row) -> Self {
        Self { row, samples: Vec::new(), partial: Vec::new(), training: None, lost: 0 }
    }

    /// How many units there will be.
    pub(super) fn wanted(&self, setup: &Setup) -> usize {
        match self.row {
            Row::Cost => 1 + CHOICES.len(),
            Row::Batch => FITS * setup.seeds,
            _ => setup.seeds,
        }
    }

    pub(super) fn is_done(&self, setup: &Setup) -> bool {
        self.samples.len() >= self.wanted(setup)
    }

    /// A piece of a unit; returns what it cost, in scores. None where a training left the finite.
    pub(super) fn step(&mut self, setup: &Setup) -> Option<usize> {
        let unit = self.samples.len();
        let seed = setup.seed(self.row, unit);
        match self.row {
            Row::Noise | Row::Estimated | Row::Parameters => Some(self.fit(setup, seed)),
            Row::Cost => {
                // First at the batch of the settings, then along the curve.
                let n = if unit == 0 { setup.batch } else { CHOICES[(unit - 1) % CHOICES.len()] };
                let methods = [Method::Nce(n - 1), Method::InfoNce(n)];
                let [nce, info] = methods.map(|m| {
                    let spent = counted(m, setup.source);
                    [spent.encodings, spent.scores].map(|s| s as f64 / spent.pairs as f64)
                });
                self.samples.push(vec![nce[0], info[0], nce[1], info[1]]);
                Some(64 * n + n * n)
            }
            Row::Batch => Some(self.in_batches(setup, seed)),
            Row::Accuracy => self.train(setup, seed),
            Row::Memory => {
                let methods = setup.methods();
                let split = methods.map(|m| split_error(m, setup.source, seed));
                let kept = methods.map(|m| counted(m, setup.source));
                // NCE's loss is a sum over pairs, one of which is enough at a time.
                let logits = [kept[0].scores / kept[0].pairs, kept[1].scores];
                let bytes = logits.map(|n| (n * size_of::<f32>()) as f64);
                self.samples.push([bytes, split].concat());
                Some(2 * (kept[0].scores + kept[1].scores))
            }
        }
    }

    /// Both methods at their minimum on one data set.
    fn fit(&mut self, setup: &Setup, seed: u64) -> usize {
        let rng = &mut stream(seed, 0);
        let pairs = setup.source.pairs(setup.pairs, rng);
        let by_nce = nce(&pairs, setup.ratio, true, &mut stream(seed, 1));
        let by_info = info_nce(&pairs, setup.batch);
        let mut cost = by_nce.scores + by_info.scores;
        let source = setup.source;
        let mut value = |fit: Fit, of: &dyn Fn([f64; 3]) -> f64| match fit.at {
            Some(at) => of(at),
            None => {
                self.lost += 1;
                f64::NAN
            }
        };
        let sample = match self.row {
            Row::Noise => {
                let blind = nce(&pairs, setup.ratio, false, &mut stream(seed, 1));
                cost += blind.scores;
                vec![
                    value(by_nce, &|at| source.off_density(at)),
                    value(blind, &|at| source.off_density(at)),
                    value(by_info, &|at| source.off_ratio(at)),
                ]
            }
            Row::Estimated => {
                // The ratio to the product of the marginals: the noise's log density comes off.
                let ratio = |at: [f64; 3]| source.off_ratio([at[0] - 1.0, at[1], at[2]]);
                vec![
                    value(by_nce, &|at| source.off_density(at)),
                    value(by_nce, &ratio),
                    value(by_info, &|at| source.off_density(at)),
                    value(by_info, &|at| source.off_ratio(at)),
                    value(by_nce, &|at| at[2] - source.density()[2]),
                ]
            }
            _ => {
                let known = Mistakes::default();
                let rows = rows(&pairs, setup.ratio, known, &mut stream(seed, 1));
                let truth = source.density();
                let ratio = [truth[0] - 1.0, truth[1], 0.0];
                let nce = sight_of_nce(&rows, by_nce.at.unwrap_or(truth));
                let info = sight_of_info_nce(&pairs, setup.batch, by_info.at.unwrap_or(ratio));
                cost += 4 * pairs.x.len() * setup.batch.min(pairs.x.len());
                // The energy has two, a and w.
                let added = [nce, info].map(|s| s.directions as f64 - 2.0);
                [&nce.alone[..], &info.alone, &added].concat()
            }
        };
        self.samples.push(sample);
        cost
    }

    /// One fit of one data set: NCE and InfoNCE in turn, in batches of each size. The numbers are
    /// the squares of w's errors, times N.
    fn in_batches(&mut self, setup: &Setup, seed: u64) -> usize {
        let pairs: Pairs = setup.source.pairs(setup.pairs, &mut stream(seed, 0));
        let place = self.partial.len() / 2;
        let fit = if self.partial.len().is_multiple_of(2) {
            // Its loss is a sum over points: only the noise is another.
            nce(&pairs, setup.ratio, true, &mut stream(seed, 1 + place as u64))
        } else {
            info_nce(&pairs, setup.batch_size(place))
        };
        let square = |at: [f64; 3]| (at[1] - setup.source.density()[1]).powi(2);
        self.lost += usize::from(fit.at.is_none());
        self.partial.push(fit.at.map_or(f64::NAN, |at| setup.pairs as f64 * square(at)));
        if self.partial.len() == 2 * BATCHES.len() {
            self.samples.push(std::mem::take(&mut self.partial));
        }
        fit.scores
    }

    fn train(&mut self, setup: &Setup, seed: u64) -> Option<usize> {
        let method = setup.methods()[usize::from(self.partial.len() >= LOOKS)];
        let source = setup.source;
        let fresh = || Box::new(Training::new(method, source, seed));
        let training = self.training.get_or_insert_with(fresh);
        let (cost, done) = training.advance(setup.plan)?;
        if done {
            self.partial.append(&mut training.looks);
            self.training = None;
            if self.partial.len() == 2 * LOOKS {
                self.partial.push(recall_of_best(source, seed));
                self.samples.push(std::mem::take(&mut self.partial));
            }
        }
        Some(cost)
    }

    /// The mean of a number over the units, and its standard error; NaN where there is none.
    pub(super) fn mean(&self, place: usize) -> Estimate {
        estimate(&self.column(place))
    }

    fn column(&self, place: usize) -> Vec<f64> {
        self.samples.iter().map(|s| s[place]).filter(|v| v.is_finite()).collect()
    }

    /// The ratio of two means over the same units; its error from the residuals of the line through
    /// the origin (Cochran, Sampling Techniques, 1977, section 6.4).
    pub(super) fn ratio(&self, above: usize, below: usize) -> Estimate {
        let both: Vec<(f64, f64)> = self
            .samples
            .iter()
            .map(|s| (s[above], s[below]))
            .filter(|(a, b)| a.is_finite() && b.is_finite())
            .collect();
        let count = both.len() as f64;
        let (a, b) = both.iter().fold((0.0, 0.0), |sum, v| (sum.0 + v.0, sum.1 + v.1));
        let value = a / b;
        let residuals: Vec<f64> = both.iter().map(|v| (v.0 - value * v.1) * count / b).collect();
        Estimate { value, error: estimate(&residuals).error }
    }
}

fn estimate(values: &[f64]) -> Estimate {
    match values.len() {
        0 => Estimate { value: f64::NAN, error: f64::NAN },
        1 => Estimate { value: values[0], error: f64::NAN },
        _ => {
            let (value, error) = mean_and_error(values);
            Estimate { value, error }
        }
    }
}
