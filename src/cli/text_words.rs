//! Why a text cannot be read, in Korean. The English sentences are [`TextError`]'s own.

use crate::data::words::{FEWEST_WORDS, TextError};
use crate::text::Lang;

/// The sentence, with its full stop.
pub(super) fn sentence(error: &TextError, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{error}."),
        Lang::Ko => korean(error),
    }
}

fn korean(error: &TextError) -> String {
    match error {
        TextError::Missing { file } => format!("{file}: 그런 파일이 없습니다."),
        TextError::Directory { file } => {
            format!("{file}: 디렉터리입니다. 그 안의 텍스트 파일을 지정하십시오.")
        }
        TextError::Unreadable { file, why } => format!("{file}: 읽을 수 없습니다: {why}."),
        TextError::Empty { file } => {
            format!("{file}: 단어가 하나도 없습니다. UTF-8로 저장한 텍스트여야 합니다.")
        }
        TextError::Binary { file } => {
            format!("{file}: 텍스트 파일이 아닙니다. UTF-8 텍스트로 저장하십시오.")
        }
        TextError::NotUtf8 { file, line } => {
            format!("{file}, {line}번째 줄: UTF-8이 아닙니다. UTF-8로 저장하십시오.")
        }
        TextError::OneWord { file, word } => format!(
            "{file}: 단어가 '{word}' 하나뿐입니다. 언어 모델에는 고를 수 있는 단어가 여럿 필요합니다."
        ),
        TextError::TooShort { file, words } => format!(
            "{file}: 단어가 {words}개뿐입니다. 적어도 {FEWEST_WORDS}개, 되도록 수천 개가 필요합니다."
        ),
    }
}
