//! Numbers only: nothing here knows a model.

pub mod log_sum_exp;
pub mod quadrature;
pub mod rng;
