//! What can go wrong on the command line, and one sentence for each in both languages.

use super::loss_words::{self, LossError};
use super::{config_words, table_words, text_words};
use crate::data::table::TableError;
use crate::data::words::TextError;
use crate::lab::Label;
use crate::lab::param::Refusal;
use crate::state::config::ConfigError;
use crate::text::Lang;
use crate::ui::theme::Theme;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub enum CliError {
    /// A lesson or its options stand before a command.
    LessonBeforeCommand,
    /// No lesson has this name.
    UnknownLesson {
        /// What was given.
        given: String,
        /// What was probably meant.
        nearest: Option<String>,
        /// The lessons there are.
        known: Vec<Label>,
    },
    /// The option needs a lesson to be named.
    NeedsLesson {
        /// The option.
        option: &'static str,
    },
    /// The lesson has no such parameter.
    UnknownParam {
        /// The lesson.
        lesson: Label,
        /// What was given.
        given: String,
        /// What was probably meant.
        nearest: Option<String>,
        /// The parameters there are.
        known: Vec<Label>,
    },
    /// The lesson has no such preset.
    UnknownPreset {
        /// The lesson.
        lesson: Label,
        /// What was given.
        given: String,
        /// What was probably meant.
        nearest: Option<String>,
        /// The presets there are.
        known: Vec<Label>,
    },
    /// Neither the number of a claim nor a lesson.
    UnknownClaim {
        /// What was given.
        given: String,
        /// What was probably meant.
        nearest: Option<String>,
    },
    /// Nothing of this name is measured.
    UnknownBenchmark {
        /// What was given.
        given: String,
        /// What was probably meant.
        nearest: Option<String>,
        /// What there is.
        known: Vec<Label>,
    },
    /// A setting is not of the form NAME=VALUE.
    NotASetting {
        /// What was given.
        given: String,
    },
    /// What stands after the @ is no step.
    NotAStep {
        /// What was given.
        given: String,
    },
    /// The value does not suit the parameter.
    Refused {
        /// The parameter.
        param: Label,
        /// Why not.
        refusal: Refusal,
        /// For a choice, what was probably meant.
        nearest: Option<String>,
    },
    /// A parameter that restarts the run was to change in the middle.
    RestartsTheRun {
        /// The parameter.
        param: Label,
    },
    /// A change lies beyond the last step.
    AfterTheEnd {
        /// The parameter.
        param: Label,
        /// Its step.
        step: u64,
        /// How many steps were asked for.
        steps: u64,
    },
    /// A change at a step was given where the lab opens at step 0.
    StepWithoutRun {
        /// What was given.
        given: String,
    },
    /// Columns were named but no table.
    ColumnsWithoutData,
    /// The lesson takes no table.
    TakesNoData {
        /// The lesson.
        lesson: Label,
    },
    /// A text was given to a lesson that takes a table.
    TakesATable {
        /// The lesson.
        lesson: Label,
    },
    /// Columns were asked of a text.
    ColumnsOfAText,
    /// A table was given and a data set chosen as well.
    DataTwice {
        /// The parameter that chooses.
        param: Label,
    },
    /// More columns were named than the lesson takes.
    TooManyColumns {
        /// The lesson.
        lesson: Label,
        /// How many it takes.
        most: usize,
        /// How many were given.
        given: usize,
    },
    /// The table cannot be read.
    Table(TableError),
    /// The text cannot be read.
    Text(TextError),
    /// A loss cannot be computed of what was given.
    Loss(LossError),
    /// The data does not suit the lesson; in the lesson's words.
    Unusable {
        /// Why.
        why: String,
        /// What it is about; may be empty.
        about: String,
    },
    /// The numbers left the finite; in the lesson's words.
    Diverged {
        /// Where.
        step: u64,
        /// Why.
        why: String,
    },
    /// Claims were tested and some do not hold.
    DoNotHold {
        /// How many rows.
        rows: usize,
    },
    /// There is no terminal to open the lab on.
    NoTerminal,
    /// The terminal failed while the lab was open.
    Terminal(io::Error),
    /// The configuration cannot be used.
    Config(ConfigError),
    /// The configuration file that was named does not exist.
    NoConfig {
        /// The file.
        path: PathBuf,
    },
    /// No theme has this name.
    UnknownTheme {
        /// What was given.
        given: String,
        /// What was probably meant.
        nearest: Option<String>,
    },
    /// The result cannot be written.
    Output {
        /// The file; standard output without one.
        path: Option<PathBuf>,
        /// Why.
        why: io::Error,
    },
    /// A signal asked for the end.
    Interrupted(u8),
}

