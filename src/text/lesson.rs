//! A lesson's words: the front matter (names, labels, questions, claims) and the pages.
//!
//! They are in `lessons/<id>/<language>.md`: TOML between two `+++` lines, then Markdown in which
//! every `# Title` begins a page (see [`super::page`] for what it may hold). The files are part of
//! the binary; a lesson is read once, when it is first asked for.

mod ascii;
#[cfg(test)]
pub(crate) mod tests;

use super::Lang;
use super::formula::{Formula, FormulaError};
use super::page;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

/// The words of one lesson in both languages, as they lie in `lessons/`.
struct Shelf {
    id: &'static str,
    /// In the order of [`Lang::ALL`].
    sources: [&'static str; 2],
    read: [OnceLock<Result<LessonText, LessonError>>; 2],
    /// The same in ASCII where that is possible.
    ascii: [OnceLock<LessonText>; 2],
}

/// The folders of `lessons/` by name; `tests/content.rs` fails when one is missing here.
macro_rules! shelves {
    ($($id:literal),* $(,)?) => {
        static SHELVES: [Shelf; [$($id),*].len()] = [$(Shelf {
            id: $id,
            sources: [
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/lessons/", $id, "/en.md")),
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/lessons/", $id, "/ko.md")),
            ],
            read: [OnceLock::new(), OnceLock::new()],
            ascii: [OnceLock::new(), OnceLock::new()],
        }),*];
    };
}

shelves![
    "energy",
    "boltzmann",
    "partition",
    "likelihood",
    "mcmc",
    "contrastive-divergence",
    "score-matching",
    "nce",
    "gradient-race",
    "noise",
    "classifier-head",
    "word-noise",
    "image-noise",
    "info-nce",
    "mutual-information",
    "simclr",
    "siglip",
    "cost",
    "compare",
];

/// The lessons that have words, in no order that means anything.
pub fn ids() -> impl Iterator<Item = &'static str> {
    SHELVES.iter().map(|s| s.id)
}

/// The words of a lesson, read from what is built in.
///
/// # Errors
/// [`LessonError`] with the place of a mistake in the file. The tests read every file, so the ones
/// that are built in have none.
pub fn read(id: &str, lang: Lang) -> Result<&'static LessonText, LessonError> {
    let Some(shelf) = SHELVES.iter().find(|s| s.id == id) else {
        return Err(LessonError { file: file(id, lang), line: 0, problem: Problem::Missing });
    };
    let at = usize::from(lang == Lang::Ko);
    shelf.read[at]
        .get_or_init(|| parse(&file(id, lang), shelf.sources[at]))
        .as_ref()
        .map_err(Clone::clone)
}

/// The words of a lesson. For one without words this is an empty lesson, in which every id stands
/// for itself.
#[must_use]
pub fn of(id: &str, lang: Lang) -> &'static LessonText {
    read(id, lang).unwrap_or_else(|_| nothing())
}

/// The same for a terminal that shows ASCII alone.
#[must_use]
pub fn in_ascii(id: &str, lang: Lang) -> &'static LessonText {
    let Some(shelf) = SHELVES.iter().find(|s| s.id == id) else { return nothing() };
    let at = usize::from(lang == Lang::Ko);
    shelf.ascii[at].get_or_init(|| ascii::of(of(id, lang)))
}

fn nothing() -> &'static LessonText {
    static NOTHING: OnceLock<LessonText> = OnceLock::new();
    NOTHING.get_or_init(LessonText::default)
}

fn file(id: &str, lang: Lang) -> String {
    format!("lessons/{id}/{}.md", lang.code())
}

