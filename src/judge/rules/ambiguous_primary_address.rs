//! A person with several primary addresses, or a primary that is not `mail`.

use crate::email::ProblemKind;
use crate::inventory::Severity;
use crate::judge::lists::report_problems;
use crate::judge::{Check, Declared, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "ambiguous-primary-address",
    aliases: &[],
    severity: Severity::Warning,
    summary: "a person has several primary addresses, or the primary one is not the attribute mail",
    explanation: include_str!("ambiguous_primary_address.md"),
    check: Check::Estate(Declared::Whole(check)),
};

fn check(estate: &Estate<'_>, found: &mut Findings<'_>) {
    report_problems(estate, found, ProblemKind::AmbiguousPrimaryAddress, "leave one `SMTP:` address and make it equal to `mail`");
}
