//! The DNS servers of each view, from the inventory: how hard they are asked, and the files that name their keys and authorities.
//! Asks no server.

use std::collections::{BTreeMap, HashSet};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;

use super::{bounded, descriptors, key_file};
use crate::cli::{AskingArgs, Common, ViewChoice};
use crate::dns::{EncryptedServer, View};
use crate::exit::Failure;
use crate::inventory::{Inventory, Server, ViewSettings};
use crate::observe::{self, Anchors, CarefulServer, HttpLimits, Limits, LiveSettings, Transport, Trust};

/// The most queries a second for a server of which nobody said that it stands more: a small part of what the domain controller
/// of a branch office can answer.
const GENTLE_QPS: u32 = 1_000;
/// The most octets of a file of authorities.
const MAX_CA: usize = 16 << 20;

/// The most octets of a file of trust anchors.
const MAX_ANCHORS: usize = 1 << 20;

/// What is asked besides the records.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extras {
    /// Which machine each server is (NSID).
    pub(super) nsid: bool,
    /// The name servers of the zones themselves.
    pub(super) authoritative: bool,
}

/// Whom a run asks. A query never leaves its view, so there is no other list of servers.
#[derive(Debug, Default)]
pub(super) struct ViewServers {
    /// Those that plain DNS is enough for.
    pub(super) plain: BTreeMap<View, Vec<SocketAddr>>,
    /// Those that are asked over TLS or HTTPS, with a signature, or from one address of this machine.
    pub(super) careful: BTreeMap<View, Vec<CarefulServer>>,
}

impl ViewServers {
    /// The servers of every view that is looked into.
    pub(super) fn of(inventory: &Inventory, views: ViewChoice, dnssec: bool, common: &Common) -> anyhow::Result<Self> {
        let mut servers = Self::default();
        for (view, settings) in inventory.views.iter().filter(|(view, _)| views.includes(**view)) {
            servers.add(*view, settings, dnssec, common).with_context(|| format!("view {view}"))?;
        }
        Ok(servers)
    }

    /// What the network is asked with.
    pub(super) fn settings(self, inventory: &Inventory, asking: &AskingArgs, extras: Extras, trust: Trust) -> LiveSettings {
        let http = HttpLimits { in_flight: descriptors::for_probes(), ..HttpLimits::default() };
        let http = asking.timeout.map_or(http, |timeout| HttpLimits { connect: timeout, whole: timeout, ..http });
        let Self { plain, careful } = self;
        let of = |server| {
            let limits = limits_of(server, inventory, asking);
            // Where zones are looked up, too, two clients ask each server.
            let qps = limits.qps.map(|qps| if extras.authoritative { qps.div_ceil(2) } else { qps });
            Limits { qps, nsid: extras.nsid, ..limits }
        };
        let limits = of(None);
        let limits_of = plain.values().flatten().map(|server| (*server, of(Some(*server)))).collect();
        LiveSettings { servers: plain, careful, limits, limits_of, http, connect: inventory.connect.clone(), trust }
    }

    fn add(&mut self, view: View, settings: &ViewSettings, dnssec: bool, common: &Common) -> anyhow::Result<()> {
        let transports = transports(settings)?;
        if let Some(source) = settings.source {
            check_source(source, &transports)?;
        }
        let tsig = settings.tsig.as_ref().map(|tsig| key_file::read(tsig, common)).transpose()?.map(Arc::new);
        let dnssec = if dnssec || settings.dnssec { Some(anchors(settings)?) } else { None };
        let encrypted = transports.iter().any(|transport| matches!(transport, Transport::Encrypted(_)));
        let trust = if encrypted { trust(settings.ca.as_deref())? } else { Trust::default() };
        let plain = self.plain.entry(view).or_default();
        for (position, transport) in transports.into_iter().enumerate() {
            match transport {
                Transport::Plain(address) if settings.source.is_none() && tsig.is_none() && dnssec.is_none() => plain.push(address),
                transport => {
                    let (tsig, trust, dnssec) = (tsig.clone(), trust.clone(), dnssec.clone());
                    let server = CarefulServer { position, transport, source: settings.source, tsig, trust, dnssec };
                    self.careful.entry(view).or_default().push(server);
                }
            }
        }
        Ok(())
    }
}

