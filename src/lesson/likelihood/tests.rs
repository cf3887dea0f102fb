use super::BLUEPRINT;
use crate::lab::blueprint::Source;
use crate::lab::param::Value;
use crate::lab::run::Run;

#[test]
fn probe() {
    for (name, values, steps) in [
        ("default", vec![], 3000usize),
        ("alone", vec![("model_phase", Value::Real(0.0))], 3000),
        ("s.9", vec![("model_phase", Value::Real(0.9))], 3000),
        ("spring", vec![("model", Value::Choice("spring"))], 1000),
        (
            "springalone",
            vec![("model", Value::Choice("spring")), ("model_phase", Value::Real(0.0))],
            1000,
        ),
        (
            "spring.5",
            vec![("model", Value::Choice("spring")), ("model_phase", Value::Real(0.5))],
            1000,
        ),
        ("moons", vec![("data", Value::Choice("moons"))], 600),
        ("checker", vec![("data", Value::Choice("checkerboard"))], 300),
        ("uniform", vec![("data", Value::Choice("uniform"))], 600),
        ("skewed", vec![("data", Value::Choice("skewed"))], 600),
        ("geyser", vec![("data", Value::Choice("geyser-waiting"))], 600),
        (
            "heart",
            vec![
                ("points", Value::Integer(25)),
                ("width", Value::Integer(64)),
                ("layers", Value::Integer(3)),
                ("weight_decay", Value::Real(0.0)),
            ],
            600,
        ),
    ] {
        let mut s = BLUEPRINT.defaults();
        for (id, v) in &values {
            s.set(id, *v);
        }
        let mut run = Run::new(&BLUEPRINT, Source::Shipped, 7, s).unwrap();
        let t = std::time::Instant::now();
        let mut done = 0;
        for i in 0..=steps {
            if [0, 20, 60, 150, 300, 600, 1000, 3000].contains(&i) || run.diverged().is_some() {
                let tv = std::time::Instant::now();
                let v = run.view();
                let tv = tv.elapsed();
                println!("{name} {i} view {tv:?} {:?} {:?}", run.diverged(), v.notes);
                println!(
                    "   {}",
                    v.readouts
                        .iter()
                        .map(|r| format!(
                            "{}={:.4e}{}{}",
                            r.id,
                            r.value,
                            r.error.map_or(String::new(), |e| format!("±{e:.3}")),
                            r.exact.map_or(String::new(), |e| format!("({e:.4})"))
                        ))
                        .collect::<Vec<_>>()
                        .join(" ")
                );
            }
            if run.diverged().is_some() || run.advance().is_err() {
                if run.diverged().is_some() && done > 0 {};
                if done == i {
                    break;
                }
            }
            done = i + 1;
        }
        println!("{name}: {:?} a step", t.elapsed() / (done.max(1) as u32));
    }
}
#[test]
fn probe_claims() {
    for c in BLUEPRINT.claims {
        let t = std::time::Instant::now();
        for m in (c.measure)() {
            println!("{} {} {m:?}", c.number, m.holds());
        }
        println!("{:?}", t.elapsed());
    }
    for q in BLUEPRINT.questions {
        let t = std::time::Instant::now();
        for seed in [1, 7, 12] {
            println!(
                "{} {:?}",
                q.id,
                q.ask(&BLUEPRINT, seed).map(|o| (o.trend, o.before.value, o.after.value))
            );
        }
        println!("{:?}", t.elapsed());
    }
}
