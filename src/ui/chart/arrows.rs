//! Arrows over a field: one glyph each for where it points, the first group thin, the second
//! double. Two groups stand side by side, so that what should agree can be compared place by place
//! in a panel of any size, without colour too.

use super::axes::cell;
use super::field::Sampler;
use super::heat::Heat;
use super::scale::Scale;
use super::write;
use crate::lab::view::Arrows;
use crate::ui::theme::{Depth, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::BTreeMap;

/// An arrow shorter than this many columns is drawn as a point.
const SHORT: f64 = 0.25;

/// The glyphs of a group, counter-clockwise from the right; the last is for no length.
fn glyphs(group: usize, ascii: bool) -> [char; 9] {
    match (group % 2, ascii) {
        (0, false) => ['→', '↗', '↑', '↖', '←', '↙', '↓', '↘', '·'],
        (_, false) => ['⇒', '⇗', '⇑', '⇖', '⇐', '⇙', '⇓', '⇘', '∘'],
        (0, true) => ['>', '/', '^', '\\', '<', '/', 'v', '\\', '.'],
        (_, true) => ['}', '/', 'A', '\\', '{', '/', 'V', '\\', 'o'],
    }
}

/// What stands for a group in the legend.
pub(super) fn key(group: usize, theme: &Theme) -> char {
    glyphs(group, theme.ascii())[0]
}

/// Draws all groups. Arrows that fall into one place are drawn as their mean.
pub(super) fn draw(
    groups: &[Arrows],
    (x, y): (&Scale, &Scale),
    plot: Rect,
    buf: &mut Buffer,
    sampler: &Sampler<'_>,
    heat: &Heat<'_>,
) {
    // A place is as wide as its arrows and a gap, where they are several.
    let count = u16::try_from(groups.len()).unwrap_or(u16::MAX);
    let wide = if count > 1 { count.saturating_add(2) } else { 1 };
    for (group, arrows) in groups.iter().enumerate() {
        // By row and column of the place: the sum, in columns and in half rows.
        let mut places: BTreeMap<(u16, u16), (f64, f64, f64)> = BTreeMap::new();
        for &(a, b, dx, dy) in &arrows.arrows {
            let inside = |t: &f64| (0.0..=1.0).contains(t);
            let from = x.unit(a).filter(inside).zip(y.unit(b).filter(inside));
            let to = x.unit(a + dx).zip(y.unit(b + dy));
            let (Some((u, v)), Some((to_u, to_v))) = (from, to) else { continue };
            let place = (cell(1.0 - v, plot.height), cell(u, plot.width) / wide);
            let sum = places.entry(place).or_default();
            // The direction as the eye sees it: a cell is twice as high as wide.
            sum.0 += (to_u - u) * f64::from(plot.width);
            sum.1 += (to_v - v) * f64::from(plot.height) * 2.0;
            sum.2 += 1.0;
        }
        let glyphs = glyphs(group, heat.theme.ascii());
        for ((row, place), (across, up, n)) in places {
            let column = place * wide + u16::try_from(group).unwrap_or(0);
            if column >= plot.width {
                continue;
            }
            let glyph = if (across / n).hypot(up / n) < SHORT {
                glyphs[8]
            } else {
                let eighth = (up.atan2(across) / std::f64::consts::FRAC_PI_4).round() as i32;
                glyphs[eighth.rem_euclid(8) as usize]
            };
            let style = sampler.ink(plot, column, row, heat);
            if heat.theme.ascii() || heat.theme.depth == Depth::None {
                // Among shades made of characters an arrow needs room to be seen.
                for x in (place * wide).saturating_sub(1)..(place * wide + wide).min(plot.width) {
                    let free = group == 0 || x >= column;
                    if free && x != column {
                        write::put(buf, plot.x + x, plot.y + row, ' ', heat.theme.base());
                    }
                }
            }
            write::put(buf, plot.x + column, plot.y + row, glyph, style);
        }
    }
}
