//! What samples say: moments, histograms, densities, and how much a correlated series is worth.
//!
//! The integrated autocorrelation time is `tau = 1 + 2 sum_k rho_k`: `n` correlated values are
//! worth `n / tau` independent ones. The sum is cut off by the initial positive sequence of Geyer
//! (Practical Markov chain Monte Carlo, Statistical Science 7, 1992).

/// Mean and unbiased variance (divisor n - 1); NaN where there are too few values.
#[must_use]
pub fn mean_and_variance(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    (mean, if values.len() > 1 { squares / (n - 1.0) } else { f64::NAN })
}

/// Mean of independent values and its standard error; NaN where there are too few.
#[must_use]
pub fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let (mean, variance) = mean_and_variance(values);
    (mean, (variance / values.len() as f64).sqrt())
}

/// A quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996)
/// of values in ascending order; NaN of an empty slice.
#[must_use]
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let at = p.clamp(0.0, 1.0) * last as f64;
    let below = at.floor() as usize;
    let above = (below + 1).min(last);
    sorted[below] + (at - below as f64) * (sorted[above] - sorted[below])
}

/// The mean of a correlated series, its standard error and its autocorrelation time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correlated {
    /// The mean.
    pub mean: f64,
    /// One standard error of the mean; NaN while the series is too short to tell.
    pub error: f64,
    /// The integrated autocorrelation time, in entries of the series.
    pub time: f64,
}

/// Mean, error and autocorrelation time of a series. The error allows for the mean being
/// estimated from the same series: autocovariances around it are too small by the variance of
/// the mean, in each of the `2 m + 1` terms that are summed.
#[must_use]
pub fn correlated_mean(series: &[f64]) -> Correlated {
    let n = series.len();
    let mean = series.iter().sum::<f64>() / n as f64;
    if n < 4 {
        return Correlated { mean, error: f64::NAN, time: f64::NAN };
    }
    let covariance = |lag: usize| {
        let pairs = series.iter().zip(&series[lag..]);
        pairs.map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>() / n as f64
    };
    let variance = covariance(0);
    if variance == 0.0 {
        return Correlated { mean, error: 0.0, time: 1.0 };
    }
    // Sums of neighbouring pairs are positive and decreasing for a reversible chain.
    let mut sum = -variance;
    let mut smallest = f64::INFINITY;
    let mut terms = 0;
    while 2 * terms + 1 < n {
        let pair = covariance(2 * terms) + covariance(2 * terms + 1);
        if pair.is_nan() {
            return Correlated { mean, error: f64::NAN, time: f64::NAN };
        }
        if pair <= 0.0 {
            break;
        }
        smallest = smallest.min(pair);
        sum += 2.0 * smallest;
        terms += 1;
    }
    // An anticorrelated series may cut off at once; white noise is then the safe answer.
    let sum = sum.max(variance / n as f64);
    let lost = (4 * terms).saturating_sub(1).max(1);
    let error = if n > lost { (sum / (n - lost) as f64).sqrt() } else { f64::NAN };
    Correlated { mean, error, time: sum / variance }
}

/// The integrated autocorrelation time of a series, in its own steps; NaN below four values.
#[must_use]
pub fn autocorrelation_time(series: &[f64]) -> f64 {
    correlated_mean(series).time
}

/// Means of equal, consecutive blocks of an endless series of `N` quantities. When there are
/// [`BatchMeans::MOST`] blocks, neighbours merge and the blocks double: memory stays bounded, and
/// the blocks outgrow any autocorrelation time (Flegal and Jones, Annals of Statistics 38, 2010,
/// for why batch means are consistent when they grow).
#[derive(Debug)]
pub struct BatchMeans<const N: usize> {
    length: u64,
    blocks: Vec<[f64; N]>,
    open: [f64; N],
    open_count: u64,
}

