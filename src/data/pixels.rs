//! Noises over small grey pictures, for noise-contrastive estimation: what a picture is held
//! against.
//!
//! Some are distributions whose density can be evaluated, as the method asks (Gutmann and
//! Hyvarinen, JMLR 13, 2012): a Gaussian fitted to the pictures ([`Gaussian`]), independent pixels
//! ([`Marginals`]), the uniform density on a box, and a mixture of halves. Others are only rules
//! for making a picture from another (shuffle its pixels, mirror it, take one of another class):
//! they can be drawn from and have no value.
//!
//! All pictures get Gaussian jitter, so that grey levels have a density at all.

mod gaussian;
mod marginals;

pub use gaussian::Gaussian;
pub use marginals::Marginals;

use super::digits::PIXELS;
use crate::math::lanes::Lanes;
use crate::math::log_sum_exp::log_sum_exp;
use crate::math::rng::Rng;
use rand::RngExt as _;

/// A kind of picture that is none of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Every pixel even on the box: log p = -64 log(2 bound).
    Uniform,
    /// A picture with its pixels in random order: a rule.
    Shuffled,
    /// Each pixel as the data have it there, whatever the others are.
    Independent,
    /// Mean and covariance of the data.
    Gaussian,
    /// Half Gaussian, half uniform.
    Mixture,
    /// Left and right exchanged: a rule.
    Mirrored,
    /// Pictures of other classes as they are: a rule.
    Others,
}

impl Kind {
    /// The kind of an id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Some(match id {
            "uniform" => Self::Uniform,
            "shuffled" => Self::Shuffled,
            "independent" => Self::Independent,
            "gaussian" => Self::Gaussian,
            "mixture" => Self::Mixture,
            "mirrored" => Self::Mirrored,
            "others" => Self::Others,
            _ => return None,
        })
    }

    /// Whether its density can be evaluated.
    #[must_use]
    pub fn has_density(self) -> bool {
        matches!(self, Self::Uniform | Self::Independent | Self::Gaussian | Self::Mixture)
    }
}

/// Exchanges left and right.
pub fn mirror(picture: &mut [f32], width: usize) {
    picture.chunks_exact_mut(width).for_each(<[f32]>::reverse);
}

/// Puts the pixels in random order (Fisher and Yates).
pub fn shuffle(picture: &mut [f32], rng: &mut Rng) {
    for i in 0..picture.len() {
        let j = rng.random_range(i..picture.len());
        picture.swap(i, j);
    }
}

/// Pixels a row of a digit.
const WIDTH: usize = 8;
/// The box reaches so many deviations of the jitter beyond the brightest and the darkest level:
/// less than one picture in 50,000 leaves it.
const DEVIATIONS: f32 = 5.0;

/// The noises that belong to some pictures of [`PIXELS`] pixels from -1 to 1.
#[derive(Clone, Debug)]
pub struct Noises {
    gaussian: Gaussian,
    marginals: Marginals,
    jitter: f32,
}

impl Noises {
    /// Fitted to these pictures with Gaussian jitter of this deviation; none where there is no
    /// picture or no jitter.
    #[must_use]
    pub fn fit(pictures: &[f32], jitter: f32) -> Option<Self> {
        let gaussian = Gaussian::fit(pictures, PIXELS, f64::from(jitter))?;
        Some(Self { gaussian, marginals: Marginals::fit(pictures, f64::from(jitter)), jitter })
    }

    /// Half the side of the box of the uniform noise.
    #[must_use]
    pub fn bound(&self) -> f32 {
        1.0 + DEVIATIONS * self.jitter
    }

    /// The fitted Gaussian.
    #[must_use]
    pub fn gaussian(&self) -> &Gaussian {
        &self.gaussian
    }

    /// Fills `rows` with pictures drawn at random from a pool, jitter included.
    ///
    /// # Panics
    /// If the pool has no picture.
    pub fn pick(&self, pool: &[f32], rng: &mut Rng, lanes: &mut Lanes, rows: &mut [f32]) {
        self.fill(Kind::Others, pool, rng, lanes, rows);
    }

