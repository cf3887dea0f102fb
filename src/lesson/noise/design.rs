//! How one estimate is made: against which noise, how much of it, from how many data; and the
//! estimate itself, which Newton's method finds exactly.

use super::problem::Problem;
use crate::data::noise::{Noise, Shape};
use crate::lab::param::Settings;
use crate::math::rng::Rng;
use crate::model::exponential::{Draws, Features, MOST};
use crate::objective::conditional_nce;
use crate::objective::nce::Mistakes;
use crate::objective::nce::newton::{Minimum, Row, UNKNOWNS, Unknowns, minimise};
use rand::RngExt as _;
use rand_distr::StandardNormal;

/// The most rounds of an adaptive noise, the first one counted.
pub(super) const MOST_ROUNDS: usize = 5;
/// An estimate beyond this has run away.
const LOST: f64 = 1e6;

/// A noise on the line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Outside {
    pub(super) shape: Shape,
    pub(super) width: f64,
    pub(super) shift: f64,
}

impl Outside {
    pub(super) fn noise(self) -> Noise {
        Noise::new(self.shape, &[self.shift], &[self.width])
    }
}

/// Where negatives come from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Method {
    /// One noise.
    Nce(Outside),
    /// First that noise, then the model that the last round has found, so many times.
    Adaptive(Outside, usize),
    /// Each datum plus Gaussian noise of this deviation.
    Conditional(f64),
}

/// One way of estimating.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Design {
    pub(super) method: Method,
    /// Noise points a datum: nu or kappa.
    pub(super) ratio: usize,
    /// Data of one fit.
    pub(super) points: usize,
}

/// The estimate of a round: theta and c. Conditional NCE has no c; it says NaN.
pub(super) type Estimate = (Features, f64);

/// The estimates of a fit, round by round; none from the first round on that has none.
pub(super) type Fit = [Option<Estimate>; MOST_ROUNDS];

impl Design {
    pub(super) fn of(settings: &Settings) -> Self {
        let shape = Shape::from_id(settings.choice("shape")).unwrap_or(Shape::Gaussian);
        let (width, shift) = (settings.real("width"), settings.real("shift"));
        let outside = Outside { shape, width, shift };
        let method = match settings.choice("method") {
            "conditional" => Method::Conditional(settings.real("eps")),
            "adaptive" => Method::Adaptive(outside, settings.count("rounds")),
            _ => Method::Nce(outside),
        };
        let ratio = match method {
            Method::Conditional(_) => settings.count("kappa"),
            _ => settings.count("ratio"),
        };
        Self { method, ratio: ratio.max(1), points: settings.count("points").max(2) }
    }

    /// The same with noise of another width (for conditional NCE another eps).
    pub(super) fn with_width(self, width: f64) -> Self {
        let method = match self.method {
            Method::Nce(outside) => Method::Nce(Outside { width, ..outside }),
            Method::Adaptive(outside, rounds) => {
                Method::Adaptive(Outside { width, ..outside }, rounds)
            }
            Method::Conditional(_) => Method::Conditional(width),
        };
        Self { method, ..self }
    }

    pub(super) fn with_ratio(self, ratio: usize) -> Self {
        Self { ratio, ..self }
    }

    pub(super) fn rounds(&self) -> usize {
        match self.method {
            Method::Adaptive(_, rounds) => (rounds + 1).min(MOST_ROUNDS),
            _ => 1,
        }
    }

    /// Densities (or energies) that are evaluated for one fit, a pass over data and noise counting
    /// once.
    pub(super) fn evaluations(&self) -> usize {
        self.points * (1 + self.ratio) * self.rounds()
    }

    /// A fresh data set, and what is estimated from it.
    pub(super) fn fit(&self, problem: &Problem, rng: &mut Rng) -> Fit {
        let data = problem.draws.sample(self.points, rng);
        let mut found = [None; MOST_ROUNDS];
        match self.method {
            Method::Conditional(eps) => {
                found[0] = conditional(problem, &data, &noised(&data, eps, self.ratio, rng));
            }
            Method::Nce(outside) | Method::Adaptive(outside, _) => {
                let mut noise = Drawn::Outside(outside.noise());
                let rounds = self.rounds();
                for (round, place) in found.iter_mut().enumerate().take(rounds) {
                    let points = noise.sample(self.points * self.ratio, rng);
                    let log_noise = |x: f64| noise.log_density(problem, x);
                    let estimate =
                        contrasted(problem, &data, &points, log_noise, Mistakes::default());
                    *place = estimate;
                    if round + 1 == rounds {
                        break;
                    }
                    // Where there is no density there is no noise to go on with.
                    match estimate.and_then(|(theta, _)| Drawn::model(problem, theta)) {
                        Some(model) => noise = model,
                        None => break,
                    }
                }
            }
        }
        found
    }
}