/// How hard one server is pressed; `None` for one of which nothing is known.
fn limits_of(server: Option<SocketAddr>, inventory: &Inventory, asking: &AskingArgs) -> Limits {
    let bulk = asking.bulk || server.is_some_and(|server| inventory.views.values().any(|view| view.bulk.contains(&server)));
    let limits = if bulk { Limits::bulk() } else { Limits::default() };
    // A server on loopback is the user's own.
    let gentle = !bulk && server.is_none_or(|server| !server.ip().is_loopback());
    Limits {
        in_flight: asking.in_flight.map_or(limits.in_flight, usize::from),
        qps: asking.qps.or(gentle.then_some(GENTLE_QPS)),
        timeout: asking.timeout.unwrap_or(limits.timeout),
        retries: u32::from(asking.retries),
        mix_case: asking.mix_case,
        nsid: false,
    }
}

/// The servers, each once, in the order in which they are written; "system" stands for what this machine asks.
fn transports(settings: &ViewSettings) -> anyhow::Result<Vec<Transport>> {
    let (mut addresses, mut encrypted): (HashSet<SocketAddr>, HashSet<EncryptedServer>) = Default::default();
    let mut transports = Vec::new();
    for server in &settings.servers {
        let plain = match server {
            Server::Plain(address) => vec![*address],
            Server::System => observe::system_servers().context("the system's DNS servers cannot be found")?,
            Server::Encrypted(server) => {
                if encrypted.insert(server.clone()) {
                    transports.push(Transport::Encrypted(server.clone()));
                }
                continue;
            }
        };
        transports.extend(plain.into_iter().filter(|address| addresses.insert(*address)).map(Transport::Plain));
    }
    Ok(transports)
}

fn check_source(source: IpAddr, transports: &[Transport]) -> anyhow::Result<()> {
    if let Err(error) = UdpSocket::bind(SocketAddr::new(source, 0)) {
        return Err(Failure::unusable(format!(
            "questions cannot be sent from source {source}, which is no address of this machine: {error}"
        ))
        .into());
    }
    for transport in transports {
        let address = match transport {
            Transport::Plain(address) => Some(address.ip()),
            Transport::Encrypted(server) => server.address,
        };
        if let Some(address) = address.filter(|address| address.is_ipv4() != source.is_ipv4()) {
            let families = if source.is_ipv4() { "IPv4, and it is IPv6" } else { "IPv6, and it is IPv4" };
            let why = format!("{address} cannot be asked from source {source}, which is {families}");
            return Err(Failure::unusable(why).into());
        }
    }
    Ok(())
}

/// The keys that validation trusts.
fn anchors(settings: &ViewSettings) -> anyhow::Result<Anchors> {
    let Some(path) = &settings.trust_anchor else { return Ok(Anchors::default()) };
    let shown = path.display();
    let octets = bounded::read_file(path, MAX_ANCHORS).with_context(|| format!("the trust anchors in {shown} cannot be read"))?;
    let text = bounded::utf8(octets).map_err(|line| Failure::unusable(format!("{shown}:{line}: the file is not UTF-8")))?;
    Anchors::parse(&text).map_err(|why| Failure::unusable(format!("the trust anchors in {shown}: {why}")).into())
}

/// The system's authorities, and those of the file.
pub(super) fn trust(ca: Option<&Path>) -> anyhow::Result<Trust> {
    let Some(path) = ca else { return Trust::load([]).map_err(|why| Failure::unusable(why).into()) };
    let name = path.display().to_string();
    let pem = bounded::read_file(path, MAX_CA).with_context(|| format!("the authorities in {name} cannot be read"))?;
    Trust::load([(name.as_str(), pem.as_slice())]).map_err(|why| Failure::unusable(why).into())
}
