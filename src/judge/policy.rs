//! What the inventory makes of the rules: levels and suppressions. Judges no domain.

use std::cell::Cell;

use jiff::civil::Date;
use wildmatch::WildMatch;

use super::finding::{Finding, Findings, finding};
use super::rule::{Check, Rule};
use super::rules;
use crate::inventory::{Inventory, Severity, Suppression};

/// The rules of one run with their levels, and the suppressions with their use.
#[derive(Debug)]
pub struct Policy<'a> {
    /// Rules that are not off, in the order of the table.
    rules: Vec<(&'static Rule, Severity)>,
    suppressions: Vec<(&'a Suppression, WildMatch, Cell<u64>)>,
    today: Date,
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
            suppressions: inventory.suppressions.iter().map(|s| (s, WildMatch::new(&s.domain), Cell::new(0))).collect(),
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

    fn is_suppressed(&self, finding: &Finding) -> bool {
        let matching = self.suppressions.iter().find(|(suppression, domain, _)| {
            finding.rule.goes_by(&suppression.rule)
                && suppression.expires >= self.today
                && suppression.view.is_none_or(|view| finding.view == Some(view))
                && finding.domain.as_ref().is_some_and(|name| domain.matches(name.as_str()))
        });
        matching.inspect(|(_, _, used)| used.set(used.get() + 1)).is_some()
    }

    /// What is wrong with the suppressions themselves. To be called when everything has been through [`Self::suppress`].
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (suppression, _, used) in &self.suppressions {
            let expired = suppression.expires < self.today;
            let id = if expired { "expired-suppression" } else { "unused-suppression" };
            let Some(&(rule, severity)) = self.rules.iter().find(|(rule, _)| rule.id == id) else { continue };
            debug_assert!(matches!(rule.check, Check::Policy));
            let mut found = Findings { rule, severity, domain: None, people: None, place: None, into: &mut findings };
            let subject = format!("the suppression of {} for {}", suppression.rule, suppression.domain);
            let draft = match (expired, used.get()) {
                (true, _) => finding(format!("{subject} expired on {}", suppression.expires))
                    .help("mend what it hid, or give it a new date and say why"),
                (false, 0) => finding(format!("{subject} hides nothing")).help("delete it"),
                (false, _) => continue,
            };
            found.report(draft.place(&suppression.place).kind(format!("{} {}", suppression.rule, suppression.domain)));
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
