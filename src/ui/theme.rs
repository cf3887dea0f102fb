//! Colours and glyphs: the one place that knows them.

use crate::lab::view::Role;
use ratatui::style::Style;

/// How many colours the terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Depth {
    /// 24-bit.
    True,
    /// The 256-colour palette.
    Indexed,
    /// The 16 ANSI colours.
    Ansi,
    /// None (NO_COLOR): modifiers and glyphs only.
    None,
}

/// Which characters may be drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Glyphs {
    /// Braille, half blocks, box drawing.
    Braille,
    /// Half blocks and box drawing, for fonts without braille.
    Blocks,
    /// ASCII alone.
    Ascii,
}

/// Which background the terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ground {
    /// Light text on a dark ground.
    Dark,
    /// Dark text on a light ground.
    Light,
}

/// A part of the screen that is not a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Running text.
    Text,
    /// What may be overlooked.
    Dim,
    /// What stands out.
    Strong,
    /// Slightly stressed words.
    Emphasis,
    /// Titles and headings.
    Title,
    /// Code and symbols in running text.
    Code,
    /// A display formula.
    Formula,
    /// A live value in text or formula.
    Live,
    /// The border of a pane.
    Border,
    /// The border of the pane with the focus.
    BorderFocus,
    /// The selected row.
    Selected,
    /// A key in the footer.
    Key,
    /// A remark, a hint.
    Hint,
    /// Something to take note of.
    Warning,
    /// Something went wrong.
    Error,
    /// It holds, it is done.
    Good,
    /// The header line.
    Header,
}

/// A complete look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Theme {
    /// The ground it is made for.
    pub ground: Ground,
    /// The colours it may use.
    pub depth: Depth,
    /// The characters it may use.
    pub glyphs: Glyphs,
}

impl Theme {
    /// The style of a part of the screen.
    #[must_use]
    pub fn part(&self, part: Part) -> Style {
        let _ = part;
        Style::new()
    }

    /// The style of what stands for something in a figure.
    #[must_use]
    pub fn role(&self, role: Role) -> Style {
        let _ = role;
        Style::new()
    }

    /// The character of a single point of that role.
    #[must_use]
    pub fn marker(&self, role: Role) -> char {
        let _ = role;
        '*'
    }
}
