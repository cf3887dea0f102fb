//! The words of `loss` in both languages: why one cannot be computed, and its table.

use super::number::significant;
use crate::text::Lang;

/// Why a loss cannot be computed of what was given.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "loss, option, file and row (from 1) mean the same everywhere")]
pub enum LossError {
    /// The loss compares two batches and one was given.
    NeedsB { loss: &'static str },
    /// The option belongs to other losses.
    NotOfThisLoss { loss: &'static str, option: &'static str },
    /// Scale and temperature are one number said in two ways.
    ScaleAndTemperature,
    /// A temperature or a scale that is not above zero.
    NotPositive { option: &'static str, given: f64 },
    /// A number that is infinite or none.
    NotFinite { option: &'static str, given: f64 },
    /// The batches do not have the same shape: (rows, numbers in a row).
    Shapes { a: (String, [usize; 2]), b: (String, [usize; 2]) },
    /// A vector of no length.
    NoDirection { file: String, row: usize },
    /// Uniformity is about pairs.
    OneRow { file: String },
    /// More rows than are read whole.
    TooManyRows { file: String, rows: u64, most: usize },
}

impl LossError {
    /// The exit code: 2 where options are wrong, 1 where the data is.
    pub(super) fn code(&self) -> u8 {
        match self {
            Self::NeedsB { .. }
            | Self::NotOfThisLoss { .. }
            | Self::ScaleAndTemperature
            | Self::NotPositive { .. }
            | Self::NotFinite { .. } => 2,
            Self::Shapes { .. }
            | Self::NoDirection { .. }
            | Self::OneRow { .. }
            | Self::TooManyRows { .. } => 1,
        }
    }
}

/// One sentence, with its full stop.
pub(super) fn sentence(error: &LossError, lang: Lang) -> String {
    match lang {
        Lang::En => english(error),
        Lang::Ko => korean(error),
    }
}

fn english(error: &LossError) -> String {
    match error {
        LossError::NeedsB { loss } => {
            format!("{loss} compares two batches: name the second with --b FILE.csv.")
        }
        LossError::NotOfThisLoss { loss, option } => {
            format!("{option} does not belong to {loss}: leave it out.")
        }
        LossError::ScaleAndTemperature => {
            "--scale is 1 over --temperature: give one of the two.".to_owned()
        }
        LossError::NotPositive { option, given } => {
            format!("{option} {given}: a finite number above 0 is needed.")
        }
        LossError::NotFinite { option, given } => {
            format!("{option} {given}: a finite number is needed.")
        }
        LossError::Shapes { a: (a, [m, d]), b: (b, [n, e]) } => format!(
            "{a} has {m} {} of {d} and {b} has {n} of {e}: row i of one belongs to row i of the \
             other, so both need the same shape.",
            if *m == 1 { "row" } else { "rows" }
        ),
        LossError::NoDirection { file, row } => format!(
            "{file}, row {row}: a vector of length zero has no direction, so its cosine is undefined."
        ),
        LossError::OneRow { file } => {
            format!("{file} has one row; uniformity is a mean over pairs of different rows.")
        }
        LossError::TooManyRows { file, rows, most } => {
            format!("{file} has {rows} rows; at most {most} can be compared with each other.")
        }
    }
}

fn korean(error: &LossError) -> String {
    match error {
        LossError::NeedsB { loss } => {
            format!("{loss}: 두 배치를 비교합니다. 둘째 배치를 --b FILE.csv로 지정해 주세요.")
        }
        LossError::NotOfThisLoss { loss, option } => {
            format!("{option}: {loss}에는 쓰지 않는 옵션입니다. 빼 주세요.")
        }
        LossError::ScaleAndTemperature => {
            "--scale, --temperature: 서로 역수이므로 둘 중 하나만 쓸 수 있습니다.".to_owned()
        }
        LossError::NotPositive { option, given } => {
            format!("{option} {given}: 0보다 큰 유한한 수여야 합니다.")
        }
        LossError::NotFinite { option, given } => {
            format!("{option} {given}: 유한한 수여야 합니다.")
        }
        LossError::Shapes { a: (a, [m, d]), b: (b, [n, e]) } => format!(
            "{a}: {m}행 {d}열, {b}: {n}행 {e}열. 같은 번호의 행끼리 짝을 이루므로 두 표의 크기가 \
             같아야 합니다."
        ),
        LossError::NoDirection { file, row } => {
            format!("{file}, {row}행: 길이가 0인 벡터는 방향이 없어서 코사인이 정의되지 않습니다.")
        }
        LossError::OneRow { file } => format!(
            "{file}: 행이 하나뿐입니다. uniformity는 서로 다른 두 행의 쌍에 대한 평균입니다."
        ),
        LossError::TooManyRows { file, rows, most } => {
            format!("{file}: 행이 {rows}개입니다. 서로 비교할 수 있는 행은 {most}개까지입니다.")
        }
    }
}

/// What is said on the side of a batch of one row: the result is right and says nothing.
pub(super) fn no_negatives(loss: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{loss} of one row is 0: there is nothing to tell it from."),
        Lang::Ko => format!("{loss}: 행이 하나뿐이면 비교할 음성 표본이 없어 손실이 0입니다."),
    }
}

/// How the batch is introduced.
pub(super) fn shape(rows: usize, dimension: usize, lang: Lang) -> String {
    match lang {
        Lang::En if rows == 1 => format!("1 row of {dimension}"),
        Lang::En => format!("{rows} rows of {dimension}"),
        Lang::Ko => format!("{rows}행 {dimension}열"),
    }
}

/// A setting, named as in the JSON.
pub(super) fn setting(name: &str, value: f64, lang: Lang) -> String {
    format!("{} {}", named(name, lang), significant(value))
}

/// A derivative's name from its name in the JSON.
pub(super) fn derivative(name: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("derivative by the {}", named(name, lang)),
        Lang::Ko => format!("도함수: {}", named(name, lang)),
    }
}

fn named(name: &str, lang: Lang) -> &str {
    match (name, lang) {
        ("temperature", Lang::Ko) => "온도",
        ("scale", Lang::Ko) => "배율",
        ("log_scale", Lang::Ko) => "배율의 로그",
        ("bias", Lang::Ko) => "편향",
        ("log_scale", Lang::En) => "log of the scale",
        _ => name,
    }
}

/// The loss.
pub(super) fn loss(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "loss",
        Lang::Ko => "손실",
    }
}

/// The length of the gradient by a batch.
pub(super) fn norm(batch: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("norm of the gradient by {batch}"),
        Lang::Ko => format!("기울기의 크기: {batch}"),
    }
}
