//! Judgement: inventory and observations in, findings and verdicts out. Pure: no socket, no file, no clock.

mod baseline;
mod case;
mod certificate;
mod coverage;
mod declared;
mod estate;
mod facts;
mod finding;
mod groups;
mod hostile;
mod judgement;
mod lists;
mod majority;
mod placement;
mod policy;
mod probing;
mod redirects;
mod resolution;
mod rule;
pub mod rules;
mod service;
mod trace;
mod verdict;
mod view_status;
mod zones;

use std::collections::{BTreeMap, BTreeSet};

pub use baseline::{Accepted, BASELINE_KIND, BASELINE_VERSION, Baseline, BaselineError, Baselined};
pub use case::Case;
pub use coverage::{Coverage, Gap};
pub use declared::judge_estate;
pub use estate::{Employed, Estate, ViewCase};
pub use facts::Facts;
pub use finding::{Draft, Finding, Findings, finding};
pub use groups::{Group, group};
use hostile::shown;
pub use judgement::{Concluded, Judgement};
pub use majority::{Host, Majority};
pub use placement::{Placement, advise, alike, describe_scope, missing_addresses, wrong_addresses};
pub use policy::Policy;
pub use probing::Probed;
pub use resolution::{End, MAX_ALIASES, Opinion, Resolution, Says, resolve};
pub use rule::{Check, Declared, Rule};
pub use service::{Reach, Service, ServiceRecord, ServiceSays, email_domain_exists, email_host, reach};
pub use trace::{Trace, trace};
pub use verdict::{DomainVerdict, Former, MachineName, ProbeVerdict, Seen, State, Undecided, Verdict};
pub use view_status::ViewStatus;

use crate::dns::View;
use crate::inventory::Domain;
pub use crate::inventory::Severity;
use crate::observe::{Observations, Question};

/// What a run judges.
#[expect(clippy::struct_excessive_bools, reason = "each turns one kind of check on, and any of them go together")]
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The views, in order.
    pub views: Vec<View>,
    /// Whether the inventory and the lists are judged.
    pub estate: bool,
    /// Whether DNS is judged.
    pub dns: bool,
    /// Whether the name servers of the zones are asked themselves.
    pub authoritative: bool,
    /// The views whose answers are validated by DNSSEC.
    pub validated: Vec<View>,
    /// Whether machines are probed.
    pub probes: bool,
    /// The sides from which they are probed, in order, each judged by the rules of its side; empty where none is.
    pub vantages: Vec<View>,
    /// Whether the way to each domain is traced for people to read.
    pub trace: bool,
}

impl Scope {
    /// Whether such a check runs at all.
    pub fn judges(&self, check: Check) -> bool {
        match check {
            Check::Estate(_) | Check::Policy => self.estate,
            Check::View(_) | Check::Dns(_) => self.dns,
            Check::Zone(_) => self.dns && self.authoritative,
            Check::Dnssec(_) => self.dns && !self.validated.is_empty(),
            Check::Probe(_) => self.probes,
        }
    }

    /// The views into which such a check looks.
    pub fn views_of(&self, check: Check) -> &[View] {
        match check {
            Check::Dnssec(_) => &self.validated,
            Check::Estate(_) | Check::View(_) | Check::Dns(_) | Check::Zone(_) | Check::Probe(_) | Check::Policy => &self.views,
        }
    }
}

/// The judgement of one domain by what is known so far.
#[derive(Debug)]
pub struct Judged {
    /// What has to be asked before it can be judged to the end; empty when it is.
    pub open: BTreeSet<Question>,
    /// Its findings, not yet suppressed.
    pub findings: Vec<Finding>,
    /// What nobody would say.
    pub undecided: Vec<Undecided>,
}

/// The status of every view of the run by what is known so far.
pub fn view_statuses(estate: &Estate<'_>, scope: &Scope, observed: &Observations) -> BTreeMap<View, ViewStatus> {
    scope.views.iter().map(|view| (*view, ViewStatus::of(estate.inventory, *view, observed))).collect()
}

/// Opens the case of one domain.
pub fn open_case<'a>(
    estate: Estate<'a>,
    domain: &'a Domain,
    scope: &'a Scope,
    statuses: &'a BTreeMap<View, ViewStatus>,
    observed: &'a Observations,
) -> Case<'a> {
    Case::new(estate, domain, scope, Facts::new(observed, statuses))
}

/// The rules of a run that look at single domains, with the severity of their findings.
pub fn rules_of_domains(scope: &Scope, policy: &Policy<'_>) -> Vec<(&'static Rule, Severity)> {
    policy.rules().filter(|(rule, _)| rule.check.is_of_a_domain() && scope.judges(rule.check)).collect()
}

/// Judges one domain with these rules.
pub fn judge_domain(case: &Case<'_>, rules: &[(&'static Rule, Severity)]) -> Judged {
    let mut findings = Vec::new();
    let people = case.estate.people(&case.domain.name);
    for &(rule, severity) in rules {
        let (domain, place) = (Some(&case.domain.name), Some(&case.domain.place));
        let mut found = Findings { rule, severity, domain, people, place, into: &mut findings };
        match rule.check {
            Check::Dns(check) | Check::Zone(check) | Check::Dnssec(check) => check(case, &mut found),
            Check::Probe(check) => case.sides().for_each(|side| check(side, &mut found)),
            Check::Estate(_) | Check::Policy | Check::View(_) => {}
        }
    }
    let mut notes = case.facts.take_notes();
    for side in case.sides().skip(1) {
        let more = side.facts.take_notes();
        notes.open.extend(more.open);
        notes.undecided.extend(more.undecided);
    }
    let domain = &case.domain.name;
    let undecided = notes.undecided.into_iter();
    let undecided = undecided.map(|((view, asked), reason)| Undecided { domain: domain.clone(), view, asked, reason });
    Judged { open: notes.open, findings, undecided: undecided.collect() }
}

/// Judges the views as wholes.
pub fn judge_views(estate: &Estate<'_>, statuses: &BTreeMap<View, ViewStatus>, policy: &Policy<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (rule, severity) in policy.rules() {
        let Check::View(check) = rule.check else { continue };
        for (view, status) in statuses {
            let case = ViewCase { inventory: estate.inventory, view: *view, status };
            check(&case, &mut unbound(rule, severity, &mut findings));
        }
    }
    findings
}

fn unbound<'a>(rule: &'static Rule, severity: Severity, into: &'a mut Vec<Finding>) -> Findings<'a> {
    Findings { rule, severity, domain: None, people: None, place: None, into }
}
