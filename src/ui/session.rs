//! One visit: the event loop between the terminal, the app, the worker and the background jobs.
//!
//! Everything that happens arrives on one channel, so that the loop sleeps when nothing does: keys
//! from a reader thread, "a snapshot is there" from the worker, results from the job thread,
//! signals. A key is drawn at once; snapshots are drawn at most thirty times a second.

use super::app::{App, OwnData, PACES, Request};
use super::screens;
use super::terminal::{self, Screen};
use super::theme::{Depth, Glyphs, Ground, Theme};
use crate::lab::Label;
use crate::lab::blueprint::{Blueprint, Source};
use crate::lab::claim::Measurement;
use crate::lab::param::Settings;
use crate::lab::question::Outcome;
use crate::lab::run::{Run, RunError};
use crate::lab::worker::{Status, Worker};
use crate::state::log::Log;
use crate::state::paths::Paths;
use crate::state::progress::{Progress, SavedRun};
use crate::text::Lang;
use base64::Engine as _;
use crossterm::event::Event as Input;
use ratatui::layout::Size;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// What a visit begins with.
pub struct Opening {
    /// Every lesson.
    pub catalogue: &'static [&'static Blueprint],
    /// The lesson to open; None: where the learner left off.
    pub lesson: Option<&'static Blueprint>,
    /// The seed; None: the one of the last visit to that lesson.
    pub seed: Option<u64>,
    /// The settings; None: those of the last visit to that lesson.
    pub settings: Option<Settings>,
    /// Where the data comes from.
    pub source: Source,
    /// What brings that data along on the command line; empty for what ships.
    pub data_flags: String,
    /// The language; None: the one of the last visit, else the locale's.
    pub lang: Option<Lang>,
    /// The look's name; None: the one of the last visit, else one that suits the terminal.
    pub look: Option<String>,
    /// Draw with ASCII alone.
    pub ascii: bool,
    /// Take the mouse; None: as in the last visit, else yes.
    pub mouse: Option<bool>,
    /// Where things are kept; None: nowhere.
    pub paths: Option<Paths>,
    /// Where to write what happens, if anywhere.
    pub log: Log,
}

/// How a visit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The learner left.
    Quit,
    /// By this signal's number.
    Signal(i32),
}

/// Why a visit could not begin or go on.
#[derive(Debug)]
pub enum SessionError {
    /// The terminal cannot be used.
    Terminal(io::Error),
    /// The run asked for cannot begin.
    Run(RunError),
}

impl From<io::Error> for SessionError {
    fn from(e: io::Error) -> Self {
        Self::Terminal(e)
    }
}

/// The seed of a first visit: any would do, this one is easy to name.
const FIRST_SEED: u64 = 7;
const FRAMES_PER_SECOND: u64 = 30;
const FRAME: Duration = Duration::from_nanos(1_000_000_000 / FRAMES_PER_SECOND);

enum Event {
    Input(Input),
    /// Standard input is gone.
    Closed,
    Ready,
    Answered(usize, Label, Result<Outcome, RunError>),
    Measured(usize, u8, Vec<Measurement>),
    #[cfg(unix)]
    Signal(i32),
}

enum Job {
    Ask(usize, Label, u64),
    Check(usize, u8),
}

