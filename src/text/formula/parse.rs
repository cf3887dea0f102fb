//! The TeX-like source of a formula as a tree.

use super::symbol::{self, Class, Symbol};
use super::{FormulaError, Problem};

/// A part of a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// One symbol or word.
    Symbol(Symbol),
    /// Parts that are spaced as one.
    Group(Vec<Node>),
    /// Words in running text.
    Text(String),
    /// Room of some columns.
    Space(usize),
    /// Numerator over denominator.
    Fraction(Vec<Node>, Vec<Node>),
    /// A square root.
    Root(Vec<Node>),
    /// Brackets as tall as what they hold; `.` is an invisible one.
    Fenced(char, Vec<Node>, char),
    /// A mark over a part.
    Accent(Accent, Vec<Node>),
    /// Something with a script below, a script above, or both.
    Scripts { base: Box<Node>, below: Option<Vec<Node>>, above: Option<Vec<Node>> },
    /// A part bound to a parameter or readout.
    Bound(String, Vec<Node>),
}

/// A mark over a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Accent {
    Hat,
    Bar,
    Tilde,
}

/// One line of a formula: what stands before its alignment mark and what after it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FormulaLine {
    pub(super) left: Vec<Node>,
    pub(super) right: Vec<Node>,
}

/// Reads a source into its lines.
pub(super) fn parse(source: &str) -> Result<Vec<FormulaLine>, FormulaError> {
    let mut parser = Parser { source, chars: source.char_indices().collect(), at: 0 };
    let mut lines = Vec::new();
    let mut left = None;
    loop {
        let row = parser.row(End::Line)?;
        match parser.next() {
            Some('&') if left.is_none() => left = Some(row),
            Some('&') => return Err(parser.error_before(Problem::SecondMark)),
            Some('}') => return Err(parser.error_before(Problem::Unopened("}".to_owned()))),
            Some('\\') if parser.command_is("\\") => {
                parser.command()?;
                lines.push(line(left.take(), row));
            }
            Some('\\') => {
                return Err(parser.error_before(Problem::Unopened("\\right".to_owned())));
            }
            _ => {
                lines.push(line(left.take(), row));
                break;
            }
        }
    }
    if lines.iter().all(|l| l.left.is_empty() && l.right.is_empty()) {
        return Err(parser.error_before(Problem::Empty));
    }
    Ok(lines)
}

fn line(left: Option<Vec<Node>>, row: Vec<Node>) -> FormulaLine {
    match left {
        Some(left) => FormulaLine { left, right: row },
        None => FormulaLine { left: row, right: Vec::new() },
    }
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    Line,
    Brace,
    Right,
}

