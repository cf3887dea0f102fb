//! What went wrong, in one sentence of the learner's language.

use super::App;
use crate::lab::run::RunError;
use crate::state::progress::{Notice, StateError};
use crate::text::interface::fill;
use std::path::Path;

impl App {
    /// Why a run could not begin or go on, in one sentence.
    #[must_use]
    pub fn explain(&self, error: &RunError) -> String {
        let interface = self.interface();
        match error {
            RunError::Refused(param, refusal) => {
                format!("{}: {}", self.param_name(param), interface.refusal(refusal))
            }
            RunError::Unusable(unusable) => {
                let why = self.label(unusable.why);
                if unusable.about.is_empty() {
                    why.to_owned()
                } else {
                    format!("{why} ({})", unusable.about)
                }
            }
            RunError::Diverged(step, diverged) => {
                let at = fill(&interface.words.diverged_at, &[("step", &step.to_string())]);
                format!("{at} {}", self.label(diverged.why))
            }
        }
    }

    /// What the learner should know about the progress that was kept.
    #[must_use]
    pub fn explain_notice(&self, notice: &Notice) -> String {
        let words = &self.interface().words;
        match notice {
            Notice::Nowhere => words.progress_nowhere.clone(),
            Notice::SetAside { file, now, why } => {
                let name = now.file_name().map_or(now.as_path(), Path::new);
                fill(
                    &words.progress_set_aside,
                    &[("file", &shown(file)), ("why", why), ("now", &shown(name))],
                )
            }
            Notice::Stuck { file, why } => {
                fill(&words.progress_stuck, &[("file", &shown(file)), ("why", why)])
            }
            Notice::Newer { file, version } => fill(
                &words.progress_newer,
                &[("file", &shown(file)), ("version", &version.to_string())],
            ),
        }
    }

    /// Why the progress could not be written.
    #[must_use]
    pub fn explain_state(&self, error: &StateError) -> String {
        let words = &self.interface().words;
        match error {
            StateError::Nowhere => self.explain_notice(&Notice::Nowhere),
            StateError::Kept(notice) => self.explain_notice(notice),
            StateError::Write { file, source } => fill(
                &words.progress_unwritten,
                &[("file", &shown(file)), ("why", &source.to_string())],
            ),
            StateError::Encode(why) => fill(&words.not_saved, &[("why", why)]),
        }
    }
}

/// A path without anything that would steer the terminal.
fn shown(path: &Path) -> String {
    path.display()
        .to_string()
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}
