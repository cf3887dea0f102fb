//! A block of text rows with a baseline: what formulas are composed of.

use super::Run;
use unicode_width::UnicodeWidthStr as _;

/// Rows of the same width, one of which is the baseline.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    pub(super) rows: Vec<Vec<Run>>,
    pub(super) width: usize,
    /// The row that lines up with the neighbours.
    pub(super) base: usize,
}

impl Block {
    /// One row of text.
    pub(super) fn text(text: &str, bound: Option<&str>) -> Self {
        let width = text.width();
        let run = Run { text: text.to_owned(), bound: bound.map(str::to_owned) };
        Self { rows: vec![if text.is_empty() { Vec::new() } else { vec![run] }], width, base: 0 }
    }

    /// Several rows of text, of which `base` is the baseline.
    pub(super) fn rows(rows: &[String], base: usize, bound: Option<&str>) -> Self {
        let mut block = Self { rows: Vec::new(), width: 0, base };
        for row in rows {
            block = block.above(Self::text(row, bound), 0);
        }
        Self { base, ..block }
    }

    /// Room.
    pub(super) fn blank(width: usize) -> Self {
        Self::text(&" ".repeat(width), None)
    }

    pub(super) fn height(&self) -> usize {
        self.rows.len()
    }

    /// The rows below the baseline.
    pub(super) fn depth(&self) -> usize {
        self.height() - self.base - 1
    }

    /// The text, if there is no more than one row of it.
    pub(super) fn single(&self) -> Option<String> {
        match self.rows.as_slice() {
            [row] => Some(row.iter().map(|r| r.text.as_str()).collect()),
            _ => None,
        }
    }

    /// The first character of the baseline.
    pub(super) fn first(&self) -> Option<char> {
        self.rows.get(self.base)?.first()?.text.chars().next()
    }

    /// The last character of the baseline.
    pub(super) fn last(&self) -> Option<char> {
        self.rows.get(self.base)?.last()?.text.chars().next_back()
    }

    /// The same, with a block to its right on the same baseline.
    pub(super) fn beside(self, other: Self) -> Self {
        if self.width == 0 && self.height() <= 1 {
            return other;
        }
        let base = self.base.max(other.base);
        let depth = self.depth().max(other.depth());
        let height = base + depth + 1;
        let row_of = |block: &Self, row: usize| {
            let first = base - block.base;
            row.checked_sub(first)
                .and_then(|at| block.rows.get(at).cloned())
                .unwrap_or_else(|| blank_row(block.width))
        };
        let rows = (0..height)
            .map(|row| {
                let mut joined = row_of(&self, row);
                for run in row_of(&other, row) {
                    push(&mut joined, run);
                }
                joined
            })
            .collect();
        Self { rows, width: self.width + other.width, base }
    }

    /// The same with a block below it; `share` of the difference in width (0 left, 1 centred,
    /// 2 right) stands to the left of the narrower one. The baseline stays where it is.
    pub(super) fn above(self, other: Self, share: usize) -> Self {
        let width = self.width.max(other.width);
        let base = self.base;
        let (a, b) = (self.widened(width, share), other.widened(width, share));
        Self { rows: a.rows.into_iter().chain(b.rows).collect(), width, base }
    }

    /// The same with room on its sides, `share` halves of it to the left.
    pub(super) fn widened(mut self, width: usize, share: usize) -> Self {
        let missing = width.saturating_sub(self.width);
        let left = missing * share / 2;
        if missing > 0 {
            for row in &mut self.rows {
                let mut wide = blank_row(left);
                for run in row.drain(..).chain(blank_row(missing - left)) {
                    push(&mut wide, run);
                }
                *row = wide;
            }
            self.width = width;
        }
        self
    }

    /// The same with another baseline.
    pub(super) fn with_base(self, base: usize) -> Self {
        Self { base, ..self }
    }
}

fn blank_row(width: usize) -> Vec<Run> {
    if width == 0 { Vec::new() } else { vec![Run { text: " ".repeat(width), bound: None }] }
}

/// Adds a run, joined with the one before where they are bound alike.
fn push(row: &mut Vec<Run>, run: Run) {
    match row.last_mut() {
        Some(last) if last.bound == run.bound => last.text.push_str(&run.text),
        _ => row.push(run),
    }
}
