//! The zone that a record belongs to. Asks nobody: zones are named, or taken to be cut at the e-mail domain.

use std::collections::HashSet;

use crate::dns::DomainName;
use crate::inventory::Inventory;

/// The zones that are known.
#[derive(Debug)]
pub struct ZoneCut {
    named: HashSet<DomainName>,
    email: HashSet<DomainName>,
}

impl ZoneCut {
    /// Zones as they are named, and where none of those holds a record, the e-mail domains of the inventory.
    pub fn new(named: &[DomainName], inventory: &Inventory) -> Self {
        let email = inventory.domains.iter().flat_map(|domain| domain.into_owned().email).collect();
        Self { named: named.iter().cloned().collect(), email }
    }

    /// These zones and no other.
    #[cfg(test)]
    pub(super) fn of(named: &[DomainName]) -> Self {
        Self { named: named.iter().cloned().collect(), email: HashSet::new() }
    }

    /// The zone of a record: the nearest zone at or above its owner that is named, else the nearest e-mail domain, else the
    /// parent of the owner.
    pub fn zone_of(&self, owner: &DomainName) -> DomainName {
        let nearest = |zones: &HashSet<DomainName>| {
            std::iter::successors(Some(owner.clone()), DomainName::parent).find(|name| zones.contains(name))
        };
        nearest(&self.named).or_else(|| nearest(&self.email)).or_else(|| owner.parent()).unwrap_or_else(DomainName::root)
    }
}
