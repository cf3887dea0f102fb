//! What an experiment is, and how one runs. Pure computation: no terminal, no language, no file.

pub mod bench;
pub mod blueprint;
pub mod claim;
pub mod experiment;
#[cfg(test)]
pub(crate) mod fixture;
pub mod param;
pub mod question;
pub mod run;
pub mod view;
pub mod worker;

/// The name of something a learner reads: an id that the text layer turns into words. It never
/// changes once published.
pub type Label = &'static str;
