//! The tree of a formula as rows of text.

use super::block::Block;
use super::parse::{Accent, FormulaLine, Node};
use super::symbol::{Class, script};
use super::{Binding, Charset};

/// Sets trees in one character set and collects what they bind.
pub(super) struct Setter {
    pub(super) charset: Charset,
    pub(super) bindings: Vec<Binding>,
    bound: Option<String>,
    /// Inside a script: no room around operations and relations.
    tight: bool,
}

/// A block and how it keeps its distance on either side.
struct Item {
    left: Class,
    right: Class,
    block: Block,
    /// Whether it is a symbol spelled out, which must not run into its neighbour.
    word: bool,
}

impl Setter {
    pub(super) fn new(charset: Charset) -> Self {
        Self { charset, bindings: Vec::new(), bound: None, tight: false }
    }

    fn ascii(&self) -> bool {
        self.charset == Charset::Ascii
    }

    fn pick<'a>(&self, unicode: &'a str, ascii: &'a str) -> &'a str {
        if self.ascii() { ascii } else { unicode }
    }

    fn text(&self, text: &str) -> Block {
        Block::text(text, self.bound.as_deref())
    }

    /// Lines one under the other, aligned at their marks.
    pub(super) fn lines(&mut self, lines: &[FormulaLine]) -> Block {
        let set: Vec<(Block, Block, bool)> = lines
            .iter()
            .map(|l| {
                let left = self.row(&l.left);
                let mut right = self.row(&l.right);
                let aligned = !l.right.is_empty();
                if aligned && starts_with_relation(&l.right) {
                    right = Block::blank(1).beside(right);
                }
                (left, right, aligned)
            })
            .collect();
        let mark = set.iter().filter(|(.., aligned)| *aligned).map(|(left, ..)| left.width).max();
        let mut all: Option<Block> = None;
        let mut depth = 0;
        for (left, right, aligned) in set {
            let line = match mark {
                Some(mark) if aligned => left.widened(mark, 2).beside(right),
                _ => left,
            };
            // Scripts and fractions of two lines that touch would read as one: part them.
            let touch = depth > 0 || line.base > 0;
            depth = line.depth();
            all = Some(match all {
                None => line,
                Some(above) if touch => above.above(Block::blank(0), 0).above(line, 0),
                Some(above) => above.above(line, 0),
            });
        }
        all.unwrap_or_default()
    }

    /// Parts side by side with the distances between their classes.
    pub(super) fn row(&mut self, nodes: &[Node]) -> Block {
        self.spaced(nodes).block
    }

    fn spaced(&mut self, nodes: &[Node]) -> Item {
        let mut items: Vec<Item> = nodes.iter().map(|n| self.node(n)).collect();
        // An operation without an operand on either side is a sign, as in -x.
        let mut before = None;
        for at in 0..items.len() {
            let after = items.get(at + 1).map(|i| i.left);
            let item = &mut items[at];
            if item.left == Class::Bin && item.right == Class::Bin {
                let sign = matches!(
                    before,
                    None | Some(
                        Class::Bin
                            | Class::Rel
                            | Class::Open
                            | Class::Punct
                            | Class::Op
                            | Class::Limit
                            | Class::Big
                            | Class::Space
                    )
                );
                let dangling =
                    matches!(after, None | Some(Class::Rel | Class::Close | Class::Punct));
                if sign || dangling {
                    (item.left, item.right) = (Class::Ord, Class::Ord);
                }
            }
            before = Some(item.right);
        }
        let left = items.first().map_or(Class::Ord, |i| i.left);
        let right = items.last().map_or(Class::Ord, |i| i.right);
        let mut block = Block::text("", None);
        let word = items.len() == 1 && items[0].word;
        let mut last = None;
        for item in items {
            if let Some((last, word)) = last {
                let apart = distance(last, item.left, self.tight);
                let ink = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
                let words = (word || item.word) && ink(block.last()) && ink(item.block.first());
                let room = apart.max(usize::from(words));
                block = block.beside(self.text(&" ".repeat(room)));
            }
            last = Some((item.right, item.word));
            block = block.beside(item.block);
        }
        Item { left, right, block, word }
    }

