//! What the keys do over a list, the glossary or a chapter's page, and what choosing there does.

use super::super::keymap::Action;
use super::super::overlay::{Entry, Overlay};
use super::super::screens;
use super::{App, Pane, Request};
use crate::lab::worker::Command;
use crate::text::{glossary, lesson};

impl App {
    pub(super) fn update_overlay(&mut self, action: Action) -> Vec<Request> {
        self.measure_chapter();
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
                self.overlay = self.overlay.take().map(|overlay| overlay.again(self));
            }
            Action::Lessons if matches!(overlay, Overlay::Lessons(_)) => self.overlay = None,
            Action::Presets if matches!(overlay, Overlay::Presets(_)) => self.overlay = None,
            _ => {}
        }
        Vec::new()
    }

    fn choose(&mut self, entry: Entry) -> Vec<Request> {
        match entry {
            Entry::Lesson(place) => self.open_lesson(place, None),
            Entry::Param(place) => {
                self.focus = Pane::Parameters;
                self.enlarged = false;
                self.selected = place;
                Vec::new()
            }
            Entry::ParamOf(lesson, place) => {
                self.focus = Pane::Parameters;
                self.open_lesson(lesson, Some(place))
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
            Entry::Chapter(number) => {
                self.overlay = Some(Overlay::chapter(self, number));
                Vec::new()
            }
            Entry::Term(term) => {
                self.overlay = Some(Overlay::glossary(self, Some(term)));
                Vec::new()
            }
            Entry::Explained(term) => self.go_to_term(term),
            Entry::Action(action) => self.update(action),
        }
    }

    /// The page below its lessons is as long as the screen makes it.
    fn measure_chapter(&mut self) {
        if let Some(Overlay::Chapter(page)) = &self.overlay {
            let below = screens::overlay::chapter::below(self, page);
            if let Some(Overlay::Chapter(page)) = &mut self.overlay {
                page.below = below;
            }
        }
    }

    /// Opens the page that explains a term, in the first of its lessons that has one.
    fn go_to_term(&mut self, term: usize) -> Vec<Request> {
        let Some(term) = glossary::terms().get(term) else { return Vec::new() };
        let taught = || {
            let place = |id: &String| self.catalogue.iter().position(|lesson| lesson.id == id);
            term.lessons.iter().filter_map(place)
        };
        let page =
            |place: usize| term.page_of(lesson::of(self.catalogue[place].id, self.lang), self.lang);
        let Some(place) = taught().find(|place| page(*place).is_some()).or(taught().next()) else {
            return Vec::new();
        };
        let (id, page) = (self.catalogue[place].id, page(place));
        self.focus = Pane::Lesson;
        self.enlarged = false;
        if place == self.open {
            if let Some(page) = page {
                self.page = page;
                self.scroll = 0;
                self.note_page();
            }
            return Vec::new();
        }
        if let Some(page) = page {
            self.progress.lessons.entry(id.to_owned()).or_default().page = page;
        }
        self.open_lesson(place, None)
    }
}
