//! The thread a run lives on. Commands go in over a channel; the newest [`Snapshot`] comes out,
//! never a queue of them. Paused means blocked, not spinning. Dropping the worker stops and joins
//! its thread. A panic in it is caught and shown; it never touches the terminal.

use super::Label;
use super::experiment::Diverged;
use super::param::{Settings, Value};
use super::run::{Recipe, Run, RunError};
use super::view::View;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What the worker is told.
#[derive(Clone, Debug)]
pub enum Command {
    /// Go on.
    Resume,
    /// Stop after the step in progress.
    Pause,
    /// While paused: take this many steps.
    Step(u64),
    /// While paused: go this many steps back.
    Back(u64),
    /// Go on to this step at so many steps a second at most, and stop there.
    Until {
        /// Where to stop.
        step: u64,
        /// Steps a second; a [`Command::Pace`] that follows takes its place.
        pace: f64,
    },
    /// Steps a second at most; infinite for as fast as it can.
    Pace(f64),
    /// Change a parameter; see [`Run::edit`].
    Edit {
        /// Which.
        param: Label,
        /// To what.
        value: Value,
        /// Whether it joins the edit before it into one undo.
        merge: bool,
    },
    /// Begin again with these settings.
    Apply(Settings),
    /// Begin again with this seed.
    Restart(u64),
    /// Take the last edit back.
    Undo,
}

/// How a run is doing.
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    /// Taking steps.
    Running,
    /// Waiting.
    Paused,
    /// Replaying towards an earlier step.
    Rewinding,
    /// The numbers left the finite at this step.
    Diverged(u64, Diverged),
    /// The experiment panicked; a bug of ours. The text is the panic's.
    Failed(String),
}

/// A run as the screen sees it.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Figures and readouts.
    pub view: View,
    /// Steps taken.
    pub step: u64,
    /// What it is made of.
    pub recipe: Recipe,
    /// The parameters as they are.
    pub settings: Settings,
    /// How it is doing.
    pub status: Status,
    /// Steps a second over the last moments; zero while paused.
    pub rate: f64,
    /// How many changes can be taken back.
    pub undo_depth: usize,
    /// Why the last command was refused, if it was.
    pub refused: Option<RunError>,
    /// How many commands had been taken in when this was made.
    pub commands: u64,
}

struct Shared {
    newest: Mutex<Arc<Snapshot>>,
    /// The screen has seen the newest snapshot and would like another.
    wanted: AtomicBool,
}

/// A handle on the thread.
pub struct Worker {
    sender: Option<Sender<Command>>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    sent: u64,
}

/// Views are made at most this often.
const FRAME: Duration = Duration::from_millis(16);
/// Commands are looked for at least this often while stepping.
const BURST: Duration = Duration::from_millis(4);

impl Worker {
    /// Starts a run on a thread of its own, at `pace` steps a second, paused or not. `ready` is
    /// called from that thread whenever a new snapshot is there.
    ///
    /// # Panics
    /// When the operating system has no thread to give.
    #[must_use]
    #[allow(clippy::expect_used, reason = "without a thread there is no lab")]
    pub fn start(run: Run, pace: f64, paused: bool, ready: impl Fn() + Send + 'static) -> Self {
        let (sender, receiver) = channel();
        let status = if paused { Status::Paused } else { Status::Running };
        let first = snapshot(&run, status, 0.0, None, 0);
        let shared =
            Arc::new(Shared { newest: Mutex::new(Arc::new(first)), wanted: AtomicBool::new(true) });
        let theirs = Arc::clone(&shared);
        let name = format!("run-{}", run.blueprint().id);
        let thread = std::thread::Builder::new()
            .name(name)
            .spawn(move || Engine::new(run, pace, paused, receiver, &theirs, &ready).work())
            .expect("a thread for the run");
        Self { sender: Some(sender), shared, thread: Some(thread), sent: 0 }
    }

    /// Tells the worker something. Returns how many commands have been sent: a snapshot with at
    /// least that many [`Snapshot::commands`] has taken it in.
    pub fn tell(&mut self, command: Command) -> u64 {
        if let Some(sender) = &self.sender {
            // A send fails only after a panic, which the newest snapshot already reports.
            let _ = sender.send(command);
            self.sent += 1;
        }
        self.sent
    }

