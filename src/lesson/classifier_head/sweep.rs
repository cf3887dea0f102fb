//! The same four fits again and again on training sets of several sizes: how each takes to few data.
//!
//! One training set at a time, a few updates a step, so that a copy of the run stays small.

use super::judge::Judgement;
use super::problem::{Points, Problem};
use super::variant::{Fit, Shape, Variant};
use crate::lab::param::Settings;
use crate::lesson::shared::sweep;
use crate::math::parallel::{cores, in_order};
use crate::math::rng::{Rng, stream};
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
    /// Over the sizes, a training set a seed.
    pub(super) runs: sweep::Sweep<Outcome>,
    pub(super) current: Option<Quartet>,
    pub(super) updates: usize,
    pub(super) rng: Rng,
    seed: u64,
}

impl Sweep {
    pub(super) fn new(settings: &Settings, problem: &Problem, seed: u64) -> Self {
        let most = problem.most();
        let mut sizes: Vec<usize> = SIZES.into_iter().filter(|s| *s <= most).collect();
        if sizes.last().is_none_or(|s| 3 * s / 2 < most && *s < SIZES[3]) {
            sizes.push(most);
        }
        let sizes: Vec<f64> = sizes.into_iter().map(|size| size as f64).collect();
        let runs = sweep::Sweep::new(&sizes, REPLICATES);
        let mut sweep = Self { runs, current: None, updates: 0, rng: stream(seed, 0), seed };
        sweep.begin(settings, problem);
        sweep
    }

    fn begin(&mut self, settings: &Settings, problem: &Problem) {
        self.updates = 0;
        if self.runs.finished() {
            self.current = None;
            return;
        }
        let size = self.runs.values()[self.runs.at_hand().0] as usize;
        self.rng = stream(self.seed, self.runs.done() as u64);
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
        self.runs.take(outcome);
        self.begin(settings, problem);
    }

    /// The share that is done.
    pub(super) fn done(&self) -> f64 {
        self.runs.share(self.updates as f64 / UPDATES as f64)
    }

    /// Of a variant, at each size that has an outcome: the size, the mean of the NLL (0 by the
    /// energy, 1 by the classifier) and one standard error of it, zero while there is only one.
    pub(super) fn means(&self, variant: Variant, which: usize) -> Vec<(f64, f64, f64)> {
        self.runs.means(|outcome| outcome[variant as usize][which])
    }
}
