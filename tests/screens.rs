//! The whole lab, driven by keys on a test backend: the frame, its ways and its looks. Rooms beside it
//! hold what is edited, what is learned and the tables.

#[path = "support/lab.rs"]
mod support;

#[path = "screens/editing.rs"]
mod editing;

#[path = "screens/learning.rs"]
mod learning;

#[path = "screens/tables.rs"]
mod tables;

#[path = "support/lessons.rs"]
mod taught;

use contrastlab::lab::worker::Status;
use contrastlab::text::Lang;
use contrastlab::text::interface::Interface;
use contrastlab::ui::app::Pane;
use contrastlab::ui::keymap::KEYS;
use contrastlab::ui::theme::Theme;
use crossterm::event::{KeyCode, KeyModifiers};
use ratatui::layout::Size;
use ratatui::style::Color;
use support::Lab;
use taught::lessons;

fn select(lab: &mut Lab, param: &str) {
    lab.app.focus = Pane::Parameters;
    lab.app.selected =
        lab.app.blueprint().params.iter().position(|p| p.id == param).expect("a parameter");
}

#[test]
fn the_language_changes_at_once_and_everywhere() {
    for (_, lesson) in lessons() {
        let mut lab = Lab::open(lesson.id, 140, 50);
        lab.steps(5);
        lab.keys("L");
        assert_eq!(lab.app.lang, Lang::Ko);
        let text = lab.app.text();
        lab.sees(&text.front.title);
        for spec in lesson.params {
            lab.sees(&text.front.params[spec.id].name);
        }
        for figure in lab.app.figures() {
            lab.sees(&text.front.labels[figure]);
        }
        lab.sees(&Interface::of(Lang::Ko).words.readouts);
        lab.sees_not(&Interface::of(Lang::En).words.readouts);
        lab.keys("ㅣ");
        lab.sees(&Interface::of(Lang::Ko).words.lessons);
    }
}

#[test]
fn a_lesson_can_have_the_whole_screen() {
    let mut lab = Lab::open("boltzmann", 120, 36);
    lab.app.focus = Pane::Lesson;
    lab.keys("f");
    let at = lab.app.arrangement();
    assert!(at.figures.is_empty() && at.parameters.is_none());
    assert_eq!(at.lesson.map(|r| r.width), Some(120));
    lab.press(KeyCode::Right);
    assert_eq!((lab.app.page, lab.app.enlarged), (1, true), "pages turn as before");
    lab.press(KeyCode::Esc);
    assert!(!lab.app.enlarged && lab.app.arrangement().parameters.is_some());
}

#[test]
fn everything_can_be_reached_by_arrows_and_enter_from_the_menu() {
    let moves = ["up", "down", "left", "right", "much-smaller", "much-larger", "enter", "back"];
    let direct = ["palette", "next-pane", "previous-pane"];
    let mut lab = Lab::open("boltzmann", 100, 30);
    lab.press(KeyCode::Esc);
    assert!(!lab.quit, "Esc never quits");
    let mut seen = String::new();
    for _ in 0..80 {
        seen.push_str(&lab.screen());
        lab.press(KeyCode::Down);
    }
    let words = Interface::of(Lang::En);
    for binding in KEYS {
        if moves.contains(&binding.id)
            || direct.contains(&binding.id)
            || binding.id.starts_with("answer")
        {
            continue;
        }
        assert!(seen.contains(words.action(binding.id)), "{} is not in the menu", binding.id);
    }
    lab.press(KeyCode::Esc);
    assert!(lab.app.overlay.is_none());
    // Quit, by arrows alone.
    lab.press(KeyCode::Esc);
    for _ in 0..80 {
        let row = lab.rows().into_iter().find(|r| r.contains("▸ ") && r.contains("quit"));
        if row.is_some() {
            break;
        }
        lab.press(KeyCode::Down);
    }
    lab.press(KeyCode::Enter);
    assert!(lab.quit);
}

#[test]
fn the_help_lists_every_key_of_the_table() {
    let mut lab = Lab::open("boltzmann", 120, 40);
    lab.keys("?");
    for binding in KEYS {
        lab.sees(Interface::of(Lang::En).action(binding.id));
    }
    lab.press(KeyCode::Esc);
    assert!(lab.app.overlay.is_none());
    // On a low screen it scrolls to its end.
    lab.app.size = Size::new(60, 12);
    lab.keys("?");
    for _ in 0..60 {
        lab.press(KeyCode::Down);
    }
    lab.sees(Interface::of(Lang::En).action("quit"));
}

