//! What the estimates look like: figures, readouts, remarks.

use super::estimation::{DV, Estimation, INFO_NCE, LADDER, MASS, NCE, NWJ, PLUG_IN};
use super::track::Known;
use crate::lab::Label;
use crate::lab::view::{Axis, Figure, Lines, Plot, Progress, Readout, Role, Series, View};

/// The estimators: quantity, name, role.
const ESTIMATORS: [(usize, Label, Role); 4] = [
    (INFO_NCE, "info-nce", Role::Estimate),
    (NWJ, "nwj", Role::Model),
    (DV, "dv", Role::Noise),
    (NCE, "nce", Role::Data),
];
/// The deviations that the plane of bias and deviation shows.
const DEVIATIONS: (f64, f64) = (1e-3, 1e3);
/// The curves over N are drawn up to this much information.
const MOST_BY_COUNT: f64 = 12.0;
/// The bound by NCE lies down to -2 log 2, at N = 2.
const BELOW: f64 = -1.5;
/// The scores are drawn up to so many times their law's peak.
const HEAD: f64 = 1.25;
/// Batches before a remark on an estimate.
const SOME: u64 = 50;
/// NWJ's deviation is worth a remark beyond so many nats.
const WIDE: f64 = 5.0;

pub(super) fn view(all: &Estimation) -> View {
    let filled = all.filled();
    let progress = (filled < 1.0).then_some(Progress { label: "filling", done: filled });
    View {
        figures: vec![course(all), against_n(all), spread(all), scores(all)],
        readouts: readouts(all),
        notes: notes(all),
        progress,
    }
}

fn estimate(id: Label, (value, error): Known) -> Readout {
    if error.is_finite() { Readout::estimate(id, value, error) } else { Readout::plain(id, value) }
}

/// The deviation of NWJ from one batch, where it is known.
fn nwj_deviation(all: &Estimation) -> Option<f64> {
    let (offset, tilt) = all.offsets();
    let known = !all.critic.learns() && tilt == 0.0;
    known.then(|| all.pairs.nwj_deviation(all.batch(), offset))
}

/// What the mean of e^f over pairs apart is, where it is known.
fn mass(all: &Estimation) -> Option<f64> {
    let (offset, tilt) = all.offsets();
    (!all.critic.learns()).then(|| (offset + 0.5 * tilt * tilt).exp())
}

/// Whether rows are tilted and most of the scatter of the mean of e^f is in pairs too rare to be met, so
/// that what the batches show is no error bar. A tilt multiplies the square of e^f by e^(2 g^2) on
/// average over rows, and more where the ratio itself is large: no less than adding g^2 to all scores.
fn hidden(all: &Estimation) -> bool {
    let (offset, tilt) = all.offsets();
    tilt != 0.0 && all.pairs.mass_deviation(all.batch(), offset + tilt * tilt) > WIDE
}

/// Mean and error of a quantity. Where the true deviation is known it makes the error, since what a
/// few batches show of a heavy tail is too small.
fn mean(all: &Estimation, k: usize) -> Known {
    let (value, error) = all.track.mean(k);
    let known = match k {
        NWJ => nwj_deviation(all),
        MASS => nwj_deviation(all).map(|_| all.pairs.mass_deviation(all.batch(), all.offsets().0)),
        _ => None,
    };
    match known {
        // Of hundreds of digits nobody learns anything; the deviation's readout has them.
        Some(deviation) if deviation < 1e6 => {
            (value, deviation / (all.track.count() as f64).sqrt())
        }
        Some(_) => (value, f64::NAN),
        None if matches!(k, NWJ | MASS) && hidden(all) => (value, f64::NAN),
        None => (value, error),
    }
}

/// What an estimate is on average, where it is known: of NWJ and of the mean score with the true
/// critic, and of the bound by NCE where nothing is added by rows.
fn own_mean(all: &Estimation, k: usize) -> Option<f64> {
    let mass = mass(all)?;
    let mean_score = all.pairs.information() + all.offsets().0;
    match k {
        NWJ => Some(1.0 + mean_score - mass),
        PLUG_IN => Some(mean_score),
        NCE => all.nce_mean,
        _ => None,
    }
}

