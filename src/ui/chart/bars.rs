//! One bar a category and series, lying, so that names of any length stand level beside them.
//!
//! First the eye should see which bar is longest, then its number at its end, then whether the
//! error bars overlap. Bars begin at zero; on a logarithmic axis at the left edge.

use super::axes::cell;
use super::legend::{self, Entry};
use super::scale::{Scale, extent};
use super::{Context, write};
use crate::lab::view::{BarSeries, Bars};
use crate::ui::number;
use crate::ui::theme::Part;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

pub(super) fn render(
    bars: &Bars,
    area: Rect,
    buf: &mut Buffer,
    context: &Context<'_>,
) -> Option<()> {
    let ends = bars.series.iter().flat_map(|s| {
        s.values.iter().enumerate().flat_map(|(i, v)| {
            let error = error_of(s, i).unwrap_or(0.0);
            [v - error, v + error]
        })
    });
    let (low, high) = extent(ends, bars.value.log)?;
    let base = if bars.value.log { (low, high) } else { (low.min(0.0), high.max(0.0)) };
    let margin = if bars.value.log { 0.05 } else { 0.0 };
    let scale = Scale::of(&bars.value, Some(base), (margin, margin))?;

    let mut body = area;
    let many = bars.series.len() > 1;
    if many && area.height >= 5 {
        let entries: Vec<Entry<'_>> = bars
            .series
            .iter()
            .map(|s| Entry {
                key: block(context, s),
                style: context.theme.role(s.role),
                words: context.label(s.label),
            })
            .collect();
        legend::right_aligned(&entries, Rect { height: 1, ..area }, buf, context);
        body = Rect { y: area.y + 1, height: area.height - 1, ..area };
    }
    let words = context.label(bars.value.label);
    if body.height >= 5 && !words.is_empty() {
        body.height -= 1;
        let words = write::clip(words, area.width, context.theme);
        let x = area.right() - write::width(&words);
        write::text(buf, area, x, body.bottom(), &words, context.theme.part(Part::Dim));
    }

    let names: Vec<&str> = bars.categories.iter().map(|c| context.label(c)).collect();
    let longest = names.iter().map(|n| write::width(n)).max().unwrap_or(0);
    let gutter = longest.min(area.width / 3);
    let per = bars.series.len() as u16;
    // A blank row between categories where there is room for all of them.
    let wanted = (per + 1).saturating_mul(names.len() as u16).saturating_sub(1);
    let gap = u16::from(wanted <= body.height && names.len() > 1);
    let numbers = bars.series.iter().flat_map(|s| {
        s.values
            .iter()
            .enumerate()
            .map(|(i, v)| write::width(&number::with_error(*v, error_of(s, i), context.theme)))
    });
    let reserve = numbers.max().unwrap_or(0).saturating_add(2);
    let mut y = body.y;
    for (i, name) in names.iter().enumerate() {
        if y >= body.bottom() {
            break;
        }
        let label = write::clip(name, gutter, context.theme);
        let pad = gutter - write::width(&label);
        write::text(buf, area, area.x + pad, y, &label, context.theme.part(Part::Text));
        for series in &bars.series {
            if y >= body.bottom() {
                break;
            }
            let row = Rect {
                x: (area.x + gutter + 1).min(area.right()),
                y,
                width: area.width.saturating_sub(gutter + 1),
                height: 1,
            };
            bar(series, i, &scale, (row, reserve), buf, context);
            y += 1;
        }
        y += gap;
    }
    Some(())
}

fn block(context: &Context<'_>, series: &BarSeries) -> String {
    if context.theme.ascii() { context.theme.marker(series.role).to_string() } else { "█".into() }
}

fn error_of(series: &BarSeries, i: usize) -> Option<f64> {
    series.errors.get(i).copied().filter(|e| e.is_finite() && *e > 0.0)
}

fn bar(
    series: &BarSeries,
    i: usize,
    scale: &Scale,
    (row, reserve): (Rect, u16),
    buf: &mut Buffer,
    context: &Context<'_>,
) {
    const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    let theme = context.theme;
    let value = series.values.get(i).copied().unwrap_or(f64::NAN);
    let error = error_of(series, i);
    let words = number::with_error(value, error, theme);
    let reserve = if reserve + 6 <= row.width { reserve } else { 0 };
    let room = row.width - reserve;
    let numbers = Rect { x: row.x + room, width: reserve, ..row };
    if reserve > write::width(&words) {
        let style = theme.part(if value.is_finite() { Part::Text } else { Part::Dim });
        write::text(buf, numbers, numbers.x + 1, row.y, &words, style);
    }
    let Some(at) = scale.unit(value).filter(|_| value.is_finite()) else { return };
    if room == 0 {
        return;
    }
    let style = theme.role(series.role);
    let zero = scale.unit(0.0).unwrap_or(0.0).clamp(0.0, 1.0);
    let at = at.clamp(0.0, 1.0);
    let (from, to) = (zero.min(at) * f64::from(room), zero.max(at) * f64::from(room));
    for column in from as u16..(to.ceil() as u16).min(room) {
        let left = f64::from(column);
        let covered = (to - left).min(1.0) - (from - left).max(0.0);
        let glyph = if theme.ascii() {
            if covered >= 0.5 { theme.marker(series.role) } else { ' ' }
        } else if covered > 0.95 || from > left {
            if covered >= 0.5 { '█' } else { '▐' }
        } else {
            EIGHTHS[((covered * 8.0).round() as usize).min(7)]
        };
        write::put(buf, row.x + column, row.y, glyph, style);
    }
    // The foot of the bars, where some go to the left and some to the right.
    if zero > 0.0 && from != to {
        let foot = row.x + cell(zero, room);
        if buf.cell((foot, row.y)).is_some_and(|c| c.symbol() == " ") {
            write::put(
                buf,
                foot,
                row.y,
                if theme.ascii() { '|' } else { '▏' },
                theme.part(Part::Border),
            );
        }
    }
    if let Some(error) = error {
        let end = |v: f64| scale.unit(v).map_or(zero, |u| u.clamp(0.0, 1.0));
        let (a, b) = (cell(end(value - error), room), cell(end(value + error), room));
        let outside = theme.part(Part::Strong);
        let inside = match style.fg {
            Some(colour) => Style::new().bg(colour).fg(theme.pick(Color::Black, Color::White)),
            None => Style::new().add_modifier(Modifier::REVERSED),
        };
        let [left, dash, right] =
            if theme.ascii() { ['[', '=', ']'] } else { ['├', '─', '┤'] };
        for column in a..=b {
            let glyph = if a == b {
                if theme.ascii() { '|' } else { '│' }
            } else if column == a {
                left
            } else if column == b {
                right
            } else {
                dash
            };
            let middle = f64::from(column) + 0.5;
            let over_bar = !theme.ascii() && (from..to).contains(&middle);
            let line = if over_bar { inside } else { outside };
            write::put(buf, row.x + column, row.y, glyph, line);
        }
    }
}
