//! Quadrature on a full grid of G nodes an axis, `G^d` points in all, a bounded slice at a time:
//! the trapezoidal rule on ever finer grids, up to the one that was asked for or the last one
//! within the budget.

use crate::math::quadrature::Grid;
use crate::model::energy::Energy;
use crate::sampler::importance::Weights;
use std::f64::consts::LN_2;

/// The most points a grid may have.
pub(super) const BUDGET: f64 = 1e8;

/// Nodes an axis of the coarser grids on the way.
const LADDER: [usize; 14] = [2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192];

/// Points of one pass.
const SLICE: usize = 512;

/// What one finished grid found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Finished {
    /// Points up to here, those of the coarser grids included.
    pub(super) evaluations: u64,
    pub(super) log_z: f64,
}

/// The grids, and where on the present one the walk is.
#[derive(Clone, Debug)]
pub(super) struct Lattice {
    reach: Vec<f64>,
    /// Nodes an axis of the grids that fit the budget, the coarsest first.
    grids: Vec<usize>,
    /// Of each finished grid.
    finished: Vec<Finished>,
    axes: Vec<Grid>,
    /// The next point's node on each axis, the first axis fastest.
    digits: Vec<usize>,
    sum: Weights,
    evaluations: u64,
    /// Points of all grids that fit.
    total: u64,
}

/// `nodes^dimension`, which may be beyond any whole number.
pub(super) fn points(nodes: usize, dimension: usize) -> f64 {
    (nodes as f64).powi(dimension as i32)
}

impl Lattice {
    /// Over the box of these half widths, with `nodes` an axis in the end.
    pub(super) fn new(reach: &[f64], nodes: usize) -> Self {
        let dimension = reach.len();
        let fits = |g: &usize| points(*g, dimension) <= BUDGET;
        let coarser = LADDER.into_iter().filter(|g| *g < nodes);
        let grids: Vec<usize> = coarser.chain([nodes]).filter(fits).collect();
        let mut lattice = Self {
            reach: reach.to_vec(),
            total: grids.iter().map(|g| points(*g, dimension) as u64).sum(),
            grids,
            finished: Vec::new(),
            axes: Vec::new(),
            digits: vec![0; dimension],
            sum: Weights::default(),
            evaluations: 0,
        };
        lattice.lay();
        lattice
    }

    /// Lays the next grid; none is left when the last one is finished.
    fn lay(&mut self) {
        self.axes.clear();
        if let Some(nodes) = self.grids.get(self.finished.len()) {
            self.axes.extend(self.reach.iter().map(|r| Grid::new(-r, *r, *nodes)));
        }
        self.digits.fill(0);
        self.sum = Weights::default();
    }

    /// Whether there is nothing left to do.
    pub(super) fn is_done(&self) -> bool {
        self.axes.is_empty()
    }

    /// The share of the work that is done.
    pub(super) fn done(&self) -> f64 {
        if self.total == 0 { 1.0 } else { self.evaluations as f64 / self.total as f64 }
    }

    /// The finished grids, the coarsest first.
    pub(super) fn finished(&self) -> &[Finished] {
        &self.finished
    }

    /// Evaluates the energy at `most` points, or fewer where the grids end.
    pub(super) fn advance(&mut self, target: &dyn Energy, most: usize) {
        let dimension = self.reach.len();
        let mut points = vec![0.0; dimension * SLICE];
        let mut value = [0.0; SLICE];
        let mut halves = [0.0; SLICE];
        let mut left = most;
        while left > 0 && !self.is_done() {
            let wanted = left.min(SLICE);
            // Points lie coordinate by coordinate: their number has to be known first.
            let count = wanted.min(self.remaining());
            for i in 0..count {
                let mut ends = 0;
                for (axis, (grid, digit)) in self.axes.iter().zip(&self.digits).enumerate() {
                    points[axis * count + i] = grid.node(*digit);
                    ends += usize::from(*digit == 0 || *digit + 1 == grid.count);
                }
                halves[i] = ends as f64 * LN_2;
                self.turn();
            }
            target.value(&points[..dimension * count], &mut value[..count]);
            for (e, halved) in value.iter().zip(&halves).take(count) {
                self.sum.push(-e - halved);
            }
            self.evaluations += count as u64;
            left -= count;
            if self.remaining() == 0 {
                self.finish();
            }
        }
    }

    /// Points of the present grid that are still to come, or `usize::MAX` of very many.
    fn remaining(&self) -> usize {
        let nodes = self.axes.first().map_or(0, |a| a.count);
        let all = points(nodes, self.reach.len()) as u64;
        usize::try_from(all - self.sum.count()).unwrap_or(usize::MAX)
    }

    fn turn(&mut self) {
        for (digit, grid) in self.digits.iter_mut().zip(&self.axes) {
            *digit += 1;
            if *digit < grid.count {
                return;
            }
            *digit = 0;
        }
    }

    fn finish(&mut self) {
        let cell: f64 = self.axes.iter().map(|a| a.spacing().ln()).sum();
        let log_sum = self.sum.log_mean() + (self.sum.count() as f64).ln();
        self.finished.push(Finished { evaluations: self.evaluations, log_z: log_sum + cell });
        self.lay();
    }
}

#[cfg(test)]
mod tests {
    use super::{BUDGET, Lattice, points};
    use crate::model::coupled_well::CoupledWell;
    use crate::model::energy::Energy;

    fn run(lattice: &mut Lattice, energy: &dyn Energy, most: usize) {
        let mut steps = 0;
        while !lattice.is_done() {
            lattice.advance(energy, most);
            steps += 1;
            assert!(steps < 100_000);
        }
    }

    #[test]
    fn a_grid_finds_z_and_slices_do_not_matter() {
        let well = CoupledWell::new(2, 2.0, 0.0);
        let reach = [2.0, 8.0];
        let (mut one, mut many) = (Lattice::new(&reach, 40), Lattice::new(&reach, 40));
        run(&mut one, &well, 1_000_000);
        run(&mut many, &well, 37);
        assert_eq!(one.finished(), many.finished());
        // science: Z = 3.53663869. Grids of 2, 3, 4, 6, 8, 12, 16, 24, 32 and 40 nodes.
        let last = one.finished()[9];
        assert!((last.log_z.exp() - 3.536_638_69).abs() < 1e-7, "{}", last.log_z.exp());
        let all: usize = [2, 3, 4, 6, 8, 12, 16, 24, 32, 40].iter().map(|g| g * g).sum();
        assert_eq!((last.evaluations, one.done()), (all as u64, 1.0));
        assert!((one.finished()[1].log_z - last.log_z).abs() > 0.1);
    }

    #[test]
    fn what_does_not_end_is_not_begun() {
        let lattice = Lattice::new(&[1.0; 64], 200);
        assert!(lattice.is_done() && lattice.finished().is_empty() && lattice.done() == 1.0);
        assert!(points(200, 64).is_finite());
        // 3^16 is 43 million, 4^16 four billion.
        let lattice = Lattice::new(&[1.0; 16], 12);
        assert_eq!(lattice.grids, [2, 3]);
        assert!(points(3, 16) < BUDGET && points(4, 16) > BUDGET);
    }
}
