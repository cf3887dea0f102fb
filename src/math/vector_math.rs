//! Elementary functions over slices: exp, softplus, sigmoid, SiLU.
//!
//! exp by range reduction, `x = n log 2 + r` with `|r| <= log(2)/2` (Cody and Waite, Software
//! Manual for the Elementary Functions, 1980), then a polynomial in `r` and `n` added to the
//! exponent. All of it is inlined into the loop, so the loop vectorises. The widest instruction
//! set of the machine is chosen at run time; since every path uses fused multiply-adds and the
//! same order of sums, all of them give the same bits.

// The dispatch between instruction sets calls a checked function through an unsafe block.
#![allow(unsafe_code)]
// It also repeats our `pub` inside a module of its own.
#![allow(unreachable_pub)]

use multiversion::multiversion;

/// Elements a pass works on: in registers and the first cache, and long enough to vectorise.
const BLOCK: usize = 2 * LANES;

/// Elements of a pass whose loop is longer: the second reading still comes from the first cache.
const PASS: usize = 16 * LANES;

/// 1.5 * 2^52: adding it rounds to a whole number and leaves that number in the lowest bits.
const ROUND: f64 = 6_755_399_441_055_744.0;
const LN2_LOW: f64 = 2.319_046_813_846_299_6e-17;
/// `(e^r - 1 - r)/r^2`, interpolated at the Chebyshev nodes of `|r| <= log(2)/2` in 50 digits
/// (mpmath); the whole is off by 1.6e-17 relative.
const EXP: [f64; 10] = [
    0.500_000_000_000_000_1,
    0.166_666_666_666_666_69,
    0.041_666_666_666_624_13,
    0.008_333_333_333_330_062,
    0.001_388_888_891_721_371_7,
    0.000_198_412_698_630_536_18,
    2.480_152_129_595_437_6e-5,
    2.755_726_845_999_706_4e-6,
    2.762_008_844_540_974_6e-7,
    2.510_038_549_551_032e-8,
];
/// `(atanh(s)/s - 1)/s^2` in `z = s^2 <= 1/9`, made in the same way; off by 7e-18 relative.
const ATANH: [f64; 10] = [
    0.333_333_333_333_333_3,
    0.200_000_000_000_072_92,
    0.142_857_142_835_543_8,
    0.111_111_113_587_139_32,
    0.090_908_947_180_664_29,
    0.076_927_850_324_793_12,
    0.066_570_721_048_274_68,
    0.060_005_364_047_953_56,
    0.044_003_692_430_723_37,
    0.080_820_228_059_717_66,
];

/// 1.5 * 2^23.
const ROUND_F32: f32 = 12_582_912.0;
const LN2_LOW_F32: f32 = -1.904_654_3e-9;
/// As [`EXP`], in single precision: off by 1.1e-8 relative.
const EXP_F32: [f32; 5] = [0.5, 0.166_665_76, 0.041_666_556, 0.008_363_179, 0.001_392_618_4];

#[inline(always)]
fn polynomial<const N: usize>(x: f64, coefficients: &[f64; N]) -> f64 {
    let mut value = coefficients[N - 1];
    for i in (0..N - 1).rev() {
        value = value.mul_add(x, coefficients[i]);
    }
    value
}

