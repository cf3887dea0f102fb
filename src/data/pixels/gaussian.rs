//! One Gaussian fitted to pictures and their jitter: mean and covariance, `Sigma + jitter^2 I`, by
//! its Cholesky factor L. The jitter also keeps pixels that never change from having no density.
//!
//! With `L z = x - mean` the squared distance of Mahalanobis is `|z|^2` (Mahalanobis, Proceedings
//! of the National Institute of Sciences of India 2, 1936), and
//! `log p(x) = -(|z|^2 + d log 2 pi)/2 - log det L`.

use crate::math::lanes::Lanes;
use nalgebra::DMatrix;
use std::f64::consts::TAU;

/// The Gaussian.
#[derive(Clone, Debug)]
pub struct Gaussian {
    mean: Vec<f64>,
    /// The columns of L from the diagonal down, one after the other.
    factor: Vec<f64>,
    log_peak: f64,
}

impl Gaussian {
    /// Of rows of `inputs` numbers (divisor n) with Gaussian jitter of this deviation; none where
    /// there is no row or the covariance is singular.
    #[must_use]
    pub fn fit(rows: &[f32], inputs: usize, jitter: f64) -> Option<Self> {
        let n = rows.len() / inputs.max(1);
        if n == 0 {
            return None;
        }
        let mut data = DMatrix::from_row_iterator(n, inputs, rows.iter().map(|x| f64::from(*x)));
        let mean = data.row_mean();
        data.row_iter_mut().for_each(|mut r| r -= &mean);
        let mut covariance = data.tr_mul(&data) / n as f64;
        for i in 0..inputs {
            covariance[(i, i)] += jitter * jitter;
        }
        let full = covariance.cholesky()?.unpack();
        let mut factor = Vec::with_capacity(inputs * (inputs + 1) / 2);
        (0..inputs).for_each(|j| factor.extend((j..inputs).map(|i| full[(i, j)])));
        let log_det: f64 = full.diagonal().iter().map(|v| v.ln()).sum();
        let log_peak = -0.5 * inputs as f64 * TAU.ln() - log_det;
        log_peak.is_finite().then(|| Self {
            mean: mean.iter().copied().collect(),
            factor,
            log_peak,
        })
    }

    /// The squared distance of Mahalanobis of a point from the mean.
    #[must_use]
    pub fn distance(&self, point: &[f32]) -> f64 {
        let mut rest: Vec<f64> =
            point.iter().zip(&self.mean).map(|(x, m)| f64::from(*x) - m).collect();
        let (mut square, mut columns) = (0.0, &self.factor[..]);
        for j in 0..rest.len() {
            let (column, next) = columns.split_at(rest.len() - j);
            let z = rest[j] / column[0];
            square += z * z;
            rest[j + 1..].iter_mut().zip(&column[1..]).for_each(|(r, l)| *r -= z * l);
            columns = next;
        }
        square
    }

    /// log p in nats.
    #[must_use]
    pub fn log_density(&self, point: &[f32]) -> f64 {
        self.log_peak - 0.5 * self.distance(point)
    }

    /// Fills rows with draws.
    pub fn fill(&self, lanes: &mut Lanes, rows: &mut [f32]) {
        let d = self.mean.len();
        lanes.normal(rows);
        let mut point = vec![0.0; d];
        for row in rows.chunks_exact_mut(d) {
            point.copy_from_slice(&self.mean);
            let mut columns = &self.factor[..];
            for (j, z) in row.iter().enumerate() {
                let (column, next) = columns.split_at(d - j);
                let z = f64::from(*z);
                point[j..].iter_mut().zip(column).for_each(|(x, l)| *x += z * l);
                columns = next;
            }
            row.iter_mut().zip(&point).for_each(|(x, p)| *x = *p as f32);
        }
    }
}
