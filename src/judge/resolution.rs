//! From replies to addresses: aliases followed, servers with the same opinion grouped. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;

use super::facts::Facts;
use crate::dns::{DomainName, RecordData, RecordType, View};
use crate::observe::{DnsAnswer, Origin, Reply, ServerReply};

/// The most aliases that a chain may have before it counts as broken.
pub const MAX_ALIASES: usize = 8;
/// The most names that one resolution looks at. Servers that disagree at every link could else branch without end.
const MAX_NAMES: usize = 32;

/// What the servers of one view say about the addresses of one name.
#[derive(Clone, Debug)]
pub struct Resolution {
    /// Distinct opinions, the one of most servers first; never empty.
    pub opinions: Vec<Opinion>,
    /// How many servers were asked, the silent ones included.
    pub asked: usize,
    /// Whether of the name, or of an alias that one server leads to, only A or only AAAA is known of this view: then opinions
    /// may still split, and one that looks right need not be.
    half: bool,
}

/// What some servers agree on.
#[derive(Clone, Debug)]
pub struct Opinion {
    /// The servers that say so, sorted.
    pub servers: Vec<Origin>,
    /// What they say.
    pub says: Says,
    /// The lowest and the highest TTL of the records, seconds.
    pub ttl_secs: Option<(u32, u32)>,
    /// Whether all of these servers claim authority; if not, the TTL is what a cache has left of it.
    pub authoritative: bool,
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
    /// Nowhere within [`MAX_ALIASES`], or the servers' aliases branch beyond all bounds.
    TooLong,
    /// Not known: the rest of the chain is still to be asked, or nobody would say.
    Unknown,
}

impl Says {
    /// Whether this is an answer that can be judged. Where one family is not known, "no address" is not.
    pub fn is_conclusive(&self) -> bool {
        match self.end {
            End::Unknown => false,
            End::NoData => self.complete,
            End::Addresses | End::NoSuchName | End::Loop | End::TooLong => true,
        }
    }

    /// Whether an alias leads nowhere: to no address, back to itself, or on and on.
    pub fn dangles(&self) -> bool {
        match self.end {
            End::Loop | End::TooLong => true,
            End::NoData | End::NoSuchName => self.is_conclusive() && !self.aliases.is_empty(),
            End::Addresses | End::Unknown => false,
        }
    }

    /// Whether the name itself has no address.
    pub fn is_missing(&self) -> bool {
        matches!(self.end, End::NoData | End::NoSuchName) && self.is_conclusive() && self.aliases.is_empty()
    }

    /// Whether two servers cannot both be right, by what is known of both: an address family that is not known may
    /// still be the same, and on which way an address is reached is no difference to who connects to it.
    pub fn contradicts(&self, other: &Self) -> bool {
        if !self.is_conclusive() || !other.is_conclusive() {
            return false;
        }
        if self.end != End::Addresses || other.end != End::Addresses {
            return self.end != other.end;
        }
        [IpAddr::is_ipv4, IpAddr::is_ipv6].into_iter().any(|family| {
            let of = |says: &Self| says.addresses.iter().copied().filter(family).collect::<BTreeSet<_>>();
            let (mine, theirs) = (of(self), of(other));
            let known = self.complete && other.complete || !mine.is_empty() && !theirs.is_empty();
            known && mine != theirs
        })
    }
}

impl Resolution {
    /// The opinion of most servers; where several are as common, one that `is_right` before one that is not.
    /// `None` where servers whose answer is not wholly known could still turn the scales: then nothing is decided. Of half an
    /// answer only what all servers say is sure to be said by most of them.
    pub fn consensus(&self, is_right: impl Fn(&Opinion) -> bool) -> Option<&Opinion> {
        let (sure, unsure): (Vec<_>, Vec<_>) = self.opinions.iter().partition(|opinion| opinion.says.is_conclusive());
        let most = sure.first()?.servers.len();
        let next = sure.get(1).map_or(0, |opinion| opinion.servers.len());
        let doubtful: usize = unsure.iter().map(|opinion| opinion.servers.len()).sum();
        if (self.half && most < self.asked) || (doubtful > 0 && next + doubtful >= most) {
            return None;
        }
        let common = || sure.iter().filter(|opinion| opinion.servers.len() == most);
        common().find(|opinion| is_right(opinion)).or_else(|| common().next()).copied()
    }

