//! The whole lab, driven by keys on a test backend.

#[path = "support/lab.rs"]
mod support;

#[path = "screens/tables.rs"]
mod tables;

#[path = "support/lessons.rs"]
mod taught;

use contrastlab::lab::param::Value;
use contrastlab::lab::worker::Status;
use contrastlab::lesson::LESSONS;
use contrastlab::text::Lang;
use contrastlab::text::interface::Interface;
use contrastlab::ui::app::{OwnData, Pane};
use contrastlab::ui::keymap::KEYS;
use contrastlab::ui::theme::Theme;
use crossterm::event::{KeyCode, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Size;
use ratatui::style::Color;
use support::{Lab, place};
use taught::lessons;

fn select(lab: &mut Lab, param: &str) {
    lab.app.focus = Pane::Parameters;
    lab.app.selected =
        lab.app.blueprint().params.iter().position(|p| p.id == param).expect("a parameter");
}

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
fn a_prediction_is_judged_by_the_simulator() {
    for (_, lesson) in lessons() {
        assert!(!lesson.questions.is_empty(), "{} has no prediction", lesson.id);
        let mut lab = Lab::open(lesson.id, 120, 50);
        let mut judged = 0;
        for _ in 0..lab.app.text().pages.len() {
            while let Some(question) = lab.app.open_question() {
                // The first press brings one that is out of sight onto the screen.
                lab.keys("1");
                if !lab.app.asked.contains_key(question) {
                    lab.keys("1");
                }
                let asked = &lab.app.asked[question];
                let outcome = asked.outcome.as_ref().expect("an outcome");
                let outcome = outcome.as_ref().expect("it runs");
                assert!(outcome.before.value.is_finite() && outcome.after.value.is_finite());
                judged += 1;
            }
            lab.press(KeyCode::PageDown);
        }
        assert_eq!(judged, lesson.questions.len(), "{}: every prediction is on a page", lesson.id);
    }
}

#[test]
fn the_claims_are_measured_on_a_key_and_hold() {
    for (_, lesson) in lessons() {
        let mut lab = Lab::open(lesson.id, 120, 60);
        lab.keys("c");
        for claim in lesson.claims {
            let measured = lab.app.checked[&claim.number].as_ref().expect("measured");
            assert!(!measured.is_empty());
            for m in measured {
                assert!(m.holds(), "{} claim {}: {m:?}", lesson.id, claim.number);
            }
        }
        assert!(lab.app.current_page().is_some());
    }
}

#[test]
fn lessons_follow_one_another_and_end_with_a_word() {
    let mut lab = Lab::open(LESSONS[0].id, 100, 30);
    lab.keys("[");
    lab.sees(&Interface::of(Lang::En).words.first_lesson);
    for lesson in &LESSONS[1..] {
        lab.keys("]");
        assert_eq!(lab.app.blueprint().id, lesson.id);
    }
    lab.keys("]");
    lab.sees(&Interface::of(Lang::En).words.last_lesson);
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

#[test]
fn the_lessons_stand_in_the_order_they_are_taught() {
    let numbers: Vec<(u8, u8)> = LESSONS.iter().map(|l| l.number).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    assert_eq!(place("energy"), 0);
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
fn a_table_of_ones_own_goes_by_its_own_names() {
    use contrastlab::data::table::Table;
    use contrastlab::lab::blueprint::Source;
    use contrastlab::lab::run::Run;
    use contrastlab::lab::worker::Worker;
    let mut lab = Lab::open("energy", 120, 40);
    let column = |a: f64| (0..60).map(|i| a * f64::from(i % 17) + f64::from(i % 5)).collect();
    let table = Table {
        name: "plants.csv".to_owned(),
        names: vec!["petal".to_owned(), "sepal".to_owned()],
        columns: vec![column(1.0), column(-0.5)],
        ..Table::default()
    };
    let blueprint = LESSONS[0];
    let source = Source::Table(table.into());
    let run = Run::new(blueprint, source.clone(), 7, blueprint.defaults());
    lab.worker = Worker::start(run.expect("a run"), f64::INFINITY, true, || {});
    lab.app.own_data =
        Some(OwnData { source, flags: "--data plants.csv --columns petal,sepal".to_owned() });
    lab.app.opened(0, lab.worker.newest());
    lab.steps(3);
    for words in ["plants.csv", "petal", "sepal"] {
        lab.sees(words);
    }
    // The knob it takes the place of does nothing and says why.
    select(&mut lab, "data");
    lab.press(KeyCode::Right);
    assert_eq!(lab.app.snapshot.step, 3);
    lab.sees("The data are yours here: plants.csv (petal, sepal)");
    lab.keys("y");
    let line = lab.copied.clone().expect("a command");
    assert!(line.contains("run energy --seed 7 --data plants.csv --columns petal,sepal"), "{line}");
}

#[test]
fn the_glossary_shows_the_terms_of_the_page_in_both_languages_and_leads_to_them() {
    for size in [(80, 24), (120, 40)] {
        let mut lab = Lab::open("boltzmann", size.0, size.1);
        lab.app.focus = Pane::Lesson;
        lab.press(KeyCode::PageDown);
        lab.keys("g");
        lab.sees("partition function");
        lab.sees("분배함수");
        // The page speaks of Z first: the arrows walk on through its terms.
        let mut seen = lab.screen();
        for _ in 0..3 {
            lab.press(KeyCode::Down);
            seen.push_str(&lab.screen());
        }
        assert!(seen.contains("자유 에너지"), "{seen}");
        // Typing searches all of them, in either language.
        for typed in ["커널", "KDE"] {
            lab.press_with(KeyCode::Char('u'), KeyModifiers::CONTROL);
            lab.keys(typed);
            lab.sees("kernel density estimate");
        }
        lab.press(KeyCode::Enter);
        assert_eq!(lab.app.blueprint().id, "energy");
        assert!(lab.app.overlay.is_none() && lab.app.focus == Pane::Lesson);
        // The page that speaks of it, whose end may be further down.
        lab.sees("How it learns");
    }
}

#[test]
fn the_glossary_begins_with_what_is_selected_and_the_palette_finds_a_term() {
    let mut lab = Lab::open("boltzmann", 120, 36);
    select(&mut lab, "temperature");
    lab.keys("ㅎ");
    lab.sees("온도");
    lab.sees("The unit in which the Boltzmann distribution counts energy.");
    lab.press(KeyCode::Esc);
    lab.keys(":열용량");
    lab.press(KeyCode::Enter);
    lab.sees("How fast the mean energy rises");
}

#[test]
fn a_chapter_has_a_page_that_leads_to_its_lessons() {
    for lang in Lang::ALL {
        // High enough to hold the whole page.
        let mut lab = Lab::open("energy", 120, 64);
        lab.app.lang = lang;
        lab.keys("l");
        lab.press(KeyCode::Up);
        lab.press(KeyCode::Enter);
        let text = contrastlab::text::chapter::of(1, lang).expect("a page");
        lab.sees(&text.question);
        lab.sees(&Interface::of(lang).words.chapter_able);
        // Every lesson that there is, with its line, and none that there is not.
        for lesson in &text.lessons {
            let words: Vec<&str> = lesson.line.split(' ').take(3).collect();
            let screen = lab.screen();
            let taught = LESSONS.iter().any(|l| l.id == lesson.id);
            assert_eq!(screen.contains(&words.join(" ")), taught, "{} on\n{screen}", lesson.id);
        }
        lab.press(KeyCode::Down);
        lab.press(KeyCode::Enter);
        assert_eq!(lab.app.blueprint().id, LESSONS[1].id);
    }
}

#[test]
fn a_chapters_page_counts_what_was_done_and_scrolls_to_its_end_by_arrows() {
    let mut lab = Lab::open("boltzmann", 80, 24);
    lab.keys("c:Energy-based");
    lab.press(KeyCode::Enter);
    let claims = lab.app.blueprint().claims.len();
    lab.sees(&format!("{claims}/{claims} claims"));
    for _ in 0..60 {
        lab.press(KeyCode::Down);
    }
    let text = contrastlab::text::chapter::of(1, Lang::En).expect("a page");
    let last = text.able.last().expect("something").split(' ').next_back().expect("a word");
    lab.sees(last);
    let end = lab.screen();
    lab.press(KeyCode::Down);
    assert_eq!(lab.screen(), end);
    lab.press(KeyCode::Up);
    assert_ne!(lab.screen(), end, "one step too many is none too many");
}

#[test]
fn a_judged_prediction_can_be_seen_on_both_sides() {
    let mut lab = Lab::open("boltzmann", 120, 50);
    lab.keys("s");
    lab.sees(&Interface::of(Lang::En).words.nothing_to_show);
    while lab.app.open_question().is_none() {
        lab.press(KeyCode::PageDown);
    }
    let id = lab.app.open_question().expect("a question");
    lab.keys("1");
    lab.sees(&Interface::of(Lang::En).words.show_me);
    let question = lab.app.blueprint().questions.iter().find(|q| q.id == id).expect("it");
    for change in [question.change, &[]] {
        // The lab runs it; the test must not wait for that.
        let requests = lab.app.key(&KeyCode::Char('s').into());
        assert_eq!(requests.len(), 2);
        let applied = requests.into_iter().take(1).collect();
        lab.fulfil(applied);
        let mut expected = lab.app.blueprint().defaults();
        for (param, value) in question.setup.iter().chain(change) {
            expected.set(param, *value);
        }
        assert_eq!(lab.app.snapshot.settings, expected);
        assert_eq!(lab.app.snapshot.step, 0);
        let watched = lab.app.snapshot.view.readouts[lab.app.readout].id;
        assert_eq!(watched, question.readout);
    }
}

#[test]
fn no_prediction_is_answered_unseen() {
    for (_, lesson) in lessons() {
        for (width, height) in [(80, 24), (120, 36)] {
            for lang in Lang::ALL {
                let mut lab = Lab::open(lesson.id, width, height);
                lab.app.lang = lang;
                while lab.app.open_question().is_none() {
                    lab.press(KeyCode::PageDown);
                }
                lab.app.focus = Pane::Parameters;
                let id = lab.app.open_question().expect("a question");
                let ask = &lab.app.text().front.questions[id].ask;
                let end: String = ask.chars().rev().take_while(|c| *c != ' ').collect();
                let end: String = end.chars().rev().collect();
                // At most one press goes by before the question is there to be read.
                for _ in 0..2 {
                    let seen = lab.screen();
                    let requests = lab.app.key(&KeyCode::Char('2').into());
                    if !requests.is_empty() {
                        let answer = &Interface::of(lang).words.stays;
                        assert!(seen.contains(&end) && seen.contains(&**answer), "{id} on\n{seen}");
                    }
                }
                assert!(lab.app.asked.contains_key(id), "{id} at {width}x{height}");
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
