//! Passes of the perceptron over a block of up to 64 points.
//!
//! A block lies with its points side by side: a row holds one unit's numbers for all points, four
//! groups of sixteen. So a layer is a product of a matrix of weights, broadcast a number at a time,
//! with rows that stay in the first cache; a tile of four units by sixty-four points is summed in
//! registers (Goto and van de Geijn, Anatomy of high-performance matrix multiplication, ACM TOMS
//! 34, 2008), and bias, SiLU and its derivative are put on before it leaves them. Every sum runs
//! over its terms in their order, so neither the tile nor the width of the registers changes a bit.

use super::FusedMlp;
use crate::math::simd::{Lanes16, Line, silu_with_derivative};

/// Groups of sixteen points in a block.
pub const GROUPS: usize = 4;
/// Points in a block.
pub const BLOCK: usize = 16 * GROUPS;
/// One number for each point of a block.
pub type Row = [Line; GROUPS];
/// A row of zeros.
pub const ZEROS: Row = [Line::ZERO; GROUPS];
const ONES: Row = [Line([1.0; 16]); GROUPS];

/// The parameters as the passes read them.
#[derive(Clone, Copy, Debug)]
pub struct Net<'a> {
    /// Numbers of a point.
    pub inputs: usize,
    /// Units of a hidden layer.
    pub width: usize,
    bowl: f32,
    w1: &'a [f32],
    b1: &'a [f32],
    w2: &'a [f32],
    b2: &'a [f32],
    w3: &'a [f32],
    w1_transposed: &'a [f32],
    w2_transposed: &'a [f32],
}

impl<'a> Net<'a> {
    /// Of a model; `transposed` is a buffer for the matrices the other way round.
    #[inline(always)]
    pub fn new<S: Lanes16>(model: &'a FusedMlp, transposed: &'a mut Vec<f32>) -> Self {
        let (inputs, width) = (model.inputs, model.width);
        let (w1, rest) = model.parameters.split_at(inputs * width);
        let (b1, rest) = rest.split_at(width);
        let (w2, rest) = rest.split_at(width * width);
        let (b2, w3) = rest.split_at(width);
        transposed.resize((inputs + width) * width, 0.0);
        let (first, second) = transposed.split_at_mut(inputs * width);
        turn_matrix::<S>(w1, width, first);
        turn_matrix::<S>(w2, width, second);
        let (w1_transposed, w2_transposed) = (&*first, &*second);
        Self { inputs, width, bowl: model.bowl, w1, b1, w2, b2, w3, w1_transposed, w2_transposed }
    }
}

/// Turns a matrix with rows of `columns` numbers: squares of sixteen in registers, and what is left
/// at the edges one by one.
#[inline(always)]
fn turn_matrix<S: Lanes16>(from: &[f32], columns: usize, to: &mut [f32]) {
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

/// What a thread needs for a block.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The coordinates, and a row of ones.
    x: Vec<Row>,
    /// The units of the first layer, and a row of ones.
    first: Vec<Row>,
    /// Their derivatives.
    first_slope: Vec<Row>,
    /// dE/dz of the first layer and of the second.
    first_delta: Vec<Row>,
    second_delta: Vec<Row>,
    /// One of those the other way round: a point's units side by side.
    delta_transposed: Vec<Line>,
    energies: Row,
    slopes: Vec<Row>,
    weights: Row,
    /// How many groups of points are in use.
    groups: usize,
    /// Room for random numbers.
    pub noise: Vec<f32>,
}

impl Workspace {
    /// For perceptrons of this size.
    #[must_use]
    pub fn new(inputs: usize, width: usize) -> Self {
        let padded = 16 * width.div_ceil(16);
        let mut x = vec![ZEROS; inputs + 1];
        x[inputs] = ONES;
        let mut first = vec![ZEROS; width + 1];
        first[width] = ONES;
        Self {
            x,
            first,
            first_slope: vec![ZEROS; width],
            first_delta: vec![ZEROS; padded],
            second_delta: vec![ZEROS; padded],
            delta_transposed: vec![Line::ZERO; BLOCK * padded / 16],
            energies: ZEROS,
            slopes: vec![ZEROS; inputs],
            weights: ZEROS,
            groups: 0,
            noise: Vec::new(),
        }
    }

