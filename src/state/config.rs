//! The learner's configuration: a TOML file written by hand, which the lab only reads.
//!
//! ```toml
//! language = "ko"      # en or ko
//! theme = "light"
//! ascii = false        # ASCII alone
//! mouse = true
//! ```

use super::{clean, position};
use crate::text::Lang;
use crate::text::nearest::nearest;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What the learner has set; none where the lab decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The language.
    pub language: Option<Lang>,
    /// The name of the theme; whether there is one of that name, `ui` knows.
    pub theme: Option<String>,
    /// Whether to draw with ASCII alone.
    pub ascii: Option<bool>,
    /// Whether the mouse does something.
    pub mouse: Option<bool>,
}

const KEYS: [&str; 4] = ["language", "theme", "ascii", "mouse"];

/// Why a configuration cannot be used, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The file.
    pub file: PathBuf,
    /// Line and column, both from 1; none when the file could not be read at all.
    pub at: Option<(usize, usize)>,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The file cannot be read.
    Unreadable(String),
    /// It is not TOML.
    NotToml(String),
    /// There is no such key; with the nearest that there is, if one is near.
    UnknownKey(String, Option<&'static str>),
    /// A value of the wrong kind or none of those allowed.
    Value {
        /// The key.
        key: &'static str,
        /// What it takes.
        takes: &'static str,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", clean(&self.file.display().to_string()))?;
        if let Some((line, column)) = self.at {
            write!(f, ":{line}:{column}")?;
        }
        match &self.problem {
            Problem::Unreadable(why) => write!(f, ": cannot be read: {why}"),
            Problem::NotToml(why) => write!(f, ": not TOML: {why}"),
            Problem::UnknownKey(key, Some(near)) => {
                write!(f, ": unknown key '{key}', nearest is '{near}'")
            }
            Problem::UnknownKey(key, None) => {
                write!(f, ": unknown key '{key}'; the keys are {}", KEYS.join(", "))
            }
            Problem::Value { key, takes } => write!(f, ": '{key}' takes {takes}"),
        }
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads the file. One that does not exist says nothing, which is no error; that is for the
    /// caller to know when the learner named the file.
    ///
    /// # Errors
    /// [`ConfigError`] with line and column.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        match std::fs::read(file) {
            Ok(bytes) => {
                let source = String::from_utf8(bytes).map_err(|_| ConfigError {
                    file: file.to_owned(),
                    at: None,
                    problem: Problem::Unreadable("it is not UTF-8".to_owned()),
                })?;
                Self::parse(file, &source)
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => Err(ConfigError {
                file: file.to_owned(),
                at: None,
                problem: Problem::Unreadable(clean(&e.to_string())),
            }),
        }
    }

    /// The language that a file names on a line of its own, even where the rest of it cannot be
    /// used: for saying so.
    #[must_use]
    pub fn language_of(file: &Path) -> Option<Lang> {
        let source = std::fs::read_to_string(file).ok()?;
        source.lines().find_map(|line| {
            let value = line.trim_start().strip_prefix("language")?.trim_start();
            let value = value.strip_prefix('=')?.trim_start().strip_prefix(['"', '\''])?;
            Lang::from_code(value.split(['"', '\'']).next()?)
        })
    }

    /// Reads a source; `file` is for the messages.
    ///
    /// # Errors
    /// [`ConfigError`] with line and column.
    pub fn parse(file: &Path, source: &str) -> Result<Self, ConfigError> {
        let error = |offset: usize, problem| ConfigError {
            file: file.to_owned(),
            at: Some(position(source, offset)),
            problem,
        };
        let table = DeTable::parse(source).map_err(|e| {
            error(e.span().map_or(0, |s| s.start), Problem::NotToml(clean(e.message())))
        })?;
        let mut config = Self::default();
        for (key, value) in table.get_ref() {
            let name: &str = key.get_ref();
            let wrong = |key, takes| error(value.span().start, Problem::Value { key, takes });
            match name {
                "language" => {
                    let lang = text(value).and_then(Lang::from_code);
                    config.language =
                        Some(lang.ok_or_else(|| wrong("language", "\"en\" or \"ko\""))?);
                }
                "theme" => {
                    let name = text(value).filter(|name| !name.chars().any(char::is_control));
                    let name = name.ok_or_else(|| wrong("theme", "the name of a theme"))?;
                    config.theme = Some(name.to_owned());
                }
                "ascii" => {
                    config.ascii = Some(
                        value.get_ref().as_bool().ok_or_else(|| wrong("ascii", "true or false"))?,
                    );
                }
                "mouse" => {
                    config.mouse = Some(
                        value.get_ref().as_bool().ok_or_else(|| wrong("mouse", "true or false"))?,
                    );
                }
                unknown => {
                    let near = nearest(unknown, KEYS, 3);
                    let problem = Problem::UnknownKey(clean(unknown), near);
                    return Err(error(key.span().start, problem));
                }
            }
        }
        Ok(config)
    }
}