impl<const N: usize> Default for BatchMeans<N> {
    fn default() -> Self {
        let blocks = Vec::with_capacity(Self::MOST);
        Self { length: 1, blocks, open: [0.0; N], open_count: 0 }
    }
}

impl<const N: usize> Clone for BatchMeans<N> {
    /// With room for all blocks, which a copied vector would not have.
    fn clone(&self) -> Self {
        let mut blocks = Vec::with_capacity(Self::MOST);
        blocks.extend_from_slice(&self.blocks);
        Self { blocks, ..*self }
    }
}

impl<const N: usize> BatchMeans<N> {
    /// The most blocks that are kept; between half of them and all, once there were that many.
    pub const MOST: usize = 256;

    /// Takes one more value of each quantity. Allocates nothing.
    pub fn push(&mut self, values: [f64; N]) {
        for (open, v) in self.open.iter_mut().zip(values) {
            *open += v;
        }
        self.open_count += 1;
        if self.open_count < self.length {
            return;
        }
        let scale = 1.0 / self.length as f64;
        self.blocks.push(self.open.map(|v| v * scale));
        self.open = [0.0; N];
        self.open_count = 0;
        if self.blocks.len() == Self::MOST {
            for i in 0..Self::MOST / 2 {
                let (a, b) = (self.blocks[2 * i], self.blocks[2 * i + 1]);
                self.blocks[i] = std::array::from_fn(|j| 0.5 * (a[j] + b[j]));
            }
            self.blocks.truncate(Self::MOST / 2);
            self.length *= 2;
        }
    }

    /// Steps a block.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The finished blocks from the first step on.
    #[must_use]
    pub fn blocks(&self) -> &[[f64; N]] {
        &self.blocks
    }

    /// The later half of the finished blocks: what is left when the relaxation is discarded.
    #[must_use]
    pub fn settled(&self) -> &[[f64; N]] {
        &self.blocks[self.blocks.len() / 2..]
    }
}

/// How many values fall into each of `bins` equal bins from `low` to `high` (the upper end
/// included), and how many outside; NaN counts as outside.
#[must_use]
pub fn histogram(values: &[f64], low: f64, high: f64, bins: usize) -> (Vec<u64>, u64) {
    let mut counts = vec![0; bins];
    let mut outside = 0;
    let scale = bins as f64 / (high - low);
    for v in values {
        if *v >= low && *v <= high && bins > 0 {
            counts[(((v - low) * scale) as usize).min(bins - 1)] += 1;
        } else {
            outside += 1;
        }
    }
    (counts, outside)
}

/// The area under the receiver operating characteristic, P(high > low) + P(high = low)/2 for a
/// random member of each, by ranks (Mann and Whitney, Annals of Mathematical Statistics 18, 1947;
/// Hanley and McNeil, Radiology 143, 1982), and its standard error (DeLong, DeLong and
/// Clarke-Pearson, Biometrics 44, 1988). NaN where a side is empty or holds NaN.
#[must_use]
pub fn auroc(low: &[f64], high: &[f64]) -> (f64, f64) {
    if low.is_empty() || high.is_empty() || low.iter().chain(high).any(|v| v.is_nan()) {
        return (f64::NAN, f64::NAN);
    }
    // Of each member the share of the other side that lies on the right side of it.
    let shares = |of: &[f64], among: &[f64]| -> Vec<f64> {
        let mut sorted = among.to_vec();
        sorted.sort_by(f64::total_cmp);
        let share = |v: &f64| {
            let below = sorted.partition_point(|s| s < v);
            let up_to = sorted.partition_point(|s| s <= v);
            0.5 * (below + up_to) as f64 / sorted.len() as f64
        };
        of.iter().map(share).collect()
    };
    let (area, by_high) = mean_and_variance(&shares(high, low));
    let (_, by_low) = mean_and_variance(&shares(low, high));
    (area, (by_high / high.len() as f64 + by_low / low.len() as f64).sqrt())
}

