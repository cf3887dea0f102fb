//! Pairs of two small alphabets with a known joint table, and a score of its own for each pair that
//! is learned from batches by the loss of SigLIP: where free scores end is what the loss asks of an
//! encoder.
//!
//! In a batch of N pairs each first half meets its own second half once, and N - 1 that came with
//! others: the pair (x, y) is right with density p(x, y) and wrong with (N - 1) p(x) p(y). A sigmoid
//! that is to tell the two ends at the log of their ratio, `log p(x, y)/(p(x) p(y)) - log(N - 1)`.

use crate::math::rng::Rng;
use crate::model::adam::Adam;
use crate::objective::siglip;
use rand::RngExt as _;

/// Letters of each alphabet.
pub(super) const LETTERS: usize = 3;

/// p(x, y), rows x; it sums to one.
pub(super) type Joint = [[f64; LETTERS]; LETTERS];

/// A table with some information (0.30 nats) and different margins.
pub(super) const TABLE: Joint = [[0.30, 0.05, 0.05], [0.05, 0.20, 0.05], [0.02, 0.08, 0.20]];

/// The sums of rows and of columns.
pub(super) fn margins(table: &Joint) -> [[f64; LETTERS]; 2] {
    let column = |y: usize| table.iter().map(|row| row[y]).sum();
    [table.map(|row| row.iter().sum()), std::array::from_fn(column)]
}

/// The same margins without any information.
pub(super) fn independent(table: &Joint) -> Joint {
    let [rows, columns] = margins(table);
    rows.map(|r| columns.map(|c| r * c))
}

/// What theory says of each score with batches of `count`.
pub(super) fn optimum(table: &Joint, count: usize) -> Joint {
    let [rows, columns] = margins(table);
    let score = |x: usize, y: usize| {
        (table[x][y] / (rows[x] * columns[y])).ln() - (count as f64 - 1.0).ln()
    };
    std::array::from_fn(|x| std::array::from_fn(|y| score(x, y)))
}

/// Draws a pair.
fn draw(table: &Joint, rng: &mut Rng) -> usize {
    let mut left: f64 = rng.random();
    for (i, p) in table.iter().flatten().enumerate() {
        left -= p;
        if left < 0.0 {
            return i;
        }
    }
    LETTERS * LETTERS - 1
}

/// Scores learned from so many batches: Adam with a rate that falls to nothing, and the mean over
/// the second half of the way (Polyak and Juditsky, Acceleration of stochastic approximation by
/// averaging, SIAM J. Control Optim. 30, 1992).
pub(super) fn learned(table: &Joint, count: usize, batches: usize, rng: &mut Rng) -> Joint {
    let mut scores = [0.0; LETTERS * LETTERS];
    let mut mean = [0.0; LETTERS * LETTERS];
    let mut adam = Adam::new(scores.len());
    let mut logits = vec![0.0; count * count];
    let mut pairs = vec![0; count];
    for batch in 0..batches {
        pairs.iter_mut().for_each(|p| *p = draw(table, rng));
        let place = |i: usize, j: usize| pairs[i] / LETTERS * LETTERS + pairs[j] % LETTERS;
        for i in 0..count {
            for j in 0..count {
                logits[i * count + j] = scores[place(i, j)];
            }
        }
        siglip::loss(&mut logits, count);
        let mut gradient = [0.0; LETTERS * LETTERS];
        for i in 0..count {
            for j in 0..count {
                gradient[place(i, j)] += logits[i * count + j];
            }
        }
        let rate = 0.02 * (1.0 - batch as f64 / batches as f64);
        adam.step(&mut scores, &gradient, rate, 0.0);
        if 2 * batch >= batches {
            let share = 1.0 / (batches - batches / 2) as f64;
            mean.iter_mut().zip(scores).for_each(|(sum, s)| *sum += share * s);
        }
    }
    std::array::from_fn(|x| std::array::from_fn(|y| mean[x * LETTERS + y]))
}

/// The bias at which the loss of a batch of `count` rests where every cosine is the same and zero:
/// by bisection of its derivative.
pub(super) fn resting_bias(count: usize) -> f64 {
    let slope = |bias: f64| {
        let mut logits = vec![bias; count * count];
        siglip::loss(&mut logits, count);
        logits.iter().sum::<f64>()
    };
    let (mut low, mut high) = (-20.0, 20.0);
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if slope(middle) < 0.0 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// The largest difference of two tables.
pub(super) fn furthest(a: &Joint, b: &Joint) -> f64 {
    let pairs = a.iter().flatten().zip(b.iter().flatten());
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::{TABLE, furthest, independent, learned, margins, optimum, resting_bias};
    use crate::math::logistic::softplus;
    use crate::math::rng::stream;

    #[test]
    fn the_table_is_a_distribution_with_information() {
        let sum: f64 = TABLE.iter().flatten().sum();
        assert!((sum - 1.0).abs() < 1e-12);
        let scores = optimum(&TABLE, 2);
        let information: f64 =
            TABLE.iter().flatten().zip(scores.iter().flatten()).map(|(p, s)| p * s).sum();
        // scipy: KL of the table to the product of its margins.
        assert!((information - INFORMATION).abs() < 1e-9, "{information}");
        let none = optimum(&independent(&TABLE), 9);
        assert!(none.iter().flatten().all(|s| (s + 8_f64.ln()).abs() < 1e-12));
    }

    /// numpy: sum p log p/(p_x p_y).
    const INFORMATION: f64 = 0.299_411_611_236_924_34;

    /// The formula is the minimum of the expected loss: no score can be moved without loss.
    #[test]
    fn the_optimum_is_one() {
        let count = 6;
        let [rows, columns] = margins(&TABLE);
        let loss = |x: usize, y: usize, l: f64| {
            TABLE[x][y] * softplus(-l) + (count - 1) as f64 * rows[x] * columns[y] * softplus(l)
        };
        let best = optimum(&TABLE, count);
        for (x, row) in best.iter().enumerate() {
            for (y, l) in row.iter().enumerate() {
                let here = loss(x, y, *l);
                assert!(loss(x, y, l + 1e-3) > here && loss(x, y, l - 1e-3) > here);
            }
        }
    }

    #[test]
    fn scores_learned_from_batches_end_there() {
        let mut rng = stream(26, 0);
        let found = learned(&TABLE, 6, 20_000, &mut rng);
        let off = furthest(&found, &optimum(&TABLE, 6));
        assert!(off < 0.1, "{off}: {found:?}");
        // They do not fit another batch size.
        assert!(furthest(&found, &optimum(&TABLE, 12)) > 0.5);
    }

    #[test]
    fn without_information_the_bias_rests_at_the_blind_logit() {
        for count in [2, 8, 64] {
            let exact = -(count as f64 - 1.0).ln();
            assert!((resting_bias(count) - exact).abs() < 1e-9, "{count}");
        }
    }
}