fn text<'a>(value: &'a Spanned<DeValue<'_>>) -> Option<&'a str> {
    value.get_ref().as_str()
}

#[cfg(test)]
mod tests {
    use super::Config;
    use crate::text::Lang;
    use std::path::Path;

    fn parse(source: &str) -> Result<Config, String> {
        Config::parse(Path::new("config.toml"), source).map_err(|e| e.to_string())
    }

    #[test]
    fn what_is_set_is_read_and_the_rest_is_open() {
        let config = parse("# mine\nlanguage = \"ko\"\nascii = true\n").unwrap();
        assert_eq!((config.language, config.ascii), (Some(Lang::Ko), Some(true)));
        assert_eq!((config.theme, config.mouse), (None, None));
        assert_eq!(parse(""), Ok(Config::default()));
    }

    #[test]
    fn mistakes_are_named_with_line_and_column() {
        for (source, message) in [
            (
                "\nlangauge = \"ko\"",
                "config.toml:2:1: unknown key 'langauge', nearest is 'language'",
            ),
            ("language = \"fr\"", "config.toml:1:12: 'language' takes \"en\" or \"ko\""),
            ("mouse = true\nascii = \"yes\"", "config.toml:2:9: 'ascii' takes true or false"),
            ("theme = 3", "config.toml:1:9: 'theme' takes the name of a theme"),
            ("theme = \"\\u001b[2J\"", "config.toml:1:9: 'theme' takes the name of a theme"),
            (
                "\"\\u001b[2J\" = 1",
                "config.toml:1:1: unknown key '\u{fffd}[2J'; the keys are language, theme, ascii, mouse",
            ),
        ] {
            assert_eq!(parse(source).unwrap_err(), message);
        }
        let broken = parse("mouse = true\ntheme = \"light").unwrap_err();
        assert!(broken.starts_with("config.toml:2:"), "{broken}");
        assert_eq!(broken.lines().count(), 1);
    }

    #[test]
    fn the_language_of_a_broken_file_is_still_known() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        for (source, found) in [
            ("theme = \"light\n language = 'ko' # mine\n", Some(Lang::Ko)),
            ("language=\"en\"\nx", Some(Lang::En)),
            ("languages = \"ko\"", None),
            ("language = \"fr\"", None),
            ("# language = \"ko\"", None),
        ] {
            std::fs::write(&file, source).unwrap();
            assert_eq!(Config::language_of(&file), found, "{source}");
        }
        assert_eq!(Config::language_of(&folder.path().join("none.toml")), None);
    }

    #[test]
    fn a_missing_file_says_nothing_and_a_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Config::load(&folder.path().join("none.toml")), Ok(Config::default()));
        let error = Config::load(folder.path()).unwrap_err();
        assert!(error.at.is_none() && error.to_string().contains("cannot be read"), "{error}");
    }
}
