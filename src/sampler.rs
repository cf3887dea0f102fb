//! How to draw from a model.

pub mod adaptation;
pub mod annealed;
pub mod autocorrelation;
pub mod chains;
pub mod diagnostics;
pub mod fused_langevin;
pub mod gibbs;
pub mod hamiltonian;
pub mod importance;
pub mod lanes_metropolis;
pub mod langevin;
pub mod metropolis;
pub mod noise;
pub mod replay_buffer;
