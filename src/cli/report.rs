//! A run's numbers as JSON, CSV, Markdown or a table to read.

use super::message::{CliError, Word, clean};
use super::number::with_error;
use super::words::Words;
use crate::lab::param::Value;
use crate::lab::run::{Recipe, Run};
use crate::lab::view::{Cell, Figure, Plot, Readout, Table, View};
use crate::text::Lang;
use crate::ui::chart::Labels;
use crate::ui::number::thousands;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr as _;

/// Everything one object holds. Non-finite numbers become null.
#[derive(Serialize)]
struct Report<'a> {
    lesson: &'a str,
    seed: u64,
    step: u64,
    params: Map<String, Json>,
    /// Changes in the middle of the run; with `params` at their first values they make it again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    edits: Vec<Json>,
    readouts: Map<String, Json>,
    figures: &'a [Figure],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    diverged: Option<Json>,
}

/// One object and a line end.
pub(super) fn json(run: &Run, view: &View) -> Vec<u8> {
    let Recipe { seed, edits, .. } = run.recipe();
    let report = Report {
        lesson: run.blueprint().id,
        seed: *seed,
        step: run.step(),
        params: run
            .settings()
            .iter()
            .map(|(spec, value)| {
                let shown = run.own_for(spec.id).map(|own| json!(own.name()));
                (spec.id.to_owned(), shown.unwrap_or_else(|| plain(value)))
            })
            .collect(),
        edits: edits
            .iter()
            .map(|e| json!({"step": e.step, "param": e.param, "value": plain(e.value)}))
            .collect(),
        readouts: view.readouts.iter().map(|r| (r.id.to_owned(), readout(r))).collect(),
        figures: &view.figures,
        notes: &view.notes,
        diverged: run.diverged().map(|(step, d)| json!({"step": step, "why": d.why})),
    };
    // Strings, numbers and lists under string keys cannot fail to serialise into memory.
    let mut bytes = serde_json::to_vec(&report).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

fn readout(r: &Readout) -> Json {
    let mut object = Map::new();
    object.insert("value".to_owned(), json!(r.value));
    for (name, number) in [("error", r.error), ("exact", r.exact)] {
        if let Some(number) = number {
            object.insert(name.to_owned(), json!(number));
        }
    }
    Json::Object(object)
}

/// A parameter's value as JSON.
pub(super) fn plain(value: Value) -> Json {
    match value {
        Value::Real(v) => json!(v),
        Value::Integer(v) => json!(v),
        Value::Choice(v) => json!(v),
        Value::Switch(v) => json!(v),
        Value::Word(v) => json!(v.as_str()),
    }
}

/// One row a readout, and one a cell of each table under the name `figure/row/column`; every digit;
/// what is not finite or not known is empty. A cell of words has them as its value, by their id.
pub(super) fn csv(run: &Run, view: &View) -> Result<Vec<u8>, CliError> {
    let failed = |e: csv::Error| CliError::Output { path: None, why: e.into() };
    let number = |v: Option<f64>| {
        v.filter(|v| v.is_finite()).map(|v| Value::Real(v).to_string()).unwrap_or_default()
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = ["lesson", "seed", "step", "readout", "value", "error", "exact"];
    writer.write_record(head).map_err(failed)?;
    let (seed, step) = (run.recipe().seed.to_string(), run.step().to_string());
    for r in &view.readouts {
        let (value, error, exact) = (number(Some(r.value)), number(r.error), number(r.exact));
        writer
            .write_record([run.blueprint().id, &seed, &step, r.id, &value, &error, &exact])
            .map_err(failed)?;
    }
    for (figure, table) in tables(view) {
        for row in &table.rows {
            let name = row.first().map(|cell| plain_cell(cell, &|id| id)).unwrap_or_default();
            for (column, cell) in table.columns.iter().zip(row).skip(1) {
                let id = format!("{figure}/{name}/{column}");
                let (value, error) = match cell {
                    Cell::Number { value, error } => (number(Some(*value)), number(*error)),
                    // What has been measured is not a run's to know.
                    Cell::Claims(_) => continue,
                    words => (plain_cell(words, &|id| id), String::new()),
                };
                let lesson = run.blueprint().id;
                writer
                    .write_record([lesson, &seed, &step, &id, &value, &error, ""])
                    .map_err(failed)?;
            }
        }
    }
    writer.into_inner().map_err(|e| CliError::Output { path: None, why: e.into_error() })
}

/// The tables of a view, with the ids of their figures.
fn tables(view: &View) -> impl Iterator<Item = (&'static str, &Table)> {
    view.figures.iter().filter_map(|figure| match &figure.plot {
        Plot::Table(table) => Some((figure.id, table)),
        _ => None,
    })
}

/// The words of a cell that is no number.
fn plain_cell<'a>(cell: &'a Cell, label: &dyn Fn(&'a str) -> &'a str) -> String {
    match cell {
        Cell::Label(id) => label(id).to_owned(),
        Cell::Text(text) => text.clone(),
        Cell::Number { value, .. } => Value::Real(*value).to_string(),
        Cell::Claims(_) => String::new(),
    }
}

/// The words of a lesson, and for the claims the command that measures them.
struct Labelled<'a>(&'a Words);

impl Labels for Labelled<'_> {
    fn label<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.label(id)
    }

    fn claims(&self, numbers: &[u8]) -> String {
        match numbers {
            [number] => format!("`contrastlab check {number}`"),
            _ => "`contrastlab check`".to_owned(),
        }
    }
}

