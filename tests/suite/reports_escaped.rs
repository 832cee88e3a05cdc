//! Reports in formats in which text can turn into structure, read back by a reader of each: hostile text comes out as text.

use std::collections::{BTreeMap, BTreeSet};

use imctl::dns::View;
use imctl::judge::Judgement;
use imctl::place::Place;
use imctl::report::{Format, Header, Layout, markdown, printable, spreadsheet};
use proptest::prelude::*;
use pulldown_cmark::{Event, Tag, TagEnd};
use serde_json::Value;

use crate::reports::{judgement, render, written};
use crate::support::golden;

const LAYOUT: Layout = Layout { width: 80, everything: false, details: false };

/// Everything in a judgement that comes from lists, DNS, HTTP and the inventory says `text`.
fn saying(text: &str) -> Judgement {
    let mut judgement = judgement();
    for finding in &mut judgement.findings {
        text.clone_into(&mut finding.message);
        text.clone_into(&mut finding.help);
        (finding.expected, finding.found) = (vec![text.to_owned()], vec![text.to_owned()]);
        finding.place = Some(Place::new(text, 7, 1));
    }
    for undecided in &mut judgement.undecided {
        (undecided.asked, undecided.reason) = (text.to_owned(), text.to_owned());
    }
    judgement
}

/// Arbitrary text, and text made of what has a meaning somewhere.
fn hostile() -> impl Strategy<Value = String> {
    let meaning = [
        "::error::",
        "::stop-commands::x",
        "|",
        "\\",
        "`",
        "``",
        "<script>",
        "<!--",
        "-->",
        "=cmd",
        "+1",
        "@team",
        "\"",
        "'",
        ",",
        ";",
        "\n",
        "\r",
        "%0A",
        "%",
        ":",
        "\u{1b}[2J",
        "\u{202e}",
        "\u{0}",
        "\u{85}",
        "\u{2028}",
        "[a](http://b)",
        "www.a.b",
        "#1",
        "$x$",
        "*",
        "_",
        "~~",
        "# ",
        "- ",
        "a",
        " ",
        "ü",
    ];
    let pieces = prop::collection::vec(prop::sample::select(meaning.to_vec()), 0..12).prop_map(|pieces| pieces.concat());
    prop_oneof![pieces, ".{0,40}", any::<String>()]
}

/// No control character but the line feeds of the format itself, and nothing that reorders or hides text.
fn assert_plain(report: &str) {
    let shown = printable(report).replace("\\u{a}", "");
    assert_eq!(shown, report.replace('\n', "").replace("\\u{a}", ""));
}

fn cells(report: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(report.as_bytes());
    reader.records().map(|row| row.expect("rows of one length").iter().map(str::to_owned).collect()).collect()
}

#[test]
fn the_csv_report_is_golden_and_has_a_row_for_everything() {
    let report = render(Format::Csv, 80);
    golden("tests/suite/reports/report.csv", &report);
    let (rows, judged) = (cells(&report), judgement());
    assert_eq!(rows.len(), 1 + judged.findings.len() + judged.undecided.len());
    assert_eq!(rows[0][..3], ["severity", "rule", "domain"]);
    assert_eq!(rows.last().expect("rows")[0], "undecided");
}

#[test]
fn the_gitlab_report_is_golden_and_its_fingerprints_differ() {
    let report = render(Format::Gitlab, 80);
    golden("tests/suite/reports/report.gitlab.json", &report);
    let mut judged = judgement();
    judged.findings = vec![judged.findings[0].clone(); 3];
    let entries = entries(&written(Format::Gitlab, LAYOUT, &judged));
    let fingerprints: BTreeSet<_> = entries.iter().map(|entry| entry["fingerprint"].to_string()).collect();
    assert_eq!(fingerprints.len(), 4, "three findings and what is undecided: {entries:?}");
    assert_eq!(entries[0]["fingerprint"], judged.findings[0].fingerprint());
    assert_eq!(entries, self::entries(&written(Format::Gitlab, LAYOUT, &judged)), "the same from run to run");
}

#[test]
fn a_gitlab_report_on_nothing_wrong_is_an_empty_array() {
    let clean = Judgement { findings: Vec::new(), undecided: Vec::new(), ..judgement() };
    assert_eq!(written(Format::Gitlab, LAYOUT, &clean), "[]\n");
}

