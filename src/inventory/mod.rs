//! What should be: imctl.toml, checked, with the place of everything in it. Never asks the network.

mod mapping;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ahash::HashMap;
use ipnet::IpNet;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dns::{DomainName, EncryptedServer, TsigAlgorithm, View};
use crate::place::Place;
use crate::profile::{PROFILES, Profile, Role};

mod csv_fields;
mod description;
mod domain_list;
mod domain_table;
mod domains;
mod encrypted;
mod fingerprints;
pub mod flags;
mod listed;
mod machines;
mod mistakes;
mod policy;
mod reader;
mod schema;
mod section;
mod source;
mod values;
mod views;

#[cfg(test)]
mod tests;

pub use domain_table::{DomainId, Domains};
pub use listed::Listed;
pub use mistakes::Mistakes;
pub use reader::{Context, parse};
pub use schema::json_schema;

/// The inventory: domains, machines, views and policy.
#[derive(Clone, Debug)]
pub struct Inventory {
    /// `[derive] prefix`: what stands before an e-mail domain that no `[[domain]]` claims.
    pub prefix: String,
    /// How each view is asked; a view that is not here is not judged.
    pub views: BTreeMap<View, ViewSettings>,
    /// The side from which probes are sent.
    pub vantage: View,
    /// IM domains, in the order in which they are written.
    pub domains: Domains,
    /// E-mail lists, relative to the working folder.
    pub emails: Vec<PathBuf>,
    /// `[rules]`: levels that differ from the default, by rule id as written.
    pub levels: Vec<LevelSetting>,
    /// `[[suppress]]`.
    pub suppressions: Vec<Suppression>,
    /// `[connect]`: where probes connect to instead, as through a tunnel.
    pub connect: BTreeMap<SocketAddr, SocketAddr>,
    /// `[probe] slow_answer_secs`: an answer that takes longer is slow.
    pub slow_answer: Duration,
    /// `[probe] ca`: authorities for the certificates of machines besides the system's, a PEM file.
    pub probe_ca: Option<PathBuf>,
    machines: Vec<Machine>,
    by_address: HashMap<IpAddr, Vec<MachineId>>,
    ranges: Vec<(IpNet, MachineId)>,
    by_host: HashMap<DomainName, Vec<MachineId>>,
}

/// The position of a machine in the inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MachineId(usize);

/// How one view is asked.
#[derive(Clone, Debug, Default)]
pub struct ViewSettings {
    /// Servers, in the order in which they are written.
    pub servers: Vec<Server>,
    /// Those of them that are made for many questions and are asked as fast as they answer.
    pub bulk: BTreeSet<SocketAddr>,
    /// Zone files, as patterns, relative to the working folder.
    pub zones: Vec<String>,
    /// What proves that the servers belong to this view.
    pub canary: Option<Canary>,
    /// The address of this machine from which its servers are asked.
    pub source: Option<IpAddr>,
    /// The key that signs its questions.
    pub tsig: Option<TsigSettings>,
    /// Whether its answers are validated by DNSSEC.
    pub dnssec: bool,
    /// The keys that validation trusts, a file of DNSKEY records; without it those of the root.
    pub trust_anchor: Option<PathBuf>,
    /// Certificate authorities for its encrypted servers besides the system's, a PEM file.
    pub ca: Option<PathBuf>,
    /// Where the view is declared.
    pub place: Option<Place>,
}

/// A DNS server to ask.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Server {
    /// Plain DNS over UDP, and TCP where an answer is truncated.
    Plain(SocketAddr),
    /// Whatever the machine that runs imctl is set up to ask.
    System,
    /// DNS over TLS or HTTPS.
    Encrypted(EncryptedServer),
}

/// Where the key of a view stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TsigSettings {
    /// Its name, where the file has the secret alone.
    pub name: Option<DomainName>,
    /// Its algorithm, where the file has the secret alone.
    pub algorithm: Option<TsigAlgorithm>,
    /// The file, relative to the working folder.
    pub secret_file: PathBuf,
}

