//! Mixtures of round Gaussians: p(x) = sum_k w_k N(x; m_k, s_k^2 I). All that score matching is
//! held against has a closed form here: the log-density, the score grad log p, and the density with
//! noise added, p_sigma = p * N(0, sigma^2 I), which is a mixture of the same kind.

use crate::math::log_sum_exp::log_sum_exp;
use crate::math::rng::Rng;
use rand::RngExt as _;
use rand_distr::{Distribution, StandardNormal};
use std::f64::consts::TAU;

/// One part of a [`Mixture`].
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its weight; the weights of a mixture add up to one.
    pub weight: f64,
    /// Its mean.
    pub mean: Vec<f64>,
    /// Its deviation along every axis.
    pub deviation: f64,
    /// The hump it belongs to, counted from 0: many parts may make one.
    pub hump: usize,
}

/// A mixture of round Gaussians on a line or in the plane.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixture {
    parts: Vec<Part>,
    /// Sums of the weights up to each part.
    reach: Vec<f64>,
}

impl Mixture {
    /// Of parts of one dimension, whose weights are made to add up to one.
    ///
    /// # Panics
    /// If there is none, or their dimensions differ.
    #[must_use]
    pub fn new(mut parts: Vec<Part>) -> Self {
        let dimensions = parts.first().map_or(0, |p| p.mean.len());
        assert!(dimensions > 0 && parts.iter().all(|p| p.mean.len() == dimensions));
        let total: f64 = parts.iter().map(|p| p.weight).sum();
        let mut reach = Vec::with_capacity(parts.len());
        let mut sum = 0.0;
        for part in &mut parts {
            part.weight /= total;
            sum += part.weight;
            reach.push(sum);
        }
        Self { parts, reach }
    }

    /// Two bumps of deviation 1 this far to either side of zero, the left one of this weight.
    #[must_use]
    pub fn far_apart(left: f64, distance: f64) -> Self {
        let part = |hump, weight, at| Part { weight, mean: vec![at], deviation: 1.0, hump };
        Self::new(vec![part(0, left, -distance), part(1, 1.0 - left, distance)])
    }

