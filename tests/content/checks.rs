//! The checks: each says what is wrong, one sentence each.

use contrastlab::lab::Label;
use contrastlab::lab::blueprint::{Blueprint, Source};
use contrastlab::lab::param::{Kind, Settings, Value};
use contrastlab::lab::run::Run;
use contrastlab::lab::view::{Cell, Plot, View};
use contrastlab::text::formula::Charset;
use contrastlab::text::lesson::{Block, LessonText};
use contrastlab::ui::prose::{Prose, Values};
use contrastlab::ui::theme::{Depth, Glyphs, Ground, Theme};
use std::collections::BTreeSet;
use unicode_normalization::is_nfc;
use unicode_width::UnicodeWidthStr as _;

/// The inside of the lesson pane at 80 columns is not narrower than this.
const PANE: u16 = 36;
const WIDEST_LABEL: usize = 24;
const WIDEST_NAME: usize = 18;

/// What the views of a lesson name, over its defaults, its presets and every choice.
#[derive(Default)]
pub(crate) struct Seen {
    figures: BTreeSet<Label>,
    /// Of the view that has most.
    most_figures: usize,
    /// Titles, axes, series, categories, heads of columns: what must be short.
    labels: BTreeSet<Label>,
    notes: BTreeSet<Label>,
    readouts: BTreeSet<Label>,
}

impl Seen {
    pub(crate) fn of(blueprint: &'static Blueprint, wrong: &mut Vec<String>) -> Self {
        let mut seen = Self::default();
        for (name, settings) in variants(blueprint, wrong) {
            match Run::new(blueprint, Source::Shipped, 7, settings) {
                Ok(mut run) => {
                    seen.look(&run.view());
                    for _ in 0..3 {
                        if run.advance().is_err() {
                            wrong.push(format!("{}: {name} diverges at once", blueprint.id));
                            break;
                        }
                    }
                    seen.look(&run.view());
                }
                Err(error) => wrong.push(format!("{}: {name}: {error}", blueprint.id)),
            }
        }
        seen
    }

    fn look(&mut self, view: &View) {
        self.notes.extend(&view.notes);
        self.labels.extend(view.progress.map(|p| p.label));
        self.readouts.extend(view.readouts.iter().map(|r| r.id));
        self.most_figures = self.most_figures.max(view.figures.len());
        for figure in &view.figures {
            self.figures.insert(figure.id);
            let mut add = |labels: &[Label]| self.labels.extend(labels);
            add(&[figure.id]);
            match &figure.plot {
                Plot::Lines(p) => {
                    add(&[p.x.label, p.y.label]);
                    p.series.iter().for_each(|s| add(&[s.label]));
                }
                Plot::Bars(p) => {
                    add(&[p.value.label]);
                    add(&p.categories);
                    p.series.iter().for_each(|s| add(&[s.label]));
                }
                Plot::Field(p) => {
                    add(&[p.x.label, p.y.label, p.value.label]);
                    p.dots.iter().for_each(|d| add(&[d.label]));
                    p.arrows.iter().for_each(|a| add(&[a.label]));
                }
                Plot::Matrix(p) => add(&[p.rows, p.columns, p.value.label]),
                Plot::Images(_) => {}
                Plot::Scatter(p) => {
                    add(&[p.x.label, p.y.label]);
                    p.groups.iter().for_each(|g| add(&[g.label]));
                }
                Plot::Table(p) => {
                    add(&p.columns);
                    for cell in p.rows.iter().flatten() {
                        if let Cell::Label(label) = cell {
                            add(&[*label]);
                        }
                    }
                }
            }
        }
        self.labels.remove("");
    }
}

/// The settings worth a look: the defaults, every preset, every option of every choice.
fn variants(blueprint: &'static Blueprint, wrong: &mut Vec<String>) -> Vec<(String, Settings)> {
    let mut all = vec![("the defaults".to_owned(), blueprint.defaults())];
    let mut set = |what: &str, settings: &mut Settings, values: &[(Label, Value)]| {
        for (id, value) in values {
            match blueprint.param(id).map(|spec| spec.check(*value)) {
                Some(Ok(value)) => settings.set(id, value),
                Some(Err(e)) => wrong.push(format!("{}: {what}: {id}: {e}", blueprint.id)),
                None => wrong.push(format!("{}: {what}: no parameter '{id}'", blueprint.id)),
            }
        }
    };
    for preset in blueprint.presets {
        let mut settings = blueprint.defaults();
        set(preset.id, &mut settings, preset.values);
        all.push((format!("preset {}", preset.id), settings));
    }
    for question in blueprint.questions {
        let mut settings = blueprint.defaults();
        set(question.id, &mut settings, question.setup);
        set(question.id, &mut settings, question.change);
        all.push((format!("question {}", question.id), settings));
    }
    for spec in blueprint.params {
        let values = match spec.kind {
            Kind::Choice(options) => options.iter().map(|o| Value::Choice(o)).collect(),
            Kind::Switch => vec![Value::Switch(false), Value::Switch(true)],
            Kind::Real { .. } | Kind::Integer { .. } | Kind::Word => Vec::new(),
        };
        for value in values {
            let mut settings = blueprint.defaults();
            settings.set(spec.id, value);
            all.push((format!("{} = {value}", spec.id), settings));
        }
    }
    all
}

