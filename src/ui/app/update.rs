//! What each key and each action does.

use super::super::field::Field;
use super::super::keymap::{self, Action};
use super::super::overlay::Overlay;
use super::super::{screens, theme::Theme};
use super::{App, Editor, PACES, Pane, Request};
use crate::lab::param::{Kind, ParamSpec, Value};
use crate::lab::worker::{Command, Status};
use crate::text::interface::fill;
use crate::text::lesson::{Block, Page};
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

impl App {
    /// A key was pressed.
    pub fn key(&mut self, event: &KeyEvent) -> Vec<Request> {
        if event.kind == KeyEventKind::Release {
            return Vec::new();
        }
        let action = keymap::action(event);
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
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
        if let Some(typed @ (Overlay::Palette(_) | Overlay::Glossary(_))) = &mut self.overlay {
            let moves = matches!(
                event.code,
                KeyCode::Up
                    | KeyCode::Down
                    | KeyCode::Enter
                    | KeyCode::Esc
                    | KeyCode::PageUp
                    | KeyCode::PageDown
                    | KeyCode::Tab
                    | KeyCode::BackTab
            );
            if !moves {
                typed.typed(event);
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
        } else if let Some(overlay) = &mut self.overlay {
            overlay.pasted(text.trim());
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
            Action::NextPage | Action::PreviousPage => {
                // A page is not turned unseen.
                if self.arrangement().lesson.is_none() {
                    self.enlarged = false;
                    if self.arrangement().tabs {
                        self.focus = Pane::Lesson;
                    }
                }
                self.turn_page(if action == Action::NextPage { 1 } else { -1 })
            }
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
            Action::Glossary => {
                self.overlay = Some(Overlay::glossary(self, None));
                Vec::new()
            }
            Action::ShowMe => self.show_me(),
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
            Action::CopyTable => self.copy_table(),
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

    pub(super) fn open_lesson(&mut self, place: usize, param: Option<usize>) -> Vec<Request> {
        self.next_param = param;
        if place == self.open { Vec::new() } else { vec![Request::Open(place)] }
    }

    fn turn_lesson(&mut self, by: isize) -> Vec<Request> {
        let words = &self.interface().words;
        match self.open.checked_add_signed(by).filter(|p| *p < self.catalogue.len()) {
            Some(place) => self.open_lesson(place, None),
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
        const ORDER: [Pane; 4] = [Pane::Parameters, Pane::Lesson, Pane::Figures, Pane::Readouts];
        let at = ORDER.iter().position(|p| *p == self.focus).unwrap_or(0) as isize;
        self.focus = ORDER[(at + by).rem_euclid(ORDER.len() as isize) as usize];
        self.enlarged = false;
        Vec::new()
    }

    /// The pane that the arrows move in: an enlarged figure or lesson hides all others.
    pub fn acting(&self) -> Pane {
        match self.focus {
            Pane::Lesson => Pane::Lesson,
            _ if self.enlarged => Pane::Figures,
            focus => focus,
        }
    }

    pub(super) fn vertical(&mut self, by: isize) -> Vec<Request> {
        let travel =
            |at: usize, count: usize| at.saturating_add_signed(by).min(count.saturating_sub(1));
        match self.acting() {
            Pane::Parameters => {
                self.selected = travel(self.selected, self.blueprint().params.len());
            }
            Pane::Readouts => {
                self.readout = travel(self.readout, self.snapshot.view.readouts.len());
            }
            // In a table that is worked with keys the arrows move from row to row.
            Pane::Figures if self.travel_rows(by) => {}
            Pane::Figures => self.turn_figure(by),
            Pane::Lesson => {
                let most = screens::lesson::most_scroll(self);
                self.scroll = self.scroll.saturating_add_signed(by).min(most);
            }
        }
        Vec::new()
    }

    fn turn_figure(&mut self, by: isize) {
        let last = self.figures().len().saturating_sub(1);
        self.figure = self.figure.saturating_add_signed(by).min(last);
    }

    pub(super) fn horizontal(&mut self, direction: i32, presses: i32) -> Vec<Request> {
        match self.acting() {
            Pane::Parameters => {
                let Some(spec) = self.param() else { return Vec::new() };
                let value = spec.nudge(self.settings.get(spec.id), direction * presses);
                let merge = self.last_edited == Some(spec.id);
                self.edit(spec, value, merge)
            }
            Pane::Readouts => self.vertical(direction as isize),
            Pane::Figures => {
                self.turn_figure(direction as isize);
                Vec::new()
            }
            Pane::Lesson => self.turn_page(direction as isize),
        }
    }

    pub(super) fn enter(&mut self) -> Vec<Request> {
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
            Pane::Figures if self.lead().is_some() => self.follow(),
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

    pub(super) fn edit(
        &mut self,
        spec: &'static ParamSpec,
        value: Value,
        merge: bool,
    ) -> Vec<Request> {
        if self.own_for(spec).is_some() {
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
        self.show_on();
        let words = &self.interface().words;
        self.message = Some(fill(&words.pace_now, &[("pace", &self.pace_text())]));
        vec![Request::Tell(Command::Pace(PACES[self.pace]))]
    }

    fn check(&mut self) -> Vec<Request> {
        let mut asked = Vec::new();
        for claim in self.blueprint().claims {
            if !matches!(self.checked.get(&claim.number), Some(None)) {
                self.checked.insert(claim.number, None);
                asked.push((self.open, claim.number));
            }
        }
        // These come before what else waits.
        let none = asked.is_empty();
        self.to_measure.retain(|job| !asked.contains(job));
        asked.retain(|job| self.measuring != Some(*job));
        asked.into_iter().rev().for_each(|job| self.to_measure.push_front(job));
        let requests = self.measure_next();
        // Show them: turn to the first page that has one.
        let has_claim = |page: &Page| page.blocks.iter().any(|b| matches!(b, Block::Claim(_)));
        let here = self.current_page().is_some_and(has_claim);
        if let Some(page) = self.text().pages.iter().position(has_claim).filter(|_| !here) {
            self.page = page;
            self.note_page();
        }
        if !none && self.arrangement().lesson.is_none() {
            self.focus = Pane::Lesson;
        }
        let first = self.current_page().and_then(|page| {
            page.blocks.iter().find_map(|b| match b {
                Block::Claim(number) => Some(*number),
                _ => None,
            })
        });
        if let Some(number) = first {
            self.scroll = screens::lesson::scroll_to_claim(self, number);
        }
        requests
    }

    fn copy(&mut self, what: String) -> Vec<Request> {
        let first = what.lines().next().unwrap_or_default().to_owned();
        self.message = Some(fill(&self.interface().words.copied, &[("what", &first)]));
        vec![Request::Copy(what)]
    }
}
