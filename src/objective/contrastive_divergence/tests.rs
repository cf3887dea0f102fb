use super::{Settings, Trainer, activations, operations};
use crate::math::lanes::Lanes;
use crate::sampler::fused_langevin::Rule;

/// Two normal humps at (-1.5, 0) and (1.5, 0), of standard deviation .4.
fn humps(lanes: &mut Lanes, n: usize) -> Vec<f32> {
    let mut data = vec![0.0; 2 * n];
    lanes.normal(&mut data);
    for (i, x) in data.chunks_exact_mut(2).enumerate() {
        x[0] = 0.4 * x[0] + if i % 2 == 0 { 1.5 } else { -1.5 };
        x[1] *= 0.4;
    }
    data
}

fn small() -> Settings {
    let step = 0.02;
    let rule = Rule { step, noise: (2.0 * step).sqrt(), steps: 20, bound: f32::INFINITY };
    Settings { buffer: 2_000, chains: 256, rule, rate: 5e-3, ..Settings::workload() }
}

#[test]
fn the_chains_come_to_lie_as_the_data_do() {
    let mut trainer = Trainer::new((2, 32), 0.1, small(), 2, 5);
    let mut lanes = Lanes::new(6, 0);
    for _ in 0..600 {
        let data = humps(&mut lanes, 256);
        trainer.step(&data);
    }
    // E x^2 = 1.5^2 + .4^2 = 2.41 and E y^2 = .16; few lie between the humps.
    let chains = trainer.buffer();
    let n = (chains.len() / 2) as f64;
    let mean = |f: &dyn Fn(f64, f64) -> f64| {
        chains.chunks_exact(2).map(|x| f(f64::from(x[0]), f64::from(x[1]))).sum::<f64>() / n
    };
    let (x, y) = (mean(&|x, _| x * x), mean(&|_, y| y * y));
    let between = mean(&|x, _| f64::from(u8::from(x.abs() < 0.5)));
    assert!((x - 2.41).abs() < 0.4, "{x}");
    assert!((y - 0.16).abs() < 0.1, "{y}");
    assert!(between < 0.1, "{between}");
}

#[test]
fn a_step_goes_along_the_difference_of_the_mean_energies() {
    // No walk and no restarts: the negatives are the buffer's. A small step of Adam lowers the
    // loss on the same points by the rate times the sum of |gradient|.
    let mut settings = small();
    settings.rule.steps = 0;
    settings.restarts = 0.0;
    settings.buffer = 1;
    settings.rate = 1e-5;
    let mut trainer = Trainer::new((2, 16), 0.1, settings, 1, 3);
    let data = humps(&mut Lanes::new(4, 0), 100);
    let before = trainer.step(&data);
    let expected = settings.rate * trainer.gradient.iter().map(|g| f64::from(g.abs())).sum::<f64>();
    let after = trainer.step(&data);
    assert!(expected > 1e-5, "{expected}");
    assert!(((before - after) / expected - 1.0).abs() < 0.05, "{before} {after} {expected}");
}

#[test]
fn threads_change_no_bit_of_the_training() {
    let trained = |threads| {
        let mut trainer = Trainer::new((2, 64), 0.1, Settings::workload(), threads, 7);
        let mut lanes = Lanes::new(8, 0);
        let losses: Vec<f64> = (0..3).map(|_| trainer.step(&humps(&mut lanes, 512))).collect();
        (losses, trainer.buffer().to_vec(), trainer.model().clone())
    };
    assert!(trained(1) == trained(2));
}

#[test]
fn the_workload_is_that_of_the_measurements() {
    let settings = Settings::workload();
    let trainer = Trainer::new((2, 128), 0.1, settings, 1, 1);
    // 786.4 million operations and 2.88 million activations: the figures of the workload, counted
    // there by hand.
    assert!((operations(trainer.model(), &settings, 512) / 1e6 - 786.4).abs() < 0.05);
    assert!((activations(trainer.model(), &settings, 512) / 1e6 - 2.88).abs() < 0.01);
}
