//! How to draw from a model.

pub mod annealed;
pub mod chains;
pub mod diagnostics;
pub mod fused_langevin;
pub mod importance;
pub mod lanes_metropolis;
pub mod langevin;
pub mod metropolis;
