//! The lesson: one page at a time, with live values, predictions and claims in their places.

use super::super::app::{ANSWERS, App, Asked, Pane};
use super::super::number::{plain, with_error};
use super::super::prose::{self, Prose, Values};
use super::super::theme::Part;
use super::panel;
use crate::lab::claim::{Expected, Measurement, Verdict};
use crate::lab::question::Trend;
use crate::lab::view::Readout;
use crate::text::interface::fill;
use crate::text::lesson::Block;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use std::ops::Range;

impl Values for App {
    fn value(&self, id: &str) -> Option<String> {
        if let Some(spec) = self.blueprint().param(id) {
            return Some(self.value_text(spec, self.settings.get(spec.id)));
        }
        let readout = self.snapshot.view.readouts.iter().find(|r| r.id == id)?;
        Some(with_error(readout.value, readout.error, &self.theme))
    }
}

/// Draws the pane.
pub fn draw(app: &App, area: Rect, frame: &mut Frame<'_>) {
    let theme = &app.theme;
    let text = app.text();
    let focused = app.focus == Pane::Lesson;
    let words = &app.interface().words;
    let place = fill(
        &words.page,
        &[("n", &(app.page + 1).to_string()), ("of", &text.pages.len().to_string())],
    );
    let inside = panel(theme, &words.lesson, &place, focused, area, frame);
    let reading = reading_area(inside);
    let lines = lines(app, usize::from(reading.width));
    let height = usize::from(reading.height);
    let most = lines.len().saturating_sub(height);
    let first = app.scroll.min(most);
    let shown: Vec<Line<'static>> = lines.into_iter().skip(first).take(height).collect();
    frame.render_widget(Paragraph::new(shown), reading);
    if first < most && inside.height > 2 && inside.width > 4 {
        let more = if theme.ascii() { "v" } else { "▾" };
        let at = Rect { x: inside.right() - 1, y: inside.bottom() - 1, width: 1, height: 1 };
        frame.render_widget(Span::styled(more, theme.part(Part::Key)), at);
    }
    if first > 0 && inside.height > 2 && inside.width > 4 {
        let less = if theme.ascii() { "^" } else { "▴" };
        let at = Rect { x: inside.right() - 1, y: inside.y, width: 1, height: 1 };
        frame.render_widget(Span::styled(less, theme.part(Part::Key)), at);
    }
}

/// The room for text: where the pane is, or would be if it had the focus.
fn room(app: &App) -> Rect {
    let mut at = app.arrangement();
    if at.lesson.is_none() {
        at = super::super::arrange::reading(app.size, app);
    }
    let Some(area) = at.lesson else { return Rect::default() };
    let inside = if area.height < 4 || area.width < 8 {
        area
    } else {
        Rect { width: area.width - 2, height: area.height - 2, ..area }
    };
    reading_area(inside)
}

/// How far the page can be scrolled.
#[must_use]
pub fn most_scroll(app: &App) -> usize {
    let room = room(app);
    lines(app, usize::from(room.width)).len().saturating_sub(usize::from(room.height))
}

/// What of a page is looked for.
#[derive(Clone, Copy)]
enum Spot<'a> {
    Question(&'a str),
    Claim(u8),
}

/// The lines of the page that a prediction or a claim takes, and how many there are in all.
fn place(app: &App, spot: Spot<'_>, width: usize) -> (Range<usize>, usize) {
    // A character of nobody's, as wide as a letter.
    const MARK: &str = "\u{e000}";
    let placed = |block: &Block| {
        let (mut lines, found) = match block {
            // Which of them `s` runs next changes no line's length.
            Block::Question(id) => (
                question(app, id, None, width),
                matches!(spot, Spot::Question(wanted) if wanted == id),
            ),
            Block::Claim(number) => (
                claim(app, *number, width),
                matches!(spot, Spot::Claim(wanted) if wanted == *number),
            ),
            _ => (Vec::new(), false),
        };
        if found {
            lines.fill(Line::raw(MARK));
        }
        lines
    };
    let lines = laid(app, width, &placed);
    let marked = |l: &Line<'_>| l.spans.iter().any(|s| s.content.contains(MARK));
    let first = lines.iter().position(marked).unwrap_or(lines.len());
    let end = lines.iter().rposition(marked).map_or(lines.len(), |last| last + 1);
    (first..end, lines.len())
}

