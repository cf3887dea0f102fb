//! How good a fit is: as a density by its energy, as a density by its classifier, and as a
//! classifier.
//!
//! Two densities can be asked for. What the energy itself says is exp(-E)/Z. What the classifier
//! says is nu p_n e^G (the likelihood-ratio trick: Gutmann and Hyvarinen 2012, eq. 6), normalised
//! as well. For the fixed form they are one.

use super::problem::{Points, Problem};
use super::variant::Fit;
use crate::lesson::shared::bowl::energies;
use crate::math::logistic::softplus;
use crate::math::statistics::mean_and_variance;
use crate::objective::partition::log_partition;

/// Points of the calibration curve.
const BINS: usize = 16;
/// Below this variance there is nothing to regress on.
const FLAT: f64 = 1e-9;

/// A mean with one standard error, which is zero where the mean is an integral.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mean {
    pub(super) value: f64,
    pub(super) error: f64,
}

impl Mean {
    fn plus(self, known: f64) -> Self {
        Self { value: self.value + known, ..self }
    }
}

fn share(right: bool) -> f64 {
    f64::from(u8::from(right))
}

/// A fit as it is. Densities are by standardised volume, in logarithms.
#[derive(Clone, Debug)]
pub(super) struct Judgement {
    /// At the nodes of the grid: log of exp(-E)/Z and of nu p_n e^G, normalised.
    pub(super) log_energy: Vec<f64>,
    pub(super) log_implied: Vec<f64>,
    /// What nu p_n e^G adds up to: one for a classifier that is right.
    pub(super) mass: f64,
    pub(super) nll_energy: Mean,
    pub(super) nll_implied: Mean,
    /// The loss on fresh points.
    pub(super) loss: Mean,
    /// The data's part of it, less the same on the training points.
    pub(super) gap: Mean,
    pub(super) accuracy: Mean,
    /// Slope of log p by -E over the data, where log p is known and varies.
    pub(super) slope: Option<f64>,
    /// -E - log Z against log p; where p is not known, against what the classifier says.
    pub(super) calibration: Vec<(f64, f64)>,
}

impl Judgement {
    pub(super) fn new(fit: &Fit, problem: &Problem, train: &Points) -> Self {
        let of = |points: &Points| {
            let energies = energies(&fit.energy, &points.x, &points.bowl);
            let logits = fit.logits(&energies, &points.offset);
            (energies, logits)
        };
        let held = &problem.held;
        let weights = problem.sample.grid.weights();
        let (e_grid, g_grid) = of(&problem.grid);
        let (e_held, g_held) = of(&held.points);
        let g_train = of(train).1;
        let g_noise = of(&problem.judged_noise).1;
        let log_z = log_partition(&e_grid, weights);
        // As an energy, the implied density is -G - log nu p_n.
        let implied: Vec<f64> =
            g_grid.iter().zip(&problem.grid.offset).map(|(g, o)| o - g).collect();
        let log_mass = log_partition(&implied, weights);
        let log_energy = e_held.iter().map(|e| -e - log_z).collect::<Vec<_>>();
        let log_implied: Vec<f64> =
            g_held.iter().zip(&held.points.offset).map(|(g, o)| g - o - log_mass).collect();
        let mean = |values: &dyn Fn(usize) -> f64| problem.mean(values);
        let seen = average(g_train.iter().map(|g| softplus(-g)));
        let unseen = mean(&|i| softplus(-g_held[i]));
        let told = mean(&|i| share(g_held[i] > 0.0));
        let noise = average(g_noise.iter().map(|g| softplus(*g)));
        let noise_told = average(g_noise.iter().map(|g| share(*g <= 0.0)));
        let nu = problem.ratio;
        let (told, noise, noise_told) = match &problem.best {
            None => (told, noise, noise_told),
            Some(best) => {
                let pairs = || g_noise.iter().zip(&best.at_noise);
                (
                    mean(&|i| share(g_held[i] > 0.0) - share(best.at_held[i] > 0.0))
                        .plus(best.data_told),
                    average(pairs().map(|(g, b)| softplus(*g) - softplus(*b)))
                        .plus(best.noise_loss),
                    average(pairs().map(|(g, b)| share(*g <= 0.0) - share(*b <= 0.0)))
                        .plus(best.noise_told),
                )
            }
        };
        let known = !held.log_density.is_empty();
        let reference = if known { &held.log_density } else { &log_implied };
        Self {
            nll_energy: mean(&|i| -log_energy[i]),
            nll_implied: mean(&|i| -log_implied[i]),
            loss: Mean {
                value: unseen.value + nu * noise.value,
                error: unseen.error.hypot(nu * noise.error),
            },
            gap: Mean { value: unseen.value - seen.value, error: unseen.error },
            accuracy: Mean {
                value: (told.value + nu * noise_told.value) / (1.0 + nu),
                error: told.error.hypot(nu * noise_told.error) / (1.0 + nu),
            },
            slope: if known { slope(&log_energy, reference, &held.weights) } else { None },
            calibration: curve(&log_energy, reference, &held.weights),
            log_energy: e_grid.iter().map(|e| -e - log_z).collect(),
            log_implied: implied.iter().map(|e| -e - log_mass).collect(),
            mass: log_mass.exp(),
        }
    }
}

