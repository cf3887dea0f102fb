//! The footer: a remark when there is one, else the few keys that matter here.

use super::super::app::{App, Pane};
use super::super::arrange::Arrangement;
use super::super::keymap::{Action, binding};
use super::super::overlay::Overlay;
use super::super::prose;
use super::super::theme::Part;
use crate::lab::worker::Status;
use crate::text::interface::fill;
use ratatui::Frame;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// Draws the footer line.
pub fn draw(app: &App, at: &Arrangement, frame: &mut Frame<'_>) {
    if at.footer.is_empty() {
        return;
    }
    let columns = usize::from(at.footer.width);
    let lines = match remark(app) {
        Some((text, part)) => said(app, &text, part, columns),
        None => vec![keys(app, columns)],
    };
    frame.render_widget(Paragraph::new(lines), at.footer);
}

/// How many rows the footer takes: one for keys, as many as it needs, within reason, for a remark.
#[must_use]
pub fn height(app: &App, columns: u16) -> u16 {
    const MOST: usize = 3;
    remark(app).map_or(1, |(text, part)| {
        said(app, &text, part, usize::from(columns)).len().clamp(1, MOST) as u16
    })
}

fn said(app: &App, text: &str, part: Part, columns: usize) -> Vec<Line<'static>> {
    let span = Span::styled(text.to_owned(), app.theme.part(part));
    prose::wrap(&[span], columns.saturating_sub(1), " ", " ")
}

/// What is worth saying at the moment, the gravest first.
fn remark(app: &App) -> Option<(String, Part)> {
    let words = &app.interface().words;
    match &app.snapshot.status {
        Status::Failed(why) => {
            return Some((fill(&words.failed_with, &[("why", why)]), Part::Error));
        }
        Status::Diverged(step, diverged) => {
            let step = step.to_string();
            let at = fill(&words.diverged_at, &[("step", &step)]);
            let why = app.label(diverged.why);
            return Some((format!("{at} {why} {}", words.undo_hint), Part::Warning));
        }
        _ => {}
    }
    app.message.clone().map(|m| (m, Part::Hint))
}

/// The keys that matter here, as many as fit; the way to all of them always fits first.
fn keys(app: &App, columns: usize) -> Line<'static> {
    let theme = &app.theme;
    let interface = app.interface();
    let mut entries = Vec::new();
    for action in actions(app) {
        let Some(binding) = binding(action) else { continue };
        let mut name = binding.keys.first().map(|k| k.name(theme.ascii())).unwrap_or_default();
        // Pairs of keys are shown as one entry.
        let partner = match action {
            Action::Up => Some(Action::Down),
            Action::Right => Some(Action::Left),
            Action::NextLesson => Some(Action::PreviousLesson),
            _ => None,
        };
        if let Some(key) =
            partner.and_then(super::super::keymap::binding).and_then(|b| b.keys.first())
        {
            let other = key.name(theme.ascii());
            name = match action {
                Action::Up => format!("{name}{other}"),
                _ => format!("{other}{name}"),
            };
        }
        // The other language's name in its own letters is for terminals that have them.
        let brief = here(app, action).unwrap_or_else(|| interface.brief(binding.id));
        let word = if theme.ascii() && action == Action::Language {
            interface.action(binding.id)
        } else {
            brief
        };
        let entry = [
            Span::styled(name, theme.part(Part::Key)),
            Span::raw(" "),
            Span::styled(word.to_owned(), theme.part(Part::Dim)),
            Span::raw("  "),
        ];
        let wide = super::width(&entry);
        entries.push((action, wide, entry));
    }
    // The ways out and to all keys have their places first.
    let always = |action: Action| matches!(action, Action::Help | Action::Back | Action::Quit);
    let mut kept = vec![false; entries.len()];
    let mut used = 1;
    for first in [true, false] {
        for (kept, (action, wide, _)) in kept.iter_mut().zip(&entries) {
            if always(*action) == first && used + wide <= columns + 2 {
                *kept = true;
                used += wide;
            }
        }
    }
    let shown = entries.into_iter().zip(kept).filter(|(_, kept)| *kept);
    let mut spans = vec![Span::raw(" ")];
    spans.extend(shown.flat_map(|((_, _, entry), _)| entry));
    Line::from(spans)
}

/// What a key of many uses does in this place.
fn here(app: &App, action: Action) -> Option<&'static str> {
    let words = &app.interface().words;
    let listing = app.overlay.is_some();
    let word = match (action, app.focus) {
        (Action::Up, _) if matches!(app.overlay, Some(Overlay::Help { .. })) => &words.scroll,
        (Action::Up, _) if listing => &words.choose,
        (Action::Enter, _) if listing => &words.open,
        (Action::Enter, _) if app.lead().is_some() => return app.lead_word(),
        (Action::Up, _) if app.lead().is_some() => &words.row,
        (Action::Right, _) if app.acting() == Pane::Figures => &words.figure,
        (Action::Right, Pane::Lesson) => &words.turn,
        (Action::Up, Pane::Lesson) => &words.scroll,
        (Action::Up, Pane::Readouts) => &words.choose,
        _ => return None,
    };
    Some(word)
}

fn actions(app: &App) -> Vec<Action> {
    if let Some(overlay) = &app.overlay {
        return match overlay {
            Overlay::Help { .. } => vec![Action::Up, Action::Back],
            _ => vec![Action::Up, Action::Enter, Action::Back],
        };
    }
    if app.editor.is_some() {
        return vec![Action::Enter, Action::Back];
    }
    let mut actions = match app.focus {
        Pane::Parameters => vec![
            Action::Up,
            Action::Right,
            Action::Enter,
            Action::Pause,
            Action::NextPane,
            Action::Help,
            Action::NextLesson,
            Action::Language,
            Action::Undo,
            Action::Presets,
        ],
        Pane::Lesson => vec![
            Action::Right,
            Action::Up,
            Action::NextPane,
            Action::Help,
            Action::Glossary,
            Action::Check,
            Action::Enlarge,
            Action::NextLesson,
            Action::Language,
            Action::Pause,
        ],
        Pane::Figures => vec![
            Action::Right,
            Action::Enlarge,
            Action::Pause,
            Action::NextPane,
            Action::Help,
            Action::NextLesson,
            Action::Language,
        ],
        Pane::Readouts => vec![
            Action::Up,
            Action::Pause,
            Action::NextPane,
            Action::Help,
            Action::NextLesson,
            Action::Language,
        ],
    };
    if app.enlarged {
        actions = match app.acting() {
            Pane::Lesson => vec![
                Action::Right,
                Action::Up,
                Action::Back,
                Action::Glossary,
                Action::Check,
                Action::Pause,
                Action::Help,
            ],
            _ => vec![Action::Right, Action::Back, Action::Pause, Action::Help],
        };
    }
    if app.lead().is_some() {
        let at = actions.iter().position(|a| *a == Action::Right).unwrap_or(0);
        let enter = app.lead_word().map(|_| Action::Enter);
        actions.splice(at..at, [Some(Action::Up), enter].into_iter().flatten());
    }
    if app.focus == Pane::Lesson && app.to_show().is_some() {
        actions.insert(0, Action::ShowMe);
    }
    if matches!(app.snapshot.status, Status::Paused) && !app.enlarged {
        let at = actions.iter().position(|a| *a == Action::Pause).unwrap_or(0);
        actions.insert(at + 1, Action::Step);
    }
    actions.push(Action::Palette);
    actions.push(Action::Quit);
    actions
}
