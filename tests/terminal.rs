//! The real binary in a real pseudo-terminal: whatever ends it, the terminal is whole afterwards.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/pty.rs"]
mod pty;

use pty::{Terminal, send};
use rustix::process::Signal;
use std::time::Duration;

/// Whether the panes are in Korean. The footer of either language names the other one.
fn korean(text: &str) -> bool {
    text.contains("매개변수") && !text.contains("Parameters")
}

/// The lab at the lesson `boltzmann`, its first frame drawn.
fn opened(more: &[&str]) -> Terminal {
    let lab = Terminal::lab(&[&["boltzmann", "--lang", "en"], more].concat());
    lab.until_text("contrastlab");
    lab.until("on the alternate screen", |t| !t.damage().is_empty());
    lab
}

/// The value of the temperature as its row shows it.
fn temperature(lab: &Terminal) -> Option<String> {
    let text = lab.text();
    let row = text.lines().find_map(|line| line.split_once("T temperature"))?.1;
    row.split_whitespace().next().map(str::to_owned)
}

#[test]
fn the_harness_notices_a_terminal_that_is_left_broken() {
    let broken = "stty raw -echo; printf '\\033[?1049h\\033[?25l\\033[?2004h\\033[?1000hleft'";
    let mut shell = Terminal::start("/bin/sh", &["-c", broken], &[]);
    shell.until_text("left");
    assert_eq!(shell.code(), 0);
    assert_eq!(shell.damage().len(), 5, "{:?}", shell.damage());
    let mut shell = Terminal::start("/bin/sh", &["-c", "printf whole; kill -TERM $$"], &[]);
    shell.until_text("whole");
    assert_eq!(shell.code(), 143);
    shell.until_whole();
}

#[test]
fn the_harness_follows_job_control() {
    let mut shell = Terminal::start("/bin/sh", &["-i"], &[]);
    shell.until_text("$ ");
    shell.keys("sleep 1000\r");
    shell.until("in the foreground", |t| t.foreground() != t.id());
    let job = shell.foreground();
    shell.keys("\x1a");
    shell.until("suspended", |t| t.foreground() == t.id());
    shell.keys("fg\r");
    shell.until("back", |t| t.foreground() == job);
    shell.keys("\x03");
    shell.until("ended", |t| t.foreground() == t.id());
    shell.keys("exit\r");
    assert_eq!(shell.code(), 130);
    shell.until_whole();
}

#[test]
fn doctor_knows_the_terminal_it_stands_in() {
    let mut lab = Terminal::start(pty::LAB, &["doctor"], &[("COLORTERM", "truecolor")]);
    assert_eq!(lab.code(), 0);
    lab.until_text("80x24");
    lab.until_text("24-bit");
    lab.until_whole();
}

#[test]
fn it_opens_moving_and_q_leaves_everything_as_it_was() {
    let mut lab = opened(&[]);
    // The numbers in the header move without a key.
    let first = lab.text();
    lab.until("moving", |t| t.text() != first);
    lab.keys("q");
    assert_eq!(lab.code(), 0);
    lab.until_whole();
}

#[test]
fn a_parameter_is_changed_in_place() {
    let mut lab = opened(&[]);
    let shows = |value: &'static str| move |t: &Terminal| temperature(t).as_deref() == Some(value);
    lab.until("at the default", shows("1"));
    // An arrow, as terminals send it.
    lab.keys("\x1b[C");
    lab.until("one rung up", shows("1.2"));
    // A typed value: too large, then right.
    lab.keys("\r\x15900\r");
    lab.until_text("900 is outside 0.05 to 10");
    lab.keys("\x152.5\r");
    lab.until("as typed", shows("2.5"));
    lab.keys("uu");
    lab.until("as it was", shows("1"));
    lab.keys("q");
    assert_eq!(lab.code(), 0);
    lab.until_whole();
}

/// Not a test: what [`child`] runs in a terminal of its own, this file's binary once more.
#[test]
fn the_screen_of_a_panic() {
    use contrastlab::ui::terminal::{Screen, take_panics};
    let Ok(whose) = std::env::var("CONTRASTLAB_TEST_PANIC") else { return };
    let mut screen = Screen::enter(true).unwrap();
    screen.draw(|frame| frame.render_widget("ready", frame.area())).unwrap();
    assert_ne!(whose, "drawing", "on the thread that draws");
    let other = std::thread::spawn(|| panic!("on another thread"));
    assert!(other.join().is_err());
    let recorded = format!("recorded: {}", take_panics().concat());
    screen.draw(|frame| frame.render_widget(recorded.as_str(), frame.area())).unwrap();
    crossterm::event::read().unwrap();
}

fn child(whose: &str) -> Terminal {
    let own = std::env::current_exe().unwrap();
    let arguments = ["--exact", "the_screen_of_a_panic", "--nocapture"];
    // A backtrace would push the message off the screen.
    let variables = [("CONTRASTLAB_TEST_PANIC", whose), ("RUST_BACKTRACE", "0")];
    Terminal::start(own.to_str().unwrap(), &arguments, &variables)
}

#[test]
fn a_panic_of_the_thread_that_draws_gives_the_terminal_back_and_says_why() {
    let mut child = child("drawing");
    assert_eq!(child.code(), 101);
    child.until_whole();
    child.until_text("on the thread that draws");
}

