//! The pages of the chapters: what a chapter asks, what each lesson adds, how they hang together
//! and what one can do at the end. The words are in `lessons/chapters/<language>.toml`.

use super::Lang;
use super::transliterate::transliterate;
use serde::Deserialize;
use std::sync::OnceLock;

/// The words of a chapter's page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChapterText {
    /// The question of the chapter, in a sentence.
    pub question: String,
    /// What it is about, a paragraph or two.
    pub about: Vec<String>,
    /// What each lesson adds, in the order they are taught.
    pub lessons: Vec<LessonLine>,
    /// How the lessons hang together.
    pub together: Vec<String>,
    /// What one can do at the end.
    pub able: Vec<String>,
}

/// One line about a lesson, as its chapter sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LessonLine {
    /// The lesson.
    pub id: String,
    /// The line.
    pub line: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    chapter: Vec<ChapterText>,
}

impl ChapterText {
    /// The line about a lesson.
    #[must_use]
    pub fn line(&self, id: &str) -> Option<&str> {
        self.lessons.iter().find(|l| l.id == id).map(|l| l.line.as_str())
    }
}

/// The pages that are written, from the first chapter's.
#[must_use]
pub fn all(lang: Lang) -> &'static [ChapterText] {
    static READ: [OnceLock<Vec<ChapterText>>; 2] = [OnceLock::new(), OnceLock::new()];
    READ[usize::from(lang == Lang::Ko)].get_or_init(|| load(source(lang)))
}

/// The page of a chapter by its number, from 1.
#[must_use]
pub fn of(number: u8, lang: Lang) -> Option<&'static ChapterText> {
    all(lang).get(usize::from(number).checked_sub(1)?)
}

/// The same for a terminal that shows ASCII alone.
#[must_use]
pub fn in_ascii(number: u8, lang: Lang) -> Option<&'static ChapterText> {
    static READ: [OnceLock<Vec<ChapterText>>; 2] = [OnceLock::new(), OnceLock::new()];
    let read =
        READ[usize::from(lang == Lang::Ko)].get_or_init(|| load(&transliterate(source(lang))));
    read.get(usize::from(number).checked_sub(1)?)
}

fn source(lang: Lang) -> &'static str {
    match lang {
        Lang::En => include_str!("../../lessons/chapters/en.toml"),
        Lang::Ko => include_str!("../../lessons/chapters/ko.toml"),
    }
}

/// The files are part of the program and the tests load both: a fault in them is a bug of ours.
fn load(text: &str) -> Vec<ChapterText> {
    match toml::from_str::<File>(text) {
        Ok(file) => file.chapter,
        Err(error) => unreachable!("lessons/chapters: {error}"),
    }
}
