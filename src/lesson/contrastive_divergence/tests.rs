use super::BLUEPRINT;
use crate::lab::param::Value;
use crate::lab::question::Trend;
use crate::lab::view::{Plot, Readout, View};
use crate::lesson::shared::testing::{after, claims_hold, run, trends};

fn find<'a>(view: &'a View, id: &str) -> Option<&'a Readout> {
    view.readouts.iter().find(|r| r.id == id)
}

fn read(view: &View, id: &str) -> f64 {
    find(view, id).map_or(f64::NAN, |r| r.value)
}

#[test]
fn the_model_comes_closer_to_the_truth_by_every_method() {
    for method in ["cd", "pcd", "exact"] {
        let set = [("method", Value::Choice(method)), ("data", Value::Choice("rings"))];
        let (start, end) = (after(&BLUEPRINT, 3, &set, 0), after(&BLUEPRINT, 3, &set, 250));
        let (before, now) = (read(&start, "nll"), read(&end, "nll"));
        let floor = read(&end, "floor");
        assert!(now < before - 0.1, "{method}: {before} to {now}");
        assert!(now > floor - 4.0 * find(&end, "nll").unwrap().error.unwrap(), "{method}: {now}");
        assert_eq!(find(&end, "cosine").is_some(), method != "exact");
        assert_eq!(find(&end, "restarted").is_some(), method == "pcd");
        assert_eq!(read(&end, "updates"), 250.0);
    }
}

#[test]
fn the_exact_gradient_leaves_the_energies_of_data_and_model_equal() {
    let view = after(&BLUEPRINT, 1, &[("method", Value::Choice("exact"))], 300);
    assert!(read(&view, "energy_gap").abs() < 0.5, "{}", read(&view, "energy_gap"));
    assert!(read(&view, "stray_mass") < 0.05);
}

#[test]
fn the_gradient_of_longer_chains_is_closer_to_the_exact_one() {
    let view = after(&BLUEPRINT, 9, &[], 70);
    let Plot::Lines(lines) = &view.figures[1].plot else { panic!("lines") };
    let of = |label: &str| lines.series.iter().find(|s| s.label == label).unwrap();
    let (cosine, ratio) = (of("cosine-sweep"), of("length-ratio"));
    assert!(!cosine.x.is_empty() && cosine.x.len() == ratio.x.len());
    let (first, last) = (ratio.y[0], *ratio.y.last().unwrap());
    assert!(first < 0.6 && last > 1.5 * first, "{:?}", ratio.y);
    assert!(*cosine.y.last().unwrap() > 0.6, "{:?}", cosine.y);
    assert!(cosine.spread.iter().chain(&ratio.spread).all(|e| *e > 0.0 && e.is_finite()));
}

#[test]
fn the_error_of_the_cosine_is_honest() {
    // With hardly any learning every probe asks the same model.
    let mut run =
        run(&BLUEPRINT, 5, &[("learning_rate", Value::Real(1e-5)), ("steps", Value::Integer(3))]);
    let mut found: Vec<(f64, f64)> = Vec::new();
    while found.len() < 60 {
        run.advance().unwrap();
        let view = run.view();
        let r = find(&view, "cosine").unwrap();
        let now = (r.value, r.error.unwrap_or(f64::NAN));
        if now.0.is_finite() && found.last() != Some(&now) {
            found.push(now);
        }
    }
    let n = found.len() as f64;
    let mean = found.iter().map(|f| f.0).sum::<f64>() / n;
    let within = |k: f64| found.iter().filter(|(v, e)| (v - mean).abs() < k * e).count() as f64 / n;
    assert!((0.5..0.85).contains(&within(1.0)), "{}", within(1.0));
    assert!(within(3.0) > 0.93, "{}", within(3.0));
}

#[test]
fn long_chains_take_many_steps_and_say_how_far_they_are() {
    let set = [("steps", Value::Integer(1_000)), ("width", Value::Integer(128))];
    let mut run = run(&BLUEPRINT, 2, &set);
    let mut last = 0.0;
    let mut steps = 0;
    while read(&run.view(), "updates") == 0.0 {
        run.advance().unwrap();
        steps += 1;
        if let Some(progress) = run.view().progress {
            assert_eq!(progress.label, "walking");
            assert!(progress.done > last && progress.done <= 1.0);
            last = progress.done;
        }
    }
    assert!((20..400).contains(&steps), "{steps}");
    assert!(last > 0.9);
    // With a k that the chains have passed, they are done.
    run.advance().unwrap();
    run.edit("steps", Value::Integer(1), false).unwrap();
    run.advance().unwrap();
    assert_eq!(read(&run.view(), "updates"), 2.0);
}

#[test]
fn digits_are_told_from_outliers_and_the_baseline_is_named() {
    let digits = BLUEPRINT.presets.iter().find(|p| p.id == "digits").unwrap();
    let shuffled: Vec<(&'static str, Value)> = digits
        .values
        .iter()
        .copied()
        .chain([("outliers", Value::Choice("shuffled")), ("width", Value::Integer(32))])
        .collect();
    let view = after(&BLUEPRINT, 1, &shuffled, 60);
    assert!(read(&view, "auroc_outliers") > 0.9, "{}", read(&view, "auroc_outliers"));
    assert!(read(&view, "auroc_baseline") > 0.99);
    let held_out = find(&view, "auroc_held_out").unwrap();
    assert!((held_out.value - 0.5).abs() < 4.0 * held_out.error.unwrap(), "{held_out:?}");
    assert!(find(&view, "nll").is_none() && find(&view, "cosine").is_none());
    let Plot::Images(images) = &view.figures[0].plot else { panic!("images") };
    assert_eq!(images.images.len(), 16);
    assert!(images.images.iter().all(|i| i.pixels.iter().all(|p| (0.0..=1.0).contains(p))));
    // No grid, no exact gradient: the chains go on and a remark says so.
    let exact = [("data", Value::Choice("digits")), ("method", Value::Choice("exact"))];
    let view = after(&BLUEPRINT, 1, &exact, 2);
    assert!(view.notes.contains(&"no-grid") && find(&view, "restarted").is_some());
}

#[test]
fn the_simulator_answers_the_questions() {
    let expected = [("longer", Trend::Rises), ("noise-starts", Trend::Rises)];
    assert_eq!(trends(&BLUEPRINT, 1), expected);
}

#[test]
fn the_claims_hold() {
    claims_hold(&BLUEPRINT);
}