    /// Takes in up to 64 points, rows one after the other.
    pub fn load(&mut self, points: &[f32]) {
        let inputs = self.slopes.len();
        let n = points.len() / inputs;
        assert!(n <= BLOCK);
        self.groups = n.div_ceil(16);
        self.x[..inputs].fill(ZEROS);
        for (p, point) in points.chunks_exact(inputs).enumerate() {
            for (row, v) in self.x.iter_mut().zip(point) {
                row[p / 16].0[p % 16] = *v;
            }
        }
    }

    /// Gives each point its weight in the gradient; the rest of the block gets none.
    pub fn weigh(&mut self, weights: &[f32]) {
        self.weights = ZEROS;
        for (p, w) in weights.iter().enumerate() {
            self.weights[p / 16].0[p % 16] = *w;
        }
    }

    /// The points as they are now.
    pub fn unload(&self, points: &mut [f32]) {
        rows_to_points(&self.x[..self.slopes.len()], points);
    }

    /// The slopes of the last pass that found them.
    pub fn unload_slopes(&self, slopes: &mut [f32]) {
        rows_to_points(&self.slopes, slopes);
    }

    /// The energies of the last pass that found them.
    pub fn unload_energies(&self, energies: &mut [f32]) {
        for (p, e) in energies.iter_mut().enumerate() {
            *e = self.energies[p / 16].0[p % 16];
        }
    }

