//! Runs that are ended from outside, at moments spread over their whole time.

#![cfg(unix)]

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Instant;

use super::*;

/// Moments at which a run is ended by those signals that it can answer: a hundred runs.
const MOMENTS: u32 = 50;
/// And by the one that it never hears of.
const DEATHS: u32 = 12;
/// Runs at the same time.
const AT_A_TIME: u32 = 4;

fn start(world: &World, file: &str, report: &str) -> Child {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("imctl"));
    command.current_dir(world.path()).env_remove("IMCTL_CONFIG");
    command.args(["dns-check", "--format", "json", "--timeout", "20", "--in-flight", "8", "--report", report]);
    command.args(["--resume", file]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().expect("it starts")
}

fn send(signal: &str, child: &Child) {
    let sent = Command::new("sh").args(["-c", &format!("kill -{signal} {}", child.id())]).stderr(Stdio::null()).status();
    sent.expect("a shell");
}

/// The exit status as a shell sees it.
fn seen(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().expect("it ended somehow"))
}

/// Ends runs at moments spread over the time that a whole one takes; each is gone on with.
fn end_at_any_moment(signal: &str, code: i32, moments: u32) {
    let world = World::new(Duration::from_millis(2));
    let began = Instant::now();
    let whole = world.check(&["--in-flight", "8", "--save", "whole.jsonl"]);
    let (took, expected) = (began.elapsed(), without_run(&whole));
    let ended = std::sync::atomic::AtomicU32::new(0);
    std::thread::scope(|scope| {
        for first in 0..AT_A_TIME {
            let (world, expected, ended) = (&world, &expected, &ended);
            scope.spawn(move || {
                for moment in (first..moments).step_by(AT_A_TIME as usize) {
                    let was = end_after(world, signal, code, &format!("{signal}-{moment}"), took * moment / moments, expected);
                    ended.fetch_add(u32::from(was), Ordering::Relaxed);
                }
            });
        }
    });
    let ended = ended.into_inner();
    assert!(ended > moments / 4, "many runs are ended in the middle: {ended}");
}

/// Ends one run and goes on with it; whether it was ended before its own end.
fn end_after(world: &World, signal: &str, code: i32, name: &str, after: Duration, expected: &Value) -> bool {
    let (file, path) = (format!("{name}.jsonl"), world.path().join(format!("{name}.json")));
    fs::write(&path, "the old report").expect("written");
    let child = start(world, &file, &format!("json={name}.json"));
    std::thread::sleep(after);
    send(signal, &child);
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let ended = seen(output.status) == code;
    assert!(ended || output.status.code() == Some(1), "{:?} of {name}: {said}", output.status);
    if ended {
        let report = fs::read_to_string(&path).expect("the old report");
        let whole = serde_json::from_str(&report).map(stripped);
        assert!(report == "the old report" || whole.is_ok_and(|report| report == *expected), "a report is whole or not there");
    }
    if output.status.code() == Some(code) {
        let end = format!("error: interrupted; what was learnt is in {file}: go on with --resume {file}\n");
        assert!(said.ends_with(&end), "{said}");
    }
    let resumed = world.check(&["--resume", &file]);
    let lines = |report: &Value| format!("{report:#}").lines().map(str::to_owned).collect::<Vec<_>>();
    let (said, meant) = (lines(&without_run(&resumed)), lines(expected));
    let other: Vec<_> = said.iter().zip(&meant).filter(|(said, meant)| said != meant).take(5).collect();
    assert!(resumed.code == 1 && said == meant, "{name}: said, and meant: {other:#?} {}", resumed.stderr);
    ended
}

#[test]
fn a_run_that_is_interrupted_is_gone_on_with() {
    end_at_any_moment("INT", 130, MOMENTS);
}

#[test]
fn a_run_that_is_terminated_is_gone_on_with() {
    end_at_any_moment("TERM", 143, MOMENTS);
}

#[test]
fn a_run_that_is_killed_is_gone_on_with() {
    end_at_any_moment("KILL", 137, DEATHS);
}

#[test]
fn a_recording_that_a_run_is_writing_is_refused_to_any_other() {
    let world = World::new(Duration::from_millis(50));
    let mut child = start(&world, "a.jsonl", "json=report.json");
    let recording = world.path().join("a.jsonl");
    while fs::read_to_string(&recording).map_or(0, |text| text.lines().count()) < 3 {
        assert_eq!(child.try_wait().expect("its state"), None, "it still runs");
        std::thread::sleep(Duration::from_millis(5));
    }
    for flag in ["--resume", "--save"] {
        let ran = world.check(&[flag, "a.jsonl"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{flag}: {}", ran.stderr);
        let why = "error: another imctl is writing the recording a.jsonl: wait until it has ended, or name another file\n";
        assert_eq!(ran.stderr, why, "{flag}");
    }
    assert_eq!(child.wait().expect("it ends").code(), Some(1), "the first run is not disturbed");
    let asked = world.asked();
    assert_eq!(world.check(&["--resume", "a.jsonl"]).code, 1);
    assert_eq!(world.asked(), asked, "and has kept all of its answers");
}
