//! Words into cells: measured in columns, cut between glyphs, never outside the area.

use crate::ui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns that a text takes.
pub(crate) fn width(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// The text itself, or as much as fits `columns` with an ellipsis at its end. A wide glyph is left
/// out rather than halved.
pub(crate) fn clip(text: &str, columns: u16, theme: &Theme) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mark = theme.ellipsis();
    let Some(room) = columns.checked_sub(width(mark)) else { return String::new() };
    let mut used = 0;
    let mut clipped = String::new();
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > usize::from(room) {
            break;
        }
        clipped.push(c);
    }
    clipped.push_str(mark);
    clipped
}

/// Writes a text at column `x` of row `y`, as much of it as `area` holds.
pub(crate) fn text(buf: &mut Buffer, area: Rect, x: u16, y: u16, words: &str, style: Style) {
    let area = area.intersection(buf.area);
    if y < area.top() || y >= area.bottom() || x < area.left() || x >= area.right() {
        return;
    }
    buf.set_stringn(x, y, words, usize::from(area.right() - x), style);
}

/// Writes one character into a cell, if there is one.
pub(crate) fn put(buf: &mut Buffer, x: u16, y: u16, glyph: char, style: Style) {
    if let Some(cell) = buf.cell_mut((x, y)) {
        cell.set_char(glyph).set_style(style);
    }
}

#[cfg(test)]
mod tests {
    use super::{Theme, clip, width};

    #[test]
    fn hangul_is_cut_between_syllables() {
        let theme = Theme::default();
        assert_eq!(width("평균 에너지"), 11);
        assert_eq!(clip("평균 에너지", 11, &theme), "평균 에너지");
        assert_eq!(clip("평균 에너지", 8, &theme), "평균 에…");
        assert_eq!(clip("평균 에너지", 7, &theme), "평균 …");
        for columns in 0..12 {
            assert!(width(&clip("평균 에너지", columns, &theme)) <= columns);
        }
    }
}
