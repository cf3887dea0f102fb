//! A training in steps of a batch, and what each cost.

use super::Objective;
use super::candidates::{Desk, loss};
use super::full_softmax;
use crate::data::unigram::Unigram;
use crate::math::dot::dot;
use crate::math::gemm::{Layout, gemm};
use crate::math::rng::Rng;
use crate::math::simd::{Kernel, Lanes16, Level, dispatch};
use crate::math::statistics::mean_and_variance;
use crate::model::adagrad::RowGradients;
use crate::model::log_bilinear::{LogBilinear, Sizes};
use rand::RngExt as _;

/// How one step is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Update {
    /// What is minimised.
    pub objective: Objective,
    /// Drawn words a datum, each datum its own.
    pub negatives: usize,
    /// Data a step.
    pub batch: usize,
    /// Adagrad's rate.
    pub rate: f32,
    /// Its decay.
    pub decay: f32,
}

/// What a step found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    /// The mean loss of the batch before the step, in nats a datum, and its standard error.
    pub loss: (f64, f64),
    /// Multiply-adds, counted as they are made.
    pub operations: u64,
    /// Rows of words that moved: those to come, and those before.
    pub moved: usize,
}

/// A model in training. A copy leaves the room for its work behind, and makes its own on its first
/// step.
#[derive(Debug)]
pub struct Trainer {
    /// The model.
    pub model: LogBilinear,
    work: Option<Box<Work>>,
}

impl Clone for Trainer {
    fn clone(&self) -> Self {
        Self { model: self.model.clone(), work: None }
    }
}

#[derive(Debug)]
struct Work {
    before: RowGradients,
    places: RowGradients,
    next: RowGradients,
    /// Where the batch's words stand in the text, and which they are.
    at: Vec<usize>,
    words: Vec<u32>,
    /// A row of d + 1 a datum: what the context predicts, and the loss's derivative by it.
    h: Vec<f32>,
    by_h: Vec<f32>,
    /// Softmax: a row of V a datum, and one more.
    scores: Vec<f32>,
    spare: Vec<f32>,
    losses: Vec<f64>,
    /// The others: of one datum.
    candidates: Vec<u32>,
    by_score: Vec<f64>,
    log_q: Vec<f64>,
    desk: Desk,
}

impl Work {
    fn new(sizes: Sizes) -> Self {
        let Sizes { vocabulary, dimension, context } = sizes;
        Self {
            before: RowGradients::new(vocabulary, dimension),
            places: RowGradients::new(context, dimension),
            next: RowGradients::new(vocabulary, dimension + 1),
            at: Vec::new(),
            words: Vec::new(),
            h: Vec::new(),
            by_h: Vec::new(),
            scores: Vec::new(),
            spare: Vec::new(),
            losses: Vec::new(),
            candidates: Vec::new(),
            by_score: Vec::new(),
            log_q: Vec::new(),
            desk: Desk::default(),
        }
    }
}

impl Trainer {
    /// Before the first step.
    #[must_use]
    pub fn new(model: LogBilinear) -> Self {
        Self { model, work: None }
    }

    /// One step on words drawn evenly from the text, which is longer than a context.
    pub fn step(&mut self, text: &[u32], noise: &Unigram, update: Update, rng: &mut Rng) -> Report {
        let sizes = self.model.sizes();
        let mut work = self.work.take().unwrap_or_else(|| Box::new(Work::new(sizes)));
        let operations = work.gradient(&self.model, text, noise, update, rng);
        let moved = work.next.met() + work.before.met();
        let Update { rate, decay, .. } = update;
        self.model.next.step(&mut work.next, rate, decay);
        self.model.before.step(&mut work.before, rate, decay);
        self.model.places.step(&mut work.places, rate, decay);
        let (mean, variance) = mean_and_variance(&work.losses);
        let error = (variance / work.losses.len() as f64).sqrt();
        self.work = Some(work);
        Report { loss: (mean, error), operations, moved }
    }
}

impl Work {
    /// The gradient of the mean loss of a batch into the sums; the multiply-adds it took.
    fn gradient(
        &mut self,
        model: &LogBilinear,
        text: &[u32],
        noise: &Unigram,
        update: Update,
        rng: &mut Rng,
    ) -> u64 {
        let Sizes { dimension: d, context, .. } = model.sizes();
        self.at.clear();
        self.at.extend((0..update.batch).map(|_| rng.random_range(context..text.len())));
        self.words.clear();
        self.words.extend(self.at.iter().map(|at| text[*at]));
        self.h.resize(update.batch * (d + 1), 0.0);
        self.by_h.resize(update.batch * (d + 1), 0.0);
        for (at, h) in self.at.iter().zip(self.h.chunks_exact_mut(d + 1)) {
            model.predict((1..=context).map(|back| text[at - back]), h);
        }
        let predicted = (update.batch * context * d) as u64;
        let scored = if update.objective == Objective::Softmax {
            self.over_all_words(model)
        } else {
            self.over_candidates(model, noise, update, rng)
        };
        predicted + scored + self.contexts(model, text)
    }

