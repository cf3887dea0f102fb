//! The same four fits again and again on training sets of several sizes: how each takes to few data.
//!
//! One training set at a time, a few updates a step, so that a copy of the run stays small.

use super::judge::Judgement;
use super::problem::{Points, Problem};
use super::variant::{Fit, Shape, Variant};
use crate::lab::param::Settings;
use crate::math::parallel::{cores, in_order};
use crate::math::rng::{Rng, stream};
use crate::math::statistics::mean_and_variance;
use crate::model::mlp::Mlp;
use std::sync::Arc;

/// Updates a fit of the sweep gets.
pub(super) const UPDATES: usize = 800;
/// Training sets of each size.
pub(super) const REPLICATES: usize = 6;
/// The sizes, as far as there are so many data.
const SIZES: [usize; 4] = [30, 100, 300, 1_000];
/// Hidden layers of the energy.
pub(super) const LAYERS: usize = 2;

/// Four fits that share their start, their data and their batches.
#[derive(Clone, Debug)]
pub(super) struct Quartet {
    pub(super) train: Arc<Points>,
    pub(super) fits: Vec<Fit>,
}

impl Quartet {
    pub(super) fn new(
        settings: &Settings,
        problem: &Problem,
        train: Points,
        rng: &mut Rng,
    ) -> Self {
        let width = settings.count("width").max(1);
        let energy = Mlp::new(problem.sample.dimensions, width, LAYERS, rng);
        let shape = shape(settings);
        let fits = Variant::ALL.map(|v| Fit::new(v, &energy, shape, rng)).to_vec();
        Self { train: Arc::new(train), fits }
    }
}

pub(super) fn shape(settings: &Settings) -> Shape {
    Shape {
        width: settings.count("head_width").max(1),
        layers: settings.count("head_layers").max(1),
    }
}

/// What came out of one training set: of each variant, the NLL by its energy and by its
/// classifier, in standardised units.
pub(super) type Outcome = [[f64; 2]; 4];

/// The sweep as it stands.
#[derive(Clone, Debug)]
pub(super) struct Sweep {
    pub(super) sizes: Vec<usize>,
    /// By size, then by training set.
    pub(super) outcomes: Arc<Vec<Vec<Outcome>>>,
    pub(super) current: Option<Quartet>,
    pub(super) updates: usize,
    pub(super) rng: Rng,
    seed: u64,
    next: usize,
}

impl Sweep {
    pub(super) fn new(settings: &Settings, problem: &Problem, seed: u64) -> Self {
        let most = problem.most();
        let mut sizes: Vec<usize> = SIZES.into_iter().filter(|s| *s <= most).collect();
        if sizes.last().is_none_or(|s| 3 * s / 2 < most && *s < SIZES[3]) {
            sizes.push(most);
        }
        let outcomes = Arc::new(vec![Vec::new(); sizes.len()]);
        let rng = stream(seed, 0);
        let mut sweep = Self { sizes, outcomes, current: None, updates: 0, rng, seed, next: 0 };
        sweep.begin(settings, problem);
        sweep
    }

    fn begin(&mut self, settings: &Settings, problem: &Problem) {
        self.updates = 0;
        if self.next == self.sizes.len() * REPLICATES {
            self.current = None;
            return;
        }
        // Small sets first: one replicate of every size, then the next.
        let size = self.sizes[self.next % self.sizes.len()];
        self.rng = stream(self.seed, self.next as u64);
        let train = problem.another(size, &mut self.rng);
        self.current = Some(Quartet::new(settings, problem, train, &mut self.rng));
    }

    /// The batches of the next updates, at most so many.
    pub(super) fn batches(&mut self, problem: &Problem, most: usize) -> Vec<Points> {
        let Some(current) = &self.current else { return Vec::new() };
        let count = most.min(UPDATES - self.updates);
        (0..count).map(|_| problem.batch(&current.train, &mut self.rng)).collect()
    }

    /// Takes the fits after so many updates; those that were lost are none.
    pub(super) fn take(
        &mut self,
        fits: Vec<Option<Fit>>,
        count: usize,
        settings: &Settings,
        problem: &Problem,
    ) {
        let Some(current) = &mut self.current else { return };
        self.updates += count;
        let lost: Vec<bool> = fits.iter().map(Option::is_none).collect();
        for (to, fit) in current.fits.iter_mut().zip(fits) {
            if let Some(fit) = fit {
                *to = fit;
            }
        }
        if self.updates < UPDATES && !lost.contains(&true) {
            return;
        }
        let judged = in_order(lost.len(), cores(2), |v| {
            let look = Judgement::new(&current.fits[v], problem, &current.train);
            [look.nll_energy.value, look.nll_implied.value]
        });
        let outcome: Outcome =
            std::array::from_fn(|v| if lost[v] { [f64::NAN; 2] } else { judged[v] });
        let size = self.next % self.sizes.len();
        Arc::make_mut(&mut self.outcomes)[size].push(outcome);
        self.next += 1;
        self.begin(settings, problem);
    }

    /// The share that is done.
    pub(super) fn done(&self) -> f64 {
        let sets = (self.sizes.len() * REPLICATES) as f64;
        (self.next as f64 + self.updates as f64 / UPDATES as f64) / sets
    }

    /// Of a variant, at each size that has an outcome: the size, the mean of the NLL (0 by the
    /// energy, 1 by the classifier) and one standard error of it, zero while there is only one.
    pub(super) fn means(&self, variant: Variant, which: usize) -> Vec<(f64, f64, f64)> {
        let of = |(size, outcomes): (&usize, &Vec<Outcome>)| {
            let values: Vec<f64> = outcomes
                .iter()
                .map(|o| o[variant as usize][which])
                .filter(|v| v.is_finite())
                .collect();
            let (mean, variance) = mean_and_variance(&values);
            let error =
                if values.len() < 2 { 0.0 } else { (variance / values.len() as f64).sqrt() };
            (!values.is_empty()).then_some((*size as f64, mean, error))
        };
        self.sizes.iter().zip(&*self.outcomes).filter_map(of).collect()
    }
}
