//! A [`Figure`] as terminal cells.

use crate::lab::view::Figure;
use crate::ui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

/// Turns label ids into words.
pub trait Labels {
    /// The words of an id.
    fn label<'a>(&'a self, id: &'a str) -> &'a str;
}

/// One figure, drawn into the inside of its panel (the panel's border and title are not its own).
pub struct Chart<'a> {
    /// What to draw.
    pub figure: &'a Figure,
    /// The words.
    pub labels: &'a dyn Labels,
    /// The look.
    pub theme: &'a Theme,
}

impl Widget for &Chart<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let _ = (area, buf, self.figure, self.labels, self.theme);
    }
}
