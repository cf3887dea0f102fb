//! How to draw from a model.
