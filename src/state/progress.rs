//! The learner's progress: where they left off, what they have read, predicted and checked, and
//! the run of each lesson, so that one comes back to where one was.
//!
//! The file is written whole into a temporary one beside it and then renamed over it, so that it is
//! either the old or the new one, whatever happens and however many labs are open (the last one to
//! write wins). A file that cannot be read is renamed before the first write, one of a newer
//! version is left alone.

use super::clean;
use super::paths::Paths;
use crate::lab::blueprint::Blueprint;
use crate::lab::param::{Effect, Value};
use crate::lab::run::{Edit, Recipe};
use crate::text::Lang;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The version of the file that this lab writes.
const VERSION: u32 = 1;

/// A progress file beyond this size is not ours.
const LARGEST: u64 = 16 << 20;

/// What is kept between two visits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// The lesson last open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lesson: Option<String>,
    /// The language chosen in the lab, by its code; see [`Progress::lang`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The name of the theme chosen in the lab.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    /// Whether the mouse does something, if chosen in the lab.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mouse: Option<bool>,
    /// By lesson id.
    pub lessons: BTreeMap<String, LessonProgress>,
}

/// What a learner did in one lesson.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LessonProgress {
    /// The page last open, from 0.
    pub page: usize,
    /// The pages read, from 0.
    pub read: BTreeSet<usize>,
    /// The predictions made, by question id: whether the simulator agreed.
    pub answers: BTreeMap<String, bool>,
    /// The claims tested, by number: whether the measurement was what it should be.
    #[serde(with = "numbered")]
    pub claims: BTreeMap<u8, bool>,
    /// The last run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<SavedRun>,
}

/// A recipe as text: the parameters by name, the values as the learner would type them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedRun {
    /// The seed, as text: TOML's whole numbers end at 2^63.
    pub seed: String,
    /// How far it had come.
    #[serde(default)]
    pub step: u64,
    /// The settings at step 0.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// The live edits: step, parameter, value.
    #[serde(default)]
    pub edits: Vec<(u64, String, String)>,
}

/// A recipe that was kept, as far as the lesson still knows what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Restored {
    /// The recipe; whatever was left out stands at its default.
    pub recipe: Recipe,
    /// How far the run had come.
    pub step: u64,
    /// What the lesson does not take any more, as `parameter = value`; empty, and the run is the
    /// same as before, bit for bit.
    pub dropped: Vec<String>,
}

impl SavedRun {
    /// A recipe and how far its run has come.
    #[must_use]
    pub fn of(recipe: &Recipe, step: u64) -> Self {
        Self {
            seed: recipe.seed.to_string(),
            step,
            settings: recipe
                .base
                .iter()
                .map(|(spec, value)| (spec.id.to_owned(), value.to_string()))
                .collect(),
            edits: recipe
                .edits
                .iter()
                .map(|e| (e.step, e.param.to_owned(), e.value.to_string()))
                .collect(),
        }
    }

    /// The recipe for a lesson; none when the seed cannot be read.
    #[must_use]
    pub fn restore(&self, blueprint: &'static Blueprint) -> Option<Restored> {
        let seed = self.seed.parse().ok()?;
        let mut base = blueprint.defaults();
        let mut dropped = Vec::new();
        let value_of = |param: &str, value: &str| -> Option<Value> {
            blueprint.param(param)?.parse(value).ok()
        };
        for (param, text) in &self.settings {
            match value_of(param, text) {
                Some(value) => base.set(param, value),
                None => dropped.push(clean(&format!("{param} = {text}"))),
            }
        }
        let mut edits = Vec::new();
        for (step, param, text) in &self.edits {
            let spec = blueprint.param(param).filter(|spec| spec.effect == Effect::Live);
            match (spec, value_of(param, text)) {
                (Some(spec), Some(value)) => {
                    edits.push(Edit { step: *step, param: spec.id, value });
                }
                _ => dropped.push(clean(&format!("{param} = {text}"))),
            }
        }
        edits.sort_by_key(|e| e.step);
        Some(Restored { recipe: Recipe { seed, base, edits }, step: self.step, dropped })
    }
}

