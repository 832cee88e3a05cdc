//! Where reports, recordings and errors go, and what happens when there is no room or no reader. Asks nobody who answers.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{imctl, program};

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

#[test]
fn the_version_is_short_or_names_the_commit_the_target_and_the_features() {
    let said = |flag| String::from_utf8(imctl().arg(flag).assert().code(0).get_output().stdout.clone()).expect("UTF-8");
    let short = said("-V");
    assert_eq!(short, format!("imctl {}\n", env!("CARGO_PKG_VERSION")));
    let long = said("--version");
    let (first, rest) = long.split_once('\n').expect("two lines");
    assert!(first.starts_with(short.trim_end()), "{long}");
    if Path::new(env!("CARGO_MANIFEST_DIR")).join(".git").exists() {
        let commit = first.split(['(', ' ']).nth(3).unwrap_or_default();
        assert!(commit.len() >= 10 && commit.bytes().all(|b| b.is_ascii_hexdigit()), "{long}");
    }
    let (target, features) = rest.split_once('\n').expect("three lines");
    assert!(target.starts_with("target: ") && target.contains(std::env::consts::ARCH), "{long}");
    assert!(features.starts_with("features: ") && features.contains("+dnssec"), "{long}");
}

#[cfg(target_os = "linux")]
#[test]
fn colours_and_bars_appear_at_a_terminal_that_can_show_them() {
    let Some(script) = program("script") else { return };
    let folder = folder();
    let shown = |variables: &[(&str, &str)], arguments: &str| {
        let command = format!("{} lint {arguments}", assert_cmd::cargo::cargo_bin("imctl").display());
        let mut typed = std::process::Command::new(&script);
        typed.args(["-qec", &command, "/dev/null"]).current_dir(folder.path()).stdin(std::process::Stdio::null());
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
            typed.env_remove(name);
        }
        typed.env("TERM", "xterm-256color").envs(variables.iter().copied());
        String::from_utf8(typed.output().expect("script runs").stdout).expect("UTF-8")
    };
    assert!(shown(&[], "").contains("\u{1b}[1m"), "a terminal shows colours");
    for (variables, arguments) in
        [(&[("TERM", "dumb")][..], ""), (&[("TERM", "dumb"), ("NO_COLOR", "1")], ""), (&[], "--color never --no-progress")]
    {
        let plain = shown(variables, arguments);
        assert!(plain.contains("imctl lint") && !plain.contains('\u{1b}'), "{variables:?} {arguments}: {plain:?}");
    }
    assert!(!shown(&[("NO_COLOR", "1")], "").contains("\u{1b}[1m"), "NO_COLOR is heeded");
    let piped = |variables: &[(&str, &str)]| {
        let ran = imctl().current_dir(folder.path()).arg("lint").envs(variables.iter().copied()).output().expect("it runs");
        String::from_utf8([ran.stdout, ran.stderr].concat()).expect("UTF-8")
    };
    assert!(!piped(&[]).contains('\u{1b}'), "a pipe has no colours");
    assert!(piped(&[("CLICOLOR_FORCE", "1")]).contains("\u{1b}[1m"), "unless they are forced");
}

#[test]
fn an_empty_variable_names_no_inventory() {
    let folder = folder();
    audit(folder.path()).env("IMCTL_CONFIG", "").assert().code(1);
    audit(folder.path()).env("IMCTL_CONFIG", "nowhere.toml").assert().code(2);
    audit(folder.path()).args(["-c", ""]).assert().code(2);
}

