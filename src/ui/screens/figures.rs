//! The figures, each in a panel of its own.

use super::super::app::{App, Pane};
use super::super::chart::{Chart, Labels};
use super::panel;
use ratatui::Frame;
use ratatui::layout::Rect;

impl Labels for App {
    fn label<'a>(&'a self, id: &'a str) -> &'a str {
        App::label(self, id)
    }
}

/// Draws the figures of these places into these panels.
pub fn draw(app: &App, panels: &[(usize, Rect)], frame: &mut Frame<'_>) {
    let ids = app.figures();
    for (place, area) in panels {
        let Some(id) = ids.get(*place) else { continue };
        let Some(figure) = app.snapshot.view.figures.iter().find(|f| f.id == *id) else { continue };
        let focused = app.enlarged || (app.focus == Pane::Figures && app.figure == *place);
        // Where not all are shown, say which of them this is.
        let hidden = panels.len() < ids.len();
        let remark = if hidden { format!("{}/{}", place + 1, ids.len()) } else { String::new() };
        let inside = panel(&app.theme, app.label(id), &remark, focused, *area, frame);
        let chart = Chart { figure, labels: app, theme: &app.theme };
        frame.render_widget(&chart, inside);
    }
}
