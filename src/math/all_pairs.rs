//! Work on all pairs of a block of rows and a block of columns, where each pair changes what belongs
//! to its row and what belongs to its column.
//!
//! In round p the block of rows r meets the block of columns (r + p) mod K, as chunks go round a ring
//! of devices. In a round no two pairs share a row or a column, so no copies are needed to add into;
//! and a row, as a column, meets its partners in an order that does not depend on how many threads
//! there are. So neither do the bits that come out.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// How many threads to use, and how far the work is.
#[derive(Debug, Default)]
pub struct Pace {
    threads: usize,
    done: AtomicUsize,
}

impl Pace {
    /// On so many threads, at least one.
    #[must_use]
    pub fn new(threads: usize) -> Self {
        Self { threads: threads.max(1), done: AtomicUsize::new(0) }
    }

    /// How many pairs of blocks have been worked on so far, in all passes.
    #[must_use]
    pub fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }
}

/// `work(desk, (r, row), (c, column))` for every r and c; `desk` makes what a thread has for itself.
///
/// # Panics
/// If there are not as many rows as columns, and where `work` does.
pub fn all_pairs<R: Send, C: Send, D>(
    rows: &mut [R],
    columns: &mut [C],
    pace: &Pace,
    desk: impl Fn() -> D + Sync,
    work: impl Fn(&mut D, (usize, &mut R), (usize, &mut C)) + Sync,
) {
    let count = rows.len();
    assert_eq!(count, columns.len(), "as many blocks of rows as of columns");
    if count == 0 {
        return;
    }
    let turns: Vec<Turn<'_, C>> = columns.iter_mut().map(Turn::new).collect();
    let failed = AtomicBool::new(false);
    let walk = |first: usize, rows: &mut [R]| {
        let _alarm = Alarm(&failed);
        let mut desk = desk();
        for round in 0..count {
            for (k, row) in rows.iter_mut().enumerate() {
                let r = first + k;
                let c = (r + round) % count;
                if !turns[c].waited(round, &failed) {
                    return;
                }
                let mut column = turns[c].column.lock().unwrap_or_else(PoisonError::into_inner);
                work(&mut desk, (r, row), (c, &mut column));
                drop(column);
                turns[c].next.store(round + 1, Ordering::Release);
                pace.done.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    let share = count.div_ceil(pace.threads.max(1));
    let walk = &walk;
    thread::scope(|scope| {
        let mut shares = rows.chunks_mut(share).enumerate();
        let mine = shares.next();
        for (t, rows) in shares {
            scope.spawn(move || walk(t * share, rows));
        }
        if let Some((_, rows)) = mine {
            walk(0, rows);
        }
    });
}

/// A block of columns, and in which round it is.
struct Turn<'a, C> {
    next: AtomicUsize,
    column: Mutex<&'a mut C>,
}

impl<'a, C> Turn<'a, C> {
    fn new(column: &'a mut C) -> Self {
        Self { next: AtomicUsize::new(0), column: Mutex::new(column) }
    }

    /// Waits until all earlier rounds of the column are over; false if they never will be. The pair
    /// that is first by round, then by row, always finds its column ready, so somebody moves on.
    fn waited(&self, round: usize, failed: &AtomicBool) -> bool {
        let mut patience = 0u32;
        while self.next.load(Ordering::Acquire) != round {
            if failed.load(Ordering::Relaxed) {
                return false;
            }
            // A neighbour is as a rule a few microseconds late; on a busy machine it is not running.
            patience += 1;
            if patience < 1_000 { std::hint::spin_loop() } else { thread::yield_now() }
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

#[cfg(test)]
mod tests {
    use super::{Pace, all_pairs};

    #[test]
    fn every_pair_is_met_once_and_in_the_same_order_on_any_number_of_threads() {
        for count in [0, 1, 2, 3, 7, 8] {
            let met = |threads: usize| {
                let (mut rows, mut columns) = (vec![Vec::new(); count], vec![Vec::new(); count]);
                let pace = Pace::new(threads);
                all_pairs(
                    &mut rows,
                    &mut columns,
                    &pace,
                    || (),
                    |(), (r, row), (c, column)| {
                        row.push(c);
                        column.push(r);
                    },
                );
                assert_eq!(pace.done(), count * count);
                (rows, columns)
            };
            let alone = met(1);
            for all in alone.0.iter().chain(&alone.1) {
                let mut sorted = all.clone();
                sorted.sort_unstable();
                assert_eq!(sorted, (0..count).collect::<Vec<_>>());
            }
            for threads in [2, 3, 5, 16] {
                assert_eq!(met(threads), alone, "{count} on {threads}");
            }
        }
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_panic_is_passed_on_and_nobody_waits_for_ever() {
        let (mut rows, mut columns) = ([0; 4], [0; 4]);
        all_pairs(
            &mut rows,
            &mut columns,
            &Pace::new(2),
            || (),
            |(), (r, _), (c, _)| {
                assert!((r, c) != (3, 0), "the last row");
            },
        );
    }
}
