//! The estimate that a training of (theta, c) on fresh data amounts to: the mean of the parameters
//! over the later half of the updates, and its error.
//!
//! With gradients of fresh batches, the mean of the iterates of stochastic gradient descent is as
//! good an estimate as the minimum over all those data would be, whatever the step and the
//! preconditioner: its covariance is `H^-1 S H^-1 / N`, H the curvature of the loss, S the covariance
//! of a datum's gradient with that of its share of the noise, N the data that went in (Polyak and
//! Juditsky, SIAM Journal on Control and Optimization 30, 1992). For NCE that is the asymptotic
//! covariance of Gutmann and Hyvarinen (2012, theorem 3).

use crate::math::statistics::{BatchMeans, mean_and_variance};

/// Two unknowns: theta and c.
pub(super) type Pair = [f64; 2];
/// The entries (0,0), (0,1) and (1,1) of a symmetric matrix of two rows.
pub(super) type Symmetric = [f64; 3];

/// Updates before which no error is given.
const FEWEST: u64 = 100;
/// As many updates as the parameters need to travel this far at the learning rate: until then the
/// mean remembers the start.
const TRAVEL: f64 = 4.0;
/// Beyond this learning rate the parameters swing so far that their mean is no longer where the
/// loss is least, and the error would be understated.
pub(super) const FASTEST: f64 = 0.05;
/// The two halves of the window differ by twice the error of its mean, give or take; beyond so many
/// of those errors the parameters are still under way.
const DRIFT: f64 = 5.0;
/// Where the variances of theta and c cancel in a sum of the two to less than this share, what is
/// left is rounding of the covariance, and higher orders decide.
const CANCELLED: f64 = 0.02;
/// Parts of the later half whose spread tells how sure N Var is.
const GROUPS: usize = 8;
/// With fewer data a batch the parameters sway so far that the curvature along their way is not that
/// where they belong, and N Var is off by more than its spread: it has no error then.
const FEWEST_DATA: usize = 64;

/// Parameters, curvature and gradient covariance, averaged.
#[derive(Clone, Debug, Default)]
pub(super) struct Average {
    means: BatchMeans<8>,
    updates: u64,
}

/// What the average says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimate {
    pub(super) at: Pair,
    /// Of `at`; none while it is too early to tell.
    pub(super) covariance: Option<Symmetric>,
    /// N times the variance of theta, with its error; NaN where a batch is too small for one.
    pub(super) n_var: Option<(f64, f64)>,
    /// The data that went into the mean.
    pub(super) data: f64,
}

impl Average {
    /// After an update: the parameters, and the batch's curvature and gradient covariance.
    pub(super) fn push(&mut self, at: Pair, curvature: Symmetric, covariance: Symmetric) {
        let ([theta, c], [h0, h1, h2], [s0, s1, s2]) = (at, curvature, covariance);
        self.means.push([theta, c, h0, h1, h2, s0, s1, s2]);
        self.updates += 1;
    }

    /// The standard error of the mean of `slope theta + c` under a covariance of the mean of both.
    ///
    /// To first order it is that of the covariance. Where that cancels, as with noise like the data,
    /// the gradient along this sum has no chance in it: what the updates add up to is the difference
    /// of its two ends, and a mean over n updates is off as 1/n and not as its root. The means of
    /// k parts of the window then scatter k times as far as that of the whole is off.
    pub(super) fn error_along(&self, slope: f64, covariance: Symmetric) -> f64 {
        let [theta, both, c] = covariance;
        let parts = slope * slope * theta + c;
        let first = parts + 2.0 * slope * both;
        if first > CANCELLED * parts {
            return first.sqrt();
        }
        let course: Vec<f64> = self.means.settled().iter().map(|b| slope * b[0] + b[1]).collect();
        let of = |k: usize| {
            let length = (course.len() / k).max(1);
            let means: Vec<f64> =
                course.chunks_exact(length).take(k).map(|part| mean_and_variance(part).0).collect();
            mean_and_variance(&means).1.sqrt() / k as f64
        };
        of(GROUPS / 2).max(of(GROUPS))
    }

    /// The mean of theta and c over the later half, `now` before there is one, with its errors, at so
    /// many data a batch and this learning rate.
    pub(super) fn estimate(&self, now: Pair, batch: usize, rate: f64) -> Estimate {
        let settled = self.means.settled();
        let data = settled.len() as f64 * self.means.length() as f64 * batch as f64;
        let mean = mean_of(settled);
        let at = if settled.is_empty() { now } else { [mean[0], mean[1]] };
        let mut found = Estimate { at, covariance: None, n_var: None, data };
        let early = self.updates < FEWEST || self.updates as f64 * rate < TRAVEL;
        if early || rate > FASTEST {
            return found;
        }
        let Some(per_datum) = sandwich(&mean) else { return found };
        let covariance = per_datum.map(|v| v / data);
        let (first, second) = settled.split_at(settled.len() / 2);
        let (first, second) = (mean_of(first), mean_of(second));
        let drifts = |k: usize, variance: f64| {
            (second[k] - first[k]).abs() > DRIFT * variance.max(0.0).sqrt()
        };
        if drifts(0, covariance[0]) || drifts(1, covariance[2]) {
            return found;
        }
        let groups: Vec<f64> = settled
            .chunks(settled.len().div_ceil(GROUPS))
            .filter_map(|group| sandwich(&mean_of(group)).map(|s| s[0]))
            .collect();
        let spread = (mean_and_variance(&groups).1 / groups.len() as f64).sqrt();
        found.covariance = Some(covariance);
        let honest = if batch < FEWEST_DATA { f64::NAN } else { spread };
        found.n_var = spread.is_finite().then_some((per_datum[0], honest));
        found
    }
}

fn mean_of(blocks: &[[f64; 8]]) -> [f64; 8] {
    let share = 1.0 / blocks.len() as f64;
    std::array::from_fn(|k| blocks.iter().map(|b| b[k]).sum::<f64>() * share)
}

/// `H^-1 S H^-1`; none where the curvature is singular.
fn sandwich(mean: &[f64; 8]) -> Option<Symmetric> {
    let [_, _, h0, h1, h2, s0, s1, s2] = *mean;
    let determinant = h0 * h2 - h1 * h1;
    if !(determinant > 1e-12 * h0 * h2 && determinant.is_finite()) {
        return None;
    }
    let (a, b, d) = (h2 / determinant, -h1 / determinant, h0 / determinant);
    // The rows of H^-1 S.
    let (p, q) = (a * s0 + b * s1, a * s1 + b * s2);
    let (r, t) = (b * s0 + d * s1, b * s1 + d * s2);
    Some([p * a + q * b, p * b + q * d, r * b + t * d])
}

#[cfg(test)]
mod tests {
    use super::sandwich;

    #[test]
    fn the_sandwich_is_that_of_numpy() {
        // numpy: inv(H) @ S @ inv(H), H = [[2, .5], [.5, 1]], S = [[1, .2], [.2, .7]].
        let found = sandwich(&[0.0, 0.0, 2.0, 0.5, 1.0, 1.0, 0.2, 0.7]).expect("a covariance");
        for (f, e) in found.iter().zip(SANDWICH) {
            assert!((f - e).abs() < 1e-12, "{found:?}");
        }
        assert!(sandwich(&[0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0]).is_none());
    }

    const SANDWICH: [f64; 3] =
        [0.318_367_346_938_775_5, -0.244_897_959_183_673_47, 0.865_306_122_448_979_6];
}
