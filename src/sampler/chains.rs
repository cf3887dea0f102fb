//! Many Markov chains that are stepped together, each with a random stream of its own.

use crate::math::rng::{Rng, stream};
use crate::model::energy::Energy;
use rand::RngExt as _;
use rand_distr::StandardNormal;

/// The state of a number of chains, laid out as [`Energy`] wants it: coordinate by coordinate.
/// The path of a chain depends on the seed and its index, not on how many chains there are.
#[derive(Debug)]
pub struct Chains {
    pub(super) dimension: usize,
    pub(super) positions: Vec<f64>,
    pub(super) energy: Vec<f64>,
    pub(super) rngs: Vec<Rng>,
    pub(super) scratch: Scratch,
    seed: u64,
}

/// Buffers of a step, sized on the first one.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pub(super) proposal: Vec<f64>,
    pub(super) proposal_energy: Vec<f64>,
    pub(super) gradient: Vec<f64>,
    pub(super) proposal_gradient: Vec<f64>,
    pub(super) ratio: Vec<f64>,
    pub(super) momentum: Vec<f64>,
    pub(super) lengths: Vec<f64>,
    /// The chains' own random numbers: those of a proposal, and those that decide about it.
    pub(super) normal: Vec<f64>,
    pub(super) uniform: Vec<f64>,
}

impl Clone for Chains {
    /// A copy that steps on to the same numbers; buffers are left behind to keep copies small.
    fn clone(&self) -> Self {
        Self {
            dimension: self.dimension,
            positions: self.positions.clone(),
            energy: self.energy.clone(),
            rngs: self.rngs.clone(),
            scratch: Scratch::default(),
            seed: self.seed,
        }
    }
}

impl Chains {
    /// `count` chains that all start at the point `start`. Chain `i` draws from
    /// `stream(seed, 1 + i)`.
    #[must_use]
    pub fn new(energy: &dyn Energy, start: &[f64], count: usize, seed: u64) -> Self {
        debug_assert_eq!(start.len(), energy.dimension());
        let mut chains = Self {
            dimension: start.len(),
            positions: start.iter().flat_map(|x| std::iter::repeat_n(*x, count)).collect(),
            energy: vec![0.0; count],
            rngs: (0..count as u64).map(|i| stream(seed, 1 + i)).collect(),
            scratch: Scratch::default(),
            seed,
        };
        chains.refresh(energy);
        chains
    }

    /// Chains that start at points of their own, given coordinate by coordinate, with random
    /// streams as in [`Chains::new`].
    #[must_use]
    pub fn at(energy: &dyn Energy, points: Vec<f64>, seed: u64) -> Self {
        let count = points.len() / energy.dimension();
        let mut chains = Self::driven(energy, points);
        chains.seed = seed;
        chains.rngs = (0..count as u64).map(|i| stream(seed, 1 + i)).collect();
        chains
    }

    /// The same without random streams: such chains are stepped with numbers from outside, by the
    /// functions that take them.
    #[must_use]
    pub fn driven(energy: &dyn Energy, points: Vec<f64>) -> Self {
        let mut chains = Self {
            dimension: energy.dimension(),
            energy: vec![0.0; points.len() / energy.dimension()],
            positions: points,
            rngs: Vec::new(),
            scratch: Scratch::default(),
            seed: 0,
        };
        chains.refresh(energy);
        chains
    }

    /// How many chains there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.energy.len()
    }

    /// How many coordinates a point has.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// One coordinate of every chain.
    #[must_use]
    pub fn coordinate(&self, axis: usize) -> &[f64] {
        &self.positions[axis * self.count()..(axis + 1) * self.count()]
    }

    /// All positions, coordinate by coordinate.
    #[must_use]
    pub fn positions(&self) -> &[f64] {
        &self.positions
    }

    /// The energy of every chain.
    #[must_use]
    pub fn energy(&self) -> &[f64] {
        &self.energy
    }

    /// Takes in that the energy has changed.
    pub fn refresh(&mut self, energy: &dyn Energy) {
        energy.value(&self.positions, &mut self.energy);
    }

    /// Removes the last chains, or adds chains that begin at `start`.
    pub fn resize(&mut self, energy: &dyn Energy, start: &[f64], count: usize) {
        let before = self.count();
        let mut positions = Vec::with_capacity(self.dimension * count);
        for (axis, x) in start.iter().enumerate() {
            let kept = self.coordinate(axis).iter().copied().take(count);
            positions.extend(kept.chain(std::iter::repeat_n(*x, count.saturating_sub(before))));
        }
        self.positions = positions;
        self.energy.resize(count, 0.0);
        self.rngs.truncate(count);
        let seed = self.seed;
        self.rngs.extend((before as u64..count as u64).map(|i| stream(seed, 1 + i)));
        self.refresh(energy);
    }
}

