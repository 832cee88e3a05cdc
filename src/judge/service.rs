//! The SRV record of an e-mail domain, by which people may type their e-mail address instead of the IM address. Reports nothing.

use std::collections::BTreeSet;
use std::fmt;

use super::case::Case;
use super::majority::{Host, Majority};
use super::resolution::{End, MAX_ALIASES, Opinion, resolve};
use crate::dns::{DomainName, RecordData, RecordType, View};
use crate::observe::Reply;

/// The most targets of one owner that are looked up, the most preferred first: clients take the first that they find.
const MAX_TARGETS: usize = 16;

/// What a view says of the IM service of one e-mail domain.
#[derive(Clone, Debug)]
pub struct Service {
    /// The e-mail domain.
    pub email: DomainName,
    /// The owner of the record: `_rvp._tcp.example.com`.
    pub owner: DomainName,
    /// The view.
    pub view: View,
    /// The records, most preferred first; empty where the view says that there is none.
    pub records: BTreeSet<ServiceRecord>,
    /// How many servers say so: `2 of 2`.
    pub share: String,
}

/// The value of one SRV record, RFC 2782.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServiceRecord {
    /// Lower is tried first.
    pub priority: u16,
    /// Share among equals.
    pub weight: u16,
    /// TCP port.
    pub port: u16,
    /// The host; the root says that the service is decidedly not there.
    pub target: DomainName,
}

/// What one server says of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServiceSays {
    /// The records in its answer.
    pub records: BTreeSet<ServiceRecord>,
    /// Where the answer leads on to, if it holds an alias and no record.
    pub alias: Option<DomainName>,
}

/// Where the target of an SRV record leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// A single label: what it leads to depends on who asks, so that it is not looked up.
    SingleLabel,
    /// To addresses, through these aliases.
    Addresses(Vec<DomainName>),
    /// To nothing; says what is found instead.
    Nowhere(String),
    /// Not known.
    Unknown,
}

impl Service {
    /// What `view` says of the service of `email`; `None` where that is not known, or the name would be too long to exist.
    pub(super) fn look_up(case: &Case<'_>, view: View, email: &DomainName) -> Option<Self> {
        let owner = case.domain.profile.srv_owner(email).ok()?;
        let mut asked = owner.clone();
        let mut path = vec![];
        loop {
            let answer = case.facts.dns(view, &asked, RecordType::Srv)?;
            let right = |says: &ServiceSays| says.records.iter().any(|record| record.target == case.domain.name);
            let majority = Majority::of(answer, ServiceSays::read, right)?;
            let share = majority.share();
            match majority.says.alias {
                // An alias that leads on and on, or back, has no record at its end.
                Some(next) if path.len() < MAX_ALIASES && !path.contains(&next) => {
                    path.push(asked);
                    asked = next;
                }
                _ => return Some(Self { email: email.clone(), owner, view, records: majority.says.records, share }),
            }
        }
    }

    /// Whether the view has a record at all.
    pub fn is_present(&self) -> bool {
        !self.records.is_empty()
    }

    /// Whether a record says that the service is decidedly not there.
    pub fn is_declined(&self) -> bool {
        self.records.iter().any(|record| record.target.is_root())
    }

    /// The distinct targets of a service that is not declined, most preferred first, with where each leads.
    pub fn targets(&self, case: &Case<'_>) -> Vec<(&DomainName, Reach)> {
        let mut targets: Vec<&DomainName> = Vec::new();
        for record in self.records.iter().filter(|_| !self.is_declined()) {
            if targets.len() < MAX_TARGETS && !targets.contains(&&record.target) {
                targets.push(&record.target);
            }
        }
        // All are looked up before any is judged, so that the questions go out in one round.
        targets.into_iter().map(|target| (target, reach(case, self.view, target))).collect()
    }

    /// The targets that lead to addresses, each with the aliases on its way.
    pub fn reached_targets(&self, case: &Case<'_>) -> Vec<(&DomainName, Vec<DomainName>)> {
        let addresses = |(target, reach)| if let Reach::Addresses(aliases) = reach { Some((target, aliases)) } else { None };
        self.targets(case).into_iter().filter_map(addresses).collect()
    }

    /// The record that should be there, as it stands in a zone.
    pub fn wanted(case: &Case<'_>) -> String {
        format!("0 0 {} {}", case.domain.profile.srv_port, case.domain.name)
    }
}

impl ServiceSays {
    /// Reads a decided reply.
    pub fn read(reply: &Reply) -> Self {
        let Reply::Records(records) = reply else { return Self::default() };
        let mut says = Self::default();
        for record in records {
            match &record.data {
                RecordData::Srv { priority, weight, port, target } => {
                    let (priority, weight, port) = (*priority, *weight, *port);
                    says.records.insert(ServiceRecord { priority, weight, port, target: target.clone() });
                }
                RecordData::Cname(target) => says.alias = Some(target.clone()),
                RecordData::A(_) | RecordData::Aaaa(_) => {}
            }
        }
        if !says.records.is_empty() {
            says.alias = None;
        }
        says
    }
}

impl fmt::Display for ServiceRecord {
    /// As it stands in a zone: `0 0 80 im.example.com`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.priority, self.weight, self.port, self.target)
    }
}

impl fmt::Display for ServiceSays {
    /// The records, or what stands there instead.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.alias {
            Some(alias) => write!(f, "an alias to {alias}"),
            None if self.records.is_empty() => f.write_str("no record"),
            None => f.write_str(&self.records.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
        }
    }
}

/// Where the target of an SRV record leads in a view.
pub fn reach(case: &Case<'_>, view: View, target: &DomainName) -> Reach {
    if *target == case.domain.name {
        return case.answer(view).map_or(Reach::Unknown, |(_, opinion)| Reach::of(opinion));
    }
    if target.is_single_label() {
        return Reach::SingleLabel;
    }
    let resolution = resolve(&case.facts, view, target);
    let consensus = resolution.as_ref().and_then(|resolution| resolution.consensus(|opinion| opinion.says.end == End::Addresses));
    consensus.map_or(Reach::Unknown, Reach::of)
}

impl Reach {
    fn of(opinion: &Opinion) -> Self {
        match opinion.says.end {
            End::Addresses => Self::Addresses(opinion.says.aliases.clone()),
            _ => Self::Nowhere(opinion.says.to_string()),
        }
    }
}

/// Whether the e-mail domain exists: in one view at least, or in none of those that this run judges; `None` while that is open.
/// A name that exists in one view only is a split view and no typing error.
pub fn email_domain_exists(case: &Case<'_>, email: &DomainName) -> Option<bool> {
    // All views are asked before any is looked at, so that the questions go out in one round.
    let hosts: Vec<_> = case.views.iter().map(|view| email_host(case, *view, email)).collect();
    if hosts.iter().flatten().any(|host| host.says.exists) {
        return Some(true);
    }
    (!hosts.is_empty() && hosts.iter().all(Option::is_some)).then_some(false)
}

/// What a view says of the e-mail domain's own name. It owns a zone or stands in one, so that it is hardly ever an alias
/// (RFC 1034 3.6.2): aliases are taken as far as the answer follows them.
pub fn email_host(case: &Case<'_>, view: View, email: &DomainName) -> Option<Majority<Host>> {
    let answer = case.facts.dns(view, email, RecordType::A)?;
    let own = |host: &Host| host.addresses.iter().all(|address| case.has(Case::role_in(view), *address));
    Majority::of(answer, |reply| Host::read(email, reply), |host| host.exists && own(host))
}
