//! Why a text cannot be read: one clear sentence each, with the data to say it in any language.

use crate::data::file::Fault;
use std::fmt;

/// Why a text cannot be read. Every text in it is cleaned of control characters; lines count from
/// 1.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "file, line and word mean the same everywhere")]
pub enum TextError {
    /// There is no such file.
    Missing { file: String },
    /// It is a directory.
    Directory { file: String },
    /// The system would not read it; `why` is the system's reason.
    Unreadable { file: String, why: String },
    /// It holds no word.
    Empty { file: String },
    /// It is not a text.
    Binary { file: String },
    /// A text in another encoding.
    NotUtf8 { file: String, line: u64 },
    /// It repeats one word.
    OneWord { file: String, word: String },
    /// Too few words to learn from.
    TooShort { file: String, words: usize },
}

impl From<Fault> for TextError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Missing(file) => Self::Missing { file },
            Fault::Directory(file) => Self::Directory { file },
            Fault::Unreadable(file, why) => Self::Unreadable { file, why },
        }
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { file } => write!(f, "{file}: there is no such file"),
            Self::Directory { file } => write!(f, "{file} is a directory; name a text file in it"),
            Self::Unreadable { file, why } => write!(f, "{file} cannot be read: {why}"),
            Self::Empty { file } => {
                write!(f, "{file} has no word in it; it should be a plain text in UTF-8")
            }
            Self::Binary { file } => {
                write!(f, "{file} is not a text file; save it as plain text (UTF-8)")
            }
            Self::NotUtf8 { file, line } => {
                write!(f, "{file}, line {line}: this is not UTF-8; save the file as UTF-8")
            }
            Self::OneWord { file, word } => write!(
                f,
                "{file} has one word only, '{word}'; a language model needs words to choose among"
            ),
            Self::TooShort { file, words } => write!(
                f,
                "{file} has {words} words; it takes {} and better thousands to learn from",
                super::FEWEST_WORDS
            ),
        }
    }
}

impl std::error::Error for TextError {}
