//! A local part that cannot be an alias in an IM URL.

use crate::email::ProblemKind;
use crate::inventory::Severity;
use crate::judge::lists::report_problems;
use crate::judge::{Check, Declared, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "unaddressable-local-part",
    aliases: &[],
    severity: Severity::Error,
    summary: "the local part cannot be an alias in an IM URL",
    explanation: include_str!("unaddressable_local_part.md"),
    check: Check::Estate(Declared::Whole(check)),
};

fn check(estate: &Estate<'_>, found: &mut Findings<'_>) {
    report_problems(
        estate,
        found,
        ProblemKind::UnaddressableLocalPart,
        "give the person an address without quotes, slash and percent sign",
    );
}
