//! What there is to see: the table, the measurement of one of its rows, and the thirty verdicts.

use super::comparison::Comparison;
use super::ranking::LOOKS;
use super::row::Row;
use super::study::{BATCHES, CHOICES, Study};
use super::verdicts;
use crate::lab::Label;
use crate::lab::view::{
    Axis, BarSeries, Bars, Cell, Figure, Lead, Lines, Plot, Progress, Readout, Role, Series, Table,
    View,
};
use crate::lesson::shared::alignment::Estimate;

/// The colours of the two methods.
const NCE: Role = Role::Estimate;
const INFO: Role = Role::Model;

pub(super) fn view(c: &Comparison) -> View {
    let figures =
        [("post", post(c)), ("detail", detail(c)), ("claims", Plot::Table(verdicts::table()))];
    View {
        figures: figures.into_iter().map(|(id, plot)| Figure { id, plot }).collect(),
        readouts: readouts(c),
        notes: notes(c),
        progress: progress(c),
    }
}

fn progress(c: &Comparison) -> Option<Progress> {
    c.current()?;
    let (done, all) = c.wanted().fold((0, 0), |(done, all), row| {
        let study = c.study(row);
        (done + study.samples.len(), all + study.wanted(&c.setup))
    });
    // Rows differ in how long they take; their units say it better than their number.
    Some(Progress { label: "filling", done: done as f64 / all.max(1) as f64 })
}

fn notes(c: &Comparison) -> Vec<Label> {
    let mut notes = Vec::new();
    if c.studies.iter().any(|s| s.lost > 0) {
        notes.push("fits-lost");
    }
    if c.setup.pairs < BATCHES[BATCHES.len() - 1] {
        notes.push("fewer-pairs");
    }
    if c.setup.methods().iter().any(|m| !c.setup.affords(*m)) {
        notes.push("small-budget");
    }
    notes
}

/// The two numbers of a row.
fn cells(study: &Study) -> [Estimate; 2] {
    let first = |place: usize| Estimate {
        value: study.samples.first().map_or(f64::NAN, |s| s[place]),
        error: f64::NAN,
    };
    let last = 2 * (BATCHES.len() - 1);
    match study.row {
        Row::Noise => [study.mean(1), study.mean(2)],
        Row::Estimated => [study.mean(0), study.mean(2)],
        Row::Parameters => [first(6), first(7)],
        Row::Cost | Row::Memory => [first(0), first(1)],
        Row::Batch => [study.ratio(0, last), study.ratio(1, last + 1)],
        Row::Accuracy => [study.mean(LOOKS - 1), study.mean(2 * LOOKS - 1)],
    }
}

fn error(e: Estimate) -> Option<f64> {
    Some(e.error).filter(|e| e.is_finite())
}

fn unit(c: &Comparison, row: Row) -> Label {
    match row {
        Row::Noise => "unit-noise",
        Row::Estimated => "unit-estimated",
        Row::Parameters => "unit-parameters",
        Row::Cost => "unit-cost",
        Row::Batch => "unit-batch",
        Row::Accuracy => c.setup.plan.currency.unit(),
        Row::Memory => "unit-memory",
    }
}

fn post(c: &Comparison) -> Plot {
    let mut table =
        Table { columns: vec!["question", "nce", "infonce", "measured-as"], ..Table::default() };
    for row in Row::ALL {
        let study = c.study(row);
        let [nce, info] = if study.samples.is_empty() {
            let now = c.current() == Some(row);
            [(); 2].map(|()| Cell::Label(if now { "measuring" } else { "not-run" }))
        } else {
            cells(study).map(|e| Cell::Number { value: e.value, error: error(e) })
        };
        table.rows.push(vec![Cell::Label(row.name()), nce, info, Cell::Label(unit(c, row))]);
        // What is measured, or shown, leads on.
        let chosen = c.asked() == Some(row);
        let home = crate::lesson::find(row.lesson()).map(|lesson| Lead::Lesson(lesson.id));
        table.leads.push(if chosen {
            home.unwrap_or(Lead::Nowhere)
        } else {
            Lead::Choose { param: "row", option: row.id() }
        });
    }
    Plot::Table(table)
}

