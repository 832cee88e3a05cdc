//! `--format table`: the report for people. Verdict first, worst first, and what to do.

mod baseline;
mod sources;
mod trace;

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};

use super::headline::{Headline, Tone, affected, count, count_word, number, seen_from};
use super::json::Summary;
use super::unanswered::{REASONS_SHOWN, by_reason, some_of};
use super::{Header, Layout, printable};
use crate::dns::View;
use crate::judge::{DomainVerdict, Group, Judgement, ProbeVerdict, Seen, Severity, State, Undecided, Verdict, group};
use crate::observe::{Origin, Tally};

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const GREEN: Style = AnsiColor::Green.on_default().bold();
pub(super) const RED: Style = AnsiColor::Red.on_default().bold();
pub(super) const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const CYAN: Style = AnsiColor::Cyan.on_default().bold();

/// Domains of one group that are named; the rest is counted.
const DOMAINS_SHOWN: usize = 8;
/// Columns between two columns of the table.
const GAP: u16 = 2;
/// The labels beside a finding's lines are as wide as the longest, `expected`.
const LABEL: usize = 10;

pub(super) fn render(header: &Header, judgement: &Judgement, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let summary = Summary::of(judgement);
    headline(header, judgement, &summary, layout, out)?;
    domains(judgement, layout, out)?;
    if layout.everything {
        probes(judgement, layout, out)?;
        trace::render(&judgement.domains, layout, out)?;
    }
    let groups = if layout.details { judgement.findings.iter().map(Group::single).collect() } else { group(&judgement.findings) };
    for group in &groups {
        one_group(group, layout, out)?;
    }
    if let Some(baselined) = &judgement.baseline {
        baseline::render(baselined, layout, out)?;
    }
    undecided(&judgement.undecided, layout, out)?;
    sources::render(&judgement.sources, layout, out)?;
    servers(judgement, layout, out)?;
    closing(header, judgement, &summary, out)
}

/// The verdict in one line, before anything else.
fn headline(header: &Header, judgement: &Judgement, summary: &Summary, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let Headline { tone, verdict } = Headline::of(judgement, summary);
    let style = match tone {
        Tone::Bad => RED,
        Tone::Doubtful => YELLOW,
        Tone::Good => GREEN,
    };
    let affected = affected(judgement).map(|people| format!("; {people}")).unwrap_or_default();
    let verdict = wrap(&format!("imctl {}: {verdict}{affected}", header.command), layout.width, 2);
    for line in verdict.lines() {
        writeln!(out, "{style}{line}{style:#}")?;
    }
    let mut numbers = vec![count(summary.error, "error"), count(summary.warning, "warning"), count(summary.note, "note")];
    numbers.push(format!("{} undecided", count(summary.undecided, "domain")));
    if let Some(known) = summary.known {
        numbers.push(format!("{} known", count(known, "finding")));
    }
    if summary.suppressed > 0 {
        numbers.push(format!("{} suppressed", count(summary.suppressed, "finding")));
    }
    writeln!(out, "{}", wrap(&numbers.join(", "), layout.width, 2))
}

fn domains(judgement: &Judgement, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let is_shown = |domain: &&DomainVerdict| layout.everything || domain.verdict != Verdict::Ok;
    let mut shown: Vec<&DomainVerdict> = judgement.domains.iter().filter(is_shown).collect();
    shown.sort_by(|a, b| a.worst_first(b));
    if !shown.is_empty() {
        writeln!(out)?;
        print(&domain_table(&shown, layout), out)?;
    }
    match judgement.domains.len() - shown.len() {
        0 => Ok(()),
        rest if shown.is_empty() => writeln!(out, "{DIM}{} ok{DIM:#}", count(rest as u64, "domain")),
        rest => writeln!(out, "{DIM}{} more ok{DIM:#}", count(rest as u64, "domain")),
    }
}

/// One row a domain, with the columns that anything is known for.
fn domain_table(shown: &[&DomainVerdict], layout: Layout) -> Table {
    let views: Vec<View> = View::ALL.into_iter().filter(|view| shown.iter().any(|d| d.views.contains_key(view))).collect();
    let probed = shown.iter().any(|d| !d.probes.is_empty());
    let people = shown.iter().any(|d| d.people.is_some());
    let mut head = vec!["DOMAIN", "VERDICT"];
    head.extend(people.then_some("PEOPLE"));
    head.extend(views.iter().map(|view| if *view == View::Internal { "INSIDE" } else { "OUTSIDE" }));
    head.extend(probed.then_some("UP"));
    let row = |domain: &&DomainVerdict| {
        let mut row = vec![domain.name.to_unicode(), domain.verdict.to_string()];
        row.extend(people.then(|| domain.people.map_or_else(String::new, |n| n.to_string())));
        row.extend(views.iter().map(|view| domain.views.get(view).map_or_else(String::new, seen)));
        row.extend(probed.then(|| up(domain)));
        row
    };
    table(&head, &shown.iter().map(row).collect::<Vec<_>>(), layout)
}

