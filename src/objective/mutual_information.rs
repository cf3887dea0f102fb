//! What a square of scores says about mutual information: a row a query, its own candidate in the
//! column of the same number, all others drawn from the product of the marginals. With p the joint
//! distribution, q the product, f the critic and N pairs:
//!
//! - InfoNCE (van den Oord, Li and Vinyals, arXiv:1807.03748, 2018):
//!   `mean_i [f_ii - log((1/N) sum_j e^(f_ij))]`. A lower bound in expectation, and never above log N.
//! - NWJ (Nguyen, Wainwright and Jordan, IEEE Transactions on Information Theory 56, 2010):
//!   `1 + E_p f - E_q e^f`, that is their bound with the critic 1 + f. A lower bound, best where f is
//!   the log density ratio, its normaliser included; its variance grows like e^(2 I).
//! - Donsker and Varadhan (Communications on Pure and Applied Mathematics 36, 1983), as in MINE
//!   (Belghazi and others, ICML 2018): `E_p f - log E_q e^f`. A lower bound as long as the expectation
//!   is exact. The logarithm of a batch's mean lies below the logarithm of the expectation on
//!   average (Jensen), so the plug-in lies above it and is no bound.
//! - NCE (Gutmann and Hyvarinen 2012; as a bound Tian, Krishnan and Isola, Contrastive
//!   representation distillation, ICLR 2020): with K = N - 1 negatives a positive and the logit
//!   `f - log K`, `log K - E_p softplus(log K - f) - K E_q softplus(f - log K)`. A lower bound for any
//!   critic: at the best one the first two terms alone are at most I, and the third is negative.
//! - The plug-in `E_p f`: I where f is the log density ratio, and no bound elsewhere.
//!
//! Poole and others, On variational bounds of mutual information, ICML 2019, compare them; McAllester
//! and Stratos, AISTATS 2020, show that no bound from N samples can be sure of more than about log N.

mod row;

pub use row::Row;

/// What one square of scores says, in nats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimates {
    /// InfoNCE.
    pub info_nce: f64,
    /// Nguyen, Wainwright and Jordan.
    pub nwj: f64,
    /// Donsker and Varadhan, plugged in.
    pub donsker_varadhan: f64,
    /// Noise-contrastive estimation with N - 1 negatives a positive.
    pub nce: f64,
    /// The mean score of the pairs that belong together.
    pub plug_in: f64,
    /// `log mean e^f` over the pairs that do not; 0 where f is a log density ratio, on average.
    pub log_mass: f64,
}

/// Which of the bounds a critic is trained by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// InfoNCE.
    InfoNce,
    /// Nguyen, Wainwright and Jordan.
    Nwj,
    /// Donsker and Varadhan, plugged in.
    DonskerVaradhan,
    /// Noise-contrastive estimation.
    Nce,
}

impl Estimates {
    /// From the sums of rows, each over its own candidate and the same number of others. The rows may
    /// be a few of a square, or all of it.
    #[must_use]
    pub fn of(rows: &[Row]) -> Self {
        let count = rows.len() as f64;
        let mean = |f: fn(&Row) -> f64| rows.iter().map(f).sum::<f64>() / count;
        let others = rows.first().map_or(f64::NAN, |row| row.others as f64);
        let plug_in = mean(|row| row.own);
        let log_mass = log_sum(rows) - (count * others).ln();
        Self {
            info_nce: (others + 1.0).ln() + mean(|row| row.own - row.log_all),
            nwj: 1.0 + plug_in - log_mass.exp(),
            donsker_varadhan: plug_in - log_mass,
            nce: others.ln() - mean(Row::nce_loss),
            plug_in,
            log_mass,
        }
    }

    /// From a square of `count * count` scores, row after row.
    ///
    /// # Panics
    /// If it is not a square of at least two rows.
    #[must_use]
    pub fn of_square(scores: &[f64], count: usize) -> Self {
        assert!(count >= 2 && scores.len() == count * count, "a square of two rows at least");
        let mut room = Vec::new();
        let rows = scores.chunks_exact(count).enumerate();
        Self::of(&rows.map(|(i, row)| Row::of(row, i, &mut room)).collect::<Vec<_>>())
    }
}

/// `log sum e^f` over the other candidates of all rows.
fn log_sum(rows: &[Row]) -> f64 {
    let largest = rows.iter().map(|row| row.log_others).fold(f64::NEG_INFINITY, f64::max);
    if !largest.is_finite() {
        return largest;
    }
    largest + rows.iter().map(|row| (row.log_others - largest).exp()).sum::<f64>().ln()
}

