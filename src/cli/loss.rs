//! `loss`: a contrastive loss of the learner's own vectors and its gradients, to check one's own code
//! against. In double precision; rows are divided by their lengths, and gradients are by the rows as
//! they stand in the files.

use super::arguments::{LossArguments, LossName};
use super::loss_words::{self, LossError};
use super::message::CliError;
use super::progress::Progress;
use super::report::align;
use super::{Desk, number};
use crate::data::table::{MOST_ROWS, Table};
use crate::math::all_pairs::Pace;
use crate::math::parallel;
use crate::objective::tiles::{Contrast, tiles};
use crate::objective::unit_rows::{UnitRows, dot};
use crate::objective::{alignment_uniformity, clip, info_nce, nt_xent, siglip};
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};
use std::path::Path;
use std::thread;
use std::time::Duration;

/// How often the progress of a long computation is looked at.
const LOOK: Duration = Duration::from_millis(50);

impl LossName {
    fn id(self) -> &'static str {
        match self {
            Self::InfoNce => "info-nce",
            Self::NtXent => "nt-xent",
            Self::Clip => "clip",
            Self::Siglip => "siglip",
            Self::Alignment => "alignment",
            Self::Uniformity => "uniformity",
        }
    }

    /// Whether a batch of one row costs nothing whatever it holds.
    fn needs_negatives(self) -> bool {
        matches!(self, Self::InfoNce | Self::NtXent | Self::Clip)
    }

    /// How many tiles the work on so many rows has.
    fn tiles(self, rows: usize) -> usize {
        match self {
            Self::InfoNce | Self::Clip => 2 * tiles(rows),
            Self::NtXent => 2 * tiles(2 * rows),
            Self::Siglip | Self::Uniformity => tiles(rows),
            Self::Alignment => 0,
        }
    }
}

/// The settings that belong to a loss.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Settings {
    scale: f64,
    bias: f64,
    /// Whether the learner gave, or would have given, a temperature.
    temperature: Option<f64>,
}

impl Settings {
    fn of(asked: &LossArguments) -> Result<Self, LossError> {
        let loss = asked.name.id();
        let refuse = |option: &'static str| Err(LossError::NotOfThisLoss { loss, option });
        let (by_temperature, by_scale, by_bias) = match asked.name {
            LossName::InfoNce | LossName::NtXent => (true, false, false),
            LossName::Clip => (true, true, false),
            LossName::Siglip => (false, true, true),
            LossName::Alignment | LossName::Uniformity => (false, false, false),
        };
        for (given, belongs, option) in [
            (asked.temperature, by_temperature, "--temperature"),
            (asked.scale, by_scale, "--scale"),
        ] {
            match given {
                Some(_) if !belongs => return refuse(option),
                // The inverse of a smaller number is no number.
                Some(given) if !(given >= f64::MIN_POSITIVE && given.is_finite()) => {
                    return Err(LossError::NotPositive { option, given });
                }
                _ => {}
            }
        }
        match asked.bias {
            Some(_) if !by_bias => return refuse("--bias"),
            Some(given) if !given.is_finite() => {
                return Err(LossError::NotFinite { option: "--bias", given });
            }
            _ => {}
        }
        if asked.name == LossName::Uniformity && asked.b.is_some() {
            return refuse("--b");
        }
        let temperature = match (asked.temperature, asked.scale) {
            (Some(_), Some(_)) => return Err(LossError::ScaleAndTemperature),
            (given @ Some(_), None) => given,
            (None, Some(_)) => None,
            (None, None) => match asked.name {
                LossName::InfoNce | LossName::Clip => Some(1.0 / clip::START),
                LossName::NtXent => Some(0.5),
                _ => None,
            },
        };
        let scale = temperature.map_or(asked.scale.unwrap_or(siglip::START.0), |t| 1.0 / t);
        Ok(Self { scale, bias: asked.bias.unwrap_or(siglip::START.1), temperature })
    }

    /// What stands above the table.
    fn shown(self, name: LossName) -> Vec<(&'static str, f64)> {
        match (name, self.temperature) {
            (LossName::Siglip, _) => vec![("scale", self.scale), ("bias", self.bias)],
            (LossName::Alignment | LossName::Uniformity, _) => Vec::new(),
            (_, Some(temperature)) => vec![("temperature", temperature)],
            (_, None) => vec![("scale", self.scale)],
        }
    }

    /// The derivatives by the settings, named as in the JSON.
    fn derivatives(self, name: LossName, found: &Contrast) -> Vec<(&'static str, f64)> {
        let temperature = ("temperature", found.by_temperature(1.0 / self.scale));
        let scale = ("scale", found.scale);
        let log_scale = ("log_scale", self.scale * found.scale);
        match name {
            LossName::InfoNce | LossName::NtXent => vec![temperature],
            LossName::Clip => vec![temperature, scale, log_scale],
            LossName::Siglip => vec![scale, log_scale, ("bias", found.bias)],
            LossName::Alignment | LossName::Uniformity => Vec::new(),
        }
    }
}