/// The file: a version, then the progress.
#[derive(Serialize)]
struct Versioned<'a> {
    version: u32,
    #[serde(flatten)]
    progress: &'a Progress,
}

/// Something the learner should know once about the progress that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// No place for it is known, so nothing is kept.
    Nowhere,
    /// The file could not be read and lies under another name now.
    SetAside {
        /// Where it was.
        file: PathBuf,
        /// Where it is.
        now: PathBuf,
        /// What was wrong with it.
        why: String,
    },
    /// The file cannot be read nor renamed: it stays, and nothing is kept.
    Stuck {
        /// The file.
        file: PathBuf,
        /// What was wrong with it.
        why: String,
    },
    /// The file is of a newer lab: it stays as it is, and nothing is kept.
    Newer {
        /// The file.
        file: PathBuf,
        /// Its version.
        version: i64,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nowhere => {
                write!(f, "progress is not kept: neither HOME nor XDG_STATE_HOME names a folder")
            }
            Self::SetAside { file, now, why } => write!(
                f,
                "{} could not be read ({why}); it is kept as {}",
                path(file),
                path(now.file_name().map_or(now, Path::new))
            ),
            Self::Stuck { file, why } => {
                write!(f, "progress is not kept: {} could not be read ({why})", path(file))
            }
            Self::Newer { file, version } => write!(
                f,
                "progress is not kept: {} is of version {version}, this lab writes {VERSION}",
                path(file)
            ),
        }
    }
}

fn path(path: &Path) -> String {
    clean(&path.display().to_string())
}

/// Why the progress could not be written.
#[derive(Debug)]
pub enum StateError {
    /// No place for it is known.
    Nowhere,
    /// What lies there cannot be read by this lab and is not overwritten.
    Kept(Notice),
    /// The folder or the file could not be written.
    Write {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The progress could not be put into TOML.
    Encode(String),
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nowhere => Notice::Nowhere.fmt(f),
            Self::Kept(notice) => notice.fmt(f),
            Self::Write { file, source } => write!(
                f,
                "progress is not kept: {} cannot be written ({})",
                path(file),
                clean(&source.to_string())
            ),
            Self::Encode(why) => write!(f, "progress is not kept: {why}"),
        }
    }
}

impl std::error::Error for StateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Write { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// What lies where the progress belongs.
enum Found {
    Nothing,
    Ours(Box<Progress>),
    Newer(i64),
    Unreadable(String),
}

impl Progress {
    /// What was kept, and what the learner should know about it. A file that cannot be read is
    /// set aside as `progress.toml.unreadable-<n>`.
    #[must_use]
    pub fn load(paths: &Paths) -> (Self, Option<Notice>) {
        let Some(file) = &paths.progress else { return (Self::default(), Some(Notice::Nowhere)) };
        match look(file) {
            Found::Nothing => (Self::default(), None),
            Found::Ours(progress) => (*progress, None),
            Found::Newer(version) => {
                (Self::default(), Some(Notice::Newer { file: file.clone(), version }))
            }
            Found::Unreadable(why) => (Self::default(), Some(set_aside(file, why))),
        }
    }

    /// Writes it, whole or not at all.
    ///
    /// # Errors
    /// [`StateError`] when there is no place for it, the place cannot be written, or a newer lab's
    /// file lies there; what lay there is then as it was.
    pub fn save(&self, paths: &Paths) -> Result<(), StateError> {
        let file = paths.progress.as_ref().ok_or(StateError::Nowhere)?;
        let text = toml::to_string(&Versioned { version: VERSION, progress: self })
            .map_err(|e| StateError::Encode(clean(&e.to_string())))?;
        // Another lab, or a hand, may have changed the file since it was read.
        match look(file) {
            Found::Newer(version) => {
                return Err(StateError::Kept(Notice::Newer { file: file.clone(), version }));
            }
            Found::Unreadable(why) => {
                let notice = set_aside(file, why);
                if matches!(notice, Notice::Stuck { .. }) {
                    return Err(StateError::Kept(notice));
                }
            }
            Found::Nothing | Found::Ours(_) => {}
        }
        write_whole(file, text.as_bytes())
            .map_err(|source| StateError::Write { file: file.clone(), source })
    }

