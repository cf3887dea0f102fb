//! The lesson as a learner and a script meet it, and the numbers it judges by.

use super::BLUEPRINT;
use super::claims::{Case, USUAL, trained};
use super::judge::Judgement;
use super::problem::{Points, Problem};
use super::sweep::Quartet;
use super::variant::{Buffers, Variant};
use crate::lab::blueprint::Source;
use crate::lab::param::Value;
use crate::lab::question::Trend;
use crate::lab::run::Run;
use crate::lab::view::{Plot, Series, View};
use crate::lesson::shared::testing::{Set, after, answers, claims_hold, readout, run};
use crate::math::logistic::softplus;
use crate::math::rng::stream;
use crate::math::statistics::mean_and_variance;

fn problem(seed: u64, set: Set<'_>) -> Problem {
    let mut settings = BLUEPRINT.defaults();
    set.iter().for_each(|(id, value)| settings.set(id, *value));
    Problem::new(&settings, &Source::Shipped, &mut stream(seed, 0)).unwrap()
}

/// Four fits after so many updates.
fn fitted(problem: &Problem, updates: usize) -> Quartet {
    let rng = &mut stream(5, 0);
    let mut settings = BLUEPRINT.defaults();
    settings.set("width", Value::Integer(12));
    settings.set("head_width", Value::Integer(6));
    let mut quartet = Quartet::new(&settings, problem, problem.train(200), rng);
    let mut work: [Buffers; 4] = Default::default();
    for _ in 0..updates {
        let batch = problem.batch(&quartet.train, rng);
        for (fit, work) in quartet.fits.iter_mut().zip(&mut work) {
            assert!(fit.update(&batch, 0.01, work));
        }
    }
    quartet
}

#[test]
fn the_best_classifier_is_what_a_simulation_of_it_says() {
    for (data, nu) in [("two-bumps", 0.5), ("skewed", 3.0), ("eight-gaussians", 1.0)] {
        let problem = problem(3, &[("data", Value::Choice(data)), ("nu", Value::Real(nu))]);
        let best = problem.best.as_ref().unwrap();
        let toy = problem.sample.toy.unwrap();
        let shift = problem.sample.log_scale();
        // The tail of the skewed set beyond the box is missing.
        assert!((best.entropy + shift - toy.entropy().unwrap()).abs() < 0.01, "{data}");
        let rng = &mut stream(3, 1);
        let n = 20_000;
        let logits = |points: &Points| -> Vec<f64> {
            let d = problem.sample.dimensions;
            points
                .x
                .chunks_exact(d)
                .zip(&points.offset)
                .map(|(x, offset)| {
                    let own: Vec<f64> =
                        x.iter().enumerate().map(|(k, x)| problem.sample.own(k, *x)).collect();
                    toy.log_density(&own).unwrap() + shift + offset
                })
                .collect()
        };
        let at_data = logits(&problem.another(n, rng));
        let noise = problem.noise.sample(n, rng);
        let at_noise = logits(&Points::new(noise, &problem.noise, nu));
        let near = |what: &str, values: Vec<f64>, exact: f64| {
            let (mean, variance) = mean_and_variance(&values);
            let error = (variance / n as f64).sqrt();
            // Two thousandths for the nodes along a jump in the plane.
            let off = (mean - exact).abs();
            assert!(off < 4.0 * error + 2e-3, "{data} {what}: {mean} {exact} {error}");
        };
        let told = |right: bool| f64::from(u8::from(right));
        near("data", at_data.iter().map(|g| softplus(-g)).collect(), best.data_loss);
        near("noise", at_noise.iter().map(|g| softplus(*g)).collect(), best.noise_loss);
        near("hits", at_data.iter().map(|g| told(*g > 0.0)).collect(), best.data_told);
        near("rejections", at_noise.iter().map(|g| told(*g <= 0.0)).collect(), best.noise_told);
    }
}

#[test]
fn error_bars_of_the_judging_noise_are_honest() {
    let mut problem = problem(4, &[("nu", Value::Real(2.0))]);
    let quartet = fitted(&problem, 60);
    let mut values = [Vec::new(), Vec::new()];
    let mut errors = [0.0; 2];
    let repeats = 120;
    for repeat in 0..repeats {
        problem.judge_by_other_noise(&mut stream(4, 100 + repeat));
        let look = Judgement::new(&quartet.fits[0], &problem, &quartet.train);
        for (k, mean) in [look.loss, look.accuracy].into_iter().enumerate() {
            values[k].push(mean.value);
            errors[k] += mean.error / repeats as f64;
        }
        // The other parts are integrals.
        assert!(look.nll_energy.error == 0.0 && look.gap.error == 0.0);
    }
    for k in 0..2 {
        let (mean, variance) = mean_and_variance(&values[k]);
        // A deviation of 120 values is known to 6.5 per cent.
        let ratio = variance.sqrt() / errors[k];
        assert!((ratio - 1.0).abs() < 0.2, "{k}: {ratio}");
        let within = values[k].iter().filter(|v| (*v - mean).abs() < errors[k]).count();
        assert!((0.55..0.81).contains(&(within as f64 / repeats as f64)), "{k}: {within}");
    }
    let best = problem.best.as_ref().unwrap();
    let (loss, _) = mean_and_variance(&values[0]);
    assert!(loss > best.loss(2.0) && loss < best.loss(2.0) + 0.3, "{loss}");
}

