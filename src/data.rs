//! Where samples come from.

pub mod table;
