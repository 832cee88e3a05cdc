//! The way from an e-mail domain to a machine as a client goes it, step by step, from what was answered. Asks and judges nothing.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::case::Case;
use super::hostile::shown;
use super::resolution::{End, Says, resolve};
use crate::dns::{DomainName, View};
use crate::observe::{Remarks, ServerReply};

/// How one view leads the people of one e-mail domain to a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The view.
    pub view: View,
    /// `SRV _rvp._tcp.example.com: none`, `A im.example.com: 10.1.0.10`, `router-1`.
    pub steps: Vec<String>,
    /// What servers add about themselves and their answers, on the last way of a view: `10.0.0.53:53 is "dc1.ams"`.
    pub remarks: Vec<String>,
}

/// The ways to a domain in every view that it belongs in; one for each of its e-mail domains, for each has an SRV record of its
/// own.
pub fn trace(case: &Case<'_>) -> Vec<Trace> {
    let mut traces: Vec<Trace> = Vec::new();
    for view in case.home_views() {
        let mut ways: Vec<Vec<String>> = case.domain.email.iter().map(|email| by_service(case, view, email)).collect();
        if ways.is_empty() {
            ways.push(from_name(case, view, &case.domain.name));
        }
        traces.extend(ways.into_iter().map(|steps| Trace { view, steps, remarks: Vec::new() }));
        if let Some(last) = traces.last_mut() {
            last.remarks = remarks(case, view);
        }
    }
    traces
}

/// What the servers of a view add to the answers on which the domain hangs.
fn remarks(case: &Case<'_>, view: View) -> Vec<String> {
    let mut said = BTreeSet::new();
    for (name, rtype) in case.records() {
        let replies = case.facts.replies(view, &name, rtype).map_or(&[][..], |answer| &answer.replies);
        for ServerReply { server, remarks, .. } in replies {
            let Some(Remarks { nsid, errors }) = remarks.as_deref() else { continue };
            said.extend(nsid.iter().map(|nsid| format!("{server} is \"{}\"", shown(nsid))));
            said.extend(errors.iter().map(|error| format!("{server}: {}", shown(&error.to_string()))));
        }
    }
    said.into_iter().collect()
}

/// What clients look up first, and where that leads.
fn by_service(case: &Case<'_>, view: View, email: &DomainName) -> Vec<String> {
    let Ok(owner) = case.domain.profile.srv_owner(email) else { return from_name(case, view, &case.domain.name) };
    let service = case.services().iter().find(|service| service.view == view && service.email == *email);
    let (said, host) = match service {
        None => ("not known".to_owned(), Some(&case.domain.name)),
        Some(service) if service.is_declined() => ("declined".to_owned(), None),
        Some(service) => match service.records.first() {
            Some(record) => (record.to_string(), Some(&record.target)),
            None => ("none".to_owned(), Some(&case.domain.name)),
        },
    };
    let rest = host.map(|host| from_name(case, view, host)).unwrap_or_default();
    [format!("SRV {owner}: {said}")].into_iter().chain(rest).collect()
}

/// What a host name leads to: addresses, and whose they are.
fn from_name(case: &Case<'_>, view: View, host: &DomainName) -> Vec<String> {
    let says = if *host == case.domain.name {
        case.answer(view).map(|(_, opinion)| opinion.says.clone())
    } else {
        let resolution = if host.is_single_label() { None } else { resolve(&case.facts, view, host) };
        resolution.and_then(|found| Some(found.consensus(|opinion| opinion.says.end == End::Addresses)?.says.clone()))
    };
    let Some(says) = says else { return vec![format!("A {host}: not known")] };
    let rtype = if !says.addresses.is_empty() && says.addresses.iter().all(IpAddr::is_ipv6) { "AAAA" } else { "A" };
    let aliases = says.aliases.iter().map(|alias| format!("CNAME {alias}"));
    let mut steps: Vec<String> = aliases.chain([said(&says)]).collect();
    if let Some(first) = steps.first_mut() {
        *first = format!("{rtype} {host}: {first}");
    }
    if !says.addresses.is_empty() {
        steps.push(owners(case, &says));
    }
    steps
}

fn said(says: &Says) -> String {
    match says.end {
        End::NoSuchName => "NXDOMAIN".to_owned(),
        End::NoData => "no address".to_owned(),
        _ => says.to_string(),
    }
}

fn owners(case: &Case<'_>, says: &Says) -> String {
    let mut owners: Vec<String> = Vec::new();
    for address in &says.addresses {
        let id = case.owners(*address).first().copied();
        let owner = id.map_or_else(|| "no declared machine".to_owned(), |id| case.inventory().machine(id).name.clone());
        if !owners.contains(&owner) {
            owners.push(owner);
        }
    }
    owners.join(", ")
}
