//! Zones, looked up as an authoritative server answers (RFC 1034 4.3.2, RFC 4592). Follows no alias out of its zones, and what
//! another server would have to say is unknown, never absent.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use super::zone_file::{ZoneData, ZoneFile, ZoneMistake};
use super::{DomainName, Record, RecordData, RecordType};
use crate::place::Place;

/// The most aliases that one look-up follows; whoever asks may ask for the rest.
const MAX_ALIASES: usize = 16;

/// What the zones say to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ZoneAnswer {
    /// These records: aliases first, in their order, then values, sorted. Never empty.
    Records(Vec<Record>),
    /// The name exists and has nothing of that type.
    NoData,
    /// The name does not exist.
    NoSuchName,
    /// The zones do not say: why.
    Unknown(String),
}

/// The zones that a server has, or a view.
#[derive(Clone, Debug, Default)]
pub struct Zones {
    zones: HashMap<DomainName, Zone>,
}

/// One zone.
#[derive(Clone, Debug)]
pub struct Zone {
    apex: DomainName,
    /// Where its SOA is written, if in a file.
    place: Option<Place>,
    nodes: BTreeMap<Canonical, Node>,
    /// Whether names that are not in it may exist all the same.
    open: bool,
}

/// What a name owns. It may be a million records of one name, so that adding one looks at none of the others.
#[derive(Clone, Debug, Default)]
struct Node {
    records: Vec<Held>,
    /// The position of the first record of each type, in the order of [`RecordType`].
    first: [Option<usize>; 4],
    delegates: bool,
    renames: bool,
    /// Whether it owns what stands beside no alias and is not among the types kept: others, or a second alias.
    others: bool,
}

#[derive(Clone, Debug)]
struct Held {
    ttl_secs: u32,
    data: RecordData,
    place: Option<Place>,
}

/// A name in the order of zones (RFC 4034 6.1): whatever is below a name comes right after it, so that an empty non-terminal
/// needs no entry of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Canonical(DomainName);

impl Ord for Canonical {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.labels().rev().cmp(other.0.labels().rev())
    }
}

impl PartialOrd for Canonical {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Where a look-up ends inside a zone.
enum Found<'z> {
    /// At what the name owns, or at the wildcard that stands in for it; at nothing for an empty non-terminal.
    Node(Option<&'z Node>),
    NoSuchName,
    Unknown(String),
}

impl Zone {
    /// An empty zone.
    pub fn new(apex: DomainName) -> Self {
        Self { apex, place: None, nodes: BTreeMap::new(), open: false }
    }

    /// The zone of a file. What is outside of it is passed over, as BIND does; names that are an alias and something else
    /// (RFC 2181 10.1) are mistakes.
    pub fn of_file(file: ZoneFile) -> Result<Self, Vec<ZoneMistake>> {
        let mut zone = Self::new(file.apex);
        let mut mistakes = Vec::new();
        for record in file.records.into_iter().filter(|record| record.owner.is_within(&zone.apex)) {
            if matches!(record.data, ZoneData::Soa { .. }) {
                zone.place.get_or_insert_with(|| record.place.clone());
            }
            zone.open |= record.data == ZoneData::Wins;
            let node = zone.nodes.entry(Canonical(record.owner.clone())).or_default();
            let was_sound = node.is_sound();
            node.add(record.data, record.ttl_secs, Some(record.place.clone()));
            if was_sound && !node.is_sound() {
                let message = format!("{} is an alias (CNAME) and owns something else: delete the one or the other", record.owner);
                mistakes.push(ZoneMistake { place: record.place, message });
            }
        }
        if mistakes.is_empty() { Ok(zone) } else { Err(mistakes) }
    }

    /// The name of the zone.
    pub fn apex(&self) -> &DomainName {
        &self.apex
    }

    /// What the zone by itself says to a question.
    pub fn answer(&self, name: &DomainName, rtype: RecordType) -> ZoneAnswer {
        follow(|owner| owner.is_within(&self.apex).then_some(self), name, rtype)
    }

