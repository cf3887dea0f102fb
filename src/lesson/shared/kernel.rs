//! The kernel density estimate that a fit is held against, in one or two dimensions:
//! p(x) = (1/n) sum_i N(x; x_i, h^2 I), the bandwidth by leave-one-out maximum likelihood (Habbema,
//! Hermans and van den Broek 1974; Duin, IEEE Transactions on Computers 25, 1976).

use std::f64::consts::TAU;

/// How many points choose the bandwidth; it is then scaled to all of them by n^(-1/(d+4)).
const CHOOSERS: usize = 400;

/// A Gaussian kernel density estimate of standardised points.
#[derive(Clone, Debug)]
pub(in crate::lesson) struct Kernel {
    points: Vec<f64>,
    dimensions: usize,
    bandwidth: f64,
}

impl Kernel {
    /// Of points one after the other; at least two.
    pub(in crate::lesson) fn new(points: &[f64], dimensions: usize) -> Self {
        let n = points.len() / dimensions;
        let some = &points[..n.min(CHOOSERS) * dimensions];
        let m = (some.len() / dimensions) as f64;
        // From 1/25 to 1.3 standard deviations in ratios of 1.19.
        let candidates = (0..21).map(|k| 0.04 * 1.19f64.powi(k));
        let best = candidates
            .map(|h| (leave_one_out(some, dimensions, h), h))
            .filter(|(score, _)| score.is_finite())
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let chosen = best.map_or(0.5, |(_, h)| h);
        let bandwidth = chosen * (n as f64 / m).powf(-1.0 / (dimensions as f64 + 4.0));
        Self { points: points.to_vec(), dimensions, bandwidth }
    }

    /// h, the same along every axis.
    pub(in crate::lesson) fn bandwidth(&self) -> f64 {
        self.bandwidth
    }

    /// Its logarithm at a point.
    pub(in crate::lesson) fn log_density(&self, at: &[f64]) -> f64 {
        let h = self.bandwidth;
        let n = self.points.len() / self.dimensions;
        let d = self.dimensions as f64;
        let scale = -0.5 / (h * h);
        let exponents = || self.points.chunks_exact(self.dimensions).map(|p| scale * square(p, at));
        let largest = exponents().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = exponents().map(|e| (e - largest).exp()).sum();
        largest + sum.ln() - (n as f64).ln() - 0.5 * d * (TAU * h * h).ln()
    }

    /// The mean of -log p over points.
    pub(in crate::lesson) fn nll(&self, points: &[f64]) -> f64 {
        let n = (points.len() / self.dimensions) as f64;
        -points.chunks_exact(self.dimensions).map(|x| self.log_density(x)).sum::<f64>() / n
    }
}

fn square(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// The mean over points of the log-density that the others give them.
fn leave_one_out(points: &[f64], dimensions: usize, h: f64) -> f64 {
    let n = points.len() / dimensions;
    let mut sums = vec![0.0; n];
    let scale = -0.5 / (h * h);
    for (i, a) in points.chunks_exact(dimensions).enumerate() {
        for (j, b) in points.chunks_exact(dimensions).enumerate().take(i) {
            let k = (scale * square(a, b)).exp();
            sums[i] += k;
            sums[j] += k;
        }
    }
    let norm = (n as f64 - 1.0).ln() + 0.5 * dimensions as f64 * (TAU * h * h).ln();
    sums.iter().map(|s| s.ln() - norm).sum::<f64>() / n as f64
}

#[cfg(test)]
mod tests {
    use super::{Kernel, leave_one_out};

    #[test]
    fn densities_are_those_of_scipy() {
        // scipy.stats.norm: log of the mean of N(x; x_i, h^2), h = .5, at .3; and leave-one-out.
        let kernel = Kernel { points: vec![-1.0, 0.0, 0.2, 2.0], dimensions: 1, bandwidth: 0.5 };
        assert!((kernel.log_density(&[0.3]) - (-0.9954929274080071)).abs() < 1e-12);
        assert!((leave_one_out(&kernel.points, 1, 0.5) - (-3.298778464109131)).abs() < 1e-12);
        let plane = Kernel { points: vec![0.0, 0.0, 1.0, -1.0], dimensions: 2, bandwidth: 0.7 };
        assert!((plane.log_density(&[0.5, 0.1]) - (-1.8253136829555652)).abs() < 1e-12);
        assert!(kernel.log_density(&[1e3]).is_finite());
    }
}
