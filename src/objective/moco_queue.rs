//! Momentum contrast: negatives from a queue. A query `q = f(x)` is to find its key `k = g(x')` among
//! K keys of earlier batches, which wait in a queue and cost no forward pass; so K is free of the
//! batch. Keys come from an encoder g that follows f slowly, `g = m g + (1 - m) f`, so that those in
//! the queue are nearly of one kind, and no gradient goes through them:
//! `loss = -(1/B) sum_i log(e^(q_i . k_i/tau) / (e^(q_i . k_i/tau) + sum_j e^(q_i . n_j/tau)))`.
//!
//! He, Fan, Wu, Xie and Girshick, Momentum contrast for unsupervised visual representation learning,
//! CVPR 2020, algorithm 1.

use super::logit_tile::Sides;
use crate::math::vector_math;

/// The keys of earlier batches: the newest in the places of the oldest.
#[derive(Clone, Debug, PartialEq)]
pub struct Queue {
    dimension: usize,
    capacity: usize,
    keys: Vec<f32>,
    /// When each came.
    born: Vec<u64>,
    next: usize,
}

impl Queue {
    /// Empty, for so many keys of so many numbers.
    #[must_use]
    pub fn new(capacity: usize, dimension: usize) -> Self {
        let capacity = capacity.max(1);
        Self { dimension, capacity, keys: Vec::new(), born: Vec::new(), next: 0 }
    }

    /// How many keys wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.born.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.born.is_empty()
    }

    /// The keys, one after the other, in no order that means anything.
    #[must_use]
    pub fn keys(&self) -> &[f32] {
        &self.keys
    }

    /// The time each key was put in.
    #[must_use]
    pub fn born(&self) -> &[u64] {
        &self.born
    }

    /// Puts in the keys of a batch. The place of each is handed to `placed` with its number in the
    /// batch.
    pub fn push(&mut self, keys: &[f32], now: u64, mut placed: impl FnMut(usize, usize)) {
        for (i, key) in keys.chunks_exact(self.dimension).enumerate() {
            let at = self.next;
            if self.born.len() < self.capacity {
                self.keys.extend_from_slice(key);
                self.born.push(now);
            } else {
                self.keys[at * self.dimension..][..self.dimension].copy_from_slice(key);
                self.born[at] = now;
            }
            placed(i, at);
            self.next = (at + 1) % self.capacity;
        }
    }
}

/// `slow = m slow + (1 - m) fast`; `share` is 1 - m.
pub fn follow(slow: &mut [f32], fast: &[f32], share: f32) {
    slow.iter_mut().zip(fast).for_each(|(s, f)| *s += share * (f - *s));
}

