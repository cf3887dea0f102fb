//! The command line: everything the lab shows, without a screen, the same numbers bit for bit.
//!
//! Standard output is data, standard error is talk. Exit codes: 0 done, 1 failed, 2 wrong usage,
//! 130 and 143 ended by SIGINT and SIGTERM.

mod arguments;
mod bench;
mod check;
mod config_words;
mod doctor;
mod help;
mod list;
mod loss;
mod loss_words;
mod message;
mod nearest;
mod number;
mod open;
mod output;
mod plan;
mod progress;
mod report;
mod run;
mod signal;
mod table_words;
mod text_words;
mod words;

pub use message::CliError;

use crate::lab::blueprint::Blueprint;
use crate::text::Lang;
use arguments::{Arguments, Command};
use clap::FromArgMatches as _;
use std::ffi::OsString;
use std::io::{IsTerminal as _, Write};
use std::process::ExitCode;

/// Parse the arguments and do what they say.
#[must_use]
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let locale = Lang::of_locale(|name| std::env::var(name).ok());
    let lang = arguments::language(&arguments).unwrap_or(locale);
    let stdout = std::io::stdout();
    let stderr = std::io::stderr();
    let mut desk = Desk {
        lang,
        lessons: crate::lesson::LESSONS,
        progress: stderr.is_terminal(),
        out: &mut stdout.lock(),
        talk: &mut stderr.lock(),
    };
    ExitCode::from(serve(arguments, &mut desk))
}

/// What a command works with: the lessons there are, the language, and where words go.
struct Desk<'a> {
    lang: Lang,
    lessons: &'static [&'static Blueprint],
    /// Whether to show progress on standard error.
    progress: bool,
    /// Standard output: data.
    out: &'a mut dyn Write,
    /// Standard error: talk.
    talk: &'a mut dyn Write,
}

/// Does what the arguments say and returns the exit code.
fn serve(arguments: Vec<OsString>, desk: &mut Desk<'_>) -> u8 {
    let lang = desk.lang;
    let parsed = help::command(lang)
        .try_get_matches_from(arguments)
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let done = match parsed {
        Ok(arguments) => dispatch(arguments, desk),
        Err(refusal) => return help::answer(&refusal, desk),
    };
    let flushed = desk.out.flush().map_err(|why| CliError::Output { path: None, why });
    match done.and(flushed) {
        Ok(()) => 0,
        Err(trouble) if trouble.is_closed_pipe() => 0,
        Err(trouble) => {
            // What could not be said on standard error cannot be said anywhere else.
            let _ = writeln!(desk.talk, "contrastlab: {}", trouble.sentence(desk.lang));
            trouble.code()
        }
    }
}

fn dispatch(arguments: Arguments, desk: &mut Desk<'_>) -> Result<(), CliError> {
    let Arguments { global, lesson, start, command } = arguments;
    let Some(command) = command else {
        return open::from_arguments(desk, global, lesson.as_deref(), &start);
    };
    if lesson.is_some() || start.is_given() {
        return Err(CliError::LessonBeforeCommand);
    }
    match command {
        Command::List { json } => list::list(desk, json),
        Command::Run(asked) => run::run(desk, &global, &asked),
        Command::Check { ids, json } => check::check(desk, &ids, json),
        Command::Loss(asked) => loss::loss(desk, &asked),
        Command::Bench { names, threads, json } => {
            bench::bench(desk, &names, threads.map(usize::from), json)
        }
        Command::Doctor => doctor::doctor(desk, &global),
        Command::Completions { shell } => help::completions(desk, shell),
        Command::Man => help::man(desk),
    }
}

#[cfg(test)]
mod tests {
    use super::{Desk, serve};
    use crate::lab::blueprint::Blueprint;
    use crate::lab::fixture::{COLUMN, ECHO, GALLERY};
    use crate::lab::run::tests::WALK;
    use crate::text::Lang;

    static LESSONS: &[&Blueprint] = &[&WALK, &ECHO, &COLUMN, &GALLERY];

    /// Runs the command line over the lessons for tests: exit code, stdout, stderr.
    pub(super) fn say(lang: Lang, arguments: &[&str]) -> (u8, String, String) {
        let (mut out, mut talk) = (Vec::new(), Vec::new());
        let mut desk =
            Desk { lang, lessons: LESSONS, progress: false, out: &mut out, talk: &mut talk };
        let all = std::iter::once("contrastlab").chain(arguments.iter().copied());
        let code = serve(all.map(Into::into).collect(), &mut desk);
        (code, String::from_utf8(out).unwrap(), String::from_utf8(talk).unwrap())
    }

    #[test]
    fn a_lesson_before_a_command_is_a_usage_error() {
        let (code, out, talk) = say(Lang::En, &["walk", "list"]);
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(talk.starts_with("contrastlab: "), "{talk}");
    }

    #[test]
    fn a_closed_pipe_is_not_an_error() {
        struct Closed;
        impl std::io::Write for Closed {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let mut talk = Vec::new();
        for words in [&["run", "walk", "--steps", "3"][..], &["list"], &["man"], &["--help"]] {
            let mut desk = Desk {
                lang: Lang::En,
                lessons: LESSONS,
                progress: false,
                out: &mut Closed,
                talk: &mut talk,
            };
            let all = std::iter::once(&"contrastlab").chain(words).map(Into::into).collect();
            assert_eq!(serve(all, &mut desk), 0, "{words:?}");
        }
        assert_eq!(talk, b"");
    }
}
