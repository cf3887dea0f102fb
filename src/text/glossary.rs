//! The glossary: the terms of the field in both languages, and where a text uses them.
//!
//! The terms with their symbols, formulas and lessons are in `lessons/glossary/terms.toml`, in the
//! order they are taught; their words are in `en.toml` and `ko.toml` beside it, by id.

use super::Lang;
use super::formula::{Charset, Formula};
use super::lesson::{Block, Inline, LessonText, Page};
use super::transliterate::transliterate;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

/// A term.
#[derive(Clone, Debug)]
pub struct Term {
    /// Its id.
    pub id: String,
    /// Its symbol or abbreviation, the same in both languages; may be empty.
    pub symbol: String,
    /// What it says in symbols, where that helps.
    pub formula: Option<Formula>,
    /// The lessons that use it, the one that explains it first.
    pub lessons: Vec<String>,
    /// Its words, in the order of [`Lang::ALL`].
    words: [TermText; 2],
}

/// The words of a term in one language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermText {
    /// As it stands in a sentence.
    pub name: String,
    /// How else it is written.
    pub forms: Vec<String>,
    /// One or two exact sentences.
    pub means: String,
}

/// What is wrong with the files of the glossary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlossaryError(String);

impl fmt::Display for GlossaryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lessons/glossary: {}", self.0)
    }
}

impl std::error::Error for GlossaryError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    term: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    #[serde(default)]
    symbol: String,
    formula: Option<String>,
    lessons: Vec<String>,
}

impl Term {
    /// Its words in a language.
    #[must_use]
    pub fn words(&self, lang: Lang) -> &TermText {
        &self.words[usize::from(lang == Lang::Ko)]
    }

    /// The page of a lesson that introduces it: the first that stresses it, else the first that
    /// mentions it.
    #[must_use]
    pub fn page_of(&self, text: &LessonText, lang: Lang) -> Option<usize> {
        let forms = sorted_forms(lang, std::iter::once((0, self)));
        let uses = |words: &str| !find(words, lang, &forms).is_empty();
        let stressed = |page: &Page| {
            let is = |i: &Inline| {
                matches!(i, Inline::Text(words, tone)
                    if *tone == super::lesson::Tone::Strong && uses(words))
            };
            page.blocks.iter().any(|block| inlines(block).iter().any(is))
        };
        let mentions = |page: &Page| uses(&text_of(page, text));
        let pages = &text.pages;
        pages.iter().position(stressed).or_else(|| pages.iter().position(mentions))
    }
}

/// Every term, in the order they are taught.
#[must_use]
pub fn terms() -> &'static [Term] {
    static TERMS: OnceLock<Vec<Term>> = OnceLock::new();
    let sources = [
        include_str!("../../lessons/glossary/terms.toml"),
        include_str!("../../lessons/glossary/en.toml"),
        include_str!("../../lessons/glossary/ko.toml"),
    ];
    TERMS.get_or_init(|| match parse(sources) {
        Ok(terms) => terms,
        // The files are part of the program and the tests load them: a fault is a bug of ours.
        Err(error) => unreachable!("{error}"),
    })
}

/// The same for a terminal that shows ASCII alone.
#[must_use]
pub fn terms_in_ascii() -> &'static [Term] {
    static TERMS: OnceLock<Vec<Term>> = OnceLock::new();
    TERMS.get_or_init(|| {
        let mut made = terms().to_vec();
        for term in &mut made {
            term.symbol = transliterate(&term.symbol);
            for words in &mut term.words {
                words.name = transliterate(&words.name);
                words.means = transliterate(&words.means);
            }
        }
        made
    })
}

/// Reads the list of terms and their words in English and Korean.
///
/// # Errors
/// [`GlossaryError`] when a file cannot be read, or a term has no words in one of the languages.
pub fn parse([terms, en, ko]: [&str; 3]) -> Result<Vec<Term>, GlossaryError> {
    fn load<T: for<'a> Deserialize<'a>>(file: &str, source: &str) -> Result<T, GlossaryError> {
        toml::from_str(source).map_err(|e| GlossaryError(format!("{file}: {e}")))
    }
    let listed: Listed = load("terms.toml", terms)?;
    let mut en: BTreeMap<String, TermText> = load("en.toml", en)?;
    let mut ko: BTreeMap<String, TermText> = load("ko.toml", ko)?;
    let mut made: Vec<Term> = Vec::new();
    for Entry { id, symbol, formula, lessons } in listed.term {
        let fail = |what: String| GlossaryError(format!("{id}: {what}"));
        let (Some(english), Some(korean)) = (en.remove(&id), ko.remove(&id)) else {
            return Err(fail("no words in one of the languages, or the id twice".to_owned()));
        };
        let formula = formula
            .map(|source| Formula::typeset(&source, Charset::Unicode))
            .transpose()
            .map_err(|e| fail(e.to_string()))?;
        made.push(Term { id, symbol, formula, lessons, words: [english, korean] });
    }
    match en.keys().chain(ko.keys()).next() {
        Some(id) => Err(GlossaryError(format!("{id}: words for no term of the list"))),
        None => Ok(made),
    }
}

/// The terms that a text uses, as places in [`terms`], in the order of their first use. Of two
/// terms that begin at one place the longer counts: "energy-based model" is not a use of "energy".
#[must_use]
pub fn used_in(text: &str, lang: Lang) -> Vec<usize> {
    static FORMS: [OnceLock<Forms>; 2] = [OnceLock::new(), OnceLock::new()];
    let forms = FORMS[usize::from(lang == Lang::Ko)]
        .get_or_init(|| sorted_forms(lang, terms().iter().enumerate()));
    find(text, lang, forms)
}

