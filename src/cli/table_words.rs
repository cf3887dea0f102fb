//! Why a table cannot be read, in Korean. The English sentences are [`TableError`]'s own.

use crate::data::pictures::{FEWEST, MOST_CLASSES, SIDES};
use crate::data::table::TableError;
use crate::text::Lang;

/// One sentence.
pub(super) fn sentence(error: &TableError, lang: Lang) -> String {
    match lang {
        Lang::En => {
            let words = error.to_string();
            if words.ends_with('?') { words } else { words + "." }
        }
        Lang::Ko => korean(error),
    }
}

fn korean(error: &TableError) -> String {
    match error {
        TableError::Missing { file } => format!("{file}: 그런 파일이 없습니다."),
        TableError::Directory { file } => {
            format!("{file}: 폴더입니다. 그 안의 CSV 파일을 지정해 주세요.")
        }
        TableError::Unreadable { file, why } => format!("{file}: 읽을 수 없습니다: {why}."),
        TableError::Empty { file } => {
            format!("{file}: 비어 있습니다. 쉼표로 나눈 숫자로 된 행이 있어야 합니다.")
        }
        TableError::HeaderOnly { file } => {
            format!("{file}: 열 이름만 있고 그 아래에 숫자로 된 행이 없습니다.")
        }
        TableError::Binary { file } => {
            format!("{file}: 텍스트 파일이 아닙니다. 표를 CSV(UTF-8)로 저장해 주세요.")
        }
        TableError::NotUtf8 { file, line } => {
            format!("{file}, {line}번째 줄: UTF-8이 아닙니다. CSV UTF-8로 저장해 주세요.")
        }
        TableError::TooLong { file, line } => format!(
            "{file}, {line}번째 줄: 여기서 시작한 행이 끝나지 않습니다. 닫지 않은 따옴표가 있나요?"
        ),
        TableError::Ragged { file, line, expected, found } => format!(
            "{file}, {line}번째 줄: 첫 줄에는 칸이 {expected}개인데 여기에는 {found}개입니다."
        ),
        TableError::NotANumber { file, line, column, given } => {
            format!("{file}, {line}번째 줄, '{column}' 열: '{given}': 숫자가 아닙니다.")
        }
        TableError::EmptyCell { file, line, column } => format!(
            "{file}, {line}번째 줄, '{column}' 열: 칸이 비어 있습니다. 채우거나 그 행을 지워 주세요."
        ),
        TableError::NotFinite { file, line, column, given } => format!(
            "{file}, {line}번째 줄, '{column}' 열: '{given}': 유한한 수가 아닙니다. 그 행을 지워 주세요."
        ),
        TableError::NoNumbers { file, names } => {
            format!("{file}: 숫자로 된 열이 없습니다. 있는 열: {}.", list(names))
        }
        TableError::NoSuchColumn { file, asked, nearest: Some(nearest), names } => format!(
            "{file}: '{asked}' 열이 없습니다. 혹시 '{nearest}' 열인가요? 있는 열: {}.",
            list(names)
        ),
        TableError::NoSuchColumn { file, asked, nearest: None, names } => {
            format!("{file}: '{asked}' 열이 없습니다. 있는 열: {}.", list(names))
        }
        TableError::Repeated { file, column } => {
            format!("{file}: '{column}' 열을 두 번 지정했습니다. 서로 다른 두 열을 지정해 주세요.")
        }
        TableError::OneRow { file } => {
            format!("{file}: 숫자로 된 행이 하나뿐입니다. 분포를 보려면 더 있어야 합니다.")
        }
        TableError::Constant { file, column, value } => {
            format!("{file}, '{column}' 열: 모든 값이 {value}입니다. 값이 변하는 열을 골라 주세요.")
        }
        TableError::NotSquare { file, pixels } => format!(
            "{file}: 레이블을 뺀 열이 {pixels}개입니다. 한 변이 {}~{}화소인 정사각형 그림이면 \
             제곱수({}~{}개)여야 합니다.",
            SIDES.start(),
            SIDES.end(),
            SIDES.start().pow(2),
            SIDES.end().pow(2)
        ),
        TableError::OneClass { file, class } => format!(
            "{file}: 레이블이 모두 '{class}'입니다. label 또는 class 열(없으면 첫 열)에 클래스가 \
             2~{MOST_CLASSES}개 있어야 합니다."
        ),
        TableError::TooManyClasses { file, classes } => format!(
            "{file}: 서로 다른 레이블이 {classes}개입니다. label 또는 class 열(없으면 첫 열)의 \
             클래스는 2~{MOST_CLASSES}개여야 합니다."
        ),
        TableError::TooFewPictures { file, pictures } => format!(
            "{file}: 그림이 {pictures}장뿐입니다. 적어도 {FEWEST}장, 되도록 수백 장이 필요합니다."
        ),
        TableError::Blank { file, value } => {
            format!("{file}: 모든 화소가 {value}입니다. 볼 것이 없습니다.")
        }
    }
}

/// The first dozen names.
fn list(names: &[String]) -> String {
    let mut text = names.iter().take(12).map(|n| format!("'{n}'")).collect::<Vec<_>>().join(", ");
    if names.len() > 12 {
        text.push_str(&format!(" 외 {}개", names.len() - 12));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::sentence;
    use crate::data::table::Table;
    use crate::text::Lang;

    #[test]
    fn a_bad_table_is_told_in_both_languages_with_its_place() {
        for (text, columns, english, korean) in [
            ("", None, "is empty", "비어 있습니다"),
            ("x\n1\nred\n", Some("x"), "line 3, column 'x'", "3번째 줄, 'x' 열"),
            ("x,y\n1,2\n3\n", Some("x"), "1 cells where", "여기에는 1개"),
            ("width\n1\n2\n", Some("widht"), "did you mean 'width'", "혹시 'width' 열"),
        ] {
            let columns = columns.map(|c: &str| vec![c.to_owned()]);
            let error = Table::parse("t.csv", text.as_bytes(), columns.as_deref()).unwrap_err();
            for (lang, words) in [(Lang::En, english), (Lang::Ko, korean)] {
                let said = sentence(&error, lang);
                assert!(said.starts_with("t.csv") && said.contains(words), "{said}");
            }
        }
    }
}
