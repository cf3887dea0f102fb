//! Many independent pieces of work on all cores, their results in the order of the pieces: what
//! comes out does not depend on how many threads there are.

use std::thread;

/// How many threads are worth having: the cores of this machine, at most `most`.
#[must_use]
pub fn cores(most: usize) -> usize {
    thread::available_parallelism().map_or(1, usize::from).clamp(1, most.max(1))
}

/// `work(0), work(1), ..., work(count - 1)`, each thread taking one run of neighbours after the
/// other. A piece should be worth some 0.05 ms, the price of starting a thread.
pub fn in_order<T: Send>(count: usize, threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = threads.clamp(1, count.max(1));
    if threads == 1 {
        return (0..count).map(work).collect();
    }
    let share = count.div_ceil(threads);
    let work = &work;
    let pieces = move |from: usize| (from..(from + share).min(count)).map(work).collect::<Vec<T>>();
    thread::scope(|scope| {
        let others: Vec<_> =
            (1..threads).map(|t| scope.spawn(move || pieces((t * share).min(count)))).collect();
        let mut all = pieces(0);
        for other in others {
            match other.join() {
                Ok(part) => all.extend(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn results_come_in_order_on_any_number_of_threads() {
        let square = |i: usize| i * i;
        for count in [0, 1, 2, 3, 7, 64, 65] {
            let expected: Vec<usize> = (0..count).map(square).collect();
            for threads in [1, 2, 3, 8, 100] {
                assert_eq!(in_order(count, threads, square), expected, "{count} on {threads}");
            }
        }
    }

    #[test]
    #[should_panic(expected = "the seventh")]
    fn a_panic_is_passed_on() {
        let _ = in_order(9, 3, |i| assert!(i != 7, "the seventh"));
    }
}
