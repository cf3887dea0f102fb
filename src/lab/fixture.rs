//! A lesson for tests that takes a word and data of any kind, and says what came in.

use super::Label;
use super::blueprint::{Blueprint, Source, Takes};
use super::experiment::{Diverged, Experiment};
use super::param::{Effect, Kind, ParamSpec, Value, Word, always};
use super::view::{Readout, View};
use crate::math::rng::Rng;

/// How many letters the word has, and how many words or rows the data.
#[derive(Clone)]
struct Echo {
    word: Word,
    came_in: usize,
}

impl Experiment for Echo {
    fn set(&mut self, _: Label, value: Value) {
        if let Value::Word(word) = value {
            self.word = word;
        }
    }
    fn step(&mut self, _: &mut Rng) -> Result<(), Diverged> {
        Ok(())
    }
    fn view(&self) -> View {
        let letters = self.word.as_str().chars().count();
        let readouts = vec![
            Readout::plain("letters", letters as f64),
            Readout::plain("came_in", self.came_in as f64),
        ];
        View { readouts, ..View::default() }
    }
    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}

const PARAMS: &[ParamSpec] = &[ParamSpec {
    id: "word",
    symbol: "w",
    kind: Kind::Word,
    default: Value::Word(Word::fixed("rabbit")),
    effect: Effect::Live,
    applies: always,
}];

const fn echo(id: Label, takes: Takes) -> Blueprint {
    Blueprint {
        id,
        number: (1, 2),
        params: PARAMS,
        presets: &[],
        readouts: &["letters", "came_in"],
        layout: &[],
        pace: 60.0,
        questions: &[],
        claims: &[],
        timed: &[],
        takes,
        data_param: None,
        build: |settings, source, _| {
            let came_in = match source {
                Source::Shipped => 0,
                Source::Table(table) => table.columns[0].len(),
                Source::Text(corpus) => corpus.words().len(),
                Source::Pictures(pictures) => pictures.count(),
            };
            Ok(Box::new(Echo { word: settings.word("word"), came_in }))
        },
    }
}

/// It takes a text.
pub(crate) static ECHO: Blueprint = echo("echo", Takes::Text);
/// It takes a column.
pub(crate) static COLUMN: Blueprint = echo("column", Takes::Columns(1));
/// It takes labelled pictures.
pub(crate) static GALLERY: Blueprint = echo("gallery", Takes::Pictures);
