//! Parameters edited in place, by keys, by hand and from the palette.

use super::select;
use super::support::Lab;
use contrastlab::lab::param::Value;
use contrastlab::lab::worker::Status;
use contrastlab::ui::app::Pane;
use crossterm::event::{KeyCode, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
#[test]
fn an_arrow_changes_the_value_in_place_and_in_the_run() {
    let mut lab = Lab::open("boltzmann", 120, 36);
    lab.steps(20);
    select(&mut lab, "temperature");
    let before = lab.app.settings.real("temperature");
    lab.press(KeyCode::Right);
    let after = lab.app.snapshot.settings.real("temperature");
    assert!(after > before);
    lab.sees(&after.to_string());
    assert_eq!(lab.app.snapshot.step, 20, "a live change goes on from where it is");
    lab.press(KeyCode::Backspace);
    assert_eq!(lab.app.snapshot.settings.real("temperature"), before);
    lab.keys("u");
    assert_eq!(lab.app.snapshot.settings.real("temperature"), after);
}

#[test]
fn a_typed_value_is_checked_where_it_is_typed() {
    let mut lab = Lab::open("boltzmann", 120, 36);
    select(&mut lab, "temperature");
    lab.press(KeyCode::Enter);
    lab.press_with(KeyCode::Char('u'), KeyModifiers::CONTROL);
    lab.keys("1e9x");
    let (buffer, cursor) = lab.draw();
    let cursor = cursor.expect("the caret is shown");
    // The four characters stand right before the caret.
    let typed: String = (1..=4)
        .rev()
        .map(|back| buffer.cell((cursor.x - back, cursor.y)).unwrap().symbol())
        .collect();
    assert_eq!(typed, "1e9x");
    lab.press(KeyCode::Enter);
    lab.sees("'1e9x' is not a number");
    lab.press(KeyCode::Backspace);
    lab.press(KeyCode::Enter);
    lab.sees("is outside");
    lab.press_with(KeyCode::Char('u'), KeyModifiers::CONTROL);
    lab.keys("2.5");
    lab.press(KeyCode::Enter);
    assert_eq!(lab.app.snapshot.settings.real("temperature"), 2.5);
    assert!(lab.app.editor.is_none());
    lab.press(KeyCode::Enter);
    lab.keys("9");
    lab.press(KeyCode::Esc);
    assert_eq!(lab.app.snapshot.settings.real("temperature"), 2.5, "Esc leaves it as it was");
}

#[test]
fn the_palette_finds_a_parameter_in_either_language() {
    for typed in ["temperature", "온도"] {
        let mut lab = Lab::open("boltzmann", 100, 30);
        lab.app.focus = Pane::Lesson;
        lab.keys(":");
        lab.keys(typed);
        lab.press(KeyCode::Enter);
        assert_eq!(lab.app.focus, Pane::Parameters);
        assert_eq!(lab.app.param().map(|p| p.id), Some("temperature"));
    }
}

#[test]
fn the_palette_finds_what_another_lesson_has_and_goes_there() {
    let mut lab = Lab::open("energy", 120, 36);
    lab.keys(":");
    lab.keys("temperature");
    lab.press(KeyCode::Enter);
    assert_eq!(lab.app.blueprint().id, "boltzmann");
    assert_eq!(lab.app.param().map(|p| p.id), Some("temperature"));
    assert_eq!(lab.app.focus, Pane::Parameters);
}

#[test]
fn over_an_enlarged_figure_the_arrows_turn_no_hidden_knob() {
    let mut lab = Lab::open("boltzmann", 120, 36);
    select(&mut lab, "temperature");
    lab.keys("f");
    lab.press(KeyCode::Right);
    assert_eq!((lab.app.figure, lab.app.settings.real("temperature")), (1, 1.0));
    lab.press(KeyCode::Esc);
    assert!(!lab.app.enlarged);
    lab.press(KeyCode::Right);
    assert_ne!(lab.app.settings.real("temperature"), 1.0);
}

#[test]
fn the_copied_command_makes_the_same_run() {
    let mut lab = Lab::open("boltzmann", 100, 30);
    lab.steps(30);
    select(&mut lab, "temperature");
    lab.press(KeyCode::Right);
    lab.steps(30);
    lab.keys("y");
    let line = lab.copied.clone().expect("a command");
    let value = lab.app.settings.get("temperature");
    let expected =
        format!("contrastlab run boltzmann --seed 7 --set temperature={value}@30 --steps 60");
    assert_eq!(line, expected);
}

#[test]
fn a_run_that_diverges_says_so_and_comes_back() {
    let mut lab = Lab::open("boltzmann", 120, 36);
    lab.steps(10);
    let far = [
        ("sampler", Value::Choice("langevin")),
        ("step_size", lab.app.blueprint().param("step_size").map(largest).unwrap()),
    ];
    for (param, value) in far {
        let sent =
            lab.worker.tell(contrastlab::lab::worker::Command::Edit { param, value, merge: false });
        lab.app.told(sent);
    }
    lab.settle();
    lab.steps(500);
    assert!(
        matches!(lab.app.snapshot.status, Status::Diverged(..)),
        "{:?}",
        lab.app.snapshot.status
    );
    lab.sees("Diverged at step");
    lab.keys("u");
    assert_eq!(lab.app.snapshot.status, Status::Paused);
    lab.steps(10);
    assert_eq!(lab.app.snapshot.status, Status::Paused);
}

fn largest(spec: &contrastlab::lab::param::ParamSpec) -> Value {
    match spec.kind {
        contrastlab::lab::param::Kind::Real { max, .. } => Value::Real(max),
        _ => unreachable!(),
    }
}

#[test]
fn the_mouse_selects_what_is_under_it() {
    let mut lab = Lab::open("boltzmann", 120, 36);
    let area = lab.app.arrangement().parameters.unwrap();
    let click = |x, y| MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: x,
        row: y,
        modifiers: KeyModifiers::NONE,
    };
    let requests = lab.app.mouse(click(area.x + 4, area.y + 3));
    lab.fulfil(requests);
    assert_eq!((lab.app.focus, lab.app.selected), (Pane::Parameters, 2));
    let (_, figure) = lab.app.arrangement().figures[1];
    for _ in 0..2 {
        let requests = lab.app.mouse(click(figure.x + 4, figure.y + 3));
        lab.fulfil(requests);
    }
    assert!(lab.app.enlarged && lab.app.figure == 1, "a second click enlarges");
}
