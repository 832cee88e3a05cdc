//! What the inventory makes of the rules: levels and suppressions. Judges no domain.

use std::cell::Cell;

use jiff::civil::Date;
use wildmatch::WildMatch;

use super::finding::{Finding, Findings, finding};
use super::rule::{Check, Rule};
use super::verdict::Undecided;
use super::{Scope, rules};
use crate::dns::{DomainName, View};
use crate::inventory::{Inventory, Severity, Suppression};

/// The rules of one run with their levels, and the suppressions with their use.
#[derive(Debug)]
pub struct Policy<'a> {
    /// Rules that are not off, in the order of the table.
    rules: Vec<(&'static Rule, Severity)>,
    suppressions: Vec<Watched<'a>>,
    /// The views that the inventory declares, whether or not a run looks into them.
    views: Vec<View>,
    today: Date,
}

/// A suppression and what became of it.
#[derive(Debug)]
struct Watched<'a> {
    suppression: &'a Suppression,
    domain: WildMatch,
    /// Whether it hid a finding, or might have if everything were known.
    used: Cell<bool>,
}

impl<'a> Watched<'a> {
    fn new(suppression: &'a Suppression) -> Self {
        Self { suppression, domain: WildMatch::new(&suppression.domain), used: Cell::new(false) }
    }

    fn covers(&self, domain: Option<&DomainName>, view: Option<View>) -> bool {
        self.suppression.view.is_none_or(|wanted| view == Some(wanted))
            && domain.is_some_and(|name| self.domain.matches(name.as_str()))
    }

    /// Whether a run of that scope judges what is suppressed at all, in every one of these views that it may be about.
    fn is_judged(&self, scope: &Scope, views: &[View]) -> bool {
        let rule = rules::RULES.iter().find(|rule| rule.goes_by(&self.suppression.rule));
        let checked = rule.is_none_or(|rule| scope.judges(rule.check));
        let of_view =
            rule.is_some_and(|rule| matches!(rule.check, Check::View(_) | Check::Dns(_) | Check::Zone(_) | Check::Dnssec(_)));
        let looked = rule.map_or(&scope.views[..], |rule| scope.views_of(rule.check));
        let seen = match self.suppression.view {
            Some(view) => looked.contains(&view),
            None => !of_view || views.iter().all(|view| looked.contains(view)),
        };
        checked && seen
    }
}

impl<'a> Policy<'a> {
    /// The policy of an inventory as of a day.
    pub fn new(inventory: &'a Inventory, today: Date) -> Self {
        let level = |rule: &'static Rule| {
            let set = inventory.levels.iter().rev().find(|setting| rule.goes_by(&setting.rule));
            set.map_or(Some(rule.severity), |setting| setting.level).map(|severity| (rule, severity))
        };
        Self {
            rules: rules::RULES.iter().copied().filter_map(level).collect(),
            suppressions: inventory.suppressions.iter().map(Watched::new).collect(),
            views: inventory.views.keys().copied().collect(),
            today,
        }
    }

    /// The rules that run, with the severity of their findings.
    pub fn rules(&self) -> impl Iterator<Item = (&'static Rule, Severity)> {
        self.rules.iter().copied()
    }

    /// Takes out what is suppressed and counts it. To be called once with every finding: use is counted.
    pub fn suppress(&self, findings: &mut Vec<Finding>) -> u64 {
        let before = findings.len();
        findings.retain(|finding| !self.is_suppressed(finding));
        (before - findings.len()) as u64
    }

    /// Notes what could not be decided: whatever would hide findings there is not unused.
    pub fn note_undecided(&self, undecided: &[Undecided]) {
        for Undecided { domain, view, .. } in undecided {
            for watched in self.suppressions.iter().filter(|watched| watched.covers(Some(domain), Some(*view))) {
                watched.used.set(true);
            }
        }
    }

    fn is_suppressed(&self, finding: &Finding) -> bool {
        let matching = self.suppressions.iter().find(|watched| {
            finding.rule.goes_by(&watched.suppression.rule)
                && watched.suppression.expires >= self.today
                && watched.covers(finding.domain.as_ref(), finding.view)
        });
        matching.inspect(|watched| watched.used.set(true)).is_some()
    }

    /// What is wrong with the suppressions themselves, in a run that judges the inventory. To be called when everything has
    /// been through [`Self::suppress`] and [`Self::note_undecided`]. What the run did not judge is not called unused.
    pub fn findings(&self, scope: &Scope) -> Vec<Finding> {
        let mut findings = Vec::new();
        for watched in self.suppressions.iter().filter(|_| scope.estate) {
            let suppression = watched.suppression;
            let expired = suppression.expires < self.today;
            let id = if expired { "expired-suppression" } else { "unused-suppression" };
            let Some(&(rule, severity)) = self.rules.iter().find(|(rule, _)| rule.id == id) else { continue };
            let mut found = Findings { rule, severity, domain: None, people: None, place: None, into: &mut findings };
            let subject = format!("the suppression of {} for {}", suppression.rule, suppression.domain);
            let draft = if expired {
                finding(format!("{subject} expired on {}", suppression.expires))
                    .help("mend what it hid, or give it a new date and say why")
            } else if !watched.used.get() && watched.is_judged(scope, &self.views) {
                finding(format!("{subject} hides nothing")).help("delete it")
            } else {
                continue;
            };
            let kind = format!("{} {}", suppression.rule, suppression.domain);
            found.report(draft.place(&suppression.place).kind(kind));
        }
        findings
    }
}

impl Rule {
    /// Whether this rule has, or once had, that name.
    pub fn goes_by(&self, id: &str) -> bool {
        self.id == id || self.aliases.contains(&id)
    }
}
