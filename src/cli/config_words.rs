//! What is wrong with a configuration, in Korean. The English sentence is [`ConfigError`]'s own.

use super::message::clean;
use crate::state::config::{ConfigError, Problem};

/// One sentence in Korean.
pub(super) fn korean(error: &ConfigError) -> String {
    let mut place = clean(&error.file.display().to_string());
    if let Some((line, column)) = error.at {
        place.push_str(&format!(":{line}:{column}"));
    }
    match &error.problem {
        Problem::Unreadable(why) => format!("{place}: 읽을 수 없습니다 ({why})."),
        Problem::NotToml(why) => format!("{place}: TOML 문법에 맞지 않습니다 ({why})."),
        Problem::UnknownKey(key, Some(near)) => {
            format!("{place}: '{key}': 그런 설정은 없습니다. 혹시 '{near}'인가요?")
        }
        Problem::UnknownKey(key, None) => format!(
            "{place}: '{key}': 그런 설정은 없습니다. 쓸 수 있는 설정: language, theme, ascii, mouse."
        ),
        Problem::Value { key, .. } => {
            let takes = match *key {
                "language" => "\"en\" 또는 \"ko\"",
                "theme" => "테마의 이름",
                _ => "true 또는 false",
            };
            format!("{place}: '{key}'에 쓸 수 있는 값: {takes}.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::korean;
    use crate::state::config::Config;
    use std::path::Path;

    #[test]
    fn every_fault_has_its_place_and_a_korean_sentence() {
        for (source, words) in [
            (
                "langauge = \"ko\"",
                "config.toml:1:1: 'langauge': 그런 설정은 없습니다. 혹시 'language'인가요?",
            ),
            ("x = 1", "language, theme, ascii, mouse"),
            ("language = \"fr\"", "'language'에 쓸 수 있는 값: \"en\" 또는 \"ko\"."),
            ("theme = 3", "'theme'에 쓸 수 있는 값: 테마의 이름."),
            ("\nmouse = 1", "config.toml:2:9: 'mouse'에 쓸 수 있는 값: true 또는 false."),
            ("theme = \"light", "TOML 문법에 맞지 않습니다"),
        ] {
            let error = Config::parse(Path::new("config.toml"), source).unwrap_err();
            let said = korean(&error);
            assert!(said.contains(words), "{said}");
        }
    }
}
