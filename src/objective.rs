//! What is minimised: value and gradient, one file a method.

pub mod likelihood;
pub mod partition;
pub mod score_matching;
