//! Claims 27, 28 and 29 of the post: that the sigmoid loss is cheaper, that NCE is cheap and depends
//! less on the batch, and that InfoNCE needs large, expensive batches.

use super::bench::{CLIP_SCALE, DIMENSION, Method, Room, SIGLIP};
use super::caching::{Desk, SIZES, Views, apart};
use super::follower;
use super::formula::MIB;
use super::ratio::{DATA, by_formula, gather};
use super::rows::pairs;
use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
use crate::lesson::shared::scatter::Scatter;
use crate::math::rng::stream;
use crate::model::encoder::Encoder;
use crate::objective::devices::{clip_by_all_gather, received, siglip_by_permute};
use crate::objective::logit_tile::Sides;
use crate::objective::nce;

pub(super) const CLAIMS: &[Claim] = &[
    Claim { number: 27, verdict: Verdict::Loose, measure: is_the_sigmoid_cheaper },
    Claim { number: 28, verdict: Verdict::Loose, measure: what_noise_costs },
    Claim { number: 29, verdict: Verdict::Loose, measure: large_batches_without_their_price },
];

fn at_most(what: &'static str, measured: f64, bound: f64) -> Measurement {
    Measurement { what, measured, expected: Expected::AtMost(bound) }
}

fn at_least(what: &'static str, measured: f64, bound: f64) -> Measurement {
    Measurement { what, measured, expected: Expected::AtLeast(bound) }
}

fn is_the_sigmoid_cheaper() -> Vec<Measurement> {
    const N: usize = 512;
    const CHUNK: usize = 64;
    let rows = pairs(N, DIMENSION, &mut stream(27, 0));
    let square = |side: usize| 4.0 * (side * side) as f64 / MIB;
    let mut all = Vec::new();
    for (what, method, side) in [
        ("softmax-whole-mib", Method::Softmax, N),
        ("softmax-chunked-mib", Method::SoftmaxChunked, CHUNK),
        ("sigmoid-chunked-mib", Method::SigmoidChunked, CHUNK),
    ] {
        let mut room = Room::new(N);
        room.work(method, &rows, N, CHUNK);
        let bytes = room.bytes(method).1 as f64 / MIB;
        all.push(Measurement::near(what, bytes, square(side), 1e-9));
    }
    // What two sides of 48 pairs exchanged between eight threads, against the same without.
    let (n, d, devices) = (48, 16, 8);
    let rows = pairs(n, d, &mut stream(27, 1));
    let sides = Sides { dimension: d, a: &rows.0, b: &rows.1 };
    let clip = clip_by_all_gather(sides, CLIP_SCALE, devices).unwrap_or_default();
    let siglip = siglip_by_permute(sides, SIGLIP, devices).unwrap_or_default();
    let bytes = |found: &[usize]| found.iter().sum::<usize>() as f64 / devices as f64;
    for (what, found, two) in
        [("clip-received-bytes", &clip, 2.0), ("siglip-received-bytes", &siglip, 1.0)]
    {
        let formula = received(n as f64, devices as f64, d as f64, two);
        all.push(Measurement::near(what, bytes(&found.rows), formula, 1e-9));
    }
    all
}

fn what_noise_costs() -> Vec<Measurement> {
    let n_var = |ratio: usize, fits: usize| {
        let mut scatter = Scatter::new(1.0);
        gather(&mut scatter, (DATA, ratio), fits, 28);
        scatter.n_variance().0
    };
    let found = [(1, 1_200), (10, 700), (100, 400)].map(|(ratio, fits)| n_var(ratio, fits));
    let near = |what, measured, exact: f64| Measurement::near(what, measured, exact, 0.18 * exact);
    vec![
        near("nvar-1", found[0], by_formula(1.0)),
        near("nvar-10", found[1], by_formula(10.0)),
        near("nvar-100", found[2], by_formula(100.0)),
        // 101 x 2.02 over 2 x 4.
        near("cost-100", 101.0 * found[2] / (2.0 * found[0]), 25.5025),
        at_most("nce-in-chunks", nce_in_chunks(), 1e-12),
        at_least("infonce-in-chunks", infonce_in_chunks().1, 0.05),
    ]
}

/// The relative difference of NCE's loss over a batch from the sum of that over four chunks of it.
fn nce_in_chunks() -> f64 {
    let logits = |points: usize, shift: f64| -> Vec<f64> {
        (0..points).map(|i| shift + (0.37 * i as f64).sin()).collect()
    };
    let (mut data, mut noise) = (logits(64, 0.5), logits(320, -0.5));
    let (parts, whole) = (
        data.clone()
            .chunks_mut(16)
            .zip(noise.clone().chunks_mut(80))
            .fold(0.0, |sum, (d, n)| sum + nce::loss(d, n, 1.0).total() * d.len() as f64 / 64.0),
        nce::loss(&mut data, &mut noise, 1.0).total(),
    );
    (parts / whole - 1.0).abs()
}

/// How far the cached and the accumulated gradient are from the whole one, in four chunks.
fn infonce_in_chunks() -> (f64, f64) {
    let encoder = Encoder::new(&SIZES, &mut stream(29, 0));
    let views = Views::draw(64, false, &mut stream(29, 1));
    let mut desk = Desk::new(&encoder);
    let whole = desk.whole(&encoder, &views).gradient;
    let cached = desk.cached(&encoder, &views, 4).gradient;
    let accumulated = desk.accumulated(&encoder, &views, 4).gradient;
    (apart(&cached, &whole), apart(&accumulated, &whole))
}

fn large_batches_without_their_price() -> Vec<Measurement> {
    let (cached, accumulated) = infonce_in_chunks();
    let encoder = Encoder::new(&SIZES, &mut stream(29, 2));
    let views = Views::draw(64, true, &mut stream(29, 3));
    let mut desk = Desk::new(&encoder);
    let whole = desk.cached(&encoder, &views, 4).loss;
    let parts = desk.accumulated(&encoder, &views, 4).loss;
    let mut all = vec![
        at_most("cached-off", cached, 1e-6),
        at_least("accumulated-off", accumulated, 0.05),
        Measurement::near("collapsed-cached", whole, 64f64.ln(), 1e-5),
        Measurement::near("collapsed-accumulated", parts, 16f64.ln(), 1e-5),
    ];
    let (gain, drift) = follower::trained(&[1, 2, 3], 64, 1_500);
    all.push(at_least("queue-gain", gain, 0.05));
    all.push(at_most("queue-stale", drift, 0.1));
    all
}
