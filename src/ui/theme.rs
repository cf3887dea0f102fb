//! Colours and glyphs: the one place that knows them.
//!
//! Meaning never rests on colour alone: a role has a colour, a marker and a line pattern, a part
//! has a colour and, without colour, a modifier. Hues follow Okabe and Ito, Color Universal Design
//! (2008): blue against orange, teal against purple, never red against green.

pub mod detect;
pub mod gauge;
pub mod palette;

use crate::lab::view::Role;
use palette::{Rgb, mix};
use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

/// How many colours the terminal has, the most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// Which characters may be drawn with, the most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// The line pattern of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// Unbroken.
    Solid,
    /// Long strokes.
    Dashed,
    /// Short strokes.
    Dotted,
    /// A stroke and a dot in turn.
    DashDot,
}

/// Plus signs, dashes and bars.
const ASCII_BORDER: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

impl Default for Theme {
    fn default() -> Self {
        Self { ground: Ground::Dark, depth: Depth::True, glyphs: Glyphs::Braille }
    }
}

impl Theme {
    /// The names that [`Theme::named`] knows.
    pub const NAMES: [&'static str; 4] = ["dark", "light", "mono", "plain"];

    /// A complete look by name: `dark`, `light`, `mono` (no colour), `plain` (no colour, ASCII).
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let dark = Self::default();
        Some(match name {
            "dark" => dark,
            "light" => Self { ground: Ground::Light, ..dark },
            "mono" => Self { depth: Depth::None, ..dark },
            "plain" => Self { depth: Depth::None, glyphs: Glyphs::Ascii, ..dark },
            _ => return None,
        })
    }

    /// This look with no more colours and characters than `terminal` has.
    #[must_use]
    pub fn limited_to(self, terminal: Self) -> Self {
        Self {
            depth: self.depth.max(terminal.depth),
            glyphs: self.glyphs.max(terminal.glyphs),
            ..self
        }
    }

