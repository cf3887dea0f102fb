//! How far a work of many steps has come, calmly: one that is over within two frames is not shown,
//! and one that pauses between two parts does not go out and on again.

use crate::lab::view::Progress;

/// Frames before a work is shown, and for which it stays when it is gone.
const PATIENCE: u8 = 2;

/// What the gauge shows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gauge {
    last: Option<Progress>,
    seen: u8,
    gone: u8,
}

impl Gauge {
    /// Takes in the progress of one more frame.
    pub(super) fn take(&mut self, progress: Option<Progress>, running: bool) {
        match progress {
            Some(now) => {
                let seen = if running { self.seen.saturating_add(1) } else { u8::MAX };
                *self = Self { last: Some(now), seen, gone: 0 };
            }
            None if running && self.gone < PATIENCE && self.seen > PATIENCE => self.gone += 1,
            None => *self = Self::default(),
        }
    }

    /// What is shown, if anything is.
    pub(super) fn shown(&self) -> Option<Progress> {
        self.last.filter(|_| self.seen > PATIENCE)
    }
}

#[cfg(test)]
mod tests {
    use super::{Gauge, Progress};

    #[test]
    fn a_short_work_never_shows_and_a_short_gap_never_hides() {
        let work = |done| Some(Progress { label: "work", done });
        let mut gauge = Gauge::default();
        let mut show = |progress, running| {
            gauge.take(progress, running);
            gauge.shown().map(|p| p.done)
        };
        assert_eq!(show(work(0.5), true), None);
        assert_eq!(show(work(0.9), true), None);
        assert_eq!(show(None, true), None);
        for done in [0.1, 0.2] {
            assert_eq!(show(work(done), true), None);
        }
        assert_eq!(show(work(0.3), true), Some(0.3));
        assert_eq!(show(None, true), Some(0.3));
        assert_eq!(show(work(0.4), true), Some(0.4), "the next part follows at once");
        assert_eq!(
            (show(None, true), show(None, true), show(None, true)),
            (Some(0.4), Some(0.4), None)
        );
        // Standing still there is nothing to flicker.
        assert_eq!(show(work(0.6), false), Some(0.6));
        assert_eq!(show(None, false), None);
    }
}
