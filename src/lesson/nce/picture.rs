//! What a training looks like: figures of a line, the course, readouts, remarks.

use super::average::{Estimate, FASTEST};
use super::plane;
use super::problem::Problem;
use super::training::{CELLS, Learner, Training};
use crate::data::toy::Toy;
use crate::lab::Label;
use crate::lab::view::{Axis, Figure, Lines, Plot, Progress, Readout, Role, Series, View};
use crate::math::logistic::sigmoid;

/// Nodes of a line of a closed form.
const NODES: usize = 241;
/// A share of the data without noise, and a mass at the edge of the box, that are worth a remark.
const REMARKABLE: (f64, f64) = (1e-3, 1e-2);
/// A mass beyond this is none that could be told.
const LARGEST: f64 = 1e6;
/// Nats beyond the latest values that the course shows of its start.
const ROOM: f64 = 2.0;

/// Everything at the nodes of a line or of the plane, densities in the data's own units.
pub(super) struct Scene {
    /// The first coordinate in own units.
    pub(super) x: Vec<f64>,
    pub(super) log_noise: Vec<f64>,
    pub(super) log_data: Option<Vec<f64>>,
    /// -E + c.
    pub(super) log_model: Vec<f64>,
    /// The learned P(data | x).
    pub(super) learned: Vec<f64>,
}

impl Scene {
    fn new(training: &Training) -> Self {
        let problem = &*training.problem;
        let d = problem.dimensions();
        let (points, log_model, log_data) = match (problem, &training.learner) {
            (Problem::Line(line), Learner::Family(learner)) => {
                let (low, high) = problem.interval();
                let node = |i: usize| low + (high - low) * i as f64 / (NODES - 1) as f64;
                let points: Vec<f64> = (0..NODES).map(node).collect();
                let model = points.iter().map(|x| learner.at[1] - learner.energy(*x)).collect();
                let data = points.iter().map(|x| line.log_density(*x)).collect();
                (points, model, Some(data))
            }
            (Problem::Cloud(cloud), Learner::Network(learner)) => {
                let look = &learner.look;
                let model: Vec<f64> = look.nodes.iter().map(|e| look.c - e).collect();
                (cloud.sample.grid.points().to_vec(), model, cloud.log_density.clone())
            }
            _ => (Vec::new(), Vec::new(), None),
        };
        let log_noise: Vec<f64> =
            points.chunks_exact(d).map(|x| training.noise.log_density(x)).collect();
        let (ratio, mistakes) = (training.ratio(), training.mistakes());
        let terms = log_model.iter().zip(&log_noise);
        let learned = terms.map(|(m, n)| sigmoid(m + mistakes.offset(ratio, *n))).collect();
        let shift = problem.log_scale();
        let own = |logs: Vec<f64>| logs.into_iter().map(|l| l - shift).collect::<Vec<f64>>();
        Self {
            x: points.iter().step_by(d).map(|x| problem.own(0, *x)).collect(),
            log_noise: own(log_noise),
            log_data: log_data.map(own),
            log_model: own(log_model),
            learned,
        }
    }

    /// The best P(data | x); a gap where neither data nor noise ever fall.
    pub(super) fn best(&self, ratio: f64) -> Option<Vec<f64>> {
        let data = self.log_data.as_ref()?.iter().zip(&self.log_noise);
        Some(data.map(|(d, n)| sigmoid(d - n - ratio.ln())).collect())
    }
}

pub(super) fn view(training: &Training) -> View {
    let scene = Scene::new(training);
    let mut figures = if training.problem.dimensions() == 1 {
        vec![classifier(training, &scene), density(training, &scene), samples(training, &scene)]
    } else {
        plane::figures(training, &scene)
    };
    figures.push(course(training));
    let (readouts, mass) = readouts(training);
    View {
        figures,
        readouts,
        notes: notes(training, mass),
        progress: training.gathered().map(|done| Progress { label: "gathering", done }),
    }
}

/// A value with an error where there is one, beside what is exact where that is known.
fn readout(id: Label, value: f64, error: Option<f64>, exact: Option<f64>) -> Readout {
    Readout { id, value, error: error.filter(|e| e.is_finite()), exact }
}

/// What is said of a closed form: the average, not the moving parameters.
pub(super) fn estimate(training: &Training) -> Option<Estimate> {
    let Learner::Family(learner) = &training.learner else { return None };
    let rate = training.settings.real("learning_rate");
    Some(learner.average.estimate(learner.at, training.batch(), rate))
}

