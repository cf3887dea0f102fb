//! Where everything is on the screen.
//!
//! ```text
//! wide (110x24 and more)                    narrow: one of two tabs
//! header                                    header
//! +lesson----++figures------------------+   +figures------------------+  or  +lesson------+
//! |          ||                         |   |                         |      |            |
//! |          |+parameters-++readouts----+   +parameters-++readouts----+      |            |
//! |          ||           ||            |   |           ||            |      |            |
//! +----------++-----------++------------+   +-----------++------------+      +------------+
//! footer                                    footer
//! ```

use super::app::{App, Pane};
use crate::lab::Label;
use crate::lab::view::Plot;
use ratatui::layout::{Constraint, Layout, Rect, Size};

/// The rectangles of one screen. A pane that is not shown has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrangement {
    /// One line at the top.
    pub header: Rect,
    /// The lesson's pages.
    pub lesson: Option<Rect>,
    /// Figures by their place in [`App::figures`], each with its panel.
    pub figures: Vec<(usize, Rect)>,
    /// The parameters.
    pub parameters: Option<Rect>,
    /// The readouts.
    pub readouts: Option<Rect>,
    /// One line at the bottom.
    pub footer: Rect,
    /// Whether the lesson and the lab are two tabs.
    pub tabs: bool,
}

/// From here on, the lesson stands beside the lab.
const WIDE: (u16, u16) = (110, 24);
/// A figure panel is not made smaller than this unless it is the only one.
const FIGURE: (u16, u16) = (34, 9);
/// Two rows of figures, the first of them large enough for a map, are this high.
const FIGURES: u16 = 23;

/// Arranges the screen of a size for a state.
#[must_use]
pub fn arrange(size: Size, app: &App) -> Arrangement {
    arrange_for(size, app, app.focus, app.enlarged)
}

/// As [`arrange`] would be with the lesson in the foreground.
#[must_use]
pub fn reading(size: Size, app: &App) -> Arrangement {
    arrange_for(size, app, Pane::Lesson, false)
}

fn arrange_for(size: Size, app: &App, focus: Pane, enlarged: bool) -> Arrangement {
    let all = Rect::new(0, 0, size.width, size.height);
    let [header, body, footer] = Layout::vertical([
        Constraint::Length(u16::from(size.height >= 4)),
        Constraint::Min(0),
        Constraint::Length(if size.height >= 12 {
            super::screens::footer::height(app, size.width)
        } else {
            u16::from(size.height >= 3)
        }),
    ])
    .areas(all);
    let tabs = size.width < WIDE.0 || size.height < WIDE.1;
    let mut made = Arrangement { header, footer, tabs, ..Arrangement::default() };
    if enlarged {
        match focus {
            Pane::Lesson => made.lesson = Some(body),
            _ => made.figures.push((app.figure, body)),
        }
        return made;
    }
    if tabs {
        if focus == Pane::Lesson {
            made.lesson = Some(body);
        } else {
            lab(body, app, &mut made);
        }
        return made;
    }
    let lesson_width = (size.width / 3).clamp(38, 64);
    let [lesson, right] =
        Layout::horizontal([Constraint::Length(lesson_width), Constraint::Min(0)]).areas(body);
    made.lesson = Some(lesson);
    lab(right, app, &mut made);
    made
}

