//! The sentences in Korean.

use super::CliError;
use crate::cli::{config_words, loss_words, table_words, text_words};
use crate::lab::Label;
use crate::lab::param::Refusal;
use crate::text::Lang;
use crate::ui::theme::Theme;

impl CliError {
    pub(super) fn korean(&self) -> String {
        let meant = |nearest: &Option<String>| {
            nearest.as_ref().map(|n| format!(" 혹시 '{n}'인가요?")).unwrap_or_default()
        };
        let or_known = |nearest: &Option<String>, what: &str, known: &[Label]| {
            if nearest.is_some() || known.is_empty() {
                meant(nearest)
            } else {
                format!(" {what}: {}.", known.join(", "))
            }
        };
        match self {
            Self::LessonBeforeCommand => {
                "명령을 먼저 쓰고, 수업과 옵션은 그 뒤에 씁니다.".to_owned()
            }
            Self::UnknownLesson { given, nearest, known } => {
                let more = or_known(nearest, "수업", known);
                format!("'{given}': 그런 수업이나 명령은 없습니다.{more}")
            }
            Self::NeedsLesson { option } => {
                format!("{option} 옵션에는 수업이 필요합니다: contrastlab LESSON {option} ...")
            }
            Self::UnknownParam { lesson, given, nearest, known } => {
                let more = or_known(nearest, "있는 매개변수", known);
                format!("수업 {lesson}에 '{given}' 매개변수는 없습니다.{more}")
            }
            Self::UnknownPreset { lesson, given, nearest, known } => {
                let more = or_known(nearest, "있는 프리셋", known);
                format!("수업 {lesson}에 '{given}' 프리셋은 없습니다.{more}")
            }
            Self::UnknownClaim { given, nearest } => format!(
                "'{given}': 주장의 번호도, 주장이 있는 수업의 이름도 아닙니다.{}",
                meant(nearest)
            ),
            Self::UnknownBenchmark { given, nearest, known } => format!(
                "'{given}': 그런 측정 항목은 없습니다.{} 있는 항목: {}.",
                meant(nearest),
                known.join(", ")
            ),
            Self::NotASetting { given } => {
                format!("'{given}': NAME=VALUE 또는 NAME=VALUE@STEP 형식으로 써야 합니다.")
            }
            Self::NotAStep { given } => {
                format!("'{given}': 단계가 아닙니다. @ 뒤에는 0 이상의 정수를 씁니다.")
            }
            Self::Refused { param, refusal, nearest } => {
                let why = match refusal {
                    Refusal::NotANumber { given } => format!("'{given}': 숫자가 아닙니다"),
                    Refusal::NotWhole { given } => format!("'{given}': 정수가 아닙니다"),
                    Refusal::OutOfRange { given, min, max } => {
                        format!("{given}: {min}부터 {max}까지의 범위를 벗어납니다")
                    }
                    Refusal::NoSuchOption { given, options } => {
                        format!("'{given}': 다음 중 하나여야 합니다: {}", options.join(", "))
                    }
                    Refusal::NotASwitch { given } => {
                        format!("'{given}': on 또는 off여야 합니다")
                    }
                    Refusal::NotAWord { given } => {
                        format!("'{given}': 한 단어가 아니거나 너무 깁니다")
                    }
                };
                format!("{param}: {why}.{}", meant(nearest))
            }
            Self::RestartsTheRun { param } => format!(
                "{param}: 바꾸면 처음부터 다시 시작하므로 도중에 바꿀 수 없습니다. @를 빼 주세요."
            ),
            Self::AfterTheEnd { param, step, steps } => {
                format!("{param}: {step}단계에서 바꾸려 하지만 실행은 {steps}단계에서 끝납니다.")
            }
            Self::StepWithoutRun { given } => format!(
                "'{given}': 실험실은 0단계에서 열립니다. 단계를 붙인 변경은 'contrastlab run'에서 \
                 쓸 수 있습니다."
            ),
            Self::ColumnsWithoutData => {
                "--columns 옵션에는 표가 필요합니다: --data FILE.csv".to_owned()
            }
            Self::DataTwice { param } => {
                format!("--data, --set {param}=...: 둘 다 데이터를 고르므로 하나만 쓸 수 있습니다.")
            }
            Self::TakesNoData { lesson } => {
                format!("수업 {lesson}에서는 직접 준비한 데이터를 쓰지 않습니다.")
            }
            Self::TakesATable { lesson } => {
                format!("수업 {lesson}에는 텍스트가 아니라 숫자 표(CSV)가 필요합니다.")
            }
            Self::TakesPictures { lesson } => format!(
                "수업 {lesson}에는 텍스트가 아니라 그림 표(CSV: 레이블과 화소)가 필요합니다."
            ),
            Self::ColumnsOfPictures { lesson } => format!(
                "수업 {lesson}에서는 그림의 모든 열을 쓰므로 --columns 옵션을 쓸 수 없습니다."
            ),
            Self::ColumnsOfAText => {
                "--columns는 표에만 씁니다. 텍스트에는 열이 없습니다.".to_owned()
            }
            Self::TooManyColumns { lesson, most, given } => {
                format!("수업 {lesson}에는 열을 {most}개까지 쓸 수 있는데 {given}개를 주었습니다.")
            }
            Self::Table(why) => table_words::sentence(why, Lang::Ko),
            Self::Text(why) => text_words::sentence(why, Lang::Ko),
            Self::Loss(why) => loss_words::sentence(why, Lang::Ko),
            Self::Unusable { why, about } if about.is_empty() => format!("{why}."),
            Self::Unusable { why, about } => format!("{why}: {about}."),
            Self::Diverged { step, why } => format!("{step}단계에서 발산했습니다: {why}."),
            Self::DoNotHold { rows } => format!("성립하지 않는 항목이 {rows}개 있습니다."),
            Self::NoTerminal => {
                "실험실을 열려면 터미널이 필요합니다. 터미널이 없으면 'contrastlab run LESSON'으로 \
                 같은 수치를 얻을 수 있습니다."
                    .to_owned()
            }
            Self::Terminal(why) => format!("터미널에 문제가 생겼습니다: {why}."),
            Self::Config(error) => config_words::korean(error),
            Self::NoConfig { path } => format!("{}: 설정 파일이 없습니다.", path.display()),
            Self::UnknownTheme { given, nearest } => format!(
                "'{given}': 그런 테마가 없습니다. 쓸 수 있는 테마: auto, {}.{}",
                Theme::NAMES.join(", "),
                meant(nearest)
            ),
            Self::Output { path: Some(path), why } => {
                format!("{}: 쓸 수 없습니다: {why}.", path.display())
            }
            Self::Output { path: None, why } => format!("출력할 수 없습니다: {why}."),
            Self::Interrupted(_) => "중단했습니다.".to_owned(),
        }
    }
}
