//! The whole lab without a terminal: the app and its worker, driven by keys, drawn on a test
//! backend. Runs are paused and stepped, so that what is seen is the same every time.

use contrastlab::lab::blueprint::{Blueprint, Source};
use contrastlab::lab::run::Run;
use contrastlab::lab::worker::{Command, Status, Worker};
use contrastlab::lesson::LESSONS;
use contrastlab::state::progress::Progress;
use contrastlab::text::Lang;
use contrastlab::ui::app::{App, Request};
use contrastlab::ui::screens;
use contrastlab::ui::theme::Theme;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Size};
use std::time::{Duration, Instant};

pub(crate) struct Lab {
    pub(crate) app: App,
    pub(crate) worker: Worker,
    pub(crate) quit: bool,
    pub(crate) copied: Option<String>,
}

pub(crate) fn place(id: &str) -> usize {
    LESSONS.iter().position(|l| l.id == id).expect("a lesson of that id")
}

fn worker(blueprint: &'static Blueprint) -> Worker {
    let run = Run::new(blueprint, Source::Shipped, 7, blueprint.defaults()).expect("a run");
    Worker::start(run, f64::INFINITY, true, || {})
}

impl Lab {
    pub(crate) fn open(id: &str, width: u16, height: u16) -> Self {
        let at = place(id);
        let worker = worker(LESSONS[at]);
        let theme = Theme::default();
        let mut app = App::new(LESSONS, at, worker.newest(), Lang::En, theme, Progress::default());
        app.size = Size::new(width, height);
        Self { app, worker, quit: false, copied: None }
    }

    /// Takes so many steps.
    pub(crate) fn steps(&mut self, count: u64) {
        let sent = self.worker.tell(Command::Step(count));
        self.app.told(sent);
        self.settle();
    }

    /// Presses one key.
    pub(crate) fn press(&mut self, code: KeyCode) {
        self.press_with(code, KeyModifiers::NONE);
    }

    pub(crate) fn press_with(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        let requests = self.app.key(&KeyEvent::new(code, modifiers));
        self.fulfil(requests);
    }

    /// Types a text, a key a character.
    pub(crate) fn keys(&mut self, text: &str) {
        for c in text.chars() {
            self.press(KeyCode::Char(c));
        }
    }

    pub(crate) fn fulfil(&mut self, requests: Vec<Request>) {
        for request in requests {
            match request {
                Request::Tell(command) => {
                    let sent = self.worker.tell(command);
                    self.app.told(sent);
                }
                Request::Open(at) => {
                    self.worker = worker(LESSONS[at]);
                    self.app.opened(at, self.worker.newest());
                }
                Request::Ask(id) => {
                    let blueprint = self.app.blueprint();
                    let question =
                        blueprint.questions.iter().find(|q| q.id == id).expect("it is there");
                    self.app.answered(id, question.ask(blueprint, 7));
                }
                Request::Check(place, number) => {
                    let claims = LESSONS[place].claims;
                    let claim = claims.iter().find(|c| c.number == number).expect("it is there");
                    let more = self.app.measured(place, number, (claim.measure)());
                    self.fulfil(more);
                }
                Request::Copy(text) => self.copied = Some(text),
                Request::Quit => self.quit = true,
                Request::Mouse(_) | Request::Suspend => {}
            }
        }
        self.settle();
    }

    /// Waits until the worker stands still and has taken everything in.
    pub(crate) fn settle(&mut self) {
        let start = Instant::now();
        loop {
            let newest = self.worker.newest();
            let standing = !matches!(newest.status, Status::Running | Status::Rewinding);
            let caught_up = newest.commands >= self.app.commands_sent();
            self.app.receive(newest);
            if standing && caught_up {
                return;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "the worker never settled");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Draws the screen; also where the cursor is, if it is shown.
    pub(crate) fn draw(&self) -> (Buffer, Option<Position>) {
        let size = self.app.size;
        let mut terminal =
            Terminal::new(TestBackend::new(size.width, size.height)).expect("it is there");
        let mut cursor = None;
        terminal.hide_cursor().expect("it is there");
        terminal.draw(|frame| screens::draw(&self.app, frame)).expect("it is there");
        if terminal.backend().cursor_visible() {
            cursor = Some(terminal.backend().cursor_position());
        }
        (terminal.backend().buffer().clone(), cursor)
    }

    /// The screen as rows of text, without what follows a wide character.
    pub(crate) fn rows(&self) -> Vec<String> {
        let (buffer, _) = self.draw();
        rows(&buffer)
    }

    pub(crate) fn screen(&self) -> String {
        self.rows().join("\n")
    }

    #[track_caller]
    pub(crate) fn sees(&self, what: &str) {
        let screen = self.screen();
        assert!(screen.contains(what), "no {what:?} on\n{screen}");
    }

    #[track_caller]
    pub(crate) fn sees_not(&self, what: &str) {
        let screen = self.screen();
        assert!(!screen.contains(what), "{what:?} on\n{screen}");
    }
}

pub(crate) fn rows(buffer: &Buffer) -> Vec<String> {
    use unicode_width::UnicodeWidthStr as _;
    let area = buffer.area;
    (0..area.height)
        .map(|y| {
            let mut row = String::new();
            let mut x = 0;
            while x < area.width {
                let symbol = buffer.cell((x, y)).map_or(" ", |c| c.symbol());
                row.push_str(symbol);
                x += (symbol.width() as u16).max(1);
            }
            row.trim_end().to_owned()
        })
        .collect()
}
