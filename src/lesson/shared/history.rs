//! The course of a training: the whole of it, at a resolution that halves as it grows.

/// How many entries are kept at most.
const MOST: usize = 512;

/// Means of equally long stretches of steps, in `N` columns of which the first is the step.
#[derive(Clone, Debug)]
pub(in crate::lesson) struct History<const N: usize> {
    /// Steps an entry.
    stride: u64,
    /// Of each finished stretch: the means of the columns.
    entries: Vec<[f64; N]>,
    open: [f64; N],
    open_count: u64,
}

impl<const N: usize> History<N> {
    pub(in crate::lesson) fn new() -> Self {
        Self { stride: 1, entries: Vec::with_capacity(MOST), open: [0.0; N], open_count: 0 }
    }

    /// Takes the values after a step, the step first.
    pub(in crate::lesson) fn push(&mut self, values: [f64; N]) {
        for (sum, v) in self.open.iter_mut().zip(values) {
            *sum += v;
        }
        self.open_count += 1;
        if self.open_count < self.stride {
            return;
        }
        let count = self.open_count as f64;
        self.entries.push(self.open.map(|sum| sum / count));
        self.open = [0.0; N];
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

    /// One of the columns.
    pub(in crate::lesson) fn column(&self, index: usize) -> Vec<f64> {
        self.entries.iter().map(|e| e[index]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{History, MOST};

    #[test]
    fn it_stays_bounded_and_keeps_means() {
        let mut history = History::<3>::new();
        for step in 0..10_000u64 {
            history.push([step as f64, 2.0 * step as f64, 1.0]);
        }
        let (steps, train) = (history.column(0), history.column(1));
        assert!(steps.len() < MOST && steps.len() >= MOST / 2);
        assert!(steps.windows(2).all(|w| w[1] - w[0] == history.stride as f64));
        assert!(steps.iter().zip(&train).all(|(s, t)| *t == 2.0 * s));
        assert!(history.column(2).iter().all(|h| *h == 1.0));
    }
}
