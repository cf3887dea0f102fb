//! A grid of small grey images with captions.
//!
//! First the eye should see the strokes of each digit: white on black whatever the ground, every
//! pixel square, as large as fits them all. Captions stand dim below, in their role's colour. Where
//! not all fit in grey, they are drawn small, in black and white ([`super::thumbnails`]).

use super::Context;
use super::heat::{Heat, Map};
use super::thumbnails::{self, Small};
use super::write;
use crate::lab::view::{Image, Images};
use crate::ui::theme::Part;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;

pub(super) fn render(
    images: &Images,
    area: Rect,
    buf: &mut Buffer,
    context: &Context<'_>,
) -> Option<()> {
    if images.images.is_empty() || images.width == 0 || images.height == 0 {
        return None;
    }
    let named = images.images.iter().any(|i| !i.caption.is_empty());
    let count = images.images.len();
    // Large and airy where that shows them all, else ever closer. Captions go last: sooner than
    // without them, all are shown small.
    let close = |named| Grid::new(images, 1, 1, named, 0);
    let airy = (1..=4).rev().map(|zoom| Grid::new(images, zoom, 2, named, 1));
    let whole = airy.chain([close(named)]).find(|grid| grid.holds(area) >= count);
    let captioned = Small::captioned(images, area, context.theme)
        .filter(|small| whole.is_none() && named && small.holds(area) >= count);
    let grid = whole
        .or_else(|| Some(close(false)).filter(|grid| grid.holds(area) >= count))
        .unwrap_or_else(|| close(named));
    let corner = (area.right().saturating_sub(1), area.bottom().saturating_sub(1));
    let ground = buf.cell(corner)?.bg;
    let heat = Heat::new(context.theme, Map::Grey, false);
    // Where not even one fits whole, the first is shown as far as it goes.
    let mut shown = grid.holds(area).clamp(1, count);
    let small = captioned.or_else(|| Small::fitting(images, area, shown, context.theme));
    if let Some(small) = small {
        shown = small.holds(area).min(count);
        thumbnails::draw(&images.images[..shown], &small, area, &heat, buf);
        more(count - shown, area, ground, buf, context);
        return Some(());
    }
    for (i, image) in images.images.iter().take(shown).enumerate() {
        grid.one(i, image, images, area, &heat, buf, context);
    }
    more(count - shown, area, ground, buf, context);
    Some(())
}

/// How many are not shown, where that covers nothing, not even half of a wide glyph.
fn more(left: usize, area: Rect, ground: Color, buf: &mut Buffer, context: &Context<'_>) {
    if left == 0 {
        return;
    }
    let more = format!("+{left}");
    let x = area.right().saturating_sub(write::width(&more)).max(area.x);
    let y = area.bottom() - 1;
    let free = (x.saturating_sub(1).max(area.x)..area.right())
        .all(|x| buf.cell((x, y)).is_some_and(|c| c.symbol() == " " && c.bg == ground));
    if free {
        write::text(buf, area, x, y, &more, context.theme.part(Part::Dim));
    }
}

/// How the images stand: all measures in cells.
struct Grid {
    zoom: usize,
    wide: u16,
    high: u16,
    beside: u16,
    below: u16,
    captions: u16,
}

impl Grid {
    fn new(images: &Images, zoom: usize, beside: u16, captions: bool, below: u16) -> Self {
        // Far beyond any screen, and far from overflow.
        let cells = |n: usize| n.min(1000) as u16;
        Self {
            zoom,
            wide: cells(images.width.saturating_mul(zoom)),
            high: cells(images.height.saturating_mul(zoom).div_ceil(2)),
            beside,
            below,
            captions: u16::from(captions),
        }
    }

    fn columns(&self, area: Rect) -> u16 {
        (area.width.saturating_add(self.beside) / (self.wide + self.beside)).max(1)
    }

    /// How many images fit whole.
    fn holds(&self, area: Rect) -> usize {
        let step = self.high + self.captions + self.below;
        let rows = area.height.saturating_add(self.below) / step;
        let across = area.width.saturating_add(self.beside) / (self.wide + self.beside);
        usize::from(across) * usize::from(rows)
    }

    #[allow(clippy::too_many_arguments)]
    fn one(
        &self,
        i: usize,
        image: &Image,
        images: &Images,
        area: Rect,
        heat: &Heat<'_>,
        buf: &mut Buffer,
        context: &Context<'_>,
    ) {
        let columns = usize::from(self.columns(area));
        let step = |n: usize, size: u16| (n.min(1000) as u16).saturating_mul(size);
        let place = Rect {
            x: area.x.saturating_add(step(i % columns, self.wide + self.beside)),
            y: area.y.saturating_add(step(i / columns, self.high + self.captions + self.below)),
            width: self.wide,
            height: self.high + self.captions,
        }
        .intersection(area);
        let (zoom, high) = (self.zoom, self.high);
        let pixel = |column: usize, line: usize| {
            let (c, r) = (column / zoom, line / zoom);
            if c >= images.width || r >= images.height {
                return None;
            }
            let value = f64::from(*image.pixels.get(r * images.width + c)?);
            value.is_finite().then_some(value.clamp(0.0, 1.0))
        };
        for row in 0..high.min(place.height) {
            for column in 0..place.width {
                let line = usize::from(row) * 2;
                let c = usize::from(column);
                heat.paint(
                    buf,
                    place.x + column,
                    place.y + row,
                    pixel(c, line),
                    pixel(c, line + 1),
                );
            }
        }
        if place.height > high {
            let words = write::clip(&image.caption, place.width, context.theme);
            let x = place.x + (place.width - write::width(&words)) / 2;
            write::text(buf, place, x, place.y + high, &words, context.theme.role(image.role));
        }
    }
}
