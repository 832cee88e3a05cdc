//! `--write-baseline` and `--baseline`: what is accepted does not count, what is new does, and silence takes nothing back.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::scenarios::record;
use crate::support::imctl;

/// Two domains; `answers` are lines of the internal view.
fn world(answers: &str) -> String {
    format!(
        r#"# Two domains, each with a router.
checks = ["estate", "dns", "probe"]
inventory = '''
[view.internal]
servers = ["10.0.0.53"]
[[domain]]
name = "im.a.example"
routers = ["router-a"]
[[domain]]
name = "im.b.example"
routers = ["router-b"]
[[router]]
name = "router-a"
addresses = ["10.1.0.10"]
[[router]]
name = "router-b"
addresses = ["10.2.0.10"]
'''
[internal]
{answers}
[probe]
"OPTIONS 10.1.0.10 im.a.example" = "501 rvp"
"PROPFIND 10.1.0.10 im.a.example" = "401 rvp"
"OPTIONS 10.2.0.10 im.b.example" = "501 rvp"
"PROPFIND 10.2.0.10 im.b.example" = "401 rvp"
[expect]
findings = []
"#
    )
}

const ONE_WRONG: &str = "\"A im.a.example\" = \"10.9.0.10\"\n\"A im.b.example\" = \"10.2.0.10\"";
const BOTH_WRONG: &str = "\"A im.a.example\" = \"10.9.0.10\"\n\"A im.b.example\" = \"10.9.0.20\"";
const MENDED: &str = "\"A im.a.example\" = \"10.1.0.10\"\n\"A im.b.example\" = \"10.2.0.10\"";
const SILENT: &str = "\"A im.a.example\" = \"SERVFAIL\"\n\"A im.b.example\" = \"10.2.0.10\"";

fn folder(answers: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    record(&world(answers), "2026-06-01T12:00:00Z", folder.path(), "answers.jsonl");
    folder
}

fn change(folder: &TempDir, answers: &str) {
    record(&world(answers), "2026-06-02T12:00:00Z", folder.path(), "answers.jsonl");
}

fn audit(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = imctl().current_dir(folder).args(["audit", "--from", "answers.jsonl"]).args(arguments).output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("no signal"), text(output.stdout), text(output.stderr))
}

fn report(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let (code, stdout, stderr) = audit(folder, &[arguments, &["--format", "json"]].concat());
    (code, serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stderr}")))
}

fn domains(findings: &Value) -> Vec<&str> {
    findings.as_array().expect("a list").iter().map(|finding| finding["domain"].as_str().expect("a domain")).collect()
}

#[test]
fn what_is_accepted_does_not_count_and_what_is_new_does() {
    let folder = folder(ONE_WRONG);
    assert_eq!(audit(folder.path(), &[]).0, 1);
    let (code, shown, said) = audit(folder.path(), &["--write-baseline", "known.json"]);
    assert_eq!(code, 0, "what is accepted does not count: {said}");
    assert!(shown.contains("error[internal-points-elsewhere]: im.a.example"), "it is still shown: {shown}");
    assert!(said.contains("known.json accepts 1 finding"), "{said}");
    let (code, shown, _) = audit(folder.path(), &["--baseline", "known.json"]);
    assert_eq!(code, 0);
    assert!(shown.starts_with("imctl audit: nothing new; 1 of 2 domains needs attention as before\n"), "{shown}");
    assert!(shown.contains("known from the baseline: 1 finding: 1 internal-points-elsewhere; -v shows them"), "{shown}");
    assert!(!shown.contains("error["), "{shown}");

    change(&folder, BOTH_WRONG);
    let (code, report) = report(folder.path(), &["--baseline", "known.json"]);
    assert_eq!((code, &report["summary"]["error"], &report["summary"]["known"]), (1, &1.into(), &1.into()));
    assert_eq!(domains(&report["findings"]), ["im.b.example"]);
    assert_eq!(domains(&report["baseline"]["known"]), ["im.a.example"]);
    assert_eq!(report["baseline"]["stale"], Value::Array(Vec::new()));
    let schema = imctl::report::json::schema().to_value();
    assert!(jsonschema::validator_for(&schema).expect("a schema").is_valid(&report), "{report:#}");
    let (_, shown, _) = audit(folder.path(), &["--baseline", "known.json", "-v"]);
    let (new, known) = (shown.find("]: im.b.example").expect("new"), shown.find("]: im.a.example").expect("known"));
    assert!(new < known, "the new comes first: {shown}");
}

