//! The overlays: help, palette, lists; the glossary and a chapter's page in rooms of their own.

pub mod chapter;
mod glossary;

use super::super::app::App;
use super::super::field::Field;
use super::super::keymap::KEYS;
use super::super::overlay::{Entry, List, Overlay};
use super::super::theme::Part;
use super::{clip, pad, pad_left, panel};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};
use unicode_width::UnicodeWidthStr as _;

/// Draws what lies over the screen.
pub fn draw(app: &App, screen: Rect, frame: &mut Frame<'_>) {
    let Some(overlay) = &app.overlay else { return };
    let words = &app.interface().words;
    match overlay {
        Overlay::Help { scroll } => help(app, *scroll, screen, frame),
        Overlay::Palette(palette) => {
            let area = centred(screen, 72, 20);
            clear(app, area, frame);
            let inside = panel(&app.theme, &words.find, &words.close, true, area, frame);
            if inside.height == 0 || inside.width < 3 {
                return;
            }
            prompt(app, &palette.field, "", inside, frame);
            let below = Rect { y: inside.y + 1, height: inside.height - 1, ..inside };
            rows(app, &palette.list, below, frame);
        }
        Overlay::Menu(list) => {
            let area = centred(screen, 60, list.rows.len() as u16 + 2);
            clear(app, area, frame);
            let inside = panel(&app.theme, &words.menu, &words.close, true, area, frame);
            rows(app, list, inside, frame);
        }
        Overlay::Lessons(list) => {
            let area = centred(screen, 72, (list.rows.len() as u16 + 2).max(8));
            clear(app, area, frame);
            let inside = panel(&app.theme, &words.lessons, &words.close, true, area, frame);
            rows(app, list, inside, frame);
        }
        Overlay::Presets(list) => {
            let area = centred(screen, 76, list.rows.len() as u16 * 2 + 2);
            clear(app, area, frame);
            let inside = panel(&app.theme, &words.presets, &words.close, true, area, frame);
            presets(app, list, inside, frame);
        }
        Overlay::Glossary(shown) => glossary::draw(app, shown, screen, frame),
        Overlay::Chapter(page) => chapter::draw(app, page, screen, frame),
    }
}

/// The line that is typed into, with the caret; `hint` stands there while it is empty.
fn prompt(app: &App, typed: &Field, hint: &str, inside: Rect, frame: &mut Frame<'_>) {
    let theme = &app.theme;
    let sign = Span::styled(if theme.ascii() { "> " } else { "› " }, theme.part(Part::Key));
    let words = if typed.text().is_empty() {
        // A column behind the caret, which would stand on its first letter.
        Span::styled(format!(" {hint}"), theme.part(Part::Hint))
    } else {
        Span::styled(typed.text().to_owned(), theme.part(Part::Strong))
    };
    frame.render_widget(Line::from(vec![sign, words]), Rect { height: 1, ..inside });
    let column = inside.x + 2 + typed.caret_column() as u16;
    let column = column.min(inside.right().saturating_sub(1));
    frame.set_cursor_position(Position::new(column, inside.y));
}

/// Makes room: nothing of what lies below shows through. A wide glyph that the edge would cut in
/// two goes whole: its other half would stay as a hole beside the border.
fn clear(app: &App, area: Rect, frame: &mut Frame<'_>) {
    let base = app.theme.base();
    let buffer = frame.buffer_mut();
    let wide = |buffer: &Buffer, x: u16, y: u16| {
        buffer.cell((x, y)).is_some_and(|cell| cell.symbol().width() > 1)
    };
    for y in area.top()..area.bottom() {
        let left = area.left().checked_sub(1).filter(|x| wide(buffer, *x, y));
        let right = area.right().checked_sub(1).filter(|x| wide(buffer, *x, y)).map(|x| x + 1);
        for x in left.into_iter().chain(right) {
            if let Some(cell) = buffer.cell_mut((x, y)) {
                cell.set_symbol(" ").set_style(base);
            }
        }
    }
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, base);
}

fn centred(screen: Rect, width: u16, height: u16) -> Rect {
    let width = width.min(screen.width);
    let height = height.min(screen.height.saturating_sub(1).max(1));
    Rect {
        x: screen.x + (screen.width - width) / 2,
        y: screen.y + (screen.height - height) / 3,
        width,
        height,
    }
}