    /// `2 of 3`: how many of the servers asked hold such an opinion.
    pub fn share_of(&self, such: impl Fn(&Opinion) -> bool) -> String {
        let servers: usize = self.opinions.iter().filter(|o| such(o)).map(|o| o.servers.len()).sum();
        format!("{servers} of {}", self.asked)
    }

    /// Every address that any server answers, for what is judged on the word of a single one.
    pub fn answered(&self) -> BTreeSet<IpAddr> {
        self.opinions.iter().flat_map(|opinion| &opinion.says.addresses).copied().collect()
    }

    /// `2 of 3`: how many of the servers asked answer one of these addresses.
    pub fn share_with(&self, addresses: &[IpAddr]) -> String {
        self.share_of(|opinion| addresses.iter().any(|address| opinion.says.addresses.contains(address)))
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
    Walk { facts, view, path: vec![name.clone()], names_left: MAX_NAMES, half: false }.resolve(name)
}

/// One way along aliases.
struct Walk<'f, 'a> {
    facts: &'f Facts<'a>,
    view: View,
    /// The name asked for and the aliases from it to where the walk stands.
    path: Vec<DomainName>,
    names_left: usize,
    /// Whether half of the answer is missing for an alias of the name that is being resolved.
    half: bool,
}

impl Walk<'_, '_> {
    fn resolve(&mut self, name: &DomainName) -> Option<Resolution> {
        let lookup = |rtype| self.facts.dns(self.view, name, rtype);
        // Both are asked for before either is looked at, so that they go out in one round.
        let (v4, v6) = (lookup(RecordType::A), lookup(RecordType::Aaaa));
        let asked = v4.or(v6)?.replies.len();
        let mut opinions: Vec<Opinion> = Vec::new();
        let half_of_caller = std::mem::replace(&mut self.half, v4.is_none() || v6.is_none());
        for (heard, voice) in voices([v4, v6]) {
            let says = self.read(name, &heard);
            add_opinion(&mut opinions, voice.into_opinion(says));
        }
        if v4.is_some() && v6.is_some() && opinions.iter().any(|opinion| opinion.says.is_conclusive()) {
            // A server that knows of no address and left half of it unsaid is silent. (Where the whole view left it unsaid, the
            // other half is still missing from every opinion, and stays in doubt.)
            opinions.retain(|opinion| opinion.says.is_conclusive() || opinion.says.end == End::Unknown);
        }
        opinions.sort_by(|a, b| b.servers.len().cmp(&a.servers.len()).then_with(|| a.says.cmp(&b.says)));
        let half = std::mem::replace(&mut self.half, half_of_caller);
        (!opinions.is_empty()).then_some(Resolution { opinions, asked, half })
    }

    /// What the decided replies (A, AAAA or both) of servers that say the same come to.
    fn read(&mut self, name: &DomainName, heard: &Heard<'_>) -> Says {
        let complete = heard.replies == 2;
        let mut says = Says { aliases: Vec::new(), end: End::NoData, addresses: BTreeSet::new(), complete };
        if heard.records.is_empty() {
            if heard.no_such_name {
                // The name does not exist, and so has no address of the other family either (RFC 8020).
                says.end = End::NoSuchName;
                says.complete = true;
            }
            return says;
        }
        let depth = self.path.len();
        let mut owner = name.clone();
        says.end = loop {
            says.addresses = heard.data_of(&owner).filter_map(RecordData::address).collect();
            if !says.addresses.is_empty() {
                break End::Addresses;
            }
            match heard.alias_of(&owner) {
                Some(target) if self.path.contains(target) => break End::Loop,
                Some(_) if self.path.len() > MAX_ALIASES => break End::TooLong,
                Some(target) => {
                    owner = target.clone();
                    self.path.push(owner.clone());
                    says.aliases.push(owner.clone());
                }
                None if says.aliases.is_empty() => break End::NoData,
                // The chain leaves what this server knows: the view's servers are asked for the rest.
                None => break self.follow(&owner, &mut says),
            }
        };
        self.path.truncate(depth);
        says
    }