    /// The characters of a pane's border.
    #[must_use]
    pub fn borders(&self) -> border::Set<'static> {
        match self.glyphs {
            Glyphs::Braille => border::ROUNDED,
            Glyphs::Blocks => border::PLAIN,
            Glyphs::Ascii => ASCII_BORDER,
        }
    }

    /// Whether only ASCII may be drawn.
    #[must_use]
    pub fn ascii(&self) -> bool {
        self.glyphs == Glyphs::Ascii
    }

    /// Whether the terminal shows enough colours for a smooth colour scale.
    #[must_use]
    pub fn many_colours(&self) -> bool {
        self.depth <= Depth::Indexed
    }

    /// What stands for words left out.
    #[must_use]
    pub fn ellipsis(&self) -> &'static str {
        if self.ascii() { "~" } else { "…" }
    }

    /// What stands before a selected row.
    #[must_use]
    pub fn arrow(&self) -> &'static str {
        if self.ascii() { ">" } else { "▸" }
    }

    /// The ground everything stands on and the ink on it. Painted, because a look made for a dark
    /// ground cannot be read on a light one, and no terminal reliably says which it has.
    #[must_use]
    pub fn base(&self) -> Style {
        let (ground, ink) = match self.ground {
            Ground::Dark => ((16, 18, 24), (220, 223, 228)),
            Ground::Light => ((252, 252, 250), (32, 34, 38)),
        };
        match self.depth {
            Depth::None => Style::new(),
            Depth::Ansi => match self.ground {
                Ground::Dark => Style::new().fg(Color::White).bg(Color::Black),
                Ground::Light => Style::new().fg(Color::Black).bg(Color::White),
            },
            _ => Style::new().fg(self.colour(ink)).bg(self.colour(ground)),
        }
    }

    /// The style of a part of the screen.
    #[must_use]
    pub fn part(&self, part: Part) -> Style {
        match self.depth {
            Depth::None => part_without_colour(part),
            Depth::Ansi => part_in_sixteen(part, self.ground),
            Depth::True | Depth::Indexed => self.part_in_colour(part),
        }
    }

    fn part_in_colour(&self, part: Part) -> Style {
        let ink = |dark, light| Style::new().fg(self.colour(self.pick(dark, light)));
        match part {
            Part::Text => Style::new(),
            Part::Dim => ink((138, 144, 158), (106, 112, 126)),
            Part::Strong | Part::Header => Style::new().add_modifier(Modifier::BOLD),
            // A colour of its own, as a title stands in a border and would take on its colour.
            Part::Title => ink((216, 222, 236), (30, 36, 52)).add_modifier(Modifier::BOLD),
            Part::Emphasis => Style::new().add_modifier(Modifier::ITALIC),
            Part::Code => ink((214, 190, 140), (126, 84, 8)),
            Part::Formula => ink((216, 222, 236), (30, 36, 52)),
            Part::Live => ink((110, 214, 208), (0, 112, 116)).add_modifier(Modifier::BOLD),
            Part::Border => ink((78, 85, 102), (178, 184, 196)),
            Part::BorderFocus => ink((98, 174, 239), (0, 104, 180)),
            Part::Selected => Style::new()
                .bg(self.colour(self.pick((44, 54, 76), (214, 227, 243))))
                .add_modifier(Modifier::BOLD),
            Part::Key => ink((98, 174, 239), (0, 104, 180)).add_modifier(Modifier::BOLD),
            Part::Hint => ink((138, 144, 158), (106, 112, 126)).add_modifier(Modifier::ITALIC),
            Part::Warning => ink((240, 180, 70), (152, 92, 0)),
            Part::Error => ink((255, 128, 104), (184, 44, 20)).add_modifier(Modifier::BOLD),
            Part::Good => ink((96, 200, 170), (0, 118, 88)),
        }
    }

    /// The style of what stands for something in a figure.
    #[must_use]
    pub fn role(&self, role: Role) -> Style {
        match self.depth {
            Depth::True | Depth::Indexed => {
                let style = Style::new().fg(self.colour(self.role_rgb(role)));
                if role == Role::Exact { style.add_modifier(Modifier::BOLD) } else { style }
            }
            Depth::Ansi => role_in_sixteen(role, self.ground),
            Depth::None => match role {
                Role::Exact | Role::Positive | Role::Model => {
                    Style::new().add_modifier(Modifier::BOLD)
                }
                Role::Noise => Style::new().add_modifier(Modifier::DIM),
                Role::Data | Role::Negative | Role::Estimate => Style::new(),
            },
        }
    }

    /// The area below a curve or inside a band of that role, much paler than the curve itself:
    /// the colour, or nothing where the depth has no pale colours.
    #[must_use]
    pub fn fill(&self, role: Role) -> Option<Color> {
        if !self.many_colours() {
            return None;
        }
        let ground = self.pick((18, 20, 26), (255, 255, 255));
        let share = self.pick(0.38, 0.36);
        Some(self.colour(mix(ground, self.role_rgb(role), share)))
    }

    /// The character of a single point of that role.
    #[must_use]
    pub fn marker(&self, role: Role) -> char {
        if self.ascii() {
            return match role {
                Role::Data => 'o',
                Role::Model => '*',
                Role::Noise => ',',
                Role::Positive => '^',
                Role::Negative => 'v',
                Role::Exact => 'x',
                Role::Estimate => '#',
            };
        }
        match role {
            Role::Data => '●',
            Role::Model => '■',
            Role::Noise => '·',
            Role::Positive => '▲',
            Role::Negative => '▼',
            Role::Exact => '×',
            Role::Estimate => '◆',
        }
    }

    /// The line pattern of that role. The exact curve is dashed, so that a curve which agrees with
    /// it still shows in the gaps.
    #[must_use]
    pub fn pattern(&self, role: Role) -> Pattern {
        match role {
            Role::Exact => Pattern::Dashed,
            Role::Noise | Role::Negative => Pattern::Dotted,
            // Thin dots in yellow look like thin dots in grey.
            Role::Estimate => Pattern::DashDot,
            Role::Data | Role::Model | Role::Positive => Pattern::Solid,
        }
    }

    /// Two columns that show the line pattern of that role.
    #[must_use]
    pub fn stroke(&self, role: Role) -> &'static str {
        match (self.ascii(), self.pattern(role)) {
            (true, Pattern::Solid) => "--",
            (true, Pattern::Dashed) => "- ",
            (true, Pattern::Dotted) => "..",
            (true, Pattern::DashDot) => "-.",
            (false, Pattern::Solid) => "━━",
            (false, Pattern::Dashed) => "╍╍",
            (false, Pattern::Dotted) => "┈┈",
            (false, Pattern::DashDot) => "━╶",
        }
    }

    /// The full colour of a role, before the terminal's limits.
    pub(crate) fn role_rgb(&self, role: Role) -> Rgb {
        match role {
            Role::Data => self.pick((240, 164, 40), (190, 104, 0)),
            Role::Model => self.pick((86, 174, 245), (0, 100, 186)),
            Role::Noise => self.pick((150, 154, 166), (120, 124, 136)),
            Role::Positive => self.pick((54, 196, 160), (0, 128, 98)),
            Role::Negative => self.pick((226, 136, 190), (168, 56, 124)),
            Role::Exact => self.pick((240, 242, 248), (20, 22, 30)),
            Role::Estimate => self.pick((246, 226, 90), (128, 98, 0)),
        }
    }

    /// A colour as this terminal can show it.
    pub(crate) fn colour(&self, rgb: Rgb) -> Color {
        match self.depth {
            Depth::True => Color::Rgb(rgb.0, rgb.1, rgb.2),
            Depth::Indexed => Color::Indexed(palette::nearest_indexed(rgb)),
            Depth::Ansi | Depth::None => Color::Reset,
        }
    }

    /// The one of two that belongs to this ground.
    pub(crate) fn pick<T>(&self, dark: T, light: T) -> T {
        match self.ground {
            Ground::Dark => dark,
            Ground::Light => light,
        }
    }
}

