//! Energies of the radius alone. The radius is softened, `r = sqrt(x^2 + y^2 + .01^2)`, so that
//! they are smooth at the centre, where next to nothing lies.

use super::{BLOCK, Block};
use crate::math::vector_math::exp;
use std::f64::consts::TAU;

const SOFT: f64 = 0.01;
/// The donut: its radius, and its width as the denominator of the square.
const DONUT: (f64, f64) = (2.6, 0.033);
/// The rings: their radii and their deviation.
const RADII: (f64, f64) = (1.0, 2.5);
const SD: f64 = 0.2;

fn radius(x: f64, y: f64) -> f64 {
    (x * x + y * y + SOFT * SOFT).sqrt()
}

pub(super) fn donut(b: &mut Block<'_>) {
    for i in 0..b.value.len() {
        let r = radius(b.x[i], b.y[i]);
        let off = r - DONUT.0;
        b.value[i] = off * off / DONUT.1;
        let slope = 2.0 * off / (DONUT.1 * r);
        b.gx[i] = slope * b.x[i];
        b.gy[i] = slope * b.y[i];
    }
}

/// `E = -log[(N(r; 1, s^2) + N(r; 2.5, s^2))/2] + log(2 pi r)`.
pub(super) fn rings(b: &mut Block<'_>) {
    let n = b.value.len();
    let (mut r, mut gap, mut ratio) = ([0.0; BLOCK], [0.0; BLOCK], [0.0; BLOCK]);
    for i in 0..n {
        r[i] = radius(b.x[i], b.y[i]);
        // The farther ring against the nearer one: never above 1.
        let (inner, outer) = ((r[i] - RADII.0).powi(2), (r[i] - RADII.1).powi(2));
        gap[i] = -(inner - outer).abs() / (2.0 * SD * SD);
    }
    exp(&gap[..n], &mut ratio[..n]);
    let norm = (2.0 * SD * TAU.sqrt() * TAU).ln();
    let middle = 0.5 * (RADII.0 + RADII.1);
    for i in 0..n {
        let (near, far) = if r[i] < middle { RADII } else { (RADII.1, RADII.0) };
        let off = (r[i] - near) / SD;
        b.value[i] = 0.5 * off * off - (1.0 + ratio[i]).ln() + r[i].ln() + norm;
        let pull = ((r[i] - near) + ratio[i] * (r[i] - far)) / (SD * SD * (1.0 + ratio[i]));
        let slope = (pull + 1.0 / r[i]) / r[i];
        b.gx[i] = slope * b.x[i];
        b.gy[i] = slope * b.y[i];
    }
}
