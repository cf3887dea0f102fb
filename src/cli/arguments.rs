//! What can be asked for. The sentences here are the English help; the Korean ones are in
//! [`super::help`].

use crate::text::Lang;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

/// A terminal lab for energy-based models, NCE and InfoNCE: small models that train live, every
/// parameter under the arrow keys, beside the exact answer.
#[derive(Debug, Parser)]
#[command(name = "contrastlab", version, disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) global: Global,
    /// The lesson to open; without it, where you left off
    #[arg(value_name = "LESSON")]
    pub(super) lesson: Option<String>,
    #[command(flatten)]
    pub(super) start: Start,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// Options of every command.
#[derive(Args, Debug, Default)]
pub(super) struct Global {
    /// The language; by default that of the locale
    #[arg(long, global = true, value_name = "LANG",
        value_parser = PossibleValuesParser::new(["en", "ko"])
            .map(|code| Lang::from_code(&code).unwrap_or_default()))]
    pub(super) lang: Option<Lang>,
    /// The seed of the random numbers: the same seed gives the same run, bit for bit
    #[arg(long, global = true, value_name = "N", allow_hyphen_values = true,
        value_parser = whole)]
    pub(super) seed: Option<u64>,
    /// The look of the lab
    #[arg(long, global = true, value_name = "NAME",
        value_parser = PossibleValuesParser::new(["auto", "dark", "light", "mono", "plain"]))]
    pub(super) theme: Option<String>,
    /// Draw with ASCII characters alone
    #[arg(long, global = true)]
    pub(super) ascii: bool,
    /// Do not use the mouse
    #[arg(long, global = true)]
    pub(super) no_mouse: bool,
    /// Read the configuration from this file
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Write a log of the session to this file
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) log: Option<PathBuf>,
}

/// How an experiment begins.
#[derive(Args, Debug, Default)]
pub(super) struct Start {
    /// Set a parameter; with @STEP, a live one after so many steps (may be repeated)
    #[arg(long, value_name = "NAME=VALUE[@STEP]", allow_hyphen_values = true)]
    pub(super) set: Vec<String>,
    /// Begin with the settings of this preset
    #[arg(long, value_name = "NAME")]
    pub(super) preset: Option<String>,
    /// Use data of your own: a CSV table with a header line, or a text in UTF-8 (.txt)
    #[arg(long, value_name = "FILE")]
    pub(super) data: Option<PathBuf>,
    /// The columns to use, by name, separated by commas
    #[arg(long, value_name = "X[,Y]", value_delimiter = ',')]
    pub(super) columns: Vec<String>,
}

