//! Hamiltonian Monte Carlo (Duane, Kennedy, Pendleton and Roweth, Physics Letters B 195, 1987; Neal,
//! MCMC using Hamiltonian dynamics, 2011), at temperature 1: give each chain a momentum
//! `p ~ N(0, I)`, follow `H = E(q) + |p|^2/2` for L leapfrog steps of length eps (half kick, drift,
//! half kick), and accept the end with probability `min(1, exp(-dH))`.
//!
//! One leapfrog step of length `sqrt(2 eta)` is a MALA step of size eta, with the momentum as its
//! noise. With a fixed length a path may close: on a Gaussian at eps = 1 and L = 3 it ends exactly
//! opposite of where it began. Varying the length from step to step heals that (Mackenzie,
//! Biometrika 76, 1989).

use super::chains::Chains;
use super::metropolis::accept;
use super::noise::Draws;
use crate::model::energy::Energy;

/// How long a path is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Path {
    /// The length of a leapfrog step.
    pub length: f64,
    /// How many there are, at least one.
    pub steps: usize,
    /// By which share at most the length of each path's steps is varied, up or down evenly.
    pub jitter: f64,
}

/// One path of every chain; returns how many ends were accepted. It costs `path.steps` gradients a
/// chain: that at the end comes with the energy there and serves the next path too.
pub fn step(chains: &mut Chains, energy: &dyn Energy, path: Path, draws: &Draws) -> usize {
    let count = chains.count();
    chains.scratch.fit(chains.dimension, count);
    let Chains { positions, energy: values, scratch, .. } = &mut *chains;
    let super::chains::Scratch {
        proposal,
        proposal_energy,
        gradient,
        ratio,
        momentum,
        lengths,
        ..
    } = scratch;
    debug_assert_eq!(draws.normal.len(), positions.len());
    momentum.clear();
    momentum.extend_from_slice(&draws.normal);
    lengths.clear();
    lengths
        .extend(draws.jitter.iter().map(|u| path.length * (1.0 + path.jitter * (2.0 * u - 1.0))));
    proposal.clone_from(positions);
    energy.value_and_gradient(proposal, values, gradient);
    for (i, ratio) in ratio.iter_mut().enumerate() {
        *ratio = values[i] + kinetic(momentum, i, count);
    }
    kick(momentum, gradient, lengths, 0.5);
    for l in 1..=path.steps {
        for (q, p) in proposal.chunks_mut(count).zip(momentum.chunks(count)) {
            for ((q, p), length) in q.iter_mut().zip(p).zip(&*lengths) {
                *q += length * p;
            }
        }
        energy.value_and_gradient(proposal, proposal_energy, gradient);
        kick(momentum, gradient, lengths, if l == path.steps { 0.5 } else { 1.0 });
    }
    for (i, ratio) in ratio.iter_mut().enumerate() {
        *ratio -= proposal_energy[i] + kinetic(momentum, i, count);
    }
    accept(chains, 1.0, &draws.uniform)
}

/// `|p|^2/2` of one chain.
fn kinetic(momentum: &[f64], chain: usize, count: usize) -> f64 {
    momentum.iter().skip(chain).step_by(count).map(|p| 0.5 * p * p).sum()
}

