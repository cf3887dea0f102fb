//! The lesson as a learner and a script meet it.

use super::BLUEPRINT;
use super::claims::filled;
use super::fits::{info_nce, nce};
use super::pairs::Source;
use super::ranking::LOOKS;
use super::row::Row;
use crate::lab::param::Value;
use crate::lesson::shared::testing::{after, answers, readout};
use crate::math::rng::stream;

#[test]
#[ignore]
fn print() {
    let t = std::time::Instant::now();
    let view = after(&BLUEPRINT, 7, &[], 2000);
    for r in &view.readouts {
        println!("{} {:.4} {:?} {:?}", r.id, r.value, r.error, r.exact);
    }
    println!("{:?}", t.elapsed());
    for seed in 1..6 {
        for (id, a) in answers(&BLUEPRINT, seed) {
            println!("{seed} {id} {:.4} {:?} -> {:.4} {:?} {:?}", a.before.value, a.before.error, a.after.value, a.after.error, a.trend);
        }
    }
    for c in BLUEPRINT.claims {
        let t = std::time::Instant::now();
        for m in (c.measure)() {
            println!("{m:?} {}", m.holds());
        }
        println!("{:?}", t.elapsed());
    }
    for set in [&[("currency", Value::Choice("pairs"))][..], &[("currency", Value::Choice("scores")), ("budget", Value::Integer(100_000))], &[("batch", Value::Integer(8))], &[("batch", Value::Integer(2))], &[("batch", Value::Integer(256))], &[("nu", Value::Integer(8))]] {
        let s = filled(Row::Accuracy, set, 5).unwrap();
        println!("{set:?} {:?} {:?} {:?}", s.mean(LOOKS - 1), s.mean(2 * LOOKS - 1), s.mean(2 * LOOKS));
    }
    let s = filled(Row::Batch, &[("seeds", Value::Integer(100))], 6).unwrap();
    for k in 0..8 { println!("batch {k} {:?}", s.mean(k)); }
    println!("floor {}", Source { correlation: 0.7 }.floor());
    let pairs = Source { correlation: 0.7 }.pairs(512, &mut stream(1, 1));
    println!("{:?} {:?}", nce(&pairs, 1, true, &mut stream(1, 2)), info_nce(&pairs, 8));
}