    /// Where its SOA record is written, if in a file.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// Adds a record.
    pub fn add(&mut self, owner: DomainName, ttl_secs: u32, data: RecordData) {
        self.nodes.entry(Canonical(owner)).or_default().add(data.into(), ttl_secs, None);
    }

    /// The name that stands for all names below `parent` that do not exist (RFC 4592 2.1.1).
    pub fn wildcard_below(parent: &DomainName) -> DomainName {
        let above: Vec<Vec<u8>> = parent.wire_labels().collect();
        DomainName::from_wire(std::iter::once(b"*".as_slice()).chain(above.iter().map(Vec::as_slice)))
    }

    /// Whether the name owns something, or is above one that does.
    fn exists(&self, name: &DomainName) -> bool {
        let from = Canonical(name.clone());
        let first = self.nodes.range((Bound::Included(&from), Bound::Unbounded)).next();
        *name == self.apex || first.is_some_and(|(Canonical(first), _)| first.is_within(name))
    }

    fn node(&self, name: &DomainName) -> Option<&Node> {
        self.nodes.get(&Canonical(name.clone()))
    }

    /// Goes from the apex down to `name`, which is in the zone.
    fn find(&self, name: &DomainName) -> Found<'_> {
        let mut way = vec![name.clone()];
        while let Some(parent) = way.last().filter(|last| **last != self.apex).and_then(DomainName::parent) {
            way.push(parent);
        }
        let mut encloser = self.apex.clone();
        for step in way.into_iter().rev() {
            if !self.exists(&step) {
                return self.synthesise(&encloser);
            }
            let node = self.node(&step);
            if step != self.apex && node.is_some_and(|node| node.delegates) {
                return Found::Unknown(format!("{step} is delegated to other name servers, and no zone file has it"));
            }
            if step != *name && node.is_some_and(|node| node.renames) {
                return Found::Unknown(format!("{step} is renamed by a DNAME record, which is not followed"));
            }
            encloser = step;
        }
        Found::Node(self.node(name))
    }

    /// What a wildcard right below the closest name that exists says for a name that does not (RFC 4592 3.3.1).
    fn synthesise(&self, encloser: &DomainName) -> Found<'_> {
        let wildcard = Self::wildcard_below(encloser);
        match self.node(&wildcard) {
            Some(node) if node.delegates || node.renames => Found::Unknown(format!("{wildcard} is a delegation or a DNAME")),
            Some(node) => Found::Node(Some(node)),
            None if self.exists(&wildcard) => Found::Node(None),
            None if self.open => Found::Unknown(format!("the zone {} asks WINS for names that it does not have", self.apex)),
            None => Found::NoSuchName,
        }
    }
}

impl Node {
    fn add(&mut self, data: ZoneData, ttl_secs: u32, place: Option<Place>) {
        match data {
            ZoneData::Record(data) => self.add_record(data, ttl_secs, place),
            ZoneData::Ns => (self.delegates, self.others) = (true, true),
            ZoneData::Dname => (self.renames, self.others) = (true, true),
            ZoneData::Soa { .. } | ZoneData::Wins | ZoneData::Other => self.others = true,
            ZoneData::BesideAlias => {}
        }
    }

    fn add_record(&mut self, data: RecordData, ttl_secs: u32, place: Option<Place>) {
        self.others |= self.alias().is_some_and(|alias| alias.data.record_type() == data.record_type() && alias.data != data);
        let next = self.records.len();
        let first = self.first[data.record_type() as usize].get_or_insert(next);
        // Records of one name and type share a TTL (RFC 2181 5.2): the first one's, as BIND has it.
        let ttl_secs = self.records.get(*first).map_or(ttl_secs, |held| held.ttl_secs);
        self.records.push(Held { ttl_secs, data, place });
    }

    /// Whether an alias stands alone.
    fn is_sound(&self) -> bool {
        let types = self.first.iter().flatten().count() + usize::from(self.others);
        self.alias().is_none() || types == 1
    }

    fn alias(&self) -> Option<&Held> {
        self.first[RecordType::Cname as usize].and_then(|position| self.records.get(position))
    }

