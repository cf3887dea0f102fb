//! NT-Xent in single precision, block by block of 64 unit rows: with `e_ij = e^(c_ij/tau)`, zero
//! where i = j, and `S_i = sum_j e_ij`,
//! `dL/du_i = (1/(tau 2N)) (sum_j e_ij (1/S_i + 1/S_j) u_j - 2 u_p(i))`, p(i) the other view.
//!
//! The matrix is symmetric: a tile of two blocks is worked out once and pulls at both, as long as
//! all tiles are few enough to be kept (`KEPT`). Beyond that each block computes its own twice, and
//! nothing is kept but the rows. All that belongs to a block is summed in one place in a fixed
//! order, so any thread may do it: the same bits on any number of threads, with any instructions.

use crate::math::phases::{in_phases, read, write};
use crate::math::simd::{Kernel, Lanes16, Level, Line, dispatch};
use crate::model::fused_mlp::product::{
    BLOCK, GROUPS, Row, ZEROS, from_lanes, product, to_lanes, turn,
};
use crate::model::fused_mlp::sums::outer;
use crate::objective::fused_pairs::Found;
use crate::objective::fused_pairs::weights::{Exponentials, Recomputed, weigh_kept};
use std::sync::RwLock;

/// Up to so many rows the exponentials are kept: some 2 MiB.
const KEPT: usize = 1_024;

/// Operations below which a thread of its own does not pay: some 0.1 ms.
const WORTH_A_THREAD: usize = 10_000_000;

/// Two views of a batch on their way to the loss and its gradient.
#[derive(Debug, Default)]
pub(in crate::objective) struct Views {
    count: usize,
    dimension: usize,
    scale: f32,
    sides: Vec<RwLock<Side>>,
    /// Of each pair of blocks; none where they are too many.
    tiles: Vec<RwLock<Tile>>,
    shares: Vec<RwLock<Share>>,
    /// Of each block the sums of the cosines of pairs and of u . dL/du.
    totals: Vec<RwLock<[f64; 2]>>,
}

/// The rows of a block, in the ways they are read.
#[derive(Debug)]
pub(in crate::objective) struct Side {
    /// How many rows of how many numbers.
    size: (usize, usize),
    /// Row after row, as they are, and as lines that are filled up with zeros.
    rows: Vec<f32>,
    lines: Vec<Line>,
    /// A lane a row.
    turned: Vec<Row>,
    /// Groups of sixteen rows that are in use, and 1 for each row there is.
    groups: usize,
    mask: Row,
}

/// Exponentials: a row for each row of the lower block, a lane for each of the higher.
#[derive(Clone, Debug)]
struct Tile {
    all: Vec<Row>,
    /// Their sums over rows, a lane each, and over lanes, of each row.
    down: Row,
    across: Row,
}

/// What a block has to do with all others.
#[derive(Clone, Copy, Debug)]
struct Share {
    /// 1/S of each row, twice: as lanes and one by one.
    lanes: Row,
    rows: [f32; BLOCK],
    /// The sum of log S.
    logs: f64,
}

/// What a thread has for itself.
#[derive(Clone, Debug)]
pub(in crate::objective) struct ViewDesk {
    /// dL/du of a block, a lane a row.
    pub(in crate::objective) by: Vec<Row>,
    /// What tiles of later blocks add to it, row after row, and the same a lane a row.
    by_lines: Vec<Line>,
    /// Weights of a tile; sums over lanes, to be added across.
    weights: Vec<Row>,
    columns: Vec<Line>,
}

impl Default for ViewDesk {
    fn default() -> Self {
        let columns = vec![Line::ZERO; BLOCK];
        Self { by: Vec::new(), by_lines: Vec::new(), weights: vec![ZEROS; BLOCK], columns }
    }
}

impl ViewDesk {
    /// Makes room for rows of this dimension.
    pub(in crate::objective) fn prepare(&mut self, dimension: usize) {
        let across = dimension.div_ceil(16);
        self.by.resize(16 * across, ZEROS);
        self.by_lines.resize(BLOCK * across, Line::ZERO);
    }

