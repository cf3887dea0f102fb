//! What a Monte Carlo method has found for the evaluations it spent: one pooled estimate, and
//! sixteen independent shorter ones that tell how far off an estimate of that length typically is.

use crate::math::statistics::mean_and_error;
use crate::sampler::importance::Weights;

/// Independent replicas that the draws are dealt to in turn.
pub(super) const REPLICAS: usize = 16;
/// Weights that are kept for their histogram: the first, so that the picture comes to rest.
const KEPT: usize = 2048;
/// Replicas that miss by this many times what they state understate it: their root mean square error
/// is known to a fifth or so.
const UNDERSTATED: f64 = 1.8;
/// Marks of the history lie this factor apart in evaluations.
const APART: f64 = std::f64::consts::SQRT_2;

/// The state of a method when it had spent so many evaluations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mark {
    pub(super) evaluations: f64,
    pub(super) log_z: f64,
    pub(super) error: f64,
    /// Root mean square error of the replicas, each of a sixteenth of the evaluations.
    pub(super) typical: f64,
    /// The standard error that the replicas themselves state, as a root mean square.
    pub(super) claimed: f64,
}

/// The books of one method.
#[derive(Clone, Debug)]
pub(super) struct Account {
    replicas: [Weights; REPLICAS],
    next: usize,
    kept: Vec<f64>,
    evaluations: u64,
    history: Vec<Mark>,
    next_mark: f64,
}

/// A number and its standard error; NaN while unknown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Estimate {
    pub(super) value: f64,
    pub(super) error: f64,
}

impl Account {
    pub(super) fn new() -> Self {
        Self {
            replicas: [Weights::default(); REPLICAS],
            next: 0,
            kept: Vec::new(),
            evaluations: 0,
            history: Vec::new(),
            next_mark: 0.0,
        }
    }

    /// Takes in a weight by its logarithm.
    pub(super) fn push(&mut self, log_weight: f64) {
        self.replicas[self.next].push(log_weight);
        self.next = (self.next + 1) % REPLICAS;
        if self.kept.len() < KEPT {
            self.kept.push(log_weight);
        }
    }

    /// Pays for evaluations.
    pub(super) fn spend(&mut self, evaluations: u64) {
        self.evaluations += evaluations;
    }

    pub(super) fn evaluations(&self) -> u64 {
        self.evaluations
    }

    /// The first log weights.
    pub(super) fn kept(&self) -> &[f64] {
        &self.kept
    }

    /// All weights together.
    pub(super) fn pooled(&self) -> Weights {
        self.replicas.iter().fold(Weights::default(), Weights::with)
    }

    /// How the account stands. The exact log Z judges the replicas.
    pub(super) fn mark(&self, exact: f64) -> Mark {
        let pooled = self.pooled();
        let mean = |value: &dyn Fn(&Weights) -> f64| {
            self.replicas.iter().map(value).sum::<f64>() / REPLICAS as f64
        };
        Mark {
            evaluations: self.evaluations as f64,
            log_z: pooled.log_mean(),
            error: pooled.error(),
            typical: mean(&|w| (w.log_mean() - exact).powi(2)).sqrt(),
            claimed: mean(&|w| w.error().powi(2)).sqrt(),
        }
    }

    /// Whether the replicas miss log Z by clearly more than their own standard errors say: weights
    /// that matter are still missing.
    pub(super) fn understates(&self, exact: f64) -> bool {
        let now = self.mark(exact);
        self.replicas[0].count() > 1 && now.typical > UNDERSTATED * now.claimed
    }

    /// Writes the present state into the history when it is due.
    pub(super) fn remember(&mut self, exact: f64) {
        if self.evaluations as f64 >= self.next_mark && self.replicas[0].count() > 0 {
            self.history.push(self.mark(exact));
            self.next_mark = APART * self.evaluations as f64;
        }
    }

    /// The marks so far, and the present state as the last one.
    pub(super) fn course(&self, exact: f64) -> Vec<Mark> {
        let mut all = self.history.clone();
        if self.replicas[0].count() > 0 {
            all.push(self.mark(exact));
        }
        all
    }

    /// The mean over the replicas of `log Z_r - exact`: Jensen's bias at a sixteenth of the draws.
    pub(super) fn bias(&self, exact: f64) -> Estimate {
        self.over_replicas(|w| w.log_mean() - exact)
    }

    /// The replicas' root mean square error, with its own error from the spread of the squares.
    pub(super) fn typical(&self, exact: f64) -> Estimate {
        let square = self.over_replicas(|w| (w.log_mean() - exact).powi(2));
        let value = square.value.sqrt();
        Estimate { value, error: 0.5 * square.error / value }
    }

    fn over_replicas(&self, value: impl Fn(&Weights) -> f64) -> Estimate {
        let values = self.replicas.each_ref().map(value);
        let (value, error) = mean_and_error(&values);
        Estimate { value, error }
    }
}
