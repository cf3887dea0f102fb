//! A learner of one unknown and c: an exponential family on a line, by stochastic gradients of the
//! NCE loss on fresh batches, and the average that is its estimate.

use super::average::{Average, Pair, Symmetric};
use super::closed_form::ClosedForm;
use crate::model::adam::Adam;
use crate::model::exponential::Family;

/// A gradient longer than this is cut to it: near the optimum none is.
const LONGEST: f64 = 0.5;

/// The learner.
#[derive(Clone, Debug)]
pub(super) struct FamilyLearner {
    family: Family,
    /// theta and c as they are.
    pub(super) at: Pair,
    adam: Adam<f64>,
    pub(super) average: Average,
    sums: Sums,
}

/// Sums over a batch that is under way: of data (0) and of noise (1).
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    /// Of the terms' gradients, and of their products.
    first: [Pair; 2],
    second: [Symmetric; 2],
    /// Of the terms' curvatures.
    curvature: Symmetric,
    count: [usize; 2],
}

fn products(g: Pair, scale: f64, sum: &mut Symmetric) {
    sum[0] += scale * g[0] * g[0];
    sum[1] += scale * g[0] * g[1];
    sum[2] += scale * g[1] * g[1];
}

impl FamilyLearner {
    pub(super) fn new(line: &ClosedForm) -> Self {
        Self {
            family: line.family,
            at: [line.start, 0.0],
            adam: Adam::new(2),
            average: Average::default(),
            sums: Sums::default(),
        }
    }

    pub(super) fn energy(&self, x: f64) -> f64 {
        self.family.energy([self.at[0], 0.0], x)
    }

    /// Forgets a batch that is under way.
    pub(super) fn clear(&mut self) {
        self.sums = Sums::default();
    }

    /// Takes in points of one kind with the derivatives of their terms by their logits, a term
    /// having the weight `weight` and no more: -q for a datum, weight q for noise.
    pub(super) fn gather(&mut self, is_data: bool, points: &[f64], by_logit: &[f64], weight: f64) {
        let kind = usize::from(!is_data);
        for (x, by) in points.iter().zip(by_logit) {
            let feature = [-self.family.features(*x)[0], 1.0];
            let term = [by * feature[0], by * feature[1]];
            self.sums.first[kind][0] += term[0];
            self.sums.first[kind][1] += term[1];
            products(term, 1.0, &mut self.sums.second[kind]);
            let share = by.abs() / weight;
            products(feature, weight * share * (1.0 - share), &mut self.sums.curvature);
        }
        self.sums.count[kind] += points.len();
    }

    /// One step with the batch that was gathered, at this learning rate.
    pub(super) fn update(&mut self, rate: f64) {
        let sums = std::mem::take(&mut self.sums);
        let n = sums.count[0].max(1) as f64;
        let gradient: Pair = std::array::from_fn(|k| (sums.first[0][k] + sums.first[1][k]) / n);
        // Adam would remember the huge gradients of a far start for a thousand updates.
        let length = gradient[0].hypot(gradient[1]);
        let gradient = gradient.map(|g| g * (LONGEST / length).min(1.0));
        // The covariance of a datum's term and its share of the noise's.
        let mut covariance = [0.0; 3];
        for kind in 0..2 {
            let count = sums.count[kind].max(1) as f64;
            let mean = sums.first[kind].map(|v| v / count);
            let share = count / n;
            let mut spread = sums.second[kind].map(|v| v / count);
            products(mean, -1.0, &mut spread);
            // The mean is that of the same few points.
            let unbiased = count / (count - 1.0).max(1.0);
            spread.iter_mut().for_each(|v| *v *= unbiased);
            covariance.iter_mut().zip(spread).for_each(|(c, s)| *c += share * s);
        }
        self.adam.step(&mut self.at, &gradient, rate, 0.0);
        self.average.push(self.at, sums.curvature.map(|v| v / n), covariance);
    }

    /// Whether the parameters are still of this world.
    pub(super) fn is_sane(&self) -> bool {
        self.at.iter().all(|v| v.abs() < 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::FamilyLearner;
    use crate::lesson::nce::closed_form::ClosedForm;
    use crate::objective::nce::loss;

    #[test]
    fn gradient_and_curvature_are_those_of_finite_differences() {
        let line = ClosedForm::from_id("tilted-well").expect("a closed form");
        let (data, noise) = ([0.4, -1.1, 0.9], [-0.3, 1.6, 0.2, -2.0, 0.7, 1.1]);
        let (weight, offset) = (0.5, 0.3);
        let logits = |at: [f64; 2], points: &[f64]| -> Vec<f64> {
            let energy = |x: f64| line.family.energy([at[0], 0.0], x);
            points.iter().map(|x| at[1] - energy(*x) + offset).collect()
        };
        let value =
            |at: [f64; 2]| loss(&mut logits(at, &data), &mut logits(at, &noise), weight).total();
        let mut learner = FamilyLearner::new(&line);
        learner.at = [0.2, -0.6];
        let (mut by_data, mut by_noise) = (logits(learner.at, &data), logits(learner.at, &noise));
        loss(&mut by_data, &mut by_noise, weight);
        let n = data.len() as f64;
        by_data.iter_mut().chain(&mut by_noise).for_each(|by| *by *= n);
        learner.gather(true, &data, &by_data, 1.0);
        learner.gather(false, &noise, &by_noise, weight);
        let (h, sums) = (1e-4, learner.sums);
        let at = |i: f64, j: f64| value([0.2 + h * i, -0.6 + h * j]);
        let slopes = [at(1.0, 0.0) - at(-1.0, 0.0), at(0.0, 1.0) - at(0.0, -1.0)];
        for (k, slope) in slopes.iter().enumerate() {
            let gradient = (sums.first[0][k] + sums.first[1][k]) / n;
            assert!((gradient - slope / (2.0 * h)).abs() < 1e-7, "{sums:?}");
        }
        let middle = 2.0 * at(0.0, 0.0);
        let cross = at(1.0, 1.0) - at(1.0, -1.0) - at(-1.0, 1.0) + at(-1.0, -1.0);
        let second = [
            at(1.0, 0.0) + at(-1.0, 0.0) - middle,
            cross / 4.0,
            at(0.0, 1.0) + at(0.0, -1.0) - middle,
        ];
        for (found, expected) in sums.curvature.iter().zip(second) {
            assert!((found / n - expected / (h * h)).abs() < 1e-6, "{sums:?} {second:?}");
        }
    }
}
