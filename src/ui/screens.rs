//! The screen: one file a pane. Drawing reads the [`App`] and changes nothing.

pub mod figures;
pub mod footer;
pub mod gauge;
pub mod header;
pub mod lesson;
pub mod overlay;
pub mod parameters;
pub mod readouts;

use super::app::App;
use super::chart::write;
use super::prose;
use super::theme::{Part, Theme};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Borders, Clear, Widget as _};
use unicode_width::UnicodeWidthStr as _;

/// Draws everything.
pub fn draw(app: &App, frame: &mut Frame<'_>) {
    let area = frame.area();
    if area.is_empty() {
        return;
    }
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, app.theme.base());
    let at = super::arrange::arrange(area.as_size(), app);
    header::draw(app, &at, frame);
    if let Some(area) = at.lesson {
        lesson::draw(app, area, frame);
    }
    figures::draw(app, &at.figures, frame);
    if let Some(area) = at.parameters {
        parameters::draw(app, area, frame);
    }
    if let Some(area) = at.readouts {
        readouts::draw(app, area, frame);
    }
    gauge::draw(app, &at, frame);
    footer::draw(app, &at, frame);
    if app.overlay.is_some() {
        overlay::draw(app, area, frame);
    }
}

/// Draws a pane's border with its title and an optional remark at the right, and returns the
/// inside. A pane too small for a border is all inside.
fn panel(
    theme: &Theme,
    title: &str,
    remark: &str,
    focused: bool,
    area: Rect,
    frame: &mut Frame<'_>,
) -> Rect {
    if area.height < 4 || area.width < 8 {
        return area;
    }
    let border = theme.part(if focused { Part::BorderFocus } else { Part::Border });
    let style = theme.part(if focused { Part::Title } else { Part::Dim });
    let room = usize::from(area.width).saturating_sub(6);
    let title = format!(" {} ", clip(title, room, theme));
    let left = room.saturating_sub(title.width());
    let mut block = Block::new()
        .borders(Borders::ALL)
        .border_type(BorderType::Plain)
        .border_set(theme.borders())
        .border_style(border)
        .title_top(Line::styled(title, style));
    if !remark.is_empty() && remark.width() + 2 <= left {
        let remark = Line::styled(format!(" {remark} "), theme.part(Part::Dim)).right_aligned();
        block = block.title_top(remark);
    }
    let inside = block.inner(area);
    block.render(area, frame.buffer_mut());
    inside
}

/// A text in at most so many columns; what does not fit ends in an ellipsis. A wide character is
/// never cut in half.
#[must_use]
pub fn clip(text: &str, columns: usize, theme: &Theme) -> String {
    write::clip(text, u16::try_from(columns).unwrap_or(u16::MAX), theme)
}

/// The mark before a row of a list: an arrow at the one that is selected.
fn mark(selected: bool, theme: &Theme) -> &'static str {
    match (selected, theme.ascii()) {
        (true, true) => "> ",
        (true, false) => "▸ ",
        (false, _) => "  ",
    }
}

/// A remark broken into at most so many lines; what does not fit is left out, and an ellipsis says
/// so.
fn remark(
    text: &str,
    lines: usize,
    columns: usize,
    style: Style,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let mut said = prose::wrap(&[Span::styled(text.to_owned(), style)], columns, "", "");
    if said.len() > lines && lines > 0 {
        let rest: String = said.drain(lines - 1..).map(|l| l.to_string() + " ").collect();
        let rest = format!("{}{}", rest.trim_end(), theme.ellipsis());
        said.push(Line::styled(clip(&rest, columns, theme), style));
    }
    said.truncate(lines);
    said
}

/// A text in exactly so many columns, from the left.
#[must_use]
pub fn pad(text: &str, columns: usize, theme: &Theme) -> String {
    let clipped = clip(text, columns, theme);
    let missing = columns.saturating_sub(clipped.width());
    format!("{clipped}{}", " ".repeat(missing))
}

/// A text in exactly so many columns, to the right.
#[must_use]
pub fn pad_left(text: &str, columns: usize, theme: &Theme) -> String {
    let clipped = clip(text, columns, theme);
    let missing = columns.saturating_sub(clipped.width());
    format!("{}{clipped}", " ".repeat(missing))
}

/// The columns of a row of spans.
fn width(spans: &[Span<'_>]) -> usize {
    spans.iter().map(Span::width).sum()
}
