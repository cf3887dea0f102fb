//! Holds the code to the layers that `src/lib.rs` draws: a layer imports only from those below it,
//! and the crates that belong to one layer stay there.
//!
//! The files are read as Rust tokens, so comments and strings cannot confuse it, and paths are
//! found wherever they stand: in `use`, in braces, in macros, in test modules.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use std::fs;
use std::path::{Path, PathBuf};

/// Each layer and what it may import; a layer may always import itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("math", &[]),
    ("data", &["math"]),
    ("model", &["math", "data"]),
    ("sampler", &["math", "data", "model"]),
    ("objective", &["math", "data", "model", "sampler"]),
    ("lab", &["math", "data", "model", "sampler", "objective"]),
    ("lesson", &["math", "data", "model", "sampler", "objective", "lab"]),
    ("text", &["math", "data", "model", "sampler", "objective", "lab", "lesson"]),
    ("state", &["math", "data", "model", "sampler", "objective", "lab", "lesson", "text"]),
    ("ui", &["math", "data", "model", "sampler", "objective", "lab", "lesson", "text", "state"]),
    (
        "cli",
        &["math", "data", "model", "sampler", "objective", "lab", "lesson", "text", "state", "ui"],
    ),
    ("main", &["cli"]),
];

/// Crates that only some layers may name.
const CRATES: &[(&str, &[&str])] = &[
    ("ratatui", &["ui"]),
    ("crossterm", &["ui"]),
    ("clap", &["cli", "main"]),
    ("clap_complete", &["cli", "main"]),
    ("clap_mangen", &["cli", "main"]),
    ("csv", &["data", "text", "state", "cli"]),
    ("toml", &["data", "text", "state", "cli"]),
    ("serde_json", &["data", "text", "state", "cli"]),
];

/// A name in a file: a layer of ours (`crate::ui`) or a crate (`ratatui::`).
#[derive(Debug, PartialEq, Eq)]
struct Import {
    what: String,
    ours: bool,
    line: usize,
}

/// Finds what a file names; `depth` is how many modules lie between it and the crate's root.
fn imports(source: &str, depth: usize) -> Vec<Import> {
    let tokens: TokenStream = source.parse().expect("the file is Rust");
    let mut found = Vec::new();
    walk(tokens, depth, &mut found);
    found
}

fn walk(tokens: TokenStream, depth: usize, found: &mut Vec<Import>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => {
                // `mod name { ... }` lies one deeper.
                let module = group.delimiter() == Delimiter::Brace
                    && at >= 2
                    && ident(&tokens, at - 2).as_deref() == Some("mod");
                walk(group.stream(), depth + usize::from(module), found);
            }
            TokenTree::Ident(name) if !after_colons(&tokens, at) => {
                let name = name.to_string();
                let span = token.span();
                if !colons(&tokens, at + 1) {
                    let used = at > 0
                        && matches!(ident(&tokens, at - 1).as_deref(), Some("use" | "crate"));
                    let inside = matches!(ident(&tokens, at + 1).as_deref(), Some("as") | None);
                    if used && inside && name != "crate" {
                        found.push(foreign(name, span));
                    }
                    continue;
                }
                match name.as_str() {
                    "crate" | "contrastlab" => from_root(&tokens, at + 3, found),
                    "super" => {
                        let mut ups = 1;
                        let mut next = at + 3;
                        while ident(&tokens, next).as_deref() == Some("super")
                            && colons(&tokens, next + 1)
                        {
                            ups += 1;
                            next += 3;
                        }
                        if ups >= depth {
                            from_root(&tokens, next, found);
                        }
                    }
                    "self" | "Self" => {}
                    _ => found.push(foreign(name, span)),
                }
            }
            _ => {}
        }
    }
}

/// What follows the crate's root: one name, or several in braces.
fn from_root(tokens: &[TokenTree], at: usize, found: &mut Vec<Import>) {
    match tokens.get(at) {
        Some(TokenTree::Ident(name)) => found.push(Import {
            what: name.to_string(),
            ours: true,
            line: name.span().start().line,
        }),
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let mut start = true;
            for (i, token) in inner.iter().enumerate() {
                if start {
                    from_root(&inner, i, found);
                }
                start = matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
            }
        }
        // `use crate::*` would let everything in.
        Some(TokenTree::Punct(star)) if star.as_char() == '*' => {
            found.push(Import { what: "*".to_owned(), ours: true, line: star.span().start().line });
        }
        _ => {}
    }
}

fn foreign(what: String, span: Span) -> Import {
    Import { what, ours: false, line: span.start().line }
}

fn ident(tokens: &[TokenTree], at: usize) -> Option<String> {
    match tokens.get(at) {
        Some(TokenTree::Ident(ident)) => Some(ident.to_string()),
        _ => None,
    }
}

fn is_colon(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == ':')
}

fn colons(tokens: &[TokenTree], at: usize) -> bool {
    is_colon(tokens.get(at)) && is_colon(tokens.get(at + 1))
}

/// Whether a name continues a path. `::name` at the start of a path names a crate.
fn after_colons(tokens: &[TokenTree], at: usize) -> bool {
    at >= 3
        && colons(tokens, at - 2)
        && match &tokens[at - 3] {
            TokenTree::Ident(name) => *name != "use" && *name != "as",
            TokenTree::Punct(p) => p.as_char() == '>',
            _ => false,
        }
}