/// A noise that can be drawn from and evaluated.
enum Drawn {
    Outside(Noise),
    Model { draws: Box<Draws>, theta: Features, log_z: f64 },
}

impl Drawn {
    fn model(problem: &Problem, theta: Features) -> Option<Self> {
        let family = problem.family;
        // A grid can be laid over any density that could be meant; what is flatter or steeper than
        // this is a fit that went astray.
        let sane = theta.iter().all(|t| t.abs() < 1e4) && theta[0] > 1e-4;
        (sane && family.is_normalisable(theta)).then(|| Self::Model {
            draws: Box::new(family.draws(theta)),
            theta,
            log_z: family.moments(theta).log_z,
        })
    }

    fn sample(&self, count: usize, rng: &mut Rng) -> Vec<f64> {
        match self {
            Self::Outside(noise) => noise.sample(count, rng),
            Self::Model { draws, .. } => draws.sample(count, rng),
        }
    }

    fn log_density(&self, problem: &Problem, x: f64) -> f64 {
        match self {
            Self::Outside(noise) => noise.log_density(&[x]),
            Self::Model { theta, log_z, .. } => -problem.family.energy(*theta, x) - log_z,
        }
    }
}

/// `kappa` noised points of each datum, in a row.
pub(super) fn noised(data: &[f64], eps: f64, kappa: usize, rng: &mut Rng) -> Vec<f64> {
    let copies = data.iter().flat_map(|x| std::iter::repeat_n(*x, kappa));
    copies.map(|x| x + eps * rng.sample::<f64, _>(StandardNormal)).collect()
}

/// NCE's estimate from data and noise of known log-density.
pub(super) fn contrasted(
    problem: &Problem,
    data: &[f64],
    noise: &[f64],
    log_noise: impl Fn(f64) -> f64,
    mistakes: Mistakes,
) -> Option<Estimate> {
    let (family, k) = (problem.family, problem.family.parameters());
    let ratio = noise.len() as f64 / data.len() as f64;
    let row = |x: f64, is_data: bool| {
        let t = family.features(x);
        let mut features = [0.0; UNKNOWNS];
        (0..k).for_each(|i| features[i] = -t[i]);
        features[k] = 1.0;
        let offset = mistakes.offset(ratio, log_noise(x)) - family.base(x)[0];
        Row { is_data, weight: 1.0, offset, features }
    };
    let rows = data.iter().map(|x| row(*x, true)).chain(noise.iter().map(|x| row(*x, false)));
    // Where p_n is zero a datum is known for one, and says nothing of theta.
    let rows: Vec<Row> = rows.filter(|r| r.offset.is_finite()).collect();
    // The problem is convex: where the search begins does not matter to where it ends.
    let mut start = [0.0; UNKNOWNS];
    start[..k].copy_from_slice(&problem.theta[..k]);
    start[k] = -problem.log_z;
    let at = sound(minimise(&rows, k + 1, start), rows.len())?;
    Some((theta_of(at, k), at[k]))
}

/// Conditional NCE's estimate.
pub(super) fn conditional(problem: &Problem, data: &[f64], noised: &[f64]) -> Option<Estimate> {
    let k = problem.family.parameters();
    let rows = conditional_nce::rows(problem.family, data, noised);
    let mut start = [0.0; UNKNOWNS];
    start[..k].copy_from_slice(&problem.theta[..k]);
    let at = sound(minimise(&rows, k, start), rows.len())?;
    Some((theta_of(at, k), f64::NAN))
}

fn theta_of(at: Unknowns, k: usize) -> Features {
    let mut theta = [0.0; MOST];
    theta[..k].copy_from_slice(&at[..k]);
    theta
}

/// A minimum that there is: a loss that goes to nothing says that data and noise can be told apart
/// without an error, and then theta runs away.
fn sound(found: Minimum, rows: usize) -> Option<Unknowns> {
    let stays = found.at.iter().all(|v| v.abs() < LOST);
    (found.converged && stays && found.loss > 1e-6 * rows as f64).then_some(found.at)
}
