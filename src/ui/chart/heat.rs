//! The colour scale of heatmaps, in whatever the terminal has: half blocks of 20 colours, sixteen
//! colours mixed by shade characters, or shades alone.

use super::axes::cell;
use super::scale::Scale;
use super::{Context, write};
use crate::lab::view::Axis;
use crate::ui::number;
use crate::ui::theme::palette::{self, LEVELS, Rgb};
use crate::ui::theme::{Depth, Part, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

/// The shades without colour, from little to much ink.
const SHADES: [char; 10] = [' ', '.', ':', '-', '=', '+', '*', '#', '%', '@'];

/// Which colours a value runs through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Map {
    /// Low to high.
    Sequential,
    /// Below and above zero, which is the middle.
    Diverging,
    /// Black to white, for images.
    Grey,
}

/// A colour scale.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heat<'a> {
    pub theme: &'a Theme,
    /// Whether low values are the bright ones.
    falling: bool,
    map: Map,
    /// The colour of each level: worked out once a figure, not once a cell.
    levels: [Color; LEVELS],
}

impl<'a> Heat<'a> {
    pub(super) fn new(theme: &'a Theme, map: Map, falling: bool) -> Self {
        let mut heat = Self { theme, map, falling, levels: [Color::Reset; LEVELS] };
        let last = (LEVELS - 1) as f64;
        heat.levels = std::array::from_fn(|i| theme.colour(heat.rgb(i as f64 / last)));
        heat
    }

    /// The colour of a value as this terminal shows it.
    #[inline]
    fn colour(&self, t: f64) -> Color {
        // A float cast to an integer saturates: below 0 is 0.
        let level = (t * (LEVELS - 1) as f64 + 0.5) as usize;
        self.levels[level.min(LEVELS - 1)]
    }

    /// Whether two values fit one cell, above each other.
    pub(super) fn halves(&self) -> bool {
        self.theme.many_colours() && !self.theme.ascii()
    }

    /// How bright a value is, from 0 to 1.
    fn bright(&self, t: f64) -> f64 {
        if self.falling { 1.0 - t } else { t }
    }

    pub(super) fn rgb(&self, t: f64) -> Rgb {
        let t = palette::quantise(self.bright(t));
        match self.map {
            Map::Sequential => palette::viridis(t),
            Map::Diverging => palette::diverging(neutral_at_zero(t), self.theme.pick(true, false)),
            Map::Grey => palette::mix((8, 8, 10), (248, 248, 248), t),
        }
    }

    /// Paints one cell with an upper and a lower value from 0 to 1; `None` stays empty. Without
    /// half blocks it shows their mean.
    pub(super) fn paint(
        &self,
        buf: &mut Buffer,
        x: u16,
        y: u16,
        upper: Option<f64>,
        lower: Option<f64>,
    ) {
        if self.halves() {
            let colour = |t: f64| self.colour(t);
            let (glyph, style) = match (upper.map(colour), lower.map(colour)) {
                (None, None) => return,
                (Some(a), Some(b)) if a == b => (' ', Style::new().bg(a)),
                (Some(a), Some(b)) => ('▀', Style::new().fg(a).bg(b)),
                (Some(a), None) => ('▀', Style::new().fg(a)),
                (None, Some(b)) => ('▄', Style::new().fg(b)),
            };
            write::put(buf, x, y, glyph, style);
            return;
        }
        let t = match (upper, lower) {
            (Some(a), Some(b)) => (a + b) / 2.0,
            (a, b) => match a.or(b) {
                Some(t) => t,
                None => return,
            },
        };
        let (glyph, style) = self.whole(t);
        write::put(buf, x, y, glyph, style);
    }

    /// One value in one cell.
    fn whole(&self, t: f64) -> (char, Style) {
        if self.theme.many_colours() {
            return (' ', Style::new().bg(self.colour(t)));
        }
        if self.map == Map::Diverging {
            return self.signed(self.bright(t));
        }
        if self.theme.depth == Depth::Ansi && !self.theme.ascii() && self.map == Map::Sequential {
            return sixteen(self.bright(t));
        }
        let level = (self.bright(t).clamp(0.0, 1.0) * (SHADES.len() - 1) as f64).round() as usize;
        (SHADES[level], Style::new())
    }

    /// A value below or above a half, where few colours or none can say which: two ramps of signs,
    /// and the two hues where there are any.
    fn signed(&self, t: f64) -> (char, Style) {
        let side = t.clamp(0.0, 1.0) * 2.0 - 1.0;
        let level = (side.abs() * 4.0).round() as usize;
        let hue = match (self.theme.depth, side < 0.0) {
            (Depth::Ansi, true) => Style::new().fg(self.theme.pick(Color::LightBlue, Color::Blue)),
            (Depth::Ansi, false) => Style::new().fg(self.theme.pick(Color::Yellow, Color::Red)),
            _ => Style::new(),
        };
        let ramp = match (self.theme.depth == Depth::Ansi && !self.theme.ascii(), side < 0.0) {
            (true, _) => [' ', '░', '▒', '▓', '█'],
            (false, true) => [' ', '.', '-', '~', '='],
            (false, false) => [' ', '\'', '+', '*', '#'],
        };
        (ramp[level.min(4)], hue)
    }

