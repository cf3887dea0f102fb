//! The critic: what makes a number of two vectors. A cosine, a product, the squared distance with a
//! minus, or CPC's `u' W v` with a matrix W that is learned too; all are divided by the temperature
//! afterwards. And InfoNCE of the scores, one way or both, with the way back to the vectors.
//!
//! On vectors of length one `-|u - v|^2 = 2 cos - 2`: the squared distance is the cosine at half the
//! temperature, since a constant per row cancels.
//!
//! van den Oord, Li and Vinyals, arXiv:1807.03748, 2018 (W); Sohn, NIPS 2016 (products).

use crate::lab::Label;
use crate::objective::info_nce;
use crate::objective::unit_rows::dot;

/// How two vectors are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Similarity {
    Cosine,
    Dot,
    Euclidean,
    Bilinear,
}

impl Similarity {
    pub(super) const IDS: [Label; 4] = ["cosine", "dot", "euclidean", "bilinear"];

    pub(super) fn from_id(id: &str) -> Self {
        match id {
            "dot" => Self::Dot,
            "euclidean" => Self::Euclidean,
            "bilinear" => Self::Bilinear,
            _ => Self::Cosine,
        }
    }

    /// Whether vectors are divided by their lengths first.
    pub(super) fn of_units(self) -> bool {
        matches!(self, Self::Cosine | Self::Bilinear)
    }

    /// How much steeper it is than a cosine, on vectors of length one.
    pub(super) fn steepness(self) -> f64 {
        if self == Self::Euclidean { 2.0 } else { 1.0 }
    }
}

/// A similarity and the matrix that one of them has.
#[derive(Clone, Debug)]
pub(super) struct Critic {
    pub(super) similarity: Similarity,
    dimension: usize,
    /// W, row by row. It starts at zero, where no relation is preferred to another: from the
    /// identity, views that are turned would first collapse.
    pub(super) weights: Vec<f64>,
}

/// Derivatives by what a critic compares and by its matrix.
#[derive(Clone, Debug, Default)]
pub(super) struct Slopes {
    pub(super) u: Vec<f64>,
    pub(super) v: Vec<f64>,
    pub(super) weights: Vec<f64>,
}

fn add(to: &mut [f64], factor: f64, from: &[f64]) {
    to.iter_mut().zip(from).for_each(|(t, f)| *t += factor * f);
}

impl Critic {
    pub(super) fn new(similarity: Similarity, dimension: usize) -> Self {
        Self { similarity, dimension, weights: vec![0.0; dimension * dimension] }
    }

    /// W v, or v where there is no W; with `transposed` W' v.
    fn through(&self, v: &[f64], transposed: bool, to: &mut [f64]) {
        let d = self.dimension;
        if self.similarity != Similarity::Bilinear {
            to.copy_from_slice(v);
            return;
        }
        for (i, t) in to.iter_mut().enumerate() {
            let entry = |j: usize| self.weights[if transposed { j * d + i } else { i * d + j }];
            *t = (0..d).map(|j| entry(j) * v[j]).sum();
        }
    }

    /// The similarities of all pairs, rows of `u` against rows of `v`.
    pub(super) fn similarities(&self, u: &[f64], v: &[f64], to: &mut Vec<f64>) {
        let d = self.dimension;
        to.clear();
        let mut through = [0.0; 3];
        let through = &mut through[..d];
        for u in u.chunks_exact(d) {
            self.through(u, true, through);
            to.extend(v.chunks_exact(d).map(|v| match self.similarity {
                Similarity::Euclidean => {
                    -u.iter().zip(v).map(|(u, v)| (u - v).powi(2)).sum::<f64>()
                }
                _ => dot(through, v),
            }));
        }
    }

    /// What a candidate's similarity to `u` grows with when the candidate moves: dS/dv.
    pub(super) fn slope_by_candidate(&self, u: &[f64], v: &[f64], to: &mut [f64]) {
        self.through(u, true, to);
        if self.similarity == Similarity::Euclidean {
            to.iter_mut().zip(v).for_each(|(t, v)| *t = 2.0 * (*t - v));
        }
    }

