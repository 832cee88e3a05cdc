//! A clock that is set while a run goes on. Needs libfaketime, which the wall clock is read through; the clock of this machine stays.

#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};
use std::time::Instant;

use super::*;
use crate::support::program;

#[test]
fn a_clock_that_jumps_changes_neither_verdict_nor_duration() {
    let Some(faketime) = program("faketime") else { return };
    let world = World::new(Duration::from_millis(2));
    let began = Instant::now();
    let arguments = ["--in-flight", "8", "--save", "steady.jsonl"];
    let steady = without_run(&world.check(&arguments));
    let took = began.elapsed();
    let clock = world.path().join("clock");
    fs::write(&clock, "+0\n").expect("written");
    let mut command = Command::new(faketime);
    // The wrapper finds the library; what the clock says then comes from the file, at every look.
    command.args(["--exclude-monotonic", "-f", "+0", "env", "-u", "FAKETIME", "-u", "IMCTL_CONFIG", "FAKETIME_NO_CACHE=1"]);
    command.arg(format!("FAKETIME_TIMESTAMP_FILE={}", clock.display())).arg(assert_cmd::cargo::cargo_bin("imctl"));
    command.args(["dns-check", "--format", "json", "--timeout", "20", "--in-flight", "8", "--save", "jumps.jsonl"]);
    let began = Instant::now();
    let child = command.current_dir(world.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    for to in ["-400d\n", "+400d\n", "+0\n"] {
        std::thread::sleep(took / 5);
        fs::write(&clock, to).expect("the clock is set");
    }
    let output = child.wait_with_output().expect("it ends");
    let waited = began.elapsed().as_secs_f64();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let seconds = report["run"]["seconds"].as_f64().expect("seconds");
    assert!((0.0..=waited).contains(&seconds), "{seconds} s of {waited}");
    assert!(stripped(report) == steady);
}
