//! Sixteen numbers in single precision that move as one, on whatever the machine has: one AVX-512
//! register, two of AVX2, or an array that the compiler lays out as it can.
//!
//! A [`Kernel`] is written once against [`Lanes16`]; [`dispatch`] runs it with the widest set of
//! instructions there is, found at run time. Every operation is rounded once, as IEEE 754 has it
//! (multiply-adds are fused everywhere), so all paths give the same bits.

// The one place that calls the processor's own instructions.
#![allow(unsafe_code)]

/// A cache line of numbers, and what [`Lanes16`] loads and stores.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
pub struct Line(pub [f32; 16]);

impl Line {
    /// All zero.
    pub const ZERO: Self = Self([0.0; 16]);

    /// Up to sixteen numbers, and zeros behind them.
    ///
    /// # Panics
    /// If there are more.
    #[inline(always)]
    #[must_use]
    pub fn padded(numbers: &[f32]) -> Self {
        let mut line = Self::ZERO;
        match numbers.as_array::<16>() {
            Some(whole) => line.0 = *whole,
            None => line.0[..numbers.len()].copy_from_slice(numbers),
        }
        line
    }

    /// Puts as many of the first numbers as there is room for, at most sixteen.
    ///
    /// # Panics
    /// If there is room for more.
    #[inline(always)]
    pub fn put(&self, to: &mut [f32]) {
        match to.as_mut_array::<16>() {
            Some(whole) => *whole = self.0,
            None => to.copy_from_slice(&self.0[..to.len()]),
        }
    }
}

/// Sixteen numbers side by side.
pub trait Lanes16: Copy {
    /// How many registers a group of sixteen takes up: kernels keep fewer groups at hand if many.
    const REGISTERS: usize;
    /// The same number in every lane.
    fn splat(value: f32) -> Self;
    /// From memory.
    fn load(line: &Line) -> Self;
    /// To memory.
    fn store(self, line: &mut Line);
    /// `self * a + b`, rounded once.
    #[must_use]
    fn mul_add(self, a: Self, b: Self) -> Self;
    /// `self + other`.
    #[must_use]
    fn plus(self, other: Self) -> Self;
    /// `self - other`.
    #[must_use]
    fn minus(self, other: Self) -> Self;
    /// `self * other`.
    #[must_use]
    fn times(self, other: Self) -> Self;
    /// `self / other`.
    #[must_use]
    fn over(self, other: Self) -> Self;
    /// Kept within two bounds; what is not a number stays none.
    #[must_use]
    fn within(self, low: Self, high: Self) -> Self;
    /// Adds a whole number to the exponent: the one in the lowest nine bits of `shifted`.
    #[must_use]
    fn times_power_of_two(self, shifted: Self) -> Self;
    /// Sixteen rows become sixteen columns.
    fn transpose(rows: &mut [Self; 16]);
}