/// A heading, the readouts and every table of the view, in Markdown.
pub(super) fn markdown(run: &Run, view: &View, lang: Lang) -> String {
    let words = Words::of(run.blueprint(), lang);
    let (seed, step) = (run.recipe().seed, thousands(run.step()));
    let title = clean(words.title());
    let (of_seed, of_step) = (Word::Seed.of(lang), Word::Step.of(lang));
    let mut text = format!("# {title}\n\n{of_seed} {seed}, {of_step} {step}\n");
    for (figure, table) in tables(view) {
        let made = crate::ui::markdown::table(table, &Labelled(&words));
        let _ = write!(text, "\n## {}\n\n{made}", clean(words.label(figure)));
    }
    let head =
        [Word::Readouts, Word::Value, Word::Error, Word::Exact].map(|w| w.of(lang).to_owned());
    let rows: Vec<Vec<String>> = view
        .readouts
        .iter()
        .map(|r| {
            let (name, unit, _) = words.readout(r.id);
            let (value, error) = with_error(r.value, r.error);
            let exact = r.exact.map(super::number::significant).unwrap_or_default();
            let name = if unit.is_empty() { name.to_owned() } else { format!("{name} ({unit})") };
            vec![clean(&name).replace('|', "\\|"), value, error.unwrap_or_default(), exact]
        })
        .collect();
    let made = crate::ui::markdown::grid(&head, &[false, true, true, true], &rows);
    let _ = write!(text, "\n## {}\n\n{made}", Word::Readouts.of(lang));
    for note in &view.notes {
        let _ = write!(text, "\n{}\n", clean(words.label(note)));
    }
    text
}

/// For reading: the parameters and the readouts, aligned.
pub(super) fn table(run: &Run, view: &View, lang: Lang) -> String {
    let words = Words::of(run.blueprint(), lang);
    let mut text = format!(
        "{}   {} {}   {} {}\n\n",
        words.title(),
        Word::Seed.of(lang),
        run.recipe().seed,
        Word::Step.of(lang),
        thousands(run.step())
    );
    let params = run.settings().iter().filter(|(spec, _)| (spec.applies)(run.settings()));
    let rows: Vec<Vec<String>> = params
        .map(|(spec, value)| {
            let (name, unit, _) = words.param(spec.id);
            let value = match run.own_for(spec.id) {
                Some(own) => own.words(),
                None => join(&value.to_string(), unit),
            };
            vec![spec.symbol.to_owned(), name.to_owned(), value, spec.id.to_owned()]
        })
        .collect();
    align(&mut text, &rows, &[false, false, true, false]);
    text.push('\n');
    let rows: Vec<Vec<String>> = view
        .readouts
        .iter()
        .map(|r| {
            let (name, unit, _) = words.readout(r.id);
            let (value, error) = with_error(r.value, r.error);
            let error = error.map(|e| format!("± {e}")).unwrap_or_default();
            let exact = r
                .exact
                .map(|e| format!("{} {}", Word::Exact.of(lang), super::number::significant(e)))
                .unwrap_or_default();
            vec![name.to_owned(), value, error, unit.to_owned(), exact]
        })
        .collect();
    align(&mut text, &rows, &[false, true, false, false, false]);
    for note in &view.notes {
        let _ = writeln!(text, "\n{}", words.label(note));
    }
    text
}

fn join(value: &str, unit: &str) -> String {
    if unit.is_empty() { value.to_owned() } else { format!("{value} {unit}") }
}

/// Rows in columns, two spaces apart, measured in terminal columns: Hangul is two wide.
pub(super) fn align(text: &mut String, rows: &[Vec<String>], right: &[bool]) {
    let widths: Vec<usize> = (0..right.len())
        .map(|c| rows.iter().map(|r| r.get(c).map_or(0, |cell| cell.width())).max().unwrap_or(0))
        .collect();
    for row in rows {
        let mut line = String::new();
        for ((cell, &width), &right) in row.iter().zip(&widths).zip(right) {
            if width == 0 {
                continue;
            }
            let cell = clean(cell);
            let pad = " ".repeat(width.saturating_sub(cell.width()));
            line.push_str("  ");
            if right {
                line.push_str(&pad);
                line.push_str(&cell);
            } else {
                line.push_str(&cell);
                line.push_str(&pad);
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::{align, readout};
    use crate::lab::view::Readout;
    use serde_json::json;

    #[test]
    fn what_is_not_finite_is_null_and_what_is_not_known_is_left_out() {
        let of = |r: Readout| readout(&r);
        assert_eq!(of(Readout::plain("x", f64::NAN)), json!({"value": null}));
        assert_eq!(
            of(Readout::estimate("x", 1.5, f64::INFINITY).against(2.0)),
            json!({"value": 1.5, "error": null, "exact": 2.0})
        );
    }

    #[test]
    fn columns_line_up_over_wide_characters() {
        let rows: Vec<Vec<String>> =
            [["온도", "1.25"], ["log Z", "10"]].map(|r| r.map(ToOwned::to_owned).to_vec()).to_vec();
        let mut text = String::new();
        align(&mut text, &rows, &[false, true]);
        assert_eq!(text, "  온도   1.25\n  log Z    10\n");
    }
}