/// A name whose address differs between the views.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canary {
    /// The name to ask for.
    pub name: DomainName,
    /// The address that this view, and no other, answers.
    pub address: IpAddr,
}

/// An IM domain and what is declared for it.
#[derive(Clone, Debug)]
pub struct Domain {
    /// The IM domain.
    pub name: DomainName,
    /// The e-mail domains whose people have their accounts here; one is advised.
    pub email: Vec<DomainName>,
    /// Whether strangers are to reach it.
    pub external: bool,
    /// What takes its traffic inside.
    pub routers: Vec<MachineId>,
    /// What stands for it outside.
    pub reverse_proxies: Vec<MachineId>,
    /// What holds its accounts.
    pub home_servers: Vec<MachineId>,
    /// What it moves away from.
    pub migration: Option<Box<Migration>>,
    /// The IM system.
    pub profile: &'static Profile,
    /// Where it is declared.
    pub place: Place,
}

/// The machines that a domain moves away from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Its old routers.
    pub routers: Vec<MachineId>,
    /// Its old reverse proxies.
    pub reverse_proxies: Vec<MachineId>,
    /// The last day on which DNS may answer them, too.
    pub until: Date,
}

impl Migration {
    /// The old machines of that role.
    pub fn machines(&self, role: Role) -> &[MachineId] {
        match role {
            Role::Router => &self.routers,
            Role::ReverseProxy => &self.reverse_proxies,
            Role::HomeServer => &[],
        }
    }
}

/// A router, reverse proxy or home server.
#[derive(Clone, Debug)]
pub struct Machine {
    /// What it does.
    pub role: Role,
    /// Its name in the inventory, unique within its role.
    pub name: String,
    /// Its addresses; ranges may hold other machines of the same kind.
    pub addresses: Vec<AddressRange>,
    /// Its host name, where redirects name it or its address is to be looked up.
    pub host: Option<DomainName>,
    /// Whether it speaks TLS; where that is not said, it does on port 443.
    pub tls: Option<bool>,
    /// Where it is declared.
    pub place: Place,
}

/// One address or a range, and the port if it is not the profile's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressRange {
    /// The addresses; a single one is a range of full length.
    pub net: IpNet,
    /// The port, where one is written.
    pub port: Option<u16>,
}

/// The port of HTTPS.
const HTTPS: u16 = 443;

impl Machine {
    /// Whether it speaks TLS on that port.
    pub fn speaks_tls(&self, port: u16) -> bool {
        self.tls.unwrap_or(port == HTTPS)
    }

    /// The port of an address where none is written: that of HTTPS where TLS is declared, else the profile's.
    pub fn default_port(&self, profile: &Profile) -> u16 {
        if self.tls == Some(true) { HTTPS } else { profile.port }
    }
}

impl AddressRange {
    /// The address, if this is a single one.
    pub fn single(&self) -> Option<IpAddr> {
        (self.net.prefix_len() == self.net.max_prefix_len()).then(|| self.net.addr())
    }
}

impl fmt::Display for AddressRange {
    /// The address or range, without the port.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.single() {
            Some(address) => address.fmt(f),
            None => self.net.fmt(f),
        }
    }
}