    /// The way back from derivatives by the similarities.
    pub(super) fn pull_back(&self, u: &[f64], v: &[f64], by: &[f64], slopes: &mut Slopes) {
        let d = self.dimension;
        let count = v.len() / d;
        slopes.u.clear();
        slopes.u.resize(u.len(), 0.0);
        slopes.v.clear();
        slopes.v.resize(v.len(), 0.0);
        slopes.weights.clear();
        slopes.weights.resize(d * d, 0.0);
        let (mut forth, mut back) = ([0.0; 3], [0.0; 3]);
        let (forth, back) = (&mut forth[..d], &mut back[..d]);
        for (i, a) in u.chunks_exact(d).enumerate() {
            self.through(a, true, back);
            for (j, b) in v.chunks_exact(d).enumerate() {
                let g = by[i * count + j];
                let (to_u, to_v) = (&mut slopes.u[i * d..][..d], &mut slopes.v[j * d..][..d]);
                if self.similarity == Similarity::Euclidean {
                    add(to_u, 2.0 * g, b);
                    add(to_u, -2.0 * g, a);
                    add(to_v, 2.0 * g, a);
                    add(to_v, -2.0 * g, b);
                    continue;
                }
                self.through(b, false, forth);
                add(to_u, g, forth);
                add(to_v, g, back);
                for (row, a) in slopes.weights.chunks_exact_mut(d).zip(a) {
                    add(row, g * a, b);
                }
            }
        }
    }
}

/// InfoNCE of a square of scores, which are replaced by its derivatives by them: of rows, or of
/// rows and columns half each.
pub(super) fn contrast(
    scores: &mut [f64],
    count: usize,
    symmetric: bool,
    room: &mut Vec<f64>,
) -> f64 {
    if !symmetric {
        return info_nce::loss(scores, count);
    }
    let at = |k: usize| k % count * count + k / count;
    room.clear();
    room.extend((0..count * count).map(|k| scores[at(k)]));
    let loss = 0.5 * (info_nce::loss(scores, count) + info_nce::loss(room, count));
    scores.iter_mut().enumerate().for_each(|(k, s)| *s = 0.5 * (*s + room[at(k)]));
    loss
}

/// The share of rows whose own candidate scores highest; several that are equal share the row.
pub(super) fn retrieval(scores: &[f64], count: usize) -> f64 {
    let mut right = 0.0;
    for (i, row) in scores.chunks_exact(count).enumerate() {
        if row.iter().all(|s| *s <= row[i]) {
            right += 1.0 / row.iter().filter(|s| **s == row[i]).count() as f64;
        }
    }
    right / count as f64
}

#[cfg(test)]
mod tests {
    use super::{Critic, Similarity, Slopes, contrast, retrieval};
    use crate::math::rng::stream;
    use rand::RngExt as _;
    use rand_distr::StandardNormal;

    fn gaussian(count: usize, seed: u64) -> Vec<f64> {
        let mut rng = stream(seed, 0);
        (0..count).map(|_| rng.sample(StandardNormal)).collect()
    }

    #[test]
    fn slopes_are_those_of_finite_differences() {
        for id in Similarity::IDS {
            for symmetric in [false, true] {
                let mut critic = Critic::new(Similarity::from_id(id), 3);
                critic.weights = gaussian(9, 8);
                let all = [gaussian(15, 1), gaussian(15, 2), critic.weights.clone()];
                let loss = |all: &[Vec<f64>; 3], scores: &mut Vec<f64>| {
                    let critic = Critic { weights: all[2].clone(), ..critic.clone() };
                    critic.similarities(&all[0], &all[1], scores);
                    contrast(scores, 5, symmetric, &mut Vec::new())
                };
                let (mut scores, mut slopes) = (Vec::new(), Slopes::default());
                loss(&all, &mut scores);
                critic.pull_back(&all[0], &all[1], &scores, &mut slopes);
                for (part, slope) in [slopes.u, slopes.v, slopes.weights].iter().enumerate() {
                    if part == 2 && id != "bilinear" {
                        continue;
                    }
                    for (i, slope) in slope.iter().enumerate() {
                        let at = |h: f64| {
                            let mut moved = all.clone();
                            moved[part][i] += h;
                            loss(&moved, &mut Vec::new())
                        };
                        let found = (at(1e-6) - at(-1e-6)) / 2e-6;
                        assert!((found - slope).abs() < 1e-8, "{id} {part} {i}: {found} {slope}");
                    }
                }
                // A candidate alone.
                let (u, v) = (&all[0][..3], &all[1][..3]);
                let mut slope = [0.0; 3];
                critic.slope_by_candidate(u, v, &mut slope);
                for k in 0..3 {
                    let at = |h: f64| {
                        let (mut v, mut s) = (v.to_vec(), Vec::new());
                        v[k] += h;
                        critic.similarities(u, &v, &mut s);
                        s[0]
                    };
                    assert!(((at(1e-6) - at(-1e-6)) / 2e-6 - slope[k]).abs() < 1e-8, "{id}");
                }
            }
        }
    }

    #[test]
    fn a_tie_is_shared() {
        assert_eq!(retrieval(&[1.0, 1.0, 0.0, 2.0], 2), 0.75);
        assert_eq!(retrieval(&[0.0; 16], 4), 0.25);
    }
}