    /// Its parts.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// How many numbers a point has.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.parts[0].mean.len()
    }

    /// How many humps there are.
    #[must_use]
    pub fn humps(&self) -> usize {
        self.parts.iter().map(|p| p.hump + 1).max().unwrap_or(1)
    }

    /// The density of x + e, e ~ N(0, sigma^2 I).
    #[must_use]
    pub fn with_noise(&self, sigma: f64) -> Self {
        self.moved(|part| part.deviation = part.deviation.hypot(sigma))
    }

    /// The same with mean zero and mean variance one over the axes, and what was done:
    /// x = centre + scale z.
    #[must_use]
    pub fn standardised(&self) -> (Self, Vec<f64>, f64) {
        let d = self.dimensions();
        let mut centre = vec![0.0; d];
        for part in &self.parts {
            centre.iter_mut().zip(&part.mean).for_each(|(c, m)| *c += part.weight * m);
        }
        let square = |part: &Part| {
            let off: f64 = part.mean.iter().zip(&centre).map(|(m, c)| (m - c).powi(2)).sum();
            part.weight * (off / d as f64 + part.deviation.powi(2))
        };
        let scale = self.parts.iter().map(square).sum::<f64>().sqrt();
        let moved = self.moved(|part| {
            part.deviation /= scale;
            part.mean.iter_mut().zip(&centre).for_each(|(m, c)| *m = (*m - c) / scale);
        });
        (moved, centre, scale)
    }

    fn moved(&self, change: impl Fn(&mut Part)) -> Self {
        let mut moved = self.clone();
        moved.parts.iter_mut().for_each(change);
        moved
    }

    /// The interval of an axis that reaches `deviations` beyond every part's mean.
    #[must_use]
    pub fn interval(&self, axis: usize, deviations: f64) -> (f64, f64) {
        let low = |p: &Part| p.mean[axis] - deviations * p.deviation;
        let high = |p: &Part| p.mean[axis] + deviations * p.deviation;
        (
            self.parts.iter().map(low).fold(f64::INFINITY, f64::min),
            self.parts.iter().map(high).fold(f64::NEG_INFINITY, f64::max),
        )
    }

    /// The log-density of a point; `score` gets grad log p there. Also the hump the point most
    /// probably belongs to.
    ///
    /// # Panics
    /// If the point or the score has not [`Mixture::dimensions`] numbers.
    pub fn log_density_and_score(&self, point: &[f64], score: &mut [f64]) -> (f64, usize) {
        let d = self.dimensions();
        assert!(point.len() == d && score.len() == d);
        let logs: Vec<f64> = self
            .parts
            .iter()
            .map(|part| {
                let variance = part.deviation * part.deviation;
                let square: f64 = point.iter().zip(&part.mean).map(|(x, m)| (x - m).powi(2)).sum();
                part.weight.ln() - 0.5 * square / variance - 0.5 * d as f64 * (TAU * variance).ln()
            })
            .collect();
        let total = log_sum_exp(&logs);
        score.fill(0.0);
        let mut shares = vec![0.0; self.humps()];
        for (part, log) in self.parts.iter().zip(&logs) {
            let share = (log - total).exp();
            shares[part.hump] += share;
            let pull = share / (part.deviation * part.deviation);
            for ((s, x), m) in score.iter_mut().zip(point).zip(&part.mean) {
                *s += pull * (m - x);
            }
        }
        let hump =
            (0..shares.len()).fold(0, |best, h| if shares[h] > shares[best] { h } else { best });
        (total, hump)
    }

    /// Independent points, one after the other, until `points` is full.
    pub fn sample(&self, points: &mut [f64], rng: &mut Rng) {
        for point in points.chunks_exact_mut(self.dimensions()) {
            let at: f64 = rng.random();
            let index = self.reach.partition_point(|r| *r < at).min(self.parts.len() - 1);
            let part = &self.parts[index];
            for (x, m) in point.iter_mut().zip(&part.mean) {
                let normal: f64 = StandardNormal.sample(rng);
                *x = m + part.deviation * normal;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Mixture;
    use crate::data::toy::Toy;
    use crate::math::rng::stream;

    fn all() -> Vec<Mixture> {
        let mut all: Vec<Mixture> = Toy::ALL.into_iter().filter_map(Toy::mixture).collect();
        all.push(Mixture::far_apart(0.9, 4.0));
        all
    }

    #[test]
    fn scores_are_the_slopes_of_the_log_density() {
        assert_eq!(all().len(), 5);
        for mixture in all() {
            for mixture in [mixture.clone(), mixture.with_noise(0.4)] {
                let d = mixture.dimensions();
                let mut score = vec![0.0; d];
                for k in 0..20 {
                    let mut point: Vec<f64> =
                        (0..d).map(|i| 2.0 * (1.3 * f64::from(k) + i as f64).sin()).collect();
                    mixture.log_density_and_score(&point, &mut score);
                    let h = 1e-5;
                    for axis in 0..d {
                        let at = point[axis];
                        let mut log = |x: f64| {
                            point[axis] = x;
                            mixture.log_density_and_score(&point, &mut vec![0.0; d]).0
                        };
                        let slope = (log(at + h) - log(at - h)) / (2.0 * h);
                        point[axis] = at;
                        assert!((slope - score[axis]).abs() < 1e-6 * (1.0 + slope.abs()));
                    }
                }
            }
        }
    }

    #[test]
    fn densities_are_those_of_the_toy_sets() {
        for toy in Toy::ALL {
            let Some(mixture) = toy.mixture() else { continue };
            let points = toy.sample(50, &mut stream(3, 0));
            for point in points.chunks(toy.dimensions()) {
                let log = mixture.log_density_and_score(point, &mut vec![0.0; point.len()]).0;
                assert!((log - toy.log_density(point).unwrap()).abs() < 1e-3, "{}", toy.id());
            }
        }
    }

    #[test]
    fn noise_widens_and_standardising_sets_the_moments() {
        for mixture in all() {
            let noised = mixture.with_noise(0.5);
            assert!(
                (noised.parts()[0].deviation.powi(2) - mixture.parts()[0].deviation.powi(2) - 0.25)
                    .abs()
                    < 1e-12
            );
            let (standard, centre, scale) = mixture.standardised();
            let d = standard.dimensions();
            let mut points = vec![0.0; 20_000 * d];
            standard.sample(&mut points, &mut stream(5, 0));
            let n = points.len() as f64;
            let mean = points.iter().sum::<f64>() / n;
            let square = points.iter().map(|x| x * x).sum::<f64>() / n;
            assert!(mean.abs() < 0.03 && (square - 1.0).abs() < 0.03, "{mean} {square}");
            assert!(scale > 0.0 && centre.len() == d);
            let (low, high) = standard.interval(0, 5.0);
            assert!(points.iter().step_by(d).all(|x| *x > low && *x < high));
        }
    }
}