    pub(in crate::objective) fn memory(&self) -> usize {
        let rows = size_of_val(&self.by[..]) + size_of_val(&self.weights[..]);
        rows + size_of_val(&self.by_lines[..]) + size_of_val(&self.columns[..])
    }
}

impl Default for Side {
    fn default() -> Self {
        let (rows, lines, turned) = (Vec::new(), Vec::new(), Vec::new());
        Self { size: (0, 0), rows, lines, turned, groups: 0, mask: ZEROS }
    }
}

impl Side {
    fn prepare(&mut self, count: usize, dimension: usize) {
        if self.size == (count, dimension) {
            return;
        }
        *self = Self { size: (count, dimension), ..Self::default() };
        let across = dimension.div_ceil(16);
        self.rows.resize(count * dimension, 0.0);
        self.turned.resize(16 * across, ZEROS);
        self.lines.resize(BLOCK * across, Line::ZERO);
        self.groups = count.div_ceil(16);
        for (i, m) in self.mask.iter_mut().flat_map(|line| &mut line.0).enumerate() {
            *m = if i < count { 1.0 } else { 0.0 };
        }
    }

    /// Takes in the rows as they are.
    #[inline(always)]
    fn take<S: Lanes16>(&mut self, rows: &[f32], dimension: usize) {
        self.rows.copy_from_slice(rows);
        to_lanes::<S>(rows, dimension, &mut self.turned[..dimension]);
        turn::<S>(&self.turned, self.groups, &mut self.lines);
    }

    /// Takes in rows that lie side by side.
    #[inline(always)]
    pub(in crate::objective) fn take_lanes<S: Lanes16>(&mut self, rows: &[Row]) {
        self.turned[..rows.len()].copy_from_slice(rows);
        turn::<S>(&self.turned, self.groups, &mut self.lines);
        from_lanes::<S>(rows, &mut self.rows);
    }

    /// The rows, one after the other.
    pub(in crate::objective) fn rows(&self) -> &[f32] {
        &self.rows
    }

    /// The same a lane a row.
    pub(in crate::objective) fn lanes(&self) -> &[Row] {
        &self.turned
    }

    fn memory(&self) -> usize {
        let rows = size_of_val(&self.rows[..]) + size_of_val(&self.turned[..]);
        rows + size_of_val(&self.lines[..]) + size_of::<Self>()
    }
}

impl Views {
    /// Makes room for so many rows, both views together.
    pub(in crate::objective) fn prepare(
        &mut self,
        count: usize,
        dimension: usize,
        temperature: f32,
    ) {
        (self.count, self.dimension, self.scale) = (count, dimension, 1.0 / temperature);
        let blocks = count.div_ceil(BLOCK);
        let tiles = if count <= KEPT { blocks * (blocks + 1) / 2 } else { 0 };
        self.sides.resize_with(blocks, RwLock::default);
        for (block, side) in self.sides.iter().enumerate() {
            write(side).prepare(BLOCK.min(count - block * BLOCK), dimension);
        }
        self.tiles.resize_with(tiles, || {
            RwLock::new(Tile { all: vec![ZEROS; BLOCK], down: ZEROS, across: ZEROS })
        });
        self.shares.resize_with(blocks, || {
            RwLock::new(Share { lanes: ZEROS, rows: [0.0; BLOCK], logs: 0.0 })
        });
        self.totals.resize_with(blocks, RwLock::default);
    }

    /// How many threads are worth their while.
    pub(in crate::objective) fn worth(&self, most: usize) -> usize {
        let work = 4 * self.count * self.count * self.dimension;
        (work / WORTH_A_THREAD).clamp(1, most.max(1))
    }

    pub(in crate::objective) fn memory(&self) -> usize {
        let sides: usize = self.sides.iter().map(|side| read(side).memory()).sum();
        let tile = size_of::<Tile>() + BLOCK * size_of::<Row>();
        sides + self.tiles.len() * tile + self.shares.len() * size_of::<Share>()
    }

    pub(in crate::objective) fn side(&self, block: usize) -> &RwLock<Side> {
        &self.sides[block]
    }

