//! Where samples come from.

pub mod captions;
pub mod digits;
mod file;
pub mod geyser;
pub mod halves;
pub mod mixture;
pub mod noise;
pub mod pictures;
pub mod pixels;
pub mod table;
pub mod torus;
pub mod toy;
pub mod unigram;
pub mod vocabulary;
pub mod words;
