//! What a learner reads, as typed text in English and Korean. The words are in `lessons/`; this
//! layer only reads them.

pub mod chapter;
pub mod formula;
pub mod glossary;
pub mod interface;
pub mod lesson;
pub mod nearest;
pub mod page;
pub mod shell;
pub mod transliterate;

/// A language of the lab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Korean.
    Ko,
}

impl Lang {
    /// Both languages.
    pub const ALL: [Self; 2] = [Self::En, Self::Ko];

    /// Its two-letter code (ISO 639-1).
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ko => "ko",
        }
    }

    /// The language of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.code() == code)
    }

    /// The language of the locale, by POSIX's order of the variables: `LC_ALL`, `LC_MESSAGES`,
    /// `LANG`, the first that is set and not empty.
    #[must_use]
    pub fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Self {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(variable)
            .find(|v| !v.is_empty())
            .map_or(Self::En, |v| if v.starts_with("ko") { Self::Ko } else { Self::En })
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::En => Self::Ko,
            Self::Ko => Self::En,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lang;

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        let of = |pairs: &[(&str, &str)]| {
            Lang::of_locale(|name| {
                pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned())
            })
        };
        assert_eq!(of(&[("LANG", "ko_KR.UTF-8")]), Lang::Ko);
        assert_eq!(of(&[("LC_ALL", "C.UTF-8"), ("LANG", "ko_KR.UTF-8")]), Lang::En);
        assert_eq!(of(&[("LC_ALL", ""), ("LANG", "ko_KR.UTF-8")]), Lang::Ko);
        assert_eq!(of(&[]), Lang::En);
    }
}
