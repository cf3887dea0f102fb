//! The experiment: small data sets by the dozen, each estimated exactly, and how far the estimates
//! scatter. Every second batch is of the settings of the moment, the others go round a ladder of
//! widths and a ladder of ratios, so that points fill in along the curves.

use super::design::{Design, Method, noised};
use super::picture;
use super::problem::Problem;
use super::theory::{EPSILONS, RATIOS, Theory, WIDTHS};
use crate::lab::Label;
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::View;
use crate::lesson::shared::scatter::Scatter;
use crate::math::parallel::{cores, in_order};
use crate::math::rng::{Rng, stream};
use crate::objective::nce::Mistakes;
use crate::objective::{conditional_nce, nce};
use rand::Rng as _;
use std::sync::Arc;

/// Points of data and noise in one step's fits, at most, where one fit does not have more.
const BUDGET: usize = 16_384;
/// Fewer points than this are not worth a second thread.
const ALONE: usize = 2_048;
/// The histogram reaches so many asymptotic deviations.
const REACH: f64 = 4.0;
/// What the blindness to log Z is tried with: this is added to the energy.
const LIFT: f64 = 1.0;

/// The fits of one design: a scatter a round.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) design: Design,
    pub(super) rounds: Vec<Scatter>,
}

impl Cell {
    /// What the design is about: its last round.
    pub(super) fn last(&self) -> &Scatter {
        &self.rounds[self.rounds.len() - 1]
    }
}

/// Fits in progress.
#[derive(Clone)]
pub(super) struct Study {
    pub(super) settings: Settings,
    pub(super) problem: Arc<Problem>,
    pub(super) theory: Arc<Theory>,
    /// The first is that of the settings.
    pub(super) cells: Vec<Cell>,
    /// What a lift of the energy does to the loss.
    pub(super) lifted: f64,
    lift_seed: u64,
    step: u64,
    threads: usize,
}

impl Study {
    pub(super) fn new(settings: &Settings, rng: &mut Rng) -> Self {
        let problem = Arc::new(Problem::of(settings));
        let design = Design::of(settings);
        let threads = cores(usize::MAX);
        let theory = Arc::new(Theory::new(&problem, &design, threads, None));
        let mut study = Self {
            settings: settings.clone(),
            cells: Vec::new(),
            lifted: 0.0,
            lift_seed: rng.next_u64(),
            step: 0,
            problem,
            theory,
            threads,
        };
        study.plan(&design);
        study
    }

    /// The design of the settings and its neighbours on both ladders. What has been measured under
    /// a design that stays is kept.
    fn plan(&mut self, design: &Design) {
        let mut designs = vec![*design];
        let widths: &[f64] = match design.method {
            Method::Conditional(_) => &EPSILONS,
            _ => &WIDTHS,
        };
        designs.extend(widths.iter().map(|w| design.with_width(*w)));
        if !matches!(design.method, Method::Adaptive(..)) {
            designs.extend(RATIOS.iter().map(|r| design.with_ratio(*r)));
        }
        let mut cells: Vec<Cell> = Vec::with_capacity(designs.len());
        for design in designs {
            if cells.iter().any(|c| c.design == design) {
                continue;
            }
            let known = self.cells.iter().position(|c| c.design == design);
            cells.push(match known {
                Some(at) => self.cells.swap_remove(at),
                None => self.empty(design),
            });
        }
        self.cells = cells;
        self.lifted = self.lift(design);
    }

    fn empty(&self, design: Design) -> Cell {
        let variance = self.theory.of(&self.problem, &design);
        let variance = if variance.is_finite() { variance } else { 100.0 * self.problem.floor };
        let reach = REACH * variance.sqrt();
        Cell { design, rounds: vec![Scatter::new(reach); design.rounds()] }
    }

    /// How much the loss of one data set, at the true theta, moves when [`LIFT`] is added to the
    /// energy everywhere.
    fn lift(&self, design: &Design) -> f64 {
        let problem = &*self.problem;
        let (family, theta) = (problem.family, problem.theta);
        let rng = &mut stream(self.lift_seed, 0);
        let data = problem.draws.sample(design.points, rng);
        let energy = |x: f64, lift: f64| family.energy(theta, x) + lift;
        match design.method {
            Method::Conditional(eps) => {
                let around = noised(&data, eps, design.ratio, rng);
                let loss = |lift: f64| {
                    let pairs = data.iter().zip(around.chunks_exact(design.ratio));
                    let mut logits: Vec<f64> = pairs
                        .flat_map(|(x, ys)| {
                            let at_x = energy(*x, lift);
                            ys.iter().map(move |y| energy(*y, lift) - at_x)
                        })
                        .collect();
                    conditional_nce::loss(&mut logits)
                };
                loss(LIFT) - loss(0.0)
            }
            Method::Nce(outside) | Method::Adaptive(outside, _) => {
                let noise = outside.noise();
                let points = noise.sample(design.points * design.ratio, rng);
                let ratio = design.ratio as f64;
                let loss = |lift: f64| {
                    let logits = |points: &[f64]| -> Vec<f64> {
                        let of = |x: &f64| {
                            let offset =
                                Mistakes::default().offset(ratio, noise.log_density(&[*x]));
                            -energy(*x, lift) - problem.log_z + offset
                        };
                        points.iter().map(of).collect()
                    };
                    nce::loss(&mut logits(&data), &mut logits(&points), 1.0).total()
                };
                loss(LIFT) - loss(0.0)
            }
        }
    }

    /// How many fits of a design make a step.
    fn batch(&self, design: &Design) -> usize {
        (BUDGET / design.evaluations()).clamp(1, self.settings.count("fits").max(1))
    }
}

impl Experiment for Study {
    fn set(&mut self, param: Label, value: Value) {
        self.settings.set(param, value);
        let design = Design::of(&self.settings);
        if self.cells.first().is_some_and(|c| c.design == design) {
            return;
        }
        let before = Arc::clone(&self.theory);
        self.theory = Arc::new(Theory::new(&self.problem, &design, self.threads, Some(&before)));
        self.plan(&design);
    }

    fn step(&mut self, rng: &mut Rng) -> Result<(), Diverged> {
        let others = self.cells.len() as u64 - 1;
        let at = match self.step % 2 {
            1 if others > 0 => 1 + (self.step / 2 % others) as usize,
            _ => 0,
        };
        self.step += 1;
        let design = self.cells[at].design;
        let (problem, seed, batch) = (&*self.problem, rng.next_u64(), self.batch(&design));
        let threads = if batch * design.evaluations() < ALONE { 1 } else { self.threads };
        let fits = in_order(batch, threads, |i| design.fit(problem, &mut stream(seed, i as u64)));
        let scale = (design.points as f64).sqrt();
        for fit in fits {
            for (scatter, estimate) in self.cells[at].rounds.iter_mut().zip(fit) {
                match estimate {
                    Some((theta, c)) => scatter.push(
                        scale * (theta[problem.watched] - problem.theta[problem.watched]),
                        scale * (c + problem.log_z),
                    ),
                    None => scatter.failed += 1,
                }
            }
        }
        Ok(())
    }

    fn view(&self) -> View {
        picture::view(self)
    }

    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}
