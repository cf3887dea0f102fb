//! What there is to see: the race, the errors of the gradients, the minimisers' scatter, and a
//! table of all methods.

use super::contest::Contest;
use super::method::{ALL, LISTED, Method, Road};
use super::probe::{Answer, LOWEST, RUNGS};
use super::race::Against;
use crate::lab::Label;
use crate::lab::view::{
    Axis, BarSeries, Bars, Cell, Figure, Lines, Plot, Readout, Role, Series, Table, View,
};
use crate::lesson::shared::alignment::Estimate;

/// Seconds of a gradient that the axis of time shows at least.
const QUICKEST: f64 = 1e-5;
/// A minimiser that lies this many of its standard errors off the truth learns something else.
const ELSEWHERE: f64 = 2.0;

pub(super) fn view(contest: &Contest) -> View {
    let answers: Vec<Option<Answer>> = ALL.iter().map(|m| contest.probe.answer(*m)).collect();
    let course = match against(contest) {
        Against::Evaluations => ("race", race(contest)),
        Against::Seconds => ("race-time", race(contest)),
    };
    let figures = [
        course,
        ("gradient", gradient(contest, &answers)),
        ("minimisers", minimisers(contest)),
        ("methods", methods(contest, &answers)),
    ];
    View {
        figures: figures.into_iter().map(|(id, plot)| Figure { id, plot }).collect(),
        readouts: readouts(contest, &answers),
        notes: notes(contest),
        progress: None,
    }
}

fn shown(id: Label, e: Estimate) -> Readout {
    let error = e.error.is_finite().then_some(e.error);
    Readout { id, value: e.value, error, exact: None }
}

const NOTHING: Estimate = Estimate { value: f64::NAN, error: f64::NAN };

fn readouts(contest: &Contest, answers: &[Option<Answer>]) -> Vec<Readout> {
    let chosen = contest.chosen();
    let part = contest.part();
    let answer = |m: Method| answers[m.index()].as_ref();
    let mut all = Vec::new();
    for (id, method) in ["cosine_chain", "cosine_nce", "cosine_sm"].into_iter().zip(chosen) {
        let cosine = answer(method).map_or(NOTHING, |a| a.cosine);
        all.push(shown(id, cosine).against(contest.probe.exact_cosine(method)));
    }
    for (id, method) in ["bias_chain", "bias_nce", "bias_sm"].into_iter().zip(chosen) {
        all.push(shown(id, answer(method).map_or(NOTHING, |a| a.bias)).against(0.0));
    }
    let runners = [Method::Exact, chosen[0], chosen[1], chosen[2]];
    let ids = ["error_exact", "error_chain", "error_nce", "error_sm"];
    for (id, method) in ids.into_iter().zip(runners) {
        all.push(shown(id, contest.race.error(&contest.setup, method, part)));
    }
    all.push(Readout::plain("floor", floor(contest)));
    let fitted = [Method::Exact, chosen[1], chosen[2]];
    for (id, method) in ["nvar_mle", "nvar_nce", "nvar_sm"].into_iter().zip(fitted) {
        let readout = shown(id, contest.fits.variance(method, part));
        let asymptotic = contest.fits.asymptotic(method, part);
        all.push(asymptotic.into_iter().fold(readout, Readout::against));
    }
    let ids = ["time_exact", "time_chain", "time_nce", "time_sm"];
    all.extend(ids.into_iter().zip(runners).map(|(id, m)| shown(id, contest.race.time(m))));
    all.push(Readout::plain("fits", contest.fits.count() as f64));
    all.push(Readout::plain("evaluations", contest.race.evaluations() as f64));
    all
}

/// The bound of Cramer and Rao for an unbiased estimate from a data set of the race.
fn floor(contest: &Contest) -> f64 {
    let variance = contest.fits.asymptotic(Method::Exact, contest.part());
    variance.map_or(f64::NAN, |v| (v / contest.setup.points as f64).sqrt())
}

fn notes(contest: &Contest) -> Vec<Label> {
    let mut notes = Vec::new();
    let chosen = contest.chosen();
    if chosen.iter().any(|m| contest.probe.lost(*m) || contest.race.lost(*m)) {
        notes.push("chains-lost");
    }
    let part = contest.part();
    let elsewhere = chosen.iter().any(|m| {
        contest.fits.limit(*m).is_some_and(|limit| {
            let off = [0, 1].map(|k| (limit.at[k] - contest.setup.truth[k]).powi(2));
            let scatter = [0, 1].map(|k| limit.covariance[k][k] / contest.setup.points as f64);
            part.of(off) > ELSEWHERE * ELSEWHERE * part.of(scatter)
        })
    });
    if elsewhere {
        notes.push("elsewhere");
    }
    if contest.fits.size() < contest.setup.points {
        notes.push("smaller-sets");
    }
    notes
}

/// The decade that a value lies in, from below.
fn decade(value: f64) -> f64 {
    10f64.powf(value.log10().floor())
}

/// The powers of ten around, at a third of a decade.
fn rung_below(value: f64) -> f64 {
    let low = decade(value);
    [5.0, 2.0, 1.0].into_iter().map(|m| m * low).find(|v| *v <= value).unwrap_or(low)
}

fn against(contest: &Contest) -> Against {
    match contest.settings.choice("against") {
        "seconds" => Against::Seconds,
        _ => Against::Evaluations,
    }
}

