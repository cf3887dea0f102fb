//! Rows of a data set drawn at random, as stochastic gradients want them.

use crate::math::rng::Rng;
use rand::RngExt as _;

/// Fills `batch` with rows of `from`, each as likely as the other and with replacement; both have
/// rows of `dimension`, and `from` has one at least.
pub(in crate::lesson) fn draw<T: Copy>(
    from: &[T],
    dimension: usize,
    batch: &mut [T],
    rng: &mut Rng,
) {
    let rows = from.len() / dimension;
    for row in batch.chunks_exact_mut(dimension) {
        let i = rng.random_range(0..rows);
        row.copy_from_slice(&from[i * dimension..(i + 1) * dimension]);
    }
}

#[cfg(test)]
mod tests {
    use super::draw;
    use crate::math::rng::stream;

    #[test]
    fn rows_stay_whole_and_come_alike_often() {
        let from: Vec<usize> = (0..15).collect();
        let mut batch = vec![0; 3 * 20_000];
        draw(&from, 3, &mut batch, &mut stream(7, 0));
        let mut counts = [0_u32; 5];
        for row in batch.chunks_exact(3) {
            assert!(row[0].is_multiple_of(3) && row[1] == row[0] + 1 && row[2] == row[0] + 2);
            counts[row[0] / 3] += 1;
        }
        // Five standard errors of a share of a fifth.
        assert!(counts.iter().all(|n| (f64::from(*n) - 4_000.0).abs() < 5.0 * 57.0), "{counts:?}");
    }
}
