//! An address without a real domain behind the `@`.

use crate::email::ProblemKind;
use crate::inventory::Severity;
use crate::judge::lists::report_problems;
use crate::judge::{Check, Declared, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "no-domain-name",
    aliases: &[],
    severity: Severity::Error,
    summary: "there is an address literal or a single label behind the @, so there is no IM domain",
    explanation: include_str!("no_domain_name.md"),
    check: Check::Estate(Declared::Whole(check)),
};

fn check(estate: &Estate<'_>, found: &mut Findings<'_>) {
    report_problems(estate, found, ProblemKind::NoDomainName, "use the person's address in a registered e-mail domain");
}