/// All numbers, and the total mass of exp(-E + c).
fn readouts(training: &Training) -> (Vec<Readout>, f64) {
    let (loss, accuracy) = (training.recent.mean(|b| b[0]), training.recent.mean(|b| b[1]));
    let best = training.known.best;
    let mut all = Vec::new();
    let mut mass = f64::NAN;
    let mut last = Vec::new();
    match (&*training.problem, &training.learner) {
        (Problem::Line(line), Learner::Family(learner)) => {
            let Some(found) = estimate(training) else { return (all, mass) };
            let [theta, c] = found.at;
            let error = |k: usize| found.covariance.map(|v| v[k].max(0.0).sqrt());
            all.push(readout("c", c, error(2), Some(-line.log_z)));
            all.push(readout("theta", theta, error(0), Some(line.theta[0])));
            let log_z = line.log_z_at(theta);
            mass = (c + log_z).exp();
            // d log Z / d theta as a difference.
            let h = 1e-3;
            let slope = (line.log_z_at(theta + h) - line.log_z_at(theta - h)) / (2.0 * h);
            let spread = found.covariance.map(|all| mass * learner.average.error_along(slope, all));
            // A theta that may as well be zero leaves exp(-E) without an end: within two and a half
            // errors of it, a bowl's mass is uncertain by a fifth.
            if mass > LARGEST || spread.is_some_and(|s| s.is_nan() || s > 0.2 * mass) {
                mass = f64::NAN;
            }
            let spread = spread.filter(|_| mass.is_finite());
            all.push(readout("mass", mass, spread, Some(1.0)));
            let (n_var, error) = found.n_var.unzip();
            last.push(readout("n_var", n_var.unwrap_or(f64::NAN), error, training.known.n_var));
            last.push(Readout::plain("uncovered", training.known.uncovered));
            last.push(Readout::plain("data_seen", found.data));
        }
        (Problem::Cloud(cloud), Learner::Network(learner)) => {
            let (look, shift) = (&learner.look, cloud.sample.log_scale());
            all.push(readout("c", look.c - shift, None, Some(-look.log_z - shift)));
            mass = (look.c + look.log_z).exp();
            if mass > LARGEST {
                mass = f64::NAN;
            }
            all.push(Readout::plain("mass", mass).against(1.0));
            let (nll, error) = (look.held_out.0 + look.log_z + shift, look.held_out.1);
            let floor = cloud.sample.toy.and_then(Toy::entropy);
            last.push(readout("nll", nll, Some(error), floor));
            last.push(Readout::plain("uncovered", training.known.uncovered));
        }
        _ => {}
    }
    all.push(readout("loss", loss.0, Some(loss.1), best.map(|b| b.loss)));
    all.push(readout("accuracy", accuracy.0, Some(accuracy.1), best.map(|b| b.accuracy)));
    all.extend(last);
    (all, mass)
}

fn notes(training: &Training, mass: f64) -> Vec<Label> {
    let mut notes = Vec::new();
    if training.known.uncovered > REMARKABLE.0 {
        notes.push("noise-uncovered");
    }
    if !mass.is_finite() {
        notes.push("no-density");
    }
    match (&*training.problem, &training.learner) {
        (Problem::Cloud(cloud), Learner::Network(learner)) => {
            let look = &learner.look;
            let density: Vec<f64> = look.nodes.iter().map(|e| (-e - look.log_z).exp()).collect();
            let at_edge = cloud.sample.grid.edge_mass(&density);
            if training.updates > 100 && at_edge > REMARKABLE.1 {
                notes.push("mass-at-edge");
            }
            if cloud.sample.thinned {
                notes.push("rows-left-out");
            }
        }
        _ => {
            if training.settings.real("learning_rate") > FASTEST {
                notes.push("rate-too-high");
            }
        }
    }
    notes
}

/// The horizontal axis of a line in own units.
fn line_axis(training: &Training) -> Axis {
    let problem = &*training.problem;
    let (low, high) = problem.interval();
    let label = match problem {
        Problem::Line(_) => "x",
        Problem::Cloud(cloud) => cloud.sample.axes[0],
    };
    Axis::of(label).within(problem.own(0, low), problem.own(0, high))
}

fn classifier(training: &Training, scene: &Scene) -> Figure {
    let mut series = Vec::new();
    if let Some(best) = scene.best(training.ratio()) {
        series.push(Series::line("best", Role::Exact, scene.x.clone(), best));
    }
    series.push(Series::line("learned", Role::Model, scene.x.clone(), scene.learned.clone()));
    let y = Axis::of("probability").within(0.0, 1.0);
    Figure { id: "classifier", plot: Plot::Lines(Lines { x: line_axis(training), y, series }) }
}

