//! The experiment: SimCLR live, or short runs of it one after the other. Beside it go exams, a piece
//! a step: of the pixels, of the encoder as it was at the start, and of the encoder as it is.

use super::exam::{Exam, Marks, Subject};
use super::ground::{Ground, augmentation};
use super::learner::{Learner, Workshop};
use super::look::{Estimate, Look};
use super::picture;
use super::sweep::Sweep;
use crate::lab::Label;
use crate::lab::blueprint::Source;
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::View;
use crate::lesson::shared::history::History;
use crate::math::parallel::cores;
use crate::math::rng::Rng;
use crate::math::statistics::mean_and_error;
use crate::model::encoder::Encoder;
use rand::Rng as _;
use std::sync::Arc;

/// Updates from one look to the next.
const EVERY: u64 = 10;
/// Updates from one pair of views shown to the next: views that change all the time cannot be
/// looked at.
pub(super) const VIEWS_EVERY: u64 = 40;
/// Updates from one exam to the next.
const EXAM_EVERY: u64 = 50;
/// Pictures that take turns to be shown with their views.
const SHOWN: usize = 4;
/// Multiplications of an exam a step, about two milliseconds of one core.
const EXAM_BUDGET: f64 = 8e6;
/// Multiplications of the short runs a step.
const SWEEP_BUDGET: f64 = 66e6;
/// Updates of a short run a step at most.
const MOST: u64 = 64;
/// Exams that are kept at most.
const MOST_EXAMS: usize = 256;

/// What an exam is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Pixels,
    Start,
    Live(u64),
    Sweep,
}

/// Mean of the pictures of an image's own class in its batch, over batches.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Twins {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Twins {
    fn push(&mut self, twins: f64) {
        self.count += 1.0;
        self.sum += twins;
        self.squares += twins * twins;
    }

    /// The mean and its standard error; batches are independent of each other.
    pub(super) fn mean(&self) -> Estimate {
        let mean = self.sum / self.count;
        let variance = (self.squares - self.count * mean * mean).max(0.0) / (self.count - 1.0);
        (mean, (variance / self.count).sqrt())
    }
}

/// A run.
pub(super) struct Training {
    pub(super) settings: Settings,
    pub(super) ground: Arc<Ground>,
    pub(super) learner: Learner,
    start: Arc<Encoder>,
    workshop: Option<Workshop>,
    exam: Option<(Purpose, Exam)>,
    /// The exams of what does not learn, and whether they are still to be held.
    pub(super) pixels: Option<Marks>,
    pub(super) random: Option<Marks>,
    due: Vec<Purpose>,
    next_exam: u64,
    /// The update an exam began at, and what came out.
    pub(super) exams: Arc<Vec<(u64, Marks)>>,
    pub(super) look: Arc<Look>,
    /// Alignment and uniformity before the first update.
    pub(super) origin: (f64, f64),
    /// The update, alignment, uniformity.
    pub(super) path: History<3>,
    /// Losses since the last look, and their mean.
    losses: Vec<f64>,
    pub(super) loss: Estimate,
    pub(super) twins: Twins,
    /// Pictures and two views of each: picture, view, view.
    pub(super) shown: Arc<Vec<f32>>,
    pub(super) sweep: Option<Sweep>,
    sweep_seed: u64,
}

impl Training {
    pub(super) fn new(settings: &Settings, source: &Source, rng: &mut Rng) -> Self {
        let ground = Arc::new(Ground::new(settings, source, rng));
        let sweep_seed = rng.next_u64();
        let mut sweep = Sweep::new(settings, ground.train.count(), sweep_seed);
        let learner = Learner::new(settings, &ground, sweep.as_mut().map_or(rng, |s| &mut s.rng));
        let mut shop = Workshop::new(cores(2));
        // The first look draws from a generator of its own, so that it is free to come and go.
        let mut aside = crate::math::rng::stream(sweep_seed, u64::MAX);
        let look =
            Look::new(&learner.encoder, &ground, settings, &mut shop.passes, None, &mut aside);
        let origin = (look.alignment.0, look.uniformity.0);
        let mut training = Self {
            settings: settings.clone(),
            start: Arc::new(learner.encoder.clone()),
            learner,
            workshop: Some(shop),
            exam: None,
            pixels: None,
            random: None,
            due: vec![Purpose::Start, Purpose::Pixels],
            next_exam: 0,
            exams: Arc::default(),
            look: Arc::new(look),
            origin,
            path: History::new(),
            losses: Vec::new(),
            loss: (f64::NAN, f64::NAN),
            twins: Twins::default(),
            shown: Arc::default(),
            sweep,
            sweep_seed,
            ground,
        };
        training.show_views(&mut aside);
        training.path.push([0.0, origin.0, origin.1]);
        training
    }

