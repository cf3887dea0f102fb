//! How to draw from a model.

pub mod chains;
pub mod diagnostics;
pub mod fused_langevin;
pub mod langevin;
pub mod metropolis;
pub mod replay_buffer;
