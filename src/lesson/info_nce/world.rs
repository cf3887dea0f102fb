//! Where pairs come from, a world in which the right answer is known. A hidden direction u is drawn
//! evenly over the circle or the sphere, its partner v from a von Mises-Fisher distribution around
//! it, and then v is turned by a fixed angle:
//! `p(v | u) / p(v) = C e^(kappa u . R^-1 v)`. So the true log density ratio is a cosine divided by
//! a temperature, 1/kappa, and whoever finds the hidden directions can reach it. An encoder does not
//! see them: it is shown eight numbers, a mixture of the direction and of nuisances that the two
//! views do not share.
//!
//! Zimmermann, Sharma, Schneider, Bethge and Brendel, Contrastive learning inverts the data
//! generating process, ICML 2021 (the world); Best and Fisher, Applied Statistics 28, 1979 (draws on
//! the circle); Wood, Communications in Statistics 23, 1994 (draws on the sphere).

use crate::math::rng::{Rng, stream};
use rand::RngExt as _;
use rand_distr::StandardNormal;
use std::f64::consts::{PI, TAU};

/// Numbers that an encoder is shown of a view.
pub(super) const INPUTS: usize = 8;

/// Deviation of a nuisance.
const NUISANCE: f64 = 0.5;

/// The generator's seed of the mixture, which is the same in every run.
const MIXTURE_SEED: u64 = 310;

/// Pairs, their hidden directions row by row.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairs {
    pub(super) u: Vec<f64>,
    pub(super) v: Vec<f64>,
}

impl Pairs {
    /// Puts pairs in the order of their queries: round the circle, or up the sphere. A matrix of
    /// similarities then shows who is near whom.
    pub(super) fn sort(&mut self, dimension: usize) {
        let place = |i: usize| match &self.u[i * dimension..][..dimension] {
            [x, y] => y.atan2(*x),
            row => row.last().copied().unwrap_or(0.0),
        };
        let mut order: Vec<usize> = (0..self.u.len() / dimension).collect();
        order.sort_by(|a, b| place(*a).total_cmp(&place(*b)));
        let sorted = |rows: &[f64]| {
            order.iter().flat_map(|i| &rows[i * dimension..][..dimension]).copied().collect()
        };
        (self.u, self.v) = (sorted(&self.u), sorted(&self.v));
    }
}

/// The rule by which pairs are drawn.
#[derive(Clone, Debug)]
pub(super) struct World {
    /// 2 on the circle, 3 on the sphere.
    pub(super) dimension: usize,
    /// How close partners are: kappa.
    pub(super) kappa: f64,
    /// By which angle the partners are turned, in radians.
    turn: f64,
    /// An orthogonal matrix, row by row.
    mixture: Vec<f64>,
}

impl World {
    /// `turn` in degrees.
    pub(super) fn new(dimension: usize, kappa: f64, turn: f64) -> Self {
        Self { dimension, kappa, turn: turn.to_radians(), mixture: orthogonal() }
    }

    /// So many pairs.
    pub(super) fn draw(&self, count: usize, rng: &mut Rng, pairs: &mut Pairs) {
        pairs.u.clear();
        pairs.v.clear();
        for _ in 0..count {
            if self.dimension == 2 {
                let angle = TAU * rng.random::<f64>();
                let partner = angle + self.turn + von_mises(self.kappa, rng);
                pairs.u.extend([angle.cos(), angle.sin()]);
                pairs.v.extend([partner.cos(), partner.sin()]);
            } else {
                let u = direction(rng);
                let v = around(u, self.kappa, rng);
                pairs.u.extend(u);
                pairs.v.extend(turned(v, self.turn));
            }
        }
    }

    /// The true log density ratio of two hidden directions, up to a constant.
    pub(super) fn log_ratio(&self, u: &[f64], v: &[f64]) -> f64 {
        let (sin, cos) = self.turn.sin_cos();
        // u . R^-1 v = (R u) . v
        let along = (cos * u[0] - sin * u[1]) * v[0] + (sin * u[0] + cos * u[1]) * v[1];
        let rest = if self.dimension == 3 { u[2] * v[2] } else { 0.0 };
        self.kappa * (along + rest)
    }

    /// The true log density ratios of all pairs, rows of `u` against rows of `v`.
    pub(super) fn log_ratios(&self, u: &[f64], v: &[f64], scores: &mut Vec<f64>) {
        scores.clear();
        for u in u.chunks_exact(self.dimension) {
            scores.extend(v.chunks_exact(self.dimension).map(|v| self.log_ratio(u, v)));
        }
    }

    /// What an encoder is shown of hidden directions: [`INPUTS`] numbers each.
    pub(super) fn show(&self, hidden: &[f64], rng: &mut Rng, inputs: &mut Vec<f32>) {
        let d = self.dimension;
        for direction in hidden.chunks_exact(d) {
            let mut parts = [0.0; INPUTS];
            parts[..d].copy_from_slice(direction);
            parts[d..].fill_with(|| NUISANCE * rng.sample::<f64, _>(StandardNormal));
            inputs.extend(self.mixture.chunks_exact(INPUTS).map(|row| {
                let sum: f64 = row.iter().zip(parts).map(|(m, p)| m * p).sum();
                sum as f32
            }));
        }
    }
}

