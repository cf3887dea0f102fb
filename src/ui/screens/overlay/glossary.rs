//! The glossary: the terms to the left, the selected one to the right in both languages.

use super::super::super::app::App;
use super::super::super::overlay::Glossary;
use super::super::super::theme::Part;
use super::super::{mark, pad, panel, prose};
use super::{centred, clear, prompt};
use crate::text::Lang;
use crate::text::formula::Charset;
use crate::text::glossary::Term;
use crate::text::interface::fill;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// From here on, the list stands beside the term.
const BESIDE: u16 = 56;

pub(super) fn draw(app: &App, glossary: &Glossary, screen: Rect, frame: &mut Frame<'_>) {
    let words = &app.interface().words;
    let area = centred(screen, 104, 27);
    clear(app, area, frame);
    let inside = panel(&app.theme, &words.glossary, &words.close, true, area, frame);
    if inside.height == 0 || inside.width < 3 {
        return;
    }
    prompt(app, &glossary.field, &words.glossary_hint, inside, frame);
    let below = Rect { y: inside.y + 1, height: inside.height - 1, ..inside };
    if glossary.shown.is_empty() {
        let hint = Line::styled(words.nothing_found.clone(), app.theme.part(Part::Hint));
        frame.render_widget(hint, below);
        return;
    }
    let list = if below.width >= BESIDE { (below.width / 3).min(32) } else { 0 };
    if list > 0 {
        names(app, glossary, Rect { width: list, ..below }, frame);
    }
    let gap = if list > 0 { 2 } else { 0 };
    let entry = Rect {
        x: below.x + list + gap,
        width: below.width.saturating_sub(list + gap + u16::from(list > 0)),
        ..below
    };
    let Some(term) = glossary.chosen().and_then(|place| app.terms().get(place)) else { return };
    let mut lines = term_lines(app, term, usize::from(entry.width));
    if lines.len() > usize::from(entry.height) {
        lines.retain(|line| line.width() > 0);
    }
    frame.render_widget(Paragraph::new(lines), entry);
}

/// The names, those under discussion bright.
fn names(app: &App, glossary: &Glossary, area: Rect, frame: &mut Frame<'_>) {
    let theme = &app.theme;
    let shown = usize::from(area.height);
    let first = glossary.selected.saturating_sub(shown.saturating_sub(1) / 2);
    let first = first.min(glossary.shown.len().saturating_sub(shown));
    for (line, (row, place)) in
        glossary.shown.iter().enumerate().skip(first).take(shown).enumerate()
    {
        let Some(term) = app.terms().get(*place) else { continue };
        let selected = row == glossary.selected;
        let part = match (selected, glossary.is_here(*place)) {
            (true, _) => Part::Selected,
            (false, true) => Part::Text,
            (false, false) => Part::Dim,
        };
        let name = format!("{}{}", mark(selected, theme), term.words(app.lang).name);
        let name = pad(&name, usize::from(area.width), theme);
        let at = Rect { y: area.y + line as u16, height: 1, ..area };
        frame.render_widget(Line::styled(name, theme.part(part)), at);
    }
}

/// The term, what it means in the learner's language, its formula, the same in the other
/// language, and where it is used.
fn term_lines(app: &App, term: &Term, width: usize) -> Vec<Line<'static>> {
    let theme = &app.theme;
    let words = &app.interface().words;
    let said = |text: &str, part| {
        prose::wrap(&[Span::styled(text.to_owned(), theme.part(part))], width, "", "")
    };
    let head = |lang: Lang, part| {
        let mut spans = vec![Span::styled(term.words(lang).name.clone(), theme.part(part))];
        if lang == app.lang && !term.symbol.is_empty() {
            spans.push(Span::raw("   "));
            spans.push(Span::styled(term.symbol.clone(), theme.part(Part::Formula)));
        }
        prose::wrap(&spans, width, "", "")
    };
    let mut lines = head(app.lang, Part::Title);
    lines.extend(said(&term.words(app.lang).means, Part::Text));
    if let Some(formula) = &term.formula {
        let charset = if theme.ascii() { Charset::Ascii } else { Charset::Unicode };
        let set = formula.fit(width.saturating_sub(2), charset);
        lines.push(Line::default());
        for row in &set.rows {
            let row: String = row.iter().map(|run| run.text.as_str()).collect();
            lines.push(Line::styled(format!("  {row}"), theme.part(Part::Formula)));
        }
    }
    // Hangul is for terminals that can show it, or for who asked for it.
    if !theme.ascii() || app.lang == Lang::Ko {
        let other = app.lang.other();
        lines.push(Line::default());
        lines.extend(head(other, Part::Strong));
        lines.extend(said(&term.words(other).means, Part::Dim));
    }
    let mut used = term.lessons.iter().filter_map(|id| lesson(app, id));
    if let Some(first) = used.next() {
        lines.push(Line::default());
        let opens = fill(&words.explained_in, &[("lesson", &first)]);
        lines.extend(said(&opens, Part::Key));
        let others: Vec<String> = used.collect();
        if !others.is_empty() {
            let also = fill(&words.also_in, &[("lessons", &others.join(", "))]);
            lines.extend(said(&also, Part::Dim));
        }
    }
    lines
}

/// The number and the title of a lesson; none where it is not taught yet.
fn lesson(app: &App, id: &str) -> Option<String> {
    let blueprint = app.catalogue.iter().find(|lesson| lesson.id == id)?;
    let (chapter, number) = blueprint.number;
    Some(format!("{chapter}.{number} {}", app.text_of(id).front.title))
}
