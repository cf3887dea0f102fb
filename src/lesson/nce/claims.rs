//! The claims of the post that this lesson tests, by fits of N(0, 1/lambda) and c to the last digit:
//! a Gaussian with its precision unknown is a logistic regression, and Newton finds its minimum.
//!
//! 10 (NCE only classifies): c comes out as -log Z. 11 (negatives come from a noise distribution):
//! how far the fits scatter depends on it. 14 (the loss is BCE): what the logit has to hold.

use super::best::Best;
use super::closed_form::ClosedForm;
use crate::data::noise::{Noise, Shape};
use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
use crate::math::parallel::{cores, in_order};
use crate::math::rng::stream;
use crate::math::statistics::mean_and_variance;
use crate::model::exponential::Family;
use crate::objective::asymptotic;
use crate::objective::nce::Mistakes;
use crate::objective::nce::newton::{Row, minimise};
use std::f64::consts::{LN_10, TAU};

pub(super) const CLAIMS: &[Claim] = &[
    Claim { number: 10, verdict: Verdict::Wrong, measure: it_estimates_the_density },
    Claim { number: 11, verdict: Verdict::Right, measure: the_noise_matters },
    Claim { number: 14, verdict: Verdict::Right, measure: it_is_cross_entropy },
];

/// Many fits of the same kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fits {
    pub(super) repeats: usize,
    /// Data of a fit.
    pub(super) points: usize,
    pub(super) ratio: usize,
    /// The noise is N(0, deviation^2).
    pub(super) deviation: f64,
    pub(super) mistakes: Mistakes,
    pub(super) seed: u64,
}

impl Fits {
    fn of(deviation: f64) -> Self {
        let mistakes = Mistakes::default();
        Self { repeats: 1_200, points: 1_000, ratio: 1, deviation, mistakes, seed: 10 }
    }

    /// (lambda, c) of one fit. The same points whatever the mistake.
    fn fit(self, index: usize) -> [f64; 2] {
        let mut rng = stream(self.seed, index as u64);
        let gaussian = |deviation: f64| Noise::new(Shape::Gaussian, &[0.0], &[deviation]);
        let noise = gaussian(self.deviation);
        let nu = self.ratio as f64;
        let row = |x: f64, is_data: bool| Row {
            is_data,
            weight: if is_data { 1.0 } else { self.mistakes.noise_weight(nu) },
            offset: self.mistakes.offset(nu, noise.log_density(&[x])),
            features: [-Family::Precision.features(x)[0], 1.0, 0.0],
        };
        let mut rows = Vec::with_capacity(self.points * (1 + self.ratio));
        rows.extend(gaussian(1.0).sample(self.points, &mut rng).into_iter().map(|x| row(x, true)));
        let noises = noise.sample(self.points * self.ratio, &mut rng);
        rows.extend(noises.into_iter().map(|x| row(x, false)));
        let found = minimise(&rows, 2, [1.0, 0.0, 0.0]);
        if found.converged { [found.at[0], found.at[1]] } else { [f64::NAN; 2] }
    }

    /// Every fit's lambda and c.
    pub(super) fn all(self) -> (Vec<f64>, Vec<f64>) {
        let fits = in_order(self.repeats, cores(2), |index| self.fit(index));
        fits.into_iter().map(|[lambda, c]| (lambda, c)).unzip()
    }
}

/// -log Z of N(0, 1).
pub(super) fn minus_log_z() -> f64 {
    -0.5 * TAU.ln()
}

fn it_estimates_the_density() -> Vec<Measurement> {
    let (lambda, c) = Fits { repeats: 400, ..Fits::of(2.0) }.all();
    let ((mean, variance), exact) = (mean_and_variance(&c), minus_log_z());
    let c_error = (variance / c.len() as f64).sqrt();
    let (theta, spread) = mean_and_variance(&lambda);
    let theta_error = (spread / lambda.len() as f64).sqrt();
    vec![
        // Four errors, and of one fit's bias of order 1/N five.
        Measurement::near("c-fitted", mean, exact, 4.0 * c_error + 0.005),
        Measurement::near("lambda-fitted", theta, 1.0, 4.0 * theta_error + 0.005),
        // A classifier that told nothing of the density would leave the mass anywhere.
        Measurement::near("mass-fitted", mass(&lambda, &c), 1.0, 0.02),
    ]
}

