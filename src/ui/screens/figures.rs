//! The figures, each in a panel of its own.

use super::super::app::{App, Pane};
use super::super::chart::{Chart, Cursor, Labels};
use super::panel;
use crate::lab::view::Plot;
use ratatui::Frame;
use ratatui::layout::Rect;

impl Labels for App {
    fn label<'a>(&'a self, id: &'a str) -> &'a str {
        App::label(self, id)
    }

    fn claims(&self, numbers: &[u8]) -> String {
        self.claims_words(numbers)
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
        let mut remark =
            if hidden { format!("{}/{}", place + 1, ids.len()) } else { String::new() };
        let cursor = app.row_of(figure).map(|row| Cursor { row, focused });
        if let (Some(at), Plot::Table(table)) = (cursor, &figure.plot)
            && table.rows.len() + 3 > usize::from(area.height)
        {
            remark = format!("{}/{}", at.row + 1, table.rows.len());
        }
        let inside = panel(&app.theme, app.label(id), &remark, focused, *area, frame);
        let chart = Chart { figure, labels: app, theme: &app.theme, cursor };
        frame.render_widget(&chart, inside);
    }
}