/// A rule's level in `[rules]`.
#[derive(Clone, Debug)]
pub struct LevelSetting {
    /// The rule's id, or an older name of it.
    pub rule: String,
    /// What its findings weigh instead; `None` turns the rule off.
    pub level: Option<Severity>,
    /// Where.
    pub place: Place,
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Fails for some, or goes against advice.
    Warning,
    /// Sign-in or messages fail, or a door stands open.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// A `[[suppress]]`: findings that are known and accepted until a date.
#[derive(Clone, Debug)]
pub struct Suppression {
    /// The rule's id.
    pub rule: String,
    /// A pattern with `*` and `?` over IM domains.
    pub domain: String,
    /// One view, or all.
    pub view: Option<View>,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it holds.
    pub expires: Date,
    /// Where it is written.
    pub place: Place,
}

impl Default for Inventory {
    fn default() -> Self {
        Self {
            prefix: "im.".to_owned(),
            views: BTreeMap::new(),
            vantage: View::Internal,
            domains: Domains::default(),
            emails: Vec::new(),
            levels: Vec::new(),
            suppressions: Vec::new(),
            connect: BTreeMap::new(),
            slow_answer: Duration::from_secs(1),
            probe_ca: None,
            machines: Vec::new(),
            by_address: HashMap::default(),
            ranges: Vec::new(),
            by_host: HashMap::default(),
        }
    }
}

impl Inventory {
    /// Adds a machine and returns its position.
    pub fn add_machine(&mut self, machine: Machine) -> MachineId {
        let id = MachineId(self.machines.len());
        for range in &machine.addresses {
            match range.single() {
                Some(address) => self.by_address.entry(address).or_default().push(id),
                None => self.ranges.push((range.net, id)),
            }
        }
        if let Some(host) = &machine.host {
            self.by_host.entry(host.clone()).or_default().push(id);
        }
        self.machines.push(machine);
        id
    }

    /// The machine at that position.
    pub fn machine(&self, id: MachineId) -> &Machine {
        &self.machines[id.0]
    }

    /// All machines with their positions, in the order in which they are written.
    pub fn machines(&self) -> impl Iterator<Item = (MachineId, &Machine)> {
        self.machines.iter().enumerate().map(|(position, machine)| (MachineId(position), machine))
    }

    /// Whether any machine speaks TLS, as far as that is declared.
    pub fn speaks_tls(&self) -> bool {
        let on_https = |machine: &Machine| machine.addresses.iter().any(|range| range.port == Some(HTTPS));
        self.machines.iter().any(|machine| machine.tls.unwrap_or_else(|| on_https(machine)))
    }

    /// The machines that claim an address, by itself or by a range; in no order, and one that claims it twice comes twice.
    pub fn claimants(&self, address: IpAddr) -> impl Iterator<Item = MachineId> {
        let exact = self.by_address.get(&address).into_iter().flatten().copied();
        exact.chain(self.ranges.iter().filter(move |(net, _)| net.contains(&address)).map(|(_, id)| *id))
    }

    /// The machines that claim an address, in the order in which they are written.
    pub fn machines_at(&self, address: IpAddr) -> Vec<MachineId> {
        let mut found: Vec<_> = self.claimants(address).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The machines that go by a host name.
    pub fn machines_named(&self, host: &DomainName) -> &[MachineId] {
        self.by_host.get(host).map_or(&[], Vec::as_slice)
    }

    /// The IM domain that takes the people of an e-mail domain, if one is declared.
    pub fn domain_of_email(&self, email: &DomainName) -> Option<Cow<'_, Domain>> {
        self.domains.of_email(email).map(|id| self.domains.get(id))
    }
}

impl Domain {
    /// A domain of which nothing is declared but its name.
    pub fn bare(name: DomainName, place: Place) -> Self {
        Self {
            name,
            email: Vec::new(),
            external: false,
            routers: Vec::new(),
            reverse_proxies: Vec::new(),
            home_servers: Vec::new(),
            migration: None,
            profile: PROFILES[0],
            place,
        }
    }

    /// The machines declared for the domain in that role.
    pub fn machines(&self, role: Role) -> &[MachineId] {
        match role {
            Role::Router => &self.routers,
            Role::ReverseProxy => &self.reverse_proxies,
            Role::HomeServer => &self.home_servers,
        }
    }

    fn machines_mut(&mut self, role: Role) -> &mut Vec<MachineId> {
        match role {
            Role::Router => &mut self.routers,
            Role::ReverseProxy => &mut self.reverse_proxies,
            Role::HomeServer => &mut self.home_servers,
        }
    }
}
