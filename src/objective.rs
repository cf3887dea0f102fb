//! What is minimised: value and gradient, one file a method.

pub mod contrastive_divergence;
pub mod likelihood;
pub mod partition;
pub mod score_matching;