    /// The newest snapshot; asks for the next.
    #[must_use]
    pub fn newest(&self) -> Arc<Snapshot> {
        let newest = self.shared.newest.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.shared.wanted.store(true, Ordering::Release);
        newest
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn snapshot(
    run: &Run,
    status: Status,
    rate: f64,
    refused: Option<RunError>,
    commands: u64,
) -> Snapshot {
    Snapshot {
        view: run.view(),
        step: run.step(),
        recipe: run.recipe().clone(),
        settings: run.settings().clone(),
        status,
        rate,
        undo_depth: run.undo_depth(),
        refused,
        commands,
    }
}

struct Engine<'a> {
    run: Run,
    pace: f64,
    paused: bool,
    /// Replaying towards this step.
    target: Option<u64>,
    /// Where to stop of one's own accord, and the pace until then.
    stop: Option<(u64, f64)>,
    receiver: Receiver<Command>,
    shared: &'a Shared,
    ready: &'a dyn Fn(),
    commands: u64,
    refused: Option<RunError>,
    /// A snapshot is owed whatever the time: something was commanded or changed.
    owed: bool,
    last_view: Instant,
    /// Steps are due from this moment at the set pace.
    due_from: Instant,
    due_steps: f64,
    meter: Meter,
}

impl<'a> Engine<'a> {
    fn new(
        run: Run,
        pace: f64,
        paused: bool,
        receiver: Receiver<Command>,
        shared: &'a Shared,
        ready: &'a dyn Fn(),
    ) -> Self {
        let now = Instant::now();
        Self {
            run,
            pace,
            paused,
            target: None,
            stop: None,
            receiver,
            shared,
            ready,
            commands: 0,
            refused: None,
            owed: false,
            last_view: now,
            due_from: now,
            due_steps: 0.0,
            meter: Meter::new(now),
        }
    }

