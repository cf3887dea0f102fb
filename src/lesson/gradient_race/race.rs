//! The race: all methods from the same start, on the same data, with as many evaluations a round.
//!
//! Each takes as many data a gradient as its share pays for, with replacement; one that cannot pay
//! for a single one waits and saves. All go by Adam with the rate `alpha / sqrt(1 + t/100)` after t
//! updates, and what counts is a running mean of their places that forgets the start (polynomial-
//! decay averaging; Shamir and Zhang, Stochastic gradient descent for non-smooth optimization, ICML
//! 2013), so that the noise of the last updates is not mistaken for the method's.
//!
//! There are several data sets at once, and an error is the root of the mean square over them: only
//! so is there anything to hold against the bound of Cramer and Rao.

use super::clock::{Clock, Round};
use super::gradient::{Scratch, mean_features, term, walk};
use super::method::{ALL, METHODS, Method, Road};
use super::setup::{FAMILY, Parameters, Setup};
use crate::lesson::shared::alignment::Estimate;
use crate::lesson::shared::minibatch;
use crate::math::rng::Rng;
use crate::model::adam::Adam;
use crate::model::exponential::Features;
use rand::RngExt as _;
use std::sync::Arc;
use std::time::Instant;

/// Data sets.
pub(super) const LANES: usize = 24;
/// Updates after which the rate has fallen by the root of two.
const SETTLING: f64 = 100.0;
/// How fast the running mean forgets: the weight of an old place falls as the third power of its
/// share of the way.
const FORGETTING: f64 = 3.0;
/// No height lies outside, and no tilt or c beyond the other.
const HEIGHTS: (f64, f64) = (1e-3, 1e3);
const BEYOND: f64 = 50.0;
/// The course keeps an entry whenever the evaluations have grown by this.
const GROWTH: f64 = 1.05;

/// Which part of theta is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Height,
    Tilt,
    Both,
}

impl Part {
    pub(super) fn from_id(id: &str) -> Self {
        match id {
            "height" => Self::Height,
            "both" => Self::Both,
            _ => Self::Tilt,
        }
    }

    /// Of one number a parameter.
    pub(super) fn of(self, values: Features) -> f64 {
        match self {
            Self::Height => values[0],
            Self::Tilt => values[1],
            Self::Both => values[0] + values[1],
        }
    }
}

/// One method on one data set.
#[derive(Clone, Debug)]
struct Runner {
    at: Parameters,
    mean: Parameters,
    adam: Adam,
    updates: u64,
    credit: usize,
    pool: Vec<f64>,
}

/// How far all had come at a time.
#[derive(Clone, Debug)]
struct Entry {
    evaluations: f64,
    /// Seconds a data set, of each method.
    seconds: [f64; METHODS],
    /// The mean squares of height's and tilt's errors, of each method.
    errors: [Features; METHODS],
}

/// What the race is looked at against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Against {
    /// Evaluations of the model.
    Evaluations,
    /// Seconds a data set.
    Seconds,
}

/// The race.
#[derive(Clone, Debug)]
pub(super) struct Race {
    data: Arc<Vec<Vec<f64>>>,
    /// Data set by data set, method by method.
    runners: Vec<Runner>,
    lost: [bool; METHODS],
    evaluations: u64,
    clock: Clock,
    course: Vec<Entry>,
    scratch: Scratch,
    places: Vec<f64>,
}

impl Race {
    pub(super) fn new(setup: &Setup) -> Self {
        let start = [setup.start[0], setup.start[1], 0.0];
        let runner = Runner {
            at: start,
            mean: start,
            adam: Adam::new(3),
            updates: 0,
            credit: 0,
            pool: Vec::new(),
        };
        let mut race = Self {
            data: Arc::new((0..LANES as u64).map(|l| setup.data(l, setup.points)).collect()),
            runners: vec![runner; LANES * METHODS],
            lost: [false; METHODS],
            evaluations: 0,
            clock: Clock::new(),
            course: Vec::new(),
            scratch: Scratch::default(),
            places: Vec::new(),
        };
        race.record(setup);
        race
    }

    /// A round.
    pub(super) fn step(&mut self, setup: &Setup, rng: &mut Rng) {
        let data = Arc::clone(&self.data);
        let mut round = Round::default();
        for (lane, data) in data.iter().enumerate() {
            for method in ALL {
                if self.lost[method.index()] {
                    continue;
                }
                let runner = &mut self.runners[lane * METHODS + method.index()];
                runner.credit += setup.budget;
                let price = method.price(setup);
                let count = if method == Method::Exact { 1 } else { runner.credit / price };
                if runner.credit < price {
                    continue;
                }
                runner.credit -= count * price;
                let buffers = (&mut self.places, &mut self.scratch);
                let around = Around { setup, method, data, lane: lane as u64, count };
                let start = Instant::now();
                let gradient = runner.gradient(&around, buffers, rng);
                round.add(method, start.elapsed(), count * price);
                match gradient {
                    Some(gradient) => runner.go(setup, gradient),
                    None => self.lost[method.index()] = true,
                }
            }
        }
        self.clock.push(&round);
        self.evaluations += setup.budget as u64;
        let due = self.course.last().map_or(0.0, |e| GROWTH * e.evaluations);
        if self.evaluations as f64 >= due {
            self.record(setup);
        }
    }

