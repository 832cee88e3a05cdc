//! The joint verdict on one domain, drawn from its findings. Judges nothing anew.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::{IpAddr, SocketAddr};

use schemars::JsonSchema;
use serde::Serialize;

use super::Scope;
use super::case::Case;
use super::finding::Finding;
use super::resolution::End;
use super::trace::{Trace, trace};
use crate::dns::{DomainName, View};
use crate::inventory::{Machine, MachineId, Severity};
use crate::profile::{Class, Role};

/// What is to be said of a domain in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// A router outside and the proxy inside.
    Swapped,
    /// A router outside.
    Leaked,
    /// The proxy inside.
    Hairpin,
    /// An address that is no declared machine.
    Foreign,
    /// No record anywhere.
    Missing,
    /// No record inside.
    MissingInside,
    /// No record outside.
    MissingOutside,
    /// Any other error.
    Faulty,
    /// Internal-only, and visible outside.
    Exposed,
    /// Nothing wrong is known, and not everything is known.
    Undecided,
    /// Everything is known, and no error.
    Ok,
}

impl fmt::Display for Verdict {
    /// The word of the JSON report: `missing-inside`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Swapped => "swapped",
            Self::Leaked => "leaked",
            Self::Hairpin => "hairpin",
            Self::Foreign => "foreign",
            Self::Missing => "missing",
            Self::MissingInside => "missing-inside",
            Self::MissingOutside => "missing-outside",
            Self::Faulty => "faulty",
            Self::Exposed => "exposed",
            Self::Undecided => "undecided",
            Self::Ok => "ok",
        })
    }
}

/// A question about a domain that nobody answered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Undecided {
    /// The IM domain.
    pub domain: DomainName,
    /// The view.
    pub view: View,
    /// What was asked: `A im.example.com`.
    pub asked: String,
    /// What came instead: `SERVFAIL from 10.0.0.53:53`.
    pub reason: String,
}

/// Whether a view has the domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It answers addresses.
    Present,
    /// It says that there are none.
    Absent,
    /// Nobody would say.
    Undecided,
}

/// What one view says of a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whether it is there.
    pub state: State,
    /// The addresses that most servers answer.
    pub addresses: BTreeSet<IpAddr>,
    /// Whose the addresses are, as far as they are declared.
    pub owners: BTreeMap<IpAddr, MachineName>,
}

/// A machine, by what the inventory calls it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MachineName {
    /// What it does.
    pub role: Role,
    /// Unique within its role.
    pub name: String,
}

impl From<&Machine> for MachineName {
    fn from(machine: &Machine) -> Self {
        Self { role: machine.role, name: machine.name.clone() }
    }
}

/// What a probe of one address found.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbeVerdict {
    /// From which side.
    pub vantage: View,
    /// Where.
    pub address: SocketAddr,
    /// The machine's role.
    pub role: Role,
    /// The machine's name in the inventory.
    pub machine: String,
    /// What stands there.
    pub class: Class,
    /// Seconds from the sent request to the head of the first reply.
    pub seconds: Option<f64>,
    /// Seconds for the TCP handshake.
    pub connect_seconds: Option<f64>,
}

impl ProbeVerdict {
    /// Whether the machine is to be reached from there at all: from outside routers and home servers are not.
    pub fn should_answer(&self) -> bool {
        self.vantage == View::Internal || self.role == Role::ReverseProxy
    }
}

/// The machines that a domain moves away from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Former {
    /// Role by role.
    pub machines: Vec<MachineName>,
    /// Whether its views may still answer them.
    pub accepted: bool,
}

/// Everything said of one domain but its findings.
#[derive(Clone, Debug, PartialEq)]
pub struct DomainVerdict {
    /// The IM domain.
    pub name: DomainName,
    /// Its e-mail domains.
    pub email: Vec<DomainName>,
    /// Whether strangers are to reach it.
    pub external: bool,
    /// Its people, where lists say.
    pub people: Option<u64>,
    /// The word for it.
    pub verdict: Verdict,
    /// The machines declared for it, role by role.
    pub machines: Vec<MachineName>,
    /// The machines that it had before; none where it does not move.
    pub former: Former,
    /// What each judged view says.
    pub views: BTreeMap<View, Seen>,
    /// What each probed address is.
    pub probes: Vec<ProbeVerdict>,
    /// How it is reached, where that was asked for.
    pub trace: Vec<Trace>,
}

impl DomainVerdict {
    /// Draws the verdict from the findings that stand and from what is undecided.
    pub fn draw(&mut self, findings: &[Finding], undecided: bool) {
        self.verdict = verdict(findings, undecided);
    }

    /// What needs attention most first: the verdict, then how many people, then the name.
    #[must_use]
    pub fn worst_first(&self, other: &Self) -> Ordering {
        self.verdict.cmp(&other.verdict).then(other.people.cmp(&self.people)).then_with(|| self.name.cmp(&other.name))
    }

