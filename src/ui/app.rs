//! The lab's state and what every action does to it. No thread, no terminal: an action changes
//! the state and returns what is asked of the outside as [`Request`]s. The state is here; what
//! keys do is in `update`, over a list in `choose`, for a prediction in `predict`, in a table in `rows`;
//! the mouse is in `mouse`, the words are in `words` and `explain`.

mod choose;
mod explain;
mod gauge;
mod mouse;
mod predict;
mod rows;
#[cfg(test)]
mod tests;
mod update;
mod words;

use super::arrange::{Arrangement, arrange};
use super::field::Field;
use super::overlay::Overlay;
use super::theme::Theme;
use crate::lab::Label;
use crate::lab::blueprint::{Blueprint, Source};
use crate::lab::claim::Measurement;
use crate::lab::param::{ParamSpec, Refusal, Settings};
use crate::lab::question::{Outcome, Trend};
use crate::lab::run::RunError;
use crate::lab::view::Progress as ViewProgress;
use crate::lab::worker::{Command, Snapshot, Status};
use crate::state::progress::Progress;
use crate::text::Lang;
use crate::text::glossary::{self, Term};
use crate::text::interface::Interface;
use crate::text::lesson::{self, Block, LessonText, Page};
use ratatui::layout::Size;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// What the app asks of the outside.
#[derive(Clone, Debug)]
pub enum Request {
    /// Tell the worker.
    Tell(Command),
    /// Open the lesson of this place in the catalogue.
    Open(usize),
    /// Run both sides of this prediction in the background.
    Ask(Label),
    /// Measure this claim of the lesson of this place in the background.
    Check(usize, u8),
    /// Put this on the clipboard.
    Copy(String),
    /// Take the mouse or give it back.
    Mouse(bool),
    /// Stop and let the shell have the terminal.
    Suspend,
    /// Leave.
    Quit,
}

/// The panes that can have the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// The lesson's pages.
    Lesson,
    /// The figures.
    Figures,
    /// The parameters.
    Parameters,
    /// The readouts.
    Readouts,
}

/// A parameter's value being typed.
#[derive(Clone, Debug)]
pub struct Editor {
    /// What is typed.
    pub field: Field,
    /// Why it cannot be taken, once Enter was pressed on it.
    pub refusal: Option<Refusal>,
}

/// Data the learner brought.
#[derive(Clone, Debug)]
pub struct OwnData {
    /// What was read.
    pub source: Source,
    /// What brings it along on the command line.
    pub flags: String,
}

/// How far a prediction is.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What the learner said.
    pub said: Trend,
    /// What the simulator found, once it has.
    pub outcome: Option<Result<Outcome, RunError>>,
    /// The seed both sides run with.
    pub seed: u64,
    /// How many predictions of this lesson were made before it.
    pub turn: usize,
}

/// The answers to a prediction, in the order of their digits.
pub const ANSWERS: [Trend; 3] = [Trend::Rises, Trend::Falls, Trend::Stays];

/// Steps a second the learner can choose from; the last is as fast as it goes.
pub const PACES: [f64; 9] = [1.0, 3.0, 10.0, 30.0, 60.0, 120.0, 300.0, 1000.0, f64::INFINITY];

/// The lab's state.
pub struct App {
    /// Every lesson, in order.
    pub catalogue: &'static [&'static Blueprint],
    /// Which one is open.
    pub open: usize,
    /// The language.
    pub lang: Lang,
    /// The look, within what the terminal can show.
    pub theme: Theme,
    /// The look's name, one of [`Theme::NAMES`].
    pub look: &'static str,
    /// What the terminal can show.
    pub terminal: Theme,
    /// Whether the lab has the mouse.
    pub mouse: bool,
    /// The size of the screen, as of the last resize.
    pub size: Size,
    /// Which pane has the focus.
    pub focus: Pane,
    /// The page of the lesson that is shown, from 0.
    pub page: usize,
    /// The first line of it that is shown.
    pub scroll: usize,
    /// The selected parameter.
    pub selected: usize,
    /// The selected figure.
    pub figure: usize,
    /// Whether that figure has the whole screen.
    pub enlarged: bool,
    /// The selected row of each table whose rows lead somewhere.
    pub rows: BTreeMap<Label, usize>,
    /// The selected readout.
    pub readout: usize,
    /// A value being typed.
    pub editor: Option<Editor>,
    /// What lies over the screen.
    pub overlay: Option<Overlay>,
    /// The newest of the run.
    pub snapshot: Arc<Snapshot>,
    /// The parameters as they will be once the worker has caught up.
    pub settings: Settings,
    /// The pace, as an index into [`PACES`]; None: the lesson's own.
    pub pace: usize,
    /// A passing remark.
    pub message: Option<String>,
    /// Predictions by id.
    pub asked: BTreeMap<Label, Asked>,
    /// Claims by number: None while being measured.
    pub checked: BTreeMap<u8, Option<Vec<Measurement>>>,
    /// Claims that wait to be measured: the places of their lessons and their numbers.
    to_measure: VecDeque<(usize, u8)>,
    /// The one that is being measured.
    measuring: Option<(usize, u8)>,
    /// What is kept between visits.
    pub progress: Progress,
    /// The learner's own table, if they brought one.
    pub own_data: Option<OwnData>,
    /// The parameter to go to in the lesson that is being opened.
    next_param: Option<usize>,
    /// The side of a prediction that is being, or was last, run before the learner's eyes.
    showing: Option<predict::Showing>,
    gauge: gauge::Gauge,
    sent: u64,
    last_edited: Option<Label>,
}

