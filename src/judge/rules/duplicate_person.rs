//! The same address twice.

use crate::email::ProblemKind;
use crate::inventory::Severity;
use crate::judge::lists::report_problems;
use crate::judge::{Check, Declared, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "duplicate-person",
    aliases: &[],
    severity: Severity::Note,
    summary: "the same e-mail address is in the lists twice",
    explanation: include_str!("duplicate_person.md"),
    check: Check::Estate(Declared::Whole(check)),
};

fn check(estate: &Estate<'_>, found: &mut Findings<'_>) {
    report_problems(estate, found, ProblemKind::DuplicatePerson, "remove one of the two lines");
}
