//! Which addresses of a domain's machines are probed, and what stands there. Sends nothing: it names the exchanges that it needs.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::case::Case;
use super::finding::{Draft, finding};
use super::hostile::shown;
use super::resolution::{Resolution, resolve};
use crate::dns::{DomainName, View};
use crate::inventory::{AddressRange, Machine, MachineId};
use crate::observe::{Probe, Step};
use crate::profile::challenge::challenges;
use crate::profile::http::{Certificate, HttpFailure, HttpOutcome, HttpReply, HttpRequest};
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
    /// Whether TLS was spoken.
    pub tls: bool,
    /// The `Host` that it was asked for.
    pub host: Arc<str>,
    /// What stands there.
    pub class: Class,
    /// The outcome of OPTIONS.
    pub options: Option<&'a HttpOutcome>,
    /// The outcome of PROPFIND, sent where OPTIONS brought a reply.
    pub propfind: Option<&'a HttpOutcome>,
}

impl<'a> Probed<'a> {
    /// What the machine showed to prove who it is, where it speaks TLS.
    pub fn certificate(&self) -> Option<&'a Certificate> {
        self.replies().find_map(|reply| reply.certificate.as_ref())
    }

    /// The replies that came, PROPFIND's last.
    pub fn replies(&self) -> impl Iterator<Item = &'a HttpReply> {
        [self.options, self.propfind].into_iter().flatten().filter_map(|outcome| outcome.as_ref().ok())
    }

    /// The reply to PROPFIND, if one came.
    pub fn propfind_reply(&self) -> Option<&'a HttpReply> {
        self.propfind?.as_ref().ok()
    }

    /// Why nobody is there to talk to, where that is so.
    pub fn silence(&self) -> Option<&'a HttpFailure> {
        silence(self.options?)
    }

    /// An exchange with the same address under another `Host` or for another step.
    pub fn probe(&self, vantage: View, host: &str, step: Step) -> Probe {
        Probe { vantage, address: self.address, host: host.into(), tls: self.tls, step }
    }

    /// Begins a finding about this address: whose it is, `fact`, and from which side that was seen.
    pub(super) fn finding(&self, case: &Case<'_>, fact: &str) -> Draft {
        machine_finding(case, self.declared(case), self.address, fact).found(self.evidence())
    }

    /// What domains that share the machine have in common, where `fact` of [`Self::finding`] is too much one domain's own.
    pub(super) fn cause(&self, case: &Case<'_>, fact: &str) -> String {
        machine_cause(case, self.declared(case), self.address, fact)
    }

    fn declared<'c>(&self, case: &'c Case<'_>) -> &'c Machine {
        case.inventory().machine(self.machine)
    }

    /// The same question, for a person to ask at a shell.
    pub(super) fn by_hand(&self) -> String {
        let HttpRequest { method, path, .. } = rvp::options();
        let Self { host, address, .. } = self;
        if self.tls {
            let port = address.port();
            return format!("curl -skv -X {method} --connect-to ::{address} https://{host}:{port}{path}");
        }
        format!("curl -sv -X {method} -H 'Host: {host}' http://{address}{path}")
    }

    /// What came back, one line for each exchange: `10.1.0.10:80, PROPFIND: 302, Location http://home1/`.
    fn evidence(&self) -> Vec<String> {
        let exchanges = [("OPTIONS", self.options), ("PROPFIND", self.propfind)];
        let known = exchanges.into_iter().filter_map(|(method, outcome)| Some((method, outcome?)));
        known.map(|(method, outcome)| format!("{}, {method}: {}", self.address, outcome_in_words(outcome))).collect()
    }
}

/// What an RVP server answers.
pub(super) const RVP_ANSWER: &str = "501 to OPTIONS, and RVP-Notifications-Version in every reply";

