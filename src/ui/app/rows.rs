//! Tables that are worked with keys: the rows of a figure that lead somewhere, and the claims of the
//! post that can be measured from there, whatever lesson they belong to.

use super::{App, Pane, Request};
use crate::lab::Label;
use crate::lab::blueprint::Blueprint;
use crate::lab::claim::Measurement;
use crate::lab::param::{Kind, Value};
use crate::lab::view::{Figure, Lead, Plot, Table};
use crate::text::interface::fill;
use crate::text::lesson::{self, Block};

/// How far a claim of the post has been measured, all its lessons together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measured {
    Never,
    Now,
    Holds,
    Fails,
}

impl App {
    /// The selected row of a figure, where it is a table whose rows lead somewhere.
    #[must_use]
    pub fn row_of(&self, figure: &Figure) -> Option<usize> {
        let Plot::Table(table) = &figure.plot else { return None };
        let last = table.leads.len().checked_sub(1)?;
        Some(self.rows.get(figure.id).copied().unwrap_or(0).min(last))
    }

    /// The table under the cursor, with the place of its selected row.
    fn worked(&self) -> Option<(Label, &Table, usize)> {
        if self.acting() != Pane::Figures {
            return None;
        }
        let id = self.figures().get(self.figure).copied()?;
        let figure = self.snapshot.view.figures.iter().find(|f| f.id == id)?;
        let row = self.row_of(figure)?;
        match &figure.plot {
            Plot::Table(table) => Some((id, table, row)),
            _ => None,
        }
    }

    /// What Enter does in the selected row, where the arrows move in such a table.
    #[must_use]
    pub fn lead(&self) -> Option<&Lead> {
        let (_, table, row) = self.worked()?;
        table.leads.get(row)
    }

    /// Moves in the table under the cursor, if there is one.
    pub(super) fn travel_rows(&mut self, by: isize) -> bool {
        let Some((id, table, row)) = self.worked() else { return false };
        let last = table.leads.len().saturating_sub(1);
        self.rows.insert(id, row.saturating_add_signed(by).min(last));
        true
    }

    /// Selects the row on this line below the head of a table. Whether it was selected already.
    pub(super) fn point_at_row(&mut self, line: usize, lines: usize) -> bool {
        let Some((id, table, row)) = self.worked() else { return false };
        let count = table.leads.len();
        let at = super::super::chart::table::first_row(count, row, lines) + line;
        if at < count {
            self.rows.insert(id, at);
        }
        at == row
    }

    /// Does what the selected row leads to.
    pub(super) fn follow(&mut self) -> Vec<Request> {
        match self.lead().cloned() {
            None | Some(Lead::Nowhere) => {
                self.message = Some(self.interface().words.row_nowhere.clone());
                Vec::new()
            }
            Some(Lead::Choose { param, option }) => {
                let Some(spec) = self.blueprint().param(param) else { return Vec::new() };
                match spec.kind {
                    Kind::Choice(_) => self.edit(spec, Value::Choice(option), false),
                    _ => Vec::new(),
                }
            }
            Some(Lead::Lesson(id)) => match self.place_of(id) {
                Some(place) => self.open_lesson(place, None),
                None => Vec::new(),
            },
            Some(Lead::Claims(numbers)) => self.measure_or_open(&numbers),
        }
    }

    fn place_of(&self, id: &str) -> Option<usize> {
        self.catalogue.iter().position(|lesson| lesson.id == id)
    }

