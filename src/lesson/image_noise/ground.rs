//! What is learned from and what it is held against: digits of the chosen classes, the noises that
//! are fitted to them, and the pictures whose energies are shown.
//!
//! With all ten classes as data no other class is left. Where the noise is to be other classes all
//! the same, the data are the digits 0 to 4 and the noise is 5 to 9.

use crate::data::digits::{PIXELS, digits};
use crate::data::pixels::{Kind, Noises};
use crate::lab::Label;
use crate::lab::blueprint::Unusable;
use crate::lab::param::Settings;
use crate::math::lanes::Lanes;
use crate::math::rng::Rng;
use crate::math::statistics::auroc;
use rand::Rng as _;
use std::ops::Range;

/// Of each digit one in so many is held out.
const EVERY: usize = 5;
/// Pictures of a kind whose energies are shown, at most.
const SHOWN: usize = 360;

/// The kinds of foreign pictures, by the names of their rows and of their readouts.
pub(super) const FOREIGN: [(Kind, Label, Label); 6] = [
    (Kind::Uniform, "uniform", "auroc_uniform"),
    (Kind::Shuffled, "shuffled", "auroc_shuffled"),
    (Kind::Independent, "independent", "auroc_independent"),
    (Kind::Gaussian, "gaussian", "auroc_gaussian"),
    (Kind::Mirrored, "mirrored", "auroc_mirrored"),
    (Kind::Others, "others", "auroc_others"),
];

/// Pictures of one foreign kind.
#[derive(Debug)]
pub(super) struct Foreign {
    pub(super) label: Label,
    pub(super) readout: Label,
    /// Which of [`Ground::shown`].
    pub(super) rows: Range<usize>,
    /// The AUROC of the fitted Gaussian's distance against held-out digits, and its error.
    pub(super) baseline: (f64, f64),
}

/// The data and what is fitted to them. It never changes and is shared between copies.
#[derive(Debug)]
pub(super) struct Ground {
    /// Digits to train on, without jitter.
    pub(super) train: Vec<f32>,
    /// What rules make their negatives from: the training digits, or those of other classes.
    pool: Vec<f32>,
    pub(super) noises: Noises,
    /// The noise.
    pub(super) kind: Kind,
    /// Whether log p_n is part of the logit.
    pub(super) valued: bool,
    /// Whether the classes were halved to have others at all.
    pub(super) halved: bool,
    /// All pictures whose energies are shown, with jitter: first those trained on, then those held
    /// out, then the foreign ones.
    pub(super) shown: Vec<f32>,
    pub(super) trained: Range<usize>,
    pub(super) held_out: Range<usize>,
    pub(super) foreign: Vec<Foreign>,
}

impl Ground {
    pub(super) fn new(settings: &Settings, rng: &mut Rng) -> Result<Self, Unusable> {
        let wanted = settings.choice("noise");
        let kind = Kind::from_id(wanted).unwrap_or(Kind::Gaussian);
        let one: Option<u8> = settings.choice("digit").parse().ok();
        let halved = one.is_none() && kind == Kind::Others;
        let ours = |label: u8| one.map_or(!halved || label < 5, |d| d == label);
        let all = digits();
        let (train, held_out) = all.split(EVERY, rng);
        let rows = |of: &[usize], own: bool| -> Vec<f32> {
            let kept = of.iter().filter(|i| ours(all.labels[**i]) == own);
            kept.flat_map(|i| all.scaled(*i)).collect()
        };
        let (data, others) = (rows(&train, true), rows(&train, false));
        let jitter = settings.real("jitter") as f32;
        let Some(noises) = Noises::fit(&data, jitter) else {
            return Err(Unusable { why: "no-gaussian", about: String::new() });
        };
        let mut lanes = Lanes::new(rng.next_u64(), 0);
        let mut part = |kind, pool: &[f32], rng: &mut Rng| {
            noises.each(kind, &pool[..pool.len().min(SHOWN * PIXELS)], rng, &mut lanes)
        };
        let mut shown = part(Kind::Others, &data, rng);
        let trained = 0..shown.len() / PIXELS;
        let held_out_digits = rows(&held_out, true);
        shown.extend(part(Kind::Others, &held_out_digits, rng));
        let held = trained.end..shown.len() / PIXELS;
        let held_out_others = rows(&held_out, false);
        let mut foreign = Vec::with_capacity(FOREIGN.len());
        for (kind, label, readout) in FOREIGN {
            let start = shown.len() / PIXELS;
            match kind {
                Kind::Others if held_out_others.is_empty() => continue,
                Kind::Others => shown.extend(part(kind, &held_out_others, rng)),
                Kind::Mirrored | Kind::Shuffled => shown.extend(part(kind, &held_out_digits, rng)),
                _ => {
                    let mut drawn = vec![0.0; SHOWN * PIXELS];
                    let mut lanes = Lanes::new(rng.next_u64(), 0);
                    noises.fill(kind, &[], rng, &mut lanes, &mut drawn);
                    shown.extend(drawn);
                }
            }
            let rows = start..shown.len() / PIXELS;
            foreign.push(Foreign { label, readout, rows, baseline: (f64::NAN, f64::NAN) });
        }
        let distances: Vec<f64> =
            shown.chunks_exact(PIXELS).map(|x| noises.gaussian().distance(x)).collect();
        for f in &mut foreign {
            f.baseline = auroc(&distances[held.clone()], &distances[f.rows.clone()]);
        }
        Ok(Self {
            pool: if kind == Kind::Others { others } else { data.clone() },
            train: data,
            noises,
            kind,
            valued: kind.has_density() && settings.switch("value"),
            halved,
            shown,
            trained,
            held_out: held,
            foreign,
        })
    }

    /// Fills rows with draws of the noise.
    pub(super) fn noise(&self, rng: &mut Rng, lanes: &mut Lanes, rows: &mut [f32]) {
        self.noises.fill(self.kind, &self.pool, rng, lanes, rows);
    }

    /// log p_n of a picture where it is part of the logit, else 0.
    pub(super) fn log_noise(&self, picture: &[f32]) -> f64 {
        let value = self.valued.then(|| self.noises.log_density(self.kind, picture));
        value.flatten().unwrap_or(0.0)
    }

    /// The foreign kind of an id; mirrored digits where there is none of it.
    pub(super) fn foreign(&self, id: &str) -> Option<&Foreign> {
        let find = |id: &str| self.foreign.iter().find(|f| f.label == id);
        find(id).or_else(|| find("mirrored"))
    }

    /// The pictures of some of the rows that are shown.
    pub(super) fn pictures(&self, rows: &Range<usize>) -> &[f32] {
        &self.shown[rows.start * PIXELS..rows.end * PIXELS]
    }
}