fn readouts(all: &Estimation) -> Vec<Readout> {
    let information = all.pairs.information();
    let mut found = vec![
        Readout::plain("information", information),
        Readout::plain("ceiling", (all.batch() as f64).ln()),
    ];
    let named = ESTIMATORS.iter().map(|(k, id, _)| (*k, *id)).chain([(PLUG_IN, "plug-in")]);
    // Beside each its own mean and not I, from which most of them are meant to differ.
    found.extend(named.map(|(k, id)| match own_mean(all, k) {
        Some(exact) => estimate(id, mean(all, k)).against(exact),
        None => estimate(id, mean(all, k)),
    }));
    let mass_found = estimate("mass", mean(all, MASS));
    found.push(match mass(all) {
        Some(exact) => mass_found.against(exact),
        None => mass_found,
    });
    for (k, id) in [(INFO_NCE, "sd-info-nce"), (NWJ, "sd-nwj"), (DV, "sd-dv"), (NCE, "sd-nce")] {
        let deviation = estimate(id, all.track.deviation(k));
        found.push(match nwj_deviation(all) {
            Some(exact) if k == NWJ => deviation.against(exact),
            _ => deviation,
        });
    }
    found.push(Readout::plain("batches", all.track.count() as f64));
    found
}

fn notes(all: &Estimation) -> Vec<Label> {
    let information = all.pairs.information();
    let mut notes = Vec::new();
    if all.pairs.correlation == 0.0 {
        notes.push("independent");
    }
    if information > (all.batch() as f64).ln() {
        notes.push("beyond-ceiling");
    }
    if nwj_deviation(all).is_some_and(|deviation| deviation > WIDE) {
        notes.push("nwj-blind");
    }
    let (value, error) = all.track.mean(DV);
    if all.track.count() >= SOME && value > information + 0.02 + 5.0 * error {
        notes.push("dv-above");
    }
    notes
}

/// Where the axis of the estimates ends: it moves with the settings and not with the batches.
fn ends(all: &Estimation) -> (f64, f64) {
    let (offset, tilt) = all.offsets();
    let information = all.pairs.information();
    let nwj = 1.0 + information + offset - (offset + 0.5 * tilt * tilt).exp();
    let low = [-2.0, -5.0, -10.0, -20.0, -50.0].into_iter().find(|low| *low < nwj - 0.3);
    let low = if nwj > BELOW { BELOW } else { low.unwrap_or(-100.0) };
    let high = information.max((all.batch() as f64).ln()).max(1.0);
    (low, 1.3 * high + offset.clamp(0.0, 1.0))
}

/// What lies within the ends; a gap elsewhere.
fn kept(values: Vec<f64>, (low, high): (f64, f64)) -> Vec<f64> {
    values.into_iter().map(|v| if v >= low && v <= high { v } else { f64::NAN }).collect()
}

/// The estimates over the batches, means of a few at a time.
fn course(all: &Estimation) -> Figure {
    let steps = all.history.column(0);
    let last = steps.last().copied().unwrap_or(1.0).max(50.0);
    let ends = ends(all);
    let level = |value: f64| vec![value; 2];
    let across = || vec![0.0, last];
    let ceiling = (all.batch() as f64).ln();
    let mut series = vec![
        Series::line("ceiling", Role::Negative, across(), level(ceiling)),
        Series::line("information", Role::Exact, across(), level(all.pairs.information())),
    ];
    // InfoNCE last: it lies on top.
    for (k, label, role) in ESTIMATORS.into_iter().rev() {
        let values = kept(all.history.column(k + 1), ends);
        series.push(Series::line(label, role, steps.clone(), values));
    }
    let x = Axis::of("batch-axis").within(0.0, last);
    let y = Axis::of("nats").within(ends.0, ends.1);
    Figure { id: "course", plot: Plot::Lines(Lines { x, y, series }) }
}

/// InfoNCE by the number of candidates, with the same critic.
fn against_n(all: &Estimation) -> Figure {
    let information = all.pairs.information();
    let ends = (BELOW, 1.3 * information.clamp(1.0, MOST_BY_COUNT));
    let counts = LADDER.map(|n| n as f64);
    let x = || counts.to_vec();
    let line = |values: Vec<f64>| kept(values, ends);
    let known: Vec<(f64, Known)> = counts
        .into_iter()
        .zip(&all.rungs)
        .map(|(n, rung)| (n, rung.mean(0)))
        .filter(|(_, (value, error))| error.is_finite() && *value >= ends.0 && *value <= ends.1)
        .collect();
    let series = vec![
        Series::line("ceiling", Role::Negative, x(), line(counts.map(f64::ln).to_vec())),
        Series::line("information", Role::Exact, x(), line(vec![information; LADDER.len()])),
        Series::line("nce-exact", Role::Data, x(), line(all.theory.nce_by_count.to_vec())),
        Series {
            spread: known.iter().map(|(_, (_, error))| *error).collect(),
            ..Series::points(
                "info-nce",
                Role::Estimate,
                known.iter().map(|(n, _)| *n).collect(),
                known.iter().map(|(_, (value, _))| *value).collect(),
            )
        },
    ];
    let x = Axis::of("count-axis").logarithmic().within(1.7, 1_200.0);
    let y = Axis::of("nats").within(ends.0, ends.1);
    Figure { id: "against-n", plot: Plot::Lines(Lines { x, y, series }) }
}

