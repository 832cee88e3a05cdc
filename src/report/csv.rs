//! `--format csv`: one row a finding, then one a question that nobody answered, for spreadsheets. Computes nothing there.

use std::io::{self, Write};

use super::{printable, spreadsheet};
use crate::judge::{Finding, Judgement, Undecided};

/// The first row. `severity` is `undecided` where nobody would say; `expected` and `found` hold values with `|` between them.
const COLUMNS: [&str; 15] = [
    "severity",
    "rule",
    "domain",
    "view",
    "message",
    "expected",
    "found",
    "servers",
    "people",
    "help",
    "file",
    "line",
    "column",
    "fingerprint",
    "asked",
];

pub(super) fn render(judgement: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    for finding in &judgement.findings {
        write(of_finding(finding), &mut writer)?;
    }
    for undecided in &judgement.undecided {
        write(of_undecided(undecided), &mut writer)?;
    }
    writer.flush()
}

fn write(cells: [String; COLUMNS.len()], writer: &mut csv::Writer<impl Write>) -> io::Result<()> {
    Ok(writer.write_record(cells.map(|text| spreadsheet::cell(&printable(&text)).into_owned()))?)
}

fn of_finding(finding: &Finding) -> [String; COLUMNS.len()] {
    let place = finding.place.as_ref();
    let position = |of: Option<u32>| of.filter(|n| *n > 0).map_or_else(String::new, |n| n.to_string());
    [
        finding.severity.to_string(),
        finding.rule.id.to_owned(),
        finding.domain.as_ref().map_or_else(String::new, ToString::to_string),
        finding.view.map_or_else(String::new, |view| view.to_string()),
        finding.message.clone(),
        finding.expected.join(" | "),
        finding.found.join(" | "),
        finding.servers.clone().unwrap_or_default(),
        finding.people.map_or_else(String::new, |people| people.to_string()),
        finding.help.clone(),
        place.map_or_else(String::new, |place| place.file.to_string()),
        position(place.map(|place| place.line)),
        position(place.map(|place| place.column)),
        finding.fingerprint(),
        String::new(),
    ]
}

fn of_undecided(undecided: &Undecided) -> [String; COLUMNS.len()] {
    let mut cells = [const { String::new() }; COLUMNS.len()];
    "undecided".clone_into(&mut cells[0]);
    cells[2] = undecided.domain.to_string();
    cells[3] = undecided.view.to_string();
    cells[4].clone_from(&undecided.reason);
    cells[14].clone_from(&undecided.asked);
    cells
}
