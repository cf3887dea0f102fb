use super::{Batches, Found, FusedPairs, KEPT, LARGEST_SCALE};
use crate::math::all_pairs::Pace;
use crate::math::simd::Level;
use crate::objective::tiles::Contrast;
use crate::objective::tiles::testing::{gaussian_rows, units};
use crate::objective::unit_rows::UnitRows;
use crate::objective::{clip, nt_xent, siglip};

/// Two batches whose rows resemble each other, in single precision and as the same in double.
fn batches(count: usize, d: usize) -> [(Vec<f32>, UnitRows); 2] {
    let (x, y) = (gaussian_rows(1, count, d), gaussian_rows(2, count, d));
    let like: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x + 0.8 * y).collect();
    [x, like].map(|rows| {
        let narrow: Vec<f32> = units(&rows, d).rows().iter().map(|v| *v as f32).collect();
        let wide: Vec<f64> = narrow.iter().map(|v| f64::from(*v)).collect();
        (narrow, units(&wide, d))
    })
}

#[derive(Clone, Copy, Debug)]
enum Which {
    Clip(f32),
    Siglip(f32, f32),
}

fn fused(
    engine: &mut FusedPairs,
    which: Which,
    [(a, _), (b, _)]: &[(Vec<f32>, UnitRows); 2],
    dimension: usize,
) -> (Found, Vec<f32>, Vec<f32>) {
    // What stands in the gradients must not matter.
    let (mut by_a, mut by_b) = (vec![f32::NAN; a.len()], vec![f32::NAN; b.len()]);
    let batches = &mut Batches { dimension, a, b, by_a: &mut by_a, by_b: &mut by_b };
    let found = match which {
        Which::Clip(scale) => engine.clip(batches, scale),
        Which::Siglip(scale, bias) => engine.siglip(batches, scale, bias),
    };
    (found, by_a, by_b)
}

fn exact(which: Which, [(_, a), (_, b)]: &[(Vec<f32>, UnitRows); 2]) -> Contrast {
    let pace = Pace::new(1);
    match which {
        Which::Clip(scale) => clip::of_units(a, b, f64::from(scale), &pace),
        Which::Siglip(scale, bias) => {
            siglip::of_units(a, b, (f64::from(scale), f64::from(bias)), &pace)
        }
    }
}

/// How far apart two gradients are, beside the length of the exact one and of what cancels in it: a
/// vector of `scale/N` for each of N rows.
fn apart(found: &[f32], exact: &[f64], scale: f32, rows: usize) -> f64 {
    let square = |v: f64| v * v;
    let off: f64 = found.iter().zip(exact).map(|(f, e)| square(f64::from(*f) - e)).sum();
    let length = exact.iter().map(|e| e * e).sum::<f64>().sqrt();
    off.sqrt() / (length + 0.1 * f64::from(scale) / (rows as f64).sqrt())
}

const LOSSES: [Which; 5] = [
    Which::Clip(1.0 / 0.07),
    Which::Clip(1.0),
    Which::Clip(LARGEST_SCALE),
    Which::Siglip(10.0, -10.0),
    Which::Siglip(30.0, 2.0),
];

#[test]
fn it_is_the_loss_in_double_precision_for_every_shape() {
    let shapes = [(1, 3), (2, 1), (16, 64), (63, 5), (64, 64), (65, 64), (130, 17), (600, 80)];
    for (count, d) in shapes {
        let all = batches(count, d);
        let mut engine = FusedPairs::new(1);
        for which in LOSSES {
            let (found, by_a, by_b) = fused(&mut engine, which, &all, d);
            let exact = exact(which, &all);
            let scale = exact.loss.abs().max(1.0);
            assert!((found.loss - exact.loss).abs() < 4e-6 * scale, "{count} {which:?}: {found:?}");
            let slopes = [(found.scale, exact.scale), (found.bias, exact.bias)];
            for (f, e) in slopes {
                assert!((f - e).abs() < 1e-5 * e.abs().max(0.1), "{count} {which:?}: {f} {e}");
            }
            let (Which::Clip(scale) | Which::Siglip(scale, _)) = which;
            for (found, exact) in [(&by_a, &exact.a), (&by_b, &exact.b)] {
                let off = apart(found, exact, scale, count);
                assert!(off < 2e-5, "{count} x {d}, {which:?}: off by {off}");
            }
        }
    }
}

#[test]
fn threads_and_instructions_change_no_bit() {
    // The portable path is slow without fused multiply-adds: few rows for it, and more for the others.
    for (count, d, levels) in [(70, 20, Level::available()), (300, 4, Level::available())] {
        same_bits(count, d, &levels);
    }
    let fast: Vec<Level> =
        Level::available().into_iter().filter(|level| *level != Level::Portable).collect();
    same_bits(KEPT + 100, 16, &fast);
}

