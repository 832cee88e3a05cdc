//! `--format gitlab`: a code quality report, as GitLab's merge requests show it. Each entry has a fingerprint of its own.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::printable;
use super::unanswered::{by_reason, some_of};
use crate::dns::View;
use crate::judge::{Finding, Judgement, Severity};
use crate::place::Place;

/// Where something stands that has no line of its own: entries without a path are not shown.
const NOWHERE: &str = "imctl.toml";

/// One entry (GitLab documentation, "Code Quality report format").
#[derive(Debug, Serialize)]
struct Entry {
    /// Begins with the rule, for `check_name` is not shown.
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Debug, Serialize)]
struct Location {
    /// Relative to where the run was started.
    path: String,
    lines: Lines,
}

#[derive(Debug, Serialize)]
struct Lines {
    begin: u32,
}

pub(super) fn render(judgement: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    let unanswered = by_reason(&judgement.undecided);
    let unanswered = unanswered.iter().map(|((view, reason), asked)| Entry::of_unanswered(*view, reason, asked));
    let mut entries: Vec<Entry> = judgement.findings.iter().map(Entry::of_finding).chain(unanswered).collect();
    tell_apart(&mut entries);
    serde_json::to_writer_pretty(&mut *out, &entries)?;
    out.write_all(b"\n")
}

impl Entry {
    fn of_finding(finding: &Finding) -> Self {
        let values = |label: &str, values: &[String]| match values {
            [] => String::new(),
            some => format!("; {label} {}", some.join(", ")),
        };
        let (expected, found) = (values("expected", &finding.expected), values("found", &finding.found));
        let description = format!("{}: {}{expected}{found}; {}", finding.rule.id, finding.message, finding.help);
        Self {
            description: printable(&description).into_owned(),
            check_name: finding.rule.id,
            fingerprint: finding.fingerprint(),
            severity: match finding.severity {
                Severity::Error => "major",
                Severity::Warning => "minor",
                Severity::Note => "info",
            },
            location: Location::of(finding.place.as_ref()),
        }
    }

    /// Not left out: an empty report would say that all is well.
    fn of_unanswered(view: View, reason: &str, asked: &[&str]) -> Self {
        let description = format!("undecided: nobody would say in the {view} view: {}; {reason}", some_of(asked));
        Self {
            description: printable(&description).into_owned(),
            check_name: "undecided",
            fingerprint: hash(&["undecided", view.as_str(), reason].join("\n")),
            severity: "info",
            location: Location::of(None),
        }
    }
}

impl Location {
    fn of(place: Option<&Place>) -> Self {
        let Some(place) = place.filter(|place| place.is_in_file()) else {
            return Self { path: NOWHERE.to_owned(), lines: Lines { begin: 1 } };
        };
        let path = place.file.replace('\\', "/");
        let mut relative = path.as_str();
        while let Some(rest) = relative.strip_prefix("./") {
            relative = rest;
        }
        Self { path: printable(relative).into_owned(), lines: Lines { begin: place.line } }
    }
}

/// Of entries with one fingerprint GitLab shows only one: each but the first gets another, the same from run to run.
fn tell_apart(entries: &mut [Entry]) {
    let mut seen: HashMap<String, u64> = HashMap::new();
    for entry in entries {
        let times = seen.entry(entry.fingerprint.clone()).or_default();
        *times += 1;
        if *times > 1 {
            entry.fingerprint = hash(&format!("{}\n{times}", entry.fingerprint));
        }
    }
}

/// As wide as fingerprints of findings.
fn hash(text: &str) -> String {
    let digest = Sha256::digest(text);
    let (head, _) = digest.split_at(8);
    format!("{:016x}", head.iter().fold(0u64, |sum, octet| sum << 8 | u64::from(*octet)))
}
