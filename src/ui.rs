//! The terminal: what the learner sees and does.

pub mod app;
pub mod arrange;
pub mod chart;
pub mod field;
pub mod keymap;
pub mod markdown;
pub mod number;
pub mod overlay;
pub mod prose;
pub mod screens;
pub mod session;
pub mod terminal;
pub mod theme;
pub mod wrap;

pub use session::{Ending, Opening, SessionError, open};