impl App {
    /// A lab on the lesson of this place, whose run has just started.
    #[must_use]
    pub fn new(
        catalogue: &'static [&'static Blueprint],
        open: usize,
        snapshot: Arc<Snapshot>,
        lang: Lang,
        theme: Theme,
        progress: Progress,
    ) -> Self {
        let mut app = Self {
            catalogue,
            open,
            lang,
            theme,
            look: Theme::NAMES[0],
            terminal: theme,
            mouse: false,
            size: Size::new(80, 24),
            focus: Pane::Parameters,
            page: 0,
            scroll: 0,
            selected: 0,
            figure: 0,
            enlarged: false,
            rows: BTreeMap::new(),
            readout: 0,
            editor: None,
            overlay: None,
            settings: snapshot.settings.clone(),
            snapshot,
            pace: 0,
            message: None,
            asked: BTreeMap::new(),
            checked: BTreeMap::new(),
            to_measure: VecDeque::new(),
            measuring: None,
            progress,
            own_data: None,
            next_param: None,
            showing: None,
            gauge: gauge::Gauge::default(),
            sent: 0,
            last_edited: None,
        };
        app.enter_lesson();
        app
    }

    /// Puts on the look of a name, within what the terminal can show.
    pub fn dress(&mut self, name: &str) {
        let known = Theme::NAMES.into_iter().find(|n| *n == name);
        if let Some((name, theme)) = known.and_then(|n| Theme::named(n).map(|t| (n, t))) {
            self.look = name;
            self.theme = theme.limited_to(self.terminal);
        }
    }

    /// The plan of the open lesson.
    #[must_use]
    pub fn blueprint(&self) -> &'static Blueprint {
        self.catalogue[self.open]
    }

    /// The words of the open lesson.
    #[must_use]
    pub fn text(&self) -> &'static LessonText {
        self.text_of(self.blueprint().id)
    }

    /// The words of a lesson, in what may be drawn.
    #[must_use]
    pub fn text_of(&self, id: &str) -> &'static LessonText {
        if self.theme.ascii() { lesson::in_ascii(id, self.lang) } else { lesson::of(id, self.lang) }
    }

    /// The terms of the glossary, in what may be drawn.
    #[must_use]
    pub fn terms(&self) -> &'static [Term] {
        if self.theme.ascii() { glossary::terms_in_ascii() } else { glossary::terms() }
    }

    /// The words of the program.
    #[must_use]
    pub fn interface(&self) -> &'static Interface {
        Interface::of(self.lang)
    }

    /// The page that is shown.
    #[must_use]
    pub fn current_page(&self) -> Option<&'static Page> {
        self.text().pages.get(self.page)
    }

    /// The learner's own data, where the open lesson is on them.
    #[must_use]
    pub fn own(&self) -> Option<&OwnData> {
        self.own_data.as_ref().filter(|own| self.blueprint().takes.suits(&own.source))
    }

    /// The learner's own data, where they stand in for what this parameter chooses among.
    #[must_use]
    pub fn own_for(&self, spec: &ParamSpec) -> Option<&OwnData> {
        self.own().filter(|_| self.blueprint().data_param == Some(spec.id))
    }

    /// Whether a parameter makes a difference as things are.
    #[must_use]
    pub fn matters(&self, spec: &ParamSpec) -> bool {
        self.own_for(spec).is_none() && (spec.applies)(&self.settings)
    }

    /// The selected parameter.
    #[must_use]
    pub fn param(&self) -> Option<&'static ParamSpec> {
        self.blueprint().params.get(self.selected)
    }

    /// The prediction on the page that has not been made yet.
    #[must_use]
    pub fn open_question(&self) -> Option<Label> {
        self.current_page()?.blocks.iter().find_map(|block| match block {
            Block::Question(id) => {
                let question = self.blueprint().questions.iter().find(|q| q.id == id)?;
                (!self.asked.contains_key(question.id)).then_some(question.id)
            }
            _ => None,
        })
    }

    /// Where everything is on the screen.
    #[must_use]
    pub fn arrangement(&self) -> Arrangement {
        arrange(self.size, self)
    }

    /// The lesson of this place has been opened and this is its run.
    pub fn opened(&mut self, open: usize, snapshot: Arc<Snapshot>) {
        self.open = open;
        self.settings = snapshot.settings.clone();
        self.snapshot = snapshot;
        self.sent = 0;
        self.enter_lesson();
    }

    fn enter_lesson(&mut self) {
        let blueprint = self.blueprint();
        self.page = self.progress.lessons.get(blueprint.id).map_or(0, |l| l.page);
        self.page = self.page.min(self.text().pages.len().saturating_sub(1));
        self.scroll = 0;
        self.selected = self.next_param.take().unwrap_or(0);
        self.figure = 0;
        self.readout = 0;
        self.rows.clear();
        self.enlarged = false;
        self.editor = None;
        self.message = None;
        self.last_edited = None;
        self.showing = None;
        self.gauge = gauge::Gauge::default();
        self.asked.clear();
        self.checked.clear();
        self.pace = nearest_pace(blueprint.pace);
        self.note_page();
    }

    /// The page that is shown counts as read, and as the place to come back to.
    fn note_page(&mut self) {
        let id = self.blueprint().id.to_owned();
        self.progress.lesson = Some(id.clone());
        let lesson = self.progress.lessons.entry(id).or_default();
        lesson.page = self.page;
        lesson.read.insert(self.page);
    }

    /// The newest of the run is there.
    pub fn receive(&mut self, snapshot: Arc<Snapshot>) {
        if snapshot.commands >= self.sent {
            self.settings = snapshot.settings.clone();
            if let Some(refused) = &snapshot.refused {
                self.message = Some(self.explain(refused));
            }
        }
        if !Arc::ptr_eq(&snapshot, &self.snapshot) {
            self.gauge.take(snapshot.view.progress, snapshot.status == Status::Running);
        }
        self.snapshot = snapshot;
        self.note_shown();
    }

    /// How far a work of many steps has come, where it takes long enough to be worth showing.
    #[must_use]
    pub fn progress_shown(&self) -> Option<ViewProgress> {
        self.gauge.shown()
    }

    /// A command was sent as the worker's number `sent`.
    pub fn told(&mut self, sent: u64) {
        self.sent = sent;
    }

    /// How many commands the worker has been told on this run.
    #[must_use]
    pub fn commands_sent(&self) -> u64 {
        self.sent
    }

    /// The simulator has run both sides of a prediction.
    pub fn answered(&mut self, question: Label, outcome: Result<Outcome, RunError>) {
        let id = self.blueprint().id;
        if let Some(asked) = self.asked.get_mut(question) {
            if let Ok(outcome) = &outcome {
                let lesson = self.progress.lessons.entry(id.to_owned()).or_default();
                lesson.answers.insert(question.to_owned(), outcome.trend == asked.said);
            }
            asked.outcome = Some(outcome);
        }
    }

    /// The ids of the figures that the view holds, in the order of the layout.
    #[must_use]
    pub fn figures(&self) -> Vec<Label> {
        let present = |id: &&Label| self.snapshot.view.figures.iter().any(|f| f.id == **id);
        self.blueprint().layout.iter().flat_map(|row| row.iter()).filter(present).copied().collect()
    }
}

/// The pace of the list nearest to a lesson's own.
#[must_use]
pub fn nearest_pace(pace: f64) -> usize {
    let distance = |p: f64| (p.ln() - pace.ln()).abs();
    (0..PACES.len())
        .min_by(|a, b| distance(PACES[*a]).total_cmp(&distance(PACES[*b])))
        .unwrap_or(PACES.len() - 1)
}
