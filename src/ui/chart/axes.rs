//! The frame of a figure with two axes: ticks, their numbers, the axes' words and the legend.
//!
//! ```text
//! energy (kT)      ╍╍ exact  ● walkers     the legend has a line of its own: it covers no data
//!  4 ┤
//!    │            the plot
//!  0 ┤
//!    └──┬─────────┬─────────┬──
//!      -1         0         1   x
//! ```
//!
//! Where there is little room the words go first, then the horizontal axis, then the vertical one.

use super::Context;
use super::legend::{self, Entry};
use super::scale::{Scale, Tick};
use super::write;
use crate::ui::theme::Part;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// What stands around a plot.
pub(crate) struct Axes<'a> {
    /// The horizontal scale.
    pub x: Scale,
    /// The vertical scale.
    pub y: Scale,
    /// The words of the horizontal axis.
    pub x_words: &'a str,
    /// The words of the vertical axis.
    pub y_words: &'a str,
    /// The legend.
    pub entries: Vec<Entry<'a>>,
    /// Columns at the right end of the first line that are somebody else's.
    pub reserved: u16,
}

/// Where the parts of a figure are.
struct Layout {
    plot: Rect,
    header: u16,
    below: bool,
    words_below: bool,
    gutter: u16,
}

impl Axes<'_> {
    fn layout(&self, area: Rect) -> Layout {
        let header = self.header_rows(area);
        let below = area.height >= 4 && area.width >= 12;
        let words_below = below && area.height >= 14 && !self.x_words.is_empty();
        let under = if below { 2 + u16::from(words_below) } else { 0 };
        let height = area.height.saturating_sub(header + under);
        let numbers =
            self.y_ticks(height).iter().map(|tick| write::width(&tick.words)).max().unwrap_or(0);
        let gutter = if area.width >= 16 && numbers + 10 <= area.width { numbers + 2 } else { 0 };
        let plot =
            Rect { x: area.x + gutter, y: area.y + header, width: area.width - gutter, height };
        Layout { plot, header, below, words_below, gutter }
    }

    fn y_ticks(&self, rows: u16) -> Vec<Tick> {
        self.y.ticks(usize::from(match rows {
            0 | 1 => rows,
            2 | 3 => 2,
            4..=9 => 3,
            _ => (rows / 3).min(8),
        }))
    }

    /// Where the plot is, without drawing.
    pub(crate) fn plot(&self, area: Rect) -> Rect {
        self.layout(area).plot
    }

    /// Draws everything around the plot and returns the plot's area, which may be empty.
    pub(crate) fn render(&self, area: Rect, buf: &mut Buffer, context: &Context<'_>) -> Rect {
        let layout = self.layout(area);
        if layout.header > 0 {
            self.header(area, layout.header, buf, context);
        }
        if layout.plot.is_empty() {
            return layout.plot;
        }
        if layout.gutter > 0 {
            self.vertical(&layout, area, buf, context);
        }
        if layout.below {
            self.horizontal(&layout, area, buf, context);
        }
        layout.plot
    }

    /// Rows for the words and the legend: a second one where there is height for it and one would
    /// cut the names.
    fn header_rows(&self, area: Rect) -> u16 {
        if area.height < 6 || self.y_words.is_empty() && self.entries.is_empty() {
            return 0;
        }
        let wanted = legend::widths(&self.entries).1.saturating_add(self.words_room(area) + 1);
        let cut = wanted > area.width.saturating_sub(self.reserved);
        if cut && area.height >= 10 && self.entries.len() > 1 { 2 } else { 1 }
    }

    /// Columns the words take at least: a third of the line.
    fn words_room(&self, area: Rect) -> u16 {
        write::width(self.y_words).min(area.width.saturating_sub(self.reserved) / 3)
    }

    fn header(&self, area: Rect, rows: u16, buf: &mut Buffer, context: &Context<'_>) {
        let width = area.width.saturating_sub(self.reserved);
        let row = Rect { height: 1, width, ..area };
        // What does not fit beside the words goes into the second row.
        let mut first = self.entries.len();
        if rows == 2 {
            let room = width.saturating_sub(self.words_room(area) + 1);
            while first > 1 && legend::widths(&self.entries[..first]).1 > room {
                first -= 1;
            }
        }
        let (beside, below) = self.entries.split_at(first);
        // The legend says more than the axis' words, which give way down to a third of the line.
        let legend = legend::widths(beside).1;
        let room = width.saturating_sub(legend.saturating_add(1)).max(width / 3);
        let words = write::clip(self.y_words, room.min(width), context.theme);
        write::text(buf, row, row.x, row.y, &words, context.theme.part(Part::Dim));
        let taken = write::width(&words) + 1;
        if taken < width {
            let rest = Rect { x: row.x + taken, width: row.width - taken, ..row };
            legend::right_aligned(beside, rest, buf, context);
        }
        if !below.is_empty() {
            let second = Rect { y: area.y + 1, height: 1, ..area };
            legend::right_aligned(below, second, buf, context);
        }
    }

    fn vertical(&self, layout: &Layout, area: Rect, buf: &mut Buffer, context: &Context<'_>) {
        let (line, tick_mark) = if context.theme.ascii() { ('|', '+') } else { ('│', '┤') };
        let plot = layout.plot;
        let border = context.theme.part(Part::Border);
        let dim = context.theme.part(Part::Dim);
        let column = plot.x - 1;
        for y in plot.top()..plot.bottom() {
            write::put(buf, column, y, line, border);
        }
        let mut last = None;
        for tick in self.y_ticks(plot.height) {
            let row = plot.bottom() - 1 - cell(tick.at, plot.height);
            if last == Some(row) {
                continue;
            }
            last = Some(row);
            write::put(buf, column, row, tick_mark, border);
            let room = layout.gutter - 2;
            let words = format!("{:>1$}", tick.words, usize::from(room));
            write::text(buf, area, area.x, row, &words, dim);
        }
    }

    fn horizontal(&self, layout: &Layout, area: Rect, buf: &mut Buffer, context: &Context<'_>) {
        let (corner, line, tick_mark) =
            if context.theme.ascii() { ('+', '-', '+') } else { ('└', '─', '┬') };
        let plot = layout.plot;
        let border = context.theme.part(Part::Border);
        let dim = context.theme.part(Part::Dim);
        let row = plot.bottom();
        if layout.gutter > 0 {
            write::put(buf, plot.x - 1, row, corner, border);
        }
        for x in plot.left()..plot.right() {
            write::put(buf, x, row, line, border);
        }
        let numbers = Rect { y: row + 1, height: 1, ..area };
        let words = write::clip(self.x_words, plot.width, context.theme);
        let words_width = write::width(&words);
        let mut free_until = area.right();
        if layout.words_below {
            let x = plot.x + (plot.width - words_width.min(plot.width)) / 2;
            write::text(buf, area, x, row + 2, &words, dim);
        } else if words_width > 0 && words_width + 8 <= plot.width {
            free_until = area.right() - words_width - 1;
            write::text(buf, numbers, free_until + 1, numbers.y, &words, dim);
        }
        self.numbers_below(plot, numbers, free_until, buf, |buf, at, tick| {
            write::put(buf, at, row, tick_mark, border);
            dim.patch(tick)
        });
    }

    /// The numbers below the axis, each centred under its tick, none touching another.
    fn numbers_below(
        &self,
        plot: Rect,
        row: Rect,
        free_until: u16,
        buf: &mut Buffer,
        mark: impl Fn(&mut Buffer, u16, ratatui::style::Style) -> ratatui::style::Style,
    ) {
        let mut most = usize::from(plot.width / 6).min(10);
        while most > 0 {
            let ticks = self.x.ticks(most);
            let places: Vec<(u16, u16, u16)> = ticks
                .iter()
                .map(|tick| {
                    let at = plot.x + cell(tick.at, plot.width);
                    let width = write::width(&tick.words);
                    let start = at.saturating_sub(width / 2).max(row.x);
                    let start = start.min(row.right().saturating_sub(width));
                    (at, start, start + width)
                })
                .collect();
            if places.windows(2).all(|pair| pair[0].2 < pair[1].1) {
                for (tick, (at, start, end)) in ticks.iter().zip(places) {
                    let style = mark(buf, at, ratatui::style::Style::new());
                    if end <= free_until {
                        write::text(buf, row, start, row.y, &tick.words, style);
                    }
                }
                return;
            }
            most -= 1;
        }
    }
}

/// The cell of a share of an axis.
pub(crate) fn cell(at: f64, cells: u16) -> u16 {
    ((at * f64::from(cells)) as u16).min(cells.saturating_sub(1))
}
