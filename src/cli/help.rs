//! Help, completions, the manual page and clap's refusals, in both languages. The English words of
//! the help stand in [`super::arguments`]; this file holds the Korean ones.

use super::arguments::Arguments;
use super::{CliError, Desk, nearest};
use crate::text::Lang;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, CommandFactory as _};

/// What clap parses with, its help in a language.
pub(super) fn command(lang: Lang) -> Command {
    let own = |id: &'static str, short: char, action: ArgAction| {
        Arg::new(id).short(short).long(id).action(action)
    };
    let command = Arguments::command()
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(own("help", 'h', ArgAction::Help).global(true).help("Print help"))
        .arg(own("version", 'V', ArgAction::Version).help("Print the version"));
    let (command, everywhere) = match lang {
        Lang::En => (command, "Options of every command"),
        Lang::Ko => (in_korean(command), "모든 명령의 옵션"),
    };
    command.mut_args(|arg| if arg.is_global_set() { arg.help_heading(everywhere) } else { arg })
}

/// The Korean help: (command, argument, words). The argument is empty for the command itself, the
/// command is empty for what every command has.
const KOREAN: &[(&str, &str, &str)] = &[
    (
        "",
        "",
        "에너지 기반 모델, NCE, InfoNCE를 배우는 터미널 실험실입니다. 작은 모델이 눈앞에서 \
         학습하고, 모든 매개변수를 방향키로 바꾸며, 결과를 정확한 답과 나란히 봅니다.",
    ),
    ("", "lesson", "열 수업. 생략하면 지난번에 하던 곳부터 이어 갑니다"),
    ("", "lang", "언어: en 또는 ko. 기본값은 로캘을 따릅니다"),
    ("", "seed", "난수의 시드. 시드가 같으면 실행 결과가 비트 단위로 같습니다"),
    ("", "theme", "테마: auto, dark, light, mono, plain"),
    ("", "ascii", "ASCII 문자만으로 그립니다"),
    ("", "no_mouse", "마우스를 쓰지 않습니다"),
    ("", "config", "설정을 이 파일에서 읽습니다"),
    ("", "log", "이번 사용의 기록을 이 파일에 남깁니다"),
    ("", "set", "매개변수를 정합니다. @STEP을 붙이면 그 단계에서 바꿉니다 (여러 번 쓸 수 있음)"),
    ("", "preset", "이 프리셋의 설정으로 시작합니다"),
    ("", "data", "직접 준비한 데이터를 씁니다: 첫 줄이 열 이름인 CSV 표, 또는 UTF-8 텍스트(.txt)"),
    ("", "columns", "쓸 열의 이름. 쉼표로 나눕니다"),
    ("", "help", "도움말을 보여 줍니다"),
    ("", "version", "버전을 보여 줍니다"),
    ("list", "", "수업과 그 매개변수, 측정값을 나열합니다"),
    ("list", "json", "JSON으로 출력합니다"),
    ("run", "", "화면 없이 수업을 실행하고 수치를 출력합니다"),
    ("run", "lesson", "수업"),
    ("run", "steps", "실행할 단계 수 (기본값 1000)"),
    (
        "run",
        "format",
        "출력 형식: table(읽기용), json(그림까지 모두), csv(측정값과 표의 칸마다 한 줄), markdown",
    ),
    ("run", "out", "결과를 이 파일에 씁니다. 온전히 쓰거나 아예 쓰지 않습니다"),
    ("check", "", "수업의 주장을 검증합니다. 하나라도 성립하지 않으면 종료 코드는 1입니다"),
    ("check", "ids", "주장의 번호나 수업의 이름. 생략하면 전부"),
    ("check", "json", "JSON으로 출력합니다"),
    (
        "loss",
        "",
        "직접 준비한 벡터의 대조 손실과 기울기를 계산합니다. 자신의 코드를 검산할 때 씁니다",
    ),
    ("loss", "name", "손실: info-nce, nt-xent, clip, siglip, alignment, uniformity"),
    (
        "loss",
        "a",
        "벡터를 한 행에 하나씩 적은 CSV 표. 숫자로 된 열을 모두 쓰며 열 이름은 없어도 됩니다. 각 \
         벡터는 자신의 길이로 나눕니다",
    ),
    ("loss", "b", "--a의 벡터와 행마다 짝이 되는 벡터 (uniformity에는 쓰지 않음)"),
    ("loss", "temperature", "코사인을 나누는 온도 (기본값: info-nce와 clip 0.07, nt-xent 0.5)"),
    ("loss", "scale", "코사인에 곱하는 값 (siglip, 기본값 10. clip에서는 --temperature 대신)"),
    ("loss", "bias", "로짓에 더하는 값 (siglip, 기본값 -10)"),
    ("loss", "json", "JSON으로 출력합니다. 기울기의 모든 수를 담습니다"),
    ("bench", "", "이 컴퓨터에서 실험실의 계산이 얼마나 빠른지, 한계에 얼마나 가까운지 잽니다"),
    ("bench", "names", "잴 항목. 생략하면 전부"),
    ("bench", "threads", "스레드 하나로 잰 다음 더 써 볼 스레드 수. 코어가 둘 이상이면 기본값 2"),
    ("bench", "json", "JSON으로 출력합니다"),
    ("doctor", "", "이 터미널이 할 수 있는 것과 파일이 놓이는 곳을 보여 줍니다"),
    ("completions", "", "셸의 자동 완성 스크립트를 출력합니다"),
    ("completions", "shell", "셸: bash, elvish, fish, powershell, zsh"),
    ("man", "", "매뉴얼 페이지를 출력합니다 (roff)"),
];

