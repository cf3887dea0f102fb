//! How far a work of many steps has come: a thin line in the lower border of a pane, so that it
//! takes no room and nothing moves when it comes or goes.

use super::super::app::App;
use super::super::arrange::Arrangement;
use super::super::theme::Part;
use super::{clip, width};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

/// The columns of the line itself at the most; shorter than the least it says nothing.
const LINE: (usize, usize) = (6, 24);

/// Draws it, if there is one.
pub fn draw(app: &App, at: &Arrangement, frame: &mut Frame<'_>) {
    let Some(progress) = app.progress_shown() else { return };
    let figure = at.figures.first().map(|(_, area)| *area);
    let Some(area) = at.readouts.or(figure).or(at.parameters) else { return };
    // A pane of this size has no border.
    if area.height < 4 || area.width < 16 {
        return;
    }
    let theme = &app.theme;
    let done = if progress.done.is_nan() { 0.0 } else { progress.done.clamp(0.0, 1.0) };
    // Only what is done is 100 %.
    let percent = format!("{:>3}%", (done * 100.0).floor());
    let room = usize::from(area.width) - 4;
    let words = room.saturating_sub(percent.width() + 3 + LINE.0);
    let label = clip(app.label(progress.label), words, theme);
    let free = room.saturating_sub(label.width() + percent.width() + 4);
    let (passed, ahead) = theme.gauge(free.min(LINE.1), done);
    let spans = vec![
        Span::styled(format!(" {label} "), theme.part(Part::Dim)),
        Span::styled(passed, theme.part(Part::Good)),
        Span::styled(ahead, theme.part(Part::Border)),
        Span::styled(format!(" {percent} "), theme.part(Part::Dim)),
    ];
    let wide = (width(&spans) as u16).min(area.width - 2);
    let place = Rect { x: area.right() - 2 - wide, y: area.bottom() - 1, width: wide, height: 1 };
    frame.render_widget(Line::from(spans), place.intersection(area));
}