    /// The batch and the temperature now.
    pub(super) fn at_hand(&self) -> (usize, f64) {
        let own = (self.settings.count("batch"), self.settings.real("temperature"));
        let (batch, temperature) = self
            .sweep
            .as_ref()
            .filter(|s| !s.runs.finished())
            .map_or(own, |s| s.at_hand(&self.settings));
        (batch.min(self.ground.train.count()), temperature)
    }

    fn with_workshop<T>(&mut self, work: impl FnOnce(&mut Self, &mut Workshop) -> T) -> T {
        let mut shop = self.workshop.take().unwrap_or_else(|| Workshop::new(cores(2)));
        let done = work(self, &mut shop);
        self.workshop = Some(shop);
        done
    }

    fn show_views(&mut self, rng: &mut Rng) {
        let (ground, area) = (&self.ground, self.ground.area());
        let by = augmentation(&self.settings);
        let count = SHOWN.min(ground.train.count());
        let mut shown = vec![0.0; 3 * count * area];
        for (i, three) in shown.chunks_exact_mut(3 * area).enumerate() {
            let (first, views) = three.split_at_mut(area);
            ground.train.original(i, first);
            views.chunks_exact_mut(area).for_each(|view| ground.train.view(i, &by, rng, view));
        }
        self.shown = Arc::new(shown);
    }

    /// One update, and a look where it is time for one.
    fn update(&mut self, shop: &mut Workshop, rng: &mut Rng) -> Result<(), Diverged> {
        let (batch, temperature) = self.at_hand();
        let seen =
            self.learner.update(batch, temperature, &self.settings, &self.ground, shop, rng)?;
        self.losses.push(seen.loss);
        self.twins.push(seen.twins);
        let updates = self.learner.updates;
        if updates.is_multiple_of(EVERY) {
            self.loss = mean_and_error(&self.losses);
            self.losses.clear();
            let look = Look::new(
                &self.learner.encoder,
                &self.ground,
                &self.settings,
                &mut shop.passes,
                Some(&*self.look),
                rng,
            );
            self.path.push([updates as f64, look.alignment.0, look.uniformity.0]);
            self.look = Arc::new(look);
        }
        if updates.is_multiple_of(VIEWS_EVERY) {
            self.show_views(rng);
        }
        Ok(())
    }

    /// Updates of the short run a step.
    fn pace(&self) -> u64 {
        let (batch, _) = self.at_hand();
        let cost = (6 * batch * self.learner.encoder.parameters().len()).max(1) as f64;
        ((SWEEP_BUDGET / cost) as u64).clamp(1, MOST)
    }

    /// Goes on with the short run at hand; whether it is through and waits for its exam.
    fn sweep_on(&mut self, shop: &mut Workshop) -> Result<bool, Diverged> {
        let pace = self.pace();
        let Some(mut sweep) = self.sweep.take() else { return Ok(false) };
        let length = sweep.length();
        let mut result = Ok(());
        if !sweep.runs.finished() {
            // The run at hand needs to know its batch while its generator is borrowed.
            let mut rng = sweep.rng.clone();
            self.sweep = Some(sweep);
            for _ in 0..pace.min(length - self.learner.updates) {
                result = result.and_then(|()| self.update(shop, &mut rng));
            }
            sweep = self.sweep.take().unwrap_or_else(|| unreachable!("it was put there"));
            sweep.rng = rng;
        }
        let through = !sweep.runs.finished() && self.learner.updates >= length;
        self.sweep = Some(sweep);
        result.map(|()| through)
    }

