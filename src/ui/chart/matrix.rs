//! A matrix of numbers, for example of similarities.
//!
//! First the eye should see the bright diagonal (or its absence), then the blocks. Every entry is a
//! block of cells about as high as wide; where it is large enough its number stands in it. Around
//! zero the colours diverge, blue below and orange above. A matrix larger than the panel is shown
//! as means of neighbouring entries.

use super::heat::{self, Heat};
use super::scale::Scale;
use super::{Context, write};
use crate::lab::view::Matrix;
use crate::ui::number;
use crate::ui::theme::Part;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

pub(super) fn render(
    matrix: &Matrix,
    area: Rect,
    buf: &mut Buffer,
    context: &Context<'_>,
) -> Option<()> {
    let height = matrix.values.len().checked_div(matrix.width)?;
    let (scale, heat) = heat::of(&matrix.value, &matrix.values, true, false, context.theme)?;
    if height == 0 {
        return None;
    }
    let mut body = area;
    if area.height >= 6 {
        let row = Rect { height: 1, ..area };
        heat.key_above(row, context.label(matrix.value.label), scale.ends(), buf, context);
        body = Rect { y: area.y + 1, height: area.height - 1, ..area };
    }
    if body.height >= 6 {
        body.height -= 1;
        let (down, right) = if context.theme.ascii() { ("v", ">") } else { ("↓", "→") };
        let words = format!(
            "{down} {}   {right} {}",
            context.label(matrix.rows),
            context.label(matrix.columns)
        );
        let words = write::clip(&words, area.width, context.theme);
        write::text(buf, area, area.x, body.bottom(), &words, context.theme.part(Part::Dim));
    }
    let size = (matrix.width, height);
    blocks(matrix, size, &scale, &heat, body, buf);
    Some(())
}

fn blocks(
    matrix: &Matrix,
    (width, height): (usize, usize),
    scale: &Scale,
    heat: &Heat<'_>,
    body: Rect,
    buf: &mut Buffer,
) {
    let per_row = if heat.halves() { 2 } else { 1 };
    let (columns, rows) = (usize::from(body.width), usize::from(body.height) * per_row);
    if columns == 0 || rows == 0 {
        return;
    }
    // Square blocks: `side` half rows high, as many columns wide (a cell is 1:2). Where whole rows
    // are the smallest unit, twice as many columns.
    let square = 2 / per_row;
    let side = (rows / height).min(columns / (width * square));
    if side == 0 {
        let (shown_c, shown_r) = (width.min(columns), height.min(rows));
        let value = |c: usize, r: usize| mean(matrix, (width, height), (shown_c, shown_r), (c, r));
        for row in 0..shown_r.div_ceil(per_row) {
            for column in 0..shown_c {
                let unit =
                    |r: usize| (r < shown_r).then(|| scale.unit(value(column, r)?)).flatten();
                let (x, y) = (body.x + column as u16, body.y + row as u16);
                let lower = if per_row == 2 { unit(row * 2 + 1) } else { None };
                heat.paint(buf, x, y, unit(row * per_row), lower);
            }
        }
        return;
    }
    // An even number of half rows, so that a number has a row of its own.
    let side = if per_row == 2 && side > 1 { side - side % 2 } else { side };
    // Up to half as wide again, as numbers are wider than high.
    let wide = (side * square * 3 / 2).min(columns / width);
    let get = |column: usize, line: usize| {
        let (c, r) = (column / wide, line / side);
        if c >= width || r >= height {
            return None;
        }
        scale.unit(matrix.values[r * width + c]).map(|t| t.clamp(0.0, 1.0))
    };
    for row in 0..(height * side).div_ceil(per_row) {
        for column in 0..width * wide {
            let lower = if per_row == 2 { get(column, row * 2 + 1) } else { None };
            let (x, y) = (body.x + column as u16, body.y + row as u16);
            heat.paint(buf, x, y, get(column, row * per_row), lower);
        }
    }
    if wide < 4 || side < per_row {
        return;
    }
    for (i, value) in matrix.values.iter().take(width * height).enumerate() {
        let Some(t) = scale.unit(*value) else { continue };
        let room = wide - 1;
        let even = number::without_minus_zero(*value, if wide < 6 { 1 } else { 2 });
        let words = if even.len() <= room { even } else { number::fit(*value, room, heat.theme) };
        let words = words.trim_start();
        if words.starts_with('#') {
            continue;
        }
        let (c, r) = (i % width, i / width);
        let x = body.x as usize + c * wide + (wide - words.chars().count()) / 2;
        let y = body.y as usize + (r * side + side / 2) / per_row;
        let style = heat.over(t.clamp(0.0, 1.0));
        let style = if style.bg.is_some() { style } else { style.add_modifier(Modifier::BOLD) };
        write::text(buf, body, x as u16, y as u16, words, style);
    }
}

/// The mean of the entries that fall into one of `shown` places; `None` where none is finite.
fn mean(
    matrix: &Matrix,
    (width, height): (usize, usize),
    (shown_c, shown_r): (usize, usize),
    (c, r): (usize, usize),
) -> Option<f64> {
    let span = |i: usize, n: usize, shown: usize| i * n / shown..((i + 1) * n / shown);
    let mut sum = 0.0;
    let mut count = 0u32;
    for row in span(r, height, shown_r) {
        for column in span(c, width, shown_c) {
            let v = matrix.values[row * width + column];
            if v.is_finite() {
                sum += v;
                count += 1;
            }
        }
    }
    (count > 0).then(|| sum / f64::from(count))
}
