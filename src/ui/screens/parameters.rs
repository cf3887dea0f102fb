//! The parameters: a row each with symbol, name, value and where it stands in its range; below
//! them one line about the selected one.

use super::super::app::{App, Pane};
use super::super::theme::{Part, Theme};
use super::{clip, pad, pad_left, panel};
use crate::lab::param::{Effect, ParamSpec};
use crate::text::formula::{Charset, Formula};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

/// Draws the pane.
pub fn draw(app: &App, area: Rect, frame: &mut Frame<'_>) {
    let focused = app.focus == Pane::Parameters;
    let words = &app.interface().words;
    let count = app.blueprint().params.len();
    let place = format!("{}/{count}", app.selected + 1);
    let inside = panel(&app.theme, &words.parameters, &place, focused, area, frame);
    let rows = visible_rows(inside, count);
    let first = first_row(app, area);
    for (line, (place, spec)) in
        app.blueprint().params.iter().enumerate().skip(first).take(rows).enumerate()
    {
        let at = Rect { y: inside.y + line as u16, height: 1, ..inside };
        let caret = draw_row(app, spec, place == app.selected, at, frame);
        if let Some(column) = caret.filter(|_| app.overlay.is_none()) {
            frame
                .set_cursor_position(Position::new(column.min(at.right().saturating_sub(1)), at.y));
        }
    }
    let below = usize::from(inside.height).saturating_sub(rows) as u16;
    let columns = usize::from(inside.width);
    for (line, text) in about(app, columns, usize::from(below)).into_iter().enumerate() {
        let y = inside.bottom() - below + line as u16;
        frame.render_widget(text, Rect { y, height: 1, ..inside });
    }
}

/// The first row shown, so that the selected one is in sight.
#[must_use]
pub fn first_row(app: &App, area: Rect) -> usize {
    let inside = if area.height < 4 || area.width < 8 { area.height } else { area.height - 2 };
    let count = app.blueprint().params.len();
    let rows = visible_rows(Rect { height: inside, ..area }, count);
    let half = rows / 2;
    app.selected.saturating_sub(half).min(count.saturating_sub(rows))
}

/// How many rows there are; below them are the lines about the selected parameter: at least three,
/// or one where it is low, and what the rows leave.
fn visible_rows(inside: Rect, count: usize) -> usize {
    match usize::from(inside.height) {
        height @ 8.. => count.clamp(height.saturating_sub(4), height - 3),
        height @ 3.. => height - 1,
        height => height,
    }
}

/// Draws one row; returns the caret's column when the value is being typed.
fn draw_row(
    app: &App,
    spec: &'static ParamSpec,
    selected: bool,
    at: Rect,
    frame: &mut Frame<'_>,
) -> Option<u16> {
    let theme = &app.theme;
    let columns = usize::from(at.width);
    let value = app.settings.get(spec.id);
    let matters = app.matters(spec);
    let focused = app.focus == Pane::Parameters;
    let style = |part| {
        if selected && focused { theme.part(Part::Selected) } else { theme.part(part) }
    };
    let cursor = super::mark(selected, theme);
    let symbols = app.blueprint().params.iter().map(|p| symbol(p, theme).width());
    let symbol_width = symbols.max().unwrap_or(0);
    let editor = app.editor.as_ref().filter(|_| selected);
    let shown = app.value_text(spec, value);
    // A value is shown whole before its name is; what is being typed has room for a long one.
    let value_width = if editor.is_some() { 14 } else { shown.width() }.min(columns / 2);
    let fixed = cursor.width() + symbol_width + 1 + 1 + value_width;
    let name_width = columns.saturating_sub(fixed + 1);
    let name = app.param_name(spec.id);
    let dim = if matters { Part::Text } else { Part::Dim };
    let mut spans = vec![
        Span::styled(cursor, style(Part::Strong)),
        Span::styled(
            pad(&symbol(spec, theme), symbol_width, theme),
            style(if matters { Part::Code } else { Part::Dim }),
        ),
        Span::styled(" ", style(Part::Text)),
        Span::styled(pad(name, name_width, theme), style(dim)),
        Span::styled(" ", style(Part::Text)),
    ];
    let before = super::width(&spans);
    if let Some(editor) = editor {
        // The field takes the value's place and what is to its right.
        let room = columns.saturating_sub(before);
        let caret = editor.field.caret_column();
        // The end of a long text is what is being typed.
        let skipped = (caret + 1).saturating_sub(room);
        let typed = pad(&skip_columns(editor.field.text(), skipped), room, theme);
        spans.push(Span::styled(
            typed,
            theme.part(if editor.field.is_fresh() { Part::Selected } else { Part::Live }),
        ));
        frame.render_widget(Line::from(spans), at);
        return Some(at.x + (before + caret - skipped) as u16);
    }
    let changed = value != spec.default;
    let part = match (matters, changed) {
        (false, _) => Part::Dim,
        (true, true) => Part::Strong,
        (true, false) => Part::Text,
    };
    spans.push(Span::styled(pad_left(&shown, value_width, theme), style(part)));
    let rest = columns.saturating_sub(super::width(&spans));
    spans.push(Span::styled(" ".repeat(rest), style(Part::Text)));
    frame.render_widget(Line::from(spans), at);
    None
}

