//! Records that a loopback DNS server answers from, as an authoritative server of the root zone would. Delegates nothing.

use super::dns::{Asked, DnsPlay, Script};
use crate::dns::{self, DomainName, RecordData, RecordType, ZoneAnswer};

/// The TTL of what wildcards make up, seconds.
const WILDCARD_TTL_SECS: u32 = 300;

/// Records by owner. A name that owns records, or lies above one that does, exists; every other is NXDOMAIN.
#[derive(Clone, Debug)]
pub struct Zone(dns::Zone);

impl Default for Zone {
    fn default() -> Self {
        Self(dns::Zone::new(DomainName::root()))
    }
}

impl Zone {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a record.
    #[must_use]
    pub fn with(mut self, owner: DomainName, ttl_secs: u32, data: RecordData) -> Self {
        self.0.add(owner, ttl_secs, data);
        self
    }

    /// Adds a record for every name below `parent` that does not exist by itself.
    #[must_use]
    pub fn with_wildcard(self, parent: &DomainName, data: RecordData) -> Self {
        self.with(dns::Zone::wildcard_below(parent), WILDCARD_TTL_SECS, data)
    }

    /// What an authoritative server says: the records with the aliases before them, NODATA or NXDOMAIN.
    pub fn answer(&self, name: &DomainName, rtype: RecordType) -> Script {
        match self.0.answer(name, rtype) {
            ZoneAnswer::Records(records) => Script::records(records),
            ZoneAnswer::NoData => Script::no_data(),
            ZoneAnswer::NoSuchName => Script::no_such_name(),
            ZoneAnswer::Unknown(_) => Script::referral(),
        }
    }

    /// The table as a handler.
    pub fn handler(self) -> impl Fn(&Asked) -> Vec<DnsPlay> + Send + Sync + 'static {
        move |asked| vec![DnsPlay::Answer(self.answer(&asked.name, asked.rtype))]
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
            .with_wildcard(&name("wild.example.com"), RecordData::A(Ipv4Addr::new(10, 9, 0, 1)))
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