/// Every probed address, with its times.
fn probes(judgement: &Judgement, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let time = |seconds: Option<f64>| seconds.map_or_else(String::new, |seconds| format!("{:.1} ms", seconds * 1000.0));
    let row = |(domain, probe): (&DomainVerdict, &ProbeVerdict)| {
        let from = if judgement.vantages.len() > 1 { format!(", from the {} side", probe.vantage) } else { String::new() };
        let machine = format!("{} of {}{from}", printable(&probe.machine), domain.name.to_unicode());
        vec![probe.address.to_string(), probe.class.to_string(), time(probe.connect_seconds), time(probe.seconds), machine]
    };
    let all = judgement.domains.iter().flat_map(|domain| domain.probes.iter().map(move |probe| (domain, probe)));
    let rows: Vec<_> = all.map(row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    print(&table(&["ADDRESS", "CLASS", "CONNECT", "FIRST BYTE", "MACHINE"], &rows, layout), out)
}

/// Rows in columns without lines. The first two columns are kept in one piece: a name, an address or a verdict that is cut in
/// two is hard to find again. What else is too wide wraps.
fn table(head: &[&str], rows: &[Vec<String>], layout: Layout) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(layout.width).unwrap_or(u16::MAX));
    table.set_header(head).add_rows(rows);
    let last = head.len() - 1;
    for (position, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if position == last { 0 } else { GAP }));
        let widest = rows.iter().filter_map(|row| row.get(position)).map(|text| textwrap::core::display_width(text)).max();
        let minimum = u16::try_from(widest.unwrap_or(0).min(layout.width / 2)).unwrap_or(u16::MAX);
        if position < 2 {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(minimum.saturating_add(GAP))));
        }
    }
    table
}

fn print(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    table.lines().try_for_each(|line| writeln!(out, "{}", line.trim_end()))
}

fn seen(seen: &Seen) -> String {
    match seen.state {
        State::Present => seen.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        State::Absent => "none".to_owned(),
        State::Undecided => "?".to_owned(),
    }
}

/// `2/3`: how many of the probed addresses are working IM servers.
fn up(domain: &DomainVerdict) -> String {
    let (up, wanted) = domain.up();
    format!("{up}/{wanted}")
}

/// What is wrong, once for all domains that have it of one cause; of what differs among them nothing is shown.
fn one_group(group: &Group<'_>, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    message(group, layout, out)?;
    if let Some(place) = group.common(|finding| finding.place.as_ref()).flatten() {
        writeln!(out, "  {DIM}-->{DIM:#} {}", printable(&place.to_string()))?;
    }
    field("expected", group.common(|finding| &finding.expected).map_or(&[], Vec::as_slice), layout, out)?;
    field("found", group.common(|finding| &finding.found).map_or(&[], Vec::as_slice), layout, out)?;
    if let Some(servers) = group.common(|finding| finding.servers.as_ref()).flatten() {
        field("said by", &[format!("{servers} servers")], layout, out)?;
    }
    if group.is_folded() {
        field("domains", &[domains_shown(group)], layout, out)?;
    }
    if let Some(people) = group.people.filter(|people| *people > 0) {
        field("affects", &[count_word(people, "person", "people")], layout, out)?;
    }
    field("help", &[group.help().into_owned()], layout, out)
}

fn domains_shown(group: &Group<'_>) -> String {
    let mut names: Vec<String> = group.domains.iter().take(DOMAINS_SHOWN).map(|name| name.to_unicode()).collect();
    if let Some(rest) = group.domains.len().checked_sub(DOMAINS_SHOWN).filter(|rest| *rest > 0) {
        names.push(format!("… and {} more; --details shows each", number(rest as u64)));
    }
    names.join(", ")
}

