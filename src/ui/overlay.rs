//! What lies over the screen: the help, the palette, the glossary, a chapter's page, the lists of
//! lessons and presets.

pub mod chapter;
pub mod glossary;

use super::app::App;
use super::field::Field;
use super::keymap::{Action, Binding, KEYS};
use crate::lab::param::ParamSpec;
use crate::text::Lang;
use crate::text::interface::{Interface, fill};
use crate::text::lesson;
use crossterm::event::KeyEvent;
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

pub use chapter::ChapterPage;
pub use glossary::Glossary;

/// What lies over the screen.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// All keys.
    Help {
        /// The first line shown.
        scroll: usize,
    },
    /// Find anything by name.
    Palette(Palette),
    /// Everything that can be done, to choose from by arrows alone.
    Menu(List),
    /// The lessons with their progress, each chapter under its head.
    Lessons(List),
    /// The presets.
    Presets(List),
    /// The terms of the field.
    Glossary(Glossary),
    /// A chapter's page.
    Chapter(ChapterPage),
}

/// What an entry does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Opens the lesson of this place in the catalogue.
    Lesson(usize),
    /// Goes to the parameter of this place.
    Param(usize),
    /// Opens the lesson of this place, at the parameter of that place.
    ParamOf(usize, usize),
    /// Applies the preset of this place; None: the defaults.
    Preset(Option<usize>),
    /// Opens the page of the chapter of this number.
    Chapter(u8),
    /// Shows the term of this place in the glossary.
    Term(usize),
    /// Goes to where the term of this place is explained.
    Explained(usize),
    /// Does what a key does.
    Action(Action),
}

/// One row of a list.
#[derive(Clone, Debug)]
pub struct Row {
    /// What choosing it does.
    pub entry: Entry,
    /// Its name.
    pub name: String,
    /// A remark beside it: a key, a sentence, a count.
    pub about: String,
    /// Its kind, in the palette.
    pub kind: String,
    /// What it may be found by.
    pub keywords: String,
}

/// A list with a selected row.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// The rows.
    pub rows: Vec<Row>,
    /// The selected one.
    pub selected: usize,
}

/// A list that is searched by typing.
#[derive(Clone, Debug)]
pub struct Palette {
    /// What is typed.
    pub field: Field,
    /// Everything there is.
    all: Vec<Row>,
    /// What matches, best first.
    pub list: List,
}

impl List {
    fn travel(&mut self, by: isize) {
        self.selected = travelled(self.selected, by, self.rows.len());
    }
}

/// The place so many rows on; a single step at an end goes round, a page stops there.
fn travelled(at: usize, by: isize, count: usize) -> usize {
    let last = count.saturating_sub(1);
    match (at, by) {
        (0, -1) => last,
        (at, 1) if at >= last => 0,
        (at, by) => at.saturating_add_signed(by).min(last),
    }
}

impl Palette {
    /// Finds what matches the typed words.
    pub fn search(&mut self) {
        let found = matching(self.field.text(), &self.all, |row| &row.keywords);
        self.list = List { rows: found.into_iter().cloned().collect(), selected: 0 };
    }
}

/// Those of a list that match the typed words, best first; all of them where nothing is typed.
fn matching<'a, T>(typed: &str, all: &'a [T], keywords: impl Fn(&T) -> &str) -> Vec<&'a T> {
    let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut found: Vec<(u32, &T)> = all
        .iter()
        .filter_map(|row| {
            let text = Utf32Str::new(keywords(row), &mut buffer);
            pattern.score(text, &mut matcher).map(|score| (score, row))
        })
        .collect();
    found.sort_by(|(a, _), (b, _)| b.cmp(a));
    found.into_iter().map(|(_, row)| row).collect()
}

