//! A parameter that is a word, typed and drawn, over a lesson for tests.

use super::{App, Request};
use crate::lab::blueprint::{Blueprint, Source};
use crate::lab::fixture::ECHO;
use crate::lab::param::{Value, Word};
use crate::lab::run::Run;
use crate::lab::worker::{Command, Worker};
use crate::state::progress::Progress;
use crate::text::Lang;
use crate::ui::screens;
use crate::ui::theme::Theme;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;

static LESSONS: &[&Blueprint] = &[&ECHO];

fn worker() -> Worker {
    let run = Run::new(&ECHO, Source::Shipped, 7, ECHO.defaults()).unwrap();
    Worker::start(run, f64::INFINITY, true, || {})
}

fn lab(worker: &Worker, lang: Lang) -> App {
    let mut app =
        App::new(LESSONS, 0, worker.newest(), lang, Theme::default(), Progress::default());
    app.size = Size::new(80, 24);
    app
}

fn press(app: &mut App, code: KeyCode) -> Vec<Request> {
    app.key(&KeyEvent::new(code, KeyModifiers::NONE))
}

/// Types a text a key at a time, then Enter.
fn type_in(app: &mut App, text: &str) -> Vec<Request> {
    assert!(press(app, KeyCode::Enter).is_empty());
    for c in text.chars() {
        assert!(press(app, KeyCode::Char(c)).is_empty());
    }
    press(app, KeyCode::Enter)
}

fn screen(app: &App) -> String {
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    terminal.draw(|frame| screens::draw(app, frame)).unwrap();
    // A wide character is followed by a cell of its own.
    let cells = terminal.backend().buffer().content();
    let mut text = String::new();
    let mut covered = false;
    for cell in cells {
        if !std::mem::take(&mut covered) {
            text.push_str(cell.symbol());
        }
        covered = unicode_width::UnicodeWidthStr::width(cell.symbol()) > 1;
    }
    text
}

fn word(text: &str) -> Value {
    Value::Word(Word::new(text).unwrap())
}

#[test]
fn a_word_is_typed_and_stands_in_its_row_without_a_slider() {
    let worker = worker();
    for lang in Lang::ALL {
        let mut app = lab(&worker, lang);
        assert!(screen(&app).contains("rabbit"));
        for typed in ["hatter", "토끼"] {
            let asked = type_in(&mut app, typed);
            let [Request::Tell(Command::Edit { param: "word", value, .. })] = asked[..] else {
                panic!("{asked:?}");
            };
            assert_eq!(value, word(typed));
            let screen = screen(&app);
            assert!(screen.contains(typed) && !screen.contains("rabbit"), "{screen}");
            // No ends of a range and nothing between them.
            let slider = app.theme.slider(24, 0.0);
            assert!(!screen.contains(&slider), "{screen}");
        }
    }
}

#[test]
fn what_is_no_word_is_refused_with_the_reason_and_kept_to_be_mended() {
    let worker = worker();
    let long = "가".repeat(17);
    for (lang, why) in [(Lang::En, "not one word"), (Lang::Ko, "한 단어가 아니거나")] {
        for typed in ["two words", "a;b", " ", &long] {
            let mut app = lab(&worker, lang);
            assert!(type_in(&mut app, typed).is_empty());
            assert_eq!(app.editor.as_ref().unwrap().field.text(), typed);
            let screen = screen(&app);
            assert!(screen.contains(why), "{screen}");
            assert_eq!(app.settings.get("word"), word("rabbit"));
            // Esc leaves the word as it was.
            press(&mut app, KeyCode::Esc);
            assert!(app.editor.is_none() && app.settings.get("word") == word("rabbit"));
        }
    }
}

#[test]
fn arrows_leave_a_word_alone_and_delete_brings_the_default_back() {
    let worker = worker();
    let mut app = lab(&worker, Lang::En);
    for code in [KeyCode::Left, KeyCode::Right] {
        assert!(press(&mut app, code).is_empty());
    }
    type_in(&mut app, "hole");
    let asked = app.update(crate::ui::keymap::Action::Reset);
    assert!(
        matches!(asked[..], [Request::Tell(Command::Edit { value, .. })] if value == word("rabbit"))
    );
}

#[test]
fn the_command_line_of_a_run_keeps_the_word_through_a_shell() {
    let mut settings = ECHO.defaults();
    settings.set("word", word("토끼"));
    let mut run = Run::new(&ECHO, Source::Shipped, 7, settings).unwrap();
    run.edit("word", word("don't"), false).unwrap();
    let worker = Worker::start(run, f64::INFINITY, true, || {});
    let app = lab(&worker, Lang::Ko);
    assert_eq!(
        app.command_line(),
        r"contrastlab run echo --seed 7 --set word=토끼 --set word='don'\''t'@0 --steps 0"
    );
}
