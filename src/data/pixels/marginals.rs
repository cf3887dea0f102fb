//! Independent pixels: each has its grey levels as often as the pictures have them there, plus
//! Gaussian jitter,
//! `p(x) = prod_i sum_k h_ik N(x_i; level_k, jitter^2)`.
//!
//! Brightness has seventeen levels, an eighth apart. From the level next to x the others are
//! powers of one number: with d = x - level_m, `N(x; level_(m+j)) / N(x; level_m)
//! = e^(d j D/s^2) e^(-(j D/s)^2/2)`, D the distance of two levels: one exponential a pixel.

use crate::data::digits::PIXELS;
use crate::math::rng::Rng;
use rand::RngExt as _;
use std::f64::consts::TAU;

/// Grey levels, from -1 to 1.
const LEVELS: usize = 17;
/// From one level to the next.
const APART: f64 = 0.125;

/// How often each pixel has each level.
#[derive(Clone, Debug)]
pub struct Marginals {
    /// Of each pixel: the shares of the levels.
    shares: Vec<[f64; LEVELS]>,
    /// e^(-(j D/s)^2/2) for j = 0, 1, ...
    falls: [f64; LEVELS],
    jitter: f64,
}

fn level(index: usize) -> f64 {
    APART * index as f64 - 1.0
}

fn nearest(x: f64) -> usize {
    ((x + 1.0) / APART).round().clamp(0.0, (LEVELS - 1) as f64) as usize
}

impl Marginals {
    /// Of pictures whose pixels lie on the levels, with jitter of this deviation.
    #[must_use]
    pub fn fit(pictures: &[f32], jitter: f64) -> Self {
        let mut shares = vec![[0.0; LEVELS]; PIXELS];
        let pictures = pictures.as_chunks::<PIXELS>().0;
        let one = 1.0 / pictures.len().max(1) as f64;
        for picture in pictures {
            for (shares, x) in shares.iter_mut().zip(picture) {
                shares[nearest(f64::from(*x))] += one;
            }
        }
        let falls = std::array::from_fn(|j| (-0.5 * (j as f64 * APART / jitter).powi(2)).exp());
        Self { shares, falls, jitter }
    }

    /// Turns rows of N(0, 1) into draws.
    pub fn fill(&self, rng: &mut Rng, rows: &mut [f32]) {
        for row in rows.chunks_exact_mut(PIXELS) {
            for (x, shares) in row.iter_mut().zip(&self.shares) {
                let mut left: f64 = rng.random();
                // Rounding may leave a crumb beyond the last share.
                let last = shares.iter().rposition(|s| *s > 0.0).unwrap_or(0);
                let index = shares[..last].iter().position(|share| {
                    left -= share;
                    left < 0.0
                });
                *x = (self.jitter * f64::from(*x) + level(index.unwrap_or(last))) as f32;
            }
        }
    }

    /// log p of a picture in nats. Far outside, where the density is below the smallest number, it
    /// is cut off there.
    #[must_use]
    pub fn log_density(&self, picture: &[f32]) -> f64 {
        let scale = 1.0 / (self.jitter * self.jitter);
        let norm = -(self.jitter.ln() + 0.5 * TAU.ln());
        let pixels = picture.iter().zip(&self.shares);
        pixels
            .map(|(x, shares)| {
                let x = f64::from(*x);
                let at = nearest(x);
                let off = x - level(at);
                let up = (off * APART * scale).exp();
                let side = |step: f64, of: &mut dyn Iterator<Item = &f64>| {
                    let mut power = 1.0;
                    let mut sum = 0.0;
                    for (share, fall) in of.zip(&self.falls[1..]) {
                        power *= step;
                        sum += share * fall * power;
                    }
                    sum
                };
                let above = side(up, &mut shares[at + 1..].iter());
                let below = side(1.0 / up, &mut shares[..at].iter().rev());
                let sum = (shares[at] + above + below).clamp(f64::MIN_POSITIVE, f64::MAX);
                norm - 0.5 * off * off * scale + sum.ln()
            })
            .sum()
    }
}
