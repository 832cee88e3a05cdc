//! Machines of the domain that the answer leaves out while it names others.

use std::net::IpAddr;

use crate::inventory::{AddressRange, Machine, Severity};
use crate::judge::{Case, Check, Findings, Rule, finding};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "address-missing-from-answer",
    aliases: &[],
    severity: Severity::Warning,
    summary: "some of the machines declared for a view are in its answer, and some are not",
    explanation: include_str!("address_missing_from_answer.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for view in case.home_views() {
        let Some((resolution, consensus)) = case.answer(view) else { continue };
        if !consensus.says.complete {
            continue; // what is not here may stand in the half of the answer that is not known
        }
        let old = case.moving_from(Case::role_in(view));
        let is_old = |address: &IpAddr| case.inventory().machines_at(*address).iter().any(|id| old.contains(id));
        if consensus.says.addresses.iter().any(is_old) {
            continue; // the domain is moving: the answer may be the old one, or some of both
        }
        // A machine is there when one of its addresses is: nobody has to publish all of them.
        let answered = |machine: &&Machine| {
            machine.addresses.iter().any(|range| consensus.says.addresses.iter().any(|address| range.net.contains(address)))
        };
        let machines = case.domain.machines(Case::role_in(view)).iter().map(|id| case.inventory().machine(*id));
        let (present, absent): (Vec<_>, Vec<_>) = machines.partition(answered);
        if present.is_empty() {
            continue; // then the record is missing, or points elsewhere as a whole
        }
        for machine in absent {
            // A range says where machines may stand, not that one stands at each of its addresses.
            let addresses: Vec<_> = machine.addresses.iter().filter_map(AddressRange::single).collect();
            if addresses.is_empty() {
                continue;
            }
            found.report(
                finding(format!("{} does not answer {} {} in the {view} view", case.domain.name, machine.role, machine.name))
                    .view(view)
                    .expected(addresses)
                    .found(&consensus.says.addresses)
                    .servers(resolution.share(consensus))
                    .help("add its address to the zone, or take the machine out of the domain's entry in the inventory")
                    .kind(&machine.name)
                    .cause(format!("{} {} is missing from answers of the {view} view", machine.role, machine.name)),
            );
        }
    }
}
