//! `doctor`: what this terminal can show, where files are kept, what the processor offers.

use super::Desk;
use super::arguments::Global;
use super::message::{CliError, Word, clean};
use super::report::align;
use crate::state::paths::Paths;
use crate::text::Lang;
use crate::ui::terminal;
use crate::ui::theme::{Depth, Theme};
use std::path::Path;

pub(super) fn doctor(desk: &mut Desk<'_>, global: &Global) -> Result<(), CliError> {
    let text = text(desk.lang, global, |name| std::env::var(name).ok());
    desk.out.write_all(text.as_bytes()).map_err(|why| CliError::Output { path: None, why })
}

fn text(lang: Lang, global: &Global, variable: impl Fn(&str) -> Option<String>) -> String {
    let word = |w: Word| w.of(lang).to_owned();
    let yes = |is: bool| word(if is { Word::Yes } else { Word::No });
    let unknown = || word(Word::Unknown);
    let mut text =
        format!("contrastlab {}\n\n{}\n", env!("CARGO_PKG_VERSION"), word(Word::Terminal));
    let theme = Theme::detect(&variable);
    let depth = theme.depth;
    let size = match terminal::size() {
        Some((columns, rows)) => format!("{columns}x{rows}"),
        None => word(Word::NoSize),
    };
    let colours = match depth {
        Depth::True => "24-bit",
        Depth::Indexed => "256",
        Depth::Ansi => "16",
        Depth::None => "NO_COLOR",
    };
    let row = |name: String, value: String| vec![name, value];
    let mut rows = vec![
        row("TERM".to_owned(), variable("TERM").unwrap_or_else(unknown)),
        row(word(Word::Size), size),
        row(word(Word::Colours), colours.to_owned()),
        row(word(Word::Unicode), yes(!theme.ascii())),
        row(word(Word::Locale), lang.code().to_owned()),
        row(word(Word::Mouse), word(Word::MouseNote)),
    ];
    align(&mut text, &rows, &[false, false]);
    if depth == Depth::Indexed {
        text.push_str(&format!("  {}\n", word(Word::MoreColours)));
    }
    text.push_str(&format!("\n{}\n", word(Word::LookHere)));
    rows = vec![
        row(word(Word::Braille), "⣀⣄⣤⣦⣶⣷⣿⡿⠿⠟⠛⠋⠉".to_owned()),
        row(word(Word::Blocks), "▁▂▃▄▅▆▇█ ▀▄█".to_owned()),
        row(word(Word::Boxes), "┌─┬─┐│├┼┤└┴┘".to_owned()),
        row(word(Word::Hangul), "에너지 E(x) ∝ −log p(x)".to_owned()),
    ];
    align(&mut text, &rows, &[false, false]);
    text.push_str(&format!("\n{}\n", word(Word::Files)));
    let paths = Paths::of(|name| variable(name).map(Into::into));
    let config = global.config.clone().or(paths.config);
    let state = paths.progress.as_deref().and_then(Path::parent);
    let place = |path: Option<&Path>, folder: Option<&Path>| match (path, folder) {
        (Some(path), Some(folder)) => {
            let can = if writable(folder) { Word::Writable } else { Word::NotWritable };
            format!("{} ({})", path.display(), can.of(lang))
        }
        _ => word(Word::Unknown),
    };
    rows = vec![
        row(
            word(Word::Configuration),
            place(config.as_deref(), config.as_deref().and_then(Path::parent).map(or_here)),
        ),
        row(word(Word::Progress), place(state, state)),
    ];
    align(&mut text, &rows, &[false, false]);
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    text.push_str(&format!("\n{}\n", word(Word::Processor)));
    rows = vec![
        row(std::env::consts::ARCH.to_owned(), features().join(" ")),
        row(word(Word::Cores), cores.to_string()),
    ];
    align(&mut text, &rows, &[false, false]);
    text.lines().map(|line| clean(line) + "\n").collect()
}

/// The parent of a bare file name is where we are.
fn or_here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// Whether a folder can be written or, where it does not exist yet, made.
fn writable(folder: &Path) -> bool {
    let there = folder.ancestors().find(|f| f.exists());
    there.is_some_and(|f| f.is_dir() && tempfile::tempfile_in(f).is_ok())
}

/// The vector instructions of this machine that the kernels can choose at run time.
pub(super) fn features() -> Vec<&'static str> {
    #[cfg(target_arch = "x86_64")]
    {
        [
            ("avx2", std::is_x86_feature_detected!("avx2")),
            ("fma", std::is_x86_feature_detected!("fma")),
            ("avx512f", std::is_x86_feature_detected!("avx512f")),
        ]
        .into_iter()
        .filter_map(|(name, is)| is.then_some(name))
        .collect()
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::{text, writable};
    use crate::cli::arguments::Global;
    use crate::text::Lang;

    #[test]
    fn the_report_tells_what_the_environment_says() {
        let of = |lang, pairs: &[(&str, &str)]| {
            let pairs: Vec<(String, String)> =
                pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            text(lang, &Global::default(), move |name| {
                pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone())
            })
        };
        let dumb = of(Lang::En, &[("TERM", "xterm-256color"), ("LANG", "C")]);
        assert!(dumb.contains("256") && dumb.contains("COLORTERM=truecolor"), "{dumb}");
        let line = dumb.lines().find(|l| l.contains("UTF-8")).unwrap();
        assert!(line.ends_with("no"), "{line}");
        let korean = of(Lang::Ko, &[("TERM", "x\u{1b}[2J"), ("COLORTERM", "truecolor")]);
        assert!(korean.contains("24-bit") && korean.contains("점자"), "{korean}");
        assert!(!korean.contains('\u{1b}'), "{korean}");
    }

    #[test]
    fn a_folder_to_be_made_is_writable_where_its_parent_is() {
        let folder = tempfile::tempdir().unwrap();
        assert!(writable(folder.path()));
        assert!(writable(&folder.path().join("a/b")));
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(!writable(&file.join("below")));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left");
    }
}
