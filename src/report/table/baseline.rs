//! The part of the table about what a baseline has: known findings counted by rule, and entries that nothing matches any more.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{BOLD, DIM, count, number, one_group, printable, wrap};
use crate::judge::{Accepted, Baselined, Group, group};
use crate::report::Layout;

/// Entries that are named; the rest is counted.
const STALE_SHOWN: usize = 10;

/// Known findings in one line, or whole where everything is asked for; then the entries that match nothing.
pub(super) fn render(baselined: &Baselined, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    known(baselined, layout, out)?;
    stale(&baselined.stale, layout, out)
}

fn known(Baselined { known, .. }: &Baselined, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    if known.is_empty() {
        return Ok(());
    }
    let mut by_rule: BTreeMap<&str, u64> = BTreeMap::new();
    for finding in known {
        *by_rule.entry(finding.rule.id).or_default() += 1;
    }
    let counts = by_rule.iter().map(|(rule, n)| format!("{} {rule}", number(*n))).collect::<Vec<_>>().join(", ");
    let in_full = layout.everything || layout.details;
    let more = if in_full { "" } else { "; -v shows them" };
    let line = format!("known from the baseline: {}: {counts}{more}", count(known.len() as u64, "finding"));
    writeln!(out, "\n{BOLD}{}{BOLD:#}", wrap(&line, layout.width, 2))?;
    let groups = if layout.details { known.iter().map(Group::single).collect() } else { group(known) };
    groups.iter().filter(|_| in_full).try_for_each(|group| one_group(group, layout, out))
}

fn stale(stale: &[Accepted], layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    if stale.is_empty() {
        return Ok(());
    }
    let entries =
        if stale.len() == 1 { "1 entry matches nothing".to_owned() } else { format!("{} entries match nothing", stale.len()) };
    let line = format!("stale in the baseline: {entries} any more; write it anew with --write-baseline");
    writeln!(out, "\n{BOLD}{}{BOLD:#}", wrap(&line, layout.width, 2))?;
    for entry in stale.iter().take(STALE_SHOWN) {
        let line = format!("  {}: {}", entry.rule, entry.message);
        writeln!(out, "{}", wrap(&printable(&line), layout.width, 4))?;
    }
    match stale.len().saturating_sub(STALE_SHOWN) {
        0 => Ok(()),
        rest => writeln!(out, "{DIM}  … and {} more; --format json has them all{DIM:#}", number(rest as u64)),
    }
}