    /// Scores of all words, and the gradient by q, b and h.
    fn over_all_words(&mut self, model: &LogBilinear) -> u64 {
        let Sizes { vocabulary, dimension, .. } = model.sizes();
        let (batch, width) = (self.words.len(), dimension + 1);
        self.scores.resize(batch * vocabulary, 0.0);
        self.spare.resize(vocabulary, 0.0);
        model.scores(&self.h, batch, &mut self.scores);
        full_softmax::loss(&mut self.scores, &self.words, &mut self.spare, &mut self.losses);
        let by_scores = Layout::by_rows(batch, vocabulary);
        let of_h = Layout::by_rows(batch, width);
        let of_words = Layout::by_rows(vocabulary, width);
        let next = (&model.next.values[..], of_words);
        gemm(1.0, (&self.scores, by_scores), next, 0.0, (&mut self.by_h, of_h));
        let by_words = (self.next.all(), of_words);
        gemm(1.0, (&self.scores, by_scores.transposed()), (&self.h, of_h), 1.0, by_words);
        (3 * batch * vocabulary * width) as u64
    }

    /// Scores of the word and of k drawn ones a datum, and the gradient by q, b and h.
    fn over_candidates(
        &mut self,
        model: &LogBilinear,
        noise: &Unigram,
        update: Update,
        rng: &mut Rng,
    ) -> u64 {
        let width = model.sizes().dimension + 1;
        let share = 1.0 / update.batch as f32;
        let level = Level::best();
        let mut operations = 0;
        self.losses.clear();
        let rows = self.h.chunks_exact(width).zip(self.by_h.chunks_exact_mut(width));
        for (word, (h, by_h)) in self.words.iter().zip(rows) {
            self.candidates.clear();
            self.candidates.push(*word);
            self.candidates.extend((0..update.negatives).map(|_| noise.draw(rng)));
            self.by_score.resize(self.candidates.len(), 0.0);
            let (candidates, by_score) = (&self.candidates[..], &mut self.by_score[..]);
            dispatch(level, Scores { model, candidates, h, scores: by_score });
            self.log_q.clear();
            self.log_q.extend(self.candidates.iter().map(|w| noise.log_q()[*w as usize]));
            let of_datum = loss(update.objective, &mut self.by_score, &self.log_q, &mut self.desk);
            self.losses.push(of_datum);
            by_h.fill(0.0);
            let (candidates, by_score) = (&self.candidates[..], &self.by_score[..]);
            let next = &mut self.next;
            dispatch(level, Spread { model, candidates, by_score, share, h, by_h, next });
            operations += (3 * self.candidates.len() * width) as u64;
        }
        operations
    }

    /// From the gradient by h on to r and c.
    fn contexts(&mut self, model: &LogBilinear, text: &[u32]) -> u64 {
        let Sizes { dimension: d, context, .. } = model.sizes();
        for (at, by_h) in self.at.iter().zip(self.by_h.chunks_exact(d + 1)) {
            for place in 0..context {
                let word = text[at - 1 - place];
                let place = place as u32;
                let values = model.places.row(place).iter().zip(model.before.row(word));
                let to = self.places.row(place).iter_mut().zip(self.before.row(word));
                for (((by_c, by_r), (c, r)), by) in to.zip(values).zip(by_h) {
                    *by_c += by * r;
                    *by_r += by * c;
                }
            }
        }
        (2 * self.at.len() * context * d) as u64
    }
}

/// Scores of the candidates of one datum. Both loops are plain: the compiler lays them out for each
/// set of instructions, and all give the same bits.
struct Scores<'a> {
    model: &'a LogBilinear,
    candidates: &'a [u32],
    h: &'a [f32],
    scores: &'a mut [f64],
}

impl Kernel for Scores<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        for (word, score) in self.candidates.iter().zip(self.scores) {
            *score = f64::from(dot(self.model.next.row(*word), self.h));
        }
    }
}

/// From the derivatives by the scores of one datum on to those by its h and by the rows.
struct Spread<'a> {
    model: &'a LogBilinear,
    candidates: &'a [u32],
    by_score: &'a [f64],
    share: f32,
    h: &'a [f32],
    by_h: &'a mut [f32],
    next: &'a mut RowGradients,
}

impl Kernel for Spread<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        for (word, by) in self.candidates.iter().zip(self.by_score) {
            let by = self.share * *by as f32;
            let row = self.model.next.row(*word);
            for (by_h, value) in self.by_h.iter_mut().zip(row) {
                *by_h += by * value;
            }
            for (by_row, value) in self.next.row(*word).iter_mut().zip(self.h) {
                *by_row += by * value;
            }
        }
    }
}

#[cfg(test)]
mod tests;
