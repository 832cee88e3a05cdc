//! A reverse proxy for an external domain that no stranger can reach.

use crate::dns::AddressScope;
use crate::inventory::{AddressRange, Severity};
use crate::judge::estate::declared_finding;
use crate::judge::{Check, Declared, Employed, Estate, Findings, Rule};
use crate::profile::Role;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "reverse-proxy-address-private",
    aliases: &[],
    severity: Severity::Error,
    summary: "a reverse proxy for an external domain has no address that the Internet routes",
    explanation: include_str!("reverse_proxy_address_private.md"),
    check: Check::Estate(Declared::Machine(check)),
};

fn check(estate: &Estate<'_>, employed: &Employed<'_>, found: &mut Findings<'_>) {
    let machine = employed.machine;
    let unreachable = !machine.addresses.is_empty() && machine.addresses.iter().all(is_inside_only);
    if machine.role != Role::ReverseProxy || !unreachable {
        return;
    }
    let domains: Vec<_> = employed.domains.iter().copied().filter(|id| estate.inventory.domains.get(*id).external).collect();
    if domains.is_empty() {
        return;
    }
    let fact = format!("stands for {} outside and has no address that the Internet routes", estate.names(&domains).join(", "));
    found.report(
        declared_finding(machine, &fact)
            .people(estate.people_of(&domains))
            .expected(["an address that the Internet routes"])
            .found(&machine.addresses)
            .help("declare the address under which strangers reach it: the public one, where a firewall translates"),
    );
}

/// Addresses for examples and laboratories are left alone: they stand for public ones.
fn is_inside_only(range: &AddressRange) -> bool {
    use AddressScope::{LinkLocal, Private, Shared, UniqueLocal};
    matches!(AddressScope::of(range.net.network()), Private | Shared | UniqueLocal | LinkLocal)
}
