//! A chapter's page: what it asks, its lessons with what was read, predicted and claimed, how they
//! hang together, what one can do at the end.

use super::super::super::app::App;
use super::super::super::overlay::ChapterPage;
use super::super::super::overlay::chapter::name;
use super::super::super::theme::Part;
use super::super::{clip, mark, pad_left, panel, prose};
use super::{centred, clear};
use crate::text::chapter::{self, ChapterText};
use crate::text::interface::fill;
use ratatui::Frame;
use ratatui::layout::{Rect, Size};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use std::collections::BTreeSet;
use unicode_width::UnicodeWidthStr as _;

const WIDTH: u16 = 92;

pub(super) fn draw(app: &App, page: &ChapterPage, screen: Rect, frame: &mut Frame<'_>) {
    let Some(text) = text(app, page.number) else { return };
    let made = lines(app, page, text, usize::from(width_inside(screen.as_size())));
    let height = u16::try_from(made.lines.len()).unwrap_or(u16::MAX).saturating_add(2);
    let area = centred(screen, WIDTH, height);
    clear(app, area, frame);
    let title = format!("{} {}", page.number, name(app.lang, page.number));
    let words = &app.interface().words;
    let inside = panel(&app.theme, &title, &words.close, true, area, frame);
    let reading = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    let reading = if inside.width < 8 { inside } else { reading };
    let shown = usize::from(reading.height);
    let first = first_line(page, &made, shown);
    let more = first + shown < made.lines.len();
    let lines: Vec<Line<'static>> = made.lines.into_iter().skip(first).take(shown).collect();
    frame.render_widget(Paragraph::new(lines), reading);
    for (there, y, glyphs) in
        [(first > 0, inside.y, ["^", "▴"]), (more, inside.bottom().saturating_sub(1), ["v", "▾"])]
    {
        if there && inside.height > 2 && inside.width > 8 {
            let glyph = glyphs[usize::from(!app.theme.ascii())];
            let at = Rect { x: inside.right() - 1, y, width: 1, height: 1 };
            frame.render_widget(Span::styled(glyph, app.theme.part(Part::Key)), at);
        }
    }
}

/// How many lines the page goes on below what can be seen with the last lesson selected.
#[must_use]
pub fn below(app: &App, page: &ChapterPage) -> usize {
    let Some(text) = text(app, page.number) else { return 0 };
    let made = lines(app, page, text, usize::from(width_inside(app.size)));
    let shown = usize::from(app.size.height.saturating_sub(1).max(1)).saturating_sub(2).max(1);
    let last = ChapterPage { at: page.lessons.len().saturating_sub(1), ..page.clone() };
    made.lines.len().saturating_sub(shown).saturating_sub(first_line(&last, &made, shown))
}

/// The columns of the text: the screen's or the page's, less the border and a column on each side.
fn width_inside(size: Size) -> u16 {
    WIDTH.min(size.width).saturating_sub(4).max(1)
}

fn text(app: &App, number: u8) -> Option<&'static ChapterText> {
    if app.theme.ascii() {
        chapter::in_ascii(number, app.lang)
    } else {
        chapter::of(number, app.lang)
    }
}

struct Made {
    lines: Vec<Line<'static>>,
    /// The first line of each lesson and the one after its last.
    lessons: Vec<(usize, usize)>,
}

/// The selected lesson is seen whole, with what stands above it as long as there is room; past the
/// last lesson the page scrolls.
fn first_line(page: &ChapterPage, made: &Made, shown: usize) -> usize {
    let most = made.lines.len().saturating_sub(shown);
    let past = (page.at + 1).saturating_sub(page.lessons.len());
    let selected = page.at.min(page.lessons.len().saturating_sub(1));
    let end = made.lessons.get(selected).map_or(0, |(_, end)| *end);
    (end.saturating_sub(shown) + past).min(most)
}

