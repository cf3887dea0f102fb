//! A page of a lesson as styled lines of a given width.
//!
//! Lines break between words, in Korean too (what CSS calls `keep-all`); only a word longer than a
//! whole line is cut. No line is wider than asked for, whatever the width.

use crate::text::formula::{Charset, Formula};
use crate::text::lesson::{Block, Inline, Page, Tone};
use crate::ui::theme::{Glyphs, Part, Theme};
use crate::ui::wrap::cut;
pub use crate::ui::wrap::wrap;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

/// The live values that stand in the text.
pub trait Values {
    /// The value of a parameter or readout, formatted; none while there is none.
    fn value(&self, id: &str) -> Option<String>;
}

/// A page and how it is shown.
pub struct Prose<'a> {
    /// What is read.
    pub page: &'a Page,
    /// The look.
    pub theme: &'a Theme,
    /// The columns there are.
    pub width: u16,
    /// The live values.
    pub values: &'a dyn Values,
    /// The parameter that is selected: its symbols and values stand out.
    pub highlight: Option<&'a str>,
    /// The lines of a [`Block::Question`] or [`Block::Claim`], whose look depends on what the
    /// learner did; no lines, and the block is left out. [`wrap`] breaks them as the rest.
    pub placed: &'a dyn Fn(&Block) -> Vec<Line<'static>>,
    /// What stands below something to copy; may be empty.
    pub copy_hint: &'a str,
}