    fn record(&mut self, setup: &Setup) {
        let errors = ALL.map(|method| {
            let squares = self.squares(setup, method);
            let mean = |k: usize| squares.iter().map(|s| s[k]).sum::<f64>() / LANES as f64;
            [mean(0), mean(1)]
        });
        let seconds = self.clock.total().map(|t| t / LANES as f64);
        self.course.push(Entry { evaluations: self.evaluations as f64, seconds, errors });
    }

    /// The squares of height's and tilt's errors, a data set each; NaN of who is lost.
    fn squares(&self, setup: &Setup, method: Method) -> [Features; LANES] {
        std::array::from_fn(|lane| {
            if self.lost[method.index()] {
                return [f64::NAN; 2];
            }
            let at = self.runners[lane * METHODS + method.index()].mean;
            [0, 1].map(|k| (at[k] - setup.truth[k]).powi(2))
        })
    }

    /// The error of a method now: root of the mean square over the data sets.
    pub(super) fn error(&self, setup: &Setup, method: Method, part: Part) -> Estimate {
        let squares = self.squares(setup, method).map(|s| part.of(s));
        let (mean, variance) = crate::math::statistics::mean_and_variance(&squares);
        let value = mean.sqrt();
        Estimate { value, error: 0.5 * (variance / LANES as f64).sqrt() / value.max(1e-300) }
    }

    /// What was spent, and the errors along the way.
    pub(super) fn course(
        &self,
        method: Method,
        part: Part,
        against: Against,
    ) -> (Vec<f64>, Vec<f64>) {
        let spent = |e: &Entry| match against {
            Against::Evaluations => e.evaluations,
            Against::Seconds => e.seconds[method.index()],
        };
        let error = |e: &Entry| part.of(e.errors[method.index()]).sqrt();
        let entries = self.course.iter().skip(1).map(|e| (spent(e), error(e)));
        entries.filter(|(x, y)| *x > 0.0 && y.is_finite()).unzip()
    }

    /// Nanoseconds an evaluation of a method, as measured.
    pub(super) fn time(&self, method: Method) -> Estimate {
        self.clock.each(method)
    }

    /// Evaluations a method and data set so far.
    pub(super) fn evaluations(&self) -> u64 {
        self.evaluations
    }

    /// Whether a method's chains have run away.
    pub(super) fn lost(&self, method: Method) -> bool {
        self.lost[method.index()]
    }

    #[cfg(test)]
    pub(super) fn place(&self, method: Method, lane: usize) -> Parameters {
        self.runners[lane * METHODS + method.index()].mean
    }
}

/// What a gradient is taken of.
struct Around<'a> {
    setup: &'a Setup,
    method: Method,
    data: &'a [f64],
    lane: u64,
    /// Data it is taken over.
    count: usize,
}

impl Runner {
    /// A gradient where the runner is; `None` when chains run away.
    fn gradient(
        &mut self,
        around: &Around<'_>,
        (places, scratch): (&mut Vec<f64>, &mut Scratch),
        rng: &mut Rng,
    ) -> Option<Parameters> {
        let Around { setup, method, data, lane, count } = *around;
        let theta = [self.at[0], self.at[1]];
        let gap = |a: Features, b: Features| Some([a[0] - b[0], a[1] - b[1], 0.0]);
        match method.road() {
            Road::Exact => gap(mean_features(data), FAMILY.moments(theta).mean),
            Road::Chains => {
                places.resize(count, 0.0);
                minibatch::draw(data, 1, places, rng);
                let of_data = mean_features(places);
                if method == Method::Pcd {
                    // As many chains as an update pays for; new ones start at data.
                    let kept = self.pool.len().min(count);
                    self.pool.truncate(kept);
                    self.pool.extend_from_slice(&places[kept..]);
                    walk(setup, method, theta, &mut self.pool, rng, scratch).ok()?;
                    return gap(of_data, mean_features(&self.pool));
                }
                walk(setup, method, theta, places, rng, scratch).ok()?;
                gap(of_data, mean_features(places))
            }
            Road::Contrast | Road::Scores => {
                let mut total = [0.0; 3];
                for _ in 0..count {
                    let datum = rng.random_range(0..data.len());
                    let mut own = setup.companions(lane, method, datum);
                    let g = term(setup, method, self.at, data[datum], &mut own, scratch);
                    total.iter_mut().zip(g).for_each(|(t, g)| *t += g / count as f64);
                }
                Some(total)
            }
        }
    }

    fn go(&mut self, setup: &Setup, gradient: Parameters) {
        let rate = setup.rate / (1.0 + self.updates as f64 / SETTLING).sqrt();
        self.adam.step(&mut self.at, &gradient, rate, 0.0);
        self.at[0] = self.at[0].clamp(HEIGHTS.0, HEIGHTS.1);
        self.at[1] = self.at[1].clamp(-BEYOND, BEYOND);
        self.at[2] = self.at[2].clamp(-HEIGHTS.1, HEIGHTS.1);
        self.updates += 1;
        let weight = (FORGETTING + 1.0) / (self.updates as f64 + FORGETTING);
        for (mean, at) in self.mean.iter_mut().zip(self.at) {
            *mean += weight * (at - *mean);
        }
    }
}