/// The portable path.
impl Lanes16 for [f32; 16] {
    const REGISTERS: usize = 4;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        [value; 16]
    }

    #[inline(always)]
    fn load(line: &Line) -> Self {
        line.0
    }

    #[inline(always)]
    fn store(self, line: &mut Line) {
        line.0 = self;
    }

    #[inline(always)]
    fn mul_add(self, a: Self, b: Self) -> Self {
        std::array::from_fn(|i| self[i].mul_add(a[i], b[i]))
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        std::array::from_fn(|i| self[i] + other[i])
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        std::array::from_fn(|i| self[i] - other[i])
    }

    #[inline(always)]
    fn times(self, other: Self) -> Self {
        std::array::from_fn(|i| self[i] * other[i])
    }

    #[inline(always)]
    fn over(self, other: Self) -> Self {
        std::array::from_fn(|i| self[i] / other[i])
    }

    #[inline(always)]
    fn within(self, low: Self, high: Self) -> Self {
        std::array::from_fn(|i| {
            // Not f32::max, which would drop a NaN.
            let raised = if low[i] > self[i] { low[i] } else { self[i] };
            if high[i] < raised { high[i] } else { raised }
        })
    }

    #[inline(always)]
    fn times_power_of_two(self, shifted: Self) -> Self {
        std::array::from_fn(|i| {
            f32::from_bits(self[i].to_bits().wrapping_add(shifted[i].to_bits() << 23))
        })
    }

    #[inline(always)]
    fn transpose(rows: &mut [Self; 16]) {
        *rows = std::array::from_fn(|i| std::array::from_fn(|j| rows[j][i]));
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Lanes16, Line};
    use std::arch::x86_64::*;

    // SAFETY, for every block below: these types are only worked with inside `avx512` and `avx2`
    // of the parent, which run after the machine was asked for the instructions. A `Line` is 64
    // bytes long and aligned to 64, which is what the aligned loads and stores need.
    impl Lanes16 for __m512 {
        const REGISTERS: usize = 1;

        #[inline(always)]
        fn splat(value: f32) -> Self {
            unsafe { _mm512_set1_ps(value) }
        }

        #[inline(always)]
        fn load(line: &Line) -> Self {
            unsafe { _mm512_load_ps(line.0.as_ptr()) }
        }

        #[inline(always)]
        fn store(self, line: &mut Line) {
            unsafe { _mm512_store_ps(line.0.as_mut_ptr(), self) }
        }

        #[inline(always)]
        fn mul_add(self, a: Self, b: Self) -> Self {
            unsafe { _mm512_fmadd_ps(self, a, b) }
        }

        #[inline(always)]
        fn plus(self, other: Self) -> Self {
            unsafe { _mm512_add_ps(self, other) }
        }

        #[inline(always)]
        fn minus(self, other: Self) -> Self {
            unsafe { _mm512_sub_ps(self, other) }
        }

        #[inline(always)]
        fn times(self, other: Self) -> Self {
            unsafe { _mm512_mul_ps(self, other) }
        }

        #[inline(always)]
        fn over(self, other: Self) -> Self {
            unsafe { _mm512_div_ps(self, other) }
        }

        #[inline(always)]
        fn within(self, low: Self, high: Self) -> Self {
            // Of these, the second is what comes out where one is not a number.
            unsafe { _mm512_min_ps(high, _mm512_max_ps(low, self)) }
        }

        #[inline(always)]
        fn times_power_of_two(self, shifted: Self) -> Self {
            unsafe {
                let exponent = _mm512_slli_epi32::<23>(_mm512_castps_si512(shifted));
                _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(self), exponent))
            }
        }

        #[inline(always)]
        fn transpose(rows: &mut [Self; 16]) {
            unsafe {
                // Within quarters of a register: pairs, then pairs of pairs.
                let mut pairs = *rows;
                for i in 0..8 {
                    pairs[2 * i] = _mm512_unpacklo_ps(rows[2 * i], rows[2 * i + 1]);
                    pairs[2 * i + 1] = _mm512_unpackhi_ps(rows[2 * i], rows[2 * i + 1]);
                }
                let mut fours = pairs;
                for i in 0..4 {
                    let p = &pairs[4 * i..4 * i + 4];
                    fours[4 * i] = _mm512_shuffle_ps::<0x44>(p[0], p[2]);
                    fours[4 * i + 1] = _mm512_shuffle_ps::<0xee>(p[0], p[2]);
                    fours[4 * i + 2] = _mm512_shuffle_ps::<0x44>(p[1], p[3]);
                    fours[4 * i + 3] = _mm512_shuffle_ps::<0xee>(p[1], p[3]);
                }
                // Then whole quarters.
                for i in 0..4 {
                    let f = [fours[i], fours[4 + i], fours[8 + i], fours[12 + i]];
                    let even = _mm512_shuffle_f32x4::<0x88>(f[0], f[1]);
                    let odd = _mm512_shuffle_f32x4::<0xdd>(f[0], f[1]);
                    let even2 = _mm512_shuffle_f32x4::<0x88>(f[2], f[3]);
                    let odd2 = _mm512_shuffle_f32x4::<0xdd>(f[2], f[3]);
                    rows[i] = _mm512_shuffle_f32x4::<0x88>(even, even2);
                    rows[4 + i] = _mm512_shuffle_f32x4::<0x88>(odd, odd2);
                    rows[8 + i] = _mm512_shuffle_f32x4::<0xdd>(even, even2);
                    rows[12 + i] = _mm512_shuffle_f32x4::<0xdd>(odd, odd2);
                }
            }
        }
    }

    /// Two registers of eight.
    #[derive(Clone, Copy)]
    pub(super) struct Pair(__m256, __m256);

    impl Lanes16 for Pair {
        const REGISTERS: usize = 2;

        #[inline(always)]
        fn splat(value: f32) -> Self {
            let both = unsafe { _mm256_set1_ps(value) };
            Self(both, both)
        }

        #[inline(always)]
        fn load(line: &Line) -> Self {
            let (low, high) = line.0.split_at(8);
            unsafe { Self(_mm256_load_ps(low.as_ptr()), _mm256_load_ps(high.as_ptr())) }
        }

        #[inline(always)]
        fn store(self, line: &mut Line) {
            let (low, high) = line.0.split_at_mut(8);
            unsafe {
                _mm256_store_ps(low.as_mut_ptr(), self.0);
                _mm256_store_ps(high.as_mut_ptr(), self.1);
            }
        }

        #[inline(always)]
        fn mul_add(self, a: Self, b: Self) -> Self {
            unsafe { Self(_mm256_fmadd_ps(self.0, a.0, b.0), _mm256_fmadd_ps(self.1, a.1, b.1)) }
        }

        #[inline(always)]
        fn plus(self, other: Self) -> Self {
            unsafe { Self(_mm256_add_ps(self.0, other.0), _mm256_add_ps(self.1, other.1)) }
        }

        #[inline(always)]
        fn minus(self, other: Self) -> Self {
            unsafe { Self(_mm256_sub_ps(self.0, other.0), _mm256_sub_ps(self.1, other.1)) }
        }

        #[inline(always)]
        fn times(self, other: Self) -> Self {
            unsafe { Self(_mm256_mul_ps(self.0, other.0), _mm256_mul_ps(self.1, other.1)) }
        }

        #[inline(always)]
        fn over(self, other: Self) -> Self {
            unsafe { Self(_mm256_div_ps(self.0, other.0), _mm256_div_ps(self.1, other.1)) }
        }

        #[inline(always)]
        fn within(self, low: Self, high: Self) -> Self {
            unsafe {
                Self(
                    _mm256_min_ps(high.0, _mm256_max_ps(low.0, self.0)),
                    _mm256_min_ps(high.1, _mm256_max_ps(low.1, self.1)),
                )
            }
        }

        #[inline(always)]
        fn times_power_of_two(self, shifted: Self) -> Self {
            let half = |power: __m256, shifted: __m256| unsafe {
                let exponent = _mm256_slli_epi32::<23>(_mm256_castps_si256(shifted));
                _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(power), exponent))
            };
            Self(half(self.0, shifted.0), half(self.1, shifted.1))
        }

        #[inline(always)]
        fn transpose(rows: &mut [Self; 16]) {
            let mut lines = [Line::ZERO; 16];
            for (row, line) in rows.iter().zip(&mut lines) {
                row.store(line);
            }
            for (i, row) in rows.iter_mut().enumerate() {
                *row = Self::load(&Line(std::array::from_fn(|j| lines[j].0[i])));
            }
        }
    }

    #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma")]
    pub(super) fn avx512<K: super::Kernel>(kernel: K) -> K::Output {
        kernel.run::<__m512>()
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn avx2<K: super::Kernel>(kernel: K) -> K::Output {
        kernel.run::<Pair>()
    }
}

