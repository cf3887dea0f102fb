//! From inner products to weights, while they are in registers.

use crate::math::simd::{Lanes16, Line, power_of_two};
use crate::model::fused_mlp::product::{Finish, GROUPS, Row};
use std::f32::consts::LOG2_E;

/// `e^l` and its sums over rows and columns; kept or not.
pub(in crate::objective) struct Exponentials<'a> {
    /// The scale over log 2.
    pub(in crate::objective) factor: f32,
    pub(in crate::objective) mask: Row,
    /// A lane a row of `a`.
    pub(in crate::objective) rows: &'a mut Row,
    /// A line a row of `b`, to be added across.
    pub(in crate::objective) columns: &'a mut [Line],
    /// Where they are kept; empty where not.
    pub(in crate::objective) kept: &'a mut [Row],
    /// Whether the rows are those of the block itself, and a row with itself counts for nothing.
    pub(in crate::objective) own: bool,
}

impl Finish for Exponentials<'_> {
    #[inline(always)]
    fn start(&self, _: usize) -> f32 {
        0.0
    }

    #[inline(always)]
    fn finish<S: Lanes16, const N: usize>(&mut self, row: usize, group: usize, sums: [S; N]) {
        assert!(group + N <= GROUPS);
        let mut column = S::load(&self.columns[row]);
        for (n, cosines) in sums.into_iter().enumerate() {
            let mut e = exponential(cosines, self.factor).times(S::load(&self.mask[group + n]));
            if self.own && row / 16 == group + n {
                let mut line = Line::ZERO;
                e.store(&mut line);
                line.0[row % 16] = 0.0;
                e = S::load(&line);
            }
            S::load(&self.rows[group + n]).plus(e).store(&mut self.rows[group + n]);
            column = column.plus(e);
            if let Some(kept) = self.kept.get_mut(row) {
                e.store(&mut kept[group + n]);
            }
        }
        column.store(&mut self.columns[row]);
    }
}

/// `e^l (1/R + 1/C)/2` from inner products.
pub(in crate::objective) struct Recomputed<'a> {
    pub(in crate::objective) factor: f32,
    /// 1/(2 R), a lane a row of `a`; 1/(2 C), a number a row of `b`.
    pub(in crate::objective) halves: (&'a Row, &'a [f32]),
    pub(in crate::objective) out: &'a mut [Row],
}

impl Finish for Recomputed<'_> {
    #[inline(always)]
    fn start(&self, _: usize) -> f32 {
        0.0
    }

    #[inline(always)]
    fn finish<S: Lanes16, const N: usize>(&mut self, row: usize, group: usize, sums: [S; N]) {
        assert!(group + N <= GROUPS);
        let half = S::splat(self.halves.1[row]);
        for (n, cosines) in sums.into_iter().enumerate() {
            let both = half.plus(S::load(&self.halves.0[group + n]));
            let weight = exponential(cosines, self.factor).times(both);
            weight.store(&mut self.out[row][group + n]);
        }
    }
}

/// The same from exponentials that were kept.
#[inline(always)]
pub(in crate::objective) fn weigh_kept<S: Lanes16>(
    kept: &[Row],
    halves: (&Row, &[f32]),
    out: &mut [Row],
) {
    for ((kept, half), out) in kept.iter().zip(halves.1).zip(out) {
        let half = S::splat(*half);
        for group in 0..GROUPS {
            let both = half.plus(S::load(&halves.0[group]));
            S::load(&kept[group]).times(both).store(&mut out[group]);
        }
    }
}

/// `sigmoid(l)`, and sums of it and of `softplus(l)`, a lane a row of `a`.
pub(in crate::objective) struct Sigmoids<'a> {
    pub(in crate::objective) scale: f32,
    pub(in crate::objective) bias: f32,
    pub(in crate::objective) losses: &'a mut Row,
    pub(in crate::objective) weights: &'a mut Row,
    pub(in crate::objective) out: &'a mut [Row],
}

impl Finish for Sigmoids<'_> {
    #[inline(always)]
    fn start(&self, _: usize) -> f32 {
        0.0
    }

    #[inline(always)]
    fn finish<S: Lanes16, const N: usize>(&mut self, row: usize, group: usize, sums: [S; N]) {
        assert!(group + N <= GROUPS);
        for (n, cosines) in sums.into_iter().enumerate() {
            let logit = cosines.mul_add(S::splat(self.scale), S::splat(self.bias));
            let (softplus, sigmoid) = softplus_and_sigmoid(logit);
            sigmoid.store(&mut self.out[row][group + n]);
            let (losses, weights) = (&mut self.losses[group + n], &mut self.weights[group + n]);
            S::load(losses).plus(softplus).store(losses);
            S::load(weights).plus(sigmoid).store(weights);
        }
    }
}

/// `2^(cos factor)`, kept where single precision can hold it.
#[inline(always)]
fn exponential<S: Lanes16>(cosines: S, factor: f32) -> S {
    let bound = S::splat(125.0);
    let power = cosines.times(S::splat(factor)).within(S::splat(0.0).minus(bound), bound);
    power_of_two(power, 1.0)
}

/// `log(1 + t)/t` on 0 to 1: the minimax polynomial that begins with 1 (a linear program in scipy on
/// 1,001 Chebyshev nodes).
const LOG1P: [f32; 9] = [
    1.0,
    -0.499_996_48,
    0.333_213_24,
    -0.248_571_83,
    0.191_537_38,
    -0.137_539_97,
    0.079_206_98,
    -0.030_067_37,
    0.005_365_230_6,
];

/// `log(1 + e^x)` and `1/(1 + e^-x)`, both with their relative precision in either tail, some 1e-6.
#[inline(always)]
fn softplus_and_sigmoid<S: Lanes16>(x: S) -> (S, S) {
    let (zero, one) = (S::splat(0.0), S::splat(1.0));
    // -|x|, no further down than single precision goes.
    let t = power_of_two(
        x.within(S::splat(-86.0), zero.minus(x)).within(S::splat(-86.0), zero),
        LOG2_E,
    );
    let over = one.over(one.plus(t));
    let under = t.times(over);
    let mut log = S::splat(LOG1P[8]);
    for i in (0..8).rev() {
        log = log.mul_add(t, S::splat(LOG1P[i]));
    }
    let positive = x.within(zero, S::splat(f32::INFINITY));
    let softplus = log.mul_add(t, positive);
    // One where x is positive; where it is so little above zero that it is neither, both are 1/2.
    let side = positive.times(S::splat(1e30)).within(zero, one);
    (softplus, side.mul_add(over.minus(under), under))
}

#[cfg(test)]
mod tests {
    use super::softplus_and_sigmoid;
    use crate::math::logistic::{sigmoid, softplus};

    #[test]
    fn both_functions_are_exact_in_both_tails() {
        let mut worst = 0.0_f64;
        for i in -8_000..8_000 {
            let x = i as f32 * 0.01;
            let (s, p) = softplus_and_sigmoid([x; 16]);
            let x = f64::from(x);
            worst = worst.max((f64::from(s[3]) / softplus(x) - 1.0).abs());
            worst = worst.max((f64::from(p[3]) / sigmoid(x) - 1.0).abs());
        }
        assert!(worst < 2e-6, "{worst}");
        let (s, p) = softplus_and_sigmoid([1e9_f32; 16]);
        assert_eq!((s[0], p[0]), (1e9, 1.0));
        let (s, p) = softplus_and_sigmoid([-1e9_f32; 16]);
        assert!(s[0] < 1e-37 && p[0] < 1e-37);
    }
}