fn race(contest: &Contest) -> Plot {
    let part = contest.part();
    let setup = &contest.setup;
    let floor = floor(contest);
    let against = against(contest);
    let off = [0, 1].map(|k| (setup.start[k] - setup.truth[k]).powi(2));
    let start = part.of(off).sqrt();
    let y = Axis::of("error")
        .logarithmic()
        .within(rung_below(0.6 * floor.min(start)), 10.0 * rung_below(0.15 * start.max(floor)));
    let mut series: Vec<Series> = contest
        .chosen()
        .into_iter()
        .chain([Method::Exact])
        .map(|method| {
            let (x, y) = contest.race.course(method, part, against);
            Series::line(method.short(), method.road().role(), x, y)
        })
        .collect();
    let (label, first, last) = match against {
        Against::Evaluations => {
            let first = setup.budget as f64;
            let spent = contest.race.evaluations() as f64;
            ("evaluations", first, 10.0 * decade(spent.max(100.0 * first)))
        }
        Against::Seconds => {
            let ends = |end: fn(&Series) -> Option<&f64>| series.iter().filter_map(end);
            let first = ends(|s| s.x.first()).copied().fold(QUICKEST, f64::min);
            let last = ends(|s| s.x.last()).copied().fold(1e3 * QUICKEST, f64::max);
            ("seconds", decade(first), 10.0 * decade(last))
        }
    };
    series.push(Series::line("cramer-rao", Role::Exact, vec![first, last], vec![floor; 2]));
    Plot::Lines(Lines { x: Axis::of(label).logarithmic().within(first, last), y, series })
}

fn gradient(contest: &Contest, answers: &[Option<Answer>]) -> Plot {
    let mut top: f64 = 1.0;
    let mut series = Vec::new();
    for method in contest.chosen() {
        let found = answers[method.index()].as_ref().map_or(&[][..], |a| &a.errors);
        let finite = found.iter().filter(|(_, e)| e.value > 0.0 && e.error.is_finite());
        let (mut x, mut y, mut spread) = (Vec::new(), Vec::new(), Vec::new());
        for (cost, error) in finite {
            x.push(*cost);
            y.push(error.value);
            spread.push(error.error);
            top = top.max(error.value);
        }
        series.push(Series::band(method.short(), method.road().role(), x, y, spread));
    }
    let highest = (LOWEST << (2 * (RUNGS - 1))) as f64;
    let x = Axis::of("budget").logarithmic().within(LOWEST as f64, 1.5 * highest);
    let y = Axis::of("squared-error").logarithmic().within(1e-4, 10.0 * decade(top));
    Plot::Lines(Lines { x, y, series })
}

fn minimisers(contest: &Contest) -> Plot {
    let part = contest.part();
    let chosen = contest.chosen();
    let fitted = [Method::Exact, chosen[1], chosen[2]];
    let measured = fitted.map(|m| contest.fits.variance(m, part));
    let exact = fitted.map(|m| contest.fits.asymptotic(m, part).unwrap_or(f64::NAN));
    let most = exact.iter().copied().filter(|v| v.is_finite()).fold(1e-9, f64::max);
    let series = vec![
        BarSeries {
            label: "measured",
            role: Role::Estimate,
            values: measured.iter().map(|e| e.value).collect(),
            errors: measured.iter().map(|e| e.error).collect(),
        },
        BarSeries {
            label: "asymptotic",
            role: Role::Exact,
            values: exact.to_vec(),
            errors: Vec::new(),
        },
    ];
    let name = |m: Method| if m == Method::Exact { "likelihood" } else { m.id() };
    Plot::Bars(Bars {
        // The title says what it is: the row is needed for a bar.
        value: Axis::of("").within(0.0, 1.5 * most),
        categories: fitted.map(name).to_vec(),
        series,
    })
}

fn methods(contest: &Contest, answers: &[Option<Answer>]) -> Plot {
    let part = contest.part();
    let setup = &contest.setup;
    let number = |value: f64| Cell::Number { value, error: None };
    let estimate = |e: Estimate| Cell::Number {
        value: e.value,
        error: e.error.is_finite().then_some(e.error),
    };
    let rows = LISTED.iter().map(|method| {
        let mut row = vec![Cell::Label(method.id()), number(method.price(setup) as f64)];
        if contest.race.lost(*method) || contest.probe.lost(*method) {
            row.push(Cell::Label("lost"));
            row.extend([f64::NAN; 3].map(number));
            return row;
        }
        let answer = answers[method.index()].as_ref();
        let (cosine, bias, scatter) = match (method.road(), answer) {
            (Road::Exact, _) => (number(1.0), number(0.0), number(0.0)),
            // A table has no room for digits that mean nothing.
            (_, Some(a)) => {
                let bias = Estimate { value: (1e3 * a.bias.value).round() / 1e3, ..a.bias };
                (estimate(a.cosine), estimate(bias), number((1e3 * a.scatter).round() / 1e3))
            }
            (_, None) => (number(f64::NAN), number(f64::NAN), number(f64::NAN)),
        };
        let error = contest.race.error(setup, *method, part);
        row.extend([cosine, bias, scatter, estimate(error)]);
        row
    });
    Plot::Table(Table {
        columns: vec!["method", "price", "cosine", "bias", "scatter", "error"],
        rows: rows.collect(),
        leads: Vec::new(),
    })
}
