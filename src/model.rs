//! What has parameters.

pub mod adam;
pub mod conditional;
pub mod energy;
pub mod fused_mlp;
pub mod mlp;
pub mod plane;
pub mod thermodynamics;