/// Figures above, parameters and readouts below.
fn lab(area: Rect, app: &App, made: &mut Arrangement) {
    // A very low screen shows the pane with the focus alone.
    if area.height < 12 || area.width < 30 {
        match app.focus {
            Pane::Parameters => made.parameters = Some(area),
            Pane::Readouts => made.readouts = Some(area),
            _ => made.figures.push((app.figure, area)),
        }
        return;
    }
    // Borders, three lines about the selected row; the readouts have a head as well.
    let parameters = app.blueprint().params.len() + 5;
    let readouts = app.snapshot.view.readouts.len() + 5;
    let wanted = parameters.max(readouts) as u16;
    // A tall screen gives the figures what is over; on a lower one they come first, and the rows
    // of the panes below scroll.
    let most = match area.height {
        height @ 30.. => (height / 3).max(height - FIGURES),
        height => (height * 9 / 20).max(8),
    };
    let bottom = wanted.min(most).min(area.height.saturating_sub(6));
    let [top, bottom] =
        Layout::vertical([Constraint::Min(0), Constraint::Length(bottom)]).areas(area);
    let parameters = (area.width * 23 / 50).clamp(20, 64);
    let [left, right] =
        Layout::horizontal([Constraint::Length(parameters), Constraint::Min(0)]).areas(bottom);
    if right.width < 22 {
        match app.focus {
            Pane::Readouts => made.readouts = Some(bottom),
            _ => made.parameters = Some(bottom),
        }
    } else {
        made.parameters = Some(left);
        made.readouts = Some(right);
    }
    made.figures = figures(top, app);
}

/// The lesson's own rows of figures where there is room, else the part of them that holds the
/// selected one.
fn figures(area: Rect, app: &App) -> Vec<(usize, Rect)> {
    let present = app.figures();
    if present.is_empty() {
        return Vec::new();
    }
    let across = usize::from((area.width / FIGURE.0).max(1));
    let down = usize::from((area.height / FIGURE.1).max(1));
    let mut place = 0;
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for row in app.blueprint().layout {
        let here = row.iter().filter(|id| present.contains(id)).count();
        if here > 0 {
            rows.push((place..place + here).collect());
        }
        place += here;
    }
    let alone = |row: &[usize]| matches!(row, [one] if table_rows(app, present[*one]).is_some());
    let fits = rows.len() <= down && rows.iter().all(|r| r.len() <= across);
    if !fits {
        // A table that has a row of its own needs the width: it is shown by itself.
        let apart: Vec<usize> = rows.iter().filter(|r| alone(r)).flatten().copied().collect();
        if across > 1 && apart.contains(&app.figure) {
            return vec![(app.figure, area)];
        }
        let mut others: Vec<usize> = (0..present.len()).collect();
        others.retain(|figure| across == 1 || !apart.contains(figure));
        let at_once = (across * down).min(others.len());
        let at = others.iter().position(|figure| *figure == app.figure).unwrap_or(0);
        let first = (at / at_once) * at_once;
        // The last part is filled up from the one before, so that no room is wasted.
        let first = first.min(others.len() - at_once);
        let per_row = at_once.div_ceil(down).max(1);
        rows = others[first..first + at_once].chunks(per_row).map(<[usize]>::to_vec).collect();
    }
    // The first row holds what the lesson is about, often a map: it has three parts to the others'
    // two, as far as those keep their least height. A table has no use for more than its rows.
    let others = rows.len().saturating_sub(1) as u16;
    let low = (area.height * 2 / (3 + 2 * others)).max(FIGURE.1.min(area.height / (1 + others)));
    let high = area.height.saturating_sub(others * low);
    let wanted =
        rows.first().filter(|row| alone(row)).and_then(|row| table_rows(app, present[row[0]]));
    // Its borders and its head.
    let high = wanted.map_or(high, |rows| high.min(rows as u16 + 3));
    let mut heights = vec![Constraint::Fill(1); rows.len()];
    heights[0] = Constraint::Length(if others == 0 { area.height } else { high });
    let lines = Layout::vertical(heights).split(area);
    let mut made = Vec::new();
    for (row, line) in rows.iter().zip(lines.iter()) {
        let widths = vec![Constraint::Fill(1); row.len()];
        let cells = Layout::horizontal(widths).split(*line);
        made.extend(row.iter().copied().zip(cells.iter().copied()));
    }
    made
}

/// The rows of a figure that is a table.
fn table_rows(app: &App, id: Label) -> Option<usize> {
    let figure = app.snapshot.view.figures.iter().find(|f| f.id == id)?;
    match &figure.plot {
        Plot::Table(table) => Some(table.rows.len()),
        _ => None,
    }
}
