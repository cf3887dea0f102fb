//! The sentences in English.

use super::CliError;
use crate::cli::{loss_words, table_words, text_words};
use crate::lab::Label;
use crate::text::Lang;
use crate::ui::theme::Theme;

impl CliError {
    pub(super) fn english(&self) -> String {
        let meant = |nearest: &Option<String>| {
            nearest.as_ref().map(|n| format!(" Did you mean '{n}'?")).unwrap_or_default()
        };
        let or_known = |nearest: &Option<String>, what: &str, known: &[Label]| {
            if nearest.is_some() || known.is_empty() {
                meant(nearest)
            } else {
                format!(" {what}: {}.", known.join(", "))
            }
        };
        match self {
            Self::LessonBeforeCommand => {
                "a command comes first: its lesson and options stand after it.".to_owned()
            }
            Self::UnknownLesson { given, nearest, known } => {
                let more = or_known(nearest, "Lessons", known);
                format!("there is no lesson or command '{given}'.{more}")
            }
            Self::NeedsLesson { option } => {
                format!("{option} needs a lesson: contrastlab LESSON {option} ...")
            }
            Self::UnknownParam { lesson, given, nearest, known } => {
                let more = or_known(nearest, "It has", known);
                format!("the lesson {lesson} has no parameter '{given}'.{more}")
            }
            Self::UnknownPreset { lesson, given, nearest, known } => {
                let more = or_known(nearest, "It has", known);
                format!("the lesson {lesson} has no preset '{given}'.{more}")
            }
            Self::UnknownClaim { given, nearest } => format!(
                "'{given}' is neither the number of a claim nor a lesson with claims.{}",
                meant(nearest)
            ),
            Self::UnknownBenchmark { given, nearest, known } => format!(
                "'{given}': nothing of this name is measured.{} There are: {}.",
                meant(nearest),
                known.join(", ")
            ),
            Self::NotASetting { given } => {
                format!("'{given}' is not a setting: write NAME=VALUE or NAME=VALUE@STEP.")
            }
            Self::NotAStep { given } => {
                format!("'{given}' is not a step: after the @ stands a whole number, 0 or more.")
            }
            Self::Refused { param, refusal, nearest } => {
                format!("{param}: {refusal}.{}", meant(nearest))
            }
            Self::RestartsTheRun { param } => {
                format!("{param} restarts the run, so it cannot change at a step: leave the @ out.")
            }
            Self::AfterTheEnd { param, step, steps } => {
                format!("{param} is to change at step {step}, but the run ends at step {steps}.")
            }
            Self::StepWithoutRun { given } => format!(
                "'{given}': the lab opens at step 0, a change at a step is for 'contrastlab run'."
            ),
            Self::ColumnsWithoutData => "--columns needs a table: --data FILE.csv.".to_owned(),
            Self::TakesNoData { lesson } => {
                format!("the lesson {lesson} takes no data of your own.")
            }
            Self::TakesATable { lesson } => {
                format!("the lesson {lesson} takes a table of numbers (CSV), not a text.")
            }
            Self::TakesPictures { lesson } => format!(
                "the lesson {lesson} takes a table of pictures (CSV: a label and pixels), not a text."
            ),
            Self::ColumnsOfPictures { lesson } => format!(
                "the lesson {lesson} takes whole pictures, all columns: leave --columns out."
            ),
            Self::ColumnsOfAText => "--columns belongs to a table: a text has none.".to_owned(),
            Self::DataTwice { param } => {
                format!("--data and --set {param}=... both choose the data: leave one of them out.")
            }
            Self::TooManyColumns { lesson, most, given } => {
                let s = if *most == 1 { "" } else { "s" };
                format!("the lesson {lesson} takes at most {most} column{s}, not {given}.")
            }
            Self::Table(why) => table_words::sentence(why, Lang::En),
            Self::Text(why) => text_words::sentence(why, Lang::En),
            Self::Loss(why) => loss_words::sentence(why, Lang::En),
            Self::Unusable { why, about } if about.is_empty() => format!("{why}."),
            Self::Unusable { why, about } => format!("{why}: {about}."),
            Self::Diverged { step, why } => format!("diverged at step {step}: {why}."),
            Self::DoNotHold { rows: 1 } => "one row does not hold.".to_owned(),
            Self::DoNotHold { rows } => format!("{rows} rows do not hold."),
            Self::NoTerminal => {
                "the lab needs a terminal; without one, 'contrastlab run LESSON' prints the same \
                 numbers."
                    .to_owned()
            }
            Self::Terminal(why) => format!("the terminal failed: {why}."),
            Self::Config(error) => format!("{error}."),
            Self::NoConfig { path } => {
                format!("{}: there is no such configuration file.", path.display())
            }
            Self::UnknownTheme { given, nearest } => format!(
                "there is no theme '{given}': the themes are auto, {}.{}",
                Theme::NAMES.join(", "),
                meant(nearest)
            ),
            Self::Output { path: Some(path), why } => {
                format!("cannot write {}: {why}.", path.display())
            }
            Self::Output { path: None, why } => format!("cannot write the output: {why}."),
            Self::Interrupted(_) => "interrupted.".to_owned(),
        }
    }
}