#[test]
fn q_quits_only_at_the_top() {
    let mut lab = Lab::open("boltzmann", 100, 30);
    lab.keys("?q");
    assert!(!lab.quit && lab.app.overlay.is_none());
    lab.keys("q");
    assert!(lab.quit);
    let mut lab = Lab::open("boltzmann", 100, 30);
    lab.keys(":");
    lab.press_with(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert!(lab.quit, "Ctrl-C quits from anywhere");
}

#[test]
fn no_size_and_no_overlay_breaks_the_screen() {
    let sizes = [0, 1, 2, 3, 5, 8, 13, 20, 30, 40, 57, 80, 99, 100, 120, 200];
    for (_, lesson) in lessons() {
        let mut lab = Lab::open(lesson.id, 80, 24);
        lab.steps(3);
        for lang in Lang::ALL {
            lab.app.lang = lang;
            for key in [None, Some('?'), Some(':'), Some('l'), Some('p'), Some('g'), Some('f')] {
                if let Some(key) = key {
                    lab.keys(&key.to_string());
                }
                for focus in [Pane::Parameters, Pane::Lesson, Pane::Figures, Pane::Readouts] {
                    lab.app.focus = focus;
                    for width in sizes {
                        for height in [0, 1, 2, 3, 4, 6, 9, 12, 15, 23, 24, 36, 60] {
                            lab.app.size = Size::new(width, height);
                            lab.draw();
                        }
                    }
                }
                lab.press(KeyCode::Esc);
                lab.app.overlay = None;
            }
        }
    }
}

/// What a learner must find at a glance, at both sizes, in both languages and every look.
#[test]
fn the_two_standard_sizes_show_what_matters() {
    for (_, lesson) in lessons() {
        for (width, height) in [(80, 24), (120, 40)] {
            for lang in Lang::ALL {
                for look in Theme::NAMES {
                    let mut lab = Lab::open(lesson.id, width, height);
                    lab.app.lang = lang;
                    lab.app.dress(look);
                    lab.steps(30);
                    let words = &Interface::of(lang).words;
                    let screen = lab.screen();
                    lab.sees("contrastlab");
                    lab.sees(&lab.app.text().front.title);
                    lab.sees(&words.parameters);
                    lab.sees(&words.readouts);
                    assert!(screen.contains("30"), "the step");
                    if look == "plain" && lang == Lang::En {
                        let strange = screen.chars().find(|c| !c.is_ascii());
                        assert!(strange.is_none(), "{strange:?} in ASCII on\n{screen}");
                    }
                    for row in screen.lines() {
                        use unicode_width::UnicodeWidthStr as _;
                        assert!(row.width() <= usize::from(width), "{row:?} is too wide");
                    }
                }
            }
        }
    }
}

/// Colour carries meaning, and so it must be absent where there is none and stand on a ground of
/// its own where there is.
#[test]
fn looks_keep_their_word() {
    for (_, lesson) in lessons() {
        let mut lab = Lab::open(lesson.id, 120, 40);
        lab.steps(20);
        for look in ["mono", "plain"] {
            lab.app.dress(look);
            let (buffer, _) = lab.draw();
            for cell in buffer.content() {
                assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{look}: {cell:?}");
            }
            // The selected row still stands out.
            let area = lab.app.arrangement().parameters.expect("on the screen");
            let row = buffer.cell((area.x + 6, area.y + 1)).expect("on the screen");
            assert!(!row.modifier.is_empty(), "{look}: the selected row looks like the others");
        }
        for look in ["dark", "light"] {
            lab.app.dress(look);
            let (buffer, _) = lab.draw();
            let cells = buffer.content();
            for (i, cell) in cells.iter().enumerate() {
                // The cell behind a wide glyph is never written to a terminal.
                if i > 0 && !cells[i - 1].symbol().is_ascii() && cell.symbol() == " " {
                    continue;
                }
                assert_ne!(cell.bg, Color::Reset, "{look}: the terminal's own ground: {cell:?}");
                assert!(cell.fg != cell.bg || cell.symbol() == " ", "{look}: {cell:?}");
            }
        }
    }
}

#[test]
fn what_is_shown_ends_where_it_was_measured_and_says_so() {
    use contrastlab::ui::app::{Asked, PACES, Request};
    let mut lab = Lab::open("likelihood", 120, 50);
    while lab.app.open_question().is_none() {
        lab.press(KeyCode::PageDown);
    }
    let id = lab.app.open_question().expect("a question");
    let mut requests = lab.app.key(&KeyCode::Char('1').into());
    if requests.is_empty() {
        requests = lab.app.key(&KeyCode::Char('1').into());
    }
    lab.fulfil(requests);
    let question = lab.app.blueprint().questions.iter().find(|q| q.id == id).expect("it");
    let other = lab.app.blueprint().questions.iter().find(|q| q.id != id).expect("another");
    // The answer to another one, on another page, arrives late: it changes nothing here.
    let outcome = lab.app.asked[id].outcome.clone();
    let late = Asked { said: lab.app.asked[id].said, outcome, seed: 7, turn: 0 };
    lab.app.asked.get_mut(id).expect("asked").turn = 1;
    lab.app.asked.insert(other.id, late);
    lab.app.pace = PACES.len() - 1;
    let Some(Ok(found)) = lab.app.asked[id].outcome.clone() else { panic!("judged") };
    for (here, there) in [(&found.after, &found.before), (&found.before, &found.after)] {
        lab.keys("s");
        assert_eq!(lab.app.snapshot.step, question.steps);
        assert_eq!(lab.app.snapshot.status, Status::Paused);
        let readouts = &lab.app.snapshot.view.readouts;
        let shown = readouts.iter().find(|r| r.id == question.readout).expect("it");
        assert_eq!(shown.value, here.value);
        let value = |r: &contrastlab::lab::view::Readout| {
            contrastlab::ui::number::with_error(r.value, r.error, &lab.app.theme)
        };
        let said = lab.app.message.clone().expect("a word at the end");
        assert!(said.contains(&value(here)) && said.contains(&value(there)), "{said}");
    }
    // Gone on from there, nothing is said of it any more.
    let requests = lab.app.key(&KeyCode::Char(' ').into());
    assert!(matches!(requests[..], [Request::Tell(_)]));
    assert!(lab.app.message.is_none());
}

#[test]
fn long_work_shows_how_far_it_is_in_a_border_and_nothing_moves() {
    use contrastlab::lab::view::Progress;
    let mut lab = Lab::open("boltzmann", 120, 36);
    lab.steps(3);
    let before = lab.rows();
    let mut snapshot = (*lab.app.snapshot).clone();
    snapshot.view.progress = Some(Progress { label: "relaxation", done: 0.425 });
    lab.app.receive(std::sync::Arc::new(snapshot));
    for look in Theme::NAMES {
        lab.app.dress(look);
        assert!(!lab.app.text().pages.is_empty(), "{look} has the lesson's pages");
        lab.sees("The energy settles");
        lab.sees(" 42% ");
    }
    lab.app.dress("dark");
    let changed = before.iter().zip(lab.rows()).filter(|(a, b)| **a != *b).count();
    assert_eq!(changed, 1, "only the border shows it");
}

/// What a terminal would show: the cell behind a wide glyph is never written.
#[test]
fn an_overlay_leaves_no_hole_beside_its_border() {
    use unicode_width::UnicodeWidthStr as _;
    for width in 60..=100 {
        let mut lab = Lab::open("boltzmann", width, 30);
        lab.app.lang = Lang::Ko;
        lab.app.focus = Pane::Lesson;
        for key in ["?", "l", "p", "g", ":"] {
            lab.keys(key);
            let (buffer, _) = lab.draw();
            for y in 0..30 {
                let mut x = 0;
                while x < width {
                    let cell = buffer.cell((x, y)).expect("on the screen");
                    assert_ne!(cell.bg, Color::Reset, "{key} at ({x}, {y}) of {width}");
                    x += (cell.symbol().width() as u16).max(1);
                }
                assert_eq!(x, width, "{key}: a wide glyph is cut at the edge");
            }
            // Every border of the overlay is written.
            let written: Vec<String> = lab.rows();
            let whole: Vec<String> = (0..30)
                .map(|y| (0..width).map(|x| buffer.cell((x, y)).unwrap().symbol()).collect())
                .collect();
            for (shown, whole) in written.iter().zip(&whole) {
                let borders = |row: &str| row.matches(['│', '╭', '╮', '╰', '╯']).count();
                assert_eq!(borders(shown), borders(whole), "{key} at {width}: {shown}");
            }
            lab.press(KeyCode::Esc);
            lab.app.overlay = None;
        }
    }
}