impl Prose<'_> {
    /// The page's title and blocks, none of the lines wider than [`Prose::width`].
    #[must_use]
    pub fn lines(&self) -> Vec<Line<'static>> {
        let width = usize::from(self.width);
        if width == 0 {
            return Vec::new();
        }
        let title = Span::styled(self.page.title.clone(), self.theme.part(Part::Title));
        let mut lines = wrap(&[title], width, "", "");
        let mut last_was_item = false;
        for block in &self.page.blocks {
            let shown = self.block(block, width);
            if shown.is_empty() {
                continue;
            }
            let item = matches!(block, Block::Item(..));
            if !(item && last_was_item) {
                lines.push(Line::default());
            }
            last_was_item = item;
            lines.extend(shown);
        }
        lines
    }

    fn block(&self, block: &Block, width: usize) -> Vec<Line<'static>> {
        let part = |p| self.theme.part(p);
        match block {
            Block::Heading(words) => wrap(&self.spans(words, part(Part::Title)), width, "", ""),
            Block::Paragraph(words) => wrap(&self.spans(words, part(Part::Text)), width, "", ""),
            Block::Item(mark, words) => {
                let mark = self.mark(mark);
                let hang = " ".repeat(mark.width());
                wrap(&self.spans(words, part(Part::Text)), width, &mark, &hang)
            }
            Block::Remark(words) => {
                let bar = if self.ascii() { "| " } else { "▎ " };
                wrap(&self.spans(words, part(Part::Hint)), width, bar, bar)
                    .into_iter()
                    .map(|line| restyle_first(line, bar, part(Part::Border)))
                    .collect()
            }
            Block::Formula(formula) => self.formula(formula, width),
            Block::Code { text, .. } => self.code(text, width),
            Block::Question(_) | Block::Claim(_) => {
                (self.placed)(block).into_iter().map(|l| self.clip(l, width)).collect()
            }
        }
    }

    fn ascii(&self) -> bool {
        self.theme.glyphs == Glyphs::Ascii
    }

    fn charset(&self) -> Charset {
        if self.ascii() { Charset::Ascii } else { Charset::Unicode }
    }

    fn mark(&self, mark: &str) -> String {
        let mark = if self.ascii() { mark.to_owned() } else { mark.replace('-', "•") };
        format!("{mark} ")
    }

    fn live(&self, id: &str) -> Style {
        let live = self.theme.part(Part::Live);
        if self.highlight == Some(id) {
            live.patch(self.theme.part(Part::Selected)).add_modifier(Modifier::UNDERLINED)
        } else {
            live
        }
    }

    fn value(&self, id: &str) -> Span<'static> {
        let none = if self.ascii() { "-" } else { "—" };
        let value = self.values.value(id).unwrap_or_else(|| none.to_owned());
        // The parts of a value, as in "0.31 ±0.02", stay on one line.
        Span::styled(value.replace(' ', "\u{a0}"), self.live(id))
    }

    fn spans(&self, words: &[Inline], base: Style) -> Vec<Span<'static>> {
        words
            .iter()
            .map(|inline| match inline {
                Inline::Text(text, tone) => {
                    let style = match tone {
                        Tone::Plain => base,
                        Tone::Emphasis => base.patch(self.theme.part(Part::Emphasis)),
                        Tone::Strong => base.patch(self.theme.part(Part::Strong)),
                        Tone::Code => base.patch(self.theme.part(Part::Code)),
                    };
                    Span::styled(text.clone(), style)
                }
                Inline::Param(id) | Inline::Readout(id) => self.value(id),
            })
            .collect()
    }

    /// The formula and, below it, what its bound symbols are worth now.
    fn formula(&self, formula: &Formula, width: usize) -> Vec<Line<'static>> {
        let set = formula.fit(width, self.charset());
        let indent = (width - set.width).min(2);
        let style = self.theme.part(Part::Formula);
        let mut lines: Vec<Line<'static>> = set
            .rows
            .iter()
            .map(|row| {
                let mut spans = vec![Span::raw(" ".repeat(indent))];
                spans.extend(row.iter().map(|run| {
                    let style = run.bound.as_deref().map_or(style, |id| style.patch(self.live(id)));
                    Span::styled(run.text.clone(), style)
                }));
                Line::from(spans)
            })
            .collect();
        if !set.bindings.is_empty() {
            let dim = self.theme.part(Part::Dim);
            let mut spans = Vec::new();
            for binding in &set.bindings {
                if !spans.is_empty() {
                    spans.push(Span::styled("   ", dim));
                }
                let symbol = binding.symbol.replace(' ', "\u{a0}");
                let style = style.patch(self.live(&binding.id));
                spans.push(Span::styled(symbol, style));
                spans.push(Span::styled("\u{a0}=\u{a0}", dim));
                spans.push(self.value(&binding.id));
            }
            let margin = " ".repeat(indent);
            lines.extend(wrap(&spans, width, &margin, &margin));
        }
        lines
    }

    fn code(&self, text: &str, width: usize) -> Vec<Line<'static>> {
        let margin = if width > 8 { "  " } else { "" };
        let style = self.theme.part(Part::Code);
        let mut lines: Vec<Line<'static>> = text
            .lines()
            .map(|line| {
                let line = line.replace('\t', "    ");
                self.clip(Line::from(vec![Span::raw(margin), Span::styled(line, style)]), width)
            })
            .collect();
        if !self.copy_hint.is_empty() {
            let hint = Span::styled(self.copy_hint.to_owned(), self.theme.part(Part::Hint));
            lines.extend(wrap(&[hint], width, margin, margin));
        }
        lines
    }

    /// The line cut off at the width, with an ellipsis in its last column.
    fn clip(&self, line: Line<'static>, width: usize) -> Line<'static> {
        if line.width() <= width {
            return line;
        }
        let mut left = width - 1;
        let mut spans = Vec::new();
        for span in &line.spans {
            let (head, tail) = cut(&span.content, left);
            left = left.saturating_sub(head.width());
            spans.push(Span::styled(head.to_owned(), span.style));
            if !tail.is_empty() {
                break;
            }
        }
        let ellipsis = if self.ascii() { "~" } else { "…" };
        spans.push(Span::styled(ellipsis, self.theme.part(Part::Dim)));
        Line::from(spans).style(line.style)
    }
}