#[test]
fn paths_in_a_gitlab_report_have_no_dot_and_there_is_always_one() {
    for (place, path, line) in [
        (Some(Place::new("././lists/a.txt", 9, 2)), "lists/a.txt", 9),
        (Some(Place::new(".\\lists\\a.txt", 9, 2)), "lists/a.txt", 9),
        (Some(Place::command_line()), "imctl.toml", 1),
        (None, "imctl.toml", 1),
    ] {
        let mut judged = judgement();
        judged.findings[0].place = place;
        let location = &entries(&written(Format::Gitlab, LAYOUT, &judged))[0]["location"];
        assert_eq!((&location["path"], &location["lines"]["begin"]), (&path.into(), &line.into()));
    }
}

fn entries(report: &str) -> Vec<Value> {
    serde_json::from_str(report).expect("an array")
}

#[test]
fn the_github_report_is_golden() {
    let report = render(Format::Github, 80);
    golden("tests/suite/reports/report.github.txt", &report);
    let names: Vec<_> = commands(&report).into_iter().map(|command| command.name).collect();
    assert_eq!(names, ["error", "warning", "warning", "notice"]);
}

#[test]
fn no_more_annotations_are_written_than_github_shows() {
    let mut judged = judgement();
    judged.findings = judged.findings.iter().flat_map(|finding| vec![finding.clone(); 12]).collect();
    let commands = commands(&written(Format::Github, LAYOUT, &judged));
    for name in ["error", "warning", "notice"] {
        assert_eq!(commands.iter().filter(|command| command.name == name).count(), 10, "{name}");
    }
    let last = commands.last().expect("commands");
    assert_eq!(
        last.message, "… and 8 more findings; the summary of the step and --report json=FILE have them",
        "2 errors, 3 warnings, 3 notes"
    );
}

/// A workflow command as the runner reads it (actions/runner, `ActionCommand.cs`): properties first, then what is escaped.
#[derive(Debug, PartialEq)]
struct Command {
    name: String,
    properties: BTreeMap<String, String>,
    message: String,
}

/// Every line in which the runner sees a command, wherever in the line.
fn commands(report: &str) -> Vec<Command> {
    let unescape =
        |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",").replace("%25", "%");
    let lines = report.split(['\n', '\r']).filter(|line| line.contains("::") || line.contains("##["));
    lines
        .map(|line| {
            let (head, message) = line.strip_prefix("::").and_then(|rest| rest.split_once("::")).expect("only our commands");
            let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
            let pair = |pair: &str| pair.split_once('=').map(|(key, value)| (key.to_owned(), unescape(value))).expect("a property");
            let properties = properties.split(',').map(pair).collect();
            Command { name: name.to_owned(), properties, message: unescape(message) }
        })
        .collect()
}

#[test]
fn the_markdown_report_is_golden_and_says_what_it_leaves_out() {
    let report = render(Format::Markdown, 80);
    golden("tests/suite/reports/report.md", &report);
    let mut judged = judgement();
    judged.findings = vec![judged.findings[0].clone(); 20_000];
    let long = written(Format::Markdown, LAYOUT, &judged);
    assert!(long.len() <= 1 << 20, "{} octets", long.len());
    let shown = long.matches("- **error**").count();
    assert!(shown > 1000 && long.contains("### Undecided"));
    let more = long.split("… and ").nth(1).and_then(|rest| rest.split(' ').next()).expect("what is left out");
    assert_eq!(more.replace(',', "").parse::<usize>().expect("a number"), 20_000 - shown);
}

#[test]
fn a_markdown_report_keeps_to_any_limit() {
    let header = Header { command: "audit", started: String::new(), seconds: 0.0, vantage: View::Internal, fail_on: None };
    for limit in (0..4000).step_by(7) {
        let report = markdown::render(&header, &judgement(), limit);
        assert!(report.len() <= limit, "{} octets of {limit}", report.len());
    }
    assert_eq!(markdown::render(&header, &judgement(), 4096), markdown::render(&header, &judgement(), usize::MAX));
}

