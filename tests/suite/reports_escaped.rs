//! Reports in formats in which text can turn into structure, read back by a reader of each: hostile text comes out as text.

use imctl::judge::Judgement;
use imctl::place::Place;
use imctl::report::{Format, Layout, printable, spreadsheet};
use proptest::prelude::*;

use crate::reports::{judgement, render, written};
use crate::support::golden;

const LAYOUT: Layout = Layout { width: 80, everything: false };

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
}
