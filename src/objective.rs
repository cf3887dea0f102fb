//! What is minimised: value and gradient, one file a method.

pub mod asymptotic;
pub mod conditional_nce;
pub mod contrastive_divergence;
pub mod language_model;
pub mod likelihood;
pub mod nce;
pub mod partition;
pub mod score_matching;
