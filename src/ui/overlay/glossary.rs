//! The glossary over the screen: the terms under discussion first, then all others; typing
//! searches them.

use super::super::app::{App, Pane};
use super::super::field::Field;
use super::{Entry, Overlay, Row, matching, travelled};
use crate::text::Lang;
use crate::text::glossary::{self, Term};
use crate::text::lesson;

/// The terms, searched by typing.
#[derive(Clone, Debug)]
pub struct Glossary {
    /// What is typed.
    pub field: Field,
    /// Every term: its place in the list of terms, and what it may be found by.
    all: Vec<(usize, String)>,
    /// How many of them, from the first, are under discussion.
    pub here: usize,
    /// What is shown, as places in the list of terms.
    pub shown: Vec<usize>,
    /// The selected one of these.
    pub selected: usize,
}

impl Glossary {
    /// Finds what matches the typed words.
    pub fn search(&mut self) {
        let found = matching(self.field.text(), &self.all, |(_, keywords)| keywords);
        self.shown = found.into_iter().map(|(place, _)| *place).collect();
        self.selected = 0;
    }

    /// Whether a term is under discussion.
    #[must_use]
    pub fn is_here(&self, term: usize) -> bool {
        self.all.iter().take(self.here).any(|(place, _)| *place == term)
    }

    pub(super) fn travel(&mut self, by: isize) {
        self.selected = travelled(self.selected, by, self.shown.len());
    }

    /// The selected term.
    #[must_use]
    pub fn chosen(&self) -> Option<usize> {
        self.shown.get(self.selected).copied()
    }
}

impl Overlay {
    /// The glossary at the first term under discussion, or at the term of this place.
    #[must_use]
    pub fn glossary(app: &App, at: Option<usize>) -> Self {
        let here = under_discussion(app);
        let terms = app.terms();
        let others = (0..terms.len()).filter(|place| !here.contains(place));
        let order: Vec<usize> = here.iter().copied().chain(others).collect();
        let all = order.iter().map(|place| (*place, keywords(&terms[*place]))).collect();
        let mut made = Glossary {
            field: Field::default(),
            all,
            here: here.len(),
            shown: Vec::new(),
            selected: 0,
        };
        made.search();
        let shown = |term| made.shown.iter().position(|place| *place == term);
        made.selected = at.and_then(shown).unwrap_or(0);
        Self::Glossary(made)
    }
}

/// The terms of what is selected and of the page that is open, in the order of their use.
fn under_discussion(app: &App) -> Vec<usize> {
    let text = lesson::of(app.blueprint().id, app.lang);
    let front = &text.front;
    let mut words = String::new();
    let mut add = |said: &str| {
        words.push_str(said);
        words.push('\n');
    };
    match app.focus {
        Pane::Parameters => {
            if let Some(param) = app.param().and_then(|spec| front.params.get(spec.id)) {
                add(&param.name);
                add(&param.about);
            }
        }
        Pane::Readouts => {
            let id = app.snapshot.view.readouts.get(app.readout).map(|readout| readout.id);
            if let Some(readout) = id.and_then(|id| front.readouts.get(id)) {
                add(&readout.name);
                add(&readout.about);
            }
        }
        Pane::Figures => {
            if let Some(id) = app.figures().get(app.figure) {
                add(text.label(id));
            }
        }
        Pane::Lesson => {}
    }
    if let Some(page) = text.pages.get(app.page) {
        add(&glossary::text_of(page, text));
    }
    glossary::used_in(&words, app.lang)
}

fn keywords(term: &Term) -> String {
    let mut all = format!("{} {}", term.id, term.symbol);
    for lang in Lang::ALL {
        let words = term.words(lang);
        for form in std::iter::once(&words.name).chain(&words.forms) {
            all.push(' ');
            all.push_str(form);
        }
    }
    all
}

/// The terms as rows of the palette.
pub(super) fn rows(app: &App) -> Vec<Row> {
    let terms = app.terms().iter().enumerate();
    terms
        .map(|(place, term)| Row {
            entry: Entry::Term(place),
            name: term.words(app.lang).name.clone(),
            about: term.symbol.clone(),
            kind: app.interface().words.kind_term.clone(),
            keywords: keywords(term),
        })
        .collect()
}
