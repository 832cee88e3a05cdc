//! An address that already begins with the prefix.

use crate::email::ProblemKind;
use crate::inventory::Severity;
use crate::judge::lists::report_problems;
use crate::judge::{Check, Declared, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "already-an-im-address",
    aliases: &[],
    severity: Severity::Warning,
    summary: "the e-mail domain already begins with the prefix: the address passes through as it is",
    explanation: include_str!("already_an_im_address.md"),
    check: Check::Estate(Declared::Whole(check)),
};

fn check(estate: &Estate<'_>, found: &mut Findings<'_>) {
    report_problems(estate, found, ProblemKind::AlreadyAnImAddress, "put e-mail addresses into the list, not IM addresses");
}