/// Gives the prefix of a wrapped line a style of its own.
fn restyle_first(mut line: Line<'static>, prefix: &str, style: Style) -> Line<'static> {
    if let Some(first) = line.spans.first_mut().filter(|s| s.content == prefix) {
        first.style = style;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::lesson::{self, tests::SAMPLE};
    use crate::ui::theme::{Depth, Ground};

    struct Fixed;

    impl Values for Fixed {
        fn value(&self, id: &str) -> Option<String> {
            match id {
                "temperature" => Some("1.00".to_owned()),
                "log_z" => Some("0.344 ±0.002".to_owned()),
                _ => None,
            }
        }
    }

    fn theme(glyphs: Glyphs) -> Theme {
        Theme { ground: Ground::Dark, depth: Depth::True, glyphs }
    }

    fn show(
        page: &Page,
        width: u16,
        glyphs: Glyphs,
        highlight: Option<&str>,
    ) -> Vec<Line<'static>> {
        let placed = |block: &Block| vec![Line::from(format!("<{block:?}> and more"))];
        let theme = theme(glyphs);
        Prose {
            page,
            theme: &theme,
            width,
            values: &Fixed,
            highlight,
            placed: &placed,
            copy_hint: "y copies it",
        }
        .lines()
    }

    fn rows(lines: &[Line<'_>]) -> Vec<String> {
        lines.iter().map(|l| l.to_string().trim_end().to_owned()).collect()
    }

    #[test]
    fn a_page_reads_as_it_was_written() {
        let lesson = lesson::parse("sample", SAMPLE).unwrap();
        assert_eq!(
            rows(&show(&lesson.pages[0], 36, Glyphs::Braille, None)),
            [
                "A landscape",
                "",
                "The temperature is 1.00 now, and log",
                "Z is about 0.344 ±0.002.",
                "",
                "Try",
                "",
                "• raise T",
                "• lower it: {not a value}",
                "  1. by half",
                "",
                "▎ What the post says.",
                "",
                "          −E(x)/T",
                "         e",
                "  p(x) = ────────",
                "            Z",
                "  T = 1.00   Z = 0.344 ±0.002",
                "",
                "<Question(\"hotter\")> and more",
            ]
        );
        assert_eq!(
            rows(&show(&lesson.pages[1], 16, Glyphs::Ascii, None)),
            [
                "Recap",
                "",
                "<Claim(3)> and ~",
                "",
                "  x = {\"a\": 1}",
                "  y copies it",
                "",
                "See",
                "https://arxiv.or",
                "g/abs/1807.03748",
                ".",
            ]
        );
    }

    #[test]
    fn no_line_is_wider_than_asked_and_no_word_is_lost() {
        let korean = SAMPLE
            .replace("The temperature is", "온도는 지금")
            .replace("lower it", "내려 보면 어떻게 될까요, 예측한 다음에 해 보세요")
            .replace("What the post says.", "글에서는 볼츠만 분포가 에너지를 정의한다고 말한다.");
        for source in [SAMPLE, &korean] {
            let lesson = lesson::parse("sample", source).unwrap();
            for page in &lesson.pages {
                for glyphs in [Glyphs::Braille, Glyphs::Ascii] {
                    for width in 0..=120 {
                        for line in show(page, width, glyphs, None) {
                            assert!(line.width() <= usize::from(width), "{width}: {line}");
                        }
                    }
                }
                // Every letter is there at any width that can hold a wide one.
                for block in &page.blocks {
                    let (Block::Paragraph(words) | Block::Item(_, words)) = block else { continue };
                    for inline in words {
                        let Inline::Text(text, _) = inline else { continue };
                        let letters: String = text.split_whitespace().collect();
                        for width in 2..60 {
                            let lines = wrap(&[Span::raw(text.clone())], width, "", "");
                            let shown: String = rows(&lines).concat().split_whitespace().collect();
                            assert_eq!(shown, letters, "{width}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn the_selected_parameter_stands_out_wherever_it_is_bound() {
        let lesson = lesson::parse("sample", SAMPLE).unwrap();
        let shown = |highlight| -> Vec<(char, Style)> {
            show(&lesson.pages[0], 40, Glyphs::Braille, highlight)
                .iter()
                .flat_map(|l| l.spans.iter())
                .flat_map(|s| s.content.chars().map(|c| (c, s.style)))
                .collect()
        };
        let (plain, lit) = (shown(None), shown(Some("temperature")));
        let changed: String =
            plain.iter().zip(&lit).filter(|(a, b)| a != b).map(|(a, _)| a.0).collect();
        // The value in the sentence, the symbol in the formula, and both below the formula.
        assert_eq!(changed, "1.00TT1.00");
    }
}