impl Overlay {
    /// The palette over everything the app has.
    #[must_use]
    pub fn palette(app: &App) -> Self {
        let words = &app.interface().words;
        let mut all = action_rows(app);
        // The open lesson's own parameters come first.
        let places =
            std::iter::once(app.open).chain((0..app.catalogue.len()).filter(|p| *p != app.open));
        for lesson in places {
            all.extend(param_rows(app, lesson));
        }
        for row in preset_rows(app) {
            all.push(Row { kind: words.kind_preset.clone(), ..row });
        }
        for row in lesson_rows(app) {
            all.push(Row { kind: words.kind_lesson.clone(), ..row });
        }
        for number in chapter::numbers(app) {
            all.push(Row { kind: words.kind_chapter.clone(), ..chapter::row(app, number) });
        }
        all.extend(glossary::rows(app));
        let mut palette = Palette { field: Field::default(), all, list: List::default() };
        palette.search();
        Self::Palette(palette)
    }

    /// Everything that can be done.
    #[must_use]
    pub fn menu(app: &App) -> Self {
        Self::Menu(List { rows: action_rows(app), selected: 0 })
    }

    /// The lessons with their progress.
    #[must_use]
    pub fn lessons(app: &App) -> Self {
        let mut rows = Vec::new();
        let mut chapter = None;
        for (row, blueprint) in lesson_rows(app).into_iter().zip(app.catalogue) {
            let number = blueprint.number.0;
            if chapter != Some(number) {
                chapter = Some(number);
                rows.extend(
                    chapter::numbers(app).find(|n| *n == number).map(|n| chapter::row(app, n)),
                );
            }
            rows.push(Row { name: format!("  {}", row.name), ..row });
        }
        let open = Entry::Lesson(app.open);
        let selected = rows.iter().position(|row| row.entry == open).unwrap_or(0);
        Self::Lessons(List { rows, selected })
    }

    /// The presets, the defaults first.
    #[must_use]
    pub fn presets(app: &App) -> Self {
        Self::Presets(List { rows: preset_rows(app), selected: 0 })
    }

    /// A key for the line that is typed into.
    pub fn typed(&mut self, event: &KeyEvent) {
        if self.field().is_some_and(|field| field.key(event)) {
            self.search();
        }
    }

    /// A text pasted into that line.
    pub fn pasted(&mut self, text: &str) {
        if let Some(field) = self.field() {
            field.insert(text);
            self.search();
        }
    }

    fn field(&mut self) -> Option<&mut Field> {
        match self {
            Self::Palette(palette) => Some(&mut palette.field),
            Self::Glossary(glossary) => Some(&mut glossary.field),
            _ => None,
        }
    }

    fn search(&mut self) {
        match self {
            Self::Palette(palette) => palette.search(),
            Self::Glossary(glossary) => glossary.search(),
            _ => {}
        }
    }

    /// The same in the language that is now the app's.
    #[must_use]
    pub fn again(self, app: &App) -> Self {
        match self {
            Self::Lessons(_) => Self::lessons(app),
            Self::Presets(_) => Self::presets(app),
            Self::Menu(_) => Self::menu(app),
            Self::Palette(_) => Self::palette(app),
            same @ (Self::Help { .. } | Self::Glossary(_) | Self::Chapter(_)) => same,
        }
    }

    /// Moves the selection, or scrolls.
    pub fn travel(&mut self, by: isize) {
        match self {
            Self::Help { scroll } => {
                *scroll = scroll.saturating_add_signed(by).min(KEYS.len().saturating_sub(1));
            }
            Self::Palette(palette) => palette.list.travel(by),
            Self::Glossary(glossary) => glossary.travel(by),
            Self::Chapter(page) => page.travel(by),
            Self::Lessons(list) | Self::Presets(list) | Self::Menu(list) => list.travel(by),
        }
    }

    /// What the selected row does.
    #[must_use]
    pub fn chosen(&self) -> Option<Entry> {
        match self {
            Self::Help { .. } => None,
            Self::Glossary(glossary) => glossary.chosen().map(Entry::Explained),
            Self::Chapter(page) => page.chosen().map(Entry::Lesson),
            Self::Palette(Palette { list, .. })
            | Self::Lessons(list)
            | Self::Presets(list)
            | Self::Menu(list) => list.rows.get(list.selected).map(|row| row.entry),
        }
    }
}

