//! IPv6 addresses and no IPv4 address.

use std::net::IpAddr;

use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Rule, finding};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "ipv6-only",
    aliases: &[],
    severity: Severity::Warning,
    summary: "the view answers IPv6 addresses only: clients of the era never ask for them",
    explanation: include_str!("ipv6_only.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for view in case.home_views() {
        let Some((resolution, consensus)) = case.answer(view) else { continue };
        let says = &consensus.says;
        if !says.complete || says.addresses.is_empty() || says.addresses.iter().any(IpAddr::is_ipv4) {
            continue;
        }
        found.report(
            finding(format!("{} has IPv6 addresses only in the {view} view", case.domain.name))
                .view(view)
                .expected(["an IPv4 address"])
                .found(&says.addresses)
                .servers(resolution.share(consensus))
                .help("add an A record; the AAAA record may stay")
                .kind("no A record"),
        );
    }
}