    fn follow(&mut self, target: &DomainName, says: &mut Says) -> End {
        let Some(names_left) = self.names_left.checked_sub(1) else { return End::TooLong };
        self.names_left = names_left;
        let Some(resolution) = self.resolve(target) else { return End::Unknown };
        self.half |= resolution.half;
        let Some(rest) = resolution.consensus(|opinion| opinion.says.end == End::Addresses) else { return End::Unknown };
        says.aliases.extend(rest.says.aliases.iter().cloned());
        says.addresses.clone_from(&rest.says.addresses);
        says.complete &= rest.says.complete;
        rest.says.end
    }
}

/// What a server said to both questions, but for what differs between servers that agree: order and TTLs.
#[derive(Default, PartialEq, Eq, PartialOrd, Ord)]
struct Heard<'r> {
    records: BTreeSet<(&'r DomainName, &'r RecordData)>,
    /// Whether it says to the A question that the name does not exist.
    no_such_name: bool,
    /// How many of the two questions it decided.
    replies: usize,
}

impl<'r> Heard<'r> {
    fn data_of<'s>(&'s self, owner: &'s DomainName) -> impl Iterator<Item = &'r RecordData> + 's {
        self.records.iter().filter(move |(name, _)| *name == owner).map(|(_, data)| *data)
    }

    fn alias_of(&self, owner: &DomainName) -> Option<&'r DomainName> {
        self.data_of(owner).find_map(|data| if let RecordData::Cname(target) = data { Some(target) } else { None })
    }
}

/// Who said something, and what came with it.
struct Voice {
    servers: Vec<Origin>,
    ttl_secs: Ttl,
    authoritative: bool,
}

impl Voice {
    fn into_opinion(self, says: Says) -> Opinion {
        Opinion { servers: self.servers, says, ttl_secs: self.ttl_secs, authoritative: self.authoritative }
    }
}

/// The servers that decided something of A and AAAA, grouped by what they said: each thing said is read once.
fn voices(answers: [Option<&DnsAnswer>; 2]) -> BTreeMap<Heard<'_>, Voice> {
    let mut servers: BTreeMap<Origin, Vec<(RecordType, &ServerReply)>> = BTreeMap::new();
    for (rtype, answer) in [RecordType::A, RecordType::Aaaa].into_iter().zip(answers) {
        for reply in answer.into_iter().flat_map(|answer| &answer.replies) {
            if !matches!(reply.reply, Reply::Failed(_)) {
                servers.entry(reply.server.clone()).or_default().push((rtype, reply));
            }
        }
    }
    let mut voices: BTreeMap<Heard<'_>, Voice> = BTreeMap::new();
    for (server, replies) in servers {
        let (mut heard, mut ttl_secs) = (Heard { replies: replies.len(), ..Heard::default() }, None);
        for (rtype, reply) in &replies {
            // NXDOMAIN to AAAA proves nothing: there are servers that say so of names that have A records (RFC 4074 4.2).
            heard.no_such_name |= reply.reply == Reply::NoSuchName && *rtype == RecordType::A;
            let Reply::Records(records) = &reply.reply else { continue };
            heard.records.extend(records.iter().map(|record| (&record.owner, &record.data)));
            ttl_secs = records.iter().fold(ttl_secs, |ttl, record| join(ttl, Some((record.ttl_secs, record.ttl_secs))));
        }
        let voice = voices.entry(heard).or_insert(Voice { servers: Vec::new(), ttl_secs: None, authoritative: true });
        voice.servers.push(server);
        voice.ttl_secs = join(voice.ttl_secs, ttl_secs);
        voice.authoritative &= replies.iter().all(|(_, reply)| reply.authoritative);
    }
    voices
}

