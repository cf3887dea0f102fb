//! Numbers as people read them.

/// A value to as many places as its error bar bears out (two digits of the error), or to seven
/// significant digits without one; and the error to the same places.
pub(super) fn with_error(value: f64, error: Option<f64>) -> (String, Option<String>) {
    match error {
        Some(e) if e.is_finite() && e > 0.0 && value.is_finite() => {
            let places = 1 - e.log10().floor() as i32;
            if (0..=9).contains(&places) && value.abs() < 1e9 {
                let places = places as usize;
                (format!("{value:.places$}"), Some(format!("{e:.places$}")))
            } else {
                (rounded(value, places), Some(format!("{e:.1e}")))
            }
        }
        Some(e) if e.is_finite() => (significant(value), Some(significant(e))),
        _ => (significant(value), None),
    }
}

/// A value to the place of its error's second digit: `places` decimals, or where that is negative
/// so many digits before the point. Never more than seven digits.
fn rounded(value: f64, places: i32) -> String {
    if !(-300..0).contains(&places) {
        return significant(value);
    }
    let unit = 10f64.powi(-places);
    significant((value / unit).round() * unit)
}

/// Seven significant digits, without trailing zeros; a dash for what is no number.
pub(super) fn significant(value: f64) -> String {
    if !value.is_finite() {
        return "-".to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let exponent = value.abs().log10().floor() as i32;
    if !(-4..9).contains(&exponent) {
        let text = format!("{value:.6e}");
        return match text.split_once('e') {
            Some((mantissa, power)) => format!("{}e{power}", trim(mantissa)),
            None => text,
        };
    }
    let places = (6 - exponent).max(0) as usize;
    trim(&format!("{value:.places$}")).to_owned()
}

fn trim(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::{significant, with_error};

    #[test]
    fn a_value_is_as_long_as_its_error_bears_out() {
        let both = |v, e| {
            let (value, error) = with_error(v, Some(e));
            format!("{value} ± {}", error.unwrap_or_default())
        };
        assert_eq!(both(0.34423841, 0.0041), "0.3442 ± 0.0041");
        assert_eq!(both(-123.456, 12.0), "-123 ± 12");
        assert_eq!(both(1234.5, 250.0), "1230 ± 2.5e2");
        assert_eq!(both(15384.62, 4123.0), "15400 ± 4.1e3");
        assert_eq!(both(1.0, 3e-12), "1 ± 3.0e-12");
        assert_eq!(both(2.0, 0.0), "2 ± 0");
        assert_eq!(with_error(0.3442384123, None), ("0.3442384".to_owned(), None));
        assert_eq!(with_error(f64::NAN, Some(1.0)).0, "-");
        assert_eq!(with_error(1.5, Some(f64::NAN)), ("1.5".to_owned(), None));
    }

    #[test]
    fn seven_digits_and_no_noise() {
        for (value, text) in [
            (1.410_914_7, "1.410915"),
            (0.5, "0.5"),
            (100.0, "100"),
            (1e9, "1e9"),
            (-2.5e-7, "-2.5e-7"),
            (123_456_789.0, "123456789"),
            (f64::INFINITY, "-"),
            (-0.0, "0"),
        ] {
            assert_eq!(significant(value), text);
        }
    }
}
