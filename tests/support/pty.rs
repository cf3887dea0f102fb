//! A real program in a real pseudo-terminal, and the screen a person would see.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, SlavePty};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// The binary under test.
pub(crate) const LAB: &str = env!("CARGO_BIN_EXE_contrastlab");

/// Longer than anything takes on a busy machine; only a failure waits this long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A program in a pseudo-terminal, with a home of its own.
pub(crate) struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    seen: Arc<Mutex<Seen>>,
    /// How the line discipline was set before the program started.
    before: String,
    master: Box<dyn MasterPty + Send>,
    /// Held open so that nothing written at the end is lost.
    _slave: Box<dyn SlavePty + Send>,
    pub(crate) home: tempfile::TempDir,
}

/// What the terminal has shown so far.
struct Seen {
    parser: vt100::Parser,
    bytes: usize,
}

impl Terminal {
    /// The lab with these arguments on 80x24, in English.
    pub(crate) fn lab(arguments: &[&str]) -> Self {
        Self::start(LAB, arguments, &[])
    }

    /// Any program, with these variables over the usual ones.
    pub(crate) fn start(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let (columns, rows) = (80, 24);
        let pair = portable_pty::native_pty_system().openpty(size(columns, rows)).unwrap();
        let home = tempfile::tempdir().unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.cwd(home.path());
        isolate(home.path(), |name, value| command.env(name, value), variables);
        let before = format!("{:?}", pair.master.get_termios());
        let seen = Arc::new(Mutex::new(Seen {
            parser: vt100::Parser::new(length(rows), length(columns), 0),
            bytes: 0,
        }));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let theirs = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                let mut seen = theirs.lock().unwrap();
                seen.parser.process(&buffer[..n]);
                seen.bytes += n;
            }
        });
        let child = pair.slave.spawn_command(command).unwrap();
        let writer = pair.master.take_writer().unwrap();
        Self { child, writer, seen, before, master: pair.master, _slave: pair.slave, home }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    /// The screen's text.
    pub(crate) fn text(&self) -> String {
        self.seen().parser.screen().contents()
    }

    /// How many bytes came so far.
    pub(crate) fn bytes(&self) -> usize {
        self.seen().bytes
    }

    /// Types.
    pub(crate) fn keys(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Whether it comes true within this time.
    pub(crate) fn soon(&self, patience: Duration, mut is: impl FnMut(&Self) -> bool) -> bool {
        let start = Instant::now();
        loop {
            if is(self) {
                return true;
            }
            if start.elapsed() > patience {
                return false;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits until it is true.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, is: impl FnMut(&Self) -> bool) {
        assert!(self.soon(PATIENCE, is), "never {what}; the screen was:\n{}", self.text());
    }

    /// Waits until the text is on the screen.
    #[track_caller]
    pub(crate) fn until_text(&self, text: &str) {
        self.until(&format!("'{text}' on the screen"), |t| t.text().contains(text));
    }

    /// Changes the size; what is seen after it was drawn after it.
    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        let mut seen = self.seen();
        seen.parser.screen_mut().set_size(length(rows), length(columns));
        seen.parser.process(b"\x1b[2J");
        drop(seen);
        self.master.resize(size(columns, rows)).unwrap();
    }

    /// The process in the foreground of the terminal.
    pub(crate) fn foreground(&self) -> i32 {
        self.master.process_group_leader().unwrap()
    }

    /// The process that was started.
    pub(crate) fn id(&self) -> i32 {
        i32::try_from(self.child.process_id().unwrap()).unwrap()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        send(self.id(), signal);
    }

    /// Waits for its end and returns the exit code, as a shell would tell it.
    #[track_caller]
    pub(crate) fn code(&mut self) -> u32 {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return as_shell(&status);
            }
            let text = self.text();
            assert!(start.elapsed() < PATIENCE, "it never ended; the screen was:\n{text}");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Whether the program runs still.
    pub(crate) fn alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// What is not as it was before the program started; empty when the terminal is whole.
    pub(crate) fn damage(&self) -> Vec<&'static str> {
        let seen = self.seen();
        let screen = seen.parser.screen();
        let modes = format!("{:?}", self.master.get_termios());
        [
            (screen.alternate_screen(), "still on the alternate screen"),
            (screen.hide_cursor(), "the cursor is hidden"),
            (screen.bracketed_paste(), "bracketed paste is on"),
            (
                screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None,
                "the mouse is reported",
            ),
            (modes != self.before, "the line discipline differs (raw mode)"),
        ]
        .into_iter()
        .filter_map(|(is, what)| is.then_some(what))
        .collect()
    }

    /// Waits until the terminal is whole.
    #[track_caller]
    pub(crate) fn until_whole(&self) {
        let whole = self.soon(Duration::from_secs(2), |t| t.damage().is_empty());
        assert!(whole, "{:?}; the screen was:\n{}", self.damage(), self.text());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.alive() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Sends a signal to a process.
pub(crate) fn send(id: i32, signal: rustix::process::Signal) {
    let id = rustix::process::Pid::from_raw(id).unwrap();
    rustix::process::kill_process(id, signal).unwrap();
}

/// A home, a locale and a terminal type that do not depend on who runs the tests.
pub(crate) fn isolate(home: &Path, mut set: impl FnMut(&str, &str), variables: &[(&str, &str)]) {
    let home = home.to_str().unwrap();
    for (name, value) in [
        ("HOME", home),
        ("XDG_CONFIG_HOME", &format!("{home}/config")),
        ("XDG_STATE_HOME", &format!("{home}/state")),
        ("XDG_DATA_HOME", &format!("{home}/data")),
        ("XDG_CACHE_HOME", &format!("{home}/cache")),
        ("TERM", "xterm-256color"),
        ("COLORTERM", ""),
        ("NO_COLOR", ""),
        ("LC_ALL", "C.UTF-8"),
        ("LANG", "C.UTF-8"),
        ("PS1", "$ "),
        ("ENV", ""),
    ] {
        set(name, value);
    }
    for (name, value) in variables {
        set(name, value);
    }
}

fn as_shell(status: &ExitStatus) -> u32 {
    match status.signal() {
        None => status.exit_code(),
        Some(name) => {
            let known = [("Hangup", 1), ("Interrupt", 2), ("Killed", 9), ("Terminated", 15)];
            let number = known.iter().find(|(n, _)| name.starts_with(n)).map_or(0, |(_, n)| *n);
            128 + number
        }
    }
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn length(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).unwrap()
}
