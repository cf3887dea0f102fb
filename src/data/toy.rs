//! Toy sets on a line and in the plane, drawn from densities that are known, most of them in
//! closed form, so that a fit can be held against the truth.

use super::mixture::{Mixture, Part};
use crate::math::log_sum_exp::log_sum_exp;
use crate::math::rng::Rng;
use nalgebra::{Rotation2, Vector2};
use rand::RngExt as _;
use rand_distr::{Distribution, Gumbel, StandardNormal};
use std::f64::consts::{PI, TAU};

/// A toy set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Toy {
    /// .4 N(-1.5, .4^2) + .6 N(1.2, .7^2).
    TwoBumps,
    /// .3 N(-3, .5^2) + .4 N(0, .8^2) + .3 N(3, .4^2).
    ThreeBumps,
    /// The standard Gumbel distribution, exp(-x - e^-x): a long tail to the right.
    Skewed,
    /// Even on [-2, 2].
    Uniform,
    /// Eight Gaussians of deviation .2 on a circle of radius 2.
    EightGaussians,
    /// Two half circles of radius 1, one in the hook of the other, with noise of deviation .1.
    Moons,
    /// Even angle, radius N(1, .2^2) or N(2.5, .2^2).
    Rings,
    /// Five arms that bend with the radius (Johnson et al., Composing graphical models with neural
    /// networks, NeurIPS 2016).
    Pinwheel,
    /// Even on the cells of [-4, 4]^2 where floor(x) + floor(y) is odd.
    Checkerboard,
}

/// Weight, mean and deviation of each part.
const TWO_BUMPS: [(f64, f64, f64); 2] = [(0.4, -1.5, 0.4), (0.6, 1.2, 0.7)];
const THREE_BUMPS: [(f64, f64, f64); 3] = [(0.3, -3.0, 0.5), (0.4, 0.0, 0.8), (0.3, 3.0, 0.4)];
const RINGS: [(f64, f64, f64); 2] = [(0.5, 1.0, 0.2), (0.5, 2.5, 0.2)];
const MOON_NOISE: f64 = 0.1;
const CIRCLE: (f64, f64) = (2.0, 0.2);
/// Nodes along a moon for its density: a tenth of the noise apart.
const MOON_NODES: usize = 400;

impl Toy {
    /// All of them, those on a line first.
    pub const ALL: [Self; 9] = [
        Self::TwoBumps,
        Self::ThreeBumps,
        Self::Skewed,
        Self::Uniform,
        Self::EightGaussians,
        Self::Moons,
        Self::Rings,
        Self::Pinwheel,
        Self::Checkerboard,
    ];

