//! How long a step and a view of lesson 1.1 take. Limits: a step under 5 ms at the defaults (aim:
//! 1 ms on a line), a view under a frame of 16 ms.
#![allow(missing_docs, reason = "criterion's macros make functions without")]

use contrastlab::data::table::Table;
use contrastlab::lab::blueprint::Source;
use contrastlab::lab::param::Value;
use contrastlab::lab::run::Run;
use contrastlab::lesson::energy::BLUEPRINT;
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

fn steps(c: &mut Criterion) {
    for data in ["geyser-waiting", "geyser-2d", "moons"] {
        let mut settings = BLUEPRINT.defaults();
        settings.set("data", Value::Choice(data));
        let Ok(mut run) = Run::new(&BLUEPRINT, Source::Shipped, 7, settings.clone()) else {
            continue;
        };
        c.bench_function(&format!("energy/{data}/step"), |b| b.iter(|| run.advance().is_ok()));
        c.bench_function(&format!("energy/{data}/view"), |b| b.iter(|| black_box(run.view())));
        c.bench_function(&format!("energy/{data}/build"), |b| {
            b.iter(|| Run::new(&BLUEPRINT, Source::Shipped, 7, settings.clone()).is_ok());
        });
    }
}

fn table(c: &mut Criterion) {
    let mut text = "x,y\n".to_owned();
    for i in 0..1_000_000u32 {
        text.push_str(&format!("{}.{:02},{i}\n", i % 1000, i % 97));
    }
    let mut group = c.benchmark_group("table");
    group.sample_size(10);
    group.bench_function("a million rows", |b| {
        b.iter(|| Table::parse("t.csv", black_box(text.as_bytes()), None).is_ok());
    });
    group.finish();
}

criterion_group!(benches, steps, table);
criterion_main!(benches);
