//! What this machine can do at most: multiply-adds and SiLU in registers, a second. The measure
//! that the kernels' speed is a share of.

use super::simd::{Kernel, Lanes16, Level, Line, dispatch, silu_with_derivative};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Sums that run side by side: enough to hide that a multiply-add takes several cycles.
const SUMS: usize = 6;
/// Repetitions between two looks at the clock.
const ROUNDS: usize = 4_000;
/// Lines of activations: they stay in the first cache.
const LINES: usize = 96;

struct MultiplyAdds;

impl Kernel for MultiplyAdds {
    type Output = f32;

    #[inline(always)]
    fn run<S: Lanes16>(self) -> f32 {
        let mut sums = [[S::splat(1.0); 2]; SUMS];
        let factor = S::splat(black_box(0.5));
        for _ in 0..ROUNDS {
            for pair in &mut sums {
                for sum in pair {
                    *sum = sum.mul_add(factor, factor);
                }
            }
        }
        let mut line = Line::ZERO;
        let total = sums.into_iter().flatten().fold(S::splat(0.0), Lanes16::plus);
        total.store(&mut line);
        line.0[0]
    }
}

struct Activations<'a> {
    z: &'a [Line; LINES],
    value: &'a mut [Line; LINES],
    slope: &'a mut [Line; LINES],
}

impl Kernel for Activations<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        for ((z, value), slope) in self.z.iter().zip(self.value).zip(self.slope) {
            let (v, s) = silu_with_derivative(S::load(z));
            v.store(value);
            s.store(slope);
        }
    }
}

/// The shortest time that a piece of work took, repeated for this long and at least once.
pub fn shortest(during: Duration, mut work: impl FnMut()) -> Duration {
    let begin = Instant::now();
    let mut best = Duration::MAX;
    loop {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed());
        if begin.elapsed() >= during {
            return best.max(Duration::from_nanos(1));
        }
    }
}

/// Floating-point operations a second of one thread, in single precision; a fused multiply-add
/// counts as two. The best of what fits into `during`.
#[must_use]
pub fn flops_per_second(during: Duration) -> f64 {
    let level = Level::best();
    let best = shortest(during, || {
        black_box(dispatch(level, MultiplyAdds));
    });
    (2 * 16 * 2 * SUMS * ROUNDS) as f64 / best.as_secs_f64()
}

/// SiLU with its derivative, how many a second in one thread. The best of what fits into `during`.
#[must_use]
pub fn silu_per_second(during: Duration) -> f64 {
    let level = Level::best();
    let z = std::array::from_fn(|i| Line([i as f32 / 16.0 - 3.0; 16]));
    let (mut value, mut slope) = ([Line::ZERO; LINES], [Line::ZERO; LINES]);
    let best = shortest(during, || {
        for _ in 0..32 {
            dispatch(level, Activations { z: black_box(&z), value: &mut value, slope: &mut slope });
            black_box((&mut value, &mut slope));
        }
    });
    (16 * LINES * 32) as f64 / best.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::{flops_per_second, shortest, silu_per_second};
    use std::time::Duration;

    #[test]
    fn a_machine_does_something_and_no_miracles() {
        let during = Duration::from_millis(20);
        let (flops, silus) = (flops_per_second(during), silu_per_second(during));
        assert!((1e7..1e13).contains(&flops), "{flops}");
        assert!((1e5..1e12).contains(&silus), "{silus}");
    }

    #[test]
    fn the_shortest_of_several_times_is_kept() {
        // The first is the longest; the others sleep a tenth of it, or somewhat more on a busy day.
        let mut times = [100].into_iter();
        let best = shortest(Duration::from_millis(200), || {
            std::thread::sleep(Duration::from_millis(times.next().unwrap_or(10)));
        });
        assert!((10..100).contains(&best.as_millis()), "{best:?}");
    }
}