/// The loss of queries against their own keys and others, all of length one, and its derivatives by
/// the queries, which replace what stands in `by_queries`. `logits` is room.
///
/// # Panics
/// If there are not as many keys as queries.
pub fn loss(
    queries: Sides<'_>,
    others: &[f32],
    temperature: f32,
    logits: &mut Vec<f32>,
    by_queries: &mut [f32],
) -> f64 {
    let Sides { dimension: d, a, b: keys } = queries;
    assert_eq!(a.len(), keys.len(), "a key for each query");
    let (count, width) = (a.len() / d, others.len() / d);
    logits.clear();
    logits.resize((count + 1) * width, 0.0);
    let (tile, line) = logits.split_at_mut(count * width);
    let negatives = Sides { dimension: d, a, b: others };
    let scale = 1.0 / temperature;
    if width > 0 {
        negatives.logits(scale, tile);
    }
    let share = scale / count.max(1) as f32;
    let mut total = 0.0;
    by_queries.fill(0.0);
    let pairs = a.chunks_exact(d).zip(keys.chunks_exact(d)).zip(by_queries.chunks_exact_mut(d));
    for (i, ((q, k), by)) in pairs.enumerate() {
        let own = scale * q.iter().zip(k).map(|(q, k)| q * k).sum::<f32>();
        let row = &mut tile[i * width..][..width];
        let largest = row.iter().fold(own, |m, l| m.max(*l));
        line.iter_mut().zip(&*row).for_each(|(to, l)| *to = l - largest);
        vector_math::exp_f32(line, row);
        let mine = f64::from(own - largest).exp();
        let sum: f64 = row.iter().map(|e| f64::from(*e)).sum::<f64>() + mine;
        total += sum.ln() - f64::from(own - largest);
        vector_math::scale_f32(row, (f64::from(share) / sum) as f32);
        let pull = share * (mine / sum - 1.0) as f32;
        by.iter_mut().zip(k).for_each(|(by, k)| *by = pull * k);
    }
    if width > 0 {
        negatives.pull_a(tile, by_queries);
    }
    total / count.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::{Queue, follow, loss};
    use crate::math::all_pairs::Pace;
    use crate::objective::info_nce;
    use crate::objective::logit_tile::Sides;
    use crate::objective::tiles::testing::{gaussian_rows, units};

    fn rows(seed: u64, n: usize, d: usize) -> Vec<f32> {
        units(&gaussian_rows(seed, n, d), d).rows().iter().map(|v| *v as f32).collect()
    }

    #[test]
    fn the_oldest_key_makes_room() {
        let mut queue = Queue::new(3, 2);
        let mut places = Vec::new();
        queue.push(&[1.0, 0.0, 2.0, 0.0], 1, |i, at| places.push((i, at)));
        queue.push(&[3.0, 0.0, 4.0, 0.0], 2, |i, at| places.push((i, at)));
        assert_eq!(queue.keys(), [4.0, 0.0, 2.0, 0.0, 3.0, 0.0]);
        assert_eq!((queue.born(), queue.len()), (&[2, 1, 2][..], 3));
        assert_eq!(places, [(0, 0), (1, 1), (0, 2), (1, 0)]);
    }

    #[test]
    fn an_encoder_that_follows_forgets_at_its_rate() {
        let mut slow = [0.0];
        (0..100).for_each(|_| follow(&mut slow, &[1.0], 0.01));
        // 1 - .99^100.
        assert!((slow[0] - 0.633_967_66).abs() < 1e-5, "{}", slow[0]);
    }

    #[test]
    fn one_query_among_its_batch_is_a_row_of_infonce() {
        let (n, d, tau) = (9, 6, 0.3);
        let (a, b) = (rows(1, n, d), rows(2, n, d));
        let mut by = vec![0.0; d];
        let mut total = 0.0;
        for i in 0..n {
            let others = [&b[..i * d], &b[(i + 1) * d..]].concat();
            let own = Sides { dimension: d, a: &a[i * d..][..d], b: &b[i * d..][..d] };
            total += loss(own, &others, tau, &mut Vec::new(), &mut by) / n as f64;
        }
        let wide = |v: &[f32]| units(&v.iter().map(|v| f64::from(*v)).collect::<Vec<_>>(), d);
        let exact = info_nce::of_rows(&wide(&a), &wide(&b), f64::from(tau), &Pace::new(1)).loss;
        assert!((total / exact - 1.0).abs() < 1e-6, "{total} {exact}");
    }

    #[test]
    fn slopes_are_those_of_finite_differences_and_equal_keys_cost_log_of_their_number() {
        let (n, d, tau) = (3, 4, 0.5);
        let (a, b, others) = (rows(1, n, d), rows(2, n, d), rows(3, 11, d));
        let mut by = vec![f32::NAN; n * d];
        let at = |a: &[f32], by: &mut [f32]| {
            loss(Sides { dimension: d, a, b: &b }, &others, tau, &mut Vec::new(), by)
        };
        at(&a, &mut by);
        for i in 0..n * d {
            let moved = |h: f32| {
                let mut a = a.clone();
                a[i] += h;
                at(&a, &mut vec![0.0; n * d])
            };
            let slope = (moved(1e-2) - moved(-1e-2)) / 2e-2;
            assert!((slope - f64::from(by[i])).abs() < 1e-4, "{i}: {slope} {}", by[i]);
        }
        let same = [1.0, 0.0, 0.0, 0.0].repeat(12);
        let own = Sides { dimension: d, a: &same[..d], b: &same[..d] };
        let found = loss(own, &same[d..], tau, &mut Vec::new(), &mut by[..d]);
        assert!((found - 12f64.ln()).abs() < 1e-6, "{found}");
        assert!(by[..d].iter().all(|g| g.abs() < 1e-6));
    }
}
