//! Curves, histograms, points and bands over a common axis.
//!
//! First the eye should see the shape of the data (a pale filled area), then the curve that claims
//! to explain it, then whether the exact curve agrees: it is dashed and drawn last, so that an
//! agreeing curve shows in its gaps. Axes and numbers stay dim.

use super::Context;
use super::axes::{Axes, cell};
use super::legend::Entry;
use super::raster::{Ink, Raster};
use super::scale::{Scale, extent};
use super::write;
use crate::lab::view::{Lines, Mark, Role, Series};
use crate::ui::theme::{Pattern, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

pub(super) fn render(
    lines: &Lines,
    area: Rect,
    buf: &mut Buffer,
    context: &Context<'_>,
) -> Option<()> {
    let (x, y) = scales(lines)?;
    let first_histogram = lines.series.iter().position(|s| s.mark == Mark::Histogram);
    // What has no name is not in the legend.
    let named = lines.series.iter().filter(|s| !s.label.is_empty());
    let entries = named.map(|s| entry(s, context)).collect();
    let axes = Axes {
        x,
        y,
        x_words: context.label(lines.x.label),
        y_words: context.label(lines.y.label),
        entries,
        reserved: 0,
    };
    let plot = axes.render(area, buf, context);
    if plot.is_empty() {
        return Some(());
    }
    let mut raster = Raster::new(plot, context.theme.glyphs);
    for (i, series) in in_order(&lines.series) {
        raster.ink(ink(series, context.theme));
        let filled = Some(i) == first_histogram;
        match series.mark {
            Mark::Histogram if filled => {
                Fill { series, theme: context.theme, plot }.histogram(&x, &y, buf);
            }
            Mark::Histogram => raster.polyline(outline(series, &x, &y).into_iter()),
            Mark::Band => {
                Fill { series, theme: context.theme, plot }.band(&x, &y, buf);
                raster.polyline(places(series, &x, &y));
            }
            Mark::Line => raster.polyline(places(series, &x, &y)),
            Mark::Points if !sparse(series, plot) => {
                places(series, &x, &y).flatten().for_each(|p| raster.point(p));
            }
            Mark::Points => error_bars(series, &x, &y, &mut raster),
        }
    }
    raster.render(buf);
    for series in lines.series.iter().filter(|s| s.mark == Mark::Points && sparse(s, plot)) {
        markers(series, &x, &y, plot, buf, context.theme);
    }
    Some(())
}

/// The series from the bottom up: as given, but exact curves last.
fn in_order(series: &[Series]) -> impl Iterator<Item = (usize, &Series)> {
    let late = |s: &Series| s.role == Role::Exact && s.mark != Mark::Histogram;
    let early = series.iter().enumerate().filter(move |(_, s)| !late(s));
    early.chain(series.iter().enumerate().filter(move |(_, s)| late(s)))
}

/// The scales that show every finite value; `None` where there is none.
fn scales(lines: &Lines) -> Option<(Scale, Scale)> {
    let mut xs: Option<(f64, f64)> = None;
    let mut ys: Option<(f64, f64)> = None;
    let join = |a: Option<(f64, f64)>, b: Option<(f64, f64)>| match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (a, b) => a.or(b),
    };
    let mut baseline = false;
    for series in &lines.series {
        let shown = |i: usize| {
            series.x.get(i).is_some_and(|x| x.is_finite())
                && series.y.get(i).is_some_and(|y| y.is_finite())
        };
        if !(0..series.x.len().min(series.y.len())).any(shown) {
            continue;
        }
        xs = join(xs, extent(series.x.iter().copied(), lines.x.log));
        ys = join(ys, extent(series.y.iter().copied(), lines.y.log));
        if series.mark == Mark::Histogram && !lines.y.log {
            baseline = true;
            ys = join(ys, Some((0.0, 0.0)));
        }
        let ends = series.y.iter().zip(&series.spread).flat_map(|(y, s)| [y - s, y + s]);
        ys = join(ys, extent(ends, lines.y.log));
    }
    // A curve may run to the left and right edge, but has air above and below; a histogram stands
    // on its axis.
    let standing = baseline && ys.is_some_and(|(low, _)| low >= 0.0);
    let below = if standing { 0.0 } else { 0.05 };
    let only_points = lines.series.iter().all(|s| s.mark == Mark::Points);
    let beside = if only_points { 0.03 } else { 0.0 };
    Some((
        Scale::of(&lines.x, xs.filter(|_| ys.is_some()), (beside, beside))
            .filter(|_| xs.is_some())?,
        Scale::of(&lines.y, ys, (below, 0.06)).filter(|_| ys.is_some())?,
    ))
}