/// Opens the lab and stays until the learner leaves.
///
/// # Errors
/// When the terminal cannot be used or the run asked for cannot begin. The terminal is given back
/// first.
pub fn open(opening: Opening) -> Result<Ending, SessionError> {
    let (progress, notice) = match &opening.paths {
        Some(paths) => Progress::load(paths),
        None => (Progress::default(), None),
    };
    let first_visit = progress.lesson.is_none();
    let (events, receiver) = channel();
    let place = opening
        .lesson
        .or_else(|| {
            let last = progress.lesson.as_deref()?;
            let last = opening.catalogue.iter().copied().find(|b| b.id == last);
            last.filter(|b| b.takes.suits(&opening.source))
        })
        .or_else(|| opening.catalogue.iter().copied().find(|b| b.takes.suits(&opening.source)))
        .and_then(|b| opening.catalogue.iter().position(|c| c.id == b.id))
        .unwrap_or(0);
    let blueprint = opening.catalogue[place];
    let (seed, settings) = last_visit(&progress, blueprint);
    let seed = opening.seed.unwrap_or(seed);
    let settings = opening.settings.clone().unwrap_or(settings);
    // Settings kept from an earlier version may no longer suit; the defaults always do.
    let run = Run::new(blueprint, opening.source.clone(), seed, settings)
        .or_else(|error| match &opening.settings {
            Some(_) => Err(error),
            None => Run::new(blueprint, opening.source.clone(), seed, blueprint.defaults()),
        })
        .map_err(SessionError::Run)?;
    let worker = start(blueprint, run, &events);

    let environment = |name: &str| std::env::var(name).ok();
    let mut limits = Theme::detect(environment);
    if opening.ascii {
        limits.glyphs = Glyphs::Ascii;
    }
    let look = opening
        .look
        .clone()
        .or_else(|| progress.theme.clone())
        .unwrap_or_else(|| suited(limits).to_owned());
    let lang = opening
        .lang
        .or_else(|| progress.language.as_deref().and_then(Lang::from_code))
        .unwrap_or_else(|| Lang::of_locale(environment));
    let mouse = opening.mouse.or(progress.mouse).unwrap_or(true);

    let mut app = App::new(opening.catalogue, place, worker.newest(), lang, limits, progress);
    app.dress(&look);
    app.mouse = mouse;
    if first_visit {
        app.message = Some(app.interface().words.first_visit.clone());
    }
    if !matches!(opening.source, Source::Shipped) {
        app.own_data = Some(OwnData { source: opening.source.clone(), flags: opening.data_flags });
    }
    if app.own().is_some() {
        app.message = Some(app.own_data_words());
    }
    if let Some(notice) = notice {
        app.message = Some(app.explain_notice(&notice));
    }
    // Before the terminal is taken, so that no signal finds it taken and nobody listening.
    #[cfg(unix)]
    start_signals(&events)?;
    let screen = Screen::enter(mouse)?;
    app.size = screen.size()?;
    let mut session = Session {
        app,
        worker,
        screen,
        jobs: start_jobs("jobs", opening.catalogue, &events),
        checks: start_jobs("claims", opening.catalogue, &events),
        events,
        source: opening.source,
        paths: opening.paths,
        log: opening.log,
        ending: None,
        complained: false,
    };
    session.log.line(&format!("open {} seed {seed}", blueprint.id));
    let result = session.stay(&receiver);
    session.remember();
    session.save();
    drop(session);
    result
}

struct Session {
    app: App,
    worker: Worker,
    screen: Screen,
    /// Predictions: somebody waits for the answer.
    jobs: Sender<Job>,
    /// Claims: all of them take minutes.
    checks: Sender<Job>,
    events: Sender<Event>,
    source: Source,
    paths: Option<Paths>,
    log: Log,
    ending: Option<Ending>,
    complained: bool,
}

impl Session {
    fn stay(&mut self, receiver: &Receiver<Event>) -> Result<Ending, SessionError> {
        start_reader(&self.events);
        let mut drawn = self.draw()?;
        // A snapshot that has not been drawn yet.
        let mut stale = false;
        loop {
            let event = if stale {
                match receiver.recv_timeout(FRAME.saturating_sub(drawn.elapsed())) {
                    Ok(event) => Some(event),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => return Ok(Ending::Quit),
                }
            } else {
                match receiver.recv() {
                    Ok(event) => Some(event),
                    Err(_) => return Ok(Ending::Quit),
                }
            };
            // Everything that has come meanwhile is taken in before the next frame.
            let mut now = false;
            for event in event.into_iter().chain(receiver.try_iter().take(256)) {
                match event {
                    Event::Ready => stale = true,
                    other => {
                        now = true;
                        self.handle(other)?;
                    }
                }
            }
            if let Some(ending) = self.ending {
                return Ok(ending);
            }
            if now || (stale && drawn.elapsed() >= FRAME) {
                drawn = self.draw()?;
                stale = false;
            }
        }
    }

