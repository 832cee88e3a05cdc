//! The judgement of what is declared: every domain is looked at once for all rules together, and then every machine. Knows no
//! observation.

use std::collections::BTreeMap;

use super::estate::{Employed, Estate};
use super::finding::Finding;
use super::policy::Policy;
use super::rule::{Check, Declared};
use super::unbound;
use crate::inventory::{Domain, DomainId, MachineId};
use crate::profile::Role;

/// The machines with what they are declared for.
type Employment<'a> = BTreeMap<MachineId, Employed<'a>>;

/// Judges the inventory and the lists.
pub fn judge_estate(estate: &Estate<'_>, policy: &Policy<'_>) -> Vec<Finding> {
    let of_domains = policy.rules().filter_map(|(rule, severity)| match rule.check {
        Check::Estate(Declared::Domain(check)) => Some((rule, severity, check)),
        _ => None,
    });
    let of_domains: Vec<_> = of_domains.collect();
    let mut findings = Vec::new();
    let mut employment = nobody_employed(estate);
    for (id, domain) in estate.inventory.domains.with_ids() {
        employ(&mut employment, id, &domain);
        for (rule, severity, check) in &of_domains {
            check(estate, &domain, &mut unbound(rule, *severity, &mut findings));
        }
    }
    for (rule, severity) in policy.rules() {
        let mut found = unbound(rule, severity, &mut findings);
        match rule.check {
            Check::Estate(Declared::Whole(check)) => check(estate, &mut found),
            Check::Estate(Declared::Machine(check)) => employment.values().for_each(|employed| check(estate, employed, &mut found)),
            _ => {}
        }
    }
    findings
}

fn nobody_employed<'a>(estate: &Estate<'a>) -> Employment<'a> {
    let idle = |machine| Employed { machine, domains: Vec::new(), leaves: false };
    estate.inventory.machines().map(|(id, machine)| (id, idle(machine))).collect()
}

/// Notes which machines a domain names.
fn employ(employment: &mut Employment<'_>, id: DomainId, domain: &Domain) {
    for machine in Role::ALL.into_iter().flat_map(|role| domain.machines(role)) {
        if let Some(employed) = employment.get_mut(machine) {
            employed.domains.push(id);
        }
    }
    for machine in domain.migration.iter().flat_map(|migration| migration.routers.iter().chain(&migration.reverse_proxies)) {
        if let Some(employed) = employment.get_mut(machine) {
            employed.leaves = true;
        }
    }
}
