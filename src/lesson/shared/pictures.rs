//! What lessons on pictures have in common: a picture as a thumbnail, and the energies of several
//! kinds of pictures as histograms on one axis.

use crate::lab::Label;
use crate::lab::view::{Axis, Image, Lines, Plot, Role, Series};
use crate::math::statistics::{histogram, quantile};

const BINS: usize = 40;

/// Pixels from -1 to 1 as a thumbnail.
pub(in crate::lesson) fn thumbnail(role: Role, caption: String, pixels: &[f32]) -> Image {
    let pixels = pixels.iter().map(|x| (0.5 * (x + 1.0)).clamp(0.0, 1.0)).collect();
    Image { pixels, caption, role }
}

/// The next of 1, 2, 5, 10, 20, ... so that an axis stays where it is for long.
pub(in crate::lesson) fn rounded(x: f64) -> f64 {
    let decade = 10f64.powf(x.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * decade).find(|v| *v >= x).unwrap_or(x)
}

/// The energies of several kinds of points, counted from `zero`, as shares of each kind. The first
/// two kinds are data and set the scale; what of the others is beyond falls into the last column.
pub(in crate::lesson) fn energy_histograms(
    kinds: &[(Label, Role, &[f32])],
    zero: f64,
    (across, up): (Label, Label),
) -> Plot {
    let sorted: Vec<Vec<f64>> = kinds
        .iter()
        .map(|(_, _, energies)| {
            let mut kind: Vec<f64> = energies.iter().map(|e| f64::from(*e) - zero).collect();
            kind.sort_by(f64::total_cmp);
            kind
        })
        .collect();
    let reach = |p: f64| sorted.iter().map(move |k| quantile(k, p));
    let low = -rounded(-reach(0.01).fold(-1.0, f64::min));
    let high = rounded(2.0 * sorted.iter().take(2).map(|k| quantile(k, 0.98)).fold(1.0, f64::max));
    let width = (high - low) / BINS as f64;
    let edges: Vec<f64> = (0..=BINS).map(|i| low + width * i as f64).collect();
    let mut series: Vec<Series> = kinds
        .iter()
        .zip(&sorted)
        .map(|((label, role, _), kind)| {
            let kept: Vec<f64> = kind.iter().map(|e| e.min(high)).collect();
            let (counts, _) = histogram(&kept, low, high, BINS);
            let share = 1.0 / kind.len() as f64;
            let heights = counts.iter().map(|c| *c as f64 * share).collect();
            Series::histogram(label, *role, edges.clone(), heights)
        })
        .collect();
    // The data set the scale; a last column that holds most of a kind is cut off there.
    let tallest = series.iter().take(2).flat_map(|s| &s.y).copied().fold(0.05, f64::max);
    let top = rounded(tallest);
    series.iter_mut().flat_map(|s| &mut s.y).for_each(|y| *y = y.min(top));
    let y = Axis::of(up).within(0.0, top);
    Plot::Lines(Lines { x: Axis::of(across).within(low, high), y, series })
}
