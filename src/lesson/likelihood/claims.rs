//! Claims 5, 6 and 7 of the post.

use super::BLUEPRINT;
use super::fit::Fit;
use super::form::Form;
use super::harmonic::{Harmonic, Moments};
use crate::data::toy::Toy;
use crate::lab::blueprint::Source;
use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
use crate::lab::experiment::Experiment as _;
use crate::lab::param::{Settings, Value};
use crate::math::rng::{Rng, stream};

pub(super) const CLAIMS: &[Claim] = &[
    Claim { number: 5, verdict: Verdict::Wrong, measure: lower_is_not_better },
    Claim { number: 6, verdict: Verdict::Right, measure: nll_is_kl_plus_entropy },
    Claim { number: 7, verdict: Verdict::Right, measure: two_phases },
];

/// Points that are drawn afresh to measure an expected NLL.
const FRESH: usize = 40_000;

fn settings(values: &[(&'static str, Value)]) -> Settings {
    let mut settings = BLUEPRINT.defaults();
    values.iter().for_each(|(id, value)| settings.set(id, *value));
    settings
}

/// A fit after some steps; `None` where it was lost on the way.
fn trained(values: &[(&'static str, Value)], steps: usize, rng: &mut Rng) -> Option<Fit> {
    let mut fit = Fit::new(&settings(values), &Source::Shipped, rng).ok()?;
    (0..steps).all(|_| fit.step(rng).is_ok()).then_some(fit)
}

/// Gradient descent of a spring, E = a x^2 / 2, on data with E[x^2] = 1: a after this many steps of
/// length .1.
fn descent(share: f64, steps: usize) -> f64 {
    let data = Moments { mean: vec![0.0], square: 1.0 };
    let mut spring = Harmonic { parameters: vec![2.0, 0.0] };
    let (mut down, mut up) = ([0.0; 2], [0.0; 2]);
    Harmonic::data_phase(&data, &mut down);
    for _ in 0..steps {
        spring.model_phase(&mut up);
        for (p, (d, u)) in spring.parameters.iter_mut().zip(down.iter().zip(&up)) {
            // Past a = 0 there is no model to expect anything of: what does not count stays out.
            let model = if share > 0.0 { share * u } else { 0.0 };
            *p -= 0.1 * (d - model);
        }
    }
    spring.stiffness()
}

/// Claim 5: energies of the data that are minimised and nothing else fall for ever, and the
/// likelihood gets worse; with the model phase a is what the data say, and the likelihood better.
fn lower_is_not_better() -> Vec<Measurement> {
    let mut fallen = f64::NAN;
    let mut worse = f64::NAN;
    let mut better = f64::NAN;
    let at =
        |share, steps| trained(&[("model_phase", Value::Real(share))], steps, &mut stream(5, 0));
    if let (Some(start), Some(alone), Some(both)) = (at(0.0, 0), at(0.0, 60), at(1.0, 60)) {
        fallen = alone.now.mean_energy - start.now.mean_energy;
        worse = alone.now.nll - start.now.nll;
        better = both.now.nll - start.now.nll;
    }
    let least = Expected::AtLeast;
    let most = Expected::AtMost;
    vec![
        Measurement {
            what: "stiffness-alone",
            measured: descent(0.0, 10_000),
            expected: most(-400.0),
        },
        Measurement::near("stiffness-both", descent(1.0, 2_000), 1.0, 1e-9),
        Measurement { what: "energy-fallen", measured: fallen, expected: most(-5.0) },
        Measurement { what: "nll-worse", measured: worse, expected: least(1.0) },
        Measurement { what: "nll-better", measured: better, expected: most(-0.1) },
    ]
}

/// Claim 6: NLL by fresh points, KL by quadrature, entropy in closed form or of high precision;
/// at the start, where the model is wrong, and after a training.
fn nll_is_kl_plus_entropy() -> Vec<Measurement> {
    let mut measured = Vec::new();
    for (what_points, what_nodes, data, steps) in [
        ("identity-start", "identity-start-nodes", Toy::TwoBumps, 0),
        ("identity-line", "identity-line-nodes", Toy::TwoBumps, 200),
        ("identity-plane", "identity-plane-nodes", Toy::EightGaussians, 60),
    ] {
        let mut rng = stream(6, steps as u64);
        let fit = trained(&[("data", Value::Choice(data.id()))], steps, &mut rng);
        let (mut errors, mut nodes) = (f64::NAN, f64::NAN);
        if let (Some(fit), Some(entropy)) = (&fit, data.entropy()) {
            let shift = fit.ground.sample.log_scale();
            let sum = fit.kl + entropy;
            let (nll, error) = by_fresh_points(fit, data, &mut rng);
            errors = (nll + shift - sum).abs() / error;
            nodes = fit.expected().map_or(f64::NAN, |nll| nll + shift - sum);
        }
        measured.push(Measurement {
            what: what_points,
            measured: errors,
            expected: Expected::AtMost(4.0),
        });
        measured.push(Measurement::near(what_nodes, nodes, 0.0, 1e-5));
    }
    measured
}

/// Mean and error of -log p over points that no one has seen, in standardised units.
fn by_fresh_points(fit: &Fit, toy: Toy, rng: &mut Rng) -> (f64, f64) {
    let sample = &fit.ground.sample;
    let d = sample.dimensions;
    let mut points = toy.sample(FRESH, rng);
    for point in points.chunks_exact_mut(d) {
        for (axis, x) in point.iter_mut().enumerate() {
            *x = (*x - sample.centre[axis]) / sample.scale[axis];
        }
    }
    let energies = fit.form.energies(&super::ground::Place::new(&points, d));
    crate::objective::likelihood::held_out(&energies, fit.now.log_z)
}

/// Claim 7: the two phases against central differences by every single parameter, of fourth order
/// in the nudge.
fn two_phases() -> Vec<Measurement> {
    let small = [("width", Value::Integer(8)), ("points", Value::Integer(100))];
    [
        ("gradient-line", "two-bumps", "network"),
        ("gradient-plane", "moons", "network"),
        ("gradient-spring", "two-bumps", "spring"),
    ]
    .into_iter()
    .map(|(what, data, model)| {
        let chosen = [("data", Value::Choice(data)), ("model", Value::Choice(model))];
        let fit = trained(&[&small[..], &chosen].concat(), 20, &mut stream(7, 0));
        let measured = fit.as_ref().map_or(f64::NAN, largest_error);
        Measurement { what, measured, expected: Expected::AtMost(1e-6) }
    })
    .collect()
}

/// Over all parameters: how far the phases' difference is from the slope, as a share of the
/// gradient's largest entry.
fn largest_error(fit: &Fit) -> f64 {
    let gradient: Vec<f64> =
        fit.data_phase.iter().zip(&fit.model_phase).map(|(d, m)| d - m).collect();
    let largest = gradient.iter().fold(0.0, |m: f64, g| m.max(g.abs()));
    let h = 1e-4;
    let worst = gradient.iter().enumerate().fold(0.0, |worst: f64, (i, g)| {
        let at = |by: f64| {
            let mut form: Form = fit.form.clone();
            form.parameters_mut()[i] += by;
            form.objective(&fit.ground, 1.0)
        };
        let slope = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
        // A NaN must not be lost in a maximum.
        let error = (slope - g).abs();
        if error > worst || error.is_nan() { error } else { worst }
    });
    worst / largest
}
