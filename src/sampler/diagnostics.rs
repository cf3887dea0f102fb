//! Whether chains can be believed.

use crate::math::statistics::{correlated_mean, mean_and_variance};

/// Potential scale reduction (Gelman and Rubin, Statistical Science 7, 1992): the square root of
/// the variance over all chains against the mean variance within one. It is near 1 when chains
/// that began apart cannot be told apart any more; chains that began together can pass it while
/// all of them are stuck in the same place. `means` and `variances` (divisor n - 1) are those of
/// each chain over its `n` steps. NaN with fewer than two chains or steps.
#[must_use]
pub fn r_hat(means: &[f64], variances: &[f64], n: f64) -> f64 {
    if means.len() < 2 || n < 2.0 {
        return f64::NAN;
    }
    let within = variances.iter().sum::<f64>() / variances.len() as f64;
    let (_, between) = mean_and_variance(means);
    if within == 0.0 {
        // Nothing moves: chains at one point agree, chains at several never will.
        return if between == 0.0 { 1.0 } else { f64::INFINITY };
    }
    ((n - 1.0) / n + between / within).sqrt()
}

/// Effective sample size: how many independent draws a correlated series is worth for its mean.
#[must_use]
pub fn effective_sample_size(series: &[f64]) -> f64 {
    series.len() as f64 / correlated_mean(series).time
}

/// Sums over a window of steps, for each chain, from which its mean and variance follow.
///
/// The window runs from the last power of two but one: `[2^(k-1), now]` once `now >= 2^k`, so that
/// between a quarter and a half of the run is discarded as relaxation, in bounded memory.
#[derive(Clone, Debug, Default)]
pub struct ChainMoments {
    steps: u64,
    before: Window,
    now: Window,
}

#[derive(Clone, Debug, Default)]
struct Window {
    steps: u64,
    sum: Vec<f64>,
    squares: Vec<f64>,
}

impl Window {
    fn clear(&mut self, count: usize) {
        self.steps = 0;
        for sums in [&mut self.sum, &mut self.squares] {
            sums.clear();
            sums.resize(count, 0.0);
        }
    }
}

impl ChainMoments {
    /// Nothing seen yet of `count` chains.
    #[must_use]
    pub fn new(count: usize) -> Self {
        let mut moments = Self::default();
        moments.clear(count);
        moments
    }

    /// Forgets everything and begins with `count` chains.
    pub fn clear(&mut self, count: usize) {
        self.steps = 0;
        self.before.clear(count);
        self.now.clear(count);
    }

    /// Takes one more value of each chain. Allocates nothing.
    pub fn push(&mut self, values: &[f64]) {
        if self.steps.is_power_of_two() {
            std::mem::swap(&mut self.before, &mut self.now);
            self.now.clear(values.len());
        }
        self.steps += 1;
        self.now.steps += 1;
        let sums = self.now.sum.iter_mut().zip(&mut self.now.squares);
        for ((sum, square), v) in sums.zip(values) {
            *sum += v;
            *square += v * v;
        }
    }

    /// How many steps the window has.
    #[must_use]
    pub fn window(&self) -> u64 {
        self.before.steps + self.now.steps
    }

    /// The mean and the variance (divisor n - 1) of each chain over the window.
    #[must_use]
    pub fn of_each(&self) -> (Vec<f64>, Vec<f64>) {
        let n = self.window() as f64;
        let chains = self.now.sum.len();
        let mut means = Vec::with_capacity(chains);
        let mut variances = Vec::with_capacity(chains);
        for i in 0..chains {
            let mean = (self.before.sum[i] + self.now.sum[i]) / n;
            let square = (self.before.squares[i] + self.now.squares[i]) / n;
            means.push(mean);
            variances.push((square - mean * mean).max(0.0) * n / (n - 1.0));
        }
        (means, variances)
    }

    /// [`r_hat`] over the window.
    #[must_use]
    pub fn r_hat(&self) -> f64 {
        let (means, variances) = self.of_each();
        r_hat(&means, &variances, self.window() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::{ChainMoments, effective_sample_size, r_hat};
    use crate::math::rng::stream;
    use crate::math::statistics::mean_and_variance;
    use rand::RngExt as _;
    use rand_distr::StandardNormal;

    #[test]
    fn r_hat_is_the_textbook_ratio() {
        // numpy: W = mean of var(ddof=1), B/n = var of means; sqrt((n-1)/n + (B/n)/W).
        let chains = [[1.0, 2.0, 3.0, 4.0], [2.0, 4.0, 4.0, 2.0], [9.0, 8.0, 9.0, 8.0]];
        let (means, variances): (Vec<f64>, Vec<f64>) =
            chains.iter().map(|c| mean_and_variance(c)).unzip();
        assert!((r_hat(&means, &variances, 4.0) - 3.274904578762563).abs() < 1e-12);
        assert!(r_hat(&means[..1], &variances[..1], 4.0).is_nan());
        assert_eq!(r_hat(&[1.0, 2.0], &[0.0, 0.0], 5.0), f64::INFINITY);
    }

    #[test]
    fn chains_apart_are_told_from_chains_together() {
        for (apart, low, high) in [(0.0, 0.99, 1.01), (3.0, 2.0, 4.0)] {
            let mut rng = stream(3, 0);
            let mut moments = ChainMoments::new(20);
            for _ in 0..600 {
                let values: Vec<f64> = (0..20)
                    .map(|i| apart * f64::from(i % 2) * 2.0 + rng.sample::<f64, _>(StandardNormal))
                    .collect();
                moments.push(&values);
            }
            let r = moments.r_hat();
            assert!(r > low && r < high, "{apart}: {r}");
        }
    }

    #[test]
    fn the_window_forgets_the_beginning() {
        let mut moments = ChainMoments::new(2);
        for t in 0..100 {
            // Apart for the first 30 steps, together afterwards.
            let apart = if t < 30 { 1e6 } else { 0.0 };
            let wobble = f64::from(t % 2);
            moments.push(&[wobble, apart + wobble]);
        }
        // The window began at step 32.
        assert!((moments.r_hat() - 1.0).abs() < 0.02, "{}", moments.r_hat());
    }

    #[test]
    fn independent_draws_are_worth_their_number() {
        let mut rng = stream(3, 0);
        let series: Vec<f64> = (0..20_000).map(|_| rng.sample(StandardNormal)).collect();
        let size = effective_sample_size(&series);
        assert!((size / 20_000.0 - 1.0).abs() < 0.1, "{size}");
    }
}
