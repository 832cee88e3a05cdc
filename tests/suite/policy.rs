//! `--rule` and `--no-suppress` over the inventory, and how `explain` shows its catalogue.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{imctl, program};

/// A domain without a router, which is an error, and which a suppression hides.
fn folder(suppressed: bool) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut text = "[[domain]]\nname = \"im.example.com\"\n[rules]\n\"domain-without-router\" = \"warning\"\n".to_owned();
    if suppressed {
        text.push_str(
            "[[suppress]]\nrule = \"domain-without-router\"\ndomain = \"*\"\nreason = \"not yet\"\nexpires = 2999-12-31\n",
        );
    }
    fs::write(folder.path().join("imctl.toml"), text).expect("the inventory is written");
    folder
}

fn lint(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = imctl().current_dir(folder).args(["-q", "lint"]).args(arguments).output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("no signal"), text(output.stdout), text(output.stderr))
}

#[test]
fn a_level_on_the_command_line_goes_over_that_of_the_inventory_and_the_last_one_holds() {
    let folder = folder(false);
    let severity = |arguments: &[&str]| {
        let (code, text, _) = lint(folder.path(), &[arguments, &["--format", "json"]].concat());
        let report: Value = serde_json::from_str(&text).expect("JSON");
        (code, report["findings"][0]["severity"].as_str().map(str::to_owned))
    };
    assert_eq!(severity(&[]), (0, Some("warning".to_owned())));
    assert_eq!(severity(&["--rule", "domain-without-router=error"]), (1, Some("error".to_owned())));
    assert_eq!(severity(&["--rule", "domain-without-router=off"]), (0, None));
    let twice = ["--rule", "domain-without-router=off", "--rule", "domain-without-router=note"];
    assert_eq!(severity(&twice), (0, Some("note".to_owned())));
}

#[test]
fn a_wrong_level_or_rule_is_answered_with_what_is_meant() {
    let folder = folder(false);
    for (given, why) in [
        ("domain-without-ruoter=off", "--rule: no rule is called \"domain-without-ruoter\"; did you mean domain-without-router?"),
        ("domain-without-router=fatal", "no level is called \"fatal\"; there are off, note, warning and error"),
        ("domain-without-router", "write it as RULE=LEVEL, such as ttl-out-of-range=off"),
    ] {
        let (code, shown, said) = lint(folder.path(), &["--rule", given]);
        assert_eq!((code, shown.as_str()), (2, ""), "{given}: {said}");
        assert!(said.contains(why), "{given}: {said}");
    }
}

#[test]
fn no_suppress_reports_what_suppressions_hide() {
    let folder = folder(true);
    let (code, shown, _) = lint(folder.path(), &["--fail-on", "warning"]);
    assert_eq!(code, 0);
    assert!(shown.contains("1 finding suppressed"), "{shown}");
    let (code, shown, _) = lint(folder.path(), &["--fail-on", "warning", "--no-suppress"]);
    assert_eq!(code, 1);
    assert!(shown.contains("warning[domain-without-router]") && !shown.contains("suppress"), "{shown}");
}

/// What `explain` writes to a terminal, with a pager that marks what goes through it.
fn at_a_terminal(script: &Path, arguments: &str, pager: &str) -> String {
    let command = format!("{} explain {arguments}", assert_cmd::cargo::cargo_bin("imctl").display());
    let mut typed = Command::new(script);
    typed.args(["-qec", &command, "/dev/null"]).env("PAGER", pager).env("TERM", "xterm").stdin(std::process::Stdio::null());
    String::from_utf8(typed.output().expect("script runs").stdout).expect("UTF-8")
}

#[cfg(target_os = "linux")]
#[test]
fn explain_pages_at_a_terminal_and_nowhere_else() {
    let Some(script) = program("script") else { return };
    let paged = at_a_terminal(&script, "", "sed s/^/paged:/");
    assert!(paged.lines().count() > 50 && paged.lines().all(|line| line.starts_with("paged:")), "{paged}");
    for (arguments, pager) in [("--no-pager", "sed s/^/paged:/"), ("", "cat"), ("", ""), ("", "no-such-pager-anywhere")] {
        let shown = at_a_terminal(&script, arguments, pager);
        assert!(shown.starts_with("address-collision"), "{arguments} {pager:?}: {shown}");
    }
    let piped = imctl().arg("explain").env("PAGER", "sed s/^/paged:/").output().expect("it runs");
    assert!(piped.stdout.starts_with(b"address-collision"));
}
