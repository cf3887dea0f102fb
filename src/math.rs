//! Numbers only: nothing here knows a model.

pub mod all_pairs;
pub mod dot;
pub mod gemm;
pub mod lanes;
pub mod log_sum_exp;
pub mod logistic;
pub mod parallel;
pub mod peak;
pub mod phases;
pub mod principal;
pub mod quadrature;
pub mod rng;
pub mod simd;
pub mod statistics;
pub mod vector_math;
