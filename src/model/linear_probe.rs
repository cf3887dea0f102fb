//! A linear probe: multinomial logistic regression on frozen features, how well classes can be read
//! off them by planes. Minimises the mean cross-entropy plus `(l/2) |W|^2` (the offsets go free) by
//! the accelerated gradient of Nesterov (1983), so many steps at a time.
//!
//! Alain and Bengio, Understanding intermediate layers using linear classifier probes, 2016.

use crate::math::gemm::{Layout, gemm};
use crate::math::vector_math;

/// The penalty on the weights, features of unit variance on average.
pub const PENALTY: f64 = 1e-3;

/// A probe on its way.
#[derive(Clone, Debug)]
pub struct LinearProbe {
    classes: usize,
    /// One more than features: the last is the constant 1.
    inputs: usize,
    /// What is taken off each feature, and what all are then multiplied with.
    centre: Vec<f64>,
    scale: f64,
    /// Labelled rows, standardised.
    rows: Vec<f64>,
    labels: Vec<usize>,
    rate: f64,
    weights: Vec<f64>,
    /// Where the gradient is taken: the weights carried on by their last move.
    ahead: Vec<f64>,
    taken: usize,
    logits: Vec<f64>,
    gradient: Vec<f64>,
}

impl LinearProbe {
    /// Of labelled features, row after row. All features are scaled by one number, so that
    /// directions that hardly vary stay small.
    ///
    /// # Panics
    /// If there is no row, or a label is not below `classes`, or the rows do not fit the labels.
    #[must_use]
    pub fn new(features: &[f32], labels: Vec<usize>, classes: usize) -> Self {
        let count = labels.len();
        assert!(count > 0 && features.len().is_multiple_of(count), "as many rows as labels");
        assert!(labels.iter().all(|l| *l < classes), "a label is a class");
        let width = features.len() / count;
        let n = count as f64;
        let mut centre = vec![0.0; width];
        for row in features.chunks_exact(width) {
            centre.iter_mut().zip(row).for_each(|(c, v)| *c += f64::from(*v) / n);
        }
        let away = features.chunks_exact(width).flat_map(|row| row.iter().zip(&centre));
        let square: f64 = away.map(|(v, c)| (f64::from(*v) - c).powi(2)).sum();
        let variance = square / (n * width as f64);
        // Features that do not vary tell nothing and stay zero.
        let scale = if variance > 1e-24 { 1.0 / variance.sqrt() } else { 0.0 };
        let inputs = width + 1;
        let mut rows = Vec::with_capacity(count * inputs);
        for row in features.chunks_exact(width) {
            rows.extend(row.iter().zip(&centre).map(|(v, c)| scale * (f64::from(*v) - c)));
            rows.push(1.0);
        }
        let curvature = 0.5 * largest_eigenvalue(&rows, inputs) / n + PENALTY;
        let size = inputs * classes;
        Self {
            classes,
            inputs,
            centre,
            scale,
            rows,
            labels,
            rate: 1.0 / curvature,
            weights: vec![0.0; size],
            ahead: vec![0.0; size],
            taken: 0,
            logits: vec![0.0; count * classes],
            gradient: vec![0.0; size],
        }
    }

    /// Multiplications that a step takes, about.
    #[must_use]
    pub fn cost(&self) -> f64 {
        2.0 * (self.labels.len() * self.inputs * self.classes) as f64
    }

    /// How many steps were taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.taken
    }

    /// Some more steps.
    pub fn step(&mut self, steps: usize) {
        for _ in 0..steps {
            self.slope();
            let carried = self.taken as f64 / (self.taken as f64 + 3.0);
            let moved = self.weights.iter_mut().zip(&mut self.ahead).zip(&self.gradient);
            for ((w, v), g) in moved {
                let next = *v - self.rate * g;
                *v = next + carried * (next - *w);
                *w = next;
            }
            self.taken += 1;
        }
    }

    /// The gradient of the objective where the next step starts, and the objective there.
    fn slope(&mut self) -> f64 {
        let (n, d, k) = (self.labels.len(), self.inputs, self.classes);
        let share = 1.0 / n as f64;
        let by = Layout::by_rows;
        gemm(
            1.0,
            (&self.rows, by(n, d)),
            (&self.ahead, by(d, k)),
            0.0,
            (&mut self.logits, by(n, k)),
        );
        let mut loss = 0.0;
        for (logits, label) in self.logits.chunks_exact_mut(k).zip(&self.labels) {
            let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let own = logits[*label] - largest;
            let sum = vector_math::exp_affine_sum(logits, 1.0, -largest);
            loss += share * (sum.ln() - own);
            logits.iter_mut().for_each(|p| *p *= share / sum);
            logits[*label] -= share;
        }
        let rows = by(n, d).transposed();
        gemm(
            1.0,
            (&self.rows, rows),
            (&self.logits, by(n, k)),
            0.0,
            (&mut self.gradient, by(d, k)),
        );
        let held = (d - 1) * k;
        for (g, w) in self.gradient[..held].iter_mut().zip(&self.ahead) {
            *g += PENALTY * w;
            loss += 0.5 * PENALTY * w * w;
        }
        loss
    }

    /// The class each row of features is put into.
    #[must_use]
    pub fn classify(&self, features: &[f32]) -> Vec<usize> {
        let k = self.classes;
        let mut logits = vec![0.0; k];
        let of = |row: &[f32]| {
            logits.copy_from_slice(&self.weights[(self.inputs - 1) * k..]);
            let weights = self.weights.chunks_exact(k);
            for ((v, c), w) in row.iter().zip(&self.centre).zip(weights) {
                let x = self.scale * (f64::from(*v) - c);
                logits.iter_mut().zip(w).for_each(|(l, w)| *l += x * w);
            }
            let best = logits.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
            best.map_or(0, |(class, _)| class)
        };
        features.chunks_exact(self.inputs - 1).map(of).collect()
    }
}

