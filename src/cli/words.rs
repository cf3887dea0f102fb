//! A lesson's words for the screenless commands; an id stands for itself where there are none.

use super::message::clean;
use crate::lab::blueprint::{Blueprint, Unusable};
use crate::lab::run::RunError;
use crate::text::Lang;
use crate::text::lesson::{self, LessonText};

/// The words of one lesson in one language.
pub(super) struct Words {
    text: Option<&'static LessonText>,
    id: &'static str,
}

/// The one place that asks the text layer.
fn text_of(id: &str, lang: Lang) -> Option<&'static LessonText> {
    lesson::read(id, lang).ok()
}

impl Words {
    pub(super) fn of(lesson: &Blueprint, lang: Lang) -> Self {
        Self { text: text_of(lesson.id, lang), id: lesson.id }
    }

    pub(super) fn title(&self) -> &str {
        self.text.map_or(self.id, |t| &t.front.title)
    }

    pub(super) fn summary(&self) -> &str {
        self.text.map_or("", |t| &t.front.summary)
    }

    /// Name, unit and one line about a parameter.
    pub(super) fn param<'a>(&'a self, id: &'a str) -> (&'a str, &'a str, &'a str) {
        match self.text.and_then(|t| t.front.params.get(id)) {
            Some(p) => (&p.name, &p.unit, &p.about),
            None => (id, "", ""),
        }
    }

    /// Name, unit and one line about a readout.
    pub(super) fn readout<'a>(&'a self, id: &'a str) -> (&'a str, &'a str, &'a str) {
        match self.text.and_then(|t| t.front.readouts.get(id)) {
            Some(r) => (&r.name, &r.unit, &r.about),
            None => (id, "", ""),
        }
    }

    /// Name and one line about a preset.
    pub(super) fn preset<'a>(&'a self, id: &'a str) -> (&'a str, &'a str) {
        match self.text.and_then(|t| t.front.presets.get(id)) {
            Some(p) => (&p.name, &p.about),
            None => (id, ""),
        }
    }

    /// What the post says and what is so.
    pub(super) fn claim(&self, number: u8) -> (&str, &str) {
        match self.text.and_then(|t| t.front.claims.get(&number.to_string())) {
            Some(c) => (&c.says, &c.so),
            None => ("", ""),
        }
    }

    pub(super) fn label<'a>(&'a self, id: &'a str) -> &'a str {
        self.text.and_then(|t| t.front.labels.get(id)).map_or(id, String::as_str)
    }

    /// Why a run cannot begin or go on, in the lesson's words.
    pub(super) fn trouble(&self, error: RunError) -> super::CliError {
        match error {
            RunError::Unusable(Unusable { why, about }) => super::CliError::Unusable {
                why: self.label(why).trim_end_matches('.').to_owned(),
                about: clean(&about),
            },
            RunError::Refused(param, refusal) => {
                super::CliError::Refused { param, refusal, nearest: None }
            }
            RunError::Diverged(step, diverged) => super::CliError::Diverged {
                step,
                why: self.label(diverged.why).trim_end_matches('.').to_owned(),
            },
        }
    }
}
