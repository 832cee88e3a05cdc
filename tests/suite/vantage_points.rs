//! Recordings from inside and outside, judged as one: each side by its rules, and contradictions named.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::scenarios::record;
use crate::support::{golden, imctl};

const INVENTORY: &str = r#"
[view.internal]
servers = ["10.0.0.53"]
[view.external]
servers = ["9.9.9.9"]
[[domain]]
name = "im.example.com"
external = true
routers = ["router-1"]
reverse_proxies = ["edge-1"]
[[router]]
name = "router-1"
addresses = ["10.1.0.10"]
[[reverse_proxy]]
name = "edge-1"
addresses = ["203.0.113.10"]
"#;

/// A recording made on a side: what the external view answers there, and what the machines do.
fn record_on(side: &str, folder: &Path, name: &str, started: &str, external: &str, router: &str, proxy: &str) {
    let follow_up = |address: &str, outcome: &str| match outcome {
        "501 rvp" => format!("\"PROPFIND {address} im.example.com\" = \"401 rvp\"\n"),
        _ => String::new(),
    };
    let text = format!(
        "# One side.\nchecks = [\"estate\", \"dns\", \"probe\"]\ninventory = '''\nvantage = \"{side}\"\n{INVENTORY}'''\n[internal]\n\
         \"A im.example.com\" = \"10.1.0.10\"\n[external]\n\"A im.example.com\" = \"{external}\"\n[probe]\n\
         \"OPTIONS 10.1.0.10 im.example.com\" = \"{router}\"\n{}\"OPTIONS 203.0.113.10 im.example.com\" = \"{proxy}\"\n{}\
         [expect]\nfindings = []\n",
        follow_up("10.1.0.10", router),
        follow_up("203.0.113.10", proxy)
    );
    record(&text, started, folder, name);
    fs::write(folder.join("imctl.toml"), INVENTORY).expect("the inventory is written");
}

/// Inside all is well; outside the router answers strangers and the reverse proxy is down.
fn both_sides() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let inside = "2026-06-01T12:00:00Z";
    record_on("internal", folder.path(), "inside.jsonl", inside, "203.0.113.10", "501 rvp", "501 rvp");
    record_on("external", folder.path(), "outside.jsonl", "2026-06-02T07:30:00Z", "203.0.113.10", "501 rvp", "REFUSED");
    folder
}

fn audit(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = imctl().current_dir(folder).arg("audit").args(arguments).output().expect("it runs");
    (output.status.code().expect("no signal"), String::from_utf8(output.stdout).expect("UTF-8"))
}

