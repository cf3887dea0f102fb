//! A lesson's words: the front matter (names, labels, questions, claims) and the pages.

use super::formula::Formula;
use serde::Deserialize;
use std::collections::BTreeMap;

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
