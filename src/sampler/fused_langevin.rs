//! Many short Langevin chains in a perceptron's energy at once, in single precision:
//! `x' = x - step grad E(x) + noise xi`, `xi ~ N(0, I)`. With `noise = sqrt(2 step)` this is the
//! unadjusted Langevin algorithm; energy-based models of images are often sampled with a noise
//! that is smaller than that (Nijkamp, Hill, Han, Zhu and Wu, On the anatomy of MCMC-based maximum
//! likelihood learning of energy-based models, AAAI 2020), which samples a colder distribution.

use crate::math::lanes::Lanes;
use crate::math::simd::{Kernel, Lanes16, dispatch};
use crate::model::fused_mlp::block::{Net, Workspace};
use crate::model::fused_mlp::engine::{Desk, Prepared, points_of_a_thread, spread};
use crate::model::fused_mlp::product::BLOCK;
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

/// How many random numbers are drawn at a time, about.
const DRAWS: usize = 4_096;

/// Lets every chain take its steps. `points` are rows, one a chain. The noise is that of the
/// streams `(seed, block)`, fresh for a fresh seed: give each call a seed of its own. The result
/// does not depend on the number of threads.
///
/// A block of chains takes all its steps before the next block begins, so that it never leaves
/// the cache.
pub fn walk(engine: &mut Engine, model: &FusedMlp, points: &mut [f32], rule: Rule, seed: u64) {
    let d = model.inputs();
    let chains = points.len() / d;
    let Prepared { desks, level, .. } =
        engine.prepare(model, chains, rule.steps.saturating_mul(2), 0);
    let share = points_of_a_thread(chains, desks.len(), BLOCK);
    let jobs = desks.iter_mut().zip(points.chunks_mut(share * d)).enumerate().map(
        |(i, (desk, points))| {
            let first = (i * share / BLOCK) as u64;
            Walk { model, desk, points, rule, seed, first }
        },
    );
    spread(jobs, |job| dispatch(level, job));
}

/// The chains of a thread.
struct Walk<'a> {
    model: &'a FusedMlp,
    desk: &'a mut Desk,
    points: &'a mut [f32],
    rule: Rule,
    seed: u64,
    /// The number of the first block.
    first: u64,
}

impl Kernel for Walk<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        let Desk { transposed, workspace } = self.desk;
        let net = Net::new::<S>(self.model, transposed);
        for (block, points) in (self.first..).zip(self.points.chunks_mut(BLOCK * net.inputs)) {
            walk_block::<S>(workspace, net, points, self.rule, &mut Lanes::new(self.seed, block));
        }
    }
}

/// Up to 64 chains, with noise from these lanes: a part of a kernel.
#[inline(always)]
pub fn walk_block<S: Lanes16>(
    workspace: &mut Workspace,
    net: Net<'_>,
    points: &mut [f32],
    rule: Rule,
    lanes: &mut Lanes,
) {
    workspace.load(points);
    let draws = workspace.noise_of_a_step();
    let at_a_time = (DRAWS / draws).clamp(1, rule.steps.max(1));
    // Out of the workspace while its other parts are at work.
    let mut noise = std::mem::take(&mut workspace.noise);
    noise.resize(at_a_time * draws, 0.0);
    let mut left = rule.steps;
    while left > 0 {
        let now = left.min(at_a_time);
        lanes.normal(&mut noise[..now * draws]);
        for xi in noise[..now * draws].chunks_exact(draws) {
            workspace.slopes::<S, false>(net);
            workspace.advance::<S>(rule.step, rule.noise, rule.bound, xi);
        }
        left -= now;
    }
    workspace.noise = noise;
    workspace.unload(points);
}

#[cfg(test)]
mod tests {
    use super::{Rule, walk};
    use crate::math::rng::stream;
    use crate::math::simd::Level;
    use crate::model::fused_mlp::{Engine, FusedMlp};

    fn rule(steps: usize) -> Rule {
        Rule { step: 0.01, noise: 0.02_f32.sqrt(), steps, bound: f32::INFINITY }
    }

    #[test]
    fn without_noise_a_walk_goes_down_the_slopes() {
        let model = FusedMlp::new(5, 16, 0.3, &mut stream(1, 0));
        let mut engine = Engine::new(&model, 2);
        let mut points: Vec<f32> = (0..5 * 70).map(|i| (i as f32).sin()).collect();
        let mut expected = points.clone();
        let (mut energies, mut slopes) = (vec![0.0; 70], vec![0.0; 5 * 70]);
        for _ in 0..3 {
            engine.slopes(&model, &expected, &mut energies, &mut slopes);
            expected.iter_mut().zip(&slopes).for_each(|(x, s)| *x = s.mul_add(-0.1, *x));
        }
        let rule = Rule { step: 0.1, noise: 0.0, steps: 3, bound: f32::INFINITY };
        walk(&mut engine, &model, &mut points, rule, 1);
        assert_eq!(points, expected);
    }

    #[test]
    fn neither_threads_nor_instructions_change_a_bit_of_a_walk() {
        for (inputs, chains) in [(1, 7), (2, 512), (5, 300)] {
            let model = FusedMlp::new(inputs, 32, 0.3, &mut stream(2, 0));
            let walked = |level, threads, seed| {
                let mut points = vec![0.5; inputs * chains];
                let mut engine = Engine::at(level, &model, threads);
                walk(&mut engine, &model, &mut points, rule(20), seed);
                points
            };
            let first = walked(Level::best(), 1, 3);
            for threads in [2, 3, 8] {
                assert!(walked(Level::best(), threads, 3) == first, "{threads} threads");
            }
            for level in Level::available() {
                assert!(walked(level, 1, 3) == first, "{level:?}");
            }
            assert!(walked(Level::best(), 1, 4) != first);
        }
    }

    #[test]
    fn chains_stay_within_the_bound_and_what_is_no_number_shows() {
        let model = FusedMlp::new(2, 8, 0.3, &mut stream(3, 0));
        let mut engine = Engine::new(&model, 1);
        let mut points = vec![0.0; 2 * 100];
        points[6] = f32::NAN;
        let rule = Rule { step: 0.01, noise: 10.0, steps: 5, bound: 1.5 };
        walk(&mut engine, &model, &mut points, rule, 1);
        for (i, x) in points.iter().enumerate() {
            assert!(if i / 2 == 3 { x.is_nan() } else { x.abs() <= 1.5 }, "{i}: {x}");
        }
    }

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