/// What runs on [`Lanes16`]. `run` and all it calls in its loops must be `#[inline(always)]`, and
/// free of closures that are not inlined, or they lose the instructions of the caller.
pub trait Kernel {
    /// What comes out.
    type Output;
    /// Does the work.
    fn run<S: Lanes16>(self) -> Self::Output;
}

/// A set of instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// 512-bit registers.
    Avx512,
    /// 256-bit registers with fused multiply-adds.
    Avx2,
    /// What the program was built for.
    Portable,
}

impl Level {
    /// Those this machine has, the fastest first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        [Self::Avx512, Self::Avx2, Self::Portable].into_iter().filter(|l| l.is_here()).collect()
    }

    /// The fastest this machine has.
    #[must_use]
    pub fn best() -> Self {
        if Self::Avx512.is_here() {
            Self::Avx512
        } else if Self::Avx2.is_here() {
            Self::Avx2
        } else {
            Self::Portable
        }
    }

    /// Whether this machine has it. The standard library asks the processor once.
    #[must_use]
    pub fn is_here(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            match self {
                Self::Avx512 => {
                    avx2 && is_x86_feature_detected!("avx512f")
                        && is_x86_feature_detected!("avx512dq")
                        && is_x86_feature_detected!("avx512vl")
                        && is_x86_feature_detected!("avx512bw")
                }
                Self::Avx2 => avx2,
                Self::Portable => true,
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            self == Self::Portable
        }
    }
}

