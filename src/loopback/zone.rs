//! A table of records that a loopback DNS server answers from, as an authoritative server would. Knows no other zone.

use std::collections::{BTreeMap, BTreeSet};

use super::dns::{Asked, DnsPlay, Script};
use crate::dns::{DomainName, Record, RecordData, RecordType};

/// The most aliases that are followed inside the table.
const MAX_ALIASES: usize = 16;

/// Records by owner. A name that owns records, or lies above one that does, exists; every other is NXDOMAIN.
#[derive(Clone, Debug, Default)]
pub struct Zone {
    records: BTreeMap<DomainName, Vec<Record>>,
    existing: BTreeSet<DomainName>,
    wildcards: BTreeMap<DomainName, Vec<RecordData>>,
}

impl Zone {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a record.
    #[must_use]
    pub fn with(mut self, owner: DomainName, ttl_secs: u32, data: RecordData) -> Self {
        let mut above = Some(owner.clone());
        while let Some(name) = above.filter(|name| !name.is_root()) {
            above = name.parent();
            self.existing.insert(name);
        }
        self.records.entry(owner.clone()).or_default().push(Record { owner, ttl_secs, data });
        self
    }

    /// Adds a record for every name below `parent` that does not exist by itself.
    #[must_use]
    pub fn with_wildcard(mut self, parent: DomainName, data: RecordData) -> Self {
        self.existing.insert(parent.clone());
        self.wildcards.entry(parent).or_default().push(data);
        self
    }

    /// What an authoritative server says: the records with the aliases before them, NODATA or NXDOMAIN.
    pub fn answer(&self, name: &DomainName, rtype: RecordType) -> Script {
        let mut found = Vec::new();
        let mut owner = name.clone();
        for _ in 0..MAX_ALIASES {
            let here = self.records_of(&owner);
            let values: Vec<_> = here.iter().filter(|record| record.data.record_type() == rtype).cloned().collect();
            let alias = here.iter().find_map(|record| match &record.data {
                RecordData::Cname(target) if rtype != RecordType::Cname => Some((record.clone(), target.clone())),
                _ => None,
            });
            match alias {
                Some((record, target)) if values.is_empty() => {
                    found.push(record);
                    owner = target;
                }
                _ => {
                    found.extend(values);
                    break;
                }
            }
        }
        match () {
            () if !found.is_empty() => Script::records(found),
            () if self.existing.contains(name) || !self.records_of(name).is_empty() => Script::no_data(),
            () => Script::no_such_name(),
        }
    }

    /// The table as a handler.
    pub fn handler(self) -> impl Fn(&Asked) -> Vec<DnsPlay> + Send + Sync + 'static {
        move |asked| vec![DnsPlay::Answer(self.answer(&asked.name, asked.rtype))]
    }

    /// The records of a name, a wildcard's included (RFC 4592: the closest name that exists decides).
    fn records_of(&self, name: &DomainName) -> Vec<Record> {
        if self.existing.contains(name) {
            return self.records.get(name).cloned().unwrap_or_default();
        }
        let mut above = name.parent();
        while let Some(parent) = above {
            if self.existing.contains(&parent) {
                let wildcard = self.wildcards.get(&parent).into_iter().flatten();
                return wildcard.map(|data| Record { owner: name.clone(), ttl_secs: 300, data: data.clone() }).collect();
            }
            above = parent.parent();
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn name(text: &str) -> DomainName {
        text.parse().expect("a good name")
    }

    fn zone() -> Zone {
        Zone::new()
            .with(name("im.example.com"), 300, RecordData::A(Ipv4Addr::new(10, 1, 0, 10)))
            .with(name("old.example.com"), 300, RecordData::Cname(name("im.example.com")))
            .with_wildcard(name("wild.example.com"), RecordData::A(Ipv4Addr::new(10, 9, 0, 1)))
    }

    #[test]
    fn a_name_without_that_type_exists_and_a_name_that_nobody_wrote_does_not() {
        let zone = zone();
        assert_eq!(zone.answer(&name("im.example.com"), RecordType::A).records.len(), 1);
        assert_eq!(zone.answer(&name("im.example.com"), RecordType::Aaaa).rcode, 0);
        assert_eq!(zone.answer(&name("example.com"), RecordType::A).rcode, 0);
        assert_eq!(zone.answer(&name("no.example.com"), RecordType::A).rcode, 3);
    }

    #[test]
    fn aliases_come_with_what_they_lead_to() {
        let owners: Vec<_> = zone().answer(&name("old.example.com"), RecordType::A).records.into_iter().map(|r| r.owner).collect();
        assert_eq!(owners, [name("old.example.com"), name("im.example.com")]);
    }

    #[test]
    fn a_wildcard_answers_for_what_does_not_exist_only() {
        let zone = zone();
        assert_eq!(zone.answer(&name("a.b.wild.example.com"), RecordType::A).records.len(), 1);
        assert_eq!(zone.answer(&name("a.wild.example.com"), RecordType::Srv).rcode, 0);
        assert!(zone.answer(&name("wild.example.com"), RecordType::A).records.is_empty());
    }
}
