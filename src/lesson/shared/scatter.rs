//! How far the estimates of many fits lie apart: N Var and the bias, each with its standard error,
//! from sums of powers of `e = sqrt(N) (estimate - truth)`.

use crate::lesson::shared::powers::Powers;

/// Bins of the histogram.
pub(in crate::lesson) const BINS: usize = 33;

/// The estimates of one design.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::lesson) struct Scatter {
    /// Fits with an estimate.
    pub(in crate::lesson) fits: u64,
    /// Fits without one.
    pub(in crate::lesson) failed: u64,
    /// Of the watched parameter.
    pub(in crate::lesson) theta: Powers,
    /// Of c.
    pub(in crate::lesson) c: Powers,
    /// e of the watched parameter in [`BINS`] bins from `-reach` to `reach`.
    pub(in crate::lesson) counts: [u32; BINS],
    pub(in crate::lesson) reach: f64,
}

impl Scatter {
    /// Nothing yet; `reach` is where the histogram of e ends.
    pub(in crate::lesson) fn new(reach: f64) -> Self {
        let (theta, c) = (Powers::default(), Powers::default());
        Self { fits: 0, failed: 0, theta, c, counts: [0; BINS], reach }
    }

    pub(in crate::lesson) fn push(&mut self, theta: f64, c: f64) {
        self.fits += 1;
        self.theta.push(theta);
        self.c.push(c);
        let at = (theta / self.reach + 1.0) * 0.5 * BINS as f64;
        if at >= 0.0 && at < BINS as f64 {
            self.counts[at as usize] += 1;
        }
    }

    pub(in crate::lesson) fn n_variance(&self) -> (f64, f64) {
        self.theta.variance(self.fits as f64)
    }

    pub(in crate::lesson) fn n_variance_c(&self) -> (f64, f64) {
        self.c.variance(self.fits as f64)
    }

    /// The bias of the watched parameter, not scaled, and its error.
    pub(in crate::lesson) fn bias(&self, points: usize) -> (f64, f64) {
        let (mean, error) = self.theta.mean(self.fits as f64);
        let scale = 1.0 / (points as f64).sqrt();
        (mean * scale, error * scale)
    }
}
