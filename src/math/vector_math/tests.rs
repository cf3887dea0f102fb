//! Against the standard library, mpmath, and between instruction sets.

use super::*;

/// Spacing of the numbers around `v`.
fn ulp(v: f64) -> f64 {
    let v = v.abs().max(f64::MIN_POSITIVE);
    f64::from_bits(v.to_bits() + 1) - v
}

fn line() -> Vec<f64> {
    let mut x: Vec<f64> = (-76_000..72_100).map(|i| f64::from(i) * 0.009_87).collect();
    x.extend((-400..400).map(|i| f64::from(i) * 1e-19));
    x.extend([709.78, 709.79, -745.13, -745.14, -708.0, 708.0, 1e300, -1e300, 0.0, -0.0]);
    x
}

#[test]
fn exp_is_within_an_ulp_of_the_standard_library_over_the_whole_line() {
    let x = line();
    let mut out = vec![0.0; x.len()];
    exp(&x, &mut out);
    for (x, y) in x.iter().zip(&out) {
        let std = x.exp();
        assert!(*y == std || (y - std).abs() <= 1.01 * ulp(std), "e^{x}: {y:e} is not {std:e}");
    }
}

#[test]
fn exp_at_the_edges() {
    let x = [f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 710.0, -746.0, -745.0, 0.0];
    let mut y = [0.0; 7];
    exp(&x, &mut y);
    assert_eq!((y[0], y[1], y[3], y[4], y[6]), (f64::INFINITY, 0.0, f64::INFINITY, 0.0, 1.0));
    assert!(y[2].is_nan());
    // The smallest subnormal: e^-745 = 4.99e-324 rounds to it.
    assert_eq!(y[5].to_bits(), 1);
}

#[test]
fn single_precision_exp_is_within_an_ulp() {
    let mut x: Vec<f32> = (-22_000..18_000).map(|i| i as f32 * 0.004_98).collect();
    x.extend([88.72, 88.73, -103.9, -104.0, f32::INFINITY, f32::NEG_INFINITY]);
    let mut y = vec![0.0; x.len()];
    exp_f32(&x, &mut y);
    for (x, y) in x.iter().zip(&y) {
        let exact = f64::from(*x).exp();
        let ulp = (exact * f64::from(f32::EPSILON)).max(f64::from(f32::from_bits(1)));
        let close = (f64::from(*y) - exact).abs() <= 1.01 * ulp;
        assert!(close || *y == exact as f32, "e^{x}: {y:e} is not {exact:e}");
    }
    let mut nan = [0.0];
    exp_f32(&[f32::NAN], &mut nan);
    assert!(nan[0].is_nan());
}

#[test]
fn the_weights_of_a_well_and_their_sum() {
    // -5 (x^2 - 1)^2, and a length that is no multiple of anything.
    let well = [-5.0, 0.0, 10.0, 0.0, -5.0];
    let x: Vec<f32> = (0..1003).map(|i| i as f32 * 0.004 - 2.0).collect();
    let mut weights = vec![0.0; x.len()];
    let sum = exp_quartic_sum_f32(&x, &well, &mut weights);
    let exact = |x: f32| (-5.0 * (f64::from(x).powi(2) - 1.0).powi(2)).exp();
    for (x, w) in x.iter().zip(&weights) {
        // The exponent, up to 45, is itself rounded to single precision.
        assert!((f64::from(*w) - exact(*x)).abs() < 2e-5 * exact(*x).max(1e-3), "{x}: {w}");
    }
    let total: f64 = x.iter().map(|x| exact(*x)).sum();
    assert!((f64::from(sum) - total).abs() < 1e-5 * total, "{sum} {total}");
    let mut portable = vec![0.0; x.len()];
    let same = exp_quartic_sum_f32_body(&x, &well, &mut portable);
    assert_eq!((sum.to_bits(), &weights), (same.to_bits(), &portable));
    scale_f32(&mut weights, 0.5);
    scale_f32_body(&mut portable, 0.5);
    assert_eq!(weights, portable);
}

#[test]
fn every_instruction_set_gives_the_same_bits() {
    let mut x = line();
    x.extend([f64::INFINITY, f64::NEG_INFINITY, 3.0]);
    x.truncate(x.len() / 8 * 8 + 3);
    let bits = |v: &[f64]| v.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    let (mut a, mut b) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    type Over = fn(&[f64], &mut [f64]);
    let pairs: [(&str, Over, Over); 4] = [
        ("exp", exp, exp_body),
        ("softplus", softplus, softplus_body),
        ("sigmoid", sigmoid, sigmoid_body),
        (
            "silu",
            |x, y| silu(&x[..x.len() - 2], &mut y[2..]),
            |x, y| {
                silu_body(&x[..x.len() - 2], &mut y[2..]);
            },
        ),
    ];
    for (name, dispatched, portable) in pairs {
        dispatched(&x, &mut a);
        portable(&x, &mut b);
        assert!(bits(&a) == bits(&b), "{name}");
    }
    let (mut a, mut b) = (x.clone(), x.clone());
    let sums = (
        exp_affine_sum(&mut a, -0.3, 1.0).to_bits(),
        exp_affine_sum_body(&mut b, -0.3, 1.0).to_bits(),
    );
    assert!(sums.0 == sums.1 && bits(&a) == bits(&b));
    assert_eq!(sum(&b[3..900]).to_bits(), sum_body(&b[3..900]).to_bits());
    let x: Vec<f32> = x.iter().map(|v| *v as f32).collect();
    let (mut a, mut b) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    exp_f32(&x, &mut a);
    exp_f32_body(&x, &mut b);
    assert!(a.iter().zip(&b).all(|(a, b)| a.to_bits() == b.to_bits()));
}

