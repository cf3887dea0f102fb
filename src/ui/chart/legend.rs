//! The legend: a key that looks like the thing, then its name.

use super::{Context, write};
use crate::ui::theme::Part;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// One name in a legend.
#[derive(Clone, Debug)]
pub(crate) struct Entry<'a> {
    /// What the thing looks like, one or two columns.
    pub key: String,
    /// In its colour.
    pub style: Style,
    /// Its name.
    pub words: &'a str,
}

/// The columns that a legend wants, and in its narrow form: keys of one column, single gaps.
pub(crate) fn widths(entries: &[Entry<'_>]) -> (u16, u16) {
    let n = u16::try_from(entries.len()).unwrap_or(u16::MAX);
    let words: u16 = entries.iter().map(|e| write::width(e.words)).fold(0, u16::saturating_add);
    let keys: u16 = entries.iter().map(|e| write::width(&e.key)).fold(0, u16::saturating_add);
    let gaps = n.saturating_sub(1);
    let wide = words.saturating_add(keys).saturating_add(n).saturating_add(gaps.saturating_mul(2));
    (wide, words.saturating_add(n.saturating_mul(2)).saturating_add(gaps))
}

/// Writes a legend into one row, to the right. Where there is little room the keys and gaps shrink,
/// then the longest names are shortened, and where that is not enough there is no legend rather
/// than a crowded one.
pub(crate) fn right_aligned(
    entries: &[Entry<'_>],
    row: Rect,
    buf: &mut Buffer,
    context: &Context<'_>,
) {
    if entries.is_empty() {
        return;
    }
    let (wide, narrow) = widths(entries);
    let tight = wide > row.width;
    let (mut total, mut limit) = (if tight { narrow } else { wide }, u16::MAX);
    if total > row.width {
        let words: u16 = entries.iter().map(|e| write::width(e.words)).fold(0, u16::saturating_add);
        let Some(room) = row.width.checked_sub(narrow.saturating_sub(words)) else { return };
        limit = fair_share(entries, room);
        if limit < 3 {
            return;
        }
        total = row.width - room
            + entries.iter().map(|e| write::width(e.words).min(limit)).sum::<u16>();
    }
    let mut x = row.right() - total.min(row.width);
    for entry in entries {
        let key: String = entry.key.chars().take(if tight { 1 } else { 2 }).collect();
        write::text(buf, row, x, row.y, &key, entry.style);
        x += write::width(&key) + 1;
        let words = write::clip(entry.words, limit, context.theme);
        write::text(buf, row, x, row.y, &words, context.theme.part(Part::Text));
        x += write::width(entry.words).min(limit) + if tight { 1 } else { 2 };
    }
}

/// The width beyond which names must be cut for all to fit `room`.
fn fair_share(entries: &[Entry<'_>], room: u16) -> u16 {
    (0..=room)
        .rev()
        .find(|limit| {
            entries.iter().map(|e| u32::from(write::width(e.words).min(*limit))).sum::<u32>()
                <= u32::from(room)
        })
        .unwrap_or(0)
}
