//! What several lessons are made with.

pub(in crate::lesson) mod history;
mod kernel;
pub(in crate::lesson) mod sample;
