//! A raster of dots below the size of a cell: 2x4 in braille, 1x2 in half blocks, 1x1 in ASCII.
//!
//! A cell has one foreground colour, so it belongs to one series alone: the last that drew in it.
//! What an earlier series left there is wiped, which also sets crossing curves apart.

use crate::ui::theme::{Glyphs, Pattern};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// How one series looks in the raster.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ink {
    /// Its colour.
    pub style: Style,
    /// Its character where a cell is one dot.
    pub letter: char,
    /// How its lines are broken.
    pub pattern: Pattern,
}

/// The dots over one area.
pub(crate) struct Raster {
    area: Rect,
    glyphs: Glyphs,
    /// Dots a cell, across and down.
    per_cell: (usize, usize),
    /// One bit a dot, a byte a cell.
    bits: Vec<u8>,
    /// Which ink a cell belongs to, counted from 1; 0 is none.
    owner: Vec<u8>,
    inks: Vec<Ink>,
}

impl Raster {
    pub(crate) fn new(area: Rect, glyphs: Glyphs) -> Self {
        let cells = usize::from(area.width) * usize::from(area.height);
        let per_cell = match glyphs {
            Glyphs::Braille => (2, 4),
            Glyphs::Blocks => (1, 2),
            Glyphs::Ascii => (1, 1),
        };
        Self {
            area,
            glyphs,
            per_cell,
            bits: vec![0; cells],
            owner: vec![0; cells],
            inks: Vec::new(),
        }
    }

    /// Takes up another ink; what is drawn from now on is drawn with it.
    pub(crate) fn ink(&mut self, ink: Ink) {
        if self.inks.len() < usize::from(u8::MAX) {
            self.inks.push(ink);
        }
    }

    /// Dots across and down.
    pub(crate) fn size(&self) -> (usize, usize) {
        (
            usize::from(self.area.width) * self.per_cell.0,
            usize::from(self.area.height) * self.per_cell.1,
        )
    }

    /// Sets the dot at column `x` and row `y`, counted from the top left.
    #[inline]
    fn set(&mut self, x: usize, y: usize) {
        let (columns, rows) = self.size();
        if x >= columns || y >= rows {
            return;
        }
        let cell = (y / self.per_cell.1) * usize::from(self.area.width) + x / self.per_cell.0;
        let ink = self.inks.len() as u8;
        if self.owner[cell] != ink {
            self.owner[cell] = ink;
            self.bits[cell] = 0;
        }
        // Braille numbers its dots 1 2 3 7 down the left column and 4 5 6 8 down the right one.
        const BRAILLE: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        self.bits[cell] |= match self.glyphs {
            Glyphs::Braille => BRAILLE[y % 4][x % 2],
            Glyphs::Blocks => 1 << (y % 2),
            Glyphs::Ascii => 1,
        };
    }

    /// The dot of a place in the unit square, y upwards, if it lies inside.
    fn dot(&self, (x, y): (f64, f64)) -> Option<(usize, usize)> {
        let (columns, rows) = self.size();
        if columns == 0 || rows == 0 || !(0.0..=1.0).contains(&x) || !(0.0..=1.0).contains(&y) {
            return None;
        }
        Some(snap((x, y), (columns, rows)))
    }

    /// Sets one dot, if it lies inside.
    #[inline]
    pub(crate) fn point(&mut self, at: (f64, f64)) {
        if let Some((x, y)) = self.dot(at) {
            self.set(x, y);
        }
    }

    /// Connects places in the unit square; a `None` breaks the line. Dashes are measured along the
    /// line, in cells, so that they look alike whatever the number of places.
    pub(crate) fn polyline(&mut self, places: impl Iterator<Item = Option<(f64, f64)>>) {
        let size = self.size();
        if size.0 == 0 || size.1 == 0 {
            return;
        }
        let pattern = self.inks.last().map_or(Pattern::Solid, |ink| ink.pattern);
        let mut pen: Option<(f64, f64)> = None;
        let mut drawn: Option<(usize, usize)> = None;
        let mut travelled = 0usize;
        for place in places {
            let Some(to) = place else {
                pen = None;
                drawn = None;
                continue;
            };
            let from = pen.replace(to).unwrap_or(to);
            let Some((a, b)) = clip(from, to) else {
                drawn = None;
                continue;
            };
            let (a, b) = (snap(a, size), snap(b, size));
            if drawn == Some(b) && a == b {
                continue;
            }
            self.segment(a, b, pattern, &mut travelled, drawn == Some(a));
            drawn = Some(b);
        }
    }

    /// Bresenham's line (1965) between two dots; `skip_first` where that dot is drawn already.
    fn segment(
        &mut self,
        a: (usize, usize),
        b: (usize, usize),
        pattern: Pattern,
        travelled: &mut usize,
        skip_first: bool,
    ) {
        let (mut x, mut y) = (a.0 as i64, a.1 as i64);
        let (to_x, to_y) = (b.0 as i64, b.1 as i64);
        let (dx, dy) = ((to_x - x).abs(), -(to_y - y).abs());
        let (step_x, step_y) = ((to_x - x).signum(), (to_y - y).signum());
        let mut error = dx + dy;
        let mut first = true;
        loop {
            if !(first && skip_first) {
                if self.pen_is_down(pattern, *travelled) {
                    self.set(x as usize, y as usize);
                }
                *travelled += 1;
            }
            first = false;
            if x == to_x && y == to_y {
                return;
            }
            let twice = 2 * error;
            if twice >= dy {
                error += dy;
                x += step_x;
            }
            if twice <= dx {
                error += dx;
                y += step_y;
            }
        }
    }

