//! Formulas typeset in two dimensions of Unicode text, from a source that reads like TeX.
//!
//! What is understood: letters and digits, `+ - = < > ( ) [ ] |`, Greek letters, `\frac{}{}`,
//! `\sqrt{}`, `^` and `_`, `\sum \prod \int` and `\max \min \lim` with limits, `\left( \right)` and
//! the other brackets, `\exp \log \sinh ...`, `\text{}`, `\hat \bar \tilde`, `\langle \rangle`,
//! `\approx \le \ne \propto \to \in ...`, `\, \quad` for room, `\\` for a new line with `&` where
//! lines align, and `\bind{id}{...}`, which ties symbols to a parameter or a readout.
//!
//! Blanks in the source mean nothing, as in TeX. Letters stay upright: `\mathbb{E}` is a plain E,
//! because the letter outside Unicode's first plane is missing or two columns wide in many
//! terminals.

mod block;
mod layout;
mod parse;
mod symbol;
#[cfg(test)]
mod tests;

use block::Block;
use layout::Setter;
use parse::{FormulaLine, Node};
use std::fmt;
use symbol::Class;
use unicode_width::UnicodeWidthChar as _;

/// A typeset formula: rows of runs, all rows padded to the same width.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Formula {
    /// The rows from the top.
    pub rows: Vec<Vec<Run>>,
    /// The width in terminal columns.
    pub width: usize,
    /// What is bound in it, in the order of first appearance.
    pub bindings: Vec<Binding>,
    /// What it was typeset from.
    pub source: String,
}

/// A stretch of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The characters.
    pub text: String,
    /// The parameter or readout this symbol is bound to, if it is.
    pub bound: Option<String>,
}

/// A symbol of a formula and what it is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The parameter or readout.
    pub id: String,
    /// The symbol as it stands in the formula; the id where the symbol takes several rows.
    pub symbol: String,
}

/// The characters a formula may be drawn with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charset {
    /// All of Unicode's first plane.
    #[default]
    Unicode,
    /// ASCII alone.
    Ascii,
}

/// Why a source is not a formula, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormulaError {
    /// The line of the source, from 1.
    pub line: usize,
    /// The character of that line, from 1.
    pub column: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is nothing in it.
    Empty,
    /// A command that is not known, with the nearest one that is.
    UnknownCommand(String, Option<&'static str>),
    /// A character that means nothing here.
    UnknownCharacter(char),
    /// After `\left` or `\right` stands no bracket.
    UnknownFence,
    /// Something was opened and not closed.
    Unclosed(String),
    /// Something is closed that was not opened.
    Unopened(String),
    /// An argument or a script is missing.
    MissingArgument,
    /// A second superscript or subscript.
    SecondScript,
    /// A second alignment mark in one line.
    SecondMark,
    /// A line break inside brackets.
    LineInside,
}

impl fmt::Display for FormulaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Problem::Empty => write!(f, "the formula is empty")?,
            Problem::UnknownCommand(name, None) => write!(f, "unknown command '\\{name}'")?,
            Problem::UnknownCommand(name, Some(near)) => {
                write!(f, "unknown command '\\{name}', nearest is '\\{near}'")?;
            }
            Problem::UnknownCharacter(c) => {
                write!(f, "'{}' means nothing in a formula", c.escape_debug())?;
            }
            Problem::UnknownFence => write!(f, "\\left and \\right need a bracket")?,
            Problem::Unclosed(what) => write!(f, "'{what}' is not closed")?,
            Problem::Unopened(what) => write!(f, "'{what}' was not opened")?,
            Problem::MissingArgument => write!(f, "something is missing")?,
            Problem::SecondScript => write!(f, "a second script on the same side")?,
            Problem::SecondMark => write!(f, "a second '&' in one line")?,
            Problem::LineInside => write!(f, "a line break inside brackets")?,
        }
        write!(f, " (line {}, character {} of the formula)", self.line, self.column)
    }
}

impl std::error::Error for FormulaError {}

/// The name of a symbol in ASCII, where it has one.
pub(super) fn ascii_of(c: char) -> Option<String> {
    symbol::character(c).map(|s| s.ascii).filter(|name| name.is_ascii())
}

impl Formula {
    /// Typesets a source.
    ///
    /// # Errors
    /// A [`FormulaError`] with the place in the source.
    pub fn typeset(source: &str, charset: Charset) -> Result<Self, FormulaError> {
        Ok(Self::set(&parse::parse(source)?, source, charset))
    }

    fn set(lines: &[FormulaLine], source: &str, charset: Charset) -> Self {
        let mut setter = Setter::new(charset);
        let Block { rows, width, .. } = setter.lines(lines);
        Self { rows, width, bindings: setter.bindings, source: source.to_owned() }
    }

    /// The same formula in at most `width` columns of this character set: broken before a relation
    /// at its top level, then before a plus or minus, and cut off with an ellipsis where even that
    /// is not enough.
    #[must_use]
    pub fn fit(&self, width: usize, charset: Charset) -> Self {
        // Typeset once before, so it parses; a formula made by hand is cut off as it is.
        let Ok(lines) = parse::parse(&self.source) else {
            return self.clone().clipped(width, charset);
        };
        let mut narrowest = None::<Self>;
        for how in [Break::None, Break::Clauses, Break::Aligned, Break::Filled] {
            let broken: Vec<FormulaLine> =
                lines.iter().flat_map(|line| how.apply(line, width, charset)).collect();
            let set = Self::set(&broken, &self.source, charset);
            if set.width <= width {
                return set;
            }
            if narrowest.as_ref().is_none_or(|n| set.width < n.width) {
                narrowest = Some(set);
            }
        }
        narrowest.unwrap_or_default().clipped(width, charset)
    }

