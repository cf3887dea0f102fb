//! The lab's state and what every action does to it. No thread, no terminal: an action changes
//! the state and returns what is asked of the outside as [`Request`]s.

use super::arrange::{Arrangement, arrange};
use super::field::Field;
use super::keymap::{self, Action};
use super::overlay::{Entry, Overlay};
use super::theme::Theme;
use crate::lab::Label;
use crate::lab::blueprint::Blueprint;
use crate::lab::claim::Measurement;
use crate::lab::param::{Kind, ParamSpec, Refusal, Settings, Value};
use crate::lab::question::{Outcome, Trend};
use crate::lab::run::RunError;
use crate::lab::worker::{Command, Snapshot, Status};
use crate::state::progress::Progress;
use crate::text::Lang;
use crate::text::interface::{Interface, fill};
use crate::text::lesson::{self, Block, LessonText, Page};
use crossterm::event::{KeyEvent, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Size};
use std::collections::BTreeMap;
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
    /// Measure this claim in the background.
    Check(u8),
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

/// A table the learner brought.
#[derive(Clone, Debug)]
pub struct OwnData {
    /// The file's name.
    pub name: String,
    /// The names of the columns in use.
    pub columns: Vec<String>,
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
    /// What is kept between visits.
    pub progress: Progress,
    /// The learner's own table, if they brought one.
    pub own_data: Option<OwnData>,
    /// The parameter to go to in the lesson that is being opened.
    next_param: Option<usize>,
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
            readout: 0,
            editor: None,
            overlay: None,
            settings: snapshot.settings.clone(),
            snapshot,
            pace: 0,
            message: None,
            asked: BTreeMap::new(),
            checked: BTreeMap::new(),
            progress,
            own_data: None,
            next_param: None,
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

    /// The learner's own table, where the open lesson is on it.
    #[must_use]
    pub fn table(&self) -> Option<&OwnData> {
        self.own_data.as_ref().filter(|_| self.blueprint().columns > 0)
    }

