//! A router with an address that the Internet routes.

use crate::dns::AddressScope;
use crate::inventory::{AddressRange, Severity};
use crate::judge::estate::declared_finding;
use crate::judge::{Check, Declared, Employed, Estate, Findings, Rule};
use crate::profile::Role;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "router-address-public",
    aliases: &[],
    severity: Severity::Warning,
    summary: "a router has an address that the Internet routes",
    explanation: include_str!("router_address_public.md"),
    check: Check::Estate(Declared::Machine(check)),
};

fn check(_: &Estate<'_>, employed: &Employed<'_>, found: &mut Findings<'_>) {
    let machine = employed.machine;
    let public: Vec<String> = machine.addresses.iter().filter(|range| is_public(range)).map(ToString::to_string).collect();
    if machine.role != Role::Router || public.is_empty() {
        return;
    }
    let draft = declared_finding(machine, &format!("has an address that the Internet routes: {}", public.join(", ")));
    let help = "give it a private address, or make sure that the firewall lets nobody in from outside";
    found.report(draft.expected(["addresses that only the organisation routes"]).found(public).help(help));
}

/// Both ends of the range reach the Internet.
fn is_public(range: &AddressRange) -> bool {
    [range.net.network(), range.net.broadcast()].into_iter().all(|end| AddressScope::of(end) == AddressScope::Global)
}
