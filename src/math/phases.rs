//! Work in phases on the same threads: all pieces of a phase are done before the next begins. The
//! threads are started once, not once a phase.
//!
//! Each thread begins with its own run of a phase's pieces and helps the others when it is through:
//! whoever does a piece, what comes out is the same as long as pieces of one phase do not depend on
//! each other.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread;

/// `work(desk, phase, piece)` for so many pieces of each phase, on one thread for each desk.
///
/// # Panics
/// Where `work` does.
pub fn in_phases<D: Send>(
    desks: &mut [D],
    pieces: &[usize],
    work: impl Fn(&mut D, usize, usize) + Sync,
) {
    let threads = desks.len();
    if threads == 1 {
        for (phase, count) in pieces.iter().enumerate() {
            (0..*count).for_each(|piece| work(&mut desks[0], phase, piece));
        }
        return;
    }
    // How many pieces of each thread's run are taken, phase after phase.
    let taken: Vec<AtomicUsize> =
        pieces.iter().flat_map(|_| 0..threads).map(|_| 0.into()).collect();
    let gate = Gate { arrived: AtomicUsize::new(0), failed: AtomicBool::new(false) };
    let walk = |me: usize, desk: &mut D| {
        let _alarm = Alarm(&gate.failed);
        for (phase, count) in pieces.iter().enumerate() {
            let run = count.div_ceil(threads);
            for helped in 0..threads {
                let owner = (me + helped) % threads;
                let (first, end) = ((owner * run).min(*count), ((owner + 1) * run).min(*count));
                let taken = &taken[phase * threads + owner];
                loop {
                    let piece = first + taken.fetch_add(1, Ordering::Relaxed);
                    if piece >= end {
                        break;
                    }
                    work(desk, phase, piece);
                }
            }
            if !gate.pass((phase + 1) * threads) {
                return;
            }
        }
    };
    let walk = &walk;
    thread::scope(|scope| {
        let mut desks = desks.iter_mut().enumerate();
        let mine = desks.next();
        for (me, desk) in desks {
            scope.spawn(move || walk(me, desk));
        }
        if let Some((me, desk)) = mine {
            walk(me, desk);
        }
    });
}

/// Where threads wait for each other.
struct Gate {
    arrived: AtomicUsize,
    failed: AtomicBool,
}

impl Gate {
    /// Waits until so many have arrived since the beginning; false if they never will.
    fn pass(&self, all: usize) -> bool {
        self.arrived.fetch_add(1, Ordering::AcqRel);
        let mut patience = 0u32;
        while self.arrived.load(Ordering::Acquire) < all {
            if self.failed.load(Ordering::Relaxed) {
                return false;
            }
            // The others are as a rule a few microseconds late; on a busy machine they are not running.
            patience += 1;
            if patience < 2_000 { std::hint::spin_loop() } else { thread::yield_now() }
        }
        true
    }
}

/// Tells the others that a thread panics, so that they do not wait for it.
struct Alarm<'a>(&'a AtomicBool);

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

/// To be read by all: what an earlier phase has written. A panic elsewhere is passed on by itself.
pub fn read<T>(shared: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    shared.read().unwrap_or_else(PoisonError::into_inner)
}

/// To be written by the one piece that does.
pub fn write<T>(shared: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    shared.write().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{in_phases, read, write};
    use std::sync::RwLock;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn every_piece_is_done_once_and_sees_all_of_the_phase_before() {
        for threads in [1, 2, 3, 8] {
            for pieces in [[0, 5, 1], [1, 1, 1], [9, 4, 16], [2, 0, 7]] {
                let all = pieces.map(|n| (0..n).map(|_| RwLock::new(0)).collect::<Vec<_>>());
                let mut desks = vec![0; threads];
                in_phases(&mut desks, &pieces, |desk, phase, piece| {
                    let before: usize = match phase {
                        0 => 0,
                        _ => all[phase - 1].iter().map(|done| *read(done)).sum(),
                    };
                    assert_eq!(before, if phase == 0 { 0 } else { pieces[phase - 1] });
                    *write(&all[phase][piece]) += 1;
                    *desk += 1;
                });
                assert!(all.iter().flatten().all(|done| *read(done) == 1));
                assert_eq!(desks.iter().sum::<usize>(), pieces.iter().sum());
            }
        }
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_panic_is_passed_on_and_nobody_waits_for_ever() {
        let met = AtomicBool::new(false);
        in_phases(&mut [(), ()], &[2, 2], |(), phase, piece| {
            if (phase, piece) == (1, 1) {
                met.store(true, Ordering::Release);
                assert!(piece != 1, "the other thread begins with this piece");
            }
            while phase == 1 && !met.load(Ordering::Acquire) {
                std::thread::yield_now();
            }
        });
    }
}
