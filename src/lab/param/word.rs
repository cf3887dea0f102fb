//! A word that a learner typed, as the value of a parameter: short enough to be copied about.

use std::fmt;

/// How many bytes a word may have: sixteen syllables of Hangul.
const MOST: usize = 48;

/// One word: letters, digits, apostrophes, hyphens and stops, at most 48 bytes of UTF-8.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Word {
    bytes: [u8; MOST],
    length: u8,
}

impl Word {
    /// A word, without the space around it; `None` for what is not one.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | '.');
        if text.is_empty() || text.len() > MOST || !text.chars().all(fits) {
            return None;
        }
        let mut bytes = [0; MOST];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Some(Self { bytes, length: text.len() as u8 })
    }

    /// The same where it stands in the program.
    ///
    /// # Panics
    /// At compile time, if it is too long or not of plain letters.
    #[must_use]
    pub const fn fixed(text: &str) -> Self {
        let from = text.as_bytes();
        assert!(!from.is_empty() && from.len() <= MOST, "a word has a length");
        let mut bytes = [0; MOST];
        let mut at = 0;
        while at < from.len() {
            assert!(from[at].is_ascii_lowercase(), "a plain word");
            bytes[at] = from[at];
            at += 1;
        }
        Self { bytes, length: from.len() as u8 }
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // It was made of a whole text: never anything else.
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Word({:?})", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Word;

    #[test]
    fn a_word_is_one_word() {
        for good in ["rabbit", " Rabbit ", "토끼", "don't", "rabbit-hole", "."] {
            assert_eq!(
                Word::new(good).map(|w| w.as_str().to_owned()).as_deref(),
                Some(good.trim())
            );
        }
        let long = "가".repeat(17);
        for bad in ["", " ", "two words", "a@5", "a;b", "$(x)", "\u{1b}[31m", &long] {
            assert_eq!(Word::new(bad), None, "{bad:?}");
        }
        assert_eq!(Word::fixed("rabbit"), Word::new("rabbit").expect("a word"));
    }
}
