//! The gradients that are raced: of a datum, and of chains.

use super::method::Method;
use super::setup::{FAMILY, Parameters, Setup};
use crate::math::rng::Rng;
use crate::model::energy::Quartic;
use crate::model::exponential::Features;
use crate::objective::nce::Mistakes;
use crate::objective::score_matching::line;
use crate::objective::{conditional_nce, nce};
use crate::sampler::chains::{Chains, Escaped};
use crate::sampler::langevin::{adjusted_with, unadjusted_with};
use rand::RngExt as _;
use rand_distr::StandardNormal;

/// Buffers of a gradient, made on first use.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    places: Vec<f64>,
    logits: Vec<f64>,
    uniform: Vec<f64>,
}

impl Clone for Scratch {
    /// Buffers are left behind to keep copies small.
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// The gradient by theta and c of what a datum adds to a method's objective; `rng` draws what goes
/// with the datum. Zero for the methods that are not of this kind.
pub(super) fn term(
    setup: &Setup,
    method: Method,
    at: Parameters,
    x: f64,
    rng: &mut Rng,
    scratch: &mut Scratch,
) -> Parameters {
    let theta = [at[0], at[1]];
    let with_c = |g: Features| [g[0], g[1], 0.0];
    let mut normal = || rng.sample::<f64, _>(StandardNormal);
    match method {
        Method::Nce => {
            let ratio = setup.ratio as f64;
            let logit = |u: f64| {
                let offset = Mistakes::default().offset(ratio, setup.noise.log_density(&[u]));
                at[2] - FAMILY.energy(theta, u) + offset
            };
            let mut data = [logit(x)];
            scratch.places.resize(setup.ratio, 0.0);
            setup.noise.fill(&mut scratch.places, rng);
            scratch.logits.clear();
            scratch.logits.extend(scratch.places.iter().map(|y| logit(*y)));
            nce::loss(&mut data, &mut scratch.logits, 1.0);
            let points = [x].into_iter().chain(scratch.places.iter().copied());
            let by_logits = data.into_iter().chain(scratch.logits.iter().copied());
            points.zip(by_logits).fold([0.0; 3], |sum, (u, by)| {
                let t = FAMILY.features(u);
                [sum[0] - by * t[0], sum[1] - by * t[1], sum[2] + by]
            })
        }
        Method::Cnce => {
            scratch.places.clear();
            scratch.places.extend((0..setup.ratio).map(|_| x + setup.epsilon * normal()));
            let (here, own) = (FAMILY.energy(theta, x), FAMILY.features(x));
            scratch.logits.clear();
            let logits = scratch.places.iter().map(|y| FAMILY.energy(theta, *y) - here);
            scratch.logits.extend(logits);
            conditional_nce::loss(&mut scratch.logits);
            let pairs = scratch.places.iter().zip(&scratch.logits);
            pairs.fold([0.0; 3], |sum, (y, by)| {
                let t = FAMILY.features(*y);
                [sum[0] + by * (t[0] - own[0]), sum[1] + by * (t[1] - own[1]), 0.0]
            })
        }
        Method::Implicit => with_c(line::implicit(FAMILY, theta, x)),
        Method::Sliced => {
            let v = normal();
            with_c(line::implicit(FAMILY, theta, x).map(|g| v * v * g))
        }
        Method::Denoising => {
            let e = setup.sigma * normal();
            let score = e / (setup.sigma * setup.sigma);
            with_c(line::denoising(FAMILY, theta, x + e, score))
        }
        Method::Exact | Method::CdUla | Method::CdMala | Method::Pcd => [0.0; 3],
    }
}

/// Chains after their steps at theta; `places` are where they start and where they end.
///
/// # Errors
/// [`Escaped`] when an unadjusted chain left the finite.
pub(super) fn walk(
    setup: &Setup,
    method: Method,
    theta: Features,
    places: &mut Vec<f64>,
    rng: &mut Rng,
    scratch: &mut Scratch,
) -> Result<(), Escaped> {
    let energy = Quartic::double_well(theta[0], theta[1]);
    let count = places.len();
    let mut chains = Chains::driven(&energy, std::mem::take(places));
    scratch.logits.resize(count, 0.0);
    scratch.uniform.resize(count, 0.0);
    let mut whole = Ok(());
    for _ in 0..setup.steps {
        scratch.logits.iter_mut().for_each(|z| *z = rng.sample(StandardNormal));
        if method == Method::CdUla {
            whole = unadjusted_with(&mut chains, &energy, 1.0, setup.step_size, &scratch.logits);
            if whole.is_err() {
                break;
            }
        } else {
            scratch.uniform.iter_mut().for_each(|u| *u = rng.random());
            let (normal, uniform) = (&scratch.logits, &scratch.uniform);
            adjusted_with(&mut chains, &energy, 1.0, setup.step_size, normal, uniform);
        }
    }
    places.extend_from_slice(chains.positions());
    whole
}

/// The mean of t over points.
pub(super) fn mean_features(points: &[f64]) -> Features {
    let sum = points.iter().fold([0.0; 2], |sum, x| {
        let t = FAMILY.features(*x);
        [sum[0] + t[0], sum[1] + t[1]]
    });
    sum.map(|s| s / points.len().max(1) as f64)
}