impl Bound {
    /// Replaces a square of scores by the derivatives by them of minus the bound: what a critic that
    /// climbs the bound goes down. `rows` are the square's own, `room` is overwritten.
    ///
    /// # Panics
    /// If there are not as many rows as a square has.
    pub fn descent(self, scores: &mut [f64], rows: &[Row], room: &mut Vec<f64>) {
        let count = rows.len();
        assert_eq!(scores.len(), count * count, "a square");
        let share = 1.0 / count.max(1) as f64;
        let total = log_sum(rows);
        for (i, (scores, row)) in scores.chunks_exact_mut(count.max(1)).zip(rows).enumerate() {
            let log_k = (row.others as f64).ln();
            match self {
                Self::InfoNce => {
                    row::exponentials(scores, -row.log_all + share.ln());
                    // 1 - p by the others: where p rounds to 1 it would be lost.
                    scores[i] = -share * (row.log_others - row.log_all).exp();
                }
                Self::Nwj => {
                    row::exponentials(scores, share.ln() - log_k);
                    scores[i] = -share;
                }
                Self::DonskerVaradhan => {
                    row::exponentials(scores, -total);
                    scores[i] = -share;
                }
                Self::Nce => {
                    row::sigmoids(scores, -log_k, share, room);
                    scores[i] = -share * crate::math::logistic::sigmoid(log_k - row.own);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bound, Estimates, Row};
    use crate::objective::info_nce;

    const SCORES: [f64; 16] =
        [1.4, -1.1, 0.3, 0.0, 0.2, 0.7, 1.5, -0.3, -2.0, 0.1, 2.6, 0.9, 0.5, -0.8, -0.2, -1.0];

    fn of(bound: Bound, found: &Estimates) -> f64 {
        match bound {
            Bound::InfoNce => found.info_nce,
            Bound::Nwj => found.nwj,
            Bound::DonskerVaradhan => found.donsker_varadhan,
            Bound::Nce => found.nce,
        }
    }

    const ALL: [Bound; 4] = [Bound::InfoNce, Bound::Nwj, Bound::DonskerVaradhan, Bound::Nce];

    #[test]
    fn a_small_square_gives_what_numpy_gives() {
        // numpy in double precision, straight from the formulas of the header.
        let found = Estimates::of_square(&SCORES, 4);
        for (measured, exact) in [
            (found.info_nce, NUMPY[0]),
            (found.nwj, NUMPY[1]),
            (found.donsker_varadhan, NUMPY[2]),
            (found.nce, NUMPY[3]),
            (found.plug_in, 0.925),
        ] {
            assert!((measured - exact).abs() < 1e-14, "{measured} against {exact}");
        }
    }

    const NUMPY: [f64; 4] = [
        0.292_570_823_530_583_9,
        0.613_039_146_598_451_5,
        0.653_477_147_269_625_9,
        -0.875_712_109_013_752_7,
    ];

    #[test]
    fn info_nce_is_log_n_minus_the_loss() {
        let loss = info_nce::loss(&mut SCORES.to_vec(), 4);
        assert!((Estimates::of_square(&SCORES, 4).info_nce - (4f64.ln() - loss)).abs() < 1e-14);
    }

    #[test]
    fn derivatives_are_those_of_finite_differences() {
        for bound in ALL {
            let mut room = Vec::new();
            let rows: Vec<Row> = SCORES
                .chunks_exact(4)
                .enumerate()
                .map(|(i, row)| Row::of(row, i, &mut room))
                .collect();
            let mut by = SCORES;
            bound.descent(&mut by, &rows, &mut room);
            for (k, by) in by.iter().enumerate() {
                let at = |h: f64| {
                    let mut moved = SCORES;
                    moved[k] += h;
                    of(bound, &Estimates::of_square(&moved, 4))
                };
                let slope = (at(1e-6) - at(-1e-6)) / 2e-6;
                assert!((slope + by).abs() < 1e-9, "{bound:?} {k}: {slope} against {by}");
            }
        }
    }

    #[test]
    fn only_info_nce_does_not_see_what_is_added_to_a_row() {
        let moved = |by: [f64; 4]| {
            let moved: Vec<f64> = SCORES.iter().enumerate().map(|(k, s)| s + by[k / 4]).collect();
            Estimates::of_square(&moved, 4)
        };
        let (plain, rows) = (moved([0.0; 4]), moved([1.0, -2.0, 0.5, 3.0]));
        assert!((plain.info_nce - rows.info_nce).abs() < 1e-14);
        assert!((plain.donsker_varadhan - rows.donsker_varadhan).abs() > 0.1);
        // A constant cancels in Donsker and Varadhan too, and in nothing else.
        let all = moved([0.7; 4]);
        assert!((plain.info_nce - all.info_nce).abs() < 1e-14);
        assert!((plain.donsker_varadhan - all.donsker_varadhan).abs() < 1e-14);
        assert!((all.plug_in - plain.plug_in - 0.7).abs() < 1e-14);
        assert!((plain.nwj - all.nwj).abs() > 0.1 && (plain.nce - all.nce).abs() > 0.01);
    }

    #[test]
    fn equal_scores_say_nothing_and_perfect_ones_log_n() {
        let found = Estimates::of_square(&[0.0; 64], 8);
        assert!(found.info_nce.abs() < 1e-15 && found.nwj.abs() < 1e-15);
        assert!(found.donsker_varadhan.abs() < 1e-15);
        // log K - (1 + K) H: the binary loss knows only that one of eight is true.
        let expected = 7f64.ln() - 8f64.ln() - 7.0 * (8f64 / 7.0).ln();
        assert!((found.nce - expected).abs() < 1e-14, "{found:?}");
        let mut perfect = [-2_000.0; 64];
        (0..8).for_each(|i| perfect[9 * i] = 3_000.0);
        let found = Estimates::of_square(&perfect, 8);
        assert!((found.info_nce - 8f64.ln()).abs() < 1e-14, "{found:?}");
        assert!((found.nce - 7f64.ln()).abs() < 1e-14);
        assert_eq!(found.nwj, 3_001.0);
        assert_eq!(found.donsker_varadhan, 5_000.0);
    }

    #[test]
    fn slopes_of_scores_that_overflow_are_finite_where_the_bound_is() {
        let mut room = Vec::new();
        let scores = [900.0, 0.0, 0.0, 900.0];
        let rows = [Row::of(&scores[..2], 0, &mut room), Row::of(&scores[2..], 1, &mut room)];
        for bound in ALL {
            let mut by = scores;
            bound.descent(&mut by, &rows, &mut room);
            assert!(by.iter().all(|v| v.is_finite()), "{bound:?}: {by:?}");
        }
    }
}
