//! Pairs that no step learns from: how often does a query find its own candidate among sixteen, and
//! how often would the true density ratio?

use super::critic::retrieval;
use super::learner::Learner;
use super::world::{Pairs, World};
use crate::math::rng::Rng;
use crate::math::statistics::mean_and_error;
use crate::model::encoder::Passes;

/// Candidates that a query is shown.
pub(super) const CANDIDATES: usize = 16;

/// The pairs as an encoder is shown them, queries first, and what the truth makes of them.
#[derive(Clone, Debug)]
pub(super) struct HeldOut {
    inputs: Vec<f32>,
    dimension: usize,
    /// The share of queries that the true density ratio answers rightly.
    pub(super) best: f64,
}

impl HeldOut {
    /// So many times sixteen pairs.
    pub(super) fn new(world: &World, rounds: usize, rng: &mut Rng) -> Self {
        let (mut pairs, mut inputs, mut scores) = (Pairs::default(), Vec::new(), Vec::new());
        world.draw(CANDIDATES * rounds, rng, &mut pairs);
        world.show(&pairs.u, rng, &mut inputs);
        world.show(&pairs.v, rng, &mut inputs);
        let block = CANDIDATES * world.dimension;
        let rounds = pairs.u.chunks_exact(block).zip(pairs.v.chunks_exact(block));
        let right: Vec<f64> = rounds
            .map(|(u, v)| {
                world.log_ratios(u, v, &mut scores);
                retrieval(&scores, CANDIDATES)
            })
            .collect();
        Self { inputs, dimension: world.dimension, best: mean_and_error(&right).0 }
    }

    /// The share that this learner answers rightly, with its standard error: rounds are
    /// independent. None where nothing can be said of views never met.
    pub(super) fn recall(&self, learner: &Learner) -> Option<(f64, f64)> {
        let raw = learner.embed_kept(&self.inputs, &mut Passes::new(1))?;
        let seen = learner.seen(&raw).ok()?;
        let block = CANDIDATES * self.dimension;
        let mut scores = Vec::new();
        let rounds = seen.u(&raw).chunks_exact(block).zip(seen.v(&raw).chunks_exact(block));
        let right: Vec<f64> = rounds
            .map(|(u, v)| {
                learner.critic.similarities(u, v, &mut scores);
                retrieval(&scores, CANDIDATES)
            })
            .collect();
        Some(mean_and_error(&right))
    }
}

#[cfg(test)]
mod tests {
    use super::HeldOut;
    use crate::lab::param::Value;
    use crate::lesson::info_nce::BLUEPRINT;
    use crate::lesson::info_nce::learner::Learner;
    use crate::lesson::info_nce::world::World;
    use crate::math::rng::stream;

    #[test]
    fn error_bars_are_honest() {
        // One encoder, before many held-out sets: what all say together is the truth for each.
        let mut settings = BLUEPRINT.defaults();
        settings.set("learned", Value::Choice("frozen"));
        let (world, mut rng) = (World::new(2, 50.0, 0.0), stream(3, 0));
        let learner = Learner::new(&settings, &world, &mut rng);
        let found: Vec<(f64, f64)> = (0..200)
            .map(|_| HeldOut::new(&world, 64, &mut rng).recall(&learner).unwrap())
            .collect();
        let mean = found.iter().map(|f| f.0).sum::<f64>() / 200.0;
        let within =
            |k: f64| found.iter().filter(|f| (f.0 - mean).abs() < k * f.1).count() as f64 / 200.0;
        assert!((0.58..0.78).contains(&within(1.0)), "{}", within(1.0));
        assert!(within(3.0) > 0.98, "{}", within(3.0));
    }
}
