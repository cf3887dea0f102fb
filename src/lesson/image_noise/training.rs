//! The experiment: each step draws N pictures and nu N of the noise, and takes one step of Adam on
//! the loss of noise-contrastive estimation, with `G = -E + c - log nu - log p_n` where the noise
//! has a value that is used, and `G = -E + c - log nu` where it has not: then E is a ratio.

use super::ground::Ground;
use super::picture;
use super::walkers::{Walkers, energies};
use crate::data::digits::PIXELS;
use crate::lab::Label;
use crate::lab::blueprint::Unusable;
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::View;
use crate::math::lanes::Lanes;
use crate::math::logistic::softplus;
use crate::math::rng::Rng;
use crate::math::statistics::{auroc, mean_and_error, mean_and_variance};
use crate::model::adam::Adam;
use crate::model::fused_mlp::{Engine, FusedMlp};
use crate::objective::nce;
use rand::Rng as _;
use std::sync::Arc;

/// The curvature of the bowl under the perceptron, for pixels from -1 to 1.
const BOWL: f32 = 1.0;
/// Updates from one look at the energies to the next.
const EVERY: u64 = 10;
/// Updates from one ranking to the next: pictures that keep changing places cannot be looked at.
const RANKED_EVERY: u64 = 50;
/// c counts nats where the energy has tens of them: its rate is so many times that of the weights.
const RATE_OF_C: f64 = 20.0;
/// Pictures drawn to set c at the start.
const AT_START: usize = 256;
/// Pictures of each side in the ranking.
pub(super) const RANKED: usize = 8;
/// An energy beyond this is a model that is lost.
const LOST: f32 = 1e6;

/// Sums over the updates since the last look.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    count: f64,
    /// Loss and its squared error, accuracy and its squared error.
    sums: [f64; 4],
}

/// What the last look saw.
#[derive(Clone, Debug)]
pub(super) struct Look {
    /// Energies of all pictures that are shown.
    pub(super) energies: Vec<f32>,
    /// The mean over held-out digits: where energies are counted from.
    pub(super) zero: (f64, f64),
    /// AUROC of each foreign kind over held-out digits, with its error.
    pub(super) auroc: Vec<(f64, f64)>,
    /// The same of held-out digits over those trained on.
    pub(super) held_out: (f64, f64),
    /// Mean energy of the chosen foreign kind above held-out digits.
    pub(super) gap: (f64, f64),
    /// Rows and energies above zero, the lowest first.
    pub(super) ranked: Vec<(usize, f64)>,
    /// Mean over the last updates, with errors.
    pub(super) loss: (f64, f64),
    pub(super) accuracy: (f64, f64),
}

/// Threads and buffers; a copy makes its own on its first step.
struct Workshop {
    engine: Engine,
    /// The data of a batch, then its noise.
    rows: Vec<f32>,
    energies: Vec<f32>,
    logits: Vec<f64>,
    weights: Vec<f32>,
    gradient: Vec<f32>,
}

/// A training in progress.
pub(super) struct Training {
    pub(super) settings: Settings,
    pub(super) ground: Arc<Ground>,
    model: FusedMlp,
    adam: Adam<f32>,
    pub(super) c: f64,
    adam_of_c: Adam,
    workshop: Option<Workshop>,
    pub(super) walkers: Walkers,
    tally: Tally,
    pub(super) updates: u64,
    pub(super) look: Arc<Look>,
}

impl Training {
    pub(super) fn new(settings: &Settings, rng: &mut Rng) -> Result<Self, Unusable> {
        let ground = Arc::new(Ground::new(settings, rng)?);
        let model = FusedMlp::new(PIXELS, settings.count("width"), BOWL, rng);
        let mut engine = Engine::new(&model, 1);
        let none = (f64::NAN, f64::NAN);
        let mut training = Self {
            settings: settings.clone(),
            adam: Adam::new(model.parameters().len()),
            c: 0.0,
            adam_of_c: Adam::new(1),
            walkers: Walkers::new(&ground, &mut engine, &model, rng),
            workshop: None,
            tally: Tally::default(),
            updates: 0,
            look: Arc::new(Look {
                energies: Vec::new(),
                zero: none,
                auroc: Vec::new(),
                held_out: none,
                gap: none,
                ranked: Vec::new(),
                loss: none,
                accuracy: none,
            }),
            ground,
            model,
        };
        training.set_c(&mut engine, rng);
        training.look(&mut engine);
        Ok(training)
    }