#[test]
fn an_entry_that_nothing_matches_is_stale_and_goes_when_the_file_is_written_anew() {
    let folder = folder(ONE_WRONG);
    audit(folder.path(), &["--write-baseline", "known.json"]);
    change(&folder, MENDED);
    let (code, shown, _) = audit(folder.path(), &["--baseline", "known.json"]);
    assert_eq!(code, 0);
    assert!(shown.contains("stale in the baseline: 1 entry matches nothing any more"), "{shown}");
    assert!(shown.contains("  internal-points-elsewhere: im.a.example answers 10.9.0.10"), "{shown}");
    audit(folder.path(), &["--baseline", "known.json", "--write-baseline", "known.json"]);
    let kept = fs::read_to_string(folder.path().join("known.json")).expect("a baseline");
    assert!(!kept.contains("im.a.example"), "{kept}");
}

#[test]
fn silence_makes_no_entry_stale_and_takes_none_away() {
    let folder = folder(ONE_WRONG);
    audit(folder.path(), &["--write-baseline", "known.json"]);
    let before = fs::read_to_string(folder.path().join("known.json")).expect("a baseline");
    change(&folder, SILENT);
    let (code, report) = report(folder.path(), &["--baseline", "known.json"]);
    assert_eq!((code, &report["baseline"]["stale"]), (3, &Value::Array(Vec::new())), "{report:#}");
    let (code, _, _) = audit(folder.path(), &["--baseline", "known.json", "--write-baseline", "known.json"]);
    assert_eq!(code, 3);
    assert_eq!(fs::read_to_string(folder.path().join("known.json")).expect("a baseline"), before);
}

#[test]
fn the_file_is_sorted_one_finding_a_line_and_the_same_from_run_to_run() {
    let folder = folder(BOTH_WRONG);
    audit(folder.path(), &["--write-baseline", "one.json"]);
    let text = fs::read_to_string(folder.path().join("one.json")).expect("a baseline");
    crate::support::golden("tests/suite/reports/baseline.json", &text);
    change(&folder, BOTH_WRONG);
    audit(folder.path(), &["--write-baseline", "two.json"]);
    assert_eq!(fs::read_to_string(folder.path().join("two.json")).expect("a baseline"), text);
}

#[test]
fn what_is_no_baseline_is_refused_before_anything_is_judged() {
    let folder = folder(ONE_WRONG);
    let (_, json, _) = audit(folder.path(), &["--format", "json"]);
    let head = "{\"schema_version\": 1, \"kind\": \"baseline\",\n";
    for (text, why) in [
        (json.as_str(), "bad.json:1:1: this is a report, not a baseline: make one with --write-baseline"),
        ("[]", "bad.json:1:1: give a baseline that imctl wrote with --write-baseline"),
        ("{}", "bad.json:1:1: give a baseline"),
        ("", "bad.json:1:1: this is no JSON (EOF while parsing a value)"),
        ("<<<<<<< ours\n", "bad.json:1:1: this is no JSON"),
        (
            "{\"schema_version\": 2, \"kind\": \"baseline\", \"entries\": 7}",
            "this baseline has schema_version 2, and this imctl reads 1",
        ),
        ("{\"kind\": \"baseline\"}", "this baseline has no schema_version"),
        (&format!("{head}\"findings\": [{{\"rule\": 7}}]}}"), "bad.json:2:"),
        (&format!("{head}\"findings\": [], \"more\": 1}}"), "bad.json:2:"),
        (&"[".repeat(100_000), "this is no JSON (recursion limit exceeded)"),
    ] {
        fs::write(folder.path().join("bad.json"), text).expect("written");
        let (code, shown, said) = audit(folder.path(), &["--baseline", "bad.json"]);
        assert_eq!((code, shown.as_str()), (2, ""), "{text:.60}: {said}");
        assert!(said.contains(why), "{text:.60}: {said}");
    }
    assert_eq!(audit(folder.path(), &["--baseline", "nowhere.json"]).0, 2);
    let (code, _, said) = audit(folder.path(), &["--write-baseline", "nowhere/known.json"]);
    assert_eq!(code, 2);
    assert!(said.contains("--write-baseline nowhere/known.json: there is no folder nowhere"), "{said}");
}

#[test]
fn a_run_that_judges_less_calls_nothing_stale_that_it_did_not_judge() {
    let folder = folder(ONE_WRONG);
    audit(folder.path(), &["--write-baseline", "known.json"]);
    change(&folder, MENDED);
    let run = |arguments: &[&str]| {
        let mut command = imctl();
        command.current_dir(folder.path()).args(arguments).args(["--baseline", "known.json", "--format", "json"]);
        serde_json::from_slice::<Value>(&command.output().expect("it runs").stdout).expect("JSON")["baseline"]["stale"].clone()
    };
    assert_eq!(run(&["lint"]), Value::Array(Vec::new()), "lint asks no server");
    assert_eq!(run(&["dns-check", "im.b.example", "--from", "answers.jsonl"]), Value::Array(Vec::new()));
    assert_eq!(domains(&run(&["dns-check", "--from", "answers.jsonl"])), ["im.a.example"]);
}
