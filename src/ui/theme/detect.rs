//! What the terminal can show, from its environment.

use super::{Depth, Glyphs, Ground, Theme};

impl Theme {
    /// The richest look that the environment promises. `variable` gives the value of an
    /// environment variable.
    ///
    /// - colours: `NO_COLOR` (<https://no-color.org>) means none; then `COLORTERM` and `TERM`;
    /// - ground: the last field of `COLORFGBG`, dark where it is not set;
    /// - characters: ASCII where the locale (`LC_ALL`, `LC_CTYPE`, `LANG`) is not UTF-8, no
    ///   braille on the Linux console, whose fonts lack it.
    #[must_use]
    pub fn detect(variable: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name: &str| variable(name).filter(|v| !v.is_empty());
        let term = get("TERM").unwrap_or_default();
        Self {
            ground: ground(get("COLORFGBG").as_deref()),
            depth: depth(&get, &term),
            glyphs: glyphs(&get, &term),
        }
    }
}

fn ground(colorfgbg: Option<&str>) -> Ground {
    let background = colorfgbg.and_then(|v| v.rsplit(';').next()?.trim().parse::<u8>().ok());
    match background {
        Some(7 | 9..=15) => Ground::Light,
        _ => Ground::Dark,
    }
}

fn depth(get: &impl Fn(&str) -> Option<String>, term: &str) -> Depth {
    let colorterm = get("COLORTERM").unwrap_or_default();
    let any = |text: &str, words: &[&str]| words.iter().any(|w| text.contains(w));
    if get("NO_COLOR").is_some() || term == "dumb" {
        Depth::None
    } else if any(&colorterm, &["truecolor", "24bit"])
        || any(term, &["direct", "kitty", "alacritty", "ghostty", "wezterm", "foot"])
        || get("WT_SESSION").is_some()
        || (cfg!(windows) && term.is_empty())
    {
        Depth::True
    } else if term.contains("256") || get("TERM_PROGRAM").as_deref() == Some("Apple_Terminal") {
        Depth::Indexed
    } else if term.starts_with("vt") && !any(term, &["color", "vte"]) {
        Depth::None
    } else {
        Depth::Ansi
    }
}

fn glyphs(get: &impl Fn(&str) -> Option<String>, term: &str) -> Glyphs {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(get).unwrap_or_default();
    let locale = locale.to_ascii_lowercase();
    let unicode = locale.contains("utf-8") || locale.contains("utf8");
    if term == "dumb" || (!unicode && !cfg!(windows)) {
        Glyphs::Ascii
    } else if term == "linux" {
        Glyphs::Blocks
    } else {
        Glyphs::Braille
    }
}

#[cfg(test)]
mod tests {
    use super::{Depth, Glyphs, Ground, Theme};

    fn of(pairs: &[(&str, &str)]) -> Theme {
        Theme::detect(|name| {
            pairs.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn colours() {
        let depth = |pairs: &[(&str, &str)]| of(pairs).depth;
        assert_eq!(depth(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]), Depth::True);
        assert_eq!(depth(&[("TERM", "xterm-256color")]), Depth::Indexed);
        assert_eq!(depth(&[("TERM", "linux")]), Depth::Ansi);
        assert_eq!(depth(&[("TERM", "xterm-kitty")]), Depth::True);
        assert_eq!(depth(&[("TERM", "xterm-kitty"), ("NO_COLOR", "1")]), Depth::None);
        assert_eq!(depth(&[("TERM", "xterm-kitty"), ("NO_COLOR", "")]), Depth::True);
        assert_eq!(depth(&[("TERM", "vt100")]), Depth::None);
        assert_eq!(depth(&[("TERM", "dumb"), ("COLORTERM", "truecolor")]), Depth::None);
    }

    #[test]
    fn ground() {
        let ground = |value: &str| of(&[("COLORFGBG", value)]).ground;
        assert_eq!(ground("15;0"), Ground::Dark);
        assert_eq!(ground("0;15"), Ground::Light);
        assert_eq!(ground("0;default;15"), Ground::Light);
        assert_eq!(ground("12;8"), Ground::Dark);
        assert_eq!(ground("nonsense"), Ground::Dark);
    }

    #[test]
    #[cfg(unix)]
    fn characters() {
        let glyphs = |pairs: &[(&str, &str)]| of(pairs).glyphs;
        assert_eq!(glyphs(&[("LANG", "ko_KR.UTF-8")]), Glyphs::Braille);
        assert_eq!(glyphs(&[("LANG", "C.utf8"), ("TERM", "linux")]), Glyphs::Blocks);
        assert_eq!(glyphs(&[("LANG", "ko_KR.UTF-8"), ("LC_ALL", "C")]), Glyphs::Ascii);
        assert_eq!(glyphs(&[("LANG", "ko_KR.EUC-KR")]), Glyphs::Ascii);
        assert_eq!(glyphs(&[]), Glyphs::Ascii);
    }
}
