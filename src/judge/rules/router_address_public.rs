//! A router with an address that the Internet routes.

use crate::dns::AddressScope;
use crate::inventory::{AddressRange, Severity};
use crate::judge::estate::declared_finding;
use crate::judge::{Check, Estate, Findings, Rule};
use crate::profile::Role;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "router-address-public",
    aliases: &[],
    severity: Severity::Warning,
    summary: "a router has an address that the Internet routes",
    explanation: include_str!("router_address_public.md"),
    check: Check::Estate(check),
};

fn check(estate: &Estate<'_>, found: &mut Findings<'_>) {
    for (_, machine) in estate.inventory.machines().filter(|(_, machine)| machine.role == Role::Router) {
        let public: Vec<String> = machine.addresses.iter().filter(|range| is_public(range)).map(ToString::to_string).collect();
        if public.is_empty() {
            continue;
        }
        let draft = declared_finding(machine, &format!("has an address that the Internet routes: {}", public.join(", ")));
        let help = "give it a private address, or make sure that the firewall lets nobody in from outside";
        found.report(draft.expected(["addresses that only the organisation routes"]).found(public).help(help));
    }
}

/// Both ends of the range reach the Internet.
fn is_public(range: &AddressRange) -> bool {
    [range.net.network(), range.net.broadcast()].into_iter().all(|end| AddressScope::of(end) == AddressScope::Global)
}
