//! The course of a training: the whole of it, at a resolution that halves as it grows.

/// How many entries are kept at most.
const MOST: usize = 512;
/// How many of the first values are kept one by one, for axes that are logarithmic.
const EARLY: usize = 64;

/// Means of equally long stretches of steps, in `N` columns of which the first is the step.
#[derive(Clone, Debug)]
pub(in crate::lesson) struct History<const N: usize> {
    /// Steps an entry.
    stride: u64,
    /// Of each finished stretch: the means of the columns.
    entries: Vec<[f64; N]>,
    /// The first values as they came.
    early: Vec<[f64; N]>,
    open: [f64; N],
    open_count: u64,
}

impl<const N: usize> History<N> {
    pub(in crate::lesson) fn new() -> Self {
        Self {
            stride: 1,
            entries: Vec::with_capacity(MOST),
            early: Vec::with_capacity(EARLY),
            open: [0.0; N],
            open_count: 0,
        }
    }

    /// Takes the values after a step, the step first.
    pub(in crate::lesson) fn push(&mut self, values: [f64; N]) {
        if self.early.len() < EARLY {
            self.early.push(values);
        }
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

    /// The same with the first values one by one: for a logarithmic axis, on which the first
    /// stretch would be half of the picture.
    pub(in crate::lesson) fn column_from_start(&self, index: usize) -> Vec<f64> {
        let last = self.early.last().map_or(f64::NEG_INFINITY, |e| e[0]);
        let later = self.entries.iter().filter(|e| e[0] > last);
        self.early.iter().chain(later).map(|e| e[index]).collect()
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
        let all = history.column_from_start(0);
        assert!(all.starts_with(&[0.0, 1.0, 2.0, 3.0]) && all.windows(2).all(|w| w[0] < w[1]));
        assert_eq!(all.last(), steps.last());
    }
}
