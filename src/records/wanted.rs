//! What should exist, from the inventory alone: where it does not say an address, none is written.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{Change, Plan, ZoneCut, record_of};
use crate::dns::{DomainName, RecordData, RecordType, View};
use crate::inventory::{AddressRange, Domain, Inventory, Machine};
use crate::judge::Case;

/// Every record that should exist in these views.
pub fn wanted(inventory: &Inventory, views: &[View], cut: &ZoneCut, ttl_secs: u32) -> Plan {
    let mut plan = Plan::default();
    for domain in &inventory.domains {
        for view in views.iter().copied().filter(|view| belongs_in(&domain, *view)) {
            let addresses = Addresses::of(inventory, &domain, view);
            let records = addresses.written.iter().map(|address| record_of(*address));
            plan.add_missing(&domain.name, view, cut, ttl_secs, records);
            plan.notes.extend(addresses.gaps.iter().map(|gap| format!("{}, {view} view: {gap}", domain.name)));
            if addresses.is_declared {
                for owner in service_owners(inventory, &domain, &mut plan.notes) {
                    plan.add_missing(&owner, view, cut, ttl_secs, [service(&domain)]);
                }
            }
        }
    }
    plan.notes = distinct(std::mem::take(&mut plan.notes));
    plan.sort();
    plan
}

/// A domain is found inside, and outside where strangers are to reach it.
fn belongs_in(domain: &Domain, view: View) -> bool {
    view == View::Internal || domain.external
}

/// The addresses that a view should answer for a domain.
pub(super) struct Addresses {
    /// Those that the inventory names one by one.
    pub(super) written: BTreeSet<IpAddr>,
    /// Why others cannot be written.
    pub(super) gaps: Vec<String>,
    /// Whether any machine is declared.
    pub(super) is_declared: bool,
}

impl Addresses {
    pub(super) fn of(inventory: &Inventory, domain: &Domain, view: View) -> Self {
        let role = Case::role_in(view);
        let machines: Vec<&Machine> = domain.machines(role).iter().map(|id| inventory.machine(*id)).collect();
        let mut gaps = Vec::new();
        if machines.is_empty() {
            gaps.push(format!("no {role} is declared, so no record can be written"));
        }
        let mut written = BTreeSet::new();
        for machine in &machines {
            let single: Vec<IpAddr> = machine.addresses.iter().filter_map(AddressRange::single).collect();
            if single.is_empty() {
                gaps.push(no_address(machine));
            }
            written.extend(single);
        }
        Self { written, gaps, is_declared: !machines.is_empty() }
    }
}

fn no_address(machine: &Machine) -> String {
    let by = match (machine.addresses.first(), &machine.host) {
        (Some(range), _) => format!("by a range only ({range})"),
        (None, Some(host)) => format!("by its host name only ({host})"),
        (None, None) => "without an address".to_owned(),
    };
    format!("{} {} is declared {by}: which address to publish cannot be known", machine.role, machine.name)
}

/// The owners of the SRV records that lead to a domain; what two domains claim leads to neither.
pub(super) fn service_owners(inventory: &Inventory, domain: &Domain, notes: &mut Vec<String>) -> Vec<DomainName> {
    let mut owners = Vec::new();
    for email in &domain.email {
        let rival = inventory.domain_of_email(email).filter(|first| first.name != domain.name);
        match (rival, domain.profile.srv_owner(email)) {
            (Some(rival), _) => {
                notes.push(format!(
                    "{email} is claimed by {} and by {}: its SRV record leads to the first",
                    rival.name, domain.name
                ));
            }
            (None, Err(error)) => notes.push(format!("{email}: no SRV record can be written: {error}")),
            (None, Ok(owner)) => owners.push(owner),
        }
    }
    owners
}

/// The SRV record that leads to a domain.
pub(super) fn service(domain: &Domain) -> RecordData {
    RecordData::Srv { priority: 0, weight: 0, port: domain.profile.srv_port, target: domain.name.clone() }
}

/// The same notes, each once.
pub(super) fn distinct(notes: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    notes.into_iter().filter(|note| seen.insert(note.clone())).collect()
}

impl Plan {
    /// Adds records that are missing altogether, a change for each type.
    pub(super) fn add_missing(
        &mut self,
        owner: &DomainName,
        view: View,
        cut: &ZoneCut,
        ttl_secs: u32,
        records: impl IntoIterator<Item = RecordData>,
    ) {
        let records: Vec<RecordData> = records.into_iter().collect();
        self.change(owner, view, cut, ttl_secs, &Sets { wanted: &records, add: &records, remove: &[] });
    }

    /// Adds the changes of one owner, a change for each type; of types that stay as they are, too, where another changes.
    pub(super) fn change(&mut self, owner: &DomainName, view: View, cut: &ZoneCut, ttl_secs: u32, sets: &Sets<'_>) {
        if sets.add.is_empty() && sets.remove.is_empty() {
            return;
        }
        let all = sets.wanted.iter().chain(sets.add).chain(sets.remove);
        let types: BTreeSet<RecordType> = all.map(RecordData::record_type).collect();
        for rtype in types {
            let of = |records: &[RecordData]| records.iter().filter(|data| data.record_type() == rtype).cloned().collect();
            let (zone, owner) = (cut.zone_of(owner), owner.clone());
            let (wanted, add, remove) = (of(sets.wanted), of(sets.add), of(sets.remove));
            self.changes.push(Change { view, zone, owner, rtype, ttl_secs, wanted, add, remove });
        }
    }
}

/// The records of one owner, of all types.
pub(super) struct Sets<'a> {
    pub(super) wanted: &'a [RecordData],
    pub(super) add: &'a [RecordData],
    pub(super) remove: &'a [RecordData],
}
