use super::*;
use crate::lab::blueprint::Source;
use crate::lab::run::tests::WALK;

fn run() -> Run {
    Run::new(&WALK, Source::Shipped, 7, WALK.defaults()).unwrap()
}

fn wait_for(worker: &Worker, what: &str, is: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
    let start = Instant::now();
    loop {
        let newest = worker.newest();
        if is(&newest) {
            return newest;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "never {what}: {newest:?}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn on_the_worker_the_numbers_are_those_of_one_thread() {
    let mut worker = Worker::start(run(), f64::INFINITY, true, || {});
    worker.tell(Command::Step(1000));
    let there = wait_for(&worker, "at 1000", |s| s.step == 1000);
    worker.tell(Command::Edit { param: "width", value: Value::Real(3.0), merge: false });
    worker.tell(Command::Step(500));
    let end = wait_for(&worker, "at 1500", |s| s.step == 1500);
    let mut alone = run();
    for _ in 0..1000 {
        alone.advance().unwrap();
    }
    assert_eq!(alone.view(), there.view);
    alone.edit("width", Value::Real(3.0), false).unwrap();
    for _ in 0..500 {
        alone.advance().unwrap();
    }
    assert_eq!(alone.view(), end.view);
    assert_eq!(alone.recipe(), &end.recipe);
}

#[test]
fn back_lands_on_the_very_step() {
    let mut worker = Worker::start(run(), f64::INFINITY, true, || {});
    worker.tell(Command::Step(999));
    let first = wait_for(&worker, "at 999", |s| s.step == 999);
    worker.tell(Command::Step(1));
    wait_for(&worker, "at 1000", |s| s.step == 1000);
    worker.tell(Command::Back(1));
    let back = wait_for(&worker, "back at 999", |s| s.step == 999);
    assert_eq!(first.view, back.view);
}

#[test]
fn a_pause_holds_still_and_a_resume_goes_on() {
    let mut worker = Worker::start(run(), f64::INFINITY, false, || {});
    wait_for(&worker, "moving", |s| s.step > 10);
    let seen = worker.tell(Command::Pause);
    let paused = wait_for(&worker, "paused", |s| s.commands >= seen);
    assert_eq!(paused.status, Status::Paused);
    std::thread::sleep(Duration::from_millis(40));
    assert_eq!(worker.newest().step, paused.step);
    worker.tell(Command::Resume);
    wait_for(&worker, "moving again", |s| s.step > paused.step);
}

#[test]
fn it_stops_of_itself_where_it_was_told_to() {
    let mut worker = Worker::start(run(), f64::INFINITY, true, || {});
    let started = Instant::now();
    worker.tell(Command::Until { step: 50, pace: 250.0 });
    let there = wait_for(&worker, "at 50", |s| s.status == Status::Paused && s.step > 0);
    assert_eq!(there.step, 50);
    assert!(started.elapsed() >= Duration::from_millis(190), "at the pace that was asked for");
    // Going on is as fast as before.
    worker.tell(Command::Resume);
    wait_for(&worker, "far on", |s| s.step > 5000);
    worker.tell(Command::Until { step: u64::MAX, pace: 1.0 });
    worker.tell(Command::Pause);
    wait_for(&worker, "paused", |s| s.status == Status::Paused && s.commands == 4);
}

#[test]
fn a_panic_is_a_status_and_dropping_still_joins() {
    let mut worker = Worker::start(run(), f64::INFINITY, false, || {});
    worker.tell(Command::Edit { param: "width", value: Value::Real(666.0), merge: false });
    let failed = wait_for(&worker, "failed", |s| matches!(s.status, Status::Failed(_)));
    assert_eq!(failed.status, Status::Failed("the beast".to_owned()));
    worker.tell(Command::Resume);
}

#[test]
fn a_refusal_and_a_divergence_are_reported() {
    let mut worker = Worker::start(run(), f64::INFINITY, true, || {});
    let seen =
        worker.tell(Command::Edit { param: "width", value: Value::Real(-1.0), merge: false });
    let refused = wait_for(&worker, "refused", |s| s.commands >= seen);
    assert!(matches!(refused.refused, Some(RunError::Refused("width", _))));
    worker.tell(Command::Edit { param: "width", value: Value::Real(1e9), merge: false });
    worker.tell(Command::Resume);
    wait_for(&worker, "diverged", |s| matches!(s.status, Status::Diverged(..)));
    worker.tell(Command::Undo);
    wait_for(&worker, "running again", |s| s.status == Status::Running);
}