fn readouts(c: &Comparison) -> Vec<Readout> {
    let source = c.setup.source;
    let truth = source.density();
    let shown =
        |id: Label, e: Estimate| Readout { id, value: e.value, error: error(e), exact: None };
    let of = |row: Row, place: usize| c.study(row).mean(place);
    let mut all = Vec::new();
    for row in Row::ALL {
        let [nce, info] = row.readouts();
        let [of_nce, of_info] = cells(c.study(row));
        let (nce, info) = (shown(nce, of_nce), shown(info, of_info));
        let (nce, info) = match row {
            Row::Noise => (
                nce.against(source.off_density([truth[0] - 1.0, truth[1], c_of_ratio(truth)])),
                info,
            ),
            Row::Estimated => {
                (nce, info.against(source.off_density([truth[0] - 1.0, truth[1], 0.0])))
            }
            Row::Parameters => (nce.against(1.0), info.against(0.0)),
            Row::Cost => (nce.against(c.setup.batch as f64 + 1.0), info.against(2.0)),
            Row::Batch => (nce.against(1.0), info),
            Row::Accuracy => {
                let best = of(Row::Accuracy, 2 * LOOKS).value;
                if best.is_finite() { (nce.against(best), info.against(best)) } else { (nce, info) }
            }
            Row::Memory => (nce, info),
        };
        all.extend([nce, info]);
    }
    all.push(shown("c_nce", of(Row::Estimated, 4)).against(0.0));
    all.push(shown("ratio_infonce", of(Row::Estimated, 3)));
    all.push(shown("split_nce", of(Row::Memory, 2)));
    all.push(shown("split_infonce", of(Row::Memory, 3)));
    let filled = c.studies.iter().filter(|s| s.is_done(&c.setup)).count();
    all.push(Readout::plain("filled", filled as f64));
    all
}

/// c of the log ratio: that of the log density without the noise's log(2 pi).
fn c_of_ratio(truth: [f64; 3]) -> f64 {
    truth[2] + std::f64::consts::TAU.ln()
}

fn bars(
    value: Axis,
    categories: Vec<Label>,
    nce: &[Estimate],
    info: &[Estimate],
    exact: Option<Vec<f64>>,
) -> Plot {
    let series = |label: Label, role: Role, all: &[Estimate]| BarSeries {
        label,
        role,
        values: all.iter().map(|e| e.value).collect(),
        errors: all.iter().map(|e| e.error).collect(),
    };
    let mut series = vec![series("nce", NCE, nce), series("infonce", INFO, info)];
    if let Some(values) = exact {
        series.push(BarSeries { label: "limit", role: Role::Exact, values, errors: Vec::new() });
    }
    Plot::Bars(Bars { value, categories, series })
}

/// The next of 1, 2, 5, 10, ... above a value.
fn above(value: f64) -> f64 {
    let decade = 10f64.powf(value.max(1e-9).log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|m| m * decade).find(|v| *v >= value).unwrap_or(10.0 * decade)
}