/// The whole number next to `x / log 2`, still shifted by [`ROUND`], and `e^r` of the rest.
#[inline(always)]
fn reduced_exp(x: f64) -> (f64, f64) {
    let shifted = x.mul_add(std::f64::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = n.mul_add(-std::f64::consts::LN_2, x);
    let r = n.mul_add(-LN2_LOW, r);
    (shifted, (r * r).mul_add(polynomial(r, &EXP), r) + 1.0)
}

/// Where results and their powers of two are all normal numbers.
#[inline(always)]
fn is_tame(x: f64) -> bool {
    x.abs() <= 708.0
}

#[inline(always)]
fn exp_tame(x: f64) -> f64 {
    let (shifted, power) = reduced_exp(x);
    f64::from_bits(power.to_bits().wrapping_add(shifted.to_bits() << 52))
}

/// The same over the whole line: the power of two goes on in two halves, so that overflow,
/// subnormal results (rounded once) and NaN come out right.
#[inline(always)]
fn exp_any(x: f64) -> f64 {
    const ONE: u64 = 1023 << 52;
    let (shifted, power) = reduced_exp(x.clamp(-760.0, 720.0));
    let n = shifted - ROUND;
    let half = n.mul_add(0.5, ROUND);
    let rest = (n - (half - ROUND)) + ROUND;
    let power = power * f64::from_bits((half.to_bits() << 52).wrapping_add(ONE));
    power * f64::from_bits((rest.to_bits() << 52).wrapping_add(ONE))
}

#[inline(always)]
fn exp_body(x: &[f64], out: &mut [f64]) {
    assert_eq!(x.len(), out.len());
    for (x, out) in x.chunks(BLOCK).zip(out.chunks_mut(BLOCK)) {
        if x.iter().fold(true, |tame, x| tame & is_tame(*x)) {
            for (x, out) in x.iter().zip(out) {
                *out = exp_tame(*x);
            }
        } else {
            for (x, out) in x.iter().zip(out) {
                *out = exp_any(*x);
            }
        }
    }
}

#[inline(always)]
fn exp_affine_sum_body(values: &mut [f64], scale: f64, shift: f64) -> f64 {
    let mut lanes = [0.0; LANES];
    let mut powers = [0.0; BLOCK];
    let (blocks, rest) = values.as_chunks_mut::<BLOCK>();
    for block in blocks {
        for (power, v) in powers.iter_mut().zip(&*block) {
            *power = v.mul_add(scale, shift);
        }
        exp_body(&powers, block);
        // A length known beforehand keeps this loop a few instructions.
        for (i, lane) in lanes.iter_mut().enumerate() {
            *lane += block[i] + block[i + LANES];
        }
    }
    let powers = &mut powers[..rest.len()];
    for (power, v) in powers.iter_mut().zip(&*rest) {
        *power = v.mul_add(scale, shift);
    }
    exp_body(powers, rest);
    add_to_lanes(&mut lanes, rest);
    sum_of_lanes(&lanes)
}

/// Partial sums that run side by side, enough of them to hide the latency of an addition.
const LANES: usize = 32;

/// Adds element `i` to lane `i mod LANES`.
#[inline(always)]
fn add_to_lanes(lanes: &mut [f64; LANES], values: &[f64]) {
    // A copy of its own stays in registers.
    let mut sums = *lanes;
    let (whole, rest) = values.as_chunks::<LANES>();
    for chunk in whole {
        for (lane, v) in sums.iter_mut().zip(chunk) {
            *lane += v;
        }
    }
    for (lane, v) in sums.iter_mut().zip(rest) {
        *lane += v;
    }
    *lanes = sums;
}

/// Halves until one is left.
#[inline(always)]
fn sum_of_lanes(lanes: &[f64; LANES]) -> f64 {
    let mut sums = *lanes;
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            sums[i] += sums[i + half];
        }
        half /= 2;
    }
    sums[0]
}

#[inline(always)]
fn sum_body(values: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    add_to_lanes(&mut lanes, values);
    sum_of_lanes(&lanes)
}

#[inline(always)]
fn scale_body(values: &mut [f64], factor: f64) {
    for v in values {
        *v *= factor;
    }
}

/// `e^-|x|`, which never overflows; zero where it is below 1e-307.
#[inline(always)]
fn exp_of_minus_abs(x: f64) -> f64 {
    // Not f64::min, which would drop a NaN.
    let power = exp_tame((-x.abs()).clamp(-708.0, 0.0));
    if x.abs() > 708.0 { 0.0 } else { power }
}

/// `log(1 + t) = 2 atanh(t/(2 + t))` for `t` from 0 to 1.
#[inline(always)]
fn log1p_of_fraction(t: f64) -> f64 {
    let s = t / (2.0 + t);
    let z = s * s;
    let twice = s + s;
    (twice * z).mul_add(polynomial(z, &ATANH), twice)
}

#[inline(always)]
fn softplus_body(x: &[f64], out: &mut [f64]) {
    assert_eq!(x.len(), out.len());
    for (x, out) in x.iter().zip(out) {
        // f64::max would drop a NaN.
        let positive = if *x < 0.0 { 0.0 } else { *x };
        *out = positive + log1p_of_fraction(exp_of_minus_abs(*x));
    }
}

/// `(sigmoid(x), sigmoid(-x))`, both to full precision.
#[inline(always)]
fn sigmoids(x: f64) -> (f64, f64) {
    let t = exp_of_minus_abs(x);
    let large = 1.0 / (1.0 + t);
    let small = t * large;
    if x < 0.0 { (small, large) } else { (large, small) }
}

#[inline(always)]
fn sigmoid_body(x: &[f64], out: &mut [f64]) {
    assert_eq!(x.len(), out.len());
    for (x, out) in x.iter().zip(out) {
        *out = sigmoids(*x).0;
    }
}