impl CliError {
    /// The exit code: 1 failed, 2 wrong usage, 128 and the number of the signal.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Self::Table(_)
            | Self::Text(_)
            | Self::Unusable { .. }
            | Self::Diverged { .. }
            | Self::DoNotHold { .. }
            | Self::NoTerminal
            | Self::Terminal(_)
            | Self::Config(_)
            | Self::NoConfig { .. }
            | Self::Output { .. } => 1,
            Self::Loss(why) => why.code(),
            Self::Interrupted(signal) => 128 + signal,
            Self::LessonBeforeCommand
            | Self::UnknownLesson { .. }
            | Self::NeedsLesson { .. }
            | Self::UnknownParam { .. }
            | Self::UnknownPreset { .. }
            | Self::UnknownClaim { .. }
            | Self::UnknownBenchmark { .. }
            | Self::UnknownTheme { .. }
            | Self::NotASetting { .. }
            | Self::NotAStep { .. }
            | Self::Refused { .. }
            | Self::RestartsTheRun { .. }
            | Self::AfterTheEnd { .. }
            | Self::StepWithoutRun { .. }
            | Self::ColumnsWithoutData
            | Self::TakesNoData { .. }
            | Self::TakesATable { .. }
            | Self::ColumnsOfAText
            | Self::DataTwice { .. }
            | Self::TooManyColumns { .. } => 2,
        }
    }

    /// Whether the reader of standard output went away, which is no error.
    pub(super) fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output { path: None, why } if why.kind() == io::ErrorKind::BrokenPipe)
    }

    /// What to tell, in one sentence. Control characters of what was given are shown as escapes.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        clean(&match lang {
            Lang::En => self.english(),
            Lang::Ko => self.korean(),
        })
    }

    fn english(&self) -> String {
        let meant = |nearest: &Option<String>| {
            nearest.as_ref().map(|n| format!(" Did you mean '{n}'?")).unwrap_or_default()
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
                "a command comes first: its lesson and options stand after it.".to_owned()
            }
            Self::UnknownLesson { given, nearest, known } => {
                let more = or_known(nearest, "Lessons", known);
                format!("there is no lesson or command '{given}'.{more}")
            }
            Self::NeedsLesson { option } => {
                format!("{option} needs a lesson: contrastlab LESSON {option} ...")
            }
            Self::UnknownParam { lesson, given, nearest, known } => {
                let more = or_known(nearest, "It has", known);
                format!("the lesson {lesson} has no parameter '{given}'.{more}")
            }
            Self::UnknownPreset { lesson, given, nearest, known } => {
                let more = or_known(nearest, "It has", known);
                format!("the lesson {lesson} has no preset '{given}'.{more}")
            }
            Self::UnknownClaim { given, nearest } => format!(
                "'{given}' is neither the number of a claim nor a lesson with claims.{}",
                meant(nearest)
            ),
            Self::UnknownBenchmark { given, nearest, known } => format!(
                "'{given}': nothing of this name is measured.{} There are: {}.",
                meant(nearest),
                known.join(", ")
            ),
            Self::NotASetting { given } => {
                format!("'{given}' is not a setting: write NAME=VALUE or NAME=VALUE@STEP.")
            }
            Self::NotAStep { given } => {
                format!("'{given}' is not a step: after the @ stands a whole number, 0 or more.")
            }
            Self::Refused { param, refusal, nearest } => {
                format!("{param}: {refusal}.{}", meant(nearest))
            }
            Self::RestartsTheRun { param } => {
                format!("{param} restarts the run, so it cannot change at a step: leave the @ out.")
            }
            Self::AfterTheEnd { param, step, steps } => {
                format!("{param} is to change at step {step}, but the run ends at step {steps}.")
            }
            Self::StepWithoutRun { given } => format!(
                "'{given}': the lab opens at step 0, a change at a step is for 'contrastlab run'."
            ),
            Self::ColumnsWithoutData => "--columns needs a table: --data FILE.csv.".to_owned(),
            Self::TakesNoData { lesson } => {
                format!("the lesson {lesson} takes no data of your own.")
            }
            Self::TakesATable { lesson } => {
                format!("the lesson {lesson} takes a table of numbers (CSV), not a text.")
            }
            Self::ColumnsOfAText => "--columns belongs to a table: a text has none.".to_owned(),
            Self::DataTwice { param } => {
                format!("--data and --set {param}=... both choose the data: leave one of them out.")
            }
            Self::TooManyColumns { lesson, most, given } => {
                let s = if *most == 1 { "" } else { "s" };
                format!("the lesson {lesson} takes at most {most} column{s}, not {given}.")
            }
            Self::Table(why) => table_words::sentence(why, Lang::En),
            Self::Text(why) => text_words::sentence(why, Lang::En),
            Self::Loss(why) => loss_words::sentence(why, Lang::En),
            Self::Unusable { why, about } if about.is_empty() => format!("{why}."),
            Self::Unusable { why, about } => format!("{why}: {about}."),
            Self::Diverged { step, why } => format!("diverged at step {step}: {why}."),
            Self::DoNotHold { rows: 1 } => "one row does not hold.".to_owned(),
            Self::DoNotHold { rows } => format!("{rows} rows do not hold."),
            Self::NoTerminal => {
                "the lab needs a terminal; without one, 'contrastlab run LESSON' prints the same \
                 numbers."
                    .to_owned()
            }
            Self::Terminal(why) => format!("the terminal failed: {why}."),
            Self::Config(error) => format!("{error}."),
            Self::NoConfig { path } => {
                format!("{}: there is no such configuration file.", path.display())
            }
            Self::UnknownTheme { given, nearest } => format!(
                "there is no theme '{given}': the themes are auto, {}.{}",
                Theme::NAMES.join(", "),
                meant(nearest)
            ),
            Self::Output { path: Some(path), why } => {
                format!("cannot write {}: {why}.", path.display())
            }
            Self::Output { path: None, why } => format!("cannot write the output: {why}."),
            Self::Interrupted(_) => "interrupted.".to_owned(),
        }
    }

    fn korean(&self) -> String {
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
                    Refusal::NotAWord { given } => format!("'{given}': 한 단어여야 합니다"),
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

/// Words of the screenless commands that are no errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Seed,
    Step,
    Exact,
    Parameters,
    Readouts,
    Presets,
    Claims,
    Restarts,
    Holds,
    Fails,
    Right,
    Loose,
    Wrong,
    Measured,
    Expected,
    Measuring,
    Terminal,
    Yes,
    No,
    Size,
    NoSize,
    Colours,
    Unicode,
    Locale,
    Mouse,
    MouseNote,
    Braille,
    Blocks,
    Boxes,
    Hangul,
    LookHere,
    Files,
    Configuration,
    Progress,
    Writable,
    NotWritable,
    /// A parameter that makes no difference.
    NoEffect,
    Processor,
    Cores,
    Unknown,
    MoreColours,
    OneCore,
    FlopSingle,
    FlopDouble,
    ExpSingle,
    SiluSingle,
    SiluDouble,
    RandomWords,
    Workload,
    Threads,
    Speed,
    Spread,
    OfTheLimit,
    BenchNote,
}