/// What makes no sense from a list: moving about in it.
fn in_palette(action: Action) -> bool {
    !matches!(
        action,
        Action::Up
            | Action::Down
            | Action::Left
            | Action::Right
            | Action::MuchSmaller
            | Action::MuchLarger
            | Action::Enter
            | Action::Back
            | Action::Palette
            | Action::Answer(_)
            | Action::NextPane
            | Action::PreviousPane
    )
}

fn action_rows(app: &App) -> Vec<Row> {
    let interface = app.interface();
    let row = |binding: &Binding| {
        let names = Lang::ALL.map(|lang| Interface::of(lang).action(binding.id));
        Row {
            entry: Entry::Action(binding.action),
            name: interface.action(binding.id).to_owned(),
            about: binding.keys.first().map(|k| k.name(app.theme.ascii())).unwrap_or_default(),
            kind: interface.words.kind_command.clone(),
            keywords: format!("{} {} {}", names[0], names[1], binding.id),
        }
    };
    KEYS.iter().filter(|b| in_palette(b.action)).map(row).collect()
}

/// The parameters of the lesson of this place.
fn param_rows(app: &App, lesson: usize) -> Vec<Row> {
    let blueprint = app.catalogue[lesson];
    let here = lesson == app.open;
    let texts = Lang::ALL.map(|lang| lesson::of(blueprint.id, lang));
    let row = |(place, spec): (usize, &'static ParamSpec)| {
        let names = texts.map(|t| t.front.params.get(spec.id).map_or("", |p| p.name.as_str()));
        let name = app.text_of(blueprint.id).front.params.get(spec.id);
        let about = if here {
            app.value_text(spec, app.settings.get(spec.id))
        } else {
            app.text_of(blueprint.id).front.title.clone()
        };
        Row {
            entry: if here { Entry::Param(place) } else { Entry::ParamOf(lesson, place) },
            name: name.map_or(spec.id, |p| p.name.as_str()).to_owned(),
            about,
            kind: app.interface().words.kind_parameter.clone(),
            keywords: format!("{} {} {} {}", names[0], names[1], spec.id, spec.symbol),
        }
    };
    blueprint.params.iter().enumerate().map(row).collect()
}

fn lesson_rows(app: &App) -> Vec<Row> {
    let words = &app.interface().words;
    app.catalogue
        .iter()
        .enumerate()
        .map(|(place, blueprint)| {
            let texts = Lang::ALL.map(|lang| lesson::of(blueprint.id, lang));
            let text = app.text_of(blueprint.id);
            let kept = app.progress.lessons.get(blueprint.id);
            let read = kept.map_or(0, |l| l.read.len()).to_string();
            let of = text.pages.len().to_string();
            let (chapter, number) = blueprint.number;
            Row {
                entry: Entry::Lesson(place),
                name: format!("{chapter}.{number} {}", text.front.title),
                about: fill(&words.pages_read, &[("n", &read), ("of", &of)]),
                kind: String::new(),
                keywords: format!(
                    "{} {} {}",
                    texts[0].front.title, texts[1].front.title, blueprint.id
                ),
            }
        })
        .collect()
}

fn preset_rows(app: &App) -> Vec<Row> {
    let words = &app.interface().words;
    let all = Lang::ALL.map(|lang| Interface::of(lang).words.all_defaults.as_str());
    let first = Row {
        entry: Entry::Preset(None),
        name: words.all_defaults.clone(),
        about: words.all_defaults_about.clone(),
        kind: String::new(),
        keywords: all.join(" "),
    };
    let presets = app.blueprint().presets.iter().enumerate().map(|(place, preset)| {
        let texts = Lang::ALL.map(|lang| lesson::of(app.blueprint().id, lang));
        let names = texts.map(|t| t.front.presets.get(preset.id).map_or("", |p| p.name.as_str()));
        let text = app.text().front.presets.get(preset.id);
        Row {
            entry: Entry::Preset(Some(place)),
            name: text.map_or(preset.id, |p| p.name.as_str()).to_owned(),
            about: text.map_or("", |p| p.about.as_str()).to_owned(),
            kind: String::new(),
            keywords: format!("{} {} {}", names[0], names[1], preset.id),
        }
    });
    std::iter::once(first).chain(presets).collect()
}
