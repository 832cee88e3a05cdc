//! An SRV record whose target is a single label, or has no address in the view.

use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Reach, Rule, finding};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "srv-target-unresolvable",
    aliases: &[],
    severity: Severity::Error,
    summary: "the SRV record leads to a host that clients cannot look up",
    explanation: include_str!("srv_target_unresolvable.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for service in case.services() {
        // Where the IM domain itself has no address, the rules about its own records say so.
        let reached = service.targets(case).into_iter().filter(|(target, _)| **target != case.domain.name);
        let lost: Vec<_> = reached
            .filter_map(|(target, reach)| match reach {
                Reach::SingleLabel => Some((target, "a single label".to_owned())),
                Reach::Nowhere(instead) => Some((target, instead)),
                Reach::Addresses(_) | Reach::Unknown => None,
            })
            .collect();
        let Some((target, why)) = lost.first() else { continue };
        found.report(
            finding(format!("{} leads to {target} in the {} view, which cannot be looked up: {why}", service.owner, service.view))
                .view(service.view)
                .expected([&case.domain.name])
                .found(lost.iter().map(|(target, why)| format!("{target}: {why}")))
                .servers(&service.share)
                .help(format!("make {} the target of the SRV record", case.domain.name))
                .kind(&service.email)
                .cause(format!("SRV records lead to {target} in the {} view, which cannot be looked up: {why}", service.view)),
        );
    }
}