/// The places of a series in the unit square.
fn places<'a>(
    series: &'a Series,
    x: &'a Scale,
    y: &'a Scale,
) -> impl Iterator<Item = Option<(f64, f64)>> + 'a {
    series.x.iter().zip(&series.y).map(|(a, b)| Some((x.unit(*a)?, y.unit(*b)?)))
}

/// The outline of a histogram.
fn outline(series: &Series, x: &Scale, y: &Scale) -> Vec<Option<(f64, f64)>> {
    let floor = y.unit(0.0).unwrap_or(0.0);
    let mut places = Vec::with_capacity(2 * series.x.len());
    for (edges, height) in series.x.windows(2).zip(&series.y) {
        if let (Some(a), Some(b), Some(h)) = (x.unit(edges[0]), x.unit(edges[1]), y.unit(*height)) {
            if places.is_empty() {
                places.push(Some((a, floor)));
            }
            places.push(Some((a, h)));
            places.push(Some((b, h)));
        }
    }
    if let Some(Some((end, _))) = places.last().copied() {
        places.push(Some((end, floor)));
    }
    places
}

/// Whether points are few enough for a marker each.
fn sparse(series: &Series, plot: Rect) -> bool {
    series.x.len() <= usize::from(plot.width).max(64)
}

/// Upright strokes of the raster, finer than a cell.
fn error_bars(series: &Series, x: &Scale, y: &Scale, raster: &mut Raster) {
    for ((a, b), spread) in series.x.iter().zip(&series.y).zip(&series.spread) {
        if let (Some(at), Some(high)) = (x.unit(*a), y.unit(b + spread))
            && *spread > 0.0
        {
            let low = y.unit(b - spread).unwrap_or(0.0);
            raster.polyline([Some((at, low)), Some((at, high))].into_iter());
        }
    }
}

fn markers(series: &Series, x: &Scale, y: &Scale, plot: Rect, buf: &mut Buffer, theme: &Theme) {
    let inside = |t: f64| (0.0..=1.0).contains(&t);
    for (u, v) in places(series, x, y).flatten().filter(|p| inside(p.0) && inside(p.1)) {
        let (column, row) = (plot.x + cell(u, plot.width), plot.y + cell(1.0 - v, plot.height));
        write::put(buf, column, row, theme.marker(series.role), theme.role(series.role));
    }
}

fn ink(series: &Series, theme: &Theme) -> Ink {
    let bars = series.mark == Mark::Points && !series.spread.is_empty();
    Ink {
        style: theme.role(series.role),
        letter: if bars { '|' } else { theme.marker(series.role) },
        // An error bar is a stroke, whatever the role's curves look like.
        pattern: if bars { Pattern::Solid } else { theme.pattern(series.role) },
    }
}

fn entry<'a>(series: &'a Series, context: &Context<'a>) -> Entry<'a> {
    let theme = context.theme;
    let (key, style) = match series.mark {
        Mark::Points => (theme.marker(series.role).to_string(), theme.role(series.role)),
        Mark::Histogram if theme.ascii() => ("::".to_owned(), theme.role(series.role)),
        Mark::Histogram => match theme.fill(series.role) {
            Some(colour) => ("██".to_owned(), Style::new().fg(colour)),
            None => ("░░".to_owned(), theme.role(series.role)),
        },
        Mark::Line | Mark::Band if theme.ascii() => {
            (theme.marker(series.role).to_string().repeat(2), theme.role(series.role))
        }
        Mark::Line | Mark::Band => (theme.stroke(series.role).to_owned(), theme.role(series.role)),
    };
    Entry { key, style, words: context.label(series.label) }
}

/// A pale area behind the curves. Whole cells are filled with a background colour, which a curve
/// drawn over them keeps; without pale colours, with a shade character.
struct Fill<'a> {
    series: &'a Series,
    theme: &'a Theme,
    plot: Rect,
}

