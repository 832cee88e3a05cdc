//! Two people who derive the same IM address.

use crate::email::ProblemKind;
use crate::inventory::Severity;
use crate::judge::lists::report_problems;
use crate::judge::{Check, Declared, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "address-collision",
    aliases: &[],
    severity: Severity::Error,
    summary: "two people derive the same IM address",
    explanation: include_str!("address_collision.md"),
    check: Check::Estate(Declared::Whole(check)),
};

fn check(estate: &Estate<'_>, found: &mut Findings<'_>) {
    report_problems(
        estate,
        found,
        ProblemKind::AddressCollision,
        "give one of the two another e-mail address, or keep one IM domain for each e-mail domain",
    );
}
