use super::BLUEPRINT;
use crate::lab::param::Value;
use crate::lab::question::Trend;
use crate::lab::view::{Cell, Plot, Role, View};
use crate::lesson::shared::testing::{after, answers, claims_hold, readout, run};
use crate::math::statistics::mean_and_variance;

fn choice(id: &'static str, value: &'static str) -> (&'static str, Value) {
    (id, Value::Choice(value))
}

fn read(view: &View, id: &str) -> f64 {
    readout(view, id).value
}

#[test]
fn without_the_value_a_uniform_noise_loses_only_the_constant() {
    let seen = |value| {
        let set = [
            choice("noise", "uniform"),
            ("value", Value::Switch(value)),
            ("width", Value::Integer(8)),
            ("batch", Value::Integer(32)),
        ];
        after(&BLUEPRINT, 4, &set, 20)
    };
    let (with, without) = (seen(true), seen(false));
    // -log p_n = 64 log(2 (1 + 5 x .2)).
    let constant = 64.0 * 4f64.ln();
    let moved = read(&without, "c") - read(&with, "c");
    assert!((moved - constant).abs() < 1e-2, "{moved}");
    for id in ["loss", "auroc_mirrored", "energy_gap"] {
        let (a, b) = (read(&with, id), read(&without, id));
        assert!((a - b).abs() < 2e-3 * (1.0 + a.abs()), "{id}: {a} against {b}");
    }
    assert!(without.notes.contains(&"rule-only") && !with.notes.contains(&"rule-only"));
}

#[test]
fn the_error_of_the_loss_is_honest() {
    // Hardly any learning: every look sees the same model with fresh pictures.
    let set = [
        ("learning_rate", Value::Real(1e-5)),
        ("width", Value::Integer(4)),
        ("batch", Value::Integer(16)),
        ("ratio", Value::Integer(2)),
        choice("noise", "uniform"),
    ];
    let mut run = run(&BLUEPRINT, 5, &set);
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    for _ in 0..40 {
        (0..10).for_each(|_| run.advance().expect("a step"));
        let view = run.view();
        values.push(read(&view, "loss"));
        errors.push(readout(&view, "loss").error.expect("an error"));
    }
    let spread = mean_and_variance(&values).1.sqrt();
    let said = errors.iter().sum::<f64>() / errors.len() as f64;
    assert!((0.7..1.4).contains(&(spread / said)), "{spread} against {said}");
}

#[test]
fn digits_come_first_once_the_noise_has_been_learned() {
    let set = [
        choice("noise", "independent"),
        choice("foreign", "independent"),
        ("width", Value::Integer(32)),
        ("batch", Value::Integer(64)),
    ];
    let view = after(&BLUEPRINT, 2, &set, 300);
    let Plot::Images(ranked) = &view.figures[0].plot else { panic!("images") };
    assert_eq!(ranked.images.len(), 16);
    let first = ranked.images[..8].iter().filter(|i| i.role == Role::Data).count();
    assert!(first >= 6, "{first}");
    let numbers: Vec<f64> =
        ranked.images.iter().map(|i| i.caption.parse().expect("a number")).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    let Plot::Table(table) = &view.figures[1].plot else { panic!("a table") };
    assert_eq!(table.rows.len(), 6);
    // All ten digits are the data: there are no others.
    assert_eq!(table.rows[5][1], Cell::Text("-".into()));
    // The Gaussian cannot tell its own draws, to the error.
    let Cell::Number { value, error: Some(error) } = table.rows[3][2] else { panic!("a number") };
    assert!((value - 0.5).abs() < 4.0 * error, "{value}");
    let Plot::Images(generated) = &view.figures[2].plot else { panic!("images") };
    assert_eq!(generated.images.len(), 16);
    assert!(generated.images.iter().all(|i| i.pixels.iter().all(|p| (0.0..=1.0).contains(p))));
    assert!(read(&view, "chain_gap").is_finite());
}

#[test]
fn what_cannot_be_had_is_replaced_and_said() {
    let small = [("width", Value::Integer(4)), ("batch", Value::Integer(16))];
    let with = |more: &[(&'static str, Value)]| after(&BLUEPRINT, 1, &[&small, more].concat(), 1);
    let halves = with(&[choice("noise", "others")]);
    assert!(halves.notes.contains(&"halved") && read(&halves, "auroc_others").is_finite());
    let none = with(&[choice("foreign", "others")]);
    assert!(none.notes.contains(&"no-others"));
    assert!(none.readouts.iter().all(|r| r.id != "auroc_others"));
    let threes = with(&[choice("foreign", "others"), choice("digit", "3")]);
    assert!(threes.notes.is_empty(), "{:?}", threes.notes);
}

#[test]
fn the_simulator_answers_the_questions() {
    let trends: Vec<_> = answers(&BLUEPRINT, 1).into_iter().map(|(id, o)| (id, o.trend)).collect();
    assert_eq!(
        trends,
        [
            ("better-noise", Trend::Rises),
            ("nearer-noise", Trend::Falls),
            ("longer-walk", Trend::Falls)
        ]
    );
}

#[test]
fn the_claims_hold() {
    claims_hold(&BLUEPRINT);
}
