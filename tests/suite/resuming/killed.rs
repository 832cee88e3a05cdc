//! Runs that are ended from outside, at moments spread over their whole time.

#![cfg(unix)]

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Instant;

use super::*;

/// Moments at which a run is ended, for each signal.
const MOMENTS: u32 = 12;

fn start(world: &World, file: &str) -> Child {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("imctl"));
    command.current_dir(world.path()).env_remove("IMCTL_CONFIG");
    command.args(["dns-check", "--format", "json", "--timeout", "20", "--in-flight", "8", "--report", "json=report.json"]);
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
fn end_at_any_moment(signal: &str, code: i32) {
    let world = World::new(Duration::from_millis(2));
    let began = Instant::now();
    let whole = world.check(&["--in-flight", "8", "--save", "whole.jsonl"]);
    let (took, expected) = (began.elapsed(), without_run(&whole));
    let mut ended = 0;
    for moment in 0..MOMENTS {
        let file = format!("{moment}.jsonl");
        fs::write(world.path().join("report.json"), "the old report").expect("written");
        let child = start(&world, &file);
        std::thread::sleep(took * moment / MOMENTS);
        send(signal, &child);
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!([code, 1].contains(&seen(output.status)), "{:?} at {moment}: {said}", output.status);
        if seen(output.status) == code {
            ended += 1;
            let report = fs::read_to_string(world.path().join("report.json")).expect("the old report");
            let whole = serde_json::from_str(&report).map(stripped);
            assert!(report == "the old report" || whole.is_ok_and(|report| report == expected), "a report is whole or not there");
        }
        if output.status.code() == Some(code) {
            assert!(
                said.ends_with(&format!("error: interrupted; what was learnt is in {file}: go on with --resume {file}\n")),
                "{said}"
            );
        }
        let resumed = world.check(&["--resume", &file]);
        assert!(resumed.code == 1 && without_run(&resumed) == expected, "at {moment}: {}", resumed.stderr);
    }
    assert!(ended > MOMENTS / 2, "most runs are ended in the middle: {ended}");
}

#[test]
fn a_run_that_is_interrupted_is_gone_on_with() {
    end_at_any_moment("INT", 130);
}

#[test]
fn a_run_that_is_terminated_is_gone_on_with() {
    end_at_any_moment("TERM", 143);
}

#[test]
fn a_run_that_is_killed_is_gone_on_with() {
    end_at_any_moment("KILL", 137);
}
