//! What noise costs NCE: how far the estimate of a precision scatters, against the noise points a
//! datum and against the densities evaluated, N (1 + nu). Each fit is exact, by Newton's method, on
//! fresh data from N(0, 1) and noise from the same.
//!
//! N Var of lambda is `2 (1 + 1/nu)` (Gutmann and Hyvarinen, JMLR 13, 2012, theorem 3).

use super::picture::{estimate, from_zero, lines, number, points, shown, table};
use crate::data::noise::{Noise, Shape};
use crate::lab::Label;
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::{Axis, Cell, Figure, Readout, Role, Series, View};
use crate::lesson::shared::scatter::Scatter;
use crate::math::parallel::{cores, in_order};
use crate::math::rng::{Rng, stream};
use crate::model::exponential::Family;
use crate::objective::nce::Mistakes;
use crate::objective::nce::newton::{Row, UNKNOWNS, minimise};
use rand::Rng as _;

/// Data of a fit.
pub(super) const DATA: usize = 300;
/// Noise points a datum that are measured, whatever the settings.
const RATIOS: [usize; 7] = [1, 2, 4, 10, 20, 40, 100];
/// Those of them that are in the account.
const LISTED: [usize; 4] = [1, 4, 20, 100];
/// What more data buy in place of more noise: so many times the data, at nu = 1.
const MORE: [usize; 3] = [2, 5, 10];
/// Points of a step's fits.
const BUDGET: usize = 8_192;
/// log(2 pi)/2: what c should be is its negative.
const LOG_Z: f64 = 0.918_938_533_204_672_7;

/// N Var of lambda under the best estimator there is, Cramer and Rao's bound.
pub(super) const BOUND: f64 = 2.0;

/// N Var of lambda by the formula.
pub(super) fn by_formula(ratio: f64) -> f64 {
    BOUND * (1.0 + 1.0 / ratio)
}

/// One estimate of lambda and c from fresh data and noise.
pub(super) fn fit(data: usize, ratio: usize, rng: &mut Rng) -> Option<(f64, f64)> {
    let family = Family::Precision;
    let noise = Noise::new(Shape::Gaussian, &[0.0], &[1.0]);
    let row = |x: f64, is_data: bool| {
        let mut features = [0.0; UNKNOWNS];
        (features[0], features[1]) = (-family.features(x)[0], 1.0);
        let offset = Mistakes::default().offset(ratio as f64, noise.log_density(&[x]));
        Row { is_data, weight: 1.0, offset: offset - family.base(x)[0], features }
    };
    let mut rows: Vec<Row> = noise.sample(data, rng).into_iter().map(|x| row(x, true)).collect();
    rows.extend(noise.sample(data * ratio, rng).into_iter().map(|x| row(x, false)));
    let mut start = [0.0; UNKNOWNS];
    (start[0], start[1]) = (1.0, -LOG_Z);
    let found = minimise(&rows, 2, start);
    found.converged.then_some((found.at[0], found.at[1]))
}

/// `fits` more estimates, each times the root of its data.
pub(super) fn gather(scatter: &mut Scatter, (data, ratio): (usize, usize), fits: usize, seed: u64) {
    let all = in_order(fits, cores(usize::MAX), |i| fit(data, ratio, &mut stream(seed, i as u64)));
    let root = (data as f64).sqrt();
    for found in all {
        match found {
            Some((lambda, c)) => scatter.push(root * (lambda - 1.0), root * (c + LOG_Z)),
            None => scatter.failed += 1,
        }
    }
}

/// One way to spend evaluations, and the estimates so far.
#[derive(Clone)]
struct Way {
    data: usize,
    ratio: usize,
    scatter: Scatter,
}

impl Way {
    fn new(data: usize, ratio: usize) -> Self {
        Self { data, ratio, scatter: Scatter::new(1.0) }
    }

    fn evaluations(&self) -> f64 {
        (self.data * (1 + self.ratio)) as f64
    }

    /// The root of the variance of lambda, with its error.
    fn deviation(&self) -> (f64, f64) {
        let (n_var, error) = self.scatter.n_variance();
        let deviation = (n_var / self.data as f64).sqrt();
        (deviation, 0.5 * deviation * error / n_var)
    }
}

/// Fits in progress.
#[derive(Clone)]
pub(super) struct Contrast {
    /// The first is that of the settings.
    ways: Vec<Way>,
    step: usize,
}

impl Contrast {
    pub(super) fn new(settings: &Settings) -> Self {
        let ratio = settings.count("ratio").max(1);
        let mut ways = vec![Way::new(DATA, ratio)];
        ways.extend(RATIOS.iter().filter(|r| **r != ratio).map(|r| Way::new(DATA, *r)));
        ways.extend(MORE.iter().map(|k| Way::new(k * DATA, 1)));
        Self { ways, step: 0 }
    }
}

