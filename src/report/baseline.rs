//! The file that `--write-baseline` writes: one finding a line, so that a change of it reads well in a review.

use std::io::{self, Write};

use super::printable::json_printable;
use crate::judge::{BASELINE_KIND, BASELINE_VERSION, Baseline};

/// Writes a baseline.
pub fn render(baseline: &Baseline, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{{\n  \"schema_version\": {BASELINE_VERSION},\n  \"kind\": \"{BASELINE_KIND}\",\n  \"findings\": [")?;
    let last = baseline.accepted.len().saturating_sub(1);
    for (position, entry) in baseline.accepted.iter().enumerate() {
        let line = serde_json::to_string(entry)?;
        writeln!(out, "    {}{}", json_printable(&line), if position == last { "" } else { "," })?;
    }
    writeln!(out, "  ]\n}}")
}
