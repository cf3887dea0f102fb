//! `E(v, x) = v^2/18 + v/2 + x^2 e^-v/2 + log(6 pi)`: the width of x changes by a factor of twenty
//! from v = -3 to 3, and so does the step that suits it.

use super::{BLOCK, Block};
use crate::math::vector_math::exp;
use crate::model::conditional::Conditional;
use std::f64::consts::PI;

const VARIANCE: f64 = 9.0;

pub(super) fn block(b: &mut Block<'_>) {
    let n = b.value.len();
    let (mut power, mut precision) = ([0.0; BLOCK], [0.0; BLOCK]);
    for (power, v) in power.iter_mut().zip(b.x) {
        *power = -v;
    }
    exp(&power[..n], &mut precision[..n]);
    // sqrt(2 pi 9) sqrt(2 pi) = 6 pi.
    let norm = (6.0 * PI).ln();
    for (i, precision) in precision[..n].iter().enumerate() {
        let (v, x) = (b.x[i], b.y[i]);
        let half = 0.5 * x * x * precision;
        b.value[i] = v * v / (2.0 * VARIANCE) + 0.5 * v + half + norm;
        b.gx[i] = v / VARIANCE + 0.5 - half;
        b.gy[i] = x * precision;
    }
}

/// x is normal; v has no name, but lies within six deviations.
pub(super) fn conditional(axis: usize, other: f64) -> Conditional {
    if axis == 1 {
        Conditional::Normal { mean: 0.0, sd: (0.5 * other).exp() }
    } else {
        Conditional::Within { low: -18.0, high: 18.0 }
    }
}
