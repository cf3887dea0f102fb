//! From a file to a text: bounded, UTF-8.

use super::{Corpus, MOST_BYTES, TextError};
use crate::data::file::{Fault, open};
use std::io::Read;
use std::path::Path;

pub(super) fn read(path: &Path) -> Result<Corpus, TextError> {
    let opened = open(path)?;
    let name = opened.name;
    let mut bytes = Vec::new();
    let read = opened.file.take(MOST_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|e| Fault::unreadable(&opened.given, &e))?;
    let longer = bytes.len() as u64 > MOST_BYTES;
    bytes.truncate(MOST_BYTES as usize);
    let text = decode(&name, &bytes, longer)?;
    let mut corpus = Corpus::parse(&name, text)?;
    corpus.cut_from = longer.then(|| opened.length.max(MOST_BYTES + 1));
    Ok(corpus)
}

/// Bytes as UTF-8, with or without a byte order mark; `cut` where they may end amid a character.
fn decode<'a>(name: &str, bytes: &'a [u8], cut: bool) -> Result<&'a str, TextError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.contains(&0) {
        return Err(TextError::Binary { file: name.to_owned() });
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(e) => {
            let good = &bytes[..e.valid_up_to()];
            // The end of the part that was read may cut a character in two.
            if cut && e.error_len().is_none() {
                return Ok(std::str::from_utf8(good).unwrap_or_default());
            }
            let line = 1 + good.iter().filter(|b| **b == b'\n').count() as u64;
            Err(TextError::NotUtf8 { file: name.to_owned(), line })
        }
    }
}
