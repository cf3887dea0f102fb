use super::{Trainer, Update, Work};
use crate::data::unigram::Unigram;
use crate::math::rng::stream;
use crate::model::log_bilinear::{LogBilinear, Sizes};
use crate::objective::language_model::{Objective, operations};

const SIZES: Sizes = Sizes { vocabulary: 13, dimension: 5, context: 2 };
const ALL: [Objective; 4] =
    [Objective::Softmax, Objective::Nce, Objective::Ranking, Objective::NegativeSampling];

fn text() -> Vec<u32> {
    (0..200_u32).map(|i| (i * i + i / 7) % 13).collect()
}

fn noise() -> Unigram {
    let mut counts = vec![1; 13];
    text().iter().for_each(|w| counts[*w as usize] += 1);
    Unigram::new(&counts, 0.75).expect("a noise")
}

fn update(objective: Objective) -> Update {
    Update { objective, negatives: 6, batch: 9, rate: 0.1, decay: 0.0 }
}

/// A model whose scores are not all alike.
fn model() -> LogBilinear {
    let mut model = LogBilinear::new(SIZES, &mut stream(2, 0));
    let tables = [&mut model.before, &mut model.places, &mut model.next];
    for table in tables {
        table.values.iter_mut().enumerate().for_each(|(i, v)| *v += 0.5 * (1.7 * i as f32).sin());
    }
    model
}

/// The mean loss of the batch that this seed draws.
fn loss(model: &LogBilinear, objective: Objective) -> f64 {
    let mut work = Work::new(SIZES);
    work.gradient(model, &text(), &noise(), update(objective), &mut stream(7, 0));
    work.losses.iter().sum::<f64>() / work.losses.len() as f64
}

#[test]
fn gradients_are_those_of_finite_differences() {
    // The loss is of single precision: a long step, and a tolerance for its rounding.
    let h = 1e-2_f32;
    for objective in ALL {
        let model = model();
        let mut work = Work::new(SIZES);
        work.gradient(&model, &text(), &noise(), update(objective), &mut stream(7, 0));
        let sums =
            [work.before.all().to_vec(), work.places.all().to_vec(), work.next.all().to_vec()];
        let mut largest = 0.0_f64;
        for (table, sums) in sums.iter().enumerate() {
            for i in (0..sums.len()).step_by(if table == 1 { 1 } else { 3 }) {
                let moved = |by: f32| {
                    let mut model = model.clone();
                    let tables = [&mut model.before, &mut model.places, &mut model.next];
                    tables[table].values[i] += by;
                    loss(&model, objective)
                };
                let numeric = (moved(h) - moved(-h)) / (2.0 * f64::from(h));
                let exact = f64::from(sums[i]);
                largest = largest.max(exact.abs());
                assert!(
                    (numeric - exact).abs() < 3e-4 * (1.0 + exact.abs()),
                    "{objective:?} table {table} entry {i}: {numeric} {exact}"
                );
            }
        }
        assert!(largest > 0.05, "{objective:?}: a gradient worth a look, {largest}");
    }
}

#[test]
fn a_step_costs_what_the_formula_says_and_moves_what_was_met() {
    for objective in ALL {
        let mut trainer = Trainer::new(model());
        let report = trainer.step(&text(), &noise(), update(objective), &mut stream(1, 0));
        assert_eq!(report.operations, 9 * operations(SIZES, objective, 6), "{objective:?}");
        let most = 9 * 7 + 9 * 2;
        assert!(report.moved <= if objective == Objective::Softmax { 26 } else { most });
    }
}

#[test]
fn a_copy_goes_on_as_the_original() {
    let mut trainer = Trainer::new(model());
    let (text, noise) = (text(), noise());
    let mut rng = stream(4, 0);
    for _ in 0..20 {
        trainer.step(&text, &noise, update(Objective::Nce), &mut rng);
    }
    let (mut copy, mut other) = (trainer.clone(), rng.clone());
    for _ in 0..20 {
        let a = trainer.step(&text, &noise, update(Objective::Nce), &mut rng);
        let b = copy.step(&text, &noise, update(Objective::Nce), &mut other);
        assert_eq!(a, b);
    }
    assert_eq!(trainer.model, copy.model);
}

/// One context: the empty one, as good as. Scores are then one number a word, and the optimum is
/// known exactly: log p, or log p - log(k q) without the noise's density.
#[test]
fn each_objective_has_the_optimum_it_should() {
    // 100 words in the shares .5, .25, .15, .07, .03, over and over.
    let shares = [50_u32, 25, 15, 7, 3];
    let block: Vec<u32> =
        shares.iter().zip(0..).flat_map(|(n, w)| std::iter::repeat_n(w, *n as usize)).collect();
    let text: Vec<u32> = block.iter().copied().cycle().take(2_000).collect();
    let noise = Unigram::new(&[50, 25, 15, 7, 3], 0.75).expect("a noise");
    let sizes = Sizes { vocabulary: 5, dimension: 1, context: 1 };
    let k = 5;
    for objective in ALL {
        let mut model = LogBilinear::new(sizes, &mut stream(1, 0));
        // Without vectors before, nothing but the biases acts, and vectors stay where they are.
        model.before.values.fill(0.0);
        model.places.values.fill(0.0);
        let mut trainer = Trainer::new(model);
        let mut rng = stream(8, 0);
        let mut mean = [0.0; 5];
        let (steps, rest) = (3_000, 1_000);
        for step in 0..steps {
            let update = Update {
                objective,
                negatives: k,
                batch: 64,
                rate: 0.3 / (1.0 + step as f32 / 300.0),
                decay: 0.0,
            };
            trainer.step(&text, &noise, update, &mut rng);
            if step >= rest {
                let scores: Vec<f64> =
                    (0..5).map(|w| f64::from(trainer.model.next.row(w)[1])).collect();
                mean.iter_mut().zip(&scores).for_each(|(m, s)| *m += s / f64::from(steps - rest));
            }
        }
        let log_p = shares.map(|n| (f64::from(n) / 100.0).ln());
        let optimum: Vec<f64> = match objective {
            Objective::NegativeSampling => {
                log_p.iter().zip(noise.log_q()).map(|(p, q)| p - q - (k as f64).ln()).collect()
            }
            _ => log_p.to_vec(),
        };
        // What the two that see no normaliser leave free is taken out.
        let free = matches!(objective, Objective::Softmax | Objective::Ranking);
        let shift = if free { mean[0] - optimum[0] } else { 0.0 };
        for (m, o) in mean.iter().zip(&optimum) {
            assert!((m - shift - o).abs() < 0.08, "{objective:?}: {mean:?} for {optimum:?}");
        }
    }
}