/// The failure of an exchange, unless something did answer, if not in HTTP.
pub(super) fn silence(outcome: &HttpOutcome) -> Option<&HttpFailure> {
    outcome.as_ref().err().filter(|failure| !matches!(failure, HttpFailure::NotHttp(_)))
}

/// Begins a finding about a machine at an address. A fact that names the domain needs another cause.
pub(super) fn machine_finding(case: &Case<'_>, machine: &Machine, address: SocketAddr, fact: &str) -> Draft {
    let vantage = case.vantage;
    let Machine { role, name, place, .. } = machine;
    finding(format!("{role} {name} ({address}) of {}, asked from {}, {fact}", case.domain.name, side(vantage)))
        .view(vantage)
        .place(place)
        .kind(address)
        .cause(machine_cause(case, machine, address, fact))
}

fn machine_cause(case: &Case<'_>, machine: &Machine, address: SocketAddr, fact: &str) -> String {
    format!("{} {} ({address}), asked from {}, {fact}", machine.role, machine.name, side(case.vantage))
}

fn side(vantage: View) -> &'static str {
    match vantage {
        View::Internal => "inside",
        View::External => "outside",
    }
}

/// The status and the headers that tell what answered. Of challenges only the schemes: tokens and nonces are nobody's business.
fn outcome_in_words(outcome: &HttpOutcome) -> String {
    let reply = match outcome {
        Ok(reply) => reply,
        Err(failure) => return failure.to_string(),
    };
    let mut words = reply.status.to_string();
    for (name, title) in [(rvp::VERSION_HEADER, "RVP-Notifications-Version"), ("server", "Server"), ("location", "Location")] {
        if let Some(value) = reply.header(name).next() {
            let _ = write!(words, ", {title} {}", shown(value));
        }
    }
    let schemes: Vec<String> = challenges(reply).iter().map(|challenge| shown(&challenge.scheme)).collect();
    if !schemes.is_empty() {
        let _ = write!(words, ", WWW-Authenticate {}", schemes.join(", "));
    }
    words
}

/// The probes whose answers are judged from where they were sent: from outside only those of reverse proxies, for that
/// routers and home servers keep silent there is as it should be, and that they do not is `router-exposed-outside`'s business.
pub(super) fn judged<'c, 'a>(case: &'c Case<'a>) -> impl Iterator<Item = &'c Probed<'a>> {
    let inside = case.vantage == View::Internal;
    case.probes().iter().filter(move |probed| inside || probed.role == Role::ReverseProxy)
}

/// What the address of a machine that is no IM server under the domain's name is under a name of its own.
#[derive(Debug)]
pub(super) enum OwnName {
    /// An IM server, under this name.
    ImServer(String),
    /// No IM server either.
    Nothing,
    /// Not known, or nobody would say.
    Unknown,
}

/// Asks the same address for the machine's host name, else its name in the inventory, and then for the bare address.
pub(super) fn under_own_name(case: &Case<'_>, probed: &Probed<'_>) -> OwnName {
    for host in own_names(case, probed) {
        match class_under(case, probed, &host) {
            Class::Rvp | Class::RvpLikely => return OwnName::ImServer(host),
            Class::Undecided => return OwnName::Unknown,
            _ => {}
        }
    }
    OwnName::Nothing
}

fn own_names(case: &Case<'_>, probed: &Probed<'_>) -> Vec<String> {
    let machine = case.inventory().machine(probed.machine);
    let name = machine.host.clone().or_else(|| DomainName::parse_host(&machine.name).ok());
    let address = match probed.address.ip() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("[{v6}]"),
    };
    let names = name.map(|name| name.to_string()).into_iter().chain([address]);
    names.filter(|name| **name != *probed.host).collect()
}

