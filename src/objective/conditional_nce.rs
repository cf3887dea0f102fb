//! Conditional noise-contrastive estimation: each noise point is made from a datum, y ~ p_c(. | x),
//! and the two are told apart. Z falls out, for both have it:
//! `G(x, y) = E(y) - E(x) + log p_c(y|x) - log p_c(x|y)`, and
//! `loss = 2/(kappa N) sum_ij softplus(-G(x_i, y_ij))` with kappa noise points a datum. Symmetric
//! noise (x plus something centred) cancels the last two terms. An energy shifted by a constant has
//! the same loss: log Z cannot be learned from it.
//!
//! Ceylan and Gutmann, Conditional noise-contrastive estimation of unnormalised models, ICML 2018.

use crate::math::logistic::{sigmoid, softplus};
use crate::model::exponential::{Family, MOST};
use crate::objective::nce::newton::{Row, UNKNOWNS};

/// The loss from the logits G of all pairs, which are replaced by its derivatives by them. Equal
/// energies everywhere cost 2 log 2.
pub fn loss(logits: &mut [f64]) -> f64 {
    let scale = 2.0 / logits.len().max(1) as f64;
    let mut total = 0.0;
    for g in logits {
        total += scale * softplus(-*g);
        *g = -scale * sigmoid(-*g);
    }
    total
}

/// The pairs of an exponential family under symmetric noise, as rows of a logistic regression over
/// theta alone ([`crate::objective::nce::newton::minimise`] with as many unknowns as the family has
/// parameters). `noised` has as many points in a row for each datum as it is times longer.
///
/// # Panics
/// If `noised` is no multiple of `data`.
#[must_use]
pub fn rows(family: Family, data: &[f64], noised: &[f64]) -> Vec<Row> {
    assert!(!data.is_empty() && noised.len().is_multiple_of(data.len()), "so many a datum");
    let kappa = noised.len() / data.len();
    let pairs = data.iter().zip(noised.chunks_exact(kappa.max(1)));
    let row = |x: f64, y: f64| {
        let (at_x, at_y) = (family.features(x), family.features(y));
        let mut features = [0.0; UNKNOWNS];
        (0..MOST).for_each(|k| features[k] = at_y[k] - at_x[k]);
        let offset = family.base(y)[0] - family.base(x)[0];
        Row { is_data: true, weight: 1.0, offset, features }
    };
    pairs.flat_map(|(x, ys)| ys.iter().map(move |y| row(*x, *y))).collect()
}

#[cfg(test)]
mod tests {
    use super::{loss, rows};
    use crate::math::rng::stream;
    use crate::model::exponential::Family;
    use crate::objective::nce::newton::minimise;
    use rand::RngExt as _;
    use rand_distr::StandardNormal;

    #[test]
    fn derivatives_are_those_of_finite_differences() {
        let logits = [0.4, -1.1, 3.0];
        let mut by = logits;
        assert!((loss(&mut [0.0; 5]) - 2.0 * std::f64::consts::LN_2).abs() < 1e-15);
        loss(&mut by);
        for i in 0..3 {
            let at = |h: f64| {
                let mut moved = logits;
                moved[i] += h;
                loss(&mut moved)
            };
            assert!(((at(1e-6) - at(-1e-6)) / 2e-6 - by[i]).abs() < 1e-8);
        }
    }

    #[test]
    fn the_precision_is_found_and_scatters_as_the_literature_says() {
        // N(0, 1), kappa = 1, eps = 1: N Var about 9.054 (Monte Carlo, 15 %).
        let (n, fits) = (500, 400);
        let mut estimates = Vec::new();
        for fit in 0..fits {
            let mut rng = stream(7, fit);
            let data: Vec<f64> = (0..n).map(|_| rng.sample(StandardNormal)).collect();
            let noised: Vec<f64> =
                data.iter().map(|x| x + rng.sample::<f64, _>(StandardNormal)).collect();
            let found = minimise(&rows(Family::Precision, &data, &noised), 1, [1.0, 0.0, 0.0]);
            assert!(found.converged, "{found:?}");
            estimates.push(found.at[0]);
        }
        let mean = estimates.iter().sum::<f64>() / fits as f64;
        let variance =
            estimates.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / (fits - 1) as f64;
        assert!((mean - 1.0).abs() < 0.04, "{mean}");
        assert!((n as f64 * variance / 9.054 - 1.0).abs() < 0.25, "{}", n as f64 * variance);
    }
}