#[test]
fn softplus_and_sigmoid_keep_their_precision_in_both_tails() {
    // mpmath, 40 digits.
    let x = [-800.0, -40.0, -1.0, -1e-9, 0.0, 2.5, 36.0, 1e4];
    let softplus_of = [
        0.0,
        4.248_354_255_291_589e-18,
        0.313_261_687_518_222_8,
        0.693_147_180_059_945_4,
        std::f64::consts::LN_2,
        2.578_889_734_292_549_6,
        36.0,
        1e4,
    ];
    let sigmoid_of = [
        0.0,
        4.248_354_255_291_589e-18,
        0.268_941_421_369_995_1,
        0.499_999_999_75,
        0.5,
        0.924_141_819_978_756_5,
        0.999_999_999_999_999_8,
        1.0,
    ];
    let mut y = [0.0; 8];
    softplus(&x, &mut y);
    for i in 0..8 {
        assert!((y[i] - softplus_of[i]).abs() <= 2.0 * ulp(softplus_of[i]), "softplus({})", x[i]);
    }
    sigmoid(&x, &mut y);
    for i in 0..8 {
        assert!((y[i] - sigmoid_of[i]).abs() <= 2.0 * ulp(sigmoid_of[i]), "sigmoid({})", x[i]);
    }
    let mut nan = [0.0];
    softplus(&[f64::NAN], &mut nan);
    assert!(nan[0].is_nan());
    softplus(&[f64::INFINITY], &mut nan);
    assert_eq!(nan[0], f64::INFINITY);
}

#[test]
fn the_derivative_of_silu_is_its_slope() {
    let x: Vec<f64> = (-60..60).map(|i| f64::from(i) * 0.31).collect();
    let n = x.len();
    let (mut value, mut slope) = (vec![0.0; n], vec![0.0; n]);
    silu_with_derivative(&x, &mut value, &mut slope);
    let h = 1e-5;
    let (mut up, mut down) = (vec![0.0; n], vec![0.0; n]);
    silu(&x.iter().map(|v| v + h).collect::<Vec<_>>(), &mut up);
    silu(&x.iter().map(|v| v - h).collect::<Vec<_>>(), &mut down);
    for i in 0..n {
        assert!((slope[i] - (up[i] - down[i]) / (2.0 * h)).abs() < 1e-9, "at {}", x[i]);
    }
    let mut plain = vec![0.0; n];
    silu(&x, &mut plain);
    assert_eq!(plain, value);
}

#[test]
fn a_quartic_is_its_sum_of_powers() {
    let x = [-2.0, 0.0, 0.5, 3.0];
    let mut y = [0.0; 4];
    quartic(&x, &[1.0, -2.0, 0.0, 4.0, 0.5], &mut y);
    assert_eq!(y, [-19.0, 1.0, 0.531_25, 143.5]);
}

#[test]
fn a_sum_of_weights_is_their_sum() {
    let mut v: Vec<f64> = (0..203).map(|i| f64::from(i) * 0.1 - 3.0).collect();
    let plain: f64 = v.iter().map(|v| (-0.5 * v + 2.0).exp()).sum();
    let sum = exp_affine_sum(&mut v, -0.5, 2.0);
    assert!((sum - plain).abs() < 1e-13 * plain);
}

#[test]
fn three_derivatives_of_silu_are_those_of_mpmath() {
    // mpmath.diff in 40 digits.
    let x = [-9.5, -1.3, 0.0, 0.4, 2.1, 7.0];
    let exact = [
        [-7.110391613508067e-4, -6.36139715241356e-4, -5.611982624150339e-4, -4.861784115280853e-4],
        [-0.2784145220446738, -0.004622854252336912, 0.2115222700237915, 0.290775329001011],
        [0.0, 0.5, 0.5, 0.0],
        [0.2394750640449808, 0.6947919584090637, 0.4615528748317749, -0.18470086885427572],
        [1.870896675489213, 1.0950120588857004, 0.03481578950927315, -0.14288324841593458],
        [6.993622641639195, 1.0054604970664522, -0.00453949628730267, 0.003611063159984039],
    ];
    let mut out = [[0.0; 6]; 4];
    silu_with_three_derivatives(&x, out.each_mut().map(|o| &mut o[..]));
    for (i, exact) in exact.iter().enumerate() {
        for (n, e) in exact.iter().enumerate() {
            assert!((out[n][i] - e).abs() < 1e-15 * (1.0 + e.abs()), "{n} at {}", x[i]);
        }
    }
    let far = [-1e300, -800.0, 800.0, 1e300];
    let mut out = [[0.0; 4]; 4];
    silu_with_three_derivatives(&far, out.each_mut().map(|o| &mut o[..]));
    assert_eq!(out[1], [0.0, 0.0, 1.0, 1.0]);
    assert_eq!((out[2], out[3]), ([0.0; 4], [0.0; 4]));
}
