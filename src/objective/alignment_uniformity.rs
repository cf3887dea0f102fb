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
use crate::math::gemm::{Layout, gemm};
use crate::math::statistics::mean_and_variance;
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

/// Uniformity of rows of length one (or zero) as an estimate for the distribution they were drawn
/// from, with its standard error: half the scatter of a row's own mean is seen from each side
/// (Hoeffding, A class of statistics with asymptotically normal distribution, 1948). None where
/// there are not two rows.
///
/// # Panics
/// If the rows are not whole.
#[must_use]
pub fn uniformity_estimate(rows: &[f32], dimension: usize) -> Option<(f64, f64)> {
    assert!(dimension > 0 && rows.len().is_multiple_of(dimension), "whole rows");
    let n = rows.len() / dimension;
    if n < 2 {
        return None;
    }
    let by = Layout::by_rows;
    let mut kernel = vec![0.0f32; n * n];
    let (all, turned) = (by(n, dimension), by(n, dimension).transposed());
    gemm(1.0, (rows, all), (rows, turned), 0.0, (&mut kernel, by(n, n)));
    let mut wide = vec![0.0; n];
    let mut out = vec![0.0; n];
    let mut means = Vec::with_capacity(n);
    for (i, cosines) in kernel.chunks_exact(n).enumerate() {
        let shifted = cosines.iter().map(|c| 2.0 * SHARPNESS * (f64::from(*c) - 1.0));
        wide.iter_mut().zip(shifted).for_each(|(w, x)| *w = x);
        vector_math::exp(&wide, &mut out);
        out[i] = 0.0;
        means.push(vector_math::sum(&out) / (n - 1) as f64);
    }
    let (mean, variance) = mean_and_variance(&means);
    Some((mean.ln(), 2.0 * (variance / n as f64).sqrt() / mean))
}

/// Uniformity of the uniform distribution on the sphere of a dimension, the least there is:
/// `log 0F1(; d/2; 4) - 4`, 4 the square of the sharpness.
#[must_use]
pub fn perfect_uniformity(dimension: usize) -> f64 {
    let half = 0.5 * dimension.max(1) as f64;
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 0..60 {
        let k = f64::from(k);
        term *= SHARPNESS * SHARPNESS / ((half + k) * (k + 1.0));
        sum += term;
    }
    f64::ln(sum) - 2.0 * SHARPNESS
}

#[cfg(test)]
mod tests {
    use super::{alignment, perfect_uniformity, uniformity, uniformity_estimate};
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

    #[test]
    fn the_least_uniformity_is_that_of_mpmath() {
        // log 0F1(; d/2; 4) - 4 by mpmath.
        assert!((perfect_uniformity(2) + 1.575_027_20).abs() < 6e-9);
        assert!((perfect_uniformity(128) + 3.937_53).abs() < 6e-6);
    }

    #[test]
    fn the_estimate_is_uniformity_and_its_error_is_honest() {
        let (d, n) = (6, 60);
        let (mut values, mut errors) = (Vec::new(), Vec::new());
        for seed in 0..60 {
            // Not quite even: all lean the same way.
            let mut rows = gaussian_rows(100 + seed, n, d);
            rows.iter_mut().step_by(d).for_each(|v| *v += 1.0);
            let unit = units(&rows, d);
            let single: Vec<f32> = unit.rows().iter().map(|v| *v as f32).collect();
            let (value, error) = uniformity_estimate(&single, d).unwrap();
            let exact = uniformity(&unit, &Pace::new(1)).unwrap().loss;
            assert!((value - exact).abs() < 1e-5, "{value} {exact}");
            values.push(value);
            errors.push(error);
        }
        let scatter = crate::math::statistics::mean_and_variance(&values).1.sqrt();
        let said = errors.iter().sum::<f64>() / 60.0;
        assert!((0.7..1.4).contains(&(scatter / said)), "{scatter} {said}");
        assert_eq!(uniformity_estimate(&[1.0, 0.0], 2), None);
    }
}
