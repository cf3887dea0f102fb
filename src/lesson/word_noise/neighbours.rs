//! The words whose vectors point most nearly where that of a typed word does.

use crate::data::vocabulary::LimitedText;
use crate::data::words::Corpus;
use crate::lab::Label;
use crate::lab::view::{Cell, Plot, Table};
use crate::model::log_bilinear::LogBilinear;

/// How many are listed.
const COUNT: usize = 7;
/// The word that a run begins with.
pub(super) const FIRST_WORD: &str = "rabbit";

/// What became of the word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Found {
    /// It is in the vocabulary.
    #[default]
    Known,
    /// The text has it, but so seldom that it is one of the words without a name.
    Cut,
    /// The text does not have it.
    Absent,
    /// Nor does it have the word that a run begins with, which nobody typed.
    Unasked,
}

/// The list.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Neighbours {
    /// As it was typed, in lower case.
    typed: String,
    pub(super) found: Found,
    /// How often the typed word occurs in the whole text.
    count: u64,
    /// The word listed in its place, where it is not known.
    instead: Option<(String, u64)>,
    /// Each with its cosine and how often it occurs.
    near: Vec<(String, f64, u64)>,
}

impl Neighbours {
    pub(super) fn of(word: &str, corpus: &Corpus, text: &LimitedText, model: &LogBilinear) -> Self {
        let (words, counts) = (corpus.vocabulary(), corpus.counts());
        let number = corpus.number(word);
        let known = number.and_then(|n| text.named(n));
        let named = text.size - usize::from(text.unknown.is_some());
        // The word at first is one of Alice's.
        let unasked = number.is_none() && word == FIRST_WORD;
        let common = || corpus.common_word(named).filter(|_| unasked);
        let asked = known.or_else(common).or_else(|| corpus.spelled_like(word, named));
        let near = asked.map(|n| model.nearest(n as u32, text.unknown, COUNT)).unwrap_or_default();
        let listed = |(w, cosine): &(u32, f64)| {
            (words[*w as usize].to_string(), *cosine, counts[*w as usize])
        };
        Self {
            typed: word.to_lowercase(),
            found: match (known, number) {
                (Some(_), _) => Found::Known,
                (None, Some(_)) => Found::Cut,
                (None, None) if unasked => Found::Unasked,
                (None, None) => Found::Absent,
            },
            count: number.map_or(0, |n| counts[n]),
            instead: asked.filter(|_| known.is_none()).map(|n| (words[n].to_string(), counts[n])),
            near: near.iter().map(listed).collect(),
        }
    }

    pub(super) fn note(&self) -> Option<Label> {
        match (self.found, &self.instead) {
            (Found::Known, _) => None,
            (Found::Cut, _) => Some("word-cut"),
            (Found::Unasked, Some(_)) => Some("word-common"),
            (Found::Absent, Some(_)) => Some("word-respelled"),
            (Found::Absent | Found::Unasked, None) => Some("word-absent"),
        }
    }

    pub(super) fn table(&self) -> Plot {
        let number = |value: f64| Cell::Number { value, error: None };
        let count = |count: u64| number(count as f64);
        let text = |word: &str| Cell::Text(word.to_owned());
        let state = match self.found {
            Found::Known => Cell::Label("asked"),
            Found::Cut => Cell::Label("too-rare"),
            Found::Absent | Found::Unasked => Cell::Label("not-there"),
        };
        let mut rows = vec![vec![text(&self.typed), state, count(self.count)]];
        if let Some((word, times)) = &self.instead {
            rows.push(vec![text(word), Cell::Label("spelled-alike"), count(*times)]);
        }
        // Two decimals: a third would change at every look and mean nothing.
        let rounded = |cosine: f64| number((100.0 * cosine).round() / 100.0);
        let near = self.near.iter().map(|(w, c, n)| vec![text(w), rounded(*c), count(*n)]);
        rows.extend(near);
        Plot::Table(Table {
            columns: vec!["word-column", "cosine", "times"],
            rows,
            leads: Vec::new(),
        })
    }
}
