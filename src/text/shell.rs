//! Words as a shell reads them.

/// The text as one word of a POSIX shell: as it is where that is safe, else in single quotes.
#[must_use]
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "._-/+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn what_a_shell_would_take_apart_is_quoted() {
        for (text, word) in [
            ("rabbit-hole", "rabbit-hole"),
            ("토끼", "토끼"),
            ("1e-7", "1e-7"),
            ("", "''"),
            ("a b", "'a b'"),
            ("don't", r"'don'\''t'"),
            ("$(x)", "'$(x)'"),
        ] {
            assert_eq!(quoted(text), word);
        }
    }
}
