//! Images too many to be shown in grey: two by four pixels a braille character, each on or off.
//!
//! First the eye should see which digit each is. A pixel is on where it is brighter than halfway
//! between the darkest and the brightest of its image.

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
pub(super) struct Small {
    width: usize,
    height: usize,
    below: u16,
}

impl Small {
    /// Where the terminal has the characters, and more than `shown` images can be seen this way.
    pub(super) fn fitting(
        images: &Images,
        area: Rect,
        shown: usize,
        theme: &Theme,
    ) -> Option<Self> {
        let count = images.images.len();
        let sensible = images.width <= 256 && images.height <= 256;
        if shown >= count || theme.glyphs != Glyphs::Braille || !sensible {
            return None;
        }
        let of = |below| Self { width: images.width, height: images.height, below };
        [1, 0].map(of).into_iter().find(|small| small.holds(area) >= count).or_else(|| {
            let tight = of(0);
            (tight.holds(area) > shown).then_some(tight)
        })
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
    let style = if heat.theme.many_colours() {
        Style::new().fg(heat.theme.colour(heat.rgb(1.0))).bg(heat.theme.colour(heat.rgb(0.0)))
    } else {
        Style::new()
    };
    let columns = usize::from(small.columns(area)).max(1);
    for (i, image) in images.iter().enumerate() {
        let left = area.x + (i % columns) as u16 * (small.wide() + 1);
        let top = area.y + (i / columns) as u16 * (small.high() + small.below);
        let finite = || image.pixels.iter().copied().filter(|p| p.is_finite());
        let low = finite().fold(f32::INFINITY, f32::min).max(0.0);
        let high = finite().fold(f32::NEG_INFINITY, f32::max).min(1.0);
        let on = |column: usize, row: usize| {
            let inside = column < small.width && row < small.height;
            let pixel = image.pixels.get(row * small.width + column).filter(|_| inside);
            pixel.is_some_and(|p| high > low && *p > (low + high) / 2.0)
        };
        for row in 0..small.high() {
            for column in 0..small.wide() {
                let mut bits = 0;
                for (y, dots) in DOTS.iter().enumerate() {
                    for (x, dot) in dots.iter().enumerate() {
                        if on(usize::from(column) * 2 + x, usize::from(row) * 4 + y) {
                            bits |= u32::from(*dot);
                        }
                    }
                }
                let glyph = char::from_u32(0x2800 + bits).unwrap_or(' ');
                write::put(buf, left + column, top + row, glyph, style);
            }
        }
    }
}
