//! Rows and columns of words and numbers.
//!
//! First the eye should see the numbers, one under the other at the right edge of their column; the
//! heads are dim. Where not all columns fit, room is found in this order: the gaps shrink, which they
//! also do before a name is cut, the error bars go (the digits they justify stay), numbers are rounded
//! to three digits and their heads shortened, and only then columns are left out whole, from the
//! right, and an ellipsis says so. The first column, which names the rows, gives way down to a third
//! of the width, in the end to a quarter.
//!
//! Where rows lead somewhere, an arrow stands before the selected one, and the rows scroll to keep
//! it in sight.

use super::{Context, Cursor, write};
use crate::lab::view::{Cell, Table};
use crate::ui::number;
use crate::ui::theme::Part;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// How much is said of a number, the most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    /// With its error bar.
    Full,
    /// With the digits its error bar justifies.
    Digits,
    /// With three digits, and three decimals beyond one: an R-hat of 1.001 is not 1.
    Rounded,
}

/// A head no shorter than this stays whole.
const SHORT_HEAD: u16 = 6;

/// The words of the rows, whether each is a number, and the width of every column.
struct Laid {
    rows: Vec<Vec<(String, bool)>>,
    widths: Vec<u16>,
    gap: u16,
    detail: Detail,
}

/// The columns of the arrow before a row.
const ARROW: u16 = 2;

/// The first of so many rows to show on so many lines: the selected one is kept near the middle.
pub(crate) fn first_row(rows: usize, selected: usize, lines: usize) -> usize {
    selected.saturating_sub(lines / 2).min(rows.saturating_sub(lines))
}

pub(super) fn render(
    table: &Table,
    cursor: Option<Cursor>,
    area: Rect,
    buf: &mut Buffer,
    context: &Context<'_>,
) -> Option<()> {
    if table.rows.is_empty() || table.columns.is_empty() {
        return None;
    }
    let lines = usize::from(area.height.saturating_sub(1));
    let skip = cursor.map_or(0, |at| first_row(table.rows.len(), at.row, lines));
    let mut area = area;
    if let Some(Cursor { row, focused }) = cursor {
        let line = row.saturating_sub(skip);
        if line < lines {
            let style = context.theme.part(if focused { Part::Key } else { Part::Dim });
            let y = area.y + 1 + line as u16;
            write::text(buf, area, area.x, y, context.theme.arrow(), style);
        }
        let arrow = ARROW.min(area.width);
        area = Rect { x: area.x + arrow, width: area.width - arrow, ..area };
    }
    let ways = [
        (Detail::Full, 2),
        (Detail::Full, 1),
        (Detail::Digits, 2),
        (Detail::Digits, 1),
        (Detail::Rounded, 1),
    ];
    let mut laid = lay(table, ways[0], context);
    if !laid.is_whole(area.width) {
        for way in &ways[1..] {
            laid = lay(table, *way, context);
            if laid.fits(area.width) {
                break;
            }
        }
    }
    // Columns that cannot be seen leave their room to the first, but for the ellipsis.
    let seen = laid.seen(area.width);
    let ellipsis = if seen + 1 < laid.widths.len() { laid.gap + 1 } else { 0 };
    let others = laid.others(seen).saturating_add(ellipsis);
    let first = laid.widths[0]
        .min(area.width.saturating_sub(others).max(laid.least(area.width)))
        .min(area.width);
    let mut x = area.x;
    for (c, head) in table.columns.iter().enumerate() {
        let width = if c == 0 { first } else { laid.widths[c] };
        if x.saturating_add(width) > area.right() {
            // Where the last column does not end at the very edge.
            if x.saturating_sub(laid.gap) < area.right() {
                let mark = context.theme.ellipsis();
                let style = context.theme.part(Part::Dim);
                write::text(buf, area, area.right() - 1, area.y, mark, style);
            }
            break;
        }
        let numeric = laid.numeric(c);
        let mut put = |y: u16, words: &str, right: bool, part: Part| {
            let words = write::clip(words, width, context.theme);
            let pad = if right { width - write::width(&words) } else { 0 };
            write::text(buf, area, x + pad, y, &words, context.theme.part(part));
        };
        put(area.y, context.label(head), numeric, Part::Dim);
        for (r, row) in laid.rows.iter().enumerate().skip(skip).take(lines) {
            if let Some((words, number)) = row.get(c) {
                let here = cursor.is_some_and(|at| at.focused && at.row == r);
                let part = if here { Part::Strong } else { Part::Text };
                put(area.y + 1 + (r - skip) as u16, words, *number, part);
            }
        }
        x += width + laid.gap;
    }
    Some(())
}

