//! An IM server that takes longer to answer than the threshold.

use crate::inventory::Severity;
use crate::judge::probing::judged;
use crate::judge::{Case, Check, Findings, Rule};
use crate::profile::Class;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "slow-answer",
    aliases: &[],
    severity: Severity::Warning,
    summary: "the answer took longer than the threshold",
    explanation: include_str!("slow_answer.md"),
    check: Check::Probe(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    let limit = case.inventory().slow_answer;
    for probed in judged(case).filter(|probed| matches!(probed.class, Class::Rvp | Class::RvpLikely)) {
        let Some(slowest) = probed.replies().map(|reply| reply.first_byte).max().filter(|time| *time > limit) else { continue };
        let draft = probed.finding(case, &format!("took {:.3} s to answer", slowest.as_secs_f64()));
        found.report(
            draft
                .expected([format!("at most {} s", limit.as_secs_f64())])
                .found([format!("{:.3} s", slowest.as_secs_f64())])
                .cause(probed.cause(case, "answers slowly"))
                .help("look at the load of the machine, and at what it waits for: the directory, a home server, DNS"),
        );
    }
}
