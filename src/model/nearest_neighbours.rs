//! A classifier with nothing to learn: the class of the k labelled rows that point most nearly the
//! same way (the largest cosine), each with one vote; of classes with as many votes, the one whose
//! neighbours are nearer.
//!
//! Cover and Hart, Nearest neighbor pattern classification, IEEE Transactions on Information Theory
//! 13, 1967; for learned features Wu, Xiong, Yu and Lin, Unsupervised feature learning via
//! non-parametric instance discrimination, CVPR 2018 (with weighted votes).

use crate::math::gemm::{Layout, gemm};

/// Labelled rows of length one, and a desk to compare others with them.
#[derive(Debug)]
pub struct Neighbours<'a> {
    /// Rows of length one; a row of zeros has no direction and cosine zero with all.
    pub units: &'a [f32],
    /// The class of each.
    pub labels: &'a [usize],
    /// How many classes there are.
    pub classes: usize,
    /// Numbers of a row.
    pub dimension: usize,
}

impl Neighbours<'_> {
    /// The class that the `k` nearest give each of these rows of length one.
    ///
    /// # Panics
    /// If there is no labelled row, or the rows are not whole.
    #[must_use]
    pub fn classify(&self, rows: &[f32], k: usize) -> Vec<usize> {
        let (n, d) = (self.labels.len(), self.dimension);
        assert!(n > 0 && self.units.len() == n * d && rows.len().is_multiple_of(d), "whole rows");
        let m = rows.len() / d;
        let mut cosines = vec![0.0; m * n];
        let all = Layout::by_rows(n, d).transposed();
        let by = Layout::by_rows;
        gemm(1.0, (rows, by(m, d)), (self.units, all), 0.0, (&mut cosines, by(m, n)));
        let k = k.clamp(1, n);
        let mut nearest: Vec<(f32, usize)> = Vec::with_capacity(k + 1);
        let mut votes = vec![(0u32, 0.0f32); self.classes];
        let of = |cosines: &[f32]| {
            nearest.clear();
            for (c, label) in cosines.iter().zip(self.labels) {
                if nearest.len() == k && nearest[k - 1].0 >= *c {
                    continue;
                }
                let at = nearest.partition_point(|(other, _)| other >= c);
                nearest.insert(at, (*c, *label));
                nearest.truncate(k);
            }
            votes.fill((0, 0.0));
            for (c, label) in &nearest {
                votes[*label].0 += 1;
                votes[*label].1 += c;
            }
            let order = |a: &(u32, f32), b: &(u32, f32)| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1));
            let best = votes.iter().enumerate().max_by(|a, b| order(a.1, b.1));
            best.map_or(0, |(class, _)| class)
        };
        cosines.chunks_exact(n).map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Neighbours;

    #[test]
    fn the_nearest_vote_and_ties_go_to_the_nearer() {
        let turn = |degrees: f32| [degrees.to_radians().cos(), degrees.to_radians().sin()];
        let units: Vec<f32> = [0.0, 10.0, 50.0, 60.0, 70.0].into_iter().flat_map(turn).collect();
        let labels = [0, 0, 1, 1, 1];
        let known = Neighbours { units: &units, labels: &labels, classes: 2, dimension: 2 };
        let at = |degrees, k| known.classify(&turn(degrees), k)[0];
        assert_eq!((at(2.0, 1), at(65.0, 1), at(29.0, 1), at(31.0, 1)), (0, 1, 0, 1));
        // Of five all vote; of four, two against two, the nearer side.
        assert_eq!((at(0.0, 5), at(0.0, 99)), (1, 1));
        assert_eq!((at(28.0, 4), at(36.0, 4)), (0, 1));
        assert_eq!(known.classify(&[1.0, 0.0, 0.0, 1.0], 1), [0, 1]);
    }
}
