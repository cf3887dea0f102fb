//! Groups of points in the plane.
//!
//! First the eye should see the clusters, then which group each belongs to: few points carry their
//! role's marker, many become braille dots in their role's colour.

use super::Context;
use super::axes::{Axes, cell};
use super::legend::Entry;
use super::raster::{Ink, Raster};
use super::scale::{Scale, extent};
use super::write;
use crate::lab::view::Scatter;
use crate::ui::theme::{Glyphs, Pattern};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

pub(super) fn render(
    scatter: &Scatter,
    area: Rect,
    buf: &mut Buffer,
    context: &Context<'_>,
) -> Option<()> {
    let theme = context.theme;
    let whole = || {
        let all = scatter.groups.iter().flat_map(|g| g.points.iter().copied());
        all.filter(|(x, y)| x.is_finite() && y.is_finite())
    };
    let x = extent(whole().map(|p| p.0), scatter.x.log);
    let y = extent(whole().map(|p| p.1), scatter.y.log);
    let mut axes = Axes {
        x: Scale::of(&scatter.x, Some(x?), (0.04, 0.04))?,
        y: Scale::of(&scatter.y, Some(y?), (0.05, 0.05))?,
        x_words: context.label(scatter.x.label),
        y_words: context.label(scatter.y.label),
        entries: scatter
            .groups
            .iter()
            .map(|group| Entry {
                key: theme.marker(group.role).to_string(),
                style: theme.role(group.role),
                words: context.label(group.label),
            })
            .collect(),
        reserved: 0,
    };
    if scatter.equal && !scatter.x.log && !scatter.y.log {
        (axes.x, axes.y) = equal(axes.x, axes.y, axes.plot(area));
    }
    let plot = axes.render(area, buf, context);
    if plot.is_empty() {
        return Some(());
    }
    let few = usize::from(plot.width) * usize::from(plot.height) / 12;
    let markers = theme.glyphs == Glyphs::Ascii
        || scatter.groups.iter().map(|g| g.points.len()).sum::<usize>() <= few;
    let place = |&(a, b): &(f64, f64)| Some((axes.x.unit(a)?, axes.y.unit(b)?));
    let mut raster = Raster::new(plot, theme.glyphs);
    for group in &scatter.groups {
        let (style, letter) = (theme.role(group.role), theme.marker(group.role));
        raster.ink(Ink { style, letter, pattern: Pattern::Solid });
        for at in group.points.iter().filter_map(place) {
            if !markers {
                raster.point(at);
            } else if (0.0..=1.0).contains(&at.0) && (0.0..=1.0).contains(&at.1) {
                let column = plot.x + cell(at.0, plot.width);
                let row = plot.y + cell(1.0 - at.1, plot.height);
                write::put(buf, column, row, letter, style);
            }
        }
    }
    raster.render(buf);
    Some(())
}

/// Widens one of two ranges until a unit is as long on both axes; a cell is twice as high as wide.
fn equal(x: Scale, y: Scale, plot: Rect) -> (Scale, Scale) {
    let (wide, high) = (f64::from(plot.width), f64::from(plot.height) * 2.0);
    if wide == 0.0 || high == 0.0 {
        return (x, y);
    }
    let widen = |scale: Scale, length: f64| {
        let (low, high) = scale.ends();
        let middle = low / 2.0 + high / 2.0;
        scale.with_ends(middle - length / 2.0, middle + length / 2.0)
    };
    let length = |scale: &Scale| scale.ends().1 - scale.ends().0;
    let unit = (length(&x) / wide).max(length(&y) / high);
    if unit * wide.max(high) > 1e300 {
        return (x, y);
    }
    (widen(x, unit * wide), widen(y, unit * high))
}
