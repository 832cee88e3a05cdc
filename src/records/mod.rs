//! The DNS records that should exist, and what has to change to get there: values, and one file for each way to write them.
//! Never asks and never changes a server.

mod bind;
mod csv;
mod dnscontrol;
mod fix;
mod nsupdate;
mod octodns;
mod powershell;
mod text;
mod wanted;
mod zone_cut;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

pub use fix::fix;
pub use wanted::wanted;
pub use zone_cut::ZoneCut;

use crate::dns::{DomainName, RecordData, RecordType, View};

/// How a plan is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Lines of a zone file, with absolute names
    Bind,
    /// A script for nsupdate or knsupdate (RFC 2136)
    Nsupdate,
    /// Commands for the DNS server of Windows
    Powershell,
    /// A YAML document for each zone
    Octodns,
    #[expect(clippy::doc_markdown, reason = "a help text, in which backticks would show")]
    /// A D() for each zone and view
    Dnscontrol,
    /// A row for each record
    Csv,
}

/// Records to add, records that a person may remove, and what cannot be said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// One for each view, owner and type; in the order view, zone, owner, type.
    pub changes: Vec<Change>,
    /// What cannot be written, and what is undecided: whole clauses.
    pub notes: Vec<String>,
    /// Whether something is left alone because nobody would say what is there.
    pub undecided: bool,
}

/// What becomes of one `RRset`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The side on which it is published.
    pub view: View,
    /// The zone that it belongs to.
    pub zone: DomainName,
    /// The name that owns it.
    pub owner: DomainName,
    /// Its type.
    pub rtype: RecordType,
    /// The time to live of what is added, seconds.
    pub ttl_secs: u32,
    /// The whole set as it should be, for formats that state sets. Where one type of a name changes, its other types are
    /// here as well, with nothing to add and nothing to remove.
    pub wanted: Vec<RecordData>,
    /// What is missing of it.
    pub add: Vec<RecordData>,
    /// What is there and should not be; a person has to confirm its removal.
    pub remove: Vec<RecordData>,
}

/// The server that nsupdate sends to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Primary {
    /// Its address.
    pub address: SocketAddr,
    /// Whether the user named it; else it is a server that the view is asked at, and may be a resolver.
    pub is_named: bool,
}

impl Plan {
    /// Writes the plan. `servers` are those that nsupdate sends to, by view.
    pub fn write(&self, format: Format, servers: &BTreeMap<View, Primary>) -> String {
        match format {
            Format::Bind => bind::write(self),
            Format::Nsupdate => nsupdate::write(self, servers),
            Format::Powershell => powershell::write(self),
            Format::Octodns => octodns::write(self),
            Format::Dnscontrol => dnscontrol::write(self),
            Format::Csv => csv::write(self),
        }
    }

    /// Adds another plan, of other views.
    pub fn extend(&mut self, other: Self) {
        self.changes.extend(other.changes);
        self.notes.extend(other.notes);
        self.undecided |= other.undecided;
        self.sort();
    }

    /// Puts everything in order: by view, zone, owner, type.
    fn sort(&mut self) {
        self.changes.sort();
    }

    /// The changes, zone by zone of each view.
    fn zones(&self) -> impl Iterator<Item = &[Change]> {
        self.changes.chunk_by(|a, b| (a.view, &a.zone) == (b.view, &b.zone))
    }
}

impl Change {
    /// The owner relative to its zone, or `apex` where it is the zone itself.
    fn relative_owner<'a>(&'a self, apex: &'a str) -> &'a str {
        let (owner, zone) = (self.owner.as_str(), self.zone.as_str());
        match owner.strip_suffix(zone) {
            Some("") => apex,
            Some(head) => head.strip_suffix('.').unwrap_or(owner),
            None => owner,
        }
    }
}

/// A value as it stands in a zone file, names absolute.
fn presentation(data: &RecordData) -> String {
    match data {
        RecordData::A(address) => address.to_string(),
        RecordData::Aaaa(address) => address.to_string(),
        RecordData::Cname(target) => absolute(target),
        RecordData::Srv { priority, weight, port, target } => format!("{priority} {weight} {port} {}", absolute(target)),
    }
}

/// The name with its final dot. The root prints as `.` already.
fn absolute(name: &DomainName) -> String {
    format!("{}.", name.as_str())
}

fn record_of(address: IpAddr) -> RecordData {
    match address {
        IpAddr::V4(v4) => RecordData::A(v4),
        IpAddr::V6(v6) => RecordData::Aaaa(v6),
    }
}