pub(super) fn peak(values: &[f64]) -> f64 {
    values.iter().copied().filter(|v| v.is_finite()).fold(0.0, f64::max)
}

pub(super) fn exp(logs: &[f64]) -> Vec<f64> {
    logs.iter().map(|l| l.clamp(-800.0, 600.0).exp()).collect()
}

/// The density that the model should have: the truth, else a kernel estimate.
fn reference(training: &Training, scene: &Scene) -> (Label, Role, Vec<f64>) {
    match (&scene.log_data, &*training.problem) {
        (Some(truth), _) => ("truth", Role::Exact, exp(truth)),
        (None, Problem::Cloud(cloud)) => {
            ("kernel", Role::Estimate, cloud.sample.kernel_density.clone())
        }
        (None, Problem::Line(_)) => ("truth", Role::Exact, Vec::new()),
    }
}

/// A bound for densities that stays where it is for long: half as much again as what should be
/// there, doubled as often as what is there needs it, to sixteen times.
pub(super) fn room(should: f64, is: f64) -> f64 {
    let least = 1.5 * should.max(1e-9);
    let doubled = (is / (0.95 * least)).log2().ceil().clamp(0.0, 4.0);
    least * doubled.exp2()
}

fn density(training: &Training, scene: &Scene) -> Figure {
    let (label, role, should) = reference(training, scene);
    let model = exp(&scene.log_model);
    let y = Axis::of("unnormalised").within(0.0, room(peak(&should), peak(&model)));
    let series = vec![
        Series::line(label, role, scene.x.clone(), should),
        Series::line("model", Role::Model, scene.x.clone(), model),
    ];
    Figure { id: "density", plot: Plot::Lines(Lines { x: line_axis(training), y, series }) }
}

fn samples(training: &Training, scene: &Scene) -> Figure {
    let axis = line_axis(training);
    let (low, high) = axis.range.unwrap_or((0.0, 1.0));
    let width = (high - low) / CELLS as f64;
    let edges: Vec<f64> = (0..=CELLS).map(|i| low + width * i as f64).collect();
    let (_, _, should) = reference(training, scene);
    let noise = exp(&scene.log_noise);
    let top = 1.3 * peak(&should).max(peak(&noise).min(2.0 * peak(&should))).max(1e-9);
    let mut series = Vec::new();
    for (kind, label, role) in [(1, "noise-points", Role::Noise), (0, "data-points", Role::Data)] {
        let total = training.tally.totals[kind];
        let share = if total > 0.0 { 1.0 / (total * width) } else { 0.0 };
        let heights = training.tally.cells[kind].iter().map(|n| (n * share).min(top)).collect();
        series.push(Series::histogram(label, role, edges.clone(), heights));
    }
    series.push(Series::line("noise-density", Role::Noise, scene.x.clone(), noise));
    let y = Axis::of("density-axis").within(0.0, top);
    Figure { id: "samples", plot: Plot::Lines(Lines { x: axis, y, series }) }
}

fn course(training: &Training) -> Figure {
    let shift = training.problem.log_scale();
    let updates = training.history.column_from_start(0);
    let last = updates.last().copied().unwrap_or(1.0).max(10.0);
    let own = |column: usize| -> Vec<f64> {
        training.history.column_from_start(column).iter().map(|v| v - shift).collect()
    };
    let (c, held) = (own(1), own(2));
    let series = vec![
        Series::line("minus-log-z", Role::Exact, updates.clone(), held),
        Series::line("c-now", Role::Model, updates, c),
    ];
    // The start stays in sight unless it was far off; the ends move by half nats.
    let finite = |f: &dyn Fn(&Series) -> Vec<f64>| -> Vec<f64> {
        series.iter().flat_map(f).filter(|v| v.is_finite()).collect()
    };
    let all = finite(&|s| s.y.clone());
    let latest = finite(&|s| s.y.last().copied().into_iter().collect());
    let least = |v: &[f64]| v.iter().copied().fold(0.0, f64::min);
    let most = |v: &[f64]| v.iter().copied().fold(0.0, f64::max);
    let low = least(&all).max(least(&latest) - ROOM);
    let high = most(&all).min(most(&latest) + ROOM);
    let y = Axis::of("nats")
        .within((2.0 * (low - 0.1)).floor() / 2.0, (2.0 * (high + 0.1)).ceil() / 2.0);
    let x = Axis::of("updates").logarithmic().within(1.0, last);
    Figure { id: "course", plot: Plot::Lines(Lines { x, y, series }) }
}