    fn work(mut self) {
        let outcome = catch_unwind(AssertUnwindSafe(|| self.steps()));
        if let Err(panic) = outcome {
            let text = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()))
                .unwrap_or_default();
            // The run may be half changed: keep the last good view and say what happened.
            let mut newest = self.shared.newest.lock().unwrap_or_else(PoisonError::into_inner);
            let mut last = Snapshot::clone(&newest);
            last.status = Status::Failed(text);
            last.rate = 0.0;
            *newest = Arc::new(last);
            drop(newest);
            (self.ready)();
        }
    }

    fn steps(&mut self) {
        loop {
            if !self.take_commands() {
                return;
            }
            self.burst();
            self.publish();
        }
    }

    fn pace(&self) -> f64 {
        self.stop.map_or(self.pace, |(_, pace)| pace)
    }

    fn idle(&self) -> bool {
        self.target.is_none() && (self.paused || self.run.diverged().is_some())
    }

    /// Takes in what was said; waits for it when there is nothing to do. False when it is over.
    fn take_commands(&mut self) -> bool {
        loop {
            if self.idle() && !self.owed {
                match self.receiver.recv() {
                    Ok(command) => self.obey(command),
                    Err(_) => return false,
                }
                continue;
            }
            match self.receiver.try_recv() {
                Ok(command) => self.obey(command),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
        if self.idle() || self.target.is_some() || self.pace().is_infinite() {
            return true;
        }
        // At a set pace: sleep until the next step is due, or something is said.
        let next = self.due_from + Duration::from_secs_f64((self.due_steps + 1.0) / self.pace());
        let wait = next.saturating_duration_since(Instant::now());
        if wait.is_zero() || self.owed {
            return true;
        }
        match self.receiver.recv_timeout(wait) {
            Ok(command) => self.obey(command),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        true
    }

    fn obey(&mut self, command: Command) {
        self.commands += 1;
        self.owed = true;
        self.refused = None;
        if !matches!(command, Command::Pace(_)) {
            self.stop = None;
        }
        let result = match command {
            Command::Resume => {
                self.paused = false;
                self.target = None;
                self.restart_clock();
                Ok(())
            }
            Command::Pause => {
                self.paused = true;
                self.target = None;
                Ok(())
            }
            Command::Step(count) => {
                self.paused = true;
                let from = self.target.unwrap_or(self.run.step());
                self.target = Some(from.saturating_add(count));
                Ok(())
            }
            Command::Back(count) => {
                self.paused = true;
                let from = self.target.unwrap_or(self.run.step());
                let to = from.saturating_sub(count);
                self.target = Some(to);
                self.run.rewind(to)
            }
            Command::Until { step, pace } => {
                self.paused = false;
                self.target = None;
                self.stop = Some((step, pace));
                self.restart_clock();
                Ok(())
            }
            Command::Pace(pace) => {
                self.pace = pace;
                self.stop = self.stop.map(|(step, _)| (step, pace));
                self.restart_clock();
                Ok(())
            }
            Command::Edit { param, value, merge } => {
                self.target = None;
                self.run.edit(param, value, merge)
            }
            Command::Apply(settings) => {
                self.target = None;
                self.run.apply(settings)
            }
            Command::Restart(seed) => {
                self.target = None;
                self.run.restart(seed)
            }
            Command::Undo => {
                self.target = None;
                self.run.undo();
                Ok(())
            }
        };
        self.refused = result.err();
    }

    fn restart_clock(&mut self) {
        self.due_from = Instant::now();
        self.due_steps = 0.0;
        self.meter = Meter::new(self.due_from);
    }

    /// Takes the steps that are due, for a few milliseconds at most.
    fn burst(&mut self) {
        let start = Instant::now();
        while !self.idle() {
            if let Some(target) = self.target {
                if self.run.step() >= target {
                    self.target = None;
                    self.owed = true;
                    break;
                }
            } else if self.stop.is_some_and(|(step, _)| self.run.step() >= step) {
                self.stop = None;
                self.paused = true;
                self.owed = true;
                break;
            } else if self.pace().is_finite() {
                let elapsed = start.elapsed() + start.saturating_duration_since(self.due_from);
                let behind = elapsed.as_secs_f64() * self.pace() - self.due_steps;
                if behind < 1.0 {
                    break;
                }
                // What could not be kept up with is let go, not made up for in a rush.
                if behind > self.pace().max(4.0) {
                    self.restart_clock();
                    self.due_steps = -1.0;
                }
                self.due_steps += 1.0;
            }
            if self.run.advance().is_err() {
                self.target = None;
                self.owed = true;
                break;
            }
            self.meter.count += 1;
            if start.elapsed() >= BURST {
                break;
            }
        }
    }

    /// Makes a snapshot if one is owed, or wanted and a frame has passed.
    fn publish(&mut self) {
        let now = Instant::now();
        let wanted = self.shared.wanted.load(Ordering::Acquire);
        let answer = self.owed && self.target.is_none();
        let frame = wanted && now.duration_since(self.last_view) >= FRAME;
        if !answer && !frame {
            return;
        }
        self.shared.wanted.store(false, Ordering::Release);
        self.owed &= self.target.is_some();
        self.last_view = now;
        let status = match self.run.diverged() {
            Some((step, why)) => Status::Diverged(step, why),
            None if self.target.is_some() => Status::Rewinding,
            None if self.paused => Status::Paused,
            None => Status::Running,
        };
        let rate = if status == Status::Running { self.meter.rate(now) } else { 0.0 };
        let made = snapshot(&self.run, status, rate, self.refused.clone(), self.commands);
        *self.shared.newest.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(made);
        (self.ready)();
    }
}

/// Steps a second over about the last half second.
struct Meter {
    since: Instant,
    count: u64,
    last: Option<f64>,
}

impl Meter {
    fn new(now: Instant) -> Self {
        Self { since: now, count: 0, last: None }
    }

    fn rate(&mut self, now: Instant) -> f64 {
        let elapsed = now.duration_since(self.since).as_secs_f64();
        let rate = self.count as f64 / elapsed.max(1e-3);
        if elapsed >= 0.5 {
            self.last = Some(rate);
            self.since = now;
            self.count = 0;
        }
        self.last.unwrap_or(rate)
    }
}

#[cfg(test)]
mod tests;
