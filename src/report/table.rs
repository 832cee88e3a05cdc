//! `--format table`: the report for people. Verdict first, worst first, and what to do.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Table, presets};

use super::json::Summary;
use super::{Header, Layout, printable};
use crate::dns::View;
use crate::judge::Severity;
use crate::judge::{DomainVerdict, Finding, Seen, State, Undecided, Verdict};
use crate::judge::Judgement;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GREEN: Style = AnsiColor::Green.on_default().bold();
const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const CYAN: Style = AnsiColor::Cyan.on_default().bold();

/// Undecided questions shown one by one; the rest is counted.
const UNDECIDED_SHOWN: usize = 20;
/// The labels beside a finding's lines are as wide as the longest, `expected`.
const LABEL: usize = 10;

pub(super) fn render(header: &Header, judgement: &Judgement, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let summary = Summary::of(judgement);
    headline(header, judgement, &summary, out)?;
    domains(judgement, layout, out)?;
    for finding in &judgement.findings {
        one_finding(finding, layout, out)?;
    }
    undecided(&judgement.undecided, layout, out)?;
    servers(judgement, out)?;
    closing(header, &summary, out)
}

/// The verdict in one line, before anything else.
fn headline(header: &Header, judgement: &Judgement, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let wrong = judgement.domains.iter().filter(|d| d.verdict != Verdict::Ok).count();
    let total = count(summary.domains, "domain");
    let command = header.command;
    let (style, verdict) = match () {
        () if summary.error > 0 && wrong == 0 => (RED, format!("{}; every domain is ok", count(summary.error, "error"))),
        () if summary.error > 0 => (RED, format!("{wrong} of {total} need attention")),
        () if wrong > 0 && summary.undecided > 0 => (YELLOW, format!("no error found, {wrong} of {total} undecided or exposed")),
        () if wrong > 0 => (YELLOW, format!("no error found, {wrong} of {total} need a look")),
        () if summary.domains == 1 => (GREEN, "the domain is ok".to_owned()),
        () => (GREEN, format!("all {total} are ok")),
    };
    writeln!(out, "{style}imctl {command}: {verdict}{style:#}{}", affected(judgement))?;
    let numbers = [count(summary.error, "error"), count(summary.warning, "warning"), count(summary.note, "note")];
    write!(out, "{}", numbers.join(", "))?;
    write!(out, ", {} undecided", count(summary.undecided, "domain"))?;
    if summary.suppressed > 0 {
        write!(out, ", {} suppressed", count(summary.suppressed, "finding"))?;
    }
    writeln!(out)
}

/// How many people the errors touch, each domain's people once.
fn affected(judgement: &Judgement) -> String {
    let hit: Vec<_> =
        judgement.findings.iter().filter(|f| f.severity == Severity::Error).filter_map(|f| f.domain.as_ref()).collect();
    let people: u64 = judgement.domains.iter().filter(|d| hit.contains(&&d.name)).filter_map(|d| d.people).sum();
    let all: u64 = judgement.domains.iter().filter_map(|d| d.people).sum();
    if people == 0 { String::new() } else { format!("; {people} of {} affected", count_word(all, "person", "people")) }
}

fn domains(judgement: &Judgement, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let mut shown: Vec<&DomainVerdict> =
        judgement.domains.iter().filter(|d| layout.everything || d.verdict != Verdict::Ok).collect();
    shown.sort_by(|a, b| a.verdict.cmp(&b.verdict).then(b.people.cmp(&a.people)).then_with(|| a.name.cmp(&b.name)));
    let views: Vec<View> =
        View::ALL.into_iter().filter(|view| judgement.domains.iter().any(|d| d.views.contains_key(view))).collect();
    let probed = judgement.domains.iter().any(|d| !d.probes.is_empty());
    let people = judgement.domains.iter().any(|d| d.people.is_some());
    if !shown.is_empty() {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(layout.width).unwrap_or(u16::MAX));
        let mut head = vec!["DOMAIN".to_owned(), "VERDICT".to_owned()];
        head.extend(people.then(|| "PEOPLE".to_owned()));
        head.extend(views.iter().map(|view| if *view == View::Internal { "INSIDE".to_owned() } else { "OUTSIDE".to_owned() }));
        head.extend(probed.then(|| "PROBES".to_owned()));
        table.set_header(head);
        for domain in &shown {
            let mut row = vec![domain.name.to_unicode(), domain.verdict.to_string()];
            row.extend(people.then(|| domain.people.map_or_else(String::new, |n| n.to_string())));
            row.extend(views.iter().map(|view| domain.views.get(view).map_or_else(String::new, seen)));
            row.extend(probed.then(|| probes(domain)));
            table.add_row(row);
        }
        writeln!(out)?;
        for line in table.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
    }
    match judgement.domains.len() - shown.len() {
        0 => Ok(()),
        rest if shown.is_empty() => writeln!(out, "{DIM}{} ok{DIM:#}", count(rest as u64, "domain")),
        rest => writeln!(out, " {DIM}{} more ok{DIM:#}", count(rest as u64, "domain")),
    }
}

