use super::{Settings, Trainer, operations};
use crate::math::all_pairs::Pace;
use crate::math::rng::stream;
use crate::math::simd::Level;
use crate::model::adam::Adam;
use crate::model::encoder::{Encoder, Passes};
use crate::objective::nt_xent;
use crate::objective::unit_rows::UnitRows;
use rand::RngExt as _;
use rand_distr::StandardNormal;

/// Views that resemble each other two by two.
fn views(pairs: usize, inputs: usize) -> Vec<f32> {
    let mut rng = stream(1, pairs as u64);
    let mut normal =
        |n: usize| -> Vec<f32> { (0..n).map(|_| rng.sample(StandardNormal)).collect() };
    let first = normal(pairs * inputs);
    let second = normal(pairs * inputs);
    let second = first.iter().zip(second).map(|(x, y)| x + 0.7 * y);
    first.iter().copied().chain(second).collect()
}

fn settings(temperature: f32) -> Settings {
    Settings { temperature, rate: 1e-3, decay: 0.01 }
}

/// The loss, its derivative by 1/temperature and the gradient from parts that were checked by
/// themselves: the encoder's passes, and the loss in double precision.
fn in_parts(encoder: &Encoder, views: &[f32], temperature: f32) -> (f64, f64, Vec<f32>) {
    let d = encoder.outputs();
    let mut passes = Passes::new(1);
    let out = passes.forward(encoder, views).iter().map(|v| f64::from(*v)).collect();
    let units = UnitRows::or_zero(out, d);
    let mut found = nt_xent::of_units(&units, f64::from(temperature), &Pace::new(1));
    units.pull_back(&mut found.a);
    let by: Vec<f32> = found.a.iter().map(|v| *v as f32).collect();
    let mut gradient = vec![0.0; encoder.parameters().len()];
    passes.backward(encoder, &by, &mut gradient);
    (found.loss, found.scale, gradient)
}

fn length(x: impl Iterator<Item = f32>) -> f32 {
    x.map(|v| v * v).sum::<f32>().sqrt()
}

#[test]
fn a_step_is_what_its_parts_make_of_it() {
    let shapes: [(usize, &[usize]); 6] = [
        (1, &[3, 4]),
        (16, &[5, 8, 3]),
        (32, &[64, 128, 128, 64]),
        (45, &[20, 17, 30]),
        (128, &[8, 32, 16]),
        // Too many to keep all exponentials.
        (600, &[4, 16, 5]),
    ];
    for (pairs, sizes) in shapes {
        let encoder = Encoder::new(sizes, &mut stream(2, 0));
        let views = views(pairs, sizes[0]);
        for temperature in [0.5, 0.1, 0.005] {
            let mut trainer = Trainer::new(encoder.clone(), settings(temperature), 2);
            let found = trainer.step(&views);
            let (loss, scale, gradient) = in_parts(&encoder, &views, temperature);
            let context = format!("{pairs} x {sizes:?} at {temperature}: {found:?}");
            let size = f64::from(0.5 / temperature).max(1.0);
            assert!((found.loss - loss).abs() < 4e-6 * size, "{context}, {loss}");
            assert!(
                (found.scale - scale).abs() < 2e-5 * scale.abs().max(0.1),
                "{context}, {scale}"
            );
            let pairs = trainer.gradient().iter().zip(&gradient);
            let off = length(pairs.map(|(f, e)| f - e)) / length(gradient.iter().copied());
            assert!(off < 1e-4 || loss < 1e-6, "{context}: off by {off}");
            let mut parameters = encoder.parameters().to_vec();
            let step = trainer.gradient();
            Adam::new(parameters.len()).step(&mut parameters, step, 1e-3, 0.01);
            assert!(trainer.encoder().parameters() == parameters, "{context}");
        }
    }
}

#[test]
fn neither_threads_nor_instructions_change_a_bit() {
    // The larger batches are worth several threads.
    let run = |level: Level, threads: usize, pairs: usize, steps: usize| {
        let encoder = Encoder::new(&[16, 48, 20], &mut stream(3, 0));
        let mut trainer = Trainer::at(level, encoder, settings(0.2), threads);
        let views = views(pairs, 16);
        let found: Vec<_> = (0..steps).map(|_| trainer.step(&views)).collect();
        (found, trainer.encoder().parameters().to_vec())
    };
    for (pairs, steps) in [(40, 2), (230, 2), (400, 1), (530, 1)] {
        let one = run(Level::best(), 1, pairs, steps);
        for level in Level::available() {
            // The portable path is slow without fused multiply-adds.
            if level != Level::Portable || pairs < 100 {
                for threads in [1, 2, 3] {
                    let found = run(level, threads, pairs, steps);
                    assert!(found == one, "{pairs}, {level:?} on {threads}");
                }
            }
        }
    }
}

#[test]
fn training_finds_pairs_and_a_copy_goes_on_alike() {
    let encoder = Encoder::new(&[16, 32, 8], &mut stream(4, 0));
    let mut trainer = Trainer::new(encoder, Settings { rate: 0.01, ..settings(0.5) }, 2);
    let views = views(32, 16);
    let first = trainer.step(&views).loss;
    for _ in 0..100 {
        trainer.step(&views);
    }
    let mut copy = trainer.clone();
    let (loss, again) = (trainer.step(&views).loss, copy.step(&views).loss);
    assert!(loss < first - 0.8 && loss == again, "{first} {loss} {again}");
    assert_eq!(trainer.encoder(), copy.encoder());
    for row in trainer.units().chunks(8) {
        let length: f32 = row.iter().map(|v| v * v).sum();
        assert!((length - 1.0).abs() < 1e-5);
    }
    assert_eq!(trainer.units().len(), 64 * 8);
    assert!(trainer.step(&[]).loss.abs() < 1e-9, "no views cost nothing");
}

#[test]
fn what_overflows_is_seen_in_the_loss() {
    let mut encoder = Encoder::new(&[4, 3], &mut stream(5, 0));
    encoder.parameters_mut()[0] = 1e30;
    let found = Trainer::new(encoder, settings(0.5), 1).step(&views(5, 4));
    assert!(found.loss.is_nan(), "{found:?}");
}

#[test]
fn the_workload_is_what_the_measurements_say() {
    let sizes = [64, 128, 128, 64];
    assert!((operations(&sizes, 512) - 159.4e6).abs() < 0.1e6);
}
