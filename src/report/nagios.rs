//! `--format nagios`: what a plugin says to Nagios, Icinga and their kin: the state and figures in one line, then a line a finding.
//! Never lets data begin a field of theirs.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};

use super::json::Summary;
use super::{FailOn, Header, printable};
use crate::judge::{Finding, Judgement, Severity, Undecided, Verdict};

/// Octets that Nagios Core reads of a plugin's output; it drops the rest.
const MAX_OCTETS: usize = 8 * 1024;
/// Characters of one line below the first.
const MAX_LINE: usize = 400;

/// What a monitoring system makes of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing counts against it, and everything is decided.
    Ok,
    /// Warnings or notes count against it.
    Warning,
    /// Errors count against it.
    Critical,
    /// Nothing counts against it, and something is undecided; or nothing could be checked.
    Unknown,
}

impl State {
    /// The state of a run by its numbers. Findings below `fail_on` do not raise it; where that is not given, notes do not.
    pub fn of(summary: &Summary, fail_on: Option<FailOn>) -> Self {
        let fail_on = fail_on.unwrap_or(FailOn::Warning);
        let counts = |severity, count: u64| count > 0 && fail_on.is_reached_by(severity);
        match () {
            () if counts(Severity::Error, summary.error) => Self::Critical,
            () if counts(Severity::Warning, summary.warning) || counts(Severity::Note, summary.note) => Self::Warning,
            () if summary.undecided > 0 || summary.domains == 0 => Self::Unknown,
            () => Self::Ok,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        })
    }
}

pub(super) fn render(header: &Header, judgement: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    let summary = Summary::of(judgement);
    let state = State::of(&summary, header.fail_on);
    let first = format!("IMCTL {state} - {} | {}\n", headline(judgement, &summary), figures(header, judgement, &summary));
    out.write_all(first.as_bytes())?;
    let findings = judgement.findings.iter().map(of_finding);
    details(findings.chain(judgement.undecided.iter().map(of_undecided)), MAX_OCTETS.saturating_sub(first.len()), out)
}

/// The one line of a run that came to no judgement.
pub fn unknown(why: &str) -> String {
    format!("IMCTL {} - {}", State::Unknown, line(why))
}

/// `3 of 812 domains wrong (2 leaked, 1 missing-outside), 0 undecided; 3 errors`.
fn headline(judgement: &Judgement, summary: &Summary) -> String {
    let mut verdicts = BTreeMap::<Verdict, u64>::new();
    for domain in judgement.domains.iter().filter(|domain| is_wrong(domain.verdict)) {
        *verdicts.entry(domain.verdict).or_default() += 1;
    }
    let wrong: u64 = verdicts.values().sum();
    let kinds: Vec<_> = verdicts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
    let noun = |count, noun| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let findings = [(summary.error, "error"), (summary.warning, "warning"), (summary.note, "note")];
    let findings: Vec<_> = findings.iter().filter(|(count, _)| *count > 0).map(|&(count, name)| noun(count, name)).collect();
    let findings = if findings.is_empty() { String::new() } else { format!("; {}", findings.join(", ")) };
    format!("{wrong} of {} wrong{kinds}, {} undecided{findings}", noun(summary.domains, "domain"), summary.undecided)
}

fn is_wrong(verdict: Verdict) -> bool {
    !matches!(verdict, Verdict::Ok | Verdict::Undecided)
}

/// Performance data: `label=value[unit];warn;crit;min;max`, empty where nothing is said.
fn figures(header: &Header, judgement: &Judgement, summary: &Summary) -> String {
    let wrong = judgement.domains.iter().filter(|domain| is_wrong(domain.verdict)).count();
    let Summary { domains, error, warning, note, undecided, suppressed, .. } = summary;
    format!(
        "domains={domains};;;0 wrong={wrong};;;0;{domains} undecided={undecided};;;0;{domains} errors={error};;;0 \
         warnings={warning};;;0 notes={note};;;0 suppressed={suppressed};;;0 time={:.3}s;;;0",
        header.seconds
    )
}

/// The lines below the first, as many as there is room for, and how many there is none for.
fn details(lines: impl Iterator<Item = String>, mut room: usize, out: &mut dyn Write) -> io::Result<()> {
    // For the last line.
    room = room.saturating_sub(80);
    let mut lines = lines.peekable();
    while let Some(text) = lines.next_if(|text| text.len() < room) {
        room -= text.len() + 1;
        writeln!(out, "{text}")?;
    }
    match lines.count() {
        0 => Ok(()),
        more => writeln!(out, "... and {more} more; --format json has them all"),
    }
}

fn of_finding(finding: &Finding) -> String {
    line(&format!("{} {}: {}", finding.severity, finding.rule.id, finding.message))
}

fn of_undecided(undecided: &Undecided) -> String {
    let Undecided { view, asked, reason, .. } = undecided;
    line(&format!("undecided: {asked} in the {view} view: {reason}"))
}

/// Text on one line of bounded length. A bar would begin performance data; a less-than sign, a tag in the pages of some systems.
fn line(text: &str) -> String {
    let shown = printable(text).replace('|', "\\u{7c}").replace('<', "\\u{3c}");
    match shown.char_indices().nth(MAX_LINE) {
        Some((end, _)) => format!("{}...", shown.get(..end).unwrap_or_default()),
        None => shown,
    }
}
