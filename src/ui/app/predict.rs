//! Predictions: answering one, and seeing what it was about run.

use super::super::number::{thousands, with_error};
use super::super::screens;
use super::{ANSWERS, App, Asked, Pane, Request};
use crate::lab::Label;
use crate::lab::param::Settings;
use crate::lab::question::Question;
use crate::lab::view::Readout;
use crate::lab::worker::{Command, Status};
use crate::text::interface::fill;
use crate::text::lesson::Block;

/// A side of a prediction that runs before the learner's eyes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Showing {
    /// Which prediction.
    question: Label,
    /// Whether it is the side with the change.
    changed: bool,
    /// The worker's commands that began it: a later one makes the run another.
    commands: u64,
    /// Whether it has come to its end, and that was said.
    done: bool,
}

/// A run to look at lasts at least this many seconds, and at most that many where the machine can.
const SECONDS: (f64, f64) = (2.0, 10.0);

impl App {
    /// The prediction of this id in the open lesson.
    fn question(&self, id: &str) -> Option<&'static Question> {
        self.blueprint().questions.iter().find(|q| q.id == id)
    }

    /// The predictions of the page, in its order.
    fn page_questions(&self) -> impl Iterator<Item = &'static Question> {
        let blocks = self.current_page().map_or(&[][..], |page| &page.blocks[..]);
        blocks.iter().filter_map(|block| match block {
            Block::Question(id) => self.question(id),
            _ => None,
        })
    }

    fn is_judged(&self, question: &Question) -> bool {
        self.asked.get(question.id).is_some_and(|a| matches!(a.outcome, Some(Ok(_))))
    }

    /// The prediction that the next `s` runs, and whether with the change: of those on the page
    /// that are in sight, the one last answered, both its sides, then the one after it. Without
    /// one on the page, the last one answered in the lesson.
    #[must_use]
    pub fn to_show(&self) -> Option<(&'static Question, bool)> {
        let on_page: Vec<_> = self.page_questions().filter(|q| self.is_judged(q)).collect();
        let visible = |q: &&&'static Question| screens::lesson::in_sight(self, q.id);
        let seen: Vec<_> = on_page.iter().filter(visible).copied().collect();
        let mut among = if seen.is_empty() { on_page } else { seen };
        if among.is_empty() {
            among = self.blueprint().questions.iter().filter(|q| self.is_judged(q)).collect();
        }
        // What is on the screen is still what was shown, unless a knob was turned.
        let shown = self.showing.and_then(|s| {
            let place = among.iter().position(|q| q.id == s.question)?;
            (self.settings == self.settings_of(among[place], s.changed)).then_some((place, s))
        });
        match shown {
            Some((place, shown)) if shown.changed => Some((among[place], false)),
            Some((place, _)) if among.len() > 1 && self.arrangement().lesson.is_some() => {
                Some((among[(place + 1) % among.len()], true))
            }
            Some((place, _)) => Some((among[place], true)),
            None => {
                let turn = |q: &&Question| self.asked.get(q.id).map(|a| a.turn);
                among.into_iter().max_by_key(turn).map(|q| (q, true))
            }
        }
    }

    fn settings_of(&self, question: &Question, changed: bool) -> Settings {
        let change = if changed { question.change } else { &[] };
        let mut settings = self.blueprint().defaults();
        for (id, value) in question.setup.iter().chain(change) {
            settings.set(id, *value);
        }
        settings
    }

    /// Answers the first open prediction that is in sight; one that is not is brought there first.
    pub(super) fn answer(&mut self, number: usize) -> Vec<Request> {
        let open: Vec<Label> =
            self.page_questions().map(|q| q.id).filter(|id| !self.asked.contains_key(id)).collect();
        let (Some(first), Some(said)) = (open.first(), ANSWERS.get(number)) else {
            return Vec::new();
        };
        let on_screen = self.arrangement().lesson.is_some();
        let in_sight = |id: &&Label| on_screen && screens::lesson::in_sight(self, id);
        let Some(question) = open.iter().find(in_sight).copied() else {
            self.enlarged &= self.focus == Pane::Lesson;
            self.focus = Pane::Lesson;
            self.scroll = screens::lesson::scroll_to(self, first);
            self.message = Some(self.interface().words.question_here.clone());
            return Vec::new();
        };
        let asked = Asked {
            said: *said,
            outcome: None,
            seed: self.snapshot.recipe.seed,
            turn: self.asked.len(),
        };
        self.asked.insert(question, asked);
        vec![Request::Ask(question)]
    }

    /// Runs what a judged prediction was about, to the step at which it was measured.
    pub(super) fn show_me(&mut self) -> Vec<Request> {
        let words = &self.interface().words;
        let Some((question, changed)) = self.to_show() else {
            self.message = Some(words.nothing_to_show.clone());
            return Vec::new();
        };
        if self.own().is_some() {
            // The prediction was judged on the shipped data.
            self.message = Some(self.own_data_words());
            return Vec::new();
        }
        let settings = self.settings_of(question, changed);
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
        let template = if changed { &words.shown_after } else { &words.shown_before };
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
        let mut commands = vec![Command::Apply(settings.clone())];
        // Another seed would give other numbers than those that were quoted.
        let seed = self.asked.get(question.id).map(|a| a.seed);
        if let Some(seed) = seed.filter(|seed| *seed != self.snapshot.recipe.seed) {
            commands.push(Command::Restart(seed));
        }
        let steps = question.steps as f64;
        let pace = super::PACES[self.pace].clamp(steps / SECONDS.1, steps / SECONDS.0);
        commands.push(Command::Until { step: question.steps, pace });
        self.settings = settings;
        self.showing = Some(Showing {
            question: question.id,
            changed,
            commands: self.commands_sent() + commands.len() as u64,
            done: false,
        });
        commands.into_iter().map(Request::Tell).collect()
    }

    /// The pace was changed: the run that is shown is the same one.
    pub(super) fn show_on(&mut self) {
        if let Some(showing) = &mut self.showing
            && showing.commands == self.sent
        {
            showing.commands += 1;
        }
    }

    /// Once the run that is shown has come to its end: what is measured there, beside what was
    /// measured of the other side.
    pub(super) fn note_shown(&mut self) {
        let Some(showing) = self.showing.filter(|s| !s.done) else { return };
        let Some(question) = self.question(showing.question) else { return };
        let there = self.snapshot.status == Status::Paused
            && self.snapshot.step == question.steps
            && self.snapshot.commands == showing.commands;
        if !there {
            return;
        }
        let Some(Ok(outcome)) = self.asked.get(question.id).and_then(|a| a.outcome.as_ref()) else {
            return;
        };
        let here = self.snapshot.view.readouts.iter().find(|r| r.id == question.readout);
        let Some(here) = here else { return };
        let words = &self.interface().words;
        let (template, other) = if showing.changed {
            (&words.shown_after_end, &outcome.before)
        } else {
            (&words.shown_before_end, &outcome.after)
        };
        let value = |r: &Readout| with_error(r.value, r.error, &self.theme);
        self.message = Some(fill(
            template,
            &[
                ("step", &thousands(question.steps)),
                ("readout", self.text().label(question.readout)),
                ("here", &value(here)),
                ("other", &value(other)),
            ],
        ));
        self.showing = Some(Showing { done: true, ..showing });
    }
}
