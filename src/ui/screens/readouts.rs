//! The readouts: a row each with name, value, error bar and exact value; below them one line
//! about the selected one.

use super::super::app::{App, Pane};
use super::super::number::{plain, with_error};
use super::super::theme::Part;
use super::{pad, pad_left, panel};
use crate::lab::view::Readout;
use crate::lab::worker::Status;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

/// Draws the pane.
pub fn draw(app: &App, area: Rect, frame: &mut Frame<'_>) {
    let focused = app.focus == Pane::Readouts;
    let words = &app.interface().words;
    let readouts = &app.snapshot.view.readouts;
    let theme = &app.theme;
    let any_exact = readouts.iter().any(|r| r.exact.is_some());
    let inside = panel(theme, &words.readouts, "", focused, area, frame);
    let columns = usize::from(inside.width);
    let height = usize::from(inside.height);
    let with_head = any_exact && height > readouts.len() + 1;
    let below = match height {
        8.. => height.saturating_sub(readouts.len() + 1).clamp(2, 4),
        4.. => 1,
        _ => 0,
    };
    let with_head = with_head && height > readouts.len() + below;
    let rows = height.saturating_sub(usize::from(with_head) + below);
    let first = app.readout.saturating_sub(rows / 2).min(readouts.len().saturating_sub(rows));
    let exact = |r: &Readout| r.exact.map(|v| exact_text(app, r, v)).unwrap_or_default();
    let value_width = readouts
        .iter()
        .map(|r| with_error(r.value, r.error, theme).width())
        .max()
        .unwrap_or(0)
        .max(8);
    let exact_width = if any_exact {
        readouts.iter().map(|r| exact(r).width()).max().unwrap_or(0).max(words.exact.width())
    } else {
        0
    };
    let name_width = columns.saturating_sub(2 + value_width + 2 + exact_width + 1);
    // Too narrow for all three: the exact value goes first, then part of the name.
    let (name_width, exact_width) = if name_width < 8 && any_exact {
        (columns.saturating_sub(2 + value_width + 1), 0)
    } else {
        (name_width, exact_width)
    };
    let mut y = inside.y;
    if with_head && exact_width > 0 {
        let head = format!(
            "  {} {}  {}",
            " ".repeat(name_width),
            " ".repeat(value_width),
            pad_left(&words.exact, exact_width, theme)
        );
        frame.render_widget(
            Line::styled(head, theme.part(Part::Dim)),
            Rect { y, height: 1, ..inside },
        );
        y += 1;
    }
    for (place, readout) in readouts.iter().enumerate().skip(first).take(rows) {
        let at = Rect { y, height: 1, ..inside }.intersection(inside);
        y += 1;
        let selected = focused && place == app.readout;
        let style = |part| theme.part(if selected { Part::Selected } else { part });
        let cursor = super::mark(selected, theme);
        let name = app.text().front.readouts.get(readout.id).map_or(readout.id, |t| &t.name);
        let value = value_text(app, readout);
        let mut spans = vec![
            Span::styled(cursor, style(Part::Strong)),
            Span::styled(pad(name, name_width, theme), style(Part::Text)),
            Span::styled(" ", style(Part::Text)),
            Span::styled(pad_left(&value, value_width, theme), style(Part::Strong)),
        ];
        if exact_width > 0 {
            let text = pad_left(&exact(readout), exact_width, theme);
            spans.push(Span::styled("  ", style(Part::Text)));
            spans.push(Span::styled(text, style(Part::Good)));
        }
        frame.render_widget(Line::from(spans), at);
    }
    for (line, text) in about(app, columns, below).into_iter().enumerate() {
        let y = inside.bottom() - below as u16 + line as u16;
        frame.render_widget(text, Rect { y, height: 1, ..inside });
    }
}

fn lost(app: &App) -> bool {
    matches!(app.snapshot.status, Status::Diverged(..))
}

/// The value with its error bar. What is left of a run that diverged means nothing.
fn value_text(app: &App, readout: &Readout) -> String {
    let value = if lost(app) { f64::NAN } else { readout.value };
    with_error(value, readout.error, &app.theme)
}

/// The exact value, with a digit more than its estimate's error shows.
fn exact_text(app: &App, readout: &Readout, exact: f64) -> String {
    match readout.error.filter(|_| !lost(app)) {
        Some(error) if error > 0.0 && error.is_finite() && exact.is_finite() => {
            with_error(exact, Some(error / 10.0), &app.theme)
                .split(' ')
                .next()
                .unwrap_or_default()
                .to_owned()
        }
        _ => plain(exact, 5, &app.theme),
    }
}

/// About the selected readout; else the view's first remark, which changes how the numbers are to
/// be read.
fn about(app: &App, columns: usize, lines: usize) -> Vec<Line<'static>> {
    let theme = &app.theme;
    let (what, part) = if app.focus == Pane::Readouts {
        let Some(readout) = app.snapshot.view.readouts.get(app.readout) else { return Vec::new() };
        let text = app.text().front.readouts.get(readout.id);
        let unit = text.map_or("", |t| t.unit.as_str());
        let what = text.map_or("", |t| t.about.as_str());
        let what = if unit.is_empty() { what.to_owned() } else { format!("{what} ({unit})") };
        (what, Part::Hint)
    } else {
        let Some(note) = app.snapshot.view.notes.first() else { return Vec::new() };
        (app.label(note).to_owned(), Part::Warning)
    };
    super::remark(&what, lines, columns, theme.part(part), theme)
}
