//! The losses in double precision, handed in and out in single: at scales whose exponentials single
//! precision cannot hold, and several times slower.

use super::{Batches, Found};
use crate::math::all_pairs::Pace;
use crate::objective::tiles::Contrast;
use crate::objective::unit_rows::UnitRows;
use crate::objective::{clip, nt_xent};

/// NT-Xent where single precision does not reach.
pub(in crate::objective) fn nt_xent_in_double(
    dimension: usize,
    units: &[f32],
    temperature: f32,
    by: &mut [f32],
    threads: usize,
) -> Found {
    let views = UnitRows::or_zero(units.iter().map(|v| f64::from(*v)).collect(), dimension);
    let Contrast { loss, a, scale, .. } =
        nt_xent::of_units(&views, f64::from(temperature), &Pace::new(threads));
    by.iter_mut().zip(&a).for_each(|(to, v)| *to = *v as f32);
    Found { loss, scale, bias: 0.0 }
}

/// CLIP where single precision does not reach.
pub(super) fn clip_in_double(batches: &mut Batches<'_>, scale: f32, threads: usize) -> Found {
    let wide = |rows: &[f32]| {
        UnitRows::or_zero(rows.iter().map(|v| f64::from(*v)).collect(), batches.dimension)
    };
    let (a, b) = (wide(batches.a), wide(batches.b));
    let Contrast { loss, a, b, scale, .. } =
        clip::of_units(&a, &b, f64::from(scale), &Pace::new(threads));
    let narrow = |from: &[f64], to: &mut [f32]| {
        to.iter_mut().zip(from).for_each(|(to, v)| *to = *v as f32);
    };
    narrow(&a, batches.by_a);
    narrow(&b, batches.by_b);
    Found { loss, scale, bias: 0.0 }
}
