use super::BLUEPRINT;
use crate::data::words::Corpus;
use crate::lab::blueprint::Source;
use crate::lab::param::{Value, Word};
use crate::lab::question::Trend;
use crate::lab::run::Run;
use crate::lab::view::{Cell, Plot, View};
use crate::lesson::shared::testing::{Set, after, answers, claims_hold, go, readout, run};
use std::sync::Arc;

fn value(view: &View, id: &str) -> f64 {
    readout(view, id).value
}

fn word(text: &str) -> Value {
    Value::Word(Word::new(text).expect("a word"))
}

fn rows(view: &View) -> Vec<Vec<Cell>> {
    let figure = view.figures.iter().find(|f| f.id == "neighbours").expect("the table");
    let Plot::Table(table) = &figure.plot else { panic!("a table") };
    table.rows.clone()
}

fn own(text: &str, set: Set<'_>, steps: usize) -> View {
    let corpus = Arc::new(Corpus::parse("own.txt", text).expect("a text"));
    let mut settings = BLUEPRINT.defaults();
    set.iter().for_each(|(id, value)| settings.set(id, *value));
    let mut run = Run::new(&BLUEPRINT, Source::Text(corpus), 3, settings).expect("a run");
    for _ in 0..steps {
        run.advance().expect("a step");
    }
    run.view()
}

#[test]
fn nce_beats_the_unigram_distribution_and_normalises_itself() {
    let view = after(&BLUEPRINT, 1, &[], 300);
    let unigram = value(&view, "perplexity_unigram");
    let perplexity = readout(&view, "perplexity");
    // numpy on the same 1,500 held-out words, with p = (n + 1)/(N + V).
    assert!((unigram - 191.409_099).abs() < 1e-5, "{unigram}");
    assert!(perplexity.value + 5.0 * perplexity.error.expect("an error bar") < unigram);
    assert!(value(&view, "log_z_mean").abs() < 0.2 && value(&view, "log_z_spread") < 0.4);
    // The full softmax has come a far shorter way for the same multiply-adds.
    assert!(value(&view, "perplexity_twin") > 1.5 * perplexity.value);
    // The start: every word alike.
    let start = after(&BLUEPRINT, 1, &[], 0);
    assert!((value(&start, "perplexity") - 1_000.0).abs() < 10.0);
    assert!(value(&start, "log_z_mean").abs() < 0.02);
}

#[test]
fn uniform_noise_does_no_harm_to_negative_sampling() {
    let set: Set<'_> = &[("method", Value::Choice("negative-sampling"))];
    let mut run = run(&BLUEPRINT, 1, set);
    go(&mut run, 300);
    let before = value(&run.view(), "perplexity");
    assert!(before > value(&run.view(), "perplexity_unigram"), "{before}");
    run.edit("alpha", Value::Real(0.0), false).expect("in range");
    go(&mut run, 300);
    let after = value(&run.view(), "perplexity");
    assert!(after < 0.6 * before, "{before} {after}");
}

#[test]
fn what_an_update_costs_does_not_depend_on_the_vocabulary() {
    let cost = |method, vocabulary, k| {
        let set: Set<'_> = &[
            ("method", Value::Choice(method)),
            ("vocabulary", Value::Integer(vocabulary)),
            ("negatives", Value::Integer(k)),
        ];
        value(&after(&BLUEPRINT, 1, set, 1), "operations")
    };
    assert_eq!(cost("nce", 100, 10), cost("nce", 2_674, 10));
    // 100 data, 3 passes over 2 places of 24 and over 11 words of 25.
    assert_eq!(cost("nce", 100, 10), 100.0 * (3.0 * 48.0 + 3.0 * 11.0 * 25.0));
    assert_eq!(cost("softmax", 2_674, 10), 100.0 * (3.0 * 48.0 + 3.0 * 2_674.0 * 25.0));
    assert!(cost("nce", 100, 20) > 1.7 * cost("nce", 100, 10));
}

#[test]
fn a_typed_word_has_neighbours_or_a_calm_answer() {
    let known = after(&BLUEPRINT, 1, &[], 0);
    assert!(known.notes.is_empty(), "{:?}", known.notes);
    assert_eq!(rows(&known)[0][..2], [Cell::Text("rabbit".into()), Cell::Label("asked")]);
    assert_eq!(rows(&known).len(), 8);
    let misspelled = after(&BLUEPRINT, 1, &[("word", word("Rabit"))], 0);
    assert_eq!(misspelled.notes, ["word-respelled"]);
    assert_eq!(rows(&misspelled)[0][..2], [Cell::Text("rabit".into()), Cell::Label("not-there")]);
    assert_eq!(
        rows(&misspelled)[1][..2],
        [Cell::Text("rabbit".into()), Cell::Label("spelled-alike")]
    );
    assert_eq!(rows(&known)[1..], rows(&misspelled)[2..]);
    let absent = after(&BLUEPRINT, 1, &[("word", word("가나다라마바사"))], 0);
    assert_eq!((absent.notes, rows(&known).len()), (vec!["word-absent"], 8));
    // In the text, but not among the fifty commonest words.
    let cut = after(&BLUEPRINT, 1, &[("vocabulary", Value::Integer(50))], 0);
    assert!(cut.notes.contains(&"word-cut"), "{:?}", cut.notes);
}

#[test]
fn the_learners_own_text_is_learned_in_any_script() {
    let sentence = "토끼가 굴로 갔다. 앨리스가 토끼를 따라 갔다. 고양이가 웃었다. ";
    let view = own(&sentence.repeat(60), &[("word", word("토끼"))], 200);
    assert!(value(&view, "perplexity") < 2.5, "{}", value(&view, "perplexity"));
    assert_eq!(value(&view, "unknown"), 0.0);
    for note in ["all-words", "word-respelled", "short-text"] {
        assert!(view.notes.contains(&note), "{note}: {:?}", view.notes);
    }
    // Without a word typed, the commonest of two syllables.
    let view = own(&sentence.repeat(60), &[], 0);
    assert!(view.notes.contains(&"word-common"), "{:?}", view.notes);
    assert_eq!(rows(&view)[1][..2], [Cell::Text("갔다".into()), Cell::Label("spelled-alike")]);
    // The shortest text there is, with the longest context.
    let shortest = "one two . ".repeat(17);
    let view = own(&shortest, &[("context", Value::Integer(4))], 30);
    assert!(value(&view, "perplexity").is_finite());
}

#[test]
fn the_simulator_answers_the_questions() {
    for seed in [1, 5] {
        let trends: Vec<_> =
            answers(&BLUEPRINT, seed).iter().map(|(id, o)| (*id, o.trend)).collect();
        assert_eq!(trends, [("forget-noise", Trend::Rises), ("free-normaliser", Trend::Rises)]);
    }
}

#[test]
fn the_claims_hold() {
    claims_hold(&BLUEPRINT);
}
