//! From replies to addresses: aliases followed, servers with the same opinion grouped. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::{IpAddr, SocketAddr};

use super::facts::Facts;
use crate::dns::{DomainName, Record, RecordData, RecordType, View};
use crate::observe::{DnsAnswer, Reply};

/// The most aliases that a chain may have before it counts as broken.
pub const MAX_ALIASES: usize = 8;

/// What the servers of one view say about the addresses of one name.
#[derive(Clone, Debug)]
pub struct Resolution {
    /// Distinct opinions, the one of most servers first; never empty.
    pub opinions: Vec<Opinion>,
    /// How many servers were asked, the silent ones included.
    pub asked: usize,
}

/// What some servers agree on.
#[derive(Clone, Debug)]
pub struct Opinion {
    /// The servers that say so, sorted.
    pub servers: Vec<SocketAddr>,
    /// What they say.
    pub says: Says,
    /// The lowest and the highest TTL of the records, seconds.
    pub ttl_secs: Option<(u32, u32)>,
}

/// The content of an opinion.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Says {
    /// The aliases on the way, from the name's own target to the last.
    pub aliases: Vec<DomainName>,
    /// How the way ends.
    pub end: End,
    /// Addresses at its end.
    pub addresses: BTreeSet<IpAddr>,
    /// Whether both families are known: without, an address that is not here may still exist.
    pub complete: bool,
}

/// How a chain of aliases ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// At addresses.
    Addresses,
    /// At a name without addresses.
    NoData,
    /// At a name that does not exist.
    NoSuchName,
    /// Nowhere: it comes back to itself.
    Loop,
    /// Nowhere within [`MAX_ALIASES`].
    TooLong,
    /// Not known: the rest of the chain is still to be asked, or nobody would say.
    Unknown,
}

impl Resolution {
    /// The opinion of most servers; where several are as common, one that `is_right` before one that is not.
    pub fn consensus(&self, is_right: impl Fn(&Opinion) -> bool) -> &Opinion {
        let most = self.opinions[0].servers.len();
        let mut common = self.opinions.iter().filter(|o| o.servers.len() == most);
        common.find(|o| is_right(o)).unwrap_or(&self.opinions[0])
    }

    /// `2 of 3`: how many of the servers asked hold such an opinion.
    pub fn share_of(&self, such: impl Fn(&Opinion) -> bool) -> String {
        let servers: usize = self.opinions.iter().filter(|o| such(o)).map(|o| o.servers.len()).sum();
        format!("{servers} of {}", self.asked)
    }

    /// `2 of 3`: how many of the servers asked hold this opinion.
    pub fn share(&self, opinion: &Opinion) -> String {
        self.share_of(|other| other.says == opinion.says)
    }
}

impl fmt::Display for Says {
    /// `10.1.0.10, 10.1.0.11`, or what stands there instead of addresses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.aliases.last();
        match (self.end, last) {
            (End::Addresses, _) => {
                let addresses: Vec<_> = self.addresses.iter().map(ToString::to_string).collect();
                f.write_str(&addresses.join(", "))
            }
            (End::NoData, None) => f.write_str("no address"),
            (End::NoSuchName, None) => f.write_str("NXDOMAIN"),
            (End::NoData, Some(target)) => write!(f, "an alias to {target}, which has no address"),
            (End::NoSuchName, Some(target)) => write!(f, "an alias to {target}, which does not exist"),
            (End::Loop, _) => f.write_str("an alias that leads back to itself"),
            (End::TooLong, _) => write!(f, "a chain of more than {MAX_ALIASES} aliases"),
            (End::Unknown, _) => f.write_str("an alias whose end is not known"),
        }
    }
}

/// Resolves `name` in `view`, or `None` while nothing is known or where nobody would say.
pub fn resolve(facts: &Facts<'_>, view: View, name: &DomainName) -> Option<Resolution> {
    resolve_within(facts, view, name, &mut vec![name.clone()])
}

