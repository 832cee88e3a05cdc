//! A local part with characters beyond ASCII.

use crate::email::ProblemKind;
use crate::inventory::Severity;
use crate::judge::lists::report_problems;
use crate::judge::{Check, Declared, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "non-ascii-local-part",
    aliases: &[],
    severity: Severity::Warning,
    summary: "the local part has characters beyond ASCII, which clients of the era cannot type",
    explanation: include_str!("non_ascii_local_part.md"),
    check: Check::Estate(Declared::Whole(check)),
};

fn check(estate: &Estate<'_>, found: &mut Findings<'_>) {
    report_problems(estate, found, ProblemKind::NonAsciiLocalPart, "give the person an ASCII address as primary");
}