    /// Whether a parameter makes a difference as things are.
    #[must_use]
    pub fn matters(&self, spec: &ParamSpec) -> bool {
        let replaced = self.table().is_some() && self.blueprint().data_param == Some(spec.id);
        !replaced && (spec.applies)(&self.settings)
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

    /// Whether the run stands still.
    #[must_use]
    pub fn standing(&self) -> bool {
        self.snapshot.status != Status::Running
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
        self.enlarged = false;
        self.editor = None;
        self.message = None;
        self.last_edited = None;
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
        self.snapshot = snapshot;
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

    /// A claim has been measured.
    pub fn measured(&mut self, number: u8, measurements: Vec<Measurement>) {
        let holds = !measurements.is_empty() && measurements.iter().all(Measurement::holds);
        let id = self.blueprint().id.to_owned();
        self.progress.lessons.entry(id).or_default().claims.insert(number, holds);
        self.checked.insert(number, Some(measurements));
    }

    /// The words of a label: the lesson's own, else the program's, else the id itself.
    #[must_use]
    pub fn label<'a>(&'a self, id: &'a str) -> &'a str {
        // The columns of one's own table go by their own names.
        if let Some(table) = self.table() {
            let column = match id {
                "own" | "own-x" => table.columns.first(),
                "own-y" => table.columns.get(1),
                _ => None,
            };
            if let Some(name) = column {
                return name;
            }
        }
        let text = self.text();
        let own = text.front.labels.get(id).or_else(|| self.interface().labels.get(id));
        if let Some(words) = own {
            return words.as_str();
        }
        match text.front.readouts.get(id) {
            Some(readout) => readout.name.as_str(),
            None => id,
        }
    }

    /// The name of a parameter.
    #[must_use]
    pub fn param_name(&self, id: &str) -> &'static str {
        self.text().front.params.get(id).map_or("", |p| p.name.as_str())
    }

    /// A value as it is shown.
    #[must_use]
    pub fn value_text(&self, spec: &ParamSpec, value: Value) -> String {
        let words = &self.interface().words;
        if let Some(table) = self.table().filter(|_| self.blueprint().data_param == Some(spec.id)) {
            return table.name.clone();
        }
        match value {
            Value::Choice(option) => self
                .text()
                .front
                .params
                .get(spec.id)
                .and_then(|p| p.options.get(option))
                .cloned()
                .unwrap_or_else(|| option.to_owned()),
            Value::Switch(true) => words.on.clone(),
            Value::Switch(false) => words.off.clone(),
            number => number.to_string(),
        }
    }

    /// This run as one command line.
    #[must_use]
    pub fn command_line(&self) -> String {
        let recipe = &self.snapshot.recipe;
        let mut line = format!("contrastlab run {} --seed {}", self.blueprint().id, recipe.seed);
        if let Some(table) = self.table() {
            line.push_str(&format!(" {}", table.flags));
        }
        for (spec, value) in recipe.base.iter().filter(|(spec, value)| *value != spec.default) {
            line.push_str(&format!(" --set {}={value}", spec.id));
        }
        for edit in &recipe.edits {
            line.push_str(&format!(" --set {}={}@{}", edit.param, edit.value, edit.step));
        }
        line.push_str(&format!(" --steps {}", self.snapshot.step));
        line
    }

    /// A key was pressed.
    pub fn key(&mut self, event: &KeyEvent) -> Vec<Request> {
        if event.kind == KeyEventKind::Release {
            return Vec::new();
        }
        let action = keymap::action(event);
        let control = event.modifiers.contains(crossterm::event::KeyModifiers::CONTROL);
        // These two work from anywhere.
        match action.filter(|_| control) {
            Some(Action::Quit) => return vec![Request::Quit],
            Some(Action::Suspend) => return vec![Request::Suspend],
            _ => {}
        }
        if let Some(editor) = &mut self.editor {
            match action {
                Some(Action::Enter) => return self.take_typed(),
                Some(Action::Back) => self.editor = None,
                _ => {
                    if editor.field.key(event) {
                        editor.refusal = None;
                    }
                }
            }
            return Vec::new();
        }
        if let Some(Overlay::Palette(palette)) = &mut self.overlay {
            let moves = matches!(
                event.code,
                crossterm::event::KeyCode::Up
                    | crossterm::event::KeyCode::Down
                    | crossterm::event::KeyCode::Enter
                    | crossterm::event::KeyCode::Esc
                    | crossterm::event::KeyCode::PageUp
                    | crossterm::event::KeyCode::PageDown
                    | crossterm::event::KeyCode::Tab
                    | crossterm::event::KeyCode::BackTab
            );
            if !moves {
                if palette.field.key(event) {
                    palette.search();
                }
                return Vec::new();
            }
        }
        action.map_or_else(Vec::new, |action| self.update(action))
    }

    /// A text was pasted.
    pub fn paste(&mut self, text: &str) {
        if let Some(editor) = &mut self.editor {
            editor.field.insert(text.trim());
            editor.refusal = None;
        } else if let Some(Overlay::Palette(palette)) = &mut self.overlay {
            palette.field.insert(text.trim());
            palette.search();
        }
    }

    /// An action, outside text fields.
    pub fn update(&mut self, action: Action) -> Vec<Request> {
        self.message = None;
        if self.overlay.is_some() {
            return self.update_overlay(action);
        }
        let edit_goes_on = matches!(
            action,
            Action::Left | Action::Right | Action::MuchSmaller | Action::MuchLarger
        );
        if !edit_goes_on {
            self.last_edited = None;
        }
        match action {
            Action::Pause => {
                vec![Request::Tell(match self.snapshot.status {
                    Status::Running => Command::Pause,
                    _ => Command::Resume,
                })]
            }
            Action::Step => vec![Request::Tell(Command::Step(1))],
            Action::BackStep => vec![Request::Tell(Command::Back(1))],
            Action::Faster => self.change_pace(1),
            Action::Slower => self.change_pace(-1),
            Action::Restart => {
                self.message = Some(self.interface().words.restarted.clone());
                vec![Request::Tell(Command::Restart(self.snapshot.recipe.seed))]
            }
            Action::NewSeed => {
                let seed = self.snapshot.recipe.seed.wrapping_add(1);
                let words = &self.interface().words;
                self.message = Some(fill(&words.seed_now, &[("seed", &seed.to_string())]));
                vec![Request::Tell(Command::Restart(seed))]
            }
            Action::Undo => self.undo(),
            Action::NextPane => self.move_focus(1),
            Action::PreviousPane => self.move_focus(-1),
            Action::Up => self.vertical(-1),
            Action::Down => self.vertical(1),
            Action::Left => self.horizontal(-1, 1),
            Action::Right => self.horizontal(1, 1),
            Action::MuchSmaller => self.horizontal(-1, 10),
            Action::MuchLarger => self.horizontal(1, 10),
            Action::Enter => self.enter(),
            Action::Reset => {
                let Some(spec) = self.param().filter(|_| self.focus == Pane::Parameters) else {
                    return Vec::new();
                };
                self.edit(spec, spec.default, false)
            }
            Action::Presets => {
                self.overlay = Some(Overlay::presets(self));
                Vec::new()
            }
            Action::NextLesson => self.turn_lesson(1),
            Action::PreviousLesson => self.turn_lesson(-1),
            Action::NextPage => self.turn_page(1),
            Action::PreviousPage => self.turn_page(-1),
            Action::Answer(number) => self.answer(number),
            Action::Check => self.check(),
            Action::Enlarge => {
                self.enlarged = !self.enlarged;
                Vec::new()
            }
            Action::Lessons => {
                self.overlay = Some(Overlay::lessons(self));
                Vec::new()
            }
            Action::Language => {
                self.lang = self.lang.other();
                self.scroll = 0;
                self.progress.language = Some(self.lang.code().to_owned());
                Vec::new()
            }
            Action::Theme => {
                let at = Theme::NAMES.iter().position(|n| *n == self.look).unwrap_or(0);
                let name = Theme::NAMES[(at + 1) % Theme::NAMES.len()];
                self.dress(name);
                self.progress.theme = Some(name.to_owned());
                let words = &self.interface().words;
                self.message = Some(fill(&words.theme_now, &[("name", name)]));
                Vec::new()
            }
            Action::Mouse => {
                self.mouse = !self.mouse;
                self.progress.mouse = Some(self.mouse);
                let words = &self.interface().words;
                let now = if self.mouse { &words.mouse_on } else { &words.mouse_off };
                self.message = Some(now.clone());
                vec![Request::Mouse(self.mouse)]
            }
            Action::CopyCommand => self.copy(self.command_line()),
            Action::CopyCode => {
                let code = self.current_page().and_then(|page| {
                    page.blocks.iter().find_map(|b| match b {
                        Block::Code { text, .. } => Some(text.clone()),
                        _ => None,
                    })
                });
                code.map_or_else(Vec::new, |code| self.copy(code))
            }
            Action::Help => {
                self.overlay = Some(Overlay::Help { scroll: 0 });
                Vec::new()
            }
            Action::Palette => {
                self.overlay = Some(Overlay::palette(self));
                Vec::new()
            }
            Action::Back => {
                if self.enlarged {
                    self.enlarged = false;
                } else {
                    self.overlay = Some(Overlay::menu(self));
                }
                Vec::new()
            }
            Action::Quit => vec![Request::Quit],
            Action::Suspend => vec![Request::Suspend],
        }
    }

    fn update_overlay(&mut self, action: Action) -> Vec<Request> {
        let Some(overlay) = &mut self.overlay else { return Vec::new() };
        match action {
            Action::Back | Action::Quit => self.overlay = None,
            Action::Suspend => return vec![Request::Suspend],
            Action::Up | Action::PreviousPane => overlay.travel(-1),
            Action::Down | Action::NextPane => overlay.travel(1),
            Action::PreviousPage => overlay.travel(-10),
            Action::NextPage => overlay.travel(10),
            Action::Enter | Action::Right => {
                let chosen = overlay.chosen();
                self.overlay = None;
                if let Some(entry) = chosen {
                    return self.choose(entry);
                }
            }
            // The key that opened it closes it.
            Action::Help if matches!(overlay, Overlay::Help { .. }) => self.overlay = None,
            Action::Language => {
                self.lang = self.lang.other();
                self.progress.language = Some(self.lang.code().to_owned());
                let again = match self.overlay.take() {
                    Some(Overlay::Lessons(_)) => Overlay::lessons(self),
                    Some(Overlay::Presets(_)) => Overlay::presets(self),
                    Some(help @ Overlay::Help { .. }) => help,
                    _ => Overlay::palette(self),
                };
                self.overlay = Some(again);
            }
            Action::Lessons if matches!(overlay, Overlay::Lessons(_)) => self.overlay = None,
            Action::Presets if matches!(overlay, Overlay::Presets(_)) => self.overlay = None,
            _ => {}
        }
        Vec::new()
    }

    fn choose(&mut self, entry: Entry) -> Vec<Request> {
        match entry {
            Entry::Lesson(place) => self.open_lesson(place),
            Entry::Param(place) => {
                self.focus = Pane::Parameters;
                self.enlarged = false;
                self.selected = place;
                Vec::new()
            }
            Entry::ParamOf(lesson, place) => {
                self.focus = Pane::Parameters;
                self.next_param = Some(place);
                self.open_lesson(lesson)
            }
            Entry::Preset(place) => {
                let mut settings = self.blueprint().defaults();
                if let Some(preset) = place.and_then(|p| self.blueprint().presets.get(p)) {
                    for (id, value) in preset.values {
                        settings.set(id, *value);
                    }
                }
                self.settings = settings.clone();
                vec![Request::Tell(Command::Apply(settings))]
            }
            Entry::Action(action) => self.update(action),
        }
    }

    fn open_lesson(&mut self, place: usize) -> Vec<Request> {
        if place == self.open { Vec::new() } else { vec![Request::Open(place)] }
    }

    fn turn_lesson(&mut self, by: isize) -> Vec<Request> {
        let words = &self.interface().words;
        match self.open.checked_add_signed(by).filter(|p| *p < self.catalogue.len()) {
            Some(place) => self.open_lesson(place),
            None => {
                let end = if by > 0 { &words.last_lesson } else { &words.first_lesson };
                self.message = Some(end.clone());
                Vec::new()
            }
        }
    }

    fn turn_page(&mut self, by: isize) -> Vec<Request> {
        let last = self.text().pages.len().saturating_sub(1);
        let page = self.page.saturating_add_signed(by).min(last);
        if page != self.page {
            self.page = page;
            self.scroll = 0;
            self.note_page();
        }
        Vec::new()
    }

    fn move_focus(&mut self, by: isize) -> Vec<Request> {
        const ORDER: [Pane; 4] = [Pane::Parameters, Pane::Readouts, Pane::Figures, Pane::Lesson];
        let at = ORDER.iter().position(|p| *p == self.focus).unwrap_or(0) as isize;
        self.focus = ORDER[(at + by).rem_euclid(ORDER.len() as isize) as usize];
        self.enlarged = false;
        Vec::new()
    }

    /// The pane that the arrows move in: an enlarged figure hides all others.
    fn acting(&self) -> Pane {
        if self.enlarged { Pane::Figures } else { self.focus }
    }

    fn vertical(&mut self, by: isize) -> Vec<Request> {
        let travel =
            |at: usize, count: usize| at.saturating_add_signed(by).min(count.saturating_sub(1));
        match self.acting() {
            Pane::Parameters => {
                self.selected = travel(self.selected, self.blueprint().params.len());
            }
            Pane::Readouts => {
                self.readout = travel(self.readout, self.snapshot.view.readouts.len());
            }
            Pane::Figures => self.figure = travel(self.figure, self.figures().len()),
            Pane::Lesson => {
                let most = super::screens::lesson::most_scroll(self);
                self.scroll = self.scroll.saturating_add_signed(by).min(most);
            }
        }
        Vec::new()
    }

    fn horizontal(&mut self, direction: i32, presses: i32) -> Vec<Request> {
        match self.acting() {
            Pane::Parameters => {
                let Some(spec) = self.param() else { return Vec::new() };
                let value = spec.nudge(self.settings.get(spec.id), direction * presses);
                let merge = self.last_edited == Some(spec.id);
                self.edit(spec, value, merge)
            }
            Pane::Readouts => self.vertical(direction as isize),
            Pane::Figures => self.vertical(direction as isize),
            Pane::Lesson => self.turn_page(direction as isize),
        }
    }

    fn enter(&mut self) -> Vec<Request> {
        match self.acting() {
            Pane::Parameters => {
                let Some(spec) = self.param() else { return Vec::new() };
                let value = self.settings.get(spec.id);
                if matches!(spec.kind, Kind::Choice(_) | Kind::Switch) {
                    return self.edit(spec, spec.nudge(value, 1), false);
                }
                let field = Field::to_replace(&value.to_string());
                self.editor = Some(Editor { field, refusal: None });
                Vec::new()
            }
            Pane::Figures => {
                self.enlarged = !self.enlarged;
                Vec::new()
            }
            Pane::Lesson => self.turn_page(1),
            Pane::Readouts => Vec::new(),
        }
    }

    fn take_typed(&mut self) -> Vec<Request> {
        let (Some(editor), Some(spec)) = (self.editor.take(), self.param()) else {
            return Vec::new();
        };
        match spec.parse(editor.field.text()) {
            Ok(value) => self.edit(spec, value, false),
            Err(refusal) => {
                self.editor = Some(Editor { refusal: Some(refusal), ..editor });
                Vec::new()
            }
        }
    }

    fn edit(&mut self, spec: &'static ParamSpec, value: Value, merge: bool) -> Vec<Request> {
        if self.table().is_some() && self.blueprint().data_param == Some(spec.id) {
            self.message = Some(self.own_data_words());
            return Vec::new();
        }
        if self.settings.get(spec.id) == value {
            return Vec::new();
        }
        self.settings.set(spec.id, value);
        self.last_edited = Some(spec.id);
        vec![Request::Tell(Command::Edit { param: spec.id, value, merge })]
    }

    /// What is said of one's own table.
    #[must_use]
    pub fn own_data_words(&self) -> String {
        let name = self
            .table()
            .map_or(String::new(), |t| format!("{} ({})", t.name, t.columns.join(", ")));
        fill(&self.interface().words.own_data, &[("name", &name)])
    }

    fn undo(&mut self) -> Vec<Request> {
        let words = &self.interface().words;
        if self.snapshot.undo_depth == 0 && self.snapshot.commands >= self.sent {
            self.message = Some(words.nothing_to_undo.clone());
            return Vec::new();
        }
        self.message = Some(words.undone.clone());
        vec![Request::Tell(Command::Undo)]
    }

    fn change_pace(&mut self, by: isize) -> Vec<Request> {
        self.pace = self.pace.saturating_add_signed(by).min(PACES.len() - 1);
        let words = &self.interface().words;
        self.message = Some(fill(&words.pace_now, &[("pace", &self.pace_text())]));
        vec![Request::Tell(Command::Pace(PACES[self.pace]))]
    }

    /// The pace in words.
    #[must_use]
    pub fn pace_text(&self) -> String {
        let words = &self.interface().words;
        let pace = PACES[self.pace];
        if pace.is_finite() {
            fill(&words.per_second, &[("n", &pace.to_string())])
        } else {
            words.flat_out.clone()
        }
    }

    fn answer(&mut self, number: usize) -> Vec<Request> {
        let (Some(question), Some(said)) = (self.open_question(), ANSWERS.get(number)) else {
            return Vec::new();
        };
        self.asked.insert(question, Asked { said: *said, outcome: None });
        vec![Request::Ask(question)]
    }

    fn check(&mut self) -> Vec<Request> {
        let mut requests = Vec::new();
        for claim in self.blueprint().claims {
            if !matches!(self.checked.get(&claim.number), Some(None)) {
                self.checked.insert(claim.number, None);
                requests.push(Request::Check(claim.number));
            }
        }
        // Show them: turn to the first page that has one.
        let has_claim = |page: &Page| page.blocks.iter().any(|b| matches!(b, Block::Claim(_)));
        let here = self.current_page().is_some_and(has_claim);
        if let Some(page) = self.text().pages.iter().position(has_claim).filter(|_| !here) {
            self.page = page;
            self.scroll = 0;
            self.note_page();
        }
        if !requests.is_empty() && self.arrangement().lesson.is_none() {
            self.focus = Pane::Lesson;
        }
        requests
    }

    fn copy(&mut self, what: String) -> Vec<Request> {
        let first = what.lines().next().unwrap_or_default().to_owned();
        self.message = Some(fill(&self.interface().words.copied, &[("what", &first)]));
        vec![Request::Copy(what)]
    }

    /// The ids of the figures that the view holds, in the order of the layout.
    #[must_use]
    pub fn figures(&self) -> Vec<Label> {
        let present = |id: &&Label| self.snapshot.view.figures.iter().any(|f| f.id == **id);
        self.blueprint().layout.iter().flat_map(|row| row.iter()).filter(present).copied().collect()
    }

    /// The mouse did something.
    pub fn mouse(&mut self, event: MouseEvent) -> Vec<Request> {
        let at = Position::new(event.column, event.row);
        let arrangement = self.arrangement();
        let wheel = match event.kind {
            MouseEventKind::ScrollUp => Some(-1),
            MouseEventKind::ScrollDown => Some(1),
            MouseEventKind::Down(MouseButton::Left) => None,
            _ => return Vec::new(),
        };
        if let Some(overlay) = &mut self.overlay {
            match wheel {
                Some(by) => overlay.travel(by),
                None => self.overlay = None,
            }
            return Vec::new();
        }
        if arrangement.lesson.is_some_and(|r| r.contains(at)) {
            self.focus = Pane::Lesson;
            return wheel.map_or_else(Vec::new, |by| self.vertical(by * 2));
        }
        if let Some(area) = arrangement.parameters.filter(|r| r.contains(at)) {
            self.focus = Pane::Parameters;
            let row = usize::from(at.y.saturating_sub(area.y + 1));
            let row = row + super::screens::parameters::first_row(self, area);
            if at.y > area.y && row < self.blueprint().params.len() {
                let again = self.selected == row;
                if wheel.is_none() {
                    self.selected = row;
                    self.editor = None;
                }
                return match wheel {
                    // Only the selected row: scrolling over the pane must not turn knobs.
                    Some(by) if again => self.horizontal(-(by as i32), 1),
                    None if again => self.enter(),
                    _ => Vec::new(),
                };
            }
            return Vec::new();
        }
        if arrangement.readouts.is_some_and(|r| r.contains(at)) {
            self.focus = Pane::Readouts;
            return wheel.map_or_else(Vec::new, |by| self.vertical(by));
        }
        let figures = self.figures();
        let hit = arrangement.figures.iter().find(|(_, r)| r.contains(at)).map(|(i, _)| *i);
        if let Some(figure) = hit.filter(|i| *i < figures.len()) {
            let again = self.focus == Pane::Figures && self.figure == figure;
            self.focus = Pane::Figures;
            self.figure = figure;
            if again && wheel.is_none() {
                self.enlarged = !self.enlarged;
            }
        }
        Vec::new()
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
