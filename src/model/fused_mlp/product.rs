//! Matrices times the rows of a block, in tiles that are summed in registers (Goto and van de
//! Geijn, Anatomy of high-performance matrix multiplication, ACM TOMS 34, 2008), and matrices
//! turned. Every sum runs over its terms in their order, so neither the tile nor the width of the
//! registers changes a bit.

use crate::math::simd::{Lanes16, Line};

/// Groups of sixteen points in a block.
pub const GROUPS: usize = 4;
/// Points in a block.
pub const BLOCK: usize = 16 * GROUPS;
/// One number for each point of a block.
pub type Row = [Line; GROUPS];
/// A row of zeros.
pub const ZEROS: Row = [Line::ZERO; GROUPS];

/// What is done with a row of a product while it is still in registers.
pub trait Finish {
    /// What the sum of a row starts from.
    fn start(&self, row: usize) -> f32;
    /// `sums` are those of the groups of points from `group` on.
    fn finish<S: Lanes16, const N: usize>(&mut self, row: usize, group: usize, sums: [S; N]);
}

/// `matrix` (`count` rows of as many numbers as there are `rows`) times `rows`.
#[inline(always)]
pub fn product<S: Lanes16, F: Finish>(
    matrix: &[f32],
    count: usize,
    rows: &[Row],
    groups: usize,
    finish: &mut F,
) {
    // A tile fills the registers that there are, and leaves a few for what it reads.
    if S::REGISTERS == 1 && groups == GROUPS {
        tiles::<S, F, 4, GROUPS>(matrix, count, rows, 0, finish);
    } else {
        for group in 0..groups {
            tiles::<S, F, 6, 1>(matrix, count, rows, group, finish);
        }
    }
}

#[inline(always)]
fn tiles<S: Lanes16, F: Finish, const R: usize, const N: usize>(
    matrix: &[f32],
    count: usize,
    rows: &[Row],
    group: usize,
    finish: &mut F,
) {
    let mut row = 0;
    while row + R <= count {
        tile::<S, F, R, N>(matrix, row, rows, group, finish);
        row += R;
    }
    while row + 2 <= count {
        tile::<S, F, 2, N>(matrix, row, rows, group, finish);
        row += 2;
    }
    if row < count {
        tile::<S, F, 1, N>(matrix, row, rows, group, finish);
    }
}

#[inline(always)]
fn tile<S: Lanes16, F: Finish, const R: usize, const N: usize>(
    matrix: &[f32],
    row: usize,
    rows: &[Row],
    group: usize,
    finish: &mut F,
) {
    let length = rows.len();
    let mut weights = [&matrix[..0]; R];
    let mut sums = [[S::splat(0.0); N]; R];
    for r in 0..R {
        weights[r] = &matrix[(row + r) * length..][..length];
        sums[r] = [S::splat(finish.start(row + r)); N];
    }
    assert!(group + N <= GROUPS);
    for k in 0..length {
        let mut points = [S::splat(0.0); N];
        for n in 0..N {
            points[n] = S::load(&rows[k][group + n]);
        }
        for r in 0..R {
            let weight = S::splat(weights[r][k]);
            for n in 0..N {
                sums[r][n] = points[n].mul_add(weight, sums[r][n]);
            }
        }
    }
    for (r, sums) in sums.into_iter().enumerate() {
        finish.finish(row + r, group, sums);
    }
}

/// Sixteen units by sixteen points at a time.
#[inline(always)]
pub fn turn<S: Lanes16>(rows: &[Row], groups: usize, out: &mut [Line]) {
    let across = rows.len() / 16;
    for group in 0..groups {
        for (column, rows) in rows.chunks_exact(16).enumerate() {
            let mut square: [S; 16] = [S::splat(0.0); 16];
            for (s, row) in square.iter_mut().zip(rows) {
                *s = S::load(&row[group]);
            }
            S::transpose(&mut square);
            for (p, s) in square.into_iter().enumerate() {
                s.store(&mut out[(16 * group + p) * across + column]);
            }
        }
    }
}

/// Turns a matrix with rows of `columns` numbers: squares of sixteen in registers, and what is left
/// at the edges one by one.
#[inline(always)]
pub fn turn_matrix<S: Lanes16>(from: &[f32], columns: usize, to: &mut [f32]) {
    let rows = from.len() / columns;
    let (whole_rows, whole_columns) = (rows / 16 * 16, columns / 16 * 16);
    for i in (0..whole_rows).step_by(16) {
        for j in (0..whole_columns).step_by(16) {
            let mut square = [S::splat(0.0); 16];
            for (k, line) in square.iter_mut().enumerate() {
                let (numbers, _) = from[(i + k) * columns + j..].as_chunks::<16>();
                *line = S::load(&Line(numbers[0]));
            }
            S::transpose(&mut square);
            for (k, line) in square.into_iter().enumerate() {
                let mut numbers = Line::ZERO;
                line.store(&mut numbers);
                to[(j + k) * rows + i..][..16].copy_from_slice(&numbers.0);
            }
        }
    }
    for i in 0..rows {
        let first = if i < whole_rows { whole_columns } else { 0 };
        for j in first..columns {
            to[j * rows + i] = from[i * columns + j];
        }
    }
}

/// Up to 64 points, rows of `dimension` numbers, laid side by side: a row of `out` for each number.
/// Lanes without a point become zero in the groups that are in use; gives how many those are.
#[inline(always)]
pub fn to_lanes<S: Lanes16>(points: &[f32], dimension: usize, out: &mut [Row]) -> usize {
    let groups = (points.len() / dimension).div_ceil(16);
    for (group, points) in points.chunks(16 * dimension).enumerate() {
        for column in (0..dimension).step_by(16) {
            let mut square = [S::splat(0.0); 16];
            for (s, point) in square.iter_mut().zip(points.chunks_exact(dimension)) {
                let end = dimension.min(column + 16);
                *s = S::load(&Line::padded(&point[column..end]));
            }
            S::transpose(&mut square);
            for (s, row) in square.into_iter().zip(&mut out[column..dimension]) {
                s.store(&mut row[group]);
            }
        }
    }
    groups
}

/// The way back: as many points as `out` has room for.
#[inline(always)]
pub fn from_lanes<S: Lanes16>(rows: &[Row], out: &mut [f32]) {
    let dimension = rows.len();
    for (group, points) in out.chunks_mut(16 * dimension).enumerate() {
        for (column, rows) in rows.chunks(16).enumerate() {
            let mut square = [S::splat(0.0); 16];
            for (s, row) in square.iter_mut().zip(rows) {
                *s = S::load(&row[group]);
            }
            S::transpose(&mut square);
            for (s, point) in square.into_iter().zip(points.chunks_exact_mut(dimension)) {
                let mut line = Line::ZERO;
                s.store(&mut line);
                line.put(&mut point[16 * column..][..rows.len()]);
            }
        }
    }
}
