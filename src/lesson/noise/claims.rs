//! Claims 12, 13 and 17 of the post: that the noise is the data with noise added, that the
//! positives are the originals and the negatives the noised ones, and that noise brings in a
//! variable nobody asked for.

use super::design::{Design, Method, Outside, contrasted, noised};
use super::problem::Problem;
use super::study::Study;
use super::theory::{least, outside};
use super::{BLUEPRINT, WIDTH_RANGE};
use crate::data::noise::Shape;
use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
use crate::lab::param::Value;
use crate::lesson::shared::scatter::Scatter;
use crate::math::parallel::{cores, in_order};
use crate::math::rng::stream;
use crate::objective::nce::Mistakes;

pub(super) const CLAIMS: &[Claim] = &[
    Claim { number: 12, verdict: Verdict::Wrong, measure: the_density_is_needed },
    Claim { number: 13, verdict: Verdict::Wrong, measure: the_normaliser_is_lost },
    Claim { number: 17, verdict: Verdict::Loose, measure: what_the_noise_decides },
];

const fn centred(width: f64) -> Outside {
    Outside { shape: Shape::Gaussian, width, shift: 0.0 }
}

/// `fits` estimates under a design, each from data of its own.
pub(super) fn scatter(problem: &Problem, design: Design, fits: usize, seed: u64) -> Scatter {
    let root = (design.points as f64).sqrt();
    let all = in_order(fits, cores(usize::MAX), |i| {
        design.fit(problem, &mut stream(seed, i as u64))[design.rounds() - 1]
    });
    let mut scatter = Scatter::new(1.0);
    for estimate in all {
        match estimate {
            Some((theta, c)) => scatter.push(
                root * (theta[problem.watched] - problem.theta[problem.watched]),
                root * (c + problem.log_z),
            ),
            None => scatter.failed += 1,
        }
    }
    scatter
}

/// Lambda of N(0, 1) from one large data set. Where p_n is left out of the logit, the logit that
/// fits best is log p_d/p_n, which for noise N(0, v) has lambda = 1 - 1/v.
fn the_density_is_needed() -> Vec<Measurement> {
    const POINTS: usize = 40_000;
    let problem = Problem::gaussian();
    let rng = &mut stream(12, 0);
    let data = problem.draws.sample(POINTS, rng);
    let left_out = Mistakes { no_noise_density: true, ..Mistakes::default() };
    let found = |points: &[f64], variance: f64, mistakes: Mistakes| {
        let noise = centred(variance.sqrt()).noise();
        let log_noise = |x: f64| noise.log_density(&[x]);
        contrasted(&problem, &data, points, log_noise, mistakes)
            .map_or(f64::NAN, |(theta, _)| theta[0])
    };
    let independent = centred(2.0).noise().sample(POINTS, rng);
    // Data plus N(0, 1): N(0, 2) when the pairs are forgotten.
    let around = noised(&data, 1.0, 1, rng);
    let near = |what, measured, value| Measurement::near(what, measured, value, 0.06);
    vec![
        near("independent-with", found(&independent, 4.0, Mistakes::default()), 1.0),
        near("independent-without", found(&independent, 4.0, left_out), 1.0 - 1.0 / 4.0),
        near("post-without", found(&around, 2.0, left_out), 1.0 - 1.0 / 2.0),
        near("post-with", found(&around, 2.0, Mistakes::default()), 1.0),
    ]
}

/// What a lift of the energy does to the loss of a method at the defaults.
fn lifted(method: &'static str) -> f64 {
    let mut settings = BLUEPRINT.defaults();
    settings.set("method", Value::Choice(method));
    Study::new(&settings, &mut stream(13, 0)).lifted
}

fn the_normaliser_is_lost() -> Vec<Measurement> {
    let moved = Expected::AtLeast(0.1);
    let mut all = vec![
        Measurement::near("lift-conditional", lifted("conditional"), 0.0, 1e-12),
        Measurement { what: "lift-nce", measured: lifted("nce"), expected: moved },
    ];
    // The sandwich by quadrature in numpy, 2,001 nodes of x by 2,001 of n.
    for (what, eps, exact) in [
        ("conditional-half", 0.5, 21.348_026),
        ("conditional-one", 1.0, 9.054_546),
        ("conditional-two", 2.0, 6.576_436),
    ] {
        let design = Design { method: Method::Conditional(eps), ratio: 1, points: 1_000 };
        let measured = scatter(&Problem::gaussian(), design, 1_200, 130).n_variance().0;
        all.push(Measurement::near(what, measured, exact, 0.15 * exact));
    }
    all
}

fn what_the_noise_decides() -> Vec<Measurement> {
    let problem = Problem::gaussian();
    let share = |what, measured, exact: f64| Measurement::near(what, measured, exact, 0.12 * exact);
    let mut all = Vec::new();
    // 2 (1 + 1/nu), and 1/2 (1 + 1/nu) for c, where the noise is the data's own density.
    for (theta, c, ratio, points, fits) in [
        ("nvar-1", "c-1", 1, 500, 1_500),
        ("nvar-2", "c-2", 2, 500, 1_500),
        ("nvar-5", "c-5", 5, 500, 1_200),
        ("nvar-10", "c-10", 10, 500, 1_000),
        ("nvar-100", "c-100", 100, 300, 700),
    ] {
        let design = Design { method: Method::Nce(centred(1.0)), ratio, points };
        let found = scatter(&problem, design, fits, 170);
        let factor = 1.0 + 1.0 / ratio as f64;
        all.push(share(theta, found.n_variance().0, 2.0 * factor));
        all.push(share(c, found.n_variance_c().0, 0.5 * factor));
    }
    // A search over the formula, and fits there.
    let formula = |width: f64| outside(&problem, centred(width), 1.0).0;
    let (width, value) = least(WIDTH_RANGE.0, WIDTH_RANGE.1, 40, formula);
    all.push(Measurement::near("best-variance", width * width, 2.777, 0.005));
    all.push(Measurement::near("best-n-var", value, 2.963, 0.002));
    let design = Design { method: Method::Nce(centred(width)), ratio: 1, points: 500 };
    all.push(share("best-measured", scatter(&problem, design, 1_500, 171).n_variance().0, 2.963));
    all
}
