//! A [`Figure`] as terminal cells. One file a kind, each headed by what the eye should see first.
//!
//! What is not finite never reaches a cell: it is filtered where a value becomes a place
//! (`scale`), and a figure without anything to show says so in words (label `no-data-yet`).

mod arrows;
mod axes;
mod bars;
mod field;
mod heat;
mod images;
mod legend;
mod lines;
mod matrix;
mod raster;
mod scale;
mod scatter;
pub(crate) mod table;
mod thumbnails;
pub(crate) mod write;

use crate::lab::view::{Figure, Plot};
use crate::ui::theme::{Part, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

/// Turns label ids into words.
pub trait Labels {
    /// The words of an id.
    fn label<'a>(&'a self, id: &'a str) -> &'a str;

    /// How far these claims of the post have been measured.
    fn claims(&self, _: &[u8]) -> String {
        String::new()
    }
}

/// One figure, drawn into the inside of its panel (the panel's border and title are not its own).
pub struct Chart<'a> {
    /// What to draw.
    pub figure: &'a Figure,
    /// The words.
    pub labels: &'a dyn Labels,
    /// The look.
    pub theme: &'a Theme,
    /// The selected row, in a table whose rows lead somewhere.
    pub cursor: Option<Cursor>,
}

/// The selected row of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Its place, from 0.
    pub row: usize,
    /// Whether keys move it now.
    pub focused: bool,
}

/// What every kind of figure is drawn with.
struct Context<'a> {
    labels: &'a dyn Labels,
    theme: &'a Theme,
}

impl<'a> Context<'a> {
    fn label(&self, id: &'a str) -> &'a str {
        self.labels.label(id)
    }
}

impl Widget for &Chart<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        if area.is_empty() {
            return;
        }
        let context = Context { labels: self.labels, theme: self.theme };
        let drawn = match &self.figure.plot {
            Plot::Lines(lines) => lines::render(lines, area, buf, &context),
            Plot::Bars(bars) => bars::render(bars, area, buf, &context),
            Plot::Field(field) => field::render(field, area, buf, &context),
            Plot::Matrix(matrix) => matrix::render(matrix, area, buf, &context),
            Plot::Images(images) => images::render(images, area, buf, &context),
            Plot::Scatter(scatter) => scatter::render(scatter, area, buf, &context),
            Plot::Table(table) => table::render(table, self.cursor, area, buf, &context),
        };
        if drawn.is_none() {
            nothing_yet(area, buf, &context);
        }
    }
}

/// Says calmly, in the middle, that there is nothing to show.
fn nothing_yet(area: Rect, buf: &mut Buffer, context: &Context<'_>) {
    let words = write::clip(context.label("no-data-yet"), area.width, context.theme);
    let x = area.x + (area.width - write::width(&words).min(area.width)) / 2;
    let style = context.theme.part(Part::Hint);
    write::text(buf, area, x, area.y + area.height / 2, &words, style);
}

#[cfg(test)]
mod tests;
