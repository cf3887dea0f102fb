//! What the mouse does.

use super::super::screens;
use super::{App, Pane, Request};
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

impl App {
    /// The mouse did something.
    pub fn mouse(&mut self, event: MouseEvent) -> Vec<Request> {
        let at = Position::new(event.column, event.row);
        let arrangement = self.arrangement();
        let wheel = match event.kind {
            MouseEventKind::ScrollUp => Some(-1),
            MouseEventKind::ScrollDown => Some(1),
            MouseEventKind::Down(MouseButton::Left) => None,
            _ => return Vec::new(),
        };
        if let Some(overlay) = &mut self.overlay {
            match wheel {
                Some(by) => overlay.travel(by),
                None => self.overlay = None,
            }
            return Vec::new();
        }
        if arrangement.lesson.is_some_and(|r| r.contains(at)) {
            self.focus = Pane::Lesson;
            return wheel.map_or_else(Vec::new, |by| self.vertical(by * 2));
        }
        if let Some(area) = arrangement.parameters.filter(|r| r.contains(at)) {
            self.focus = Pane::Parameters;
            let row = usize::from(at.y.saturating_sub(area.y + 1));
            let row = row + screens::parameters::first_row(self, area);
            if at.y > area.y && row < self.blueprint().params.len() {
                let again = self.selected == row;
                if wheel.is_none() {
                    self.selected = row;
                    self.editor = None;
                }
                return match wheel {
                    // Only the selected row: scrolling over the pane must not turn knobs.
                    Some(by) if again => self.horizontal(-(by as i32), 1),
                    None if again => self.enter(),
                    _ => Vec::new(),
                };
            }
            return Vec::new();
        }
        if arrangement.readouts.is_some_and(|r| r.contains(at)) {
            self.focus = Pane::Readouts;
            return wheel.map_or_else(Vec::new, |by| self.vertical(by));
        }
        let figures = self.figures();
        let hit = arrangement.figures.iter().find(|(_, r)| r.contains(at)).map(|(i, _)| *i);
        if let Some(figure) = hit.filter(|i| *i < figures.len()) {
            let again = self.focus == Pane::Figures && self.figure == figure;
            self.focus = Pane::Figures;
            self.figure = figure;
            if self.lead().is_some() {
                let area = arrangement.figures.iter().find(|(i, _)| *i == figure).map(|(_, r)| *r);
                let Some(area) = area else { return Vec::new() };
                if let Some(by) = wheel {
                    self.travel_rows(by);
                    return Vec::new();
                }
                // Below the border and the head.
                let lines = usize::from(area.height.saturating_sub(3));
                let line = usize::from(at.y.saturating_sub(area.y));
                let on_row = line >= 2 && line - 2 < lines;
                let selected = on_row && self.point_at_row(line - 2, lines);
                return if selected && again { self.follow() } else { Vec::new() };
            }
            if again && wheel.is_none() {
                self.enlarged = !self.enlarged;
            }
        }
        Vec::new()
    }
}
