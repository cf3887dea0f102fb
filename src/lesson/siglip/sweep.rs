//! Short runs over batch sizes, several seeds of each: CLIP, SigLIP from a bias of -10 and SigLIP
//! from a bias of 0, from one start and on the same batches. A seed decides the held-out part, the
//! start and the batches.
//!
//! One run at a time, a few updates a step, so that a copy stays small.

use super::ground::{Draw, Ground};
use super::retrieval::look;
use super::towers::{Learning, Loss, Towers, Workshop, encoders};
use crate::lab::param::Settings;
use crate::math::rng::{Rng, stream};
use crate::math::statistics::mean_and_variance;
use std::sync::Arc;

/// Batch sizes.
pub(super) const SIZES: [usize; 4] = [4, 32, 128, 512];
/// Seeds of each.
pub(super) const SEEDS: usize = 4;
/// Updates of a run.
pub(super) const UPDATES: usize = 800;
/// What is compared: the loss and the bias at the start.
pub(super) const VARIANTS: [(Loss, f64); 3] =
    [(Loss::Clip, 0.0), (Loss::Siglip, -10.0), (Loss::Siglip, 0.0)];
/// Pairs that the updates of a step may hold together: a few milliseconds.
const PAIRS_A_STEP: usize = 384;
/// Updates of a step at most.
const MOST: usize = 8;

/// A run on its way.
#[derive(Clone)]
struct Run {
    ground: Arc<Ground>,
    order: Vec<u16>,
    towers: [Towers; 3],
    updates: usize,
    rng: Rng,
}

/// The sweep as it stands.
#[derive(Clone)]
pub(super) struct Sweep {
    seed: u64,
    /// Runs that are done; the next is `done / SIZES.len()` of the seeds, of size
    /// `done % SIZES.len()`: all sizes once, then again.
    done: usize,
    current: Option<Run>,
    /// By size: what each variant found, seed by seed.
    found: [Vec<[f64; 3]>; SIZES.len()],
}

impl Run {
    fn new(settings: &Settings, mut rng: Rng) -> Self {
        let ground = Ground::new(settings.choice("pairs"), &mut rng);
        let shape = (settings.count("width"), settings.count("dimension"));
        let start = encoders(ground.widths, shape, &mut rng);
        let scale = settings.real("scale");
        let towers = VARIANTS.map(|(loss, bias)| Towers::new(loss, &start, scale, bias));
        Self { order: ground.order(), ground: Arc::new(ground), towers, updates: 0, rng }
    }

    /// One update of all three; whether the numbers stayed finite.
    fn update(&mut self, how: Draw, rate: f64, shop: &mut Workshop) -> bool {
        self.ground.draw(how, &mut self.order, &mut self.rng, &mut shop.batch);
        let learning = Learning { rate, encoders: true, scale: true, bias: true };
        self.updates += 1;
        self.towers.iter_mut().all(|towers| towers.update(shop, learning).is_some())
    }
}

impl Sweep {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, done: 0, current: None, found: Default::default() }
    }

    /// Whether every run is done.
    pub(super) fn finished(&self) -> bool {
        self.done == SIZES.len() * SEEDS
    }

    /// The share that is done.
    pub(super) fn share(&self) -> f64 {
        let now = self.current.as_ref().map_or(0.0, |r| r.updates as f64 / UPDATES as f64);
        (self.done as f64 + now) / (SIZES.len() * SEEDS) as f64
    }

    /// A few updates more.
    pub(super) fn advance(&mut self, settings: &Settings, shop: &mut Workshop) {
        if self.finished() {
            return;
        }
        let size = SIZES[self.done % SIZES.len()];
        let run = self.current.get_or_insert_with(|| {
            Run::new(settings, stream(self.seed, (self.done / SIZES.len()) as u64))
        });
        let how = Draw { count: size, matched: settings.switch("matched") };
        let rate = settings.real("learning_rate");
        let mut lost = false;
        for _ in 0..(PAIRS_A_STEP / size).clamp(1, MOST) {
            if run.updates == UPDATES || lost {
                break;
            }
            lost = !run.update(how, rate, shop);
        }
        if run.updates < UPDATES && !lost {
            return;
        }
        let look = |towers: &Towers| look(&run.ground, towers, shop).main().0;
        let found = if lost { [f64::NAN; 3] } else { [0, 1, 2].map(|v| &run.towers[v]).map(look) };
        self.found[self.done % SIZES.len()].push(found);
        self.current = None;
        self.done += 1;
    }

    /// Of a variant, at each size that has been run: the size, the mean over seeds and one standard
    /// error of it, zero while there is one seed.
    pub(super) fn means(&self, variant: usize) -> Vec<(f64, f64, f64)> {
        let of = |(size, found): (&usize, &Vec<[f64; 3]>)| {
            let values: Vec<f64> =
                found.iter().map(|f| f[variant]).filter(|v| v.is_finite()).collect();
            let (mean, variance) = mean_and_variance(&values);
            let error =
                if values.len() < 2 { 0.0 } else { (variance / values.len() as f64).sqrt() };
            (!values.is_empty()).then_some((*size as f64, mean, error))
        };
        SIZES.iter().zip(&self.found).filter_map(of).collect()
    }
}

/// What each variant finds after so many updates with batches of one size, for one seed: a whole run
/// at once, for claims and tests.
pub(super) fn whole(settings: &Settings, size: usize, updates: usize, seed: u64) -> [f64; 3] {
    let mut run = Run::new(settings, stream(27, seed));
    let mut shop = Workshop::new();
    let how = Draw { count: size, matched: true };
    let rate = settings.real("learning_rate");
    if !(0..updates).all(|_| run.update(how, rate, &mut shop)) {
        return [f64::NAN; 3];
    }
    let mut found = [0.0; 3];
    for (to, towers) in found.iter_mut().zip(&run.towers) {
        *to = look(&run.ground, towers, &mut shop).main().0;
    }
    found
}