    /// The energy of each point, and nothing else.
    #[inline(always)]
    pub fn energies<S: Lanes16>(&mut self, net: Net<'_>) {
        self.first::<S, false>(net);
        self.energies = ZEROS;
        let mut second = Second::<'_, false, true, false> {
            net,
            delta: &mut [],
            energies: &mut self.energies,
            weights: &self.weights,
            last: &mut [],
        };
        let (rows, _) = self.first.split_at(net.width);
        product::<S, _>(net.w2_transposed, net.width, rows, self.groups, &mut second);
        self.add_bowl::<S>(net);
    }

    /// dE/dx of each point, and its energy if that is wanted.
    #[inline(always)]
    pub fn slopes<S: Lanes16, const ENERGY: bool>(&mut self, net: Net<'_>) {
        self.first::<S, true>(net);
        self.energies = ZEROS;
        let mut second = Second::<'_, true, ENERGY, false> {
            net,
            delta: &mut self.second_delta,
            energies: &mut self.energies,
            weights: &self.weights,
            last: &mut [],
        };
        let (rows, _) = self.first.split_at(net.width);
        product::<S, _>(net.w2_transposed, net.width, rows, self.groups, &mut second);
        if ENERGY {
            self.add_bowl::<S>(net);
        }
        self.back::<S>(net);
        let mut slope = Slope { bowl: net.bowl, x: &self.x, slopes: &mut self.slopes };
        let (rows, _) = self.first_delta.split_at(net.width);
        product::<S, _>(net.w1, net.inputs, rows, self.groups, &mut slope);
    }

    /// The energy of each point; its weight times dE/dtheta is added to the sums.
    #[inline(always)]
    pub fn gradient<S: Lanes16>(&mut self, net: Net<'_>, sums: &mut Sums) {
        self.first::<S, true>(net);
        self.energies = ZEROS;
        let mut second = Second::<'_, true, true, true> {
            net,
            delta: &mut self.second_delta,
            energies: &mut self.energies,
            weights: &self.weights,
            last: &mut sums.last,
        };
        let (rows, _) = self.first.split_at(net.width);
        product::<S, _>(net.w2_transposed, net.width, rows, self.groups, &mut second);
        self.add_bowl::<S>(net);
        self.back::<S>(net);
        let (groups, across) = (self.groups, sums.across);
        turn::<S>(&self.second_delta, groups, &mut self.delta_transposed);
        outer::<S>(&self.first, groups, &self.delta_transposed, across, &mut sums.second);
        turn::<S>(&self.first_delta, groups, &mut self.delta_transposed);
        outer::<S>(&self.x, groups, &self.delta_transposed, across, &mut sums.first);
    }

    /// `x' = x - step slope + noise xi`, kept within the bound; `xi` has a row a coordinate.
    #[inline(always)]
    pub fn advance<S: Lanes16>(&mut self, step: f32, noise: f32, bound: f32, xi: &[f32]) {
        let (step, noise) = (S::splat(-step), S::splat(noise));
        let (low, high) = (S::splat(-bound), S::splat(bound));
        let groups = self.groups;
        let xi = xi.chunks_exact(16 * groups);
        for ((x, slope), xi) in self.x.iter_mut().zip(&self.slopes).zip(xi) {
            for ((x, slope), xi) in x.iter_mut().zip(slope).zip(xi.as_chunks::<16>().0) {
                let pushed = S::load(slope).mul_add(step, S::load(x));
                let moved = S::load(&Line(*xi)).mul_add(noise, pushed);
                moved.within(low, high).store(x);
            }
        }
    }

    /// How many random numbers a step of [`Self::advance`] takes.
    #[must_use]
    pub fn noise_of_a_step(&self) -> usize {
        16 * self.groups * self.slopes.len()
    }

    #[inline(always)]
    fn first<S: Lanes16, const SLOPE: bool>(&mut self, net: Net<'_>) {
        let mut first =
            First::<'_, SLOPE> { net, units: &mut self.first, slopes: &mut self.first_slope };
        let (rows, _) = self.x.split_at(net.inputs);
        product::<S, _>(net.w1_transposed, net.width, rows, self.groups, &mut first);
    }

    /// From dE/dz of the second layer to that of the first.
    #[inline(always)]
    fn back<S: Lanes16>(&mut self, net: Net<'_>) {
        let mut back = Back { slopes: &self.first_slope, delta: &mut self.first_delta };
        let (rows, _) = self.second_delta.split_at(net.width);
        product::<S, _>(net.w2, net.width, rows, self.groups, &mut back);
    }

    #[inline(always)]
    fn add_bowl<S: Lanes16>(&mut self, net: Net<'_>) {
        let half = S::splat(0.5 * net.bowl);
        for (g, energy) in self.energies.iter_mut().enumerate() {
            let mut sum = S::load(energy);
            for row in &self.x[..net.inputs] {
                let x = S::load(&row[g]);
                sum = x.times(x).mul_add(half, sum);
            }
            sum.store(energy);
        }
    }
}

fn rows_to_points(rows: &[Row], points: &mut [f32]) {
    for (p, point) in points.chunks_exact_mut(rows.len()).enumerate() {
        for (v, row) in point.iter_mut().zip(rows) {
            *v = row[p / 16].0[p % 16];
        }
    }
}

/// What is done with a row of a product while it is still in registers.
trait Finish {
    /// What the sum of a row starts from.
    fn start(&self, row: usize) -> f32;
    /// `sums` are those of the groups of points from `group` on.
    fn finish<S: Lanes16, const N: usize>(&mut self, row: usize, group: usize, sums: [S; N]);
}

/// The first layer.
struct First<'a, const SLOPE: bool> {
    net: Net<'a>,
    units: &'a mut [Row],
    slopes: &'a mut [Row],
}

impl<const SLOPE: bool> Finish for First<'_, SLOPE> {
    #[inline(always)]
    fn start(&self, row: usize) -> f32 {
        self.net.b1[row]
    }

    #[inline(always)]
    fn finish<S: Lanes16, const N: usize>(&mut self, row: usize, group: usize, sums: [S; N]) {
        for (n, sum) in sums.iter().enumerate() {
            let (value, slope) = silu_with_derivative(*sum);
            value.store(&mut self.units[row][group + n]);
            if SLOPE {
                slope.store(&mut self.slopes[row][group + n]);
            }
        }
    }
}

