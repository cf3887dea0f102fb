//! What can be had without any contrast: least squares from one side to the other, and the nearest
//! mean of a class. A learned encoder should be held against these.

use super::ground::Ground;
use super::retrieval::{Share, both_ways, recalls, share};
use crate::data::digits::digits;
use nalgebra::{Cholesky, DMatrix};

/// The ridge that keeps the normal equations solvable: pixels that are always black.
const RIDGE: f64 = 1.0;

/// The shares found or named right without towers.
#[derive(Clone, Debug, Default)]
pub(super) struct Baseline {
    /// Halves: recall at 1 and 5 by least squares.
    pub(super) recalls: Option<[Share; 2]>,
    /// Captions: pictures named right by the nearest mean of a class, and by least squares; both are
    /// given the labels.
    pub(super) classes: Option<[Share; 2]>,
}

impl Baseline {
    pub(super) fn new(ground: &Ground) -> Self {
        if ground.captions.is_none() {
            Self { recalls: Some(by_regression(ground)), classes: None }
        } else {
            Self { recalls: None, classes: Some([by_means(ground), by_classes(ground)]) }
        }
    }
}

/// Rows and a column of ones.
fn design<'a>(rows: impl Iterator<Item = &'a [f32]>, width: usize) -> DMatrix<f64> {
    let all: Vec<f64> = rows
        .flat_map(|row| row.iter().map(|v| f64::from(*v)).chain(std::iter::once(1.0)))
        .collect();
    DMatrix::from_row_slice(all.len() / (width + 1), width + 1, &all)
}

/// Least squares with a ridge from rows to rows, applied to other rows.
fn predicted(from: &DMatrix<f64>, to: &DMatrix<f64>, at: &DMatrix<f64>) -> DMatrix<f64> {
    let mut normal = from.tr_mul(from);
    for i in 0..normal.nrows() {
        normal[(i, i)] += RIDGE;
    }
    // The ridge makes it positive definite.
    match Cholesky::new(normal) {
        Some(factor) => at * factor.solve(&from.tr_mul(to)),
        None => DMatrix::zeros(at.nrows(), to.ncols()),
    }
}

fn by_regression(ground: &Ground) -> [Share; 2] {
    let width = ground.widths[0];
    let sides = [&ground.first, &ground.second];
    let of = |side: usize, members: &[usize]| {
        let row = |i: &usize| &sides[side][i * width..][..width];
        design(members.iter().map(row), width)
    };
    let nearness = |from: usize| {
        let to = 1 - from;
        let guess =
            predicted(&of(from, &ground.train), &of(to, &ground.train), &of(from, &ground.test));
        let there = of(to, &ground.test);
        let n = ground.test.len();
        let near = |k: usize| -(guess.row(k / n) - there.row(k % n)).norm_squared() as f32;
        (0..n * n).map(near).collect::<Vec<f32>>()
    };
    let n = ground.test.len();
    let (there, back) = (both_ways(&nearness(0), n), both_ways(&nearness(1), n));
    let ranks: Vec<[usize; 2]> = there.iter().zip(&back).map(|(t, b)| [t[0], b[0]]).collect();
    recalls(&ranks)
}

fn label(i: usize) -> usize {
    usize::from(digits().labels[i])
}

fn by_means(ground: &Ground) -> Share {
    let width = ground.widths[0];
    let mut means = vec![vec![0.0; width]; 10];
    let mut counts = [0.0; 10];
    for i in &ground.train {
        counts[label(*i)] += 1.0;
        let mean = means[label(*i)].iter_mut().zip(ground.picture(*i));
        mean.for_each(|(sum, v)| *sum += f64::from(*v));
    }
    for (mean, count) in means.iter_mut().zip(counts) {
        mean.iter_mut().for_each(|v| *v /= count);
    }
    let right = |i: &usize| {
        let distance = |mean: &Vec<f64>| -> f64 {
            mean.iter().zip(ground.picture(*i)).map(|(m, v)| (m - f64::from(*v)).powi(2)).sum()
        };
        let nearest = (0..10).min_by(|a, b| distance(&means[*a]).total_cmp(&distance(&means[*b])));
        if nearest == Some(label(*i)) { 1.0 } else { 0.0 }
    };
    share(&ground.test.iter().map(right).collect::<Vec<f64>>())
}

fn by_classes(ground: &Ground) -> Share {
    let width = ground.widths[0];
    let of = |members: &[usize]| design(members.iter().map(|i| ground.picture(*i)), width);
    let one = |k: usize| f64::from(u8::from(label(ground.train[k / 10]) == k % 10));
    let all: Vec<f64> = (0..10 * ground.train.len()).map(one).collect();
    let classes = DMatrix::from_row_slice(ground.train.len(), 10, &all);
    let guess = predicted(&of(&ground.train), &classes, &of(&ground.test));
    let right = |(row, i): (usize, &usize)| {
        let best = (0..10).max_by(|a, b| guess[(row, *a)].total_cmp(&guess[(row, *b)]));
        if best == Some(label(*i)) { 1.0 } else { 0.0 }
    };
    share(&ground.test.iter().enumerate().map(right).collect::<Vec<f64>>())
}
