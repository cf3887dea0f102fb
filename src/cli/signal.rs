//! SIGINT and SIGTERM: the first asks a run to end at the next step, the second ends it at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Whether a signal asked for the end.
#[derive(Clone, Default)]
pub(super) struct Stop(Arc<AtomicUsize>);

impl Stop {
    /// From here on the signals are noted instead of ending the process.
    pub(super) fn noted() -> Self {
        let stop = Self::default();
        #[cfg(unix)]
        {
            use signal_hook::consts::{SIGINT, SIGTERM};
            use signal_hook::flag;
            use std::sync::atomic::AtomicBool;
            let seen = Arc::new(AtomicBool::new(false));
            for signal in [SIGINT, SIGTERM] {
                // In this order: the first signal arms the flag that the second one finds set.
                // Where the system refuses a handler, the signal keeps its default meaning.
                let _ = flag::register_conditional_shutdown(signal, 128 + signal, seen.clone());
                let _ = flag::register(signal, seen.clone());
                let _ = flag::register_usize(signal, stop.0.clone(), signal as usize);
            }
        }
        stop
    }

    /// From here on a signal ends the process at once, with the exit code a shell would report.
    pub(super) fn at_once() {
        #[cfg(unix)]
        {
            use signal_hook::consts::{SIGINT, SIGTERM};
            let armed = Arc::new(std::sync::atomic::AtomicBool::new(true));
            for signal in [SIGINT, SIGTERM] {
                let _ = signal_hook::flag::register_conditional_shutdown(
                    signal,
                    128 + signal,
                    armed.clone(),
                );
            }
        }
    }

    /// The number of the signal that asked for the end.
    pub(super) fn asked(&self) -> Option<u8> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            signal => u8::try_from(signal).ok(),
        }
    }
}