    /// How many pieces the phases have, one after the other: [`Self::sum`], [`Self::invert`] and
    /// [`Self::pull`], all of which need the sides filled.
    pub(in crate::objective) fn pieces(&self) -> [usize; 3] {
        let blocks = self.sides.len();
        [if self.tiles.is_empty() { blocks } else { self.tiles.len() }, blocks, blocks]
    }

    /// All of it.
    pub(in crate::objective) fn work(
        &self,
        level: Level,
        desks: &mut [ViewDesk],
        units: &[f32],
        by: &mut [f32],
    ) -> Found {
        let d = self.dimension;
        let units: Vec<&[f32]> = units.chunks(BLOCK * d).collect();
        let by: Vec<RwLock<&mut [f32]>> = by.chunks_mut(BLOCK * d).map(RwLock::new).collect();
        let [first, second, third] = self.pieces();
        in_phases(desks, &[units.len(), first, second, third], |desk, phase, piece| {
            let (views, units) = (self, units[piece.min(units.len() - 1)]);
            let by = (phase == 3).then(|| write(&by[piece]));
            let by = by.map(|mut by| {
                dispatch(level, Pull { views, desk: &mut *desk, piece, by: &mut by });
            });
            if by.is_none() {
                dispatch(level, Ready { views, desk, phase, piece, units });
            }
        });
        self.found()
    }

    /// The loss and its derivative by the scale, after all blocks have pulled.
    pub(in crate::objective) fn found(&self) -> Found {
        let logs: f64 = self.shares.iter().map(|share| read(share).logs).sum();
        let (mut cosines, mut along) = (0.0, 0.0);
        for totals in &self.totals {
            let [cosine, slope] = *read(totals);
            cosines += cosine;
            along += slope;
        }
        let (n, scale) = (self.count.max(1) as f64, f64::from(self.scale));
        Found { loss: (logs - scale * cosines) / n, scale: 0.5 * along / scale, bias: 0.0 }
    }

    fn factor(&self) -> f32 {
        self.scale * std::f32::consts::LOG2_E
    }

    /// Exponentials: those of a pair of blocks, or their sums for a block.
    #[inline(always)]
    pub(in crate::objective) fn sum<S: Lanes16>(&self, desk: &mut ViewDesk, piece: usize) {
        if self.tiles.is_empty() {
            let mut down = [0.0_f64; BLOCK];
            for low in 0..self.sides.len() {
                let mut tile = ZEROS;
                self.exponentials::<S>((low, piece), &mut tile, &mut desk.columns, &mut []);
                add_lanes(&tile, &mut down);
            }
            write(&self.shares[piece]).invert(&down, self.rows_of(piece));
        } else {
            let (low, high) = pair(piece);
            let Tile { all, down, across } = &mut *write(&self.tiles[piece]);
            *down = ZEROS;
            self.exponentials::<S>((low, high), down, &mut desk.columns, all);
            across_lanes::<S>(&desk.columns, across);
        }
    }

    #[inline(always)]
    fn exponentials<S: Lanes16>(
        &self,
        (low, high): (usize, usize),
        rows: &mut Row,
        columns: &mut [Line],
        kept: &mut [Row],
    ) {
        let (low_side, high_side) = (&*read(&self.sides[low]), &*read(&self.sides[high]));
        let (factor, mask, own) = (self.factor(), high_side.mask, low == high);
        columns.fill(Line::ZERO);
        let mut finish = Exponentials { factor, mask, rows, columns, kept, own };
        self.product::<S, _>(low_side, high_side, &mut finish);
    }

    #[inline(always)]
    fn product<S: Lanes16, F: crate::model::fused_mlp::product::Finish>(
        &self,
        low: &Side,
        high: &Side,
        finish: &mut F,
    ) {
        let d = self.dimension;
        let count = low.rows.len() / d;
        product::<S, F>(&low.rows, count, &high.turned[..d], high.groups, finish);
    }

    /// The sums of a block, from its tiles.
    #[inline(always)]
    pub(in crate::objective) fn invert(&self, block: usize) {
        if self.tiles.is_empty() {
            return;
        }
        let mut sums = [0.0; BLOCK];
        for low in 0..=block {
            add_lanes(&read(&self.tiles[place(low, block)]).down, &mut sums);
        }
        for high in block + 1..self.sides.len() {
            add_lanes(&read(&self.tiles[place(block, high)]).across, &mut sums);
        }
        write(&self.shares[block]).invert(&sums, self.rows_of(block));
    }