/// An orthogonal matrix from Gaussian rows (Gram and Schmidt).
fn orthogonal() -> Vec<f64> {
    let mut rng = stream(MIXTURE_SEED, 0);
    let mut rows: Vec<f64> = Vec::with_capacity(INPUTS * INPUTS);
    for _ in 0..INPUTS {
        let mut row: [f64; INPUTS] = std::array::from_fn(|_| rng.sample(StandardNormal));
        for before in rows.chunks_exact(INPUTS) {
            let along: f64 = before.iter().zip(row).map(|(b, r)| b * r).sum();
            row.iter_mut().zip(before).for_each(|(r, b)| *r -= along * b);
        }
        let length = row.iter().map(|r| r * r).sum::<f64>().sqrt();
        rows.extend(row.map(|r| r / length));
    }
    rows
}

/// An angle with density e^(kappa cos) / (2 pi I_0), for kappa > 0.
fn von_mises(kappa: f64, rng: &mut Rng) -> f64 {
    let tau = 1.0 + (1.0 + 4.0 * kappa * kappa).sqrt();
    let rho = (tau - (2.0 * tau).sqrt()) / (2.0 * kappa);
    let r = (1.0 + rho * rho) / (2.0 * rho);
    loop {
        let z = (PI * rng.random::<f64>()).cos();
        let f = (1.0 + r * z) / (r + z);
        let c = kappa * (r - f);
        // In (0, 1], so that its logarithm is finite.
        let x: f64 = 1.0 - rng.random::<f64>();
        if c * (2.0 - c) > x || (c / x).ln() + 1.0 >= c {
            let angle = f.clamp(-1.0, 1.0).acos();
            return if rng.random::<bool>() { angle } else { -angle };
        }
    }
}

/// An even direction in space.
fn direction(rng: &mut Rng) -> [f64; 3] {
    let z = 2.0 * rng.random::<f64>() - 1.0;
    let (sin, cos) = (TAU * rng.random::<f64>()).sin_cos();
    let r = (1.0 - z * z).max(0.0).sqrt();
    [r * cos, r * sin, z]
}

/// A direction in space with density proportional to e^(kappa u . v).
fn around(u: [f64; 3], kappa: f64, rng: &mut Rng) -> [f64; 3] {
    let x = 1.0 - rng.random::<f64>();
    let w = (1.0 + (x + (1.0 - x) * (-2.0 * kappa).exp()).ln() / kappa).clamp(-1.0, 1.0);
    let (sin, cos) = (TAU * rng.random::<f64>()).sin_cos();
    let r = (1.0 - w * w).max(0.0).sqrt();
    // Two directions across u: the axis it leans on least comes first.
    let least = if u[0].abs() < 0.6 { [1.0, 0.0, 0.0] } else { [0.0, 1.0, 0.0] };
    let e = cross(u, least);
    let length = e.iter().map(|v| v * v).sum::<f64>().sqrt();
    let e = e.map(|v| v / length);
    let f = cross(u, e);
    std::array::from_fn(|k| w * u[k] + r * (cos * e[k] + sin * f[k]))
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// Turned about the third axis.
fn turned(v: [f64; 3], angle: f64) -> [f64; 3] {
    let (sin, cos) = angle.sin_cos();
    [cos * v[0] - sin * v[1], sin * v[0] + cos * v[1], v[2]]
}

#[cfg(test)]
mod tests {
    use super::{Pairs, World};
    use crate::math::rng::stream;

    #[test]
    fn partners_are_as_close_as_kappa_says() {
        // scipy.special: I_1(kappa)/I_0(kappa), and coth(kappa) - 1/kappa.
        let exact = [
            (2, 2.0, 0.697_774_657_964),
            (2, 50.0, 0.989_948_967_376),
            (3, 2.0, 0.537_314_720_728),
            (3, 50.0, 0.98),
        ];
        for (dimension, kappa, mean) in exact {
            let (mut rng, mut pairs) = (stream(4, 0), Pairs::default());
            let world = World::new(dimension, kappa, 37.0);
            let count = 40_000;
            world.draw(count, &mut rng, &mut pairs);
            let rows = pairs.u.chunks_exact(dimension).zip(pairs.v.chunks_exact(dimension));
            let cosines: Vec<f64> = rows.map(|(u, v)| world.log_ratio(u, v) / kappa).collect();
            let found = cosines.iter().sum::<f64>() / count as f64;
            let squares: f64 = cosines.iter().map(|c| (c - found).powi(2)).sum();
            let error = (squares / (count * count) as f64).sqrt();
            assert!((found - mean).abs() < 4.0 * error, "{dimension} {kappa}: {found} {error}");
            for vector in pairs.u.chunks(dimension).chain(pairs.v.chunks(dimension)) {
                let length: f64 = vector.iter().map(|x| x * x).sum();
                assert!((length - 1.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn the_mixture_keeps_lengths_and_holds_the_direction() {
        let world = World::new(3, 10.0, 0.0);
        let (mut rng, mut inputs) = (stream(5, 0), Vec::new());
        let hidden = [0.6, 0.0, 0.8];
        world.show(&hidden, &mut rng, &mut inputs);
        let back: Vec<f64> = (0..3)
            .map(|k| (0..8).map(|r| world.mixture[r * 8 + k] * f64::from(inputs[r])).sum())
            .collect();
        for (b, h) in back.iter().zip(hidden) {
            assert!((b - h).abs() < 1e-6, "{back:?}");
        }
    }
}