    /// Fills `rows` with pictures of a kind. Rules make them from pictures of `pool`, drawn at
    /// random with replacement; the others do not look at it.
    ///
    /// # Panics
    /// If a rule has no picture to begin with.
    pub fn fill(
        &self,
        kind: Kind,
        pool: &[f32],
        rng: &mut Rng,
        lanes: &mut Lanes,
        rows: &mut [f32],
    ) {
        match kind {
            Kind::Uniform => self.even(lanes, rows),
            Kind::Gaussian => self.gaussian.fill(lanes, rows),
            Kind::Independent => {
                lanes.normal(rows);
                self.marginals.fill(rng, rows);
            }
            Kind::Mixture => {
                self.gaussian.fill(lanes, rows);
                for row in rows.chunks_exact_mut(PIXELS) {
                    if rng.random::<bool>() {
                        self.even(lanes, row);
                    }
                }
            }
            Kind::Shuffled | Kind::Mirrored | Kind::Others => {
                lanes.normal(rows);
                let pool = pool.as_chunks::<PIXELS>().0;
                for row in rows.as_chunks_mut::<PIXELS>().0 {
                    let picture = &pool[rng.random_range(0..pool.len())];
                    self.apply(kind, picture, rng, row);
                }
            }
        }
    }

    /// One picture of a rule for each of `pool`, in its order.
    pub fn each(&self, rule: Kind, pool: &[f32], rng: &mut Rng, lanes: &mut Lanes) -> Vec<f32> {
        let mut rows = vec![0.0; pool.len()];
        lanes.normal(&mut rows);
        let pool = pool.as_chunks::<PIXELS>().0.iter();
        for (row, picture) in rows.as_chunks_mut::<PIXELS>().0.iter_mut().zip(pool) {
            self.apply(rule, picture, rng, row);
        }
        rows
    }

    /// A picture as the rule has it, plus jitter made of the N(0, 1) that stand in `row`.
    fn apply(&self, rule: Kind, picture: &[f32; PIXELS], rng: &mut Rng, row: &mut [f32; PIXELS]) {
        let mut picture = *picture;
        match rule {
            Kind::Shuffled => shuffle(&mut picture, rng),
            Kind::Mirrored => mirror(&mut picture, WIDTH),
            _ => {}
        }
        row.iter_mut().zip(picture).for_each(|(x, p)| *x = self.jitter.mul_add(*x, p));
    }

    fn even(&self, lanes: &mut Lanes, rows: &mut [f32]) {
        let bound = self.bound();
        lanes.uniform(rows);
        rows.iter_mut().for_each(|x| *x = bound * x.mul_add(2.0, -1.0));
    }

    /// log p_n of a picture in nats, of [`PIXELS`] numbers; none for a rule. Minus infinity outside
    /// the box of the uniform noise.
    #[must_use]
    pub fn log_density(&self, kind: Kind, picture: &[f32]) -> Option<f64> {
        match kind {
            Kind::Uniform => Some(self.log_even(picture)),
            Kind::Independent => Some(self.marginals.log_density(picture)),
            Kind::Gaussian => Some(self.gaussian.log_density(picture)),
            Kind::Mixture => {
                let both = [self.gaussian.log_density(picture), self.log_even(picture)];
                Some(log_sum_exp(&both) - std::f64::consts::LN_2)
            }
            Kind::Shuffled | Kind::Mirrored | Kind::Others => None,
        }
    }

    fn log_even(&self, picture: &[f32]) -> f64 {
        let bound = self.bound();
        if picture.iter().all(|x| x.abs() <= bound) {
            -(PIXELS as f64) * (2.0 * f64::from(bound)).ln()
        } else {
            f64::NEG_INFINITY
        }
    }
}

#[cfg(test)]
mod tests;