/// `p <- p - share length grad E`.
fn kick(momentum: &mut [f64], gradient: &[f64], lengths: &[f64], share: f64) {
    let count = lengths.len();
    for (p, slope) in momentum.chunks_mut(count).zip(gradient.chunks(count)) {
        for ((p, slope), length) in p.iter_mut().zip(slope).zip(lengths) {
            *p -= share * length * slope;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Path, step};
    use crate::math::statistics::mean_and_variance;
    use crate::model::energy::{Energy as _, MullerBrown, Quartic};
    use crate::model::plane::Plane;
    use crate::model::thermodynamics::Landscape;
    use crate::sampler::chains::Chains;
    use crate::sampler::langevin::adjusted_with;
    use crate::sampler::noise::{Draws, Noise};

    #[test]
    fn on_a_gaussian_it_accepts_as_often_as_theory_says() {
        let energy = Quartic::gaussian(0.0, 1.0);
        // (4/pi) atan(1/s), s the largest singular value of the leapfrog matrix: numpy.
        for (length, steps, exact) in [(0.5, 5, 0.988_150), (1.5, 3, 0.760_231), (1.0, 3, 1.0)] {
            let mut noise = Noise::new(1, 2_000, 3);
            let start = noise.draw().normal.clone();
            let mut chains = Chains::driven(&energy, start.clone());
            let path = Path { length, steps, jitter: 0.0 };
            let paths = 200;
            let accepted: usize =
                (0..paths).map(|_| step(&mut chains, &energy, path, noise.draw())).sum();
            let rate = accepted as f64 / (paths * 2_000) as f64;
            assert!((rate - exact).abs() < 0.004, "{length} {steps}: {rate} against {exact}");
            if exact == 1.0 {
                // An even number of reflections leads home.
                let moved = chains.positions().iter().zip(&start).map(|(a, b)| (a - b).abs());
                assert!(moved.fold(0.0, f64::max) < 1e-9);
            }
        }
    }

    #[test]
    fn one_leapfrog_step_is_mala() {
        let energy = Plane::Banana;
        let mut noise = Noise::new(2, 50, 4);
        let start: Vec<f64> = noise.draw().normal.clone();
        let mut hmc = Chains::driven(&energy, start.clone());
        let mut mala = Chains::driven(&energy, start);
        let eta: f64 = 0.08;
        let path = Path { length: (2.0 * eta).sqrt(), steps: 1, jitter: 0.0 };
        for _ in 0..40 {
            let draws = noise.draw();
            step(&mut hmc, &energy, path, draws);
            adjusted_with(&mut mala, &energy, 1.0, eta, &draws.normal, &draws.uniform);
        }
        for (a, b) in hmc.positions().iter().zip(mala.positions()) {
            assert!((a - b).abs() < 1e-9, "{a} and {b}");
        }
    }

    #[test]
    fn a_path_can_be_walked_back() {
        let energy = MullerBrown { scale: 0.05 };
        let start = vec![-0.5, 0.6, 1.4, 0.1];
        let mut there = Chains::driven(&energy, start.clone());
        // A uniform number of zero accepts everything.
        let mut draws = Draws {
            normal: vec![0.3, -0.2, 0.5, 0.1],
            uniform: vec![0.0; 2],
            jitter: vec![0.5; 2],
        };
        let path = Path { length: 0.02, steps: 25, jitter: 0.0 };
        let before = there.energy().to_vec();
        step(&mut there, &energy, path, &draws);
        let away: f64 = there.positions().iter().zip(&start).map(|(a, b)| (a - b).abs()).sum();
        assert!(away > 0.1, "{away}");
        // dH is of second order: the momentum at the end is what the path left it with.
        draws.normal = there.scratch.momentum.iter().map(|p| -p).collect();
        step(&mut there, &energy, path, &draws);
        for (a, b) in there.positions().iter().zip(&start) {
            assert!((a - b).abs() < 1e-9, "{a} and {b}");
        }
        let mut again = vec![0.0; 2];
        energy.value(there.positions(), &mut again);
        assert!((again[0] - before[0]).abs() < 1e-9);
    }

    #[test]
    fn moments_are_exact_whatever_the_jitter() {
        let energy = MullerBrown { scale: 0.05 };
        let landscape = Landscape::new(&energy, &[(-1.0, 1.0), (-0.3, 1.8)], 2.0);
        // At temperature 1 by quadrature.
        let exact = landscape.at(1.0, &mut Vec::new()).mean_energy;
        for jitter in [0.0, 0.5] {
            let count = 300;
            let mut noise = Noise::new(2, count, 6);
            let start = [[-0.558; 300], [1.442; 300]].concat();
            let mut chains = Chains::driven(&energy, start);
            let path = Path { length: 0.12, steps: 5, jitter };
            let mut sums = vec![0.0; count];
            let steps = 800;
            for t in 0..2 * steps {
                step(&mut chains, &energy, path, noise.draw());
                if t >= steps {
                    for (sum, e) in sums.iter_mut().zip(chains.energy()) {
                        *sum += e / f64::from(steps);
                    }
                }
            }
            let (mean, variance) = mean_and_variance(&sums);
            let error = (variance / count as f64).sqrt();
            assert!((mean - exact).abs() < 4.0 * error && error < 0.05, "{mean} {error} {exact}");
        }
    }
}