fn part_without_colour(part: Part) -> Style {
    let style = Style::new();
    match part {
        Part::Text | Part::Formula => style,
        Part::Dim | Part::Hint | Part::Border => style.add_modifier(Modifier::DIM),
        Part::Strong | Part::Title | Part::Header | Part::Key | Part::Live | Part::Good => {
            style.add_modifier(Modifier::BOLD)
        }
        Part::BorderFocus | Part::Warning => style.add_modifier(Modifier::BOLD),
        Part::Emphasis | Part::Code => style.add_modifier(Modifier::UNDERLINED),
        Part::Selected => style.add_modifier(Modifier::REVERSED),
        Part::Error => style.add_modifier(Modifier::BOLD | Modifier::REVERSED),
    }
}

fn part_in_sixteen(part: Part, ground: Ground) -> Style {
    let ink = |dark, light| Style::new().fg(if ground == Ground::Dark { dark } else { light });
    match part {
        Part::Text | Part::Formula => Style::new(),
        Part::Dim | Part::Border => ink(Color::DarkGray, Color::DarkGray),
        Part::Hint => ink(Color::DarkGray, Color::DarkGray).add_modifier(Modifier::ITALIC),
        Part::Strong | Part::Header => Style::new().add_modifier(Modifier::BOLD),
        Part::Title => ink(Color::Reset, Color::Reset).add_modifier(Modifier::BOLD),
        Part::Emphasis => Style::new().add_modifier(Modifier::ITALIC),
        Part::Code => ink(Color::Yellow, Color::Magenta),
        Part::Live => ink(Color::LightCyan, Color::Cyan).add_modifier(Modifier::BOLD),
        Part::BorderFocus => ink(Color::LightBlue, Color::Blue),
        Part::Selected => Style::new().add_modifier(Modifier::REVERSED),
        Part::Key => ink(Color::LightBlue, Color::Blue).add_modifier(Modifier::BOLD),
        Part::Warning => ink(Color::Yellow, Color::Magenta),
        Part::Error => ink(Color::LightRed, Color::Red).add_modifier(Modifier::BOLD),
        Part::Good => ink(Color::Cyan, Color::Cyan),
    }
}

fn role_in_sixteen(role: Role, ground: Ground) -> Style {
    let ink = |dark, light| Style::new().fg(if ground == Ground::Dark { dark } else { light });
    match role {
        Role::Data => ink(Color::Yellow, Color::Red),
        Role::Model => ink(Color::LightBlue, Color::Blue),
        Role::Noise => ink(Color::Gray, Color::DarkGray),
        Role::Positive => ink(Color::LightCyan, Color::Cyan),
        Role::Negative => ink(Color::LightMagenta, Color::Magenta),
        Role::Exact => ink(Color::White, Color::Black).add_modifier(Modifier::BOLD),
        Role::Estimate => ink(Color::LightYellow, Color::Green),
    }
}

#[cfg(test)]
pub(crate) mod tests;
