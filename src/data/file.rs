//! The learner's own file, before anything is read of it: its name for messages, and why it cannot
//! be opened.

use super::table::clean;
use std::fs::File;
use std::io;
use std::path::Path;

/// A file that can be read.
pub(super) struct Opened {
    /// The file.
    pub(super) file: File,
    /// Its name without its folders, cleaned of control characters.
    pub(super) name: String,
    /// The whole path as it was given, cleaned.
    pub(super) given: String,
    /// Its length in bytes.
    pub(super) length: u64,
    /// Whether it is a file and no device or pipe.
    pub(super) is_regular: bool,
}

/// Why a file cannot be opened or read; each names the whole path, for that is what is wrong or
/// right.
pub(super) enum Fault {
    /// There is none.
    Missing(String),
    /// It is a directory.
    Directory(String),
    /// The system would not; with its reason.
    Unreadable(String, String),
}

impl Fault {
    /// What the system says of a path.
    pub(super) fn unreadable(given: &str, error: &io::Error) -> Self {
        Self::Unreadable(given.to_owned(), error.kind().to_string())
    }
}

/// Opens a file.
pub(super) fn open(path: &Path) -> Result<Opened, Fault> {
    let name = clean(&path.file_name().unwrap_or(path.as_os_str()).to_string_lossy());
    let given = clean(&path.to_string_lossy());
    let data = match std::fs::metadata(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(Fault::Missing(given)),
        Err(e) => return Err(Fault::unreadable(&given, &e)),
        Ok(data) => data,
    };
    if data.is_dir() {
        return Err(Fault::Directory(given));
    }
    let file = File::open(path).map_err(|e| Fault::unreadable(&given, &e))?;
    Ok(Opened { file, name, given, length: data.len(), is_regular: data.is_file() })
}