    /// Its name as a parameter's value.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::TwoBumps => "two-bumps",
            Self::ThreeBumps => "three-bumps",
            Self::Skewed => "skewed",
            Self::Uniform => "uniform",
            Self::EightGaussians => "eight-gaussians",
            Self::Moons => "moons",
            Self::Rings => "rings",
            Self::Pinwheel => "pinwheel",
            Self::Checkerboard => "checkerboard",
        }
    }

    /// The set of a name.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.id() == id)
    }

    /// One or two.
    #[must_use]
    pub fn dimensions(self) -> usize {
        match self {
            Self::TwoBumps | Self::ThreeBumps | Self::Skewed | Self::Uniform => 1,
            _ => 2,
        }
    }

    /// The differential entropy in nats: the least expected NLL that any model can reach. `None`
    /// for the pinwheel, whose density has no closed form.
    #[must_use]
    pub fn entropy(self) -> Option<f64> {
        Some(match self {
            // scipy.integrate.quad of -p log p, 1e-12.
            Self::TwoBumps => 1.490_882_522_869,
            Self::ThreeBumps => 1.901_963_717_161,
            // 1 + Euler's constant.
            Self::Skewed => 1.577_215_664_901_533,
            Self::Uniform => 4f64.ln(),
            // numpy, even grid of 1801^2 and of 601^2 nodes (moons: 200 Gauss nodes an arc).
            Self::EightGaussians => 1.698_061_203_12,
            Self::Moons => 1.007_584_834_846,
            // scipy.integrate.quad over the radius.
            Self::Rings => 2.786_089_413_312,
            Self::Pinwheel => return None,
            Self::Checkerboard => 32f64.ln(),
        })
    }

    /// The log-density of a point, -inf where there is no mass; `None` for the pinwheel.
    ///
    /// # Panics
    /// If the point has not [`Toy::dimensions`] numbers.
    #[must_use]
    pub fn log_density(self, point: &[f64]) -> Option<f64> {
        assert_eq!(point.len(), self.dimensions());
        let x = point[0];
        Some(match self {
            Self::TwoBumps => log_mixture(&TWO_BUMPS, x),
            Self::ThreeBumps => log_mixture(&THREE_BUMPS, x),
            Self::Skewed => -x - (-x).exp(),
            Self::Uniform => inside(x.abs() <= 2.0, 4.0),
            Self::EightGaussians => {
                let (radius, s) = CIRCLE;
                let each: [f64; 8] = std::array::from_fn(|k| {
                    let (sin, cos) = (TAU * k as f64 / 8.0).sin_cos();
                    log_round(x - radius * cos, point[1] - radius * sin, s)
                });
                log_sum_exp(&each) - 8f64.ln()
            }
            Self::Moons => {
                let each: Vec<f64> = (0..2 * MOON_NODES)
                    .map(|i| {
                        let t = PI * ((i / 2) as f64 + 0.5) / MOON_NODES as f64;
                        let (a, b) = moon(i % 2 == 0, t);
                        log_round(x - a, point[1] - b, MOON_NOISE)
                    })
                    .collect();
                log_sum_exp(&each) - (2.0 * MOON_NODES as f64).ln()
            }
            Self::Rings => {
                let r = x.hypot(point[1]).max(f64::MIN_POSITIVE);
                // A radius drawn below zero lands on the other side.
                let both = [log_mixture(&RINGS, r), log_mixture(&RINGS, -r)];
                log_sum_exp(&both) - (TAU * r).ln()
            }
            Self::Pinwheel => return None,
            Self::Checkerboard => {
                let odd = (x.floor() + point[1].floor()).rem_euclid(2.0) == 1.0;
                inside(odd && (-4.0..4.0).contains(&x) && (-4.0..4.0).contains(&point[1]), 32.0)
            }
        })
    }

    /// The same density as a mixture of round Gaussians, where it is one: of the moons, with a part
    /// at every step of a sixth of their noise. `None` for the others.
    #[must_use]
    pub fn mixture(self) -> Option<Mixture> {
        let line = |parts: &[(f64, f64, f64)]| {
            let part = |(hump, (weight, mean, deviation)): (usize, &(f64, f64, f64))| Part {
                weight: *weight,
                mean: vec![*mean],
                deviation: *deviation,
                hump,
            };
            Some(Mixture::new(parts.iter().enumerate().map(part).collect()))
        };
        match self {
            Self::TwoBumps => line(&TWO_BUMPS),
            Self::ThreeBumps => line(&THREE_BUMPS),
            Self::EightGaussians => {
                let (radius, deviation) = CIRCLE;
                let part = |hump| {
                    let (sin, cos) = (TAU * hump as f64 / 8.0).sin_cos();
                    Part { weight: 0.125, mean: vec![radius * cos, radius * sin], deviation, hump }
                };
                Some(Mixture::new((0..8).map(part).collect()))
            }
            Self::Moons => {
                let nodes = MOON_NODES / 2;
                let part = |i: usize| {
                    let t = PI * ((i / 2) as f64 + 0.5) / nodes as f64;
                    let (a, b) = moon(i.is_multiple_of(2), t);
                    Part { weight: 1.0, mean: vec![a, b], deviation: MOON_NOISE, hump: i % 2 }
                };
                Some(Mixture::new((0..2 * nodes).map(part).collect()))
            }
            _ => None,
        }
    }

    /// Independent points, one after the other: `count` by [`Toy::dimensions`] numbers.
    #[must_use]
    pub fn sample(self, count: usize, rng: &mut Rng) -> Vec<f64> {
        let mut points = Vec::with_capacity(count * self.dimensions());
        for _ in 0..count {
            match self {
                Self::TwoBumps => points.push(draw_mixture(&TWO_BUMPS, rng)),
                Self::ThreeBumps => points.push(draw_mixture(&THREE_BUMPS, rng)),
                Self::Skewed => {
                    // Zero and one are valid parameters, so there is always a distribution.
                    points.push(Gumbel::new(0.0, 1.0).map_or(0.0, |g| g.sample(rng)));
                }
                Self::Uniform => points.push(4.0 * rng.random::<f64>() - 2.0),
                _ => points.extend(self.draw_in_plane(rng)),
            }
        }
        points
    }

    fn draw_in_plane(self, rng: &mut Rng) -> [f64; 2] {
        match self {
            Self::EightGaussians => {
                let (radius, s) = CIRCLE;
                let (sin, cos) = (TAU * f64::from(rng.random_range(0..8u8)) / 8.0).sin_cos();
                [radius * cos + s * normal(rng), radius * sin + s * normal(rng)]
            }
            Self::Moons => {
                let (a, b) = moon(rng.random::<f64>() < 0.5, PI * rng.random::<f64>());
                [a + MOON_NOISE * normal(rng), b + MOON_NOISE * normal(rng)]
            }
            Self::Rings => {
                let (sin, cos) = (TAU * rng.random::<f64>()).sin_cos();
                let r = draw_mixture(&RINGS, rng);
                [r * cos, r * sin]
            }
            Self::Pinwheel => {
                let arm = TAU * f64::from(rng.random_range(0..5u8)) / 5.0;
                let (along, across) = (1.0 + 0.3 * normal(rng), 0.1 * normal(rng));
                let turn = Rotation2::new(arm + 0.25 * along.exp());
                (turn * Vector2::new(2.0 * along, 2.0 * across)).into()
            }
            _ => {
                let x = 8.0 * rng.random::<f64>() - 4.0;
                // Of the eight rows, the four whose parity differs from the column's.
                let row = 2.0 * f64::from(rng.random_range(0..4u8)) - 4.0
                    + f64::from(u8::from(x.floor().rem_euclid(2.0) == 0.0));
                [x, row + rng.random::<f64>()]
            }
        }
    }
}

