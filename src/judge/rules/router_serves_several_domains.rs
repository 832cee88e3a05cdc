//! One router named by two IM domains.

use crate::inventory::Severity;
use crate::judge::estate::declared_finding;
use crate::judge::{Check, Declared, Employed, Estate, Findings, Rule};
use crate::profile::Role;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "router-serves-several-domains",
    aliases: &[],
    severity: Severity::Error,
    summary: "a router is declared for several IM domains, and a router answers for only one",
    explanation: include_str!("router_serves_several_domains.md"),
    check: Check::Estate(Declared::Machine(check)),
};

fn check(estate: &Estate<'_>, employed: &Employed<'_>, found: &mut Findings<'_>) {
    let Employed { machine, domains, .. } = employed;
    if machine.role != Role::Router || domains.len() < 2 {
        return;
    }
    let named = estate.names(domains);
    let draft = declared_finding(machine, &format!("serves {} IM domains: {}", domains.len(), named.join(", ")));
    found.report(
        draft
            .people(estate.people_of(domains))
            .expected(["one IM domain"])
            .found(named)
            .help("give each IM domain a router of its own"),
    );
}