    fn node(&mut self, node: &Node) -> Item {
        let item = |class, block| Item { left: class, right: class, block, word: false };
        match node {
            Node::Symbol(symbol) => {
                let text = self.pick(&symbol.unicode, &symbol.ascii);
                let word = text.len() > 1 && text.chars().all(|c| c.is_ascii_alphabetic());
                Item { word, ..item(symbol.class, self.text(text)) }
            }
            Node::Text(words) => item(Class::Ord, self.text(words)),
            Node::Space(width) => item(Class::Space, self.text(&" ".repeat(*width))),
            Node::Group(nodes) => {
                // A group around a single symbol keeps its class: \mathrm{KL}, {=}.
                let inner = self.spaced(nodes);
                if nodes.len() == 1 { inner } else { item(Class::Ord, inner.block) }
            }
            Node::Bound(id, nodes) => {
                let outer = self.bound.replace(id.clone());
                let inner = self.spaced(nodes);
                self.bound = outer;
                if !self.bindings.iter().any(|b| b.id == *id) {
                    let symbol = inner.block.single().unwrap_or_else(|| id.clone());
                    self.bindings.push(Binding { id: id.clone(), symbol });
                }
                inner
            }
            Node::Fraction(over, under) => {
                let (over, under) = (self.row(over), self.row(under));
                let width = over.width.max(under.width).max(1);
                let bar = self.text(&self.pick("─", "-").repeat(width));
                let base = over.height();
                let block = over.above(bar, 1).above(under, 1).with_base(base);
                item(Class::Inner, block)
            }
            Node::Root(nodes) => item(Class::Ord, self.root(nodes)),
            Node::Fenced(open, nodes, close) => {
                let tight = std::mem::replace(&mut self.tight, false);
                let body = self.row(nodes);
                self.tight = tight;
                let block = self
                    .fence(*open, body.height(), body.base)
                    .beside(body.clone())
                    .beside(self.fence(*close, body.height(), body.base));
                Item { left: Class::Open, right: Class::Close, block, word: false }
            }
            Node::Accent(accent, nodes) => item(Class::Ord, self.accent(*accent, nodes)),
            Node::Scripts { base, below, above } => {
                self.scripts(base, below.as_deref(), above.as_deref())
            }
        }
    }

    fn root(&mut self, nodes: &[Node]) -> Block {
        let body = self.row(nodes);
        let (height, base) = (body.height(), body.base);
        if self.ascii() {
            return self
                .text("sqrt")
                .beside(self.fence('(', height, base))
                .beside(body)
                .beside(self.fence(')', height, base));
        }
        if height == 1 && body.width <= 1 {
            return self.text("√").beside(body);
        }
        let stroke: Vec<String> = (0..height)
            .map(|row| {
                let left = height - 1 - row;
                let mark = if left == 0 { "√" } else { "╱" };
                format!("{}{mark}{}", " ".repeat(left), " ".repeat(height - 1 - left))
            })
            .collect();
        let stroke = Block::rows(&stroke, base, self.bound.as_deref());
        let bar = Block::blank(height).beside(self.text(&"_".repeat(body.width)));
        bar.above(stroke.beside(body), 0).with_base(base + 1)
    }

    fn accent(&mut self, accent: Accent, nodes: &[Node]) -> Block {
        let body = self.row(nodes);
        if let (false, Some(text), 1) = (self.ascii(), body.single(), body.width) {
            let mark = match accent {
                Accent::Hat => '\u{302}',
                Accent::Bar => '\u{304}',
                Accent::Tilde => '\u{303}',
            };
            return self.text(&format!("{text}{mark}"));
        }
        let base = body.base;
        let mark = match accent {
            Accent::Hat => self.text("^"),
            Accent::Bar => self.text(&"_".repeat(body.width)),
            Accent::Tilde => self.text("~"),
        };
        let lift = mark.height();
        mark.above(body, 1).with_base(base + lift)
    }

    fn scripts(&mut self, base: &Node, below: Option<&[Node]>, above: Option<&[Node]>) -> Item {
        let inner = self.node(base);
        let tight = std::mem::replace(&mut self.tight, true);
        let below = below.map(|n| self.row(n));
        let above = above.map(|n| self.row(n));
        self.tight = tight;
        let block = if matches!(inner.right, Class::Big | Class::Limit) {
            limits(inner.block, below, above)
        } else {
            self.attach(inner.block, below, above)
        };
        Item { left: inner.left, right: inner.right, block, word: inner.word }
    }

    /// Scripts at the side: as raised and lowered characters where all of them exist, else on a
    /// row of their own.
    fn attach(&self, base: Block, below: Option<Block>, above: Option<Block>) -> Block {
        let low = below.as_ref().and_then(|b| self.small(b, false));
        let high = above.as_ref().and_then(|b| self.small(b, true));
        let below = if low.is_some() { None } else { below };
        let above = if high.is_some() { None } else { above };
        if base.height() == 1 {
            let mut middle = Block::text("", None);
            for part in [low, high].into_iter().flatten() {
                middle = middle.beside(part);
            }
            let mut column = middle;
            if let Some(above) = above {
                let lift = above.height();
                column = above.above(column, 0).with_base(lift);
            }
            if let Some(below) = below {
                column = column.above(below, 0);
            }
            return base.beside(column);
        }
        // Beside something tall the scripts stand at its top and its bottom row.
        let (height, middle) = (base.height(), base.base);
        let top = above.or(high).unwrap_or_else(|| Block::text("", None));
        let bottom = below.or(low).unwrap_or_else(|| Block::text("", None));
        let lift = top.height() - 1;
        let mut column = top;
        for _ in 0..height.saturating_sub(2) {
            column = column.above(Block::text("", None), 0);
        }
        column = column.above(bottom, 0).with_base(lift + middle);
        base.beside(column)
    }