impl Fill<'_> {
    fn histogram(&self, x: &Scale, y: &Scale, buf: &mut Buffer) {
        let floor = y.unit(0.0).unwrap_or(0.0).clamp(0.0, 1.0);
        let (edges, heights) = (&self.series.x, &self.series.y);
        let columns = usize::from(self.plot.width);
        let mut tops: Vec<Option<f64>> = vec![None; columns];
        for (pair, height) in edges.windows(2).zip(heights) {
            let (Some(a), Some(b), Some(h)) = (x.unit(pair[0]), x.unit(pair[1]), y.unit(*height))
            else {
                continue;
            };
            // A column belongs to the bin that holds its middle; a bin narrower than a column
            // still shows in the one that holds it.
            let from = (a * columns as f64 - 0.5).ceil().max(0.0) as usize;
            let to = ((b * columns as f64 - 0.5).ceil().max(0.0) as usize).min(columns);
            if from < to {
                tops[from..to].fill(Some(h));
            } else if (0.0..1.0).contains(&a)
                && let Some(top) = tops.get_mut((a * columns as f64) as usize)
            {
                *top = Some(top.map_or(h, |t| t.max(h)));
            }
        }
        for (column, top) in tops.iter().enumerate() {
            if let Some(top) = top {
                self.column(column, floor.min(*top), floor.max(*top), true, buf);
            }
        }
    }

    fn band(&self, x: &Scale, y: &Scale, buf: &mut Buffer) {
        let columns = usize::from(self.plot.width);
        let mut ranges: Vec<Option<(f64, f64)>> = vec![None; columns];
        let mut add = |column: usize, low: f64, high: f64| {
            if let Some(range) = ranges.get_mut(column) {
                let (a, b) = range.unwrap_or((low, high));
                *range = Some((a.min(low), b.max(high)));
            }
        };
        let mut last: Option<(f64, f64, f64)> = None;
        for ((a, b), spread) in self.series.x.iter().zip(&self.series.y).zip(&self.series.spread) {
            let now = x
                .unit(*a)
                .zip(y.unit(b + spread))
                .map(|(at, high)| (at * columns as f64, y.unit(b - spread).unwrap_or(0.0), high));
            if let Some((at, low, high)) = now {
                if at >= 0.0 {
                    add(at as usize, low, high);
                }
                if let Some((before, before_low, before_high)) = last {
                    let first = before.max(0.0).ceil() as usize;
                    for column in first..(at.max(0.0) as usize).min(columns) {
                        let share = (column as f64 + 0.5 - before) / (at - before);
                        let between = |p: f64, q: f64| p + (q - p) * share;
                        add(column, between(before_low, low), between(before_high, high));
                    }
                }
            }
            last = now;
        }
        for (column, range) in ranges.iter().enumerate() {
            if let Some((low, high)) = range {
                self.column(column, *low, *high, false, buf);
            }
        }
    }

    /// Fills one column from `low` to `high`; `standing` on its lower end, which is then exact to
    /// an eighth of a cell at the top.
    fn column(&self, column: usize, low: f64, high: f64, standing: bool, buf: &mut Buffer) {
        const EIGHTHS: [char; 7] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇'];
        let (plot, rows) = (self.plot, f64::from(self.plot.height));
        if high < 0.0 || low > 1.0 {
            return;
        }
        let (low, high) = (low.clamp(0.0, 1.0) * rows, high.clamp(0.0, 1.0) * rows);
        let x = plot.x + column as u16;
        let fill = self.theme.fill(self.series.role).filter(|_| !self.theme.ascii());
        for step in low as u16..(high.ceil() as u16).min(plot.height) {
            let y = plot.bottom() - 1 - step;
            let base = f64::from(step);
            let covered = (high - base).min(1.0) - (low - base).max(0.0);
            let Some(colour) = fill else {
                if covered >= 0.5 {
                    let shade = if self.theme.ascii() { ':' } else { '░' };
                    write::put(buf, x, y, shade, self.theme.role(self.series.role));
                }
                continue;
            };
            let eighths = (covered * 8.0).round() as usize;
            // The curve goes through the middle of a band, and of a half cell it would leave nothing.
            let middle = !standing && (base..base + 1.0).contains(&(0.5 * (low + high)));
            if middle || eighths >= if standing { 8 } else { 4 } {
                write::put(buf, x, y, ' ', Style::new().bg(colour));
            } else if standing && low <= base && eighths > 0 {
                write::put(buf, x, y, EIGHTHS[eighths - 1], Style::new().fg(colour));
            } else if covered >= 0.12 {
                let upper = (low - base) > (base + 1.0 - high);
                let glyph = if upper { '▀' } else { '▄' };
                write::put(buf, x, y, glyph, Style::new().fg(colour));
            }
        }
    }
}
