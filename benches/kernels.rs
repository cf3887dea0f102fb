//! Kernels against their limits: each beside the standard library's way in the same run, because
//! absolute times drift from machine to machine.

use contrastlab::math::lanes::Lanes;
use contrastlab::math::quadrature::Grid;
use contrastlab::math::vector_math;
use contrastlab::model::energy::{Energy, Quartic};
use contrastlab::sampler::chains::Chains;
use contrastlab::sampler::lanes_metropolis::{LaneChains, Proposal, Trace};
use contrastlab::sampler::{langevin, metropolis};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

const POINTS: usize = 4_096;

/// W6: the density of the double well `(x^2 - 1)^2/0.2` on 4,096 points, normalised. Goal: 1.4 us in
/// single precision, where the standard library's exp takes 18.
fn density(c: &mut Criterion) {
    let grid = Grid::new(-2.0, 2.0, POINTS);
    let x = grid.nodes();
    let mut p = vec![0.0; POINTS];
    let mut group = c.benchmark_group("density on 4096 points");
    group.throughput(Throughput::Elements(POINTS as u64));
    group.bench_function("contrastlab", |b| {
        let energy = Quartic::double_well(5.0, 0.0);
        b.iter(|| {
            energy.value(black_box(&x), &mut p);
            let total = vector_math::exp_affine_sum(&mut p, -1.0, 0.0) * grid.spacing();
            vector_math::scale(&mut p, 1.0 / total);
            black_box(&mut p);
        });
    });
    // The workload as peers run it.
    group.bench_function("contrastlab, single precision", |b| {
        let x: Vec<f32> = x.iter().map(|v| *v as f32).collect();
        let mut p = vec![0.0; POINTS];
        b.iter(|| {
            let well = [-5.0, 0.0, 10.0, 0.0, -5.0];
            let total = vector_math::exp_quartic_sum_f32(black_box(&x), &well, &mut p);
            vector_math::scale_f32(&mut p, 1.0 / (total * grid.spacing() as f32));
            black_box(&mut p);
        });
    });
    group.bench_function("standard library", |b| {
        b.iter(|| {
            for (p, x) in p.iter_mut().zip(black_box(&x)) {
                let well = x * x - 1.0;
                *p = (-5.0 * well * well).exp();
            }
            let total = p.iter().sum::<f64>() * grid.spacing();
            for p in &mut p {
                *p /= total;
            }
            black_box(&mut p);
        });
    });
    group.finish();
}

fn elementary(c: &mut Criterion) {
    let x: Vec<f64> = Grid::new(-8.0, 8.0, POINTS).nodes();
    let x32: Vec<f32> = x.iter().map(|v| *v as f32).collect();
    let (mut y, mut slope) = (vec![0.0; POINTS], vec![0.0; POINTS]);
    let mut y32 = vec![0.0; POINTS];
    let mut group = c.benchmark_group("over 4096 numbers");
    group.throughput(Throughput::Elements(POINTS as u64));
    group.bench_function("exp", |b| b.iter(|| vector_math::exp(black_box(&x), &mut y)));
    group.bench_function("exp of an affine function, summed", |b| {
        b.iter(|| {
            y.copy_from_slice(black_box(&x));
            vector_math::exp_affine_sum(&mut y, -1.0, 0.0)
        });
    });
    group.bench_function("quartic", |b| {
        b.iter(|| vector_math::quartic(black_box(&x), &[1.0, 0.0, -2.0, 0.0, 1.0], &mut y));
    });
    group.bench_function("exp of the standard library", |b| {
        b.iter(|| y.iter_mut().zip(black_box(&x)).for_each(|(y, x)| *y = x.exp()));
    });
    group.bench_function("exp in single precision", |b| {
        b.iter(|| vector_math::exp_f32(black_box(&x32), &mut y32));
    });
    group.bench_function("softplus", |b| b.iter(|| vector_math::softplus(black_box(&x), &mut y)));
    group.bench_function("SiLU with derivative", |b| {
        b.iter(|| vector_math::silu_with_derivative(black_box(&x), &mut y, &mut slope));
    });
    group.finish();
}

/// One step of 1,024 chains in the double well.
fn steps(c: &mut Criterion) {
    let energy = Quartic::double_well(5.0, 0.0);
    let mut chains = Chains::new(&energy, &[-1.0], 1_024, 7);
    let mut group = c.benchmark_group("a step of 1024 chains");
    group.throughput(Throughput::Elements(1_024));
    group.bench_function("Metropolis", |b| {
        b.iter(|| metropolis::step(&mut chains, &energy, 1.0, 0.46));
    });
    group.bench_function("ULA", |b| {
        b.iter(|| langevin::unadjusted(&mut chains, &energy, 1.0, 0.001));
    });
    group.bench_function("MALA", |b| {
        b.iter(|| langevin::adjusted(&mut chains, &energy, 1.0, 0.02));
    });
    group.finish();
}

/// Random numbers in bulk, and the walkers of W6: 1,024 chains of 1,000 steps, and one chain.
fn lanes(c: &mut Criterion) {
    let mut draws = vec![0.0_f32; 8_192];
    let mut lanes = Lanes::new(7, 0);
    let mut group = c.benchmark_group("random numbers");
    group.throughput(Throughput::Elements(draws.len() as u64));
    group.bench_function("uniform", |b| b.iter(|| lanes.uniform(black_box(&mut draws))));
    group.bench_function("exponential", |b| b.iter(|| lanes.exponential(black_box(&mut draws))));
    group.bench_function("normal", |b| b.iter(|| lanes.normal(black_box(&mut draws))));
    group.finish();
    let energy = Quartic::double_well(5.0, 0.0);
    let mut group = c.benchmark_group("Metropolis in single precision");
    for (name, proposal) in
        [("uniform", Proposal::Uniform(0.8)), ("normal", Proposal::Normal(0.46))]
    {
        let mut chains = LaneChains::new(-1.0, 1_024, 7);
        group.throughput(Throughput::Elements(1_024_000));
        group.bench_function(format!("1024 chains, {name}"), |b| {
            b.iter(|| chains.advance(black_box(&energy), 1.0, proposal, 1_000));
        });
        let (mut trace, mut path) = (Trace::new(-1.0, 7), vec![0.0; 100_000]);
        group.throughput(Throughput::Elements(path.len() as u64));
        group.bench_function(format!("one chain, {name}"), |b| {
            b.iter(|| trace.walk(black_box(&energy), 1.0, proposal, &mut path));
        });
    }
    group.finish();
}

/// The whole lesson at its defaults: a step, and a view of it.
fn lesson(c: &mut Criterion) {
    use contrastlab::lab::blueprint::Source;
    use contrastlab::lab::run::Run;
    let blueprint = &contrastlab::lesson::boltzmann::BLUEPRINT;
    let Ok(mut run) = Run::new(blueprint, Source::Shipped, 7, blueprint.defaults()) else { return };
    let mut group = c.benchmark_group("boltzmann at its defaults");
    group.bench_function("step", |b| b.iter(|| run.advance()));
    group.bench_function("view", |b| b.iter(|| run.view()));
    group.finish();
}

fn quick() -> Criterion {
    Criterion::default()
        .warm_up_time(std::time::Duration::from_millis(300))
        .measurement_time(std::time::Duration::from_secs(1))
        .sample_size(20)
}

criterion_group! { name = kernels; config = quick(); targets = density, elementary, lanes, steps, lesson }
criterion_main!(kernels);
