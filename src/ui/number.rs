//! Numbers as a reader wants them: with the digits that their error justifies, and of a known
//! width.

use super::theme::Theme;

/// A value with its standard error: `0.031 ±0.004`, `12.84 ±0.11`; `+-` in ASCII. The error has one
/// significant digit, two where it begins with a one (so that rounding changes it by less than
/// about 25 %), and the value as many decimals as the error.
#[must_use]
pub fn with_error(value: f64, error: Option<f64>, theme: &Theme) -> String {
    let sign = if theme.ascii() { "+-" } else { "±" };
    match error {
        Some(error) if value.is_finite() && error.is_finite() && error > 0.0 => {
            let Some(digits) = decimals(error) else {
                return format!("{} {sign}{}", plain(value, 4, theme), plain(error, 2, theme));
            };
            if !(1e-7..1e7).contains(&value.abs().max(error)) {
                return format!("{} {sign}{}", plain(value, 4, theme), plain(error, 2, theme));
            }
            format!("{} {sign}{}", without_minus_zero(value, digits), fixed(error, digits))
        }
        _ => plain(value, 5, theme),
    }
}

/// The decimals that an error justifies; negative powers count as none. `None` out of range.
fn decimals(error: f64) -> Option<usize> {
    let mut exponent = error.log10().floor() as i32;
    // Rounding may carry: 0.0996 is 0.10, not 0.1 with a leading nine.
    let leading = error / 10f64.powi(exponent);
    let two = if leading >= 9.5 {
        exponent += 1;
        true
    } else {
        leading < 1.95
    };
    let digits = i32::from(two) - exponent;
    (digits <= 9).then(|| usize::try_from(digits.max(0)).unwrap_or(0))
}

/// A value with about `significant` digits, shortest of fixed and scientific writing. `–` for NaN
/// and `∞` for infinity, `-` and `inf` in ASCII.
#[must_use]
pub fn plain(value: f64, significant: usize, theme: &Theme) -> String {
    if value.is_nan() {
        return if theme.ascii() { "-" } else { "–" }.to_owned();
    }
    if value.is_infinite() {
        let infinity = if theme.ascii() { "inf" } else { "∞" };
        return if value < 0.0 { format!("-{infinity}") } else { infinity.to_owned() };
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let significant = significant.max(1);
    let exponent = value.abs().log10().floor() as i32;
    if (-4..7).contains(&exponent) {
        let digits = (significant as i32 - 1 - exponent).max(0) as usize;
        let text = without_minus_zero(value, digits);
        return if digits > 0 { trim_zeros(&text).to_owned() } else { text };
    }
    scientific(value, significant - 1)
}

/// `1.5e-7`, the zeros at the end of the mantissa left out.
#[must_use]
pub fn scientific(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => format!("{}e{exponent}", trim_zeros(mantissa)),
        None => text,
    }
}

fn trim_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// A fixed number of decimals.
#[must_use]
pub fn fixed(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}")
}

/// A fixed number of decimals, and never "-0.00".
pub(crate) fn without_minus_zero(value: f64, decimals: usize) -> String {
    let text = fixed(value, decimals);
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => rest.to_owned(),
        _ => text,
    }
}

/// The most exact writing of a value that fits `width` columns, right-aligned; all `#` where none
/// does, as a wrong number must not be shown.
#[must_use]
pub fn fit(value: f64, width: usize, theme: &Theme) -> String {
    (1..=width.min(15))
        .rev()
        .map(|significant| plain(value, significant, theme))
        .find(|text| text.chars().count() <= width)
        .map_or_else(|| "#".repeat(width), |text| format!("{text:>width$}"))
}

/// An integer with its thousands apart: `1,240`.
#[must_use]
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Theme, fit, plain, thousands, with_error};

    #[test]
    fn the_error_decides_the_digits() {
        let theme = Theme::default();
        let text = |v, e| with_error(v, Some(e), &theme);
        assert_eq!(text(0.031_2, 0.004_2), "0.031 ±0.004");
        assert_eq!(text(0.209_9, 0.010_4), "0.210 ±0.010");
        assert_eq!(text(12.843, 0.114), "12.84 ±0.11");
        assert_eq!(text(1.0, 0.099_6), "1.00 ±0.10");
        assert_eq!(text(1_234.5, 37.0), "1234 ±37");
        assert_eq!(text(-0.000_01, 0.02), "0.00 ±0.02");
        assert_eq!(text(3.0, f64::NAN), "3");
        assert_eq!(text(3.0, 0.0), "3");
        assert_eq!(text(f64::NAN, 0.1), "–");
        assert_eq!(text(1e300, 1e299), "1e300 ±1e299");
        assert_eq!(text(2.5, 1e-200), "2.5 ±1e-200");
    }

    #[test]
    fn plain_numbers_are_short() {
        let theme = Theme::default();
        assert_eq!(plain(0.344_238_4, 4, &theme), "0.3442");
        assert_eq!(plain(1_234_567.0, 3, &theme), "1234567");
        assert_eq!(plain(1e-9, 3, &theme), "1e-9");
        assert_eq!(plain(-2.5e12, 3, &theme), "-2.5e12");
        assert_eq!(plain(f64::NEG_INFINITY, 3, &theme), "-∞");
        let ascii = Theme::named("plain").unwrap();
        assert_eq!(plain(f64::NAN, 3, &ascii), "-");
        assert!(with_error(1.0, Some(0.5), &ascii).is_ascii());
    }

    #[test]
    fn a_number_never_outgrows_its_width() {
        let theme = Theme::default();
        for value in [0.0, 1.0, -1.0 / 3.0, 99_999.9, 1e300, -1e-300, f64::NAN, f64::INFINITY] {
            for width in 0..12 {
                assert_eq!(fit(value, width, &theme).chars().count(), width, "{value} {width}");
            }
        }
        assert_eq!(fit(-1.0 / 3.0, 6, &theme), "-0.333");
        assert_eq!(fit(-1.0 / 3.0, 2, &theme), "##");
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_240), "1,240");
        assert_eq!(thousands(u64::MAX), "18,446,744,073,709,551,615");
    }
}