#[inline(always)]
fn silu_body(x: &[f64], out: &mut [f64]) {
    assert_eq!(x.len(), out.len());
    for (x, out) in x.iter().zip(out) {
        *out = *x * sigmoids(*x).0;
    }
}

#[inline(always)]
fn silu_with_derivative_body(x: &[f64], value: &mut [f64], derivative: &mut [f64]) {
    assert_eq!(x.len(), value.len());
    assert_eq!(x.len(), derivative.len());
    for ((x, value), derivative) in x.iter().zip(value).zip(derivative) {
        let (sigmoid, other) = sigmoids(*x);
        let v = *x * sigmoid;
        *value = v;
        *derivative = v.mul_add(other, sigmoid);
    }
}

/// With `u = sigmoid(x) sigmoid(-x)` and `d = sigmoid(-x) - sigmoid(x)`, so that `u' = u d` and
/// `d^2 = 1 - 4u`: `2u + x u d` and `3 u d + x u (1 - 6u)` beyond the first two.
#[inline(always)]
fn silu_with_three_derivatives_body(x: &[f64], out: [&mut [f64]; 4]) {
    let [value, first, second, third] = out;
    assert!(x.len() == value.len() && x.len() == first.len());
    assert!(x.len() == second.len() && x.len() == third.len());
    let halves = value.iter_mut().zip(first).zip(second.iter_mut().zip(third));
    for (x, ((value, first), (second, third))) in x.iter().zip(halves) {
        let (sigmoid, other) = sigmoids(*x);
        let v = *x * sigmoid;
        let u = sigmoid * other;
        let d = other - sigmoid;
        // Beyond 708 u is zero and infinity times zero would be NaN.
        let xu = if u == 0.0 { u } else { *x * u };
        *value = v;
        *first = v.mul_add(other, sigmoid);
        *second = xu.mul_add(d, u + u);
        *third = xu.mul_add((-6.0_f64).mul_add(u, 1.0), 3.0 * u * d);
    }
}

#[inline(always)]
fn quartic_body(x: &[f64], coefficients: &[f64; 5], out: &mut [f64]) {
    assert_eq!(x.len(), out.len());
    for (x, out) in x.iter().zip(out) {
        *out = polynomial(*x, coefficients);
    }
}

#[inline(always)]
fn exp_tame_f32(x: f32) -> f32 {
    let (shifted, power) = reduced_exp_f32(x);
    f32::from_bits(power.to_bits().wrapping_add(shifted.to_bits() << 23))
}

#[inline(always)]
fn exp_any_f32(x: f32) -> f32 {
    const ONE: u32 = 127 << 23;
    let (shifted, power) = reduced_exp_f32(x.clamp(-110.0, 100.0));
    let n = shifted - ROUND_F32;
    let half = n.mul_add(0.5, ROUND_F32);
    let rest = (n - (half - ROUND_F32)) + ROUND_F32;
    let power = power * f32::from_bits((half.to_bits() << 23).wrapping_add(ONE));
    power * f32::from_bits((rest.to_bits() << 23).wrapping_add(ONE))
}

#[inline(always)]
fn reduced_exp_f32(x: f32) -> (f32, f32) {
    let shifted = x.mul_add(std::f32::consts::LOG2_E, ROUND_F32);
    let n = shifted - ROUND_F32;
    let r = n.mul_add(-std::f32::consts::LN_2, x);
    let r = n.mul_add(-LN2_LOW_F32, r);
    let mut value = EXP_F32[4];
    for i in (0..4).rev() {
        value = value.mul_add(r, EXP_F32[i]);
    }
    (shifted, (r * r).mul_add(value, r) + 1.0)
}

#[inline(always)]
fn exp_f32_body(x: &[f32], out: &mut [f32]) {
    assert_eq!(x.len(), out.len());
    for (x, out) in x.chunks(BLOCK).zip(out.chunks_mut(BLOCK)) {
        if x.iter().fold(true, |tame, x| tame & (x.abs() <= 87.0)) {
            for (x, out) in x.iter().zip(out) {
                *out = exp_tame_f32(*x);
            }
        } else {
            for (x, out) in x.iter().zip(out) {
                *out = exp_any_f32(*x);
            }
        }
    }
}

/// The exponent of a weight.
#[inline(always)]
fn quartic_f32(x: f32, c: &[f32; 5]) -> f32 {
    let mut value = c[4];
    for i in (0..4).rev() {
        value = value.mul_add(x, c[i]);
    }
    value
}