    fn pen_is_down(&self, pattern: Pattern, travelled: usize) -> bool {
        let unit = self.per_cell.0;
        match pattern {
            Pattern::Solid => true,
            Pattern::Dashed => travelled % (5 * unit) < 3 * unit,
            Pattern::Dotted => travelled % (2 * unit) < unit,
            Pattern::DashDot => !matches!(travelled % (7 * unit) / unit, 3 | 4 | 6),
        }
    }

    /// Whether a cell of the area holds a dot.
    #[cfg(test)]
    pub(crate) fn holds(&self, column: u16, row: u16) -> bool {
        self.bits[usize::from(row) * usize::from(self.area.width) + usize::from(column)] != 0
    }

    /// Writes the cells that hold a dot; what lies behind them keeps its background.
    pub(crate) fn render(&self, buf: &mut Buffer) {
        let width = usize::from(self.area.width).max(1);
        for (i, (&bits, &owner)) in self.bits.iter().zip(&self.owner).enumerate() {
            let Some(ink) = usize::from(owner).checked_sub(1).and_then(|o| self.inks.get(o)) else {
                continue;
            };
            let (x, y) = (self.area.x + (i % width) as u16, self.area.y + (i / width) as u16);
            let glyph = match self.glyphs {
                Glyphs::Braille => char::from_u32(0x2800 + u32::from(bits)).unwrap_or(' '),
                Glyphs::Blocks => [' ', '▀', '▄', '█'][usize::from(bits & 3)],
                Glyphs::Ascii => ink.letter,
            };
            super::write::put(buf, x, y, glyph, ink.style);
        }
    }
}

fn snap((x, y): (f64, f64), (columns, rows): (usize, usize)) -> (usize, usize) {
    let place = |share: f64, n: usize| ((share * n as f64) as usize).min(n - 1);
    (place(x, columns), place(1.0 - y, rows))
}

/// The part of a segment inside the unit square (Liang and Barsky, 1984).
fn clip(a: (f64, f64), b: (f64, f64)) -> Option<((f64, f64), (f64, f64))> {
    let inside = |p: (f64, f64)| (0.0..=1.0).contains(&p.0) && (0.0..=1.0).contains(&p.1);
    if inside(a) && inside(b) {
        return Some((a, b));
    }
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for (towards, room) in [(-dx, a.0), (dx, 1.0 - a.0), (-dy, a.1), (dy, 1.0 - a.1)] {
        if towards == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if towards < 0.0 {
            enter = enter.max(room / towards);
        } else {
            leave = leave.min(room / towards);
        }
    }
    if enter > leave {
        return None;
    }
    let at = |t: f64| ((a.0 + t * dx).clamp(0.0, 1.0), (a.1 + t * dy).clamp(0.0, 1.0));
    Some((at(enter), at(leave)))
}

#[cfg(test)]
mod tests {
    use super::{Ink, Raster, clip};
    use crate::ui::theme::{Glyphs, Pattern};
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::{Color, Style};

    fn ink(colour: Color) -> Ink {
        Ink { style: Style::new().fg(colour), letter: 'x', pattern: Pattern::Solid }
    }

    #[test]
    fn a_cell_belongs_to_the_last_that_drew_in_it() {
        let area = Rect::new(0, 0, 2, 1);
        let mut raster = Raster::new(area, Glyphs::Braille);
        raster.ink(ink(Color::Red));
        raster.polyline([Some((0.0, 1.0)), Some((1.0, 1.0))].into_iter());
        raster.ink(ink(Color::Blue));
        raster.point((0.0, 0.0));
        let mut buf = Buffer::empty(area);
        raster.render(&mut buf);
        assert_eq!(buf[(0, 0)].symbol(), "⡀");
        assert_eq!(buf[(0, 0)].fg, Color::Blue);
        assert_eq!(buf[(1, 0)].symbol(), "⠉");
        assert_eq!(buf[(1, 0)].fg, Color::Red);
    }

    #[test]
    fn lines_are_cut_at_the_edge_and_broken_where_there_is_no_value() {
        assert_eq!(clip((-1.0, 0.5), (2.0, 0.5)), Some(((0.0, 0.5), (1.0, 0.5))));
        assert_eq!(clip((-1.0, 2.0), (2.0, 2.0)), None);
        assert_eq!(clip((-1.0, 0.0), (0.0, 3.0)), None);
        let mut raster = Raster::new(Rect::new(0, 0, 4, 1), Glyphs::Ascii);
        raster.ink(ink(Color::Red));
        raster.polyline([Some((0.0, 0.5)), None, Some((0.9, 0.5)), Some((1e6, 0.5))].into_iter());
        let held: Vec<bool> = (0..4).map(|x| raster.holds(x, 0)).collect();
        assert_eq!(held, [true, false, false, true]);
    }

    #[test]
    fn dashes_have_gaps_however_many_points_there_are() {
        for points in [2usize, 1000] {
            let mut raster = Raster::new(Rect::new(0, 0, 20, 1), Glyphs::Ascii);
            raster.ink(Ink { pattern: Pattern::Dashed, ..ink(Color::Red) });
            raster.polyline((0..points).map(|i| Some((i as f64 / (points - 1) as f64, 0.5))));
            let held: String =
                (0..20).map(|x| if raster.holds(x, 0) { '-' } else { ' ' }).collect();
            assert_eq!(held, "---  ---  ---  ---  ", "{points}");
        }
    }
}
