//! The plan of a lesson: what it is called, what can be turned, what is shown where, and how its
//! experiment is built.

use super::Label;
use super::claim::Claim;
use super::experiment::Experiment;
use super::param::{ParamSpec, Settings, Value};
use super::question::Question;
use crate::data::pictures::Pictures;
use crate::data::table::Table;
use crate::data::words::Corpus;
use crate::math::rng::Rng;
use std::fmt;
use std::sync::Arc;

/// Builds an experiment at step 0 from the settings, the data and the run's generator.
pub type Build = fn(&Settings, &Source, &mut Rng) -> Result<Box<dyn Experiment>, Unusable>;

/// The plan of a lesson. All of it is constant; the words are in `lessons/<id>/`.
pub struct Blueprint {
    /// Its name on the command line and the name of its folder under `lessons/`.
    pub id: Label,
    /// Its chapter and its place there, for example (1, 2).
    pub number: (u8, u8),
    /// The knobs, in the order they are shown.
    pub params: &'static [ParamSpec],
    /// Instructive settings by name.
    pub presets: &'static [Preset],
    /// Every readout id a view of it may hold, in the order they are shown.
    pub readouts: &'static [Label],
    /// Where the figures go: rows of figure ids, the most important first; at most four of
    /// them are in a view.
    pub layout: &'static [&'static [Label]],
    /// Steps a second that show the process best; the learner can change it.
    pub pace: f64,
    /// What the learner predicts before it is run.
    pub questions: &'static [Question],
    /// The claims of the post that this lesson tests.
    pub claims: &'static [Claim],
    /// Readouts and figures that hold times measured while it runs: all that is not the same in
    /// every run.
    pub timed: &'static [Label],
    /// What of the learner's own it takes.
    pub takes: Takes,
    /// The parameter that chooses among the shipped data, which the learner's own takes the place
    /// of.
    pub data_param: Option<Label>,
    /// Builds the experiment at step 0.
    pub build: Build,
}

/// Settings worth a name.
pub struct Preset {
    /// Its id: a label of the lesson.
    pub id: Label,
    /// What it sets; everything else goes to its default.
    pub values: &'static [(Label, Value)],
}

/// What data of the learner's own a lesson takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// None.
    Nothing,
    /// So many columns of a table at most.
    Columns(usize),
    /// A text.
    Text,
    /// A table of labelled pictures.
    Pictures,
}

/// Where a lesson's data comes from.
#[derive(Clone, Debug, Default)]
pub enum Source {
    /// What ships with the lab.
    #[default]
    Shipped,
    /// The learner's own columns.
    Table(Arc<Table>),
    /// The learner's own text.
    Text(Arc<Corpus>),
    /// The learner's own labelled pictures.
    Pictures(Arc<Pictures>),
}

impl Takes {
    /// Whether a lesson that takes this can be opened on that data.
    #[must_use]
    pub fn suits(self, source: &Source) -> bool {
        match source {
            Source::Shipped => true,
            Source::Table(_) => matches!(self, Self::Columns(_)),
            Source::Text(_) => self == Self::Text,
            Source::Pictures(_) => self == Self::Pictures,
        }
    }
}

impl Source {
    /// The name of the learner's own file.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Shipped => None,
            Self::Table(table) => Some(&table.name),
            Self::Text(corpus) => Some(corpus.name()),
            Self::Pictures(pictures) => Some(&pictures.name),
        }
    }

    /// The same with the columns in use; empty for what ships.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Table(table) => format!("{} ({})", table.name, table.names.join(", ")),
            other => other.name().unwrap_or_default().to_owned(),
        }
    }
}

/// Why an experiment cannot be built from the data it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// What is wrong and what would be right: a label of the interface or the lesson.
    pub why: Label,
    /// The column or value it is about; may be empty.
    pub about: String,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.why, self.about)
    }
}

impl std::error::Error for Unusable {}

impl fmt::Debug for Blueprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blueprint({})", self.id)
    }
}

impl Blueprint {
    /// The defaults.
    #[must_use]
    pub fn defaults(&self) -> Settings {
        Settings::new(self.params)
    }

    /// The parameter of a name.
    #[must_use]
    pub fn param(&self, id: &str) -> Option<&'static ParamSpec> {
        self.params.iter().find(|p| p.id == id)
    }
}
