//! contrastlab: a terminal learning lab for energy-based models, noise-contrastive estimation and
//! InfoNCE.
//!
//! **Experiments produce plain data, everything else shows it.** An experiment knows nothing of
//! terminals, languages or files; the terminal, the JSON, the CSV and the tests all read the same
//! [`lab::view::View`].
//!
//! # The house
//!
//! A folder is a layer; a file is one idea, named in the field's own word. A layer imports only
//! from layers listed above it here, and `tests/layering.rs` holds the code to that.
//!
//! | layer | what lives there |
//! |---|---|
//! | [`math`] | numbers only: knows no model |
//! | [`data`] | where samples come from |
//! | [`model`] | what has parameters |
//! | [`sampler`] | how to draw from a model |
//! | [`objective`] | what is minimised: value and gradient |
//! | [`lab`] | what an experiment is, and how one runs |
//! | [`lesson`] | one file a lesson: its experiment and its claims |
//! | [`text`] | what a learner reads, in English and Korean |
//! | [`state`] | what is kept between two visits |
//! | [`ui`] | the terminal |
//! | [`cli`] | everything without a screen |
//!
//! # How a step travels
//!
//! ```text
//! key -> ui::keymap -> Action -> ui::app --Command--> worker thread: lab::run::Run
//!                                   ^                       | step, step, step ...
//! frame <- ui::chart <- Figure <- View <- newest snapshot --+ a View at most once a frame
//! ```

pub mod math;

pub mod data;

pub mod model;

pub mod sampler;

pub mod objective;

pub mod lab;

pub mod lesson;

pub mod text;

pub mod state;

pub mod ui;

pub mod cli;
