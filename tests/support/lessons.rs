//! The lessons a test goes through: all, or while one is being written the one that the variable
//! LESSON names (`LESSON=boltzmann cargo test --test extremes`).

use contrastlab::lab::blueprint::Blueprint;
use contrastlab::lesson::LESSONS;

/// With their places in the table of lessons.
pub(crate) fn lessons() -> Vec<(usize, &'static Blueprint)> {
    let only = std::env::var("LESSON").ok();
    let meant = |b: &Blueprint| only.as_ref().is_none_or(|id| id == b.id);
    let found: Vec<_> =
        LESSONS.iter().copied().enumerate().filter(|(_, lesson)| meant(lesson)).collect();
    assert!(!found.is_empty(), "LESSON names no lesson");
    found
}