/// The largest eigenvalue of X'X for rows X, from above: fifty rounds of the power method and a
/// tenth on top.
fn largest_eigenvalue(rows: &[f64], width: usize) -> f64 {
    let mut direction: Vec<f64> = (0..width).map(|i| 1.0 + 0.01 * (i as f64).sin()).collect();
    let mut size = 0.0;
    for _ in 0..50 {
        let mut next = vec![0.0; width];
        for row in rows.chunks_exact(width) {
            let along: f64 = row.iter().zip(&direction).map(|(a, b)| a * b).sum();
            next.iter_mut().zip(row).for_each(|(n, r)| *n += along * r);
        }
        let length = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
        size = length(&next) / length(&direction).max(f64::MIN_POSITIVE);
        let long = length(&next).max(f64::MIN_POSITIVE);
        direction = next.into_iter().map(|x| x / long).collect();
    }
    1.1 * size
}

#[cfg(test)]
mod tests {
    use super::LinearProbe;
    use crate::math::rng::stream;
    use rand::RngExt as _;

    /// Rows around three corners of a triangle, in six dimensions of which two matter.
    fn corners(count: usize, wide: f32, seed: u64) -> (Vec<f32>, Vec<usize>) {
        let mut rng = stream(seed, 0);
        let labels: Vec<usize> = (0..count).map(|i| i % 3).collect();
        let features = labels.iter().flat_map(|label| {
            let corner = [[0.0, 2.0], [2.0, -1.0], [-2.0, -1.0f32]][*label];
            let mut row = [0.0f32; 6];
            row.iter_mut().for_each(|v| *v = wide * (rng.random::<f32>() - 0.5));
            row[1] += corner[0];
            row[4] += corner[1];
            row
        });
        (features.collect(), labels)
    }

    #[test]
    fn the_gradient_is_that_of_the_objective() {
        let (features, labels) = corners(30, 3.0, 1);
        let mut probe = LinearProbe::new(&features, labels, 3);
        let mut rng = stream(2, 0);
        probe.ahead.iter_mut().for_each(|w| *w = rng.random::<f64>() - 0.5);
        probe.slope();
        let gradient = probe.gradient.clone();
        for (i, found) in gradient.iter().enumerate() {
            let mut at = |h: f64| {
                probe.ahead[i] += h;
                let value = probe.slope();
                probe.ahead[i] -= h;
                value
            };
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((difference - found).abs() < 1e-8, "{i}: {difference} {found}");
        }
    }

    #[test]
    fn it_comes_to_rest_at_the_minimum_and_reads_new_rows() {
        let (features, labels) = corners(60, 3.0, 3);
        let mut probe = LinearProbe::new(&features, labels.clone(), 3);
        probe.step(3_000);
        probe.ahead.clone_from(&probe.weights);
        probe.slope();
        let largest = probe.gradient.iter().fold(0.0, |m: f64, g| m.max(g.abs()));
        assert!(largest < 1e-6, "{largest}");
        let (new, truth) = corners(300, 3.0, 4);
        let right = probe.classify(&new).iter().zip(&truth).filter(|(a, b)| a == b).count();
        assert!(right > 280, "{right}");
        // Labels that say nothing: nothing is read.
        let (_, none) = corners(60, 3.0, 3);
        let shuffled: Vec<usize> = none.iter().enumerate().map(|(i, _)| (i * 7 / 11) % 3).collect();
        let mut blind = LinearProbe::new(&features, shuffled, 3);
        blind.step(300);
        let right = blind.classify(&new).iter().zip(&truth).filter(|(a, b)| a == b).count();
        assert!(right < 200, "{right}");
    }

    #[test]
    fn features_that_do_not_vary_are_no_trouble() {
        let mut probe = LinearProbe::new(&[0.5; 12], vec![0, 1, 1, 0], 2);
        probe.step(50);
        assert!(probe.weights.iter().all(|w| w.is_finite()));
        assert_eq!(probe.classify(&[0.5, 0.5, 0.5]).len(), 1);
    }
}