fn korean(command: &str, argument: &str) -> Option<&'static str> {
    let of = |c: &str| {
        KOREAN.iter().find(|(on, id, _)| *on == c && *id == argument).map(|(_, _, words)| *words)
    };
    of(command).or_else(|| if argument.is_empty() { None } else { of("") })
}

fn in_korean(command: Command) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let mut command = korean_words(command, "");
    for name in names {
        command = command.mut_subcommand(name.clone(), |c| korean_words(c, &name));
    }
    command
}

fn korean_words(command: Command, on: &str) -> Command {
    let command = match korean(on, "") {
        Some(about) => command.about(about).long_about(None),
        None => command,
    };
    command
        .help_template("{about-with-newline}\n사용법: {usage}\n\n{all-args}")
        .subcommand_help_heading("명령")
        .mut_args(|arg| {
            let heading = if arg.is_positional() { "인자" } else { "옵션" };
            let words = korean(on, arg.get_id().as_str());
            let arg = arg.help_heading(heading);
            // Flags have no values to hide.
            let arg = if arg.get_action().takes_values() {
                arg.hide_default_value(true).hide_possible_values(true)
            } else {
                arg
            };
            match words {
                Some(words) => arg.help(words).long_help(None),
                None => arg,
            }
        })
}

/// Prints what clap has to say in place of a run: help and the version on standard output, a
/// refusal on standard error. Returns the exit code.
pub(super) fn answer(refusal: &clap::Error, desk: &mut Desk<'_>) -> u8 {
    if refusal.use_stderr() {
        let said = match korean_refusal(refusal).filter(|_| desk.lang == Lang::Ko) {
            Some(words) => writeln!(desk.talk, "contrastlab: {words}"),
            None => write!(desk.talk, "{}", refusal.render()),
        };
        // A closed standard error leaves nobody to tell.
        let _ = said;
        return 2;
    }
    match write!(desk.out, "{}", refusal.render()).and_then(|()| desk.out.flush()) {
        Ok(()) => 0,
        Err(why) => {
            let trouble = CliError::Output { path: None, why };
            if trouble.is_closed_pipe() { 0 } else { trouble.code() }
        }
    }
}

/// The usual refusals in Korean; the rare ones stay in English.
fn korean_refusal(refusal: &clap::Error) -> Option<String> {
    let of = |kind: ContextKind| match refusal.get(kind)? {
        ContextValue::String(s) => Some(s.clone()),
        ContextValue::Strings(all) => Some(all.join(", ")),
        ContextValue::StyledStr(s) => Some(s.to_string()),
        _ => None,
    };
    let argument = of(ContextKind::InvalidArg).unwrap_or_default();
    let value = of(ContextKind::InvalidValue).unwrap_or_default();
    let meant =
        |kind: ContextKind| of(kind).map(|s| format!(" 혹시 '{s}'인가요?")).unwrap_or_default();
    let options =
        || of(ContextKind::ValidValue).map(|s| format!(" 쓸 수 있는 값: {s}.")).unwrap_or_default();
    Some(match refusal.kind() {
        ErrorKind::UnknownArgument => {
            format!("'{argument}': 모르는 인자입니다.{}", meant(ContextKind::SuggestedArg))
        }
        ErrorKind::InvalidValue if value.is_empty() => {
            format!("'{argument}'에 값이 필요합니다.{}", options())
        }
        ErrorKind::InvalidValue => format!(
            "'{argument}'의 값 '{value}': 쓸 수 없는 값입니다.{}{}",
            options(),
            meant(ContextKind::SuggestedValue)
        ),
        ErrorKind::ValueValidation
            if argument.contains("--seed") || argument.contains("--steps") =>
        {
            format!("'{argument}'의 값 '{value}': 1000, 1e6처럼 0 이상의 정수여야 합니다.")
        }
        ErrorKind::ValueValidation => {
            format!("'{argument}'의 값 '{value}': 올바른 값이 아닙니다.")
        }
        ErrorKind::MissingRequiredArgument => format!("빠진 인자가 있습니다: {argument}."),
        ErrorKind::ArgumentConflict => match of(ContextKind::PriorArg) {
            Some(prior) if prior != argument => {
                format!("'{argument}', '{prior}': 함께 쓸 수 없습니다.")
            }
            _ => format!("'{argument}': 한 번만 쓸 수 있습니다."),
        },
        ErrorKind::TooManyValues => format!("'{argument}'에 준 값이 너무 많습니다: '{value}'."),
        ErrorKind::InvalidUtf8 => "인자가 UTF-8 문자가 아닙니다.".to_owned(),
        _ => return None,
    })
}

