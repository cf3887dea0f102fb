//! What perfectly even directions give, for the eye to compare with: the loss of a regular polygon
//! or simplex whose pairs lie on each other, and the uniformity of even and of random directions.
//!
//! Wang and Isola, ICML 2020 (evenness as the limit); Lu and Steinerberger, Neural collapse under
//! cross-entropy loss, Applied and Computational Harmonic Analysis 59, 2022 (the simplex is the
//! optimum where it fits: up to d + 1 points in d dimensions).

use crate::objective::alignment_uniformity::SHARPNESS;
use std::f64::consts::TAU;

/// The cosines of one of `count` even directions with all the others; none where "even" has no one
/// meaning: on the sphere beyond four points.
fn cosines(dimension: usize, count: usize) -> Option<Vec<f64>> {
    if count <= dimension + 1 {
        return Some(vec![-1.0 / (count.max(2) - 1) as f64; count.saturating_sub(1)]);
    }
    let angle = |j: usize| TAU * j as f64 / count as f64;
    (dimension == 2).then(|| (1..count).map(|j| angle(j).cos()).collect())
}

/// InfoNCE of even directions at this temperature.
pub(super) fn loss(dimension: usize, count: usize, temperature: f64) -> Option<f64> {
    let others = cosines(dimension, count)?;
    Some(others.iter().map(|c| ((c - 1.0) / temperature).exp()).sum::<f64>().ln_1p())
}

/// Uniformity of even directions, over distinct pairs.
pub(super) fn uniformity(dimension: usize, count: usize) -> Option<f64> {
    let others = cosines(dimension, count).filter(|c| !c.is_empty())?;
    let sum: f64 = others.iter().map(|c| (2.0 * SHARPNESS * (c - 1.0)).exp()).sum();
    Some((sum / others.len() as f64).ln())
}

/// Uniformity of directions drawn evenly over the whole circle or sphere: log(e^-4 I_0(4)) and
/// log(e^-4 sinh(4)/4), by mpmath.
pub(super) fn random_uniformity(dimension: usize) -> f64 {
    if dimension == 2 { -1.575_027_204_484_540_7 } else { -2.079_777_060_587_913 }
}

#[cfg(test)]
mod tests {
    use super::{cosines, loss, random_uniformity, uniformity};

    #[test]
    fn many_even_points_are_like_the_whole_circle() {
        let n = 4_000.0;
        let with_self = (uniformity(2, 4_000).unwrap().exp() * (n - 1.0) + 1.0) / n;
        assert!((with_self.ln() - random_uniformity(2)).abs() < 1e-12);
        // The sphere by the midpoint rule over the cosine.
        let mean = (0..20_000).map(|i| (i as f64 + 0.5) / 10_000.0 - 1.0);
        let mean = mean.map(|c| (4.0 * c - 4.0).exp()).sum::<f64>() / 20_000.0;
        assert!((mean.ln() - random_uniformity(3)).abs() < 1e-7);
    }

    #[test]
    fn few_points_stand_as_far_apart_as_can_be() {
        assert_eq!(cosines(2, 2), Some(vec![-1.0]));
        assert_eq!(cosines(2, 3), Some(vec![-0.5; 2]));
        assert_eq!(cosines(3, 4), Some(vec![-1.0 / 3.0; 3]));
        assert_eq!(cosines(3, 5), None);
        // One pair has nothing to be told from.
        assert_eq!(loss(2, 1, 0.1), Some(0.0));
        assert_eq!(uniformity(2, 1), None);
        // numpy, sixteen points of a circle.
        assert!((loss(2, 16, 0.1).unwrap() - 0.715_582_149_785_789_3).abs() < 1e-14);
        assert!((uniformity(2, 16).unwrap() + 1.869_923_953_709_581_5).abs() < 1e-14);
        // Two opposite pairs: log(1 + e^(-2/tau)).
        assert!((loss(3, 2, 1.0).unwrap() - 0.126_928_011_042_972_5).abs() < 1e-15);
    }
}
