//! Workloads W2, W4 and W5, a step of SimCLR, of contrastive divergence and of noise-contrastive
//! estimation, on one thread and on two, beside the least time that their multiply-adds and
//! activations take on this machine.
#![allow(missing_docs, reason = "criterion's macros make functions without")]

use contrastlab::math::lanes::Lanes;
use contrastlab::math::peak::{flops_per_second, silu_per_second};
use contrastlab::math::rng::stream;
use contrastlab::model::encoder::Encoder;
use contrastlab::model::fused_mlp::FusedMlp;
use contrastlab::objective::contrastive_divergence as cd;
use contrastlab::objective::nce::fused as nce;
use contrastlab::objective::nt_xent::fused as simclr;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use std::time::Duration;

const BATCH: usize = 512;

fn data() -> Vec<f32> {
    let mut data = vec![0.0; 2 * BATCH];
    Lanes::new(1, 0).normal(&mut data);
    data
}

/// The time of a step that does nothing else: a figure to hold the rest against.
fn least(group: &mut BenchmarkGroup<'_, WallTime>, operations: f64, activations: f64) {
    let during = Duration::from_millis(300);
    let least = operations / flops_per_second(during) + activations / silu_per_second(during);
    group.bench_function("the least, 1 thread", |b| {
        b.iter_custom(|n| Duration::from_secs_f64(least * n as f64));
    });
}

fn contrastive_divergence(c: &mut Criterion) {
    let settings = cd::Settings::workload();
    let data = data();
    let mut group = c.benchmark_group("W4, a step of contrastive divergence");
    for threads in [1, 2] {
        let mut trainer = cd::Trainer::new((2, 128), 0.1, settings, threads, 7);
        group.bench_function(format!("{threads} threads"), |b| b.iter(|| trainer.step(&data)));
    }
    let model = cd::Trainer::new((2, 128), 0.1, settings, 1, 7).model().clone();
    let operations = cd::operations(&model, &settings, BATCH);
    least(&mut group, operations, cd::activations(&model, &settings, BATCH));
    group.finish();
}

fn noise_contrastive(c: &mut Criterion) {
    let settings = nce::Settings::workload();
    let data = data();
    let model = FusedMlp::new(2, 128, 0.1, &mut stream(7, 0));
    let mut group = c.benchmark_group("W5, a step of noise-contrastive estimation");
    for threads in [1, 2] {
        let mut trainer = nce::Trainer::new(model.clone(), settings, threads, 7);
        group.bench_function(format!("{threads} threads"), |b| b.iter(|| trainer.step(&data)));
    }
    let points = BATCH + settings.draws;
    least(&mut group, nce::operations(&model, points), nce::activations(&model, points));
    group.finish();
}

fn contrastive(c: &mut Criterion) {
    let sizes = [64, 128, 128, 64];
    let mut views = vec![0.0; BATCH * sizes[0]];
    Lanes::new(1, 1).normal(&mut views);
    let mut group = c.benchmark_group("W2, a step of SimCLR");
    for threads in [1, 2] {
        let encoder = Encoder::new(&sizes, &mut stream(7, 1));
        let settings = simclr::Settings::workload();
        let mut trainer = simclr::Trainer::new(encoder, settings, threads);
        group.bench_function(format!("{threads} threads"), |b| b.iter(|| trainer.step(&views)));
    }
    // Its exponentials are some 3 % of it, and not counted here.
    least(&mut group, simclr::operations(&sizes, BATCH), 0.0);
    group.finish();
}

criterion_group!(benches, contrastive, contrastive_divergence, noise_contrastive);
criterion_main!(benches);
