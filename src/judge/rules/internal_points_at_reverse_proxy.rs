//! A reverse proxy's address in the internal view.

use crate::dns::View;
use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Placement, Rule, advise, alike, wrong_addresses};
use crate::profile::Role;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "internal-points-at-reverse-proxy",
    aliases: &[],
    severity: Severity::Error,
    summary: "the internal view answers a reverse proxy's address: people inside go round by the outside door",
    explanation: include_str!("internal_points_at_reverse_proxy.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    let view = View::Internal;
    let Some((resolution, consensus)) = case.answer(view) else { return };
    let proxy = |address| {
        let is_proxy = case.placement(view, address) == Placement::ReverseProxyInside;
        is_proxy.then(|| case.whose(address, Some(Role::ReverseProxy)))
    };
    for (proxy, addresses) in alike(&consensus.says.addresses, proxy) {
        found.report(
            wrong_addresses(case, view, &addresses, &proxy)
                .servers(resolution.share(consensus))
                .help(advise(
                    case,
                    view,
                    "leave the reverse proxy to the external zone, and point the internal record at the domain's routers",
                ))
                .kind(proxy),
        );
    }
}