fn lines(app: &App, page: &ChapterPage, text: &ChapterText, width: usize) -> Made {
    let theme = &app.theme;
    let words = &app.interface().words;
    let say = |lines: &mut Vec<Line<'static>>, said: &str, part, first: &str, rest: &str| {
        let span = Span::styled(said.to_owned(), theme.part(part));
        lines.extend(prose::wrap(&[span], width, first, rest));
    };
    let mut lines = Vec::new();
    say(&mut lines, &text.question, Part::Title, "", "");
    for paragraph in &text.about {
        lines.push(Line::default());
        say(&mut lines, paragraph, Part::Text, "", "");
    }
    lines.push(Line::default());
    let mut lessons = Vec::new();
    for (row, place) in page.lessons.iter().enumerate() {
        let blueprint = app.catalogue[*place];
        let start = lines.len();
        lines.push(head(app, *place, row == page.at, width));
        if let Some(line) = text.line(blueprint.id) {
            say(&mut lines, line, Part::Dim, "      ", "      ");
        }
        lessons.push((start, lines.len()));
    }
    lines.push(Line::default());
    say(&mut lines, &claims(app, page), Part::Text, "", "");
    for paragraph in &text.together {
        lines.push(Line::default());
        say(&mut lines, paragraph, Part::Text, "", "");
    }
    lines.push(Line::default());
    say(&mut lines, &words.chapter_able, Part::Title, "", "");
    let bullet = if theme.ascii() { "- " } else { "• " };
    for able in &text.able {
        say(&mut lines, able, Part::Text, bullet, "  ");
    }
    Made { lines, lessons }
}

/// A lesson with its title and what was read, predicted and claimed so far.
fn head(app: &App, place: usize, selected: bool, width: usize) -> Line<'static> {
    let theme = &app.theme;
    let words = &app.interface().words;
    let blueprint = app.catalogue[place];
    let text = app.text_of(blueprint.id);
    let kept = app.progress.lessons.get(blueprint.id);
    let share = |template: &str, n: usize, of: usize| {
        fill(template, &[("n", &n.min(of).to_string()), ("of", &of.to_string())])
    };
    let known = |id: &str| blueprint.questions.iter().any(|q| q.id == id);
    let asked = kept.map_or(0, |l| l.answers.keys().filter(|id| known(id)).count());
    let tested = |number: &u8| blueprint.claims.iter().any(|c| c.number == *number);
    let held = kept.map_or(0, |l| l.claims.iter().filter(|(n, ok)| **ok && tested(n)).count());
    let read = share(&words.pages_read, kept.map_or(0, |l| l.read.len()), text.pages.len());
    let asked = share(&words.predictions_made, asked, blueprint.questions.len());
    let held = share(&words.claims_tested, held, blueprint.claims.len());
    let (chapter, number) = blueprint.number;
    let title = format!("{}{chapter}.{number} {}", mark(selected, theme), text.front.title);
    // The counts that fit, the pages first.
    let mut remark = String::new();
    for part in [read, asked, held] {
        let longer = if remark.is_empty() { part.clone() } else { format!("{remark}  {part}") };
        if title.width() + 2 + longer.width() > width {
            break;
        }
        remark = longer;
    }
    let style = |part| theme.part(if selected { Part::Selected } else { part });
    let title = clip(&title, width, theme);
    let room = width.saturating_sub(title.width());
    Line::from(vec![
        Span::styled(title, style(Part::Strong)),
        Span::styled(pad_left(&remark, room, theme), style(Part::Key)),
    ])
}

/// Which claims of the post were found as stated, each in every lesson that measures it.
fn claims(app: &App, page: &ChapterPage) -> String {
    let lessons = || page.lessons.iter().map(|place| app.catalogue[*place]);
    let all: BTreeSet<u8> = lessons().flat_map(|l| l.claims.iter().map(|c| c.number)).collect();
    let holds = |number: &u8| {
        lessons().filter(|l| l.claims.iter().any(|c| c.number == *number)).all(|l| {
            let kept = app.progress.lessons.get(l.id);
            kept.and_then(|kept| kept.claims.get(number)) == Some(&true)
        })
    };
    let done: Vec<String> = all.iter().filter(|n| holds(n)).map(u8::to_string).collect();
    let words = &app.interface().words;
    let which = if done.is_empty() { String::new() } else { format!(" ({})", done.join(", ")) };
    let (n, of) = (done.len().to_string(), all.len().to_string());
    fill(&words.chapter_claims, &[("n", &n), ("of", &of), ("which", &which)])
}
