//! What rules see that look at more than one domain: the whole inventory with its lists, or a whole view.

use jiff::civil::Date;

use super::finding::{Draft, finding};
use super::view_status::ViewStatus;
use crate::dns::{DomainName, View};
use crate::email::Roster;
use crate::inventory::{Domain, DomainId, Inventory, Machine};
use crate::place::Place;

/// The most domains that one finding names.
const MAX_NAMED: usize = 20;

/// The inventory and the e-mail lists.
#[derive(Clone, Copy, Debug)]
pub struct Estate<'a> {
    /// What should be.
    pub inventory: &'a Inventory,
    /// Who is there; `None` where no list was read.
    pub roster: Option<&'a Roster>,
    /// The day as of which is judged.
    pub today: Date,
}

impl Estate<'_> {
    /// How many people the lists have in an IM domain; `None` where no list was read.
    pub fn people(&self, domain: &DomainName) -> Option<u64> {
        self.roster.map(|roster| roster.people.get(domain).map_or(0, |people| people.count))
    }

    /// How many people the lists have in all of these domains.
    pub fn people_of(&self, domains: &[DomainId]) -> Option<u64> {
        domains.iter().map(|id| self.people(&self.inventory.domains.get(*id).name)).sum()
    }

    /// The names of domains for a list in a finding, not more than a person reads.
    pub(super) fn names(&self, domains: &[DomainId]) -> Vec<String> {
        let named = domains.iter().take(MAX_NAMED).map(|id| self.inventory.domains.get(*id).name.to_string());
        let more = domains.len().saturating_sub(MAX_NAMED);
        named.chain((more > 0).then(|| format!("and {more} more"))).collect()
    }

    /// Begins a finding about what is declared for a domain.
    pub(super) fn domain_finding(&self, domain: &Domain, message: String) -> Draft {
        finding(message).domain(&domain.name).people(self.people(&domain.name)).place(&domain.place)
    }
}

/// A declared machine with what it is declared for.
#[derive(Clone, Debug)]
pub struct Employed<'a> {
    /// The machine.
    pub machine: &'a Machine,
    /// The domains that name it, in the order in which they are written.
    pub domains: Vec<DomainId>,
    /// Whether a domain is moving away from it.
    pub leaves: bool,
}

/// Begins a finding about what is declared of a machine.
pub(super) fn declared_finding(machine: &Machine, fact: &str) -> Draft {
    finding(format!("{} {} {fact}", machine.role, machine.name))
        .place(&machine.place)
        .kind(format!("{} {}", machine.role, machine.name))
}

/// One view as a whole.
#[derive(Clone, Copy, Debug)]
pub struct ViewCase<'a> {
    /// What should be.
    pub inventory: &'a Inventory,
    /// The view.
    pub view: View,
    /// What is known of it.
    pub status: &'a ViewStatus,
}

impl ViewCase<'_> {
    /// Where the view is declared.
    pub fn place(&self) -> Place {
        let settings = self.inventory.views.get(&self.view);
        settings.and_then(|settings| settings.place.clone()).unwrap_or_else(Place::command_line)
    }
}
