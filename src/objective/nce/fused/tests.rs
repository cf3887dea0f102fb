use super::{Settings, Trainer, activations, operations};
use crate::data::noise::{Noise, Shape};
use crate::math::lanes::Lanes;
use crate::math::rng::stream;
use crate::math::simd::Level;
use crate::model::fused_mlp::FusedMlp;
use crate::model::fused_mlp::reference::Reference;
use crate::objective::nce::{Mistakes, loss};

fn normals(n: usize, seed: u64) -> Vec<f32> {
    let mut numbers = vec![0.0; n];
    Lanes::new(seed, 0).normal(&mut numbers);
    numbers
}

/// With a last layer and a second bias of ordinary size, so that nothing hides.
fn model(inputs: usize, width: usize) -> FusedMlp {
    let mut model = FusedMlp::new(inputs, width, 0.3, &mut stream(1, inputs as u64));
    let last = model.parameters().len() - 2 * width;
    let size = 1.0 / (width as f32).sqrt();
    let numbers = normals(2 * width, 2);
    model.parameters_mut()[last..].iter_mut().zip(numbers).for_each(|(p, z)| *p = size * z);
    model
}

fn settings(draws: usize) -> Settings {
    Settings { draws, ..Settings::workload() }
}

/// The loss of a model by the formula in double precision, and its gradient by the parameters and
/// by c.
fn by_formula(
    reference: &Reference,
    points: &[f32],
    offsets: &[f64],
    data: usize,
    (c, noise_weight): (f64, f64),
) -> (f64, Vec<f64>, f64) {
    let d = points.len() / offsets.len();
    let points: Vec<Vec<f64>> =
        points.chunks(d).map(|x| x.iter().map(|v| f64::from(*v)).collect()).collect();
    let mut gradient = vec![0.0; reference.parameters.len()];
    let mut logits: Vec<f64> = points
        .iter()
        .zip(offsets)
        .map(|(x, offset)| offset + c - reference.pass(x, 0.0, &mut gradient).0)
        .collect();
    let (of_data, of_noise) = logits.split_at_mut(data);
    let value = loss(of_data, of_noise, noise_weight).total();
    for (x, slope) in points.iter().zip(&logits) {
        reference.pass(x, -slope, &mut gradient);
    }
    (value, gradient, logits.iter().sum())
}

#[test]
fn the_gradient_is_that_of_the_formula_at_every_size_and_with_every_mistake() {
    let right = Mistakes::default();
    let kinds = [
        right,
        Mistakes { averaged: true, ..right },
        Mistakes { no_log_ratio: true, ..right },
        Mistakes { no_noise_density: true, ..right },
    ];
    let sizes = [(2, 16, 7, 70), (1, 3, 64, 64), (5, 33, 100, 1), (2, 64, 130, 700)];
    for ((inputs, width, data, draws), mistakes) in sizes.into_iter().zip(kinds) {
        let model = model(inputs, width);
        let reference = Reference::new(&model);
        let mut trainer = Trainer::new(model, Settings { mistakes, ..settings(draws) }, 2, 3);
        trainer.log_scale = 0.4;
        let found = trainer.step(&normals(data * inputs, 4));
        let noise = Noise::new(Shape::Gaussian, &vec![0.0; inputs], &vec![2.0; inputs]);
        let ratio = draws as f64 / data as f64;
        let offsets: Vec<f64> = trainer
            .points()
            .chunks(inputs)
            .map(|x| {
                let x: Vec<f64> = x.iter().map(|v| f64::from(*v)).collect();
                mistakes.offset(ratio, noise.log_density(&x))
            })
            .collect();
        let rest = (0.4, mistakes.noise_weight(ratio));
        let (value, gradient, by_c) =
            by_formula(&reference, trainer.points(), &offsets, data, rest);
        assert!((found.total() / value - 1.0).abs() < 1e-5, "{found:?} {value}");
        let size = gradient.iter().fold(1.0_f64, |most, g| most.max(g.abs()));
        for (i, (found, expected)) in trainer.gradient.iter().zip(&gradient).enumerate() {
            let off = (f64::from(*found) - expected).abs();
            assert!(off < 1e-5 * size, "{inputs} {width}, {i}: {found} {expected}");
        }
        let weights: f64 = trainer.weights.iter().map(|weight| f64::from(*weight)).sum();
        assert!((-weights - by_c).abs() < 1e-5, "{by_c}");
    }
}

#[test]
fn the_formula_s_gradient_is_the_finite_difference() {
    let (data, draws) = (9, 30);
    let mut reference = Reference::new(&model(2, 8));
    let points = normals(2 * (data + draws), 5);
    let offsets: Vec<f64> = (0..data + draws).map(|i| (i as f64).sin()).collect();
    let rest = (0.2, 0.7);
    let (_, gradient, by_c) = by_formula(&reference, &points, &offsets, data, rest);
    let h = 1e-5;
    for (i, expected) in gradient.iter().enumerate() {
        let at = reference.parameters[i];
        let [above, below] = [h, -h].map(|h| {
            reference.parameters[i] = at + h;
            by_formula(&reference, &points, &offsets, data, rest).0
        });
        reference.parameters[i] = at;
        assert!(((above - below) / (2.0 * h) - expected).abs() < 1e-8, "{i}: {expected}");
    }
    let [above, below] =
        [h, -h].map(|h| by_formula(&reference, &points, &offsets, data, (0.2 + h, 0.7)).0);
    assert!(((above - below) / (2.0 * h) - by_c).abs() < 1e-8);
}

