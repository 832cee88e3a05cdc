//! An SRV record whose target is not the IM domain's name.

use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Rule, finding};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "srv-target-differs",
    aliases: &[],
    severity: Severity::Warning,
    summary: "the SRV record leads to another name than the IM domain: sign-in may fail",
    explanation: include_str!("srv_target_differs.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for service in case.services() {
        // A target without addresses differs too, but srv-target-unresolvable is nearer to the cause.
        let reached = service.reached_targets(case).into_iter().map(|(target, _)| target);
        let other: Vec<_> = reached.filter(|target| **target != case.domain.name).collect();
        let Some(first) = other.first() else { continue };
        found.report(
            finding(format!("{} leads to {first} in the {} view, not to {}", service.owner, service.view, case.domain.name))
                .view(service.view)
                .expected([&case.domain.name])
                .found(&other)
                .servers(&service.share)
                .help(format!("make {} the target of the SRV record", case.domain.name))
                .kind(&service.email)
                .cause(format!("SRV records lead to {first} in the {} view, which is not the IM domain", service.view)),
        );
    }
}
