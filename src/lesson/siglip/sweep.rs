//! Short runs over batch sizes, several seeds of each: CLIP, SigLIP from a bias of -10 and SigLIP
//! from a bias of 0, from one start and on the same batches. A seed decides the held-out part, the
//! start and the batches.
//!
//! One run at a time, a few updates a step, so that a copy stays small.

use super::ground::{Draw, Ground};
use super::retrieval::look;
use super::towers::{Learning, Loss, Towers, Workshop, encoders};
use crate::lab::param::Settings;
use crate::lesson::shared::sweep;
use crate::math::rng::{Rng, stream};
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
    current: Option<Run>,
    /// Over the sizes: what each variant found, not a number where a run was lost.
    runs: sweep::Sweep<[f64; 3]>,
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
        let runs = sweep::Sweep::new(&SIZES.map(|size| size as f64), SEEDS);
        Self { seed, current: None, runs }
    }

    /// Whether every run is done.
    pub(super) fn finished(&self) -> bool {
        self.runs.finished()
    }

    /// The share that is done.
    pub(super) fn share(&self) -> f64 {
        self.runs.share(self.current.as_ref().map_or(0.0, |r| r.updates as f64 / UPDATES as f64))
    }

    /// A few updates more.
    pub(super) fn advance(&mut self, settings: &Settings, shop: &mut Workshop) {
        if self.finished() {
            return;
        }
        let (place, seed) = self.runs.at_hand();
        let size = SIZES[place];
        let run =
            self.current.get_or_insert_with(|| Run::new(settings, stream(self.seed, seed as u64)));
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
        self.runs.take(found);
        self.current = None;
    }

    /// Of a variant, at each size that has been run: the size, the mean over seeds and one standard
    /// error of it, zero while there is one seed.
    pub(super) fn means(&self, variant: usize) -> Vec<(f64, f64, f64)> {
        self.runs.means(|found| found[variant])
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
