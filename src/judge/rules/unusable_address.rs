//! An address at which no other machine can be reached: loopback, unspecified, link-local, multicast, broadcast.

use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Placement, Rule, advise, alike, describe_scope, wrong_addresses};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "unusable-address",
    aliases: &[],
    severity: Severity::Error,
    summary: "a view answers an address at which nobody can be reached",
    explanation: include_str!("unusable_address.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for view in case.home_views() {
        let Some((resolution, consensus)) = case.answer(view) else { continue };
        let scope = |address| match case.placement(view, address) {
            Placement::Unusable(scope) => Some(scope),
            _ => None,
        };
        for (scope, addresses) in alike(&consensus.says.addresses, scope) {
            found.report(
                wrong_addresses(case, view, &addresses, &describe_scope(scope, addresses.len()))
                    .servers(resolution.share(consensus))
                    .help(advise(case, view, "replace it by the address of the machine that answers for the domain in this view"))
                    .kind(scope),
            );
        }
    }
}
