//! What is kept between two visits.
