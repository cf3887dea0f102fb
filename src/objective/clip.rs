//! The loss of CLIP: InfoNCE both ways. Each row of `a` is to find its own row of `b` among all, and
//! each row of `b` its own of `a`; with logits `l_ij = scale cos(a_i, b_j)`,
//! `loss = (1/2N) sum_i (log sum_j e^(l_ij) + log sum_j e^(l_ji) - 2 l_ii)`. The scale is learned as
//! `e^t'` from 1/.07 and kept at or below 100.
//!
//! Radford et al., Learning transferable visual models from natural language supervision, ICML 2021.

use super::tiles::{Contrast, Pairs};
use super::unit_rows::{UnitRows, dot};
use crate::math::all_pairs::Pace;
use crate::math::vector_math;

/// Where the learned scale starts: a temperature of .07.
pub const START: f64 = 1.0 / 0.07;

/// What the learned scale is kept at or below.
pub const CAP: f64 = 100.0;

/// The loss of two batches whose rows belong together one by one. A single row costs nothing.
///
/// # Panics
/// If the batches do not have the same shape.
#[must_use]
pub fn of_rows(a: &UnitRows, b: &UnitRows, scale: f64, pace: &Pace) -> Contrast {
    let mut found = of_units(a, b, scale, pace);
    a.pull_back(&mut found.a);
    b.pull_back(&mut found.b);
    found
}

/// The same with derivatives by the unit rows, before the way back through their lengths.
///
/// # Panics
/// If the batches do not have the same shape.
#[must_use]
pub fn of_units(a: &UnitRows, b: &UnitRows, scale: f64, pace: &Pace) -> Contrast {
    let pairs = Pairs::new(a, b, pace);
    let sums = pairs.log_sums(scale, false, true);
    let half = 0.5 / a.count().max(1) as f64;
    let (by_a, by_b, [loss, _]) = pairs.pull(true, |s| {
        s.x.iter_mut().zip(&*s.cosines).for_each(|(x, c)| *x = scale * c - sums.rows[s.row]);
        vector_math::exp(s.x, s.y);
        let (own, mut loss) = (s.at(s.row), 0.0);
        if let Some(own) = own {
            let sums = sums.rows[s.row] + sums.columns[s.row];
            loss = half * (sums - 2.0 * (scale * s.cosines[own]));
            s.y[own] -= 1.0;
        }
        let columns = s.x.iter_mut().zip(&sums.columns[s.first..]);
        for (((x, sum), c), p) in columns.zip(&mut *s.cosines).zip(&*s.y) {
            *x = scale * *c - sum;
            *c = half * scale * p;
        }
        vector_math::exp(s.x, s.y);
        if let Some(own) = own {
            s.y[own] -= 1.0;
        }
        s.cosines.iter_mut().zip(&*s.y).for_each(|(c, p)| *c += half * scale * p);
        [loss, 0.0]
    });
    let by_scale = dot(a.rows(), &by_a) / scale;
    Contrast { loss, a: by_a, b: by_b, scale: by_scale, bias: 0.0 }
}

#[cfg(test)]
mod tests {
    use super::of_rows;
    use crate::math::all_pairs::Pace;
    use crate::objective::info_nce;
    use crate::objective::tiles::testing::{
        FIXED, gaussian_rows, holds_to_dense, slopes_agree, units,
    };

    #[test]
    fn the_fixed_matrix_costs_what_numpy_says() {
        // numpy, rows divided by their lengths.
        let (a, b) = (units(&FIXED[0], 3), units(&FIXED[1], 3));
        for (temperature, exact) in [(0.5, 0.507_080_562_4), (0.1, 0.074_757_070_8)] {
            let found = of_rows(&a, &b, 1.0 / temperature, &Pace::new(1)).loss;
            assert!((found - exact).abs() < 6e-11, "{found} against {exact}");
        }
    }

    #[test]
    fn slopes_are_those_of_finite_differences() {
        slopes_agree(
            |a, b, [scale, _]| {
                let found = of_rows(a, b, scale, &Pace::new(1));
                let by = [found.scale, 0.0];
                (found, by)
            },
            [3.0, 0.0],
        );
    }

    #[test]
    fn tiles_give_what_the_whole_matrix_gives() {
        holds_to_dense(
            |a, b, pace| of_rows(a, b, 10.0, pace),
            |cosines, n| {
                let mut rows: Vec<f64> = cosines.iter().map(|c| 10.0 * c).collect();
                let mut columns: Vec<f64> =
                    (0..n * n).map(|k| 10.0 * cosines[k % n * n + k / n]).collect();
                0.5 * (info_nce::loss(&mut rows, n) + info_nce::loss(&mut columns, n))
            },
        );
    }

    #[test]
    fn it_is_infonce_both_ways_at_any_temperature() {
        let of = |seed| units(&gaussian_rows(seed, 9, 4), 4);
        let (a, b, pace) = (of(1), of(2), Pace::new(1));
        // At 1e5 all but the nearest of a row has no weight that a number could hold.
        for scale in [1e-3, 1.0, 1e5] {
            let there = info_nce::of_rows(&a, &b, 1.0 / scale, &pace);
            let back = info_nce::of_rows(&b, &a, 1.0 / scale, &pace);
            let found = of_rows(&a, &b, scale, &pace);
            let mean = 0.5 * (there.loss + back.loss);
            assert!((found.loss / mean - 1.0).abs() < 1e-12, "{scale}: {}", found.loss);
            for ((f, t), k) in found.a.iter().zip(&there.a).zip(&back.b) {
                assert!((f - 0.5 * (t + k)).abs() < 1e-12 * (1.0 + scale));
            }
        }
    }
}
