//! Breaking styled text into lines.
//!
//! Lines break between words, in Korean too (what CSS calls `keep-all`); only a word longer than a
//! whole line is cut.

use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Words between which a line may break.
#[derive(Default)]
struct Word {
    parts: Vec<(String, Style)>,
    width: usize,
    /// The room before it, if it does not begin a line.
    room: (usize, Style),
    /// Whether it begins a line in any case.
    new_line: bool,
}

/// Breaks styled text into lines of at most `width` columns, the first beginning with `first` and
/// the others with `rest`; a prefix that would take more than half of the line is left out.
/// A line feed begins a new line; a no-break space holds its neighbours together.
#[must_use]
pub fn wrap(spans: &[Span<'_>], width: usize, first: &str, rest: &str) -> Vec<Line<'static>> {
    if width == 0 {
        return Vec::new();
    }
    let prefix = |p: &str| if p.width() * 2 > width { String::new() } else { p.to_owned() };
    let (first, rest) = (prefix(first), prefix(rest));
    let mut lines = Lines {
        done: Vec::new(),
        now: Vec::new(),
        left: 0,
        fresh: true,
        prefixed: false,
        rest,
        width,
    };
    lines.begin(first);
    for word in words(spans) {
        lines.add(word);
    }
    lines.end();
    lines.done
}

struct Lines {
    done: Vec<Line<'static>>,
    now: Vec<Span<'static>>,
    left: usize,
    /// Whether nothing but the prefix stands in the line.
    fresh: bool,
    /// Whether the first span is a prefix, which stays a span of its own.
    prefixed: bool,
    rest: String,
    width: usize,
}

impl Lines {
    fn begin(&mut self, prefix: String) {
        self.left = self.width - prefix.width();
        self.fresh = true;
        self.prefixed = !prefix.is_empty();
        self.now = if prefix.is_empty() { Vec::new() } else { vec![Span::raw(prefix)] };
    }

    fn end(&mut self) {
        self.done.push(Line::from(std::mem::take(&mut self.now)));
    }

    fn next(&mut self) {
        self.end();
        self.begin(self.rest.clone());
    }

    fn add(&mut self, word: Word) {
        let (room, style) = word.room;
        if word.new_line || (!self.fresh && room + word.width > self.left) {
            self.next();
        } else if !self.fresh && room > 0 {
            self.put(" ".repeat(room), style);
        }
        for (text, style) in word.parts {
            let mut text = text.as_str();
            while !text.is_empty() {
                let (head, tail) = cut(text, self.left);
                if head.is_empty() && self.fresh {
                    // A character of two columns where there is one.
                    let skip = text.chars().next().map_or(text.len(), char::len_utf8);
                    self.put("?".to_owned(), style);
                    text = &text[skip..];
                    continue;
                }
                self.put(head.to_owned(), style);
                text = tail;
                if !text.is_empty() {
                    self.next();
                }
            }
        }
    }

    fn put(&mut self, text: String, style: Style) {
        // Of a sequence that only as a whole is wider than its characters, more may be put than fits.
        self.left = self.left.saturating_sub(text.width());
        self.fresh &= text.is_empty();
        let prefix_only = self.prefixed && self.now.len() == 1;
        match self.now.last_mut() {
            Some(last) if last.style == style && !prefix_only => {
                last.content.to_mut().push_str(&text);
            }
            _ => self.now.push(Span::styled(text, style)),
        }
    }
}

/// The text up to a number of columns, and the rest; marks without a width stay with their letter.
pub(crate) fn cut(text: &str, columns: usize) -> (&str, &str) {
    let mut left = columns;
    for (at, c) in text.char_indices() {
        let wide = c.width().unwrap_or(0);
        if wide > left {
            return text.split_at(at);
        }
        left -= wide;
    }
    (text, "")
}

fn words(spans: &[Span<'_>]) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word = Word::default();
    for span in spans {
        for c in span.content.chars() {
            match c {
                '\n' | ' ' | '\t' => {
                    if !word.parts.is_empty() {
                        words.push(std::mem::take(&mut word));
                    }
                    if c == '\n' {
                        word.new_line = true;
                    } else {
                        word.room = (word.room.0 + 1, span.style);
                    }
                }
                c if c.is_control() => {}
                c => {
                    let c = if c == '\u{a0}' { ' ' } else { c };
                    word.width += c.width().unwrap_or(0);
                    match word.parts.last_mut() {
                        Some((text, style)) if *style == span.style => text.push(c),
                        _ => word.parts.push((c.to_string(), span.style)),
                    }
                }
            }
        }
    }
    if !word.parts.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::wrap;
    use ratatui::text::{Line, Span};

    fn rows(lines: &[Line<'_>]) -> Vec<String> {
        lines.iter().map(|l| l.to_string().trim_end().to_owned()).collect()
    }

    #[test]
    fn korean_breaks_between_words_and_keeps_punctuation() {
        let text = Span::raw("온도가 높아지면 입자는 더 넓게 퍼진다. (확률은 평평해진다!)");
        assert_eq!(
            rows(&wrap(&[text], 16, "", "")),
            ["온도가 높아지면", "입자는 더 넓게", "퍼진다. (확률은", "평평해진다!)"]
        );
    }

    #[test]
    fn a_word_longer_than_the_line_is_cut_and_hangs() {
        let text = Span::raw("가나다라마바사 x");
        assert_eq!(rows(&wrap(&[text], 9, "- ", "  ")), ["- 가나다", "  라마바", "  사 x"]);
        assert_eq!(rows(&wrap(&[Span::raw("가a")], 1, "- ", "  ")), ["?", "a"]);
        assert!(wrap(&[Span::raw("x")], 0, "", "").is_empty());
    }
}
