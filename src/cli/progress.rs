//! One line on standard error that says how far a run is.

use super::Desk;
use std::io::Write;
use std::time::{Duration, Instant};

/// Often enough to be seen moving, seldom enough to cost nothing.
const EVERY: Duration = Duration::from_millis(100);

/// The line; it is wiped when the work is over.
pub(super) struct Progress {
    on: bool,
    next: Instant,
    written: bool,
}

impl Progress {
    pub(super) fn new(desk: &Desk<'_>) -> Self {
        Self { on: desk.progress, next: Instant::now() + EVERY, written: false }
    }

    /// Rewrites the line, if it is time.
    pub(super) fn say(&mut self, talk: &mut dyn Write, words: impl FnOnce() -> String) {
        if self.on && Instant::now() >= self.next {
            self.now(talk, &words());
            self.next = Instant::now() + EVERY;
        }
    }

    /// Rewrites the line at once.
    pub(super) fn now(&mut self, talk: &mut dyn Write, words: &str) {
        if self.on {
            // Progress that cannot be written is not worth ending a run for.
            let _ = write!(talk, "\r\x1b[K{words}").and_then(|()| talk.flush());
            self.written = true;
        }
    }

    /// Wipes the line.
    pub(super) fn wipe(&mut self, talk: &mut dyn Write) {
        if self.written {
            let _ = write!(talk, "\r\x1b[K").and_then(|()| talk.flush());
            self.written = false;
        }
    }
}
