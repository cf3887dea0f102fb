//! Tables that are worked with keys: the table of the last lesson and the claims below it.

use super::support::Lab;
use contrastlab::lab::param::Value;
use contrastlab::lesson::LESSONS;
use contrastlab::text::Lang;
use contrastlab::text::interface::Interface;
use contrastlab::ui::app::{Pane, Request};
use crossterm::event::{KeyCode, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

/// The lab on the empty table, the figures in focus.
fn empty() -> Lab {
    let mut lab = Lab::open("compare", 120, 36);
    lab.app.focus = Pane::Parameters;
    lab.press(KeyCode::Right);
    assert_eq!(lab.app.settings.get("row"), Value::Choice("none"));
    lab.press(KeyCode::Tab);
    lab.press(KeyCode::Tab);
    assert_eq!(lab.app.focus, Pane::Figures);
    lab
}

fn arrow(lab: &Lab, words: &str) -> bool {
    lab.rows().iter().any(|row| row.contains(&format!("▸ {words}")))
}

#[test]
fn enter_on_an_empty_row_runs_it_and_on_a_shown_one_opens_its_lesson() {
    let mut lab = empty();
    lab.sees("not run");
    lab.sees("run it");
    assert!(arrow(&lab, "noise density needed"));
    (0..2).for_each(|_| lab.press(KeyCode::Down));
    assert!(arrow(&lab, "parameters added"));
    lab.press(KeyCode::Enter);
    assert_eq!(lab.app.settings.get("row"), Value::Choice("parameters"));
    lab.steps(30);
    // The run stays a list of edits.
    let edits = &lab.app.snapshot.recipe.edits;
    assert_eq!(
        edits.last().map(|e| (e.param, e.value)),
        Some(("row", Value::Choice("parameters")))
    );
    lab.sees("open");
    lab.press(KeyCode::Enter);
    assert_eq!(lab.app.blueprint().id, "classifier-head");
}

#[test]
fn the_claims_scroll_and_one_that_is_measured_leads_to_its_page() {
    let mut lab = empty();
    (0..2).for_each(|_| lab.press(KeyCode::Right));
    lab.sees("1/31");
    lab.sees_not("30 explicit noise");
    (0..40).for_each(|_| lab.press(KeyCode::Down));
    lab.sees("31/31");
    assert!(arrow(&lab, "30 explicit"), "{}", lab.screen());
    (0..27).for_each(|_| lab.press(KeyCode::Up));
    assert!(arrow(&lab, "3 Z normal"), "{}", lab.screen());
    lab.sees("measure");
    lab.press(KeyCode::Enter);
    lab.sees("holds");
    let kept = lab.app.progress.lessons["boltzmann"].claims.clone();
    assert_eq!(kept.get(&3), Some(&true));
    lab.press(KeyCode::Enter);
    assert_eq!((lab.app.blueprint().id, lab.app.focus), ("boltzmann", Pane::Lesson));
    let words = Interface::of(Lang::En).words.claim.replace("{n}", "3");
    lab.sees(&words);
}

#[test]
fn all_claims_are_asked_for_one_at_a_time_and_a_lessons_own_come_first() {
    let mut lab = empty();
    (0..2).for_each(|_| lab.press(KeyCode::Right));
    // Nothing is measured here: what is asked for is counted.
    let event = |code| crossterm::event::KeyEvent::new(code, KeyModifiers::NONE);
    let first = lab.app.key(&event(KeyCode::Enter));
    let [Request::Check(place, number)] = first[..] else { panic!("{first:?}") };
    assert!(LESSONS[place].claims.iter().any(|c| c.number == number));
    assert!(lab.app.key(&event(KeyCode::Enter)).is_empty());
    // Now c: this lesson's own claim goes before what waits.
    assert!(lab.app.key(&event(KeyCode::Char('c'))).is_empty());
    let next = lab.app.measured(place, number, Vec::new());
    let [Request::Check(at, 24)] = next[..] else { panic!("{next:?}") };
    assert_eq!(LESSONS[at].id, "compare");
}

#[test]
fn the_table_is_copied_as_markdown_and_a_curve_is_not() {
    let mut lab = empty();
    lab.press(KeyCode::Char('x'));
    let copied = lab.copied.clone().expect("a table");
    assert!(copied.starts_with("| question"), "{copied}");
    assert_eq!(copied.lines().count(), 9, "{copied}");
    lab.press(KeyCode::Right);
    lab.press(KeyCode::Char('x'));
    lab.sees(&Interface::of(Lang::En).words.no_table[..40]);
}

#[test]
fn the_mouse_selects_a_row_and_a_second_press_follows_it() {
    let mut lab = empty();
    let rows = lab.rows();
    let row = rows.iter().position(|r| r.contains("memory of a batch")).expect("a row") as u16;
    let press = |lab: &mut Lab| {
        let requests = lab.app.mouse(MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: 60,
            row,
            modifiers: KeyModifiers::NONE,
        });
        lab.fulfil(requests);
    };
    press(&mut lab);
    assert!(arrow(&lab, "memory of a batch"), "{}", lab.screen());
    assert_eq!(lab.app.settings.get("row"), Value::Choice("none"));
    press(&mut lab);
    assert_eq!(lab.app.settings.get("row"), Value::Choice("memory"));
}

#[test]
fn the_table_and_the_claims_are_whole_at_the_standard_sizes() {
    for (width, height) in [(80, 24), (120, 40), (120, 36)] {
        for lang in Lang::ALL {
            let mut lab = Lab::open("compare", width, height);
            lab.app.lang = lang;
            lab.steps(60);
            let words: Vec<String> = ["measured-as", "row-batch", "unit-noise", "unit-parameters"]
                .map(|id| lab.app.text().label(id).to_owned())
                .into();
            // The first two rows are measured by now, with their error bars.
            words.iter().for_each(|words| lab.sees(words));
            lab.sees("±");
            // The claims, some lines below the table or, on a low screen, in its stead.
            while lab.app.focus != Pane::Figures {
                lab.press(KeyCode::Tab);
            }
            (0..2).for_each(|_| lab.press(KeyCode::Right));
            for id in ["claim-1", "claim-2", "claim-4", "claim-5", "all-claims"] {
                let words = lab.app.text().label(id).to_owned();
                lab.sees(&words);
            }
        }
    }
}