/// Whether a prediction of the page is in sight: all of it while it is open, its end once it is
/// judged; of one longer than the pane, as much as goes into it.
#[must_use]
pub fn in_sight(app: &App, id: &str) -> bool {
    let room = room(app);
    let (width, height) = (usize::from(room.width), usize::from(room.height));
    let (at, count) = place(app, Spot::Question(id), width);
    let first = app.scroll.min(count.saturating_sub(height));
    let shown = first..first + height;
    if at.is_empty() {
        return false;
    }
    if app.asked.contains_key(id) {
        return shown.contains(&(at.end - 1)) || shown.contains(&at.start);
    }
    shown.contains(&(at.end - 1)) && (shown.contains(&at.start) || at.len() > height)
}

/// How far to scroll, so that a prediction of the page is in sight.
#[must_use]
pub fn scroll_to(app: &App, id: &str) -> usize {
    let room = room(app);
    let (width, height) = (usize::from(room.width), usize::from(room.height));
    let (at, count) = place(app, Spot::Question(id), width);
    // With a little room below it for what will be said; its answers are its end.
    let below = (height.saturating_sub(at.len()) / 2).min(6);
    (at.end + below).saturating_sub(height).min(count.saturating_sub(height))
}

/// How far to scroll, so that a claim of the page begins at the top.
#[must_use]
pub fn scroll_to_claim(app: &App, number: u8) -> usize {
    let room = room(app);
    let (at, count) = place(app, Spot::Claim(number), usize::from(room.width));
    at.start.min(count.saturating_sub(usize::from(room.height)))
}

/// Text keeps a column's distance from the border, and a line is not longer than reads well.
fn reading_area(inside: Rect) -> Rect {
    if inside.width < 12 {
        return inside;
    }
    let width = (inside.width - 2).min(76);
    // A lesson that has the whole screen stands in its middle.
    Rect { x: inside.x + (inside.width - width).div_ceil(2), width, ..inside }
}

/// The page's lines; `next` is the prediction that `s` runs next.
fn lines(app: &App, width: usize) -> Vec<Line<'static>> {
    let next = app.to_show().map(|(question, _)| question.id);
    let placed = |block: &Block| match block {
        Block::Question(id) => question(app, id, next, width),
        Block::Claim(number) => claim(app, *number, width),
        _ => Vec::new(),
    };
    laid(app, width, &placed)
}

fn laid(
    app: &App,
    width: usize,
    placed: &dyn Fn(&Block) -> Vec<Line<'static>>,
) -> Vec<Line<'static>> {
    let Some(page) = app.current_page() else { return Vec::new() };
    let highlight = app.param().filter(|_| app.focus == Pane::Parameters).map(|p| p.id);
    Prose {
        page,
        theme: &app.theme,
        width: u16::try_from(width).unwrap_or(u16::MAX),
        values: app,
        highlight,
        placed,
        copy_hint: &app.interface().words.copy_hint,
    }
    .lines()
}

/// Broken into lines from the left edge.
fn wrap(spans: &[Span<'_>], width: usize) -> Vec<Line<'static>> {
    prose::wrap(spans, width, "", "")
}

fn paragraph(app: &App, text: &str, part: Part, width: usize) -> Vec<Line<'static>> {
    wrap(&[Span::styled(text.to_owned(), app.theme.part(part))], width)
}

/// A prediction: the question, then what was said, then what the simulator found and why.
fn question(app: &App, id: &str, next: Option<&str>, width: usize) -> Vec<Line<'static>> {
    let words = &app.interface().words;
    let theme = &app.theme;
    let Some(text) = app.text().front.questions.get(id) else { return Vec::new() };
    let mut lines = wrap(
        &[
            Span::styled(format!("{}  ", words.predict), theme.part(Part::Title)),
            Span::styled(text.ask.clone(), theme.part(Part::Text)),
        ],
        width,
    );
    let Some(asked) = app.asked.get(id) else {
        for (number, answer) in ANSWERS.iter().enumerate() {
            lines.push(Line::from(vec![
                Span::raw("  "),
                Span::styled(format!("[{}]", number + 1), theme.part(Part::Key)),
                Span::styled(format!(" {}", trend(app, *answer)), theme.part(Part::Text)),
            ]));
        }
        return lines;
    };
    let said = fill(&words.you_said, &[("answer", trend(app, asked.said))]);
    lines.extend(paragraph(app, &said, Part::Text, width));
    lines.extend(outcome(app, asked, width));
    if matches!(asked.outcome, Some(Ok(_))) {
        lines.extend(paragraph(app, &text.because, Part::Text, width));
        // The key is for one of them at a time.
        let part = if next == Some(id) { Part::Hint } else { Part::Dim };
        lines.extend(paragraph(app, &words.show_me, part, width));
    }
    lines
}

