//! The pages of a lesson, from Markdown.
//!
//! A page begins with `# Title`. It may hold `##` headings, paragraphs, lists, block quotations
//! (shown as remarks), **strong** and *emphasised* words, `code` and fenced code. On top of that:
//!
//! - `{id}` in running text is the live value of a parameter or readout; a plain brace is `\{`;
//! - a fenced block of the language `math` is a display formula ([`super::formula`]);
//! - a paragraph that is only `{question:ID}` or `{claim:N}` places a prediction or a claim.

use super::formula::{Charset, Formula};
use super::lesson::{Block, Front, Inline, Page, Problem, Tone};
use super::nearest::nearest;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// A mistake and its line within what was read, from 1.
pub(super) struct Mistake {
    pub(super) line: usize,
    pub(super) problem: Problem,
}

/// Reads the pages.
pub(super) fn read(source: &str, front: &Front) -> Result<Vec<Page>, Mistake> {
    let mut reader = Reader {
        source,
        front,
        pages: Vec::new(),
        words: Vec::new(),
        tones: Vec::new(),
        start: 0,
        heading: None,
        lists: Vec::new(),
        mark: None,
        quoted: false,
        code: None,
        link: None,
    };
    for (event, range) in Parser::new_ext(source, Options::empty()).into_offset_iter() {
        reader.event(event, range.start)?;
    }
    let lines = reader.line(source.len());
    let mistake = |problem| Err(Mistake { line: lines, problem });
    match reader.pages.last() {
        None => mistake(Problem::NoPages),
        Some(page) if page.blocks.is_empty() => mistake(Problem::EmptyPage),
        Some(_) => Ok(reader.pages),
    }
}

/// Stands for a brace that was escaped in the source: a private-use character.
const PLAIN_BRACE: char = '\u{E07B}';

struct Reader<'a> {
    source: &'a str,
    front: &'a Front,
    pages: Vec<Page>,
    /// The running text of the block being read: words, tone, offset in the source.
    words: Vec<(String, Tone, usize)>,
    tones: Vec<Tone>,
    /// Where the block being read starts.
    start: usize,
    heading: Option<HeadingLevel>,
    /// The open lists: the next number, for those with numbers.
    lists: Vec<Option<u64>>,
    /// The mark of the item whose first paragraph has not been read.
    mark: Option<String>,
    quoted: bool,
    /// The language and the text of the open code block.
    code: Option<(String, String)>,
    /// Where the open link leads, and which of the words are the first of it.
    link: Option<(String, usize)>,
}

