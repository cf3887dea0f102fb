//! What all methods have in common: the target, the start, the noise, and data sets that can be
//! drawn again from their number.

use super::method::Method;
use crate::data::noise::{Noise, Shape};
use crate::lab::param::Settings;
use crate::math::rng::{Rng, stream};
use crate::model::exponential::{Draws, Family, Features};
use rand::Rng as _;

/// The model: height and tilt of a double well are unknown.
pub(super) const FAMILY: Family = Family::Well;
/// The tilt of the truth.
pub(super) const TILT: f64 = 0.5;
/// The deviation of the noise of NCE.
const NOISE_WIDTH: f64 = 1.2;

/// The parameters that are learned: theta and, for NCE, c.
pub(super) type Parameters = [f64; 3];

/// What is given. It never changes and is shared between copies.
#[derive(Debug)]
pub(super) struct Setup {
    /// theta of the truth.
    pub(super) truth: Features,
    /// Where all begin.
    pub(super) start: Features,
    /// Data a data set.
    pub(super) points: usize,
    /// Steps a chain takes for a gradient.
    pub(super) steps: usize,
    /// The step size of Langevin.
    pub(super) step_size: f64,
    /// Noise points a datum, of NCE and of conditional NCE.
    pub(super) ratio: usize,
    /// Deviation of the noise of conditional NCE.
    pub(super) epsilon: f64,
    /// Deviation of the noise of denoising score matching.
    pub(super) sigma: f64,
    /// Evaluations a round.
    pub(super) budget: usize,
    /// The rate of Adam at the start.
    pub(super) rate: f64,
    /// Draws of the truth.
    pub(super) draws: Draws,
    /// The noise of NCE.
    pub(super) noise: Noise,
    /// log Z of the truth and of the start.
    pub(super) log_z: [f64; 2],
    seed: u64,
}

impl Setup {
    pub(super) fn new(settings: &Settings, rng: &mut Rng) -> Self {
        let height = settings.real("height");
        let distance = settings.real("distance");
        let truth = [height, TILT];
        let start = [height / (1.0 + distance), TILT - distance];
        Self {
            truth,
            start,
            points: settings.count("points"),
            steps: settings.count("steps"),
            step_size: settings.real("step_size"),
            ratio: settings.count("nu"),
            epsilon: settings.real("epsilon"),
            sigma: settings.real("sigma"),
            budget: settings.count("budget"),
            rate: settings.real("learning_rate"),
            draws: FAMILY.draws(truth),
            noise: Noise::new(Shape::Gaussian, &[0.0], &[NOISE_WIDTH]),
            log_z: [truth, start].map(|theta| FAMILY.moments(theta).log_z),
            seed: rng.next_u64(),
        }
    }

    /// A data set by its number.
    pub(super) fn data(&self, set: u64, count: usize) -> Vec<f64> {
        self.draws.sample(count, &mut stream(self.seed, set))
    }

    /// What a method draws to go with a datum of a set is always the same: its noise points, its
    /// direction. The objective is then a fixed function, and has a minimum to arrive at.
    pub(super) fn companions(&self, set: u64, method: Method, datum: usize) -> Rng {
        let name = (set << 4 | method.index() as u64) + 1;
        stream(self.seed ^ name.wrapping_mul(0x9E37_79B9_7F4A_7C15), datum as u64)
    }
}
