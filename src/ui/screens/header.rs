//! The header: where one is in the course, and how the run is doing.

use super::super::app::{App, Pane};
use super::super::arrange::Arrangement;
use super::super::number::{plain, thousands};
use super::super::theme::Part;
use super::{clip, width};
use crate::lab::worker::Status;
use crate::text::interface::fill;
use ratatui::Frame;
use ratatui::text::{Line, Span};

/// Draws the header line; parts that do not fit are left out, the least needed first.
pub fn draw(app: &App, at: &Arrangement, frame: &mut Frame<'_>) {
    if at.header.is_empty() {
        return;
    }
    let theme = &app.theme;
    let columns = usize::from(at.header.width);
    let right = status(app, columns);
    let room = columns.saturating_sub(width(&right) + 1);
    let mut left = vec![Span::styled(" contrastlab ", theme.part(Part::Header))];
    if at.tabs {
        let words = &app.interface().words;
        let reading = app.focus == Pane::Lesson;
        for (name, here) in [(&words.lesson, reading), (&words.lab, !reading)] {
            let style = theme.part(if here { Part::Selected } else { Part::Dim });
            left.push(Span::raw(" "));
            left.push(Span::styled(format!(" {name} "), style));
        }
    }
    let (chapter, number) = app.blueprint().number;
    let title = &app.text().front.title;
    let chapters = &app.interface().chapters;
    let chapter_name = chapters.get(usize::from(chapter) - 1).map_or("", String::as_str);
    let arrow = if theme.ascii() { ">" } else { "›" };
    let here = format!(" {chapter}.{number} {title}");
    let before = format!(" {chapter} {chapter_name} {arrow}");
    let free = room.saturating_sub(width(&left));
    let long = Span::styled(before, theme.part(Part::Dim));
    let short = Span::styled(here, theme.part(Part::Title));
    if long.width() + short.width() <= free {
        left.push(long);
        left.push(short);
    } else {
        let clipped = clip(&short.content, free, theme);
        left.push(Span::styled(clipped, short.style));
    }
    let gap = columns.saturating_sub(width(&left) + width(&right));
    left.push(Span::raw(" ".repeat(gap)));
    left.extend(right);
    frame.render_widget(Line::from(left), at.header);
}

fn status(app: &App, columns: usize) -> Vec<Span<'static>> {
    let theme = &app.theme;
    let words = &app.interface().words;
    let snapshot = &app.snapshot;
    let (mark, word, part) = match &snapshot.status {
        Status::Running => (if theme.ascii() { ">" } else { "▶" }, &words.running, Part::Good),
        Status::Paused => (if theme.ascii() { "=" } else { "■" }, &words.paused, Part::Hint),
        Status::Rewinding => (if theme.ascii() { "<" } else { "◀" }, &words.rewinding, Part::Hint),
        Status::Diverged(..) => ("!", &words.diverged, Part::Warning),
        Status::Failed(_) => ("!", &words.failed, Part::Error),
    };
    // The step that diverged is the one that is spoken of.
    let step = match snapshot.status {
        Status::Diverged(step, _) => step,
        _ => snapshot.step,
    };
    let dim = theme.part(Part::Dim);
    let text = theme.part(Part::Text);
    let mut parts: Vec<Vec<Span<'static>>> =
        vec![vec![Span::styled(format!("{mark} {word}"), theme.part(part))]];
    if snapshot.status == Status::Running && columns >= 90 {
        let asked = app.pace_text();
        // What is reached is worth a word when it is not what was asked for.
        let reached = fill(&words.per_second, &[("n", &plain(snapshot.rate, 2, theme))]);
        let shown = if super::super::app::PACES[app.pace].is_finite() {
            asked
        } else {
            format!("{asked} {reached}")
        };
        parts.push(vec![Span::styled(shown, dim)]);
    }
    if columns >= 60 {
        parts.push(vec![
            Span::styled(format!("{} ", words.step), dim),
            Span::styled(thousands(step), text),
        ]);
    }
    if columns >= 90 {
        parts.push(vec![
            Span::styled(format!("{} ", words.seed), dim),
            Span::styled(snapshot.recipe.seed.to_string(), text),
        ]);
    }
    if columns >= 100 {
        parts.push(vec![Span::styled(app.lang.code().to_uppercase(), dim)]);
    }
    let mut spans = Vec::new();
    for (i, part) in parts.into_iter().enumerate() {
        if i > 0 {
            spans.push(Span::raw("  "));
        }
        spans.extend(part);
    }
    spans.push(Span::raw(" "));
    spans
}