    /// The values of a type under the name that was asked for, sorted.
    fn values(&self, owner: &DomainName, rtype: RecordType) -> Vec<Record> {
        let of_type = self.records.iter().filter(|held| held.data.record_type() == rtype);
        let mut values: Vec<Record> = of_type.map(|held| held.record(owner)).collect();
        values.sort();
        values.dedup();
        values
    }
}

impl Held {
    fn record(&self, owner: &DomainName) -> Record {
        Record { owner: owner.clone(), ttl_secs: self.ttl_secs, data: self.data.clone() }
    }
}

impl Zones {
    /// Adds a zone; gives it back if there is one of that name already.
    pub fn add(&mut self, zone: Zone) -> Result<(), Zone> {
        match self.zones.entry(zone.apex.clone()) {
            std::collections::hash_map::Entry::Occupied(_) => Err(zone),
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(zone);
                Ok(())
            }
        }
    }

    /// The zone that a name belongs to: the closest above it.
    pub fn zone_of(&self, name: &DomainName) -> Option<&Zone> {
        let mut above = Some(name.clone());
        while let Some(name) = above {
            if let Some(zone) = self.zones.get(&name) {
                return Some(zone);
            }
            above = name.parent();
        }
        None
    }

    /// What the zones say to a question.
    pub fn answer(&self, name: &DomainName, rtype: RecordType) -> ZoneAnswer {
        follow(|owner| self.zone_of(owner), name, rtype)
    }

    /// Where what the zones say about a name is written: the record that `is_meant`, aliases followed; else the first record of
    /// the name, or of the wildcard that stands for it; else the head of the zone, where a record would have to be added.
    pub fn place_of(&self, name: &DomainName, is_meant: impl Fn(&RecordData) -> bool) -> Option<&Place> {
        let mut first = None;
        let mut owner = name.clone();
        for _ in 0..MAX_ALIASES {
            let Some(zone) = self.zone_of(&owner) else { break };
            let Found::Node(Some(node)) = zone.find(&owner) else {
                first = first.or(zone.place.as_ref());
                break;
            };
            if let Some(meant) = node.records.iter().find(|held| is_meant(&held.data)) {
                return meant.place.as_ref();
            }
            first = first.or_else(|| node.records.first().and_then(|held| held.place.as_ref())).or(zone.place.as_ref());
            let Some(RecordData::Cname(target)) = node.alias().map(|held| &held.data) else { break };
            owner = target.clone();
        }
        first
    }
}

/// Answers from the zone that `zone_of` finds for a name, and follows aliases from zone to zone.
fn follow<'z>(zone_of: impl Fn(&DomainName) -> Option<&'z Zone>, name: &DomainName, rtype: RecordType) -> ZoneAnswer {
    let (mut aliases, mut owner) = (Vec::new(), name.clone());
    let end = loop {
        let Some(zone) = zone_of(&owner) else {
            break ZoneAnswer::Unknown(format!("no zone file has {owner}"));
        };
        let node = match zone.find(&owner) {
            Found::Node(node) => node,
            Found::NoSuchName => break ZoneAnswer::NoSuchName,
            Found::Unknown(why) => break ZoneAnswer::Unknown(why),
        };
        match node.and_then(Node::alias) {
            Some(held) if rtype != RecordType::Cname && aliases.len() < MAX_ALIASES => {
                let record = held.record(&owner);
                let RecordData::Cname(target) = &held.data else { break ZoneAnswer::NoData };
                if aliases.contains(&record) {
                    break ZoneAnswer::NoData;
                }
                owner = target.clone();
                aliases.push(record);
            }
            _ => {
                let values = node.map_or_else(Vec::new, |node| node.values(&owner, rtype));
                break if values.is_empty() { ZoneAnswer::NoData } else { ZoneAnswer::Records(values) };
            }
        }
    };
    match end {
        ZoneAnswer::Records(values) => {
            aliases.extend(values);
            ZoneAnswer::Records(aliases)
        }
        // Where the aliases lead is a question of its own, that whoever asks puts next.
        _ if !aliases.is_empty() => ZoneAnswer::Records(aliases),
        nothing => nothing,
    }
}

#[cfg(test)]
mod tests;
