//! Mean and variance of a quantity that is measured again and again, each with its standard error,
//! from sums of powers that are kept while the values come and go.
//!
//! The error of a variance from n independent values is `sqrt((m4 - s^4 (n-3)/(n-1)) / n)` (Cramer,
//! Mathematical Methods of Statistics, 1946, section 27.4).

/// Values below which no error bar is shown: the fourth moment of fewer says nothing.
const FEWEST: f64 = 12.0;

/// Sums of e, e^2, e^3, e^4. Measure e from where it roughly lies: far from zero, the powers of its
/// mean swallow those of its scatter.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::lesson) struct Powers([f64; 4]);

impl Powers {
    pub(in crate::lesson) fn push(&mut self, e: f64) {
        let mut power = 1.0;
        for sum in &mut self.0 {
            power *= e;
            *sum += power;
        }
    }

    /// The variance and its standard error from n values; NaN where there are too few.
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

    /// The mean and its standard error.
    pub(in crate::lesson) fn mean(&self, n: f64) -> (f64, f64) {
        (self.0[0] / n, (self.variance(n).0 / n).sqrt())
    }
}
