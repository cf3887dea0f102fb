//! The learner's own table: numeric columns of a CSV file.
//!
//! Comma, semicolon or tab; UTF-8 with or without a byte order mark; with or without a header (a
//! first row of nothing but numbers is data). With semicolons, a decimal comma is understood.
//! Memory is bounded whatever the file: of more than [`MOST_ROWS`] rows an even selection is kept,
//! and a record longer than [`LONGEST_RECORD`] is refused.

mod error;
mod reader;

use super::file;
pub use error::TableError;
use reader::Wanted;
use std::path::Path;

/// Numeric columns, all of the same length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The file's name without its folders, cleaned of control characters.
    pub name: String,
    /// The columns' names, cleaned of control characters.
    pub names: Vec<String>,
    /// The columns, in the order of the names.
    pub columns: Vec<Vec<f64>>,
    /// How many rows the file had, where only an even selection of them was kept.
    pub thinned_from: Option<u64>,
}

/// How many rows are kept at most.
pub const MOST_ROWS: usize = 100_000;

/// How many rows are kept at most where a row is a picture.
pub const MOST_PICTURES: usize = 5_000;

/// How many bytes a record may have.
pub const LONGEST_RECORD: usize = 1 << 20;

impl Table {
    /// Reads the columns of these names or numbers (from 1); without `columns`, the first one that
    /// is numeric. A name is looked for as it stands first, then without regard to case.
    ///
    /// # Errors
    /// A [`TableError`] that says what was wrong, where, and what would be right.
    pub fn read(path: &Path, columns: Option<&[String]>) -> Result<Self, TableError> {
        Self::open(path, Wanted::of(columns))
    }

    /// Reads rows that are vectors: all columns whose cell in the first row is a number. Unlike a
    /// sample, one row will do, and columns may be constant.
    ///
    /// # Errors
    /// As [`Table::read`].
    pub fn vectors(path: &Path) -> Result<Self, TableError> {
        Self::open(path, Wanted::Vectors)
    }

    /// Reads rows that are labelled pictures: the column named `label` or `class`, else the first,
    /// as words, and all others as pixels, a square number of them. Of more than [`MOST_PICTURES`]
    /// an even selection is kept.
    ///
    /// # Errors
    /// As [`Table::read`].
    pub fn labelled(path: &Path) -> Result<(Self, Vec<String>), TableError> {
        let opened = file::open(path)?;
        reader::read_labelled(shown(&opened), &opened.file)
    }

    fn open(path: &Path, wanted: Wanted<'_>) -> Result<Self, TableError> {
        let opened = file::open(path)?;
        reader::read(shown(&opened), &opened.file, wanted)
    }

    /// The same from bytes at hand; `name` stands in messages.
    ///
    /// # Errors
    /// As [`Table::read`].
    pub fn parse(name: &str, text: &[u8], columns: Option<&[String]>) -> Result<Self, TableError> {
        reader::read(&clean(name), text, Wanted::of(columns))
    }

    /// What [`Table::labelled`] reads, from bytes at hand.
    ///
    /// # Errors
    /// As [`Table::read`].
    pub fn parse_labelled(name: &str, text: &[u8]) -> Result<(Self, Vec<String>), TableError> {
        reader::read_labelled(&clean(name), text)
    }
}

/// A text from outside without what could command a terminal (C0, C1 and direction controls), cut
/// to a length that fits a message.
#[must_use]
pub fn clean(text: &str) -> String {
    let unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let mut kept: String = text.chars().filter(|c| !unseen(*c)).take(81).collect();
    if kept.chars().count() > 80 {
        kept = kept.chars().take(79).chain(['…']).collect();
    }
    kept.trim().to_owned()
}

/// What a file is called in messages: a device or a pipe by its whole path, for `null` alone says
/// nothing.
fn shown(opened: &file::Opened) -> &str {
    if opened.is_regular { &opened.name } else { &opened.given }
}

#[cfg(test)]
mod tests;
