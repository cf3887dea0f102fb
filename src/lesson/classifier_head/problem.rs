//! What is told from what: data with what is known of them, the noise, and the best that any
//! classifier can do.

use crate::data::noise::{Noise, Shape};
use crate::lab::blueprint::{Source, Unusable};
use crate::lab::param::{Settings, Value};
use crate::lesson::shared::bowl::bowl;
use crate::lesson::shared::minibatch;
use crate::lesson::shared::sample::Sample;
use crate::lesson::shared::truth::{Rule, Truth};
use crate::math::logistic::softplus;
use crate::math::rng::Rng;
use rand::RngExt as _;

/// Data points a batch; of noise, nu times as many.
pub(super) const BATCH: usize = 64;
/// Points that a toy set is standardised by, so that every size of a training set has one scale.
const REFERENCE: i64 = 2_000;
/// Noise points that fits are judged by.
const JUDGED_NOISE: usize = 1_000;
/// Nodes a line is cut into for the best accuracy, which has jumps in its integrand.
const FINE: usize = 16_384;

/// Points with what every variant needs of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Points {
    /// One after the other.
    pub(super) x: Vec<f64>,
    /// The bowl's share of the energy.
    pub(super) bowl: Vec<f64>,
    /// -log nu - log p_n(x).
    pub(super) offset: Vec<f64>,
}

impl Points {
    pub(super) fn new(x: Vec<f64>, noise: &Noise, ratio: f64) -> Self {
        let d = noise.dimensions();
        let offset =
            x.chunks_exact(d).map(|x| -ratio.ln() - noise.log_density(x)).collect::<Vec<_>>();
        Self { bowl: bowl(&x, d), offset, x }
    }

    pub(super) fn count(&self) -> usize {
        self.bowl.len()
    }
}

/// What stands for the data when a fit is judged: nodes with masses where the density is known,
/// held-out points of equal weight where it is not.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) points: Points,
    /// They sum to one.
    pub(super) weights: Vec<f64>,
    /// log p at each, by standardised volume; empty where it is not known.
    pub(super) log_density: Vec<f64>,
    /// Whether its means have a sampling error.
    pub(super) sampled: bool,
}

/// The best classifier, by its logit log p - log nu p_n.
#[derive(Clone, Debug)]
pub(super) struct Best {
    /// What a datum and a noise point cost on average, in nats.
    pub(super) data_loss: f64,
    pub(super) noise_loss: f64,
    /// The shares of data and of noise told right.
    pub(super) data_told: f64,
    pub(super) noise_told: f64,
    /// Its logits at the held-out points and at the noise points that fits are judged by. What a
    /// fit has more or less than these there, on top of the exact values above, is known better
    /// than its own mean: control variates (Robert and Casella, Monte Carlo Statistical Methods,
    /// 2nd ed., section 4.4.2).
    pub(super) at_held: Vec<f64>,
    pub(super) at_noise: Vec<f64>,
    /// Entropy of the data's density, in standardised units: the least NLL.
    pub(super) entropy: f64,
}

impl Best {
    /// The least loss, in nats a datum.
    pub(super) fn loss(&self, ratio: f64) -> f64 {
        self.data_loss + ratio * self.noise_loss
    }

    /// The largest share of points told right.
    pub(super) fn accuracy(&self, ratio: f64) -> f64 {
        (self.data_told + ratio * self.noise_told) / (1.0 + ratio)
    }
}

/// The task. It never changes and is shared between copies.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) sample: Sample,
    pub(super) noise: Noise,
    /// nu.
    pub(super) ratio: f64,
    pub(super) grid: Points,
    pub(super) held: Held,
    pub(super) judged_noise: Points,
    /// Where the density is known.
    pub(super) best: Option<Best>,
}

impl Problem {
    pub(super) fn new(
        settings: &Settings,
        source: &Source,
        rng: &mut Rng,
    ) -> Result<Self, Unusable> {
        let mut whole = settings.clone();
        whole.set("points", Value::Integer(REFERENCE));
        let sample = Sample::new(&whole, source, rng)?;
        let d = sample.dimensions;
        let ratio = settings.real("nu");
        let noise = Noise::new(Shape::Gaussian, &vec![0.0; d], &vec![settings.real("noise"); d]);
        let points = |x: Vec<f64>| Points::new(x, &noise, ratio);
        let held = match Truth::new(&sample, Rule::Usual) {
            Some(truth) => {
                let mass = truth.mass();
                Held {
                    points: points(truth.points),
                    weights: truth.masses.iter().map(|m| m / mass).collect(),
                    log_density: truth.log_density,
                    sampled: false,
                }
            }
            None => {
                let count = sample.held_out.len() / d;
                Held {
                    points: points(sample.held_out.clone()),
                    weights: vec![1.0 / count as f64; count],
                    log_density: Vec::new(),
                    sampled: true,
                }
            }
        };
        let mut problem = Self {
            best: None,
            grid: points(sample.grid.points().to_vec()),
            judged_noise: Points::default(),
            held,
            noise,
            ratio,
            sample,
        };
        problem.judge_by_other_noise(rng);
        Ok(problem)
    }

