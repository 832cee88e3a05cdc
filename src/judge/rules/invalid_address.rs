//! An entry of a list that is no e-mail address.

use crate::email::ProblemKind;
use crate::inventory::Severity;
use crate::judge::lists::report_problems;
use crate::judge::{Check, Declared, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "invalid-address",
    aliases: &[],
    severity: Severity::Error,
    summary: "an entry of a list is no e-mail address",
    explanation: include_str!("invalid_address.md"),
    check: Check::Estate(Declared::Whole(check)),
};

fn check(estate: &Estate<'_>, found: &mut Findings<'_>) {
    report_problems(
        estate,
        found,
        ProblemKind::InvalidAddress,
        "correct the address where the list comes from, or take the line out",
    );
}
