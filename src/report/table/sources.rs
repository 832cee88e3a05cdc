//! The part of the table about recordings: when and on which side each was made, and what they contradict each other in.

use std::io::{self, Write};

use super::{BOLD, DIM, YELLOW, count, number, printable, wrap};
use crate::observe::recording::{Contradiction, Made, Sources};
use crate::report::Layout;

/// Contradictions that are named; the rest is counted.
const SHOWN: usize = 10;

pub(super) fn render(sources: &Sources, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    contradictions(&sources.contradictions, layout, out)?;
    if !sources.recordings.is_empty() {
        writeln!(out)?;
    }
    for Made { file, command, started, vantage } in &sources.recordings {
        let line = format!("recorded on the {vantage} side: {file}, {command} of {started}");
        for line in wrap(&printable(&line), layout.width, 2).lines() {
            writeln!(out, "{DIM}{line}{DIM:#}")?;
        }
    }
    Ok(())
}

fn contradictions(contradictions: &[Contradiction], layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    if contradictions.is_empty() {
        return Ok(());
    }
    let title = format!("{} answered differently in the recordings", count(contradictions.len() as u64, "question"));
    writeln!(out, "\n{YELLOW}contradictions{YELLOW:#}{BOLD}: {title}{BOLD:#}")?;
    for Contradiction { question, answers, judged_by } in contradictions.iter().take(SHOWN) {
        writeln!(out, "{}", wrap(&printable(&format!("  {} view: {question}", question.view())), layout.width, 4))?;
        for (file, said) in answers {
            let counts = if file == judged_by { "; this one counts" } else { "" };
            writeln!(out, "{}", wrap(&printable(&format!("    {said} in {file}{counts}")), layout.width, 6))?;
        }
    }
    match contradictions.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        rest => writeln!(out, "{DIM}  … and {} more; --format json has them all{DIM:#}", number(rest as u64)),
    }
}