fn detail(c: &Comparison) -> Plot {
    let study = c.study(c.shown);
    if study.samples.is_empty() {
        let nothing = Axis::of("").within(0.0, 1.0);
        return Plot::Lines(Lines { x: nothing.clone(), y: nothing, series: Vec::new() });
    }
    let m = |place: usize| study.mean(place);
    let source = c.setup.source;
    let truth = source.density();
    match study.row {
        Row::Noise => {
            let blind = source.off_density([truth[0] - 1.0, truth[1], c_of_ratio(truth)]);
            bars(
                Axis::of("nats").within(0.0, above(1.1 * blind)),
                vec!["with-density", "without-density"],
                &[m(0), m(1)],
                &[m(2), m(2)],
                Some(vec![0.0, blind]),
            )
        }
        Row::Estimated => {
            let unseen = source.off_density([truth[0] - 1.0, truth[1], 0.0]);
            bars(
                Axis::of("nats").within(0.0, above(1.1 * unseen)),
                vec!["off-density", "off-ratio"],
                &[m(0), m(1)],
                &[m(2), m(3)],
                None,
            )
        }
        Row::Parameters => {
            let most = (0..6).map(|k| m(k).value).filter(|v| v.is_finite()).fold(1e-9, f64::max);
            bars(
                Axis::of("curvature").within(0.0, above(1.1 * most)),
                vec!["by-a", "by-w", "by-c"],
                &[m(0), m(1), m(2)],
                &[m(3), m(4), m(5)],
                None,
            )
        }
        Row::Cost => {
            let rows = &study.samples[1..];
            let x: Vec<f64> = CHOICES.iter().take(rows.len()).map(|n| *n as f64).collect();
            let line = |label: Label, role: Role, place: usize| {
                Series::line(label, role, x.clone(), rows.iter().map(|s| s[place]).collect())
            };
            Plot::Lines(Lines {
                x: Axis::of("choices").logarithmic().within(2.0, 256.0),
                y: Axis::of("per-pair").logarithmic().within(1.0, 500.0),
                series: vec![
                    line("scores-both", Role::Exact, 3),
                    line("nce", NCE, 0),
                    line("infonce", INFO, 1),
                ],
            })
        }
        Row::Batch => {
            let sizes: Vec<f64> =
                (0..BATCHES.len()).map(|k| c.setup.batch_size(k) as f64).collect();
            let floor = source.floor();
            let top = above(3.2 * floor);
            let points = |label: Label, role: Role, first: usize| {
                let all: Vec<Estimate> = (0..BATCHES.len()).map(|k| m(2 * k + first)).collect();
                let mut series = Series::points(
                    label,
                    role,
                    sizes.clone(),
                    all.iter().map(|e| e.value).collect(),
                );
                series.spread = all.iter().map(|e| e.error).collect();
                series
            };
            let line = Series::line("floor", Role::Exact, vec![1.5, 400.0], vec![floor; 2]);
            Plot::Lines(Lines {
                x: Axis::of("batch").logarithmic().within(1.5, 400.0),
                y: Axis::of("squared-error").within(0.0, top),
                series: vec![line, points("nce", NCE, 0), points("infonce", INFO, 1)],
            })
        }
        Row::Accuracy => {
            let plan = c.setup.plan;
            let x: Vec<f64> = (0..LOOKS).map(|k| plan.look(k) as f64).collect();
            let band = |label: Label, role: Role, first: usize| {
                let all: Vec<Estimate> = (0..LOOKS).map(|k| m(first + k)).collect();
                let (y, spread) = all.iter().map(|e| (e.value, e.error)).unzip();
                Series::band(label, role, x.clone(), y, spread)
            };
            let ends = (x[0], x[LOOKS - 1].max(2.0 * x[0]));
            let best = m(2 * LOOKS).value;
            let line = Series::line("best", Role::Exact, vec![ends.0, ends.1], vec![best; 2]);
            Plot::Lines(Lines {
                x: Axis::of(plan.currency.axis()).logarithmic().within(ends.0, ends.1),
                y: Axis::of("recall").within(0.0, 1.0),
                series: vec![line, band("nce", NCE, 0), band("infonce", INFO, LOOKS)],
            })
        }
        Row::Memory => memory(c, study),
    }
}

/// Bytes of logits against the batch: the formulas as lines, what was counted as points.
fn memory(c: &Comparison, study: &Study) -> Plot {
    let x: Vec<f64> = (1..=12).map(|k| f64::from(1 << k)).collect();
    let bytes = |n: f64| n * size_of::<f32>() as f64;
    let scores = 1.0 + c.setup.ratio as f64;
    let line = |label: Label, role: Role, of: &dyn Fn(f64) -> f64| {
        Series::line(label, role, x.clone(), x.iter().map(|n| bytes(of(*n))).collect())
    };
    let at = vec![c.setup.batch as f64; 2];
    let counted = (0..2).map(|k| study.samples[0][k]).collect();
    Plot::Lines(Lines {
        x: Axis::of("batch").logarithmic().within(2.0, 4096.0),
        y: Axis::of("bytes").logarithmic().within(1.0, 1e8),
        series: vec![
            line("nce-by-pair", NCE, &|_| scores),
            line("nce-at-once", Role::Noise, &|n| n * scores),
            line("infonce", INFO, &|n| n * n),
            Series::points("counted", Role::Exact, at, counted),
        ],
    })
}
