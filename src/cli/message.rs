//! What can go wrong on the command line, and one sentence for each in both languages.

mod english;
mod korean;
mod word;

pub(super) use word::Word;

use super::loss_words::LossError;
use crate::data::table::TableError;
use crate::data::words::TextError;
use crate::lab::Label;
use crate::lab::param::Refusal;
use crate::state::config::ConfigError;
use crate::text::Lang;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub enum CliError {
    /// A lesson or its options stand before a command.
    LessonBeforeCommand,
    /// No lesson has this name.
    UnknownLesson {
        /// What was given.
        given: String,
        /// What was probably meant.
        nearest: Option<String>,
        /// The lessons there are.
        known: Vec<Label>,
    },
    /// The option needs a lesson to be named.
    NeedsLesson {
        /// The option.
        option: &'static str,
    },
    /// The lesson has no such parameter.
    UnknownParam {
        /// The lesson.
        lesson: Label,
        /// What was given.
        given: String,
        /// What was probably meant.
        nearest: Option<String>,
        /// The parameters there are.
        known: Vec<Label>,
    },
    /// The lesson has no such preset.
    UnknownPreset {
        /// The lesson.
        lesson: Label,
        /// What was given.
        given: String,
        /// What was probably meant.
        nearest: Option<String>,
        /// The presets there are.
        known: Vec<Label>,
    },
    /// Neither the number of a claim nor a lesson.
    UnknownClaim {
        /// What was given.
        given: String,
        /// What was probably meant.
        nearest: Option<String>,
    },
    /// Nothing of this name is measured.
    UnknownBenchmark {
        /// What was given.
        given: String,
        /// What was probably meant.
        nearest: Option<String>,
        /// What there is.
        known: Vec<Label>,
    },
    /// A setting is not of the form NAME=VALUE.
    NotASetting {
        /// What was given.
        given: String,
    },
    /// What stands after the @ is no step.
    NotAStep {
        /// What was given.
        given: String,
    },
    /// The value does not suit the parameter.
    Refused {
        /// The parameter.
        param: Label,
        /// Why not.
        refusal: Refusal,
        /// For a choice, what was probably meant.
        nearest: Option<String>,
    },
    /// A parameter that restarts the run was to change in the middle.
    RestartsTheRun {
        /// The parameter.
        param: Label,
    },
    /// A change lies beyond the last step.
    AfterTheEnd {
        /// The parameter.
        param: Label,
        /// Its step.
        step: u64,
        /// How many steps were asked for.
        steps: u64,
    },
    /// A change at a step was given where the lab opens at step 0.
    StepWithoutRun {
        /// What was given.
        given: String,
    },
    /// Columns were named but no table.
    ColumnsWithoutData,
    /// The lesson takes no table.
    TakesNoData {
        /// The lesson.
        lesson: Label,
    },
    /// A text was given to a lesson that takes a table.
    TakesATable {
        /// The lesson.
        lesson: Label,
    },
    /// A text was given to a lesson that takes pictures.
    TakesPictures {
        /// The lesson.
        lesson: Label,
    },
    /// Columns were asked of a text.
    ColumnsOfAText,
    /// Columns were asked of pictures, which need all of them.
    ColumnsOfPictures {
        /// The lesson.
        lesson: Label,
    },
    /// A table was given and a data set chosen as well.
    DataTwice {
        /// The parameter that chooses.
        param: Label,
    },
    /// More columns were named than the lesson takes.
    TooManyColumns {
        /// The lesson.
        lesson: Label,
        /// How many it takes.
        most: usize,
        /// How many were given.
        given: usize,
    },
    /// The table cannot be read.
    Table(TableError),
    /// The text cannot be read.
    Text(TextError),
    /// A loss cannot be computed of what was given.
    Loss(LossError),
    /// The data does not suit the lesson; in the lesson's words.
    Unusable {
        /// Why.
        why: String,
        /// What it is about; may be empty.
        about: String,
    },
    /// The numbers left the finite; in the lesson's words.
    Diverged {
        /// Where.
        step: u64,
        /// Why.
        why: String,
    },
    /// Claims were tested and some do not hold.
    DoNotHold {
        /// How many rows.
        rows: usize,
    },
    /// There is no terminal to open the lab on.
    NoTerminal,
    /// The terminal failed while the lab was open.
    Terminal(io::Error),
    /// The configuration cannot be used.
    Config(ConfigError),
    /// The configuration file that was named does not exist.
    NoConfig {
        /// The file.
        path: PathBuf,
    },
    /// No theme has this name.
    UnknownTheme {
        /// What was given.
        given: String,
        /// What was probably meant.
        nearest: Option<String>,
    },
    /// The result cannot be written.
    Output {
        /// The file; standard output without one.
        path: Option<PathBuf>,
        /// Why.
        why: io::Error,
    },
    /// A signal asked for the end.
    Interrupted(u8),
}

impl CliError {
    /// The exit code: 1 failed, 2 wrong usage, 128 and the number of the signal.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Self::Table(_)
            | Self::Text(_)
            | Self::Unusable { .. }
            | Self::Diverged { .. }
            | Self::DoNotHold { .. }
            | Self::NoTerminal
            | Self::Terminal(_)
            | Self::Config(_)
            | Self::NoConfig { .. }
            | Self::Output { .. } => 1,
            Self::Loss(why) => why.code(),
            Self::Interrupted(signal) => 128 + signal,
            Self::LessonBeforeCommand
            | Self::UnknownLesson { .. }
            | Self::NeedsLesson { .. }
            | Self::UnknownParam { .. }
            | Self::UnknownPreset { .. }
            | Self::UnknownClaim { .. }
            | Self::UnknownBenchmark { .. }
            | Self::UnknownTheme { .. }
            | Self::NotASetting { .. }
            | Self::NotAStep { .. }
            | Self::Refused { .. }
            | Self::RestartsTheRun { .. }
            | Self::AfterTheEnd { .. }
            | Self::StepWithoutRun { .. }
            | Self::ColumnsWithoutData
            | Self::TakesNoData { .. }
            | Self::TakesATable { .. }
            | Self::TakesPictures { .. }
            | Self::ColumnsOfAText
            | Self::ColumnsOfPictures { .. }
            | Self::DataTwice { .. }
            | Self::TooManyColumns { .. } => 2,
        }
    }

    /// Whether the reader of standard output went away, which is no error.
    pub(super) fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output { path: None, why } if why.kind() == io::ErrorKind::BrokenPipe)
    }

    /// What to tell, in one sentence. Control characters of what was given are shown as escapes.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        clean(&match lang {
            Lang::En => self.english(),
            Lang::Ko => self.korean(),
        })
    }
}

/// The text with its control characters as escapes: nothing a file or an argument holds reaches
/// the terminal raw.
pub(super) fn clean(text: &str) -> String {
    if !text.chars().any(char::is_control) {
        return text.to_owned();
    }
    text.chars().fold(String::new(), |mut all, c| {
        if c.is_control() {
            all.extend(c.escape_default());
        } else {
            all.push(c);
        }
        all
    })
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(Lang::En))
    }
}

impl std::error::Error for CliError {}

#[cfg(test)]
mod tests {
    use super::{CliError, clean};
    use crate::text::Lang;

    #[test]
    fn control_characters_never_reach_the_terminal() {
        assert_eq!(clean("a\u{1b}[2Jb\n"), "a\\u{1b}[2Jb\\n");
        for lang in Lang::ALL {
            let error = CliError::NotASetting { given: "\u{1b}]0;x\u{7}".to_owned() };
            assert!(!error.sentence(lang).contains(['\u{1b}', '\u{7}']));
        }
    }
}
