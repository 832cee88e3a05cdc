//! The parts of a run, judged together.

use imctl::loopback::ClosedPort;

use super::*;
use crate::support::program;

/// A run of each part, with its recording.
fn parts(world: &World, of: u32) -> Vec<String> {
    let run_part = |part: u32| {
        let file = format!("part-{part}.jsonl");
        let ran = world.check(&["--shard", &format!("{part}/{of}"), "--save", &file]);
        assert!([0, 1, 3].contains(&ran.code), "{}", ran.stderr);
        file
    };
    (1..=of).map(run_part).collect()
}

#[test]
fn all_parts_judged_together_are_the_whole() {
    let world = World::new(Duration::ZERO);
    let whole = world.check(&[]);
    for of in [1, 2, 7] {
        let files = parts(&world, of);
        let files: Vec<&str> = files.iter().rev().map(String::as_str).collect();
        let together = world.check(&[&["--from"], &files[..]].concat());
        assert_eq!((together.code, &together.stderr[..]), (1, ""));
        assert!(without_run(&together) == without_run(&whole), "{of} parts");
    }
}

#[test]
fn each_domain_is_in_one_part_and_a_part_without_any_is_no_failure() {
    let world = World::new(Duration::ZERO);
    let names = |part: u32| {
        let ran = world.check(&["--shard", &format!("{part}/3")]);
        let report = ran.json();
        report["domains"].as_array().expect("domains").iter().map(|domain| domain["name"].to_string()).collect::<Vec<_>>()
    };
    let mut all: Vec<String> = (1..=3).flat_map(names).collect();
    all.sort();
    let count = all.len();
    all.dedup();
    assert_eq!((count, all.len()), (60, 60));
    let ran = world.check(&["im.d0.example", "--shard", "1/100", "--save", "none.jsonl"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, "note: no domain falls into part 1/100\n"));
    assert_eq!(ran.json()["summary"]["domains"], 0);
    assert_eq!(world.check(&["--shard", "0/3"]).code, 2);
}

#[test]
fn what_concerns_the_whole_inventory_is_judged_where_all_parts_are() {
    let world = World::new(Duration::ZERO);
    let text = fs::read_to_string(world.path().join("imctl.toml")).expect("text");
    let idle = "[[router]]\nname = \"router-2\"\naddresses = [\"10.1.0.20\"]\n";
    // The machines of the inventory are on this machine: nowhere.
    let closed = ClosedPort::reserve().expect("a port");
    let at = ["10.1.0.10", "203.0.113.10"].map(|machine| format!("\"{machine}:80\" = \"{}\"\n", closed.address()));
    fs::write(world.path().join("imctl.toml"), format!("{text}{idle}[connect]\n{}", at.concat())).expect("written");
    let audit = |arguments: &[&str]| run(world.path(), &[&["audit", "--format", "json", "--timeout", "20"], arguments].concat());
    let mut files = Vec::new();
    for part in 1..=2 {
        let file = format!("part-{part}.jsonl");
        let ran = audit(&["--shard", &format!("{part}/2"), "--save", &file]);
        let report = ran.json();
        let estate = ["unused-component", "router-serves-several-domains", "unused-suppression"];
        assert!(rules(&report).iter().all(|rule| !estate.contains(rule)), "{:?}", rules(&report));
        files.push(file);
    }
    let together = audit(&["--from", &files[0], &files[1]]).json();
    let found = rules(&together);
    for rule in ["unused-component", "router-serves-several-domains"] {
        assert_eq!(found.iter().filter(|found| **found == rule).count(), 1, "{rule}");
    }
}

#[test]
fn a_part_that_is_missing_is_named_and_its_domains_are_undecided() {
    let world = World::new(Duration::ZERO);
    let files = parts(&world, 3);
    let ran = world.check(&["--from", &files[0], &files[2]]);
    assert!(ran.stderr.starts_with("note: part 2/3 is not among the recordings"), "{}", ran.stderr);
    assert!(ran.json()["summary"]["undecided"].as_u64() > Some(10));
}

#[test]
fn a_part_is_gone_on_with_as_that_part() {
    let world = World::new(Duration::ZERO);
    let whole = world.check(&["--shard", "2/3", "--save", "part.jsonl"]);
    let octets = fs::read(world.path().join("part.jsonl")).expect("a recording");
    fs::write(world.path().join("part.jsonl"), &octets[..octets.len() / 2]).expect("written");
    let resumed = world.check(&["--shard", "2/3", "--resume", "part.jsonl"]);
    assert!(without_run(&resumed) == without_run(&whole));
    assert_eq!(world.check(&["--shard", "1/3", "--resume", "part.jsonl"]).code, 2);
    assert_eq!(world.check(&["--resume", "part.jsonl"]).code, 2);
}

#[cfg(unix)]
#[test]
fn gnu_parallel_runs_the_parts() {
    let Some(parallel) = program("parallel") else { return };
    let world = World::new(Duration::ZERO);
    let imctl = assert_cmd::cargo::cargo_bin("imctl");
    let line = "seq 4 | \"$1\" --will-cite --jobs 2 \"$2\" dns-check --timeout 20 --shard {}/4 --resume part-{}.jsonl --exit-zero";
    let mut command = std::process::Command::new("sh");
    command.current_dir(world.path()).env("HOME", world.path()).env_remove("IMCTL_CONFIG");
    let output = command.args(["-c", line, "sh"]).args([&parallel, &imctl]).output().expect("a shell");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let together = world.check(&["--from", "part-1.jsonl", "part-2.jsonl", "part-3.jsonl", "part-4.jsonl"]);
    assert!(without_run(&together) == without_run(&world.check(&[])));
}
