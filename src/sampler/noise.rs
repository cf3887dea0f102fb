//! The random numbers that a step of many chains takes, apart from the step itself: samplers that
//! are given the same numbers can be compared move by move (common random numbers; Glasserman and
//! Yao, Some guidelines and guarantees for common random numbers, Management Science 38, 1992).

use crate::math::rng::{Rng, stream};
use rand::RngExt as _;
use rand_distr::StandardNormal;

/// What one step of every chain draws.
#[derive(Clone, Debug, Default)]
pub struct Draws {
    /// N(0, 1), coordinate by coordinate: the noise of a Langevin step, the momentum of a
    /// Hamiltonian one.
    pub normal: Vec<f64>,
    /// Uniform on [0, 1), one a chain: against it a proposal's acceptance is held.
    pub uniform: Vec<f64>,
    /// Uniform on [0, 1), one a chain: how a step's length is varied.
    pub jitter: Vec<f64>,
}

/// Where the numbers of a number of chains come from. What a chain draws depends on the seed and
/// its index, not on how many chains there are.
#[derive(Debug)]
pub struct Noise {
    dimension: usize,
    rngs: Vec<Rng>,
    draws: Draws,
}

impl Clone for Noise {
    /// Goes on to the same numbers; the last draws are left behind to keep copies small.
    fn clone(&self) -> Self {
        Self { dimension: self.dimension, rngs: self.rngs.clone(), draws: Draws::default() }
    }
}

impl Noise {
    /// For `count` chains; chain `i` draws from `stream(seed, 1 + i)`.
    #[must_use]
    pub fn new(dimension: usize, count: usize, seed: u64) -> Self {
        let rngs = (0..count as u64).map(|i| stream(seed, 1 + i)).collect();
        Self { dimension, rngs, draws: Draws::default() }
    }

    /// The numbers of the next step.
    pub fn draw(&mut self) -> &Draws {
        let count = self.rngs.len();
        let Draws { normal, uniform, jitter } = &mut self.draws;
        normal.resize(self.dimension * count, 0.0);
        uniform.resize(count, 0.0);
        jitter.resize(count, 0.0);
        for (i, rng) in self.rngs.iter_mut().enumerate() {
            for axis in 0..self.dimension {
                normal[axis * count + i] = rng.sample(StandardNormal);
            }
            uniform[i] = rng.random();
            jitter[i] = rng.random();
        }
        &self.draws
    }
}

#[cfg(test)]
mod tests {
    use super::Noise;

    #[test]
    fn a_chain_draws_the_same_in_any_company() {
        let (mut few, mut many) = (Noise::new(2, 3, 5), Noise::new(2, 40, 5));
        for _ in 0..10 {
            let (few, many) = (few.draw(), many.draw());
            assert_eq!(few.normal[..3], many.normal[..3]);
            assert_eq!(few.normal[3..], many.normal[40..43]);
            assert_eq!(few.uniform[..], many.uniform[..3]);
            assert_ne!(few.uniform[0], few.jitter[0]);
        }
        let mut copy = many.clone();
        assert_eq!(many.draw().normal, copy.draw().normal);
    }
}
