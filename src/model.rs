//! What has parameters.

pub mod adam;
pub mod energy;
pub mod mlp;
pub mod thermodynamics;
