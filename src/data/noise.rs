//! Noise distributions for noise-contrastive estimation: easy to draw from, with a density that can
//! be evaluated, as the method asks (Gutmann and Hyvarinen, JMLR 13, 2012, section 2.2).
//!
//! The coordinates are independent, x_i = centre_i + width_i z_i, where z has mean 0, variance 1
//! and one of four shapes.

use crate::math::rng::Rng;
use rand::RngExt as _;
use rand_distr::{Distribution, StandardNormal, StudentT};
use std::f64::consts::{LN_2, PI, SQRT_2, TAU};

/// What z is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// N(0, 1).
    Gaussian,
    /// exp(-sqrt 2 |z|) / sqrt 2.
    Laplace,
    /// Student's t with five degrees of freedom, scaled to unit variance: tails as |z|^-6.
    Student,
    /// Uniform on [-sqrt 3, sqrt 3]: it does not cover what lies beyond.
    Uniform,
}

const SQRT_3: f64 = 1.732_050_807_568_877_2;
/// Degrees of freedom of [`Shape::Student`].
const FREEDOM: f64 = 5.0;
/// Gamma(3) / (sqrt(5 pi) Gamma(5/2)), the density of Student's t at 0; Gamma(5/2) = 3 sqrt(pi)/4.
const STUDENT_PEAK: f64 = 8.0 / (3.0 * 2.236_067_977_499_79 * PI);

impl Shape {
    /// The shapes, by the ids of a parameter.
    pub const IDS: [&'static str; 4] = ["gaussian", "laplace", "student", "uniform"];

    /// The shape of an id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Some(match id {
            "gaussian" => Self::Gaussian,
            "laplace" => Self::Laplace,
            "student" => Self::Student,
            "uniform" => Self::Uniform,
            _ => return None,
        })
    }

    /// log of the density of z.
    #[must_use]
    pub fn log_density(self, z: f64) -> f64 {
        match self {
            Self::Gaussian => -0.5 * (z * z + TAU.ln()),
            Self::Laplace => -SQRT_2 * z.abs() - 0.5 * LN_2,
            Self::Student => {
                // z = t sqrt(3/5), as t has the variance 5/3.
                let scale = (FREEDOM / (FREEDOM - 2.0)).sqrt();
                let t = z * scale;
                (STUDENT_PEAK * scale).ln() - 0.5 * (FREEDOM + 1.0) * (t * t / FREEDOM).ln_1p()
            }
            Self::Uniform if z.abs() <= SQRT_3 => -0.5 * 12f64.ln(),
            Self::Uniform => f64::NEG_INFINITY,
        }
    }

    /// The z at which the density is not smooth: it jumps or has a kink.
    #[must_use]
    pub fn breaks(self) -> &'static [f64] {
        match self {
            Self::Gaussian | Self::Student => &[],
            Self::Laplace => &[0.0],
            Self::Uniform => &[-SQRT_3, SQRT_3],
        }
    }

    /// The largest |z| at which the log density is `least` or more; `None` where it never is.
    /// By bisection, as every density falls away from 0.
    #[must_use]
    pub fn reach(self, least: f64) -> Option<f64> {
        let above = |z: f64| self.log_density(z) >= least;
        let mut inside = above(0.0).then_some(0.0)?;
        let mut outside = 1.0;
        while above(outside) {
            outside *= 2.0;
        }
        // Until the two are neighbours among numbers.
        loop {
            let middle = 0.5 * (inside + outside);
            if middle <= inside || middle >= outside {
                return Some(inside);
            }
            *(if above(middle) { &mut inside } else { &mut outside }) = middle;
        }
    }

    /// A draw of z.
    pub fn draw(self, rng: &mut Rng) -> f64 {
        match self {
            Self::Gaussian => rng.sample(StandardNormal),
            Self::Laplace => {
                let u: f64 = rng.random::<f64>() - 0.5;
                -u.signum() * (1.0 - 2.0 * u.abs()).max(f64::MIN_POSITIVE).ln() / SQRT_2
            }
            Self::Student => match StudentT::new(FREEDOM) {
                Ok(t) => t.sample(rng) * ((FREEDOM - 2.0) / FREEDOM).sqrt(),
                // Five degrees of freedom are a valid number of them.
                Err(_) => f64::NAN,
            },
            Self::Uniform => SQRT_3 * (2.0 * rng.random::<f64>() - 1.0),
        }
    }
}

/// A noise distribution over points of d coordinates.
#[derive(Clone, Debug, PartialEq)]
pub struct Noise {
    shape: Shape,
    centre: Vec<f64>,
    width: Vec<f64>,
}

impl Noise {
    /// One with this mean and standard deviation along each axis.
    ///
    /// # Panics
    /// If there is no axis, their numbers differ, or a width is not positive and finite.
    #[must_use]
    pub fn new(shape: Shape, centre: &[f64], width: &[f64]) -> Self {
        assert!(!centre.is_empty() && centre.len() == width.len(), "one width an axis");
        assert!(width.iter().all(|w| *w > 0.0 && w.is_finite()), "widths are positive");
        Self { shape, centre: centre.to_vec(), width: width.to_vec() }
    }