fn report(folder: &Path, files: &[&str]) -> Value {
    let (_, text) = audit(folder, &[&["--format", "json", "--from"], files].concat());
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn findings(report: &Value) -> Vec<(&str, &str)> {
    let all = report["findings"].as_array().expect("a list").iter();
    all.map(|finding| (finding["rule"].as_str().expect("a rule"), finding["view"].as_str().unwrap_or("none"))).collect()
}

#[test]
fn each_side_is_judged_by_its_own_rules() {
    let folder = both_sides();
    let errors = |report: &Value| {
        let mut errors: Vec<(String, String)> = findings(report)
            .into_iter()
            .filter(|(rule, _)| ["unreachable", "router-exposed-outside"].contains(rule))
            .map(|(rule, view)| (rule.to_owned(), view.to_owned()))
            .collect();
        errors.sort();
        errors
    };
    let pair = |rule: &str| (rule.to_owned(), "external".to_owned());
    assert_eq!(errors(&report(folder.path(), &["inside.jsonl"])), []);
    let outside = [pair("router-exposed-outside"), pair("unreachable")];
    assert_eq!(errors(&report(folder.path(), &["outside.jsonl"])), outside);
    for files in [["inside.jsonl", "outside.jsonl"], ["outside.jsonl", "inside.jsonl"]] {
        let together = report(folder.path(), &files);
        assert_eq!(errors(&together), outside, "{files:?}");
        assert_eq!(together["run"]["vantages"], serde_json::json!(["internal", "external"]));
        assert_eq!(together["undecided"], Value::Array(Vec::new()), "{files:?}");
        let schema = imctl::report::json::schema().to_value();
        assert!(jsonschema::validator_for(&schema).expect("a schema").is_valid(&together), "{together:#}");
    }
    let (_, text) = audit(folder.path(), &["--vantage", "internal", "--format", "json", "--from", "inside.jsonl", "outside.jsonl"]);
    let one_side: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(errors(&one_side), [], "--vantage chooses one side");
}

#[test]
fn time_and_side_of_each_recording_are_shown() {
    let folder = both_sides();
    let (code, shown) = audit(folder.path(), &["--from", "inside.jsonl", "outside.jsonl"]);
    assert_eq!(code, 1);
    golden("tests/suite/reports/both-sides.txt", &shown);
    let verbose = audit(folder.path(), &["-v", "--from", "inside.jsonl", "outside.jsonl"]).1;
    golden("tests/suite/reports/both-sides-verbose.txt", &verbose);
    assert!(shown.contains("recorded on the internal side: inside.jsonl, audit of 2026-06-01T12:00:00Z"), "{shown}");
    assert!(shown.contains("recorded on the external side: outside.jsonl, audit of 2026-06-02T07:30:00Z"), "{shown}");
    let report = report(folder.path(), &["inside.jsonl", "outside.jsonl"]);
    assert_eq!(report["run"]["recordings"][1]["vantage"], "external");
    assert_eq!(report["run"]["recordings"][1]["started"], "2026-06-02T07:30:00Z");
    assert_eq!(report["contradictions"], Value::Null, "the sides agree");
}

#[test]
fn a_view_that_is_answered_differently_from_two_sides_is_named_and_judged_from_its_own_side() {
    let folder = both_sides();
    let inside = "2026-06-03T12:00:00Z";
    record_on("internal", folder.path(), "inside.jsonl", inside, "10.1.0.10", "501 rvp", "501 rvp");
    for files in [["inside.jsonl", "outside.jsonl"], ["outside.jsonl", "inside.jsonl"]] {
        let report = report(folder.path(), &files);
        let contradiction = &report["contradictions"][0];
        assert_eq!(
            (&contradiction["asked"], &contradiction["view"]),
            (&"A im.example.com".into(), &"external".into()),
            "{report:#}"
        );
        assert_eq!(contradiction["judged_by"], "outside.jsonl", "the later recording was not made on that side");
        assert!(!findings(&report).iter().any(|(rule, _)| *rule == "external-points-at-router"), "{report:#}");
    }
    let (_, shown) = audit(folder.path(), &["--from", "inside.jsonl", "outside.jsonl"]);
    for said in [
        "contradictions: 1 question answered differently in the recordings\n",
        "  external view: A im.example.com\n",
        "    10.1.0.10 in inside.jsonl\n",
        "    203.0.113.10 in outside.jsonl; this one counts\n",
    ] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
}

#[test]
fn of_two_recordings_of_one_side_the_later_counts_and_silence_contradicts_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let on = |name, day: u8, external, router| {
        let started = format!("2026-06-0{day}T12:00:00Z");
        record_on("internal", folder.path(), name, &started, external, router, "501 rvp");
    };
    on("monday.jsonl", 1, "10.1.0.10", "REFUSED");
    on("tuesday.jsonl", 2, "203.0.113.10", "501 rvp");
    on("wednesday.jsonl", 3, "SERVFAIL", "501 rvp");
    let all = report(folder.path(), &["tuesday.jsonl", "wednesday.jsonl", "monday.jsonl"]);
    assert!(!findings(&all).iter().any(|(rule, _)| ["external-points-at-router", "unreachable"].contains(rule)), "{all:#}");
    assert_eq!(all["undecided"].as_array().map(Vec::len), Some(0), "what Tuesday knew Wednesday's silence does not undo: {all:#}");
    let asked: Vec<_> =
        all["contradictions"].as_array().expect("a list").iter().map(|one| one["asked"].as_str().expect("text")).collect();
    assert_eq!(asked, ["A im.example.com", "OPTIONS http://10.1.0.10:80/instmsg/aliases/ (Host: im.example.com)"]);
    let later = report(folder.path(), &["tuesday.jsonl", "wednesday.jsonl"]);
    assert_eq!(later["contradictions"], Value::Null, "{later:#}");
}
