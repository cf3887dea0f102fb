//! Claim 9 of the post: what chains that are cut short do to the gradient they estimate, in cases
//! where the answer is exact.

use super::BLUEPRINT;
use super::training::Training;
use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
use crate::lab::experiment::Experiment as _;
use crate::math::quadrature::Grid;
use crate::math::rng::stream;
use crate::model::energy::{Energy, Quartic};
use rand::RngExt as _;
use rand_distr::StandardNormal;

pub(super) const CLAIMS: &[Claim] =
    &[Claim { number: 9, verdict: Verdict::Loose, measure: short_chains }];

/// The step of Langevin in the Gaussian's claim, and the data's variance.
const ETA: f64 = 0.1;
const VARIANCE: f64 = 1.0;

/// How many trained networks are asked: from one to the next, cosines differ by .1 or so.
const NETWORKS: u64 = 6;

fn short_chains() -> Vec<Measurement> {
    // (1 - sqrt(1 - 2 eta/v))/eta; the likelihood's optimum is 1/v.
    let fixed_point = (1.0 - (1.0 - 2.0 * ETA / VARIANCE).sqrt()) / ETA;
    let mut measured: Vec<Measurement> =
        [("fixed-point-1", 1), ("fixed-point-10", 10), ("fixed-point-100", 100)]
            .into_iter()
            .map(|(what, steps)| {
                Measurement::near(what, expected_fixed_point(steps), fixed_point, 1e-9)
            })
            .collect();
    // Four standard errors of the average: the noise of the update, .45 a chain and step, over its
    // slope in lambda, .089, by the root of the 3.2 million chain steps averaged, is .0028.
    measured.push(Measurement::near(
        "fixed-point-trained",
        trained_fixed_point(),
        fixed_point,
        0.0112,
    ));
    // The same operator as a full matrix on 4,001 nodes, in numpy.
    let exact = [0.012_694_225_7, 0.080_531_011_3, 0.381_864_012_3, 0.987_175_573_8];
    let names = ["tilt-1", "tilt-10", "tilt-100", "tilt-1000"];
    let shares = tilt_shares();
    measured.extend((0..4).map(|i| Measurement::near(names[i], shares[i], exact[i], 1e-6)));
    let [one, thirty] = perceptron();
    let bounds = [
        ("cosine-1", one[0], Expected::AtMost(0.65)),
        ("length-1", one[1], Expected::AtMost(0.4)),
        ("cosine-30", thirty[0], Expected::AtLeast(0.6)),
        ("cosine-gain", thirty[0] - one[0], Expected::AtLeast(0.1)),
    ];
    measured.extend(bounds.map(|(what, measured, expected)| Measurement {
        what,
        measured,
        expected,
    }));
    measured
}