/// Reads a lesson's file: the front matter, then the pages.
///
/// # Errors
/// [`LessonError`] at the first mistake.
pub fn parse(file: &str, source: &str) -> Result<LessonText, LessonError> {
    let error = |line, problem| LessonError { file: file.to_owned(), line, problem };
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let mut lines = source.split_inclusive('\n');
    let fence = |line: &str| line.trim_end() == "+++";
    let Some(first) = lines.next().filter(|l| fence(l)) else {
        return Err(error(1, Problem::NoFront));
    };
    let mut end = first.len();
    let Some(closing) = lines.inspect(|l| end += l.len()).find(|l| fence(l)) else {
        return Err(error(1, Problem::OpenFront));
    };
    let head = &source[first.len()..end - closing.len()];
    let front: Front = toml::from_str(head).map_err(|e| {
        let at = e.span().map_or(0, |s| s.start.min(head.len()));
        error(2 + newlines(&head[..at]), Problem::Front(one_line(e.message())))
    })?;
    let skipped = newlines(&source[..end]);
    let pages = page::read(&source[end..], &front)
        .map_err(|mistake| error(skipped + mistake.line, mistake.problem))?;
    Ok(LessonText { front, pages })
}

fn newlines(text: &str) -> usize {
    text.matches('\n').count()
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A mistake in a lesson's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonError {
    /// The file, from the root of the project.
    pub file: String,
    /// The line, from 1; 0 where there is no file.
    pub line: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong in a lesson's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is no such file.
    Missing,
    /// The file does not begin with front matter.
    NoFront,
    /// The front matter does not end.
    OpenFront,
    /// The front matter is not the TOML we expect.
    Front(String),
    /// A formula cannot be read.
    Formula(FormulaError),
    /// A live value, question, claim or bound symbol that the front matter does not have, with the
    /// nearest that it has.
    Unknown {
        /// What was written.
        given: String,
        /// The nearest that would be right.
        nearest: Option<String>,
    },
    /// A brace that is not part of a live value.
    StrayBrace,
    /// A question or a claim inside other text.
    NotAlone(String),
    /// Marks of emphasis that do not open or close anything.
    StrayMark,
    /// Text before the first page's title.
    BeforeTitle,
    /// A page without a title.
    EmptyTitle,
    /// A page with nothing on it.
    EmptyPage,
    /// No page at all.
    NoPages,
    /// Markdown that a page does not use.
    Unsupported(&'static str),
    /// A character that would steer the terminal.
    ControlCharacter(char),
}

impl fmt::Display for LessonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.problem),
            line => write!(f, "{}:{line}: {}", self.file, self.problem),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => write!(f, "there is no such file"),
            Self::NoFront => write!(f, "the first line should be '+++', before the front matter"),
            Self::OpenFront => write!(f, "the front matter is not closed by a line '+++'"),
            Self::Front(message) => write!(f, "in the front matter: {message}"),
            Self::Formula(error) => error.fmt(f),
            Self::Unknown { given, nearest: None } => {
                write!(f, "the front matter has no '{given}'")
            }
            Self::Unknown { given, nearest: Some(near) } => {
                write!(f, "the front matter has no '{given}', nearest is '{near}'")
            }
            Self::StrayBrace => {
                write!(f, "a brace that is not a live value like {{id}}; a plain one is '\\{{'")
            }
            Self::NotAlone(what) => write!(f, "'{{{what}}}' should be a paragraph of its own"),
            Self::StrayMark => write!(
                f,
                "'**' that opens or closes nothing: between a letter and a bracket or quotation \
                 mark Markdown does not see it"
            ),
            Self::BeforeTitle => write!(f, "text before the first '# Title' of a page"),
            Self::EmptyTitle => write!(f, "a page without a title"),
            Self::EmptyPage => write!(f, "the page before this line has nothing on it"),
            Self::NoPages => write!(f, "no page: a page begins with '# Title'"),
            Self::Unsupported(what) => write!(f, "a page cannot show {what}"),
            Self::ControlCharacter(c) => {
                write!(f, "the control character U+{:04X}", u32::from(*c))
            }
        }
    }
}

impl std::error::Error for LessonError {}

