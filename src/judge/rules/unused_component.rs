//! A router, reverse proxy or home server that no domain names.

use std::collections::BTreeSet;

use crate::inventory::{MachineId, Severity};
use crate::judge::estate::declared_finding;
use crate::judge::{Check, Estate, Findings, Rule};
use crate::profile::Role;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "unused-component",
    aliases: &[],
    severity: Severity::Note,
    summary: "a machine is declared and no domain names it",
    explanation: include_str!("unused_component.md"),
    check: Check::Estate(check),
};

fn check(estate: &Estate<'_>, found: &mut Findings<'_>) {
    let used = estate.domains_by_machine();
    let mut old: BTreeSet<MachineId> = BTreeSet::new();
    for domain in &estate.inventory.domains {
        old.extend(domain.migration.iter().flat_map(|migration| migration.routers.iter().chain(&migration.reverse_proxies)));
    }
    for (_, machine) in estate.inventory.machines().filter(|(id, _)| !used.contains_key(id) && !old.contains(id)) {
        let key = match machine.role {
            Role::Router => "routers",
            Role::ReverseProxy => "reverse_proxies",
            Role::HomeServer => "home_servers",
        };
        let help = format!("name it in the `{key}` of a domain, or take it out of the inventory");
        found.report(
            declared_finding(machine, "is named by no domain").expected(["at least one domain"]).found(["none"]).help(help),
        );
    }
}
