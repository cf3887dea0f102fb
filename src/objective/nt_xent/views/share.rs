//! What the rows of a block share with all others: one over the sums of their exponentials.

use crate::math::simd::{Lanes16, Line};
use crate::model::fused_mlp::product::{BLOCK, Row, ZEROS};

/// What a block has to do with all others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    /// 1/S of each row, twice: as lanes and one by one.
    pub(super) lanes: Row,
    pub(super) rows: [f32; BLOCK],
    /// The sum of log S.
    pub(super) logs: f64,
}

impl Default for Share {
    fn default() -> Self {
        Self { lanes: ZEROS, rows: [0.0; BLOCK], logs: 0.0 }
    }
}

impl Share {
    /// From the sums of exponentials. The logarithm of a product of four is that of their sum: each is
    /// below e^90.
    #[inline(always)]
    pub(super) fn invert(&mut self, sums: &[f64; BLOCK], count: usize) {
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
pub(super) fn add_lanes(row: &Row, sums: &mut [f64; BLOCK]) {
    for (line, sums) in row.iter().zip(sums.as_chunks_mut::<16>().0) {
        for (v, sum) in line.0.iter().zip(sums) {
            *sum += f64::from(*v);
        }
    }
}

/// The sum of each line.
#[inline(always)]
pub(super) fn across_lanes<S: Lanes16>(lines: &[Line], sums: &mut Row) {
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
