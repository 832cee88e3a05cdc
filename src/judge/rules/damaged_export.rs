//! A list that is not whole, or not what the directory holds.

use crate::email::ProblemKind;
use crate::inventory::Severity;
use crate::judge::lists::report_problems;
use crate::judge::{Check, Declared, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "damaged-export",
    aliases: &[],
    severity: Severity::Warning,
    summary: "the list is not whole: signs of damage by an export",
    explanation: include_str!("damaged_export.md"),
    check: Check::Estate(Declared::Whole(check)),
};

fn check(estate: &Estate<'_>, found: &mut Findings<'_>) {
    report_problems(estate, found, ProblemKind::DamagedExport, "export the list again; the explanation names the usual causes");
}
