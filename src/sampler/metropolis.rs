//! Random-walk Metropolis (Metropolis, Rosenbluth, Rosenbluth, Teller and Teller, Journal of
//! Chemical Physics 21, 1953): propose `y = x + width xi` with `xi ~ N(0, I)` and accept it with
//! probability `min(1, exp((E(x) - E(y))/T))`; a rejection repeats `x`. Its stationary distribution
//! is exactly `exp(-E/T)/Z`, whatever the width.

use super::chains::Chains;
use crate::math::vector_math::exp_affine_sum;
use crate::model::energy::Energy;

/// One step of every chain at temperature `temperature`; returns how many proposals were accepted.
pub fn step(chains: &mut Chains, energy: &dyn Energy, temperature: f64, width: f64) -> usize {
    chains.scratch.draw(chains.dimension, &mut chains.rngs, true);
    let normal = std::mem::take(&mut chains.scratch.normal);
    let uniform = std::mem::take(&mut chains.scratch.uniform);
    let accepted = step_with(chains, energy, temperature, width, &normal, &uniform);
    chains.scratch.normal = normal;
    chains.scratch.uniform = uniform;
    accepted
}

/// [`step`] with random numbers from outside: N(0, 1), coordinate by coordinate, and uniform ones,
/// one a chain.
pub fn step_with(
    chains: &mut Chains,
    energy: &dyn Energy,
    temperature: f64,
    width: f64,
    normal: &[f64],
    uniform: &[f64],
) -> usize {
    chains.scratch.fit(chains.dimension, chains.count());
    let Chains { positions, energy: values, scratch, .. } = &mut *chains;
    for ((proposal, x), xi) in scratch.proposal.iter_mut().zip(&*positions).zip(normal) {
        *proposal = x + width * xi;
    }
    energy.value(&scratch.proposal, &mut scratch.proposal_energy);
    for (i, ratio) in scratch.ratio.iter_mut().enumerate() {
        *ratio = values[i] - scratch.proposal_energy[i];
    }
    accept(chains, temperature, uniform)
}

/// Accepts each proposal with probability `exp(ratio/T)`, where `scratch.ratio` is given times T.
/// NaN is never accepted.
pub(super) fn accept(chains: &mut Chains, temperature: f64, uniform: &[f64]) -> usize {
    let count = chains.count();
    debug_assert_eq!(uniform.len(), count);
    let Chains { dimension, positions, energy, scratch, .. } = chains;
    exp_affine_sum(&mut scratch.ratio, 1.0 / temperature, 0.0);
    let mut accepted = 0;
    for (i, uniform) in uniform.iter().enumerate() {
        if *uniform < scratch.ratio[i] {
            accepted += 1;
            energy[i] = scratch.proposal_energy[i];
            for axis in 0..*dimension {
                positions[axis * count + i] = scratch.proposal[axis * count + i];
            }
        }
    }
    accepted
}

#[cfg(test)]
mod tests {
    use super::step;
    use crate::math::statistics::mean_and_variance;
    use crate::model::energy::Quartic;
    use crate::sampler::chains::Chains;

    #[test]
    fn moments_of_the_double_well_are_the_exact_ones() {
        // E[x^2] of 2 (x^2 - 1)^2 and, tilted by x/2, E[x] and P(x < 0): scipy's quad.
        type Quantity = fn(f64) -> f64;
        let quantities: [(f64, Quantity, f64); 3] = [
            (0.0, |x| x * x, 0.852_136_152),
            (0.5, |x| x, -0.402_821_902_1),
            (0.5, |x| f64::from(u8::from(x < 0.0)), 0.704_185_910_6),
        ];
        for (tilt, quantity, exact) in quantities {
            let energy = Quartic::double_well(2.0, tilt);
            let mut chains = Chains::new(&energy, &[0.0], 400, 5);
            let mut sums = vec![0.0; chains.count()];
            let steps = 1_000;
            for t in 0..steps + 300 {
                step(&mut chains, &energy, 1.0, 0.8);
                if t >= 300 {
                    for (sum, x) in sums.iter_mut().zip(chains.coordinate(0)) {
                        *sum += quantity(*x) / f64::from(steps);
                    }
                }
            }
            // The chains are independent: their spread is the error.
            let (mean, variance) = mean_and_variance(&sums);
            let error = (variance / sums.len() as f64).sqrt();
            assert!(error < 0.02, "error {error}");
            assert!((mean - exact).abs() < 4.0 * error, "{mean} +- {error}, exact {exact}");
        }
    }

    #[test]
    fn colder_is_narrower_and_nothing_worse_than_infinite_is_accepted() {
        let energy = Quartic::harmonic(1.0);
        let mut chains = Chains::new(&energy, &[0.0], 4_000, 6);
        for _ in 0..400 {
            step(&mut chains, &energy, 0.25, 1.0);
        }
        let (_, variance) = mean_and_variance(chains.coordinate(0));
        // sd of a variance of 4,000: 0.25 sqrt(2/4000) = 0.0056.
        assert!((variance - 0.25).abs() < 0.023, "{variance}");
        let before = chains.positions().to_vec();
        assert_eq!(step(&mut chains, &energy, 1.0, 1e200), 0);
        assert_eq!(before, chains.positions());
    }
}