    fn draw(&mut self) -> io::Result<Instant> {
        let newest = self.worker.newest();
        self.app.receive(newest);
        let app = &self.app;
        self.screen.draw(|frame| screens::draw(app, frame))?;
        for panic in terminal::take_panics() {
            self.log.line(&format!("panic: {panic}"));
        }
        Ok(Instant::now())
    }

    fn handle(&mut self, event: Event) -> Result<(), SessionError> {
        match event {
            Event::Input(input) => {
                let requests = match input {
                    Input::Key(key) => self.app.key(&key),
                    Input::Mouse(mouse) => self.app.mouse(mouse),
                    Input::Paste(text) => {
                        self.app.paste(&text);
                        Vec::new()
                    }
                    Input::Resize(width, height) => {
                        self.app.size = Size::new(width, height);
                        Vec::new()
                    }
                    Input::FocusGained | Input::FocusLost => Vec::new(),
                };
                for request in requests {
                    self.fulfil(request)?;
                }
            }
            Event::Closed => self.ending = Some(Ending::Quit),
            Event::Ready => {}
            Event::Answered(place, question, outcome) => {
                if place == self.app.open {
                    self.app.answered(question, outcome);
                    self.save();
                }
            }
            Event::Measured(place, number, measurements) => {
                let requests = self.app.measured(place, number, measurements);
                self.save();
                for request in requests {
                    self.fulfil(request)?;
                }
            }
            #[cfg(unix)]
            Event::Signal(signal) => match signal {
                signal_hook::consts::SIGTSTP => self.fulfil(Request::Suspend)?,
                // Continued, perhaps after a stop we did not see: the terminal may be anything.
                signal_hook::consts::SIGCONT => self.screen.reclaim()?,
                other => self.ending = Some(Ending::Signal(other)),
            },
        }
        Ok(())
    }

    fn fulfil(&mut self, request: Request) -> Result<(), SessionError> {
        match request {
            Request::Tell(command) => {
                let sent = self.worker.tell(command);
                self.app.told(sent);
            }
            Request::Open(place) => self.open_lesson(place),
            Request::Ask(question) => {
                let seed = self.app.snapshot.recipe.seed;
                // The job thread lives as long as the session.
                let _ = self.jobs.send(Job::Ask(self.app.open, question, seed));
            }
            Request::Check(place, number) => {
                let _ = self.checks.send(Job::Check(place, number));
            }
            Request::Copy(text) => {
                let encoded = base64::engine::general_purpose::STANDARD.encode(text);
                self.screen.send(format!("\x1b]52;c;{encoded}\x07").as_bytes())?;
            }
            Request::Mouse(on) => self.screen.set_mouse(on)?,
            Request::Suspend => {
                self.remember();
                self.save();
                // Stopped means stopped: the run does not go on behind the shell.
                self.screen.suspend()?;
                let size = self.screen.size()?;
                self.app.size = size;
            }
            Request::Quit => self.ending = Some(Ending::Quit),
        }
        Ok(())
    }

    fn open_lesson(&mut self, place: usize) {
        let blueprint = self.app.catalogue[place];
        // Data of one's own goes along where the lesson takes it.
        let source =
            if blueprint.takes.suits(&self.source) { self.source.clone() } else { Source::Shipped };
        let (seed, settings) = last_visit(&self.app.progress, blueprint);
        let run = Run::new(blueprint, source.clone(), seed, settings)
            .or_else(|_| Run::new(blueprint, source, seed, blueprint.defaults()));
        match run {
            Ok(run) => {
                self.remember();
                self.worker = start(blueprint, run, &self.events);
                self.app.opened(place, self.worker.newest());
                self.save();
                self.log.line(&format!("open {} seed {seed}", blueprint.id));
            }
            Err(error) => self.app.message = Some(self.app.explain(&error)),
        }
    }

