//! A log of what happened, for reports of faults: one line an event, with the time since start.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Instant;

/// Where events are written, if anywhere.
#[derive(Debug)]
pub struct Log {
    file: Option<File>,
    start: Instant,
}

impl Default for Log {
    fn default() -> Self {
        Self { file: None, start: Instant::now() }
    }
}

impl Log {
    /// Appends to this file.
    ///
    /// # Errors
    /// When it cannot be opened for writing.
    pub fn to(path: &Path) -> io::Result<Self> {
        let file = File::options().create(true).append(true).open(path)?;
        Ok(Self { file: Some(file), ..Self::default() })
    }

    /// Writes one event. A log that cannot be written must not stop the lab.
    pub fn line(&mut self, text: &str) {
        if let Some(file) = &mut self.file {
            let seconds = self.start.elapsed().as_secs_f64();
            let clean: String =
                text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            let _ = writeln!(file, "{seconds:10.3} {clean}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Log;

    #[test]
    fn an_event_is_one_line_whatever_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        Log::to(&path).unwrap().line("a\nb\u{1b}c");
        Log::to(&path).unwrap().line("second");
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 2);
        assert!(text.lines().next().unwrap().ends_with(" a b c"));
    }
}
