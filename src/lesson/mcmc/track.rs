//! One sampler's walkers and what they say: acceptance, autocorrelation time, effective samples an
//! evaluation, R-hat, moments, passages.

use super::exact::Exact;
use super::method::Method;
use super::passage::Passages;
use super::recent::Recent;
use super::target::Target;
use crate::math::statistics::{BatchMeans, correlated_mean, mean_and_variance};
use crate::sampler::adaptation::DualAveraging;
use crate::sampler::autocorrelation::Autocorrelation;
use crate::sampler::chains::{Chains, Escaped};
use crate::sampler::diagnostics::{ChainMoments, r_hat};
use crate::sampler::hamiltonian::{self, Path};
use crate::sampler::noise::Draws;
use crate::sampler::{gibbs, langevin, metropolis};

/// From this many walkers on, an error is the spread between them; below, it is read from the
/// fluctuations in time.
pub(super) const ENOUGH: usize = 16;
/// Walkers whose autocorrelation is followed: their pasts have to be kept.
const FOLLOWED: usize = 24;
/// The steps there have to be before anything is estimated.
const FIRST: u64 = 8;
/// Autocorrelation times a window has to have before a time read from it has an error bar: shorter
/// ones miss what the walkers still remember (by about `tau/2n`, one part in a hundred here), and
/// the spread between walkers cannot tell.
const LONG: f64 = 50.0;
/// Where R-hat is cut off: walkers that stand still apart would have it infinite.
pub(super) const MOST_R_HAT: f64 = 100.0;

/// A number from the walkers and one standard error; NaN where unknown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Estimate {
    pub(super) value: f64,
    pub(super) error: f64,
}

impl Estimate {
    const NONE: Self = Self { value: f64::NAN, error: f64::NAN };

    /// Multiplied by a known number.
    pub(super) fn times(self, factor: f64) -> Self {
        Self { value: self.value * factor, error: self.error * factor }
    }
}

/// What the walkers of one sampler say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimates {
    pub(super) acceptance: Estimate,
    /// The autocorrelation time in steps, of x_1 or, where that is clearly longer, of x_1^2. Without
    /// an error while it is `early`.
    pub(super) tau: Estimate,
    /// Effective samples an evaluation: `1/(tau cost)`.
    pub(super) ess: Estimate,
    /// Whether the window is too short for these two: tau is rather longer, ess rather smaller.
    pub(super) early: bool,
    pub(super) r_hat: f64,
    /// `E[x_1]` and `E[x_1^2]`.
    pub(super) first: Estimate,
    pub(super) second: Estimate,
    /// Evaluations from one well to the other.
    pub(super) passage: Estimate,
}

/// One sampler on the target.
#[derive(Clone, Debug)]
pub(super) struct Track {
    pub(super) method: Method,
    pub(super) chains: Chains,
    /// The step at which a walker left the finite; nothing moves afterwards.
    pub(super) escaped: Option<u64>,
    /// The step size in use; without adaptation, the parameter's.
    pub(super) step_size: f64,
    /// The search for a better one, while it lasts.
    pub(super) search: Option<DualAveraging>,
    /// Evaluations a step and walker.
    pub(super) cost: f64,
    averages: BatchMeans<3>,
    firsts: ChainMoments,
    seconds: ChainMoments,
    pub(super) histogram: Recent,
    pub(super) memory: Autocorrelation,
    pub(super) passages: Passages,
    squares: Vec<f64>,
}

impl Track {
    /// Walkers at their starting points.
    pub(super) fn new(method: Method, target: &Target, points: Vec<f64>, seed: u64) -> Self {
        let chains = match method {
            // How many numbers a Gibbs step takes depends on the point: it has its own.
            Method::Gibbs => Chains::at(target, points, seed),
            _ => Chains::driven(target, points),
        };
        let (low, high) = target.shown()[0];
        Self {
            method,
            escaped: None,
            step_size: f64::NAN,
            search: None,
            cost: 1.0,
            averages: BatchMeans::default(),
            firsts: ChainMoments::new(chains.count()),
            seconds: ChainMoments::new(chains.count()),
            histogram: Recent::new(low, high),
            memory: Autocorrelation::new(chains.count().min(FOLLOWED)),
            passages: Passages::new(target, &chains),
            squares: Vec::with_capacity(chains.count()),
            chains,
        }
    }

    /// What was seen under other settings says nothing about these.
    pub(super) fn forget(&mut self, target: &Target) {
        let count = self.chains.count();
        let (low, high) = target.shown()[0];
        self.averages = BatchMeans::default();
        self.firsts.clear(count);
        self.seconds.clear(count);
        self.histogram = Recent::new(low, high);
        self.memory = Autocorrelation::new(count.min(FOLLOWED));
        self.passages = Passages::new(target, &self.chains);
    }

    /// One step of every walker with random numbers that are common to the samplers, then the
    /// books.
    pub(super) fn advance(
        &mut self,
        target: &Target,
        exact: &Exact,
        path: Path,
        draws: &Draws,
    ) -> Result<(), Escaped> {
        let share = self.move_on(target, path, draws)?;
        if let Some(search) = &mut self.search {
            search.update(share);
            self.step_size = search.step();
        }
        let x = self.chains.coordinate(0);
        self.squares.clear();
        self.squares.extend(x.iter().map(|x| x * x));
        let n = x.len() as f64;
        let mean = |values: &[f64]| values.iter().sum::<f64>() / n;
        self.averages.push([share, mean(x), mean(&self.squares)]);
        self.firsts.push(x);
        self.seconds.push(&self.squares);
        self.histogram.push(x);
        self.memory.push(x, exact.mean);
        self.passages.push(target, &self.chains);
        Ok(())
    }