fn lay(table: &Table, (detail, gap): (Detail, u16), context: &Context<'_>) -> Laid {
    let rows: Vec<Vec<(String, bool)>> = table
        .rows
        .iter()
        .map(|row| row.iter().map(|cell| words(cell, detail, context)).collect())
        .collect();
    let mut laid = Laid { rows, widths: Vec::new(), gap, detail };
    for (c, head) in table.columns.iter().enumerate() {
        let body = laid.rows.iter().filter_map(|row| row.get(c)).map(|(w, _)| write::width(w));
        let body = body.max().unwrap_or(0);
        let mut head = write::width(context.label(head));
        if detail == Detail::Rounded && c > 0 && laid.numeric(c) {
            head = head.min(SHORT_HEAD);
        }
        laid.widths.push(body.max(head));
    }
    laid
}

impl Laid {
    fn numeric(&self, column: usize) -> bool {
        self.rows.iter().any(|row| row.get(column).is_some_and(|(_, number)| *number))
    }

    /// So many columns after the first, with the gaps before them.
    fn others(&self, count: usize) -> u16 {
        let widths = self.widths[1..].iter().take(count);
        widths.fold(0, |sum, w| sum.saturating_add(w.saturating_add(self.gap)))
    }

    /// How many columns after the first can be seen whole when it has its least width.
    fn seen(&self, width: u16) -> usize {
        let first = self.widths[0].min(self.least(width));
        let fits = |count: &usize| self.others(*count).saturating_add(first) <= width;
        (0..self.widths.len()).rev().find(fits).unwrap_or(0)
    }

    /// The least that the first column keeps of a width.
    fn least(&self, width: u16) -> u16 {
        (width / if self.detail == Detail::Rounded { 4 } else { 3 }).max(1)
    }

    /// Whether all columns can be seen, and nothing in them is cut.
    fn is_whole(&self, width: u16) -> bool {
        self.others(self.widths.len() - 1).saturating_add(self.widths[0]) <= width
    }

    /// Whether all columns can be seen.
    fn fits(&self, width: u16) -> bool {
        self.seen(width) + 1 == self.widths.len()
    }
}

/// The words of a cell, and whether it is a number.
fn words(cell: &Cell, detail: Detail, context: &Context<'_>) -> (String, bool) {
    match cell {
        Cell::Label(id) => (context.label(id).to_owned(), false),
        Cell::Text(text) => (text.clone(), false),
        Cell::Claims(numbers) => (context.labels.claims(numbers), false),
        Cell::Number { value, error } => {
            let full = number::with_error(*value, *error, context.theme);
            let said = match detail {
                Detail::Full => full,
                Detail::Digits => full.split(' ').next().unwrap_or_default().to_owned(),
                Detail::Rounded => {
                    let digits = if value.abs() < 1.0 { 3 } else { 4 };
                    number::plain(*value, digits, context.theme)
                }
            };
            (said, true)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::first_row;

    #[test]
    fn the_selected_row_is_always_in_sight() {
        for rows in 0..40 {
            for lines in 0..12 {
                for selected in 0..rows {
                    let first = first_row(rows, selected, lines);
                    assert!(first <= selected && (lines == 0 || selected < first + lines));
                    // No line is left empty below the last row while rows are hidden above.
                    assert!(first == 0 || first + lines <= rows);
                }
            }
        }
    }
}