#[test]
fn an_error_shows_what_it_names_without_obeying_it() {
    let folder = folder();
    fs::write(folder.path().join("evil.jsonl"), "{\"imctl_recording\":1,\"vantage\":\"\\u001b[5m\"}\n").expect("written");
    fs::write(folder.path().join("evil.toml"), "emails = [\"\\u001b[5m\\u0007.csv\"]\n").expect("written");
    for arguments in [
        &["audit", "-c", "\u{1b}[5m.toml"][..],
        &["audit", "-c", "evil.toml"],
        &["audit", "--from", "evil.jsonl"],
        &["audit", "--report", "json=\u{1b}[5m/r.json"],
        &["dns-check", "--domains", "\u{1b}[5m"],
    ] {
        let output = imctl().current_dir(folder.path()).args(arguments).args(["--color", "always"]).assert().code(2);
        let said = String::from_utf8(output.get_output().stderr.clone()).expect("UTF-8");
        assert!(!said.contains("\u{1b}[5m") && !said.contains('\u{7}'), "{said:?}");
        assert!(said.contains("\\u{1b}[5m") || arguments.contains(&"evil.jsonl"), "{said:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_report_that_replaces_another_is_read_by_no_more_people() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    let path = folder.path().join("r.json");
    fs::write(&path, "old").expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("made private");
    audit(folder.path()).args(["--report", "json=r.json"]).assert().code(1);
    assert!(fs::read_to_string(&path).expect("a report").starts_with('{'));
    assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o600);
}

#[cfg(target_os = "linux")]
mod without_room {
    use std::fs::File;
    use std::process::{Command, Stdio};

    use super::*;

    fn full() -> Stdio {
        File::options().write(true).open("/dev/full").expect("/dev/full").into()
    }

    /// The same audit, with standard output to choose.
    fn audit_to(folder: &Path, stdout: Stdio) -> (Option<i32>, String) {
        let program = assert_cmd::cargo::cargo_bin("imctl");
        let mut command = Command::new(program);
        command.current_dir(folder).args(["audit", "--from", "nothing.jsonl", "--format", "json"]).env_remove("IMCTL_CONFIG");
        let output = command.stdout(stdout).stderr(Stdio::piped()).spawn().expect("it starts").wait_with_output().expect("it ends");
        (output.status.code(), String::from_utf8(output.stderr).expect("UTF-8"))
    }

    #[test]
    fn a_reader_that_leaves_changes_nothing_about_the_exit_status() {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        assert_eq!(audit_to(folder().path(), writer.into()), (Some(1), String::new()));
    }

    #[test]
    fn a_report_that_standard_output_does_not_take_is_an_internal_error() {
        let (code, said) = audit_to(folder().path(), full());
        assert_eq!(code, Some(4), "{said}");
        assert!(said.starts_with("error: the report on standard output could not be written: "), "{said}");
    }

    #[test]
    fn no_command_takes_a_full_standard_output_for_its_own_mistake() {
        let folder = folder();
        fs::write(folder.path().join("people.txt"), "ann@example.com\n").expect("a list");
        for arguments in [&["derive", "people.txt"][..], &["explain"], &["schema", "config"], &["completions", "bash"], &["man"]] {
            let mut command = Command::new(assert_cmd::cargo::cargo_bin("imctl"));
            let output = command.current_dir(folder.path()).args(arguments).stdout(full()).stderr(Stdio::piped());
            let output = output.spawn().expect("it starts").wait_with_output().expect("it ends");
            assert_eq!(output.status.code(), Some(4), "{arguments:?}");
        }
    }

    #[test]
    fn no_command_complains_of_a_reader_that_leaves() {
        let folder = folder();
        fs::write(folder.path().join("people.txt"), "ann@example.com\n".repeat(20_000)).expect("a list");
        audit(folder.path()).args(["--report", "json=r.json"]).assert().code(1);
        let formats = ["table", "json", "jsonl", "csv", "markdown", "github", "gitlab", "sarif", "junit", "prometheus", "html"];
        let audits = formats.map(|format| vec!["audit", "--from", "nothing.jsonl", "--exit-zero", "--format", format]);
        let others = [
            &["derive", "people.txt"][..],
            &["lint", "--exit-zero"],
            &["records"],
            &["init", "-o", "-", "people.txt"],
            &["diff", "r.json", "r.json"],
            &["explain"],
            &["schema", "report"],
            &["completions", "bash"],
            &["man"],
            &["--help"],
        ];
        for arguments in audits.into_iter().chain(others.map(<[_]>::to_vec)) {
            let (reader, writer) = std::io::pipe().expect("a pipe");
            drop(reader);
            let mut command = Command::new(assert_cmd::cargo::cargo_bin("imctl"));
            command.current_dir(folder.path()).args(&arguments).env_remove("IMCTL_CONFIG").stdin(Stdio::null());
            let output = command.stdout(Stdio::from(writer)).stderr(Stdio::piped()).output().expect("it runs");
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
            assert!(!said.contains("error") && !said.contains("panicked"), "{arguments:?}: {said}");
        }
    }

    #[test]
    fn a_report_that_cannot_be_written_keeps_no_other_from_being_written() {
        let folder = folder();
        let output = audit(folder.path()).args(["--report", "json=/dev/full", "--report", "table=r.txt"]).assert().code(4);
        assert!(output.get_output().stdout.starts_with(b"imctl audit: "));
        assert!(fs::read_to_string(folder.path().join("r.txt")).expect("a report").starts_with("imctl audit: "));
    }

    #[test]
    fn a_recording_for_which_there_is_no_room_is_an_internal_error() {
        let folder = folder();
        let save = |path: &str| {
            imctl().current_dir(folder.path()).args(["dns-check", "--timeout", "0.01", "--retries", "0", "--save", path]).assert()
        };
        save("/dev/full").code(4);
        save("nowhere/answers.jsonl").code(2);
    }
}

#[test]
fn the_summary_of_a_github_step_is_added_to_what_stands_there_and_never_grows_too_large() {
    let folder = folder();
    let summary = folder.path().join("summary.md");
    let run = |format| audit(folder.path()).args(["--format", format]).env("GITHUB_STEP_SUMMARY", &summary).assert().code(1);
    run("table");
    assert!(!summary.exists(), "only for annotations");
    fs::write(&summary, "before\n").expect("the file is written");
    let output = run("github");
    let stdout = String::from_utf8(output.get_output().stdout.clone()).expect("UTF-8");
    assert!(stdout.contains("\n::error file=imctl.toml,line=4,"), "{stdout}");
    let text = fs::read_to_string(&summary).expect("the summary");
    assert!(text.starts_with("before\n## imctl audit: 1 of 1 domain needs attention\n"), "{text}");
    let full = "x".repeat((1 << 20) - 100);
    fs::write(&summary, &full).expect("the file is written");
    run("github");
    assert_eq!(fs::metadata(&summary).expect("the summary").len(), full.len() as u64, "more would be refused as a whole");
}

#[test]
fn a_summary_that_cannot_be_written_is_known_before_anything_is_asked() {
    let folder = folder();
    let run = |path: &Path| audit(folder.path()).args(["--format", "github"]).env("GITHUB_STEP_SUMMARY", path).assert();
    let output = run(&folder.path().join("nowhere").join("summary.md")).code(2);
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(said.contains("GITHUB_STEP_SUMMARY") && output.get_output().stdout.is_empty(), "{said}");
    run(Path::new("")).code(1);
    #[cfg(target_os = "linux")]
    run(Path::new("/dev/full")).code(4);
}