    /// The ink that can be read on a value's colour, and that colour as its ground.
    pub(super) fn over(&self, t: f64) -> Style {
        match self.theme.depth {
            Depth::None => return Style::new(),
            Depth::Ansi if self.theme.ascii() => return Style::new(),
            Depth::Ansi if self.map == Map::Diverging => return self.theme.base(),
            Depth::Ansi => {
                const GROUNDS: [Color; 4] = [Color::Black, Color::Blue, Color::Cyan, Color::White];
                let level = (self.bright(t).clamp(0.0, 1.0) * 3.0).round() as usize;
                let ink = if level < 2 { Color::LightYellow } else { Color::Black };
                return Style::new().fg(ink).bg(GROUNDS[level]);
            }
            Depth::True | Depth::Indexed => {}
        }
        let dark = palette::luminance(self.rgb(t)) > 0.3;
        Style::new()
            .fg(self.theme.colour(if dark { (0, 0, 0) } else { (255, 255, 255) }))
            .bg(self.colour(t))
    }

    /// A colour scale with ticks down the right edge of `area`, and the width it took.
    pub(super) fn key_beside(&self, area: Rect, scale: &Scale, buf: &mut Buffer) -> u16 {
        let ticks = scale.ticks(usize::from((area.height / 2).clamp(2, 8)));
        let words = ticks.iter().map(|t| write::width(&t.words)).max().unwrap_or(0);
        let width = words + 4;
        if width + 16 > area.width {
            return 0;
        }
        let x = area.right() - width + 1;
        let rows = f64::from(area.height) * 2.0;
        for row in 0..area.height {
            let half = |offset: f64| Some(1.0 - (f64::from(row) * 2.0 + offset) / rows);
            for column in 0..2 {
                self.paint(buf, x + column, area.y + row, half(0.5), half(1.5));
            }
        }
        for tick in ticks {
            let y = area.bottom() - 1 - cell(tick.at, area.height);
            write::text(buf, area, x + 3, y, &tick.words, self.theme.part(Part::Dim));
        }
        width
    }

    /// A colour scale in one row: its words, its low end, the colours, its high end.
    pub(super) fn key_above(
        &self,
        row: Rect,
        words: &str,
        ends: (f64, f64),
        buf: &mut Buffer,
        context: &Context<'_>,
    ) {
        let dim = context.theme.part(Part::Dim);
        let low = number::plain(ends.0, 3, context.theme);
        let high = number::plain(ends.1, 3, context.theme);
        let numbers = write::width(&low) + write::width(&high) + 3;
        let bar = row.width.saturating_sub(numbers).min(12);
        if bar < 4 {
            write::text(buf, row, row.x, row.y, &write::clip(words, row.width, context.theme), dim);
            return;
        }
        let words = write::clip(words, row.width - numbers - bar, context.theme);
        write::text(buf, row, row.x, row.y, &words, dim);
        let mut x = row.x + write::width(&words) + 1;
        write::text(buf, row, x, row.y, &low, dim);
        x += write::width(&low) + 1;
        for i in 0..bar {
            let t = Some((f64::from(i) + 0.5) / f64::from(bar));
            self.paint(buf, x + i, row.y, t, t);
        }
        write::text(buf, row, x + bar + 1, row.y, &high, dim);
    }
}

/// The scale of the values of a heatmap, and the colours it runs through.
pub(super) fn of<'a>(
    axis: &Axis,
    values: &[f64],
    diverging: bool,
    falling: bool,
    theme: &'a Theme,
) -> Option<(Scale, Heat<'a>)> {
    let range = super::scale::extent(values.iter().copied(), axis.log)?;
    let mut scale = Scale::of(axis, Some(range), (0.0, 0.0))?;
    let (low, high) = scale.ends();
    let signed = diverging && !axis.log && low < 0.0 && high > 0.0;
    if signed {
        let reach = high.max(-low);
        scale = scale.with_ends(-reach, reach);
    }
    let map = if signed { Map::Diverging } else { Map::Sequential };
    Some((scale, Heat::new(theme, map, falling)))
}

/// The levels are even in number: the two beside zero both show it.
fn neutral_at_zero(t: f64) -> f64 {
    let side = t * 2.0 - 1.0;
    let first = 1.0 / (LEVELS - 1) as f64;
    let reach = ((side.abs() - first) / (1.0 - first)).max(0.0);
    0.5 + 0.5 * reach.copysign(side)
}

/// Twelve levels from sixteen colours: black to blue to cyan to white, mixed by shades.
fn sixteen(t: f64) -> (char, Style) {
    const RAMP: [(Color, Color); 3] =
        [(Color::Black, Color::Blue), (Color::Blue, Color::Cyan), (Color::Cyan, Color::White)];
    let level = (t.clamp(0.0, 1.0) * 11.99) as usize;
    let (back, front) = RAMP[level / 4];
    let glyph = ['░', '▒', '▓', '█'][level % 4];
    (glyph, Style::new().fg(front).bg(back))
}
