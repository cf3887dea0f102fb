use super::{Depth, Glyphs, Ground, Theme};
use crate::lab::view::Role;
use ratatui::style::Color;
use std::collections::BTreeSet;

pub(crate) const ROLES: [Role; 7] = [
    Role::Data,
    Role::Model,
    Role::Noise,
    Role::Positive,
    Role::Negative,
    Role::Exact,
    Role::Estimate,
];

/// Every theme there is.
pub(crate) fn all() -> Vec<Theme> {
    let mut themes = Vec::new();
    for ground in [Ground::Dark, Ground::Light] {
        for depth in [Depth::True, Depth::Indexed, Depth::Ansi, Depth::None] {
            for glyphs in [Glyphs::Braille, Glyphs::Blocks, Glyphs::Ascii] {
                themes.push(Theme { ground, depth, glyphs });
            }
        }
    }
    themes
}

#[test]
fn roles_differ_by_marker_and_where_there_is_colour_by_colour() {
    for theme in all() {
        let markers: BTreeSet<char> = ROLES.iter().map(|r| theme.marker(*r)).collect();
        assert_eq!(markers.len(), ROLES.len(), "{theme:?}");
        assert!(!theme.ascii() || markers.iter().all(char::is_ascii));
        let colours: std::collections::HashSet<_> =
            ROLES.iter().map(|r| theme.role(*r).fg).collect();
        let expected = if theme.depth == Depth::None { 1 } else { ROLES.len() };
        assert_eq!(colours.len(), expected, "{theme:?}");
    }
}

#[test]
fn without_colour_no_style_has_any() {
    use super::Part::*;
    for theme in all().into_iter().filter(|t| t.depth == Depth::None) {
        for part in [Text, Dim, Border, BorderFocus, Selected, Key, Warning, Error, Good, Live] {
            let style = theme.part(part);
            assert_eq!((style.fg, style.bg), (None, None), "{part:?}");
        }
        assert_ne!(theme.part(Border), theme.part(BorderFocus));
        assert_ne!(theme.part(Text), theme.part(Selected));
        assert!(ROLES.iter().all(|r| theme.fill(*r).is_none()));
    }
}

/// WCAG 2.1's contrast ratio, https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio.
fn contrast(a: (u8, u8, u8), b: (u8, u8, u8)) -> f64 {
    let luminance = |c: (u8, u8, u8)| super::palette::luminance(c);
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn roles_can_be_read_on_their_ground() {
    for theme in all() {
        let ground = theme.pick((30, 30, 34), (250, 250, 248));
        for role in ROLES {
            let ratio = contrast(theme.role_rgb(role), ground);
            assert!(ratio > 3.0, "{role:?} on {:?}: {ratio}", theme.ground);
        }
    }
}

#[test]
fn a_named_theme_asks_no_more_than_the_terminal_has() {
    for name in Theme::NAMES {
        let named = Theme::named(name).unwrap();
        let poor = Theme { ground: Ground::Dark, depth: Depth::Ansi, glyphs: Glyphs::Blocks };
        let limited = named.limited_to(poor);
        assert!(limited.depth >= Depth::Ansi && limited.glyphs >= Glyphs::Blocks);
        assert_eq!(limited.ground, named.ground);
    }
    assert_eq!(Theme::named("pink"), None);
    let indexed = Theme { depth: Depth::Indexed, ..Theme::default() };
    assert!(matches!(indexed.role(Role::Data).fg, Some(Color::Indexed(16..))));
}
