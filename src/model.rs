//! What has parameters.

pub mod adam;
pub mod coupled_well;
pub mod energy;
pub mod funnel;
pub mod fused_mlp;
pub mod mlp;
pub mod thermodynamics;
