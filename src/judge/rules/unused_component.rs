//! A router, reverse proxy or home server that no domain names.

use crate::inventory::Severity;
use crate::judge::estate::declared_finding;
use crate::judge::{Check, Declared, Employed, Estate, Findings, Rule};
use crate::profile::Role;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "unused-component",
    aliases: &[],
    severity: Severity::Note,
    summary: "a machine is declared and no domain names it",
    explanation: include_str!("unused_component.md"),
    check: Check::Estate(Declared::Machine(check)),
};

fn check(_: &Estate<'_>, employed: &Employed<'_>, found: &mut Findings<'_>) {
    let machine = employed.machine;
    if !employed.domains.is_empty() || employed.leaves {
        return;
    }
    let key = match machine.role {
        Role::Router => "routers",
        Role::ReverseProxy => "reverse_proxies",
        Role::HomeServer => "home_servers",
    };
    let help = format!("name it in the `{key}` of a domain, or take it out of the inventory");
    found.report(declared_finding(machine, "is named by no domain").expected(["at least one domain"]).found(["none"]).help(help));
}