/// Silverman's rule of thumb, `0.9 min(sd, IQR/1.34) n^(-1/5)` (Density Estimation, 1986, eq.
/// 3.31). Zero for equal points, NaN below two.
#[must_use]
pub fn silverman_bandwidth(points: &[f64]) -> f64 {
    let (_, variance) = mean_and_variance(points);
    let mut sorted = points.to_vec();
    sorted.sort_by(f64::total_cmp);
    let range = quantile(&sorted, 0.75) - quantile(&sorted, 0.25);
    let sd = variance.sqrt();
    let spread = if range > 0.0 { sd.min(range / 1.34) } else { sd };
    0.9 * spread * (points.len() as f64).powf(-0.2)
}

/// The Gaussian kernel density estimate of the points at each place of `at` (Parzen 1962):
/// `sum_i exp(-(x - x_i)^2/(2 h^2)) / (n h sqrt(2 pi))`.
#[must_use]
pub fn kernel_density(points: &[f64], bandwidth: f64, at: &[f64]) -> Vec<f64> {
    let scale = -0.5 / (bandwidth * bandwidth);
    let norm = 1.0 / (points.len() as f64 * bandwidth * (2.0 * std::f64::consts::PI).sqrt());
    let mut squares = vec![0.0; points.len()];
    at.iter()
        .map(|x| {
            for (square, p) in squares.iter_mut().zip(points) {
                *square = (x - p) * (x - p);
            }
            norm * super::vector_math::exp_affine_sum(&mut squares, scale, 0.0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::stream;
    use rand::RngExt as _;
    use rand_distr::StandardNormal;

    /// An AR(1) series with unit variance: tau = (1 + a)/(1 - a).
    fn autoregression(a: f64, n: usize, seed: u64) -> Vec<f64> {
        let mut rng = stream(seed, 0);
        let mut x: f64 = rng.sample(StandardNormal);
        let noise = (1.0 - a * a).sqrt();
        (0..n)
            .map(|_| {
                x = a * x + noise * rng.sample::<f64, _>(StandardNormal);
                x
            })
            .collect()
    }

    #[test]
    fn the_area_under_the_curve_counts_pairs_and_halves_ties() {
        // Pairs by hand: of 3 x 4, 9 in order and 1 tied.
        let (low, high) = ([1.0, 2.0, 3.0], [2.0, 2.5, 3.5, 4.0]);
        assert!((auroc(&low, &high).0 - 9.5 / 12.0).abs() < 1e-15);
        assert!((auroc(&high, &low).0 - 2.5 / 12.0).abs() < 1e-15);
        assert_eq!(auroc(&[0.0; 5], &[0.0; 3]).0, 0.5);
        // DeLong's error by numpy: var(v10)/4 + var(v01)/3, divisors n - 1.
        assert!((auroc(&low, &high).1 - 0.195_433_989_992_642_9).abs() < 1e-12);
        assert!(auroc(&[], &high).0.is_nan() && auroc(&[f64::NAN], &high).0.is_nan());
        // N(0,1) against N(1,1): Phi(1/sqrt 2) = .760250 (scipy), within its error bar as often
        // as an error bar should have it.
        let mut rng = stream(4, 0);
        let mut draw = |shift: f64| -> Vec<f64> {
            (0..60).map(|_| shift + rng.sample::<f64, _>(StandardNormal)).collect()
        };
        let within = (0..400).filter(|_| {
            let (area, error) = auroc(&draw(0.0), &draw(1.0));
            (area - 0.760_250).abs() < error
        });
        let share = within.count() as f64 / 400.0;
        assert!((share - 0.68).abs() < 0.08, "{share}");
    }

    #[test]
    fn moments_and_quantiles_of_a_few_numbers() {
        let (mean, variance) = mean_and_variance(&[1.0, 2.0, 4.0, 9.0]);
        // numpy: mean, var(ddof=1).
        assert_eq!(mean, 4.0);
        assert!((variance - 12.666_666_666_666_666).abs() < 1e-14);
        assert!(mean_and_variance(&[1.0]).1.is_nan());
        assert_eq!(quantile(&[1.0, 2.0, 4.0, 9.0], 0.75), 5.25);
        assert!(quantile(&[], 0.5).is_nan());
    }

    #[test]
    fn the_autocorrelation_time_is_that_of_the_autoregression() {
        for a in [0.0, 0.5, 0.9] {
            let time = autocorrelation_time(&autoregression(a, 200_000, 3));
            let exact = (1.0 + a) / (1.0 - a);
            // Statistical error 3.5% at a = 0.9, and the cut-off errs upwards.
            assert!((time / exact - 1.0).abs() < 0.12, "a = {a}: {time} against {exact}");
        }
    }

    #[test]
    fn the_error_of_a_short_correlated_series_is_honest() {
        for (a, n) in [(0.0, 100), (0.5, 120), (0.8, 250)] {
            let runs = 600;
            let z: Vec<f64> = (0..runs)
                .map(|seed| correlated_mean(&autoregression(a, n, seed)))
                .map(|c| c.mean / c.error)
                .collect();
            let within = |k: f64| z.iter().filter(|z| z.abs() < k).count() as f64 / runs as f64;
            assert!((0.62..0.80).contains(&within(1.0)), "a = {a}: {}", within(1.0));
            assert!(within(3.0) > 0.97, "a = {a}: {}", within(3.0));
        }
    }

    #[test]
    fn short_constant_and_broken_series_are_answered() {
        assert!(correlated_mean(&[1.0, 2.0]).error.is_nan());
        assert_eq!(correlated_mean(&[2.0; 9]).error, 0.0);
        assert!(correlated_mean(&[1.0, f64::NAN, 2.0, 3.0, 4.0]).error.is_nan());
    }

    #[test]
    fn batches_double_and_lose_nothing() {
        let mut batches = BatchMeans::<2>::default();
        let n = 256 * 5;
        for i in 0..n {
            batches.push([f64::from(i), 1.0]);
        }
        assert!(batches.blocks().len() < BatchMeans::<2>::MOST);
        let covered = batches.blocks().len() as u64 * batches.length();
        assert_eq!(covered, n as u64);
        let mean =
            batches.blocks().iter().map(|b| b[0]).sum::<f64>() / batches.blocks().len() as f64;
        assert!((mean - f64::from(n - 1) / 2.0).abs() < 1e-9);
        assert!(batches.blocks().iter().all(|b| b[1] == 1.0));
        let settled = batches.settled().len();
        assert!(settled * 2 >= batches.blocks().len());
    }

    #[test]
    fn a_histogram_counts_every_value_once() {
        let (counts, outside) = histogram(&[0.0, 0.1, 0.5, 1.0, 1.1, f64::NAN, -0.1], 0.0, 1.0, 2);
        assert_eq!((counts, outside), (vec![2, 2], 3));
    }

    #[test]
    fn kernel_density_is_that_of_scipy() {
        // scipy.stats.gaussian_kde([-1, 0, 0.5, 3], bw_method=0.7/std(ddof=1)).
        let points = [-1.0, 0.0, 0.5, 3.0];
        let density = kernel_density(&points, 0.7, &[-2.0, 0.0, 1.0, 5.0]);
        let exact =
            [0.054003527361627696, 0.3042487594159643, 0.16656481161371256, 0.002405035679345841];
        for (d, e) in density.iter().zip(exact) {
            assert!((d - e).abs() < 1e-14, "{d} against {e}");
        }
        assert!((silverman_bandwidth(&points) - 0.6998877802450066).abs() < 1e-14);
        assert_eq!(silverman_bandwidth(&[2.0, 2.0, 2.0]), 0.0);
    }
}
