//! How to draw from a model.

pub mod chains;
pub mod diagnostics;
pub mod langevin;
pub mod metropolis;
