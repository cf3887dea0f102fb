use super::{Gaussian, Kind, Marginals, Noises, mirror, shuffle};
use crate::data::digits::{PIXELS, digits};
use crate::math::lanes::Lanes;
use crate::math::rng::stream;

const KINDS: [Kind; 4] = [Kind::Uniform, Kind::Independent, Kind::Gaussian, Kind::Mixture];

fn pictures(count: usize) -> Vec<f32> {
    (0..count).flat_map(|i| digits().scaled(i)).collect()
}

#[test]
fn densities_are_those_of_scipy() {
    // numpy and scipy, of the first 200 digits with jitter .2, at the first digit plus .1:
    // multivariate_normal(mean, cov + .04 I).logpdf; the sum over pixels of
    // logsumexp(norm.logpdf(x, levels, .2), b = shares); -64 log 4; logaddexp of the first and
    // the last less log 2.
    let noises = Noises::fit(&pictures(200), 0.2).expect("pictures");
    let x: Vec<f32> = digits().scaled(0).iter().map(|x| x + 0.1).collect();
    for (kind, expected) in [
        (Kind::Gaussian, GAUSSIAN),
        (Kind::Independent, INDEPENDENT),
        (Kind::Uniform, UNIFORM),
        (Kind::Mixture, MIXTURE),
    ] {
        let found = noises.log_density(kind, &x).expect("a density");
        assert!((found - expected).abs() < 2e-4, "{kind:?}: {found} against {expected}");
    }
    assert_eq!(noises.log_density(Kind::Uniform, &[2.1; PIXELS]), Some(f64::NEG_INFINITY));
    for rule in [Kind::Shuffled, Kind::Mirrored, Kind::Others] {
        assert!(noises.log_density(rule, &x).is_none() && !rule.has_density());
    }
    assert!(KINDS.iter().all(|k| k.has_density()));
}

const GAUSSIAN: f64 = -8.109_897_958_289_414;
const INDEPENDENT: f64 = -25.060_096_269_275_91;
const UNIFORM: f64 = -88.722_839_111_673;
const MIXTURE: f64 = -8.803_045_138_849_36;

#[test]
fn draws_follow_their_densities() {
    // The Gaussian's own distance is chi-squared with 64 degrees of freedom.
    let data = pictures(300);
    let noises = Noises::fit(&data, 0.3).expect("pictures");
    let (mut rng, mut lanes) = (stream(3, 0), Lanes::new(3, 0));
    let n = 2_000;
    let mut rows = vec![0.0; n * PIXELS];
    noises.fill(Kind::Gaussian, &[], &mut rng, &mut lanes, &mut rows);
    let mean =
        rows.chunks_exact(PIXELS).map(|x| noises.gaussian().distance(x)).sum::<f64>() / n as f64;
    // Five errors: variance 2 x 64 over n.
    assert!((mean - 64.0).abs() < 5.0 * (128.0 / n as f64).sqrt(), "{mean}");
    // Data have the same mean distance as the Gaussian fitted to them, but for their own noise.
    noises.pick(&data, &mut rng, &mut lanes, &mut rows);
    let mean =
        rows.chunks_exact(PIXELS).map(|x| noises.gaussian().distance(x)).sum::<f64>() / n as f64;
    assert!((mean - 64.0).abs() < 3.0, "{mean}");
    // Each pixel of independent ones has the data's mean, and no covariance with its neighbour.
    noises.fill(Kind::Independent, &[], &mut rng, &mut lanes, &mut rows);
    for pixel in [10, 27, 43] {
        let of = |rows: &[f32], i: usize| -> Vec<f64> {
            rows.iter().skip(i).step_by(PIXELS).map(|x| f64::from(*x)).collect()
        };
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
        let (drawn, next) = (of(&rows, pixel), of(&rows, pixel + 1));
        let (m, m1) = (mean(&drawn), mean(&next));
        let spread =
            |v: &[f64], m: f64| v.iter().map(|x| (x - m).powi(2)).sum::<f64>() / v.len() as f64;
        let error = (spread(&drawn, m) / n as f64).sqrt();
        assert!((m - mean(&of(&data, pixel))).abs() < 5.0 * error, "{pixel}");
        let product: f64 =
            drawn.iter().zip(&next).map(|(a, b)| (a - m) * (b - m1)).sum::<f64>() / n as f64;
        let correlation = product / (spread(&drawn, m) * spread(&next, m1)).sqrt();
        assert!(correlation.abs() < 5.0 / (n as f64).sqrt(), "{pixel}: {correlation}");
    }
    // Half of the mixture is even on the box.
    noises.fill(Kind::Mixture, &[], &mut rng, &mut lanes, &mut rows);
    let far = rows.chunks_exact(PIXELS).filter(|x| noises.gaussian().distance(x) > 200.0).count();
    assert!((far as f64 - 0.5 * n as f64).abs() < 5.0 * (0.25 * n as f64).sqrt(), "{far}");
    assert!(rows.iter().all(|x| x.is_finite()));
}

#[test]
fn levels_by_powers_are_the_plain_sum_over_levels() {
    let data = pictures(100);
    for jitter in [0.1, 0.2, 1.0] {
        let marginals = Marginals::fit(&data, jitter);
        let column: Vec<f64> =
            data.iter().skip(20).step_by(PIXELS).map(|x| f64::from(*x)).collect();
        let plain = |x: f64| -> f64 {
            column.iter().map(|l| (-0.5 * ((x - l) / jitter).powi(2)).exp()).sum::<f64>().ln()
        };
        let at = |x: f32| {
            let mut picture = digits().scaled(3);
            picture[20] = x;
            marginals.log_density(&picture)
        };
        for x in [-1.9, -1.03, -0.6, 0.06, 0.4, 1.2, 1.7] {
            let (found, expected) =
                (at(x) - at(0.1), plain(f64::from(x)) - plain(f64::from(0.1f32)));
            assert!((found - expected).abs() < 1e-6, "{jitter} {x}: {found} against {expected}");
        }
        assert!(at(50.0).is_finite() && at(-50.0).is_finite());
    }
    // A single picture: one Gaussian a pixel, with a closed form.
    let one = Marginals::fit(&pictures(1), 0.1);
    let peak = -64.0 * (0.1f64.ln() + 0.5 * std::f64::consts::TAU.ln());
    let z: Vec<f32> = digits().scaled(0).iter().map(|v| v + 0.3).collect();
    assert!((one.log_density(&z) - (peak - 0.5 * 9.0 * 64.0)).abs() < 1e-3);
}

#[test]
fn rules_change_pictures_and_keep_their_pixels() {
    let mut picture: Vec<f32> = (0..64).map(|i| i as f32).collect();
    mirror(&mut picture, 8);
    assert_eq!((picture[0], picture[7], picture[8]), (7.0, 0.0, 15.0));
    shuffle(&mut picture, &mut stream(1, 0));
    let mut sorted = picture.clone();
    sorted.sort_by(f32::total_cmp);
    assert_eq!(sorted, (0..64).map(|i| i as f32).collect::<Vec<f32>>());
    assert_ne!(picture, sorted);
    assert!(Gaussian::fit(&[], 64, 0.2).is_none() && Noises::fit(&[], 0.2).is_none());
}
