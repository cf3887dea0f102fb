//! A look at the embeddings of held-out pictures: how near two views are, how evenly directions are
//! used, and the plane in which the embeddings vary most.

use super::ground::{Ground, augmentation};
use crate::lab::param::Settings;
use crate::math::principal::{Plane, effective_rank, plane};
use crate::math::rng::Rng;
use crate::math::statistics::mean_and_error;
use crate::model::encoder::{Encoder, Passes};
use crate::objective::alignment_uniformity::uniformity_estimate;
use crate::objective::unit_rows::normalise;

/// Held-out pictures that are embedded at most.
const PICTURES: usize = 360;
/// Of those, how many get two views: all pairs of them are compared.
const PAIRS: usize = 256;

/// A value and one standard error.
pub(super) type Estimate = (f64, f64);

/// What was seen.
#[derive(Clone, Debug)]
pub(super) struct Look {
    /// E |z - z'|^2 over the two views of a picture.
    pub(super) alignment: Estimate,
    /// log E e^(-2 |z - w|^2) over views of different pictures.
    pub(super) uniformity: Estimate,
    /// Variance of the embeddings, all directions together: 1 - |E z|^2.
    pub(super) spread: Estimate,
    /// Directions in which they spread.
    pub(super) rank: f64,
    plane: Plane,
    /// Embeddings in that plane, as many as there are labels.
    pub(super) points: Vec<(f64, f64)>,
}

impl Look {
    pub(super) fn new(
        encoder: &Encoder,
        ground: &Ground,
        settings: &Settings,
        passes: &mut Passes,
        before: Option<&Self>,
        rng: &mut Rng,
    ) -> Self {
        let (area, d) = (ground.area(), encoder.outputs());
        let by = augmentation(settings);
        let count = ground.held_out.count();
        let pairs = count.min(PAIRS);
        let mut views = vec![0.0; 2 * pairs * area];
        for (i, view) in views.chunks_exact_mut(area).enumerate() {
            ground.held_out.view(i % pairs, &by, rng, view);
        }
        let mut units = passes.forward(encoder, &views).to_vec();
        normalise(&mut units, d, &mut Vec::new());
        let (first, second) = units.split_at(pairs * d);
        let each = first.chunks_exact(d).zip(second.chunks_exact(d));
        let square = |(u, v): (&[f32], &[f32])| {
            u.iter().zip(v).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>()
        };
        let apart: Vec<f64> = each.map(square).collect();

        let shown = count.min(PICTURES);
        let from = ground.train.count() * area;
        let rows = &ground.pixels[from..from + shown * area];
        let mut still = passes.forward(encoder, rows).to_vec();
        normalise(&mut still, d, &mut Vec::new());
        let (plane, _) = plane(&still, d, before.map(|b| &b.plane));
        let along = |z: &[f32], axis: usize| -> f64 {
            z.iter().zip(&plane[axis]).map(|(z, a)| f64::from(*z) * a).sum()
        };
        let points = still.chunks_exact(d).map(|z| (along(z, 0), along(z, 1))).collect();
        Self {
            alignment: mean_and_error(&apart),
            uniformity: uniformity_estimate(first, d).unwrap_or((f64::NAN, f64::NAN)),
            spread: spread(&still, d),
            rank: effective_rank(&still, d),
            plane,
            points,
        }
    }
}

/// 1 - |E z|^2 without bias, from pairs of different rows; its error by the scatter of each row's
/// part, as for every mean over pairs.
fn spread(rows: &[f32], d: usize) -> Estimate {
    let n = (rows.len() / d) as f64;
    let mut sum = vec![0.0; d];
    for row in rows.chunks_exact(d) {
        sum.iter_mut().zip(row).for_each(|(s, v)| *s += f64::from(*v));
    }
    let part = |row: &[f32]| {
        let with_all: f64 = row.iter().zip(&sum).map(|(v, s)| f64::from(*v) * s).sum();
        let itself: f64 = row.iter().map(|v| f64::from(*v).powi(2)).sum();
        (with_all - itself) / (n - 1.0)
    };
    let parts: Vec<f64> = rows.chunks_exact(d).map(part).collect();
    let (same, error) = mean_and_error(&parts);
    (1.0 - same, 2.0 * error)
}

#[cfg(test)]
mod tests {
    use super::spread;
    use crate::math::rng::stream;
    use crate::math::statistics::mean_and_variance;
    use crate::objective::unit_rows::normalise;
    use rand::RngExt as _;
    use rand_distr::StandardNormal;

    #[test]
    fn the_spread_is_between_collapse_and_evenness_and_its_error_is_honest() {
        assert!(spread(&[0.6, 0.8].repeat(7), 2).0.abs() < 1e-6);
        assert!(
            (spread(&[1.0, 0.0, 0.0, 1.0, -1.0, 0.0, 0.0, -1.0], 2).0 - 4.0 / 3.0).abs() < 1e-6
        );
        let found: Vec<(f64, f64)> = (0..80)
            .map(|seed| {
                let mut rng = stream(seed, 3);
                let mut rows: Vec<f32> = (0..50 * 4).map(|_| rng.sample(StandardNormal)).collect();
                rows.iter_mut().step_by(4).for_each(|v| *v += 1.0);
                normalise(&mut rows, 4, &mut Vec::new());
                spread(&rows, 4)
            })
            .collect();
        let values: Vec<f64> = found.iter().map(|f| f.0).collect();
        let scatter = mean_and_variance(&values).1.sqrt();
        let said = found.iter().map(|f| f.1).sum::<f64>() / 80.0;
        assert!((0.75..1.3).contains(&(scatter / said)), "{scatter} {said}");
    }
}