fn resolve_within(facts: &Facts<'_>, view: View, name: &DomainName, seen: &mut Vec<DomainName>) -> Option<Resolution> {
    // Both are asked for before either is looked at, so that they go out in one round.
    let (v4, v6) = (facts.dns(view, name, RecordType::A), facts.dns(view, name, RecordType::Aaaa));
    let asked = v4.or(v6)?.replies.len();
    let mut servers: BTreeMap<SocketAddr, Vec<&Reply>> = BTreeMap::new();
    for reply in [v4, v6].into_iter().flatten().flat_map(|answer: &DnsAnswer| &answer.replies) {
        if !matches!(reply.reply, Reply::Failed(_)) {
            servers.entry(reply.server).or_default().push(&reply.reply);
        }
    }
    let mut opinions: Vec<Opinion> = Vec::new();
    for (server, replies) in servers {
        let (says, ttl_secs) = opinion_of(facts, view, name, &replies, seen);
        match opinions.iter_mut().find(|opinion| opinion.says == says) {
            Some(opinion) => {
                opinion.servers.push(server);
                opinion.ttl_secs = join(opinion.ttl_secs, ttl_secs);
            }
            None => opinions.push(Opinion { servers: vec![server], says, ttl_secs }),
        }
    }
    opinions.sort_by(|a, b| b.servers.len().cmp(&a.servers.len()).then_with(|| a.says.cmp(&b.says)));
    (!opinions.is_empty()).then_some(Resolution { opinions, asked })
}

type Ttl = Option<(u32, u32)>;

fn join(a: Ttl, b: Ttl) -> Ttl {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (one, other) => one.or(other),
    }
}

/// What one server's decided replies (A, AAAA or both) come to.
fn opinion_of(facts: &Facts<'_>, view: View, name: &DomainName, replies: &[&Reply], seen: &mut Vec<DomainName>) -> (Says, Ttl) {
    let records: Vec<&Record> =
        replies.iter().filter_map(|r| if let Reply::Records(r) = r { Some(r) } else { None }).flatten().collect();
    let ttl = records.iter().fold(None, |ttl, record| join(ttl, Some((record.ttl_secs, record.ttl_secs))));
    let mut says = Says { aliases: Vec::new(), end: End::NoData, addresses: BTreeSet::new(), complete: replies.len() == 2 };
    if records.is_empty() {
        if replies.iter().any(|reply| matches!(reply, Reply::NoSuchName)) {
            // NXDOMAIN to either type speaks for both: the name does not exist (RFC 8020).
            says.end = End::NoSuchName;
            says.complete = true;
        }
        return (says, ttl);
    }
    let depth = seen.len();
    let mut owner = name.clone();
    says.end = loop {
        says.addresses = records.iter().filter(|r| r.owner == owner).filter_map(|r| r.data.address()).collect();
        if !says.addresses.is_empty() {
            break End::Addresses;
        }
        match alias_of(&records, &owner) {
            Some(target) if seen.contains(target) => break End::Loop,
            Some(_) if seen.len() > MAX_ALIASES => break End::TooLong,
            Some(target) => {
                owner = target.clone();
                seen.push(owner.clone());
                says.aliases.push(owner.clone());
            }
            None if says.aliases.is_empty() => break End::NoData,
            // The chain leaves what this server knows: the view's servers are asked for the rest.
            None => break follow(facts, view, &owner, seen, &mut says),
        }
    };
    seen.truncate(depth);
    (says, ttl)
}

fn alias_of<'r>(records: &[&'r Record], owner: &DomainName) -> Option<&'r DomainName> {
    records.iter().filter(|record| record.owner == *owner).find_map(|record| match &record.data {
        RecordData::Cname(target) => Some(target),
        _ => None,
    })
}

fn follow(facts: &Facts<'_>, view: View, target: &DomainName, seen: &mut Vec<DomainName>, says: &mut Says) -> End {
    let Some(resolution) = resolve_within(facts, view, target, seen) else { return End::Unknown };
    let rest = resolution.consensus(|opinion| opinion.says.end == End::Addresses);
    says.aliases.extend(rest.says.aliases.iter().cloned());
    says.addresses.clone_from(&rest.says.addresses);
    says.complete &= rest.says.complete;
    rest.says.end
}