    /// The rows as plain strings without blanks at their ends.
    #[must_use]
    pub fn plain(&self) -> Vec<String> {
        self.rows
            .iter()
            .map(|row| row.iter().map(|r| r.text.as_str()).collect::<String>())
            .map(|row| row.trim_end().to_owned())
            .collect()
    }

    /// Every row cut off at a width, with an ellipsis where something is missing.
    fn clipped(mut self, width: usize, charset: Charset) -> Self {
        if self.width <= width {
            return self;
        }
        let ellipsis = if charset == Charset::Ascii { '~' } else { '…' };
        for row in &mut self.rows {
            let full: usize = row
                .iter()
                .map(|r| r.text.trim_end_matches(' ').is_empty())
                .rposition(|blank| !blank)
                .map_or(0, |last| columns(row, last));
            clip(row, width, (full > width).then_some(ellipsis));
        }
        self.width = width;
        self
    }
}

/// The columns of a row up to the end of the ink of its run `last`.
fn columns(row: &[Run], last: usize) -> usize {
    let before: String = row[..last].iter().map(|r| r.text.as_str()).collect();
    let text = before + row[last].text.trim_end_matches(' ');
    text.chars().filter_map(char::width).sum()
}

/// Cuts a row off; an ellipsis takes the last column.
fn clip(row: &mut Vec<Run>, width: usize, ellipsis: Option<char>) {
    let mut left = width - usize::from(ellipsis.is_some() && width > 0);
    let mut kept = Vec::new();
    'runs: for run in row.drain(..) {
        let mut text = String::new();
        for c in run.text.chars() {
            let wide = c.width().unwrap_or(0);
            if wide > left {
                kept.push(Run { text: text + &" ".repeat(left), bound: run.bound });
                left = 0;
                break 'runs;
            }
            left -= wide;
            text.push(c);
        }
        kept.push(Run { text, bound: run.bound });
    }
    let mut end = " ".repeat(left);
    end.extend(ellipsis.filter(|_| width > 0));
    if !end.is_empty() {
        kept.push(Run { text: end, bound: None });
    }
    *row = kept;
}

/// How a line that is too wide is broken.
#[derive(Clone, Copy, PartialEq)]
enum Break {
    /// Not at all.
    None,
    /// Where the source leaves wide room.
    Clauses,
    /// The same, then before every relation but the first, relations under one another.
    Aligned,
    /// The same, then before relations, plus and minus, as late as possible.
    Filled,
}

impl Break {
    fn apply(self, line: &FormulaLine, width: usize, charset: Charset) -> Vec<FormulaLine> {
        let fits = |nodes: &[Node]| Setter::new(charset).row(nodes).width <= width;
        let whole: Vec<Node> = line.left.iter().chain(&line.right).cloned().collect();
        if self == Self::None || fits(&whole) {
            return vec![line.clone()];
        }
        let alone = |left: Vec<Node>| FormulaLine { left, right: Vec::new() };
        let mut lines = Vec::new();
        for mut clause in split(&whole, |n| matches!(n, Node::Space(2..))) {
            if matches!(clause.first(), Some(Node::Space(_))) {
                clause.remove(0);
            }
            if self == Self::Clauses || fits(&clause) {
                lines.push(alone(clause));
            } else if self == Self::Aligned {
                let mut pieces = split(&clause, |n| layout::is_class(n, Class::Rel)).into_iter();
                let left = pieces.next().unwrap_or_default();
                let right = pieces.next().unwrap_or_default();
                lines.push(FormulaLine { left, right });
                lines.extend(pieces.map(|right| FormulaLine { left: Vec::new(), right }));
            } else {
                lines.extend(fill(&clause, fits).into_iter().map(alone));
            }
        }
        lines
    }
}

/// Breaks before relations, plus and minus, as late as what fits allows.
fn fill(nodes: &[Node], fits: impl Fn(&[Node]) -> bool) -> Vec<Vec<Node>> {
    let sign = |n: &Node| layout::is_class(n, Class::Bin);
    let mut lines: Vec<Vec<Node>> = Vec::new();
    for piece in split(nodes, |n| layout::is_class(n, Class::Rel) || sign(n)) {
        if let Some(last) = lines.last_mut() {
            let longer: Vec<Node> = last.iter().chain(&piece).cloned().collect();
            if fits(&longer) {
                *last = longer;
                continue;
            }
            // The empty group is an operand, so that a leading plus keeps its distance.
            let indent = if piece.first().is_some_and(sign) { 3 } else { 1 };
            let mut line = vec![Node::Space(indent), Node::Group(Vec::new())];
            line.extend(piece);
            lines.push(line);
        } else {
            lines.push(piece);
        }
    }
    lines
}

/// Cuts before every node that satisfies `at`, except at the start.
fn split(nodes: &[Node], at: impl Fn(&Node) -> bool) -> Vec<Vec<Node>> {
    let mut pieces = vec![Vec::new()];
    for (i, node) in nodes.iter().enumerate() {
        // A sign right after a relation or another operation belongs to what follows it.
        let signed = i > 0 && at(&nodes[i - 1]);
        if i > 0 && at(node) && !signed {
            pieces.push(Vec::new());
        }
        if let Some(last) = pieces.last_mut() {
            last.push(node.clone());
        }
    }
    pieces
}