/// Adds an opinion to those of other servers. One server may have decided A only and another both: as long as they name the
/// same addresses they are of one mind.
fn add_opinion(opinions: &mut Vec<Opinion>, new: Opinion) {
    let same = |other: &&mut Opinion| {
        let (a, b) = (&other.says, &new.says);
        (a.is_conclusive() == b.is_conclusive()) && (a.end, &a.addresses, &a.aliases) == (b.end, &b.addresses, &b.aliases)
    };
    match opinions.iter_mut().find(same) {
        Some(opinion) => {
            opinion.servers.extend(new.servers);
            opinion.servers.sort_unstable();
            opinion.says.complete |= new.says.complete;
            opinion.ttl_secs = join(opinion.ttl_secs, new.ttl_secs);
            opinion.authoritative &= new.authoritative;
        }
        None => opinions.push(new),
    }
}

type Ttl = Option<(u32, u32)>;

fn join(a: Ttl, b: Ttl) -> Ttl {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::dns::Record;
    use crate::judge::ViewStatus;
    use crate::observe::{Answer, Observations, Question};

    fn says(end: End, addresses: &[&str], complete: bool) -> Says {
        let addresses = addresses.iter().map(|text| text.parse().expect("an address")).collect();
        Says { aliases: Vec::new(), end, addresses, complete }
    }

    fn reply(server: u8, reply: Reply) -> ServerReply {
        let server = SocketAddr::from(([10, 0, 0, server], 53)).into();
        ServerReply { server, reply, sent: 1, timeouts: 0, truncated: false, authoritative: true, remarks: None }
    }

    #[test]
    fn what_is_not_known_contradicts_nothing() {
        let whole = says(End::Addresses, &["10.1.0.10", "fd00::10"], true);
        assert!(!whole.contradicts(&says(End::Addresses, &["10.1.0.10"], false)));
        assert!(!whole.contradicts(&says(End::NoData, &[], false)));
        assert!(!whole.contradicts(&says(End::Unknown, &[], false)));
        assert!(whole.contradicts(&says(End::Addresses, &["10.1.0.11"], false)));
        assert!(whole.contradicts(&says(End::Addresses, &["10.1.0.10"], true)));
        assert!(whole.contradicts(&says(End::NoSuchName, &[], true)));
    }

    #[test]
    fn servers_that_lead_ever_further_apart_are_not_followed_for_ever() {
        let views = BTreeMap::from([(View::Internal, ViewStatus::Fine)]);
        let name: DomainName = "im.example.com".parse().expect("a name");
        let mut observed = Observations::default();
        let mut asked = 0;
        loop {
            let facts = Facts::new(&observed, &views);
            let resolution = resolve(&facts, View::Internal, &name);
            let open = facts.notes().open;
            if open.is_empty() {
                let ends: Vec<_> = resolution.expect("servers answer").opinions.iter().map(|o| o.says.end).collect();
                assert!(ends.iter().all(|end| matches!(end, End::TooLong | End::Unknown)), "{ends:?}");
                break;
            }
            for question in open {
                let Question::Dns { name: owner, .. } = &question else { continue };
                let alias = |server: u8| {
                    let target = owner.prefixed(&format!("s{server}.")).expect("a short name");
                    let data = RecordData::Cname(target);
                    reply(server, Reply::Records([Record { owner: owner.clone(), ttl_secs: 300, data }].into()))
                };
                let answer = DnsAnswer { replies: (1..=5).map(alias).collect() };
                observed.insert(question, Answer::Dns(answer));
                asked += 1;
            }
        }
        // Each turn goes one link deeper and may look at other names than the turn before.
        assert!(asked <= 2 * MAX_NAMES * (MAX_ALIASES + 1), "{asked} questions");
    }
}