    /// c such that the logit without log nu is 0 on average over data and noise: the learning need
    /// not begin by walking there.
    fn set_c(&mut self, engine: &mut Engine, rng: &mut Rng) {
        let ground = &self.ground;
        let mut lanes = Lanes::new(rng.next_u64(), 0);
        let mut rows = vec![0.0; 2 * AT_START * PIXELS];
        let (data, noise) = rows.split_at_mut(AT_START * PIXELS);
        ground.noises.pick(&ground.train, rng, &mut lanes, data);
        ground.noise(rng, &mut lanes, noise);
        let energies = energies(engine, &self.model, &rows);
        let sums = energies.iter().zip(rows.chunks_exact(PIXELS));
        let sums = sums.map(|(e, x)| e + ground.log_noise(x)).filter(|v| v.is_finite());
        let (mean, _) = mean_and_variance(&sums.collect::<Vec<_>>());
        self.c = if mean.is_finite() { mean } else { 0.0 };
    }

    fn with_workshop<T>(&mut self, work: impl FnOnce(&mut Self, &mut Workshop) -> T) -> T {
        let mut shop = self.workshop.take().unwrap_or_else(|| Workshop {
            engine: Engine::new(&self.model, 1),
            rows: Vec::new(),
            energies: Vec::new(),
            logits: Vec::new(),
            weights: Vec::new(),
            gradient: vec![0.0; self.model.parameters().len()],
        });
        let done = work(self, &mut shop);
        self.workshop = Some(shop);
        done
    }

    /// Draws the pictures of a batch: `n` of the data, then `ratio` times as many of the noise.
    fn draw(&self, shop: &mut Workshop, (n, ratio): (usize, usize), rng: &mut Rng) {
        let ground = &self.ground;
        shop.rows.resize(n * (1 + ratio) * PIXELS, 0.0);
        let mut lanes = Lanes::new(rng.next_u64(), 0);
        let (data, noise) = shop.rows.split_at_mut(n * PIXELS);
        ground.noises.pick(&ground.train, rng, &mut lanes, data);
        ground.noise(rng, &mut lanes, noise);
    }

    /// The loss of the batch, its standard error and its derivative by c; that by the weights is
    /// left in the workshop.
    fn gradient(
        &self,
        shop: &mut Workshop,
        (n, ratio): (usize, usize),
    ) -> Result<(nce::Loss, f64, f64), Diverged> {
        let Workshop { engine, rows, energies, logits, weights, gradient } = shop;
        energies.resize(n * (1 + ratio), 0.0);
        engine.energies(&self.model, rows, energies);
        if !energies.iter().all(|e| e.abs() < LOST) {
            return Err(Diverged { why: "energy-lost" });
        }
        let constant = self.c - (ratio as f64).ln();
        let points = energies.iter().zip(rows.chunks_exact(PIXELS));
        logits.clear();
        logits.extend(points.map(|(e, x)| constant - f64::from(*e) - self.ground.log_noise(x)));
        let (of_data, of_noise) = logits.split_at_mut(n);
        let error = error_of_loss(of_data, of_noise);
        let loss = nce::loss(of_data, of_noise, 1.0);
        // dG/dE = -1, dG/dc = 1.
        weights.clear();
        weights.extend(logits.iter().map(|d| -*d as f32));
        engine.gradient(&self.model, rows, weights, energies, gradient);
        if gradient.iter().any(|g| !g.is_finite()) {
            return Err(Diverged { why: "energy-lost" });
        }
        Ok((loss, error, logits.iter().sum()))
    }

    /// One step down the loss of a fresh batch.
    fn update(&mut self, shop: &mut Workshop, rng: &mut Rng) -> Result<(), Diverged> {
        let size = (self.settings.count("batch"), self.settings.count("ratio"));
        self.draw(shop, size, rng);
        let (loss, error, by_c) = self.gradient(shop, size)?;
        let rate = self.settings.real("learning_rate");
        self.adam.step(self.model.parameters_mut(), &shop.gradient, rate, 0.0);
        let mut c = [self.c];
        self.adam_of_c.step(&mut c, &[by_c], RATE_OF_C * rate, 0.0);
        self.c = c[0];
        // Half a point is added to either side, so that a share of 1 has an error too.
        let (all, share) = ((size.0 * (1 + size.1)) as f64, loss.accuracy);
        let sure = (share * all + 0.5) / (all + 1.0);
        let now = [loss.total(), error * error, share, sure * (1.0 - sure) / all];
        self.tally.count += 1.0;
        self.tally.sums.iter_mut().zip(now).for_each(|(sum, v)| *sum += v);
        self.updates += 1;
        Ok(())
    }

