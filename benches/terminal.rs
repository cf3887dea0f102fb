//! What a person at the keyboard feels: time to the first frame, from a key to its frame while the
//! run goes flat out, the processor's share while paused, resident memory. The real binary in a
//! real pseudo-terminal; each figure beside its limit. Exit code 1 when one is exceeded.
//!
//! ```text
//! cargo bench --bench terminal
//! ```

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program that prints its figures")]

#[cfg(target_os = "linux")]
#[path = "../tests/support/pty.rs"]
mod pty;

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("memory and processor time are read from /proc: Linux alone");
}

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    linux::main()
}

#[cfg(target_os = "linux")]
mod linux {
    use super::pty::Terminal;
    use std::fs;
    use std::process::ExitCode;
    use std::time::{Duration, Instant};

    pub(super) fn main() -> ExitCode {
        let mut all_within = true;
        let mut show = |what: &str, measured: f64, limit: f64, unit: &str| {
            let within = measured <= limit;
            all_within &= within;
            let mark = if within { "ok" } else { "OVER" };
            println!("{what:<44} {measured:>9.2} {unit:<4} limit {limit:>5} {unit:<4} {mark}");
        };

        let mut starts: Vec<f64> = (0..20).map(|_| first_frame().0).collect();
        show("start to first frame, median of 20", middle(&mut starts), 50.0, "ms");
        show("start to first frame, slowest of 20", last(&starts), 50.0, "ms");

        let (_, mut lab) = first_frame();
        flat_out(&mut lab);
        let mut keys: Vec<f64> = (0..60).map(|n| key(&mut lab, n % 2 == 0)).collect();
        show("key to its frame, flat out, median of 60", middle(&mut keys), 16.0, "ms");
        show(
            "key to its frame, flat out, 95th percentile",
            keys[keys.len() * 95 / 100],
            16.0,
            "ms",
        );
        show("resident memory after that", memory(lab.id()), 40.0, "MB");

        lab.keys(" ");
        still(&lab);
        let (from, since) = (processor(lab.id()), Instant::now());
        std::thread::sleep(Duration::from_secs(5));
        let share = 100.0 * (processor(lab.id()) - from) / since.elapsed().as_secs_f64();
        show("processor while paused, over 5 s", share, 1.0, "%");
        lab.keys("q");
        assert_eq!(lab.code(), 0);
        if all_within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// Starts the lab and waits until its frame is on the screen; in milliseconds.
    fn first_frame() -> (f64, Terminal) {
        let start = Instant::now();
        let lab = Terminal::lab(&["boltzmann", "--lang", "en"]);
        lab.until("a first frame", |t| {
            t.damage().contains(&"still on the alternate screen")
                && t.text().contains("contrastlab")
        });
        (start.elapsed().as_secs_f64() * 1e3, lab)
    }

    /// As fast as it can go.
    fn flat_out(lab: &mut Terminal) {
        for _ in 0..20 {
            lab.keys("+");
        }
        std::thread::sleep(Duration::from_millis(500));
    }

    /// From the key that changes the language to the frame in that language; in milliseconds. Every
    /// word of the screen changes: as large a frame as any key causes.
    fn key(lab: &mut Terminal, korean: bool) -> f64 {
        let start = Instant::now();
        lab.keys("L");
        lab.until("in the other language", |t| in_korean(&t.text()) == Some(korean));
        let elapsed = start.elapsed().as_secs_f64() * 1e3;
        // The next key comes at another phase of the frames.
        std::thread::sleep(Duration::from_micros(20_000 + (elapsed * 1e6) as u64 % 17_000));
        elapsed
    }

    /// Which language the top line is in: that of the word before the number of steps. (The key of the
    /// other language is always written in it.)
    fn in_korean(text: &str) -> Option<bool> {
        let top = text.lines().next()?;
        match (top.contains("단계"), top.contains("step")) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    }

    /// Waits until nothing more is drawn.
    fn still(lab: &Terminal) {
        lab.until("still", |t| {
            let before = t.bytes();
            std::thread::sleep(Duration::from_millis(300));
            t.bytes() == before
        });
    }

    /// Processor time of all its threads so far, in seconds: the first figure of `schedstat`.
    fn processor(id: i32) -> f64 {
        let tasks = fs::read_dir(format!("/proc/{id}/task")).unwrap();
        let nanoseconds = |task: std::io::Result<fs::DirEntry>| {
            let text = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<f64>().ok()
        };
        tasks.filter_map(nanoseconds).sum::<f64>() / 1e9
    }

    /// Resident memory in megabytes.
    fn memory(id: i32) -> f64 {
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches("kB").trim().parse::<f64>().unwrap() * 1024.0 / 1e6
    }

    /// Sorts and returns the median.
    fn middle(values: &mut [f64]) -> f64 {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    }

    fn last(values: &[f64]) -> f64 {
        values.last().copied().unwrap_or(f64::NAN)
    }
}