fn same_bits(count: usize, d: usize, levels: &[Level]) {
    let all = batches(count, d);
    for which in [LOSSES[0], LOSSES[3]] {
        let mut first = None;
        for level in levels {
            for threads in [1, 2, 3] {
                let found = fused(&mut FusedPairs::at(*level, threads), which, &all, d);
                let first = first.get_or_insert_with(|| found.clone());
                assert!(found == *first, "{count}, {which:?}, {level:?} on {threads}");
            }
        }
    }
}

#[test]
fn exponentials_that_are_kept_or_not_give_the_same_gradient() {
    let d = 8;
    let all = batches(KEPT + 1, d);
    let mut engine = FusedPairs::new(2);
    let (found, by_a, _) = fused(&mut engine, LOSSES[0], &all, d);
    let exact = exact(LOSSES[0], &all);
    assert!((found.loss - exact.loss).abs() < 1e-5 && apart(&by_a, &exact.a, 14.3, KEPT) < 1e-5);
    assert!(engine.memory() < 1 << 20, "nothing is kept: {}", engine.memory());
}

#[test]
fn a_scale_beyond_single_precision_is_worked_out_in_double() {
    let all = batches(20, 4);
    let which = Which::Clip(4_000.0);
    let (found, by_a, _) = fused(&mut FusedPairs::new(1), which, &all, 4);
    let exact = exact(which, &all);
    assert!((found.loss - exact.loss).abs() < 1e-12 && apart(&by_a, &exact.a, 4_000.0, 20) < 1e-6);
}

#[test]
fn memory_is_some_numbers_a_row() {
    // Prepared for 16,384 rows of 64 on two threads, without the work: two shares of 256 rows go
    // round at a time. Gradients, which are handed in, are another 8 MiB.
    let mut engine = FusedPairs::new(2);
    let (count, d) = (16_384, 64);
    engine.desks.resize(2, super::Desk::new());
    engine.desks.iter_mut().for_each(|desk| desk.prepare(d, super::share_of(count)));
    engine.sums.0.resize(count / 64, [0.0; 64]);
    engine.sums.1.resize(count, super::Line::ZERO);
    engine.halves.0.resize(count / 64, super::ZEROS);
    engine.halves.1.resize(count, 0.0);
    assert!(engine.memory() < 3 << 20, "{}", engine.memory());
}

/// The rows of both batches, one after the other.
fn views([(a, x), (b, y)]: &[(Vec<f32>, UnitRows); 2]) -> (Vec<f32>, UnitRows) {
    ([&a[..], b].concat(), x.followed_by(y))
}

#[test]
fn nt_xent_is_the_loss_in_double_precision_for_every_shape() {
    let shapes =
        [(1, 3), (2, 1), (8, 64), (16, 64), (31, 5), (32, 64), (33, 64), (65, 17), (300, 80)];
    for (pairs, d) in shapes {
        let (units, exact_units) = views(&batches(pairs, d));
        let mut engine = FusedPairs::new(1);
        for temperature in [0.5, 0.1, 2.0, 1.0 / LARGEST_SCALE, 0.004] {
            let mut by = vec![f32::NAN; units.len()];
            let found = engine.nt_xent(d, &units, temperature, &mut by);
            let wide = f64::from(temperature);
            let exact = nt_xent::of_units(&exact_units, wide, &Pace::new(1));
            let size = exact.loss.abs().max(1.0);
            let context = format!("{pairs} x {d} at {temperature}: {found:?}");
            assert!((found.loss - exact.loss).abs() < 4e-6 * size, "{context} {}", exact.loss);
            let (f, e) = (found.by_temperature(wide), exact.by_temperature(wide));
            assert!(
                (f - e).abs() * wide * wide < 1e-5 * exact.scale.abs().max(0.1),
                "{context} {e}"
            );
            let off = apart(&by, &exact.a, 1.0 / temperature, 2 * pairs);
            assert!(off < 2e-5, "{context}: off by {off}");
        }
    }
}

#[test]
fn nt_xent_has_the_same_bits_on_any_number_of_threads_and_with_any_instructions() {
    for (pairs, d) in [(16, 8), (35, 20), (256, 16), (300, 4)] {
        let (units, _) = views(&batches(pairs, d));
        let mut first = None;
        for level in Level::available() {
            for threads in [1, 2, 3] {
                let mut by = vec![f32::NAN; units.len()];
                let found = FusedPairs::at(level, threads).nt_xent(d, &units, 0.2, &mut by);
                let first = first.get_or_insert_with(|| (found, by.clone()));
                assert!((found, by) == *first, "{pairs}, {level:?} on {threads}");
            }
        }
    }
}

#[test]
fn rows_of_zeros_have_cosine_zero_with_all() {
    let d = 4;
    for temperature in [0.5, 0.001] {
        let mut by = vec![f32::NAN; 10 * d];
        let found = FusedPairs::new(1).nt_xent(d, &[0.0; 40], temperature, &mut by);
        assert!((found.loss - 9f64.ln()).abs() < 1e-6 && by.iter().all(|v| *v == 0.0), "{found:?}");
    }
}