impl Reader<'_> {
    fn line(&self, offset: usize) -> usize {
        self.source[..offset].matches('\n').count() + 1
    }

    fn fail<T>(&self, offset: usize, problem: Problem) -> Result<T, Mistake> {
        Err(Mistake { line: self.line(offset), problem })
    }

    fn event(&mut self, event: Event<'_>, at: usize) -> Result<(), Mistake> {
        match event {
            Event::Start(tag) => self.open(tag, at),
            Event::End(tag) => self.close(tag),
            Event::Text(text) => {
                if let Some((_, code)) = &mut self.code {
                    code.push_str(&text);
                    return Ok(());
                }
                let escaped = at > 0 && self.source.as_bytes()[at - 1] == b'\\';
                let text = match text.strip_prefix('{') {
                    Some(rest) if escaped => format!("{PLAIN_BRACE}{rest}"),
                    _ => text.into_string(),
                };
                self.push(text, at)
            }
            Event::Code(text) => {
                self.tones.push(Tone::Code);
                let pushed = self.push(text.into_string(), at);
                self.tones.pop();
                pushed
            }
            Event::SoftBreak => self.push(" ".to_owned(), at),
            Event::HardBreak => self.push("\n".to_owned(), at),
            Event::Html(_) | Event::InlineHtml(_) => self.fail(at, Problem::Unsupported("HTML")),
            Event::Rule => self.fail(at, Problem::Unsupported("a rule")),
            _ => self.fail(at, Problem::Unsupported("this Markdown")),
        }
    }

    fn push(&mut self, text: String, at: usize) -> Result<(), Mistake> {
        let tone = self.tones.last().copied().unwrap_or(Tone::Plain);
        if let Some(c) = text.chars().find(|c| c.is_control() && *c != '\n') {
            return self.fail(at, Problem::ControlCharacter(c));
        }
        match self.words.last_mut() {
            Some((last, t, _)) if *t == tone => last.push_str(&text),
            _ => {
                if self.words.is_empty() {
                    self.start = at;
                }
                self.words.push((text, tone, at));
            }
        }
        Ok(())
    }

    fn open(&mut self, tag: Tag<'_>, at: usize) -> Result<(), Mistake> {
        match tag {
            Tag::Paragraph => {}
            Tag::Heading { level, .. } => {
                self.start = at;
                self.heading = Some(level);
            }
            Tag::BlockQuote(_) => self.quoted = true,
            Tag::CodeBlock(kind) => {
                self.end_block()?;
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info.trim().to_owned(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.start = at;
                self.code = Some((language, String::new()));
            }
            Tag::List(first) => {
                self.end_block()?;
                if self.quoted {
                    return self.fail(at, Problem::Unsupported("a list in a remark"));
                }
                self.lists.push(first);
            }
            Tag::Item => {
                let indent = "  ".repeat(self.lists.len().saturating_sub(1));
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{indent}{}.", *number - 1)
                    }
                    _ => format!("{indent}-"),
                };
                self.mark = Some(mark);
            }
            Tag::Emphasis => self.tones.push(Tone::Emphasis),
            Tag::Strong => self.tones.push(Tone::Strong),
            Tag::Link { dest_url, .. } => {
                // An entry of its own keeps the link's words apart from those before.
                let tone = self.tones.last().copied().unwrap_or(Tone::Plain);
                self.words.push((String::new(), tone, at));
                self.link = Some((dest_url.into_string(), self.words.len() - 1));
            }
            Tag::Image { .. } => return self.fail(at, Problem::Unsupported("an image")),
            Tag::HtmlBlock => return self.fail(at, Problem::Unsupported("HTML")),
            _ => return self.fail(at, Problem::Unsupported("this Markdown")),
        }
        Ok(())
    }

    fn close(&mut self, tag: TagEnd) -> Result<(), Mistake> {
        match tag {
            TagEnd::Paragraph => self.end_block()?,
            TagEnd::Heading(_) => {
                self.end_heading()?;
                self.heading = None;
            }
            TagEnd::BlockQuote(_) => self.quoted = false,
            TagEnd::CodeBlock => {
                if let Some((language, text)) = self.code.take() {
                    let block = if language == "math" {
                        Block::Formula(self.formula(&text)?)
                    } else {
                        Block::Code { language, text }
                    };
                    self.add(block)?;
                }
            }
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::Item => {
                self.end_block()?;
                self.mark = None;
            }
            TagEnd::Emphasis | TagEnd::Strong => {
                self.tones.pop();
            }
            TagEnd::Link => self.end_link(),
            _ => {}
        }
        Ok(())
    }

    /// Words that lead somewhere say where; an address stands for itself.
    fn end_link(&mut self) {
        let Some((url, first)) = self.link.take() else { return };
        let at = self.words.get(first).map_or(self.start, |(.., at)| *at);
        let tone = self.tones.last().copied().unwrap_or(Tone::Plain);
        let words: String =
            self.words.drain(first.min(self.words.len())..).map(|(text, ..)| text).collect();
        let text = if words == url { url } else { format!("{words} ({url})") };
        let text = text.replace('{', &PLAIN_BRACE.to_string());
        match self.words.last_mut() {
            Some((last, t, _)) if *t == tone => last.push_str(&text),
            _ => self.words.push((text, tone, at)),
        }
    }

    fn formula(&self, text: &str) -> Result<Formula, Mistake> {
        let formula = Formula::typeset(text, Charset::Unicode).map_err(|error| Mistake {
            line: self.line(self.start) + error.line,
            problem: Problem::Formula(error),
        })?;
        for binding in &formula.bindings {
            if !self.is_value(&binding.id) {
                return self.fail(self.start, self.unknown(&binding.id));
            }
        }
        Ok(formula)
    }

    fn end_heading(&mut self) -> Result<(), Mistake> {
        if self.heading != Some(HeadingLevel::H1) {
            let words = std::mem::take(&mut self.words);
            let inlines = self.inlines(&words)?;
            return self.add(Block::Heading(inlines));
        }
        let title: String = self.words.drain(..).map(|(text, ..)| text).collect();
        if title.trim().is_empty() {
            return self.fail(self.start, Problem::EmptyTitle);
        }
        if self.pages.last().is_some_and(|page| page.blocks.is_empty()) {
            return self.fail(self.start, Problem::EmptyPage);
        }
        self.pages.push(Page { title: title.replace(PLAIN_BRACE, "{"), blocks: Vec::new() });
        Ok(())
    }

    /// The running text read so far becomes a block.
    fn end_block(&mut self) -> Result<(), Mistake> {
        let words = std::mem::take(&mut self.words);
        if words.is_empty() {
            return Ok(());
        }
        if let ([(text, Tone::Plain, at)], None, false) =
            (words.as_slice(), &self.mark, self.quoted)
            && let Some(block) = self.placed(text, *at)?
        {
            return self.add(block);
        }
        let inlines = self.inlines(&words)?;
        let block = match self.mark.take() {
            Some(mark) => Block::Item(mark, inlines),
            None if self.quoted => Block::Remark(inlines),
            None => Block::Paragraph(inlines),
        };
        self.add(block)
    }

    fn add(&mut self, block: Block) -> Result<(), Mistake> {
        let start = self.start;
        match self.pages.last_mut() {
            Some(page) => page.blocks.push(block),
            None => return self.fail(start, Problem::BeforeTitle),
        }
        Ok(())
    }

    /// The question or claim that a whole paragraph places.
    fn placed(&self, text: &str, at: usize) -> Result<Option<Block>, Mistake> {
        let Some(inside) = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) else {
            return Ok(None);
        };
        if let Some(id) = inside.strip_prefix("question:") {
            if self.front.questions.contains_key(id) {
                return Ok(Some(Block::Question(id.to_owned())));
            }
        } else if let Some(number) = inside.strip_prefix("claim:") {
            if let (true, Ok(number)) = (self.front.claims.contains_key(number), number.parse()) {
                return Ok(Some(Block::Claim(number)));
            }
        } else {
            return Ok(None);
        }
        self.fail(at, self.unknown(inside))
    }

    fn inlines(&self, words: &[(String, Tone, usize)]) -> Result<Vec<Inline>, Mistake> {
        let mut inlines = Vec::new();
        for (words, tone, at) in words {
            if *tone == Tone::Code {
                push_text(&mut inlines, words, *tone);
                continue;
            }
            if words.contains("**") {
                return self.fail(*at, Problem::StrayMark);
            }
            let (mut rest, mut cursor) = (words.as_str(), *at);
            while let Some(open) = rest.find('{') {
                let inside = &rest[open + 1..];
                let close = inside.find('}').unwrap_or(0);
                let id = &inside[..close];
                let found = self.place_of(cursor, id);
                let place = found.unwrap_or(cursor);
                cursor = found.map_or(cursor, |at| at + 1);
                let legal = |c: char| c.is_ascii_alphanumeric() || "_-:".contains(c);
                if id.is_empty() || !id.chars().all(legal) {
                    return self.fail(place, Problem::StrayBrace);
                }
                if id.starts_with("question:") || id.starts_with("claim:") {
                    return self.fail(place, Problem::NotAlone(id.to_owned()));
                }
                if !self.is_value(id) {
                    return self.fail(place, self.unknown(id));
                }
                push_text(&mut inlines, &rest[..open], *tone);
                inlines.push(if self.front.params.contains_key(id) {
                    Inline::Param(id.to_owned())
                } else {
                    Inline::Readout(id.to_owned())
                });
                rest = &inside[close + 1..];
            }
            push_text(&mut inlines, rest, *tone);
        }
        Ok(inlines)
    }

    /// Where the value of this id stands in the source, looked for from an offset on; nowhere where
    /// its brace is written as an entity.
    fn place_of(&self, from: usize, id: &str) -> Option<usize> {
        self.source[from..].find(&format!("{{{id}")).map(|found| from + found)
    }

    fn is_value(&self, id: &str) -> bool {
        self.front.params.contains_key(id) || self.front.readouts.contains_key(id)
    }

    fn unknown(&self, given: &str) -> Problem {
        let front = self.front;
        let values = front.params.keys().chain(front.readouts.keys()).cloned();
        let questions = front.questions.keys().map(|id| format!("question:{id}"));
        let claims = front.claims.keys().map(|number| format!("claim:{number}"));
        let nearest = nearest(given, values.chain(questions).chain(claims), 2);
        Problem::Unknown { given: given.to_owned(), nearest }
    }
}

fn push_text(inlines: &mut Vec<Inline>, words: &str, tone: Tone) {
    if !words.is_empty() {
        inlines.push(Inline::Text(words.replace(PLAIN_BRACE, "{"), tone));
    }
}
