//! How far the estimates of many fits lie apart: N Var and the bias, each with its standard error,
//! from sums of powers that are kept while the fits come and go.
//!
//! The error of a variance from n independent values is `sqrt((m4 - s^4 (n-3)/(n-1)) / n)` (Cramer,
//! Mathematical Methods of Statistics, 1946, section 27.4).

/// Bins of the histogram.
pub(in crate::lesson) const BINS: usize = 33;
/// Fits below which no error bar is shown: the fourth moment of fewer says nothing.
const FEWEST: f64 = 12.0;

/// Of one quantity, `e = sqrt(N) (estimate - truth)`: sums of e, e^2, e^3, e^4.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::lesson) struct Powers([f64; 4]);

impl Powers {
    fn push(&mut self, e: f64) {
        let mut power = 1.0;
        for sum in &mut self.0 {
            power *= e;
            *sum += power;
        }
    }

    /// N Var and its standard error from n fits; NaN where there are too few.
    pub(in crate::lesson) fn variance(&self, n: f64) -> (f64, f64) {
        if n < 2.0 {
            return (f64::NAN, f64::NAN);
        }
        let [m1, m2, m3, m4] = self.0.map(|s| s / n);
        let second = (m2 - m1 * m1).max(0.0);
        let variance = second * n / (n - 1.0);
        if n < FEWEST {
            return (variance, f64::NAN);
        }
        let fourth = m4 - 4.0 * m1 * m3 + 6.0 * m1 * m1 * m2 - 3.0 * m1.powi(4);
        // A few values understate a fourth moment: no less than that of a normal scatter, 3 s^4.
        let excess = (fourth - second * second * (n - 3.0) / (n - 1.0)) / n;
        let normal = 2.0 * variance * variance / (n - 1.0);
        (variance, excess.max(normal).sqrt())
    }

    /// sqrt(N) times the bias, and its standard error.
    pub(in crate::lesson) fn mean(&self, n: f64) -> (f64, f64) {
        (self.0[0] / n, (self.variance(n).0 / n).sqrt())
    }
}

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
