//! Principal axes: the directions along which points vary most (Pearson 1901), for pictures that
//! move. Between two frames an axis may change its sign, two axes of nearly the same variance may
//! change places, and the picture would jump though nothing happened; so the plane is turned within
//! itself until it agrees best with the frame before (the orthogonal Procrustes problem, Schoenemann
//! 1966), which leaves the points in it as they are to each other.

use nalgebra::{DMatrix, SymmetricEigen};

/// Two axes of length one, at right angles.
pub type Plane = [Vec<f64>; 2];

/// The plane of largest variance of rows of `dimension` numbers, and the share of the variance that
/// lies in it (0 where nothing varies). Nothing is said of a plane through points that do not vary
/// in two directions: its axes are some of the coordinate axes then.
///
/// # Panics
/// If the rows are not whole, or `dimension` is less than 2.
#[must_use]
pub fn plane(rows: &[f32], dimension: usize, before: Option<&Plane>) -> (Plane, f64) {
    assert!(dimension > 1 && rows.len().is_multiple_of(dimension), "whole rows");
    let covariance = moments(rows, dimension, true);
    let total = covariance.trace();
    let eigen = SymmetricEigen::new(covariance);
    let mut order: Vec<usize> = (0..dimension).collect();
    order.sort_by(|a, b| eigen.eigenvalues[*b].total_cmp(&eigen.eigenvalues[*a]));
    let axis = |i: usize| eigen.eigenvectors.column(order[i]).iter().copied().collect::<Vec<f64>>();
    let share = (eigen.eigenvalues[order[0]] + eigen.eigenvalues[order[1]]) / total;
    let found = [axis(0), axis(1)];
    let turned = match before {
        Some(before) if before[0].len() == dimension => turned(found, before),
        _ => found,
    };
    (turned, if total > 0.0 { share.clamp(0.0, 1.0) } else { 0.0 })
}

/// The plane turned, or mirrored, within itself to agree best with another.
fn turned(found: Plane, before: &Plane) -> Plane {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let [[a, b], [c, d]] = [0, 1].map(|i| [0, 1].map(|j| dot(&found[i], &before[j])));
    // Of all turns and of all mirrored ones, the best has sum of traces |(a + d, b - c)| and
    // |(a - d, b + c)|.
    let (turn, mirror) = ((a + d).hypot(b - c), (a - d).hypot(b + c));
    let rotation = if turn >= mirror {
        if turn < 1e-12 {
            return found;
        }
        let (cosine, sine) = ((a + d) / turn, (b - c) / turn);
        [[cosine, sine], [-sine, cosine]]
    } else {
        let (cosine, sine) = ((a - d) / mirror, (b + c) / mirror);
        [[cosine, sine], [sine, -cosine]]
    };
    [0, 1].map(|j| {
        let (x, y) = (rotation[0][j], rotation[1][j]);
        found[0].iter().zip(&found[1]).map(|(u, v)| x * u + y * v).collect()
    })
}

/// The mean of x x' over rows, about their mean or about zero.
fn moments(rows: &[f32], dimension: usize, centred: bool) -> DMatrix<f64> {
    let count = (rows.len() / dimension).max(1) as f64;
    let mut mean = vec![0.0; dimension];
    if centred {
        for row in rows.chunks_exact(dimension) {
            mean.iter_mut().zip(row).for_each(|(m, v)| *m += f64::from(*v) / count);
        }
    }
    let mut sums = DMatrix::zeros(dimension, dimension);
    let mut away = vec![0.0; dimension];
    for row in rows.chunks_exact(dimension) {
        away.iter_mut().zip(row).zip(&mean).for_each(|((a, v), m)| *a = f64::from(*v) - m);
        for (j, b) in away.iter().enumerate() {
            let column = &mut sums.as_mut_slice()[j * dimension..][..dimension];
            column.iter_mut().zip(&away).for_each(|(s, a)| *s += a * b / count);
        }
    }
    sums
}