    /// A script as raised or lowered characters. ASCII has none: there a single character follows
    /// `^` or `_`.
    fn small(&self, block: &Block, raised: bool) -> Option<Block> {
        let [row] = block.rows.as_slice() else { return None };
        if self.ascii() {
            let text = block.single().filter(|t| t.chars().count() == 1)?;
            let mark = self.text(if raised { "^" } else { "_" });
            let bound = row.first().and_then(|r| r.bound.clone());
            return Some(mark.beside(Block::text(&text, bound.as_deref())));
        }
        let mut small = Block::text("", None);
        for run in row {
            let text: Option<String> = run.text.chars().map(|c| script(c, raised)).collect();
            small = small.beside(Block::text(&text?, run.bound.as_deref()));
        }
        Some(small)
    }

    /// A bracket of some height.
    fn fence(&self, bracket: char, height: usize, base: usize) -> Block {
        let column = |top: char, middle: char, bottom: char, point: Option<char>| {
            let rows: Vec<String> = (0..height)
                .map(|row| {
                    let c = match (row, point) {
                        (0, _) => top,
                        (r, _) if r + 1 == height => bottom,
                        (r, Some(point)) if r == height / 2 => point,
                        _ => middle,
                    };
                    c.to_string()
                })
                .collect();
            Block::rows(&rows, base, self.bound.as_deref())
        };
        let whole = |c: char| column(c, c, c, None);
        let at_base = |text: &str| {
            let rows: Vec<String> = (0..height)
                .map(
                    |row| if row == base { text.to_owned() } else { " ".repeat(text.len().min(1)) },
                )
                .collect();
            Block::rows(&rows, base, self.bound.as_deref())
        };
        let (ascii, one) = (self.ascii(), height == 1);
        match bracket {
            '.' => Block::text("", None),
            '(' if one => self.text("("),
            ')' if one => self.text(")"),
            '(' if ascii => column('/', '|', '\\', None),
            ')' if ascii => column('\\', '|', '/', None),
            '(' => column('⎛', '⎜', '⎝', None),
            ')' => column('⎞', '⎟', '⎠', None),
            '[' | ']' if one || ascii => whole(bracket),
            '[' => column('⎡', '⎢', '⎣', None),
            ']' => column('⎤', '⎥', '⎦', None),
            '{' | '}' if one => self.text(&bracket.to_string()),
            '{' if ascii => column('/', '|', '\\', Some('<')),
            '}' if ascii => column('\\', '|', '/', Some('>')),
            '{' if height == 2 => column('⎰', '⎰', '⎱', None),
            '}' if height == 2 => column('⎱', '⎱', '⎰', None),
            '{' => column('⎧', '⎪', '⎩', Some('⎨')),
            '}' => column('⎫', '⎪', '⎭', Some('⎬')),
            '|' if one || ascii => whole('|'),
            '|' => whole('│'),
            '‖' if ascii => {
                Block::rows(&vec!["||".to_owned(); height], base, self.bound.as_deref())
            }
            '⟨' => at_base(self.pick("⟨", "<")),
            '⟩' => at_base(self.pick("⟩", ">")),
            other => whole(other),
        }
    }
}

/// Scripts above and below.
fn limits(base: Block, below: Option<Block>, above: Option<Block>) -> Block {
    let mut block = base;
    if let Some(above) = above {
        let lift = above.height();
        let line = block.base;
        block = above.above(block, 1).with_base(lift + line);
    }
    if let Some(below) = below {
        block = block.above(below, 1);
    }
    block
}

/// The columns between two neighbours.
fn distance(left: Class, right: Class, tight: bool) -> usize {
    use Class::{Big, Bin, Close, Inner, Limit, Op, Open, Ord, Punct, Rel, Space};
    let apart = match (left, right) {
        (Space, _) | (_, Space) => false,
        // These part words and fractions, in a script as elsewhere.
        (Op | Limit, Ord | Op | Limit | Inner) | (Ord | Close | Inner, Op | Limit) => true,
        (Limit, Open) => true,
        (Inner, Ord | Big | Inner | Open) | (Ord | Close | Big, Inner) => true,
        (Rel, Rel) | (Open, _) | (_, Close | Punct) => false,
        (Rel | Bin, _) | (_, Rel | Bin) => !tight,
        (Punct, _) => !tight,
        (Big, _) | (Ord | Close | Op | Limit, Big) => true,
        _ => false,
    };
    usize::from(apart)
}

/// Whether a row begins with a relation.
pub(super) fn starts_with_relation(nodes: &[Node]) -> bool {
    nodes.first().is_some_and(|n| is_class(n, Class::Rel))
}

/// Whether a part is a symbol of this class.
pub(super) fn is_class(node: &Node, class: Class) -> bool {
    match node {
        Node::Symbol(symbol) => symbol.class == class,
        Node::Scripts { base, .. } => is_class(base, class),
        _ => false,
    }
}