/// Each estimator by its deviation and its bias.
fn spread(all: &Estimation) -> Figure {
    let information = all.pairs.information();
    // Biases are mostly negative: InfoNCE's and that of NCE, which lies about a nat lower.
    let most = (information - (all.batch() as f64).ln()).max(0.0) + 1.5;
    let depth = [2.0, 4.0, 8.0, 15.0, 30.0, 60.0].into_iter().find(|depth| *depth > 1.1 * most);
    let depth = depth.unwrap_or(140.0);
    let ends = (-depth, 0.5 * depth);
    let (least, widest) = DEVIATIONS;
    // Neither has a name in the legend, which has no room but for the estimators: the line lies at
    // zero, and the page says whose the cross is.
    let mut series = vec![Series::line("", Role::Exact, vec![least, widest], vec![0.0, 0.0])];
    if let (Some(exact), Some(mean)) = (nwj_deviation(all), own_mean(all, NWJ)) {
        let at = exact.clamp(least, widest);
        // Off the picture where the added constant takes it there.
        let bias = vec![mean - information];
        series.push(Series::points("", Role::Exact, vec![at], kept(bias, ends)));
    }
    for (k, label, role) in ESTIMATORS.into_iter().rev() {
        let (value, error) = all.track.mean(k);
        let (deviation, _) = all.track.deviation(k);
        let bias = value - information;
        if !(deviation.is_finite() && bias >= ends.0 && bias <= ends.1) {
            // A legend that stays keeps the picture still.
            series.push(Series::points(label, role, Vec::new(), Vec::new()));
            continue;
        }
        let at = deviation.clamp(least, widest);
        series.push(Series {
            spread: vec![if error.is_finite() { error } else { 0.0 }],
            ..Series::points(label, role, vec![at], vec![bias])
        });
    }
    let x = Axis::of("deviation-axis").logarithmic().within(least, widest);
    let y = Axis::of("bias-axis").within(ends.0, ends.1);
    Figure { id: "spread", plot: Plot::Lines(Lines { x, y, series }) }
}

/// The scores of pairs together and of pairs apart, and the law of the true log ratio: each kind as
/// a share of its law's peak, for the strangers' scores may lie a hundred times as wide.
fn scores(all: &Estimation) -> Figure {
    let (low, high) = all.scores.ends;
    let middles = all.scores.middles();
    let [together, apart] = all.scores.densities();
    let (law_together, law_apart): (Vec<f64>, Vec<f64>) =
        middles.iter().map(|r| all.theory.law.densities(*r)).unzip();
    let ends = (0.0, HEAD);
    // Where all scores are one number, its bin holds them all.
    let full = together.len() as f64 / (high - low);
    let shares = |values: Vec<f64>, law: &[f64]| -> Vec<f64> {
        let most = law.iter().copied().fold(0.0, f64::max);
        let scale = 1.0 / if most > 0.0 { most } else { full };
        values.into_iter().map(|v| scale * v).collect()
    };
    let lid = |values: Vec<f64>| values.into_iter().map(|v| v.min(HEAD)).collect::<Vec<f64>>();
    let apart = lid(shares(apart, &law_apart));
    let together = lid(shares(together, &law_together));
    let law = [law_apart, law_together].map(|law| kept(shares(law.clone(), &law), ends));
    // Both laws under one name, with a gap between them.
    let places = [&middles[..], &middles[..1], &middles[..]].concat();
    let heights = [&law[0][..], &[f64::NAN], &law[1][..]].concat();
    let edges = all.scores.edges();
    let series = vec![
        Series::histogram("apart", Role::Negative, edges.clone(), apart),
        Series::histogram("together", Role::Positive, edges, together),
        Series::line("law", Role::Exact, places, heights),
    ];
    let x = Axis::of("score-axis").within(low, high);
    let y = Axis::of("peak-axis").within(0.0, HEAD);
    Figure { id: "scores", plot: Plot::Lines(Lines { x, y, series }) }
}
