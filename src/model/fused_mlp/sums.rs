//! Gradients of the weights, summed over blocks of points: products of the points' numbers on both
//! sides of a layer, added where they lie.

use super::product::Row;
use crate::math::simd::{Lanes16, Line};

/// Sums of gradients over several blocks.
#[derive(Clone, Debug)]
pub struct Sums {
    /// How many lines a row of units takes up.
    pub(super) across: usize,
    /// `W1`, and in its last row `b1`.
    pub(super) first: Vec<Line>,
    /// `W2`, and in its last row `b2`.
    pub(super) second: Vec<Line>,
    /// `w3`, a line a unit.
    pub(super) last: Vec<Line>,
}

impl Sums {
    /// Nothing yet, for a perceptron of this size.
    #[must_use]
    pub fn new(inputs: usize, width: usize) -> Self {
        let across = width.div_ceil(16);
        Self {
            across,
            first: vec![Line::ZERO; (inputs + 1) * across],
            second: vec![Line::ZERO; (width + 1) * across],
            last: vec![Line::ZERO; width],
        }
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        for lines in [&mut self.first, &mut self.second, &mut self.last] {
            lines.fill(Line::ZERO);
        }
    }

    /// Takes in those of other blocks.
    #[inline(always)]
    pub fn add<S: Lanes16>(&mut self, other: &Self) {
        add_lines::<S>(&mut self.first, &other.first);
        add_lines::<S>(&mut self.second, &other.second);
        add_lines::<S>(&mut self.last, &other.last);
    }

    /// In the order of the parameters.
    pub fn write(&self, gradient: &mut [f32]) {
        let width = self.last.len();
        let (units, last) = gradient.split_at_mut(gradient.len() - width);
        let rows =
            self.first.chunks_exact(self.across).chain(self.second.chunks_exact(self.across));
        for (to, row) in units.chunks_exact_mut(width).zip(rows) {
            for (to, line) in to.chunks_mut(16).zip(row) {
                to.copy_from_slice(&line.0[..to.len()]);
            }
        }
        for (to, line) in last.iter_mut().zip(&self.last) {
            *to = across_lanes(line);
        }
    }
}

/// A run of rows of the parameters: an input's weights, a layer's biases or `w3` is a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    of: Layer,
    first: usize,
    /// How many parameters there are.
    pub length: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    First,
    Second,
    Last,
}

/// How many rows are in one piece.
const ROWS: usize = 8;

/// All rows of a perceptron of this size, in pieces and in the order of the parameters.
pub fn pieces(inputs: usize, width: usize) -> impl Iterator<Item = Rows> {
    let layers = [(Layer::First, inputs + 1), (Layer::Second, width + 1), (Layer::Last, 1)];
    layers.into_iter().flat_map(move |(of, rows)| {
        (0..rows).step_by(ROWS).map(move |first| {
            let length = ROWS.min(rows - first) * width;
            Rows { of, first, length }
        })
    })
}

impl Rows {
    /// Adds these rows of some sums to the gradient by them.
    #[inline(always)]
    pub fn add<S: Lanes16>(self, sums: &Sums, gradient: &mut [f32]) {
        let lines = match self.of {
            Layer::First => &sums.first,
            Layer::Second => &sums.second,
            Layer::Last => {
                let units = gradient.iter_mut().zip(&sums.last);
                return units.for_each(|(to, line)| *to += across_lanes(line));
            }
        };
        add_rows::<S>(&lines[self.first * sums.across..], sums.last.len(), gradient);
    }
}

/// Adds padded rows of lines to rows of `width` numbers.
#[inline(always)]
pub fn add_rows<S: Lanes16>(lines: &[Line], width: usize, to: &mut [f32]) {
    let rows = to.chunks_exact_mut(width).zip(lines.chunks_exact(width.div_ceil(16)));
    for (row, lines) in rows {
        for (to, line) in row.chunks_mut(16).zip(lines) {
            match to.first_chunk_mut::<16>() {
                Some(to) => {
                    let mut sum = Line(*to);
                    S::load(&sum).plus(S::load(line)).store(&mut sum);
                    *to = sum.0;
                }
                None => to.iter_mut().zip(line.0).for_each(|(to, v)| *to += v),
            }
        }
    }
}

fn across_lanes(line: &Line) -> f32 {
    let mut sums = line.0;
    for half in [8, 4, 2, 1] {
        for i in 0..half {
            sums[i] += sums[i + half];
        }
    }
    sums[0]
}

#[inline(always)]
fn add_lines<S: Lanes16>(to: &mut [Line], from: &[Line]) {
    for (to, from) in to.iter_mut().zip(from) {
        S::load(to).plus(S::load(from)).store(to);
    }
}

/// Adds `sum_p a_ip b_pj` to `out_ij`: a gradient of weights. `b` and `out` have rows of `across`
/// lines.
#[inline(always)]
pub fn outer<S: Lanes16>(a: &[Row], groups: usize, b: &[Line], across: usize, out: &mut [Line]) {
    let mut column = 0;
    if S::REGISTERS == 1 {
        while column + 4 <= across {
            outer_column::<S, 4, 4>(a, groups, b, across, column, out);
            column += 4;
        }
    }
    while column < across {
        outer_column::<S, 6, 1>(a, groups, b, across, column, out);
        column += 1;
    }
}

#[inline(always)]
fn outer_column<S: Lanes16, const R: usize, const N: usize>(
    a: &[Row],
    groups: usize,
    b: &[Line],
    across: usize,
    column: usize,
    out: &mut [Line],
) {
    let mut row = 0;
    while row + R <= a.len() {
        outer_tile::<S, R, N>(a, row, groups, b, across, column, out);
        row += R;
    }
    while row < a.len() {
        outer_tile::<S, 1, N>(a, row, groups, b, across, column, out);
        row += 1;
    }
}

#[inline(always)]
fn outer_tile<S: Lanes16, const R: usize, const N: usize>(
    a: &[Row],
    row: usize,
    groups: usize,
    b: &[Line],
    across: usize,
    column: usize,
    out: &mut [Line],
) {
    let mut sums = [[S::splat(0.0); N]; R];
    for r in 0..R {
        for n in 0..N {
            sums[r][n] = S::load(&out[(row + r) * across + column + n]);
        }
    }
    for group in 0..groups {
        let b = &b[16 * group * across..][..16 * across];
        for p in 0..16 {
            let mut units = [S::splat(0.0); N];
            for n in 0..N {
                units[n] = S::load(&b[p * across + column + n]);
            }
            for r in 0..R {
                let point = S::splat(a[row + r][group].0[p]);
                for n in 0..N {
                    sums[r][n] = units[n].mul_add(point, sums[r][n]);
                }
            }
        }
    }
    for r in 0..R {
        for n in 0..N {
            sums[r][n].store(&mut out[(row + r) * across + column + n]);
        }
    }
}
