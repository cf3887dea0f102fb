//! How fast chains forget: `rho_k = <f_t f_(t-k)>/<f_t^2>` with f counted from its known mean, over
//! many chains, while they run. A mean that is known and not taken from the same chains keeps
//! frozen chains from looking forgetful.

/// The lags at which it is measured, in steps: about three to an octave.
pub const LAGS: [usize; 22] =
    [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256];

/// The longest of them: how many values of each chain are kept.
const LONGEST: usize = LAGS[LAGS.len() - 1];

/// Sums of products of a few chains, over the window of [`super::diagnostics::ChainMoments`].
#[derive(Clone, Debug)]
pub struct Autocorrelation {
    chains: usize,
    steps: u64,
    /// The last values, step by step in a ring.
    ring: Vec<f32>,
    before: Sums,
    now: Sums,
}

#[derive(Clone, Copy, Debug)]
struct Sums {
    /// `<f_t f_t>`, and the products at each lag.
    square: f64,
    squares: u64,
    products: [f64; LAGS.len()],
    counts: [u64; LAGS.len()],
}

impl Sums {
    const NONE: Self =
        Self { square: 0.0, squares: 0, products: [0.0; LAGS.len()], counts: [0; LAGS.len()] };
}

impl Autocorrelation {
    /// Nothing seen yet of `chains` chains.
    #[must_use]
    pub fn new(chains: usize) -> Self {
        let ring = vec![0.0; chains * LONGEST];
        Self { chains, steps: 0, ring, before: Sums::NONE, now: Sums::NONE }
    }

    /// Takes one more value of each chain, counted from the mean; more values than there are
    /// chains are left out. Allocates nothing.
    pub fn push(&mut self, values: &[f64], mean: f64) {
        if self.steps.is_power_of_two() {
            self.before = self.now;
            self.now = Sums::NONE;
        }
        let time = self.steps as usize;
        self.steps += 1;
        let n = self.chains.min(values.len());
        for (k, lag) in LAGS.iter().enumerate().filter(|(_, lag)| **lag <= time) {
            let row = (time - lag) % LONGEST * self.chains;
            let past = &self.ring[row..row + n];
            let products =
                values.iter().zip(past).map(|(now, past)| (now - mean) * f64::from(*past));
            self.now.products[k] += products.sum::<f64>();
            self.now.counts[k] += n as u64;
        }
        let row = time % LONGEST * self.chains;
        for (slot, value) in self.ring[row..row + n].iter_mut().zip(values) {
            *slot = (value - mean) as f32;
            self.now.square += (value - mean) * (value - mean);
        }
        self.now.squares += n as u64;
    }

    /// The last values of one chain, counted from the mean, the newest at the end.
    #[must_use]
    pub fn past(&self, chain: usize) -> Vec<f64> {
        let kept = (self.steps as usize).min(LONGEST);
        let steps = self.steps as usize - kept..self.steps as usize;
        steps.map(|t| f64::from(self.ring[t % LONGEST * self.chains + chain])).collect()
    }

    /// The correlation at each of [`LAGS`] that has been seen often enough: at least as many steps
    /// as the lag is long.
    #[must_use]
    pub fn curve(&self) -> Vec<(usize, f64)> {
        let (a, b) = (&self.before, &self.now);
        let variance = (a.square + b.square) / (a.squares + b.squares) as f64;
        if variance.is_nan() || variance <= 0.0 {
            return Vec::new();
        }
        let seen = LAGS.iter().enumerate().filter_map(|(k, lag)| {
            let count = a.counts[k] + b.counts[k];
            let enough = count >= (lag * self.chains) as u64 && count > 0;
            enough.then(|| (*lag, (a.products[k] + b.products[k]) / count as f64 / variance))
        });
        seen.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Autocorrelation;
    use crate::math::rng::stream;
    use rand::RngExt as _;
    use rand_distr::StandardNormal;

    #[test]
    fn that_of_an_autoregression_falls_as_its_power() {
        let (a, mean): (f64, f64) = (0.9, 3.0);
        let mut rng = stream(5, 0);
        let mut x: Vec<f64> = (0..24).map(|_| rng.sample(StandardNormal)).collect();
        let mut seen = Autocorrelation::new(24);
        for _ in 0..6_000 {
            for x in &mut x {
                *x = a * *x + (1.0 - a * a).sqrt() * rng.sample::<f64, _>(StandardNormal);
            }
            let values: Vec<f64> = x.iter().map(|x| x + mean).collect();
            seen.push(&values, mean);
        }
        let curve = seen.curve();
        assert_eq!(curve.len(), super::LAGS.len());
        for (lag, rho) in curve {
            // About 24 4,500/19 independent draws: an error of .013.
            let exact = a.powi(lag as i32);
            assert!((rho - exact).abs() < 0.05, "lag {lag}: {rho} against {exact}");
        }
    }

    #[test]
    fn frozen_chains_never_forget() {
        let mut seen = Autocorrelation::new(3);
        assert!(seen.curve().is_empty());
        for t in 0..40 {
            let sign = if t % 2 == 0 { 1.0 } else { -1.0 };
            seen.push(&[1.5, -0.2, sign], 0.0);
        }
        let curve = seen.curve();
        // Two stand still and one swings.
        assert!((curve[1].1 - 1.0).abs() < 0.01, "{curve:?}");
        assert!(curve[0].1 < 0.5);
    }
}