fn normal(rng: &mut Rng) -> f64 {
    StandardNormal.sample(rng)
}

fn moon(outer: bool, t: f64) -> (f64, f64) {
    if outer { (t.cos(), t.sin()) } else { (1.0 - t.cos(), 0.5 - t.sin()) }
}

fn inside(is: bool, volume: f64) -> f64 {
    if is { -volume.ln() } else { f64::NEG_INFINITY }
}

/// log N((dx, dy); 0, s^2 I).
fn log_round(dx: f64, dy: f64, s: f64) -> f64 {
    -0.5 * (dx * dx + dy * dy) / (s * s) - (TAU * s * s).ln()
}

fn log_mixture<const N: usize>(parts: &[(f64, f64, f64); N], x: f64) -> f64 {
    log_sum_exp(
        &parts.map(|(w, m, s)| w.ln() - 0.5 * ((x - m) / s).powi(2) - (s * TAU.sqrt()).ln()),
    )
}

fn draw_mixture<const N: usize>(parts: &[(f64, f64, f64); N], rng: &mut Rng) -> f64 {
    let mut left = rng.random::<f64>();
    let mut part = parts[N - 1];
    for p in parts {
        if left < p.0 {
            part = *p;
            break;
        }
        left -= p.0;
    }
    part.1 + part.2 * normal(rng)
}

#[cfg(test)]
mod tests {
    use super::Toy;
    use crate::math::quadrature::Grid;
    use crate::math::rng::stream;

    #[test]
    fn densities_integrate_to_one_and_to_their_entropies() {
        for toy in Toy::ALL {
            let Some(entropy) = toy.entropy() else { continue };
            let (mut mass, mut sum) = (0.0, 0.0);
            let mut add = |log_p: f64, volume: f64| {
                if log_p > f64::NEG_INFINITY {
                    mass += log_p.exp() * volume;
                    sum -= log_p.exp() * log_p * volume;
                }
            };
            // Midpoints: the edges of the even sets fall between two nodes.
            if toy.dimensions() == 1 {
                let grid = Grid::new(-8.0 + 0.002, 40.0 - 0.002, 12_000);
                for x in grid.nodes() {
                    add(toy.log_density(&[x]).unwrap(), grid.spacing());
                }
            } else {
                let grid = Grid::new(-4.5 + 0.0125, 4.5 - 0.0125, 360);
                for x in grid.nodes() {
                    for y in grid.nodes() {
                        let near = toy != Toy::Moons || x.abs() < 2.6 && y.abs() < 1.9;
                        if near {
                            add(toy.log_density(&[x, y]).unwrap(), grid.spacing().powi(2));
                        }
                    }
                }
            }
            assert!((mass - 1.0).abs() < 1e-5, "{}: mass {mass}", toy.id());
            assert!((sum - entropy).abs() < 1e-4, "{}: entropy {sum}", toy.id());
        }
    }

    #[test]
    fn samples_come_from_the_densities() {
        for toy in Toy::ALL {
            let points = toy.sample(20_000, &mut stream(11, 0));
            let Some(entropy) = toy.entropy() else { continue };
            // The mean of -log p over samples is the entropy, within four standard errors.
            let terms: Vec<f64> = points
                .chunks(toy.dimensions())
                .take(4000)
                .map(|x| -toy.log_density(x).unwrap())
                .collect();
            let n = terms.len() as f64;
            let mean = terms.iter().sum::<f64>() / n;
            let error = (terms.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / n / n).sqrt();
            assert!((mean - entropy).abs() < 4.0 * error + 1e-6, "{}: {mean}", toy.id());
        }
    }

    #[test]
    fn moments_are_the_exact_ones() {
        // Two bumps: scipy; Gumbel: Euler's constant and pi^2/6; pinwheel: every arm is a turn of
        // the next, so the mean is zero, and E r^2 = 4 (1 + .09 + .01).
        for (toy, mean, square) in [
            (Toy::TwoBumps, 0.12, 2.122),
            (Toy::ThreeBumps, 0.0, 5.779),
            (Toy::Skewed, 0.577_215_665, 1.644_934_067 + 0.333_177_924),
            (Toy::Uniform, 0.0, 4.0 / 3.0),
            (Toy::Pinwheel, 0.0, 2.2),
            (Toy::EightGaussians, 0.0, 2.04),
        ] {
            let points = toy.sample(40_000, &mut stream(12, 0));
            let n = points.len() as f64;
            let first = points.iter().sum::<f64>() / n;
            let second = points.iter().map(|x| x * x).sum::<f64>() / n;
            assert!((first - mean).abs() < 0.03, "{}: {first}", toy.id());
            assert!((second - square).abs() < 0.08, "{}: {second}", toy.id());
        }
    }

    #[test]
    fn names_are_found_again() {
        assert!(Toy::ALL.iter().all(|t| Toy::from_id(t.id()) == Some(*t)));
        assert_eq!(Toy::from_id("nothing"), None);
    }
}
