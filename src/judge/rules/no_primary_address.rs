//! A person with secondary or non-SMTP addresses only.

use crate::email::ProblemKind;
use crate::inventory::Severity;
use crate::judge::lists::report_problems;
use crate::judge::{Check, Declared, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "no-primary-address",
    aliases: &[],
    severity: Severity::Error,
    summary: "a person has no primary e-mail address, and IM takes the domain of the primary address",
    explanation: include_str!("no_primary_address.md"),
    check: Check::Estate(Declared::Whole(check)),
};

fn check(estate: &Estate<'_>, found: &mut Findings<'_>) {
    report_problems(
        estate,
        found,
        ProblemKind::NoPrimaryAddress,
        "give the person a primary address (`SMTP:` in capitals, or `mail`) and export again",
    );
}