    /// Notes where the learner is, for the next visit.
    fn remember(&mut self) {
        let snapshot = &self.app.snapshot;
        // A run that diverged would open standing still; the defaults move.
        let lost = matches!(snapshot.status, Status::Diverged(..) | Status::Failed(_));
        let saved = (!lost).then(|| SavedRun::of(&snapshot.recipe, snapshot.step));
        let id = self.app.blueprint().id.to_owned();
        self.app.progress.lessons.entry(id).or_default().run = saved;
    }

    fn save(&mut self) {
        let Some(paths) = &self.paths else { return };
        if let Err(error) = self.app.progress.save(paths) {
            self.log.line(&format!("not saved: {error}"));
            // Said once: the learner cannot do much about it from here.
            if !std::mem::replace(&mut self.complained, true) {
                self.app.message = Some(self.app.explain_state(&error));
            }
        }
    }
}

/// The seed and the settings a lesson was left with; the first time, its defaults.
fn last_visit(progress: &Progress, blueprint: &'static Blueprint) -> (u64, Settings) {
    let saved = progress.lessons.get(blueprint.id).and_then(|l| l.run.as_ref());
    let Some(restored) = saved.and_then(|run| run.restore(blueprint)) else {
        return (FIRST_SEED, blueprint.defaults());
    };
    let mut settings = restored.recipe.base;
    for edit in &restored.recipe.edits {
        settings.set(edit.param, edit.value);
    }
    (restored.recipe.seed, settings)
}

/// The look that suits a terminal no look was chosen for.
fn suited(terminal: Theme) -> &'static str {
    match (terminal.depth, terminal.glyphs, terminal.ground) {
        (Depth::None, Glyphs::Ascii, _) => "plain",
        (Depth::None, ..) => "mono",
        (_, _, Ground::Light) => "light",
        (_, _, Ground::Dark) => "dark",
    }
}

fn start(blueprint: &'static Blueprint, run: Run, events: &Sender<Event>) -> Worker {
    let events = events.clone();
    let pace = super::app::nearest_pace(blueprint.pace);
    Worker::start(run, PACES[pace], false, move || {
        // The session may be over; then nobody wants to know.
        let _ = events.send(Event::Ready);
    })
}

fn start_reader(events: &Sender<Event>) {
    let events = events.clone();
    spawn("keys", move || {
        loop {
            let event = match crossterm::event::read() {
                Ok(input) => Event::Input(input),
                Err(_) => Event::Closed,
            };
            let last = matches!(event, Event::Closed);
            if events.send(event).is_err() || last {
                return;
            }
        }
    });
}

#[cfg(unix)]
fn start_signals(events: &Sender<Event>) -> io::Result<()> {
    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP};
    let mut signals =
        signal_hook::iterator::Signals::new([SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT])?;
    let events = events.clone();
    spawn("signals", move || {
        for signal in signals.forever() {
            if events.send(Event::Signal(signal)).is_err() {
                return;
            }
        }
    });
    Ok(())
}

/// Predictions are run on one such thread and claims on another, each one after the other.
fn start_jobs(
    name: &str,
    catalogue: &'static [&'static Blueprint],
    events: &Sender<Event>,
) -> Sender<Job> {
    let (sender, receiver) = channel::<Job>();
    let events = events.clone();
    spawn(name, move || {
        for job in receiver {
            let event = catch_unwind(AssertUnwindSafe(|| run_job(catalogue, &job)));
            if let Ok(Some(event)) = event
                && events.send(event).is_err()
            {
                return;
            }
        }
    });
    sender
}

fn run_job(catalogue: &'static [&'static Blueprint], job: &Job) -> Option<Event> {
    match *job {
        Job::Ask(place, id, seed) => {
            let blueprint = catalogue[place];
            let question = blueprint.questions.iter().find(|q| q.id == id)?;
            Some(Event::Answered(place, id, question.ask(blueprint, seed)))
        }
        Job::Check(place, number) => {
            let claim = catalogue[place].claims.iter().find(|c| c.number == number)?;
            Some(Event::Measured(place, number, (claim.measure)()))
        }
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    // A lab without this thread still draws; the operating system is out of threads anyway.
    drop(thread);
}
