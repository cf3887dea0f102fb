//! A [`crate::lab::view::Figure`] as terminal cells.
