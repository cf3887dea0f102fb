//! Every method asked again and again for its gradient where all begin: is it right in the mean,
//! and how does its error fall with what is spent on it?
//!
//! A method's smallest answer uses as many fresh data as the first budget on the ladder that it can
//! live on pays for. Four answers make one of the next budget, so that every evaluation counts on
//! all rungs above. Errors are those of batch means, which allows for chains that go on from one
//! answer to the next.

use super::gradient::{Scratch, mean_features, term, walk};
use super::method::{ALL, Method, Road};
use super::population::{gradient, likelihood};
use super::setup::{FAMILY, Setup};
use crate::lesson::shared::alignment::Estimate;
use crate::math::rng::Rng;
use crate::math::statistics::{BatchMeans, mean_and_error};
use crate::model::exponential::{Features, dot};

/// Rungs of the ladder of budgets.
pub(super) const RUNGS: usize = 6;
/// Evaluations on the lowest rung.
pub(super) const LOWEST: usize = 32;
/// From one rung to the next.
const FACTOR: usize = 4;
/// Evaluations a step and method.
const STEP: usize = 4_096;
/// An angle less certain than this, in radians, is none.
const VAGUE: f64 = 0.7;

/// Answers of one size: the gradient and the square of its distance to the reference.
#[derive(Clone, Debug, Default)]
struct Rung {
    open: Features,
    taken: usize,
    seen: BatchMeans<3>,
}

/// What a method has answered.
#[derive(Clone, Debug)]
struct Tally {
    method: Method,
    /// Data an answer of the smallest size, and the rung it is on.
    points: usize,
    first: usize,
    price: usize,
    /// What its answers should be in the mean.
    reference: Features,
    rungs: Vec<Rung>,
    /// Places of persistent chains.
    pool: Vec<f64>,
    credit: usize,
    lost: bool,
}

/// The questioning.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    tallies: Vec<Tally>,
    /// The likelihood's gradient.
    exact: Features,
    c: f64,
    scratch: Scratch,
    places: Vec<f64>,
}

/// What a method's answers say.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// The angle to the likelihood's gradient.
    pub(super) cosine: Estimate,
    /// How much of its reference is missing (negative) or too much, along it, as a share.
    pub(super) bias: Estimate,
    /// Deviation of an answer of 1,000 evaluations, as a share of the reference.
    pub(super) scatter: f64,
    /// By evaluations: mean squared error as a share of the reference's square.
    pub(super) errors: Vec<(f64, Estimate)>,
}

const NOTHING: Estimate = Estimate { value: f64::NAN, error: f64::NAN };

impl Probe {
    pub(super) fn new(setup: &Setup, rng: &mut Rng) -> Self {
        let c = -setup.log_z[1];
        let model = FAMILY.draws(setup.start);
        let tally = |method: Method| {
            let price = method.price(setup);
            let budget = |rung: usize| LOWEST * FACTOR.pow(rung as u32);
            let first = (0..RUNGS).find(|r| budget(*r) >= price).unwrap_or(RUNGS - 1);
            let points = (budget(first) / price).max(1);
            // Chains that have settled on this model: the best that persistence can give.
            let pool = if method == Method::Pcd { model.sample(points, rng) } else { Vec::new() };
            Tally {
                method,
                points,
                first,
                price,
                reference: gradient(setup, method, setup.start, c),
                rungs: vec![Rung::default(); RUNGS],
                pool,
                credit: 0,
                lost: false,
            }
        };
        Self {
            tallies: ALL.into_iter().filter(|m| m.road() != Road::Exact).map(tally).collect(),
            exact: likelihood(setup, setup.start),
            c,
            scratch: Scratch::default(),
            places: Vec::new(),
        }
    }

    /// Some more answers of every method.
    pub(super) fn step(&mut self, setup: &Setup, rng: &mut Rng) {
        for tally in self.tallies.iter_mut().filter(|t| !t.lost) {
            tally.credit += STEP;
            let price = tally.points * tally.price;
            while tally.credit >= price && !tally.lost {
                tally.credit -= price;
                match tally.ask(setup, self.c, (&mut self.places, &mut self.scratch), rng) {
                    Some(answer) => tally.take(answer),
                    None => tally.lost = true,
                }
            }
        }
    }

    /// The cosine of a method's own gradient in the mean to the likelihood's, exact.
    pub(super) fn exact_cosine(&self, method: Method) -> f64 {
        let Some(tally) = self.tally(method) else { return 1.0 };
        let own = tally.reference;
        dot(own, self.exact) / (dot(own, own) * dot(self.exact, self.exact)).sqrt()
    }

