//! The formats that other programs read: read back with a reader of each, over golden files and over hostile text.

use std::path::Path;
use std::sync::LazyLock;

use imctl::judge::Judgement;
use imctl::place::Place;
use imctl::report::{Format, Layout};
use proptest::prelude::*;
use serde_json::Value;

use crate::checking::folder_with;
use crate::reports::{judgement, render, written};
use crate::support::{golden, imctl, program};

/// Built once: it is large.
static SARIF: LazyLock<jsonschema::Validator> = LazyLock::new(sarif_validator);
const LAYOUT: Layout = Layout { width: 80, everything: false, details: false };

/// Everything in a judgement that comes from lists, DNS, HTTP and the inventory says `text`.
fn saying(text: &str) -> Judgement {
    let mut judgement = judgement();
    for finding in &mut judgement.findings {
        for field in [&mut finding.message, &mut finding.help, &mut finding.kind] {
            text.clone_into(field);
        }
        (finding.expected, finding.found) = (vec![text.to_owned()], vec![text.to_owned()]);
        finding.place = Some(Place::new(text, 7, 1));
    }
    for undecided in &mut judgement.undecided {
        (undecided.asked, undecided.reason) = (text.to_owned(), text.to_owned());
    }
    for probe in judgement.domains.iter_mut().flat_map(|domain| &mut domain.probes) {
        text.clone_into(&mut probe.machine);
    }
    judgement
}

