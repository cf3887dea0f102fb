//! Images too many to be shown in grey: two by four pixels a braille character, each on or off, and
//! where there are colours each character as bright as its pixels that are on.
//!
//! First the eye should see which digit each is. A pixel is on where it is brighter than halfway
//! between the darkest and the brightest of its image. Images that touch stand on grounds of two
//! shades, like the fields of a chessboard. Where a row lies between them, it has the captions that
//! fit.

use super::heat::Heat;
use super::write;
use crate::lab::view::{Image, Images};
use crate::ui::theme::{Glyphs, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// The dots of a braille character by row and column.
const DOTS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// How small images stand: all measures in cells, but those of an image in pixels.
#[derive(Clone, Copy)]
pub(super) struct Small {
    width: usize,
    height: usize,
    below: u16,
}

impl Small {
    /// Where the terminal has the characters, and twice the `shown` images can be seen this way: grey
    /// tells more than black and white.
    pub(super) fn fitting(
        images: &Images,
        area: Rect,
        shown: usize,
        theme: &Theme,
    ) -> Option<Self> {
        let count = images.images.len();
        let airy = Self::captioned(images, area, theme).filter(|_| shown * 2 <= count)?;
        // Without colours nothing would keep apart what touches.
        let tight = Self { below: u16::from(!theme.many_colours()), ..airy };
        let best = [airy, tight].into_iter();
        best.max_by_key(|small| (small.holds(area).min(count), small.below))
            .filter(|small| small.holds(area) >= shown * 2)
    }

    /// With a row for captions between, where the terminal has the characters.
    pub(super) fn captioned(images: &Images, area: Rect, theme: &Theme) -> Option<Self> {
        let sensible = images.width <= 256 && images.height <= 256 && !area.is_empty();
        let of = Self { width: images.width, height: images.height, below: 1 };
        (theme.glyphs == Glyphs::Braille && sensible).then_some(of)
    }

    fn wide(&self) -> u16 {
        self.width.div_ceil(2) as u16
    }

    fn high(&self) -> u16 {
        self.height.div_ceil(4) as u16
    }

    fn columns(&self, area: Rect) -> u16 {
        area.width.saturating_add(1) / (self.wide() + 1)
    }

    /// How many images fit whole.
    pub(super) fn holds(&self, area: Rect) -> usize {
        let rows = area.height.saturating_add(self.below) / (self.high() + self.below);
        usize::from(self.columns(area)) * usize::from(rows)
    }
}

/// Draws images as many as fit.
pub(super) fn draw(images: &[Image], small: &Small, area: Rect, heat: &Heat<'_>, buf: &mut Buffer) {
    let style = |ground: f64, ink: f64| {
        if heat.theme.many_colours() {
            let shade = |t| heat.theme.colour(heat.rgb(t));
            Style::new().fg(shade(ink)).bg(shade(ground))
        } else {
            Style::new()
        }
    };
    let columns = usize::from(small.columns(area)).max(1);
    for (i, image) in images.iter().enumerate() {
        let left = area.x + (i % columns) as u16 * (small.wide() + 1);
        let top = area.y + (i / columns) as u16 * (small.high() + small.below);
        let field = (i % columns + i / columns) % 2;
        let ground = if small.below == 0 { 0.2 * field as f64 } else { 0.0 };
        let finite = || image.pixels.iter().copied().filter(|p| p.is_finite());
        let low = finite().fold(f32::INFINITY, f32::min).max(0.0);
        let high = finite().fold(f32::NEG_INFINITY, f32::max).min(1.0);
        // How bright a pixel is that is on, between the darkest and the brightest.
        let on = |column: usize, row: usize| {
            let inside = column < small.width && row < small.height;
            let pixel = image.pixels.get(row * small.width + column).filter(|_| inside)?;
            let bright = f64::from((pixel - low) / (high - low));
            (high > low && bright > 0.5).then_some(bright.min(1.0))
        };
        for row in 0..small.high() {
            for column in 0..small.wide() {
                let (mut bits, mut ink) = (0, 0.0);
                for (y, dots) in DOTS.iter().enumerate() {
                    for (x, dot) in dots.iter().enumerate() {
                        let pixel = on(usize::from(column) * 2 + x, usize::from(row) * 4 + y);
                        if let Some(bright) = pixel {
                            bits |= u32::from(*dot);
                            ink += bright;
                        }
                    }
                }
                let glyph = char::from_u32(0x2800 + bits).unwrap_or(' ');
                // An empty character is in the colour of the brightest: never that of its ground.
                let ink = if bits == 0 { 1.0 } else { ink / f64::from(bits.count_ones()) };
                write::put(buf, left + column, top + row, glyph, style(ground, ink));
            }
        }
        let caption = write::width(&image.caption);
        if small.below > 0 && caption > 0 && caption <= small.wide() {
            let x = left + (small.wide() - caption) / 2;
            write::text(
                buf,
                area,
                x,
                top + small.high(),
                &image.caption,
                heat.theme.role(image.role),
            );
        }
    }
}
