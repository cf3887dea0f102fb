//! The real binary without a terminal: streams, files, signals and exit codes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn lab(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_contrastlab"));
    command.args(arguments).env("LC_ALL", "C.UTF-8").env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

fn said(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = lab(arguments).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn without_a_terminal_it_says_so_in_one_sentence_and_names_run() {
    for (lang, words) in [("en", "needs a terminal"), ("ko", "터미널이 필요합니다")] {
        let (code, out, talk) = said(&["--lang", lang]);
        assert_eq!((code, out.as_str()), (Some(1), ""));
        assert!(talk.contains(words) && talk.contains("contrastlab run"), "{talk}");
        assert_eq!(talk.lines().count(), 1, "{talk}");
    }
}

#[test]
fn the_locale_chooses_the_language() {
    let out = lab(&["run", "no-such-lesson"]).env("LC_ALL", "ko_KR.UTF-8").output().unwrap();
    assert_eq!(out.status.code(), Some(2));
    let talk = String::from_utf8(out.stderr).unwrap();
    assert!(talk.contains("'no-such-lesson': 그런 수업이나 명령은 없습니다"), "{talk}");
}

#[test]
fn data_goes_to_one_stream_and_talk_to_the_other() {
    for arguments in [&["--help"][..], &["--version"], &["list", "--json"], &["doctor"], &["man"]] {
        let (code, out, talk) = said(arguments);
        assert_eq!((code, talk.as_str()), (Some(0), ""), "{arguments:?}");
        assert!(!out.is_empty(), "{arguments:?}");
    }
    for arguments in [&["run"][..], &["--no-such-option"], &["run", "no-such-lesson"]] {
        let (code, out, talk) = said(arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(!talk.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    for arguments in [&["man"][..], &["completions", "bash"], &["--help"]] {
        let mut child =
            lab(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let out = child.wait_with_output().unwrap();
        assert_eq!((out.status.code(), out.stderr.as_slice()), (Some(0), &b""[..]));
    }
}

#[test]
fn the_same_command_gives_the_same_bytes_and_log_z_is_exact() {
    let arguments = ["run", "boltzmann", "--set", "barrier=2", "--set", "temperature=1"];
    let json = [&arguments[..], &["--format", "json"]].concat();
    let (code, first, talk) = said(&json);
    assert_eq!((code, talk.as_str()), (Some(0), ""));
    assert_eq!(said(&json).1, first);
    let object: serde_json::Value = serde_json::from_str(&first).unwrap();
    let log_z = &object["readouts"]["log_z"];
    // log of mpmath.quad of exp(-2 (x^2 - 1)^2) over the line: Z = 1.4109147031961.
    assert!((log_z["exact"].as_f64().unwrap() - 0.344_238_219_7).abs() < 1e-9, "{log_z}");
    let keys: Vec<&String> = object.as_object().unwrap().keys().collect();
    assert_eq!(keys[..6], ["lesson", "seed", "step", "params", "readouts", "figures"]);
    let (_, csv, _) = said(&[&arguments[..], &["--format", "csv"]].concat());
    assert!(csv.starts_with("lesson,seed,step,readout,value,error,exact\n"), "{csv}");
    let (_, table, _) = said(&arguments);
    assert!(table.contains("0.3442382"), "{table}");
}

#[cfg(unix)]
#[test]
fn bench_measures_what_it_is_asked_for() {
    let (code, out, talk) = said(&["bench", "metropolis-lanes", "--json", "--threads", "2"]);
    assert_eq!((code, talk.as_str()), (Some(0), ""));
    let object: serde_json::Value = serde_json::from_str(&out).unwrap();
    let rows = object["benchmarks"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "it cannot use more than one thread");
    // The acceptance of U(-.8, .8) in 5 (x^2 - 1)^2: numpy's trapezoids.
    assert!((rows[0]["last"].as_f64().unwrap() - 0.344_547).abs() < 0.003, "{out}");
    assert_eq!(object["machine"].as_array().unwrap().len(), 2);
    for arguments in [&["bench", "densty"][..], &["bench", "--threads", "0"]] {
        let (code, out, talk) = said(arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(!talk.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_signal_ends_a_run_and_leaves_the_file_as_it_was() {
    use rustix::process::{Pid, Signal, kill_process};
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("out.json");
        std::fs::write(&file, "what was there").unwrap();
        let path = file.to_str().unwrap();
        let child = lab(&["run", "boltzmann", "--steps", "999999999", "--out", path])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        until_signals_are_caught(child.id());
        kill_process(Pid::from_raw(child.id().try_into().unwrap()).unwrap(), signal).unwrap();
        let out = child.wait_with_output().unwrap();
        assert_eq!(out.status.code(), Some(code), "{:?}", String::from_utf8(out.stderr));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "what was there");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

/// The run is under way when it has its handlers: `SigCgt` of proc(5). Elsewhere, by a guess.
#[cfg(unix)]
fn until_signals_are_caught(id: u32) {
    let status = format!("/proc/{id}/status");
    let start = std::time::Instant::now();
    let mask = 1 << 1 | 1 << 14;
    while Path::new(&status).exists() && start.elapsed().as_secs() < 20 {
        let caught = std::fs::read_to_string(&status).ok().and_then(|text| {
            let line = text.lines().find_map(|l| l.strip_prefix("SigCgt:"))?.trim().to_owned();
            u64::from_str_radix(&line, 16).ok()
        });
        if caught.is_some_and(|c| c & mask == mask) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    std::thread::sleep(std::time::Duration::from_millis(200));
}

#[test]
fn every_bad_table_has_its_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    for (path, columns) in [
        (folder.path().join("missing.csv").to_str().unwrap().to_owned(), "x"),
        (put("empty.csv", ""), "x"),
        (put("words.csv", "x\nred\nblue\n"), "x"),
        (put("ragged.csv", "x,y\n1,2\n3\n"), "x"),
        (put("nan.csv", "x\n1\nNaN\n"), "x"),
        (put("one.csv", "x\n1\n"), "x"),
        (put("constant.csv", "x\n1\n1\n1\n"), "x"),
        (put("other.csv", "x\n1\n2\n3\n"), "y"),
        (put("escape.csv", "x\n\u{1b}[2J\n"), "x"),
    ] {
        for lang in ["en", "ko"] {
            let (code, out, talk) =
                said(&["run", "energy", "--data", &path, "--columns", columns, "--lang", lang]);
            assert!(matches!(code, Some(1 | 2)) && out.is_empty(), "{path}: {out}");
            assert_eq!(talk.lines().count(), 1, "{path}: {talk}");
            assert!(!talk.contains('\u{1b}'), "{path}");
        }
    }
}