    /// How many of the probed addresses are working IM servers, and of how many that should be.
    pub fn up(&self) -> (usize, usize) {
        let wanted = || self.probes.iter().filter(|probe| probe.should_answer());
        (wanted().filter(|probe| probe.class.is_im_server()).count(), wanted().count())
    }

    /// Takes account of an error that is found only when everything is judged together, such as a router that the domain
    /// shares with another. What DNS says of the domain is the more telling word and stays.
    pub fn add_error(&mut self) {
        if matches!(self.verdict, Verdict::Exposed | Verdict::Undecided | Verdict::Ok) {
            self.verdict = Verdict::Faulty;
        }
    }

    /// What is seen of a domain. The word for it is drawn when it is known which findings stand.
    pub fn of(case: &Case<'_>, scope: &Scope) -> Self {
        let sides = case.sides().filter(|_| scope.probes);
        let probes = sides.flat_map(|side| side.probes().iter().map(move |probed| (side.vantage, probed)));
        let views = if scope.dns { case.views } else { &[] };
        Self {
            name: case.domain.name.clone(),
            email: case.domain.email.clone(),
            external: case.domain.external,
            people: case.estate.people(&case.domain.name),
            verdict: Verdict::Undecided,
            trace: if scope.trace && scope.dns { trace(case) } else { Vec::new() },
            machines: named(case, |role| case.domain.machines(role)),
            former: former(case),
            views: views.iter().map(|view| (*view, seen(case, *view))).collect(),
            probes: probes
                .map(|(vantage, probed)| ProbeVerdict {
                    vantage,
                    address: probed.address,
                    role: probed.role,
                    machine: case.inventory().machine(probed.machine).name.clone(),
                    class: probed.class,
                    seconds: probed.replies().next().map(|reply| reply.first_byte.as_secs_f64()),
                    connect_seconds: probed.replies().next().map(|reply| reply.connect.as_secs_f64()),
                })
                .collect(),
        }
    }
}

fn seen(case: &Case<'_>, view: View) -> Seen {
    let Some((_, opinion)) = case.answer(view) else {
        return Seen { state: State::Undecided, addresses: BTreeSet::new(), owners: BTreeMap::new() };
    };
    let state = match opinion.says.end {
        End::Addresses => State::Present,
        _ if !opinion.says.is_conclusive() => State::Undecided,
        _ => State::Absent,
    };
    let addresses = opinion.says.addresses.clone();
    let owners = addresses.iter().filter_map(|address| Some((*address, owner(case, view, *address)?))).collect();
    Seen { state, addresses, owners }
}

/// Whose an address is. One that two machines claim is that of the machine which the view should answer.
fn owner(case: &Case<'_>, view: View, address: IpAddr) -> Option<MachineName> {
    let machines: Vec<_> = case.owners(address).into_iter().map(|id| case.inventory().machine(id)).collect();
    let wanted = machines.iter().find(|machine| machine.role == Case::role_in(view) && case.has(machine.role, address));
    wanted.or(machines.first()).map(|machine| MachineName::from(*machine))
}

fn named<'a>(case: &Case<'a>, of: impl Fn(Role) -> &'a [MachineId]) -> Vec<MachineName> {
    let ids = Role::ALL.into_iter().flat_map(of);
    ids.map(|id| MachineName::from(case.inventory().machine(*id))).collect()
}

fn former(case: &Case<'_>) -> Former {
    case.domain.migration.as_ref().map_or_else(Former::default, |migration| Former {
        machines: named(case, |role| migration.machines(role)),
        accepted: case.estate.today <= migration.until,
    })
}

fn verdict(findings: &[Finding], undecided: bool) -> Verdict {
    let fired = |rule: &str| findings.iter().any(|finding| finding.rule.id == rule);
    let (leaked, hairpin) = (fired("external-points-at-router"), fired("internal-points-at-reverse-proxy"));
    let (inside, outside) = (fired("internal-record-missing"), fired("external-record-missing"));
    let foreign = ["internal-points-elsewhere", "external-points-elsewhere", "private-address-published"];
    match () {
        () if leaked && hairpin => Verdict::Swapped,
        () if leaked => Verdict::Leaked,
        () if hairpin => Verdict::Hairpin,
        () if foreign.into_iter().any(fired) => Verdict::Foreign,
        () if inside && outside => Verdict::Missing,
        () if inside => Verdict::MissingInside,
        () if outside => Verdict::MissingOutside,
        () if findings.iter().any(|finding| finding.severity == Severity::Error) => Verdict::Faulty,
        () if fired("internal-domain-visible-outside") => Verdict::Exposed,
        () if undecided => Verdict::Undecided,
        () => Verdict::Ok,
    }
}