    /// How many rows a block has.
    fn rows_of(&self, block: usize) -> usize {
        BLOCK.min(self.count - block * BLOCK)
    }

    /// dL/du of a block, into the desk.
    #[inline(always)]
    pub(in crate::objective) fn pull<S: Lanes16>(&self, desk: &mut ViewDesk, block: usize) {
        let ViewDesk { by, by_lines, weights, .. } = desk;
        let (blocks, across) = (self.sides.len(), self.dimension.div_ceil(16));
        let own = read(&self.sides[block]);
        let mine = *read(&self.shares[block]);
        by.fill(ZEROS);
        by_lines.fill(Line::ZERO);
        let kept = !self.tiles.is_empty();
        for low in 0..if kept { block + 1 } else { blocks } {
            let side = read(&self.sides[low]);
            let theirs = read(&self.shares[low]);
            let inverse = (&mine.lanes, &theirs.rows[..self.rows_of(low)]);
            if kept {
                weigh_kept::<S>(&read(&self.tiles[place(low, block)]).all, inverse, weights);
            } else {
                let (factor, halves) = (self.factor(), inverse);
                self.product::<S, _>(&side, &own, &mut Recomputed { factor, halves, out: weights });
            }
            if low == block {
                for (i, row) in weights.iter_mut().enumerate() {
                    row[i / 16].0[i % 16] = 0.0;
                }
            }
            self.pairs(block, low, |lane, row| weights[row][lane / 16].0[lane % 16] -= 2.0);
            weights[self.rows_of(low)..].fill(ZEROS);
            let weights = weights.as_flattened();
            outer::<S>(&side.turned, side.groups, weights, GROUPS, by.as_flattened_mut());
        }
        for high in if kept { block + 1 } else { blocks }..blocks {
            let side = read(&self.sides[high]);
            let tile = read(&self.tiles[place(block, high)]);
            let theirs = read(&self.shares[high]);
            weigh_kept::<S>(&tile.all, (&theirs.lanes, &mine.rows), weights);
            self.pairs(block, high, |row, lane| weights[row][lane / 16].0[lane % 16] -= 2.0);
            outer::<S>(weights, side.groups, &side.lines, across, by_lines);
        }
        let totals = self.close::<S>(desk, &own, block);
        *write(&self.totals[block]) = totals;
    }

    /// Calls `at` with the place of each row of a block whose other view is in `there`, and with the
    /// place of that.
    #[inline(always)]
    fn pairs(&self, block: usize, there: usize, mut at: impl FnMut(usize, usize)) {
        let (first, count) = (there * BLOCK, self.rows_of(there));
        for i in 0..self.rows_of(block) {
            let other = self.other(block * BLOCK + i);
            if other >= first && other < first + count {
                at(i, other - first);
            }
        }
    }

    /// The other view of the same datum.
    fn other(&self, row: usize) -> usize {
        let half = self.count / 2;
        if row < half { row + half } else { row - half }
    }

    /// Brings together what came from both sides. Gives the sums of the cosines of pairs and of
    /// u . dL/du.
    #[inline(always)]
    fn close<S: Lanes16>(&self, desk: &mut ViewDesk, own: &Side, block: usize) -> [f64; 2] {
        let across = self.dimension.div_ceil(16);
        let share = S::splat(self.scale / self.count as f32);
        let mut along = ZEROS;
        for column in 0..across {
            for group in 0..own.groups {
                let mut square = [S::splat(0.0); 16];
                for (p, s) in square.iter_mut().enumerate() {
                    *s = S::load(&desk.by_lines[(16 * group + p) * across + column]);
                }
                S::transpose(&mut square);
                let (mut sum, share) =
                    (S::load(&along[group]), S::load(&own.mask[group]).times(share));
                for (k, s) in square.into_iter().enumerate() {
                    let by = &mut desk.by[16 * column + k][group];
                    let slope = S::load(by).plus(s).times(share);
                    slope.store(by);
                    sum = slope.mul_add(S::load(&own.turned[16 * column + k][group]), sum);
                }
                sum.store(&mut along[group]);
            }
        }
        let along = along.iter().flat_map(|line| line.0).map(f64::from).sum();
        let mut cosines = 0.0;
        let d = self.dimension;
        for (i, u) in own.rows.chunks_exact(d).enumerate() {
            let other = self.other(block * BLOCK + i);
            let side = read(&self.sides[other / BLOCK]);
            let pair = &side.rows[other % BLOCK * d..][..d];
            let mut sums = [0.0_f32; 16];
            for (u, v) in u.chunks(16).zip(pair.chunks(16)) {
                for (sum, (u, v)) in sums.iter_mut().zip(u.iter().zip(v)) {
                    *sum += u * v;
                }
            }
            cosines += f64::from(sums.iter().sum::<f32>());
        }
        [cosines, along]
    }
}

