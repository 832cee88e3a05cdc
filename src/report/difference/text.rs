//! A comparison for people: in one line, then what is new, fixed, and no longer known, then verdicts.

use std::io::{self, Write};

use anstyle::Style;

use crate::compare::{Comparison, Saved, SavedFinding};
use crate::judge::Severity;
use crate::report::headline::{count, count_word, number};
use crate::report::printable;
use crate::report::table::{BOLD, CYAN, DIM, GREEN, RED, YELLOW, wrap};

pub(super) fn render(comparison: &Comparison<'_>, width: usize, everything: bool, out: &mut dyn Write) -> io::Result<()> {
    headline(comparison, width, out)?;
    section("new", RED, comparison.new.iter().map(|finding| (*finding, None)), width, out)?;
    section("fixed", GREEN, comparison.fixed.iter().map(|finding| (*finding, None)), width, out)?;
    let unknown = comparison.unknown.iter().map(|(finding, why)| (*finding, Some(why.as_str())));
    section("not known any more", YELLOW, unknown, width, out)?;
    if everything {
        section("still there", BOLD, comparison.still_there.iter().map(|finding| (*finding, None)), width, out)?;
    }
    verdicts(comparison, width, out)
}

fn headline(comparison: &Comparison<'_>, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let Comparison { new, fixed, unknown, still_there, .. } = comparison;
    let style = if new.is_empty() { GREEN } else { RED };
    let mut parts = vec![
        if new.is_empty() { "nothing new".to_owned() } else { format!("{} new", number(new.len() as u64)) },
        format!("{} fixed", number(fixed.len() as u64)),
        format!("{} still there", number(still_there.len() as u64)),
    ];
    if !unknown.is_empty() {
        parts.push(format!("{} not known any more", number(unknown.len() as u64)));
    }
    writeln!(out, "{style}{}{style:#}", wrap(&format!("imctl diff: {}", parts.join(", ")), width, 2))?;
    for (label, report) in [("old", comparison.old), ("new", comparison.new_report)] {
        writeln!(out, "{DIM}{}{DIM:#}", wrap(&printable(&origin(label, report)), width, 2))?;
    }
    let more = comparison.new_report.suppressed().saturating_sub(comparison.old.suppressed());
    if more > 0 && !fixed.is_empty() {
        let text = format!("the new report suppresses {} more: what counts as fixed may be one of them", count(more, "finding"));
        writeln!(out, "{YELLOW}{}{YELLOW:#}", wrap(&text, width, 2))?;
    }
    Ok(())
}

fn origin(label: &str, report: &Saved) -> String {
    format!("{label}: {} of {}, {}", report.run.command, report.run.started, count(report.domains.len() as u64, "domain"))
}

fn section<'a>(
    title: &str,
    style: Style,
    findings: impl Iterator<Item = (&'a SavedFinding, Option<&'a str>)>,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (position, (finding, why)) in findings.enumerate() {
        if position == 0 {
            writeln!(out, "\n{style}{title}{style:#}")?;
        }
        one(finding, width, out)?;
        if let Some(why) = why {
            writeln!(out, "{}", wrap(&printable(&format!("    {why}")), width, 4))?;
        }
    }
    Ok(())
}

fn one(finding: &SavedFinding, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let style = match finding.severity {
        Severity::Error => RED,
        Severity::Warning => YELLOW,
        Severity::Note => CYAN,
    };
    let label = format!("  {}[{}]", finding.severity, finding.rule);
    let label = printable(&label);
    let people = finding.people.filter(|people| *people > 0);
    let people = people.map_or_else(String::new, |n| format!(" ({})", count_word(n, "person", "people")));
    let text = wrap(&printable(&format!("{label}: {}{people}", finding.message)), width, 4);
    match text.strip_prefix(label.as_ref()) {
        Some(rest) => writeln!(out, "{style}{label}{style:#}{rest}"),
        None => writeln!(out, "{text}"),
    }
}

fn verdicts(comparison: &Comparison<'_>, width: usize, out: &mut dyn Write) -> io::Result<()> {
    if comparison.verdicts.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{BOLD}verdicts{BOLD:#}")?;
    for (domain, (before, after)) in &comparison.verdicts {
        let line = match (before, after) {
            (Some(before), Some(after)) => format!("  {domain}: {before} → {after}"),
            (None, Some(after)) => format!("  {domain}: {after}, and not in the old report"),
            (Some(before), None) => format!("  {domain}: was {before}, and is not in the new report"),
            (None, None) => continue,
        };
        writeln!(out, "{}", wrap(&printable(&line), width, 4))?;
    }
    Ok(())
}