    fn tally(&self, method: Method) -> Option<&Tally> {
        self.tallies.iter().find(|t| t.method == method)
    }

    /// Whether a method's chains have run away.
    pub(super) fn lost(&self, method: Method) -> bool {
        self.tally(method).is_some_and(|t| t.lost)
    }

    /// What a method has answered so far; `None` before its first answers and for those who are
    /// lost.
    pub(super) fn answer(&self, method: Method) -> Option<Answer> {
        let tally = self.tally(method).filter(|t| !t.lost)?;
        let batches = tally.rungs[tally.first].seen.blocks();
        if batches.is_empty() {
            return None;
        }
        let square = dot(tally.reference, tally.reference);
        let along = batches.iter().map(|b| dot([b[0], b[1]], tally.reference) / square - 1.0);
        let mean = |k: usize| batches.iter().map(|b| b[k]).sum::<f64>() / batches.len() as f64;
        let off = [mean(0) - tally.reference[0], mean(1) - tally.reference[1]];
        let variance = (mean(2) - dot(off, off)).max(0.0);
        let cost = (tally.points * tally.price) as f64;
        Some(Answer {
            cosine: cosine(batches, self.exact),
            bias: estimate(&along.collect::<Vec<_>>()),
            scatter: (variance * cost / 1_000.0 / square).sqrt(),
            errors: tally.errors(square),
        })
    }
}

/// The cosine between the batches' mean and a vector. The angle's error is that of the mean across
/// its own direction; near 0 the cosine bends, and the second order is what is left.
fn cosine(batches: &[[f64; 3]], exact: Features) -> Estimate {
    let mean = [0, 1].map(|k| batches.iter().map(|b| b[k]).sum::<f64>() / batches.len() as f64);
    let square = dot(mean, mean);
    let across: Vec<f64> =
        batches.iter().map(|b| (b[1] * mean[0] - b[0] * mean[1]) / square).collect();
    let angle = estimate(&across).error;
    if angle.is_nan() || angle >= VAGUE {
        return NOTHING;
    }
    let value = dot(mean, exact) / (square * dot(exact, exact)).sqrt();
    let sine = (1.0 - value * value).max(0.0).sqrt();
    Estimate { value, error: (sine * angle).hypot(angle * angle / std::f64::consts::SQRT_2) }
}

/// Mean and error of batches.
fn estimate(batches: &[f64]) -> Estimate {
    let (value, error) = mean_and_error(batches);
    Estimate { value, error }
}

impl Tally {
    /// A gradient by the smallest budget; `None` when chains run away.
    fn ask(
        &mut self,
        setup: &Setup,
        c: f64,
        (places, scratch): (&mut Vec<f64>, &mut Scratch),
        rng: &mut Rng,
    ) -> Option<Features> {
        let theta = setup.start;
        let share = 1.0 / self.points as f64;
        if self.method.road() == Road::Chains {
            places.clear();
            places.extend((0..self.points).map(|_| setup.draws.draw(rng)));
            let data = mean_features(places);
            let chains = if self.method == Method::Pcd { &mut self.pool } else { places };
            walk(setup, self.method, theta, chains, rng, scratch).ok()?;
            let model = mean_features(chains);
            return Some([data[0] - model[0], data[1] - model[1]]);
        }
        let mut total = [0.0; 2];
        for _ in 0..self.points {
            let x = setup.draws.draw(rng);
            let at = [theta[0], theta[1], c];
            let g = term(setup, self.method, at, x, rng, scratch);
            total = [total[0] + share * g[0], total[1] + share * g[1]];
        }
        Some(total)
    }

    /// Takes an answer of the smallest size, and what it completes above.
    fn take(&mut self, mut answer: Features) {
        for rung in &mut self.rungs[self.first..] {
            let off = [answer[0] - self.reference[0], answer[1] - self.reference[1]];
            rung.seen.push([answer[0], answer[1], dot(off, off)]);
            rung.open = [rung.open[0] + answer[0], rung.open[1] + answer[1]];
            rung.taken += 1;
            if rung.taken < FACTOR {
                return;
            }
            answer = rung.open.map(|g| g / FACTOR as f64);
            (rung.open, rung.taken) = ([0.0; 2], 0);
        }
    }

    fn errors(&self, square: f64) -> Vec<(f64, Estimate)> {
        let mut errors = Vec::with_capacity(RUNGS);
        let mut cost = (self.points * self.price) as f64;
        for rung in &self.rungs[self.first..] {
            let shares: Vec<f64> = rung.seen.blocks().iter().map(|b| b[2] / square).collect();
            if shares.len() >= 4 {
                errors.push((cost, estimate(&shares)));
            }
            cost *= FACTOR as f64;
        }
        errors
    }
}