#[test]
fn the_fixed_form_has_one_density_and_the_others_two() {
    let problem = problem(6, &[]);
    let quartet = fitted(&problem, 300);
    for (fit, variant) in quartet.fits.iter().zip(Variant::ALL) {
        let look = Judgement::new(fit, &problem, &quartet.train);
        let apart = look
            .log_energy
            .iter()
            .zip(&look.log_implied)
            .fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()));
        assert_eq!(apart < 1e-9, variant == Variant::Fixed, "{variant:?}: {apart}");
        assert!((look.mass - 1.0).abs() < 0.3, "{variant:?}: {}", look.mass);
        let extra = fit.parameters() - fit.energy.parameters().len();
        // h: 6 weights and 6 biases, 36 and 6, 6.
        assert_eq!(extra, [1, 2, 62, 62][variant as usize]);
    }
}

#[test]
fn the_energy_of_the_fixed_form_is_the_only_one_that_is_calibrated() {
    let look = |variant, case| trained(variant, case, 9).unwrap();
    let fixed = look(Variant::Fixed, USUAL);
    assert!(fixed.excess() < 0.03 && (fixed.slope() - 1.0).abs() < 0.2, "{}", fixed.excess());
    let near = Case { noise: 1.0, ..USUAL };
    let (plain, free) = (look(Variant::Fixed, near), look(Variant::Logistic, near));
    // The classifiers are alike, the energies are not.
    assert!((plain.excess_loss() - free.excess_loss()).abs() < 0.025);
    assert!(free.excess() > plain.excess() + 0.05, "{} {}", free.excess(), plain.excess());
}

fn points<'a>(view: &'a View, label: &str) -> &'a Series {
    let figure = view.figures.iter().find(|f| f.id == "sizes").unwrap();
    let Plot::Lines(lines) = &figure.plot else { panic!("lines") };
    lines.series.iter().find(|s| s.label == label).unwrap()
}

#[test]
fn the_sweep_fills_size_by_size_and_more_data_are_better() {
    let mut run = run(&BLUEPRINT, 2, &[("width", Value::Integer(8)), HEAD[0], HEAD[1]]);
    assert!(points(&run.view(), "fixed").x.is_empty());
    // Fifty steps a training set at sixteen updates a step.
    for sets in 1..=5 {
        for _ in 0..50 {
            run.advance().unwrap();
        }
        let view = run.view();
        assert_eq!(points(&view, "fixed").x.len(), usize::min(sets, 4));
        let done = view.progress.unwrap().done;
        assert!((done - sets as f64 / 24.0).abs() < 1e-9, "{done}");
    }
    let view = run.view();
    let fixed = points(&view, "fixed");
    assert!(fixed.y[0] > fixed.y[3] + 0.02, "{:?}", fixed.y);
    assert!(fixed.spread[0] > 0.0 && fixed.spread[3] == 0.0);
    // Another rate makes them begin again; switched off they rest.
    run.edit("learning_rate", Value::Real(0.01), false).unwrap();
    assert!(points(&run.view(), "fixed").x.is_empty());
    run.edit("sweep", Value::Switch(false), false).unwrap();
    run.advance().unwrap();
    assert!(run.view().progress.is_none());
}

const HEAD: [(&str, Value); 2] =
    [("head_layers", Value::Integer(1)), ("head_width", Value::Integer(4))];

#[test]
fn what_is_shown_changes_no_number_and_a_replay_is_the_same() {
    let set = [("width", Value::Integer(8)), ("data", Value::Choice("moons")), HEAD[0], HEAD[1]];
    let mut one = run(&BLUEPRINT, 7, &set);
    for _ in 0..20 {
        one.advance().unwrap();
    }
    let before = one.view();
    one.edit("show", Value::Choice("implied"), false).unwrap();
    one.edit("field", Value::Choice("head"), false).unwrap();
    let view = one.view();
    assert_eq!(format!("{:?}", before.readouts), format!("{:?}", view.readouts));
    assert_ne!(before.figures[0], view.figures[0]);
    for _ in 0..10 {
        one.advance().unwrap();
    }
    let mut again = Run::replay(&BLUEPRINT, Source::Shipped, one.recipe().clone()).unwrap();
    while again.step() < one.step() {
        again.advance().unwrap();
    }
    assert_eq!(format!("{:?}", one.view()), format!("{:?}", again.view()));
}

#[test]
fn data_as_they_come_have_error_bars_and_no_slope() {
    let view = after(&BLUEPRINT, 1, &[("data", Value::Choice("geyser-waiting")), HEAD[0]], 8);
    assert!(readout(&view, "nll_fixed").error.is_some_and(|e| e > 0.0));
    assert!(readout(&view, "nll_fixed").exact.is_none());
    assert!(view.readouts.iter().all(|r| r.id != "slope_fixed"));
    assert!(view.notes.is_empty(), "{:?}", view.notes);
    let narrow = after(&BLUEPRINT, 1, &[("noise", Value::Real(0.5))], 0);
    assert!(narrow.notes.contains(&"noise-too-narrow"));
    let all = after(
        &BLUEPRINT,
        1,
        &[("data", Value::Choice("geyser-2d")), ("points", Value::Integer(1_000))],
        0,
    );
    assert!(all.notes.contains(&"fewer-points"));
}

#[test]
fn the_simulator_answers_the_questions() {
    let trends: Vec<_> =
        answers(&BLUEPRINT, 7).into_iter().map(|(id, outcome)| (id, outcome.trend)).collect();
    assert_eq!(
        trends,
        [
            ("fewer-data", Trend::Rises),
            ("wider-noise", Trend::Falls),
            ("larger-head", Trend::Rises)
        ]
    );
}

#[test]
fn the_claims_hold() {
    claims_hold(&BLUEPRINT);
}
