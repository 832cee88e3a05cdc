//! An SRV record whose target is an alias, which RFC 2782 forbids.

use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Rule, finding};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "srv-target-is-alias",
    aliases: &[],
    severity: Severity::Warning,
    summary: "the target of the SRV record is an alias, which some clients do not follow",
    explanation: include_str!("srv_target_is_alias.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for service in case.services() {
        // An alias that leads nowhere is srv-target-unresolvable's or dangling-alias's business.
        let first_alias = |(target, aliases): (_, Vec<_>)| aliases.first().map(|next| format!("{target} CNAME {next}"));
        let aliased: Vec<_> = service.reached_targets(case).into_iter().filter_map(first_alias).collect();
        if aliased.is_empty() {
            continue;
        }
        found.report(
            finding(format!("{} leads to an alias in the {} view", service.owner, service.view))
                .view(service.view)
                .expected(["a target with address records of its own"])
                .found(aliased)
                .servers(&service.share)
                .help("replace the alias by address records: RFC 2782 allows no alias as target")
                .kind(&service.email)
                .cause(format!("SRV records lead to aliases in the {} view", service.view)),
        );
    }
}
