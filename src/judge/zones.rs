//! What the name servers of a domain's zones say themselves, put together. Reports nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::dns::{DomainName, RecordType};
use crate::observe::{Authority, Origin, Reply, ServerReply};

/// What the name servers of its zone say about one name and type.
#[derive(Debug)]
pub(super) struct ZoneSays<'a> {
    /// The owner.
    pub(super) name: DomainName,
    /// The type.
    pub(super) rtype: RecordType,
    /// What was heard; `None` where that is not known, or nobody would say who the name servers are.
    pub(super) authority: Option<&'a Authority>,
}

/// One name server at one address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct AtServer<'a> {
    /// The serial number of the zone as it stands there.
    pub(super) serial: u32,
    /// Its name.
    pub(super) name: &'a DomainName,
    /// Its address.
    pub(super) at: &'a Origin,
}

impl<'a> ZoneSays<'a> {
    /// The name servers that decided it, by what they say.
    pub(super) fn contents(&self) -> BTreeMap<String, BTreeSet<AtServer<'a>>> {
        let mut contents: BTreeMap<String, BTreeSet<AtServer<'a>>> = BTreeMap::new();
        for (server, reply) in self.authority.into_iter().flat_map(decided) {
            contents.entry(self.content(&reply.reply)).or_default().insert(server);
        }
        contents
    }

    /// What a reply says about the name itself, without TTL. Of an alias the alias alone: what it leads to is another name's.
    pub(super) fn content(&self, reply: &Reply) -> String {
        match reply {
            Reply::Records(records) => {
                let own = records.iter().filter(|record| record.owner == self.name);
                own.map(|record| record.data.to_string()).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
            }
            Reply::NoData => format!("no {} record", self.rtype),
            Reply::NoSuchName => "NXDOMAIN".to_owned(),
            Reply::Failed(failure) => failure.to_string(),
        }
    }

    /// What every name server of the zone says, each of them heard; `None` where one kept silent or they disagree.
    pub(super) fn unanimous(&self) -> Option<String> {
        let all_heard = self.authority?.servers.iter().all(|server| server.decided().next().is_some());
        let mut contents = self.contents().into_keys();
        contents.next().filter(|_| all_heard && contents.next().is_none())
    }
}

/// Every name server that gives the zone with authority, by the serial number that it has.
pub(super) fn decided(authority: &Authority) -> impl Iterator<Item = (AtServer<'_>, &ServerReply)> {
    let pairs = authority.servers.iter().flat_map(|server| server.decided().map(move |decided| (&server.name, decided)));
    pairs.map(|(name, (serial, reply))| (AtServer { serial, name, at: &reply.server }, reply))
}

/// The newest of some serial numbers (RFC 1982 3.2: they wrap around).
pub(super) fn newest(serials: impl IntoIterator<Item = u32>) -> Option<u32> {
    let is_newer = |one: u32, other: u32| one.wrapping_sub(other).cast_signed() > 0;
    serials.into_iter().reduce(|newest, serial| if is_newer(serial, newest) { serial } else { newest })
}

impl std::fmt::Display for AtServer<'_> {
    /// `ns2.example.com (192.0.2.2:53)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.name, self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_wrap_around() {
        assert_eq!(newest([7, 5, 6]), Some(7));
        assert_eq!(newest([u32::MAX, 1]), Some(1));
        assert_eq!(newest([1, u32::MAX]), Some(1));
        assert_eq!(newest([]), None);
    }
}