fn message(group: &Group<'_>, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let finding = group.lead();
    let style = match finding.severity {
        Severity::Error => RED,
        Severity::Warning => YELLOW,
        Severity::Note => CYAN,
    };
    let label = format!("{}[{}]", finding.severity, finding.rule.id);
    writeln!(out)?;
    let mut message = format!("{label}: {}", printable(group.message()));
    if group.is_folded() {
        let _ = write!(message, ": {}", count(group.domains.len() as u64, "domain"));
        if let Some(people) = group.people.filter(|people| *people > 0) {
            let _ = write!(message, ", {}", count_word(people, "person", "people"));
        }
    }
    let message = wrap(&message, layout.width, 2);
    let (first, rest) = message.split_once('\n').map_or((message.as_str(), ""), |(first, rest)| (first, rest));
    match first.strip_prefix(&label) {
        Some(after) => writeln!(out, "{style}{label}{style:#}{BOLD}{after}{BOLD:#}")?,
        None => writeln!(out, "{first}")?,
    }
    for line in rest.lines() {
        writeln!(out, "{BOLD}{line}{BOLD:#}")?;
    }
    Ok(())
}

/// Labelled values of a finding: on one line where they fit, else one a line, wrapped under themselves.
fn field(label: &str, values: &[String], layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let width = layout.width.saturating_sub(LABEL + 2);
    let values: Vec<_> = values.iter().filter(|value| !value.is_empty()).map(|value| printable(value)).collect();
    let joined = values.join(", ");
    let indent = if values.len() > 1 { 2 } else { 0 };
    let lines = match () {
        () if joined.is_empty() => return Ok(()),
        () if textwrap::core::display_width(&joined) <= width => joined,
        () => values.iter().map(|value| wrap(value, width, indent)).collect::<Vec<_>>().join("\n"),
    };
    for (position, line) in lines.lines().enumerate() {
        let label = if position == 0 { label } else { "" };
        writeln!(out, "  {DIM}{label:<LABEL$}{DIM:#}{line}")?;
    }
    Ok(())
}

/// What is undecided, by view and reason: a server that fails is one line, however many questions it left open.
fn undecided(undecided: &[Undecided], layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    if undecided.is_empty() {
        return Ok(());
    }
    let groups = by_reason(undecided);
    writeln!(out, "\n{YELLOW}undecided{YELLOW:#}{BOLD}: nobody would say{BOLD:#}")?;
    for ((view, reason), asked) in groups.iter().take(REASONS_SHOWN) {
        writeln!(out, "{}", wrap(&printable(&format!("  {view} view: {reason}")), layout.width, 4))?;
        let questions = some_of(asked);
        writeln!(out, "{}", wrap(&printable(&format!("    {questions}")), layout.width, 4))?;
    }
    match groups.len().saturating_sub(REASONS_SHOWN) {
        0 => Ok(()),
        rest => writeln!(out, "  … and {}; --format json has them all", count_word(rest as u64, "other reason", "other reasons")),
    }
}

/// Who was asked, so that nobody has to wonder whether a query went to the wrong place.
fn servers(judgement: &Judgement, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let asked: Vec<_> =
        judgement.views.iter().flat_map(|(view, servers)| servers.iter().map(move |server| (view, server))).collect();
    if !asked.is_empty() {
        writeln!(out)?;
    }
    for (view, (origin, tally)) in asked {
        // A server that is dead beside one that is not leaves nothing undecided; it should not be overlooked all the same.
        let style = if tally.questions > 0 && tally.answered == 0 { YELLOW } else { DIM };
        for line in wrap(&account(*view, origin, tally), layout.width, 2).lines() {
            writeln!(out, "{style}{line}{style:#}")?;
        }
    }
    Ok(())
}

fn account(view: View, origin: &Origin, tally: &Tally) -> String {
    let questions = count(tally.questions, "question");
    if *origin == Origin::ZoneFiles {
        return format!("looked up in the {origin} ({view}): {questions}");
    }
    let answered = if tally.answered == 0 { "none answered".to_owned() } else { format!("{} answered", tally.answered) };
    let timed_out = if tally.timeouts > 0 { format!(", {} timed out", tally.timeouts) } else { String::new() };
    format!("asked {origin} ({view}): {questions}, {answered}, {}{timed_out}", count_word(tally.sent, "query", "queries"))
}

fn closing(header: &Header, judgement: &Judgement, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let seen = seen_from(header, judgement);
    writeln!(out, "{DIM}{} in {:.1} s, {seen}{DIM:#}", count(summary.domains, "domain"), header.seconds)?;
    if summary.error + summary.warning > 0 {
        writeln!(out, "{DIM}imctl explain RULE tells what a rule means and how to fix it{DIM:#}")?;
    }
    Ok(())
}

pub(super) fn wrap(text: &str, width: usize, indent: usize) -> String {
    let indent = " ".repeat(indent);
    let options = textwrap::Options::new(width.max(20)).subsequent_indent(&indent).break_words(true);
    // Names of hosts, rules and header fields have hyphens, and are copied: they stay whole.
    textwrap::fill(text, options.word_splitter(textwrap::WordSplitter::NoHyphenation))
}
