//! A table as Markdown: a head, a row of dashes, the rows; numbers at the right.

use super::chart::Labels;
use super::number;
use super::theme::Theme;
use crate::lab::view::{Cell, Table};
use unicode_width::UnicodeWidthStr as _;

/// The table in Markdown (the GitHub flavour), padded so that it reads as text too.
#[must_use]
pub fn table(table: &Table, labels: &dyn Labels) -> String {
    let head: Vec<String> = table.columns.iter().map(|id| plain(labels.label(id))).collect();
    let numeric: Vec<bool> = (0..head.len())
        .map(|c| table.rows.iter().any(|row| matches!(row.get(c), Some(Cell::Number { .. }))))
        .collect();
    let rows: Vec<Vec<String>> = table
        .rows
        .iter()
        .map(|row| row.iter().map(|cell| plain(&words(cell, labels))).collect())
        .collect();
    grid(&head, &numeric, &rows)
}

/// A head and rows in Markdown; columns of numbers at the right.
#[must_use]
pub fn grid(head: &[String], numeric: &[bool], rows: &[Vec<String>]) -> String {
    let widths: Vec<usize> = (0..head.len())
        .map(|c| {
            let cells = rows.iter().filter_map(|row| row.get(c)).map(|cell| cell.width());
            cells.chain([head[c].width(), 3]).max().unwrap_or(3)
        })
        .collect();
    let line = |cells: &[String]| {
        let mut line = String::from("|");
        for (c, width) in widths.iter().enumerate() {
            let cell = cells.get(c).map_or("", String::as_str);
            let pad = " ".repeat(width - cell.width());
            let right = numeric.get(c).copied().unwrap_or(false);
            let (before, after) = if right { (pad.as_str(), "") } else { ("", pad.as_str()) };
            line.push_str(&format!(" {before}{cell}{after} |"));
        }
        line + "\n"
    };
    let dashes: Vec<String> = widths
        .iter()
        .enumerate()
        .map(|(c, width)| match numeric.get(c) {
            Some(true) => "-".repeat(width - 1) + ":",
            _ => "-".repeat(*width),
        })
        .collect();
    let mut text = line(head) + &line(&dashes);
    rows.iter().for_each(|row| text.push_str(&line(row)));
    text
}

/// The words of a cell.
fn words(cell: &Cell, labels: &dyn Labels) -> String {
    match cell {
        Cell::Label(id) => labels.label(id).to_owned(),
        Cell::Text(text) => text.clone(),
        Cell::Claims(numbers) => labels.claims(numbers),
        Cell::Number { value, error } => number::with_error(*value, *error, &Theme::default()),
    }
}

/// On one line, with nothing that Markdown would take for the end of a cell.
fn plain(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.replace('|', "\\|").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::table;
    use crate::lab::view::{Cell, Table};
    use crate::ui::chart::Labels;

    struct Words;

    impl Labels for Words {
        fn label<'a>(&'a self, id: &'a str) -> &'a str {
            if id == "bar" { "a | b" } else { id }
        }

        fn claims(&self, numbers: &[u8]) -> String {
            format!("check {numbers:?}")
        }
    }

    #[test]
    fn numbers_stand_at_the_right_and_a_bar_ends_no_cell() {
        let number = Cell::Number { value: 1.25, error: Some(0.1) };
        let rows = vec![
            vec![Cell::Label("bar"), number],
            vec![Cell::Text("\u{ac00}".to_owned()), Cell::Claims(vec![9])],
        ];
        let made = table(&Table { columns: vec!["row", "value"], rows, leads: vec![] }, &Words);
        let lines: Vec<&str> = made.lines().collect();
        assert_eq!(lines[0], "| row    |      value |");
        assert_eq!(lines[1], "| ------ | ---------: |");
        assert!(lines[2].starts_with("| a \\| b | "), "{made}");
        assert_eq!(lines[3], "| \u{ac00}     |  check [9] |");
    }
}
