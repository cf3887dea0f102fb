//! Many points through the perceptron: blocks of them, spread over threads.
//!
//! A block's numbers do not depend on its neighbours, and gradients are summed over fixed shares
//! of the blocks in a fixed order: what comes out does not depend on how many threads there are.

use super::FusedMlp;
use super::block::{Net, Workspace};
use super::product::BLOCK;
use super::sums::Sums;
use crate::math::simd::{Kernel, Lanes16, Level, dispatch};
use std::thread;

/// Points whose gradients are summed in one place.
pub const SHARE: usize = 4 * BLOCK;
/// Multiplications and additions below which a thread of its own does not pay: some 0.1 ms.
const WORTH_A_THREAD: usize = 10_000_000;

/// The threads and buffers that passes over many points need. What comes out does not depend on
/// how many threads there are.
#[derive(Debug)]
pub struct Engine {
    threads: usize,
    level: Level,
    size: (usize, usize),
    desks: Vec<Desk>,
    sums: Vec<Sums>,
}

/// A copy makes desks of its own once it needs them.
impl Clone for Engine {
    fn clone(&self) -> Self {
        let Self { threads, level, size, .. } = *self;
        Self { threads, level, size, desks: Vec::new(), sums: Vec::new() }
    }
}

/// What a thread has for itself. The matrices that are turned are among it: what one core writes
/// and another reads is slow to change hands.
#[derive(Debug)]
pub struct Desk {
    /// For [`Net::new`].
    pub transposed: Vec<f32>,
    /// For the passes.
    pub workspace: Workspace,
}

/// What a pass over many blocks works with.
#[derive(Debug)]
pub struct Prepared<'a> {
    /// One for each thread that is worth its while.
    pub desks: &'a mut [Desk],
    /// One for each share of the points whose gradients are summed in one place.
    pub sums: &'a mut [Sums],
    /// The instructions to use.
    pub level: Level,
}

impl Engine {
    /// For this model, on so many threads (at least one).
    #[must_use]
    pub fn new(model: &FusedMlp, threads: usize) -> Self {
        Self::at(Level::best(), model, threads)
    }

    /// The same with these instructions: for tests and measurements.
    #[must_use]
    pub fn at(level: Level, model: &FusedMlp, threads: usize) -> Self {
        let size = (model.inputs, model.width);
        Self { threads: threads.max(1), level, size, desks: Vec::new(), sums: Vec::new() }
    }

    /// How many threads it uses at most.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Makes ready for this many points, each passed through `passes` times forward or back, and
    /// for so many shares of a gradient.
    pub fn prepare(
        &mut self,
        model: &FusedMlp,
        points: usize,
        passes: usize,
        shares: usize,
    ) -> Prepared<'_> {
        let (inputs, width) = (model.inputs, model.width);
        if self.size != (inputs, width) {
            self.size = (inputs, width);
            self.desks.clear();
            self.sums.clear();
        }
        let work = 4 * points * width * (width + inputs);
        let worth = work.saturating_mul(passes) / WORTH_A_THREAD;
        let threads = self.threads.min(points.div_ceil(BLOCK)).min(worth).max(1);
        while self.desks.len() < threads {
            let workspace = Workspace::new(inputs, width);
            self.desks.push(Desk { transposed: Vec::new(), workspace });
        }
        while self.sums.len() < shares {
            self.sums.push(Sums::new(inputs, width));
        }
        Prepared {
            desks: &mut self.desks[..threads],
            sums: &mut self.sums[..shares],
            level: self.level,
        }
    }

    /// The energy of each point; `points` is `energies.len()` rows of `inputs`.
    ///
    /// # Panics
    /// If the lengths do not fit together.
    pub fn energies(&mut self, model: &FusedMlp, points: &[f32], energies: &mut [f32]) {
        let d = model.inputs;
        assert_eq!(points.len(), energies.len() * d);
        let Prepared { desks, level, .. } = self.prepare(model, energies.len(), 1, 0);
        let share = points_of_a_thread(energies.len(), desks.len(), BLOCK);
        let jobs = desks
            .iter_mut()
            .zip(points.chunks(share * d))
            .zip(energies.chunks_mut(share))
            .map(|((desk, points), energies)| Energies { model, desk, points, energies });
        spread(jobs, |job| dispatch(level, job));
    }

    /// The energy of each point, and dE/dx in rows as the points are.
    ///
    /// # Panics
    /// If the lengths do not fit together.
    pub fn slopes(
        &mut self,
        model: &FusedMlp,
        points: &[f32],
        energies: &mut [f32],
        slopes: &mut [f32],
    ) {
        let d = model.inputs;
        assert_eq!(points.len(), energies.len() * d);
        assert_eq!(points.len(), slopes.len());
        let Prepared { desks, level, .. } = self.prepare(model, energies.len(), 2, 0);
        let share = points_of_a_thread(energies.len(), desks.len(), BLOCK);
        let jobs = desks
            .iter_mut()
            .zip(points.chunks(share * d))
            .zip(energies.chunks_mut(share))
            .zip(slopes.chunks_mut(share * d))
            .map(|(((desk, points), energies), slopes)| Slopes {
                model,
                desk,
                points,
                energies,
                slopes,
            });
        spread(jobs, |job| dispatch(level, job));
    }

    /// The energy of each point, and in `gradient` `sum_i weights_i dE(x_i)/dtheta`.
    ///
    /// # Panics
    /// If the lengths do not fit together.
    pub fn gradient(
        &mut self,
        model: &FusedMlp,
        points: &[f32],
        weights: &[f32],
        energies: &mut [f32],
        gradient: &mut [f32],
    ) {
        let d = model.inputs;
        assert_eq!(points.len(), energies.len() * d);
        assert_eq!(weights.len(), energies.len());
        assert_eq!(gradient.len(), model.parameters.len());
        let shares = energies.len().div_ceil(SHARE).max(1);
        let Prepared { desks, sums, level } = self.prepare(model, energies.len(), 3, shares);
        let share = points_of_a_thread(energies.len(), desks.len(), SHARE);
        let jobs = desks
            .iter_mut()
            .zip(points.chunks(share * d))
            .zip(weights.chunks(share))
            .zip(energies.chunks_mut(share))
            .zip(sums.chunks_mut(share / SHARE))
            .map(|((((desk, points), weights), energies), sums)| Gradient {
                model,
                desk,
                points,
                weights,
                energies,
                sums,
            });
        spread(jobs, |job| dispatch(level, job));
        if points.is_empty() {
            sums[0].clear();
        }
        total(level, sums, gradient);
    }
}

