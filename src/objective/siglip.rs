//! The loss of SigLIP: every pair on its own, does it belong together or not? With logits
//! `l_ij = scale cos(a_i, b_j) + bias` and z_ij = 1 on the diagonal, -1 elsewhere,
//! `loss = (1/N) sum_ij softplus(-z_ij l_ij)`: divided by N and not by the N^2 pairs. No row or
//! column is normalised, so a batch can be worked on piece by piece. The scale is learned as `e^t'`
//! from 10, the bias from -10, since N - 1 of N pairs do not belong together; at the optimum
//! `l = log p(x, y)/(p(x) p(y)) - log(N - 1)`.
//!
//! Zhai, Mustafa, Kolesnikov and Beyer, Sigmoid loss for language image pre-training, ICCV 2023.

use super::tiles::{Contrast, Pairs};
use super::unit_rows::{UnitRows, dot};
use crate::math::all_pairs::Pace;
use crate::math::logistic::{sigmoid, softplus};
use crate::math::vector_math;

/// Where the learned scale and bias start.
pub const START: (f64, f64) = (10.0, -10.0);

/// The loss from a square of logits, rows one after the other, which are replaced by its derivatives
/// by them.
///
/// # Panics
/// If there are not `count * count` logits.
pub fn loss(logits: &mut [f64], count: usize) -> f64 {
    assert_eq!(logits.len(), count * count, "a square");
    let share = 1.0 / count.max(1) as f64;
    let mut total = 0.0;
    for (i, row) in logits.chunks_exact_mut(count.max(1)).enumerate() {
        for (j, l) in row.iter_mut().enumerate() {
            let z = if i == j { 1.0 } else { -1.0 };
            total += share * softplus(-z * *l);
            *l = -share * z * sigmoid(-z * *l);
        }
    }
    total
}

/// The loss of two batches whose rows belong together one by one.
///
/// # Panics
/// If the batches do not have the same shape.
#[must_use]
pub fn of_rows(a: &UnitRows, b: &UnitRows, at: (f64, f64), pace: &Pace) -> Contrast {
    let mut found = of_units(a, b, at, pace);
    a.pull_back(&mut found.a);
    b.pull_back(&mut found.b);
    found
}

/// The same with derivatives by the unit rows, before the way back through their lengths.
///
/// # Panics
/// If the batches do not have the same shape.
#[must_use]
pub fn of_units(a: &UnitRows, b: &UnitRows, (scale, bias): (f64, f64), pace: &Pace) -> Contrast {
    let share = 1.0 / a.count().max(1) as f64;
    let (by_a, by_b, [loss, by_bias]) = Pairs::new(a, b, pace).pull(true, |s| {
        // As if no pair belonged together; the one that does is mended afterwards.
        s.x.iter_mut().zip(&*s.cosines).for_each(|(x, c)| *x = scale * c + bias);
        vector_math::softplus(s.x, s.y);
        let own = s.at(s.row);
        let kept = own.map(|own| s.x[own]);
        if let (Some(own), Some(l)) = (own, kept) {
            s.y[own] = softplus(-l);
        }
        let loss = share * vector_math::sum(s.y);
        vector_math::sigmoid(s.x, s.y);
        if let (Some(own), Some(l)) = (own, kept) {
            s.y[own] = -sigmoid(-l);
        }
        let plain = share * vector_math::sum(s.y);
        s.cosines.iter_mut().zip(&*s.y).for_each(|(c, p)| *c = share * scale * p);
        [loss, plain]
    });
    let by_scale = dot(a.rows(), &by_a) / scale;
    Contrast { loss, a: by_a, b: by_b, scale: by_scale, bias: by_bias }
}

#[cfg(test)]
mod tests {
    use super::{START, loss, of_rows};
    use crate::math::all_pairs::Pace;
    use crate::objective::tiles::testing::{
        FIXED, gaussian_rows, holds_to_dense, slopes_agree, units,
    };

    #[test]
    fn the_fixed_matrix_costs_what_numpy_says() {
        // numpy, rows divided by their lengths, log-sigmoid by logaddexp; slopes by its closed form.
        let (a, b) = (units(&FIXED[0], 3), units(&FIXED[1], 3));
        let at = |bias| of_rows(&a, &b, (10.0, bias), &Pace::new(1));
        assert!((at(-10.0).loss - 1.330_923_116_8).abs() < 6e-11, "{}", at(-10.0).loss);
        assert!((at(0.0).loss - 5.430_821_379_0).abs() < 6e-11, "{}", at(0.0).loss);
        let found = at(-10.0);
        assert!((10.0 * found.scale + 6.332_897_230_0).abs() < 1e-9, "{}", found.scale);
        assert!((found.bias + 0.699_194_560_7).abs() < 1e-9, "{}", found.bias);
    }

    #[test]
    fn slopes_are_those_of_finite_differences() {
        slopes_agree(
            |a, b, [scale, bias]| {
                let found = of_rows(a, b, (scale, bias), &Pace::new(1));
                let by = [found.scale, found.bias];
                (found, by)
            },
            [3.0, -1.5],
        );
    }

    #[test]
    fn derivatives_by_logits_are_those_of_finite_differences() {
        let logits = [0.4, -1.1, 3.0, -20.0];
        let mut by = logits;
        loss(&mut by, 2);
        for i in 0..4 {
            let at = |h: f64| {
                let mut moved = logits;
                moved[i] += h;
                loss(&mut moved, 2)
            };
            assert!(((at(1e-6) - at(-1e-6)) / 2e-6 - by[i]).abs() < 1e-9);
        }
    }

    #[test]
    fn tiles_give_what_the_whole_matrix_gives() {
        holds_to_dense(
            |a, b, pace| of_rows(a, b, (10.0, -3.0), pace),
            |cosines, n| {
                let mut logits: Vec<f64> = cosines.iter().map(|c| 10.0 * c - 3.0).collect();
                loss(&mut logits, n)
            },
        );
    }

    #[test]
    fn it_starts_where_a_bias_of_minus_ten_puts_it() {
        // Random directions, d = 64: by quadrature over the cosine's density (1 - c^2)^((d-3)/2),
        // scipy: 10.00629, 10.02515 and 10.10061 at N = 64, 256 and 1,024. One draw scatters by
        // 10 sd(c)/sqrt(N) = 1.25/sqrt(N).
        for (n, exact) in [(64, 10.006_29), (256, 10.025_15), (1_024, 10.100_61)] {
            let draws = 8;
            let mean = (0..draws)
                .map(|i| {
                    let of = |s| units(&gaussian_rows(s, n, 64), 64);
                    of_rows(&of(2 * i), &of(2 * i + 1), START, &Pace::new(1)).loss
                })
                .sum::<f64>()
                / draws as f64;
            let error = 1.25 / ((draws * n as u64) as f64).sqrt();
            assert!((mean - exact).abs() < 3.0 * error, "{n}: {mean} against {exact}");
        }
    }
}