struct Parser<'a> {
    source: &'a str,
    chars: Vec<(usize, char)>,
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).map(|(_, c)| *c)
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek();
        self.at += 1;
        c
    }

    fn error(&self, at: usize, problem: Problem) -> FormulaError {
        let offset = self.chars.get(at).map_or(self.source.len(), |(o, _)| *o);
        let before = &self.source[..offset];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        FormulaError { line, column, problem }
    }

    fn error_before(&self, problem: Problem) -> FormulaError {
        self.error(self.at.saturating_sub(1), problem)
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Whether the command whose backslash has just been read has this name.
    fn command_is(&self, name: &str) -> bool {
        self.peek_command(self.at) == name
    }

    fn peek_command(&self, at: usize) -> String {
        let letters: String = self.chars[at.min(self.chars.len())..]
            .iter()
            .map(|(_, c)| *c)
            .take_while(char::is_ascii_alphabetic)
            .collect();
        if !letters.is_empty() {
            return letters;
        }
        self.chars.get(at).map(|(_, c)| c.to_string()).unwrap_or_default()
    }

    /// Reads the name of the command whose backslash has just been read.
    fn command(&mut self) -> Result<String, FormulaError> {
        let name = self.peek_command(self.at);
        if name.is_empty() {
            return Err(self.error_before(Problem::UnknownCommand(name, None)));
        }
        self.at += name.chars().count();
        Ok(name)
    }

    /// Parts up to an end that is left unread.
    fn row(&mut self, end: End) -> Result<Vec<Node>, FormulaError> {
        let mut nodes = Vec::new();
        loop {
            self.skip_blanks();
            match self.peek() {
                None | Some('}') => return Ok(nodes),
                Some('&') if end == End::Line => return Ok(nodes),
                Some('\\') => {
                    let name = self.peek_command(self.at + 1);
                    if name == "right" || (name == "\\" && end == End::Line) {
                        return Ok(nodes);
                    }
                }
                _ => {}
            }
            let start = self.at;
            let node = match self.peek() {
                // A script without a base hangs on nothing, as in TeX.
                Some('^' | '_') => Node::Group(Vec::new()),
                _ => self.atom()?,
            };
            nodes.push(self.scripts(node)?);
            debug_assert!(self.at > start, "every turn reads something");
        }
    }

    fn scripts(&mut self, base: Node) -> Result<Node, FormulaError> {
        let (mut below, mut above) = (None, None);
        loop {
            self.skip_blanks();
            let slot = match self.peek() {
                Some('_') => &mut below,
                Some('^') => &mut above,
                _ => break,
            };
            if slot.is_some() {
                return Err(self.error(self.at, Problem::SecondScript));
            }
            self.at += 1;
            *slot = Some(self.argument()?);
        }
        if below.is_none() && above.is_none() {
            return Ok(base);
        }
        Ok(Node::Scripts { base: Box::new(base), below, above })
    }

    /// A group in braces or one part.
    fn argument(&mut self) -> Result<Vec<Node>, FormulaError> {
        self.skip_blanks();
        match self.peek() {
            None | Some('}' | '&' | '^' | '_') => {
                Err(self.error(self.at, Problem::MissingArgument))
            }
            Some('{') => self.group(),
            Some(_) => Ok(vec![self.atom()?]),
        }
    }

    fn group(&mut self) -> Result<Vec<Node>, FormulaError> {
        let open = self.at;
        if self.next() != Some('{') {
            return Err(self.error(open, Problem::MissingArgument));
        }
        let row = self.row(End::Brace)?;
        if self.next() != Some('}') {
            return Err(self.error(open, Problem::Unclosed("{".to_owned())));
        }
        Ok(row)
    }

    /// The characters of a group as they are.
    fn words(&mut self) -> Result<String, FormulaError> {
        self.skip_blanks();
        let open = self.at;
        if self.next() != Some('{') {
            return Err(self.error(open, Problem::MissingArgument));
        }
        let mut words = String::new();
        loop {
            match self.next() {
                Some('}') => return Ok(words),
                Some(c) if c.is_whitespace() => words.push(' '),
                Some(c) if !c.is_control() && c != '{' => words.push(c),
                _ => return Err(self.error(open, Problem::Unclosed("{".to_owned()))),
            }
        }
    }

    fn atom(&mut self) -> Result<Node, FormulaError> {
        match self.peek() {
            Some('{') => Ok(Node::Group(self.group()?)),
            Some('~') => {
                self.at += 1;
                Ok(Node::Space(1))
            }
            Some('\\') => {
                self.at += 1;
                self.command_node()
            }
            Some(c) => {
                self.at += 1;
                symbol::character(c)
                    .map(Node::Symbol)
                    .ok_or_else(|| self.error_before(Problem::UnknownCharacter(c)))
            }
            None => Err(self.error(self.at, Problem::MissingArgument)),
        }
    }

    fn command_node(&mut self) -> Result<Node, FormulaError> {
        let start = self.at - 1;
        let name = self.command()?;
        if let Some(symbol) = symbol::command(&name) {
            return Ok(Node::Symbol(symbol));
        }
        if let Some(width) = symbol::space(&name) {
            return Ok(Node::Space(width));
        }
        Ok(match name.as_str() {
            "frac" => Node::Fraction(self.argument()?, self.argument()?),
            "sqrt" => Node::Root(self.argument()?),
            "hat" => Node::Accent(Accent::Hat, self.argument()?),
            "bar" => Node::Accent(Accent::Bar, self.argument()?),
            "tilde" => Node::Accent(Accent::Tilde, self.argument()?),
            "text" => Node::Text(self.words()?),
            "operatorname" => {
                let words = self.words()?;
                Node::Symbol(Symbol::new(&words, &words, Class::Op))
            }
            // A terminal has one upright face, and few fonts have all of the double-struck letters.
            "mathrm" | "mathbb" | "mathbf" | "mathcal" | "mathit" => Node::Group(self.argument()?),
            "bind" => {
                let id = self.words()?;
                Node::Bound(id.trim().to_owned(), self.argument()?)
            }
            "left" => {
                let open = self.fence()?;
                let row = self.row(End::Right)?;
                if self.next() != Some('\\') || !self.command_is("right") {
                    return Err(self.error(start, Problem::Unclosed("\\left".to_owned())));
                }
                self.command()?;
                Node::Fenced(open, row, self.fence()?)
            }
            "\\" => return Err(self.error(start, Problem::LineInside)),
            _ => {
                let near = symbol::nearest(&name);
                return Err(self.error(start, Problem::UnknownCommand(name, near)));
            }
        })
    }

    /// A bracket after `\left` or `\right`.
    fn fence(&mut self) -> Result<char, FormulaError> {
        self.skip_blanks();
        let at = self.at;
        let fence = match self.next() {
            Some(c @ ('(' | ')' | '[' | ']' | '|' | '.')) => Some(c),
            Some('\\') => match self.command()?.as_str() {
                "{" => Some('{'),
                "}" => Some('}'),
                "langle" => Some('⟨'),
                "rangle" => Some('⟩'),
                "|" | "lVert" | "rVert" => Some('‖'),
                _ => None,
            },
            _ => None,
        };
        fence.ok_or_else(|| self.error(at, Problem::UnknownFence))
    }
}
