//! Random numbers in bulk, single precision, from many generators side by side: what a sampler
//! draws from that steps hundreds of chains at once.

use super::rng::{Rng, stream};
use rand::RngExt as _;
use rand_distr::StandardNormal;

/// A stream of random numbers that come in slices. The numbers depend on the seed, the stream and
/// the calls made so far, on every machine alike.
#[derive(Clone, Debug)]
pub struct Lanes {
    rng: Rng,
}

impl Lanes {
    /// One of the independent streams of a seed.
    #[must_use]
    pub fn new(seed: u64, index: u64) -> Self {
        Self { rng: stream(seed, index) }
    }

    /// Fills a slice with draws from the uniform distribution on [0, 1).
    pub fn uniform(&mut self, out: &mut [f32]) {
        out.fill_with(|| self.rng.random());
    }

    /// Fills a slice with draws from N(0, 1).
    pub fn normal(&mut self, out: &mut [f32]) {
        out.fill_with(|| self.rng.sample(StandardNormal));
    }
}

#[cfg(test)]
mod tests {
    use super::Lanes;

    #[test]
    fn the_moments_are_those_of_the_distributions() {
        let mut lanes = Lanes::new(7, 0);
        let mut draws = vec![0.0; 200_000];
        let moment = |draws: &[f32], k: i32| {
            draws.iter().map(|x| f64::from(*x).powi(k)).sum::<f64>() / draws.len() as f64
        };
        lanes.uniform(&mut draws);
        assert!(draws.iter().all(|u| (0.0..1.0).contains(u)));
        // Four standard errors each.
        for (k, exact, error) in [(1, 0.5, 6.5e-4), (2, 1.0 / 3.0, 6.7e-4), (4, 0.2, 6e-4)] {
            assert!((moment(&draws, k) - exact).abs() < 4.0 * error, "uniform {k}");
        }
        lanes.normal(&mut draws);
        for (k, exact, error) in
            [(1, 0.0, 2.3e-3), (2, 1.0, 3.2e-3), (3, 0.0, 8.7e-3), (4, 3.0, 0.022)]
        {
            assert!((moment(&draws, k) - exact).abs() < 4.0 * error, "normal {k}");
        }
    }

    #[test]
    fn a_seed_and_a_stream_name_the_numbers() {
        let draw = |seed, index| {
            let mut out = [0.0; 37];
            Lanes::new(seed, index).normal(&mut out);
            out
        };
        assert_eq!(draw(1, 2), draw(1, 2));
        assert_ne!(draw(1, 2), draw(1, 3));
        assert_ne!(draw(1, 2), draw(2, 2));
    }
}
