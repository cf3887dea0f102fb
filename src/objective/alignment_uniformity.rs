//! What the limit of InfoNCE is made of: alignment, how far views of the same datum are from each
//! other, `E |u - v|^2` over positives, and uniformity, how evenly directions cover the sphere,
//! `log E e^(-2 |u - v|^2)` over distinct pairs. Both are better the lower; all in one point has
//! alignment 0, the best, and uniformity 0, the worst.
//!
//! Wang and Isola, Understanding contrastive representation learning through alignment and
//! uniformity on the hypersphere, ICML 2020 (exponent alpha = 2, t = 2).

use super::tiles::{Contrast, Pairs};
use super::unit_rows::UnitRows;
use crate::math::all_pairs::Pace;
use crate::math::vector_math;

/// The factor of the squared distance.
pub const SHARPNESS: f64 = 2.0;

/// Alignment of two views of a batch, from 0 to 4.
///
/// # Panics
/// If the batches do not have the same shape.
#[must_use]
pub fn alignment(a: &UnitRows, b: &UnitRows) -> Contrast {
    assert_eq!((a.count(), a.dimension()), (b.count(), b.dimension()), "the same shape");
    let share = 1.0 / a.count().max(1) as f64;
    let mut loss = 0.0;
    let mut by_a = Vec::with_capacity(a.rows().len());
    for (u, v) in a.rows().iter().zip(b.rows()) {
        loss += share * (u - v) * (u - v);
        by_a.push(2.0 * share * (u - v));
    }
    let mut by_b: Vec<f64> = by_a.iter().map(|g| -g).collect();
    a.pull_back(&mut by_a);
    b.pull_back(&mut by_b);
    Contrast { loss, a: by_a, b: by_b, scale: 0.0, bias: 0.0 }
}

/// Uniformity of a batch, from -8 to 0; none where there are not two rows. The gradient is in `a`.
#[must_use]
pub fn uniformity(a: &UnitRows, pace: &Pace) -> Option<Contrast> {
    let count = a.count() as f64;
    if a.count() < 2 {
        return None;
    }
    // |u - v|^2 = 2 - 2 cos, so the exponents lie between -8 and 0 and no shift is needed.
    let (twice, sharpness) = (2.0 * SHARPNESS, SHARPNESS);
    let (mut by_a, _, [sum, _]) = Pairs::new(a, a, pace).pull(false, |s| {
        s.x.iter_mut().zip(&*s.cosines).for_each(|(x, c)| *x = twice * c - 2.0 * sharpness);
        vector_math::exp(s.x, s.cosines);
        if let Some(own) = s.at(s.row) {
            s.cosines[own] = 0.0;
        }
        [vector_math::sum(s.cosines), 0.0]
    });
    // Each pair was met from both sides.
    vector_math::scale(&mut by_a, 2.0 * twice / sum);
    a.pull_back(&mut by_a);
    let loss = (sum / (count * (count - 1.0))).ln();
    Some(Contrast { loss, a: by_a, b: Vec::new(), scale: 0.0, bias: 0.0 })
}

#[cfg(test)]
mod tests {
    use super::{alignment, uniformity};
    use crate::math::all_pairs::Pace;
    use crate::objective::tiles::testing::{FIXED, gaussian_rows, slopes_agree, units};
    use crate::objective::unit_rows::dot;
    use std::f64::consts::TAU;

    #[test]
    fn slopes_are_those_of_finite_differences() {
        slopes_agree(|a, b, _| (alignment(a, b), [0.0; 2]), [0.0; 2]);
        slopes_agree(
            |a, _, _| {
                let mut found = uniformity(a, &Pace::new(1)).unwrap();
                found.b = vec![0.0; found.a.len()];
                (found, [0.0; 2])
            },
            [0.0; 2],
        );
    }

    #[test]
    fn alignment_is_two_minus_twice_the_cosine() {
        let (a, b) = (units(&FIXED[0], 3), units(&FIXED[1], 3));
        let mean = (0..4).map(|i| dot(a.row(i), b.row(i))).sum::<f64>() / 4.0;
        assert!((alignment(&a, &b).loss - (2.0 - 2.0 * mean)).abs() < 1e-14);
        assert_eq!(alignment(&a, &a).loss, 0.0);
    }

    #[test]
    fn an_even_circle_is_as_uniform_as_can_be() {
        // log(e^-4 I_0(4)) = -1.57502720 (mpmath) is the mean over all pairs, a point with itself
        // counted; of N points in even steps it is so to the last digit.
        let n = 600;
        let points: Vec<f64> = (0..n)
            .flat_map(|i| [(TAU * i as f64 / n as f64).cos(), (TAU * i as f64 / n as f64).sin()])
            .collect();
        let found = uniformity(&units(&points, 2), &Pace::new(1)).unwrap();
        let with_self = (found.loss.exp() * (n - 1) as f64 + 1.0) / n as f64;
        assert!((with_self.ln() + 1.575_027_20).abs() < 6e-9, "{}", with_self.ln());
        assert!(found.a.iter().all(|g| g.abs() < 1e-13), "nothing pulls");
    }

    #[test]
    fn random_directions_in_128_dimensions_are_nearly_uniform() {
        // -3.93753 (mpmath, by 0F1); the mean over 1,024 points scatters by some .0003.
        let found = uniformity(&units(&gaussian_rows(5, 1_024, 128), 128), &Pace::new(1)).unwrap();
        assert!((found.loss + 3.937_53).abs() < 2e-3, "{}", found.loss);
    }

    #[test]
    fn all_in_one_point_is_zero_and_one_point_is_nothing() {
        let point = units(&[3.0, 4.0].repeat(5), 2);
        assert!(uniformity(&point, &Pace::new(1)).unwrap().loss.abs() < 1e-15);
        assert_eq!(uniformity(&units(&[3.0, 4.0], 2), &Pace::new(1)), None);
    }
}