impl Experiment for Contrast {
    fn set(&mut self, _: Label, _: Value) {}

    fn step(&mut self, rng: &mut Rng) -> Result<(), Diverged> {
        // Every second step is that of the settings.
        let others = self.ways.len() - 1;
        let at = if self.step.is_multiple_of(2) { 0 } else { 1 + self.step / 2 % others };
        self.step += 1;
        let way = &mut self.ways[at];
        let fits = (BUDGET / (way.data * (1 + way.ratio))).clamp(1, 8);
        gather(&mut way.scatter, (way.data, way.ratio), fits, rng.next_u64());
        Ok(())
    }

    fn view(&self) -> View {
        View {
            figures: vec![self.takes(), self.gives(), self.ledger()],
            readouts: self.readouts(),
            ..View::default()
        }
    }

    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}

impl Contrast {
    /// The ways of the first N data, by their ratio.
    fn by_ratio(&self) -> Vec<&Way> {
        let mut all: Vec<&Way> = self.ways.iter().filter(|w| w.data == DATA).collect();
        all.sort_by_key(|w| w.ratio);
        all
    }

    fn readouts(&self) -> Vec<Readout> {
        let here = &self.ways[0];
        let ratio = here.ratio as f64;
        let (n_var, error) = here.scatter.n_variance();
        // Densities for one and the same error, those of nu = 1 being 1.
        let cost = (1.0 + ratio) / (2.0 * by_formula(1.0));
        vec![
            shown("nvar", (n_var, error)).against(by_formula(ratio)),
            Readout::plain("evaluations", here.evaluations()),
            shown("equal-error", (cost * n_var, cost * error)).against(cost * by_formula(ratio)),
        ]
    }

    /// N Var against the noise points a datum.
    fn takes(&self) -> Figure {
        let x: Vec<f64> = (0..=40).map(|i| 100f64.powf(f64::from(i) / 40.0)).collect();
        let y = x.iter().map(|nu| by_formula(*nu)).collect();
        let found: Vec<_> =
            self.by_ratio().iter().map(|w| (w.ratio as f64, w.scatter.n_variance())).collect();
        let series = vec![
            Series::line("bound", Role::Model, vec![1.0, 100.0], vec![BOUND; 2]),
            Series::line("formula", Role::Exact, x, y),
            points("fits", Role::Estimate, &found),
        ];
        let x = Axis::of("ratio-axis").logarithmic().within(0.9, 110.0);
        lines("takes", x, from_zero("nvar-axis", 5.0), series)
    }

    /// The error of lambda against the densities evaluated: more noise, or more data.
    fn gives(&self) -> Figure {
        let ladder: Vec<f64> = (0..=40).map(|i| 100f64.powf(f64::from(i) / 40.0)).collect();
        let n = DATA as f64;
        let noise_x = ladder.iter().map(|nu| n * (1.0 + nu)).collect();
        let noise_y = ladder.iter().map(|nu| (by_formula(*nu) / n).sqrt()).collect();
        let data_x: Vec<f64> =
            ladder.iter().map(|k| 2.0 * n * k).filter(|x| *x < 101.0 * n).collect();
        let data_y = data_x.iter().map(|x| (2.0 * by_formula(1.0) / x).sqrt()).collect();
        let found: Vec<_> = self.ways.iter().map(|w| (w.evaluations(), w.deviation())).collect();
        let series = vec![
            Series::line("more-noise", Role::Negative, noise_x, noise_y),
            Series::line("more-data", Role::Data, data_x, data_y),
            points("fits", Role::Estimate, &found),
        ];
        let x = Axis::of("evaluations-axis").logarithmic().within(500.0, 50_000.0);
        lines("gives", x, Axis::of("deviation-axis").logarithmic().within(0.01, 0.2), series)
    }

    fn ledger(&self) -> Figure {
        // As many as the smallest panel has lines for.
        let listed = |way: &&Way| LISTED.contains(&way.ratio) || way.ratio == self.ways[0].ratio;
        let rows = self.by_ratio().into_iter().filter(listed).map(|way| {
            let ratio = way.ratio as f64;
            vec![
                number(ratio),
                number(way.evaluations()),
                number(by_formula(ratio)),
                estimate(way.scatter.n_variance()),
                number((1.0 + ratio) * by_formula(ratio) / (2.0 * by_formula(1.0))),
            ]
        });
        let rows: Vec<Vec<Cell>> = rows.collect();
        let columns =
            vec!["ratio-column", "evaluations-column", "exact-column", "fits", "equal-column"];
        table(columns, rows)
    }
}