/// Runs a kernel at this level, or portably where the machine does not have it.
pub fn dispatch<K: Kernel>(level: Level, kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    if level.is_here() {
        // SAFETY: the machine was just asked for the instructions that each function enables.
        match level {
            Level::Avx512 => return unsafe { x86::avx512(kernel) },
            Level::Avx2 => return unsafe { x86::avx2(kernel) },
            Level::Portable => {}
        }
    }
    kernel.run::<[f32; 16]>()
}

/// 1.5 * 2^23: adding it rounds to a whole number and leaves that number in the lowest bits.
const ROUND: f32 = 12_582_912.0;
/// `2^f` on `|f| <= 1/2`, the minimax polynomial with the constant 1 (a linear program in scipy on
/// 2,001 Chebyshev nodes): off by 1.1e-7 relative.
#[allow(clippy::approx_constant, reason = "near log 2, but not it")]
const EXP2: [f32; 6] = [1.0, 0.693_147, 0.240_222_42, 0.055_507_34, 0.009_671_533, 0.001_326_47];

/// Where the sigmoid is 1 to the last bit, and 9e-27 on the other side: small enough to be nothing,
/// and far enough from the subnormal numbers, which would slow down all that is made of it.
const BOUND: f32 = 60.0;

/// `1 / (1 + e^-z)`, off by some 2e-7. Past `BOUND` it stays what it is there.
#[inline(always)]
pub fn sigmoid<S: Lanes16>(z: S) -> S {
    let one = S::splat(1.0);
    let bounded = z.within(S::splat(-BOUND), S::splat(BOUND));
    one.over(one.plus(power_of_two(bounded, -std::f32::consts::LOG2_E)))
}

/// `z sigmoid(z)` and its derivative `sigmoid(z) + z sigmoid(z) (1 - sigmoid(z))`, off by some
/// 2e-7 of `max(1, |z|)`.
#[inline(always)]
pub fn silu_with_derivative<S: Lanes16>(z: S) -> (S, S) {
    let sigmoid = sigmoid(z);
    let value = z.times(sigmoid);
    (value, value.mul_add(S::splat(1.0).minus(sigmoid), sigmoid))
}

/// `2^(x factor)`, off by some 2e-7 relative where the product is within 126 of zero, and nonsense
/// beyond.
#[inline(always)]
pub fn power_of_two<S: Lanes16>(x: S, factor: f32) -> S {
    let factor = S::splat(factor);
    let shifted = x.mul_add(factor, S::splat(ROUND));
    let whole = shifted.minus(S::splat(ROUND));
    let f = x.mul_add(factor, S::splat(0.0).minus(whole));
    let mut power = S::splat(EXP2[5]);
    for i in (0..5).rev() {
        power = power.mul_add(f, S::splat(EXP2[i]));
    }
    power.times_power_of_two(shifted)
}

#[cfg(test)]
mod tests;
