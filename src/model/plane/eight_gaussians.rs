//! `E(x) = -log[(1/8) sum_k N(x; c_k, s^2 I)]`, the centres evenly on a circle.

use super::{BLOCK, Block};
use crate::math::vector_math::exp;
use crate::model::conditional::{Conditional, PARTS};
use std::f64::consts::{FRAC_1_SQRT_2, TAU};

const RADIUS: f64 = 2.0;
const VARIANCE: f64 = 0.04;
const D: f64 = RADIUS * FRAC_1_SQRT_2;
pub(super) const CENTRES: [(f64, f64); PARTS] = [
    (RADIUS, 0.0),
    (D, D),
    (0.0, RADIUS),
    (-D, D),
    (-RADIUS, 0.0),
    (-D, -D),
    (0.0, -RADIUS),
    (D, -D),
];

pub(super) fn block(b: &mut Block<'_>) {
    let n = b.value.len();
    let (mut nearest, mut power, mut part) = ([f64::INFINITY; BLOCK], [0.0; BLOCK], [0.0; BLOCK]);
    let mut total = [0.0; BLOCK];
    let square = |(cx, cy): (f64, f64), x: f64, y: f64| (x - cx).powi(2) + (y - cy).powi(2);
    for c in CENTRES {
        for (i, nearest) in nearest[..n].iter_mut().enumerate() {
            *nearest = nearest.min(square(c, b.x[i], b.y[i]));
        }
    }
    // Counted from the nearest centre, no exponential overflows and one of them is 1.
    b.gx.fill(0.0);
    b.gy.fill(0.0);
    for c in CENTRES {
        for i in 0..n {
            power[i] = (nearest[i] - square(c, b.x[i], b.y[i])) / (2.0 * VARIANCE);
        }
        exp(&power[..n], &mut part[..n]);
        for i in 0..n {
            total[i] += part[i];
            b.gx[i] += part[i] * (b.x[i] - c.0);
            b.gy[i] += part[i] * (b.y[i] - c.1);
        }
    }
    let norm = (PARTS as f64 * TAU * VARIANCE).ln();
    for i in 0..n {
        b.value[i] = nearest[i] / (2.0 * VARIANCE) - total[i].ln() + norm;
        let scale = 1.0 / (VARIANCE * total[i]);
        b.gx[i] *= scale;
        b.gy[i] *= scale;
    }
}

/// A mixture again: a centre weighs as much as it explains the other coordinate.
pub(super) fn conditional(axis: usize, other: f64) -> Conditional {
    let split = |c: (f64, f64)| if axis == 0 { c } else { (c.1, c.0) };
    let squares = CENTRES.map(|c| (other - split(c).1).powi(2));
    let nearest = squares.iter().copied().fold(f64::INFINITY, f64::min);
    Conditional::Mixture {
        weights: squares.map(|s| ((nearest - s) / (2.0 * VARIANCE)).exp()),
        means: CENTRES.map(|c| split(c).0),
        sd: VARIANCE.sqrt(),
    }
}
