//! The screen: one file a pane. Drawing reads the [`App`] and changes nothing.

pub mod figures;
pub mod footer;
pub mod header;
pub mod lesson;
pub mod overlay;
pub mod parameters;
pub mod readouts;

use super::app::App;
use super::theme::{Part, Theme};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Borders, Clear, Widget as _};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

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
    if text.width() <= columns {
        return text.to_owned();
    }
    let ellipsis = theme.ellipsis();
    let room = columns.saturating_sub(ellipsis.width());
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let width = c.width().unwrap_or(0);
        if used + width > room {
            break;
        }
        used += width;
        out.push(c);
    }
    if columns >= ellipsis.width() {
        out.push_str(ellipsis);
    }
    out
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
