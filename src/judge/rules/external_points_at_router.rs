//! A router's address in the external view. One server that says so is enough: the door is open.

use crate::dns::View;
use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Placement, Rule, advise, alike, wrong_addresses};
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
    let view = View::External;
    let Some(resolution) = case.resolution(view) else { return };
    let leaked =
        |address| (case.placement(view, address) == Placement::RouterOutside).then(|| case.whose(address, Some(Role::Router)));
    for (router, addresses) in alike(&resolution.answered(), leaked) {
        found.report(
            wrong_addresses(case, view, &addresses, &router)
                .servers(resolution.share_with(&addresses))
                .help(advise(case, view, "publish the reverse proxy's address outside"))
                .kind(router),
        );
    }
}
