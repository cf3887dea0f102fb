//! The course of a training: the whole of it, at a resolution that halves as it grows.

/// How many entries are kept at most.
const MOST: usize = 512;

/// Means of equally long stretches of steps.
#[derive(Clone, Debug)]
pub(super) struct History {
    /// Steps an entry.
    stride: u64,
    /// Of each finished stretch: the middle step, then the means of the two curves.
    entries: Vec<[f64; 3]>,
    open: [f64; 3],
    open_count: u64,
}

impl History {
    pub(super) fn new() -> Self {
        Self { stride: 1, entries: Vec::with_capacity(MOST), open: [0.0; 3], open_count: 0 }
    }

    /// Takes the values after a step.
    pub(super) fn push(&mut self, step: u64, train: f64, held_out: f64) {
        for (sum, v) in self.open.iter_mut().zip([step as f64, train, held_out]) {
            *sum += v;
        }
        self.open_count += 1;
        if self.open_count < self.stride {
            return;
        }
        let count = self.open_count as f64;
        self.entries.push(self.open.map(|sum| sum / count));
        self.open = [0.0; 3];
        self.open_count = 0;
        if self.entries.len() == MOST {
            for i in 0..MOST / 2 {
                let (a, b) = (self.entries[2 * i], self.entries[2 * i + 1]);
                self.entries[i] = std::array::from_fn(|k| 0.5 * (a[k] + b[k]));
            }
            self.entries.truncate(MOST / 2);
            self.stride *= 2;
        }
    }

    /// One of the three columns.
    pub(super) fn column(&self, index: usize) -> Vec<f64> {
        self.entries.iter().map(|e| e[index]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{History, MOST};

    #[test]
    fn it_stays_bounded_and_keeps_means() {
        let mut history = History::new();
        for step in 0..10_000u64 {
            history.push(step, 2.0 * step as f64, 1.0);
        }
        let (steps, train) = (history.column(0), history.column(1));
        assert!(steps.len() < MOST && steps.len() >= MOST / 2);
        assert!(steps.windows(2).all(|w| w[1] - w[0] == history.stride as f64));
        assert!(steps.iter().zip(&train).all(|(s, t)| *t == 2.0 * s));
        assert!(history.column(2).iter().all(|h| *h == 1.0));
    }
}
