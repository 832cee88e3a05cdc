//! Where reports, recordings and errors go, and what happens when there is no room or no reader. Asks no network.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::imctl;

/// One domain without a router, and a recording that knows nothing about it.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("the file is written");
    put("imctl.toml", "[view.internal]\nservers = [\"127.0.0.1:9\"]\n[[domain]]\nname = \"im.example.com\"\n");
    let header =
        r#"{"imctl_recording":1,"version":"0.1.0","command":"audit","started":"2026-01-31T12:00:00Z","vantage":"internal"}"#;
    put("nothing.jsonl", &format!("{header}\n"));
    folder
}

fn audit(folder: &Path) -> assert_cmd::Command {
    let mut command = imctl();
    command.current_dir(folder).args(["audit", "--from", "nothing.jsonl"]);
    command
}

#[test]
fn an_error_in_the_inventory_makes_its_domain_faulty() {
    let folder = folder();
    let output = audit(folder.path()).args(["--format", "json"]).assert().code(1);
    let report: Value = serde_json::from_slice(&output.get_output().stdout).expect("JSON");
    assert_eq!(report["findings"][0]["rule"], "domain-without-router");
    assert_eq!(report["domains"][0]["verdict"], "faulty");
    assert_eq!(report["summary"]["ok"], 0);
    let output = audit(folder.path()).assert().code(1);
    assert!(output.get_output().stdout.starts_with(b"imctl audit: 1 of 1 domain needs attention\n"));
}