/// What a layer may not import, one sentence each.
fn violations(layer: &str, file: &str, source: &str, depth: usize) -> Vec<String> {
    let Some((_, below)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
        return vec![format!("{file}: '{layer}' is no layer; draw it in tests/layering.rs")];
    };
    imports(source, depth)
        .into_iter()
        .filter(|i| {
            if i.ours {
                i.what == "*"
                    || (i.what != layer
                        && LAYERS.iter().any(|(name, _)| *name == i.what)
                        && !below.contains(&i.what.as_str()))
            } else {
                CRATES.iter().any(|(name, homes)| *name == i.what && !homes.contains(&layer))
            }
        })
        .map(|i| format!("{file}:{}: {layer} may not import {}", i.line, i.what))
        .collect()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_layer_imports_only_downward() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let src = root.join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    assert!(files.len() > 20, "only {} files under src", files.len());
    let mut wrong = Vec::new();
    for path in files {
        let inside = path.strip_prefix(&src).unwrap();
        let parts: Vec<String> = inside
            .with_extension("")
            .components()
            .map(|c| c.as_os_str().to_string_lossy().into_owned())
            .collect();
        if parts == ["lib"] {
            continue;
        }
        let file = inside.display().to_string();
        let source = fs::read_to_string(&path).unwrap();
        let depth = if parts == ["main"] { 0 } else { parts.len() };
        wrong.extend(violations(&parts[0], &file, &source, depth));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_layers_are_those_of_the_crate() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let declared: Vec<&str> =
        lib.lines().filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let drawn: Vec<&str> = LAYERS.iter().map(|(name, _)| *name).filter(|n| *n != "main").collect();
    assert_eq!(declared, drawn, "src/lib.rs and tests/layering.rs list the layers in one order");
    // Every layer may import only from layers listed before it.
    for (at, (_, below)) in LAYERS.iter().enumerate() {
        for name in *below {
            assert!(LAYERS[..at].iter().any(|(earlier, _)| earlier == name));
        }
    }
}

/// What is found wrong with a file of `lab`, two modules below the root.
fn wrong_in_lab(source: &str) -> Vec<String> {
    violations("lab", "f", source, 2)
}

#[test]
fn a_violation_is_caught_wherever_it_stands() {
    for (source, wrong) in [
        ("use crate::ui::x;", "f:1: lab may not import ui"),
        ("use contrastlab::cli;", "f:1: lab may not import cli"),
        ("use crate::{math::{a, b}, text::c};", "f:1: lab may not import text"),
        ("use crate::{\n  math,\n  ui::{self, y},\n};", "f:3: lab may not import ui"),
        ("pub(crate) use crate :: state;", "f:1: lab may not import state"),
        ("fn f() { crate::lesson::find(\"x\"); }", "f:1: lab may not import lesson"),
        ("fn f() { let x: Vec<crate::ui::X> = y; }", "f:1: lab may not import ui"),
        ("fn f() { assert_eq!(1, crate::text::N); }", "f:1: lab may not import text"),
        ("#[cfg(test)]\nmod tests {\n  use crate::ui::x;\n}", "f:3: lab may not import ui"),
        ("use super::super::ui::x;", "f:1: lab may not import ui"),
        ("mod tests { use super::super::super::ui::x; }", "f:1: lab may not import ui"),
        ("use crate::*;", "f:1: lab may not import *"),
        ("use ratatui::text::Line;", "f:1: lab may not import ratatui"),
        ("use ::ratatui::text::Line;", "f:1: lab may not import ratatui"),
        ("use {std::fmt, crossterm::event};", "f:1: lab may not import crossterm"),
        ("extern crate clap;", "f:1: lab may not import clap"),
        ("use csv;", "f:1: lab may not import csv"),
        ("use toml as t;", "f:1: lab may not import toml"),
        ("fn f() -> serde_json::Value { x }", "f:1: lab may not import serde_json"),
        ("#[derive(clap::Parser)] struct X;", "f:1: lab may not import clap"),
    ] {
        assert_eq!(wrong_in_lab(source), [wrong], "{source}");
    }
}

#[test]
fn what_is_allowed_or_only_looks_like_an_import_passes() {
    for source in [
        "use crate::{lab::view::View, math::rng::{self, Rng}};",
        "use super::super::math::rng;",
        "use super::view; mod ui { use super::super::super::math; }",
        "// use crate::ui::x;\n/* crate::text */ /// [`crate::ui`]\nfn f() {}",
        "const X: &str = \"use crate::ui::x; ratatui::text\";",
        "const X: &str = r#\"crate::ui\"#;",
        "fn f() { let ui = 1; let y = x.ui::<u8>(); }",
        "use crate::data::csv; use crate::lab::toml::X;",
        "use serde::Serialize; use std::fmt;",
        "fn f() { crate::helper(); }",
        "struct X { clap: u8, text: u8 }",
    ] {
        assert_eq!(wrong_in_lab(source), [""; 0], "{source}");
    }
    assert_eq!(violations("ui", "f", "use crate::{text, state}; use ratatui::x;", 1), [""; 0]);
    assert_eq!(violations("ui", "f", "use crate::cli;", 1), ["f:1: ui may not import cli"]);
    assert_eq!(violations("data", "f", "use crate::model;", 1), ["f:1: data may not import model"]);
    assert_eq!(violations("main", "f", "fn main() { contrastlab::cli::main() }", 0), [""; 0]);
    assert_eq!(
        violations("attic", "f", "", 1),
        ["f: 'attic' is no layer; draw it in tests/layering.rs"]
    );
}
