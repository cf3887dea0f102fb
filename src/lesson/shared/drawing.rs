//! What the figures of a fit have in common: the data's own axes, the data as a histogram and as
//! dots.

use crate::lab::view::{Axis, Dots, Role};
use crate::lesson::shared::sample::Sample;

/// Dots of the data that are drawn at most.
const MOST_DOTS: usize = 400;

/// The nodes of a line in the data's own units.
pub(in crate::lesson) fn own_nodes(sample: &Sample) -> Vec<f64> {
    sample.grid.points().iter().map(|x| sample.own(0, *x)).collect()
}

fn own_range(sample: &Sample, axis: usize) -> (f64, f64) {
    let grid = sample.grid.axes()[axis];
    (sample.own(axis, grid.low), sample.own(axis, grid.high))
}

/// An axis of the box in the data's own units.
pub(in crate::lesson) fn own_axis(sample: &Sample, axis: usize) -> Axis {
    let (low, high) = own_range(sample, axis);
    Axis::of(sample.axes[axis]).within(low, high)
}

/// Of the training data, as a density in own units. The bins are half as wide as by the rule of
/// Freedman and Diaconis (1981), whose quartiles stand too far apart in data with two humps.
pub(in crate::lesson) fn histogram(sample: &Sample) -> (Vec<f64>, Vec<f64>) {
    let mut sorted = sample.train.clone();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let (low, high) = (sorted[0], sorted[n - 1]);
    let width = (sorted[3 * n / 4] - sorted[n / 4]) / (n as f64).cbrt();
    let bins = ((high - low) / width.max(1e-9)).ceil().clamp(5.0, 40.0) as usize;
    let step = ((high - low) / bins as f64).max(f64::MIN_POSITIVE);
    let mut counts = vec![0.0; bins];
    for x in &sorted {
        counts[(((x - low) / step) as usize).min(bins - 1)] += 1.0;
    }
    let share = 1.0 / (n as f64 * step * sample.scale[0]);
    let edges = (0..=bins).map(|i| sample.own(0, low + step * i as f64)).collect();
    (edges, counts.iter().map(|c| c * share).collect())
}

/// Some of the training data in the plane.
pub(in crate::lesson) fn dots(sample: &Sample) -> Vec<Dots> {
    let points = sample.train.chunks_exact(2).take(MOST_DOTS);
    let points = points.map(|p| (sample.own(0, p[0]), sample.own(1, p[1]))).collect();
    vec![Dots { label: "data", role: Role::Data, points }]
}
