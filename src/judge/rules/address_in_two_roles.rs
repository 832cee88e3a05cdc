//! One address declared as two machines or as two roles.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use crate::inventory::{Inventory, MachineId, Severity};
use crate::judge::{Check, Declared, Estate, Findings, Rule, finding};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "address-in-two-roles",
    aliases: &[],
    severity: Severity::Error,
    summary: "one address is declared as two machines or two roles",
    explanation: include_str!("address_in_two_roles.md"),
    check: Check::Estate(Declared::Whole(check)),
};

fn check(estate: &Estate<'_>, found: &mut Findings<'_>) {
    let inventory = estate.inventory;
    for (address, claimants) in claimants(inventory).into_iter().filter(|(_, claimants)| claimants.len() > 1) {
        let named: Vec<String> =
            claimants.iter().map(|id| inventory.machine(*id)).map(|m| format!("{} {}", m.role, m.name)).collect();
        let Some(last) = claimants.last() else { continue };
        found.report(
            finding(format!("{address} is declared {} times: as {}", named.len(), named.join(" and ")))
                .place(&inventory.machine(*last).place)
                .expected(["one machine in one role"])
                .found(named)
                .help("correct the address of one of them, or take out the machine that is no more")
                .kind(address),
        );
    }
}

/// Who claims each single address: by that very address, or by a range of another role. A range shared by machines of one
/// role is a pool, and clashes with nobody in it.
fn claimants(inventory: &Inventory) -> BTreeMap<IpAddr, BTreeSet<MachineId>> {
    let mut claimants: BTreeMap<IpAddr, BTreeSet<MachineId>> = BTreeMap::new();
    let mut ranges: Vec<(IpNet, MachineId)> = Vec::new();
    for (id, machine) in inventory.machines() {
        for range in &machine.addresses {
            match range.single() {
                Some(address) => drop(claimants.entry(address).or_default().insert(id)),
                None => ranges.push((range.net, id)),
            }
        }
    }
    for (address, ids) in &mut claimants {
        let roles: BTreeSet<_> = ids.iter().map(|id| inventory.machine(*id).role).collect();
        let around = ranges.iter().filter(|(net, _)| net.contains(address)).map(|(_, id)| *id);
        ids.extend(around.filter(|id| roles.iter().any(|role| *role != inventory.machine(*id).role)));
    }
    claimants
}
