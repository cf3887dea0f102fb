//! Many short Langevin chains in a perceptron's energy at once, in single precision:
//! `x' = x - step grad E(x) + noise xi`, `xi ~ N(0, I)`. With `noise = sqrt(2 step)` this is the
//! unadjusted Langevin algorithm; energy-based models of images are often sampled with a noise
//! that is smaller than that (Nijkamp, Hill, Han, Zhu and Wu, On the anatomy of MCMC-based maximum
//! likelihood learning of energy-based models, AAAI 2020), which samples a colder distribution.

use crate::math::lanes::Lanes;
use crate::model::fused_mlp::{Engine, FusedMlp};

/// How a chain moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// What the slope is multiplied by.
    pub step: f32,
    /// The standard deviation of the noise, a coordinate.
    pub noise: f32,
    /// How many steps each chain takes.
    pub steps: usize,
    /// Each coordinate is kept within plus and minus this; infinite for none.
    pub bound: f32,
}

/// Lets every chain take its steps. `points` are rows, one a chain. The noise is that of the
/// streams `(seed, block)`, fresh for a fresh seed: give each call a seed of its own. The result
/// does not depend on the number of threads.
pub fn walk(engine: &mut Engine, model: &FusedMlp, points: &mut [f32], rule: Rule, seed: u64) {
    let mut lanes = Lanes::new(seed, 0);
    let mut energies = vec![0.0; points.len() / model.inputs()];
    let mut slopes = vec![0.0; points.len()];
    let mut noise = vec![0.0; points.len()];
    for _ in 0..rule.steps {
        engine.slopes(model, points, &mut energies, &mut slopes);
        lanes.normal(&mut noise);
        for ((x, slope), xi) in points.iter_mut().zip(&slopes).zip(&noise) {
            *x = (*x - rule.step * slope + rule.noise * xi).clamp(-rule.bound, rule.bound);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Rule, walk};
    use crate::math::rng::stream;
    use crate::model::fused_mlp::{Engine, FusedMlp};

    #[test]
    fn in_a_bowl_alone_the_variance_is_that_of_ula() {
        let mut model = FusedMlp::new(2, 4, 1.0, &mut stream(1, 0));
        // No network: E = |x|^2/2.
        model.parameters_mut().fill(0.0);
        let mut engine = Engine::new(&model, 2);
        let mut points = vec![0.0; 2 * 4_000];
        let step = 0.5;
        let rule = Rule { step, noise: (2.0 * step).sqrt(), steps: 40, bound: f32::INFINITY };
        walk(&mut engine, &model, &mut points, rule, 9);
        let n = points.len() as f64;
        let variance = points.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / n;
        // 1/(1 - step/2) = 4/3; its standard error is 4/3 sqrt(2/8000) = 0.021.
        assert!((variance - 4.0 / 3.0).abs() < 0.085, "{variance}");
    }
}
