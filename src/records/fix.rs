//! What is missing or wrong, from what was observed. Silence proposes nothing, and nothing is removed without a person.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::wanted::{Addresses, Sets, distinct, service, service_owners};
use super::{Plan, ZoneCut, record_of};
use crate::dns::{DomainName, Record, RecordData, RecordType, View};
use crate::judge::{Case, Resolution, Service, ServiceRecord};
use crate::observe::{Answer, Observations, Question, Reply};

/// The changes that lead from what is there to what should be. A view that cannot be judged as a whole is not among the
/// views of the cases.
pub fn fix<'a>(cases: impl Iterator<Item = Case<'a>>, observed: &Observations, cut: &ZoneCut, ttl_secs: u32) -> Plan {
    let mut fix = Fix { plan: Plan::default(), observed, cut, ttl_secs };
    for case in cases {
        for view in case.views.iter().copied() {
            fix.addresses(&case, view);
            if case.belongs_in(view) {
                fix.services(&case, view);
            }
        }
    }
    let mut plan = fix.plan;
    plan.notes = distinct(plan.notes);
    plan.sort();
    plan
}

struct Fix<'a> {
    plan: Plan,
    observed: &'a Observations,
    cut: &'a ZoneCut,
    ttl_secs: u32,
}

impl Fix<'_> {
    fn addresses(&mut self, case: &Case<'_>, view: View) {
        let name = &case.domain.name;
        let Some((resolution, opinion)) = case.answer(view) else { return self.undecided(case, view, name) };
        let (found, answered) = (&opinion.says.addresses, resolution.answered());
        let role = Case::role_in(view);
        let wrong: Vec<IpAddr> =
            answered.iter().copied().filter(|address| !case.belongs_in(view) || !case.has(role, *address)).collect();
        if !case.belongs_in(view) {
            return self.withdraw(name, view, &wrong);
        }
        let wanted = Addresses::of(case.inventory(), case.domain, view);
        let open_range = wanted.written.is_empty() && found.iter().any(|address| case.has(role, *address));
        if !open_range {
            self.plan.notes.extend(wanted.gaps.iter().map(|gap| format!("{name}, {view} view: {gap}")));
        }
        let missing = self.missing(name, view, &wanted.written, opinion.says.complete, found);
        let records = |addresses: &[IpAddr]| addresses.iter().map(|address| record_of(*address)).collect::<Vec<_>>();
        match self.alias_of(view, name, RecordType::A) {
            // Behind an alias stand another name's addresses; what is this name's own is the alias.
            Some(_) if wrong.is_empty() && !opinion.says.dangles() => {
                if !missing.is_empty() {
                    self.incomplete_alias(name, view, resolution);
                }
            }
            Some(alias) if !wanted.written.is_empty() => {
                let written = records(&wanted.written.iter().copied().collect::<Vec<_>>());
                self.replace(name, view, &written, &written, &[RecordData::Cname(alias)]);
            }
            Some(_) => {}
            None => {
                let right = found.iter().copied().filter(|address| case.has(role, *address));
                // Of what is undecided nothing is said, not even that it should stay.
                let all: BTreeSet<IpAddr> = missing.iter().copied().chain(right).collect();
                let all = records(&all.into_iter().collect::<Vec<_>>());
                self.replace(name, view, &all, &records(&missing), &records(&wrong));
            }
        }
    }

    /// The wanted addresses that are surely not there: where one family is not known, nothing is said of it.
    fn missing(
        &mut self,
        name: &DomainName,
        view: View,
        wanted: &BTreeSet<IpAddr>,
        complete: bool,
        found: &BTreeSet<IpAddr>,
    ) -> Vec<IpAddr> {
        let known = |address: &IpAddr| complete || found.iter().any(|other| other.is_ipv4() == address.is_ipv4());
        let (missing, unknown): (Vec<IpAddr>, Vec<IpAddr>) = wanted.difference(found).partition(|address| known(address));
        if let Some(first) = unknown.first() {
            self.plan.undecided = true;
            self.plan
                .notes
                .push(format!("{name}, {view} view: whether {first} is there is undecided, so no change is proposed for it"));
        }
        missing
    }

    fn services(&mut self, case: &Case<'_>, view: View) {
        if !Addresses::of(case.inventory(), case.domain, view).is_declared {
            return;
        }
        for owner in service_owners(case.inventory(), case.domain, &mut self.plan.notes) {
            match case.services().iter().find(|service| service.view == view && service.owner == owner) {
                Some(found) => self.service(case, found),
                None => self.undecided(case, view, &owner),
            }
        }
    }

    fn service(&mut self, case: &Case<'_>, found: &Service) {
        let is_right = |port: u16, target: &DomainName| port == case.domain.profile.srv_port && *target == case.domain.name;
        let right: Vec<_> = found.records.iter().filter(|record| is_right(record.port, &record.target)).collect();
        let answered = self.services_answered(found);
        let wrong: Vec<_> = answered.iter().filter(|record| !is_right(record.port, &record.target)).collect();
        if !right.is_empty() && wrong.is_empty() {
            return;
        }
        let data = |record: &ServiceRecord| RecordData::Srv {
            priority: record.priority,
            weight: record.weight,
            port: record.port,
            target: record.target.clone(),
        };
        let (wanted, add): (Vec<_>, Vec<_>) = if right.is_empty() {
            (vec![service(case.domain)], vec![service(case.domain)])
        } else {
            (right.into_iter().map(data).collect(), vec![])
        };
        if let Some(alias) = self.alias_of(found.view, &found.owner, RecordType::Srv) {
            let own = [service(case.domain)];
            return self.replace(&found.owner, found.view, &own, &own, &[RecordData::Cname(alias)]);
        }
        let remove: Vec<_> = wrong.into_iter().map(data).collect();
        self.replace(&found.owner, found.view, &wanted, &add, &remove);
    }

    /// The records of most servers, and what any single one answers as the owner's own: a wrong one misleads its clients, too.
    fn services_answered(&self, found: &Service) -> BTreeSet<ServiceRecord> {
        let question = Question::dns(found.view, &found.owner, RecordType::Srv);
        let single = self.records_of(&question).filter(|record| record.owner == found.owner);
        let single = single.filter_map(|record| match &record.data {
            RecordData::Srv { priority, weight, port, target } => {
                Some(ServiceRecord { priority: *priority, weight: *weight, port: *port, target: target.clone() })
            }
            _ => None,
        });
        found.records.iter().cloned().chain(single).collect()
    }

    /// What should not be seen in a view at all.
    fn withdraw(&mut self, name: &DomainName, view: View, addresses: &[IpAddr]) {
        if addresses.is_empty() {
            return;
        }
        let alias = self.alias_of(view, name, RecordType::A).map(|target| vec![RecordData::Cname(target)]);
        let remove = alias.unwrap_or_else(|| addresses.iter().map(|address| record_of(*address)).collect());
        self.replace(name, view, &[], &[], &remove);
    }

    fn replace(&mut self, owner: &DomainName, view: View, wanted: &[RecordData], add: &[RecordData], remove: &[RecordData]) {
        self.plan.change(owner, view, self.cut, self.ttl_secs, &Sets { wanted, add, remove });
    }

    fn incomplete_alias(&mut self, name: &DomainName, view: View, resolution: &Resolution) {
        let through = resolution.opinions.first().and_then(|opinion| opinion.says.aliases.last()).unwrap_or(name);
        let note = format!("{name}, {view} view: an alias of {through}, which lacks some of the addresses: add them there");
        self.plan.notes.push(note);
    }

    fn undecided(&mut self, case: &Case<'_>, view: View, name: &DomainName) {
        let notes = case.facts.notes();
        let reason = notes.undecided.iter().find(|((noted, asked), _)| *noted == view && asked.ends_with(&format!(" {name}")));
        let reason = reason.or_else(|| notes.undecided.iter().find(|((noted, _), _)| *noted == view));
        let why = reason.map_or_else(|| "not asked".to_owned(), |(_, reason)| reason.clone());
        self.plan.undecided = true;
        self.plan.notes.push(format!("{name}, {view} view: undecided ({why}), so no change is proposed"));
    }

    /// The target of the CNAME that a name itself owns, by what any server answered.
    fn alias_of(&self, view: View, owner: &DomainName, rtype: RecordType) -> Option<DomainName> {
        let question = Question::dns(view, owner, rtype);
        let mut aliases =
            self.records_of(&question).filter(|record| record.owner == *owner).filter_map(|record| match &record.data {
                RecordData::Cname(target) => Some(target.clone()),
                _ => None,
            });
        aliases.next()
    }

    /// Every record that any server answered.
    fn records_of(&self, question: &Question) -> impl Iterator<Item = &Record> {
        let replies = match self.observed.get(question) {
            Some(Answer::Dns(answer)) => answer.replies.as_slice(),
            _ => &[],
        };
        replies.iter().flat_map(|reply| match &reply.reply {
            Reply::Records(records) => records.as_slice(),
            Reply::NoData | Reply::NoSuchName | Reply::Failed(_) => &[],
        })
    }
}
