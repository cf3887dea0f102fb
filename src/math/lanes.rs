//! Random numbers in bulk, single precision, from sixteen generators side by side: what a sampler
//! draws from that steps hundreds of chains at once.
//!
//! The generators and the shapes they are turned into are in [`generator`]; here the numbers of a
//! stream are handed out in slices of any length. The widest instruction set of the machine is
//! chosen at run time; all of them give the same bits, as those of `vector_math` do.

// The dispatch between instruction sets calls a checked function through an unsafe block.
#![allow(unsafe_code)]
// It also repeats our `pub` inside a module of its own.
#![allow(unreachable_pub)]

pub mod generator;
#[cfg(test)]
mod tests;

use generator::{Generator, WIDTH, exponential, normal_pair, unit};
use multiversion::multiversion;

/// Normals come in pairs.
const PAIR: usize = 2 * WIDTH;

/// A stream of random numbers that come in slices. The numbers depend on the seed, the stream and
/// the calls made so far, on every machine alike. How one kind of number is cut into calls does
/// not matter: 10 and then 27 are the 37 of one call. Kinds take turns on one generator, so calls
/// of two kinds do not commute.
#[derive(Clone, Debug)]
pub struct Lanes {
    generator: Generator,
    uniforms: Rest<WIDTH>,
    normals: Rest<PAIR>,
    exponentials: Rest<WIDTH>,
}

impl Lanes {
    /// One of the independent streams of a seed.
    #[must_use]
    pub fn new(seed: u64, index: u64) -> Self {
        Self {
            generator: Generator::new(seed, index),
            uniforms: Rest::default(),
            normals: Rest::default(),
            exponentials: Rest::default(),
        }
    }

    /// Fills a slice with draws from the uniform distribution on [0, 1), whole multiples of 2^-24.
    pub fn uniform(&mut self, out: &mut [f32]) {
        let generator = &mut self.generator;
        self.uniforms.serve(out, |rows| fill_uniform(generator, rows));
    }

    /// Fills a slice with draws from N(0, 1), up to 6.6 standard deviations from zero.
    pub fn normal(&mut self, out: &mut [f32]) {
        let generator = &mut self.generator;
        self.normals.serve(out, |rows| fill_normal(generator, rows));
    }

    /// Fills a slice with draws from the exponential distribution of mean 1: `-log U`, up to 22.
    pub fn exponential(&mut self, out: &mut [f32]) {
        let generator = &mut self.generator;
        self.exponentials.serve(out, |rows| fill_exponential(generator, rows));
    }
}

/// What is left of a row that was drawn whole.
#[derive(Clone, Debug)]
struct Rest<const N: usize> {
    row: [f32; N],
    /// How many of them were handed out.
    used: usize,
}

impl<const N: usize> Default for Rest<N> {
    fn default() -> Self {
        Self { row: [0.0; N], used: N }
    }
}

impl<const N: usize> Rest<N> {
    /// Fills `out`: the rest first, then whole rows, then the beginning of one more.
    fn serve(&mut self, out: &mut [f32], mut draw: impl FnMut(&mut [[f32; N]])) {
        let left = &self.row[self.used..];
        let (first, out) = out.split_at_mut(left.len().min(out.len()));
        first.copy_from_slice(&left[..first.len()]);
        self.used += first.len();
        let (rows, last) = out.as_chunks_mut::<N>();
        draw(rows);
        if !last.is_empty() {
            draw(std::slice::from_mut(&mut self.row));
            last.copy_from_slice(&self.row[..last.len()]);
            self.used = last.len();
        }
    }
}

#[inline(always)]
fn uniform_body(generator: &mut Generator, rows: &mut [[f32; WIDTH]]) {
    // A copy of its own stays in registers.
    let mut own = generator.clone();
    for row in rows {
        let words = own.words();
        for (out, word) in row.iter_mut().zip(words) {
            *out = unit(word);
        }
    }
    *generator = own;
}

#[inline(always)]
fn exponential_body(generator: &mut Generator, rows: &mut [[f32; WIDTH]]) {
    let mut own = generator.clone();
    for row in rows {
        let words = own.words();
        for (out, word) in row.iter_mut().zip(words) {
            *out = exponential(word);
        }
    }
    *generator = own;
}

#[inline(always)]
fn normal_body(generator: &mut Generator, rows: &mut [[f32; PAIR]]) {
    let mut own = generator.clone();
    for row in rows {
        let (radii, angles) = (own.words(), own.words());
        let (one, other) = row.split_at_mut(WIDTH);
        for i in 0..WIDTH {
            (one[i], other[i]) = normal_pair(radii[i], angles[i]);
        }
    }
    *generator = own;
}

/// Gives a body to each instruction set, chosen at run time.
macro_rules! dispatched {
    ($($name:ident = $body:ident (rows of $length:ident);)*) => {
        $(
            #[multiversion(targets(
                "x86_64+avx512f+avx512dq+avx512vl+fma",
                "x86_64+avx2+fma",
                "aarch64+neon"
            ))]
            fn $name(generator: &mut Generator, rows: &mut [[f32; $length]]) {
                $body(generator, rows);
            }
        )*
    };
}

dispatched! {
    fill_uniform = uniform_body(rows of WIDTH);
    fill_normal = normal_body(rows of PAIR);
    fill_exponential = exponential_body(rows of WIDTH);
}
