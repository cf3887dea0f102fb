//! What is minimised: value and gradient, one file a method.

pub mod alignment_uniformity;
pub mod asymptotic;
pub mod chunked_pairs;
pub mod clip;
pub mod conditional_nce;
pub mod contrastive_divergence;
pub mod devices;
pub mod fused_pairs;
pub mod gradient_cache;
pub mod info_nce;
pub mod language_model;
pub mod likelihood;
pub mod logit_tile;
pub mod moco_queue;
pub mod mutual_information;
pub mod nce;
pub mod nt_xent;
pub mod partition;
pub mod score_matching;
pub mod siglip;
pub mod tiles;
pub mod unit_rows;
