//! 503: an IM server that is there and too busy.

use crate::inventory::Severity;
use crate::judge::probing::judged;
use crate::judge::{Case, Check, Findings, Rule};
use crate::profile::Class;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "overloaded",
    aliases: &[],
    severity: Severity::Warning,
    summary: "the machine is there and too busy to answer (503)",
    explanation: include_str!("overloaded.md"),
    check: Check::Probe(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for probed in judged(case).filter(|probed| probed.class == Class::Overloaded) {
        let draft = probed.finding(case, "is too busy to answer (503)");
        found.report(
            draft
                .expected(["an answer within its working queue"])
                .help("find out what it waits for, or spread the load over more machines"),
        );
    }
}
