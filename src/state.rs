//! What is kept between two visits: where the files are, the learner's own configuration, and the
//! progress.
//!
//! The lab works without any of it. What cannot be read or written is said once, in one sentence,
//! and is never overwritten.

pub mod config;
pub mod log;
pub mod paths;
pub mod progress;

/// A message from a parser about a learner's file, on one line and without anything that would
/// steer the terminal.
fn clean(message: &str) -> String {
    message
        .split_whitespace()
        .map(|word| word.replace(|c: char| c.is_control(), "\u{fffd}"))
        .collect::<Vec<_>>()
        .join(" ")
}

/// The line and column, both from 1, of an offset.
fn position(source: &str, offset: usize) -> (usize, usize) {
    let before = source.get(..offset).unwrap_or(source);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    (line, column)
}