/// One line a row: its name, then its remark and its kind to the right.
fn rows(app: &App, list: &List, area: Rect, frame: &mut Frame<'_>) {
    let theme = &app.theme;
    let columns = usize::from(area.width);
    if list.rows.is_empty() {
        let text = app.interface().words.nothing_found.clone();
        frame.render_widget(Line::styled(text, theme.part(Part::Hint)), area);
        return;
    }
    let shown = usize::from(area.height);
    let first = list.selected.saturating_sub(shown.saturating_sub(1) / 2);
    let first = first.min(list.rows.len().saturating_sub(shown));
    let kind_width = list.rows.iter().map(|r| r.kind.width()).max().unwrap_or(0);
    let about_width = list.rows.iter().map(|r| r.about.width()).max().unwrap_or(0);
    let about_width = about_width.min(columns / 3);
    for (line, (place, row)) in list.rows.iter().enumerate().skip(first).take(shown).enumerate() {
        let here = place == list.selected;
        let style = |part| theme.part(if here { Part::Selected } else { part });
        let mark = super::mark(here, theme);
        let name_width = columns.saturating_sub(2 + 2 + about_width + 2 + kind_width + 1);
        // In a list the chapters are the heads of their lessons; in the palette they have a kind.
        let head = matches!(row.entry, Entry::Chapter(_)) && row.kind.is_empty();
        let part = if head { Part::Title } else { Part::Text };
        let spans = vec![
            Span::styled(mark, style(Part::Strong)),
            Span::styled(pad(&row.name, name_width, theme), style(part)),
            Span::styled("  ", style(Part::Text)),
            Span::styled(pad_left(&row.about, about_width, theme), style(Part::Key)),
            Span::styled("  ", style(Part::Text)),
            Span::styled(pad(&row.kind, kind_width, theme), style(Part::Dim)),
            Span::styled(" ", style(Part::Text)),
        ];
        let at = Rect { y: area.y + line as u16, height: 1, ..area };
        frame.render_widget(Line::from(spans), at);
    }
}

/// Two lines a preset: its name, and what it shows.
fn presets(app: &App, list: &List, area: Rect, frame: &mut Frame<'_>) {
    let theme = &app.theme;
    let columns = usize::from(area.width);
    let shown = (usize::from(area.height) / 2).max(1);
    let first = list.selected.saturating_sub(shown.saturating_sub(1) / 2);
    let first = first.min(list.rows.len().saturating_sub(shown));
    let mut lines = Vec::new();
    for (place, row) in list.rows.iter().enumerate().skip(first).take(shown) {
        let here = place == list.selected;
        let mark = super::mark(here, theme);
        let part = if here { Part::Selected } else { Part::Strong };
        let name = pad(&format!("{mark}{}", row.name), columns, theme);
        lines.push(Line::styled(name, theme.part(part)));
        let about = clip(&format!("    {}", row.about), columns, theme);
        lines.push(Line::styled(about, theme.part(Part::Dim)));
    }
    frame.render_widget(Paragraph::new(lines), area);
}

fn help(app: &App, scroll: usize, screen: Rect, frame: &mut Frame<'_>) {
    let theme = &app.theme;
    let interface = app.interface();
    let columns = if screen.width >= 90 { 2 } else { 1 };
    let per_column = KEYS.len().div_ceil(columns);
    let area = centred(screen, if columns == 2 { 116 } else { 60 }, per_column as u16 + 2);
    clear(app, area, frame);
    let inside = panel(theme, &interface.words.help, &interface.words.close, true, area, frame);
    let width = usize::from(inside.width) / columns;
    let shown = usize::from(inside.height);
    let first = scroll.min(per_column.saturating_sub(shown));
    for (place, binding) in KEYS.iter().enumerate() {
        let (column, row) = (place / per_column, place % per_column);
        let Some(line) = row.checked_sub(first).filter(|l| *l < shown) else { continue };
        let keys: Vec<String> =
            binding.keys.iter().take(2).map(|k| k.name(theme.ascii())).collect();
        // A second key is a courtesy: it is named where there is room.
        let both = keys.join(" ");
        let name = if both.width() <= 18 { &both } else { &keys[0] };
        let name = pad(name, 18, theme);
        let what = clip(interface.action(binding.id), width.saturating_sub(21), theme);
        let spans = vec![
            Span::raw(" "),
            Span::styled(name, theme.part(Part::Key)),
            Span::raw(" "),
            Span::styled(what, theme.part(Part::Text)),
        ];
        let at = Rect {
            x: inside.x + (column * width) as u16,
            y: inside.y + line as u16,
            width: width as u16,
            height: 1,
        };
        frame.render_widget(Line::from(spans), at);
    }
}