    /// The language chosen in the lab.
    #[must_use]
    pub fn lang(&self) -> Option<Lang> {
        self.language.as_deref().and_then(Lang::from_code)
    }

    /// Remembers the language chosen in the lab.
    pub fn set_lang(&mut self, lang: Lang) {
        self.language = Some(lang.code().to_owned());
    }

    /// What was done in a lesson, to be added to.
    pub fn lesson_mut(&mut self, id: &str) -> &mut LessonProgress {
        self.lessons.entry(id.to_owned()).or_default()
    }
}

fn look(file: &Path) -> Found {
    let about = match fs::metadata(file) {
        Ok(about) => about,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Found::Nothing,
        Err(e) => return Found::Unreadable(clean(&e.to_string())),
    };
    // A pipe would make us wait, and something huge is not ours.
    if !about.is_file() {
        return Found::Unreadable("it is not a file".to_owned());
    }
    if about.len() > LARGEST {
        return Found::Unreadable(format!("it has {} bytes", about.len()));
    }
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(e) => return Found::Unreadable(clean(&e.to_string())),
    };
    let mut table: toml::Table = match toml::from_str(&text) {
        Ok(table) => table,
        Err(e) => return Found::Unreadable(clean(e.message())),
    };
    match table.remove("version").as_ref().and_then(toml::Value::as_integer) {
        Some(version) if version > i64::from(VERSION) => return Found::Newer(version),
        Some(version) if version == i64::from(VERSION) => {}
        _ => return Found::Unreadable("it has no version".to_owned()),
    }
    match table.try_into::<Progress>() {
        Ok(progress) => Found::Ours(Box::new(progress)),
        Err(e) => Found::Unreadable(clean(e.message())),
    }
}

/// Renames the file to the first free `<name>.unreadable-<n>`.
fn set_aside(file: &Path, why: String) -> Notice {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for n in 1..1000 {
        let now = file.with_file_name(format!("{name}.unreadable-{n}"));
        if now.symlink_metadata().is_ok() {
            continue;
        }
        return match fs::rename(file, &now) {
            Ok(()) => Notice::SetAside { file: file.to_owned(), now, why },
            // Another lab was faster.
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                Notice::SetAside { file: file.to_owned(), now, why }
            }
            Err(_) => Notice::Stuck { file: file.to_owned(), why },
        };
    }
    Notice::Stuck { file: file.to_owned(), why }
}

/// Writes a temporary file in the same folder, flushes it to the disk and renames it over `file`.
fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    // A link is written through, not replaced.
    let file = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let folder = file.parent().ok_or(io::ErrorKind::NotFound)?;
    fs::create_dir_all(folder)?;
    let mut new = tempfile::Builder::new().prefix(".progress-").tempfile_in(folder)?;
    new.write_all(bytes)?;
    new.as_file().sync_all()?;
    new.persist(&file).map_err(|e| e.error)?;
    // The rename is on the disk when the folder is; not every file system can be asked.
    #[cfg(unix)]
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// TOML's keys are text.
mod numbered {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};
    use std::collections::BTreeMap;

    pub(super) fn serialize<S: Serializer>(
        map: &BTreeMap<u8, bool>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_map(map.iter().map(|(number, held)| (number.to_string(), held)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<u8, bool>, D::Error> {
        BTreeMap::<String, bool>::deserialize(from)?
            .into_iter()
            .map(|(number, held)| Ok((number.parse().map_err(D::Error::custom)?, held)))
            .collect()
    }
}

#[cfg(test)]
mod tests;