/// The mean total mass of exp(-lambda x^2 / 2 + c).
fn mass(lambda: &[f64], c: &[f64]) -> f64 {
    let masses: Vec<f64> = lambda.iter().zip(c).map(|(l, c)| (TAU / l).sqrt() * c.exp()).collect();
    mean_and_variance(&masses).0
}

/// N Var of lambda by many fits; the noise N(0, deviation^2).
pub(super) fn scatter(deviation: f64) -> f64 {
    let fits = Fits::of(deviation);
    fits.points as f64 * mean_and_variance(&fits.all().0).1
}

/// The same by the formula.
pub(super) fn formula(deviation: f64) -> f64 {
    let noise = Noise::new(Shape::Gaussian, &[0.0], &[deviation]);
    let covariance = asymptotic::nce(Family::Precision, [1.0, 0.0], 1.0, &noise);
    covariance.map_or(f64::NAN, |c| c[(0, 0)])
}

fn the_noise_matters() -> Vec<Measurement> {
    let (narrow, like) = (formula(0.5), formula(1.0));
    vec![
        // 47.925 and 4: numpy, the same formula on 40,001 nodes.
        Measurement::near("n-var-narrow-formula", narrow, 47.925, 0.005),
        Measurement::near("n-var-like-formula", like, 4.0, 1e-6),
        // The variance of 1,200 fits is itself known to 4 %.
        Measurement::near("n-var-narrow", scatter(0.5), narrow, 0.15 * narrow),
        Measurement::near("n-var-like", scatter(1.0), like, 0.15 * like),
    ]
}

/// How far c is off with a mistake, at nu = 10 on the same points, on average.
pub(super) fn off_by(mistakes: Mistakes) -> f64 {
    let fits = Fits { repeats: 60, points: 500, ratio: 10, seed: 14, ..Fits::of(2.0) };
    let wrong = Fits { mistakes, ..fits }.all().1;
    let right = fits.all().1;
    let off: Vec<f64> = wrong.iter().zip(&right).map(|(w, r)| w - r).collect();
    mean_and_variance(&off).0
}

/// Loss and accuracy that no classifier beats; data N(0, 1), noise N(0, deviation^2), nu = 1.
pub(super) fn floor(deviation: f64) -> Option<Best> {
    let noise = Noise::new(Shape::Gaussian, &[0.0], &[deviation]);
    let line = ClosedForm::from_id("gaussian")?;
    let nodes = line.family.grid(line.theta);
    let nodes = nodes.nodes().into_iter().map(|x| {
        let log_data = line.log_density(x);
        (nodes.spacing() * log_data.exp(), log_data, noise.log_density(&[x]))
    });
    Some(Best::new(nodes, 1.0, 1.0))
}

fn it_is_cross_entropy() -> Vec<Measurement> {
    let right = Mistakes::default();
    let (alike, wide) = (floor(1.0), floor(2.0));
    let forgotten = off_by(Mistakes { no_log_ratio: true, ..right });
    let averaged = off_by(Mistakes { averaged: true, ..right });
    let both = off_by(Mistakes { no_log_ratio: true, averaged: true, ..right });
    // scipy.integrate.quad of both terms and of max(p_d, p_n)/2.
    let loss = |best: Option<Best>| best.map_or(f64::NAN, |b| b.loss);
    vec![
        Measurement::near("floor-alike", loss(alike), 1.386_294_361, 1e-8),
        Measurement::near("floor-wide", loss(wide), 1.200_827_598, 1e-8),
        Measurement::near(
            "accuracy-wide",
            wide.map_or(f64::NAN, |b| b.accuracy),
            0.661_337_285,
            1e-5,
        ),
        Measurement::near("off-without-log", forgotten, -LN_10, 1e-6),
        Measurement::near("off-averaged", averaged, LN_10, 0.03),
        Measurement { what: "off-both", measured: both.abs(), expected: Expected::AtMost(0.03) },
    ]
}
