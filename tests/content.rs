//! What a learner reads, against what there is: every lesson in both languages has words for all
//! that its blueprint and its views name and for nothing else, and fits the lesson pane.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use checks::{Seen, alike, clean, has_label, pages, words};
use contrastlab::lesson::LESSONS;
use contrastlab::text::lesson::ids;
use contrastlab::text::{Lang, lesson};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "content/checks.rs"]
mod checks;
#[path = "content/fixture.rs"]
mod fixture;
#[path = "content/reference.rs"]
mod reference;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_lesson_has_all_its_words_in_both_languages() {
    let code = sources(&root().join("src"));
    let mut wrong = Vec::new();
    for blueprint in LESSONS {
        let seen = Seen::of(blueprint, &mut wrong);
        let mut texts = Vec::new();
        for lang in Lang::ALL {
            match lesson::read(blueprint.id, lang) {
                Ok(text) => {
                    let file = format!("{}/{}", blueprint.id, lang.code());
                    wrong.extend(words(blueprint, &seen, text, &code, &file));
                    wrong.extend(pages(text, &file));
                    texts.push(text);
                }
                Err(error) => wrong.push(error.to_string()),
            }
        }
        if let [en, ko] = texts[..] {
            wrong.extend(alike(en, ko, blueprint.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn lessons_folders_and_the_built_in_words_are_the_same_set() {
    let coded: BTreeSet<String> = LESSONS.iter().map(|l| l.id.to_owned()).collect();
    let built_in: BTreeSet<String> = ids().map(str::to_owned).collect();
    let folders: BTreeSet<String> = fs::read_dir(root().join("lessons"))
        .map(|entries| {
            entries
                .map(|e| e.unwrap())
                .filter(|e| {
                    let shared = ["interface", "glossary", "chapters"];
                    e.path().is_dir() && shared.iter().all(|name| e.file_name() != *name)
                })
                .map(|e| e.file_name().into_string().unwrap())
                .collect()
        })
        .unwrap_or_default();
    assert_eq!(coded.len(), LESSONS.len(), "two lessons of one id");
    assert_eq!(folders, coded, "the folders of lessons/ and the table in src/lesson.rs");
    assert_eq!(built_in, coded, "the shelves in src/text/lesson.rs and the table in src/lesson.rs");
}

#[test]
fn files_are_clean() {
    let mut wrong = Vec::new();
    let mut files = Vec::new();
    collect(&root().join("lessons"), &["md", "toml"], &mut files);
    for path in files {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        match fs::read_to_string(&path) {
            Ok(text) => wrong.extend(clean(&text, &name)),
            Err(e) => wrong.push(format!("{name}: {e}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_claim_measures_has_words() {
    let mut wrong = Vec::new();
    for blueprint in LESSONS {
        for claim in blueprint.claims {
            for measurement in (claim.measure)() {
                for lang in Lang::ALL {
                    let text = lesson::of(blueprint.id, lang);
                    if !has_label(text, measurement.what) {
                        let (id, code) = (blueprint.id, lang.code());
                        wrong.push(format!("{id}/{code}: no label '{}'", measurement.what));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn collect(folder: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, extensions, found);
        } else if path.extension().is_some_and(|e| extensions.iter().any(|x| e == *x)) {
            found.push(path);
        }
    }
}

/// All code, for labels that views show only at times (a reason for divergence, a measurement).
fn sources(folder: &Path) -> String {
    let mut files = Vec::new();
    collect(folder, &["rs"], &mut files);
    files.iter().map(|f| fs::read_to_string(f).unwrap()).collect()
}
