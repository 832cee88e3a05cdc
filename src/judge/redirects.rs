//! Where the machines of a domain send clients, and what is wrong with that. Follows a redirect to declared machines only.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::case::Case;
use super::hostile::shown;
use super::probing::{Probed, addresses, host_header, judged, resolve_from_vantage};
use crate::dns::{AddressScope, View};
use crate::inventory::{Machine, MachineId};
use crate::observe::{Probe, Step};
use crate::profile::Role;
use crate::profile::http::HttpReply;
use crate::profile::rvp::{self, Redirect};

/// What is wrong with a redirect: exactly one thing, that nearest the cause. Each says what, to go after "redirects".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Clients come back to where they were.
    Loop(String),
    /// Strangers are sent to a place that exists inside only.
    LeaksInside(String),
    /// Clients are sent where no account is.
    Astray(String),
}

/// Every faulty redirect of the domain's machines, in the order of the probes.
pub(super) fn faults<'c, 'a>(case: &'c Case<'a>) -> Vec<(&'c Probed<'a>, Fault)> {
    redirecting(case).filter_map(|(probed, reply)| Some((probed, fault(case, probed, reply)?))).collect()
}

/// Declared home servers that are not probed as the domain's own and that a router sends clients to: where they are, and
/// what they are asked for.
pub(super) fn further_home_servers(case: &Case<'_>) -> BTreeMap<SocketAddr, (MachineId, Arc<str>)> {
    let mut further = BTreeMap::new();
    if case.vantage == View::External {
        return further;
    }
    for (probed, reply) in redirecting(case).filter(|(probed, _)| probed.role != Role::HomeServer) {
        let Some(Ok(target)) = target(probed, reply) else { continue };
        for id in declared_home_servers(case, &target) {
            let host = host_header(case, case.inventory().machine(id));
            further.extend(addresses_of(case, id, &target).into_iter().map(|address| (address, (id, host.clone()))));
        }
    }
    further.retain(|address, _| !case.probes().iter().any(|p| p.role == Role::HomeServer && p.address == *address));
    further
}

/// Redirects of what is an IM server; what a web server does with its visitors is no matter of IM.
fn redirecting<'c, 'a>(case: &'c Case<'a>) -> impl Iterator<Item = (&'c Probed<'a>, &'a HttpReply)> {
    let servers = judged(case).filter(|probed| probed.class.is_im_server());
    servers.filter_map(|probed| Some((probed, probed.propfind_reply().filter(|reply| rvp::redirects(reply))?)))
}

fn target(probed: &Probed<'_>, reply: &HttpReply) -> Option<Result<Redirect, String>> {
    Some(Redirect::answering(&probed.host, rvp::PROBE_PATH, reply.header("location").next()?))
}

fn fault(case: &Case<'_>, probed: &Probed<'_>, reply: &HttpReply) -> Option<Fault> {
    let target = match target(probed, reply) {
        Some(Ok(target)) => target,
        Some(Err(why)) => return Some(Fault::Astray(format!("to nowhere: {}", shown(&why)))),
        None => return Some(Fault::Astray("to nowhere: the reply has no Location".to_owned())),
    };
    if probed.role == Role::HomeServer {
        let same = is_itself(case, probed, &target) && target.path.eq_ignore_ascii_case(rvp::PROBE_PATH);
        return same.then(|| Fault::Loop("to itself".to_owned()));
    }
    let homes = declared_home_servers(case, &target);
    if target.host == case.domain.name.as_str() {
        return Some(Fault::Loop("back to the IM domain".to_owned()));
    }
    if homes.is_empty() && is_itself(case, probed, &target) {
        return Some(Fault::Loop("to itself".to_owned()));
    }
    if case.vantage == View::External
        && let Some(why) = inside_host(case, &target, &homes)
    {
        return Some(Fault::LeaksInside(format!("to {}, {why}", shown(&target.host))));
    }
    astray(case, probed, &target).or_else(|| loops_through(case, probed, &target, &homes))
}

/// Why a host is one that only people inside can reach.
fn inside_host(case: &Case<'_>, target: &Redirect, homes: &[MachineId]) -> Option<String> {
    if let Some(id) = homes.first() {
        return Some(format!("home server {}", case.inventory().machine(*id).name));
    }
    let is = |role: Role| move |id: &MachineId| case.inventory().machine(*id).role == role;
    let declared = machines_meant(case, target);
    if let (Some(id), false) = (declared.iter().copied().find(is(Role::Router)), declared.iter().any(is(Role::ReverseProxy))) {
        return Some(format!("router {}", case.inventory().machine(id).name));
    }
    match target.address().map(AddressScope::of) {
        Some(AddressScope::Global | AddressScope::Documentation) => None,
        Some(scope) => Some(format!("a {scope} address")),
        None => target.name()?.is_single_label().then(|| "a name of one label".to_owned()),
    }
}

/// Why clients find no account where they are sent.
fn astray(case: &Case<'_>, probed: &Probed<'_>, target: &Redirect) -> Option<Fault> {
    let host = shown(&target.host);
    let astray = |why: &str| Some(Fault::Astray(format!("to {host}{why}")));
    if target.address().is_none() && target.name().is_none_or(|name| name.is_single_label()) {
        return astray(", which is no full host name: only machines of its own network can look it up");
    }
    if let Some(why) = target.fault_in_path(&case.domain.name) {
        return astray(&format!(", and {}", shown(&why)));
    }
    // Clients ignore ports and go to the profile's. A laboratory that probes on other ports knows what it does.
    let port = case.domain.profile.port;
    if target.port != port && probed.address.port() == port {
        return astray(&format!(" on port {}, where no client goes", target.port));
    }
    let stray = !case.domain.home_servers.is_empty() && is_own_home_server(case, target) == Some(false);
    if stray { astray(", which is no home server of the domain") } else { None }
}

