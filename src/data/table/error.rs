//! Why a table cannot be read: one clear sentence each, with the data to say it in any language.

use crate::data::file::Fault;
use crate::data::pictures::{FEWEST, MOST_CLASSES, SIDES};
use std::fmt;

/// Why a table cannot be read. Every text in it is cleaned of control characters; lines count from
/// 1 in the file as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "file, line, column and given mean the same everywhere")]
pub enum TableError {
    /// There is no such file.
    Missing { file: String },
    /// It is a directory.
    Directory { file: String },
    /// The system would not read it; `why` is the system's reason.
    Unreadable { file: String, why: String },
    /// It holds nothing.
    Empty { file: String },
    /// It has column names and no rows.
    HeaderOnly { file: String },
    /// It is not a text.
    Binary { file: String },
    /// A text in another encoding.
    NotUtf8 { file: String, line: u64 },
    /// A record without end, as an open quotation mark makes it.
    TooLong { file: String, line: u64 },
    /// A row of another length.
    Ragged { file: String, line: u64, expected: usize, found: usize },
    /// A cell that is not a number.
    NotANumber { file: String, line: u64, column: String, given: String },
    /// An empty cell.
    EmptyCell { file: String, line: u64, column: String },
    /// A cell that reads as NaN or infinity.
    NotFinite { file: String, line: u64, column: String, given: String },
    /// No column that was asked for or could be taken is numeric.
    NoNumbers { file: String, names: Vec<String> },
    /// There is no such column; the nearest name and those there are.
    NoSuchColumn { file: String, asked: String, nearest: Option<String>, names: Vec<String> },
    /// A column was asked for twice.
    Repeated { file: String, column: String },
    /// One row says nothing of a distribution.
    OneRow { file: String },
    /// All values of a column are the same.
    Constant { file: String, column: String, value: String },
    /// The columns beside the label are not the pixels of a square.
    NotSquare { file: String, pixels: usize },
    /// All pictures are of one class.
    OneClass { file: String, class: String },
    /// The labels are too many to be classes.
    TooManyClasses { file: String, classes: usize },
    /// Too few pictures to learn from.
    TooFewPictures { file: String, pictures: usize },
    /// All pixels are the same.
    Blank { file: String, value: String },
}

impl From<Fault> for TableError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Missing(file) => Self::Missing { file },
            Fault::Directory(file) => Self::Directory { file },
            Fault::Unreadable(file, why) => Self::Unreadable { file, why },
        }
    }
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { file } => write!(f, "{file}: there is no such file"),
            Self::Directory { file } => write!(f, "{file} is a directory; name a CSV file in it"),
            Self::Unreadable { file, why } => write!(f, "{file} cannot be read: {why}"),
            Self::Empty { file } => {
                write!(f, "{file} is empty; it should hold rows of numbers separated by commas")
            }
            Self::HeaderOnly { file } => {
                write!(f, "{file} has a line of column names and no rows of numbers below it")
            }
            Self::Binary { file } => {
                write!(f, "{file} is not a text file; save the table as CSV (UTF-8)")
            }
            Self::NotUtf8 { file, line } => {
                write!(f, "{file}, line {line}: this is not UTF-8; save the file as CSV UTF-8")
            }
            Self::TooLong { file, line } => write!(
                f,
                "{file}, line {line}: a row begins here that does not end; is a quotation mark left open?"
            ),
            Self::Ragged { file, line, expected, found } => {
                write!(f, "{file}, line {line}: {found} cells where the first line has {expected}")
            }
            Self::NotANumber { file, line, column, given } => {
                write!(f, "{file}, line {line}, column '{column}': '{given}' is not a number")
            }
            Self::EmptyCell { file, line, column } => write!(
                f,
                "{file}, line {line}, column '{column}': the cell is empty; fill it or delete the row"
            ),
            Self::NotFinite { file, line, column, given } => write!(
                f,
                "{file}, line {line}, column '{column}': '{given}' is not a finite number; delete the row"
            ),
            Self::NoNumbers { file, names } => {
                write!(f, "{file} has no column of numbers; its columns are {}", list(names))
            }
            Self::NoSuchColumn { file, asked, nearest: Some(nearest), names } => write!(
                f,
                "{file} has no column '{asked}'; did you mean '{nearest}'? It has {}",
                list(names)
            ),
            Self::NoSuchColumn { file, asked, nearest: None, names } => {
                write!(f, "{file} has no column '{asked}'; it has {}", list(names))
            }
            Self::Repeated { file, column } => {
                write!(f, "{file}: column '{column}' is asked for twice; name two different ones")
            }
            Self::OneRow { file } => {
                write!(f, "{file} has one row of numbers; a distribution needs more")
            }
            Self::Constant { file, column, value } => write!(
                f,
                "{file}, column '{column}': every value is {value}; choose a column that varies"
            ),
            Self::NotSquare { file, pixels } => write!(
                f,
                "{file} has {pixels} columns beside the label; a square picture of side {} to {} \
                 has {} to {}",
                SIDES.start(),
                SIDES.end(),
                SIDES.start().pow(2),
                SIDES.end().pow(2)
            ),
            Self::OneClass { file, class } => write!(
                f,
                "{file}: every label is '{class}'; the column named label or class, else the \
                 first, should hold 2 to {MOST_CLASSES} classes"
            ),
            Self::TooManyClasses { file, classes } => write!(
                f,
                "{file} has {classes} different labels; the column named label or class, else the \
                 first, should hold 2 to {MOST_CLASSES} classes"
            ),
            Self::TooFewPictures { file, pictures } => write!(
                f,
                "{file} has {pictures} pictures; it takes {FEWEST} and better hundreds to learn from"
            ),
            Self::Blank { file, value } => {
                write!(f, "{file}: every pixel is {value}; there is nothing to see")
            }
        }
    }
}

impl std::error::Error for TableError {}

/// The first dozen names.
fn list(names: &[String]) -> String {
    let mut text = names.iter().take(12).map(|n| format!("'{n}'")).collect::<Vec<_>>().join(", ");
    if names.len() > 12 {
        text.push_str(&format!(" and {} more", names.len() - 12));
    }
    text
}
