//! `E = z' S^-1 z/2 + log Z` with `z = (x_1/2, 2 x_2 + .4 (x_1^2 + 4) - 4)` and
//! `S = [[1, .5], [.5, 1]]`. The map to z has determinant 1.

use super::Block;
use crate::model::conditional::Conditional;
use std::f64::consts::TAU;

const BEND: f64 = 0.4;
const CORRELATION: f64 = 0.5;
const REST: f64 = 1.0 - CORRELATION * CORRELATION;

/// What z_2 has of x_1 alone.
fn bent(x: f64) -> f64 {
    BEND * (x * x + 4.0) - 4.0
}

pub(super) fn block(b: &mut Block<'_>) {
    let norm = (TAU * REST.sqrt()).ln();
    for i in 0..b.value.len() {
        let (x, y) = (b.x[i], b.y[i]);
        let (z1, z2) = (0.5 * x, 2.0 * y + bent(x));
        let (p1, p2) = ((z1 - CORRELATION * z2) / REST, (z2 - CORRELATION * z1) / REST);
        b.value[i] = 0.5 * (z1 * p1 + z2 * p2) + norm;
        b.gx[i] = 0.5 * p1 + 2.0 * BEND * x * p2;
        b.gy[i] = 2.0 * p2;
    }
}

/// x_2 is normal; x_1 is not, but lies within six deviations.
pub(super) fn conditional(axis: usize, other: f64) -> Conditional {
    if axis == 1 {
        let mean = 0.5 * (CORRELATION * 0.5 * other - bent(other));
        Conditional::Normal { mean, sd: 0.5 * REST.sqrt() }
    } else {
        Conditional::Within { low: -12.0, high: 12.0 }
    }
}
