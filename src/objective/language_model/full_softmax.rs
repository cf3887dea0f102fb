//! The likelihood of the word among all words: value and derivatives by the scores, a batch at a
//! time.

use crate::math::vector_math::exp_f32;

/// Replaces a row of scores by `exp(s - log Z)` times what is returned first; log Z comes second.
fn exponentials(row: &mut [f32], spare: &mut [f32]) -> (f64, f64) {
    let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for (to, s) in spare.iter_mut().zip(&*row) {
        *to = s - largest;
    }
    exp_f32(spare, row);
    let sum: f64 = row.iter().map(|e| f64::from(*e)).sum();
    (sum, f64::from(largest) + sum.ln())
}

/// `log Z - s(w)` of each datum, in nats, into `losses`. `scores` has a row of V a datum and is
/// replaced by the derivatives of the mean; `spare` is as long as a row.
pub fn loss(scores: &mut [f32], words: &[u32], spare: &mut [f32], losses: &mut Vec<f64>) {
    let share = 1.0 / words.len() as f32;
    losses.clear();
    for (row, word) in scores.chunks_exact_mut(spare.len()).zip(words) {
        let score = f64::from(row[*word as usize]);
        let (sum, log_z) = exponentials(row, spare);
        losses.push(log_z - score);
        let scale = share * (1.0 / sum) as f32;
        row.iter_mut().for_each(|e| *e *= scale);
        row[*word as usize] -= share;
    }
}

/// log Z of each row of scores into `log_z`; the scores are lost.
pub fn log_partitions(scores: &mut [f32], spare: &mut [f32], log_z: &mut Vec<f64>) {
    log_z.extend(scores.chunks_exact_mut(spare.len()).map(|row| exponentials(row, spare).1));
}

#[cfg(test)]
mod tests {
    use super::{log_partitions, loss};
    use crate::math::log_sum_exp::log_sum_exp;

    #[test]
    fn derivatives_are_the_shares_less_the_word() {
        let scores = [1.0_f32, -2.0, 0.5, 300.0, 301.0, 299.0];
        let words = [2, 0];
        let (mut by, mut losses) = (scores, Vec::new());
        loss(&mut by, &words, &mut [0.0; 3], &mut losses);
        let mut log_z = Vec::new();
        log_partitions(&mut scores.clone(), &mut [0.0; 3], &mut log_z);
        for (at, word) in words.iter().enumerate() {
            let row: Vec<f64> = scores[3 * at..3 * at + 3].iter().map(|s| f64::from(*s)).collect();
            let exact = log_sum_exp(&row);
            assert!((log_z[at] - exact).abs() < 1e-5);
            assert!((losses[at] - (exact - row[*word as usize])).abs() < 1e-5);
            for (w, s) in row.iter().enumerate() {
                let hit = f64::from(u8::from(w == *word as usize));
                let expected = 0.5 * ((s - exact).exp() - hit);
                assert!((f64::from(by[3 * at + w]) - expected).abs() < 1e-6);
            }
        }
    }
}