/// Text that means something to some reader, mixed with any other.
fn hostile() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        prop::sample::select(vec![
            "|",
            "<script>alert(1)</script>",
            "]]>",
            "<!--",
            "\"",
            "'",
            "&amp;",
            "&#0;",
            "\n",
            "\r\n",
            "\u{0}",
            "\u{1b}[2J",
            "\u{9b}31m",
            "\u{202e}",
            "\u{2028}",
            "\u{fffe}",
            "\\",
            "\\n",
            "{x=\"y\"} 1",
            "# TYPE",
            "</testsuite>",
            "%0A::error::",
            "ok=1;2;3;4;5",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    prop::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

fn has_raw_controls(report: &str) -> bool {
    report.chars().any(|c| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}'))
}

/// Reads a plugin's output as the guidelines say: the state, and figures by label.
fn nagios_figures(report: &str) -> Vec<(&str, &str)> {
    let first = report.lines().next().expect("a line");
    let (text, figures) = first.split_once(" | ").expect("figures");
    assert!(["OK", "WARNING", "CRITICAL", "UNKNOWN"].iter().any(|state| text.starts_with(&format!("IMCTL {state} - "))), "{text}");
    assert_eq!(report.matches('|').count(), 1, "only one bar: {report}");
    let of = |figure| {
        let (label, values): (&str, &str) = str::split_once(figure, '=').expect("label=value");
        let values: Vec<_> = values.split(';').collect();
        assert!((4..=5).contains(&values.len()), "{figure}");
        assert!(values.iter().all(|value| value.trim_end_matches('s').chars().all(|c| c.is_ascii_digit() || c == '.')), "{figure}");
        (label, values.first().copied().unwrap_or_default())
    };
    figures.split(' ').map(of).collect()
}

#[test]
fn the_first_line_for_nagios_has_the_state_and_the_figures() {
    let report = render(Format::Nagios, 80);
    golden("tests/suite/reports/report.nagios", &report);
    assert!(
        report.starts_with(
            "IMCTL CRITICAL - 4 of 6 domains wrong (1 swapped, 1 leaked, 1 missing, 1 exposed), 1 undecided; 1 error, 1 warning, 1 note | "
        ),
        "{report}"
    );
    let figures = nagios_figures(&report);
    assert!(figures.contains(&("domains", "6")) && figures.contains(&("wrong", "4")) && figures.contains(&("time", "1.800s")));
    assert!(
        report.lines().nth(1).is_some_and(|line| line.starts_with("error external-points-at-router: ")),
        "worst first: {report}"
    );
}

#[test]
fn nagios_is_given_no_more_than_it_reads() {
    let mut judgement = judgement();
    let one = judgement.findings[0].clone();
    judgement.findings.resize(10_000, one);
    let report = written(Format::Nagios, LAYOUT, &judgement);
    assert!((7000..=8192).contains(&report.len()), "{}", report.len());
    assert!(report.trim_end().ends_with(" more; --format json has them all"), "{report}");
}

/// A domain without a router is an error, and what no server says is undecided.
const FAULTY: &str = "[[domain]]\nname = \"im.example.com\"\nexternal = false\n";

#[test]
fn the_exit_status_for_nagios_is_the_state() {
    let nagios = |inventory: &str, arguments: &[&str]| {
        let folder = folder_with(inventory);
        let output =
            imctl().current_dir(folder.path()).arg("lint").args(["--format", "nagios"]).args(arguments).output().expect("it runs");
        let said = String::from_utf8(output.stdout).expect("UTF-8");
        (output.status.code(), said.split(" - ").next().unwrap_or_default().to_owned(), said)
    };
    let state = |inventory: &str, arguments: &[&str]| {
        let (code, state, _) = nagios(inventory, arguments);
        (code, state)
    };
    let found = |state: &str, code: i32| (Some(code), format!("IMCTL {state}"));
    let warning = format!("{FAULTY}[rules]\ndomain-without-router = \"warning\"\n");
    let note = format!("{FAULTY}[rules]\ndomain-without-router = \"note\"\n");
    let off = format!("{FAULTY}[rules]\ndomain-without-router = \"off\"\n");
    assert_eq!(state(FAULTY, &[]), found("CRITICAL", 2));
    assert_eq!(state(FAULTY, &["--fail-on", "never"]), found("OK", 0));
    assert_eq!(state(FAULTY, &["--exit-zero"]), found("CRITICAL", 0));
    assert_eq!(state(&warning, &[]), found("WARNING", 1));
    assert_eq!(state(&warning, &["--fail-on", "error"]), found("OK", 0));
    assert_eq!(state(&note, &[]), found("OK", 0));
    assert_eq!(state(&note, &["--fail-on", "note"]), found("WARNING", 1));
    assert_eq!(state(&off, &[]), found("OK", 0));
    for (inventory, arguments, why) in [
        ("nonsense", &[][..], "nothing was checked"),
        (FAULTY, &["--no-such-flag"], "unexpected argument"),
        (FAULTY, &["-c", "now|here.toml"], "now\\u{7c}here.toml"),
        (FAULTY, &["--report", "json=nowhere/report.json"], "there is no folder"),
    ] {
        let (code, state, said) = nagios(inventory, arguments);
        assert_eq!((code, state), found("UNKNOWN", 3), "{arguments:?}");
        assert!(said.contains(why) && said.lines().count() == 1, "{said}");
    }
}

#[test]
fn what_is_undecided_alone_is_unknown_to_nagios() {
    let folder =
        folder_with(&format!("[view.internal]\nservers = [\"127.0.0.1:9\"]\n{FAULTY}[rules]\ndomain-without-router = \"off\"\n"));
    let header =
        r#"{"imctl_recording":1,"version":"0.1.0","command":"audit","started":"2026-01-31T12:00:00Z","vantage":"internal"}"#;
    std::fs::write(folder.path().join("nothing.jsonl"), format!("{header}\n")).expect("written");
    let arguments = ["dns-check", "--from", "nothing.jsonl", "--format", "nagios"];
    let output = imctl().current_dir(folder.path()).args(arguments).assert().code(3);
    let said = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    assert!(said.starts_with("IMCTL UNKNOWN - 0 of 1 domain wrong, 1 undecided"), "{said}");
    let nobody = imctl().current_dir(folder.path()).args(arguments).args(["--domains", "-"]).write_stdin("").assert().code(3);
    assert!(nobody.get_output().stdout.starts_with(b"IMCTL UNKNOWN - "), "a list that names nobody is not OK");
}

/// The schema that OASIS publishes with SARIF 2.1.0, errata 01.
fn sarif_validator() -> jsonschema::Validator {
    let schema = serde_json::from_str(include_str!("reports/sarif-schema-2.1.0.json")).expect("JSON");
    jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema that needs nothing else")
}

fn sarif_of(report: &str, validator: &jsonschema::Validator) -> Value {
    let document: Value = serde_json::from_str(report).expect("JSON");
    let errors: Vec<_> = validator.iter_errors(&document).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:?}");
    document
}

#[test]
fn sarif_fits_the_published_schema_and_has_what_code_scanning_needs() {
    let report = render(Format::Sarif, 80);
    golden("tests/suite/reports/report.sarif", &report);
    let document = sarif_of(&report, &SARIF);
    let run = &document["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    assert_eq!(rules.len(), 3, "those that are needed");
    let explained = rules.iter().all(|rule| rule["help"]["text"].as_str().is_some_and(|text| text.contains("## How to fix")));
    assert!(explained);
    for result in run["results"].as_array().expect("results") {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!((&place["artifactLocation"]["uri"], &place["region"]["startLine"]), (&"imctl.toml".into(), &14.into()));
    }
    assert_eq!(run["results"][0]["partialFingerprints"]["imctlFinding/v1"], judgement().findings[0].fingerprint());
    assert_eq!(run["invocations"][0]["toolExecutionNotifications"].as_array().map(Vec::len), Some(1));
}

#[test]
fn sarif_puts_what_has_no_file_into_the_inventory() {
    let mut judgement = judgement();
    judgement.findings[0].place = Some(Place::command_line());
    judgement.findings[1].place = None;
    let document = sarif_of(&written(Format::Sarif, LAYOUT, &judgement), &SARIF);
    for index in [0, 1] {
        let place = &document["runs"][0]["results"][index]["locations"][0]["physicalLocation"];
        assert_eq!((&place["artifactLocation"]["uri"], &place["region"]["startLine"]), (&"imctl.toml".into(), &1.into()));
    }
}

#[test]
fn sarif_cuts_the_least_bad_results_and_says_how_many() {
    let mut judgement = judgement();
    let worst = judgement.findings[0].clone();
    judgement.findings.splice(0..0, std::iter::repeat_n(worst, 5000));
    let document = sarif_of(&written(Format::Sarif, LAYOUT, &judgement), &SARIF);
    let results = document["runs"][0]["results"].as_array().expect("results");
    assert!(results.len() == 5000 && results.iter().all(|result| result["level"] == "error"));
    let said = &document["runs"][0]["invocations"][0]["toolExecutionNotifications"][1]["message"]["text"];
    assert_eq!(said, "3 more findings are left out; --format json has them all");
}

#[test]
fn the_sarif_schema_refuses_what_is_none() {
    let mut document: Value = serde_json::from_str(&render(Format::Sarif, 80)).expect("JSON");
    document["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!SARIF.is_valid(&document));
}

/// Asks a program that checks a format whether it takes a report; says what it says against it.
fn is_taken_by(program: &Path, arguments: &[&str], report: &str) {
    let mut command = assert_cmd::Command::new(program);
    command.args(arguments).write_stdin(report).assert().success();
}

#[test]
fn junit_has_a_case_for_every_rule_and_view() {
    let report = render(Format::Junit, 80);
    golden("tests/suite/reports/report.junit.xml", &report);
    let document = roxmltree::Document::parse(&report).expect("XML");
    let suites: Vec<_> = document.descendants().filter(|node| node.has_tag_name("testsuite")).collect();
    assert_eq!(suites.len(), 1 + 6, "one for the inventory, one for each domain");
    let names = |suite: &roxmltree::Node<'_, '_>| -> Vec<String> {
        suite.children().filter_map(|case| case.attribute("name").map(str::to_owned)).collect()
    };
    for suite in &suites[2..] {
        assert_eq!(names(suite), names(&suites[1]), "the same cases for each domain");
    }
    assert_eq!(document.root_element().attribute("failures"), Some("3"), "no finding is lost");
    for (element, counted) in [("failure", "failures"), ("error", "errors"), ("skipped", "skipped"), ("testcase", "tests")] {
        let count = document.descendants().filter(|node| node.has_tag_name(element)).count().to_string();
        assert_eq!(document.root_element().attribute(counted), Some(count.as_str()), "{counted}");
    }
    let undecided = suites.iter().find(|suite| suite.attribute("name") == Some("im.xn--bcher-kva.example")).expect("a suite");
    let passes = |view: &str| {
        undecided
            .children()
            .filter(|case| case.attribute("name").is_some_and(|n| n.ends_with(view)) && !case.has_children())
            .count()
    };
    assert!(passes("[internal]") == 0 && passes("[external]") > 10, "what is undecided does not pass");
}

#[test]
fn junit_fits_the_schema_that_ci_servers_read_by() {
    let Some(xmllint) = program("xmllint") else { return };
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/reports/junit.xsd");
    let arguments = ["--nonet", "--noout", "--schema", schema, "-"];
    is_taken_by(&xmllint, &arguments, &render(Format::Junit, 80));
    is_taken_by(&xmllint, &arguments, &written(Format::Junit, LAYOUT, &saying("]]><failure a=\"&\u{fffe}\u{1b}\n")));
    let none = "<testsuites tests=\"1\" failures=\"0\" errors=\"0\" time=\"0\"><testcase/></testsuites>";
    assert_cmd::Command::new(&xmllint).args(arguments).write_stdin(none).assert().failure();
}

#[test]
fn the_cases_of_a_whole_audit_are_the_same_for_each_domain() {
    let output = imctl().args(["demo", "--format", "junit"]).assert().code(0);
    let report = String::from_utf8(output.get_output().stdout.clone()).expect("UTF-8");
    let document = roxmltree::Document::parse(&report).expect("XML");
    let of_dns = |case: &roxmltree::Node<'_, '_>| case.attribute("name").filter(|name| name.ends_with(']')).map(str::to_owned);
    let suites: Vec<Vec<_>> = document
        .descendants()
        .filter(|node| node.has_tag_name("testsuite") && node.attribute("name").is_some_and(|name| name.starts_with("im.")))
        .map(|suite| suite.children().filter_map(|case| of_dns(&case)).collect())
        .collect();
    assert!(suites.len() > 5 && suites[0].len() > 20, "{suites:?}");
    assert!(
        suites.iter().all(|suite| *suite == suites[0]),
        "a finding is of a view that its rule is not known to look into: {suites:?}"
    );
    assert!(document.descendants().filter(|node| node.has_tag_name("failure")).count() > 5);
}

/// A metric's name, its labels as they were meant, and its value.
type Series = (String, Vec<(String, String)>, f64);

/// Reads the text exposition format.
fn series(report: &str) -> Vec<Series> {
    assert!(report.ends_with('\n'));
    report.lines().filter(|line| !line.starts_with("# ")).map(one_series).collect()
}

fn one_series(line: &str) -> Series {
    let end = line.find(['{', ' ']).expect("a name and a value");
    let (name, mut rest) = line.split_at(end);
    let mut labels = Vec::new();
    while let Some(after) = rest.strip_prefix(['{', ',']) {
        let (label, value) = after.split_once("=\"").expect("label=\"value\"");
        assert!(!label.is_empty() && label.bytes().all(|b| b.is_ascii_lowercase()), "{line}");
        let (mut text, mut characters) = (String::new(), value.char_indices());
        let end = loop {
            match characters.next().expect("the end of the value") {
                (_, '\\') => match characters.next() {
                    Some((_, c @ ('\\' | '"'))) => text.push(c),
                    other => panic!("no escape: {other:?} in {line}"),
                },
                (at, '"') => break at + 1,
                (_, c) => text.push(c),
            }
        };
        labels.push((label.to_owned(), text));
        rest = &value[end..];
    }
    let value = rest.strip_prefix('}').unwrap_or(rest).strip_prefix(' ').expect("a space");
    (name.to_owned(), labels, value.parse().expect("a number, and no time stamp"))
}

#[test]
fn prometheus_has_help_and_type_once_and_no_series_twice() {
    let report = render(Format::Prometheus, 80);
    golden("tests/suite/reports/report.prom", &report);
    let all = series(&report);
    let value = |name: &str, labels: &[(&str, &str)]| {
        let is_it =
            |(n, l, _): &&Series| n == name && labels.iter().all(|(k, v)| l.iter().any(|(label, value)| label == k && value == v));
        all.iter().filter(is_it).map(|(_, _, value)| *value).sum::<f64>()
    };
    assert!((value("imctl_findings", &[("rule", "external-points-at-router"), ("severity", "error")]) - 1.0).abs() < 1e-9);
    assert!((value("imctl_findings", &[]) - 3.0).abs() < 1e-9);
    assert!((value("imctl_dns_queries_total", &[("view", "internal"), ("outcome", "timeout")]) - 4.0).abs() < 1e-9);
    assert!((value("imctl_last_run_timestamp_seconds", &[]) - 1_769_860_800.0).abs() < 1e-9);
    assert!(value("imctl_last_run_complete", &[]).abs() < 1e-9, "something is undecided");
    assert!((value("imctl_domain_verdict", &[]) - 6.0).abs() < 1e-9);
    let mut names: Vec<_> = all.iter().map(|(name, labels, _)| (name, labels)).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
    for (name, _, _) in &all {
        for kind in ["HELP", "TYPE"] {
            assert_eq!(report.lines().filter(|line| line.starts_with(&format!("# {kind} {name} "))).count(), 1, "{kind} {name}");
        }
    }
}

#[test]
fn prometheus_itself_takes_the_metrics() {
    let Some(promtool) = program("promtool") else { return };
    is_taken_by(&promtool, &["check", "metrics"], &render(Format::Prometheus, 80));
    is_taken_by(&promtool, &["check", "metrics"], &written(Format::Prometheus, LAYOUT, &saying("\"} 1\n\\ # TYPE \u{1b}")));
    assert_cmd::Command::new(&promtool).args(["check", "metrics"]).write_stdin("imctl{ 1\n").assert().failure();
}

/// The text that a message means: without the escapes of braces, brackets and backslashes.
fn meant(message: &str) -> String {
    let mut characters = message.chars();
    let mut text = String::new();
    while let Some(c) = characters.next() {
        match c {
            '\\' | '{' | '}' => text.extend(characters.next()),
            '[' | ']' => panic!("a bracket that is not escaped: {message}"),
            c => text.push(c),
        }
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn hostile_text_begins_no_figure_and_no_line_for_nagios(text in hostile()) {
        let report = written(Format::Nagios, LAYOUT, &saying(&text));
        prop_assert!(!has_raw_controls(&report) && !report.contains('<'));
        prop_assert_eq!(nagios_figures(&report).len(), 8);
        prop_assert_eq!(report.lines().count(), 1 + 3 + 1);
    }

    #[test]
    fn hostile_text_is_only_text_in_sarif(text in hostile()) {
        let report = written(Format::Sarif, LAYOUT, &saying(&text));
        prop_assert!(!has_raw_controls(&report));
        let document = sarif_of(&report, &SARIF);
        let results = document["runs"][0]["results"].as_array().expect("results");
        prop_assert_eq!(results.len(), 3);
        for result in results {
            let message = meant(result["message"]["text"].as_str().expect("text"));
            let shown = imctl::report::printable(&text);
            prop_assert!(text.is_empty() || message == format!("{shown}.\nHelp: {shown}"), "{message:?}");
            prop_assert_eq!(&result["properties"]["found"][0], &Value::from(text.as_str()));
            let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("a URI");
            let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/%:".contains(c);
            prop_assert!(!uri.is_empty() && uri.chars().all(plain), "{uri}");
        }
    }

    #[test]
    fn hostile_text_is_only_text_in_junit(text in hostile()) {
        let report = written(Format::Junit, LAYOUT, &saying(&text));
        prop_assert!(!has_raw_controls(&report));
        let (harmless, document) = (render(Format::Junit, 80), roxmltree::Document::parse(&report).expect("XML"));
        let harmless = roxmltree::Document::parse(&harmless).expect("XML");
        let elements = |document: &roxmltree::Document<'_>| document.descendants().filter(roxmltree::Node::is_element).count();
        prop_assert_eq!(elements(&document), elements(&harmless));
        let shown = imctl::report::printable(&text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
        for failure in document.descendants().filter(|node| node.has_tag_name("failure")) {
            prop_assert_eq!(failure.attribute("message"), Some(shown.as_str()));
        }
    }

    #[test]
    fn hostile_text_is_only_a_label_for_prometheus(text in hostile()) {
        let report = written(Format::Prometheus, LAYOUT, &saying(&text));
        prop_assert!(!has_raw_controls(&report));
        let (all, harmless) = (series(&report), series(&render(Format::Prometheus, 80)));
        prop_assert_eq!(all.len(), harmless.len());
        for (_, labels, _) in all.iter().filter(|(name, _, _)| name == "imctl_probe_success") {
            let machine = labels.iter().find(|(label, _)| label == "machine").map(|(_, value)| value.as_str());
            prop_assert_eq!(machine, Some(&*imctl::report::printable(&text)));
        }
    }
}