    /// How many coordinates a point has.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.centre.len()
    }

    /// Its mean along each axis.
    #[must_use]
    pub fn centre(&self) -> &[f64] {
        &self.centre
    }

    /// Its standard deviation along each axis.
    #[must_use]
    pub fn width(&self) -> &[f64] {
        &self.width
    }

    /// log p_n(x), in nats; minus infinity where it is zero.
    #[must_use]
    pub fn log_density(&self, point: &[f64]) -> f64 {
        debug_assert_eq!(point.len(), self.dimensions());
        let axes = point.iter().zip(self.centre.iter().zip(&self.width));
        axes.map(|(x, (c, w))| self.shape.log_density((x - c) / w) - w.ln()).sum()
    }

    /// Along an axis, the places at which the density is not smooth.
    #[must_use]
    pub fn breaks(&self, axis: usize) -> Vec<f64> {
        let (c, w) = (self.centre[axis], self.width[axis]);
        self.shape.breaks().iter().map(|z| c + w * z).collect()
    }

    /// Along an axis, the interval on which the log of its factor of the density is `least` or more;
    /// `None` where there is none.
    #[must_use]
    pub fn reach(&self, axis: usize, least: f64) -> Option<(f64, f64)> {
        let (c, w) = (self.centre[axis], self.width[axis]);
        self.shape.reach(least + w.ln()).map(|z| (c - w * z, c + w * z))
    }

    /// Fills `points` (one after the other) with draws.
    pub fn fill(&self, points: &mut [f64], rng: &mut Rng) {
        for point in points.chunks_exact_mut(self.dimensions()) {
            for (x, (c, w)) in point.iter_mut().zip(self.centre.iter().zip(&self.width)) {
                *x = c + w * self.shape.draw(rng);
            }
        }
    }

    /// So many draws, one after the other.
    #[must_use]
    pub fn sample(&self, count: usize, rng: &mut Rng) -> Vec<f64> {
        let mut points = vec![0.0; count * self.dimensions()];
        self.fill(&mut points, rng);
        points
    }
}

#[cfg(test)]
mod tests {
    use super::{Noise, Shape};
    use crate::math::quadrature::Grid;
    use crate::math::rng::stream;

    #[test]
    fn densities_have_mass_and_variance_one_and_draws_follow_them() {
        for id in Shape::IDS {
            let shape = Shape::from_id(id).expect("an id");
            // The box ends a little outside the uniform one's support, between two nodes.
            let grid = Grid::new(-400.0, 400.0, 3_200_001);
            let p: Vec<f64> = grid.nodes().iter().map(|z| shape.log_density(*z).exp()).collect();
            let second: Vec<f64> = grid.nodes().iter().zip(&p).map(|(z, p)| z * z * p).collect();
            let (mass, variance) = (grid.integrate(&p), grid.integrate(&second));
            assert!((mass - 1.0).abs() < 1e-4, "{id}: mass {mass}");
            assert!((variance - 1.0).abs() < 3e-4, "{id}: variance {variance}");
            // E|z| of the draws against the density's; five errors of 40,000 draws.
            let mut rng = stream(7, 1);
            let n = 40_000;
            let mean: f64 = (0..n).map(|_| shape.draw(&mut rng).abs()).sum::<f64>() / f64::from(n);
            let first: Vec<f64> = grid.nodes().iter().zip(&p).map(|(z, p)| z.abs() * p).collect();
            let exact = grid.integrate(&first);
            let error = ((1.0 - exact * exact) / f64::from(n)).sqrt();
            assert!((mean - exact).abs() < 5.0 * error, "{id}: {mean} against {exact}");
        }
    }

    #[test]
    fn axes_are_moved_and_scaled() {
        let noise = Noise::new(Shape::Gaussian, &[1.0, -2.0], &[2.0, 0.5]);
        // scipy.stats.norm.logpdf(3, 1, 2) + norm.logpdf(-2.5, -2, .5)
        assert!((noise.log_density(&[3.0, -2.5]) + 2.837_877_066_409_345).abs() < 1e-12);
        // scipy.stats.t.logpdf(1.5*sqrt(5/3), 5) + log(5/3)/2
        let t = Noise::new(Shape::Student, &[0.0], &[1.0]);
        assert!((t.log_density(&[1.5]) - STUDENT_AT).abs() < 1e-12);
        let points = noise.sample(20_000, &mut stream(7, 2));
        let mean = points.iter().skip(1).step_by(2).sum::<f64>() / 20_000.0;
        assert!((mean + 2.0).abs() < 5.0 * 0.5 / 20_000f64.sqrt());
    }

    #[test]
    fn the_reach_is_where_the_density_has_fallen_to_a_value() {
        for id in Shape::IDS {
            let noise = Noise::new(Shape::from_id(id).expect("an id"), &[0.5], &[0.2]);
            let (low, high) = noise.reach(0, -87.0).expect("it is denser than that");
            let at = |x: f64| noise.log_density(&[x]);
            assert!(at(low + 1e-9) >= -87.0 && at(high - 1e-9) >= -87.0, "{id}: {low} {high}");
            let wide = if id == "student" { 10.0 } else { 1e-6 };
            assert!(at(low - wide) < -87.0 && at(high + wide) < -87.0, "{id}: {low} {high}");
            assert!(noise.reach(0, 10.0).is_none(), "{id}");
        }
        // .5 + .2 sqrt(2 (87 - log(.2 sqrt(2 pi)))).
        let gaussian = Noise::new(Shape::Gaussian, &[0.5], &[0.2]).reach(0, -87.0);
        assert!((gaussian.expect("an interval").1 - 3.148_629_8).abs() < 1e-6, "{gaussian:?}");
    }

    const STUDENT_AT: f64 = -2.392054140977997;
}
