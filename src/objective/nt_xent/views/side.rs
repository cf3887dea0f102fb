//! The rows of a block of views, packed as the products read them.

use crate::math::simd::{Lanes16, Line};
use crate::model::fused_mlp::product::{BLOCK, Row, ZEROS, from_lanes, to_lanes, turn};

/// The rows of a block, in the ways they are read.
#[derive(Debug)]
pub(in crate::objective) struct Side {
    /// How many rows of how many numbers, and whether tiles are kept.
    size: (usize, usize, bool),
    /// Row after row, as they are, and as lines that are filled up with zeros.
    pub(super) rows: Vec<f32>,
    pub(super) lines: Vec<Line>,
    /// A lane a row.
    pub(super) turned: Vec<Row>,
    /// Groups of sixteen rows that are in use, and 1 for each row there is.
    pub(super) groups: usize,
    pub(super) mask: Row,
}

impl Default for Side {
    fn default() -> Self {
        let (rows, lines, turned) = (Vec::new(), Vec::new(), Vec::new());
        Self { size: (0, 0, false), rows, lines, turned, groups: 0, mask: ZEROS }
    }
}

impl Side {
    pub(super) fn prepare(&mut self, count: usize, dimension: usize, kept: bool) {
        if self.size == (count, dimension, kept) {
            return;
        }
        *self = Self { size: (count, dimension, kept), ..Self::default() };
        let across = dimension.div_ceil(16);
        self.rows.resize(count * dimension, 0.0);
        self.turned.resize(16 * across, ZEROS);
        self.lines.resize(if kept { BLOCK * across } else { 0 }, Line::ZERO);
        self.groups = count.div_ceil(16);
        for (i, m) in self.mask.iter_mut().flat_map(|line| &mut line.0).enumerate() {
            *m = if i < count { 1.0 } else { 0.0 };
        }
    }

    /// Takes in the rows as they are.
    #[inline(always)]
    pub(super) fn take<S: Lanes16>(&mut self, rows: &[f32], dimension: usize) {
        self.rows.copy_from_slice(rows);
        to_lanes::<S>(rows, dimension, &mut self.turned[..dimension]);
        self.line_up::<S>();
    }

    #[inline(always)]
    fn line_up<S: Lanes16>(&mut self) {
        if !self.lines.is_empty() {
            turn::<S>(&self.turned, self.groups, &mut self.lines);
        }
    }

    /// Takes in rows that lie side by side.
    #[inline(always)]
    pub(in crate::objective) fn take_lanes<S: Lanes16>(&mut self, rows: &[Row]) {
        self.turned[..rows.len()].copy_from_slice(rows);
        self.line_up::<S>();
        from_lanes::<S>(rows, &mut self.rows);
    }

    /// The rows, one after the other.
    pub(in crate::objective) fn rows(&self) -> &[f32] {
        &self.rows
    }

    pub(super) fn memory(&self) -> usize {
        let rows = size_of_val(&self.rows[..]) + size_of_val(&self.turned[..]);
        rows + size_of_val(&self.lines[..]) + size_of::<Self>()
    }
}