fn class_under(case: &Case<'_>, probed: &Probed<'_>, host: &str) -> Class {
    let ask = |step| case.facts.follow_up(probed.probe(case.vantage, host, step));
    let Some(options @ Ok(reply)) = ask(Step::Options) else { return Class::Undecided };
    let propfind = if rvp::is_versioned(reply) { None } else { ask(Step::Propfind(rvp::PROBE_PATH.into())) };
    classify(probed.role, Some(options), propfind)
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
        for &id in case.moving_from(role) {
            let machine = case.inventory().machine(id);
            for address in still_answered(case, machine) {
                probed.push(probe_one(case, id, machine, address));
            }
        }
    }
    probed
}

/// The addresses of a machine that the domain is moving away from and that a view still answers: only there people may meet it.
fn still_answered(case: &Case<'_>, machine: &Machine) -> BTreeSet<SocketAddr> {
    let answers = View::ALL.into_iter().filter_map(|view| case.resolution(view)).flat_map(Resolution::answered);
    let at = |address: IpAddr| {
        let range = machine.addresses.iter().find(|range| range.net.contains(&address))?;
        Some(SocketAddr::new(address, range.port.unwrap_or(case.domain.profile.port)))
    };
    answers.filter_map(at).collect()
}

fn probe_one<'a>(case: &Case<'a>, id: MachineId, machine: &Machine, address: SocketAddr) -> Probed<'a> {
    let vantage = case.vantage;
    let host = host_header(case, machine);
    let tls = machine.speaks_tls(address.port());
    let exchange = |step| Probe { vantage, address, host: host.clone(), tls, step };
    let [options, propfind] = case.facts.exchanges(exchange(Step::Options), exchange(Step::Propfind(rvp::PROBE_PATH.into())));
    let class = classify(machine.role, options, propfind);
    Probed { role: machine.role, machine: id, address, tls, host, class, options, propfind }
}

/// Routers and proxies are asked for the IM domain, as clients ask them; a home server goes by its own name.
pub(super) fn host_header(case: &Case<'_>, machine: &Machine) -> Arc<str> {
    match (&machine.host, machine.role) {
        (Some(host), Role::HomeServer) => host.into(),
        _ => (&case.domain.name).into(),
    }
}

/// Every single address declared; of a range, the addresses that DNS answers for the domain; where no address is declared,
/// what the host name resolves to on the side from which is probed.
pub(super) fn addresses(case: &Case<'_>, machine: &Machine) -> BTreeSet<SocketAddr> {
    let default = machine.default_port(case.domain.profile);
    let port = |range: &AddressRange| range.port.unwrap_or(default);
    let mut found: BTreeSet<SocketAddr> = BTreeSet::new();
    for range in &machine.addresses {
        match range.single() {
            Some(address) => found.extend([SocketAddr::new(address, port(range))]),
            None => found.extend(answered_within(case, range).map(|address| SocketAddr::new(address, port(range)))),
        }
    }
    if let (true, Some(host)) = (machine.addresses.is_empty(), &machine.host) {
        let addresses = resolve_from_vantage(case, host).map(|resolution| resolution.answered()).unwrap_or_default();
        found.extend(addresses.into_iter().map(|address| SocketAddr::new(address, default)));
    }
    found
}

/// What a name resolves to on the side from which is probed; where this run does not ask that side, the case is undecided.
pub(super) fn resolve_from_vantage(case: &Case<'_>, name: &DomainName) -> Option<Resolution> {
    let view = case.vantage;
    if !case.judges(view) {
        case.facts.note_missing_view(view, &format!("A {name}"));
        return None;
    }
    resolve(&case.facts, view, name)
}

fn answered_within<'c>(case: &'c Case<'_>, range: &'c AddressRange) -> impl Iterator<Item = IpAddr> + 'c {
    if case.views.is_empty() {
        // Nobody can say which addresses of the range are machines, so that none of them is known to be well.
        case.facts.note_missing_view(case.vantage, &format!("A {}", case.domain.name));
    }
    let answers = View::ALL.into_iter().filter_map(|view| case.resolution(view));
    answers.flat_map(Resolution::answered).filter(|address| range.net.contains(address))
}