impl Share {
    /// From the sums of exponentials. The logarithm of a product of four is that of their sum: each is
    /// below e^90.
    #[inline(always)]
    fn invert(&mut self, sums: &[f64; BLOCK], count: usize) {
        let mut logs = 0.0;
        for (i, sum) in sums[..count].iter().enumerate() {
            self.rows[i] = (1.0 / sum) as f32;
            self.lanes[i / 16].0[i % 16] = self.rows[i];
        }
        for sums in sums[..count].chunks(4) {
            logs += sums.iter().product::<f64>().ln();
        }
        for i in count..BLOCK {
            self.rows[i] = 0.0;
            self.lanes[i / 16].0[i % 16] = 0.0;
        }
        self.logs = logs;
    }
}

#[inline(always)]
fn add_lanes(row: &Row, sums: &mut [f64; BLOCK]) {
    for (line, sums) in row.iter().zip(sums.as_chunks_mut::<16>().0) {
        for (v, sum) in line.0.iter().zip(sums) {
            *sum += f64::from(*v);
        }
    }
}

/// The sum of each line.
#[inline(always)]
fn across_lanes<S: Lanes16>(lines: &[Line], sums: &mut Row) {
    for (lines, to) in lines.chunks_exact(16).zip(sums) {
        let mut square = [S::splat(0.0); 16];
        for (s, line) in square.iter_mut().zip(lines) {
            *s = S::load(line);
        }
        S::transpose(&mut square);
        let mut sum = square[0];
        for s in &square[1..] {
            sum = sum.plus(*s);
        }
        sum.store(to);
    }
}

/// Where the tile of two blocks is, the lower first.
fn place(low: usize, high: usize) -> usize {
    high * (high + 1) / 2 + low
}

/// Whose tile that is.
fn pair(place: usize) -> (usize, usize) {
    let mut high = 0;
    while (high + 1) * (high + 2) / 2 <= place {
        high += 1;
    }
    (place - high * (high + 1) / 2, high)
}

/// A piece of the phases before the last.
struct Ready<'a> {
    views: &'a Views,
    desk: &'a mut ViewDesk,
    phase: usize,
    piece: usize,
    units: &'a [f32],
}

impl Kernel for Ready<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        let Self { views, desk, phase, piece, units } = self;
        match phase {
            0 => write(&views.sides[piece]).take::<S>(units, views.dimension),
            1 => views.sum::<S>(desk, piece),
            _ => views.invert(piece),
        }
    }
}

struct Pull<'a> {
    views: &'a Views,
    desk: &'a mut ViewDesk,
    piece: usize,
    by: &'a mut [f32],
}

impl Kernel for Pull<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        self.views.pull::<S>(self.desk, self.piece);
        from_lanes::<S>(&self.desk.by[..self.views.dimension], self.by);
    }
}

#[cfg(test)]
mod tests {
    use super::{pair, place};

    #[test]
    fn places_of_tiles_are_one_after_the_other() {
        let all: Vec<_> = (0..9).flat_map(|high| (0..=high).map(move |low| (low, high))).collect();
        for (i, (low, high)) in all.into_iter().enumerate() {
            assert_eq!((place(low, high), pair(i)), (i, (low, high)));
        }
    }
}
