//! `--format markdown`: the report for a pull request, a wiki or the summary of a pipeline's step. Never longer than its limit.

mod escape;

use std::fmt::Write as _;

use escape::{cell, code, prose};

use super::Header;
use super::headline::{Headline, affected, capital, count, count_word};
use super::json::Summary;
use super::unanswered::{REASONS_SHOWN, by_reason, some_of};
use crate::dns::View;
use crate::judge::{DomainVerdict, Finding, Judgement, Seen, State, Undecided, Verdict};

/// What GitHub takes as the summary of a step, octets; more is refused as a whole.
pub const LIMIT: usize = 1 << 20;
/// Kept for the lines that say what is left out.
const RESERVE: usize = 512;

/// The report in at most `limit` octets: what does not fit is counted, the least bad first. Empty where not even the verdict fits.
pub fn render(header: &Header, judgement: &Judgement, limit: usize) -> String {
    let limit = limit.min(LIMIT).saturating_sub(RESERVE);
    let summary = Summary::of(judgement);
    let mut report = Bounded { text: head(header, judgement, &summary), limit };
    if report.text.len() > limit {
        return String::new();
    }
    let unanswered = undecided(&judgement.undecided, limit / 8);
    report.limit = limit / 2;
    domains(judgement, &mut report);
    report.limit = limit.saturating_sub(unanswered.len());
    findings(&judgement.findings, &mut report);
    report.text += &unanswered;
    if report.text.len() > limit + RESERVE { String::new() } else { report.text }
}

/// Text that takes whole pieces as long as they fit.
struct Bounded {
    text: String,
    limit: usize,
}

impl Bounded {
    /// Adds each piece until one does not fit; tells how many were left out.
    fn extend(&mut self, pieces: impl ExactSizeIterator<Item = String>) -> u64 {
        let all = pieces.len() as u64;
        let mut added = 0;
        for piece in pieces {
            if self.text.len() + piece.len() > self.limit {
                break;
            }
            self.text += &piece;
            added += 1;
        }
        all - added
    }
}

fn head(header: &Header, judgement: &Judgement, summary: &Summary) -> String {
    let verdict = Headline::of(judgement, summary).verdict;
    let affected = affected(judgement).map(|people| format!("; {people}")).unwrap_or_default();
    let mut numbers = vec![count(summary.error, "error"), count(summary.warning, "warning"), count(summary.note, "note")];
    numbers.push(format!("{} undecided", count(summary.undecided, "domain")));
    if summary.suppressed > 0 {
        numbers.push(format!("{} suppressed", count(summary.suppressed, "finding")));
    }
    format!("## imctl {}: {verdict}\n\n{}{affected}.\n", header.command, capital(&numbers.join(", ")))
}

/// A table of the domains that are not ok, worst first.
fn domains(judgement: &Judgement, report: &mut Bounded) {
    let mut shown: Vec<&DomainVerdict> = judgement.domains.iter().filter(|domain| domain.verdict != Verdict::Ok).collect();
    shown.sort_by(|a, b| a.worst_first(b));
    if shown.is_empty() {
        return;
    }
    let head = "\n### Domains\n\n| Domain | Verdict | People | Inside | Outside |\n|---|---|--:|---|---|\n";
    let rest = match report.extend([head.to_owned()].into_iter()) {
        0 => report.extend(shown.iter().map(|domain| row(domain))),
        _ => shown.len() as u64,
    };
    if rest > 0 {
        let _ = write!(report.text, "\n… and {} that need attention.\n", count(rest, "more domain"));
    }
}

fn row(domain: &DomainVerdict) -> String {
    let people = domain.people.map_or_else(String::new, |people| people.to_string());
    let seen = |view: View| domain.views.get(&view).map_or_else(String::new, |seen| cell(&said(seen)));
    let (inside, outside) = (seen(View::Internal), seen(View::External));
    let name = cell(&domain.name.to_unicode());
    format!("| {name} | {} | {people} | {inside} | {outside} |\n", domain.verdict)
}

fn said(seen: &Seen) -> String {
    match seen.state {
        State::Present => seen.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        State::Absent => "none".to_owned(),
        State::Undecided => "undecided".to_owned(),
    }
}

fn findings(findings: &[Finding], report: &mut Bounded) {
    if findings.is_empty() {
        return;
    }
    let rest = match report.extend(["\n### Findings\n\n".to_owned()].into_iter()) {
        0 => report.extend(findings.iter().map(one_finding)),
        _ => findings.len() as u64,
    };
    if rest > 0 {
        let _ = write!(report.text, "\n… and {} for which there is no room here.\n", count(rest, "more finding"));
    }
}

fn one_finding(finding: &Finding) -> String {
    let mut text = format!("- **{}** `{}`: {}\n", finding.severity, finding.rule.id, prose(&finding.message));
    let values = |values: &[String]| values.iter().map(|value| prose(value)).filter(|value| !value.is_empty()).collect::<Vec<_>>();
    let place = finding.place.as_ref().map_or_else(String::new, |place| code(&place.to_string()));
    let servers = finding.servers.as_ref().map_or_else(String::new, |servers| prose(&format!("{servers} servers")));
    let people = finding.people.filter(|people| *people > 0).map_or_else(String::new, |n| count_word(n, "person", "people"));
    for (label, value) in [
        ("expected", values(&finding.expected).join(", ")),
        ("found", values(&finding.found).join(", ")),
        ("said by", servers),
        ("affects", people),
        ("at", place),
        ("help", prose(&finding.help)),
    ] {
        if !value.is_empty() {
            let _ = writeln!(text, "  - {label}: {value}");
        }
    }
    text
}

fn undecided(undecided: &[Undecided], limit: usize) -> String {
    let groups = by_reason(undecided);
    if groups.is_empty() {
        return String::new();
    }
    let mut section = Bounded { text: "\n### Undecided: nobody would say\n\n".to_owned(), limit };
    let shown = groups.len().min(REASONS_SHOWN);
    let pieces = groups.iter().take(shown).collect::<Vec<_>>();
    let rest = section.extend(pieces.iter().map(|((view, reason), asked)| {
        let questions = prose(&some_of(asked));
        format!("- {view} view: {}\n  - asked: {questions}\n", prose(reason))
    }));
    match rest + (groups.len() - shown) as u64 {
        0 => {}
        rest => {
            let _ = write!(section.text, "\n… and {}.\n", count(rest, "other reason"));
        }
    }
    section.text
}