    /// The lessons that measure a claim, by their places.
    fn homes(&self, number: u8) -> impl Iterator<Item = (usize, &'static Blueprint)> + '_ {
        let lessons = self.catalogue.iter().copied().enumerate();
        lessons.filter(move |(_, lesson)| lesson.claims.iter().any(|c| c.number == number))
    }

    fn measured_yet(&self, number: u8) -> Measured {
        let mut all = Measured::Never;
        for (place, lesson) in self.homes(number) {
            if self.to_measure.contains(&(place, number)) || self.measuring == Some((place, number))
            {
                return Measured::Now;
            }
            let kept = self.progress.lessons.get(lesson.id).and_then(|l| l.claims.get(&number));
            all = match (kept, all) {
                (Some(false), _) => Measured::Fails,
                (Some(true), Measured::Never) => Measured::Holds,
                (_, all) => all,
            };
        }
        all
    }

    /// How far claims have been measured: one in words, several counted.
    #[must_use]
    pub fn claims_words(&self, numbers: &[u8]) -> String {
        let words = &self.interface().words;
        if let [number] = numbers {
            let word = match self.measured_yet(*number) {
                Measured::Never => &words.claim_not_yet,
                Measured::Now => &words.claim_now,
                Measured::Holds => &words.claim_holds,
                Measured::Fails => &words.claim_fails,
            };
            return word.clone();
        }
        let done = numbers.iter().filter(|n| self.measured_yet(**n) == Measured::Holds).count();
        format!("{done}/{}", numbers.len())
    }

    /// Whether some of these claims are still to be measured.
    #[must_use]
    pub fn some_unmeasured(&self, numbers: &[u8]) -> bool {
        numbers.iter().any(|n| self.measured_yet(*n) == Measured::Never)
    }

    /// Measures those of these claims that have not been; one that has been leads to its page.
    fn measure_or_open(&mut self, numbers: &[u8]) -> Vec<Request> {
        if let [number] = numbers
            && self.measured_yet(*number) != Measured::Never
        {
            return self.open_claim(*number);
        }
        let new: Vec<u8> =
            numbers.iter().copied().filter(|n| self.measured_yet(*n) == Measured::Never).collect();
        if new.is_empty() {
            self.message = Some(self.interface().words.claims_done.clone());
        }
        let jobs: Vec<(usize, u8)> =
            new.iter().flat_map(|n| self.homes(*n).map(|(place, _)| (place, *n))).collect();
        self.to_measure.extend(jobs);
        self.measure_next()
    }

    /// Opens the page of the first lesson that measures a claim.
    fn open_claim(&mut self, number: u8) -> Vec<Request> {
        let Some((place, home)) = self.homes(number).next() else { return Vec::new() };
        let holds = |block: &Block| *block == Block::Claim(number);
        let pages = &lesson::of(home.id, self.lang).pages;
        if let Some(page) = pages.iter().position(|page| page.blocks.iter().any(holds)) {
            self.progress.lessons.entry(home.id.to_owned()).or_default().page = page;
            if place == self.open {
                self.page = page;
                self.scroll = 0;
            }
        }
        self.focus = Pane::Lesson;
        self.enlarged = false;
        self.open_lesson(place, None)
    }

    /// Has the next claim measured, where none is being measured: one at a time, so that whatever
    /// is asked for meanwhile does not wait for all of them.
    pub(super) fn measure_next(&mut self) -> Vec<Request> {
        if self.measuring.is_some() {
            return Vec::new();
        }
        self.measuring = self.to_measure.pop_front();
        self.measuring.map(|(place, number)| Request::Check(place, number)).into_iter().collect()
    }

    /// A claim of the lesson of this place has been measured.
    pub fn measured(
        &mut self,
        place: usize,
        number: u8,
        measurements: Vec<Measurement>,
    ) -> Vec<Request> {
        let holds = !measurements.is_empty() && measurements.iter().all(Measurement::holds);
        if let Some(lesson) = self.catalogue.get(place) {
            let kept = self.progress.lessons.entry(lesson.id.to_owned()).or_default();
            kept.claims.insert(number, holds);
        }
        if place == self.open {
            self.checked.insert(number, Some(measurements));
        }
        if self.measuring == Some((place, number)) {
            self.measuring = None;
        }
        self.measure_next()
    }

    /// What Enter does in the selected row, in a word.
    #[must_use]
    pub fn lead_word(&self) -> Option<&'static str> {
        let words = &self.interface().words;
        Some(match self.lead()? {
            Lead::Nowhere => return None,
            Lead::Choose { .. } => &words.row_look,
            Lead::Claims(numbers) if self.some_unmeasured(numbers) => &words.row_measure,
            Lead::Claims(numbers) if numbers.len() > 1 => return None,
            Lead::Lesson(_) | Lead::Claims(_) => &words.open,
        })
    }

    /// The table under the cursor as Markdown, to be copied.
    pub(super) fn copy_table(&mut self) -> Vec<Request> {
        let id = self.figures().get(self.figure).copied();
        let view = self.snapshot.clone();
        let figure = view.view.figures.iter().find(|f| Some(f.id) == id);
        let Some(Plot::Table(table)) = figure.map(|f| &f.plot) else {
            self.message = Some(self.interface().words.no_table.clone());
            return Vec::new();
        };
        let text = super::super::markdown::table(table, self);
        let name = id.map_or("", |id| self.label(id));
        self.message = Some(fill(&self.interface().words.copied, &[("what", name)]));
        vec![Request::Copy(text)]
    }
}
