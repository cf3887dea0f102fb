//! The logistic function and its kin at one number; over slices they are in
//! [`super::vector_math`].

/// `1/(1 + e^-x)`, exact in both tails.
#[must_use]
pub fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

/// `log(1 + e^x)` without overflow.
#[must_use]
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::{sigmoid, softplus};

    #[test]
    fn both_tails_keep_their_precision() {
        for (x, p, s) in [
            (0.0, 0.5, std::f64::consts::LN_2),
            (-800.0, 0.0, 0.0),
            (800.0, 1.0, 800.0),
            (f64::NEG_INFINITY, 0.0, 0.0),
            (f64::INFINITY, 1.0, f64::INFINITY),
        ] {
            assert_eq!((sigmoid(x), softplus(x)), (p, s), "{x}");
        }
        // mpmath: log(1 + exp(-40)), 1/(1 + exp(40)).
        assert!((softplus(-40.0) / 4.248_354_255_291_589e-18 - 1.0).abs() < 1e-15);
        assert!((sigmoid(-40.0) / 4.248_354_255_291_589e-18 - 1.0).abs() < 1e-15);
        let (h, x) = (1e-6, 0.7);
        let slope = (softplus(x + h) - softplus(x - h)) / (2.0 * h);
        assert!((slope - sigmoid(x)).abs() < 1e-9);
    }
}