/// The symbol in what may be drawn: `λ`, or `lambda` in ASCII.
fn symbol(spec: &ParamSpec, theme: &Theme) -> String {
    if theme.ascii() {
        Formula::typeset(spec.symbol, Charset::Ascii)
            .map_or_else(|_| spec.symbol.to_owned(), |formula| formula.plain().concat())
    } else {
        spec.symbol.to_owned()
    }
}

fn skip_columns(text: &str, columns: usize) -> String {
    let mut skipped = 0;
    text.chars()
        .skip_while(|c| {
            let here = skipped < columns;
            skipped += unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0);
            here
        })
        .collect()
}

/// About the selected parameter, in at most so many lines: why a typed value is refused, or what
/// the parameter does; then its range and where it stands in it.
fn about(app: &App, columns: usize, lines: usize) -> Vec<Line<'static>> {
    let theme = &app.theme;
    let interface = app.interface();
    let words = &interface.words;
    let Some(spec) = app.param().filter(|_| lines > 0) else { return Vec::new() };
    let one = |text: &str, part| Line::styled(clip(text, columns, theme), theme.part(part));
    if let Some(editor) = &app.editor {
        let first = match &editor.refusal {
            Some(refusal) => one(&interface.refusal(refusal), Part::Error),
            None => one(&words.editor_keys, Part::Hint),
        };
        return [first].into_iter().chain(range(app, spec, columns)).take(lines).collect();
    }
    if !app.matters(spec) {
        let own = app.own_for(spec).map(|_| app.own_data_words());
        let why = own.unwrap_or_else(|| words.no_effect.clone());
        return vec![one(&why, Part::Dim)];
    }
    let text = app.text().front.params.get(spec.id);
    let what = text.map_or("", |t| t.about.as_str());
    if lines == 1 {
        return vec![one(what, Part::Hint)];
    }
    // A range needs a line; a parameter without one has both for its words.
    let range = range(app, spec, columns);
    let room = lines - usize::from(range.is_some());
    let said = super::remark(what, room, columns, theme.part(Part::Hint), theme);
    let blank = lines.saturating_sub(said.len() + usize::from(range.is_some()));
    let gap = std::iter::repeat_n(Line::default(), blank);
    gap.chain(said).chain(range).collect()
}

/// The two ends of the range, where the value stands between them, and what a change does. A
/// choice has no ends.
fn range(app: &App, spec: &ParamSpec, columns: usize) -> Option<Line<'static>> {
    let theme = &app.theme;
    let words = &app.interface().words;
    let (min, max) = spec.bounds();
    let restarts = spec.effect == Effect::Restart;
    let dim = theme.part(Part::Dim);
    if min.is_empty() {
        return restarts.then(|| Line::styled(clip(&words.restarts, columns, theme), dim));
    }
    let unit = app.text().front.params.get(spec.id).map_or("", |t| t.unit.as_str());
    let mut after = format!(" {max}");
    if !unit.is_empty() {
        after.push_str(&format!(" {unit}"));
    }
    if restarts && min.width() + after.width() + words.restarts.width() + 12 <= columns {
        after.push_str(&format!("  {}", words.restarts));
    }
    let gauge = columns.saturating_sub(min.width() + 1 + after.width()).min(24);
    let slider = theme.slider(gauge, spec.position(app.settings.get(spec.id)));
    Some(Line::from(vec![
        Span::styled(format!("{min} "), dim),
        Span::styled(slider, theme.part(Part::Live)),
        Span::styled(clip(&after, columns, theme), dim),
    ]))
}
