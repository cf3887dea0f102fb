//! Workload W4, a step of contrastive divergence on one thread and on two, beside the least time
//! that its multiply-adds and activations take on this machine.
#![allow(missing_docs, reason = "criterion's macros make functions without")]

use contrastlab::math::lanes::Lanes;
use contrastlab::math::peak::{flops_per_second, silu_per_second};
use contrastlab::objective::contrastive_divergence::{Settings, Trainer, activations, operations};
use criterion::{Criterion, criterion_group, criterion_main};
use std::time::Duration;

const BATCH: usize = 512;

fn step(c: &mut Criterion) {
    let settings = Settings::workload();
    let mut data = vec![0.0; 2 * BATCH];
    Lanes::new(1, 0).normal(&mut data);
    let mut group = c.benchmark_group("W4, a step of contrastive divergence");
    for threads in [1, 2] {
        let mut trainer = Trainer::new((2, 128), 0.1, settings, threads, 7);
        group.bench_function(format!("{threads} threads"), |b| b.iter(|| trainer.step(&data)));
    }
    // Two figures to hold the rest against, given as the time of a step that does nothing else.
    let during = Duration::from_millis(300);
    let model = Trainer::new((2, 128), 0.1, settings, 1, 7).model().clone();
    let least = operations(&model, &settings, BATCH) / flops_per_second(during)
        + activations(&model, &settings, BATCH) / silu_per_second(during);
    group.bench_function("the least, 1 thread", |b| {
        b.iter_custom(|n| Duration::from_secs_f64(least * n as f64));
    });
    group.finish();
}

criterion_group!(benches, step);
criterion_main!(benches);