pub(crate) fn has_label(text: &LessonText, id: &str) -> bool {
    let front = &text.front;
    front.labels.contains_key(id)
        || front.readouts.contains_key(id)
        || front.params.contains_key(id)
        || front.presets.contains_key(id)
}

/// Words that are missing, empty, too long or about nothing.
pub(crate) fn words(
    blueprint: &Blueprint,
    seen: &Seen,
    text: &LessonText,
    code: &str,
    file: &str,
) -> Vec<String> {
    let front = &text.front;
    let mut wrong = Vec::new();
    let mut say = |what: String| wrong.push(format!("{file}: {what}"));

    // The same ids on both sides.
    let mut same = |what: &str, there: BTreeSet<String>, worded: BTreeSet<String>| {
        for id in there.difference(&worded) {
            say(format!("no words for {what} '{id}'"));
        }
        for id in worded.difference(&there) {
            say(format!("words for {what} '{id}', which does not exist"));
        }
    };
    let set = |ids: &mut dyn Iterator<Item = &str>| ids.map(str::to_owned).collect();
    let keys = |ids: &mut dyn Iterator<Item = &String>| ids.cloned().collect();
    same(
        "parameter",
        set(&mut blueprint.params.iter().map(|p| p.id)),
        keys(&mut front.params.keys()),
    );
    same("readout", set(&mut blueprint.readouts.iter().copied()), keys(&mut front.readouts.keys()));
    same(
        "preset",
        set(&mut blueprint.presets.iter().map(|p| p.id)),
        keys(&mut front.presets.keys()),
    );
    same(
        "question",
        set(&mut blueprint.questions.iter().map(|q| q.id)),
        keys(&mut front.questions.keys()),
    );
    same(
        "claim",
        blueprint.claims.iter().map(|c| c.number.to_string()).collect(),
        keys(&mut front.claims.keys()),
    );
    for spec in blueprint.params {
        let options = match spec.kind {
            Kind::Choice(options) => options,
            _ => &[],
        };
        if let Some(worded) = front.params.get(spec.id) {
            same(
                &format!("option of '{}'", spec.id),
                set(&mut options.iter().copied()),
                keys(&mut worded.options.keys()),
            );
        }
    }

    // Figures, and the labels that views use.
    let layout: BTreeSet<Label> = blueprint.layout.iter().copied().flatten().copied().collect();
    // What takes turns in a place counts once.
    if layout.is_empty() || seen.most_figures > 4 {
        say(format!("{} figures at once", seen.most_figures));
    }
    for id in layout.difference(&seen.figures) {
        say(format!("the layout has '{id}', which no view has"));
    }
    for id in seen.figures.difference(&layout) {
        say(format!("a view has the figure '{id}', which the layout does not have"));
    }
    for id in seen.readouts.iter().filter(|id| !blueprint.readouts.contains(id)) {
        say(format!("a view has the readout '{id}', which the blueprint does not have"));
    }
    for question in blueprint.questions {
        if !blueprint.readouts.contains(&question.readout) {
            say(format!("'{}' asks for the readout '{}'", question.id, question.readout));
        }
    }
    for id in seen.labels.union(&seen.notes).filter(|id| !has_label(text, id)) {
        say(format!("no label '{id}'"));
    }
    for id in front.labels.keys() {
        let used = seen.labels.contains(id.as_str()) || seen.notes.contains(id.as_str());
        if !used && !code.contains(&format!("\"{id}\"")) {
            say(format!("a label '{id}' that nothing uses"));
        }
    }

    // Lengths.
    let mut short = |what: &str, words: &str, most: usize| {
        if words.trim().is_empty() {
            say(format!("{what} is empty"));
        }
        if words.width() > most {
            say(format!("{what} takes {} of {most} columns: {words}", words.width()));
        }
    };
    let any = usize::MAX;
    short("the title", &front.title, 40);
    short("the summary", &front.summary, any);
    for (id, p) in &front.params {
        short(&format!("the name of '{id}'"), &p.name, WIDEST_NAME);
        short(&format!("the line about '{id}'"), &p.about, any);
        for (option, words) in &p.options {
            short(&format!("the option '{option}' of '{id}'"), words, WIDEST_LABEL);
        }
    }
    for (id, r) in &front.readouts {
        short(&format!("the name of '{id}'"), &r.name, WIDEST_LABEL);
        short(&format!("the line about '{id}'"), &r.about, any);
    }
    for (id, p) in &front.presets {
        short(&format!("the name of '{id}'"), &p.name, WIDEST_LABEL);
        short(&format!("the line about '{id}'"), &p.about, any);
    }
    for (id, q) in &front.questions {
        short(&format!("the question '{id}'"), &q.ask, any);
        short(&format!("the reason of '{id}'"), &q.because, any);
    }
    for (number, c) in &front.claims {
        short(&format!("what is said in claim {number}"), &c.says, any);
        short(&format!("what is so about claim {number}"), &c.so, any);
    }
    for (id, label) in &front.labels {
        // A note or a reason is a sentence; what stands at a figure must be short.
        let most = if seen.labels.contains(id.as_str()) { WIDEST_LABEL } else { any };
        short(&format!("the label '{id}'"), label, most);
    }

    // Every question and claim stands on one page.
    let placed: Vec<&Block> = text.pages.iter().flat_map(|p| &p.blocks).collect();
    let mut once = |what: String, block: Block| {
        let times = placed.iter().filter(|b| ***b == block).count();
        if times != 1 {
            say(format!("{what} stands on the pages {times} times"));
        }
    };
    for question in blueprint.questions {
        let block = Block::Question(question.id.to_owned());
        once(format!("the question '{}'", question.id), block);
    }
    for claim in blueprint.claims {
        once(format!("claim {}", claim.number), Block::Claim(claim.number));
    }
    wrong
}

