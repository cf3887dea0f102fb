//! Words of the screenless commands that are no errors, in both languages.

use crate::text::Lang;

/// Words of the screenless commands that are no errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Word {
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
    /// The head of a column of values.
    Value,
    /// The head of a column of standard errors.
    Error,
}

impl Word {
    pub(in crate::cli) fn of(self, lang: Lang) -> &'static str {
        let (en, ko) = match self {
            Self::Seed => ("seed", "시드"),
            Self::Value => ("value", "값"),
            Self::Error => ("standard error", "표준오차"),
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
