//! `imctl diff`: two reports of one small world on two days.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::scenarios::record;
use crate::support::{golden, imctl};

/// Three domains in the internal view, as `answers` has them.
fn world(answers: &str) -> String {
    let domain = |letter: &str| {
        format!(
            "[[domain]]\nname = \"im.{letter}.example\"\nexternal = true\nrouters = [\"r-{letter}\"]\nreverse_proxies = [\"edge\"]\n"
        )
    };
    let router =
        |(number, letter): (usize, &str)| format!("[[router]]\nname = \"r-{letter}\"\naddresses = [\"10.{number}.0.10\"]\n");
    let domains = ["a", "b", "c"].map(domain).concat();
    let routers: String = ["a", "b", "c"].into_iter().enumerate().map(router).collect();
    let proxy = "[[reverse_proxy]]\nname = \"edge\"\naddresses = [\"203.0.113.10\"]\n";
    let views = "[view.internal]\nservers = [\"10.0.0.53\"]\n[view.external]\nservers = [\"9.9.9.9\"]\n";
    let outside: String = ["a", "b", "c"].map(|letter| format!("\"A im.{letter}.example\" = \"203.0.113.10\"\n")).concat();
    format!(
        "# Three domains.\nchecks = [\"dns\"]\ninventory = '''\n{views}{domains}{routers}{proxy}'''\n[internal]\n{answers}[external]\n{outside}[expect]\nfindings = []\n"
    )
}

const FIRST_DAY: &str =
    "\"A im.a.example\" = \"10.9.0.10\"\n\"A im.b.example\" = \"203.0.113.10\"\n\"A im.c.example\" = \"10.2.0.10 ttl=30\"\n";
/// a is mended, b is silent, c has a new fault beside its old one.
const SECOND_DAY: &str = "\"A im.a.example\" = \"10.0.0.10\"\n\"A im.b.example\" = \"SERVFAIL\"\n\"A im.c.example\" = [\"10.2.0.10 ttl=30\", \"10.9.9.9 ttl=30\"]\n";

fn report(folder: &Path, answers: &str, started: &str, name: &str) {
    record(&world(answers), started, folder, "answers.jsonl");
    let target = format!("json={name}");
    let mut command = imctl();
    command.current_dir(folder).args(["dns-check", "--from", "answers.jsonl", "--report", &target, "--exit-zero"]).assert().code(0);
    // The time of the run is the only thing that differs from one to the next.
    let path = folder.join(name);
    let mut report: Value = serde_json::from_slice(&fs::read(&path).expect("a report")).expect("JSON");
    report["run"]["started"] = started.into();
    fs::write(path, report.to_string()).expect("written");
}

fn two_days() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    report(folder.path(), FIRST_DAY, "2026-06-01T12:00:00Z", "old.json");
    report(folder.path(), SECOND_DAY, "2026-06-02T12:00:00Z", "new.json");
    folder
}

fn diff(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = imctl().current_dir(folder).arg("diff").args(arguments).output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("no signal"), text(output.stdout), text(output.stderr))
}

