//! What two towers find among held-out pairs: recall, zero-shot accuracy, and where the cosines of
//! what does not belong together lie.
//!
//! Errors are one standard error over the held-out pictures, for this one training.

use super::ground::Ground;
use super::towers::{Towers, Workshop};
use crate::data::captions::{HELD_OUT, TRAINING};
use crate::data::digits::digits;
use crate::math::gemm::{Layout, gemm};
use crate::math::statistics::mean_and_error;
use crate::objective::unit_rows::normalise;
use std::cmp::Ordering;

/// A share and its standard error.
pub(super) type Share = (f64, f64);

/// What was seen.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) recall_1: Share,
    pub(super) recall_5: Share,
    /// Only with captions.
    pub(super) zero_shot: Option<Share>,
    /// Mean cosine of held-out pairs that do not belong together.
    pub(super) apart: f64,
    /// Logits of the pairs shown, row by row.
    pub(super) logits: Vec<f64>,
    /// For each picture shown the rank of what belongs to it, from 0, and the first of all: a
    /// held-out picture whose right half it is, or a digit.
    pub(super) found: Vec<(usize, usize)>,
}

impl Look {
    /// The share that a figure shows: found among the first five, or named right.
    pub(super) fn main(&self) -> Share {
        self.zero_shot.unwrap_or(self.recall_5)
    }
}

/// The mean of values between 0 and 1 with its error. Half a hit is added to either side for the
/// error, so that a share of 0 or 1 has one too.
pub(super) fn share(values: &[f64]) -> Share {
    let n = values.len() as f64;
    let (mean, error) = mean_and_error(values);
    let sure = (mean * n + 0.5) / (n + 1.0);
    (mean, if error > 0.0 { error } else { (sure * (1.0 - sure) / n).sqrt() })
}

/// Cosines of rows of units with rows of units.
pub(super) fn cosines(a: &[f32], b: &[f32], dimension: usize) -> Vec<f32> {
    let (m, n) = (a.len() / dimension, b.len() / dimension);
    let mut all = vec![0.0; m * n];
    let (rows, columns) = (Layout::by_rows(m, dimension), Layout::by_rows(n, dimension));
    gemm(1.0, (a, rows), (b, columns.transposed()), 0.0, (&mut all, Layout::by_rows(m, n)));
    all
}

/// How many of the others come before the one that is right; equal ones do.
pub(super) fn rank(values: impl Iterator<Item = f32>, right: usize) -> usize {
    let values: Vec<f32> = values.collect();
    let own = values[right];
    values.iter().enumerate().filter(|(j, v)| *j != right && **v >= own).count()
}

/// The shares of ranks below 1 and below 5, each pair's being the mean over its queries.
pub(super) fn recalls(ranks: &[[usize; 2]]) -> [Share; 2] {
    [1, 5].map(|k| {
        let hit = |rank: &usize| if *rank < k { 0.5 } else { 0.0 };
        share(&ranks.iter().map(|both| both.iter().map(hit).sum()).collect::<Vec<f64>>())
    })
}

/// Ranks of the partner, in both directions, in a square of similarities.
pub(super) fn both_ways(similarities: &[f32], count: usize) -> Vec<[usize; 2]> {
    let row = |i: usize| similarities[i * count..][..count].iter().copied();
    let column = |i: usize| similarities.iter().skip(i).step_by(count).copied();
    (0..count).map(|i| [rank(row(i), i), rank(column(i), i)]).collect()
}

fn first(values: &[f32]) -> usize {
    let by = |a: &(usize, &f32), b: &(usize, &f32)| a.1.partial_cmp(b.1).unwrap_or(Ordering::Equal);
    values.iter().enumerate().max_by(by).map_or(0, |(at, _)| at)
}

/// Looks at the held-out part.
pub(super) fn look(ground: &Ground, towers: &Towers, shop: &mut Workshop) -> Look {
    let rows: Vec<f32> = ground.test.iter().flat_map(|i| ground.picture(*i)).copied().collect();
    let pictures = towers.embed(0, &rows, shop);
    if ground.captions.is_some() {
        captioned(ground, towers, &pictures, shop)
    } else {
        halved(ground, towers, &pictures, shop)
    }
}

fn logit(towers: &Towers, cosine: f32) -> f64 {
    towers.scale() * f64::from(cosine) + towers.bias()
}

/// Where the pictures shown are among those held out.
fn places(ground: &Ground) -> Vec<usize> {
    let of = |i: &usize| ground.test.iter().position(|t| t == i);
    ground.shown.iter().filter_map(of).collect()
}

fn halved(ground: &Ground, towers: &Towers, pictures: &[f32], shop: &mut Workshop) -> Look {
    let count = ground.test.len();
    let rows: Vec<f32> = ground.test.iter().flat_map(|i| ground.half(*i)).copied().collect();
    let halves = towers.embed(1, &rows, shop);
    let all = cosines(pictures, &halves, towers.dimension());
    let ranks = both_ways(&all, count);
    let [recall_1, recall_5] = recalls(&ranks);
    let own: f64 = (0..count).map(|i| f64::from(all[i * (count + 1)])).sum();
    let sum: f64 = all.iter().map(|c| f64::from(*c)).sum();
    let shown = places(ground);
    let pair =
        |i: &usize| shown.iter().map(|j| logit(towers, all[i * count + j])).collect::<Vec<_>>();
    let logits = shown.iter().flat_map(pair).collect();
    let found = shown.iter().map(|i| (ranks[*i][0], first(&all[i * count..][..count]))).collect();
    let apart = (sum - own) / (count * (count - 1)) as f64;
    Look { recall_1, recall_5, zero_shot: None, apart, logits, found }
}

