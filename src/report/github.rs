//! `--format github`: annotations of a GitHub Actions run, by workflow commands. No text from outside begins a line or a command.

use std::io::{self, Write};

use super::Header;
use super::headline::{Headline, affected, count, count_word};
use super::json::Summary;
use super::printable;
use super::unanswered::{REASONS_SHOWN, by_reason, some_of};
use crate::judge::{Finding, Judgement, Severity, Undecided};
use crate::place::Place;

/// Annotations of one kind that GitHub shows for a step; what comes after is dropped there without a word.
const SHOWN: usize = 10;

pub(super) fn render(header: &Header, judgement: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    let summary = Summary::of(judgement);
    let affected = affected(judgement).map(|people| format!("; {people}")).unwrap_or_default();
    writeln!(out, "imctl {}: {}{affected}", header.command, Headline::of(judgement, &summary).verdict)?;
    let unanswered = !judgement.undecided.is_empty();
    let of = |severity| judgement.findings.iter().filter(move |finding| finding.severity == severity);
    // The annotation on what is undecided is a warning, the one on what is left out a notice: both must fit.
    let warnings = SHOWN - usize::from(unanswered);
    let left_out = |severity, shown| of(severity).count().saturating_sub(shown);
    let cut = left_out(Severity::Error, SHOWN) + left_out(Severity::Warning, warnings) + left_out(Severity::Note, SHOWN);
    let notices = SHOWN - usize::from(cut > 0);
    let shown = of(Severity::Error).take(SHOWN).chain(of(Severity::Warning).take(warnings));
    shown.into_iter().try_for_each(|finding| annotate(finding, out))?;
    if unanswered {
        undecided(&judgement.undecided, &summary, out)?;
    }
    of(Severity::Note).take(notices).try_for_each(|finding| annotate(finding, out))?;
    if cut == 0 {
        return Ok(());
    }
    let more = left_out(Severity::Error, SHOWN) + left_out(Severity::Warning, warnings) + left_out(Severity::Note, notices);
    let more = count_word(more as u64, "more finding", "more findings");
    command("notice", "", "imctl", &format!("… and {more}; the summary of the step and --report json=FILE have them"), out)
}

fn annotate(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let name = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut lines = vec![printable(&finding.message).into_owned()];
    for (label, values) in [("expected", &finding.expected), ("found", &finding.found)] {
        let joined = values.join(", ");
        lines.extend((!joined.is_empty()).then(|| format!("{label}: {}", printable(&joined))));
    }
    lines.extend((!finding.help.is_empty()).then(|| format!("help: {}", printable(&finding.help))));
    command(name, &position(finding.place.as_ref()), finding.rule.id, &lines.join("\n"), out)
}

/// One warning for all that is undecided.
fn undecided(undecided: &[Undecided], summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let groups = by_reason(undecided);
    let mut lines = vec![format!("nobody would say of {}", count(summary.undecided, "domain"))];
    for ((view, reason), asked) in groups.iter().take(REASONS_SHOWN) {
        lines.push(printable(&format!("{view} view: {}: {reason}", some_of(asked))).into_owned());
    }
    let rest = groups.len().saturating_sub(REASONS_SHOWN) as u64;
    lines.extend((rest > 0).then(|| format!("… and {}", count(rest, "other reason"))));
    command("warning", "", "undecided", &lines.join("\n"), out)
}

/// `file=…,line=…,col=…,`; empty where there is no file, such as on the command line.
fn position(place: Option<&Place>) -> String {
    let Some(place) = place.filter(|place| place.is_in_file()) else { return String::new() };
    let column = if place.column > 0 { format!("col={},", place.column) } else { String::new() };
    format!("file={},line={},{column}", property(&printable(&place.file)), place.line)
}

/// Writes one command; `message` may have several lines.
fn command(name: &str, position: &str, title: &str, message: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "::{name} {position}title={}::{}", property(title), data(message))
}

/// Text after the second `::` (actions/toolkit, `packages/core/src/command.ts`).
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property (the same source).
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