#[test]
fn a_panic_of_another_thread_never_touches_the_terminal() {
    let mut child = child("other");
    child.until_text("recorded: on another thread");
    assert!(child.alive() && child.damage().contains(&"still on the alternate screen"));
    child.keys("q");
    assert_eq!(child.code(), 0);
    child.until_whole();
}

#[test]
fn the_language_switches_at_once_and_back() {
    let mut lab = opened(&[]);
    lab.until_text("Parameters");
    lab.keys("L");
    lab.until("in Korean", |t| korean(&t.text()));
    lab.keys("L");
    lab.until("in English", |t| t.text().contains("Parameters") && !t.text().contains("매개변수"));
    lab.keys("q");
    assert_eq!(lab.code(), 0);
    lab.until_whole();
}

#[test]
fn any_size_is_survived() {
    let mut lab = opened(&[]);
    for (columns, rows) in [(120, 40), (80, 24), (40, 10), (1, 1), (2, 2), (300, 90), (80, 24)] {
        lab.resize(columns, rows);
        let from = lab.bytes();
        if columns >= 40 {
            lab.until_text("contrastlab");
        } else {
            // Nothing can be told from so few cells but that it draws, or that it lives.
            lab.soon(Duration::from_millis(300), |t| t.bytes() > from);
        }
        assert!(lab.alive(), "ended at {columns}x{rows}");
    }
    lab.keys("q");
    assert_eq!(lab.code(), 0);
    lab.until_whole();
}

#[test]
fn ctrl_c_ends_it_from_anywhere() {
    for before in ["", ":", "?", "\r"] {
        let mut lab = opened(&[]);
        lab.keys(before);
        lab.keys("\x03");
        // The key quits like q; only the signal is an interruption.
        assert_eq!(lab.code(), 0, "after {before:?}");
        lab.until_whole();
    }
}

#[test]
fn signals_end_it_with_the_terminal_whole() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130)] {
        let mut lab = opened(&[]);
        lab.signal(signal);
        assert_eq!(lab.code(), code, "{signal:?}");
        lab.until_whole();
    }
}

#[test]
fn ctrl_z_gives_the_shell_back_and_fg_the_lab() {
    // Job control needs a shell above: it is the one that lets us go to the background.
    let mut shell = Terminal::start("/bin/sh", &["-i"], &[]);
    shell.until_text("$ ");
    shell.keys(&format!("'{}' boltzmann --lang en\r", pty::LAB));
    shell.until("on the alternate screen", |t| {
        t.damage().contains(&"still on the alternate screen")
    });
    let lab = shell.foreground();
    assert_ne!(lab, shell.id());
    shell.keys("\x1a");
    shell.until("suspended", |t| t.foreground() == t.id());
    shell.until("off the alternate screen", |t| {
        let modes =
            ["still on the alternate screen", "the cursor is hidden", "the mouse is reported"];
        !t.damage().iter().any(|d| modes.contains(d))
    });
    shell.keys("echo at the $((1 + 1))nd prompt\r");
    shell.until_text("at the 2nd prompt");
    shell.keys("fg\r");
    shell.until("back", |t| t.foreground() == lab);
    shell.until("drawn again", |t| {
        t.damage().contains(&"still on the alternate screen") && t.text().contains("contrastlab")
    });
    shell.keys("q");
    shell.until("the shell again", |t| t.foreground() == t.id());
    shell.keys("echo code $?\r");
    shell.until_text("code 0");
    shell.keys("exit\r");
    assert_eq!(shell.code(), 0);
    shell.until_whole();
}

#[test]
fn a_stop_from_outside_and_a_continue_draw_it_again() {
    let mut shell = Terminal::start("/bin/sh", &["-i"], &[]);
    shell.until_text("$ ");
    shell.keys(&format!("'{}' boltzmann --lang en\r", pty::LAB));
    shell.until("opened", |t| t.damage().contains(&"still on the alternate screen"));
    let lab = shell.foreground();
    send(lab, Signal::TSTP);
    shell.until("suspended", |t| t.foreground() == t.id());
    shell.until("off the alternate screen", |t| {
        !t.damage().contains(&"still on the alternate screen")
    });
    shell.keys("fg\r");
    shell.until("drawn again", |t| {
        t.damage().contains(&"still on the alternate screen") && t.text().contains("Parameters")
    });
    shell.keys("q");
    shell.until("the shell again", |t| t.foreground() == t.id());
    shell.keys("exit\r");
    shell.code();
    shell.until_whole();
}

#[test]
fn what_was_left_is_found_again() {
    let mut lab = opened(&[]);
    lab.keys("L");
    lab.until("in Korean", |t| korean(&t.text()));
    lab.keys("q");
    assert_eq!(lab.code(), 0);
    let state = lab.home.path().join("state/contrastlab");
    assert!(state.is_dir(), "nothing is kept in {}", state.display());
    let home = lab.home.path().to_str().unwrap().to_owned();
    let mut again = Terminal::start(
        pty::LAB,
        &[],
        &[
            ("XDG_CONFIG_HOME", &format!("{home}/config")),
            ("XDG_STATE_HOME", &format!("{home}/state")),
        ],
    );
    again.until("in Korean again", |t| korean(&t.text()) && t.text().contains("contrastlab"));
    again.keys("q");
    assert_eq!(again.code(), 0);
    again.until_whole();
}