/// How many points each of so many threads takes, a multiple of `unit`.
#[must_use]
pub fn points_of_a_thread(points: usize, threads: usize, unit: usize) -> usize {
    unit * points.div_ceil(unit).div_ceil(threads).max(1)
}

/// Does all jobs at once, the first of them on this thread.
pub fn spread<J: Send>(mut jobs: impl Iterator<Item = J>, work: impl Fn(J) + Sync) {
    let Some(mine) = jobs.next() else { return };
    let Some(second) = jobs.next() else { return work(mine) };
    let work = &work;
    thread::scope(|scope| {
        scope.spawn(move || work(second));
        for job in jobs {
            scope.spawn(move || work(job));
        }
        work(mine);
    });
}

struct Energies<'a> {
    model: &'a FusedMlp,
    desk: &'a mut Desk,
    points: &'a [f32],
    energies: &'a mut [f32],
}

impl Kernel for Energies<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        let Desk { transposed, workspace } = self.desk;
        let net = Net::new::<S>(self.model, transposed);
        let points = self.points.chunks(BLOCK * net.inputs);
        for (points, energies) in points.zip(self.energies.chunks_mut(BLOCK)) {
            workspace.load(points);
            workspace.energies::<S>(net);
            workspace.unload_energies(energies);
        }
    }
}

struct Slopes<'a> {
    model: &'a FusedMlp,
    desk: &'a mut Desk,
    points: &'a [f32],
    energies: &'a mut [f32],
    slopes: &'a mut [f32],
}

impl Kernel for Slopes<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        let Desk { transposed, workspace } = self.desk;
        let net = Net::new::<S>(self.model, transposed);
        let points = self.points.chunks(BLOCK * net.inputs);
        let slopes = self.slopes.chunks_mut(BLOCK * net.inputs);
        for ((points, energies), slopes) in points.zip(self.energies.chunks_mut(BLOCK)).zip(slopes)
        {
            workspace.load(points);
            workspace.slopes::<S, true>(net);
            workspace.unload_energies(energies);
            workspace.unload_slopes(slopes);
        }
    }
}

struct Gradient<'a> {
    model: &'a FusedMlp,
    desk: &'a mut Desk,
    points: &'a [f32],
    weights: &'a [f32],
    energies: &'a mut [f32],
    sums: &'a mut [Sums],
}

impl Kernel for Gradient<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        let Desk { transposed, workspace } = self.desk;
        let net = Net::new::<S>(self.model, transposed);
        let points = self.points.chunks(BLOCK * net.inputs);
        let blocks = points.zip(self.weights.chunks(BLOCK)).zip(self.energies.chunks_mut(BLOCK));
        for (i, ((points, weights), energies)) in blocks.enumerate() {
            let sums = &mut self.sums[i / (SHARE / BLOCK)];
            if i % (SHARE / BLOCK) == 0 {
                sums.clear();
            }
            workspace.load(points);
            workspace.weigh(weights);
            workspace.gradient::<S>(net, sums);
            workspace.unload_energies(energies);
        }
    }
}

/// The gradient that the shares make together, always added up in their order.
pub fn total(level: Level, shares: &mut [Sums], gradient: &mut [f32]) {
    if let Some((total, others)) = shares.split_first_mut() {
        dispatch(level, Total { total, others });
        total.write(gradient);
    }
}

struct Total<'a> {
    total: &'a mut Sums,
    others: &'a [Sums],
}

impl Kernel for Total<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        for other in self.others {
            self.total.add::<S>(other);
        }
    }
}
