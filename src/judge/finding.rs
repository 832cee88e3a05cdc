//! What a rule reports. Never decides whether it is shown.

use sha2::{Digest, Sha256};

use super::rule::Rule;
use crate::dns::{DomainName, View};
use crate::inventory::Severity;
use crate::observe::Origin;
use crate::place::Place;

/// One violation of one rule.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The rule's severity, or what the inventory makes of it.
    pub severity: Severity,
    /// The IM domain; `None` for what concerns a whole view, list or inventory.
    pub domain: Option<DomainName>,
    /// The view; `None` where it is no matter of one view.
    pub view: Option<View>,
    /// Subject, view, fact: one sentence without a final period.
    pub message: String,
    /// What should be there.
    pub expected: Vec<String>,
    /// What is there.
    pub found: Vec<String>,
    /// How many servers say so: `2 of 2`.
    pub servers: Option<String>,
    /// People affected, where lists say how many.
    pub people: Option<u64>,
    /// What to do, in the imperative.
    pub help: String,
    /// What to mend or look at in the inventory or list.
    pub place: Option<Place>,
    /// What tells two findings of a rule about one domain and view apart: the kind of value or the machine, never a position.
    pub kind: String,
    /// The fact said without the domain, where something that other domains share is at fault: a machine, an address, a server,
    /// an alias's target. Findings of one rule and view with the same cause are one matter; see [`super::group`].
    pub cause: Option<String>,
}

impl Finding {
    /// An id that stays the same from run to run and wherever the domain stands in the inventory.
    pub fn fingerprint(&self) -> String {
        let domain = self.domain.as_ref().map_or("", DomainName::as_str);
        let view = self.view.map_or("", View::as_str);
        let digest = Sha256::digest([self.rule.id, domain, view, &self.kind].join("\n"));
        let (head, _) = digest.split_at(8);
        format!("{:016x}", head.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    /// Worst first: severity, people, then domain, view, rule, and what else tells findings apart.
    pub fn sort(findings: &mut [Self]) {
        findings.sort_by(|a, b| {
            (b.severity.cmp(&a.severity))
                .then_with(|| b.people.cmp(&a.people))
                .then_with(|| a.domain.cmp(&b.domain))
                .then_with(|| a.view.cmp(&b.view))
                .then_with(|| a.rule.id.cmp(b.rule.id))
                .then_with(|| a.kind.cmp(&b.kind))
                .then_with(|| a.place.cmp(&b.place))
                .then_with(|| a.message.cmp(&b.message))
        });
    }
}

/// A finding as a rule writes it; what the rule need not say is filled in where it is collected.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    view: Option<View>,
    domain: Option<DomainName>,
    message: String,
    expected: Vec<String>,
    found: Vec<String>,
    servers: Option<String>,
    people: Option<u64>,
    help: String,
    place: Option<Place>,
    kind: String,
    cause: Option<String>,
}

/// Begins a finding with its message: subject, view, fact.
pub fn finding(message: impl Into<String>) -> Draft {
    Draft { message: message.into(), ..Draft::default() }
}

impl Draft {
    /// The view that it is seen in.
    #[must_use]
    pub fn view(mut self, view: View) -> Self {
        self.view = Some(view);
        self
    }

    /// The IM domain, where the rule does not look at one domain only.
    #[must_use]
    pub fn domain(mut self, domain: &DomainName) -> Self {
        self.domain = Some(domain.clone());
        self
    }

    /// What should be there.
    #[must_use]
    pub fn expected(mut self, values: impl IntoIterator<Item = impl ToString>) -> Self {
        self.expected = values.into_iter().map(|v| v.to_string()).collect();
        self
    }

    /// What is there.
    #[must_use]
    pub fn found(mut self, values: impl IntoIterator<Item = impl ToString>) -> Self {
        self.found = values.into_iter().map(|v| v.to_string()).collect();
        self
    }

    /// How many servers say so: `2 of 2`.
    #[must_use]
    pub fn servers(mut self, k_of_n: impl Into<String>) -> Self {
        self.servers = Some(k_of_n.into());
        self
    }

    /// People affected, where that is not simply all of the domain.
    #[must_use]
    pub fn people(mut self, people: Option<u64>) -> Self {
        self.people = people;
        self
    }

    /// What to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Adds to what to do how a person asks the first plain one of these servers; nothing where there is none.
    #[must_use]
    pub fn by_hand<'o>(mut self, servers: impl IntoIterator<Item = &'o Origin>, program: &str, question: &str) -> Self {
        if let Some(command) = servers.into_iter().find_map(|server| server.by_hand(program, question)) {
            self.help.extend(["; by hand: ", &command]);
        }
        self
    }

    /// What to mend, where that is not the domain's own entry.
    #[must_use]
    pub fn place(mut self, place: &Place) -> Self {
        self.place = Some(place.clone());
        self
    }

    /// What tells this finding from another of the same rule, domain and view.
    #[must_use]
    pub fn kind(mut self, kind: impl ToString) -> Self {
        self.kind = kind.to_string();
        self
    }

    /// The fact said without the domain, where it is a shared thing's fault.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The same of a zone, which may be the domain's own: then nothing is shared.
    #[must_use]
    pub fn cause_in_zone(self, domain: &DomainName, cause: String) -> Self {
        if cause.contains(domain.as_str()) { self } else { self.cause(cause) }
    }
}

/// Collects the findings of one rule at one subject.
#[derive(Debug)]
pub struct Findings<'a> {
    pub(super) rule: &'static Rule,
    pub(super) severity: Severity,
    /// The subject's domain, people and place, for what a rule leaves out.
    pub(super) domain: Option<&'a DomainName>,
    pub(super) people: Option<u64>,
    pub(super) place: Option<&'a Place>,
    pub(super) into: &'a mut Vec<Finding>,
}

impl Findings<'_> {
    /// Reports one violation.
    pub fn report(&mut self, draft: Draft) {
        self.into.push(Finding {
            rule: self.rule,
            severity: self.severity,
            domain: draft.domain.or_else(|| self.domain.cloned()),
            view: draft.view,
            message: draft.message,
            expected: draft.expected,
            found: draft.found,
            servers: draft.servers,
            people: draft.people.or(self.people),
            help: draft.help,
            place: draft.place.or_else(|| self.place.cloned()),
            kind: draft.kind,
            cause: draft.cause,
        });
    }
}
