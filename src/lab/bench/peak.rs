//! The rates of a core at its best: loops that do nothing else, everything in registers or in the
//! first cache; the fastest of many short ones.

// The dispatch between instruction sets calls a checked function through an unsafe block.
#![allow(unsafe_code)]
// It also repeats our `pub` inside a module of its own.
#![allow(unreachable_pub)]

use super::Resource;
use crate::math::lanes::Lanes;
use crate::math::{peak, vector_math};
use multiversion::multiversion;
use std::hint::black_box;
use std::time::Duration;

/// How long one rate is looked for.
const SEARCH: Duration = Duration::from_millis(60);

/// Numbers a function is applied to: in the first cache, with their results.
const NUMBERS: usize = 2_048;

/// Multiply-adds that each register takes in a pass.
const PASS: usize = 4_000;

/// What this core provides of a resource, a second.
pub(super) fn rate(resource: Resource) -> f64 {
    match resource {
        Resource::Flop => peak::flops_per_second(SEARCH),
        Resource::Silu => peak::silu_per_second(SEARCH),
        Resource::FlopDouble => {
            // Few sums leave a register free on every machine, many hide a longer latency.
            let few = best(|| black_box(multiply_adds_few_f64(black_box(0.5), black_box(0.25))).1);
            let many =
                best(|| black_box(multiply_adds_many_f64(black_box(0.5), black_box(0.25))).1);
            few.max(many)
        }
        Resource::Exp => {
            let x: Vec<f32> = (0..NUMBERS).map(|i| i as f32 * 0.004 - 4.0).collect();
            let mut y = vec![0.0; NUMBERS];
            best(|| {
                vector_math::exp_f32(black_box(&x), black_box(&mut y));
                NUMBERS as f64
            })
        }
        Resource::SiluDouble => {
            let x: Vec<f64> = (0..NUMBERS).map(|i| i as f64 * 0.004 - 4.0).collect();
            let (mut y, mut slope) = (vec![0.0; NUMBERS], vec![0.0; NUMBERS]);
            best(|| {
                vector_math::silu_with_derivative(black_box(&x), &mut y, black_box(&mut slope));
                NUMBERS as f64
            })
        }
        Resource::Random => {
            let (mut lanes, mut u) = (Lanes::new(1, 0), vec![0.0; NUMBERS]);
            best(|| {
                lanes.uniform(black_box(&mut u));
                NUMBERS as f64
            })
        }
    }
}

/// The highest amount a second that one of many calls reaches; each call does the same amount.
fn best(mut call: impl FnMut() -> f64) -> f64 {
    let mut amount = 0.0;
    // Four at a time are long beside the clock's own grain.
    let time = peak::shortest(SEARCH, || amount = (0..4).map(|_| call()).sum());
    amount / time.as_secs_f64()
}

/// `s = s a + b` in several vectors of sums that do not wait for each other.
macro_rules! multiply_adds {
    ($($name:ident: $type:ty, $width:literal, $sums:literal;)*) => {
        $(
            /// A number that depends on all of it, and how many operations it took.
            #[multiversion(targets(
                "x86_64+avx512f+avx512dq+avx512vl+fma",
                "x86_64+avx2+fma",
                "aarch64+neon"
            ))]
            fn $name(a: $type, b: $type) -> ($type, f64) {
                let mut sums = [[b; $width]; $sums];
                for (i, sum) in sums.iter_mut().enumerate() {
                    sum[0] += i as $type;
                }
                for _ in 0..PASS {
                    for sum in &mut sums {
                        for s in sum {
                            *s = s.mul_add(a, b);
                        }
                    }
                }
                let total = sums.iter().flatten().sum();
                (total, (2 * PASS * $width * $sums) as f64)
            }
        )*
    };
}

multiply_adds! {
    multiply_adds_few_f64: f64, 8, 6;
    multiply_adds_many_f64: f64, 8, 12;
}