impl Scratch {
    /// Draws the numbers of a step from the chains' own streams: the normal ones and, where they
    /// are wanted, the uniform ones.
    pub(super) fn draw(&mut self, dimension: usize, rngs: &mut [Rng], uniform: bool) {
        let count = rngs.len();
        self.normal.resize(dimension * count, 0.0);
        self.uniform.resize(count, 0.0);
        for (i, rng) in rngs.iter_mut().enumerate() {
            for axis in 0..dimension {
                self.normal[axis * count + i] = rng.sample(StandardNormal);
            }
            if uniform {
                self.uniform[i] = rng.random();
            }
        }
    }

    /// Gives every buffer its size; allocates only when the number of chains has changed.
    pub(super) fn fit(&mut self, dimension: usize, count: usize) {
        for buffer in [&mut self.proposal, &mut self.gradient, &mut self.proposal_gradient] {
            buffer.resize(dimension * count, 0.0);
        }
        for buffer in [&mut self.proposal_energy, &mut self.ratio] {
            buffer.resize(count, 0.0);
        }
    }
}

/// The chains left the finite: the step was too long for the slope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Escaped;

impl std::fmt::Display for Escaped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a chain left the finite")
    }
}

impl std::error::Error for Escaped {}

#[cfg(test)]
mod tests {
    use super::Chains;
    use crate::model::energy::{MullerBrown, Quartic};
    use crate::sampler::{langevin, metropolis};

    #[test]
    fn a_path_does_not_depend_on_the_number_of_chains() {
        let energy = MullerBrown { scale: 0.05 };
        let start = [0.6, 0.0];
        let mut few = Chains::new(&energy, &start, 3, 9);
        let mut many = Chains::new(&energy, &start, 70, 9);
        for chains in [&mut few, &mut many] {
            for _ in 0..20 {
                metropolis::step(chains, &energy, 1.0, 0.1);
                langevin::unadjusted(chains, &energy, 1.0, 0.001).unwrap();
                langevin::adjusted(chains, &energy, 1.0, 0.002);
            }
        }
        for axis in 0..2 {
            assert_eq!(few.coordinate(axis), &many.coordinate(axis)[..3]);
        }
        assert_ne!(few.coordinate(0)[0], few.coordinate(0)[1]);
    }

    #[test]
    fn a_copy_goes_on_to_the_same_numbers() {
        let energy = Quartic::double_well(2.0, 0.0);
        let mut chains = Chains::new(&energy, &[-1.0], 10, 4);
        metropolis::step(&mut chains, &energy, 1.0, 0.5);
        let mut copy = chains.clone();
        metropolis::step(&mut chains, &energy, 1.0, 0.5);
        metropolis::step(&mut copy, &energy, 1.0, 0.5);
        assert_eq!(chains.positions(), copy.positions());
    }

    #[test]
    fn chains_come_and_go_at_the_end() {
        let energy = MullerBrown { scale: 0.05 };
        let mut chains = Chains::new(&energy, &[0.6, 0.0], 4, 4);
        metropolis::step(&mut chains, &energy, 1.0, 0.5);
        let before = (chains.coordinate(0).to_vec(), chains.coordinate(1).to_vec());
        chains.resize(&energy, &[0.1, 0.2], 6);
        assert_eq!(&chains.coordinate(1)[..4], &before.1[..]);
        assert_eq!((chains.coordinate(0)[5], chains.coordinate(1)[5]), (0.1, 0.2));
        chains.resize(&energy, &[0.1, 0.2], 2);
        assert_eq!((chains.coordinate(0), chains.coordinate(1)), (&before.0[..2], &before.1[..2]));
        metropolis::step(&mut chains, &energy, 1.0, 0.5);
        assert_eq!(chains.count(), 2);
    }
}