/// Where the expected update of CD-k for `E = lambda x^2/2` vanishes. After a step of ULA the
/// chains' variance is `(1 - eta lambda)^2 v + 2 eta`; the update is half of `v_0 - v_k`.
fn expected_fixed_point(steps: usize) -> f64 {
    let update = |lambda: f64| {
        let shrink = (1.0 - ETA * lambda).powi(2);
        let after = (0..steps).fold(VARIANCE, |v, _| shrink * v + 2.0 * ETA);
        0.5 * (VARIANCE - after)
    };
    let (mut low, mut high) = (0.5, 5.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if update(middle) < 0.0 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// lambda by training with CD-1, averaged over the later part of it.
fn trained_fixed_point() -> f64 {
    let mut rng = stream(9, 0);
    let (chains, warm_up, updates) = (400, 500, 8_000);
    let mut lambda = 0.3;
    let mut sum = 0.0;
    for update in 0..warm_up + updates {
        let mut gradient = 0.0;
        for _ in 0..chains {
            let data = VARIANCE.sqrt() * rng.sample::<f64, _>(StandardNormal);
            let shake = (2.0 * ETA).sqrt() * rng.sample::<f64, _>(StandardNormal);
            let chain = data - ETA * lambda * data + shake;
            gradient += 0.5 * (data * data - chain * chain);
        }
        lambda -= 0.5 * gradient / f64::from(chains);
        if update >= warm_up {
            sum += lambda;
        }
    }
    sum / f64::from(updates)
}

/// What CD-k recovers of the true gradient by the tilt `a` of `2 (x^2 - 1)^2 + a x`, at a = 0 for
/// data of a = .5, with MALA at eta = .01 and k = 1, 10, 100, 1000. No sampling: the expectation of
/// x after a step, as a function of where the step began, is a product with a matrix on a grid.
fn tilt_shares() -> [f64; 4] {
    let eta = 0.01;
    let grid = Grid::new(-2.6, 2.6, 521);
    let x = grid.nodes();
    let n = grid.count;
    let (mut energy, mut slope) = (vec![0.0; n], vec![0.0; n]);
    Quartic::double_well(2.0, 0.0).value_and_gradient(&x, &mut energy, &mut slope);
    let norm = grid.spacing() / (4.0 * std::f64::consts::PI * eta).sqrt();
    // Beyond eight deviations there is nothing.
    let reach = (8.0 * (2.0 * eta).sqrt() / grid.spacing()).ceil() as usize;
    let mut rows: Vec<(usize, Vec<f64>)> = Vec::with_capacity(n);
    for i in 0..n {
        let first = i.saturating_sub(reach);
        let mut row: Vec<f64> = (first..(i + reach + 1).min(n))
            .map(|j| {
                let forth = x[j] - x[i] + eta * slope[i];
                let back = x[i] - x[j] + eta * slope[j];
                let log_alpha = energy[i] - energy[j] - (back * back - forth * forth) / (4.0 * eta);
                norm * (-forth * forth / (4.0 * eta) + log_alpha.min(0.0)).exp()
            })
            .collect();
        // What is refused stays.
        let moved: f64 = row.iter().sum();
        row[i - first] += 1.0 - moved;
        rows.push((first, row));
    }
    Quartic::double_well(2.0, 0.5).value(&x, &mut energy);
    let data: Vec<f64> = energy.iter().map(|e| (-e).exp()).collect();
    let total: f64 = data.iter().sum();
    let mean = |values: &[f64]| data.iter().zip(values).map(|(p, v)| p * v).sum::<f64>() / total;
    // The true gradient is E_data[x] - E_model[x], and the model is symmetric.
    let truth = mean(&x);
    let mut expected = x;
    let mut next = vec![0.0; n];
    let mut shares = [f64::NAN; 4];
    for step in 1..=1_000 {
        for ((first, row), next) in rows.iter().zip(&mut next) {
            *next = row.iter().zip(&expected[*first..]).map(|(p, u)| p * u).sum();
        }
        std::mem::swap(&mut expected, &mut next);
        if let Some(at) = [1, 10, 100, 1_000].iter().position(|k| *k == step) {
            shares[at] = (truth - mean(&expected)) / truth;
        }
    }
    shares
}

/// Of the lesson's own perceptron after 300 updates, on average over some trainings: cosine to the exact gradient and length as a
/// share of it, of CD-1 and of CD-30.
fn perceptron() -> [[f64; 2]; 2] {
    let mut sums = [[0.0; 2]; 2];
    for network in 0..NETWORKS {
        let mut rng = stream(9, network);
        let mut training = Training::new(&BLUEPRINT.defaults(), &mut rng);
        if !(0..300).all(|_| training.step(&mut rng).is_ok()) {
            return [[f64::NAN; 2]; 2];
        }
        // Many chains: after one step there is little signal in the noise.
        let found = training.ask_at_once(2_048, 30, &mut rng);
        for (sum, k) in sums.iter_mut().zip([1, 30]) {
            let at = found.sweep.iter().find(|(steps, _)| *steps == k);
            let [cosine, length] =
                at.map_or([f64::NAN; 2], |(_, f)| [f.cosine.value, f.ratio.value]);
            *sum = [sum[0] + cosine, sum[1] + length];
        }
    }
    sums.map(|sum| sum.map(|v| v / NETWORKS as f64))
}
