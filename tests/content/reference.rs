//! The glossary and the pages of the chapters: whole in both languages, and about lessons that
//! there are.

use contrastlab::lesson::LESSONS;
use contrastlab::text::glossary::terms;
use contrastlab::text::interface::Interface;
use contrastlab::text::{Lang, chapter, lesson};
use std::collections::{BTreeMap, BTreeSet};
use unicode_width::UnicodeWidthStr as _;

/// The term's own column at 80 columns.
const WIDEST_FORMULA: usize = 46;

fn hangul(text: &str) -> bool {
    text.chars().any(|c| ('가'..='힣').contains(&c))
}

#[test]
fn every_term_is_explained_in_both_languages() {
    let mut wrong = Vec::new();
    let planned: BTreeSet<&str> = chapter::all(Lang::En)
        .iter()
        .flat_map(|chapter| chapter.lessons.iter().map(|l| l.id.as_str()))
        .collect();
    for term in terms() {
        let id = &term.id;
        for lang in Lang::ALL {
            let words = term.words(lang);
            let code = lang.code();
            for form in std::iter::once(&words.name).chain(&words.forms) {
                if form.trim() != form || form.chars().count() < 2 {
                    wrong.push(format!("{id}/{code}: the form '{form}'"));
                }
            }
            let end = if lang == Lang::Ko { "다." } else { "." };
            if !words.means.ends_with(end) || hangul(&words.means) != (lang == Lang::Ko) {
                wrong.push(format!("{id}/{code}: '{}'", words.means));
            }
            if words.name.width() > 32 {
                wrong.push(format!("{id}/{code}: the name is too long"));
            }
        }
        if term.formula.as_ref().is_some_and(|formula| formula.width > WIDEST_FORMULA) {
            wrong.push(format!("{id}: the formula is too wide"));
        }
        if term.lessons.is_empty() {
            wrong.push(format!("{id}: used nowhere"));
        }
        for lesson in &term.lessons {
            if !planned.contains(lesson.as_str()) {
                wrong.push(format!("{id}: no chapter has the lesson '{lesson}'"));
            }
        }
    }
    assert!(terms().len() >= 45);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_terms_go_by_one_name_unless_they_come_as_a_pair() {
    for lang in Lang::ALL {
        let mut owners: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for term in terms() {
            let words = term.words(lang);
            for form in std::iter::once(&words.name).chain(&words.forms) {
                owners.entry(form.to_lowercase()).or_default().insert(&term.id);
            }
        }
        let shared: Vec<&String> =
            owners.iter().filter(|(_, ids)| ids.len() > 1).map(|(form, _)| form).collect();
        let pairs: &[&str] = if lang == Lang::En { &["two phases"] } else { &[] };
        assert_eq!(shared, pairs, "{lang:?}");
    }
}

/// Enter on a term leads to a page that speaks of it.
#[test]
fn a_term_is_on_a_page_of_one_of_its_lessons() {
    let mut wrong = Vec::new();
    for term in terms() {
        let taught = |id: &String| LESSONS.iter().any(|lesson| lesson.id == id);
        if !term.lessons.first().is_some_and(taught) {
            continue;
        }
        for lang in Lang::ALL {
            let on_a_page = |id: &String| term.page_of(lesson::of(id, lang), lang).is_some();
            if !term.lessons.iter().any(on_a_page) {
                wrong.push(format!("{}/{}: on no page", term.id, lang.code()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_lesson_has_its_line_on_the_page_of_its_chapter() {
    let (en, ko) = (chapter::all(Lang::En), chapter::all(Lang::Ko));
    assert_eq!(en.len(), ko.len());
    assert!(en.len() <= Interface::of(Lang::En).chapters.len());
    for lesson in LESSONS {
        let (number, place) = (usize::from(lesson.number.0), usize::from(lesson.number.1));
        let page = &en[number - 1];
        assert_eq!(page.lessons[place - 1].id, lesson.id, "the order of chapter {number}");
    }
    for (en, ko) in en.iter().zip(ko) {
        let ids = |page: &chapter::ChapterText| -> Vec<String> {
            page.lessons.iter().map(|l| l.id.clone()).collect()
        };
        assert_eq!(ids(en), ids(ko));
        let shape =
            |page: &chapter::ChapterText| (page.about.len(), page.together.len(), page.able.len());
        assert_eq!(shape(en), shape(ko));
        for text in ko.about.iter().chain(&ko.together).chain(&ko.able) {
            assert!(hangul(text), "{text}");
        }
    }
}

/// What a symbol becomes in ASCII must not become Markdown.
#[test]
fn in_ascii_a_lesson_has_the_same_pages_in_ascii() {
    for lesson in LESSONS {
        let (whole, plain) =
            (lesson::of(lesson.id, Lang::En), lesson::in_ascii(lesson.id, Lang::En));
        assert_eq!(whole.pages.len(), plain.pages.len(), "{}", lesson.id);
        for page in &plain.pages {
            let words = contrastlab::text::glossary::text_of(page, plain);
            let strange = words.chars().find(|c| !c.is_ascii());
            assert!(strange.is_none(), "{}: {strange:?} on '{}'", lesson.id, page.title);
        }
    }
}