fn outcome(app: &App, asked: &Asked, width: usize) -> Vec<Line<'static>> {
    let words = &app.interface().words;
    match &asked.outcome {
        None => paragraph(app, &words.asking, Part::Hint, width),
        Some(Err(error)) => {
            let why = app.explain(error);
            paragraph(app, &fill(&words.not_run, &[("why", &why)]), Part::Warning, width)
        }
        Some(Ok(found)) => {
            let value = |r: &Readout| with_error(r.value, r.error, &app.theme);
            let measured = fill(
                &words.outcome,
                &[
                    ("before", &value(&found.before)),
                    ("after", &value(&found.after)),
                    ("trend", trend(app, found.trend)),
                ],
            );
            let mut lines = paragraph(app, &measured, Part::Strong, width);
            let (verdict, part) = if found.trend == asked.said {
                (&words.foreseen, Part::Good)
            } else {
                (&words.surprise, Part::Warning)
            };
            lines.extend(paragraph(app, verdict, part, width));
            lines
        }
    }
}

fn trend(app: &App, trend: Trend) -> &'static str {
    let words = &app.interface().words;
    match trend {
        Trend::Rises => &words.rises,
        Trend::Falls => &words.falls,
        Trend::Stays => &words.stays,
    }
}

/// A claim: what the post says, what is so, where it is written, and the measurement.
fn claim(app: &App, number: u8, width: usize) -> Vec<Line<'static>> {
    let words = &app.interface().words;
    let theme = &app.theme;
    let Some(text) = app.text().front.claims.get(&number.to_string()) else { return Vec::new() };
    let Some(claim) = app.blueprint().claims.iter().find(|c| c.number == number) else {
        return Vec::new();
    };
    let (verdict, part) = match claim.verdict {
        Verdict::Right => (&words.verdict_right, Part::Good),
        Verdict::Loose => (&words.verdict_loose, Part::Warning),
        Verdict::Wrong => (&words.verdict_wrong, Part::Error),
    };
    let head = fill(&words.claim, &[("n", &number.to_string())]);
    let mut lines = wrap(
        &[
            Span::styled(format!("{head}: "), theme.part(Part::Title)),
            Span::styled(verdict.clone(), theme.part(part)),
        ],
        width,
    );
    for (who, what) in [(&words.post_says, &text.says), (&words.what_is_so, &text.so)] {
        lines.extend(wrap(
            &[
                Span::styled(format!("{who}: "), theme.part(Part::Dim)),
                Span::styled(what.clone(), theme.part(Part::Text)),
            ],
            width,
        ));
    }
    if !text.source.is_empty() {
        lines.extend(paragraph(app, &text.source, Part::Dim, width));
    }
    let also = also_in(app, number);
    if !also.is_empty() {
        let also = fill(&words.claim_also, &[("lessons", &also)]);
        lines.extend(paragraph(app, &also, Part::Dim, width));
    }
    match app.checked.get(&number) {
        None => lines.extend(paragraph(app, &words.claim_how, Part::Hint, width)),
        Some(None) => lines.extend(paragraph(app, &words.measuring, Part::Hint, width)),
        Some(Some(measurements)) => {
            for measurement in measurements {
                lines.extend(measured(app, measurement, width));
            }
            let all = measurements.iter().all(Measurement::holds);
            let (word, part) =
                if all { (&words.holds, Part::Good) } else { (&words.holds_not, Part::Error) };
            lines.extend(paragraph(app, word, part, width));
        }
    }
    lines
}

/// The other lessons that measure this claim, each in its own way.
fn also_in(app: &App, number: u8) -> String {
    let others = app.catalogue.iter().filter(|lesson| {
        lesson.id != app.blueprint().id && lesson.claims.iter().any(|c| c.number == number)
    });
    let names: Vec<String> = others
        .map(|lesson| {
            let (chapter, place) = lesson.number;
            format!("{chapter}.{place} {}", app.text_of(lesson.id).front.title)
        })
        .collect();
    names.join(", ")
}

fn measured(app: &App, measurement: &Measurement, width: usize) -> Vec<Line<'static>> {
    let words = &app.interface().words;
    let theme = &app.theme;
    let number = |v| plain(v, 6, theme);
    let expected = match measurement.expected {
        Expected::Near { value, tolerance } => fill(
            &words.near,
            &[("value", &number(value)), ("tolerance", &plain(tolerance, 1, theme))],
        ),
        Expected::AtLeast(bound) => fill(&words.at_least, &[("value", &number(bound))]),
        Expected::AtMost(bound) => fill(&words.at_most, &[("value", &number(bound))]),
    };
    let part = if measurement.holds() { Part::Good } else { Part::Error };
    wrap(
        &[
            Span::styled(format!("{}: ", app.label(measurement.what)), theme.part(Part::Text)),
            Span::styled(number(measurement.measured), theme.part(part)),
            Span::styled(format!("  ({expected})"), theme.part(Part::Dim)),
        ],
        width,
    )
}
