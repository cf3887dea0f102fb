//! Score matching of the families on a line whose energy is linear in theta
//! ([`crate::model::exponential`]). The slope of the energy is linear in theta too, so every
//! objective is a quadratic, `theta' A theta / 2 + b' theta` up to a constant, and its minimum is
//! the solution of `A theta = -b`. With `E' = E_0' + theta . t'`:
//!
//! | method | a point's term | its gradient by theta |
//! |---|---|---|
//! | implicit | `E'^2/2 - E''` | `E' t' - t''` |
//! | sliced, v ~ N(0, 1) | `(v E')^2/2 - v^2 E''` | `v^2 (E' t' - t'')` |
//! | denoising, at x + e | `(E' - e/sigma^2)^2/2` | `(E' - e/sigma^2) t'` |
//!
//! On a line a slice is the whole: sliced score matching is the implicit one with random weights.
//!
//! Hyvarinen, Some extensions of score matching, Computational Statistics and Data Analysis 51,
//! 2007, section 4 (the closed form); Vincent, Neural Computation 23, 2011; Song, Garg, Shi and
//! Ermon, UAI 2019.

use crate::model::exponential::{Family, Features, MOST};
use nalgebra::{Matrix2, Vector2};

/// The gradient by theta of a point's implicit term. The sliced one is this times `v^2`.
#[must_use]
pub fn implicit(family: Family, theta: Features, x: f64) -> Features {
    let slope = family.slope(theta, x);
    let (by, twice) = (family.feature_slopes(x), family.feature_curvatures(x));
    std::array::from_fn(|k| slope * by[k] - twice[k])
}

/// The gradient by theta of a point's denoising term: `noised` is `x + e`, and `score` is
/// `e / sigma^2`.
#[must_use]
pub fn denoising(family: Family, theta: Features, noised: f64, score: f64) -> Features {
    let left = family.slope(theta, noised) - score;
    family.feature_slopes(noised).map(|by| left * by)
}

/// A sum of terms as a quadratic in theta.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quadratic {
    matrix: [Features; MOST],
    vector: Features,
}

impl Quadratic {
    /// Adds the implicit term of a point, `weight` times: `v^2` for the sliced one.
    pub fn add_implicit(&mut self, family: Family, x: f64, weight: f64) {
        let twice = family.feature_curvatures(x);
        self.add(family, x, weight, 0.0);
        for (b, t) in self.vector.iter_mut().zip(twice) {
            *b -= weight * t;
        }
    }

    /// Adds the denoising term of a point, `weight` times; as in [`denoising`].
    pub fn add_denoising(&mut self, family: Family, noised: f64, score: f64, weight: f64) {
        self.add(family, noised, weight, score);
    }

    fn add(&mut self, family: Family, x: f64, weight: f64, score: f64) {
        let by = family.feature_slopes(x);
        let known = family.base(x)[1] - score;
        for (j, row) in self.matrix.iter_mut().enumerate() {
            for (k, a) in row.iter_mut().enumerate() {
                *a += weight * by[j] * by[k];
            }
            self.vector[j] += weight * known * by[j];
        }
    }

    /// The gradient of the sum by theta.
    #[must_use]
    pub fn gradient(&self, theta: Features) -> Features {
        std::array::from_fn(|j| {
            self.vector[j] + self.matrix[j].iter().zip(theta).map(|(a, t)| a * t).sum::<f64>()
        })
    }

    /// Where the sum is least; `None` where the points do not say.
    #[must_use]
    pub fn minimum(&self, family: Family) -> Option<Features> {
        let a = Matrix2::from_fn(|j, k| self.matrix[j][k]);
        let b = Vector2::from_fn(|j, _| self.vector[j]);
        let at = if family.parameters() == 1 {
            Vector2::new(-b[0] / a[(0, 0)], 0.0)
        } else {
            -(a.try_inverse()? * b)
        };
        at.iter().all(|t| t.is_finite()).then_some([at[0], at[1]])
    }
}

#[cfg(test)]
mod tests {
    use super::{Quadratic, denoising, implicit};
    use crate::math::rng::stream;
    use crate::model::exponential::{Family, Features};
    use rand::RngExt as _;
    use rand_distr::StandardNormal;

    const CASES: [(Family, Features); 3] = [
        (Family::Precision, [1.7, 0.0]),
        (Family::Tilt { height: 2.0 }, [0.5, 0.0]),
        (Family::Well, [1.3, -0.4]),
    ];

    #[test]
    fn gradients_are_those_of_finite_differences() {
        let score = 0.8;
        for (family, theta) in CASES {
            for x in [-1.4, -0.2, 0.7, 1.9] {
                let terms = |theta: Features| {
                    let slope = family.slope(theta, x);
                    [
                        0.5 * slope * slope - family.curvature(theta, x),
                        0.5 * (slope - score).powi(2),
                    ]
                };
                let found = [implicit(family, theta, x), denoising(family, theta, x, score)];
                for k in 0..family.parameters() {
                    let at = |by: f64| {
                        let mut moved = theta;
                        moved[k] += by;
                        terms(moved)
                    };
                    let (above, below) = (at(1e-5), at(-1e-5));
                    for m in 0..2 {
                        let difference = (above[m] - below[m]) / 2e-5;
                        let slack = 1e-6 * (1.0 + difference.abs());
                        assert!((difference - found[m][k]).abs() < slack, "{family:?} {x} {m} {k}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_quadratic_is_the_sum_and_its_gradient_vanishes_at_the_minimum() {
        let mut rng = stream(7, 4);
        for (family, theta) in CASES {
            let (mut sum, mut quadratics) = ([[0.0; 2]; 2], [Quadratic::default(); 2]);
            for _ in 0..50 {
                let (x, e): (f64, f64) = (rng.sample(StandardNormal), rng.sample(StandardNormal));
                let weight = e * e;
                quadratics[0].add_implicit(family, x, weight);
                quadratics[1].add_denoising(family, x + 0.3 * e, e / 0.3, 1.0);
                let terms = [
                    implicit(family, theta, x).map(|g| weight * g),
                    denoising(family, theta, x + 0.3 * e, e / 0.3),
                ];
                for (s, t) in sum.iter_mut().zip(terms) {
                    (0..family.parameters()).for_each(|k| s[k] += t[k]);
                }
            }
            for (quadratic, sum) in quadratics.iter().zip(sum) {
                let there = quadratic.gradient(theta);
                let minimum = quadratic.minimum(family).expect("a minimum");
                for k in 0..family.parameters() {
                    assert!((there[k] - sum[k]).abs() < 1e-9 * (1.0 + sum[k].abs()));
                    assert!(quadratic.gradient(minimum)[k].abs() < 1e-8, "{family:?}");
                }
            }
        }
    }

    #[test]
    fn the_minimum_is_that_of_another_program() {
        // numpy.linalg.solve on the same five points.
        let mut quadratic = Quadratic::default();
        for x in [-1.2, -0.9, 0.8, 1.1, -1.0] {
            quadratic.add_implicit(Family::Well, x, 1.0);
        }
        let found = quadratic.minimum(Family::Well).expect("a minimum");
        for (f, e) in found.iter().zip(MINIMUM) {
            assert!((f - e).abs() < 1e-10, "{found:?}");
        }
        assert_eq!(Quadratic::default().minimum(Family::Well), None);
    }

    const MINIMUM: Features = [6.279_709_733_525_7, 2.079_839_863_743_7];
}