fn captioned(ground: &Ground, towers: &Towers, pictures: &[f32], shop: &mut Workshop) -> Look {
    let d = towers.dimension();
    let rows = ground.captions.as_deref().unwrap_or_default();
    let captions = towers.embed(1, rows, shop);
    let (training, held_out) = captions.split_at(10 * TRAINING * d);
    let labels: Vec<usize> = ground.test.iter().map(|i| usize::from(digits().labels[*i])).collect();

    // The first caption of the right digit among those trained with.
    let to_training = cosines(pictures, training, d);
    let ranks: Vec<[usize; 2]> = to_training
        .chunks_exact(10 * TRAINING)
        .zip(&labels)
        .map(|(row, label)| {
            let best = row.iter().skip(*label).step_by(10).copied().fold(f32::MIN, f32::max);
            let before = row.iter().enumerate().filter(|(j, v)| j % 10 != *label && **v >= best);
            [before.count(); 2]
        })
        .collect();
    let [recall_1, recall_5] = recalls(&ranks);

    // A class is the mean of its held-out captions.
    let mut prototypes = vec![0.0; 10 * d];
    for (i, caption) in held_out.chunks_exact(d).enumerate() {
        let class = &mut prototypes[i % 10 * d..][..d];
        class.iter_mut().zip(caption).for_each(|(sum, v)| *sum += v / HELD_OUT as f32);
    }
    normalise(&mut prototypes, d, &mut Vec::new());
    let to_classes = cosines(pictures, &prototypes, d);
    let right = |(row, label): (&[f32], &usize)| if first(row) == *label { 1.0 } else { 0.0 };
    let hits: Vec<f64> = to_classes.chunks_exact(10).zip(&labels).map(right).collect();

    let others = |(row, label): (&[f32], &usize)| -> f64 {
        let wrong = row.iter().enumerate().filter(|(j, _)| j % 10 != *label);
        wrong.map(|(_, v)| f64::from(*v)).sum()
    };
    let sum: f64 = to_training.chunks_exact(10 * TRAINING).zip(&labels).map(others).sum();
    let apart = sum / (labels.len() * 9 * TRAINING) as f64;
    // The matrix has the captions of the first held-out template.
    let shown = places(ground);
    let to_shown = cosines(pictures, &held_out[..10 * d], d);
    let logits = shown
        .iter()
        .flat_map(|i| to_shown[i * 10..][..10].iter().map(|c| logit(towers, *c)))
        .collect();
    let class = |i: &usize| {
        let row = &to_classes[i * 10..][..10];
        (rank(row.iter().copied(), labels[*i]), first(row))
    };
    Look {
        recall_1,
        recall_5,
        zero_shot: Some(share(&hits)),
        apart,
        logits,
        found: shown.iter().map(class).collect(),
    }
}

/// What blind guessing finds among the first `k`.
pub(super) fn chance(ground: &Ground, k: usize) -> f64 {
    if ground.captions.is_none() {
        return k as f64 / ground.test.len() as f64;
    }
    // That not all of the first k captions are of another digit.
    let (all, others) = (10 * TRAINING, 9 * TRAINING);
    1.0 - (0..k).map(|i| (others - i) as f64 / (all - i) as f64).product::<f64>()
}

#[cfg(test)]
mod tests {
    use super::{both_ways, chance, cosines, rank, recalls, share};
    use crate::lesson::siglip::ground::Ground;
    use crate::math::rng::stream;

    #[test]
    fn equal_ones_do_not_count_as_found() {
        assert_eq!(rank([0.1, 0.9, 0.5].into_iter(), 2), 1);
        assert_eq!(rank([0.5; 4].into_iter(), 2), 3);
        // Rows: 0 first, 1 second. Columns: 0 first, 1 first.
        let ranks = both_ways(&[0.9, 0.2, 0.6, 0.5], 2);
        assert_eq!(ranks, [[0, 0], [1, 0]]);
        assert_eq!(recalls(&ranks).map(|r| r.0), [0.75, 1.0]);
    }

    #[test]
    fn a_share_of_one_has_an_error() {
        assert!(share(&[1.0; 50]).1 > 0.0 && share(&[0.0; 50]).1 > 0.0);
        let (mean, error) = share(&[1.0, 0.0, 1.0, 0.0]);
        assert!((mean - 0.5).abs() < 1e-15 && (error - (1.0_f64 / 12.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn cosines_are_inner_products() {
        let all = cosines(&[1.0, 0.0, 0.6, 0.8], &[0.0, 1.0, 1.0, 0.0, 0.8, 0.6], 2);
        let exact = [0.0, 1.0, 0.8, 0.8, 0.6, 0.96];
        assert!(all.iter().zip(exact).all(|(a, e)| (a - e).abs() < 1e-6), "{all:?}");
    }

    #[test]
    fn chance_is_what_counting_says() {
        let of = |pairs| Ground::new(pairs, &mut stream(1, 0));
        let halves = of("halves");
        assert!((chance(&halves, 5) - 5.0 / halves.test.len() as f64).abs() < 1e-15);
        // scipy: 1 - comb(54, 5)/comb(60, 5).
        let captions = of("english");
        assert!((chance(&captions, 1) - 0.1).abs() < 1e-12);
        assert!((chance(&captions, 5) - 0.420_946_067_7).abs() < 1e-9, "{}", chance(&captions, 5));
    }
}