    /// Draws the noise points that fits are judged by.
    pub(super) fn judge_by_other_noise(&mut self, rng: &mut Rng) {
        let x = self.noise.sample(JUDGED_NOISE, rng);
        self.judged_noise = Points::new(x, &self.noise, self.ratio);
        self.best = best(self);
    }

    /// How many points there are to train on at most.
    pub(super) fn most(&self) -> usize {
        self.sample.train.len() / self.sample.dimensions
    }

    /// The first so many training points.
    pub(super) fn train(&self, count: usize) -> Points {
        let count = count.clamp(1, self.most());
        let x = self.sample.train[..count * self.sample.dimensions].to_vec();
        Points::new(x, &self.noise, self.ratio)
    }

    /// Another training set of that size: drawn afresh from a toy, chosen among the training points
    /// of a set that came as it is.
    pub(super) fn another(&self, count: usize, rng: &mut Rng) -> Points {
        let (sample, d) = (&self.sample, self.sample.dimensions);
        let x = if let Some(toy) = sample.toy {
            let mut x = toy.sample(count, rng);
            for point in x.chunks_exact_mut(d) {
                for (axis, x) in point.iter_mut().enumerate() {
                    *x = (*x - sample.centre[axis]) / sample.scale[axis];
                }
            }
            x
        } else {
            let mut rows: Vec<usize> = (0..self.most()).collect();
            let count = count.min(rows.len());
            for i in 0..count {
                let j = rng.random_range(i..rows.len());
                rows.swap(i, j);
            }
            rows[..count].iter().flat_map(|r| &sample.train[r * d..(r + 1) * d]).copied().collect()
        };
        Points::new(x, &self.noise, self.ratio)
    }

    /// A batch: data of a training set, drawn with replacement, then fresh noise.
    pub(super) fn batch(&self, train: &Points, rng: &mut Rng) -> Points {
        let d = self.sample.dimensions;
        let noisy = ((BATCH as f64 * self.ratio).round() as usize).max(1);
        let mut x = vec![0.0; (BATCH + noisy) * d];
        let (data, noise) = x.split_at_mut(BATCH * d);
        minibatch::draw(&train.x, d, data, rng);
        self.noise.fill(noise, rng);
        Points::new(x, &self.noise, self.ratio)
    }
}

/// Where the density is known. What noise loses is `p_n log(1 + p / (nu p_n))`, which is nothing
/// where there are no data.
fn best(problem: &Problem) -> Option<Best> {
    let Problem { sample, noise, ratio, held, judged_noise, .. } = problem;
    let ratio = *ratio;
    if held.sampled {
        return None;
    }
    let (toy, d, shift) = (sample.toy?, sample.dimensions, sample.log_scale());
    let logit = |x: &[f64], offset: f64| {
        let own: Vec<f64> = x.iter().enumerate().map(|(axis, x)| sample.own(axis, *x)).collect();
        toy.log_density(&own).map_or(f64::NAN, |log_p| log_p + shift + offset)
    };
    let at_noise = judged_noise.x.chunks_exact(d).zip(&judged_noise.offset);
    let at_noise = at_noise.map(|(x, o)| logit(x, *o)).collect();
    let at_held: Vec<f64> =
        held.log_density.iter().zip(&held.points.offset).map(|(p, o)| p + o).collect();
    let nodes = || held.weights.iter().zip(&at_held);
    // Per datum and per noise point; (-logit).exp() is nu p_n / p.
    let data_loss = nodes().map(|(m, g)| m * softplus(-g)).sum();
    let noise_loss = nodes().map(|(m, g)| m * (-g).exp() * softplus(*g)).sum::<f64>() / ratio;
    let (data_told, taken) = if d == 1 {
        told_on_a_line(sample, noise, ratio, &logit)
    } else {
        let told = nodes().filter(|(_, g)| **g > 0.0);
        told.fold((0.0, 0.0), |(p, q), (m, g)| (p + m, q + m * (-g).exp() / ratio))
    };
    Some(Best {
        data_loss,
        noise_loss,
        data_told,
        noise_told: 1.0 - taken,
        at_noise,
        entropy: -held.weights.iter().zip(&held.log_density).map(|(m, p)| m * p).sum::<f64>(),
        at_held,
    })
}

/// The shares of data and of noise where the best logit is positive: integrands with jumps, so the
/// nodes are many.
fn told_on_a_line(
    sample: &Sample,
    noise: &Noise,
    ratio: f64,
    logit: &dyn Fn(&[f64], f64) -> f64,
) -> (f64, f64) {
    let axis = sample.grid.axes()[0];
    let width = (axis.high - axis.low) / FINE as f64;
    let (mut data, mut taken) = (0.0, 0.0);
    for i in 0..FINE {
        let x = [axis.low + width * (i as f64 + 0.5)];
        let log_noise = noise.log_density(&x);
        let g = logit(&x, -ratio.ln() - log_noise);
        if g > 0.0 {
            let noise_mass = width * log_noise.exp();
            taken += noise_mass;
            data += ratio * g.exp() * noise_mass;
        }
    }
    (data, taken)
}
