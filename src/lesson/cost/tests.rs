use super::BLUEPRINT;
use crate::lab::param::Value;
use crate::lesson::shared::testing::{after, answers};

#[test]
fn explore() {
    for (part, steps) in [("one-device", 120), ("devices", 20), ("caching", 40), ("queue", 1500), ("nce", 200)] {
        let start = std::time::Instant::now();
        let view = after(&BLUEPRINT, 7, &[("part", Value::Choice(part))], steps);
        eprintln!("{part}: {:?} a step", start.elapsed() / steps as u32);
        for r in &view.readouts {
            eprintln!("  {} {:.6e} {:?} {:?}", r.id, r.value, r.error, r.exact);
        }
    }
    for (id, o) in answers(&BLUEPRINT, 3) {
        eprintln!("{id} {:?} {} {}", o.trend, o.before.value, o.after.value);
    }
}
