//! A distribution of words without a context: counts to a power, q(w) ~ n(w)^alpha. Power 1 is the
//! unigram distribution, 0 the uniform one, and .75 what word2vec takes (Mikolov, Sutskever, Chen,
//! Corrado and Dean, NeurIPS 2013, section 2.2).
//!
//! A draw costs the same for any number of words: the alias method (Walker, ACM Transactions on
//! Mathematical Software 3, 1977; Vose, IEEE Transactions on Software Engineering 17, 1991).

use crate::math::rng::Rng;
use rand_distr::Distribution as _;
use rand_distr::weighted::WeightedAliasIndex;

/// The distribution of words.
#[derive(Clone, Debug)]
pub struct Unigram {
    log_q: Vec<f64>,
    alias: WeightedAliasIndex<f64>,
}

impl Unigram {
    /// In proportion to `counts^alpha`. `None` where there is no word, or none that was counted.
    #[must_use]
    pub fn new(counts: &[u64], alpha: f64) -> Option<Self> {
        let weights: Vec<f64> = counts.iter().map(|n| (*n as f64).powf(alpha)).collect();
        let total: f64 = weights.iter().sum();
        let log_q = weights.iter().map(|w| (w / total).ln()).collect();
        Some(Self { log_q, alias: WeightedAliasIndex::new(weights).ok()? })
    }

    /// log q of every word, in nats.
    #[must_use]
    pub fn log_q(&self) -> &[f64] {
        &self.log_q
    }

    /// One word.
    pub fn draw(&self, rng: &mut Rng) -> u32 {
        self.alias.sample(rng) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::Unigram;
    use crate::math::rng::stream;

    const COUNTS: [u64; 5] = [50, 25, 15, 7, 3];

    #[test]
    fn the_powers_are_those_of_the_counts() {
        // numpy: c = np.array([50,25,15,7,3.])**.75; np.log(c/c.sum()).
        let expected = [-0.854_444_39, -1.374_304_78, -1.757_424, -2.329_029_04, -2.964_502_43];
        let q = Unigram::new(&COUNTS, 0.75).expect("a distribution");
        for (a, b) in q.log_q().iter().zip(expected) {
            assert!((a - b).abs() < 1e-6, "{:?}", q.log_q());
        }
        let uniform = Unigram::new(&COUNTS, 0.0).expect("a distribution");
        assert!(uniform.log_q().iter().all(|l| (l + 5f64.ln()).abs() < 1e-12));
        assert!(Unigram::new(&[], 1.0).is_none() && Unigram::new(&[0, 0], 1.0).is_none());
    }

    #[test]
    fn draws_come_in_those_shares() {
        let q = Unigram::new(&COUNTS, 1.0).expect("a distribution");
        let mut rng = stream(5, 0);
        let draws = 100_000;
        let mut seen = [0.0; 5];
        (0..draws).for_each(|_| seen[q.draw(&mut rng) as usize] += 1.0);
        // Pearson's statistic with four degrees of freedom: beyond 18.5 once in a thousand times.
        let expected = COUNTS.map(|c| c as f64 / 100.0 * f64::from(draws));
        let statistic: f64 =
            seen.iter().zip(expected).map(|(s, e): (&f64, f64)| (s - e).powi(2) / e).sum();
        assert!(statistic < 18.5, "{statistic}");
    }
}
