//! A function of the plane as a heatmap, with particles and arrows over it.
//!
//! First the eye should see the valleys (dark) and ridges (bright), then where the particles sit in
//! them: white or black, whichever stands out from the colour below. The first column of values
//! stands at the left end of the x range, the last at its right end; rows likewise from below.

use super::Context;
use super::axes::{Axes, cell};
use super::heat::{self, Heat};
use super::legend::Entry;
use super::scale::Scale;
use super::write;
use crate::lab::view::{Dots, Field};
use crate::ui::theme::{Glyphs, Part};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

/// With more particles than this, each is a braille dot rather than a marker.
const MARKERS: usize = 80;

pub(super) fn render(
    field: &Field,
    area: Rect,
    buf: &mut Buffer,
    context: &Context<'_>,
) -> Option<()> {
    let rows = field.values.len().checked_div(field.columns)?;
    if rows == 0 {
        return None;
    }
    let whole = &field.values[..rows * field.columns];
    // A range around zero is that of a signed value, whose middle means "nothing".
    let signed = |(low, high): (f64, f64)| !field.low_is_bright && low < 0.0 && low == -high;
    let signed = field.value.range.is_some_and(signed);
    let (value, heat) = heat::of(&field.value, whole, signed, field.low_is_bright, context.theme)?;
    let count = |n: usize| Some((0.0, n.saturating_sub(1).max(1) as f64));
    let x = Scale::of(&field.x, count(field.columns), (0.0, 0.0))?;
    let y = Scale::of(&field.y, count(rows), (0.0, 0.0))?;
    let mut axes = Axes {
        x,
        y,
        x_words: context.label(field.x.label),
        y_words: context.label(field.y.label),
        entries: entries(field, context),
        reserved: 0,
    };
    // The colour scale stands beside the plot where there is room, else in a row above it.
    let mut inner = area;
    if area.width >= 40 && area.height >= 8 {
        let plot = axes.plot(area);
        let strip = Rect { x: area.x, width: area.width, ..plot };
        let taken = heat.key_beside(strip, &value, buf);
        inner.width -= taken;
        if taken > 0 && plot.y > area.y {
            let words = context.label(field.value.label);
            let words = write::clip(words, (taken - 1).max(area.width / 4), context.theme);
            let at = area.right() - write::width(&words).max(taken - 1);
            write::text(buf, area, at, area.y, &words, context.theme.part(Part::Dim));
            axes.reserved = (inner.right() + 2).saturating_sub(at);
        }
    } else if area.height >= 8 && area.width >= 12 {
        let row = Rect { height: 1, ..area };
        let words = context.label(field.value.label);
        heat.key_above(row, words, value.ends(), buf, context);
        inner = Rect { y: area.y + 1, height: area.height - 1, ..area };
    }
    let plot = axes.render(inner, buf, context);
    if plot.is_empty() {
        return Some(());
    }
    let sampler = Sampler { field, rows, value: &value };
    sampler.paint(plot, &heat, buf);
    for dots in &field.dots {
        particles(dots, (&x, &y), plot, buf, context, &sampler, &heat);
    }
    for arrows in &field.arrows {
        for &(a, b, dx, dy) in &arrows.arrows {
            arrow((a, b, dx, dy), (&x, &y), plot, buf, context, &sampler, &heat);
        }
    }
    Some(())
}

fn entries<'a>(field: &'a Field, context: &Context<'a>) -> Vec<Entry<'a>> {
    let dots = field.dots.iter().map(|d| (context.theme.marker(d.role), d.role, d.label));
    let glyph = if context.theme.ascii() { '>' } else { '→' };
    let arrows = field.arrows.iter().map(|a| (glyph, a.role, a.label));
    dots.chain(arrows)
        .map(|(glyph, _, label)| Entry {
            key: glyph.to_string(),
            style: Style::new().add_modifier(Modifier::BOLD),
            words: context.label(label),
        })
        .collect()
}

/// The field at any place of the plot.
struct Sampler<'a> {
    field: &'a Field,
    rows: usize,
    value: &'a Scale,
}

