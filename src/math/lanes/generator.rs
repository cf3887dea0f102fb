//! Sixteen generators side by side, and their words as uniform, exponential and normal numbers:
//! everything is inlined into the loop that uses it, so that loop vectorises.
//!
//! The generator is xoshiro128++ 1.0 (Blackman and Vigna, Scrambled linear pseudorandom number
//! generators, ACM Transactions on Mathematical Software 47, 2021): period 2^128 - 1. Lanes start
//! at random states; that two of n lanes overlap within L draws has a probability below
//! n^2 L/2^128 (Vigna, Information Processing Letters 158, 2020): 1e-16 for a million lanes of
//! 2^35 draws.
//!
//! Normals are those of Box and Muller (Annals of Mathematical Statistics 29, 1958), with a
//! logarithm, a sine and a cosine of our own. Fused multiply-adds and one order of operations give
//! the same bits with every instruction set.

use super::super::rng::stream;
use rand::Rng as _;

/// How many generators run side by side.
pub const WIDTH: usize = 16;

/// `(log(1 + f) - f + f^2/2)/f^3`, interpolated at the Chebyshev nodes of
/// `sqrt(1/2) <= 1 + f <= sqrt(2)` in 50 digits (mpmath); the logarithm is off by 1.3e-7 relative.
const LOG: [f32; 7] = [
    0.333_334_15,
    -0.250_007_03,
    0.199_842_23,
    -0.166_027_19,
    0.147_039,
    -0.140_308_92,
    0.090_487_845,
];
/// `sin(pi x/2)/x` and `cos(pi x/2)` in `x^2` for `|x| <= 1/2`, made in the same way; off by
/// 3.5e-8 and 5.4e-8.
const SIN: [f32; 4] = [1.570_796_4, -0.645_963_5, 0.079_680_22, -0.004_602_149];
const COS: [f32; 4] = [1.0, -1.233_697, 0.253_598_57, -0.020_408_16];

/// The bits of sqrt(1/2): where the mantissa is cut.
const HALF_ROOT: u32 = 0x3F35_04F3;

/// The states of all lanes, word by word.
#[derive(Clone, Debug)]
pub struct Generator {
    pub(super) state: [[u32; WIDTH]; 4],
}

impl Generator {
    /// One of the independent streams of a seed.
    #[must_use]
    pub fn new(seed: u64, index: u64) -> Self {
        let mut rng = stream(seed, index);
        let mut state = [[0; WIDTH]; 4];
        for lane in 0..WIDTH {
            loop {
                for word in &mut state {
                    word[lane] = rng.next_u32();
                }
                // The one state that xoshiro never leaves.
                if state.iter().any(|word| word[lane] != 0) {
                    break;
                }
            }
        }
        Self { state }
    }

    /// The next 32 random bits of every lane.
    #[inline(always)]
    pub fn words(&mut self) -> [u32; WIDTH] {
        let [a, b, c, d] = &mut self.state;
        let mut out = [0; WIDTH];
        for i in 0..WIDTH {
            out[i] = a[i].wrapping_add(d[i]).rotate_left(7).wrapping_add(a[i]);
            let shifted = b[i] << 9;
            c[i] ^= a[i];
            d[i] ^= b[i];
            b[i] ^= c[i];
            a[i] ^= d[i];
            c[i] ^= shifted;
            d[i] = d[i].rotate_left(11);
        }
        out
    }
}

#[inline(always)]
fn polynomial<const N: usize>(x: f32, coefficients: &[f32; N]) -> f32 {
    let mut value = coefficients[N - 1];
    for i in (0..N - 1).rev() {
        value = value.mul_add(x, coefficients[i]);
    }
    value
}

/// Uniform on [0, 1): the upper 24 bits.
#[inline(always)]
#[must_use]
pub fn unit(word: u32) -> f32 {
    const SCALE: f32 = 1.0 / 16_777_216.0;
    // By way of a signed number, which every instruction set converts in one go.
    (word >> 8) as i32 as f32 * SCALE
}

/// Uniform on [-1, 1], symmetric, with 24 bits on either side.
#[inline(always)]
#[must_use]
pub fn signed_unit(word: u32) -> f32 {
    const SCALE: f32 = 1.0 / 2_147_483_648.0;
    word as i32 as f32 * SCALE
}

/// Exponential with mean 1: `-log((k + 1/2)/2^31)` of the upper 31 bits `k`, from 0 to 22.2.
#[inline(always)]
#[must_use]
pub fn exponential(word: u32) -> f32 {
    const SCALE: f32 = 1.0 / 2_147_483_648.0;
    let u = ((word >> 1) as i32 as f32).mul_add(SCALE, 0.5 * SCALE);
    // u = 2^e (1 + f).
    let bits = u.to_bits().wrapping_sub(HALF_ROOT);
    let e = ((bits as i32) >> 23) as f32;
    let f = f32::from_bits((bits & 0x007F_FFFF).wrapping_add(HALF_ROOT)) - 1.0;
    let square = f * f;
    let log = (square * f).mul_add(polynomial(f, &LOG), f - 0.5 * square);
    e.mul_add(-std::f32::consts::LN_2, -log)
}

/// Two independent draws from N(0, 1).
#[inline(always)]
#[must_use]
pub fn normal_pair(radius: u32, angle: u32) -> (f32, f32) {
    const SCALE: f32 = 1.0 / 4_294_967_296.0;
    let r = (2.0 * exponential(radius)).sqrt();
    // The bit the radius left over turns the point by half a turn.
    let r = f32::from_bits(r.to_bits() | (radius << 31));
    // A quarter of the circle round the first axis; the uppermost bit mirrors it at the diagonal.
    let x = (angle << 1) as i32 as f32 * SCALE;
    let z = x * x;
    let (sin, cos) = (r * (x * polynomial(z, &SIN)), r * polynomial(z, &COS));
    if (angle as i32) < 0 { (sin, cos) } else { (cos, sin) }
}
