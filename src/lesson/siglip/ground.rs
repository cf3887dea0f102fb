//! What is to be matched: rows of two modalities, a training and a held-out part, and how a batch of
//! pairs is drawn.

use crate::data::captions::{Language, TRAINING};
use crate::data::digits::{PIXELS, digits};
use crate::data::halves::{self, HALF};
use crate::lab::Label;
use crate::math::rng::Rng;
use crate::model::caption_encoder::Features;
use rand::RngExt as _;

/// Of each digit one in so many is held out.
const EVERY: usize = 6;
/// Pairs that are shown, where these are halves: as many as a small panel has room for.
const SHOWN: usize = 14;

/// Pictures (or left halves) on one side, right halves or captions on the other.
#[derive(Debug)]
pub(super) struct Ground {
    /// All pictures, or all left halves.
    pub(super) first: Vec<f32>,
    /// All right halves; empty where the other side are captions.
    pub(super) second: Vec<f32>,
    /// Numbers in a row of each side.
    pub(super) widths: [usize; 2],
    /// Rows of the captions to train with, then of those held out, ten by ten in the order of the
    /// digits; none where the other side are halves.
    pub(super) captions: Option<Vec<f32>>,
    pub(super) train: Vec<usize>,
    pub(super) test: Vec<usize>,
    /// Which held-out pairs the matrix shows.
    pub(super) shown: Vec<usize>,
}

/// The pairs of a batch: rows of both sides, in the same order.
#[derive(Clone, Debug, Default)]
pub(super) struct Batch {
    pub(super) rows: [Vec<f32>; 2],
    /// Which pictures.
    members: Vec<usize>,
    partners: Vec<usize>,
}

/// How a batch is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draw {
    pub(super) count: usize,
    /// Whether the partners go to each other, or are dealt out by chance.
    pub(super) matched: bool,
}

impl Ground {
    pub(super) fn new(pairs: Label, rng: &mut Rng) -> Self {
        let (train, test) = digits().split(EVERY, rng);
        let labels = &digits().labels;
        let language = match pairs {
            "english" => Some(Language::English),
            "korean" => Some(Language::Korean),
            _ => None,
        };
        let mut ground = match language {
            None => {
                let [first, second] = halves::all();
                let widths = [HALF; 2];
                Self { first, second, widths, captions: None, train, test, shown: Vec::new() }
            }
            Some(language) => {
                let first = (0..labels.len()).flat_map(|i| digits().scaled(i)).collect();
                let (training, held_out) = (language.training(), language.held_out());
                let features = Features::of(training.iter().map(|c| c.text.as_str()));
                let all = training.iter().chain(&held_out);
                let rows = all.flat_map(|c| features.bag(&c.text)).collect();
                let widths = [PIXELS, features.count()];
                let captions = Some(rows);
                Self { first, second: Vec::new(), widths, captions, train, test, shown: Vec::new() }
            }
        };
        ground.shown = if language.is_none() {
            ground.test.iter().copied().take(SHOWN).collect()
        } else {
            let of = |digit: u8| ground.test.iter().copied().find(|i| labels[*i] == digit);
            (0..10).filter_map(of).collect()
        };
        ground.shown.sort_by_key(|i| (labels[*i], *i));
        ground
    }

    /// The row of a picture.
    pub(super) fn picture(&self, index: usize) -> &[f32] {
        &self.first[index * self.widths[0]..][..self.widths[0]]
    }

    /// The row of a right half.
    pub(super) fn half(&self, index: usize) -> &[f32] {
        &self.second[index * HALF..][..HALF]
    }

    /// Draws different pairs of the training part. `order` holds its members in any order, and is
    /// shuffled on the way.
    pub(super) fn draw(&self, how: Draw, order: &mut [u16], rng: &mut Rng, batch: &mut Batch) {
        let count = how.count.min(order.len());
        for i in 0..count {
            let j = rng.random_range(i..order.len());
            order.swap(i, j);
        }
        let Batch { rows, members, partners } = batch;
        members.clear();
        members.extend(order[..count].iter().map(|i| usize::from(*i)));
        partners.clone_from(members);
        if !how.matched {
            for i in 0..count {
                let j = rng.random_range(i..count);
                partners.swap(i, j);
            }
        }
        rows.iter_mut().for_each(Vec::clear);
        members.iter().for_each(|i| rows[0].extend(self.picture(*i)));
        for partner in partners.iter() {
            match &self.captions {
                None => rows[1].extend(self.half(*partner)),
                Some(captions) => {
                    let template = rng.random_range(0..TRAINING);
                    let caption = 10 * template + usize::from(digits().labels[*partner]);
                    let width = self.widths[1];
                    rows[1].extend(&captions[caption * width..][..width]);
                }
            }
        }
    }

    /// The members of the training part for [`Ground::draw`].
    pub(super) fn order(&self) -> Vec<u16> {
        self.train.iter().map(|i| *i as u16).collect()
    }

    /// Of a batch: how many of a picture's negatives have a caption that is right for it, on average.
    pub(super) fn false_negatives(&self, batch: &Batch) -> f64 {
        let mut counts = [0_u32; 10];
        batch.partners.iter().for_each(|i| counts[usize::from(digits().labels[*i])] += 1);
        let pairs: u32 = counts.iter().map(|n| n * n.saturating_sub(1)).sum();
        f64::from(pairs) / batch.partners.len().max(1) as f64
    }

    /// What that is on average over all batches of so many.
    pub(super) fn expected_false_negatives(&self, count: usize) -> f64 {
        let mut counts = [0.0; 10];
        self.train.iter().for_each(|i| counts[usize::from(digits().labels[*i])] += 1.0);
        let n = self.train.len() as f64;
        let same: f64 = counts.iter().map(|c| c * (c - 1.0)).sum::<f64>() / (n * (n - 1.0));
        (count.min(self.train.len()) as f64 - 1.0) * same
    }
}
