//! Predictions: answering one, and seeing what it was about run.

use super::super::number::thousands;
use super::{ANSWERS, App, Asked, Pane, Request};
use crate::lab::Label;
use crate::lab::param::Value;
use crate::lab::view::Readout;
use crate::lab::worker::Command;
use crate::text::interface::fill;

impl App {
    pub(super) fn answer(&mut self, number: usize) -> Vec<Request> {
        let (Some(question), Some(said)) = (self.open_question(), ANSWERS.get(number)) else {
            return Vec::new();
        };
        self.asked.insert(question, Asked { said: *said, outcome: None });
        vec![Request::Ask(question)]
    }

    /// Runs what the last judged prediction on the page was about: first with the change, then,
    /// asked again, without it, and so in turn.
    pub(super) fn show_me(&mut self) -> Vec<Request> {
        let words = &self.interface().words;
        let Some(question) = self.judged_question() else {
            self.message = Some(words.nothing_to_show.clone());
            return Vec::new();
        };
        if self.table().is_some() {
            // The prediction was judged on the shipped data.
            self.message = Some(self.own_data_words());
            return Vec::new();
        }
        let settings = |change: &[(Label, Value)]| {
            let mut settings = self.blueprint().defaults();
            for (id, value) in question.setup.iter().chain(change) {
                settings.set(id, *value);
            }
            settings
        };
        let (changed, unchanged) = (settings(question.change), settings(&[]));
        let before = self.settings == changed;
        let settings = if before { unchanged } else { changed };
        let readout = self.text().label(question.readout);
        let values: Vec<String> = question
            .change
            .iter()
            .filter_map(|(id, _)| self.blueprint().param(id))
            .map(|p| {
                let value = self.value_text(p, settings.get(p.id));
                format!("{} {value}", self.param_name(p.id))
            })
            .collect();
        let template = if before { &words.shown_before } else { &words.shown_after };
        let steps = thousands(question.steps);
        self.message = Some(fill(
            template,
            &[("values", &values.join(", ")), ("readout", readout), ("steps", &steps)],
        ));
        let of = |r: &Readout| r.id == question.readout;
        self.readout = self.snapshot.view.readouts.iter().position(of).unwrap_or(self.readout);
        self.enlarged = false;
        if self.arrangement().tabs {
            self.focus = Pane::Readouts;
        }
        self.settings = settings.clone();
        vec![Request::Tell(Command::Apply(settings)), Request::Tell(Command::Resume)]
    }
}
