//! Both methods on the same pairs and the same model, each at its exact minimum: no optimiser, no
//! learning rate between the loss and what it estimates.
//!
//! NCE is a logistic regression in a, w and c. InfoNCE is a conditional logistic regression (McFadden
//! 1974) in a and w: of each row the terms of x^2 and c cancel.

use super::pairs::{Pairs, Parameters, log_noise, normal};
use crate::math::log_sum_exp::log_sum_exp;
use crate::math::logistic::sigmoid;
use crate::math::rng::Rng;
use crate::math::vector_math;
use crate::objective::nce::Mistakes;
use crate::objective::nce::newton::{Row, minimise};
use nalgebra::{Matrix3, Vector3};

/// A fit, and what it cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit {
    /// a, w and c; without a minimum, none.
    pub(super) at: Option<Parameters>,
    /// Scores that were computed on the way, about.
    pub(super) scores: usize,
}

fn features(x: f64, y: f64) -> Parameters {
    [-0.5 * (x * x + y * y), x * y, 1.0]
}

/// NCE's rows: every pair, and `ratio` draws of noise a pair.
pub(super) fn rows(pairs: &Pairs, ratio: usize, mistakes: Mistakes, rng: &mut Rng) -> Vec<Row> {
    let nu = ratio as f64;
    let row = |is_data: bool, x: f64, y: f64| Row {
        is_data,
        weight: if is_data { 1.0 } else { mistakes.noise_weight(nu) },
        offset: mistakes.offset(nu, log_noise(x, y)),
        features: features(x, y),
    };
    let mut rows: Vec<Row> = pairs.x.iter().zip(&pairs.y).map(|(x, y)| row(true, *x, *y)).collect();
    let draws = ratio * pairs.x.len();
    rows.extend((0..draws).map(|_| {
        let x = normal(rng);
        row(false, x, normal(rng))
    }));
    rows
}

/// Newton's method takes about so many rounds.
const ROUNDS: usize = 8;

/// NCE's minimum, with log p_n in the logit or left out.
pub(super) fn nce(pairs: &Pairs, ratio: usize, noise_known: bool, rng: &mut Rng) -> Fit {
    let mistakes = Mistakes { no_noise_density: !noise_known, ..Mistakes::default() };
    let rows = rows(pairs, ratio, mistakes, rng);
    // The noise itself, or what is as good as it where p_n is left out.
    let start = if noise_known { [1.0, 0.0, log_noise(0.0, 0.0)] } else { [0.0; 3] };
    let found = minimise(&rows, 3, start);
    Fit { at: found.converged.then_some(found.at), scores: ROUNDS * rows.len() }
}

/// InfoNCE's loss of the pairs in batches, its slope by a and w, and its curvature (a a, a w, w w).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slope {
    pub(super) loss: f64,
    pub(super) by: [f64; 2],
    pub(super) twice: [f64; 3],
}

/// Buffers for one row of scores.
#[derive(Default)]
struct Work {
    scores: Vec<f64>,
    weights: Vec<f64>,
}

fn slope(pairs: &Pairs, batch: usize, at: [f64; 2], work: &mut Work) -> Slope {
    let [a, w] = at;
    let mut sum = Slope::default();
    let whole = pairs.x.len() / batch * batch;
    let batches = pairs.x[..whole].chunks_exact(batch).zip(pairs.y[..whole].chunks_exact(batch));
    work.weights.resize(batch, 0.0);
    for (x, y) in batches {
        for (own, x) in y.iter().zip(x) {
            work.scores.clear();
            work.scores.extend(y.iter().map(|y| y * (w * x - 0.5 * a * y)));
            let log_sum = log_sum_exp(&work.scores);
            let score = own * (w * x - 0.5 * a * own);
            sum.loss += log_sum - score;
            work.scores.iter_mut().for_each(|s| *s -= log_sum);
            vector_math::exp(&work.scores, &mut work.weights);
            // The mean powers of y under the softmax hold everything: the features are -y^2/2 and
            // x y.
            let mut m = [0.0; 4];
            for (p, y) in work.weights.iter().zip(y) {
                let (py, square) = (p * y, y * y);
                m[0] += py;
                m[1] += p * square;
                m[2] += py * square;
                m[3] += p * square * square;
            }
            sum.by[0] += -0.5 * (m[1] - own * own);
            sum.by[1] += x * (m[0] - own);
            sum.twice[0] += 0.25 * (m[3] - m[1] * m[1]);
            sum.twice[1] += -0.5 * x * (m[2] - m[0] * m[1]);
            sum.twice[2] += x * x * (m[1] - m[0] * m[0]);
        }
    }
    let share = 1.0 / whole.max(1) as f64;
    sum.loss *= share;
    sum.by.iter_mut().for_each(|g| *g *= share);
    sum.twice.iter_mut().for_each(|g| *g *= share);
    sum
}

