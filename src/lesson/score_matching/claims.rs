//! Claim 9 of the post, the half of it that is score matching's: what it minimises, that it draws
//! nothing from the model, and what that costs.

use super::BLUEPRINT;
use super::matching::Matching;
use super::target::Reference;
use crate::data::mixture::Mixture;
use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
use crate::lab::experiment::Experiment as _;
use crate::math::rng::{Rng, stream};
use crate::math::statistics::mean_and_variance;
use crate::model::mlp::Mlp;
use crate::objective::score_matching::terms::{Method, score_matching};
use crate::objective::score_matching::{Bowl, Workspace};
use rand_distr::{Distribution, StandardNormal};

pub(super) const CLAIMS: &[Claim] =
    &[Claim { number: 9, verdict: Verdict::Loose, measure: another_objective }];

fn another_objective() -> Vec<Measurement> {
    let (fisher, drawn) = trained();
    let (blind_fisher, blind_kl) = blindness();
    let mut all = vec![
        Measurement { what: "fisher-trained", measured: fisher, expected: Expected::AtMost(0.1) },
        Measurement::near("model-samples-drawn", drawn, 0.0, 0.0),
    ];
    let (fitted, exact) = gaussian_fit();
    all.push(Measurement::near("implicit-gaussian", fitted, exact, 1e-10));
    // Half Fisher and KL of the two mixtures: mpmath's quad, 30 digits.
    all.push(Measurement::near("blind-fisher", blind_fisher, 5.422_91e-4, 1e-8));
    all.push(Measurement::near("blind-kl", blind_kl, 0.510_761_25, 1e-6));
    for (what, sigma) in [("variance-half", 0.5), ("variance-one", 1.0), ("variance-two", 2.0_f64)]
    {
        let exact = (1.0 + sigma * sigma).powi(2) / (sigma * sigma);
        all.push(Measurement::near(what, denoising_variance(sigma), exact, 0.15 * exact));
    }
    all
}

/// Half the Fisher divergence after a training at the defaults, and the samples it drew.
fn trained() -> (f64, f64) {
    let mut rng = stream(9, 0);
    let mut fit = Matching::new(&BLUEPRINT.defaults(), &mut rng);
    if !(0..400).all(|_| fit.step(&mut rng).is_ok()) {
        return (f64::NAN, f64::NAN);
    }
    let view = fit.view();
    let read = |id| view.readouts.iter().find(|r| r.id == id).map_or(f64::NAN, |r| r.value);
    (read("fisher"), read("model_samples"))
}

/// From the mixture of even weights to that of .9 and .1.
pub(super) fn blindness() -> (f64, f64) {
    let even = Reference::new(&Mixture::far_apart(0.5, 4.0));
    let uneven = Mixture::far_apart(0.9, 4.0);
    let mut gradients = Vec::with_capacity(even.scores.len());
    let mut log_model = Vec::with_capacity(even.scores.len());
    for x in even.grid.points() {
        let mut score = [0.0];
        log_model.push(uneven.log_density_and_score(&[*x], &mut score).0);
        gradients.push(-score[0]);
    }
    (even.fisher(&gradients), even.kl(&log_model))
}

fn normals(count: usize, rng: &mut Rng) -> Vec<f64> {
    (0..count).map(|_| StandardNormal.sample(rng)).collect()
}

/// The precision of a Gaussian energy lambda x^2/2 that the implicit objective of the lesson is
/// least at, and that of maximum likelihood, 1 over the mean square. The objective is a parabola in
/// lambda: three values of it give the vertex.
pub(super) fn gaussian_fit() -> (f64, f64) {
    let points = normals(500, &mut stream(9, 1));
    let square = points.iter().map(|x| x * x).sum::<f64>() / points.len() as f64;
    let mut flat = Mlp::new(1, 1, 1, &mut stream(9, 2));
    flat.parameters_mut().fill(0.0);
    let mut work = Workspace::default();
    let mut terms = vec![0.0; points.len()];
    let [a, b, c] = [0.0, 1.0, 2.0].map(|stiffness| {
        let bowl = Bowl { stiffness };
        score_matching(&flat, bowl, Method::Implicit, &points, &mut work, &mut terms, None)
    });
    (1.0 - 0.5 * (c - a) / (c - 2.0 * b + a), 1.0 / square)
}

/// N Var of the variance v of data N(0, v), v = 1, by denoising: the energy x^2/(2 (v + sigma^2)) is
/// fitted to noised points, which has a closed form, and sigma^2 taken off again.
pub(super) fn denoising_variance(sigma: f64) -> f64 {
    const POINTS: usize = 1_000;
    const REPEATS: usize = 1_500;
    let mut rng = stream(9, 3);
    let estimates: Vec<f64> = (0..REPEATS)
        .map(|_| {
            let (mut product, mut square) = (0.0, 0.0);
            for _ in 0..POINTS {
                let x: f64 = StandardNormal.sample(&mut rng);
                let normal: f64 = StandardNormal.sample(&mut rng);
                let noise = sigma * normal;
                product += (x + noise) * noise / (sigma * sigma);
                square += (x + noise).powi(2);
            }
            square / product - sigma * sigma
        })
        .collect();
    POINTS as f64 * mean_and_variance(&estimates).1
}
