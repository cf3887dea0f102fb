//! What the ranking loss learns, on a table of sixteen numbers where everything can be summed: x and
//! y take four values each, the partner of x is drawn from p(y | x), two other candidates from q(y),
//! and the scores s(x, y) are free. The least loss has `s = log p(y|x) - log q(y) + g(x)`, with any
//! g: a log density ratio up to a constant per row, found without a normaliser.
//!
//! Ma and Collins, Noise contrastive estimation and negative sampling for conditional models,
//! EMNLP 2018; van den Oord, Li and Vinyals, arXiv:1807.03748, 2018.

use crate::math::log_sum_exp::log_sum_exp;

/// Values that x takes, and y.
const SIDE: usize = 4;

/// p(x, y), rows by x.
pub(super) const JOINT: [[f64; SIDE]; SIDE] = [
    [0.16, 0.05, 0.03, 0.01],
    [0.02, 0.18, 0.06, 0.04],
    [0.05, 0.02, 0.12, 0.06],
    [0.03, 0.04, 0.02, 0.11],
];

/// A table row by row.
pub(super) type Table = [[f64; SIDE]; SIDE];

/// p(y).
pub(super) fn marginal() -> [f64; SIDE] {
    std::array::from_fn(|y| JOINT.iter().map(|row| row[y]).sum())
}

/// The ranking loss of three candidates, every case weighed by its probability, and its derivatives.
pub(super) fn loss(scores: &Table, noise: &[f64; SIDE]) -> (f64, Table) {
    let (mut total, mut slopes) = (0.0, [[0.0; SIDE]; SIDE]);
    for x in 0..SIDE {
        for own in 0..SIDE {
            for (a, b) in (0..SIDE).flat_map(|a| (0..SIDE).map(move |b| (a, b))) {
                let weight = JOINT[x][own] * noise[a] * noise[b];
                let row = [scores[x][own], scores[x][a], scores[x][b]];
                let sum = log_sum_exp(&row);
                total += weight * (sum - row[0]);
                for (y, s) in [own, a, b].into_iter().zip(row) {
                    slopes[x][y] += weight * (s - sum).exp();
                }
                slopes[x][own] -= weight;
            }
        }
    }
    (total, slopes)
}

/// The scores with the least loss, by plain descent from zero.
pub(super) fn trained(noise: &[f64; SIDE]) -> Table {
    let mut scores = [[0.0; SIDE]; SIDE];
    for _ in 0..ROUNDS {
        let (_, slopes) = loss(&scores, noise);
        for (scores, slopes) in scores.iter_mut().zip(slopes) {
            scores.iter_mut().zip(slopes).for_each(|(s, g)| *s -= RATE * g);
        }
    }
    scores
}

/// Far enough for seven digits: the loss is smooth and convex, its flattest direction .004.
const ROUNDS: usize = 1_500;
const RATE: f64 = 8.0;

/// The largest gap between two tables once each row has lost its mean.
pub(super) fn gap(a: &Table, b: &Table) -> f64 {
    let mut largest = 0.0_f64;
    for (a, b) in a.iter().zip(b) {
        let difference: [f64; SIDE] = std::array::from_fn(|y| a[y] - b[y]);
        let mean = difference.iter().sum::<f64>() / SIDE as f64;
        largest = difference.iter().fold(largest, |l, d| l.max((d - mean).abs()));
    }
    largest
}

/// log p(y|x) - log q(y).
pub(super) fn log_ratio(noise: &[f64; SIDE]) -> Table {
    JOINT.map(|row| {
        let sum: f64 = row.iter().sum();
        std::array::from_fn(|y| (row[y] / sum / noise[y]).ln())
    })
}

#[cfg(test)]
mod tests {
    use super::{JOINT, gap, log_ratio, loss, marginal, trained};

    #[test]
    fn the_table_is_a_distribution() {
        let total: f64 = JOINT.iter().flatten().sum();
        assert!((total - 1.0).abs() < 1e-15);
    }

    #[test]
    fn slopes_are_those_of_finite_differences() {
        let noise = [0.4, 0.3, 0.2, 0.1];
        let scores = log_ratio(&[0.1, 0.2, 0.3, 0.4]);
        let slopes = loss(&scores, &noise).1;
        for k in 0..16 {
            let at = |h: f64| {
                let mut moved = scores;
                moved[k / 4][k % 4] += h;
                loss(&moved, &noise).0
            };
            let slope = (at(1e-6) - at(-1e-6)) / 2e-6;
            assert!((slope - slopes[k / 4][k % 4]).abs() < 1e-9);
        }
    }

    #[test]
    fn descent_ends_where_nothing_pulls() {
        let noise = marginal();
        let slopes = loss(&trained(&noise), &noise).1;
        assert!(slopes.iter().flatten().all(|g| g.abs() < 1e-8), "{slopes:?}");
        // Nothing pulls at the ratio itself, wherever its rows stand.
        let mut ratio = log_ratio(&noise);
        ratio[1].iter_mut().for_each(|s| *s += 3.0);
        assert!(loss(&ratio, &noise).1.iter().flatten().all(|g| g.abs() < 1e-14));
        assert!(gap(&ratio, &log_ratio(&noise)) < 1e-12);
    }
}