impl LessonText {
    /// The words of a label id: a label, else the name of a readout, a parameter or a preset of
    /// that id, else the id itself.
    #[must_use]
    pub fn label<'a>(&'a self, id: &'a str) -> &'a str {
        let front = &self.front;
        front
            .labels
            .get(id)
            .or_else(|| front.readouts.get(id).map(|r| &r.name))
            .or_else(|| front.params.get(id).map(|p| &p.name))
            .or_else(|| front.presets.get(id).map(|p| &p.name))
            .map_or(id, String::as_str)
    }

    /// The name of an option of a choice; the option's id where it has none.
    #[must_use]
    pub fn option<'a>(&'a self, param: &str, option: &'a str) -> &'a str {
        self.front
            .params
            .get(param)
            .and_then(|p| p.options.get(option))
            .map_or(option, String::as_str)
    }
}

/// All words of one lesson in one language.
#[derive(Clone, Debug, Default)]
pub struct LessonText {
    /// Names and labels.
    pub front: Front,
    /// What is read, a page at a time.
    pub pages: Vec<Page>,
}

/// Names and labels: the TOML between the two `+++` lines.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Front {
    /// The lesson's title.
    pub title: String,
    /// One sentence about it.
    pub summary: String,
    /// By parameter id.
    #[serde(default)]
    pub params: BTreeMap<String, ParamText>,
    /// By readout id.
    #[serde(default)]
    pub readouts: BTreeMap<String, ReadoutText>,
    /// Figure titles, axes, series, notes, reasons for divergence: by label id.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// By preset id.
    #[serde(default)]
    pub presets: BTreeMap<String, PresetText>,
    /// By question id.
    #[serde(default)]
    pub questions: BTreeMap<String, QuestionText>,
    /// By claim number.
    #[serde(default)]
    pub claims: BTreeMap<String, ClaimText>,
}

/// The words of a parameter.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParamText {
    /// Two or three words.
    pub name: String,
    /// Its unit, if it has one.
    #[serde(default)]
    pub unit: String,
    /// One line on what it does.
    pub about: String,
    /// For a choice: the name of each option, by id.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
}

/// The words of a readout.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadoutText {
    /// One to three words or a symbol.
    pub name: String,
    /// Its unit, if it has one.
    #[serde(default)]
    pub unit: String,
    /// One line on what it is.
    pub about: String,
}

/// The words of a preset.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresetText {
    /// Two to five words.
    pub name: String,
    /// One line on what it shows.
    pub about: String,
}

/// The words of a prediction.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionText {
    /// The question, which "it rises / falls / stays" answers.
    pub ask: String,
    /// Why the outcome is what it is; read after the run.
    pub because: String,
}

/// The words of a claim.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimText {
    /// What the post says, in our words.
    pub says: String,
    /// What is so.
    pub so: String,
    /// Where it is written, if anywhere.
    #[serde(default)]
    pub source: String,
}

/// One page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Its title.
    pub title: String,
    /// What is on it, from the top.
    pub blocks: Vec<Block>,
}

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading below the page's title.
    Heading(Vec<Inline>),
    /// Running text.
    Paragraph(Vec<Inline>),
    /// An entry of a list, with its mark ("-" or "1.").
    Item(String, Vec<Inline>),
    /// A remark set apart: a block quotation.
    Remark(Vec<Inline>),
    /// A display formula.
    Formula(Formula),
    /// Something to copy.
    Code {
        /// The language.
        language: String,
        /// The lines.
        text: String,
    },
    /// The prediction of this id stands here.
    Question(String),
    /// The claim of this number stands here.
    Claim(u8),
}

/// A stretch of running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Words.
    Text(String, Tone),
    /// The live value of a parameter.
    Param(String),
    /// The live value of a readout.
    Readout(String),
}

/// How words stand out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Not at all.
    Plain,
    /// A little.
    Emphasis,
    /// Much.
    Strong,
    /// As code or a symbol.
    Code,
}
