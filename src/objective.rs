//! What is minimised: value and gradient, one file a method.
