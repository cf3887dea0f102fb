//! One live experiment.

use super::Label;
use super::param::Value;
use super::view::View;
use crate::math::rng::Rng;
use std::fmt;

/// One live experiment. Pure: the same seed, the same parameters and the same edits give the same
/// numbers, bit for bit, on whatever thread and however often it is looked at; all but the times it
/// measures, which [`super::blueprint::Blueprint::timed`] names.
pub trait Experiment: Send {
    /// Takes a new value of a parameter whose effect is [`super::param::Effect::Live`]. The value
    /// has been checked against its range.
    fn set(&mut self, param: Label, value: Value);

    /// One unit of work, bounded: under 5 ms at the default settings, and never long at any.
    ///
    /// # Errors
    /// [`Diverged`] when the numbers left the finite; the run stops there.
    fn step(&mut self, rng: &mut Rng) -> Result<(), Diverged>;

    /// What there is to see now.
    fn view(&self) -> View;

    /// An independent copy: for undo, comparison and going back.
    fn fork(&self) -> Box<dyn Experiment>;
}

/// The numbers left the finite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Diverged {
    /// Why, and what to try: a label of the lesson.
    pub why: Label,
}

impl fmt::Display for Diverged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "diverged ({})", self.why)
    }
}

impl std::error::Error for Diverged {}
