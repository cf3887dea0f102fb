//! The end of a pass over all pairs: what the pairs that belong together add.

use super::Batches;
use crate::math::simd::{Kernel, Lanes16, Line};

/// What the pairs that belong together add: turns weighted sums into derivatives, and hands back
/// `sum_i a_i . b_i` and `sum_i a_i . dL/da_i`.
pub(super) struct Close<'a, 'b> {
    pub(super) batches: &'a mut Batches<'b>,
    pub(super) scale: f32,
}

impl Kernel for Close<'_, '_> {
    type Output = [f64; 2];

    #[inline(always)]
    fn run<S: Lanes16>(self) -> [f64; 2] {
        let Self { batches: Batches { dimension, a, b, by_a, by_b }, scale } = self;
        let d = *dimension;
        let factor = S::splat(scale / (a.len() / d).max(1) as f32);
        let (mut cosines, mut along) = (0.0, 0.0);
        let slopes = by_a.chunks_exact_mut(d).zip(by_b.chunks_exact_mut(d));
        for ((a, b), (by_a, by_b)) in a.chunks_exact(d).zip(b.chunks_exact(d)).zip(slopes) {
            let (mut cosine, mut slope) = (S::splat(0.0), S::splat(0.0));
            let rows = a.chunks(16).zip(b.chunks(16));
            for ((a, b), (by_a, by_b)) in rows.zip(by_a.chunks_mut(16).zip(by_b.chunks_mut(16))) {
                let [a, b] = [a, b].map(|part| S::load(&Line::padded(part)));
                let [to_a, to_b] = [&*by_a, &*by_b].map(|part| S::load(&Line::padded(part)));
                let to_a = factor.times(to_a.minus(b));
                line(to_a).put(by_a);
                line(factor.times(to_b.minus(a))).put(by_b);
                cosine = a.mul_add(b, cosine);
                slope = a.mul_add(to_a, slope);
            }
            cosines += sum(cosine);
            along += sum(slope);
        }
        [cosines, along]
    }
}

#[inline(always)]
fn line<S: Lanes16>(numbers: S) -> Line {
    let mut line = Line::ZERO;
    numbers.store(&mut line);
    line
}

#[inline(always)]
fn sum<S: Lanes16>(numbers: S) -> f64 {
    f64::from(line(numbers).0.iter().sum::<f32>())
}
