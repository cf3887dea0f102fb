//! A chapter's page over the screen: its lessons to choose from, what it asks above them, how they
//! hang together below.

use super::super::app::App;
use super::{Entry, Overlay, Row};
use crate::text::interface::Interface;
use crate::text::{Lang, chapter};

/// A chapter's page.
#[derive(Clone, Debug)]
pub struct ChapterPage {
    /// The chapter's number.
    pub number: u8,
    /// Its lessons, as places in the catalogue.
    pub lessons: Vec<usize>,
    /// The selected lesson, or, beyond the last, so many lines further down the page.
    pub at: usize,
    /// How many lines the page goes on below the last lesson, on the screen it was last measured
    /// for.
    pub below: usize,
}

impl ChapterPage {
    pub(super) fn travel(&mut self, by: isize) {
        let last = (self.lessons.len() + self.below).saturating_sub(1);
        self.at = self.at.saturating_add_signed(by).min(last);
    }

    /// The selected lesson.
    #[must_use]
    pub fn chosen(&self) -> Option<usize> {
        self.lessons.get(self.at.min(self.lessons.len().checked_sub(1)?)).copied()
    }
}

impl Overlay {
    /// The page of a chapter, at the open lesson where it is one of its own.
    #[must_use]
    pub fn chapter(app: &App, number: u8) -> Self {
        let of = |place: &usize| app.catalogue[*place].number.0 == number;
        let lessons: Vec<usize> = (0..app.catalogue.len()).filter(of).collect();
        let at = lessons.iter().position(|place| *place == app.open).unwrap_or(0);
        Self::Chapter(ChapterPage { number, lessons, at, below: 0 })
    }
}

/// The chapters that have lessons and a page.
pub(super) fn numbers(app: &App) -> impl Iterator<Item = u8> {
    let written = chapter::all(app.lang).len();
    let taught = |number: &u8| app.catalogue.iter().any(|lesson| lesson.number.0 == *number);
    (1..=u8::try_from(written).unwrap_or(u8::MAX)).filter(taught)
}

/// A chapter as the head of its lessons.
pub(super) fn row(app: &App, number: u8) -> Row {
    let names = Lang::ALL.map(|lang| name(lang, number));
    Row {
        entry: Entry::Chapter(number),
        name: format!("{number} {}", name(app.lang, number)),
        about: app.interface().words.chapter_page.clone(),
        kind: String::new(),
        keywords: format!("{} {} chapter", names[0], names[1]),
    }
}

/// The name of a chapter.
#[must_use]
pub fn name(lang: Lang, number: u8) -> &'static str {
    let place = usize::from(number).wrapping_sub(1);
    Interface::of(lang).chapters.get(place).map_or("", String::as_str)
}
