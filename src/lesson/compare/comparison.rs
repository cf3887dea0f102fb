//! The experiment: fills the table row after row, or the row that is asked for.

use super::picture;
use super::row::Row;
use super::study::{Setup, Study};
use crate::lab::Label;
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::View;
use crate::math::rng::Rng;
use rand::Rng as _;

/// Scores after which a step ends.
const WORK: usize = 150_000;

/// The table as far as it is filled.
#[derive(Clone, Debug)]
pub(super) struct Comparison {
    settings: Settings,
    pub(super) setup: Setup,
    pub(super) studies: [Study; 7],
    /// The row whose measurement is drawn.
    pub(super) shown: Row,
}

impl Comparison {
    pub(super) fn new(settings: &Settings, rng: &mut Rng) -> Self {
        let mut made = Self {
            settings: settings.clone(),
            setup: Setup::new(settings, rng.next_u64()),
            studies: Row::ALL.map(Study::new),
            shown: Row::Noise,
        };
        made.look();
        made
    }

    /// The row the settings ask for, where they ask for one.
    pub(super) fn asked(&self) -> Option<Row> {
        Row::from_id(self.settings.choice("row"))
    }

    /// The rows that the settings ask for.
    pub(super) fn wanted(&self) -> impl Iterator<Item = Row> + '_ {
        let choice = self.settings.choice("row");
        Row::ALL.into_iter().filter(move |row| choice == "all" || choice == row.id())
    }

    /// The row that is being measured.
    pub(super) fn current(&self) -> Option<Row> {
        self.wanted().find(|row| !self.study(*row).is_done(&self.setup))
    }

    pub(super) fn study(&self, row: Row) -> &Study {
        &self.studies[row.place()]
    }

    /// Draws what is measured, else what is asked for, else what was drawn.
    fn look(&mut self) {
        if let Some(row) = self.current().or(self.asked()) {
            self.shown = row;
        }
    }

    /// A step of a row, whatever the settings ask for.
    pub(super) fn measure(&mut self, row: Row) -> Result<usize, Diverged> {
        let lost = Diverged { why: "training-lost" };
        self.studies[row.place()].step(&self.setup).ok_or(lost)
    }
}

impl Experiment for Comparison {
    fn set(&mut self, param: Label, value: Value) {
        self.settings.set(param, value);
        self.look();
    }

    fn step(&mut self, _: &mut Rng) -> Result<(), Diverged> {
        let mut work = 0;
        while work < WORK {
            // A step does not go on from one row to the next: the eye should see each begin.
            let Some(row) = self.current() else { break };
            work += self.measure(row)?;
            if self.study(row).is_done(&self.setup) {
                break;
            }
        }
        self.look();
        Ok(())
    }

    fn view(&self) -> View {
        picture::view(self)
    }

    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}
