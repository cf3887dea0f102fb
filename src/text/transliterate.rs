//! Words for a terminal that shows ASCII alone: each symbol becomes its name. Hangul has no ASCII;
//! it stays, for who chose Korean can read it.

use super::formula::ascii_of;

/// The text with every symbol that has a name in ASCII written as that name.
#[must_use]
pub fn transliterate(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_ascii() => out.push(c),
            '²' => out.push_str("^2"),
            '³' => out.push_str("^3"),
            '⁴' => out.push_str("^4"),
            '₀'..='₉' => {
                out.push('_');
                out.extend(char::from_digit(c as u32 - '₀' as u32, 10));
            }
            '⁻' => out.push_str("^-"),
            '⁺' => out.push_str("^+"),
            'ä' => out.push('a'),
            'é' => out.push('e'),
            'ü' => out.push('u'),
            'ö' => out.push('o'),
            '–' | '—' => out.push('-'),
            '‘' | '’' => out.push('\''),
            '“' | '”' => out.push('"'),
            '…' => out.push_str("..."),
            '±' => out.push_str("+-"),
            '√' => out.push_str("sqrt"),
            '↑' => out.push_str("Up"),
            '↓' => out.push_str("Down"),
            '←' => out.push_str("Left"),
            '→' => out.push_str("Right"),
            c => match ascii_of(c) {
                Some(name) => out.push_str(&name),
                None => out.push(c),
            },
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::transliterate;

    #[test]
    fn symbols_are_named_and_hangul_stays() {
        assert_eq!(transliterate("⟨E²⟩ at η = 1"), "<E^2> at eta = 1");
        assert_eq!(transliterate("에너지 λ"), "에너지 lambda");
        assert_eq!(transliterate("x₁ + x₂⁴"), "x_1 + x_2^4");
    }
}
