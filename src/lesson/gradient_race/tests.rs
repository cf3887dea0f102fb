use super::BLUEPRINT;
use super::setup::Setup;
use crate::lesson::shared::testing::Set;
use crate::math::rng::stream;

/// The setup of some settings, from a fixed seed.
pub(super) fn setup(set: Set<'_>) -> Setup {
    let mut settings = BLUEPRINT.defaults();
    for (id, value) in set {
        settings.set(id, *value);
    }
    Setup::new(&settings, &mut stream(5, 0))
}

#[test]
fn look() {
    let mut run = crate::lesson::shared::testing::run(&BLUEPRINT, 1, &[]);
    for stage in [60, 240, 600, 2000] {
        let start = std::time::Instant::now();
        for _ in 0..stage {
            run.advance().expect("a step");
        }
        println!("{:?} a step", start.elapsed() / stage);
        let start = std::time::Instant::now();
        let view = run.view();
        println!("{:?} a view", start.elapsed());
        for r in &view.readouts {
            println!("{:14} {:8.4} {:8.4?} {:8.4?}", r.id, r.value, r.error, r.exact);
        }
        for f in &view.figures {
            if let crate::lab::view::Plot::Table(t) = &f.plot {
                for row in &t.rows {
                    println!("{row:?}");
                }
            }
            if f.id == "gradient"
                && let crate::lab::view::Plot::Lines(l) = &f.plot
            {
                for s in &l.series {
                    println!("{} {:.0?} {:.4?} {:.4?}", s.label, s.x, s.y, s.spread);
                }
            }
        }
    }
}