    /// Looks at the energies of all that is shown.
    fn look(&mut self, engine: &mut Engine) {
        let ground = &self.ground;
        let mut shown = vec![0.0; ground.shown.len() / PIXELS];
        engine.energies(&self.model, &ground.shown, &mut shown);
        let wide: Vec<f64> = shown.iter().map(|e| f64::from(*e)).collect();
        let held_out = &wide[ground.held_out.clone()];
        let mut look =
            Look { zero: mean_and_error(held_out), energies: shown, ..(*self.look).clone() };
        look.auroc =
            ground.foreign.iter().map(|f| auroc(held_out, &wide[f.rows.clone()])).collect();
        look.held_out = auroc(&wide[ground.trained.clone()], held_out);
        if self.tally.count > 0.0 {
            let n = self.tally.count;
            let [loss, of_loss, right, of_right] = self.tally.sums;
            look.loss = (loss / n, of_loss.sqrt() / n);
            look.accuracy = (right / n, of_right.sqrt() / n);
            self.tally = Tally::default();
        }
        if let Some(foreign) = ground.foreign(self.settings.choice("foreign")) {
            let theirs = mean_and_error(&wide[foreign.rows.clone()]);
            look.gap = (theirs.0 - look.zero.0, theirs.1.hypot(look.zero.1));
            if self.updates.is_multiple_of(RANKED_EVERY) || look.ranked.is_empty() {
                let sides = [ground.held_out.start, foreign.rows.start];
                let rows = sides.into_iter().flat_map(|start| start..start + RANKED);
                look.ranked = rows.map(|row| (row, wide[row] - look.zero.0)).collect();
                look.ranked.sort_by(|a, b| a.1.total_cmp(&b.1));
            }
        }
        self.look = Arc::new(look);
    }
}

/// The standard error of the loss of a batch, from the scatter of its terms.
fn error_of_loss(data: &[f64], noise: &[f64]) -> f64 {
    let part = |logits: &[f64], sign: f64| {
        let terms: Vec<f64> = logits.iter().map(|g| softplus(sign * g)).collect();
        terms.len() as f64 * mean_and_variance(&terms).1
    };
    (part(data, -1.0) + part(noise, 1.0)).sqrt() / data.len() as f64
}

impl Clone for Training {
    fn clone(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            ground: Arc::clone(&self.ground),
            model: self.model.clone(),
            adam: self.adam.clone(),
            adam_of_c: self.adam_of_c.clone(),
            workshop: None,
            walkers: self.walkers.clone(),
            look: Arc::clone(&self.look),
            ..*self
        }
    }
}

impl Experiment for Training {
    fn set(&mut self, param: Label, value: Value) {
        self.settings.set(param, value);
        match param {
            "foreign" => self.with_workshop(|training, shop| {
                Arc::make_mut(&mut training.look).ranked.clear();
                training.look(&mut shop.engine);
            }),
            "chain_steps" | "step_size" => self.walkers.begin_again(),
            _ => {}
        }
    }

    fn step(&mut self, rng: &mut Rng) -> Result<(), Diverged> {
        self.with_workshop(|training, shop| {
            training.update(shop, rng)?;
            let way = (training.settings.count("chain_steps"), training.settings.real("step_size"));
            let by = (&mut shop.engine, &training.model);
            training.walkers.advance(&training.ground, by, way, rng);
            if training.updates.is_multiple_of(EVERY) || training.updates == 1 {
                training.look(&mut shop.engine);
            }
            Ok(())
        })
    }

    fn view(&self) -> View {
        picture::view(self)
    }

    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::Training;
    use crate::lab::param::Value;
    use crate::lesson::image_noise::BLUEPRINT;
    use crate::math::rng::stream;

    #[test]
    fn the_gradient_is_that_of_the_loss() {
        for noise in ["gaussian", "independent", "shuffled"] {
            let mut settings = BLUEPRINT.defaults();
            settings.set("noise", Value::Choice(noise));
            settings.set("width", Value::Integer(4));
            let mut rng = stream(5, 0);
            let mut training = Training::new(&settings, &mut rng).expect("a training");
            let last = training.model.parameters().len() - 4;
            training.model.parameters_mut()[last..].iter_mut().for_each(|w| *w *= 10.0);
            let size = (16, 3);
            training.with_workshop(|training, shop| {
                training.draw(shop, size, &mut rng);
                let (_, _, by_c) = training.gradient(shop, size).expect("finite");
                let gradient = shop.gradient.clone();
                let mut loss =
                    |training: &Training| training.gradient(shop, size).expect("finite").0.total();
                let h = 1e-2;
                for i in (0..gradient.len()).step_by(7) {
                    let at = training.model.parameters()[i];
                    training.model.parameters_mut()[i] = at + h;
                    let above = loss(training);
                    training.model.parameters_mut()[i] = at - h;
                    let below = loss(training);
                    training.model.parameters_mut()[i] = at;
                    let difference = (above - below) / f64::from(2.0 * h);
                    let found = f64::from(gradient[i]);
                    let tolerance = 3e-3 * (1.0 + found.abs());
                    assert!(
                        (difference - found).abs() < tolerance,
                        "{noise} {i}: {difference} {found}"
                    );
                }
                let c = training.c;
                training.c = c + 1e-3;
                let above = loss(training);
                training.c = c - 1e-3;
                let difference = (above - loss(training)) / 2e-3;
                assert!((difference - by_c).abs() < 1e-5, "{noise}: {difference} {by_c}");
            });
        }
    }
}
