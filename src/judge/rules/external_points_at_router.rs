//! A router's address in the external view. One server that says so is enough: the door is open.

use std::collections::BTreeSet;

use crate::dns::View;
use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Rule, finding};
use crate::profile::Role;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "external-points-at-router",
    aliases: &[],
    severity: Severity::Error,
    summary: "the external view answers a router's address: traffic bypasses the reverse proxy",
    explanation: include_str!("external_points_at_router.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    if !case.domain.external {
        return; // internal-domain-visible-outside speaks
    }
    let Some(resolution) = case.resolution(View::External) else { return };
    let answered: BTreeSet<_> = resolution.opinions.iter().flat_map(|opinion| &opinion.says.addresses).copied().collect();
    for address in answered {
        if case.has(Role::ReverseProxy, address) || !case.is_role(Role::Router, address) {
            continue;
        }
        found.report(
            finding(format!("{} answers {} in the external view", case.domain.name, case.name_address(address)))
                .view(View::External)
                .expected(case.declared(Role::ReverseProxy))
                .found([address])
                .servers(resolution.share_of(|opinion| opinion.says.addresses.contains(&address)))
                .help("publish the reverse proxy's address outside")
                .kind(address),
        );
    }
}