/// The second layer and the energy.
struct Second<'a, const SLOPE: bool, const ENERGY: bool, const LAST: bool> {
    net: Net<'a>,
    delta: &'a mut [Row],
    energies: &'a mut Row,
    weights: &'a Row,
    /// Sums of weight times unit, a lane each.
    last: &'a mut [Line],
}

impl<const SLOPE: bool, const ENERGY: bool, const LAST: bool> Finish
    for Second<'_, SLOPE, ENERGY, LAST>
{
    #[inline(always)]
    fn start(&self, row: usize) -> f32 {
        self.net.b2[row]
    }

    #[inline(always)]
    fn finish<S: Lanes16, const N: usize>(&mut self, row: usize, group: usize, sums: [S; N]) {
        let w3 = S::splat(self.net.w3[row]);
        for (n, sum) in sums.iter().enumerate() {
            let g = group + n;
            let (value, slope) = silu_with_derivative(*sum);
            if ENERGY {
                value.mul_add(w3, S::load(&self.energies[g])).store(&mut self.energies[g]);
            }
            if SLOPE {
                let mut delta = slope.times(w3);
                if LAST {
                    let weight = S::load(&self.weights[g]);
                    delta = delta.times(weight);
                    let last = &mut self.last[row];
                    value.mul_add(weight, S::load(last)).store(last);
                }
                delta.store(&mut self.delta[row][g]);
            }
        }
    }
}

/// Back through the first layer.
struct Back<'a> {
    slopes: &'a [Row],
    delta: &'a mut [Row],
}

impl Finish for Back<'_> {
    #[inline(always)]
    fn start(&self, _row: usize) -> f32 {
        0.0
    }

    #[inline(always)]
    fn finish<S: Lanes16, const N: usize>(&mut self, row: usize, group: usize, sums: [S; N]) {
        let slopes = &self.slopes[row][group..group + N];
        let delta = &mut self.delta[row][group..group + N];
        for ((sum, slope), delta) in sums.iter().zip(slopes).zip(delta) {
            sum.times(S::load(slope)).store(delta);
        }
    }
}

/// Back to the coordinates.
struct Slope<'a> {
    bowl: f32,
    x: &'a [Row],
    slopes: &'a mut [Row],
}

impl Finish for Slope<'_> {
    #[inline(always)]
    fn start(&self, _row: usize) -> f32 {
        0.0
    }

    #[inline(always)]
    fn finish<S: Lanes16, const N: usize>(&mut self, row: usize, group: usize, sums: [S; N]) {
        let bowl = S::splat(self.bowl);
        for (n, sum) in sums.iter().enumerate() {
            let x = S::load(&self.x[row][group + n]);
            x.mul_add(bowl, *sum).store(&mut self.slopes[row][group + n]);
        }
    }
}

/// `matrix` (`count` rows of as many numbers as there are `rows`) times `rows`.
#[inline(always)]
fn product<S: Lanes16, F: Finish>(
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
fn turn<S: Lanes16>(rows: &[Row], groups: usize, out: &mut [Line]) {
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

/// Adds `sum_p a_ip b_pj` to `out_ij`: a gradient of weights. `b` and `out` have rows of `across`
/// lines.
#[inline(always)]
fn outer<S: Lanes16>(a: &[Row], groups: usize, b: &[Line], across: usize, out: &mut [Line]) {
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

/// Sums of gradients over several blocks.
#[derive(Clone, Debug)]
pub struct Sums {
    /// How many lines a row of units takes up.
    across: usize,
    /// `W1`, and in its last row `b1`.
    first: Vec<Line>,
    /// `W2`, and in its last row `b2`.
    second: Vec<Line>,
    /// `w3`, a line a unit.
    last: Vec<Line>,
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
            let mut sums = line.0;
            for half in [8, 4, 2, 1] {
                for i in 0..half {
                    sums[i] += sums[i + half];
                }
            }
            *to = sums[0];
        }
    }
}

#[inline(always)]
fn add_lines<S: Lanes16>(to: &mut [Line], from: &[Line]) {
    for (to, from) in to.iter_mut().zip(from) {
        S::load(to).plus(S::load(from)).store(to);
    }
}
