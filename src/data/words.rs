//! A text as a sequence of words: *Alice's Adventures in Wonderland* (Carroll 1865), which ships
//! with the lab, or the learner's own.
//!
//! A word is a run of letters or digits of any script, in lower case; an apostrophe or a hyphen
//! counts where it stands between two of them, and the stop that ends a sentence (. ! ?) is the
//! word `.`. Words are numbered by how often they occur, the commonest 0; of two that occur equally
//! often, the one met first.

mod error;
mod reader;

pub use error::TextError;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// How many bytes of a file are read; of a longer one, this much from its start.
pub const MOST_BYTES: u64 = 8 << 20;
/// How many bytes of one word are kept: what is longer is no word.
pub const LONGEST_WORD: usize = 48;
/// How many running words a text needs: of fewer nothing can be learned.
pub const FEWEST_WORDS: usize = 50;
/// What ends a sentence, as a word.
pub const STOP: &str = ".";

/// A text in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Corpus {
    name: String,
    words: Vec<u32>,
    vocabulary: Vec<Box<str>>,
    counts: Vec<u64>,
    cut_from: Option<u64>,
}

impl Corpus {
    /// The text that ships with the lab.
    #[must_use]
    pub fn alice() -> &'static Arc<Self> {
        static ALICE: OnceLock<Arc<Corpus>> = OnceLock::new();
        ALICE.get_or_init(|| {
            // It ships with the program and a test reads it: an empty text is never seen.
            let text = include_str!("../../data/alice.txt");
            Arc::new(Self::parse("alice.txt", text).unwrap_or_default())
        })
    }

    /// Reads a file: UTF-8, in any script. Of more than [`MOST_BYTES`] the beginning is kept.
    ///
    /// # Errors
    /// A [`TextError`] that says what was wrong, where, and what would be right.
    pub fn read(path: &Path) -> Result<Self, TextError> {
        reader::read(path)
    }

    /// The same from a text at hand; `name` stands in messages.
    ///
    /// # Errors
    /// [`TextError::Empty`] without a word, [`TextError::TooShort`] with fewer than
    /// [`FEWEST_WORDS`], [`TextError::OneWord`] where all are the same.
    pub fn parse(name: &str, text: &str) -> Result<Self, TextError> {
        let name = super::table::clean(name);
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut words = Vec::new();
        let mut counts: Vec<u64> = Vec::new();
        each_word(text, |word| {
            let number = if let Some(number) = numbers.get(word) {
                *number
            } else {
                let number = u32::try_from(counts.len()).unwrap_or(u32::MAX);
                numbers.insert(word.to_owned(), number);
                counts.push(0);
                number
            };
            counts[number as usize] += 1;
            words.push(number);
        });
        let spoken = counts.len() - usize::from(numbers.contains_key(STOP));
        if spoken == 0 {
            return Err(TextError::Empty { file: name });
        }
        if spoken == 1 {
            let word = numbers.into_keys().find(|w| w != STOP).unwrap_or_default();
            return Err(TextError::OneWord { file: name, word });
        }
        if words.len() < FEWEST_WORDS {
            return Err(TextError::TooShort { file: name, words: words.len() });
        }
        // The order of first occurrence is the order of the first numbering: a stable sort keeps it.
        let mut order: Vec<u32> = (0..counts.len() as u32).collect();
        order.sort_by_key(|w| std::cmp::Reverse(counts[*w as usize]));
        let mut rank = vec![0_u32; order.len()];
        for (to, from) in order.iter().enumerate() {
            rank[*from as usize] = to as u32;
        }
        let mut vocabulary = vec![Box::from(""); order.len()];
        for (word, number) in numbers {
            vocabulary[rank[number as usize] as usize] = word.into_boxed_str();
        }
        Ok(Self {
            name,
            words: words.iter().map(|w| rank[*w as usize]).collect(),
            vocabulary,
            counts: order.iter().map(|w| counts[*w as usize]).collect(),
            cut_from: None,
        })
    }

    /// The file's name without its folders, cleaned of control characters.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The running text: the number of each word.
    #[must_use]
    pub fn words(&self) -> &[u32] {
        &self.words
    }

    /// The word of each number, the commonest first.
    #[must_use]
    pub fn vocabulary(&self) -> &[Box<str>] {
        &self.vocabulary
    }

    /// How often each word occurs, in the order of [`Corpus::vocabulary`].
    #[must_use]
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// The number of a word as a learner would type it: case does not matter.
    #[must_use]
    pub fn number(&self, word: &str) -> Option<usize> {
        let mut lowered = None;
        each_word(word, |w| lowered = Some(w.to_owned()));
        let lowered = lowered?;
        self.vocabulary.iter().position(|w| **w == *lowered)
    }

    /// Which of the `most` commonest words is spelled most like this one (Damerau and Levenshtein's
    /// distance), if half its letters are right; of several, the commonest.
    #[must_use]
    pub fn spelled_like(&self, word: &str, most: usize) -> Option<usize> {
        let word = word.to_lowercase();
        let allowed = word.chars().count() / 2;
        let words = self.vocabulary.iter().take(most).enumerate().filter(|(_, w)| ***w != *STOP);
        words
            .map(|(number, w)| (strsim::damerau_levenshtein(w, &word), number))
            .filter(|(distance, _)| *distance <= allowed)
            .min()
            .map(|(_, number)| number)
    }

    /// The commonest of the `most` commonest words that is long enough to mean something by itself:
    /// four letters, or two syllables or characters of an East Asian script.
    #[must_use]
    pub fn common_word(&self, most: usize) -> Option<usize> {
        // From Hangul's letters on, one character says about as much as two of an alphabet.
        let weight = |c: char| if c >= '\u{1100}' { 2 } else { usize::from(c.is_alphabetic()) };
        let long = |word: &str| word.chars().map(weight).sum::<usize>() >= 4;
        self.vocabulary.iter().take(most).position(|word| long(word))
    }

    /// How many bytes the file had, where only its beginning was read.
    #[must_use]
    pub fn cut_from(&self) -> Option<u64> {
        self.cut_from
    }
}

/// Calls `found` with every word of a text.
fn each_word(text: &str, mut found: impl FnMut(&str)) {
    let mut word = String::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let joins = matches!(c, '\'' | '’' | '-')
            && !word.is_empty()
            && characters.peek().is_some_and(|next| next.is_alphanumeric());
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        } else if joins {
            word.push(if c == '-' { '-' } else { '\'' });
        } else {
            flush(&mut word, &mut found);
            if matches!(c, '.' | '!' | '?' | '。' | '！' | '？') {
                found(STOP);
            }
        }
    }
    flush(&mut word, &mut found);
}

fn flush(word: &mut String, found: &mut impl FnMut(&str)) {
    if !word.is_empty() && word.len() <= LONGEST_WORD {
        found(word);
    }
    word.clear();
}

#[cfg(test)]
mod tests;