#[test]
fn noise_that_is_given_teaches_what_noise_that_is_drawn_does() {
    let data = normals(2 * 100, 6);
    let mut drawn = Trainer::new(model(2, 32), settings(500), 1, 7);
    let mut given = drawn.clone();
    let first = drawn.step(&data);
    let noise = Noise::new(Shape::Gaussian, &[0.0; 2], &[2.0; 2]);
    let log_densities: Vec<f64> = drawn
        .points()
        .chunks(2)
        .map(|x| noise.log_density(&[f64::from(x[0]), f64::from(x[1])]))
        .collect();
    let second = given.step_against(&data, &drawn.points()[200..], &log_densities);
    assert!((first.total() - second.total()).abs() < 1e-6, "{first:?} {second:?}");
    assert!(drawn.gradient.iter().zip(&given.gradient).all(|(a, b)| (a - b).abs() < 1e-6));
    assert!((drawn.log_scale() - given.log_scale()).abs() < 1e-6);
}

#[test]
fn the_noise_is_fresh_each_step_and_has_the_width_it_says() {
    let mut trainer = Trainer::new(model(2, 3), settings(5_000), 2, 8);
    let data = normals(2 * 10, 9);
    trainer.step(&data);
    let first = trainer.points()[20..].to_vec();
    trainer.step(&data);
    let second = &trainer.points()[20..];
    assert_eq!(&trainer.points()[..20], &*data);
    let n = first.len() as f64;
    let mean = |of: &dyn Fn(usize) -> f64| (0..first.len()).map(of).sum::<f64>() / n;
    let (square, product) = (
        mean(&|i| f64::from(first[i]).powi(2)),
        mean(&|i| f64::from(first[i]) * f64::from(second[i])),
    );
    // Standard errors: 4 sqrt(2/n) = .057 and 4/sqrt(n) = .04.
    assert!((square - 4.0).abs() < 0.17, "{square}");
    assert!(product.abs() < 0.12, "{product}");
    // No two shares draw from one stream.
    let mut sorted: Vec<u32> = first.iter().map(|x| x.to_bits()).collect();
    sorted.sort_unstable();
    sorted.dedup();
    assert!(sorted.len() as f64 > 0.99 * n, "{} of {n}", sorted.len());
}

#[test]
fn neither_threads_nor_instructions_change_a_bit_of_the_training() {
    for (inputs, width, data, draws) in [(2, 32, 512, 2_000), (3, 5, 33, 1_000)] {
        let trained = |level, threads| {
            let mut trainer =
                Trainer::at(level, model(inputs, width), settings(draws), threads, 10);
            let losses: Vec<_> =
                (0..3).map(|i| trainer.step(&normals(inputs * data, 11 + i))).collect();
            (losses, trainer.model().clone(), trainer.log_scale())
        };
        let first = trained(Level::best(), 1);
        assert!([2, 3, 16].into_iter().all(|threads| trained(Level::best(), threads) == first));
        assert!(Level::available().into_iter().all(|level| trained(level, 1) == first));
    }
}

#[test]
fn c_comes_to_the_normaliser_and_the_loss_to_its_floor() {
    // E = |x|^2/2 from the start, data from N(0, I): c = -log(2 pi) = -1.837877. The floor at
    // nu = 10 against N(0, 4 I) is 2.771289 by scipy.integrate.quad over the radius.
    let mut energy = FusedMlp::new(2, 1, 1.0, &mut stream(1, 0));
    energy.parameters_mut().fill(0.0);
    let mut trainer = Trainer::new(energy, settings(2_000), 1, 12);
    trainer.settings_mut().rate = 0.05;
    let mut lanes = Lanes::new(13, 0);
    let mut data = vec![0.0; 400];
    let (mut c, mut floor) = (0.0, 0.0);
    for step in 0..400 {
        lanes.normal(&mut data);
        let loss = trainer.step(&data);
        if step >= 200 {
            c += trainer.log_scale() / 200.0;
            floor += loss.total() / 200.0;
        }
    }
    assert!((c + 1.837_877).abs() < 0.02, "{c}");
    assert!((floor - 2.771_289).abs() < 0.02, "{floor}");
}

#[test]
fn a_batch_of_nothing_and_numbers_that_are_none_do_no_harm() {
    let mut trainer = Trainer::new(model(2, 4), settings(0), 2, 1);
    assert_eq!(trainer.step(&[]).total(), 0.0);
    assert!(trainer.step(&[0.5, 0.5]).total().is_finite());
    assert!(trainer.step_against(&[0.5, 0.5], &[], &[f64::NEG_INFINITY]).total() == 0.0);
    trainer.settings_mut().draws = 10;
    assert!(trainer.step(&[]).total().is_finite());
    assert!(trainer.step(&[f32::NAN, 0.0]).total().is_nan());
}

#[test]
fn the_workload_is_that_of_the_measurements() {
    let model = FusedMlp::new(2, 128, 0.1, &mut stream(1, 0));
    // 562.3 million operations and 1.44 million activations: the figures of the workload, counted
    // there by hand.
    assert!((operations(&model, 5_632) / 1e6 - 562.3).abs() < 0.05);
    assert!((activations(&model, 5_632) / 1e6 - 1.44).abs() < 0.01);
}