impl Sampler<'_> {
    /// The value from 0 to 1 at a place of the unit square, between its four neighbours; the
    /// nearest where one of them is not finite.
    fn at(&self, u: f64, v: f64) -> Option<f64> {
        let columns = self.field.columns;
        let (c, r) = (u * (columns - 1) as f64, v * (self.rows - 1) as f64);
        let (c0, r0) = (c as usize, r as usize);
        let (c1, r1) = ((c0 + 1).min(columns - 1), (r0 + 1).min(self.rows - 1));
        let get = |row: usize, column: usize| self.field.values[row * columns + column];
        let (fc, fr) = (c - c0 as f64, r - r0 as f64);
        let below = get(r0, c0) * (1.0 - fc) + get(r0, c1) * fc;
        let above = get(r1, c0) * (1.0 - fc) + get(r1, c1) * fc;
        let mut value = below * (1.0 - fr) + above * fr;
        if !value.is_finite() {
            value = get(r.round() as usize, c.round() as usize);
        }
        if !value.is_finite() {
            return None;
        }
        self.value.unit(value).map(|t| t.clamp(0.0, 1.0))
    }

    fn paint(&self, plot: Rect, heat: &Heat<'_>, buf: &mut Buffer) {
        let (columns, halves) = (f64::from(plot.width), f64::from(plot.height) * 2.0);
        for row in 0..plot.height {
            let v = |offset: f64| 1.0 - (f64::from(row) * 2.0 + offset) / halves;
            for column in 0..plot.width {
                let u = (f64::from(column) + 0.5) / columns;
                let (x, y) = (plot.x + column, plot.y + row);
                heat.paint(buf, x, y, self.at(u, v(0.5)), self.at(u, v(1.5)));
            }
        }
    }

    /// What a glyph in a cell must be drawn with to be read: its ink, and the cell's own colour as
    /// its ground.
    fn ink(&self, plot: Rect, column: u16, row: u16, heat: &Heat<'_>) -> Style {
        let u = (f64::from(column) + 0.5) / f64::from(plot.width);
        let v = 1.0 - (f64::from(row) + 0.5) / f64::from(plot.height);
        let style = self.at(u, v).map_or_else(Style::new, |t| heat.over(t));
        style.add_modifier(Modifier::BOLD)
    }
}

type Scales<'a> = (&'a Scale, &'a Scale);

fn place((x, y): (f64, f64), scales: Scales<'_>) -> Option<(f64, f64)> {
    let inside = |t: &f64| (0.0..=1.0).contains(t);
    Some((scales.0.unit(x).filter(inside)?, scales.1.unit(y).filter(inside)?))
}

fn particles(
    dots: &Dots,
    scales: Scales<'_>,
    plot: Rect,
    buf: &mut Buffer,
    context: &Context<'_>,
    sampler: &Sampler<'_>,
    heat: &Heat<'_>,
) {
    let braille = context.theme.glyphs == Glyphs::Braille && dots.points.len() > MARKERS;
    let width = usize::from(plot.width);
    let mut bits = vec![0u8; width * usize::from(plot.height)];
    for point in &dots.points {
        let Some((u, v)) = place(*point, scales) else { continue };
        let (column, row) = (cell(u, plot.width), cell(1.0 - v, plot.height));
        let (fine_x, fine_y) = (cell(u, plot.width * 2) % 2, cell(1.0 - v, plot.height * 4) % 4);
        const BRAILLE: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        bits[usize::from(row) * width + usize::from(column)] |=
            BRAILLE[usize::from(fine_y)][usize::from(fine_x)];
    }
    for (i, bits) in bits.into_iter().enumerate().filter(|(_, bits)| *bits > 0) {
        let (column, row) = ((i % width) as u16, (i / width) as u16);
        let glyph = if braille {
            char::from_u32(0x2800 + u32::from(bits)).unwrap_or('.')
        } else {
            context.theme.marker(dots.role)
        };
        let style = sampler.ink(plot, column, row, heat);
        write::put(buf, plot.x + column, plot.y + row, glyph, style);
    }
}

fn arrow(
    (x, y, dx, dy): (f64, f64, f64, f64),
    scales: Scales<'_>,
    plot: Rect,
    buf: &mut Buffer,
    context: &Context<'_>,
    sampler: &Sampler<'_>,
    heat: &Heat<'_>,
) {
    let Some((u, v)) = place((x, y), scales) else { return };
    let (Some(to_u), Some(to_v)) = (scales.0.unit(x + dx), scales.1.unit(y + dy)) else { return };
    // The direction as the eye sees it: a cell is twice as high as wide.
    let across = (to_u - u) * f64::from(plot.width);
    let up = (to_v - v) * f64::from(plot.height) * 2.0;
    let (column, row) = (cell(u, plot.width), cell(1.0 - v, plot.height));
    let glyph = if across.hypot(up) < 0.25 {
        if context.theme.ascii() { '.' } else { '·' }
    } else {
        let eighth = (up.atan2(across) / std::f64::consts::FRAC_PI_4).round() as i32;
        let glyphs: [char; 8] = if context.theme.ascii() {
            ['>', '/', '^', '\\', '<', '/', 'v', '\\']
        } else {
            ['→', '↗', '↑', '↖', '←', '↙', '↓', '↘']
        };
        glyphs[eighth.rem_euclid(8) as usize]
    };
    let style = sampler.ink(plot, column, row, heat);
    write::put(buf, plot.x + column, plot.y + row, glyph, style);
}
