//! A replay buffer: points where earlier chains stopped, from which later chains go on.
//!
//! Persistent contrastive divergence keeps its chains from one update of the model to the next, so
//! that they have time to leave the data (Tieleman, Training restricted Boltzmann machines using
//! approximations to the likelihood gradient, ICML 2008). A buffer larger than a batch, with a
//! share of the chains begun afresh, keeps them varied (Du and Mordatch, Implicit generation and
//! modeling with energy-based models, NeurIPS 2019).

use crate::math::rng::Rng;
use rand::RngExt as _;

/// Points to go on from: rows of so many numbers.
#[derive(Clone, Debug)]
pub struct ReplayBuffer {
    inputs: usize,
    points: Vec<f32>,
    /// Every row once; the rows last drawn stand first.
    order: Vec<u32>,
}

impl ReplayBuffer {
    /// Of these points, rows of `inputs` numbers.
    ///
    /// # Panics
    /// If the points are not whole rows.
    #[must_use]
    pub fn new(inputs: usize, points: Vec<f32>) -> Self {
        assert!(inputs > 0 && points.len().is_multiple_of(inputs), "rows are not whole");
        let rows = points.len() / inputs;
        Self { inputs, points, order: (0..rows as u32).collect() }
    }

    /// How many points there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is no point.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The points, row after row.
    #[must_use]
    pub fn points(&self) -> &[f32] {
        &self.points
    }

    /// Draws different points into the rows of `out`, each with probability `restarts` replaced by
    /// one that `fresh` fills in; returns how many were. [`ReplayBuffer::put_back`] puts them where
    /// they came from.
    ///
    /// # Panics
    /// If more rows are asked for than there are.
    pub fn draw(
        &mut self,
        restarts: f64,
        rng: &mut Rng,
        out: &mut [f32],
        mut fresh: impl FnMut(&mut Rng, &mut [f32]),
    ) -> usize {
        let d = self.inputs;
        let count = out.len() / d;
        assert!(count <= self.len(), "a buffer of {} cannot give {count}", self.len());
        let mut restarted = 0;
        for (i, row) in out.chunks_exact_mut(d).enumerate() {
            let j = rng.random_range(i..self.order.len());
            self.order.swap(i, j);
            let at = self.order[i] as usize * d;
            if rng.random::<f64>() < restarts {
                fresh(rng, row);
                restarted += 1;
            } else {
                row.copy_from_slice(&self.points[at..at + d]);
            }
        }
        restarted
    }

    /// Puts points in the places of those that were drawn last, in the same order.
    pub fn put_back(&mut self, points: &[f32]) {
        for (row, place) in points.chunks_exact(self.inputs).zip(&self.order) {
            let at = *place as usize * self.inputs;
            self.points[at..at + self.inputs].copy_from_slice(row);
        }
    }

    /// Removes the last points, or adds points that `fresh` fills in.
    pub fn resize(
        &mut self,
        count: usize,
        rng: &mut Rng,
        mut fresh: impl FnMut(&mut Rng, &mut [f32]),
    ) {
        let before = self.len();
        self.points.resize(count * self.inputs, 0.0);
        for row in self.points.chunks_exact_mut(self.inputs).skip(before) {
            fresh(rng, row);
        }
        self.order = (0..count as u32).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::ReplayBuffer;
    use crate::math::rng::stream;

    fn buffer(rows: usize) -> ReplayBuffer {
        ReplayBuffer::new(2, (0..2 * rows).map(|i| i as f32).collect())
    }

    #[test]
    fn what_is_drawn_is_different_and_goes_back_to_its_place() {
        let mut buffer = buffer(40);
        let before = buffer.points().to_vec();
        let mut rng = stream(3, 0);
        for _ in 0..20 {
            let mut out = [0.0; 2 * 25];
            assert_eq!(buffer.draw(0.0, &mut rng, &mut out, |_, _| panic!("none")), 0);
            let mut rows: Vec<u32> = out.chunks(2).map(|r| r[0] as u32 / 2).collect();
            rows.sort_unstable();
            rows.dedup();
            assert_eq!(rows.len(), 25);
            buffer.put_back(&out);
            assert_eq!(buffer.points(), before);
            // Moved points go back moved, all others stay.
            buffer.put_back(&out.map(|x| x + 0.5));
            let moved = buffer.points().iter().zip(&before).filter(|(a, b)| a != b).count();
            assert_eq!(moved, 50);
            buffer.put_back(&out);
        }
    }

    #[test]
    fn every_point_is_drawn_as_often_and_the_share_of_restarts_is_kept() {
        let mut buffer = buffer(10);
        let mut rng = stream(4, 0);
        let mut counts = [0; 10];
        let mut restarted = 0;
        for _ in 0..3_000 {
            let mut out = [0.0; 2 * 4];
            restarted += buffer.draw(0.1, &mut rng, &mut out, |_, row| row.fill(-1.0));
            out.chunks(2).filter(|r| r[0] >= 0.0).for_each(|r| counts[r[0] as usize / 2] += 1);
        }
        // 12,000 draws: 1,200 restarts, deviation 33; 1,080 of each point, deviation 31 at most.
        assert!(restarted.abs_diff(1_200) < 4 * 33, "{restarted}");
        assert!(counts.iter().all(|c: &usize| c.abs_diff(1_080) < 4 * 31), "{counts:?}");
    }

    #[test]
    fn it_grows_with_fresh_points_and_shrinks_from_the_end() {
        let mut buffer = buffer(3);
        let mut rng = stream(5, 0);
        buffer.draw(0.0, &mut rng, &mut [0.0; 4], |_, _| ());
        buffer.resize(5, &mut rng, |_, row| row.fill(9.0));
        assert_eq!(buffer.points(), [0., 1., 2., 3., 4., 5., 9., 9., 9., 9.]);
        buffer.resize(2, &mut rng, |_, _| panic!("none"));
        assert_eq!((buffer.points(), buffer.len()), (&[0., 1., 2., 3.][..], 2));
        let mut out = [0.0; 4];
        buffer.draw(1.0, &mut rng, &mut out, |_, row| row.fill(7.0));
        assert_eq!(out, [7.0; 4]);
    }
}
