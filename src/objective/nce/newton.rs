//! The estimate itself, by Newton's method. Where the energy is linear in its parameters
//! ([`crate::model::exponential`]), NCE is a logistic regression with known offsets: convex, with
//! one minimum, found in a handful of steps (McCullagh and Nelder, Generalized Linear Models,
//! 1989, section 4.4). Conditional NCE is one too.

use crate::math::logistic::{sigmoid, softplus};
use crate::model::exponential::MOST;
use nalgebra::{Const, DimMin, SMatrix, SVector};

/// How many unknowns there are at most: theta and c.
pub const UNKNOWNS: usize = MOST + 1;

/// Values of the unknowns; beyond those that are asked for, zeros.
pub type Unknowns = [f64; UNKNOWNS];

/// One point: its logit is `offset + features . unknowns`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Whether it is a datum.
    pub is_data: bool,
    /// What it weighs in the sum.
    pub weight: f64,
    /// What is known of its logit.
    pub offset: f64,
    /// d logit / d unknowns.
    pub features: Unknowns,
}

/// Where the minimum is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Minimum {
    /// The unknowns there.
    pub at: Unknowns,
    /// The sum over the rows there.
    pub loss: f64,
    /// Whether the gradient vanishes there; it does not where data and noise can be told apart
    /// without an error, for then there is no minimum.
    pub converged: bool,
}

/// Steps at most.
const STEPS: usize = 60;

/// Minimises `sum of weight softplus(-/+ logit)` over the first `unknowns` unknowns.
#[must_use]
pub fn minimise(rows: &[Row], unknowns: usize, start: Unknowns) -> Minimum {
    match unknowns {
        1 => minimise_in::<1>(rows, start),
        2 => minimise_in::<2>(rows, start),
        _ => minimise_in::<UNKNOWNS>(rows, start),
    }
}

fn value(rows: &[Row], at: Unknowns) -> f64 {
    rows.iter()
        .map(|row| {
            row.weight * softplus(if row.is_data { -logit(row, at) } else { logit(row, at) })
        })
        .sum()
}

fn logit(row: &Row, at: Unknowns) -> f64 {
    row.offset + row.features.iter().zip(at).map(|(f, u)| f * u).sum::<f64>()
}

fn minimise_in<const K: usize>(rows: &[Row], start: Unknowns) -> Minimum
where
    Const<K>: DimMin<Const<K>, Output = Const<K>>,
{
    let weight: f64 = rows.iter().map(|r| r.weight).sum();
    let mut at = start;
    let mut loss = value(rows, at);
    for _ in 0..STEPS {
        let mut gradient = SVector::<f64, K>::zeros();
        let mut curvature = SMatrix::<f64, K, K>::zeros();
        for row in rows {
            let p = sigmoid(logit(row, at));
            let by_logit = row.weight * if row.is_data { p - 1.0 } else { p };
            let twice = row.weight * p * (1.0 - p);
            for j in 0..K {
                gradient[j] += by_logit * row.features[j];
                for k in 0..=j {
                    curvature[(j, k)] += twice * row.features[j] * row.features[k];
                }
            }
        }
        if !gradient.iter().all(|g| g.is_finite()) {
            break;
        }
        for j in 0..K {
            for k in 0..j {
                curvature[(k, j)] = curvature[(j, k)];
            }
        }
        if gradient.amax() <= 1e-12 * weight {
            return Minimum { at, loss, converged: true };
        }
        // A breath of damping for what is nearly flat.
        let damping = 1e-12 * curvature.trace().max(f64::MIN_POSITIVE);
        let Some(step) =
            (curvature + SMatrix::identity() * damping).cholesky().map(|c| c.solve(&gradient))
        else {
            break;
        };
        let decrease = step.dot(&gradient);
        // What is left to gain is below what the sum can tell: the last step is taken on trust.
        if decrease <= 1e-11 * loss {
            (0..K).for_each(|k| at[k] -= step[k]);
            return Minimum { at, loss, converged: true };
        }
        let mut length = 1.0;
        loop {
            let mut next = at;
            (0..K).for_each(|k| next[k] -= length * step[k]);
            let there = value(rows, next);
            if there <= loss - 1e-4 * length * decrease {
                (at, loss) = (next, there);
                break;
            }
            length *= 0.5;
            if length < 1e-10 {
                // As low as rounding lets it go.
                return Minimum { at, loss, converged: gradient.amax() <= 1e-7 * weight };
            }
        }
    }
    Minimum { at, loss, converged: false }
}

#[cfg(test)]
mod tests {
    use super::{Row, minimise};

    fn rows() -> Vec<Row> {
        let x = [-1.3, 0.4, 0.9, 2.0, -0.2, 1.1, 0.3, -2.2];
        let data = |i: usize| i.is_multiple_of(2);
        let of = |(i, x): (usize, &f64)| Row {
            is_data: data(i),
            weight: 1.0 + 0.1 * i as f64,
            offset: 0.2 * x,
            features: [-0.5 * x * x, 1.0, 0.0],
        };
        x.iter().enumerate().map(of).collect()
    }

    #[test]
    fn the_minimum_is_that_of_another_program() {
        let found = minimise(&rows(), 2, [1.0, 0.0, 0.0]);
        // scipy.optimize.minimize (BFGS, then Nelder-Mead to 1e-12) on the same eight rows.
        assert!(found.converged);
        assert!(
            (found.at[0] - AT[0]).abs() < 1e-7 && (found.at[1] - AT[1]).abs() < 1e-7,
            "{found:?}"
        );
        assert!((found.loss - LOSS).abs() < 1e-9, "{found:?}");
    }

    const AT: [f64; 2] = [2.211861633, 1.321865296];
    const LOSS: f64 = 5.381471392932;

    #[test]
    fn what_can_be_told_apart_without_error_has_no_minimum() {
        let row =
            |x: f64, is_data| Row { is_data, weight: 1.0, offset: 0.0, features: [x, 1.0, 0.0] };
        let rows = [row(1.0, true), row(2.0, true), row(-1.0, false), row(-2.0, false)];
        let found = minimise(&rows, 2, [0.0; 3]);
        assert!(found.at.iter().all(|v| v.is_finite()));
        assert!(!found.converged || found.loss < 1e-9);
    }
}