/// In how many directions rows spread, from 1 to their dimension: the exponential of the entropy of
/// the singular values, divided by their sum. Roy and Vetterli, The effective rank, EUSIPCO 2007;
/// for learned features Garrido, Balestriero, Najman and LeCun, RankMe, ICML 2023. NaN where all
/// rows are zero.
///
/// # Panics
/// If the rows are not whole.
#[must_use]
pub fn effective_rank(rows: &[f32], dimension: usize) -> f64 {
    assert!(dimension > 0 && rows.len().is_multiple_of(dimension), "whole rows");
    let eigen = moments(rows, dimension, false).symmetric_eigenvalues();
    // Single precision leaves a haze of directions that are not there.
    let largest = eigen.iter().copied().fold(0.0, f64::max);
    let kept = eigen.iter().filter(|e| **e > 1e-12 * largest).map(|e| e.sqrt());
    let values: Vec<f64> = kept.collect();
    let sum: f64 = values.iter().sum();
    let entropy: f64 = values.iter().map(|v| v / sum).map(|p| -p * p.ln()).sum();
    if sum > 0.0 { entropy.exp() } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::{Plane, effective_rank, plane};
    use crate::math::rng::stream;
    use rand::RngExt as _;
    use rand_distr::StandardNormal;

    /// Points that vary by 3, 2, 1/2 and 1/2 along turned axes.
    fn cloud(seed: u64) -> (Vec<f32>, [[f32; 4]; 4]) {
        let h = 0.5f32;
        let axes = [[h, h, h, h], [h, -h, h, -h], [h, h, -h, -h], [h, -h, -h, h]];
        let mut rng = stream(seed, 0);
        let rows = (0..4_000).flat_map(|_| {
            let mut x = [1.0f32, -2.0, 0.0, 4.0];
            for (axis, wide) in axes.iter().zip([3.0, 2.0, 0.5, 0.5]) {
                let by: f32 = wide * rng.sample::<f32, _>(StandardNormal);
                x.iter_mut().zip(axis).for_each(|(x, a)| *x += by * a);
            }
            x
        });
        (rows.collect(), axes)
    }

    fn along(plane: &Plane, axis: usize, of: &[f32]) -> f64 {
        plane[axis].iter().zip(of).map(|(a, b)| a * f64::from(*b)).sum()
    }

    #[test]
    fn the_axes_are_those_the_points_were_made_with() {
        let (rows, axes) = cloud(1);
        let (found, share) = plane(&rows, 4, None);
        assert!(
            along(&found, 0, &axes[0]).abs() > 0.999 && along(&found, 1, &axes[1]).abs() > 0.999
        );
        assert!((share - 13.0 / 13.5).abs() < 0.005, "{share}");
    }

    #[test]
    fn the_plane_keeps_to_the_frame_before() {
        let (rows, _) = cloud(1);
        let (first, _) = plane(&rows, 4, None);
        for mirrored in [1.0, -1.0] {
            // The frame before: the same plane, turned by 70 degrees, perhaps mirrored.
            let (sine, cosine) = 70f64.to_radians().sin_cos();
            let mix = |x: f64, y: f64| {
                first[0].iter().zip(&first[1]).map(|(u, v)| x * u + y * v).collect::<Vec<_>>()
            };
            let before = [mix(cosine, sine), mix(-mirrored * sine, mirrored * cosine)];
            let (found, _) = plane(&cloud(2).0, 4, Some(&before));
            for axis in 0..2 {
                let same: f64 = found[axis].iter().zip(&before[axis]).map(|(a, b)| a * b).sum();
                assert!(same > 0.998, "{mirrored} {axis}: {same}");
            }
        }
        let flat = plane(&[1.0, 1.0, 1.0, 1.0], 2, Some(&[vec![1.0, 0.0], vec![0.0, 1.0]]));
        assert!(flat.1 == 0.0 && flat.0.iter().flatten().all(|v| v.is_finite()));
    }

    #[test]
    fn the_rank_counts_directions() {
        let even: Vec<f32> = (0..5).flat_map(|i| (0..5).map(move |j| f32::from(i == j))).collect();
        assert!((effective_rank(&even, 5) - 5.0).abs() < 1e-9);
        assert!((effective_rank(&[0.6, 0.8].repeat(9), 2) - 1.0).abs() < 1e-3);
        // numpy: singular values 2 and 1: exp(entropy of (2/3, 1/3)) = 1.8898815748.
        assert!((effective_rank(&[2.0, 0.0, 0.0, 1.0], 2) - 1.889_881_574_8).abs() < 1e-7);
        assert!(effective_rank(&[0.0; 4], 2).is_nan());
    }
}
