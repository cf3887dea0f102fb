//! The terminal.

pub mod chart;
pub mod theme;
