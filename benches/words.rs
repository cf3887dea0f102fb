//! What an update of a language model costs against the size of its vocabulary: the full softmax
//! against NCE with 10 and 100 noise words, from 100 words to all of Alice. Batches of 100, vectors
//! of 24, two words of context.
#![allow(missing_docs, reason = "criterion's macros make functions without")]

use contrastlab::data::unigram::Unigram;
use contrastlab::data::vocabulary::LimitedText;
use contrastlab::data::words::Corpus;
use contrastlab::math::rng::stream;
use contrastlab::model::log_bilinear::{LogBilinear, Sizes};
use contrastlab::objective::language_model::{Objective, Trainer, Update};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

fn updates(c: &mut Criterion) {
    let mut group = c.benchmark_group("an update of a language model");
    let cases = [("softmax", Objective::Softmax, 1), ("nce, k = 10", Objective::Nce, 10)];
    for (name, objective, negatives) in
        cases.into_iter().chain([("nce, k = 100", Objective::Nce, 100)])
    {
        for vocabulary in [100, 300, 1_000, 2_674] {
            let text = LimitedText::new(Corpus::alice(), vocabulary);
            let Some(noise) = Unigram::new(&text.counts, 0.75) else { continue };
            let mut rng = stream(1, 0);
            let sizes = Sizes { vocabulary: text.size, dimension: 24, context: 2 };
            let mut trainer = Trainer::new(LogBilinear::new(sizes, &mut rng));
            let update = Update { objective, negatives, batch: 100, rate: 0.1, decay: 0.01 };
            group.bench_function(BenchmarkId::new(name, vocabulary), |b| {
                b.iter(|| trainer.step(&text.training, &noise, update, &mut rng));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, updates);
criterion_main!(benches);