/// Whether a redirect leads to a home server declared for the domain, by its host or its address. Where neither can be
/// compared as declared, the name is looked up; `None` while that is not known, or where nobody would say.
fn is_own_home_server(case: &Case<'_>, target: &Redirect) -> Option<bool> {
    let own = &case.domain.home_servers;
    if declared_home_servers(case, target).iter().any(|id| own.contains(id)) {
        return Some(true);
    }
    let machines = || own.iter().map(|id| case.inventory().machine(*id));
    if let Some(address) = target.address() {
        let looked_up = |probed: &Probed<'_>| probed.role == Role::HomeServer && probed.address.ip() == address;
        if case.probes().iter().any(looked_up) {
            return Some(true);
        }
        // A host without declared address that did not resolve may still be this address.
        let unknown = |machine: &Machine| machine.addresses.is_empty() && addresses(case, machine).is_empty();
        return if machines().any(unknown) { None } else { Some(false) };
    }
    if machines().all(|machine| machine.host.is_some()) {
        return Some(false);
    }
    let resolution = resolve_from_vantage(case, &target.name()?)?;
    let answered = |address: &IpAddr| case.has(Role::HomeServer, *address);
    let says = || resolution.opinions.iter().map(|opinion| &opinion.says);
    let found = says().any(|says| says.addresses.iter().any(answered));
    if found || says().all(|says| says.complete && says.end != super::End::Unknown) { Some(found) } else { None }
}

/// The home servers that a redirect names: the domain's own if it has any, else whichever the inventory declares.
fn declared_home_servers(case: &Case<'_>, target: &Redirect) -> Vec<MachineId> {
    let homes = machines_meant(case, target).into_iter().filter(|id| case.inventory().machine(*id).role == Role::HomeServer);
    let own = &case.domain.home_servers;
    homes.filter(|id| own.is_empty() || own.contains(id)).collect()
}

/// The declared machines that have the host of a redirect as their host name or address.
fn machines_meant(case: &Case<'_>, target: &Redirect) -> Vec<MachineId> {
    match (target.address(), target.name()) {
        (Some(address), _) => case.inventory().machines_at(address),
        (None, Some(name)) => case.inventory().machines_named(&name).to_vec(),
        (None, None) => Vec::new(),
    }
}

/// Whether a redirect names the machine that it comes from, by its host or by an address. Of a range of addresses others may
/// have some: only the one that was probed is surely its own.
fn is_itself(case: &Case<'_>, probed: &Probed<'_>, target: &Redirect) -> bool {
    let machine = case.inventory().machine(probed.machine);
    match target.address() {
        Some(address) => probed.address.ip() == address || machine.addresses.iter().any(|range| range.single() == Some(address)),
        None => machine.host.is_some() && machine.host == target.name(),
    }
}

/// Where to find a home server that a redirect names: at the very address it names, else at those declared.
fn addresses_of(case: &Case<'_>, id: MachineId, target: &Redirect) -> Vec<SocketAddr> {
    let machine = case.inventory().machine(id);
    let Some(address) = target.address() else { return addresses(case, machine).into_iter().collect() };
    let range = machine.addresses.iter().find(|range| range.net.contains(&address));
    let port = range.and_then(|range| range.port).unwrap_or(machine.default_port(case.domain.profile));
    vec![SocketAddr::new(address, port)]
}

/// Asks the home servers that a redirect leads to for the very path that it names, and looks whether they send clients back.
fn loops_through(case: &Case<'_>, probed: &Probed<'_>, target: &Redirect, homes: &[MachineId]) -> Option<Fault> {
    let vantage = case.vantage;
    let mut looping = None;
    for &id in homes {
        let machine = case.inventory().machine(id);
        for address in addresses_of(case, id, target) {
            let tls = machine.speaks_tls(address.port());
            let ask = |host, step| Probe { vantage, address, host, tls, step };
            let Some(Ok(_)) = case.facts.exchange(ask(host_header(case, machine), Step::Options)) else { continue };
            let Some(Ok(reply)) =
                case.facts.follow_up(ask(target.host.as_str().into(), Step::Propfind(target.path.clone().into())))
            else {
                continue;
            };
            if rvp::redirects(reply) && leads_back(case, probed, id, target, reply) {
                looping.get_or_insert(id);
            }
        }
    }
    let home = &case.inventory().machine(looping?).name;
    Some(Fault::Loop(format!("to home server {home}, which redirects back")))
}

fn leads_back(case: &Case<'_>, probed: &Probed<'_>, home: MachineId, asked: &Redirect, reply: &HttpReply) -> bool {
    let Some(location) = reply.header("location").next() else { return false };
    let Ok(back) = Redirect::answering(&asked.host, &asked.path, location) else { return false };
    let own = &case.domain;
    let front = own.routers.iter().chain(&own.reverse_proxies).chain([&probed.machine]);
    let meant = machines_meant(case, &back);
    back.host == own.name.as_str()
        || meant.iter().any(|id| front.clone().any(|machine| machine == id) && *id != home)
        || (back.host == asked.host || meant.contains(&home)) && back.path.eq_ignore_ascii_case(&asked.path)
}