/// Prints a completion script.
pub(super) fn completions(
    desk: &mut Desk<'_>,
    shell: clap_complete::Shell,
) -> Result<(), CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(desk.lang), "contrastlab", &mut script);
    desk.out.write_all(&script).map_err(|why| CliError::Output { path: None, why })
}

/// Prints the manual page. Man pages are read by their English section names, so it is in English.
pub(super) fn man(desk: &mut Desk<'_>) -> Result<(), CliError> {
    clap_mangen::Man::new(command(Lang::En))
        .render(desk.out)
        .map_err(|why| CliError::Output { path: None, why })
}

/// The commands, for suggesting one to who mistyped it.
pub(super) fn nearest_command(given: &str) -> Option<String> {
    let command = Arguments::command();
    nearest::nearest(given, command.get_subcommands().map(Command::get_name))
}

#[cfg(test)]
mod tests {
    use super::command;
    use crate::cli::tests::say;
    use crate::text::Lang;

    fn hangul(text: &str) -> bool {
        text.chars().any(|c| ('가'..='힣').contains(&c))
    }

    #[test]
    fn clap_accepts_its_own_definition() {
        for lang in Lang::ALL {
            command(lang).debug_assert();
        }
    }

    #[test]
    fn everything_in_the_help_is_korean_in_korean() {
        let root = command(Lang::Ko);
        for on in std::iter::once(&root).chain(root.get_subcommands()) {
            assert!(on.get_about().is_some_and(|a| hangul(&a.to_string())), "{}", on.get_name());
            for arg in on.get_arguments() {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(hangul(&help), "{} {}: {help}", on.get_name(), arg.get_id());
            }
        }
    }

    #[test]
    fn help_is_data_and_refusals_are_talk() {
        let (code, out, talk) = say(Lang::Ko, &["run", "--help"]);
        assert_eq!((code, talk.as_str()), (0, ""));
        for words in [
            "사용법: contrastlab run",
            "옵션:",
            "모든 명령의 옵션:",
            "인자",
            "실행할 단계 수",
            "시드",
        ] {
            assert!(out.contains(words), "{words} in {out}");
        }
        assert!(!out.contains("Options") && !out.contains("Usage"), "{out}");
        let (code, out, _) = say(Lang::En, &["--help"]);
        assert!(code == 0 && out.contains("Usage: contrastlab"), "{out}");
        for (lang, words) in [(Lang::Ko, "모르는 인자"), (Lang::En, "unexpected argument")] {
            let (code, out, talk) = say(lang, &["run", "walk", "--stepz", "3"]);
            assert_eq!((code, out.as_str()), (2, ""));
            assert!(talk.contains(words) && talk.contains("--steps"), "{talk}");
        }
        for (given, words) in [
            (&["run", "walk", "--format", "xml"][..], "쓸 수 있는 값: table, json, csv, markdown"),
            (&["run", "walk", "--steps", "many"], "0 이상의 정수"),
            (&["run"], "빠진 인자"),
            (&["list", "--json", "--json"], "한 번만"),
        ] {
            let (code, _, talk) = say(Lang::Ko, given);
            assert!(code == 2 && talk.contains(words), "{talk}");
        }
    }

    #[test]
    fn completions_and_the_manual_know_the_commands() {
        for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
            let (code, out, _) = say(Lang::En, &["completions", shell]);
            assert!(code == 0 && out.contains("preset"), "{shell}");
        }
        let (code, out, _) = say(Lang::Ko, &["man"]);
        assert!(code == 0 && out.contains(".TH contrastlab"), "{out}");
    }
}
