//! Rows and columns of words and numbers.
//!
//! First the eye should see the numbers, one under the other by their decimal point's side of the
//! column; the heads are dim. A column that does not fit is left out whole, from the right; the
//! first, which names the rows, gives way down to a third of the width.

use super::{Context, write};
use crate::lab::view::{Cell, Table};
use crate::ui::number;
use crate::ui::theme::Part;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Columns between two columns.
const GAP: u16 = 2;

pub(super) fn render(
    table: &Table,
    area: Rect,
    buf: &mut Buffer,
    context: &Context<'_>,
) -> Option<()> {
    if table.rows.is_empty() || table.columns.is_empty() {
        return None;
    }
    let rows: Vec<Vec<(String, bool)>> = table
        .rows
        .iter()
        .take(usize::from(area.height))
        .map(|row| row.iter().map(|cell| words(cell, context)).collect())
        .collect();
    let natural: Vec<u16> = table
        .columns
        .iter()
        .enumerate()
        .map(|(c, head)| {
            let body = rows.iter().filter_map(|row| row.get(c)).map(|(w, _)| write::width(w));
            body.max().unwrap_or(0).max(write::width(context.label(head)))
        })
        .collect();
    let others: u16 = natural[1..].iter().fold(0, |sum, w| sum.saturating_add(w + GAP));
    let first = natural[0]
        .min(area.width.saturating_sub(others).max(area.width / 3).max(1))
        .min(area.width);
    let mut x = area.x;
    for (c, head) in table.columns.iter().enumerate() {
        let width = if c == 0 { first } else { natural[c] };
        if x.saturating_add(width) > area.right() {
            break;
        }
        let numeric = rows.iter().any(|row| row.get(c).is_some_and(|(_, number)| *number));
        let mut put = |y: u16, words: &str, right: bool, part: Part| {
            let words = write::clip(words, width, context.theme);
            let pad = if right { width - write::width(&words) } else { 0 };
            write::text(buf, area, x + pad, y, &words, context.theme.part(part));
        };
        put(area.y, context.label(head), numeric, Part::Dim);
        for (r, row) in rows.iter().enumerate() {
            if let Some((words, number)) = row.get(c) {
                put(area.y + 1 + r as u16, words, *number, Part::Text);
            }
        }
        x += width + GAP;
    }
    Some(())
}

/// The words of a cell, and whether it is a number.
fn words(cell: &Cell, context: &Context<'_>) -> (String, bool) {
    match cell {
        Cell::Label(id) => (context.label(id).to_owned(), false),
        Cell::Text(text) => (text.clone(), false),
        Cell::Number { value, error } => (number::with_error(*value, *error, context.theme), true),
    }
}
