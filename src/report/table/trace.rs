//! The part of the table that shows how each domain is reached, step by step.

use std::io::{self, Write};

use super::{BOLD, DIM, printable, wrap};
use crate::dns::View;
use crate::judge::{DomainVerdict, Trace};
use crate::report::Layout;

pub(super) fn render(domains: &[DomainVerdict], layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    for domain in domains.iter().filter(|domain| !domain.trace.is_empty()) {
        writeln!(out, "\n{BOLD}{}{BOLD:#}", domain.name.to_unicode())?;
        for Trace { view, steps, remarks } in &domain.trace {
            let side = if *view == View::Internal { "inside" } else { "outside" };
            let line = wrap(&printable(&steps.join(" → ")), layout.width.saturating_sub(11), 2);
            for (position, line) in line.lines().enumerate() {
                let label = if position == 0 { side } else { "" };
                writeln!(out, "  {DIM}{label:<9}{DIM:#}{line}")?;
            }
            for remark in remarks {
                for line in wrap(&printable(remark), layout.width.saturating_sub(11), 2).lines() {
                    writeln!(out, "           {DIM}{line}{DIM:#}")?;
                }
            }
        }
    }
    Ok(())
}