    /// The share of proposals that were accepted.
    fn move_on(&mut self, target: &Target, path: Path, draws: &Draws) -> Result<f64, Escaped> {
        let eta = self.step_size;
        let chains = &mut self.chains;
        let count = chains.count() as f64;
        let accepted = match self.method {
            Method::Metropolis => {
                // The noise of a Langevin step without its drift.
                let width = (2.0 * eta).sqrt();
                metropolis::step_with(chains, target, 1.0, width, &draws.normal, &draws.uniform)
            }
            Method::Ula => {
                langevin::unadjusted_with(chains, target, 1.0, eta, &draws.normal)?;
                return Ok(1.0);
            }
            Method::Mala => {
                langevin::adjusted_with(chains, target, 1.0, eta, &draws.normal, &draws.uniform)
            }
            Method::Hmc => hamiltonian::step(chains, target, Path { length: eta, ..path }, draws),
            Method::Gibbs => {
                let accepted = gibbs::step(chains, target);
                return Ok(accepted as f64 / (count * chains.dimension() as f64));
            }
        };
        Ok(accepted as f64 / count)
    }

    /// The steps since the last change.
    pub(super) fn blocks(&self) -> usize {
        self.averages.blocks().len()
    }

    /// From the later part of the steps since the last change.
    pub(super) fn estimates(&self) -> Estimates {
        let (mut tau, first, second, r_hat) = self.moments();
        let long_enough = self.firsts.window() as f64 >= LONG * tau.value;
        // No time at all is not an early one.
        let early = !tau.value.is_nan() && (!long_enough || r_hat > 1.1);
        if early {
            tau.error = f64::NAN;
        }
        let (steps, error) = self.passages.mean();
        Estimates {
            acceptance: self.over_time(0).0,
            tau,
            ess: Estimate {
                value: 1.0 / (tau.value * self.cost),
                error: tau.error / (tau.value * tau.value * self.cost),
            },
            early,
            r_hat,
            first,
            second,
            passage: Estimate { value: steps, error }.times(self.cost),
        }
    }

    /// The mean of one of the averages over time with an error that allows for its correlation, and
    /// how many steps it is over.
    fn over_time(&self, quantity: usize) -> (Estimate, f64) {
        let settled = self.averages.settled();
        let series: Vec<f64> = settled.iter().map(|b| b[quantity]).collect();
        let mean = correlated_mean(&series);
        let steps = settled.len() as f64 * self.averages.length() as f64;
        (Estimate { value: mean.mean, error: mean.error }, steps)
    }

    fn moments(&self) -> (Estimate, Estimate, Estimate, f64) {
        if self.firsts.window() < FIRST {
            return (Estimate::NONE, Estimate::NONE, Estimate::NONE, f64::NAN);
        }
        let a = self.moment(&self.firsts, 1);
        let b = self.moment(&self.seconds, 2);
        // Of two estimates that are equal but for noise the larger is too large: x_1^2 is the
        // slower of the two only where it is so clearly.
        let slower = b.tau.value - a.tau.value > 3.0 * a.tau.error.hypot(b.tau.error);
        let tau = match (a.tau.value.is_nan(), b.tau.value.is_nan()) {
            (false, false) => {
                if slower {
                    b.tau
                } else {
                    a.tau
                }
            }
            // Something that never changes in any walker has no time to tell.
            _ => Estimate::NONE,
        };
        (tau, a.mean, b.mean, a.r_hat.max(b.r_hat))
    }

    /// The mean of x_1 or of its square over chains and window.
    ///
    /// The chains are independent of each other: the spread of their means is the error, however
    /// long each of them remembers, and against the variance of single values it tells how many
    /// steps one independent draw takes.
    fn moment(&self, moments: &ChainMoments, quantity: usize) -> Moment {
        let n = moments.window() as f64;
        let (means, variances) = moments.of_each();
        let chains = means.len() as f64;
        let (mean, between) = mean_and_variance(&means);
        let within = variances.iter().sum::<f64>() / chains * (n - 1.0) / n;
        let apart = if means.len() < 2 { 0.0 } else { between * (chains - 1.0) / chains };
        let variance = within + apart;
        // Not `min`, which would make a hundred of NaN.
        let r_hat = match r_hat(&means, &variances, n) {
            r if r > MOST_R_HAT => MOST_R_HAT,
            r => r,
        };
        // What is left of a constant after rounding is not a variance.
        let variance = if variance > 1e-20 * mean * mean { variance } else { f64::NAN };
        if means.len() >= ENOUGH {
            let tau = n * between / variance;
            let tau = if tau > 0.0 { tau } else { f64::NAN };
            return Moment {
                mean: Estimate { value: mean, error: (between / chains).sqrt() },
                tau: Estimate { value: tau, error: tau * (2.0 / (chains - 1.0)).sqrt() },
                r_hat,
            };
        }
        let (mut mean, steps) = self.over_time(quantity);
        if r_hat > 1.1 {
            // Few walkers that are stuck apart fluctuate little and are no better for it.
            mean.error = mean.error.max((between / chains).sqrt());
        }
        let tau = mean.error.powi(2) * steps * chains / variance;
        let tau = if tau > 0.0 { tau } else { f64::NAN };
        Moment { mean, tau: Estimate { value: tau, error: f64::NAN }, r_hat }
    }
}

struct Moment {
    mean: Estimate,
    tau: Estimate,
    r_hat: f64,
}