/// Everything that is read on a page, its predictions and claims included.
#[must_use]
pub fn text_of(page: &Page, text: &LessonText) -> String {
    let mut all = page.title.clone();
    let mut add = |words: &str| {
        all.push('\n');
        all.push_str(words);
    };
    for block in &page.blocks {
        match block {
            Block::Question(id) => {
                if let Some(question) = text.front.questions.get(id) {
                    add(&question.ask);
                    add(&question.because);
                }
            }
            Block::Claim(number) => {
                if let Some(claim) = text.front.claims.get(&number.to_string()) {
                    add(&claim.says);
                    add(&claim.so);
                }
            }
            other => {
                let words: String = inlines(other)
                    .iter()
                    .map(|inline| match inline {
                        Inline::Text(words, _) => words.as_str(),
                        // The name of a readout is as good as the word.
                        Inline::Readout(id) => {
                            text.front.readouts.get(id).map_or(" ", |r| r.name.as_str())
                        }
                        Inline::Param(_) => " ",
                    })
                    .collect();
                add(&words);
            }
        }
    }
    all
}

fn inlines(block: &Block) -> &[Inline] {
    match block {
        Block::Heading(words)
        | Block::Paragraph(words)
        | Block::Item(_, words)
        | Block::Remark(words) => words,
        Block::Formula(_) | Block::Code { .. } | Block::Question(_) | Block::Claim(_) => &[],
    }
}

/// How a term may be written: the longest first.
struct Forms(Vec<(Vec<char>, usize)>);

fn sorted_forms<'a>(lang: Lang, terms: impl Iterator<Item = (usize, &'a Term)>) -> Forms {
    let mut forms: Vec<(Vec<char>, usize)> = terms
        .flat_map(|(place, term)| {
            let words = term.words(lang);
            let all = std::iter::once(&words.name).chain(&words.forms);
            all.map(move |form| (form.chars().map(lower).collect(), place))
        })
        .collect();
    forms.sort_by_key(|(form, _)| std::cmp::Reverse(form.len()));
    Forms(forms)
}

fn lower(c: char) -> char {
    c.to_ascii_lowercase()
}

/// Whole words in Latin letters, in English with a plural's s; in Korean particles follow the word,
/// so that it may stand at any place.
fn find(text: &str, lang: Lang, Forms(forms): &Forms) -> Vec<usize> {
    let text: Vec<char> = text.chars().map(lower).collect();
    let latin = |at: usize| text.get(at).is_some_and(char::is_ascii_alphanumeric);
    let ends = |form: &[char], at: usize| {
        let last_is_latin = form.last().is_some_and(char::is_ascii_alphanumeric);
        let plural = lang == Lang::En && text.get(at) == Some(&'s') && !latin(at + 1);
        !last_is_latin || !latin(at) || plural
    };
    let mut found: Vec<usize> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let inside_a_word = latin(at) && at > 0 && latin(at - 1);
        let hit = forms.iter().find(|(form, _)| {
            !inside_a_word && text[at..].starts_with(form) && ends(form, at + form.len())
        });
        let Some((form, _)) = hit else {
            at += 1;
            continue;
        };
        // One form may name two terms ("two phases").
        for (_, place) in forms.iter().filter(|(other, _)| other == form) {
            if !found.contains(place) {
                found.push(*place);
            }
        }
        at += form.len().max(1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(text: &str, lang: Lang) -> Vec<&'static str> {
        used_in(text, lang).into_iter().map(|place| terms()[place].id.as_str()).collect()
    }

    #[test]
    fn terms_are_found_in_the_order_of_their_use_and_the_longest_wins() {
        assert_eq!(
            used("An energy-based model has a density. Its energies: all of them.", Lang::En),
            ["energy-based-model", "density", "energy"]
        );
        assert_eq!(
            used("에너지 기반 모델의 확률밀도를 에너지로 정합니다.", Lang::Ko),
            ["energy-based-model", "density", "energy"]
        );
        assert_eq!(used("The two phases balance.", Lang::En), ["positive-phase", "negative-phase"]);
    }

    #[test]
    fn a_word_inside_another_is_no_use_of_it() {
        assert!(used("The bufferzone underscores supermixing.", Lang::En).is_empty());
        assert_eq!(used("ULA and MALA, and CD-1", Lang::En).len(), 3);
        assert_eq!(used("MALA는 정확합니다. ULA는 아닙니다.", Lang::Ko), ["mala", "langevin"]);
    }

    #[test]
    fn a_term_without_words_in_one_language_does_not_load() {
        let term = "[[term]]\nid = 'a'\nlessons = ['energy']\n";
        let words = "[a]\nname = 'a'\nforms = []\nmeans = 'A.'\n";
        assert!(parse([term, words, words]).is_ok());
        for sources in [[term, words, ""], [term, "", words], ["term = []", words, words]] {
            assert!(parse(sources).is_err(), "{sources:?}");
        }
    }

    #[test]
    fn the_page_that_stresses_a_term_explains_it() {
        let text = super::super::lesson::of("energy", Lang::En);
        let of = |id: &str| {
            let term = terms().iter().find(|t| t.id == id).unwrap();
            term.page_of(text, Lang::En)
        };
        assert_eq!(of("partition-function"), Some(1));
        assert_eq!(of("log-likelihood"), Some(2));
        assert_eq!(of("hmc"), None);
    }
}