impl Start {
    pub(super) fn is_given(&self) -> bool {
        !self.set.is_empty()
            || self.preset.is_some()
            || self.data.is_some()
            || !self.columns.is_empty()
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the lessons, their parameters and readouts
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Run a lesson without a screen and print its numbers
    Run(RunArguments),
    /// Test the claims of the lessons; exit code 1 when one does not hold
    Check {
        /// Numbers of claims or names of lessons; all by default
        #[arg(value_name = "ID")]
        ids: Vec<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Compute a contrastive loss of your own vectors and its gradients, to check your code against
    Loss(LossArguments),
    /// Measure how fast this machine does the lab's work, and how fast it could
    Bench {
        /// What to measure; all by default
        #[arg(value_name = "NAME")]
        names: Vec<String>,
        /// How many threads, besides one; by default two where there are two cores
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
        threads: Option<u16>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what this terminal can do and where files are kept
    Doctor,
    /// Print a completion script for a shell
    Completions {
        /// The shell
        #[arg(value_name = "SHELL")]
        shell: clap_complete::Shell,
    },
    /// Print the manual page (roff)
    Man,
}

/// What `run` is asked for.
#[derive(Args, Debug)]
pub(super) struct RunArguments {
    /// The lesson
    #[arg(value_name = "LESSON")]
    pub(super) lesson: String,
    #[command(flatten)]
    pub(super) start: Start,
    /// How many steps to take
    #[arg(long, value_name = "N", default_value_t = 1000, allow_hyphen_values = true,
        value_parser = whole)]
    pub(super) steps: u64,
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(super) format: Format,
    /// Write the result to this file, whole or not at all
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

/// What `loss` is asked for.
#[derive(Args, Debug)]
pub(super) struct LossArguments {
    /// The loss
    #[arg(value_enum, value_name = "NAME")]
    pub(super) name: LossName,
    /// The vectors, one a row: all columns of numbers of a CSV table, with or without a header line.
    /// Each is divided by its length
    #[arg(long, value_name = "FILE.csv")]
    pub(super) a: PathBuf,
    /// The vectors that belong to those of --a, row by row (not for uniformity)
    #[arg(long, value_name = "FILE.csv")]
    pub(super) b: Option<PathBuf>,
    /// What cosines are divided by (info-nce and clip 0.07, nt-xent 0.5 by default)
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub(super) temperature: Option<f64>,
    /// What cosines are multiplied with (siglip, 10 by default; clip, in place of --temperature)
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub(super) scale: Option<f64>,
    /// What is added to the logits (siglip, -10 by default)
    #[arg(long, value_name = "B", allow_hyphen_values = true)]
    pub(super) bias: Option<f64>,
    /// As JSON, with every number of the gradients
    #[arg(long)]
    pub(super) json: bool,
}

/// The losses there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LossName {
    /// One-sided InfoNCE (CPC)
    InfoNce,
    /// SimCLR: two views, each to find the other among all
    NtXent,
    /// InfoNCE both ways
    Clip,
    /// Every pair on its own, by a sigmoid
    Siglip,
    /// How far the rows that belong together are from each other
    Alignment,
    /// How evenly the rows of --a cover the sphere
    Uniformity,
}

/// How a result is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For reading
    Table,
    /// One object with everything, figures included
    Json,
    /// One row a readout, and one a cell of each table
    Csv,
    /// Readouts and tables in Markdown
    Markdown,
}

/// A whole number from 0 on; `1e9` and `1_000` are ways to write one.
fn whole(given: &str) -> Result<u64, String> {
    let plain = given.replace('_', "");
    if let Ok(number) = plain.parse() {
        return Ok(number);
    }
    // Up to 2^53 a float holds every whole number.
    let scientific = plain.contains(['e', 'E']).then(|| plain.parse::<f64>().ok()).flatten();
    match scientific {
        Some(n) if n.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&n) => Ok(n as u64),
        _ => Err("a whole number, 0 or more, is needed, such as 1000 or 1e6".to_owned()),
    }
}

/// The language the arguments ask for, found before they are parsed: help and refusals need it.
pub(super) fn language(arguments: &[OsString]) -> Option<Lang> {
    let mut words = arguments.iter().skip(1).map_while(|a| a.to_str()).take_while(|a| *a != "--");
    let mut found = None;
    while let Some(word) = words.next() {
        let code = match word.strip_prefix("--lang") {
            Some("") => words.next(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        found = code.and_then(Lang::from_code).or(found);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{language, whole};
    use crate::text::Lang;

    #[test]
    fn a_count_may_be_written_as_people_write_it() {
        for (given, number) in [("0", 0), ("1e9", 1_000_000_000), ("2.5e3", 2500), ("1_000", 1000)]
        {
            assert_eq!(whole(given), Ok(number), "{given}");
        }
        assert_eq!(whole("18446744073709551615"), Ok(u64::MAX));
        for wrong in ["-1", "1.5", "1e-3", "1e30", "x", "", "inf", "NaN"] {
            assert!(whole(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_language_is_known_before_parsing() {
        let of = |words: &[&str]| {
            let all: Vec<_> =
                std::iter::once(&"contrastlab").chain(words).map(Into::into).collect();
            language(&all)
        };
        assert_eq!(of(&["run", "x", "--lang", "ko"]), Some(Lang::Ko));
        assert_eq!(of(&["--lang=ko", "--help"]), Some(Lang::Ko));
        assert_eq!(of(&["--lang", "fr"]), None);
        assert_eq!(of(&["--", "--lang", "ko"]), None);
        assert_eq!(of(&["--lang"]), None);
    }
}
