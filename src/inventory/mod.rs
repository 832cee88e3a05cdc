//! What should be: imctl.toml, checked, with the place of everything in it. Never asks the network.

mod mapping;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dns::{DomainName, View};
use crate::place::Place;
use crate::profile::{PROFILES, Profile, Role};

mod csv_fields;
mod domain_list;
mod domains;
pub mod flags;
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
    pub domains: Vec<Domain>,
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
    /// Zone files, as patterns, relative to the working folder.
    pub zones: Vec<String>,
    /// What proves that the servers belong to this view.
    pub canary: Option<Canary>,
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
    /// DNS over TLS, as written: `tls://9.9.9.9`.
    Tls(String),
    /// DNS over HTTPS, as written: `https://dns.example/dns-query`.
    Https(String),
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
            domains: Vec::new(),
            emails: Vec::new(),
            levels: Vec::new(),
            suppressions: Vec::new(),
            connect: BTreeMap::new(),
            slow_answer: Duration::from_secs(1),
            machines: Vec::new(),
            by_address: HashMap::new(),
            ranges: Vec::new(),
            by_host: HashMap::new(),
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

    /// The machines that claim an address, by itself or by a range.
    pub fn machines_at(&self, address: IpAddr) -> Vec<MachineId> {
        let exact = self.by_address.get(&address).into_iter().flatten().copied();
        let ranged = self.ranges.iter().filter(|(net, _)| net.contains(&address)).map(|(_, id)| *id);
        let mut found: Vec<_> = exact.chain(ranged).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The machines that go by a host name.
    pub fn machines_named(&self, host: &DomainName) -> &[MachineId] {
        self.by_host.get(host).map_or(&[], Vec::as_slice)
    }

    /// The IM domain that takes the people of an e-mail domain, if one is declared.
    pub fn domain_of_email(&self, email: &DomainName) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.email.contains(email))
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
}
