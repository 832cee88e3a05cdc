//! A directory that says another IM address than the one derived.

use crate::email::ProblemKind;
use crate::inventory::Severity;
use crate::judge::lists::report_problems;
use crate::judge::{Check, Declared, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "directory-mismatch",
    aliases: &[],
    severity: Severity::Warning,
    summary: "the directory holds another IM address than the one derived from the e-mail address",
    explanation: include_str!("directory_mismatch.md"),
    check: Check::Estate(Declared::Whole(check)),
};

fn check(estate: &Estate<'_>, found: &mut Findings<'_>) {
    report_problems(
        estate,
        found,
        ProblemKind::DirectoryMismatch,
        "hand out the address in msExchIMAddress, or disable and enable IM for the person to write it anew",
    );
}
