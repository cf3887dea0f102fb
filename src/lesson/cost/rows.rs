//! Pairs of vectors of length one that resemble each other: what encoders would hand to a loss.

use crate::math::lanes::Lanes;
use crate::math::rng::Rng;
use crate::objective::unit_rows::normalise;
use rand::Rng as _;

/// How much the second of a pair differs from the first, in deviations of the first.
const DIFFERENCE: f32 = 2.0;

/// Two batches of unit rows, row after row, each row of one like its own of the other.
pub(super) fn pairs(count: usize, dimension: usize, rng: &mut Rng) -> (Vec<f32>, Vec<f32>) {
    let mut lanes = Lanes::new(rng.next_u64(), 0);
    let mut a = vec![0.0; count * dimension];
    let mut b = vec![0.0; count * dimension];
    lanes.normal(&mut a);
    lanes.normal(&mut b);
    b.iter_mut().zip(&a).for_each(|(b, a)| *b = a + DIFFERENCE * *b);
    let mut lengths = Vec::with_capacity(count);
    normalise(&mut a, dimension, &mut lengths);
    normalise(&mut b, dimension, &mut lengths);
    (a, b)
}
