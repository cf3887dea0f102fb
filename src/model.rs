//! What has parameters.

pub mod adagrad;
pub mod adam;
pub mod caption_encoder;
pub mod conditional;
pub mod coupled_well;
pub mod encoder;
pub mod energy;
pub mod exponential;
pub mod funnel;
pub mod fused_mlp;
pub mod linear_probe;
pub mod log_bilinear;
pub mod mlp;
pub mod nearest_neighbours;
pub mod plane;
pub mod thermodynamics;