impl Word {
    pub(super) fn of(self, lang: Lang) -> &'static str {
        let (en, ko) = match self {
            Self::Seed => ("seed", "시드"),
            Self::Step => ("step", "단계"),
            Self::Exact => ("exact", "정확한 값"),
            Self::Parameters => ("parameters", "매개변수"),
            Self::Readouts => ("readouts", "측정값"),
            Self::Presets => ("presets", "프리셋"),
            Self::Claims => ("claims", "주장"),
            Self::Restarts => ("restarts", "다시 시작"),
            Self::Holds => ("holds", "성립"),
            Self::Fails => ("does not hold", "성립하지 않음"),
            Self::Right => ("right", "맞음"),
            Self::Loose => ("loose", "엄밀하지 않음"),
            Self::Wrong => ("wrong", "틀림"),
            Self::Measured => ("measured", "측정"),
            Self::Expected => ("expected", "기대"),
            Self::Measuring => ("measuring claim", "주장 검증 중"),
            Self::Terminal => ("Terminal", "터미널"),
            Self::Yes => ("yes", "예"),
            Self::No => ("no", "아니요"),
            Self::Size => ("size", "크기"),
            Self::NoSize => {
                ("unknown: standard output is no terminal", "알 수 없음: 표준 출력이 터미널이 아님")
            }
            Self::Colours => ("colours", "색"),
            Self::Unicode => ("UTF-8", "UTF-8"),
            Self::Locale => ("language", "언어"),
            Self::Mouse => ("mouse", "마우스"),
            Self::MouseNote => (
                "m switches it in the lab; without it every key still works",
                "실험실에서 m으로 켜고 끕니다. 꺼도 모든 기능을 키로 쓸 수 있습니다",
            ),
            Self::Braille => ("braille", "점자"),
            Self::Blocks => ("half blocks", "반 블록"),
            Self::Boxes => ("lines", "선"),
            Self::Hangul => ("Hangul", "한글"),
            Self::LookHere => (
                "Where these show boxes or question marks, start with --ascii:",
                "아래에서 네모나 물음표가 보이면 --ascii로 시작하세요:",
            ),
            Self::Files => ("Files", "파일"),
            Self::Configuration => ("configuration", "설정"),
            Self::Progress => ("progress, logs", "진도와 기록"),
            Self::Writable => ("can be written", "쓸 수 있음"),
            Self::NoEffect => ("no effect under these settings", "지금 설정에서는 영향이 없습니다"),
            Self::NotWritable => ("cannot be written", "쓸 수 없음"),
            Self::Processor => ("Processor", "프로세서"),
            Self::Cores => ("cores", "코어"),
            Self::Unknown => ("unknown", "알 수 없음"),
            Self::OneCore => {
                ("What one core of this machine can do", "이 컴퓨터의 코어 하나가 낼 수 있는 속도")
            }
            Self::FlopSingle => ("operations, f32", "연산, f32"),
            Self::FlopDouble => ("operations, f64", "연산, f64"),
            Self::ExpSingle => ("exp, f32", "exp, f32"),
            Self::SiluSingle => ("SiLU with derivative, f32", "SiLU와 도함수, f32"),
            Self::SiluDouble => ("SiLU with derivative, f64", "SiLU와 도함수, f64"),
            Self::RandomWords => ("random words", "난수 (32비트)"),
            Self::Workload => ("work", "작업"),
            Self::Threads => ("threads", "스레드"),
            Self::Speed => ("speed", "속도"),
            Self::Spread => ("spread", "산포"),
            Self::OfTheLimit => ("share of the limit", "한계 대비"),
            Self::BenchNote => (
                "Speed is the median of 15 samples, spread the distance of their quartiles. At the \
                 limit\nthe work would take no longer than its operations and functions at the \
                 rates above.",
                "속도는 표본 15개의 중앙값이고 산포는 사분위수 범위입니다. 한계는 작업에 \
                 드는\n연산과 함숫값을 모두 위의 속도로 계산할 때의 속도입니다.",
            ),
            Self::MoreColours => (
                "for 24-bit colours, set COLORTERM=truecolor where the terminal has them",
                "터미널이 24비트 색을 지원하면 COLORTERM=truecolor를 설정하세요",
            ),
        };
        match lang {
            Lang::En => en,
            Lang::Ko => ko,
        }
    }
}

/// The text with its control characters as escapes: nothing a file or an argument holds reaches
/// the terminal raw.
pub(super) fn clean(text: &str) -> String {
    if !text.chars().any(char::is_control) {
        return text.to_owned();
    }
    text.chars().fold(String::new(), |mut all, c| {
        if c.is_control() {
            all.extend(c.escape_default());
        } else {
            all.push(c);
        }
        all
    })
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(Lang::En))
    }
}

impl std::error::Error for CliError {}

#[cfg(test)]
mod tests {
    use super::{CliError, clean};
    use crate::text::Lang;

    #[test]
    fn control_characters_never_reach_the_terminal() {
        assert_eq!(clean("a\u{1b}[2Jb\n"), "a\\u{1b}[2Jb\\n");
        for lang in Lang::ALL {
            let error = CliError::NotASetting { given: "\u{1b}]0;x\u{7}".to_owned() };
            assert!(!error.sentence(lang).contains(['\u{1b}', '\u{7}']));
        }
    }
}
