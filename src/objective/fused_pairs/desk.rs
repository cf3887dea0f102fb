//! What a thread has for a pair of shares: rows packed as the products read them, a tile of weights,
//! and gradients on their way out.

use crate::math::simd::{Lanes16, Line};
use crate::model::fused_mlp::product::{BLOCK, Finish, GROUPS, Row, ZEROS, product, turn_matrix};
use crate::model::fused_mlp::sums::{add_rows, outer};

/// Buffers for blocks of `a` against shares of `b`.
#[derive(Clone, Debug)]
pub(super) struct Desk {
    dimension: usize,
    /// Lines of a row: the dimension in sixteens.
    across: usize,
    /// Groups of sixteen rows of the block that are in use, and 1 for each row there is.
    groups: usize,
    pub(super) mask: Row,
    /// The block of `a`, and the same the other way round.
    lines: Vec<Line>,
    turned: Vec<Row>,
    /// The share of `b` the other way round.
    columns: Vec<f32>,
    /// Weights: a row of 64 for each row of the share of `b`.
    pub(super) tile: Vec<Row>,
    /// Gradients by the block of `a`, a row a coordinate, and by the share of `b`, a row a row.
    by_a: Vec<Row>,
    by_b: Vec<Line>,
}

impl Desk {
    pub(super) fn new() -> Self {
        Self {
            dimension: 0,
            across: 0,
            groups: 0,
            mask: ZEROS,
            lines: Vec::new(),
            turned: Vec::new(),
            columns: Vec::new(),
            tile: Vec::new(),
            by_a: Vec::new(),
            by_b: Vec::new(),
        }
    }

    /// Makes room for rows of this dimension and shares of so many.
    pub(super) fn prepare(&mut self, dimension: usize, share: usize) {
        let across = dimension.div_ceil(16);
        (self.dimension, self.across) = (dimension, across);
        self.lines.clear();
        self.lines.resize(BLOCK * across, Line::ZERO);
        self.turned.resize(16 * across, ZEROS);
        self.columns.resize(share * dimension, 0.0);
        self.tile.resize(share, ZEROS);
        self.by_a.clear();
        self.by_a.resize(16 * across, ZEROS);
        self.by_b.resize(share * across, Line::ZERO);
    }

    pub(super) fn dimension(&self) -> usize {
        self.dimension
    }

    pub(super) fn memory(&self) -> usize {
        let rows = self.turned.len() + self.tile.len() + self.by_a.len();
        let lines = self.lines.len() + self.by_b.len();
        rows * size_of::<Row>() + lines * size_of::<Line>() + 4 * self.columns.len()
    }

    /// Takes in up to 64 rows of `a`.
    #[inline(always)]
    pub(super) fn load(&mut self, a: &[f32]) {
        let (d, across) = (self.dimension, self.across);
        let rows = a.len() / d;
        self.groups = rows.div_ceil(16);
        for (row, lines) in a.chunks_exact(d).zip(self.lines.chunks_exact_mut(across)) {
            for (line, part) in lines.iter_mut().zip(row.chunks(16)) {
                line.0[..part.len()].copy_from_slice(part);
            }
        }
        if rows < BLOCK {
            self.lines[rows * across..].fill(Line::ZERO);
        }
        for (group, lanes) in self.mask.iter_mut().enumerate() {
            for (lane, m) in lanes.0.iter_mut().enumerate() {
                *m = if 16 * group + lane < rows { 1.0 } else { 0.0 };
            }
        }
    }

    /// The block that was taken in, the other way round.
    #[inline(always)]
    pub(super) fn turn<S: Lanes16>(&mut self) {
        for group in 0..self.groups {
            for column in 0..self.across {
                let mut square = [S::splat(0.0); 16];
                for (p, s) in square.iter_mut().enumerate() {
                    *s = S::load(&self.lines[(16 * group + p) * self.across + column]);
                }
                S::transpose(&mut square);
                for (k, s) in square.into_iter().enumerate() {
                    s.store(&mut self.turned[16 * column + k][group]);
                }
            }
        }
    }

    /// Takes in a share of `b`, for gradients.
    #[inline(always)]
    pub(super) fn load_columns<S: Lanes16>(&mut self, b: &[f32]) {
        turn_matrix::<S>(b, self.dimension, &mut self.columns[..b.len()]);
        self.by_b.fill(Line::ZERO);
    }

    /// The inner products of all rows of `b` with the block, given to `finish`.
    #[inline(always)]
    pub(super) fn cosines<S: Lanes16, F: Finish>(&self, b: &[f32], finish: &mut F) {
        let d = self.dimension;
        product::<S, F>(b, b.len() / d, &self.turned[..d], self.groups, finish);
    }

    /// Adds what the tile of weights, `count` rows of it, makes of the other side's rows: to `by_a`
    /// here, and to the share of `b` by and by.
    #[inline(always)]
    pub(super) fn pull<S: Lanes16>(&mut self, count: usize, by_a: &mut [f32]) {
        let (d, across, groups) = (self.dimension, self.across, self.groups);
        let (columns, tile) = (&self.columns[..count * d], &self.tile[..count]);
        product::<S, _>(columns, d, tile, groups, &mut Put(&mut self.by_a));
        for group in 0..groups {
            for column in 0..across {
                let mut square = [S::splat(0.0); 16];
                for (k, s) in square.iter_mut().enumerate() {
                    *s = S::load(&self.by_a[16 * column + k][group]);
                }
                S::transpose(&mut square);
                let rows = by_a.chunks_exact_mut(d).skip(16 * group);
                for (s, row) in square.into_iter().zip(rows) {
                    let mut line = Line::ZERO;
                    s.store(&mut line);
                    add(&mut row[16 * column..], &line);
                }
            }
        }
        outer::<S>(tile, groups, &self.lines, across, &mut self.by_b);
    }

    /// Adds the gradient by the share of `b` to where it goes.
    #[inline(always)]
    pub(super) fn unload<S: Lanes16>(&self, by_b: &mut [f32]) {
        add_rows::<S>(&self.by_b, self.dimension, by_b);
    }
}

/// Adds the first numbers of a line to as many there are, at most sixteen.
#[inline(always)]
fn add(to: &mut [f32], line: &Line) {
    match to.first_chunk_mut::<16>() {
        Some(to) => to.iter_mut().zip(line.0).for_each(|(to, v)| *to += v),
        None => to.iter_mut().zip(line.0).for_each(|(to, v)| *to += v),
    }
}

/// Puts the rows of a product where they are wanted.
struct Put<'a>(&'a mut [Row]);

impl Finish for Put<'_> {
    #[inline(always)]
    fn start(&self, _: usize) -> f32 {
        0.0
    }

    #[inline(always)]
    fn finish<S: Lanes16, const N: usize>(&mut self, row: usize, group: usize, sums: [S; N]) {
        assert!(group + N <= GROUPS);
        for (n, s) in sums.into_iter().enumerate() {
            s.store(&mut self.0[row][group + n]);
        }
    }
}
