//! A lesson for a terminal that shows ASCII alone: every word transliterated after it was read, as
//! what a symbol becomes may mean something else in Markdown (`⟨E⟩` would be a tag of HTML).

use super::super::transliterate::transliterate;
use super::{Block, Front, Inline, LessonText, Page};

/// The same lesson in ASCII, as far as its letters have any. Formulas are set in either character
/// set when they are drawn.
pub(super) fn of(text: &LessonText) -> LessonText {
    LessonText { front: front(&text.front), pages: text.pages.iter().map(page).collect() }
}

fn front(from: &Front) -> Front {
    let mut made = from.clone();
    let mut words = vec![&mut made.title, &mut made.summary];
    for param in made.params.values_mut() {
        words.extend([&mut param.name, &mut param.unit, &mut param.about]);
        words.extend(param.options.values_mut());
    }
    for readout in made.readouts.values_mut() {
        words.extend([&mut readout.name, &mut readout.unit, &mut readout.about]);
    }
    words.extend(made.labels.values_mut());
    for preset in made.presets.values_mut() {
        words.extend([&mut preset.name, &mut preset.about]);
    }
    for question in made.questions.values_mut() {
        words.extend([&mut question.ask, &mut question.because]);
    }
    for claim in made.claims.values_mut() {
        words.extend([&mut claim.says, &mut claim.so, &mut claim.source]);
    }
    for word in words {
        *word = transliterate(word);
    }
    made
}

fn page(from: &Page) -> Page {
    Page { title: transliterate(&from.title), blocks: from.blocks.iter().map(block).collect() }
}

fn block(from: &Block) -> Block {
    let inlines = |words: &[Inline]| {
        let said = |inline: &Inline| match inline {
            Inline::Text(text, tone) => Inline::Text(transliterate(text), *tone),
            value => value.clone(),
        };
        words.iter().map(said).collect()
    };
    match from {
        Block::Heading(words) => Block::Heading(inlines(words)),
        Block::Paragraph(words) => Block::Paragraph(inlines(words)),
        Block::Item(mark, words) => Block::Item(mark.clone(), inlines(words)),
        Block::Remark(words) => Block::Remark(inlines(words)),
        Block::Code { language, text } => {
            Block::Code { language: language.clone(), text: transliterate(text) }
        }
        same @ (Block::Formula(_) | Block::Question(_) | Block::Claim(_)) => same.clone(),
    }
}