struct Wide;

impl Values for Wide {
    fn value(&self, _: &str) -> Option<String> {
        Some("-1.2345e-12 ±0.0012".to_owned())
    }
}

/// Pages that do not fit the pane.
pub(crate) fn pages(text: &LessonText, file: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if !(3..=6).contains(&text.pages.len()) {
        wrong.push(format!("{file}: {} pages, not 3 to 6", text.pages.len()));
    }
    for (at, page) in text.pages.iter().enumerate() {
        let place = format!("{file}: page {}", at + 1);
        if page.title.width() > usize::from(PANE) {
            wrong.push(format!("{place}: the title takes {} columns", page.title.width()));
        }
        for glyphs in [Glyphs::Braille, Glyphs::Ascii] {
            let theme = Theme { ground: Ground::Dark, depth: Depth::True, glyphs };
            let lines = Prose {
                page,
                theme: &theme,
                width: PANE,
                values: &Wide,
                highlight: None,
                placed: &|_| Vec::new(),
                copy_hint: "",
            }
            .lines();
            for line in lines.iter().filter(|l| l.width() > usize::from(PANE)) {
                wrong.push(format!("{place}: a line of {} columns: {line}", line.width()));
            }
        }
        for block in &page.blocks {
            let Block::Formula(formula) = block else { continue };
            for (charset, cut) in [(Charset::Unicode, '…'), (Charset::Ascii, '~')] {
                let rows = formula.fit(usize::from(PANE), charset).plain();
                if rows.iter().any(|r| r.width() == usize::from(PANE) && r.ends_with(cut)) {
                    wrong.push(format!("{place}: a formula is cut off: {}", formula.source.trim()));
                }
            }
        }
    }
    wrong
}

/// Where the two languages part ways in what is not language.
pub(crate) fn alike(en: &LessonText, ko: &LessonText, id: &str) -> Vec<String> {
    let skeleton = |text: &LessonText| -> Vec<Vec<String>> {
        text.pages
            .iter()
            .map(|page| {
                page.blocks
                    .iter()
                    .filter_map(|block| match block {
                        Block::Question(id) => Some(format!("question {id}")),
                        Block::Claim(number) => Some(format!("claim {number}")),
                        Block::Code { text, .. } => Some(format!("code {}", code_only(text))),
                        Block::Formula(formula) => {
                            let bound: Vec<&str> =
                                formula.bindings.iter().map(|b| b.id.as_str()).collect();
                            Some(format!("formula of {bound:?}"))
                        }
                        _ => None,
                    })
                    .collect()
            })
            .collect()
    };
    let (en, ko) = (skeleton(en), skeleton(ko));
    if en.len() != ko.len() {
        return vec![format!("{id}: {} pages in English, {} in Korean", en.len(), ko.len())];
    }
    en.iter()
        .zip(&ko)
        .enumerate()
        .filter(|(_, (en, ko))| en != ko)
        .map(|(at, (en, ko))| format!("{id}: page {}: {en:?} in English, {ko:?} in Korean", at + 1))
        .collect()
}

/// Code without its comments, which are translated.
fn code_only(text: &str) -> String {
    text.lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim_end())
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

/// What does not belong in a file of words.
pub(crate) fn clean(text: &str, file: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if !is_nfc(text) {
        wrong.push(format!("{file}: not in NFC"));
    }
    for (at, line) in text.split('\n').enumerate() {
        let bad = |c: &char| {
            c.is_control()
                || matches!(*c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        };
        if let Some(c) = line.chars().find(bad) {
            wrong.push(format!("{file}:{}: the character U+{:04X}", at + 1, u32::from(c)));
        }
    }
    wrong
}
