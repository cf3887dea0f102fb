//! Pictures that the energy makes by itself: chains of Langevin that begin in the noise and walk k
//! steps down the current energy, a hundredth of the way an update; then the next set begins.

use super::ground::Ground;
use crate::data::digits::PIXELS;
use crate::math::lanes::Lanes;
use crate::math::rng::Rng;
use crate::math::statistics::mean_and_error;
use crate::model::fused_mlp::{Engine, FusedMlp};
use crate::sampler::fused_langevin::{Rule, walk};
use rand::Rng as _;
use std::sync::Arc;

/// Chains of a set.
const CHAINS: usize = 64;
/// Updates that a set walks for.
const CYCLE: usize = 100;

/// A set that has walked its way.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) rows: Vec<f32>,
    /// Energies above the mean of held-out digits at that time.
    pub(super) above: Vec<f64>,
    /// Their mean and its error; NaN for a set that has not walked.
    pub(super) gap: (f64, f64),
}

/// A set on its way, and the last that has arrived.
#[derive(Clone, Debug)]
pub(super) struct Walkers {
    pub(super) rows: Vec<f32>,
    phase: usize,
    pub(super) finished: Arc<Finished>,
}

/// Energies of rows.
pub(super) fn energies(engine: &mut Engine, model: &FusedMlp, rows: &[f32]) -> Vec<f64> {
    let mut energies = vec![0.0; rows.len() / PIXELS];
    engine.energies(model, rows, &mut energies);
    energies.into_iter().map(f64::from).collect()
}

impl Walkers {
    pub(super) fn new(
        ground: &Ground,
        engine: &mut Engine,
        model: &FusedMlp,
        rng: &mut Rng,
    ) -> Self {
        let mut rows = vec![0.0; CHAINS * PIXELS];
        let mut lanes = Lanes::new(rng.next_u64(), 0);
        ground.noise(rng, &mut lanes, &mut rows);
        let finished = arrived(ground, engine, model, rows.clone());
        let none = Finished { gap: (f64::NAN, f64::NAN), ..finished };
        Self { rows, phase: 0, finished: Arc::new(none) }
    }

    /// Begins a new set at the next update.
    pub(super) fn begin_again(&mut self) {
        self.phase = 0;
    }

    /// Walks for one update; of `steps` in all a hundredth.
    pub(super) fn advance(
        &mut self,
        ground: &Ground,
        (engine, model): (&mut Engine, &FusedMlp),
        (steps, eta): (usize, f64),
        rng: &mut Rng,
    ) {
        let seed = rng.next_u64();
        if self.phase == 0 {
            ground.noise(rng, &mut Lanes::new(seed, 1), &mut self.rows);
        }
        let by = |phase: usize| steps * phase / CYCLE;
        let now = by(self.phase + 1) - by(self.phase);
        if now > 0 {
            let rule = Rule {
                step: eta as f32,
                noise: (2.0 * eta).sqrt() as f32,
                steps: now,
                bound: ground.noises.bound(),
            };
            walk(engine, model, &mut self.rows, rule, seed);
        }
        self.phase += 1;
        if self.phase == CYCLE {
            self.phase = 0;
            self.finished = Arc::new(arrived(ground, engine, model, self.rows.clone()));
        }
    }
}

fn arrived(ground: &Ground, engine: &mut Engine, model: &FusedMlp, rows: Vec<f32>) -> Finished {
    let zero = mean_and_error(&energies(engine, model, ground.pictures(&ground.held_out)));
    let mut above = energies(engine, model, &rows);
    above.iter_mut().for_each(|e| *e -= zero.0);
    let (gap, error) = mean_and_error(&above);
    Finished { rows, above, gap: (gap, error.hypot(zero.1)) }
}
