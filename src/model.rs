//! What has parameters.
