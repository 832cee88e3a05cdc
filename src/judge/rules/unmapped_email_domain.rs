//! An e-mail domain that no declared IM domain takes.

use crate::email::ProblemKind;
use crate::inventory::Severity;
use crate::judge::lists::report_problems;
use crate::judge::{Check, Declared, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "unmapped-email-domain",
    aliases: &[],
    severity: Severity::Warning,
    summary: "no IM domain of the inventory takes this e-mail domain",
    explanation: include_str!("unmapped_email_domain.md"),
    check: Check::Estate(Declared::Whole(check)),
};

fn check(estate: &Estate<'_>, found: &mut Findings<'_>) {
    report_problems(
        estate,
        found,
        ProblemKind::UnmappedEmailDomain,
        "add the e-mail domain to a [[domain]], or take its people out of the list",
    );
}
