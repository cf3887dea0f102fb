//! What several lessons are made with.

pub(in crate::lesson) mod alignment;
pub(in crate::lesson) mod blur;
pub(in crate::lesson) mod bowl;
pub(in crate::lesson) mod drawing;
pub(in crate::lesson) mod history;
mod kernel;
pub(in crate::lesson) mod minibatch;
pub(in crate::lesson) mod pictures;
pub(in crate::lesson) mod powers;
pub(in crate::lesson) mod recent;
pub(in crate::lesson) mod sample;
pub(in crate::lesson) mod scatter;
pub(in crate::lesson) mod sweep;
#[cfg(test)]
pub(in crate::lesson) mod testing;
pub(in crate::lesson) mod truth;
