//! How long a step, a view and a beginning take in each lesson, at the defaults and in each preset.
//! Limits: a step under 5 ms at the defaults, a view under a frame of 16 ms.
#![allow(missing_docs, reason = "criterion's macros make functions without")]

use contrastlab::data::table::Table;
use contrastlab::lab::blueprint::{Blueprint, Source};
use contrastlab::lab::param::Settings;
use contrastlab::lab::run::Run;
use contrastlab::lesson::LESSONS;
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

fn measure(c: &mut Criterion, lesson: &'static Blueprint, name: &str, settings: &Settings) {
    let Ok(mut run) = Run::new(lesson, Source::Shipped, 7, settings.clone()) else { return };
    let name = format!("{}/{name}", lesson.id);
    c.bench_function(&format!("{name}/step"), |b| b.iter(|| run.advance().is_ok()));
    c.bench_function(&format!("{name}/view"), |b| b.iter(|| black_box(run.view())));
    c.bench_function(&format!("{name}/build"), |b| {
        b.iter(|| Run::new(lesson, Source::Shipped, 7, settings.clone()).is_ok());
    });
}

fn steps(c: &mut Criterion) {
    for lesson in LESSONS {
        measure(c, lesson, "defaults", &lesson.defaults());
        for preset in lesson.presets {
            let mut settings = lesson.defaults();
            preset.values.iter().for_each(|(id, value)| settings.set(id, *value));
            measure(c, lesson, preset.id, &settings);
        }
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