#[test]
fn new_fixed_still_there_and_no_longer_known_are_told_apart() {
    let folder = two_days();
    let (code, shown, said) = diff(folder.path(), &["old.json", "new.json"]);
    assert_eq!((code, said.as_str()), (1, ""), "{shown}");
    golden("tests/suite/reports/diff.txt", &shown);
    golden("tests/suite/reports/diff-verbose.txt", &diff(folder.path(), &["old.json", "new.json", "-v"]).1);
    let (_, json, _) = diff(folder.path(), &["old.json", "new.json", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let rules = |key: &str| -> Vec<String> {
        let findings = json[key].as_array().expect("a list").iter();
        findings
            .map(|finding| {
                format!("{} {}", finding["domain"].as_str().unwrap_or_default(), finding["rule"].as_str().unwrap_or_default())
            })
            .collect()
    };
    assert_eq!(rules("new"), ["im.c.example internal-points-elsewhere"]);
    assert_eq!(rules("fixed"), ["im.a.example internal-points-elsewhere"]);
    assert_eq!(rules("not_known_any_more"), ["im.b.example internal-points-at-reverse-proxy"], "silence acquits nobody");
    assert!(rules("still_there").contains(&"im.c.example ttl-out-of-range".to_owned()), "{json:#}");
    assert_eq!(json["not_known_any_more"][0]["reason"], "nobody would say: SERVFAIL from 10.0.0.53:53");
    assert_eq!(json["verdicts"][0], serde_json::json!({"domain": "im.a.example", "old": "foreign", "new": "ok"}));
    let schema = imctl::report::difference::schema().to_value();
    assert!(jsonschema::validator_for(&schema).expect("a schema").is_valid(&json), "{json:#}");
}

#[test]
fn the_exit_status_follows_what_is_new_and_nothing_else() {
    let folder = two_days();
    let code = |arguments: &[&str]| diff(folder.path(), arguments).0;
    assert_eq!(code(&["old.json", "new.json", "--fail-on", "never"]), 0);
    assert_eq!(code(&["old.json", "old.json"]), 0, "all its errors are still there, and none is new");
    assert_eq!(code(&["new.json", "new.json", "--fail-on", "note"]), 0);
    assert_eq!(code(&["new.json", "old.json"]), 1);
    let new = fs::read(folder.path().join("new.json")).expect("a report");
    imctl().current_dir(folder.path()).args(["diff", "old.json", "-"]).write_stdin(new).assert().code(1);
    imctl().current_dir(folder.path()).args(["diff", "-", "-"]).write_stdin("{}").assert().code(2);
}

#[test]
fn what_the_new_report_did_not_judge_is_not_fixed() {
    let folder = two_days();
    let all =
        imctl().current_dir(folder.path()).args(["audit", "--from", "answers.jsonl", "--format", "json"]).output().expect("runs");
    fs::write(folder.path().join("audit.json"), all.stdout).expect("written");
    // A run of less: one view only.
    let part = ["dns-check", "--from", "answers.jsonl", "--view", "external", "--format", "json"];
    let part = imctl().current_dir(folder.path()).args(part).output().expect("runs");
    fs::write(folder.path().join("part.json"), part.stdout).expect("written");
    let (_, json, said) = diff(folder.path(), &["audit.json", "part.json", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {said}"));
    assert_eq!(json["fixed"], Value::Array(Vec::new()), "{json:#}");
    assert_ne!(json["summary"]["not_known_any_more"], 0);
    let reasons = json["not_known_any_more"].as_array().expect("a list").iter();
    assert!(reasons.clone().all(|finding| finding["reason"] == "the new report does not judge this"), "{json:#}");
}

#[test]
fn what_is_no_report_is_refused_with_its_place() {
    let folder = two_days();
    let good = fs::read_to_string(folder.path().join("old.json")).expect("a report");
    let recording = fs::read_to_string(folder.path().join("answers.jsonl")).expect("a recording");
    for (text, why) in [
        ("", "bad.json:1:1: this is no JSON (EOF while parsing a value)"),
        ("nonsense", "bad.json:1:2: this is no JSON"),
        ("{}", "bad.json:1:1: this is no report: give a report that imctl wrote with --report json=FILE"),
        ("[]", "this is no report"),
        ("{\"findings\":[],\"domains\":[],\"schema_version\":\"1\"}", "this is no report"),
        ("{\"schema_version\": 1, \"kind\": \"baseline\", \"findings\": []}", "this is a baseline, not a report"),
        (&recording, "this is a recording, not a report: judge it with --from"),
        (&good.replace("\"schema_version\":1", "\"schema_version\":9"), "schema_version 9, and this imctl compares 1"),
        (&good.replace("\"severity\":\"error\"", "\"severity\":\"fatal\""), "the report is damaged (unknown variant `fatal`"),
        (&format!("{{\"type\":\"run\"}}\n{good}"), "these are JSON lines"),
        (&format!("{{\"schema_version\":{}", "[".repeat(100_000)), "this is no JSON (recursion limit exceeded)"),
    ] {
        fs::write(folder.path().join("bad.json"), text).expect("written");
        for arguments in [["bad.json", "old.json"], ["old.json", "bad.json"]] {
            let (code, shown, said) = diff(folder.path(), &arguments);
            assert_eq!((code, shown.as_str()), (2, ""), "{text:.60}: {said}");
            assert!(said.contains(why), "{text:.60}: {said}");
        }
    }
    assert_eq!(diff(folder.path(), &["old.json", "nowhere.json"]).0, 2);
}

#[test]
fn hostile_text_in_a_report_is_shown_and_not_obeyed() {
    let folder = two_days();
    let text = fs::read_to_string(folder.path().join("new.json")).expect("a report");
    let evil = text
        .replace("im.c.example answers", "\\u001b[2J\\u202e im.c.example answers")
        .replace("\"rule\":\"internal", "\"rule\":\"\\u001b[5minternal");
    fs::write(folder.path().join("evil.json"), evil).expect("written");
    for format in ["text", "json"] {
        let (_, shown, _) = diff(folder.path(), &["old.json", "evil.json", "--format", format, "-v"]);
        assert!(shown.contains("im.c.example") && !shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown:?}");
    }
}
