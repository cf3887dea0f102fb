//! Opening the lab: from the arguments, the configuration and the environment to what the terminal
//! layer needs.

use super::arguments::{Global, Start};
use super::words::Words;
use super::{CliError, Desk, nearest, plan};
use crate::state::config::Config;
use crate::state::log::Log;
use crate::state::paths::Paths;
use crate::state::progress::Progress;
use crate::text::Lang;
use crate::text::shell::quoted;
use crate::ui::theme::Theme;
use crate::ui::{Ending, Opening, SessionError};
use std::io::IsTerminal as _;

/// The options that brought the learner's own data, as a shell would take them again.
fn data_flags(start: &Start) -> String {
    let Some(path) = &start.data else { return String::new() };
    let mut flags = format!("--data {}", quoted(&path.to_string_lossy()));
    if !start.columns.is_empty() {
        flags.push_str(&format!(" --columns {}", quoted(&start.columns.join(","))));
    }
    flags
}

/// Checks the arguments, then opens the lab.
pub(super) fn from_arguments(
    desk: &mut Desk<'_>,
    global: Global,
    lesson: Option<&str>,
    start: &Start,
) -> Result<(), CliError> {
    let lesson = lesson.map(|given| plan::lesson(desk, given)).transpose()?;
    let settings = match lesson {
        Some(lesson) => plan::settings(lesson, start)?,
        None if !start.set.is_empty() => return Err(CliError::NeedsLesson { option: "--set" }),
        None if start.preset.is_some() => {
            return Err(CliError::NeedsLesson { option: "--preset" });
        }
        None => None,
    };
    let source = plan::source(lesson, start)?;
    let mut paths = Paths::from_env();
    if let Some(config) = global.config {
        if !config.exists() {
            return Err(CliError::NoConfig { path: config });
        }
        paths.config = Some(config);
    }
    let config = match paths.config.as_deref().map(Config::load) {
        None => Config::default(),
        Some(Ok(config)) => config,
        Some(Err(fault)) => {
            // Said in the language that the lab would have opened in.
            let chosen = Config::language_of(&fault.file).or_else(|| {
                let kept = Progress::load(&paths).0.language;
                kept.as_deref().and_then(Lang::from_code)
            });
            desk.lang = global.lang.or(chosen).unwrap_or(desk.lang);
            return Err(CliError::Config(fault));
        }
    };
    let look = global.theme.or(config.theme).filter(|name| name != "auto");
    if let Some(name) = look.as_deref().filter(|name| Theme::named(name).is_none()) {
        return Err(CliError::UnknownTheme {
            given: name.to_owned(),
            nearest: nearest::nearest(name, Theme::NAMES),
        });
    }
    let log = match &global.log {
        Some(path) => {
            Log::to(path).map_err(|why| CliError::Output { path: Some(path.clone()), why })?
        }
        None => Log::default(),
    };
    if !(std::io::stdin().is_terminal() && std::io::stdout().is_terminal()) {
        return Err(CliError::NoTerminal);
    }
    let catalogue = desk.lessons;
    let ending = crate::ui::open(Opening {
        catalogue,
        lesson,
        seed: global.seed,
        settings,
        source,
        data_flags: data_flags(start),
        lang: global.lang.or(config.language),
        look,
        ascii: global.ascii || config.ascii == Some(true),
        mouse: if global.no_mouse { Some(false) } else { config.mouse },
        paths: Some(paths),
        log,
    });
    match ending {
        Ok(Ending::Quit) => Ok(()),
        Ok(Ending::Signal(signal)) => Err(CliError::Interrupted(u8::try_from(signal).unwrap_or(0))),
        Err(SessionError::Run(error)) => {
            let words = Words::of(lesson.unwrap_or(catalogue[0]), desk.lang);
            Err(words.trouble(error))
        }
        Err(SessionError::Terminal(why)) => Err(CliError::Terminal(why)),
    }
}
