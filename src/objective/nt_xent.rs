//! NT-Xent, the loss of SimCLR: 2N views z = (a_1..a_N, b_1..b_N), each of which is to find the other
//! view of the same datum, (i + N) mod 2N, among all but itself:
//! `loss = -(1/2N) sum_i log(e^(c_ip/tau)/sum_(j != i) e^(c_ij/tau))`, c the cosines. The diagonal is
//! left out *before* the sum: an i that may find itself does so, and the loss is another one.
//! If all views are one point the loss is log(2N - 1).
//!
//! Chen, Kornblith, Norouzi and Hinton, A simple framework for contrastive learning of visual
//! representations, ICML 2020.

pub mod fused;
pub(super) mod views;

use super::tiles::{Contrast, Pairs};
use super::unit_rows::{UnitRows, dot};
use crate::math::all_pairs::Pace;
use crate::math::vector_math;

/// The loss of two views of a batch. One row alone has no negatives and costs nothing.
///
/// # Panics
/// If the batches do not have the same shape.
#[must_use]
pub fn of_rows(a: &UnitRows, b: &UnitRows, temperature: f64, pace: &Pace) -> Contrast {
    assert_eq!((a.count(), a.dimension()), (b.count(), b.dimension()), "the same shape");
    let views = a.followed_by(b);
    let mut found = of_units(&views, temperature, pace);
    views.pull_back(&mut found.a);
    found.b = found.a.split_off(a.rows().len());
    found
}

/// The same of all views, the first ones before the second, with derivatives by the unit rows before
/// the way back through their lengths: all of them in `a`.
///
/// # Panics
/// If the number of views is odd.
#[must_use]
pub fn of_units(views: &UnitRows, temperature: f64, pace: &Pace) -> Contrast {
    let (count, scale) = (views.count(), 1.0 / temperature);
    assert!(count.is_multiple_of(2), "two views of everything");
    let other = |i: usize| (i + count / 2) % count;
    let pairs = Pairs::new(views, views, pace);
    let sums = pairs.log_sums(scale, true, false).rows;
    let share = 1.0 / count.max(1) as f64;
    // A cosine stands in row i and, as it is symmetric, in row j: one product takes both.
    let (by_views, _, [loss, _]) = pairs.pull(false, |s| {
        let (own, pair) = (s.at(s.row), s.at(other(s.row)));
        s.x.iter_mut().zip(&*s.cosines).for_each(|(x, c)| *x = scale * c - sums[s.row]);
        vector_math::exp(s.x, s.y);
        if let Some(own) = own {
            s.y[own] = 0.0;
        }
        let mut loss = 0.0;
        if let Some(pair) = pair {
            loss = share * (sums[s.row] - scale * s.cosines[pair]);
            s.y[pair] -= 1.0;
        }
        let columns = s.x.iter_mut().zip(&sums[s.first..]);
        for (((x, sum), c), p) in columns.zip(&mut *s.cosines).zip(&*s.y) {
            *x = scale * *c - sum;
            *c = share * scale * p;
        }
        vector_math::exp(s.x, s.y);
        if let Some(own) = own {
            s.y[own] = 0.0;
        }
        if let Some(pair) = pair {
            s.y[pair] -= 1.0;
        }
        s.cosines.iter_mut().zip(&*s.y).for_each(|(c, p)| *c += share * scale * p);
        [loss, 0.0]
    });
    let by_scale = 0.5 * dot(views.rows(), &by_views) / scale;
    Contrast { loss, a: by_views, b: Vec::new(), scale: by_scale, bias: 0.0 }
}

#[cfg(test)]
mod tests {
    use super::of_rows;
    use crate::math::all_pairs::Pace;
    use crate::math::log_sum_exp::log_sum_exp;
    use crate::objective::tiles::testing::{FIXED, slopes_agree, units};
    use crate::objective::unit_rows::dot;

    #[test]
    fn the_fixed_matrix_costs_what_numpy_says() {
        // numpy, rows divided by their lengths; with the diagonal left in it would be 1.2560740193.
        let (a, b) = (units(&FIXED[0], 3), units(&FIXED[1], 3));
        for (temperature, exact) in [(0.5, 0.822_968_901_6), (0.1, 0.085_191_894_5)] {
            let found = of_rows(&a, &b, temperature, &Pace::new(1)).loss;
            assert!((found - exact).abs() < 6e-11, "{found} against {exact}");
        }
    }

    #[test]
    fn slopes_are_those_of_finite_differences() {
        slopes_agree(
            |a, b, [temperature, _]| {
                let found = of_rows(a, b, temperature, &Pace::new(1));
                let by = [found.by_temperature(temperature), 0.0];
                (found, by)
            },
            [0.3, 0.0],
        );
    }

    #[test]
    fn views_that_are_all_one_point_cost_the_log_of_the_others() {
        let all = units(&[1.0, 2.0, 2.0].repeat(9), 3);
        let found = of_rows(&all, &all, 0.5, &Pace::new(1));
        assert!((found.loss - 17f64.ln()).abs() < 1e-13, "{}", found.loss);
    }

    #[test]
    fn tiles_give_what_the_whole_matrix_gives() {
        let (n, d, scale) = (300, 5, 4.0);
        let of = |seed| units(&crate::objective::tiles::testing::gaussian_rows(seed, n, d), d);
        let (a, b) = (of(1), of(2));
        let views = a.followed_by(&b);
        let dense: f64 = (0..2 * n)
            .map(|i| {
                let score = |j: usize| scale * dot(views.row(i), views.row(j));
                let others: Vec<f64> = (0..2 * n).filter(|j| *j != i).map(score).collect();
                (log_sum_exp(&others) - score((i + n) % (2 * n))) / (2 * n) as f64
            })
            .sum();
        let found = of_rows(&a, &b, 1.0 / scale, &Pace::new(1));
        assert!((found.loss - dense).abs() < 1e-12, "{} against {dense}", found.loss);
        assert_eq!(found, of_rows(&a, &b, 1.0 / scale, &Pace::new(3)));
    }

    #[test]
    fn a_single_row_costs_nothing() {
        let (a, b) = (units(&[1.0, 2.0], 2), units(&[-1.0, 0.5], 2));
        let found = of_rows(&a, &b, 0.1, &Pace::new(1));
        assert!(found.loss.abs() < 1e-14 && found.a.iter().all(|g| g.abs() < 1e-13), "{found:?}");
    }
}
