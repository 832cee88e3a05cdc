//! Which addresses of a domain's machines are probed, and what stands there. Sends nothing: it names the exchanges that it needs.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use super::case::Case;
use super::resolution::resolve;
use crate::dns::View;
use crate::inventory::{AddressRange, Machine, MachineId};
use crate::observe::{Probe, Step};
use crate::profile::http::{HttpOutcome, HttpReply};
use crate::profile::rvp::{self, classify};
use crate::profile::{Class, Role};

/// One address of one machine, and what it answered.
#[derive(Clone, Debug)]
pub struct Probed<'a> {
    /// What the machine does.
    pub role: Role,
    /// The machine.
    pub machine: MachineId,
    /// Where it was probed.
    pub address: SocketAddr,
    /// The `Host` that it was asked for.
    pub host: String,
    /// What stands there.
    pub class: Class,
    /// The outcome of OPTIONS.
    pub options: Option<&'a HttpOutcome>,
    /// The outcome of PROPFIND, sent where OPTIONS brought a reply.
    pub propfind: Option<&'a HttpOutcome>,
}

impl<'a> Probed<'a> {
    /// The replies that came, PROPFIND's last.
    pub fn replies(&self) -> impl Iterator<Item = &'a HttpReply> {
        [self.options, self.propfind].into_iter().flatten().filter_map(|outcome| outcome.as_ref().ok())
    }

    /// An exchange with the same address under another `Host` or for another step.
    pub fn probe(&self, vantage: View, host: &str, step: Step) -> Probe {
        Probe { vantage, address: self.address, host: host.to_owned(), step }
    }
}

/// Probes every address of every machine of the domain; each address stands for itself.
pub(super) fn probe_all<'a>(case: &Case<'a>) -> Vec<Probed<'a>> {
    let mut probed = Vec::new();
    for role in Role::ALL {
        for &id in case.domain.machines(role) {
            let machine = case.inventory().machine(id);
            for address in addresses(case, machine) {
                probed.push(probe_one(case, id, machine, address));
            }
        }
    }
    probed
}

fn probe_one<'a>(case: &Case<'a>, id: MachineId, machine: &Machine, address: SocketAddr) -> Probed<'a> {
    let vantage = case.inventory().vantage;
    let host = host_header(case, machine);
    let exchange = |step| Probe { vantage, address, host: host.clone(), step };
    let options = case.facts.exchange(exchange(Step::Options));
    let propfind = match options {
        Some(Ok(_)) => case.facts.follow_up(exchange(Step::Propfind(rvp::probe_path()))),
        _ => None,
    };
    let class = classify(machine.role, options, propfind);
    Probed { role: machine.role, machine: id, address, host, class, options, propfind }
}

/// Routers and proxies are asked for the IM domain, as clients ask them; a home server goes by its own name.
fn host_header(case: &Case<'_>, machine: &Machine) -> String {
    match (&machine.host, machine.role) {
        (Some(host), Role::HomeServer) => host.to_string(),
        _ => case.domain.name.to_string(),
    }
}

/// Every single address declared; of a range, the addresses that DNS answers for the domain; else what the host name resolves to.
fn addresses(case: &Case<'_>, machine: &Machine) -> BTreeSet<SocketAddr> {
    let port = |range: &AddressRange| range.port.unwrap_or(case.domain.profile.port);
    let mut found: BTreeSet<SocketAddr> = BTreeSet::new();
    for range in &machine.addresses {
        match range.single() {
            Some(address) => found.extend([SocketAddr::new(address, port(range))]),
            None => found.extend(answered_within(case, range).map(|address| SocketAddr::new(address, port(range)))),
        }
    }
    if let (true, Some(host)) = (machine.addresses.is_empty(), &machine.host) {
        if !case.judges(View::Internal) {
            case.facts.note_missing_view(View::Internal, &format!("A {host}"));
        }
        let resolution = case.judges(View::Internal).then(|| resolve(&case.facts, View::Internal, host)).flatten();
        let addresses = resolution.iter().flat_map(|r| &r.opinions).flat_map(|o| o.says.addresses.iter().copied());
        found.extend(addresses.map(|address| SocketAddr::new(address, case.domain.profile.port)));
    }
    found
}

fn answered_within<'c>(case: &'c Case<'_>, range: &'c AddressRange) -> impl Iterator<Item = IpAddr> + 'c {
    let answers = View::ALL.into_iter().filter_map(|view| case.resolution(view));
    let addresses = answers.flat_map(|r| &r.opinions).flat_map(|o| o.says.addresses.iter().copied());
    addresses.filter(|address| range.net.contains(address))
}
