//! Disks without room and folders that nothing can be written to. They are mounted in a namespace of their own, which takes root.

#![cfg(target_os = "linux")]

use std::process::Command;

use super::*;
use crate::support::{program, skip};

/// Runs a shell script beside the inventory, with a disk of 64 KiB mounted at `small`; `$imctl` is the program.
fn with_a_small_disk(world: &World, script: &str) -> bool {
    let Some(unshare) = program("unshare") else { return false };
    let mount = "mkdir -p small && mount -t tmpfs -o size=64k none small || exit 99";
    let mut command = Command::new(unshare);
    command.current_dir(world.path()).env_remove("IMCTL_CONFIG").env("imctl", assert_cmd::cargo::cargo_bin("imctl"));
    let status = command.args(["-m", "sh", "-c", &format!("{mount}\n{script}")]).status().expect("it runs");
    if status.code() != Some(0) {
        skip("a disk can be mounted by root only");
    }
    status.code() == Some(0)
}

fn text(world: &World, name: &str) -> String {
    fs::read_to_string(world.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn a_recording_that_fills_the_disk_ends_the_run_and_can_be_gone_on_with_elsewhere() {
    let world = World::new(Duration::ZERO);
    let script = r#"
        echo old > small/report.json
        "$imctl" dns-check --timeout 20 --resume small/a.jsonl --report json=small/report.json 2> errors; echo $? > code
        cp small/a.jsonl small/report.json .; ls -A small > left"#;
    if !with_a_small_disk(&world, script) {
        return;
    }
    assert_eq!(text(&world, "code"), "4\n");
    assert!(
        text(&world, "errors").contains("error: what was learnt could not be saved: No space left"),
        "{}",
        text(&world, "errors")
    );
    assert_eq!((text(&world, "report.json").as_str(), text(&world, "left").as_str()), ("old\n", "a.jsonl\nreport.json\n"));
    let resumed = world.check(&["--resume", "a.jsonl"]);
    assert!(without_run(&resumed) == without_run(&world.check(&[])), "{}", resumed.stderr);
}

#[test]
fn a_report_for_which_there_is_no_room_leaves_the_old_one_and_nothing_else() {
    let world = World::new(Duration::ZERO);
    let script = r#"
        echo old > small/report.json
        "$imctl" dns-check --timeout 20 --report json=small/report.json > table 2> errors; echo $? > code
        cp small/report.json .; ls -A small > left"#;
    if !with_a_small_disk(&world, script) {
        return;
    }
    assert_eq!(text(&world, "code"), "4\n", "{}", text(&world, "errors"));
    assert!(
        text(&world, "errors").contains("error: the report small/report.json could not be written"),
        "{}",
        text(&world, "errors")
    );
    assert_eq!((text(&world, "report.json").as_str(), text(&world, "left").as_str()), ("old\n", "report.json\n"));
    assert!(text(&world, "table").starts_with("imctl dns-check: "), "what standard output shows is whole");
}

#[test]
fn a_folder_that_cannot_be_written_to_is_known_before_anything_is_asked() {
    let world = World::new(Duration::ZERO);
    let script = r#"
        mount -o remount,ro small
        "$imctl" dns-check --report json=small/report.json 2> errors; echo $? > code
        "$imctl" dns-check --save small/a.jsonl 2>> errors; echo $? >> code
        "$imctl" dns-check --resume small/a.jsonl 2>> errors; echo $? >> code"#;
    if !with_a_small_disk(&world, script) {
        return;
    }
    assert_eq!(text(&world, "code"), "2\n2\n2\n");
    let errors = text(&world, "errors");
    assert!(errors.starts_with("error: --report small/report.json: Read-only file system"), "{errors}");
    assert_eq!(
        errors.matches("error: the recording small/a.jsonl cannot be written: Read-only file system").count(),
        2,
        "{errors}"
    );
    assert_eq!(world.asked(), 0);
}
