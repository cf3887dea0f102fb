use super::BLUEPRINT;
#[test]
fn explore() {
    for q in BLUEPRINT.questions {
        for seed in [1, 2, 3, 7, 11, 12] {
            let o = q.ask(&BLUEPRINT, seed).unwrap();
            println!("{} {seed} {} -> {} {:?}", q.id, o.before.value, o.after.value, o.trend);
        }
    }
    for c in BLUEPRINT.claims {
        let t = std::time::Instant::now();
        for m in (c.measure)() {
            println!("{} {m:?}", m.holds());
        }
        println!("{:?}", t.elapsed());
    }
}