/// One pass: the polynomial and its exponential never leave the registers.
#[inline(always)]
fn exp_quartic_sum_f32_body(x: &[f32], coefficients: &[f32; 5], out: &mut [f32]) -> f32 {
    assert_eq!(x.len(), out.len());
    let coefficients = *coefficients;
    let mut lanes = [0.0_f32; LANES];
    for (x, out) in x.chunks(PASS).zip(out.chunks_mut(PASS)) {
        let mut tame = true;
        for (x, out) in x.iter().zip(&mut *out) {
            let power = quartic_f32(*x, &coefficients);
            tame &= power.abs() <= 87.0;
            *out = exp_tame_f32(power);
        }
        if !tame {
            for (x, out) in x.iter().zip(&mut *out) {
                *out = exp_any_f32(quartic_f32(*x, &coefficients));
            }
        }
        let (whole, rest) = out.as_chunks::<LANES>();
        for chunk in whole {
            for (lane, v) in lanes.iter_mut().zip(chunk) {
                *lane += v;
            }
        }
        for (lane, v) in lanes.iter_mut().zip(rest) {
            *lane += v;
        }
    }
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] += lanes[i + half];
        }
        half /= 2;
    }
    lanes[0]
}

#[inline(always)]
fn scale_f32_body(values: &mut [f32], factor: f32) {
    for v in values {
        *v *= factor;
    }
}

/// Gives a body to each instruction set, chosen at run time.
macro_rules! dispatched {
    ($($(#[$doc:meta])* $name:ident = $body:ident ($($arg:ident: $type:ty),*) $(-> $result:ty)?;)*) => {
        $(
            $(#[$doc])*
            #[multiversion(targets(
                "x86_64+avx512f+avx512dq+avx512vl+fma",
                "x86_64+avx2+fma",
                "aarch64+neon"
            ))]
            pub fn $name($($arg: $type),*) $(-> $result)? {
                $body($($arg),*)
            }
        )*
    };
}

dispatched! {
    /// `out_i = e^(x_i)`, within 1 ulp over the whole line. Both slices have the same length.
    exp = exp_body(x: &[f64], out: &mut [f64]);

    /// `out_i = e^(x_i)` in single precision, within 1 ulp.
    exp_f32 = exp_f32_body(x: &[f32], out: &mut [f32]);

    /// In place, `v_i = e^(scale v_i + shift)`; returns their sum. With `scale = -1/T` energies
    /// turn into Boltzmann weights.
    exp_affine_sum = exp_affine_sum_body(values: &mut [f64], scale: f64, shift: f64) -> f64;

    /// In single precision, `out_i = e^(c_0 + c_1 x_i + ... + c_4 x_i^4)`; returns their sum: the
    /// weights of a quartic well on a grid, for a picture of them.
    exp_quartic_sum_f32 = exp_quartic_sum_f32_body(
        x: &[f32],
        coefficients: &[f32; 5],
        out: &mut [f32]
    ) -> f32;

    /// In place, `v_i = factor v_i`.
    scale_f32 = scale_f32_body(values: &mut [f32], factor: f32);

    /// In place, `v_i = factor v_i`.
    scale = scale_body(values: &mut [f64], factor: f64);

    /// The sum, in an order that no instruction set changes.
    sum = sum_body(values: &[f64]) -> f64;

    /// `out_i = log(1 + e^(x_i))` without overflow, within 2 ulp.
    softplus = softplus_body(x: &[f64], out: &mut [f64]);

    /// `out_i = 1/(1 + e^(-x_i))`, within 2 ulp in both tails.
    sigmoid = sigmoid_body(x: &[f64], out: &mut [f64]);

    /// `out_i = x_i sigmoid(x_i)` (Elfwing, Uchibe and Doya 2018); NaN at minus infinity.
    silu = silu_body(x: &[f64], out: &mut [f64]);

    /// `out_i = c_0 + c_1 x_i + ... + c_4 x_i^4` (Horner).
    quartic = quartic_body(x: &[f64], coefficients: &[f64; 5], out: &mut [f64]);

    /// SiLU and its derivative `sigmoid(x) (1 + x sigmoid(-x))`.
    silu_with_derivative = silu_with_derivative_body(
        x: &[f64],
        value: &mut [f64],
        derivative: &mut [f64]
    );

    /// SiLU and its first three derivatives, each into a slice as long as `x`.
    silu_with_three_derivatives = silu_with_three_derivatives_body(
        x: &[f64],
        out: [&mut [f64]; 4]
    );
}

#[cfg(test)]
mod tests;
