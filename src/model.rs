//! What has parameters.

pub mod adam;
pub mod energy;
pub mod fused_mlp;
pub mod mlp;
pub mod thermodynamics;