/// Computes and prints it.
pub(super) fn loss(desk: &mut Desk<'_>, asked: &LossArguments) -> Result<(), CliError> {
    let name = asked.name;
    let settings = Settings::of(asked).map_err(CliError::Loss)?;
    let b = match (&asked.b, name) {
        (None, LossName::Uniformity) => None,
        (None, _) => return Err(CliError::Loss(LossError::NeedsB { loss: name.id() })),
        (Some(path), _) => Some(path),
    };
    let (a_file, a) = vectors(&asked.a)?;
    let b = b.map(|path| vectors(path)).transpose()?;
    if let Some((b_file, b)) = &b {
        let of = |rows: &UnitRows| [rows.count(), rows.dimension()];
        if of(&a) != of(b) {
            let (a, b) = ((a_file, of(&a)), (b_file.clone(), of(b)));
            return Err(CliError::Loss(LossError::Shapes { a, b }));
        }
    }
    let lang = desk.lang;
    if a.count() == 1 && name.needs_negatives() {
        let words = loss_words::no_negatives(name.id(), lang);
        // What is only said on the side is not worth failing for.
        let _ = writeln!(desk.talk, "contrastlab: {words}");
    }
    let b = b.map(|(_, b)| b);
    let Some(found) = compute(desk, name, settings, &a, b.as_ref()) else {
        return Err(CliError::Loss(LossError::OneRow { file: a_file }));
    };
    let derivatives = settings.derivatives(name, &found);
    let text = if asked.json {
        let object = Object { found: &found, dimension: a.dimension(), derivatives: &derivatives };
        serde_json::to_string(&object).unwrap_or_default() + "\n"
    } else {
        let mut head = vec![name.id().to_owned()];
        head.push(loss_words::shape(a.count(), a.dimension(), lang));
        let shown = settings.shown(name).into_iter();
        head.extend(shown.map(|(name, value)| loss_words::setting(name, value, lang)));
        let mut text = head.join("   ") + "\n\n";
        let row = |words: String, value: f64| vec![words, number::significant(value)];
        let mut rows = vec![row(loss_words::loss(lang).to_owned(), found.loss)];
        for (batch, slopes) in [("a", &found.a), ("b", &found.b)] {
            if !slopes.is_empty() {
                rows.push(row(loss_words::norm(batch, lang), dot(slopes, slopes).sqrt()));
            }
        }
        rows.extend(derivatives.iter().map(|(n, d)| row(loss_words::derivative(n, lang), *d)));
        align(&mut text, &rows, &[false, true]);
        text
    };
    desk.out.write_all(text.as_bytes()).map_err(|why| CliError::Output { path: None, why })
}

/// The rows of a file, each of length one, and what the file is called.
fn vectors(path: &Path) -> Result<(String, UnitRows), CliError> {
    let table = Table::vectors(path).map_err(CliError::Table)?;
    let file = table.name;
    if let Some(rows) = table.thinned_from {
        let error = LossError::TooManyRows { file, rows, most: MOST_ROWS };
        return Err(CliError::Loss(error));
    }
    let dimension = table.columns.len();
    let count = table.columns.first().map_or(0, Vec::len);
    let rows = (0..count).flat_map(|i| table.columns.iter().map(move |c| c[i])).collect();
    match UnitRows::new(rows, dimension) {
        Ok(rows) => Ok((file, rows)),
        Err(at) => Err(CliError::Loss(LossError::NoDirection { file, row: at.row + 1 })),
    }
}

/// The loss; none of a single row where it is about pairs. While it takes long, how far it is stands
/// on standard error.
fn compute(
    desk: &mut Desk<'_>,
    name: LossName,
    settings: Settings,
    a: &UnitRows,
    b: Option<&UnitRows>,
) -> Option<Contrast> {
    let pace = Pace::new(parallel::cores(64));
    let Settings { scale, bias, .. } = settings;
    let work = || {
        let b = b.unwrap_or(a);
        Some(match name {
            LossName::InfoNce => info_nce::of_rows(a, b, 1.0 / scale, &pace),
            LossName::NtXent => nt_xent::of_rows(a, b, 1.0 / scale, &pace),
            LossName::Clip => clip::of_rows(a, b, scale, &pace),
            LossName::Siglip => siglip::of_rows(a, b, (scale, bias), &pace),
            LossName::Alignment => alignment_uniformity::alignment(a, b),
            LossName::Uniformity => return alignment_uniformity::uniformity(a, &pace),
        })
    };
    if !desk.progress {
        return work();
    }
    let mut progress = Progress::new(desk);
    let all = name.tiles(a.count()).max(1);
    let found = thread::scope(|scope| {
        let worker = scope.spawn(work);
        while !worker.is_finished() {
            progress.say(desk.talk, || {
                format!("{} {} %", loss_words::loss(desk.lang), 100 * pace.done() / all)
            });
            thread::sleep(LOOK.min(Duration::from_millis(1 + all as u64)));
        }
        worker.join()
    });
    progress.wipe(desk.talk);
    found.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The JSON: rows are written as they are made, since there may be a million numbers.
struct Object<'a> {
    found: &'a Contrast,
    dimension: usize,
    derivatives: &'a [(&'static str, f64)],
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("loss", &self.found.loss)?;
        map.serialize_entry("gradients", &Gradients(self))?;
        map.end()
    }
}

struct Gradients<'a>(&'a Object<'a>);

impl Serialize for Gradients<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(of) = self;
        let mut map = serializer.serialize_map(None)?;
        for (batch, slopes) in [("a", &of.found.a), ("b", &of.found.b)] {
            if !slopes.is_empty() {
                map.serialize_entry(batch, &Rows(slopes, of.dimension))?;
            }
        }
        for (name, value) in of.derivatives {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

struct Rows<'a>(&'a [f64], usize);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.chunks(self.1))
    }
}

#[cfg(test)]
mod tests;