fn seen(seen: &Seen) -> String {
    match seen.state {
        State::Present => seen.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        State::Absent => "none".to_owned(),
        State::Undecided => "?".to_owned(),
    }
}

/// `3 rvp`, `1 rvp, 1 refused`: how many addresses are what.
fn probes(domain: &DomainVerdict) -> String {
    let mut classes: Vec<_> = domain.probes.iter().map(|probe| probe.class).collect();
    classes.sort_unstable();
    let groups = classes.chunk_by(|a, b| a == b).map(|group| format!("{} {}", group.len(), group[0]));
    groups.collect::<Vec<_>>().join("\n")
}

fn one_finding(finding: &Finding, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let style = match finding.severity {
        Severity::Error => RED,
        Severity::Warning => YELLOW,
        Severity::Note => CYAN,
    };
    let label = format!("{}[{}]", finding.severity, finding.rule.id);
    writeln!(out)?;
    let message = format!("{label}: {}", printable(&finding.message));
    let message = wrap(&message, layout.width, 2);
    let (first, rest) = message.split_once('\n').map_or((message.as_str(), ""), |(first, rest)| (first, rest));
    match first.strip_prefix(&label) {
        Some(after) => writeln!(out, "{style}{label}{style:#}{BOLD}{after}{BOLD:#}")?,
        None => writeln!(out, "{first}")?,
    }
    for line in rest.lines() {
        writeln!(out, "{BOLD}{line}{BOLD:#}")?;
    }
    if let Some(place) = &finding.place {
        writeln!(out, "  {DIM}-->{DIM:#} {}", printable(&place.to_string()))?;
    }
    let found = finding.found.join(", ");
    let found = match &finding.servers {
        Some(servers) if found.is_empty() => format!("{servers} servers"),
        Some(servers) => format!("{found} ({servers} servers)"),
        None => found,
    };
    field("expected", &finding.expected.join(", "), layout, out)?;
    field("found", &found, layout, out)?;
    if let Some(people) = finding.people.filter(|people| *people > 0) {
        field("affects", &count_word(people, "person", "people"), layout, out)?;
    }
    field("help", &finding.help, layout, out)
}

/// One labelled line of a finding, wrapped under itself; nothing where there is nothing to say.
fn field(label: &str, text: &str, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let wrapped = wrap(&printable(text), layout.width.saturating_sub(LABEL + 2), 0);
    for (position, line) in wrapped.lines().enumerate() {
        let label = if position == 0 { label } else { "" };
        writeln!(out, "  {DIM}{label:<LABEL$}{DIM:#}{line}")?;
    }
    Ok(())
}

fn undecided(undecided: &[Undecided], layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    if undecided.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{YELLOW}undecided{YELLOW:#}{BOLD}: nobody would say{BOLD:#}")?;
    for one in undecided.iter().take(UNDECIDED_SHOWN) {
        let line = format!("  {} {} view, {}: {}", one.domain, one.view, one.asked, one.reason);
        writeln!(out, "{}", wrap(&printable(&line), layout.width, 4))?;
    }
    match undecided.len().saturating_sub(UNDECIDED_SHOWN) {
        0 => Ok(()),
        rest => writeln!(out, "  … and {rest} more; --format json has them all"),
    }
}

/// Who was asked, so that nobody has to wonder whether a query went to the wrong place.
fn servers(judgement: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    let asked: Vec<_> = judgement.views.iter().filter(|(_, servers)| !servers.is_empty()).collect();
    if !asked.is_empty() {
        writeln!(out)?;
    }
    for (view, servers) in asked {
        for (server, tally) in servers {
            let silent = if tally.timeouts > 0 { format!(", {} timed out", tally.timeouts) } else { String::new() };
            let (questions, sent) = (count(tally.questions, "question"), count_word(tally.sent, "query", "queries"));
            writeln!(out, "{DIM}asked {server} ({view}): {questions}, {} answered, {sent}{silent}{DIM:#}", tally.answered)?;
        }
    }
    Ok(())
}

fn closing(header: &Header, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "{DIM}{} in {:.1} s, seen from the {} side{DIM:#}",
        count(summary.domains, "domain"),
        header.seconds,
        header.vantage
    )?;
    if summary.error + summary.warning > 0 {
        writeln!(out, "{DIM}imctl explain RULE tells what a rule means and how to fix it{DIM:#}")?;
    }
    Ok(())
}

fn wrap(text: &str, width: usize, indent: usize) -> String {
    let indent = " ".repeat(indent);
    textwrap::fill(text, textwrap::Options::new(width.max(20)).subsequent_indent(&indent).break_words(true))
}

fn count(n: u64, one: &str) -> String {
    count_word(n, one, &format!("{one}s"))
}

fn count_word(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