impl Problem {
    /// Over the held-out points, by their index.
    fn mean(&self, values: &dyn Fn(usize) -> f64) -> Mean {
        let held = &self.held;
        if held.sampled {
            return average((0..held.weights.len()).map(values));
        }
        let value = held.weights.iter().enumerate().map(|(i, w)| w * values(i)).sum();
        Mean { value, error: 0.0 }
    }
}

/// Of independent values.
fn average(values: impl Iterator<Item = f64>) -> Mean {
    let values: Vec<f64> = values.collect();
    let (value, variance) = mean_and_variance(&values);
    Mean { value, error: (variance / values.len().max(1) as f64).sqrt() }
}

/// The least-squares slope of y by x. `None` where one of them does not vary.
fn slope(x: &[f64], y: &[f64], weights: &[f64]) -> Option<f64> {
    let mean = |v: &[f64]| v.iter().zip(weights).map(|(v, w)| v * w).sum::<f64>();
    let (at_x, at_y) = (mean(x), mean(y));
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for ((x, y), w) in x.iter().zip(y).zip(weights) {
        let (x, y) = (x - at_x, y - at_y);
        xx += w * x * x;
        xy += w * x * y;
        yy += w * y * y;
    }
    (xx > FLAT && yy > FLAT).then(|| xy / xx)
}

/// Means of x and y over bins of equal weight along x.
fn curve(x: &[f64], y: &[f64], weights: &[f64]) -> Vec<(f64, f64)> {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|a, b| x[*a].total_cmp(&x[*b]));
    let mut bins = [[0.0; 3]; BINS];
    let mut before = 0.0;
    for i in order {
        let bin = &mut bins[((before * BINS as f64) as usize).min(BINS - 1)];
        before += weights[i];
        bin[0] += weights[i];
        bin[1] += weights[i] * x[i];
        bin[2] += weights[i] * y[i];
    }
    bins.iter().filter(|b| b[0] > 0.0).map(|b| (b[1] / b[0], b[2] / b[0])).collect()
}

#[cfg(test)]
mod tests {
    use super::{curve, slope};

    #[test]
    fn the_slope_is_that_of_least_squares() {
        // numpy.polyfit([0, 1, 3], [1, 2, 2], 1, w=sqrt([.5, .25, .25]))
        let (x, y, w) = ([0.0, 1.0, 3.0], [1.0, 2.0, 2.0], [0.5, 0.25, 0.25]);
        assert!((slope(&x, &y, &w).unwrap() - 1.0 / 3.0).abs() < 1e-12);
        assert!(slope(&[2.0; 3], &y, &w).is_none() && slope(&x, &[2.0; 3], &w).is_none());
    }

    #[test]
    fn the_curve_of_a_line_lies_on_it() {
        let x: Vec<f64> = (0..100).map(|i| f64::from((i * 37) % 100)).collect();
        let y: Vec<f64> = x.iter().map(|x| 2.0 * x - 1.0).collect();
        let curve = curve(&x, &y, &[0.01; 100]);
        assert_eq!(curve.len(), 16);
        assert!(curve.windows(2).all(|w| w[0].0 < w[1].0));
        assert!(curve.iter().all(|(x, y)| (y - (2.0 * x - 1.0)).abs() < 1e-9));
    }
}