    /// Begins the next exam, where one is due, and goes on with it.
    fn exam_on(&mut self, shop: &mut Workshop, through: bool) {
        if self.exam.is_none() {
            let updates = self.learner.updates;
            let purpose = if let Some(due) = self.due.pop() {
                due
            } else if through {
                Purpose::Sweep
            } else if self.sweep.is_none()
                && updates >= self.next_exam
                && updates.is_multiple_of(EXAM_EVERY)
            {
                self.next_exam = updates + 1;
                Purpose::Live(updates)
            } else {
                return;
            };
            let subject = match purpose {
                Purpose::Pixels => Subject::Pixels,
                Purpose::Start => Subject::Features(Arc::clone(&self.start)),
                _ => Subject::Features(Arc::new(self.learner.encoder.clone())),
            };
            self.exam = Some((purpose, Exam::new(subject, &self.ground)));
        }
        let k = self.settings.count("neighbours");
        let Some((purpose, exam)) = &mut self.exam else { return };
        let Some(marks) = exam.advance(&self.ground, &mut shop.passes, k, EXAM_BUDGET) else {
            return;
        };
        match *purpose {
            Purpose::Pixels => self.pixels = Some(marks),
            Purpose::Start => {
                self.random = Some(marks);
                self.begin_with(marks);
            }
            Purpose::Live(update) => self.keep(update, marks),
            Purpose::Sweep => self.next_run(marks),
        }
        self.exam = None;
    }

    /// The encoder before its first update is where the curve begins; judged anew it takes the place
    /// of what was said of it.
    fn begin_with(&mut self, marks: Marks) {
        let exams = Arc::make_mut(&mut self.exams);
        match exams.first_mut() {
            Some(first) if first.0 == 0 => first.1 = marks,
            _ => exams.insert(0, (0, marks)),
        }
    }

    fn keep(&mut self, update: u64, marks: Marks) {
        let exams = Arc::make_mut(&mut self.exams);
        exams.push((update, marks));
        if exams.len() > MOST_EXAMS {
            let last = exams.len() - 1;
            let mut place = 0;
            exams.retain(|_| {
                place += 1;
                place % 2 == 1 || place > last
            });
        }
    }

    /// The outcome of a short run is known: the next begins.
    fn next_run(&mut self, marks: Marks) {
        let Some(sweep) = &mut self.sweep else { return };
        sweep.take(marks);
        if sweep.runs.finished() {
            return;
        }
        self.learner = Learner::new(&self.settings, &self.ground, &mut sweep.rng);
        self.path = History::new();
        self.losses.clear();
        self.twins = Twins::default();
    }

    /// The part of the short run at hand that is done.
    pub(super) fn part(&self) -> f64 {
        let length = self.sweep.as_ref().map_or(1, Sweep::length);
        (self.learner.updates as f64 / length as f64).min(1.0)
    }
}

impl Clone for Training {
    fn clone(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            ground: Arc::clone(&self.ground),
            learner: self.learner.clone(),
            start: Arc::clone(&self.start),
            workshop: None,
            exam: self.exam.clone(),
            due: self.due.clone(),
            exams: Arc::clone(&self.exams),
            look: Arc::clone(&self.look),
            path: self.path.clone(),
            losses: self.losses.clone(),
            shown: Arc::clone(&self.shown),
            sweep: self.sweep.clone(),
            ..*self
        }
    }
}

impl Experiment for Training {
    fn set(&mut self, param: Label, value: Value) {
        self.settings.set(param, value);
        match param {
            "highlight" | "score" => return,
            "batch" => self.twins = Twins::default(),
            "neighbours" => {
                // What was judged with another k is judged again.
                self.exam = None;
                self.due = vec![Purpose::Start, Purpose::Pixels];
            }
            _ => {}
        }
        if let Some(sweep) = Sweep::new(&self.settings, self.ground.train.count(), self.sweep_seed)
        {
            // What the runs found under other settings says nothing about these.
            self.exam = self.exam.take().filter(|(purpose, _)| *purpose != Purpose::Sweep);
            self.sweep = Some(sweep);
            self.twins = Twins::default();
            self.losses.clear();
            self.path = History::new();
            if let Some(sweep) = &mut self.sweep {
                self.learner = Learner::new(&self.settings, &self.ground, &mut sweep.rng);
            }
        }
    }

    fn step(&mut self, rng: &mut Rng) -> Result<(), Diverged> {
        self.with_workshop(|training, shop| {
            let through = if training.sweep.is_some() {
                training.sweep_on(shop)?
            } else {
                training.update(shop, rng)?;
                false
            };
            training.exam_on(shop, through);
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