/// A Markdown report as a reader of it shows it: the text of each heading, cell, paragraph and item, code as its content. Fails
/// where anything else came of it, or where what GitHub makes of plain text would: links, mentions, references, emoji.
fn blocks(report: &str) -> Vec<String> {
    let options = pulldown_cmark::Options::all() - pulldown_cmark::Options::ENABLE_SMART_PUNCTUATION;
    let mut blocks = vec![String::new()];
    for event in pulldown_cmark::Parser::new_ext(report, options) {
        match event {
            Event::Start(Tag::Strong) | Event::End(TagEnd::Strong) => {}
            Event::Start(
                Tag::Heading { .. }
                | Tag::Paragraph
                | Tag::List(_)
                | Tag::Item
                | Tag::Table(_)
                | Tag::TableHead
                | Tag::TableRow
                | Tag::TableCell,
            ) => blocks.push(String::new()),
            Event::End(_) => {}
            Event::Code(text) => blocks.last_mut().expect("a block").push_str(&text),
            Event::Text(text) => {
                assert!(!text.contains(['<', '@', '#', '|', '\\', '*', '_', '~', '$', '&']), "not in code: {text}");
                assert!(!text.contains("www.") && !text.contains("://"), "not in code: {text}");
                blocks.last_mut().expect("a block").push_str(&text);
            }
            other => panic!("{other:?} in {report}"),
        }
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cells_of_the_csv_report_hold_what_was_said_and_no_formula(text in hostile()) {
        let report = written(Format::Csv, LAYOUT, &saying(&text));
        assert_plain(&report);
        let said = spreadsheet::cell(&printable(&text)).into_owned();
        let rows = cells(&report);
        prop_assert_eq!(rows.len(), 5);
        for row in &rows[1..4] {
            for column in [4, 5, 6, 9, 10] {
                prop_assert_eq!(&row[column], &said);
            }
        }
        prop_assert_eq!([&rows[4][4], &rows[4][14]], [&said, &said]);
        prop_assert!(!rows.iter().flatten().any(|cell| cell.starts_with(['=', '+', '-', '@'])));
    }

    #[test]
    fn entries_of_the_gitlab_report_hold_what_was_said(text in hostile()) {
        let report = written(Format::Gitlab, LAYOUT, &saying(&text));
        assert_plain(&report);
        let (said, entries) = (printable(&text), entries(&report));
        prop_assert_eq!(entries.len(), 4);
        for entry in &entries[..3] {
            let rule = entry["check_name"].as_str().expect("a rule");
            prop_assert_eq!(&entry["description"], &format!("{rule}: {said}; expected {said}; found {said}; {said}"));
        }
        prop_assert!(!entries.iter().any(|entry| entry["location"]["path"] == "" || entry["location"]["lines"]["begin"] == 0));
    }

    #[test]
    fn commands_of_the_github_report_are_ours_whatever_was_said(text in hostile()) {
        let report = written(Format::Github, LAYOUT, &saying(&text));
        assert_plain(&report);
        let (said, commands) = (printable(&text), commands(&report));
        let names: Vec<_> = commands.iter().map(|command| command.name.as_str()).collect();
        prop_assert_eq!(names, ["error", "warning", "warning", "notice"]);
        for command in commands.iter().filter(|command| command.properties["title"] != "undecided") {
            let values = if text.is_empty() { String::new() } else { format!("\nexpected: {said}\nfound: {said}\nhelp: {said}") };
            prop_assert_eq!(&command.message, &format!("{said}{values}"));
            if !text.is_empty() && !text.starts_with('<') {
                prop_assert_eq!(&command.properties["file"], &said);
            }
            prop_assert!(command.properties.keys().all(|key| ["file", "line", "col", "title"].contains(&key.as_str())));
        }
    }

    #[test]
    fn the_markdown_report_shows_what_was_said_and_nothing_else_is_made_of_it(text in hostile()) {
        let report = written(Format::Markdown, LAYOUT, &saying(&text));
        assert_plain(&report);
        let (said, blocks) = (printable(&text), blocks(&report));
        let times = |block: &str| blocks.iter().filter(|shown| shown.trim_end() == block.trim_end()).count();
        for rule in judgement().findings.iter().map(|finding| format!("{} {}", finding.severity, finding.rule.id)) {
            prop_assert_eq!(times(&format!("{rule}: {said}")), 1, "{} in {:?}", rule, blocks);
        }
        if !said.trim_matches(' ').is_empty() {
            for label in ["expected", "found", "help"] {
                prop_assert_eq!(times(&format!("{label}: {said}")), 3, "{} in {:?}", label, blocks);
            }
            prop_assert_eq!(times(&format!("asked: {said}")), 1, "{:?}", blocks);
        }
        prop_assert_eq!(report.lines().filter(|line| line.starts_with(['#', '|'])).count(), 11);
    }
}
