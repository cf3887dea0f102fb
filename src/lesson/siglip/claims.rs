//! Claims 25, 26 and 27: the losses on a matrix whose values are known, what the sigmoid asks of a
//! score, and both losses trained.

use super::BLUEPRINT;
use super::joint::{TABLE, furthest, independent, learned, optimum, resting_bias};
use super::sweep::whole;
use crate::lab::Label;
use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
use crate::math::all_pairs::Pace;
use crate::math::parallel::{cores, in_order};
use crate::math::rng::stream;
use crate::math::statistics::mean_and_error;
use crate::objective::unit_rows::UnitRows;
use crate::objective::{clip, info_nce, siglip};

pub(super) static CLAIMS: &[Claim] = &[
    Claim { number: 25, verdict: Verdict::Right, measure: both_ways },
    Claim { number: 26, verdict: Verdict::Loose, measure: pairwise },
    Claim { number: 27, verdict: Verdict::Loose, measure: trained },
];

/// Four rows of three numbers, and the four that belong to them.
const A: [f64; 12] = [1.0, 2.0, 2.0, 2.0, -1.0, 2.0, -2.0, 2.0, 1.0, 0.0, 3.0, -4.0];
const B: [f64; 12] = [2.0, 2.0, 1.0, 1.0, -2.0, 2.0, -1.0, 2.0, 2.0, 1.0, 4.0, -3.0];

/// Pairs of a batch of the joint table, and how many batches.
const OF_TABLE: (usize, usize) = (6, 40_000);

/// Batches, updates and seeds of the trainings.
const BATCHES: [usize; 2] = [32, 128];
const UPDATES: usize = 800;
const SEEDS: usize = 3;

fn batches() -> Option<(UnitRows, UnitRows)> {
    Some((UnitRows::new(A.to_vec(), 3).ok()?, UnitRows::new(B.to_vec(), 3).ok()?))
}

/// CLIP is InfoNCE both ways.
fn both_ways() -> Vec<Measurement> {
    let Some((a, b)) = batches() else { return Vec::new() };
    let pace = Pace::new(1);
    let of = |temperature: f64| clip::of_rows(&a, &b, 1.0 / temperature, &pace).loss;
    let turned = clip::of_rows(&b, &a, 2.0, &pace).loss;
    let one_way = |a, b| info_nce::of_rows(a, b, 0.5, &pace).loss;
    let mean = 0.5 * (one_way(&a, &b) + one_way(&b, &a));
    let near = Measurement::near;
    vec![
        near("clip-at-half", of(0.5), 0.507_080_562_4, 1e-9),
        near("clip-at-tenth", of(0.1), 0.074_757_070_8, 1e-9),
        near("clip-turned", turned - of(0.5), 0.0, 1e-12),
        near("clip-less-info-nce", of(0.5) - mean, 0.0, 1e-12),
    ]
}

/// The sigmoid over pairs: its values, and what it asks of free scores.
fn pairwise() -> Vec<Measurement> {
    let Some((a, b)) = batches() else { return Vec::new() };
    let pace = Pace::new(1);
    let of = |bias: f64| siglip::of_rows(&a, &b, (10.0, bias), &pace).loss;
    let (count, long) = OF_TABLE;
    let mut rng = stream(26, 0);
    let none = independent(&TABLE);
    let [with, without] = [&TABLE, &none]
        .map(|table| furthest(&learned(table, count, long, &mut rng), &optimum(table, count)));
    let near = Measurement::near;
    vec![
        near("siglip-from-ten", of(-10.0), 1.330_923_116_8, 1e-9),
        near("siglip-from-zero-loss", of(0.0), 5.430_821_379_0, 1e-9),
        near("scores-off", with, 0.0, 0.1),
        near("scores-off-blind", without, 0.0, 0.1),
        near("resting-bias", resting_bias(64), -(63_f64).ln(), 1e-9),
    ]
}

/// The mean over seeds of differences between two variants with its error.
fn difference(found: &[[f64; 3]], of: fn(&[f64; 3]) -> f64) -> (f64, f64) {
    let all: Vec<f64> = found.iter().map(of).collect();
    mean_and_error(&all)
}

/// Both trained from one start on the same batches.
fn trained() -> Vec<Measurement> {
    let settings = BLUEPRINT.defaults();
    let runs = BATCHES.len() * SEEDS;
    let all = in_order(runs, cores(2), |run| {
        // Long and short runs take turns, so that two threads get as much to do.
        whole(&settings, BATCHES[run % 2], UPDATES, (run / 2) as u64)
    });
    let of = |size: usize| all.iter().skip(size).step_by(2).copied().collect::<Vec<_>>();
    let (small, large) = (of(0), of(1));
    let clip = |found: &[[f64; 3]]| difference(found, |f| f[0]).0;
    let tie = |found: &[[f64; 3]]| difference(found, |f| f[1] - f[0]);
    let measure = |what: Label, measured, expected| Measurement { what, measured, expected };
    let ties = [tie(&small), tie(&large)];
    vec![
        measure("clip-small", clip(&small), Expected::AtLeast(0.45)),
        measure("clip-large", clip(&large), Expected::AtLeast(0.5)),
        Measurement::near("tie-small", ties[0].0, 0.0, 0.05),
        Measurement::near("tie-large", ties[1].0, 0.0, 0.05),
        measure("tie-error", ties[0].1.max(ties[1].1), Expected::AtMost(0.03)),
        measure("zero-large", difference(&large, |f| f[1] - f[2]).0, Expected::AtLeast(0.08)),
    ]
}