/// Steps of Newton's method at most; where there is a minimum, ten do.
const STEPS: usize = 25;

/// InfoNCE's minimum in batches of so many pairs. c stays where it begins, at 0.
pub(super) fn info_nce(pairs: &Pairs, batch: usize) -> Fit {
    let batch = batch.clamp(1, pairs.x.len().max(1));
    let mut work = Work::default();
    let mut at = [0.0; 2];
    let mut here = slope(pairs, batch, at, &mut work);
    let mut visits = 1;
    let cost = |visits: usize| visits * pairs.x.len() * (batch + 4);
    for _ in 0..STEPS {
        let [aa, aw, ww] = here.twice;
        let determinant = aa * ww - aw * aw;
        if !(determinant > 1e-14 * aa * ww && here.loss.is_finite()) {
            break;
        }
        let step = [
            (ww * here.by[0] - aw * here.by[1]) / determinant,
            (aa * here.by[1] - aw * here.by[0]) / determinant,
        ];
        let decrease = step[0] * here.by[0] + step[1] * here.by[1];
        if decrease <= 1e-13 {
            let at = Some([at[0] - step[0], at[1] - step[1], 0.0]);
            return Fit { at, scores: cost(visits) };
        }
        let mut length = 1.0;
        loop {
            let next = [at[0] - length * step[0], at[1] - length * step[1]];
            let there = slope(pairs, batch, next, &mut work);
            visits += 1;
            if there.loss <= here.loss - 1e-4 * length * decrease {
                (at, here) = (next, there);
                break;
            }
            length *= 0.5;
            if length < 1e-3 {
                return Fit { at: None, scores: cost(visits) };
            }
        }
    }
    Fit { at: None, scores: cost(visits) }
}

/// What each loss sees of the model.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sight {
    /// The curvature by a, by w and by c alone: 0 where a loss does not see a parameter.
    pub(super) alone: Parameters,
    /// In how many directions it curves: the rank of the whole curvature.
    pub(super) directions: usize,
}

impl Sight {
    fn of(whole: Matrix3<f64>) -> Self {
        let values = whole.symmetric_eigenvalues();
        let directions = values.iter().filter(|v| **v > SEEN * values.amax()).count();
        Self { alone: [whole[(0, 0)], whole[(1, 1)], whole[(2, 2)]], directions }
    }
}

/// A direction in which a loss curves less than this, beside that in which it curves most, is one
/// that it does not see: rounding leaves 1e-15.
const SEEN: f64 = 1e-9;

/// What NCE sees, at a model.
pub(super) fn sight_of_nce(rows: &[Row], at: Parameters) -> Sight {
    let at = Vector3::from(at);
    let (mut whole, mut data) = (Matrix3::zeros(), 0.0);
    for row in rows {
        let f = Vector3::from(row.features);
        let p = sigmoid(row.offset + f.dot(&at));
        whole += f * f.transpose() * (row.weight * p * (1.0 - p));
        data += f64::from(u8::from(row.is_data));
    }
    Sight::of(whole / data)
}

/// What InfoNCE sees: of each row of scores the covariance of all three features under the softmax.
pub(super) fn sight_of_info_nce(pairs: &Pairs, batch: usize, at: Parameters) -> Sight {
    let batch = batch.clamp(1, pairs.x.len().max(1));
    let whole_batches = pairs.x.len() / batch * batch;
    let at = Vector3::from(at);
    let mut whole = Matrix3::zeros();
    let mut scores = Vec::new();
    for from in (0..whole_batches).step_by(batch) {
        let y = &pairs.y[from..from + batch];
        for x in &pairs.x[from..from + batch] {
            let feature = |y: &f64| Vector3::from(features(*x, *y));
            scores.clear();
            scores.extend(y.iter().map(|y| feature(y).dot(&at)));
            let log_sum = log_sum_exp(&scores);
            let (mut mean, mut square) = (Vector3::zeros(), Matrix3::zeros());
            for (score, y) in scores.iter().zip(y) {
                let (p, f) = ((score - log_sum).exp(), feature(y));
                mean += f * p;
                square += f * f.transpose() * p;
            }
            whole += square - mean * mean.transpose();
        }
    }
    Sight::of(whole / whole_batches as f64)
}
